-- 用途：各通知把分放在哪些主题上，供比较评分体系。
-- 一行：一份通知的一个主题。
-- 来源：mart.topic_weights、mart.topics、mart.notice_labels。
-- 读法：只算基础分，不含加分项；一份通知的分值占比合计为 1，没有分值的通知只有任务占比。
-- 列：
--   通知：通知简称
--   城市：通知所属的市、县
--   年度：通知所指的年度
--   主题：统一主题名称
--   分值：该主题的基础分（分）
--   分值占比：占本通知基础分的比重，0 到 1
--   任务数：该主题的任务数（条）
--   任务占比：占本通知任务数的比重，0 到 1
--   是否现行：通知是否为最新版
SELECT n.label AS 通知, n.place AS 城市, n.year AS 年度, coalesce(c.name, w.topic) AS 主题, w.points AS 分值,
       w.share AS 分值占比, w.tasks AS 任务数, w.task_share AS 任务占比, n.is_current AS 是否现行
FROM mart.topic_weights AS w JOIN mart.notice_labels AS n USING (notice_id) LEFT JOIN mart.topics AS c USING (topic)
ORDER BY n.division_code, n.label, w.share DESC NULLS LAST, w.task_share DESC, 主题
