-- Tasks without a similar task in the other notices, nor one that may be similar. Two notices can be compared if both are current, or if one
-- is the previous version of the other.
WITH picked AS (
    SELECT notice_id, is_current, supersedes FROM core.notices WHERE notice_id IN (SELECT unnest($notice))
),
comparable AS (
    SELECT a.notice_id, b.notice_id AS other_id
    FROM picked AS a JOIN picked AS b
        ON a.notice_id <> b.notice_id
       AND ((a.is_current AND b.is_current) OR a.supersedes = b.notice_id OR b.supersedes = a.notice_id)
),
mine AS (SELECT task_id, notice_id FROM core.tasks WHERE notice_id IN (SELECT notice_id FROM picked)),
linked AS (
    SELECT task_a AS task_id, notice_b AS other_id FROM compared_pairs
    UNION
    SELECT task_b, notice_a FROM compared_pairs
    UNION
    SELECT task_a, notice_b FROM compared_candidates
    UNION
    SELECT task_b, notice_a FROM compared_candidates
    UNION
    SELECT v.task_id, p.notice_id FROM mart.task_versions AS v JOIN mine AS p ON p.task_id = v.previous_task_id
    UNION
    SELECT v.previous_task_id, t.notice_id FROM mart.task_versions AS v JOIN mine AS t ON t.task_id = v.task_id
),
weighed AS (
    SELECT topic, count(DISTINCT notice_id) AS notices FROM mart.task_points
    WHERE notice_id IN (SELECT unnest($notice)) AND topic <> 'other' GROUP BY topic
)
SELECT t.notice_id, p.topic, coalesce(c.name, p.topic) AS name, coalesce(w.notices = 1, false) AS topic_alone, i.name AS indicator,
       coalesce(t.requirement, t.criteria) AS requirement, p.points_each AS points, t.bonus, t.locator
FROM core.tasks AS t
JOIN mart.task_points AS p USING (task_id)
LEFT JOIN core.indicators AS i ON i.indicator_id = t.indicator_id
LEFT JOIN mart.topics AS c ON c.topic = p.topic
LEFT JOIN weighed AS w ON w.topic = p.topic
LEFT JOIN core.tables AS b ON b.table_id = t.table_id
WHERE t.notice_id IN (SELECT notice_id FROM comparable)
  AND length(regexp_replace(coalesce(t.requirement, t.criteria, ''), '[^\p{Han}A-Za-z]', '', 'g')) >= $min_length
  AND NOT EXISTS (SELECT 1 FROM linked AS l JOIN comparable AS o ON o.notice_id = t.notice_id AND o.other_id = l.other_id
                  WHERE l.task_id = t.task_id)
ORDER BY list_position($notice, t.notice_id), b.ordinal NULLS FIRST, t.ordinal, t.task_id
