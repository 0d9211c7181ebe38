-- Share of each method; tasks of several methods are divided among them.
SELECT m.notice_id, m.method, m.tasks, m.points, m.share
FROM mart.method_mix AS m
WHERE m.notice_id IN (SELECT unnest($notice))
ORDER BY list_position($notice, m.notice_id), m.share DESC, m.method
