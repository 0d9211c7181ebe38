-- 用途：今天看来逾期的任务，逾期最久的在前。
-- 一行：现行通知中一条任务的一个责任单位。
-- 来源：mart.overdue、core.tasks、mart.notice_labels。
-- 读法：只有本级现在应办的（本级的通知和上级通知中落到本级的任务，周期没有结束的；归属还没有认定的都在内），其余的见 mart.overdue_of_all。逾期天数按查询当天计算；每月、每季度等定期任务从最早一个未办完的到期日算起，怎样算办完见 mart.open_days。
-- 列：
--   逾期天数：逾期天数（天）
--   到期日：最早一个未办完的到期日
--   未完成次数：已过而未办完的到期日个数（个）
--   责任单位：责任单位，没有写明的为空
--   责任角色：牵头还是配合
--   任务要求：要做什么、达到什么
--   原文时限：时限栏的文字，照原文
--   状态：最近填报的状态，没有填报的为“未填报”
--   说明：最近填报的说明
--   通知：通知简称
--   出处：文件和文件中的位置
--   任务编号：任务的唯一编号，用于与其他表连接
SELECT o.days_overdue AS 逾期天数, o.due_on AS 到期日, o.missed AS 未完成次数, o.party AS 责任单位,
       CASE o.role WHEN 'lead' THEN '牵头' WHEN 'support' THEN '配合' END AS 责任角色,
       t.requirement AS 任务要求, t.deadline AS 原文时限,
       CASE o.status WHEN 'not_started' THEN '未开始' WHEN 'in_progress' THEN '进行中' WHEN 'done' THEN '已完成'
                     WHEN 'blocked' THEN '需协调' ELSE '未填报' END AS 状态,
       o.note AS 说明, n.label AS 通知, concat_ws(' ', n.source_path, t.locator) AS 出处, o.task_id AS 任务编号
FROM mart.overdue AS o
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n ON n.notice_id = o.notice_id
ORDER BY o.days_overdue DESC, n.label, t.table_id NULLS FIRST, t.ordinal, o.role, o.party
