-- 用途：各通知的指标体系，用于比较测评项目的设置和分值，并核对标明分值与明细是否一致。
-- 一行：一个指标（测评项目、指标、内容等任何一级）。
-- 来源：core.indicators，连同其下各级的 core.tasks。
-- 读法：任务数和任务分值包括所有下级指标的任务，因此不要把不同层级的行加在一起，求和时请只取一个层级。差额不为零表示通知自身的分值对不上，也可能是没有分值栏，请对照原文。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   通知标题：所属通知
--   表题：所在表格的标题
--   层级：第几级指标，1 为最外层
--   指标编号：原文代码，如 Ⅱ-5
--   指标名称：指标名称
--   上级指标：上一级指标的名称
--   完整路径：从最外层到本级的名称，用 / 连接
--   标明分值：指标标题上写明的分值（分）
--   任务数：本指标及其下级的任务数（条）
--   任务分值：本指标及其下级的任务分值之和（分）
--   差额：标明分值减任务分值（分），任一为空则为空
--   是否加分：是否属于加分或特色部分
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
WITH RECURSIVE path AS (
    SELECT indicator_id, [indicator_id] AS ids, [name] AS names
    FROM core.indicators
    WHERE parent_id IS NULL
    UNION ALL
    SELECT i.indicator_id, list_append(p.ids, i.indicator_id), list_append(p.names, i.name)
    FROM core.indicators AS i
    JOIN path AS p ON i.parent_id = p.indicator_id
),
totals AS (
    SELECT u.indicator_id, count(*) AS tasks, sum(t.points) AS points
    FROM core.tasks AS t
    JOIN path AS p ON p.indicator_id = t.indicator_id
    CROSS JOIN unnest(p.ids) AS u(indicator_id)
    GROUP BY u.indicator_id
)
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    n.title AS 通知标题,
    b.title AS 表题,
    i.level AS 层级,
    i.code AS 指标编号,
    i.name AS 指标名称,
    p.names[-2] AS 上级指标,
    array_to_string(p.names, ' / ') AS 完整路径,
    i.points AS 标明分值,
    coalesce(s.tasks, 0) AS 任务数,
    s.points AS 任务分值,
    i.points - s.points AS 差额,
    i.bonus AS 是否加分,
    concat_ws(' ', f.source_path, i.locator) AS 出处,
    n.is_current AS 是否现行
FROM core.indicators AS i
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
LEFT JOIN core.tables AS b ON b.table_id = i.table_id
LEFT JOIN path AS p ON p.indicator_id = i.indicator_id
LEFT JOIN totals AS s ON s.indicator_id = i.indicator_id
ORDER BY n.division_code, n.year, n.notice_id, b.ordinal NULLS FIRST, i.ordinal, i.indicator_id
