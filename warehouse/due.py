"""The days on which tasks fall due: recurring deadlines are spelled out over the time that the notice speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

import duckdb
from dateutil.rrule import rrulestr

import schemas
from warehouse.carry import Carry

DUE_DAYS: Final = "mart.due_days"

_CARRIED: Final = """
INSERT INTO due SELECT d.* FROM old.mart.due_days AS d JOIN core.tasks AS t USING (task_id)
WHERE t.notice_id NOT IN (SELECT notice_id FROM renewed)
"""
_OUTGOING: Final = """
DELETE FROM mart.due_days WHERE task_id IN (
    SELECT task_id FROM old.core.tasks SEMI JOIN outgoing USING (notice_id))
"""
_ONCE: Final = """
INSERT INTO due
SELECT DISTINCT d.task_id, d.ordinal, d.ends_on FROM core.task_deadlines AS d JOIN core.tasks AS t USING (task_id)
WHERE d.ends_on IS NOT NULL AND d.recurrence IS NULL AND t.notice_id IN (SELECT notice_id FROM renewed)
"""
_RECURRING: Final = """
SELECT d.task_id, d.ordinal, d.recurrence,
       coalesce(d.starts_on, n.period_start, make_date(n.year, 1, 1)),
       coalesce(d.ends_on, n.period_end, make_date(n.year, 12, 31))
FROM core.task_deadlines AS d JOIN core.tasks AS t USING (task_id) JOIN core.notices AS n USING (notice_id)
WHERE d.recurrence IS NOT NULL AND t.notice_id IN (SELECT notice_id FROM renewed)
ORDER BY ALL
"""


def fill(connection: duckdb.DuckDBPyConnection, *, carry: Carry) -> None:
    """Fill `mart.due_days`: computed for the notices in the temporary table `renewed`, those of the others as before.

    Where the rows stay in place, those of the notices in `outgoing` go.
    """
    if carry is Carry.IN_PLACE:
        connection.execute(_OUTGOING)
    connection.execute("CREATE TEMP TABLE due AS SELECT * FROM mart.due_days LIMIT 0")
    if carry is Carry.ROWS:
        connection.execute(_CARRIED)
    connection.execute(_ONCE)
    rows = [
        {"task_id": task_id, "ordinal": ordinal, "due_on": due_on}
        for task_id, ordinal, rule, first, last in connection.execute(_RECURRING).fetchall()
        for due_on in occurrences(rule, first, last)
    ]
    if rows:
        connection.register("recurring", schemas.frame(DUE_DAYS, rows))
        connection.execute("INSERT INTO due SELECT * FROM recurring")
        connection.unregister("recurring")
    connection.execute("INSERT INTO mart.due_days SELECT * FROM due ORDER BY ALL")
    connection.execute("DROP TABLE temp.due")


def occurrences(rule: str, first: date | None, last: date | None) -> Iterator[date]:
    """The days of an RRULE from `first` to `last`, both included; none where either is unknown."""
    if first is None or last is None:
        return
    begin, end = datetime.combine(first, time()), datetime.combine(last, time())
    for moment in rrulestr(rule, dtstart=begin).between(begin, end, inc=True):
        yield moment.date()
