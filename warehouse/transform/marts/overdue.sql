-- 用途：今天看来哪些任务已经逾期，是哪个单位的。
-- 一行：现行通知中一条任务的一个责任单位，有到期日已过而没有办完。
-- 来源：mart.overdue_of_all。
-- 读法：只有本级现在应办的：本级的通知和上级通知中落到本级的任务，周期没有结束的，见 mart.duty_scope；归属还不知道的都在内。其余的见 mart.overdue_of_all。逾期天数按查询当天计算，从最早一个未办完的到期日算起。定期任务怎样算办完，见 mart.open_days。没有可推定到期日的任务不会逾期。
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
SELECT * EXCLUDE (left_out)
FROM mart.overdue_of_all
WHERE left_out IS NULL
ORDER BY days_overdue DESC, notice_id, task_id, role, party
