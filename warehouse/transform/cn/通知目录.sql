-- 用途：仓库中有哪些通知，各有多少指标、任务和分值。
-- 一行：一份通知。
-- 来源：core.notices，连同各明细表的计数，mart.notice_labels、mart.notice_scope。
-- 读法：不是通知的文件（预算、考勤、通讯录等）不在其中，见文件状态。同一通知有多个版本时，请只取“是否现行”为是的行。落实率为 100 表示全文（正文和表格）中每个字都已落入单元格、字段、条款、其他正文或问题清单。
-- 列：
--   标题：通知标题
--   文号：发文字号
--   发文机关：印发通知的机关或单位
--   省：所属省、自治区、直辖市
--   市：所属地级市、自治州、盟或直辖市
--   县：所属县、区、县级市
--   区划代码：最小一级区划的六位代码（GB/T 2260）
--   印发日期：落款日期
--   年度：通知所指的年度
--   周期开始：测评或创建周期的第一天
--   周期结束：测评或创建周期的最后一天
--   创建类别：文明单位、文明城市等
--   荣誉级别：全国、省级、市级或县级
--   荣誉名称：所创荣誉的全称
--   归属：本级、上级或参考；还没有认定的为空
--   周期：到今天进行中还是已结束；不知道哪天结束的为空
--   结束日：这一轮到哪天结束，取法见 mart.notice_scope
--   发文级别：发文机关的级别
--   发文类型：文明办等创建机构、党委政府、部门单位
--   类别：测评体系、任务清单、方案、通知、名单或待填的表
--   类别依据：为什么认定为这一类别
--   版次：同一通知的第几版
--   是否现行：是否为最新版
--   表格数：通知中的表格数（张）
--   指标数：各级指标数（个）
--   任务数：任务数（条）
--   基础分：不含加分项目的任务分值之和（分），包括只写在标题里的
--   加分：加分项目的任务分值之和（分）
--   所称总分：通知写明的满分（分），没有写明时为各一级指标标明分值之和
--   所称加分：通知写明的加分上限（分）
--   责任单位数：出现过的责任单位数（个）
--   问题数：问题清单中的条数，不含提示（条）
--   把握：对各表理解的把握中最低的一个（%），没有判断的为空
--   存疑表格数：版式存疑、尚未认定的表格数（张）
--   落实率：全文文字落入单元格、字段、条款、其他正文或问题清单的比例（%）
--   文件：相对于 raw 目录的文件路径
--   通知编号：通知的唯一编号，用于与其他表连接
WITH tables AS (
    SELECT notice_id, count(*) AS n FROM core.tables GROUP BY notice_id
),
indicators AS (
    SELECT notice_id, count(*) AS n FROM core.indicators GROUP BY notice_id
),
tasks AS (
    SELECT
        t.notice_id,
        count(*) AS n,
        any_value(l.points) AS base,
        any_value(l.bonus_points) AS bonus
    FROM core.tasks AS t
    JOIN mart.notice_labels AS l USING (notice_id)
    GROUP BY t.notice_id
),
parties AS (
    SELECT t.notice_id, count(DISTINCT r.party) AS n
    FROM core.task_parties AS r
    JOIN core.tasks AS t USING (task_id)
    GROUP BY t.notice_id
),
findings AS (
    SELECT
        notice_id,
        count(*) FILTER (WHERE severity <> 'info') AS n,
        count(*) FILTER (WHERE rule = 'layout_doubt' AND dismissed IS NULL) AS doubtful
    FROM core.findings
    GROUP BY notice_id
)
SELECT
    n.title AS 标题,
    n.doc_number AS 文号,
    n.issuer AS 发文机关,
    n.province AS 省,
    n.city AS 市,
    n.county AS 县,
    n.division_code AS 区划代码,
    n.issued_on AS 印发日期,
    n.year AS 年度,
    n.period_start AS 周期开始,
    n.period_end AS 周期结束,
    n.campaign AS 创建类别,
    n.award_level AS 荣誉级别,
    n.award AS 荣誉名称,
    CASE s.scope WHEN 'ours' THEN '本级' WHEN 'superior' THEN '上级' WHEN 'reference' THEN '参考' END AS 归属,
    CASE WHEN s.cycle_end < current_date THEN '已结束' WHEN s.cycle_end >= current_date THEN '进行中' END AS 周期,
    s.cycle_end AS 结束日,
    s.issuer_level AS 发文级别,
    CASE s.issuer_kind WHEN 'office' THEN '文明办等创建机构' WHEN 'government' THEN '党委政府' WHEN 'unit' THEN '部门单位' END AS 发文类型,
    CASE n.kind
        WHEN 'rubric' THEN '测评体系'
        WHEN 'task_list' THEN '任务清单'
        WHEN 'plan' THEN '方案'
        WHEN 'notice' THEN '通知'
        WHEN 'roster' THEN '名单'
        WHEN 'form' THEN '待填的表'
    END AS 类别,
    n.kind_reason AS 类别依据,
    n.version AS 版次,
    n.is_current AS 是否现行,
    coalesce(tables.n, 0) AS 表格数,
    coalesce(indicators.n, 0) AS 指标数,
    coalesce(tasks.n, 0) AS 任务数,
    tasks.base AS 基础分,
    tasks.bonus AS 加分,
    n.stated_total AS 所称总分,
    n.stated_bonus AS 所称加分,
    coalesce(parties.n, 0) AS 责任单位数,
    coalesce(findings.n, 0) AS 问题数,
    floor(n.confidence * 100) AS 把握,
    coalesce(findings.doubtful, 0) AS 存疑表格数,
    floor(n.accounted_text_chars * 10000.0 / nullif(n.text_chars, 0)) / 100 AS 落实率,
    f.source_path AS 文件,
    n.notice_id AS 通知编号
FROM core.notices AS n
LEFT JOIN core.files AS f USING (file_id)
LEFT JOIN mart.notice_scope AS s USING (notice_id)
LEFT JOIN tables ON tables.notice_id = n.notice_id
LEFT JOIN indicators ON indicators.notice_id = n.notice_id
LEFT JOIN tasks ON tasks.notice_id = n.notice_id
LEFT JOIN parties ON parties.notice_id = n.notice_id
LEFT JOIN findings ON findings.notice_id = n.notice_id
WHERE n.kind <> 'other'
ORDER BY n.division_code, n.year, n.issued_on, n.notice_id
