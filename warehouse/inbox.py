"""What a person has to check: which findings count, how many there are, and how much rests on each.

Build, status, review, the home page and the inbox all count by `OPEN`, so that they name one number.
"""

from __future__ import annotations

from typing import Final

OPEN: Final = "(dismissed IS NULL AND severity <> 'info')"
"""Condition on `core.findings`: a person has to check it. A finding of severity info only informs."""
COUNT_SQL: Final = f"SELECT count(*) FROM core.findings WHERE {OPEN}"
INBOX_SQL: Final = f"""
WITH waiting AS MATERIALIZED (
    SELECT * FROM core.findings
    WHERE {OPEN} AND ($notice = '' OR notice_id = $notice) AND ($rule = '' OR rule = $rule)
),
per_notice AS (SELECT notice_id, count(*) AS tasks FROM core.tasks GROUP BY notice_id),
per_table AS (SELECT table_id, count(*) AS tasks FROM core.tasks WHERE table_id IS NOT NULL GROUP BY table_id),
spans AS (
    SELECT w.finding_id, min(c."row") AS first, max(c."row" + c.row_span) - 1 AS last
    FROM waiting AS w JOIN core.cells AS c ON c.table_id = w.table_id AND c.locator = w.locator
    GROUP BY w.finding_id
),
per_cell AS (
    SELECT w.finding_id, count(t.task_id) AS tasks
    FROM waiting AS w JOIN spans AS s USING (finding_id)
    JOIN core.tasks AS t ON t.table_id = w.table_id AND t."row" BETWEEN s.first AND s.last
    GROUP BY w.finding_id
)
SELECT w.*, f.source_path,
       greatest(CASE
           WHEN w.rule IN ('layout_doubt', 'form_text') THEN coalesce(b.n_rows, 0)
           WHEN w.task_id IS NOT NULL THEN coalesce(c.tasks, 0)
           WHEN s.finding_id IS NOT NULL THEN coalesce(c.tasks, 0)
           WHEN w.table_id IS NOT NULL THEN coalesce(p.tasks, 0)
           ELSE coalesce(o.tasks, 0)
       END, 1) AS touched
FROM waiting AS w
LEFT JOIN core.tables AS b USING (table_id)
LEFT JOIN spans AS s USING (finding_id)
LEFT JOIN per_cell AS c USING (finding_id)
LEFT JOIN per_table AS p ON p.table_id = w.table_id
LEFT JOIN per_notice AS o ON o.notice_id = w.notice_id
LEFT JOIN core.notices AS n ON n.notice_id = w.notice_id
LEFT JOIN core.files AS f ON f.file_id = n.file_id
ORDER BY touched DESC, array_position(['error', 'warning'], w.severity), f.source_path, w.finding_id
LIMIT $most
"""
"""The findings to check, of one notice and of one rule unless these are '', those first on which most rows rest.

`touched` counts rows: of a table whose layout is in doubt all its rows, of a cell the tasks of the rows that it spans,
of a table or a notice as a whole its tasks; at least 1.
"""
