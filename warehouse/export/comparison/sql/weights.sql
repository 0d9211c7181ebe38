-- Base points and tasks by topic; the weight is the share of points, or of tasks if a notice has no points.
SELECT w.notice_id, w.topic, coalesce(t.name, w.topic) AS name, w.points, w.tasks, coalesce(w.share, w.task_share) AS weight
FROM mart.topic_weights AS w LEFT JOIN mart.topics AS t USING (topic)
WHERE w.notice_id IN (SELECT unnest($notice))
ORDER BY t.ordinal NULLS LAST, w.topic, list_position($notice, w.notice_id)
