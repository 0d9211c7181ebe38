-- 标题：谁被重复要求
-- 问题：哪些单位的同一件事，几份通知都在要求，各由谁要求、有什么不同？
-- 分组：责任
-- 词语：重复、重复要求、多头、几份通知、同一件事、谁要求、合并
-- 参数：notice、party
-- 需要：责任单位
-- 说明：一行是一处要求，同一件事（“第几件”）的几处排在一起，内容最全的一处在前；“与代表条”写明相同还是其中一部分。只有文字相同、整段包含的和人工认定的才算一件事，疑似相同而没有合并的见“一个单位一张清单”，是否真是一件事请对照原文。科室只在同一发文单位内算同一单位，其他单位只在同一地方内算同一单位。
-- 无结果：所选通知没有把同一件事重复要求同一个单位。
-- 未列：没有与别处重复的要求。
WITH own AS (
    SELECT u.*, count(*) OVER same AS times, count(DISTINCT u.notice_id) OVER same AS notices
    FROM mart.unit_tasks AS u
    WHERE u.notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(u.unit, $party))
    WINDOW same AS (PARTITION BY u.unit_id, u.obligation_id)
)
SELECT o.unit AS 单位, o.place AS 所属,
       dense_rank() OVER (ORDER BY o.times DESC, o.unit, o.unit_id, o.obligation_id) AS 第几件, o.notices AS 通知数, l.label AS 通知, t.requirement AS 任务要求,
       CASE o.relation WHEN 'head' THEN '代表条' WHEN 'equal' THEN '相同' ELSE '其中一部分' END AS 与代表条,
       t.deadline AS 完成时限, t.evidence AS 材料要求, t.locator AS 出处, t.task_id AS 任务编号
FROM own AS o
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS l ON l.notice_id = o.notice_id
WHERE o.times > 1
ORDER BY o.times DESC, o.unit, o.unit_id, o.obligation_id, o.task_id <> o.obligation_id, l.label, t.ordinal
