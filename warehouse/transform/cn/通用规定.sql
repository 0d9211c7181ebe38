-- 用途：通知里对许多任务都有效的话：谁牵头、什么时候前完成、材料什么格式、怎样扣分、多少分为优秀，以及通知所称的满分、加分和条数。
-- 一行：一条规定。
-- 来源：core.rules，连同通知、表格和文件。
-- 读法：有效范围为整份通知的对各表和正文任务都有效，为一张表的只对该表，为一个部分的只对该部分的任务。采用任务数是有多少条任务的角色、时限或材料取自这条规定；扣分、等次和满分是对总体说的，不逐条套用。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   规定类型：谁牵头、统一时限、材料格式、扣分和否决、等次线、满分、加分上限、所称条数
--   原文：这句话的原文
--   适用对象：说的是什么，照原文
--   数值：满分、加分、扣分，等次线或数量的下限，条数
--   上限：等次线、数量或字数的上限
--   数值单位：数值的单位
--   有效范围：整份通知、一张表或一个部分
--   所在表格：只对一张表有效时的表题
--   所在部分：只对一个部分有效时的标题
--   采用任务数：有多少条任务取自这条规定（条）
--   通知标题：所属通知
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    CASE r.kind
        WHEN 'lead' THEN '谁牵头' WHEN 'deadline' THEN '统一时限' WHEN 'evidence' THEN '材料格式'
        WHEN 'scoring' THEN '统一的扣分、不得分和否决' WHEN 'tier' THEN '等次线、档次折算' WHEN 'total' THEN '满分'
        WHEN 'bonus' THEN '加分上限' WHEN 'count' THEN '所称条数'
    END AS 规定类型,
    r.text AS 原文,
    r.applies_to AS 适用对象,
    r.value AS 数值,
    r.value_max AS 上限,
    r.unit AS 数值单位,
    CASE r.scope WHEN 'notice' THEN '整份通知' WHEN 'table' THEN '一张表或一个附件的表' WHEN 'section' THEN '一个部分' END AS 有效范围,
    b.title AS 所在表格,
    r.section AS 所在部分,
    r.tasks AS 采用任务数,
    n.title AS 通知标题,
    concat_ws(' ', f.source_path, r.locator) AS 出处,
    n.is_current AS 是否现行
FROM core.rules AS r
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
LEFT JOIN core.tables AS b ON b.table_id = r.table_id
ORDER BY n.division_code, n.year, n.notice_id, r.ordinal
