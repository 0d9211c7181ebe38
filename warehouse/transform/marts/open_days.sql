-- 用途：每条任务、每个责任单位还没有办完的到期日，供计算逾期和近期到期使用。
-- 一行：一条任务的一个责任单位的一个没有办完的到期日，过去的和将来的都在内。
-- 来源：mart.task_progress、mart.due_days、core.task_deadlines。
-- 读法：只有一个到期日的任务，办结（mart.task_progress 的 settled）前这一天都算没有办完。每月、每季度等有几个到期日的任务，上一个到期日之后报过完成的，这一个到期日算办完；只是配合的，牵头单位都已办完也算办完。报不适用的单位没有到期日。定期任务早于通知印发日期的到期日不列。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   task_id：任务编号
--   party：责任单位，没有写明的为空
--   role：lead=牵头，support=配合，没有写明单位的为空
--   status：最近填报的状态，没有填报的为空
--   note：最近填报的说明
--   due_on：没有办完的到期日
WITH turns AS (
    SELECT task_id, due_on, lag(due_on, 1, DATE '0001-01-01') OVER (PARTITION BY task_id ORDER BY due_on) AS before
    FROM (SELECT DISTINCT d.task_id, d.due_on
          FROM mart.due_days AS d JOIN core.task_deadlines AS t USING (task_id, ordinal)
          WHERE t.recurrence IS NULL OR NOT d.is_before_issue)
),
leads AS (
    SELECT task_id, min(coalesce(done_until, DATE '0001-01-01')) AS done_until
    FROM mart.task_progress
    WHERE role = 'lead' AND status IS DISTINCT FROM 'not_applicable' GROUP BY task_id
)
SELECT p.notice_id, p.task_id, p.party, p.role, p.status, p.note, d.due_on
FROM mart.task_progress AS p
JOIN turns AS d ON d.task_id = p.task_id
LEFT JOIN leads AS l ON l.task_id = p.task_id AND p.role = 'support'
WHERE p.status IS DISTINCT FROM 'not_applicable'
    AND CASE WHEN p.due_days > 1
             THEN greatest(coalesce(p.done_until, DATE '0001-01-01'), coalesce(l.done_until, DATE '0001-01-01')) <= d.before
             ELSE NOT p.settled
        END
ORDER BY d.due_on, p.notice_id, p.task_id, p.role, p.party
