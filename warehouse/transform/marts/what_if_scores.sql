-- 用途：以某份通知的比重为尺子，各份通知覆盖了多少、名次怎样。
-- 一行：一份通知（notice_id）按另一份通知（weights_of）的比重衡量；与自己比的一行 covered 为 1。
-- 来源：mart.topic_weights（只取有分值的现行通知）。
-- 读法：covered 为 weights_of 的比重中，本通知也有的主题所占的部分；overlap 为各主题两者比重较小值之和，1 为比重完全一样。rank 按 overlap 排，不含 weights_of 自己。通知很多时请写明 WHERE weights_of = …。
-- 列：
--   weights_of：提供比重的通知编号
--   notice_id：被衡量的通知编号
--   covered：覆盖的比重，0 到 1
--   overlap：比重重合度，0 到 1
--   rank：名次，1 为最接近；自己为空
WITH weighted AS (
    SELECT w.notice_id, w.topic, w.share
    FROM mart.topic_weights AS w JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.is_current AND w.share IS NOT NULL
),
noted AS (SELECT DISTINCT notice_id FROM weighted),
scored AS (
    SELECT
        o.notice_id AS weights_of, a.notice_id,
        coalesce(sum(b.share) FILTER (WHERE a.topic IS NOT NULL), 0) AS covered,
        coalesce(sum(least(a.share, b.share)), 0) AS overlap
    FROM noted AS o
    CROSS JOIN noted AS n
    JOIN weighted AS b ON b.notice_id = o.notice_id
    JOIN weighted AS a ON a.notice_id = n.notice_id AND a.topic = b.topic
    GROUP BY o.notice_id, a.notice_id
)
SELECT
    o.notice_id AS weights_of, n.notice_id,
    least(coalesce(s.covered, 0), 1) AS covered, least(coalesce(s.overlap, 0), 1) AS overlap,
    CASE WHEN o.notice_id <> n.notice_id
         THEN rank() OVER (PARTITION BY o.notice_id, o.notice_id = n.notice_id ORDER BY round(coalesce(s.overlap, 0), 9) DESC)
    END AS rank
FROM noted AS o
CROSS JOIN noted AS n
LEFT JOIN scored AS s ON s.weights_of = o.notice_id AND s.notice_id = n.notice_id
