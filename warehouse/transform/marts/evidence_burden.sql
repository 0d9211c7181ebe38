-- 用途：每个单位在哪个月要交多少材料、什么材料。
-- 一行：一份通知中一个单位一个月的一类材料。
-- 来源：core.task_evidence、core.task_parties、mart.due_days。
-- 读法：材料记在排在最前的牵头单位名下，没有写明单位的 party 为空。月份取任务首个到期日所在的月，没有可推定到期日的为空；一份材料只计一次，几条任务共用一格的计在第一条。件数为写明的最少数量，没有写明的计 1 件；任选其一的几种材料只计第一种。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   party：责任单位，未写明的为空
--   month：月份，如 2023-08；没有到期日的为空
--   kind：材料类型，取值见 core.task_evidence
--   items：件数（件）
WITH first_lead AS (
    SELECT task_id, arg_min(party, ordinal) AS party FROM core.task_parties WHERE role = 'lead' GROUP BY task_id
),
first_due AS (
    SELECT task_id, min(due_on) AS due_on FROM mart.due_days GROUP BY task_id
),
wanted AS (
    SELECT task_id, kind, min_count
    FROM core.task_evidence
    WHERE NOT is_repeated
    QUALIFY choice IS NULL OR row_number() OVER (PARTITION BY task_id, choice ORDER BY ordinal) = 1
)
SELECT
    t.notice_id, l.party, strftime(d.due_on, '%Y-%m') AS month, e.kind,
    sum(coalesce(e.min_count, 1))::BIGINT AS items
FROM wanted AS e
JOIN core.tasks AS t USING (task_id)
LEFT JOIN first_lead AS l USING (task_id)
LEFT JOIN first_due AS d USING (task_id)
GROUP BY t.notice_id, l.party, strftime(d.due_on, '%Y-%m'), e.kind
ORDER BY t.notice_id, l.party NULLS LAST, month NULLS LAST, e.kind
