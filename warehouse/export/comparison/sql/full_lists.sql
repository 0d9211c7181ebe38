-- The tasks of these notices as they are compared, and whether the list of a task in the marts is full: then a match in
-- these notices may be missing there. No row where no list is full.
WITH full_lists AS (
    SELECT task_a AS task_id FROM mart.task_pairs WHERE notice_a IN (SELECT unnest($notice))
    GROUP BY task_a HAVING count(*) >= $max_matches
),
mine AS (
    SELECT t.task_id, t.notice_id, coalesce(t.topic, 'other') AS topic,
           CASE WHEN regexp_matches(coalesce(t.requirement, t.criteria, ''), $subject) THEN ''
                ELSE regexp_replace(coalesce(i.name, ''), '[^\p{Han}A-Za-z]', '', 'g') END AS heading,
           left(regexp_replace(coalesce(t.requirement, t.criteria, ''), '[^\p{Han}A-Za-z]', '', 'g'), $max_length) AS body
    FROM core.tasks AS t JOIN core.notices AS n USING (notice_id) LEFT JOIN core.indicators AS i USING (indicator_id)
    WHERE n.is_current AND t.notice_id IN (SELECT unnest($notice)) AND EXISTS (SELECT 1 FROM full_lists)
)
SELECT *, task_id IN (SELECT task_id FROM full_lists) AS is_full FROM mine
WHERE length(body) >= $min_length ORDER BY task_id
