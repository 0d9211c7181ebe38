-- First open due day of each task and party of current notices up to $within days ahead: of the duties that count as ours
-- now, or of all for $everything. Where nobody decided whose a notice is, its cycle does not close, and days longer ago
-- than $max_days_overdue are left out.
SELECT
    d.task_id, d.party, min(d.due_on) AS due_on,
    date_diff('day', min(d.due_on), current_date)::INTEGER AS days_overdue, d.notice_id
FROM mart.open_days AS d
JOIN core.notices AS n ON n.notice_id = d.notice_id
JOIN mart.duty_scope AS w ON w.notice_id = d.notice_id AND w.party IS NOT DISTINCT FROM d.party
WHERE n.is_current AND d.notice_id IN (SELECT unnest($notices)) AND d.due_on <= current_date + $within::INTEGER
    AND ($everything OR (w.left_out IS NULL
                         AND (w.scope IS NOT NULL OR d.due_on >= current_date - $max_days_overdue::INTEGER)))
GROUP BY d.task_id, d.party, d.notice_id
ORDER BY due_on, d.task_id, d.party
