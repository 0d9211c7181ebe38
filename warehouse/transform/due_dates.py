"""`mart.due_days`: the days on which tasks fall due, with recurring deadlines expanded over their year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

import duckdb
import polars as pl
from dateutil.rrule import rrulestr

from warehouse.transform.incremental import UpdateMode

DUE_DAYS: Final = "mart.due_days"
_OCCURRENCE_TYPES: Final = {"recurrence": pl.String, "first_on": pl.Date, "last_on": pl.Date, "due_on": pl.Date}

_REUSED: Final = """
INSERT INTO due SELECT d.* FROM old.mart.due_days AS d JOIN core.tasks AS t USING (task_id)
WHERE t.notice_id NOT IN (SELECT notice_id FROM changed_notices)
"""
_DELETE_STALE: Final = """
DELETE FROM mart.due_days WHERE task_id IN (
    SELECT task_id FROM old.core.tasks SEMI JOIN stale_notices USING (notice_id))
"""
_SINGLE: Final = """
INSERT INTO due
SELECT DISTINCT d.task_id, d.ordinal, d.ends_on, coalesce(d.ends_on < n.issued_on, false)
FROM core.task_deadlines AS d JOIN core.tasks AS t USING (task_id) JOIN core.notices AS n USING (notice_id)
WHERE d.ends_on IS NOT NULL AND d.recurrence IS NULL AND t.notice_id IN (SELECT notice_id FROM changed_notices)
"""
# What recurs does so in all of the year that the table names, else of the year or years of the notice: the stages of a
# plan, which begin and end within a year, do not end what goes on for the whole of it.
_RECURRING: Final = """
CREATE TEMP TABLE recurring AS
WITH years AS (
    SELECT table_id, any_value(year) AS year
    FROM (SELECT table_id, unnest(regexp_extract_all(title, '(20[0-9]{2}) *年', 1))::INTEGER AS year FROM core.tables)
    GROUP BY table_id HAVING count(DISTINCT year) = 1
),
spans AS (
    SELECT d.task_id, d.ordinal, d.recurrence, d.starts_on, d.ends_on, n.issued_on,
           coalesce(y.year, year(n.period_start), n.year) AS first_year,
           coalesce(y.year, year(n.period_end), n.year) AS last_year, n.period_start, n.period_end
    FROM core.task_deadlines AS d JOIN core.tasks AS t USING (task_id) JOIN core.notices AS n USING (notice_id)
    LEFT JOIN years AS y USING (table_id)
    WHERE d.recurrence IS NOT NULL AND t.notice_id IN (SELECT notice_id FROM changed_notices)
)
SELECT task_id, ordinal, recurrence, issued_on,
       coalesce(starts_on, CASE WHEN first_year < last_year THEN period_start END, make_date(first_year, 1, 1))
           AS first_on,
       coalesce(ends_on, CASE WHEN first_year < last_year THEN period_end END, make_date(last_year, 12, 31)) AS last_on
FROM spans
"""
# Thousands of tasks share a few dozen rules over a few dozen years: each is expanded once.
_RULES: Final = """
SELECT DISTINCT recurrence, first_on, last_on FROM recurring
WHERE first_on IS NOT NULL AND last_on IS NOT NULL ORDER BY ALL
"""
_INSERT_OCCURRENCES: Final = """
INSERT INTO due
SELECT DISTINCT r.task_id, r.ordinal, s.due_on, coalesce(s.due_on < r.issued_on, false)
FROM recurring AS r JOIN occurrences AS s USING (recurrence, first_on, last_on)
"""


def fill_due_dates(connection: duckdb.DuckDBPyConnection, *, mode: UpdateMode) -> None:
    """Fill `mart.due_days`: compute the rows of the notices in the temporary table `changed_notices`, reuse the others.

    In mode INCREMENTAL the rows of `stale_notices` are deleted.
    """
    if mode is UpdateMode.INCREMENTAL:
        connection.execute(_DELETE_STALE)
    connection.execute("CREATE TEMP TABLE due AS SELECT * FROM mart.due_days LIMIT 0")
    if mode is UpdateMode.REUSE:
        connection.execute(_REUSED)
    connection.execute(_SINGLE)
    connection.execute(_RECURRING)
    rules = connection.execute(_RULES).fetchall()
    rows = [(*rule, due_on) for rule in rules for due_on in expand_recurrence(*rule)]
    connection.register("occurrences", pl.DataFrame(rows, _OCCURRENCE_TYPES, orient="row"))
    connection.execute(_INSERT_OCCURRENCES)
    connection.unregister("occurrences")
    connection.execute("INSERT INTO mart.due_days SELECT * FROM due ORDER BY ALL")
    for name in ("due", "recurring"):
        connection.execute(f"DROP TABLE temp.{name}")


def expand_recurrence(rule: str, first: date, last: date) -> Iterator[date]:
    """Yield the days of an RRULE from `first` to `last`, both included."""
    begin, end = datetime.combine(first, time()), datetime.combine(last, time())
    for moment in rrulestr(rule, dtstart=begin).between(begin, end, inc=True):
        yield moment.date()
