-- Similar tasks of the notices, both directions. The mart keeps a limited number of similar tasks of a task: where a list is
-- full, a match in these notices may be missing there and comes from `matched_between`.
CREATE OR REPLACE TEMP TABLE compared_pairs AS
WITH mine AS (
    SELECT t.task_id, f.source_path, t.locator
    FROM core.tasks AS t JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
    WHERE t.notice_id IN (SELECT unnest($notice))
),
kept AS (
    SELECT task_a, task_b, notice_a, notice_b, relation, similarity, basis FROM mart.topic_crosswalk
    WHERE notice_a IN (SELECT unnest($notice))
),
unrelated AS (
    SELECT a.task_id AS task_a, b.task_id AS task_b
    FROM ops.counterpart_reviews AS r
    JOIN mine AS a ON (a.source_path, a.locator) IN ((r.file_a, r.locator_a), (r.file_b, r.locator_b))
    JOIN mine AS b ON (b.source_path, b.locator) IN ((r.file_a, r.locator_a), (r.file_b, r.locator_b)) AND b.task_id <> a.task_id
    WHERE r.relation = 'unrelated'
)
SELECT task_a, task_b, notice_a, notice_b, relation, similarity, basis FROM kept
WHERE notice_b IN (SELECT unnest($notice)) AND notice_b <> notice_a
UNION ALL
SELECT task_a, task_b, notice_a, notice_b, relation, similarity,
       CASE WHEN similarity >= 0.2 THEN 'wording' ELSE 'meaning' END
FROM matched_between AS s
WHERE confidence >= $answer
  AND NOT EXISTS (SELECT 1 FROM unrelated AS u WHERE u.task_a = s.task_a AND u.task_b = s.task_b)
  AND NOT EXISTS (SELECT 1 FROM kept AS k WHERE k.task_a = s.task_a AND k.notice_b = s.notice_b)
