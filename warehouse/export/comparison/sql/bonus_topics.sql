-- Topics that a notice has among bonus items only.
SELECT notice_id, topic FROM mart.task_points
WHERE notice_id IN (SELECT unnest($notice))
GROUP BY notice_id, topic HAVING bool_and(bonus)
ORDER BY topic, list_position($notice, notice_id)
