-- 用途：通知里有哪些要求会加重基层负担，对照为基层减负的规定可以怎样减。
-- 一行：一条任务碰到一条规则的一处。
-- 来源：mart.burden_rules、core.tasks、core.task_evidence、core.task_thresholds、core.task_deadlines、core.task_parties、core.notices、core.tables、core.cells、mart.due_days。
-- 读法：只是提示，不是错误，要不要减请对照原文定。amount 是原文写明的数量，没有写明的为空：材料为最少件数，会议为次数（照原文，不折算成全年），report_length 为最少字数，repeated 为同样的材料一共要几次，monthly 为通知所指年度内的次数，urgent 为印发到到期的天数。一条任务的一条规则先看材料，材料里没有再看量化指标，再没有才看用语；用语只列第一处。几条任务共用一格的材料只计在第一条，任选其一的只计第一种。repeated 只比同一通知、同一牵头单位的材料名称，第一次要的不算。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   task_id：任务编号
--   rule：规则代码，见 mart.burden_rules
--   ordinal：同一任务、同一规则中的次序，从 1 起
--   party：排在最前的牵头单位，没有写明的为空
--   amount：数量，没有写明的为空
--   unit：数量的单位
--   wording：原文
--   field：写在任务的哪一栏：requirement=任务要求，evidence=材料要求，scoring=评分标准，deadline=完成时限
--   locator：写有这处文字的单元格的位置；找不到的为任务的位置
WITH first_lead AS (
    SELECT task_id, arg_min(party, ordinal) AS party FROM core.task_parties WHERE role = 'lead' GROUP BY task_id
),
wanted AS (
    SELECT task_id, ordinal, kind, min_count, unit, min_words, raw
    FROM core.task_evidence
    WHERE NOT is_repeated
    QUALIFY choice IS NULL OR row_number() OVER (PARTITION BY task_id, choice ORDER BY ordinal) = 1
),
-- Patterns that come from a table are compiled for every row: each wording is tried once, whatever the number of notices.
matching AS (
    SELECT e.kind, e.raw, r.rule
    FROM (SELECT DISTINCT kind, raw FROM wanted) AS e JOIN mart.burden_rules AS r
        ON r.measure = 'wording' AND (list_contains(r.kinds, e.kind) OR regexp_matches(e.raw, r.evidence_words))
    WHERE NOT coalesce(regexp_matches(e.raw, r.unless), false)
),
materials AS (
    SELECT e.task_id, m.rule, 1 AS stage, e.ordinal, e.min_count::DOUBLE AS amount, e.unit, e.raw AS wording
    FROM wanted AS e JOIN matching AS m USING (kind, raw)
),
counts AS (
    SELECT h.task_id, r.rule, 2 AS stage, h.ordinal, h.value::DOUBLE AS amount, h.unit, h.raw AS wording
    FROM core.task_thresholds AS h JOIN mart.burden_rules AS r
        ON list_contains(r.count_units, h.unit) AND regexp_matches(concat_ws(' ', h.subject, h.raw), r.count_words)
    WHERE h.operator IN ('>=', '>', '=')
      AND NOT coalesce(regexp_matches(concat_ws(' ', h.subject, h.raw), r.unless), false)
),
-- A shared cell of materials is read below the first of its tasks only.
task_texts AS (
    SELECT t.task_id,
           concat_ws(chr(10), t.requirement, t.scoring, CASE WHEN s.task_id IS NULL THEN t.evidence END) AS content
    FROM core.tasks AS t
    LEFT JOIN (SELECT DISTINCT task_id FROM core.task_evidence WHERE is_repeated) AS s USING (task_id)
),
candidates AS MATERIALIZED (
    SELECT c.content, r.rule, r.text_words, r.unless
    FROM (SELECT DISTINCT content FROM task_texts) AS c JOIN mart.burden_rules AS r
        ON r.text_words IS NOT NULL AND regexp_matches(c.content, r.text_words)
),
texts AS (
    SELECT t.task_id, c.rule, 3 AS stage, 1 AS ordinal, NULL::DOUBLE AS amount, NULL AS unit,
           trim(list_filter(string_split_regex(c.content, '[，,。；;！!？?\n]'), lambda x: regexp_matches(x, c.text_words)
               AND NOT regexp_matches(x, '不得|不以|不再|不要求|无需|无须|严禁|禁止|杜绝|避免|减少|精简')
               AND NOT coalesce(regexp_matches(x, c.unless), false))[1]) AS wording
    FROM candidates AS c JOIN task_texts AS t USING (content)
),
lengths AS (
    SELECT e.task_id, r.rule, 1 AS stage, e.ordinal, e.min_words::DOUBLE AS amount, '字' AS unit, e.raw AS wording
    FROM wanted AS e JOIN mart.burden_rules AS r ON r.measure = 'words' AND e.min_words >= r.bound
),
names AS (
    SELECT e.raw, r.rule,
           regexp_replace(e.raw, '[0-9０-９一二三四五六七八九十两]+(?:[-—至][0-9]+)?[份张次篇个条幅项]|[^\p{Han}A-Za-z]|以上|以内|不少于|至少|左右', '', 'g') AS same
    FROM (SELECT DISTINCT raw FROM wanted) AS e JOIN mart.burden_rules AS r ON r.measure = 'repeat'
    WHERE length(regexp_replace(same, r.unless, '', 'g')) >= r.bound
),
named AS (
    SELECT t.notice_id, l.party, t.task_id, t.table_id, t.ordinal AS place, n.rule, n.same,
           min(e.ordinal) AS ordinal, arg_min(e.raw, e.ordinal) AS wording
    FROM wanted AS e
    JOIN names AS n USING (raw)
    JOIN core.tasks AS t USING (task_id)
    LEFT JOIN first_lead AS l USING (task_id)
    GROUP BY ALL
),
repeats AS (
    SELECT task_id, rule, 1 AS stage, ordinal, (count(*) OVER same_name)::DOUBLE AS amount, '次' AS unit, wording
    FROM named
    WINDOW same_name AS (PARTITION BY notice_id, party, same)
    QUALIFY row_number() OVER (PARTITION BY notice_id, party, same ORDER BY table_id NULLS FIRST, place, task_id) > 1
),
recurring AS (
    SELECT d.task_id, r.rule, 1 AS stage, d.ordinal,
           nullif((SELECT count(*) FROM mart.due_days AS u WHERE u.task_id = d.task_id AND u.ordinal = d.ordinal), 0)::DOUBLE AS amount,
           '次' AS unit, d.raw AS wording
    FROM core.task_deadlines AS d JOIN mart.burden_rules AS r ON r.measure = 'recurring'
    -- Every two weeks is more often than once a month, every two months is not.
    WHERE regexp_matches(d.recurrence, '^FREQ=(?:DAILY|WEEKLY|MONTHLY)')
      AND NOT regexp_matches(d.recurrence, '^FREQ=MONTHLY.*INTERVAL=(?:[2-9]|1[0-9])|BYMONTH=')
      AND NOT regexp_matches(d.recurrence, '^FREQ=WEEKLY;INTERVAL=(?:[5-9]|[1-9][0-9])')
      AND NOT regexp_matches(d.recurrence, '^FREQ=DAILY;INTERVAL=(?:3[2-9]|[4-9][0-9]|[1-9][0-9][0-9])')
),
urgents AS (
    SELECT d.task_id, r.rule, 1 AS stage, d.ordinal, date_diff('day', n.issued_on, d.ends_on)::DOUBLE AS amount,
           '天' AS unit, d.raw AS wording
    FROM core.task_deadlines AS d
    JOIN core.tasks AS t USING (task_id)
    JOIN core.notices AS n USING (notice_id)
    JOIN mart.burden_rules AS r ON r.measure = 'urgent'
    WHERE d.recurrence IS NULL AND date_diff('day', n.issued_on, d.ends_on) BETWEEN 0 AND r.bound - 1
),
hits AS (
    SELECT * FROM (
        FROM materials UNION ALL FROM counts UNION ALL FROM texts UNION ALL FROM lengths
        UNION ALL FROM repeats UNION ALL FROM recurring UNION ALL FROM urgents
    )
    WHERE wording IS NOT NULL
    QUALIFY stage = min(stage) OVER (PARTITION BY task_id, rule)
),
fields AS (
    SELECT h.*, t.notice_id, t.table_id, t.row, t.locator AS task_locator, t.ordinal AS place, r.ordinal AS rule_place,
           row_number() OVER (PARTITION BY h.task_id, h.rule ORDER BY h.ordinal, h.wording) AS number,
           CASE WHEN r.measure IN ('recurring', 'urgent') AND h.stage = 1 THEN 'deadline'
                WHEN contains(t.evidence, h.wording) THEN 'evidence'
                WHEN contains(t.requirement, h.wording) THEN 'requirement'
                WHEN contains(t.scoring, h.wording) THEN 'scoring'
                WHEN h.stage = 1 AND t.evidence IS NOT NULL THEN 'evidence'
                ELSE 'requirement'
           END AS field
    FROM hits AS h JOIN core.tasks AS t USING (task_id) JOIN mart.burden_rules AS r USING (rule)
),
-- The cell of the row that has the wording, in the column of the field if it is there as well.
cells AS (
    SELECT f.task_id, f.rule, f.number,
           arg_min(c.locator, (b.roles[c.col + 1] IS DISTINCT FROM f.field, c.col, c.row)) AS locator
    FROM fields AS f
    JOIN core.tables AS b USING (table_id)
    JOIN core.cells AS c
        ON c.table_id = f.table_id AND f.row BETWEEN c.row AND c.row + c.row_span - 1
        AND contains(regexp_replace(c.text, '\s', '', 'g'), regexp_replace(f.wording, '\s', '', 'g'))
    GROUP BY ALL
)
SELECT
    f.notice_id, f.task_id, f.rule, f.number AS ordinal, l.party, f.amount,
    CASE WHEN f.amount IS NOT NULL THEN f.unit END AS unit, f.wording, f.field,
    coalesce(c.locator, f.task_locator) AS locator
FROM fields AS f
LEFT JOIN cells AS c USING (task_id, rule, number)
LEFT JOIN first_lead AS l USING (task_id)
ORDER BY f.notice_id, f.table_id NULLS FIRST, f.place, f.task_id, f.rule_place, f.number
