-- 用途：今天看来哪些任务已经逾期，是哪个单位的。
-- 一行：现行通知中一条任务的一个责任单位，有到期日已过而没有办完。
-- 来源：mart.task_progress、mart.due_days。
-- 读法：逾期天数按查询当天计算，从最早一个未办完的到期日算起。每月、每季度等定期任务，上一个到期日之后报过完成的，这一个到期日算办完。没有可推定到期日的任务不会逾期。
-- 列：
--   notice_id：通知编号
--   task_id：任务编号
--   party：责任单位，没有写明的为空
--   role：lead=牵头，support=配合
--   status：最近填报的状态，没有填报的为空
--   due_on：最早一个未办完的到期日
--   days_overdue：逾期天数（天）
--   missed：未办完的到期日个数（个）
--   note：最近填报的说明
WITH days AS (
    SELECT DISTINCT task_id, due_on FROM mart.due_days
),
turns AS (
    SELECT task_id, due_on, lag(due_on) OVER (PARTITION BY task_id ORDER BY due_on) AS before FROM days
)
SELECT
    p.notice_id, p.task_id, p.party, p.role, p.status,
    min(d.due_on) AS due_on, date_diff('day', min(d.due_on), current_date)::INTEGER AS days_overdue, count(*) AS missed,
    any_value(p.note) AS note
FROM mart.task_progress AS p
JOIN core.notices AS n USING (notice_id)
JOIN turns AS d USING (task_id)
WHERE n.is_current AND d.due_on < current_date
    AND CASE WHEN p.due_days > 1 AND p.status IS DISTINCT FROM 'not_applicable'
             THEN p.done_until IS NULL OR p.done_until <= coalesce(d.before, DATE '1900-01-01')
             ELSE NOT p.settled
        END
    AND NOT (p.due_days > 1 AND p.role = 'support' AND p.settled)
GROUP BY ALL
ORDER BY days_overdue DESC, p.notice_id, p.task_id, p.role, p.party
