-- 标题：三十天内到期
-- 问题：从某天起三十天内，哪些任务到期、谁负责、要交什么？
-- 分组：时限
-- 词语：到期、三十天、近期、马上、快到期、提醒、截止
-- 参数：notice、party、date、days、everything
-- 需要：时限
-- 说明：含起算的那一天和最后一天。往年的通知请指定起算日期。
-- 无结果：这段时间内没有到期任务。往年的通知请指定起算日期，如 2023-08-01。
-- 未列：这段时间内没有应列出的到期任务。
WITH due AS (
    SELECT DISTINCT d.task_id, d.due_on
    FROM mart.due_days AS d JOIN core.tasks AS t USING (task_id)
    WHERE d.due_on BETWEEN $date AND $date + $days AND t.notice_id IN (SELECT unnest($notice))
        AND ($everything OR d.task_id IN (
            SELECT r.task_id FROM mart.task_progress AS r
            JOIN mart.duty_scope AS w ON w.notice_id = r.notice_id AND w.party IS NOT DISTINCT FROM r.party
            WHERE w.scope IS NULL
                OR (coalesce(w.left_out, 'closed') = 'closed' AND coalesce(w.cycle_end >= $date, true))))
),
named AS (
    SELECT task_id, string_agg(party, '、' ORDER BY ordinal) FILTER (WHERE role = 'lead') AS leads,
           string_agg(party, '、' ORDER BY ordinal) FILTER (WHERE role = 'support') AS supports,
           string_agg(party, '、' ORDER BY ordinal) AS parties
    FROM core.task_parties WHERE task_id IN (SELECT task_id FROM due) GROUP BY task_id
)
SELECT d.due_on AS 到期日, date_diff('day', $date, d.due_on) AS 剩余天数, n.label AS 通知, t.requirement AS 任务要求,
       p.leads AS 牵头, p.supports AS 配合, t.persons AS 责任人, t.evidence AS 材料要求, t.deadline AS 原文时限, t.locator AS 出处, t.task_id AS 任务编号
FROM due AS d
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN named AS p USING (task_id)
WHERE $party IS NULL OR contains(coalesce(p.parties, ''), $party)
ORDER BY d.due_on, n.label, t.ordinal
