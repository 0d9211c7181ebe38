-- 标题：新旧版本增删改
-- 问题：新版比上一版增加、删去、改动了什么？
-- 分组：核对
-- 词语：版本、新旧、增加、删去、改动、修订、变化、对比
-- 参数：notice
-- 需要：上一版
-- 说明：同一印发单位、同一事项不同年度的通知是前后两版。只把年份换成本年的不算改动。
-- 无结果：所选通知在库中没有上一版，请放入往年的通知后再看。
-- 未列：与上一版没有差别。
SELECT n.label AS 新版, o.label AS 上一版,
       CASE v.change WHEN 'added' THEN '新增' WHEN 'removed' THEN '删去' WHEN 'reworded' THEN '文字改动'
                     WHEN 'points' THEN '分值变化' WHEN 'party' THEN '责任单位变化' WHEN 'deadline' THEN '时限变化' END AS 变化,
       coalesce(t.requirement, t.criteria) AS 任务, v.before AS 变化前, v.after AS 变化后, t.locator AS 出处
FROM mart.notice_changes AS v
JOIN mart.notice_labels AS n ON n.notice_id = v.notice_id
JOIN mart.notice_labels AS o ON o.notice_id = v.previous_id
LEFT JOIN core.tasks AS t ON t.task_id = coalesce(v.task_id, v.previous_task_id)
WHERE n.notice_id IN (SELECT unnest($notice))
ORDER BY n.label, array_position(['added', 'removed', 'reworded', 'points', 'party', 'deadline'], v.change), t.ordinal
