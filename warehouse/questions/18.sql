-- 标题：三十天内到期
-- 问题：从某天起三十天内，哪些任务到期、谁负责、要交什么？
-- 参数：notice：看哪些通知，默认全部现行通知
-- 参数：party：只看一个责任单位（名称的一部分），默认全部
-- 参数：date：从哪天算起，如 2023-08-01，默认今天
-- 参数：days：看多少天，默认 30
-- 参数：everything：连参考通知、上级写给其他单位的任务和周期已结束的也列出，默认只列本级应办的
-- 说明：含起算的那一天和最后一天。往年的通知请用 --date 指定日期。
-- 无结果：这段时间内没有到期任务。往年的通知请用 --date 指定起算日期，例如 --date 2023-08-01。
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
SELECT d.due_on AS 到期日, date_diff('day', $date, d.due_on) AS 还有几天, n.label AS 通知, t.requirement AS 任务要求,
       p.leads AS 牵头, p.supports AS 配合, t.persons AS 责任人, t.evidence AS 材料要求, t.deadline AS 原文时限, t.locator AS 出处
FROM due AS d
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN named AS p USING (task_id)
WHERE $party IS NULL OR contains(coalesce(p.parties, ''), $party)
ORDER BY d.due_on, n.label, t.ordinal
