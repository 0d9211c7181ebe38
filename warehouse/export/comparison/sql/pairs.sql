-- Similar tasks of the notices, both directions. The mart keeps $max_matches similar tasks of a task: where a list is
-- full, a match in these notices may be missing, so it is computed here as warehouse/transform/task_similarity.py does.
CREATE OR REPLACE TEMP TABLE compared_pairs AS
WITH mine AS (
    SELECT t.task_id, t.notice_id, coalesce(t.topic, 'other') AS topic, f.source_path, t.locator, n.is_current,
           left(regexp_replace(coalesce(t.requirement, t.criteria, ''), '[^\p{Han}A-Za-z]', '', 'g'), $max_length) AS body
    FROM core.tasks AS t JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
    WHERE t.notice_id IN (SELECT unnest($notice))
),
kept AS (
    SELECT task_a, task_b, notice_a, notice_b, relation, similarity, basis FROM mart.topic_crosswalk
    WHERE notice_a IN (SELECT unnest($notice))
),
full_lists AS (SELECT task_a AS task_id FROM kept GROUP BY task_a HAVING count(*) >= $max_matches),
gram AS (
    SELECT task_id, notice_id, topic, body,
           unnest(list_distinct(list_transform(range(1, length(body)), lambda i: substr(body, i, 2)))) AS gram
    FROM mine WHERE is_current AND length(body) >= $min_length
),
sized AS (SELECT *, count(*) OVER (PARTITION BY task_id) AS grams FROM gram),
asked AS (SELECT * FROM sized WHERE task_id IN (SELECT task_id FROM full_lists)),
shared AS (
    SELECT a.task_id AS task_a, b.task_id AS task_b, any_value(a.notice_id) AS notice_a, any_value(b.notice_id) AS notice_b,
           count(*) AS grams, any_value(a.grams) AS grams_a, any_value(b.grams) AS grams_b
    FROM asked AS a JOIN sized AS b ON b.gram = a.gram AND b.topic = a.topic AND b.notice_id <> a.notice_id
    GROUP BY a.task_id, b.task_id
    UNION ALL
    SELECT a.task_id, b.task_id, a.notice_id, b.notice_id, 1, 1, 1
    FROM (SELECT DISTINCT task_id, notice_id, topic, body FROM asked) AS a
    JOIN mine AS b ON b.body = a.body AND b.topic <> a.topic AND b.notice_id <> a.notice_id AND b.is_current
),
unrelated AS (
    SELECT a.task_id AS task_a, b.task_id AS task_b
    FROM ops.counterpart_reviews AS r
    JOIN mine AS a ON (a.source_path, a.locator) IN ((r.file_a, r.locator_a), (r.file_b, r.locator_b))
    JOIN mine AS b ON (b.source_path, b.locator) IN ((r.file_a, r.locator_a), (r.file_b, r.locator_b)) AND b.task_id <> a.task_id
    WHERE r.relation = 'unrelated'
),
sought AS (
    SELECT task_a, task_b, notice_a, notice_b, grams / sqrt(grams_a * grams_b) AS similarity,
           grams / grams_a >= 0.8 AS inside_a, grams / grams_b >= 0.8 AS inside_b
    FROM shared AS s
    WHERE grams / sqrt(grams_a * grams_b) >= $min_similarity
      AND NOT EXISTS (SELECT 1 FROM unrelated AS u WHERE u.task_a = s.task_a AND u.task_b = s.task_b)
      AND NOT EXISTS (SELECT 1 FROM kept AS k WHERE k.task_a = s.task_a AND k.notice_b = s.notice_b)
    QUALIFY row_number() OVER (PARTITION BY task_a, notice_b ORDER BY similarity DESC, task_b) = 1
)
SELECT task_a, task_b, notice_a, notice_b, relation, similarity, basis FROM kept
WHERE notice_b IN (SELECT unnest($notice)) AND notice_b <> notice_a
UNION ALL
SELECT task_a, task_b, notice_a, notice_b,
       CASE WHEN inside_a AND inside_b THEN 'equal' WHEN inside_a THEN 'subset' WHEN inside_b THEN 'superset' ELSE 'overlap' END,
       round(similarity, 6), 'wording'
FROM sought
