-- 用途：哪些通知的评分体系最相近。
-- 一行：一份通知（甲）和另一份通知（乙）。
-- 来源：mart.rubric_similarity、mart.notice_labels。
-- 读法：两个方向各有一行。权重相似度 1 为各主题比重完全一样；甲在乙有对应为甲的任务中在乙能找到同样要求的比例。
-- 列：
--   甲通知：通知简称
--   乙通知：对方通知简称
--   权重相似度：主题比重的余弦，0 到 1
--   主题重合度：共有主题的比例，0 到 1
--   甲在乙有对应：甲的任务在乙有对应的比例，0 到 1
--   对应任务数：甲的任务在乙有对应的条数（条）
SELECT a.label AS 甲通知, b.label AS 乙通知, s.weight_cosine AS 权重相似度, s.topic_jaccard AS 主题重合度,
       s.text_overlap AS 甲在乙有对应, s.matched_tasks AS 对应任务数
FROM mart.rubric_similarity AS s
JOIN mart.notice_labels AS a ON a.notice_id = s.notice_a
JOIN mart.notice_labels AS b ON b.notice_id = s.notice_b
ORDER BY a.label, s.weight_cosine DESC, b.label
