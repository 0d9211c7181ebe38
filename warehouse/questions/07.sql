-- 标题：标题分、括注分、分值栏是否一致
-- 问题：指标标题上标的分、文字中括注的分、分值栏的分，三者对得上吗？
-- 分组：核对
-- 词语：标题分、括注分、分值栏、标签分、行内分、计分列、一致、算错、核对、加总
-- 参数：notice
-- 需要：任务
-- 说明：“指标标题”核对标题分值与其下任务之和，“分值栏与括注”核对任务的分值栏与文中括注之和。文中可能是二选一或重复写分，不一致不一定是错，请对照出处。
-- 无结果：所选通知没有可核对的分值（没有写分值，或只写了一处）。
-- 未列：没有可核对的分值（没有写分值，或只写了一处）。
SELECT n.label AS 通知, CASE a.kind WHEN 'heading' THEN '指标标题' ELSE '分值栏与括注' END AS 核对,
       a.scope AS 核对对象, a.declared AS 标注分, a.computed AS 核算分, a.difference AS 差值,
       CASE WHEN a.difference = 0 THEN '一致' ELSE '不一致' END AS 结果, a.locator AS 出处
FROM mart.rubric_audit AS a JOIN mart.notice_labels AS n USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice)) AND a.kind IN ('heading', 'rows')
ORDER BY a.difference = 0, n.label, abs(a.difference) DESC, a.kind, a.locator
