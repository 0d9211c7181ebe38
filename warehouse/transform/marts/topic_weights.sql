-- 用途：各通知在每个主题上放了多少分、占多大比重，是比较评分体系的基础。
-- 一行：一份通知的一个主题。
-- 来源：mart.task_points、core.notices。
-- 读法：只算基础分，不含加分项。一份通知各主题的 share 合计为 1；没有分值的通知 points、share 为空，可看 task_share（按任务条数算的比重，合计也为 1）。共用分值格的分值、只写在标题里的分值平均分摊到各条后再按主题汇总。share 的分母是各项分值之和 base；通知写明的满分 stated_total 与它相同时 base_source 为 stated，不同或没有写明时为 computed（差在哪里见 mart.rubric_audit）。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   topic：主题代码，含义见 mart.topics
--   points：该主题的基础分（分）
--   share：占本通知基础分的比重，0 到 1
--   tasks：该主题的任务数（条）
--   task_share：占本通知任务数的比重，0 到 1
--   base：比重的分母，即各项基础分之和（分）；没有分值时为空
--   stated_total：通知写明的满分（分），没有写明时为空
--   base_source：分母与通知所称是否一致：stated=与写明的满分相同，computed=按各项分值算出，与写明的不同或通知没有写明；没有分值时为空
WITH summed AS (
    SELECT notice_id, topic, sum(points_each) AS points, count(*) AS tasks
    FROM mart.task_points
    WHERE NOT bonus
    GROUP BY notice_id, topic
),
weighed AS (
    SELECT
        notice_id, topic, round(points, 6) AS points,
        CASE WHEN sum(points) OVER whole > 0 THEN coalesce(points, 0) / sum(points) OVER whole END AS share,
        tasks,
        tasks / sum(tasks) OVER whole AS task_share,
        CASE WHEN sum(points) OVER whole > 0 THEN round(sum(points) OVER whole, 3) END AS base
    FROM summed
    WINDOW whole AS (PARTITION BY notice_id)
)
SELECT
    w.*, n.stated_total,
    CASE WHEN w.base = n.stated_total THEN 'stated' WHEN w.base IS NOT NULL THEN 'computed' END AS base_source
FROM weighed AS w
JOIN core.notices AS n USING (notice_id)
ORDER BY notice_id, topic
