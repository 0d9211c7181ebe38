-- 用途：同一单位同一事由的通知，新版比上一版增、删、改了哪些任务。
-- 一行：一处变化。
-- 来源：mart.notice_changes，连同新旧两版通知。
-- 读法：同一条任务可能有几处变化（如文字和分值都改了），每处一行。只是年份更新的不算改动。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   新版：新版通知标题
--   新版年度：新版通知的年度
--   上一版：上一版通知标题
--   上一版年度：上一版通知的年度
--   变化：新增、删去、文字改动、分值变化、责任单位变化、时限变化
--   任务要求：所涉任务，删去的为上一版文字
--   变化前：上一版的内容
--   变化后：新版的内容
--   任务编号：新版任务编号，删去的为空
--   上一版任务编号：上一版任务编号，新增的为空
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.title AS 新版,
    n.year AS 新版年度,
    o.title AS 上一版,
    o.year AS 上一版年度,
    CASE c.change
        WHEN 'added' THEN '新增' WHEN 'removed' THEN '删去' WHEN 'reworded' THEN '文字改动'
        WHEN 'points' THEN '分值变化' WHEN 'party' THEN '责任单位变化' WHEN 'deadline' THEN '时限变化'
    END AS 变化,
    coalesce(t.requirement, b.requirement) AS 任务要求,
    c.before AS 变化前,
    c.after AS 变化后,
    c.task_id AS 任务编号,
    c.previous_task_id AS 上一版任务编号
FROM mart.notice_changes AS c
JOIN core.notices AS n USING (notice_id)
JOIN core.notices AS o ON o.notice_id = c.previous_id
LEFT JOIN core.tasks AS t ON t.task_id = c.task_id
LEFT JOIN core.tasks AS b ON b.task_id = c.previous_task_id
ORDER BY n.division_code, n.issuer, n.year, t.table_id NULLS LAST, t.ordinal, b.table_id, b.ordinal, 变化
