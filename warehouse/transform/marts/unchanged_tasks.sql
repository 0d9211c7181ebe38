-- 用途：新版通知中哪些任务与上一版相同，因而可以沿用上一版的进展。
-- 一行：新版中的一条任务。
-- 来源：mart.task_versions、core.tasks、mart.due_days。
-- 读法：不计空白，要求的文字相同，到期日也相同（都推不出到期日的，时限的文字相同），才算没有变。写明的年份换成本年的算有变：上一年的计划完成了，本年的还要办。
-- 列：
--   task_id：新版中的任务
--   previous_task_id：上一版中的任务
WITH due AS (
    SELECT task_id, list_sort(list(DISTINCT due_on)) AS days FROM mart.due_days GROUP BY task_id
)
SELECT v.task_id, v.previous_task_id
FROM mart.task_versions AS v
JOIN core.tasks AS t ON t.task_id = v.task_id
JOIN core.tasks AS f ON f.task_id = v.previous_task_id
LEFT JOIN due AS a ON a.task_id = v.task_id
LEFT JOIN due AS b ON b.task_id = v.previous_task_id
WHERE v.similarity = 1
    AND regexp_replace(coalesce(t.requirement, ''), '\s', '', 'g') = regexp_replace(coalesce(f.requirement, ''), '\s', '', 'g')
    AND a.days IS NOT DISTINCT FROM b.days
    AND (a.days IS NOT NULL
         OR regexp_replace(coalesce(t.deadline, ''), '\s', '', 'g') = regexp_replace(coalesce(f.deadline, ''), '\s', '', 'g'))
