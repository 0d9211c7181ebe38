-- 用途：每条任务还缺什么材料、缺多少。
-- 一行：一条任务尚未备齐的一种材料。
-- 来源：core.task_evidence、ops.progress_materials、mart.task_progress。
-- 读法：已备数量取各责任单位最近一次填报的“已备材料”，按材料类型相加，同类的几项依次抵用；填报“已备齐”的任务不缺。没有写明最少数量的计 1 件。几种材料任选其一的，备齐一种即可，没有备齐时只列第一种。不适用的任务不计。
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
WITH held AS (
    SELECT p.task_id, m.kind, sum(m.items) AS items
    FROM (SELECT DISTINCT task_id, import_id, line FROM mart.task_progress WHERE import_id IS NOT NULL) AS p
    JOIN ops.progress_materials AS m USING (import_id, line)
    GROUP BY p.task_id, m.kind
),
state AS (
    SELECT task_id, bool_and(status IS NOT DISTINCT FROM 'not_applicable') AS beside, bool_or(status IS NOT NULL) AS reported,
           min(first_due) AS first_due
    FROM mart.task_progress GROUP BY task_id
),
first_lead AS (
    SELECT task_id, arg_min(party, ordinal) AS party FROM core.task_parties WHERE role = 'lead' GROUP BY task_id
),
wanted AS (
    SELECT task_id, ordinal, kind, raw, choice, coalesce(min_count, 1)::BIGINT AS wanted,
           sum(coalesce(min_count, 1)) OVER (PARTITION BY task_id, kind ORDER BY ordinal) - coalesce(min_count, 1) AS before
    FROM core.task_evidence
),
filled AS (
    SELECT w.*, greatest(0, least(w.wanted, coalesce(h.items, 0) - w.before))::BIGINT AS on_hand
    FROM wanted AS w LEFT JOIN held AS h ON h.task_id = w.task_id AND h.kind = w.kind
    WHERE w.task_id NOT IN (SELECT task_id FROM held WHERE kind = 'all')
),
grouped AS (
    SELECT *, bool_or(on_hand >= wanted) OVER one AS enough, row_number() OVER (PARTITION BY task_id, coalesce(choice, '#' || ordinal) ORDER BY ordinal) AS place
    FROM filled WINDOW one AS (PARTITION BY task_id, coalesce(choice, '#' || ordinal))
)
SELECT
    t.notice_id, g.task_id, g.ordinal, l.party, g.kind, g.raw, g.wanted, g.on_hand, g.wanted - g.on_hand AS missing,
    s.first_due, s.reported
FROM grouped AS g
JOIN core.tasks AS t USING (task_id)
JOIN state AS s USING (task_id)
LEFT JOIN first_lead AS l USING (task_id)
WHERE NOT g.enough AND g.place = 1 AND NOT s.beside
ORDER BY t.notice_id, g.task_id, g.ordinal
