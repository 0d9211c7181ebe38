-- 用途：读取和核对时发现的疑点，供人逐条复核。
-- 一行：一处疑点。
-- 来源：core.findings，连同通知、表格、任务和文件。
-- 读法：警告和错误需要人看；提示只说明程序做了什么（如已按正文修复）。通知本身分值对不上也列在此处，属于原文的问题。
-- 列：
--   严重程度：错误、警告或提示
--   规则：发现问题的规则代码
--   说明：问题说明，引用原文
--   标明数：通知中写明的数（分值或条数）
--   核算数：按明细核算的数（分值或条数）
--   差额：标明数减核算数
--   处理意见：人工核实后认为无需处理的理由、经办人和日期，空的尚待处理
--   城市：通知所属的市、县
--   通知标题：所属通知，未入库的通知为空
--   表题：所在表格的标题
--   任务要求：所涉任务
--   出处：文件和文件中的位置
--   任务编号：所涉任务的唯一编号
--   问题编号：问题的唯一编号
SELECT
    CASE d.severity WHEN 'error' THEN '错误' WHEN 'warning' THEN '警告' WHEN 'info' THEN '提示' END AS 严重程度,
    d.rule AS 规则,
    d.message AS 说明,
    d.declared AS 标明数,
    d.computed AS 核算数,
    d.declared - d.computed AS 差额,
    d.dismissed AS 处理意见,
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.title AS 通知标题,
    b.title AS 表题,
    t.requirement AS 任务要求,
    concat_ws(' ', f.source_path, d.locator) AS 出处,
    d.task_id AS 任务编号,
    d.finding_id AS 问题编号
FROM core.findings AS d
LEFT JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f ON f.file_id = coalesce(d.file_id, n.file_id)
LEFT JOIN core.tables AS b ON b.table_id = d.table_id
LEFT JOIN core.tasks AS t ON t.task_id = d.task_id
ORDER BY
    CASE d.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END,
    f.source_path, b.ordinal NULLS FIRST, t.ordinal NULLS FIRST, d.rule, d.finding_id
