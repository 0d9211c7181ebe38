-- 用途：各种测评方法管多少任务、多少分。
-- 一行：一份通知的一种测评方法。
-- 来源：core.tasks 的 methods，mart.task_points。
-- 读法：一条任务用几种方法时，分值在几种方法之间平分，因此 points、share 可以相加，share 合计为 1；tasks 各计一次，不能相加。没有分值的通知按任务平分。没有写明方法的任务不计。分值含加分项。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   method：测评方法，如 材料审核、实地考察
--   tasks：用到这种方法的任务数（条）
--   points：分摊到这种方法的分值（分）
--   share：比重，0 到 1
WITH used AS (
    SELECT t.task_id, t.notice_id, unnest(list_distinct(t.methods)) AS method,
           p.points_each / len(list_distinct(t.methods)) AS points, 1 / len(list_distinct(t.methods)) AS part
    FROM core.tasks AS t JOIN mart.task_points AS p USING (task_id)
    WHERE len(t.methods) > 0
),
summed AS (
    SELECT notice_id, method, count(*) AS tasks, sum(points) AS points, sum(part) AS part
    FROM used GROUP BY notice_id, method
)
SELECT
    notice_id, method, tasks, round(points, 6) AS points,
    CASE WHEN sum(points) OVER whole > 0 THEN coalesce(points, 0) / sum(points) OVER whole
         ELSE part / sum(part) OVER whole
    END AS share
FROM summed
WINDOW whole AS (PARTITION BY notice_id)
ORDER BY notice_id, share DESC, method
