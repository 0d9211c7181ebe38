-- 用途：通知中标明的分值与明细合计对不对得上。
-- 一行：一处核对。
-- 来源：mart.rubric_audit、mart.notice_labels。
-- 读法：差值为核算减标注，0 为一致。文中可能是二选一或重复写分，不一致不一定是错，请对照出处。
-- 列：
--   通知：通知简称
--   核对：核对类型：总分、整表、指标标题、分值栏与括注
--   核对对象：核对的是哪一处
--   标注分：通知中标明的分值（分）
--   核算分：按明细核算的分值（分）
--   差值：核算减标注（分）
--   是否一致：差值是否为 0
--   出处：文件和文件中的位置
--   是否现行：通知是否为最新版
SELECT n.label AS 通知, CASE a.kind WHEN 'total' THEN '总分' WHEN 'table' THEN '整表' WHEN 'heading' THEN '指标标题' ELSE '分值栏与括注' END AS 核对,
       a.scope AS 核对对象, a.declared AS 标注分, a.computed AS 核算分, a.difference AS 差值, a.difference = 0 AS 是否一致,
       concat_ws(' ', n.source_path, a.locator) AS 出处, n.is_current AS 是否现行
FROM mart.rubric_audit AS a JOIN mart.notice_labels AS n USING (notice_id)
ORDER BY n.division_code, n.label, 是否一致, 核对, a.locator, 核对对象
