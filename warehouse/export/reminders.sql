-- What is overdue by at most $longest days, or due within $within days and not settled: one row per task and party.
SELECT task_id, party, due_on, days_overdue::INTEGER AS days_overdue, notice_id
FROM mart.overdue WHERE days_overdue <= $longest AND notice_id IN (SELECT unnest($notices))
UNION ALL BY NAME
SELECT p.task_id, p.party, min(d.due_on) AS due_on, date_diff('day', min(d.due_on), current_date)::INTEGER AS days_overdue, p.notice_id
FROM mart.task_progress AS p
JOIN core.notices AS n USING (notice_id)
JOIN mart.due_days AS d USING (task_id)
WHERE n.is_current AND NOT p.settled AND d.due_on BETWEEN current_date AND current_date + $within
    AND p.notice_id IN (SELECT unnest($notices))
    AND NOT EXISTS (
        SELECT 1 FROM mart.overdue AS o
        WHERE o.task_id = p.task_id AND o.party IS NOT DISTINCT FROM p.party AND o.days_overdue <= $longest
    )
GROUP BY p.task_id, p.party, p.notice_id
ORDER BY due_on, task_id, party
