-- 标题：换用乙市权重后排名
-- 问题：甲的各主题换用乙的权重，得分和名次怎样变？
-- 分组：权重
-- 词语：换用、权重、假设、名次、排名、别的城市的权重
-- 参数：notice、other
-- 需要：分值、现行版
-- 说明：总分不变，按乙在这些主题上的比重重新分配。“名次变化”为正是上升。没有分值的主题不排名次，名次变化也为空。只比有分值的现行通知。“主题覆盖”为乙的权重中甲也有的主题所占的比例。
-- 无结果：所选通知中有分值的不足两份，无从换用。
-- 未列：所选的其他通知都没有分值可换。
WITH shares AS (
    SELECT w.notice_id, w.topic, coalesce(w.points, 0) AS points, w.share
    FROM mart.topic_weights AS w JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.is_current AND w.share IS NOT NULL
),
scored AS (
    SELECT a.notice_id, o.notice_id AS weights_of, a.topic, a.points AS own_points, coalesce(b.share, 0) AS other_share
    FROM shares AS a
    JOIN (SELECT DISTINCT notice_id FROM shares WHERE notice_id IN (SELECT unnest($other))) AS o ON o.notice_id <> a.notice_id
    LEFT JOIN shares AS b ON b.notice_id = o.notice_id AND b.topic = a.topic
    WHERE a.notice_id IN (SELECT unnest($notice))
),
shifted AS (
    SELECT *, sum(other_share) OVER pair AS covered,
           sum(own_points) OVER pair * other_share / nullif(sum(other_share) OVER pair, 0) AS what_if_points
    FROM scored WINDOW pair AS (PARTITION BY notice_id, weights_of)
),
weighed AS (
    SELECT *, CASE WHEN own_points > 0
                   THEN rank() OVER (PARTITION BY notice_id, weights_of ORDER BY round(own_points, 6) DESC) END AS own_rank,
           CASE WHEN what_if_points > 0
                THEN rank() OVER (PARTITION BY notice_id, weights_of ORDER BY round(what_if_points, 6) DESC) END AS what_if_rank
    FROM shifted
)
SELECT a.label AS 甲通知, b.label AS 乙通知, c.name AS 主题, w.own_points AS 原分值, w.own_rank AS 原名次,
       round(w.what_if_points, 2) AS 换用后分值, w.what_if_rank AS 换用后名次, w.own_rank - w.what_if_rank AS 名次变化,
       round(w.covered * 100, 1) AS "主题覆盖（%）"
FROM weighed AS w
JOIN mart.notice_labels AS a ON a.notice_id = w.notice_id
JOIN mart.notice_labels AS b ON b.notice_id = w.weights_of
LEFT JOIN mart.topics AS c ON c.topic = w.topic
WHERE w.notice_id IN (SELECT unnest($notice)) AND w.weights_of IN (SELECT unnest($other))
ORDER BY a.label, b.label, w.what_if_rank NULLS LAST, w.own_rank NULLS LAST, c.ordinal
