-- 用途：今天看来哪些任务已经逾期，是哪个单位的，不论是谁的通知、周期是否结束。
-- 一行：现行通知中一条任务的一个责任单位，有到期日已过而没有办完。
-- 来源：mart.open_days、mart.duty_scope。
-- 读法：只要本级现在应办的，看 mart.overdue。逾期天数按查询当天计算，从最早一个未办完的到期日算起。定期任务怎样算办完，见 mart.open_days。没有可推定到期日的任务不会逾期。
-- 列：
--   notice_id：通知编号
--   task_id：任务编号
--   party：责任单位，没有写明的为空
--   role：lead=牵头，support=配合，没有写明单位的为空
--   status：最近填报的状态，没有填报的为空
--   due_on：最早一个未办完的到期日
--   days_overdue：逾期天数（天）
--   missed：未办完的到期日个数（个）
--   note：最近填报的说明
--   left_out：不算本级现在应办的原因，见 mart.duty_scope；算的为空
SELECT
    d.notice_id, d.task_id, d.party, d.role, d.status, min(d.due_on) AS due_on,
    date_diff('day', min(d.due_on), current_date)::INTEGER AS days_overdue, count(*) AS missed, d.note, w.left_out
FROM mart.open_days AS d
JOIN core.notices AS n ON n.notice_id = d.notice_id
JOIN mart.duty_scope AS w ON w.notice_id = d.notice_id AND w.party IS NOT DISTINCT FROM d.party
WHERE n.is_current AND d.due_on < current_date
GROUP BY d.notice_id, d.task_id, d.party, d.role, d.status, d.note, w.left_out
ORDER BY days_overdue DESC, d.notice_id, d.task_id, d.role, d.party
