-- 用途：每条任务、每个责任单位的最新进展。
-- 一行：一条任务的一个责任单位；没有写明责任单位的任务也有一行，party 为空。
-- 来源：ops.progress、core.task_parties、mart.unchanged_tasks、mart.due_days。
-- 读法：取同一任务、同一单位最近一次填报；不分单位填报的算作各单位的。任务要求改写后，旧的填报不再算数。通知出新版时，没有变的任务（mart.unchanged_tasks）沿用上一版的进展，carried_from 写明沿用自哪条任务。settled 为是，表示本单位报了已完成或不适用，或者本单位只是配合而牵头单位都已完成（牵头单位中不适用的不计）。有几个到期日的定期任务，每个到期日是否办完见 mart.open_days。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   task_id：任务编号
--   party：责任单位，没有写明的为空
--   role：lead=牵头，support=配合，没有写明单位的为空
--   status：状态：not_started=未开始，in_progress=进行中，done=已完成，blocked=需协调，not_applicable=不适用；没有填报的为空
--   settled：是否已办结
--   done_on：完成日期
--   done_until：历次填报中最近一次完成的日期，没有写日期的取导入日期（北京时间）
--   evidence_on_hand：已备材料，照填报
--   note：说明，照填报
--   reported_at：最近一次填报的导入时间（UTC）
--   carried_from：沿用上一版的哪条任务，没有沿用的为空
--   first_due：首个到期日，没有可推定日期的为空
--   last_due：最后一个到期日
--   due_days：到期日个数（个）
--   import_id：填报所在的导入批次，对应 ops.progress
--   line：填报在该批次中的行次
WITH RECURSIVE latest_reports AS (
    SELECT
        p.*,
        max(coalesce(p.done_on, china_time(p.imported_at)::DATE)) FILTER (WHERE p.status = 'done')
            OVER (PARTITION BY p.task_id, p.party) AS done_until
    FROM ops.progress AS p
    JOIN core.tasks AS t ON t.task_id = p.task_id AND wording_hash(t.requirement) = p.wording
    QUALIFY row_number() OVER (PARTITION BY p.task_id, p.party ORDER BY p.import_id DESC, p.line DESC) = 1
),
due AS (
    SELECT task_id, list_sort(list(DISTINCT due_on)) AS days FROM mart.due_days GROUP BY task_id
),
version_lines AS (
    SELECT DISTINCT task_id AS source, task_id FROM latest_reports
    UNION ALL
    SELECT l.source, h.task_id FROM version_lines AS l JOIN mart.unchanged_tasks AS h ON h.previous_task_id = l.task_id
),
applicable_reports AS (
    SELECT l.task_id AS holder, s.*, CASE WHEN l.source <> l.task_id THEN l.source END AS carried_from
    FROM version_lines AS l JOIN latest_reports AS s ON s.task_id = l.source
),
responsibilities AS (
    SELECT task_id, party, min(role) AS role FROM core.task_parties GROUP BY task_id, party
    UNION ALL
    SELECT t.task_id, NULL, NULL FROM core.tasks AS t ANTI JOIN core.task_parties AS p USING (task_id)
),
reported AS (
    SELECT
        p.task_id, p.party, p.role, v.* EXCLUDE (holder, task_id, party, done_until),
        max(v.done_until) OVER (PARTITION BY p.task_id, p.party) AS done_until
    FROM responsibilities AS p
    LEFT JOIN applicable_reports AS v ON v.holder = p.task_id AND (v.party = p.party OR v.party IS NULL)
    QUALIFY row_number() OVER (PARTITION BY p.task_id, p.party ORDER BY v.import_id DESC NULLS LAST, v.line DESC) = 1
),
assessed AS (
    SELECT
        *,
        coalesce(status IN ('done', 'not_applicable'), false) AS own,
        coalesce(bool_and(coalesce(status IN ('done', 'not_applicable'), false)) FILTER (WHERE role = 'lead') OVER whole, false)
            AND coalesce(bool_or(status = 'done') FILTER (WHERE role = 'lead') OVER whole, false) AS by_leads
    FROM reported
    WINDOW whole AS (PARTITION BY task_id)
)
SELECT
    t.notice_id, j.task_id, j.party, j.role, j.status,
    j.own OR (coalesce(j.role = 'support', false) AND j.by_leads) AS settled,
    j.done_on, j.done_until, j.evidence_on_hand, j.note, j.imported_at AS reported_at, j.carried_from,
    d.days[1] AS first_due, d.days[-1] AS last_due, coalesce(len(d.days), 0) AS due_days, j.import_id, j.line
FROM assessed AS j
JOIN core.tasks AS t USING (task_id)
LEFT JOIN due AS d ON d.task_id = j.task_id
ORDER BY t.notice_id, j.task_id, j.role, j.party NULLS FIRST
