-- 标题：无责任单位的指标
-- 问题：哪些指标、任务没有写明由谁负责？
-- 分组：责任
-- 词语：无人负责、没有责任单位、谁负责、遗漏、空白
-- 参数：notice、topic
-- 需要：任务
-- 说明：整份通知都不列责任单位的（多为上级测评标准）情形写“通知不列责任单位”，不算遗漏。
-- 无结果：所选通知的任务都写明了责任单位。
-- 未列：每条任务都写明了责任单位。
SELECT n.label AS 通知, CASE o.reason WHEN 'no_party' THEN '无责任单位' ELSE '通知不列责任单位' END AS 情形,
       i.code AS 指标编号, i.name AS 指标名称, o.requirement AS 任务要求, round(o.points, 3) AS 分值, t.locator AS 出处, t.task_id AS 任务编号
FROM mart.orphan_tasks AS o
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n ON n.notice_id = o.notice_id
LEFT JOIN core.indicators AS i ON i.indicator_id = t.indicator_id
WHERE n.notice_id IN (SELECT unnest($notice)) AND o.reason <> 'no_stated_lead' AND ($topic IS NULL OR t.topic = $topic)
ORDER BY o.reason DESC, n.label, t.ordinal
