-- Tasks due by month of the year; notices are of different years.
SELECT notice_id, right(month, 2)::INTEGER AS month, sum(tasks_due)::BIGINT AS tasks
FROM mart.deadline_calendar
WHERE notice_id IN (SELECT unnest($notice))
GROUP BY notice_id, right(month, 2)
ORDER BY list_position($notice, notice_id), 2
