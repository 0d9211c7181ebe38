-- 用途：每条任务还缺什么材料、缺多少，由谁准备。
-- 一行：现行通知中一条任务尚未备齐的一种材料。
-- 来源：mart.evidence_gaps、core.tasks、mart.notice_labels、mart.duty_scope。
-- 读法：只有本级现在应办的（本级的通知和上级通知中落到本级的任务，周期没有结束的；归属还没有认定的都在内），其余的见 mart.evidence_gaps。已备件数取自填报的“已备材料”；从未填报的任务，全部材料都算缺。
-- 列：
--   通知：通知简称
--   牵头：排在最前的牵头单位，没有写明的为空
--   任务要求：要做什么、达到什么
--   材料：材料要求的原文
--   要求件数：要求件数，没有写明的计 1（件）
--   已备件数：已备件数（件）
--   还缺件数：还缺件数（件）
--   首个到期日：任务的首个到期日
--   填报过：是否填报过进展
--   出处：文件和文件中的位置
--   任务编号：任务的唯一编号，用于与其他表连接
SELECT n.label AS 通知, g.party AS 牵头, t.requirement AS 任务要求, g.raw AS 材料, g.wanted AS 要求件数,
       g.on_hand AS 已备件数, g.missing AS 还缺件数, g.first_due AS 首个到期日, g.reported AS 填报过,
       concat_ws(' ', n.source_path, t.locator) AS 出处, g.task_id AS 任务编号
FROM mart.evidence_gaps AS g
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n ON n.notice_id = g.notice_id
WHERE g.task_id IN (
    SELECT p.task_id FROM mart.task_progress AS p
    JOIN mart.duty_scope AS w ON w.notice_id = p.notice_id AND w.party IS NOT DISTINCT FROM p.party
    WHERE w.left_out IS NULL
)
ORDER BY n.division_code NULLS LAST, n.label, t.table_id NULLS FIRST, t.ordinal, g.ordinal
