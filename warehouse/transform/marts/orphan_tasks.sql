-- 用途：没有人负责的任务，或几个单位负责却没有写明谁牵头的任务。
-- 一行：一条任务。
-- 来源：core.tasks、core.task_parties。
-- 读法：reason：no_party=没有写明责任单位；no_stated_lead=写了几个单位而没有写明谁牵头（仓库按排在最前的算牵头）；notice_without_parties=整份通知都没有写责任单位，多为上级的测评标准，不是遗漏。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   task_id：任务编号
--   reason：原因：no_party=无责任单位，no_stated_lead=多单位未写牵头，notice_without_parties=通知不列责任单位
--   parties：责任单位
--   points：分摊到的分值（分）
--   requirement：任务要求
WITH named AS (
    SELECT task_id, list(party ORDER BY ordinal) AS parties, count(DISTINCT party) AS many,
           bool_or(role = 'lead' AND role_stated) AS lead_stated
    FROM core.task_parties GROUP BY task_id
),
judged AS (
    SELECT
        t.notice_id, t.task_id, t.table_id, t.ordinal, t.requirement, p.points_each, n.parties,
        CASE WHEN count(n.task_id) OVER (PARTITION BY t.notice_id) = 0 THEN 'notice_without_parties'
             WHEN n.task_id IS NULL THEN 'no_party'
             WHEN n.many > 1 AND NOT n.lead_stated THEN 'no_stated_lead'
        END AS reason
    FROM core.tasks AS t JOIN mart.task_points AS p USING (task_id) LEFT JOIN named AS n USING (task_id)
)
SELECT notice_id, task_id, reason, coalesce(parties, []) AS parties, points_each AS points, requirement
FROM judged
WHERE reason IS NOT NULL
ORDER BY notice_id, table_id NULLS FIRST, ordinal, task_id
