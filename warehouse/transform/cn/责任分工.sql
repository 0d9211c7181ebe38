-- 用途：按责任单位查任务，回答“这个单位要做什么、牵头还是配合”。
-- 一行：一条任务的一个责任单位。
-- 来源：core.task_parties，连同任务、指标、通知和文件。
-- 读法：一条任务有几个单位就有几行，因此分值不能跨单位求和；要算总分请用 cn.任务清单。没有写明责任单位的任务不在此表。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   责任单位：责任单位的规范名称
--   角色：牵头或配合
--   角色依据：牵头、配合依据什么认定
--   负责部分：只负责其中一部分时的标记，如 ①
--   指标编号：任务所属最内层指标的代码
--   指标名称：任务所属最内层指标的名称
--   任务要求：要做什么、达到什么
--   材料要求：材料、佐证栏的文字
--   完成时限：时限栏的文字，照原文
--   分值：任务的分值（分）
--   责任领导：责任领导或分管领导
--   责任人：责任人
--   原文写法：责任单位在原文中的写法
--   通知标题：所属通知
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
--   任务编号：任务的唯一编号，用于与其他表连接
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    r.party AS 责任单位,
    CASE r.role WHEN 'lead' THEN '牵头' WHEN 'support' THEN '配合' END AS 角色,
    CASE r.basis
        WHEN 'cell' THEN '本格的标签或标记' WHEN 'header' THEN '表头、分栏或标题'
        WHEN 'rule' THEN '通知的统一规定（见 core.rules）' WHEN 'order' THEN '通知没有写明，按列名先后'
    END AS 角色依据,
    r.scope AS 负责部分,
    i.code AS 指标编号,
    i.name AS 指标名称,
    t.requirement AS 任务要求,
    t.evidence AS 材料要求,
    t.deadline AS 完成时限,
    t.points AS 分值,
    t.leader AS 责任领导,
    t.persons AS 责任人,
    r.raw AS 原文写法,
    n.title AS 通知标题,
    concat_ws(' ', f.source_path, t.locator) AS 出处,
    n.is_current AS 是否现行,
    t.task_id AS 任务编号
FROM core.task_parties AS r
JOIN core.tasks AS t USING (task_id)
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
LEFT JOIN core.tables AS b ON b.table_id = t.table_id
LEFT JOIN core.indicators AS i ON i.indicator_id = t.indicator_id
ORDER BY n.division_code, n.year, n.notice_id, b.ordinal NULLS FIRST, t.ordinal, t.task_id, r.ordinal
