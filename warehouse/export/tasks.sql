-- One row per matching task, with everything that a task list shows; the latest progress as (party, status, …).
WITH RECURSIVE asked AS (
    SELECT
        task_id, notice_id, table_id, points, points_rows,
        count(points) OVER (PARTITION BY notice_id, table_id ORDER BY ordinal, task_id) AS score_cell
    FROM core.tasks
    WHERE notice_id IN (SELECT unnest($notices))
),
scored AS (
    SELECT
        task_id, score_cell,
        CASE WHEN points_rows > 1 THEN max(points) OVER (PARTITION BY notice_id, table_id, score_cell) ELSE points END AS score
    FROM asked
),
path AS (
    SELECT indicator_id, [name] AS names, code FROM core.indicators
    WHERE parent_id IS NULL AND notice_id IN (SELECT unnest($notices))
    UNION ALL
    SELECT i.indicator_id, list_append(p.names, i.name), i.code FROM core.indicators AS i JOIN path AS p ON i.parent_id = p.indicator_id
),
parties AS (
    SELECT
        task_id,
        list({'party': party, 'role': role, 'scope': scope} ORDER BY ordinal) AS parties
    FROM core.task_parties WHERE task_id IN (SELECT task_id FROM asked) GROUP BY task_id
),
windows AS (
    SELECT
        task_id,
        list({'kind': kind, 'starts_on': starts_on, 'ends_on': ends_on, 'recurrence': recurrence, 'raw': raw} ORDER BY ordinal) AS deadlines
    FROM core.task_deadlines WHERE task_id IN (SELECT task_id FROM asked) GROUP BY task_id
),
due AS (
    SELECT task_id, list_sort(list(DISTINCT due_on)) AS due_days
    FROM mart.due_days WHERE task_id IN (SELECT task_id FROM asked) GROUP BY task_id
),
materials AS (
    SELECT
        task_id,
        list({'kind': kind, 'min_count': min_count, 'unit': unit, 'min_words': min_words, 'raw': raw, 'choice': choice} ORDER BY ordinal) AS evidence
    FROM core.task_evidence WHERE task_id IN (SELECT task_id FROM asked) GROUP BY task_id
),
progress AS (
    SELECT
        task_id,
        list({'party': party, 'status': status, 'done_on': done_on, 'on_hand': evidence_on_hand, 'note': note}) AS progress
    FROM mart.task_progress WHERE status IS NOT NULL AND notice_id IN (SELECT unnest($notices)) GROUP BY task_id
)
SELECT
    t.task_id, t.notice_id, t.table_id, p.code, p.names, t.label, t.requirement, t.criteria, t.scoring, t.remark,
    s.score, t.points_rows, s.score_cell, t.evidence AS evidence_text, e.evidence, t.methods, t.deadline,
    w.deadlines, d.due_days, r.parties, t.leader, t.persons, t.bonus, t.topic, t.locator,
    wording_hash(t.requirement) AS wording, g.progress,
    t.table_id IS NOT NULL AND t.table_id IN (
        SELECT table_id FROM core.findings WHERE rule = 'layout_doubt' AND dismissed IS NULL AND table_id IS NOT NULL
    ) AS is_doubtful
FROM core.tasks AS t
JOIN scored AS s USING (task_id)
LEFT JOIN core.tables AS b ON b.table_id = t.table_id
LEFT JOIN path AS p ON p.indicator_id = t.indicator_id
LEFT JOIN parties AS r ON r.task_id = t.task_id
LEFT JOIN windows AS w ON w.task_id = t.task_id
LEFT JOIN due AS d ON d.task_id = t.task_id
LEFT JOIN materials AS e ON e.task_id = t.task_id
LEFT JOIN progress AS g ON g.task_id = t.task_id
WHERE t.notice_id IN (SELECT unnest($notices))
    AND ($topic IS NULL OR coalesce(t.topic, 'other') = $topic)
    AND ($person IS NULL OR contains(coalesce(t.leader, ''), $person) OR list_bool_or(list_transform(t.persons, lambda name: contains(name, $person))))
    AND ($first IS NULL OR list_bool_or(list_transform(d.due_days, lambda day: day >= $first AND day <= $last)))
ORDER BY list_position($notices, t.notice_id), b.ordinal NULLS FIRST, t.ordinal, t.task_id
