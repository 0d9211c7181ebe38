-- 用途：同一主题、同一对象的量化门槛，各通知定在多少。
-- 一行：一条任务中的一个门槛。
-- 来源：core.task_thresholds、core.tasks。
-- 读法：对象（subject）照原文，比较时请看相近的写法；数值的单位在 unit 中，单位不同不能直接比大小。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   topic：主题代码，未归类的为 other
--   subject：门槛针对什么
--   notice_id：通知编号
--   operator：比较符
--   value：数值
--   unit：单位，如 %、次
--   task_id：任务编号
--   raw：原文
SELECT coalesce(t.topic, 'other') AS topic, h.subject, t.notice_id, h.operator, h.value, h.unit, h.task_id, h.raw
FROM core.task_thresholds AS h JOIN core.tasks AS t USING (task_id)
ORDER BY 1, h.subject NULLS LAST, h.unit NULLS LAST, h.value, t.notice_id, h.task_id, h.ordinal
