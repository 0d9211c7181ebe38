-- 用途：各通知写明的数量门槛，便于跨城市比较谁的标准更严。
-- 一行：一条任务的一个门槛。
-- 来源：core.task_thresholds，连同任务和通知。
-- 读法：一个区间写成两行（不低于、不高于）。比较时请先看对象和单位是否相同。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   主题：统一主题代码
--   对象：门槛针对什么
--   比较：不低于、高于、不高于、低于、等于
--   数值：门槛的数值
--   数值单位：数值的单位，照原文
--   门槛原文：这一门槛的原文
--   任务要求：要做什么、达到什么
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
--   任务编号：任务的唯一编号
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    t.topic AS 主题,
    h.subject AS 对象,
    CASE h.operator
        WHEN '>=' THEN '不低于' WHEN '>' THEN '高于' WHEN '<=' THEN '不高于' WHEN '<' THEN '低于' ELSE '等于'
    END AS 比较,
    h.value AS 数值,
    h.unit AS 数值单位,
    h.raw AS 门槛原文,
    t.requirement AS 任务要求,
    concat_ws(' ', f.source_path, t.locator) AS 出处,
    n.is_current AS 是否现行,
    t.task_id AS 任务编号
FROM core.task_thresholds AS h
JOIN core.tasks AS t USING (task_id)
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
ORDER BY n.notice_id, t.task_id, h.ordinal
