-- 用途：每条任务摊到的分值，供各种汇总使用。
-- 一行：一条任务。
-- 来源：core.tasks。
-- 读法：一个分值格覆盖 k 行时，points 只在第一行有值，points_each 把它平均摊到这 k 行，因此两列合计相等。按主题、单位汇总用 points_each，因为同一分值格的各行可能分属不同主题或单位。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   task_id：任务编号
--   notice_id：通知编号
--   topic：主题代码，未归类的为 other
--   bonus：是否加分项
--   points：分值栏的分值（分），共用的只在第一行
--   points_each：摊到本条任务的分值（分），没有分值的为空
WITH grouped AS (
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
    task_id, notice_id, coalesce(topic, 'other') AS topic, bonus, points,
    CASE WHEN sharing
         THEN cell_points::DOUBLE / sum(CASE WHEN sharing THEN 1 END) OVER (PARTITION BY notice_id, table_id, score_cell)
         ELSE points::DOUBLE
    END AS points_each
FROM shared
ORDER BY notice_id, task_id
