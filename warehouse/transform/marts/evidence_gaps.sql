-- 用途：每条任务还缺什么材料、缺多少。
-- 一行：现行通知中一条任务尚未备齐的一种材料。
-- 来源：core.task_evidence、ops.progress_materials、mart.task_progress。
-- 读法：已备数量取各责任单位最近一次填报的“已备材料”，按材料类型相加，同类的几项依次抵用，任选的最后抵用；牵头单位（没有牵头的为任一单位）填报“全部材料已备齐”的任务不缺。没有写明最少数量的计 1 件。几种材料任选其一的，备齐一种即可，没有备齐时只列第一种。牵头单位都报不适用的任务不计。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   task_id：任务编号
--   ordinal：对应 core.task_evidence 的次序
--   party：排在最前的牵头单位，没有写明的为空
--   kind：材料类型，取值见 core.task_evidence
--   raw：材料要求的原文
--   wanted：要求件数（件）
--   on_hand：已备件数（件）
--   missing：还缺件数（件）
--   first_due：任务的首个到期日
--   reported：是否填报过进展
WITH latest AS (
    SELECT task_id, party, role, status, first_due, import_id, line, bool_or(coalesce(role = 'lead', false)) OVER (PARTITION BY task_id) AS led
    FROM mart.task_progress
),
state AS (
    SELECT
        task_id, any_value(led) AS led, min(first_due) AS first_due, bool_or(status IS NOT NULL) AS reported,
        bool_and(status IS NOT DISTINCT FROM 'not_applicable') FILTER (WHERE role = 'lead' OR NOT led) AS beside
    FROM latest GROUP BY task_id
),
reported_materials AS (
    SELECT p.task_id, m.kind, m.items, bool_or(p.role = 'lead' OR NOT p.led) AS counts
    FROM latest AS p JOIN ops.progress_materials AS m USING (import_id, line)
    GROUP BY p.task_id, m.import_id, m.line, m.ordinal, m.kind, m.items
),
materials_on_hand AS (
    SELECT task_id, kind, sum(items) AS items FROM reported_materials GROUP BY task_id, kind
),
complete AS (
    SELECT DISTINCT task_id FROM reported_materials WHERE kind = 'all' AND counts
),
first_lead AS (
    SELECT task_id, arg_min(party, ordinal) AS party FROM core.task_parties WHERE role = 'lead' GROUP BY task_id
),
wanted AS (
    SELECT
        e.task_id, e.ordinal, e.kind, e.raw, e.choice IS NOT NULL AS optional, coalesce(e.choice, '#' || e.ordinal) AS one_of,
        coalesce(e.min_count, 1)::BIGINT AS wanted
    FROM core.task_evidence AS e
    ANTI JOIN complete USING (task_id)
    WHERE NOT e.is_repeated
),
demands AS (
    SELECT task_id, kind, one_of, min(wanted) AS wanted, min(ordinal) AS ordinal, any_value(optional) AS optional
    FROM wanted GROUP BY task_id, kind, one_of
),
queued AS (
    SELECT
        task_id, kind, one_of,
        sum(wanted) OVER (PARTITION BY task_id, kind ORDER BY optional, ordinal) - wanted AS before
    FROM demands
),
filled AS (
    SELECT w.*, greatest(0, least(w.wanted, coalesce(h.items, 0) - q.before))::BIGINT AS on_hand
    FROM wanted AS w
    JOIN queued AS q ON q.task_id = w.task_id AND q.kind = w.kind AND q.one_of = w.one_of
    LEFT JOIN materials_on_hand AS h ON h.task_id = w.task_id AND h.kind = w.kind
),
grouped AS (
    SELECT
        *, bool_or(on_hand >= wanted) OVER alike AS enough,
        row_number() OVER (PARTITION BY task_id, one_of ORDER BY ordinal) AS place
    FROM filled WINDOW alike AS (PARTITION BY task_id, one_of)
)
SELECT
    t.notice_id, g.task_id, g.ordinal, l.party, g.kind, g.raw, g.wanted, g.on_hand, g.wanted - g.on_hand AS missing,
    s.first_due, s.reported
FROM grouped AS g
JOIN core.tasks AS t ON t.task_id = g.task_id
JOIN core.notices AS n ON n.notice_id = t.notice_id AND n.is_current
JOIN state AS s ON s.task_id = g.task_id
LEFT JOIN first_lead AS l ON l.task_id = g.task_id
WHERE NOT g.enough AND g.place = 1 AND NOT s.beside
ORDER BY t.notice_id, g.task_id, g.ordinal
