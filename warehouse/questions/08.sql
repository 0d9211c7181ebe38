-- 标题：一级指标合计是否等于总分
-- 问题：各一级指标的分加起来，等于总分吗？
-- 分组：核对
-- 词语：总分、合计、满分、一级指标、加起来、核对
-- 参数：notice
-- 需要：任务
-- 说明：“整表”比较一级指标标明分值之和与全部任务分值之和；“总分”为文中写明的满分与任务分值之和（只在不一致时列出）；“指标标题”逐个核对一级指标。均不含加分项。
-- 无结果：所选通知的一级指标没有标明分值，无从核对。
-- 未列：没有标注分值的一级指标，写明的总分也没有不符之处。
SELECT n.label AS 通知, CASE a.kind WHEN 'total' THEN '总分' WHEN 'table' THEN '整表' ELSE '指标标题' END AS 核对,
       a.scope AS 核对对象, a.declared AS 标注分, a.computed AS 核算分, a.difference AS 差值,
       CASE WHEN a.difference = 0 THEN '一致' ELSE '不一致' END AS 结果, a.locator AS 出处
FROM mart.rubric_audit AS a
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN core.indicators AS i ON i.indicator_id = a.indicator_id
WHERE n.notice_id IN (SELECT unnest($notice)) AND (a.kind IN ('total', 'table') OR (a.kind = 'heading' AND i.level = 1 AND NOT i.bonus))
ORDER BY a.difference = 0, n.label, array_position(['total', 'table', 'heading'], a.kind), i.ordinal
