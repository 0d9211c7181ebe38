-- First open due day of each task and party of current notices, from $max_days_overdue days ago to $within days ahead.
SELECT
    d.task_id, d.party, min(d.due_on) AS due_on,
    date_diff('day', min(d.due_on), current_date)::INTEGER AS days_overdue, d.notice_id
FROM mart.open_days AS d
JOIN core.notices AS n ON n.notice_id = d.notice_id
WHERE n.is_current AND d.notice_id IN (SELECT unnest($notices))
    AND d.due_on BETWEEN current_date - $max_days_overdue::INTEGER AND current_date + $within::INTEGER
GROUP BY d.task_id, d.party, d.notice_id
ORDER BY due_on, d.task_id, d.party
