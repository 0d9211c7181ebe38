-- 用途：每条任务分摊到的分值，供各种汇总使用。
-- 一行：一条任务。
-- 来源：core.tasks、core.indicators。
-- 读法：一个分值格覆盖 k 行时，points 只在第一行有值，points_each 把它平均分摊到这 k 行，因此两列合计相等。分值只写在标题里的（制度建设（15分），下面各条都没有分值），points 为空，points_each 把标题的分值平均分摊到下面各条，heading_id 写明是哪个标题。加分项目不这样分摊。按主题、单位汇总用 points_each，因为同一分值格的各行可能分属不同主题或单位。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   task_id：任务编号
--   notice_id：通知编号
--   topic：主题代码，未归类的为 other
--   bonus：是否加分项
--   points：分值栏的分值（分），共用的只在第一行
--   points_each：分摊到本条任务的分值（分），没有分值的为空
--   heading_id：分值取自标题的，为该标题的指标编号，否则为空
WITH RECURSIVE above AS (
    SELECT indicator_id AS below, indicator_id, parent_id FROM core.indicators
    UNION ALL
    SELECT a.below, i.indicator_id, i.parent_id
    FROM above AS a JOIN core.indicators AS i ON i.indicator_id = a.parent_id
),
weighed AS (
    -- Headings with points, none of whose parts or tasks has points of its own.
    SELECT indicator_id AS heading_id, points AS heading_points
    FROM core.indicators AS h
    WHERE points IS NOT NULL AND NOT bonus
      AND NOT EXISTS (
          SELECT 1 FROM above AS a JOIN core.indicators AS i ON i.indicator_id = a.below
          WHERE a.indicator_id = h.indicator_id AND a.below <> h.indicator_id AND i.points IS NOT NULL
      )
      AND NOT EXISTS (
          SELECT 1 FROM above AS a JOIN core.tasks AS t ON t.indicator_id = a.below
          WHERE a.indicator_id = h.indicator_id AND (t.points IS NOT NULL OR t.points_rows > 1)
      )
),
headed AS (
    SELECT t.task_id, w.heading_id, w.heading_points::DOUBLE / count(*) OVER (PARTITION BY w.heading_id) AS points_each
    FROM core.tasks AS t
    JOIN above AS a ON a.below = t.indicator_id
    JOIN weighed AS w ON w.heading_id = a.indicator_id
    WHERE NOT t.bonus
),
grouped AS (
    SELECT
        task_id, notice_id, table_id, topic, bonus, ordinal, points, points_rows,
        count(points) OVER (PARTITION BY notice_id, table_id ORDER BY ordinal, task_id) AS score_cell
    FROM core.tasks
),
placed AS (
    SELECT
        *,
        first_value(points) OVER cell AS cell_points,
        first_value(points_rows) OVER cell AS cell_rows,
        row_number() OVER cell AS place
    FROM grouped
    WINDOW cell AS (PARTITION BY notice_id, table_id, score_cell ORDER BY ordinal, task_id)
),
shared AS (
    SELECT *, score_cell > 0 AND points_rows > 1 AND points_rows = cell_rows AND place <= cell_rows AS sharing FROM placed
)
SELECT
    s.task_id, s.notice_id, coalesce(s.topic, 'other') AS topic, s.bonus, s.points,
    CASE WHEN s.sharing
         THEN s.cell_points::DOUBLE
              / sum(CASE WHEN s.sharing THEN 1 END) OVER (PARTITION BY s.notice_id, s.table_id, s.score_cell)
         ELSE coalesce(s.points::DOUBLE, h.points_each)
    END AS points_each,
    h.heading_id
FROM shared AS s LEFT JOIN headed AS h USING (task_id)
ORDER BY notice_id, task_id
