-- 用途：各通知的简称、地方、年度和内容多少，供其他表连接和图表标注。
-- 一行：一份通知。
-- 来源：core.notices、core.files、core.tasks 及其责任、时限、材料，mart.task_points、mart.notice_names。
-- 读法：不是通知的文件不在其中。简称为印发单位加年度，没有单位的用地名，重名的在后面加序号，因此不重复。分值为基础分，不含加分项，包括只写在标题里的；没有分值的通知为空。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   label：通知简称，不重复
--   place：地方：县（市、区）名，没有的为市名、省名
--   unit：印发单位
--   year：年度
--   campaign：创建类型，如 文明单位、文明城市
--   award_level：创建级别
--   division_code：行政区划代码（GB/T 2260）
--   title：通知标题
--   source_path：文件（相对于 raw 文件夹）
--   is_current：是否为最新版
--   tables：表格数（张）
--   indicators：指标数（个）
--   tasks：任务数（条）
--   points：基础分合计（分），不含加分项
--   bonus_points：加分项合计（分）
--   tasks_with_points：有分值的任务数（条），共用分值格的各行都算
--   tasks_with_party：写明责任单位的任务数（条）
--   tasks_with_deadline：写明时限的任务数（条）
--   tasks_with_evidence：写明材料的任务数（条）
WITH counted AS (
    SELECT
        t.notice_id,
        count(*) AS tasks,
        sum(t.points) FILTER (WHERE NOT t.bonus) AS points,
        sum(t.points) FILTER (WHERE t.bonus) AS bonus_points,
        count(*) FILTER (
            WHERE t.points IS NOT NULL OR t.points_rows > 1 OR t.task_id IN (
                SELECT task_id FROM mart.task_points WHERE heading_id IS NOT NULL
            )
        ) AS tasks_with_points,
        count(*) FILTER (WHERE t.task_id IN (SELECT task_id FROM core.task_parties)) AS tasks_with_party,
        count(*) FILTER (WHERE t.task_id IN (SELECT task_id FROM core.task_deadlines)) AS tasks_with_deadline,
        count(*) FILTER (WHERE t.task_id IN (SELECT task_id FROM core.task_evidence)) AS tasks_with_evidence
    FROM core.tasks AS t
    GROUP BY t.notice_id
),
headed AS (
    SELECT notice_id, sum(points) AS points FROM core.indicators
    WHERE indicator_id IN (SELECT heading_id FROM mart.task_points)
    GROUP BY notice_id
),
named AS (
    SELECT
        n.*, f.source_path,
        coalesce(n.county, n.city, n.province) AS place,
        concat_ws(' ', m.name, n.year) AS short
    FROM core.notices AS n JOIN core.files AS f USING (file_id) JOIN mart.notice_names AS m USING (notice_id)
    WHERE n.kind <> 'other'
)
SELECT
    n.notice_id,
    CASE WHEN count(*) OVER same = 1 THEN n.short
         ELSE concat(n.short, '（', row_number() OVER (PARTITION BY n.short ORDER BY n.source_path, n.notice_id), '）')
    END AS label,
    n.place, n.issuer AS unit, n.year, n.campaign, n.award_level, n.division_code, n.title, n.source_path, n.is_current,
    coalesce(b.tables, 0) AS tables,
    coalesce(i.indicators, 0) AS indicators,
    coalesce(c.tasks, 0) AS tasks,
    CASE WHEN h.points IS NULL THEN c.points ELSE coalesce(c.points, 0) + h.points END AS points, c.bonus_points,
    coalesce(c.tasks_with_points, 0) AS tasks_with_points,
    coalesce(c.tasks_with_party, 0) AS tasks_with_party,
    coalesce(c.tasks_with_deadline, 0) AS tasks_with_deadline,
    coalesce(c.tasks_with_evidence, 0) AS tasks_with_evidence
FROM named AS n
LEFT JOIN counted AS c USING (notice_id)
LEFT JOIN headed AS h USING (notice_id)
LEFT JOIN (SELECT notice_id, count(*) AS tables FROM core.tables GROUP BY notice_id) AS b USING (notice_id)
LEFT JOIN (SELECT notice_id, count(*) AS indicators FROM core.indicators GROUP BY notice_id) AS i USING (notice_id)
WINDOW same AS (PARTITION BY n.short)
ORDER BY n.division_code NULLS LAST, n.year, n.source_path, n.notice_id
