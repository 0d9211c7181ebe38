"""`mart.task_subjects`: what each task is about, in the words of the field (`task_words.toml`).

A task without any row names no subject that the program knows, neither in its text nor in its heading: nothing can be
said of whether other notices ask for the same.
"""

from __future__ import annotations

from typing import Final

import duckdb
import polars as pl

from warehouse.transform.incremental import UpdateMode
from warehouse.transform.task_signals import find_meanings
from warehouse.transform.task_words import NOT_LETTERS, SUBJECT_KINDS, load_meanings, subject_pattern

TASK_SUBJECTS: Final = "mart.task_subjects"

SPECIFIC_KIND: Final = "matter"
"""The kind of meanings that are subjects of their own."""

# A text that does not name its subject has it from its heading: 活动图片 4 张 below 移风易俗.
COMPARED_TASKS: Final = f"""
CREATE TEMP VIEW compared_tasks AS
SELECT t.task_id, t.notice_id, coalesce(t.topic, 'other') AS topic, coalesce(t.requirement, t.criteria, '') AS text,
       CASE WHEN regexp_matches(regexp_replace(text, '{NOT_LETTERS}', '', 'g'), '{subject_pattern()}') THEN ''
            ELSE regexp_replace(coalesce(i.name, ''), '{NOT_LETTERS}', '', 'g') END AS heading
FROM core.tasks AS t LEFT JOIN core.indicators AS i USING (indicator_id)
"""
_REUSED: Final = """
INSERT INTO named
SELECT s.* FROM old.mart.task_subjects AS s JOIN core.tasks AS t USING (task_id)
WHERE t.notice_id NOT IN (SELECT notice_id FROM changed_notices)
"""
_DELETE_STALE: Final = """
DELETE FROM mart.task_subjects WHERE task_id IN (
    SELECT task_id FROM old.core.tasks SEMI JOIN stale_notices USING (notice_id))
"""
_NEW_TEXTS: Final = f"""
SELECT text || '｜' || heading AS source, regexp_replace(text, '{NOT_LETTERS}', '', 'g') || '｜' || heading AS body
FROM (SELECT DISTINCT text, heading FROM compared_tasks SEMI JOIN changed_notices USING (notice_id))
ORDER BY source
"""
_INSERT: Final = """
INSERT INTO named
SELECT t.task_id, s.subject, s.is_specific
FROM compared_tasks AS t SEMI JOIN changed_notices USING (notice_id)
JOIN subjects_found AS s ON s.source = t.text || '｜' || t.heading
"""


def fill_task_subjects(connection: duckdb.DuckDBPyConnection, *, mode: UpdateMode) -> None:
    """Fill `mart.task_subjects` for the notices in the temporary table `changed_notices`, reuse the other rows.

    In mode INCREMENTAL the rows of `stale_notices` are deleted.
    """
    if mode is UpdateMode.INCREMENTAL:
        connection.execute(_DELETE_STALE)
    connection.execute("CREATE TEMP TABLE named AS SELECT * FROM mart.task_subjects LIMIT 0")
    if mode is UpdateMode.REUSE:
        connection.execute(_REUSED)
    connection.execute(COMPARED_TASKS)
    texts = connection.sql(_NEW_TEXTS).pl()
    connection.register("subjects_found", find_subjects(texts))
    connection.execute(_INSERT)
    connection.unregister("subjects_found")
    connection.execute(f"INSERT INTO {TASK_SUBJECTS} SELECT * FROM named ORDER BY ALL")
    connection.execute("DROP VIEW temp.compared_tasks; DROP TABLE temp.named")


def find_subjects(texts: pl.DataFrame) -> pl.DataFrame:
    """Return `source`, `subject` and `is_specific` of every subject that texts (`source`, `body`) name."""
    parts = []
    for kind in SUBJECT_KINDS:
        found = find_meanings(texts["body"], kind)
        names = pl.Series(load_meanings()[kind].names, dtype=pl.String)
        subject = names.gather(found["code"])
        part = pl.DataFrame({"source": texts["source"].gather(found["text"]), "subject": subject})
        parts.append(part.with_columns(is_specific=pl.lit(kind == SPECIFIC_KIND)))
    return pl.concat(parts)
