-- 用途：各通知的任务清单，可直接筛选、导出，供单位对照落实。
-- 一行：一条任务，即表格中最细的一条要求，或正文中一条有编号的任务。
-- 来源：core.tasks，连同所属指标、责任单位、通知和文件。
-- 读法：分值列可以直接求和。一个分值格覆盖多行时，分值只写在第一行，其余为空，共用分值行数说明覆盖几行。比较基础分时请只取“是否加分”为否的行。同一通知有多个版本时，请只取“是否现行”为是的行。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   序号：任务在本通知中的次序，从 1 起
--   一级指标：最外层指标名称
--   二级指标：第二层指标名称
--   三级指标：第三层指标名称
--   四级及以下指标：第四层以下的指标名称，用 / 连接
--   指标编号：最内层指标的原文代码
--   条目标号：条目开头的标号，照原文
--   任务要求：要做什么、达到什么
--   评价标准：覆盖若干条任务的较宽标准
--   评分标准：评分标准、计分办法栏的文字
--   分值：本行分值（分）
--   共用分值行数：同一分值格覆盖几行（行）
--   行内分值：要求文字中逐处写明的得分（分）
--   材料要求：材料、佐证栏的文字
--   测评方法：测评方法
--   完成时限：时限栏的文字，照原文
--   牵头：牵头单位，前面的 ① 等标记说明只负责其中一部分
--   配合：配合单位
--   责任领导：责任领导或分管领导
--   责任人：责任人
--   是否加分：是否为加分或特色项目，不计入基础分
--   备注：备注栏的文字
--   通知标题：所属通知
--   表题：所在表格的标题，取自正文的任务为空
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
--   版式存疑：所在表格是否版式存疑、尚未认定；为“是”的请先对照原件
--   任务编号：任务的唯一编号，用于与其他表连接
WITH RECURSIVE path AS (
    SELECT indicator_id, [name] AS names, [code] AS codes
    FROM core.indicators
    WHERE parent_id IS NULL
    UNION ALL
    SELECT i.indicator_id, list_append(p.names, i.name), list_append(p.codes, i.code)
    FROM core.indicators AS i
    JOIN path AS p ON i.parent_id = p.indicator_id
),
parties AS (
    SELECT
        task_id,
        string_agg(concat_ws('', scope, party), '、' ORDER BY ordinal) FILTER (WHERE role = 'lead') AS leads,
        string_agg(concat_ws('', scope, party), '、' ORDER BY ordinal) FILTER (WHERE role = 'support') AS supports
    FROM core.task_parties
    GROUP BY task_id
),
doubtful AS (
    SELECT DISTINCT table_id FROM core.findings WHERE rule = 'layout_doubt' AND dismissed IS NULL
)
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    row_number() OVER (PARTITION BY t.notice_id ORDER BY b.ordinal NULLS FIRST, t.ordinal, t.task_id) AS 序号,
    p.names[1] AS 一级指标,
    p.names[2] AS 二级指标,
    p.names[3] AS 三级指标,
    nullif(array_to_string(p.names[4:], ' / '), '') AS 四级及以下指标,
    p.codes[-1] AS 指标编号,
    t.label AS 条目标号,
    t.requirement AS 任务要求,
    t.criteria AS 评价标准,
    t.scoring AS 评分标准,
    t.points AS 分值,
    t.points_rows AS 共用分值行数,
    t.inline_points AS 行内分值,
    t.evidence AS 材料要求,
    t.methods AS 测评方法,
    t.deadline AS 完成时限,
    r.leads AS 牵头,
    r.supports AS 配合,
    t.leader AS 责任领导,
    t.persons AS 责任人,
    t.bonus AS 是否加分,
    t.remark AS 备注,
    n.title AS 通知标题,
    b.title AS 表题,
    concat_ws(' ', f.source_path, t.locator) AS 出处,
    n.is_current AS 是否现行,
    d.table_id IS NOT NULL AS 版式存疑,
    t.task_id AS 任务编号
FROM core.tasks AS t
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
LEFT JOIN core.tables AS b ON b.table_id = t.table_id
LEFT JOIN doubtful AS d ON d.table_id = t.table_id
LEFT JOIN path AS p ON p.indicator_id = t.indicator_id
LEFT JOIN parties AS r ON r.task_id = t.task_id
ORDER BY n.division_code, n.year, n.notice_id, 序号
