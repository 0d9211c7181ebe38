-- 标题：各科室承担几项多少分
-- 问题：每个责任单位牵头几项、配合几项，合多少分？
-- 分组：责任
-- 词语：科室、部门、单位、承担、牵头、配合、几项、多少分、任务量、负担
-- 参数：notice、party
-- 需要：责任单位
-- 说明：平分分值把每条任务的分在其责任单位之间平分，可以相加；牵头分值不平分，不能相加。含加分项。占比按平分后的分值，没有分值的按任务，都不计没有写明责任单位的任务。
-- 无结果：所选通知没有写明责任单位。
-- 未列：没有符合条件的责任单位。
-- 图：占比（%） 按 责任单位
SELECT n.label AS 通知, l.rank AS 名次, l.party AS 责任单位, l.lead_tasks AS 牵头任务, l.support_tasks AS 配合任务, l.tasks AS 任务合计,
       round(l.points_lead, 2) AS 牵头分值, round(l.points_shared, 2) AS 平分分值, round(l.share * 100, 1) AS "占比（%）",
       CASE l.share_basis WHEN 'points' THEN '按分值' ELSE '按任务' END AS 占比依据
FROM mart.responsibility_load AS l JOIN mart.notice_labels AS n USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(l.party, $party))
ORDER BY n.label, l.rank, l.party
