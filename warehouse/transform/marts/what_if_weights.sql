-- 用途：一份通知的各主题，换用另一份通知的比重后各得多少分、名次怎样变。
-- 一行：一份通知（notice_id）按另一份通知（weights_of）的比重计算的一个主题。
-- 来源：mart.topic_weights（只取有分值的现行通知）。
-- 读法：总分保持本通知的基础分不变，按 weights_of 在这些主题上的比重重新分配；weights_of 没有的主题得 0 分。两者没有共同主题时 what_if_points 为空。rank_change 为正表示换用后名次上升。没有分值（0 分）的主题不排名次，名次和变化为空。通知很多时请写明 WHERE notice_id = … AND weights_of = …。
-- 列：
--   notice_id：通知编号
--   weights_of：提供比重的通知编号
--   topic：主题代码
--   own_points：原来的基础分（分）
--   own_share：原来的比重，0 到 1
--   own_rank：原来的名次，1 为分值最多；没有分值的为空
--   other_share：另一份通知中该主题的比重，0 到 1
--   what_if_points：换用比重后的分值（分）
--   what_if_rank：换用比重后的名次；换用后没有分值的为空
--   rank_change：名次变化，正数为上升；有一边没有名次的为空
WITH weighted AS (
    SELECT w.notice_id, w.topic, w.points, w.share
    FROM mart.topic_weights AS w JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.is_current AND w.share IS NOT NULL
),
crossed AS (
    SELECT a.notice_id, o.notice_id AS weights_of, a.topic, coalesce(a.points, 0) AS own_points, a.share AS own_share,
           coalesce(b.share, 0) AS other_share
    FROM weighted AS a
    JOIN (SELECT DISTINCT notice_id FROM weighted) AS o ON o.notice_id <> a.notice_id
    LEFT JOIN weighted AS b ON b.notice_id = o.notice_id AND b.topic = a.topic
),
scored AS (
    SELECT
        *,
        CASE WHEN sum(other_share) OVER pair > 0
             THEN sum(own_points) OVER pair * other_share / sum(other_share) OVER pair
        END AS what_if_points
    FROM crossed
    WINDOW pair AS (PARTITION BY notice_id, weights_of)
)
SELECT
    notice_id, weights_of, topic, own_points, own_share,
    CASE WHEN own_points > 0
         THEN rank() OVER (PARTITION BY notice_id, weights_of ORDER BY round(own_points, 6) DESC)
    END AS own_rank,
    other_share, round(what_if_points, 6) AS what_if_points,
    CASE WHEN what_if_points > 0
         THEN rank() OVER (PARTITION BY notice_id, weights_of ORDER BY round(what_if_points, 6) DESC)
    END AS what_if_rank,
    own_rank - what_if_rank AS rank_change
FROM scored
