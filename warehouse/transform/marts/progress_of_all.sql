-- 用途：每个责任单位的任务办到了哪一步，逾期几条，不论是谁的通知、周期是否结束。
-- 一行：一份通知中的一个责任单位。
-- 来源：mart.task_progress、mart.open_days、mart.duty_scope。
-- 读法：只要本级现在应办的，看 mart.progress_by_party。done、in_progress、blocked、not_started、not_applicable、unreported 相加等于 tasks，按最近填报计。只是配合而牵头单位都已完成的，计入 done。overdue、due_soon 按查询当天计算，只算现行通知，与状态互不排斥：定期任务报过完成的仍在 done，下一个到期日又逾期的同时计入 overdue。due_soon 为今天起 30 天内到期而没有办完的。
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
--   left_out：不算本级现在应办的原因，见 mart.duty_scope；算的为空
WITH late AS (
    SELECT notice_id, party, count(*) FILTER (WHERE overdue) AS overdue, count(*) FILTER (WHERE due_soon) AS due_soon
    FROM (
        SELECT notice_id, task_id, party, bool_or(due_on < current_date) AS overdue, bool_or(due_on >= current_date) AS due_soon
        FROM mart.open_days
        WHERE due_on <= current_date + 30
        GROUP BY notice_id, task_id, party
    )
    GROUP BY notice_id, party
),
counted AS (
    SELECT
        notice_id, party,
        count(*) AS tasks,
        count(*) FILTER (WHERE settled AND status IS DISTINCT FROM 'not_applicable') AS done,
        count(*) FILTER (WHERE NOT settled AND status = 'in_progress') AS in_progress,
        count(*) FILTER (WHERE NOT settled AND status = 'blocked') AS blocked,
        count(*) FILTER (WHERE NOT settled AND status = 'not_started') AS not_started,
        count(*) FILTER (WHERE status = 'not_applicable') AS not_applicable,
        count(*) FILTER (WHERE NOT settled AND status IS NULL) AS unreported,
        max(reported_at) AS reported_at
    FROM mart.task_progress
    GROUP BY notice_id, party
)
SELECT
    c.notice_id, c.party, c.tasks, c.done, c.in_progress, c.blocked, c.not_started, c.not_applicable, c.unreported,
    CASE WHEN n.is_current THEN coalesce(l.overdue, 0) ELSE 0 END AS overdue,
    CASE WHEN n.is_current THEN coalesce(l.due_soon, 0) ELSE 0 END AS due_soon,
    c.done / nullif(c.tasks - c.not_applicable, 0) AS done_share, c.reported_at, w.left_out
FROM counted AS c
JOIN core.notices AS n ON n.notice_id = c.notice_id
JOIN mart.duty_scope AS w ON w.notice_id = c.notice_id AND w.party IS NOT DISTINCT FROM c.party
LEFT JOIN late AS l ON l.notice_id = c.notice_id AND l.party IS NOT DISTINCT FROM c.party
ORDER BY c.notice_id, overdue DESC, c.tasks DESC, c.party
