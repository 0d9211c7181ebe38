-- 用途：每份通知是本级的、上级的还是供参考的，这一轮测评到哪天结束，由什么样的单位印发。
-- 一行：一份通知；不是通知的文件不在其中。
-- 来源：ops.ownership（归属.csv）、ops.progress（进展台账）、core.notices、mart.due_days。
-- 读法：scope 先看人工认定，认定一份通知的先于认定发文机关的，同样的以最后一行为准。没有认定的：导入过进展的通知和同一机关印发的其他通知算本级；知道了哪些是本级的以后，本级所在省、市的党委、政府、文明委、文明办（本级是部门、单位的，还有同级的；本级是文明办的，还有同级的党委、政府）和中央的算上级，其余的算参考；一份本级的都不知道的，scope 为空。cycle_end 取周期结束日，没有的取年度（印发之年、到期日所在之年）的最后一天，有更晚的到期日的取那一年的最后一天；都没有的为空，当作没有结束。今天是否结束、哪些任务计入，见 mart.duty_scope。
-- 存放：表
-- 列：
--   notice_id：通知编号
--   scope：归属：ours=本级，superior=上级，reference=参考；还不知道的为空
--   scope_basis：依据：file=认定了这份通知，issuer=认定了发文机关，progress=导入过进展，same_issuer=与本级的通知同一机关，place=本级的上级党委、政府或文明办，rest=其余；还不知道的为空
--   scope_line：认定在 归属.csv 的第几行，不是人工认定的为空
--   campaign：创建类别，如 文明单位、文明城市
--   award_level：荣誉级别
--   issuer_level：发文机关的级别：全国、省级、市级、县级、乡级；看不出的为空
--   issuer_kind：发文机关的类型：office=文明委、文明办和创建指挥机构，government=党委、政府及其办公室，unit=部门、单位；没有发文机关的为空
--   cycle_end：这一轮到哪天结束
--   cycle_basis：cycle_end 的依据：period=通知的周期，year=年度的最后一天，due=最晚的到期日所在之年的最后一天；不知道的为空
WITH described AS (
    SELECT
        n.notice_id, f.source_path, n.province, n.city, n.county, n.campaign, n.award_level, n.year, n.issued_on, n.period_end,
        regexp_replace(n.issuer, '\s', '', 'g') AS office,
        CASE WHEN regexp_matches(n.issuer, '^\s*(?:中共)?(?:中央|全国|国务院|国家)') THEN '全国'
             WHEN regexp_matches(n.issuer, '(?:[镇乡]|街道)(?:办事处|党工委|党委|委员会|人民政府|政府|文明)') THEN '乡级'
             WHEN n.county IS NOT NULL THEN '县级'
             WHEN n.city IS NOT NULL AND n.city IS DISTINCT FROM n.province THEN '市级'
             WHEN n.province IS NOT NULL THEN '省级'
        END AS issuer_level,
        CASE WHEN regexp_matches(n.issuer, '文明委|文明办|精神文明|创文办|创建办|创城办|指挥部|领导小组') THEN 'office'
             WHEN regexp_matches(n.issuer, '(?:[省市州盟县区旗镇乡]委|党委|党工委|管委会|管理委员会|政府|街道办事处|[镇乡]办事处)(?:办公[厅室]|党政办)?\s*$')
                 OR regexp_matches(n.issuer, '^\s*中共[^局院校厅处所司部]{2,12}委员会(?:办公[厅室])?\s*$') THEN 'government'
             WHEN n.issuer IS NOT NULL THEN 'unit'
        END AS issuer_kind
    FROM core.notices AS n JOIN core.files AS f USING (file_id)
    WHERE n.kind <> 'other'
),
decided AS (
    SELECT notice_id, arg_max(scope, (of_file, line)) AS scope, arg_max(line, (of_file, line)) AS line, bool_or(of_file) AS of_file
    FROM (
        SELECT d.notice_id, o.scope, o.line, true AS of_file
        FROM described AS d JOIN ops.ownership AS o ON o.file = d.source_path
        UNION ALL
        SELECT d.notice_id, o.scope, o.line, false
        FROM described AS d JOIN ops.ownership AS o ON o.file IS NULL AND regexp_replace(o.issuer, '\s', '', 'g') = d.office
    )
    GROUP BY notice_id
),
reported AS (
    SELECT DISTINCT t.notice_id FROM ops.progress AS p JOIN core.tasks AS t USING (task_id)
),
ranked AS (
    SELECT
        d.*, o.scope AS said, o.line, o.of_file, r.notice_id IS NOT NULL AS has_progress,
        list_position(['全国', '省级', '市级', '县级', '乡级'], d.issuer_level) AS rank
    FROM described AS d LEFT JOIN decided AS o USING (notice_id) LEFT JOIN reported AS r USING (notice_id)
),
own AS (
    SELECT * FROM ranked WHERE said = 'ours' OR (said IS NULL AND has_progress)
),
above AS (
    SELECT DISTINCT n.notice_id
    FROM ranked AS n JOIN own AS o ON n.issuer_kind IN ('office', 'government') AND (
        (n.rank = 1 AND o.rank > 1)
        OR (n.rank < o.rank AND n.province = o.province AND (n.city IS NULL OR n.city = n.province OR n.city = o.city)
            AND (n.county IS NULL OR n.county = o.county))
        OR (n.rank = o.rank AND (o.issuer_kind = 'unit' OR (o.issuer_kind = 'office' AND n.issuer_kind = 'government'))
            AND (n.province, n.city, n.county) IS NOT DISTINCT FROM (o.province, o.city, o.county))
    )
),
settled AS (
    SELECT
        n.*,
        CASE WHEN n.said IS NOT NULL AND n.of_file THEN 'file'
             WHEN n.said IS NOT NULL THEN 'issuer'
             WHEN n.has_progress THEN 'progress'
             WHEN n.office IN (SELECT office FROM own WHERE office IS NOT NULL) THEN 'same_issuer'
             WHEN NOT EXISTS (FROM own) THEN NULL
             WHEN n.notice_id IN (SELECT notice_id FROM above) THEN 'place'
             ELSE 'rest'
        END AS scope_basis
    FROM ranked AS n
),
ends AS (
    SELECT
        s.notice_id, l.last_due, s.period_end IS NOT NULL AS has_period,
        coalesce(s.period_end, make_date(coalesce(s.year, year(s.issued_on), year(l.last_due)), 12, 31)) AS base
    FROM settled AS s
    LEFT JOIN (
        SELECT t.notice_id, max(d.due_on) AS last_due
        FROM mart.due_days AS d JOIN core.tasks AS t USING (task_id) GROUP BY t.notice_id
    ) AS l USING (notice_id)
)
SELECT
    s.notice_id,
    CASE WHEN s.scope_basis IN ('file', 'issuer') THEN s.said
         WHEN s.scope_basis IN ('progress', 'same_issuer') THEN 'ours'
         WHEN s.scope_basis = 'place' THEN 'superior'
         WHEN s.scope_basis = 'rest' THEN 'reference'
    END AS scope,
    s.scope_basis, s.line AS scope_line, s.campaign, s.award_level, s.issuer_level, s.issuer_kind,
    CASE WHEN e.last_due > e.base THEN make_date(year(e.last_due), 12, 31) ELSE e.base END AS cycle_end,
    CASE WHEN e.last_due > e.base THEN 'due' WHEN e.has_period THEN 'period' WHEN e.base IS NOT NULL THEN 'year' END AS cycle_basis
FROM settled AS s JOIN ends AS e USING (notice_id)
ORDER BY s.notice_id
