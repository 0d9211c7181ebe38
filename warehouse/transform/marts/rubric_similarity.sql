-- 用途：两份通知的评分体系有多相近。
-- 一行：一份通知（notice_a）和另一份通知（notice_b）；两个方向各有一行。
-- 来源：mart.notice_pairs（主题比重），mart.topic_crosswalk（对应任务）。
-- 读法：weight_cosine 比较各主题的分值比重（没有分值的通知用任务条数比重），1 为比重完全一样；topic_jaccard 为共有主题数占两者全部主题数的比例；text_overlap 为 notice_a 的任务中在 notice_b 有对应任务的比例，因此两个方向不同。只比现行通知；每份通知保留最相近的 50 份。
-- 存放：表
-- 更新：按通知的对应 notice_a
-- 列：
--   notice_a：通知编号
--   notice_b：与之比较的通知编号
--   weight_cosine：主题比重的余弦，0 到 1
--   topic_jaccard：主题重合度，0 到 1
--   text_overlap：notice_a 的任务中在 notice_b 有对应的比例，0 到 1
--   matched_tasks：notice_a 的任务中在 notice_b 有对应的条数（条）
WITH matched AS (
    SELECT notice_a, notice_b, count(DISTINCT task_a) AS matched_tasks
    FROM mart.topic_crosswalk SEMI JOIN mart.notice_pairs USING (notice_a, notice_b)
    GROUP BY notice_a, notice_b
)
SELECT
    p.notice_a, p.notice_b, p.weight_cosine, p.topic_jaccard,
    coalesce(m.matched_tasks, 0) / n.tasks AS text_overlap,
    coalesce(m.matched_tasks, 0) AS matched_tasks
FROM mart.notice_pairs AS p
JOIN mart.notice_labels AS n ON n.notice_id = p.notice_a
LEFT JOIN matched AS m ON m.notice_a = p.notice_a AND m.notice_b = p.notice_b
ORDER BY p.notice_a, p.weight_cosine DESC, p.notice_b
