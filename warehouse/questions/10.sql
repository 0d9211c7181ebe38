-- 标题：换用乙市权重后排名
-- 问题：甲的各主题换用乙的权重，得分和名次怎样变？
-- 参数：notice：看哪些通知，默认全部现行通知
-- 参数：other：与哪些通知比，默认全部现行通知
-- 说明：总分不变，按乙在这些主题上的比重重新分配。“名次变化”为正是上升。只比有分值的现行通知。“主题覆盖”为乙的权重中甲也有的主题所占的比例。
-- 无结果：所选通知中有分值的不足两份，无从换用。
SELECT a.label AS 甲通知, b.label AS 乙通知, c.name AS 主题, w.own_points AS 原分值, w.own_rank AS 原名次,
       round(w.what_if_points, 2) AS 换用后分值, w.what_if_rank AS 换用后名次, w.rank_change AS 名次变化,
       round(s.covered * 100, 1) AS "主题覆盖（%）"
FROM mart.what_if_weights AS w
JOIN mart.what_if_scores AS s ON s.weights_of = w.weights_of AND s.notice_id = w.notice_id
JOIN mart.notice_labels AS a ON a.notice_id = w.notice_id
JOIN mart.notice_labels AS b ON b.notice_id = w.weights_of
LEFT JOIN mart.topics AS c ON c.topic = w.topic
WHERE w.notice_id IN (SELECT unnest($notice)) AND w.weights_of IN (SELECT unnest($other))
ORDER BY a.label, b.label, w.what_if_rank, w.own_rank, c.ordinal
