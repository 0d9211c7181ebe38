-- 用途：每个责任单位的任务办到了哪一步，逾期几条。
-- 一行：一份通知中的一个责任单位。
-- 来源：mart.progress_of_all。
-- 读法：只有本级现在应办的：本级的通知和上级通知中落到本级的任务，周期没有结束的，见 mart.duty_scope；归属还不知道的都在内。其余的见 mart.progress_of_all。done、in_progress、blocked、not_started、not_applicable、unreported 相加等于 tasks，按最近填报计。只是配合而牵头单位都已完成的，计入 done。overdue、due_soon 按查询当天计算，只算现行通知，与状态互不排斥：定期任务报过完成的仍在 done，下一个到期日又逾期的同时计入 overdue。due_soon 为今天起 30 天内到期而没有办完的。
-- 列：
--   notice_id：通知编号
--   party：责任单位，没有写明的为空
--   tasks：任务数（条）
--   done：已完成（条）
--   in_progress：进行中（条）
--   blocked：需协调（条）
--   not_started：未开始（条）
--   not_applicable：不适用（条）
--   unreported：没有填报（条）
--   overdue：已逾期（条）
--   due_soon：30 天内到期（条）
--   done_share：已完成的比重，不计不适用的，0 到 1；全部不适用的为空
--   reported_at：最近一次填报的导入时间（UTC）
SELECT * EXCLUDE (left_out)
FROM mart.progress_of_all
WHERE left_out IS NULL
ORDER BY notice_id, overdue DESC, tasks DESC, party
