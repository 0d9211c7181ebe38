-- 标题：一次活动可支撑哪些指标
-- 问题：办一次活动，可以同时支撑哪几条任务、省下几份材料？
-- 分组：材料
-- 词语：一次活动、合并、重复、共用、支撑、一材多用、减少材料
-- 参数：notice、party、topic
-- 需要：材料
-- 说明：列出同一牵头单位、同一主题、都要活动图片、截图或报道的任务，以及要同一种材料的任务。能否合并请对照原文。
-- 无结果：所选通知中没有可以合并准备的材料。
-- 未列：没有可以合并准备的材料。
SELECT n.label AS 通知, u.party AS 牵头单位, CASE u.basis WHEN 'same_activity' THEN '同一活动' ELSE '同一材料' END AS 依据,
       u.what AS 活动主题或材料, u.tasks AS 任务数, u.items AS 件数合计,
       (SELECT string_agg(concat_ws(' ', i.code, concat(t.label, left(t.requirement, 60))), chr(10) ORDER BY t.ordinal)
        FROM core.tasks AS t LEFT JOIN core.indicators AS i ON i.indicator_id = t.indicator_id
        WHERE list_contains(u.task_ids, t.task_id)) AS 可支撑的任务
FROM mart.evidence_reuse AS u JOIN mart.notice_labels AS n USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(coalesce(u.party, ''), $party)) AND ($topic IS NULL OR u.topic = $topic)
ORDER BY n.label, u.basis, u.tasks DESC, u.party NULLS LAST, u.what
