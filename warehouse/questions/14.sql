-- 标题：多单位未写牵头
-- 问题：哪些任务写了几个单位，却没有写明谁牵头？
-- 分组：责任
-- 词语：牵头、多单位、几个单位、没有牵头、共同负责
-- 参数：notice、party
-- 需要：责任单位
-- 说明：仓库按排在最前的算牵头，落实前应当明确。分栏写明、标签（牵头单位：）或标记（★）写明的不在此列。
-- 无结果：所选通知中，几个单位共同负责的任务都写明了牵头单位。
-- 未列：几个单位共同负责的任务都写明了牵头单位。
SELECT n.label AS 通知, o.parties AS 责任单位, o.requirement AS 任务要求, round(o.points, 3) AS 分值, t.locator AS 出处, t.task_id AS 任务编号
FROM mart.orphan_tasks AS o
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n ON n.notice_id = o.notice_id
WHERE n.notice_id IN (SELECT unnest($notice)) AND o.reason = 'no_stated_lead' AND ($party IS NULL OR contains(array_to_string(o.parties, '、'), $party))
ORDER BY n.label, t.ordinal
