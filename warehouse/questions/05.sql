-- 标题：标准相似度排名
-- 问题：哪两份评分体系最相近？
-- 分组：权重
-- 词语：相似、相近、接近、像、排名、评分体系
-- 参数：notice、other
-- 需要：任务、现行版
-- 说明：权重相似度比较各主题所占比重，1 为完全一样；主题重合度为共有主题的比例；“有对应”为一份通知的任务中在另一份能找到对应的比例。通知很多时，每份只与最相近的若干份比。
-- 无结果：库中现行通知不足两份，无从比较。
-- 未列：没有算出与所选其他通知的相似度（只在最相近的若干份之间计算）。
SELECT row_number() OVER (ORDER BY s.weight_cosine DESC, a.label, b.label) AS 名次, a.label AS 甲通知, b.label AS 乙通知,
       round(s.weight_cosine, 3) AS 权重相似度, round(s.topic_jaccard, 3) AS 主题重合度,
       round(s.text_overlap * 100, 1) AS "甲在乙有对应（%）", round(r.text_overlap * 100, 1) AS "乙在甲有对应（%）"
FROM mart.rubric_similarity AS s
JOIN mart.notice_labels AS a ON a.notice_id = s.notice_a
JOIN mart.notice_labels AS b ON b.notice_id = s.notice_b
LEFT JOIN mart.rubric_similarity AS r ON r.notice_a = s.notice_b AND r.notice_b = s.notice_a
WHERE s.notice_a IN (SELECT unnest($notice)) AND s.notice_b IN (SELECT unnest($other))
  AND (s.notice_a < s.notice_b OR s.notice_b NOT IN (SELECT unnest($notice)) OR s.notice_a NOT IN (SELECT unnest($other)))
ORDER BY 名次
