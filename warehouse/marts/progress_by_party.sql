-- 用途：每个责任单位的任务办到了哪一步，逾期几条。
-- 一行：一份通知中的一个责任单位。
-- 来源：mart.task_progress、mart.open_days。
-- 读法：done、in_progress、blocked、not_started、not_applicable、unreported 相加等于 tasks，按最近填报计。只是配合而牵头单位都已完成的，计入 done。overdue、due_soon 按查询当天计算，只算现行通知，与状态互不排斥：定期任务报过完成的仍在 done，下一个到期日又逾期的同时计入 overdue。due_soon 为今天起 30 天内到期而没有办完的。
-- 列：
--   notice_id：通知编号
--   party：责任单位，没有写明的为空
--   tasks：任务数（条）
--   done：已完成（条）
--   in_progress：进行中（条）
--   blocked：需协调（条）
--   not_started：未开始（条）
--   not_applicable：不适用（条）
--   unreported：没有填报（条）
--   overdue：已逾期（条）
--   due_soon：30 天内到期（条）
--   done_share：已完成的比重，不计不适用的，0 到 1；全部不适用的为空
--   reported_at：最近一次填报的导入时间（UTC）
WITH late AS (
    SELECT task_id, party, bool_or(due_on < current_date) AS overdue, bool_or(due_on >= current_date) AS due_soon
    FROM mart.open_days
    WHERE due_on <= current_date + 30
    GROUP BY task_id, party
),
counted AS (
    SELECT
        p.notice_id, p.party,
        count(*) AS tasks,
        count(*) FILTER (WHERE p.settled AND p.status IS DISTINCT FROM 'not_applicable') AS done,
        count(*) FILTER (WHERE NOT p.settled AND p.status = 'in_progress') AS in_progress,
        count(*) FILTER (WHERE NOT p.settled AND p.status = 'blocked') AS blocked,
        count(*) FILTER (WHERE NOT p.settled AND p.status = 'not_started') AS not_started,
        count(*) FILTER (WHERE p.status = 'not_applicable') AS not_applicable,
        count(*) FILTER (WHERE NOT p.settled AND p.status IS NULL) AS unreported,
        count(*) FILTER (WHERE l.overdue AND n.is_current) AS overdue,
        count(*) FILTER (WHERE l.due_soon AND n.is_current) AS due_soon,
        max(p.reported_at) AS reported_at
    FROM mart.task_progress AS p
    JOIN core.notices AS n USING (notice_id)
    LEFT JOIN late AS l ON l.task_id = p.task_id AND l.party IS NOT DISTINCT FROM p.party
    GROUP BY p.notice_id, p.party
)
SELECT
    notice_id, party, tasks, done, in_progress, blocked, not_started, not_applicable, unreported, overdue, due_soon,
    done / nullif(tasks - not_applicable, 0) AS done_share, reported_at
FROM counted
ORDER BY notice_id, overdue DESC, tasks DESC, party
