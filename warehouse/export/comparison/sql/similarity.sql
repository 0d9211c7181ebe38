-- Similarity of each pair, both directions; text_overlap differs by direction. The mart has the most similar notices of
-- each only; for other pairs the same figures are computed here.
WITH picked AS (
    SELECT notice_id, tasks FROM mart.notice_labels
    WHERE notice_id IN (SELECT unnest($notice)) AND is_current AND tasks > 0
),
weighed AS (
    SELECT notice_id, topic, coalesce(share, task_share) AS weight FROM mart.topic_weights
    WHERE notice_id IN (SELECT notice_id FROM picked)
),
long AS (SELECT notice_id, sqrt(sum(weight * weight)) AS length, count(*) AS topics FROM weighed GROUP BY notice_id),
common AS (
    SELECT a.notice_id AS notice_a, b.notice_id AS notice_b, sum(a.weight * b.weight) AS product, count(*) AS topics
    FROM weighed AS a JOIN weighed AS b USING (topic)
    GROUP BY a.notice_id, b.notice_id
),
matched AS (
    SELECT notice_a, notice_b, count(DISTINCT task_a) AS tasks FROM compared_pairs GROUP BY notice_a, notice_b
)
SELECT a.notice_id AS notice_a, b.notice_id AS notice_b,
       coalesce(s.weight_cosine, round(coalesce(c.product, 0) / nullif(x.length * y.length, 0), 9)) AS weight_cosine,
       coalesce(s.topic_jaccard, coalesce(c.topics, 0) / (x.topics + y.topics - coalesce(c.topics, 0))) AS topic_jaccard,
       coalesce(m.tasks, 0) / a.tasks AS text_overlap
FROM picked AS a JOIN picked AS b ON a.notice_id <> b.notice_id
JOIN long AS x ON x.notice_id = a.notice_id
JOIN long AS y ON y.notice_id = b.notice_id
LEFT JOIN common AS c ON c.notice_a = a.notice_id AND c.notice_b = b.notice_id
LEFT JOIN matched AS m ON m.notice_a = a.notice_id AND m.notice_b = b.notice_id
LEFT JOIN mart.rubric_similarity AS s ON s.notice_a = a.notice_id AND s.notice_b = b.notice_id
ORDER BY list_position($notice, a.notice_id), list_position($notice, b.notice_id)
