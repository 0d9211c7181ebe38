-- Pairs of similar tasks, each pair once.
WITH turned AS (
    SELECT CASE WHEN first THEN task_a ELSE task_b END AS task_a, CASE WHEN first THEN task_b ELSE task_a END AS task_b,
           CASE WHEN first THEN notice_a ELSE notice_b END AS notice_a, CASE WHEN first THEN notice_b ELSE notice_a END AS notice_b,
           CASE WHEN first OR relation NOT IN ('subset', 'superset') THEN relation
                WHEN relation = 'subset' THEN 'superset' ELSE 'subset' END AS relation,
           similarity, basis
    FROM (SELECT *, list_position($notice, notice_a) < list_position($notice, notice_b) AS first FROM compared_pairs)
)
SELECT p.task_a, p.task_b, p.notice_a, p.notice_b, pa.topic, coalesce(c.name, pa.topic) AS name, ta.requirement AS requirement_a, tb.requirement AS requirement_b,
       pa.points_each AS points_a, pb.points_each AS points_b, p.relation, p.similarity, p.basis,
       ta.locator AS locator_a, tb.locator AS locator_b
FROM (SELECT * FROM turned QUALIFY row_number() OVER (PARTITION BY task_a, task_b ORDER BY relation) = 1) AS p
JOIN core.tasks AS ta ON ta.task_id = p.task_a
JOIN core.tasks AS tb ON tb.task_id = p.task_b
JOIN mart.task_points AS pa ON pa.task_id = p.task_a
JOIN mart.task_points AS pb ON pb.task_id = p.task_b
LEFT JOIN mart.topics AS c ON c.topic = pa.topic
ORDER BY c.ordinal NULLS LAST, pa.topic, p.similarity DESC NULLS FIRST, list_position($notice, p.notice_a),
         list_position($notice, p.notice_b), p.task_a, p.task_b
