-- All thresholds; `differs` if at least two of the notices have different thresholds for this topic and unit.
WITH picked AS (
    SELECT h.*, row_number() OVER () AS place
    FROM mart.threshold_comparison AS h WHERE h.notice_id IN (SELECT unnest($notice))
),
compared AS (
    SELECT topic, unit, count(DISTINCT value) > 1 AS differs
    FROM picked WHERE topic <> 'other' GROUP BY topic, unit HAVING count(DISTINCT notice_id) > 1
)
SELECT p.notice_id, p.topic, coalesce(c.name, p.topic) AS name, p.subject, p.operator, p.value::DOUBLE AS value, p.unit, p.raw,
       d.topic IS NOT NULL AS shared, coalesce(d.differs, false) AS differs, t.locator
FROM picked AS p
JOIN core.tasks AS t USING (task_id)
LEFT JOIN compared AS d ON d.topic = p.topic AND d.unit IS NOT DISTINCT FROM p.unit
LEFT JOIN mart.topics AS c ON c.topic = p.topic
ORDER BY differs DESC, shared DESC, c.ordinal NULLS LAST, p.topic, p.unit NULLS LAST, list_position($notice, p.notice_id),
         p.value, p.subject, p.task_id, p.raw, p.place
