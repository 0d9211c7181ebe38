-- 用途：每个责任单位办理任务的进展。
-- 一行：一份通知中的一个责任单位。
-- 来源：mart.progress_by_party、mart.notice_labels。
-- 读法：只有本级现在应办的（本级的通知和上级通知中落到本级的任务，周期没有结束的；归属还没有认定的都在内），其余的见 mart.progress_of_all。各状态的条数相加等于任务数，按最近填报计。已逾期、30天内到期按查询当天计算，只算现行通知；定期任务报过完成、下一个到期日又逾期的，同时计入已完成和已逾期。进展用 wenming progress import 导入。
-- 列：
--   通知：通知简称
--   责任单位：责任单位，没有写明的为空
--   任务数：任务数（条）
--   已完成：已完成的，含牵头单位已完成的配合任务（条）
--   进行中：进行中的（条）
--   需协调：需要协调的（条）
--   未开始：未开始的（条）
--   不适用：不适用的（条）
--   未填报：没有填报的（条）
--   已逾期：到期日已过而没有办完的（条）
--   30天内到期：30 天内到期而没有办完的（条）
--   完成率：已完成的比重，不计不适用的，0 到 1
--   最近填报：最近一次填报的导入时间（UTC）
--   是否现行：通知是否为最新版
SELECT n.label AS 通知, p.party AS 责任单位, p.tasks AS 任务数, p.done AS 已完成, p.in_progress AS 进行中,
       p.blocked AS 需协调, p.not_started AS 未开始, p.not_applicable AS 不适用, p.unreported AS 未填报,
       p.overdue AS 已逾期, p.due_soon AS "30天内到期", p.done_share AS 完成率, p.reported_at AS 最近填报,
       n.is_current AS 是否现行
FROM mart.progress_by_party AS p
JOIN mart.notice_labels AS n USING (notice_id)
ORDER BY n.division_code NULLS LAST, n.label, p.overdue DESC, p.tasks DESC, p.party
