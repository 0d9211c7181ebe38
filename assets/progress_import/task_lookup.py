"""What the warehouse knows of the tasks that returned rows speak of."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from warehouse import store

_TASKS: Final = """
SELECT
    t.task_id, t.requirement, left(md5(coalesce(t.requirement, '')), 12) AS wording, n.is_current,
    (SELECT list(DISTINCT party ORDER BY party) FROM core.task_parties AS p WHERE p.task_id = t.task_id) AS parties
FROM core.tasks AS t JOIN core.notices AS n USING (notice_id)
WHERE t.task_id IN (SELECT task_id FROM asked)
"""
_LATEST: Final = """
SELECT task_id, party, wording, status, done_on, evidence_on_hand, note
FROM ops.progress WHERE task_id IN (SELECT task_id FROM asked)
QUALIFY row_number() OVER (PARTITION BY task_id, party ORDER BY import_id DESC, line DESC) = 1
"""
_LATER: Final = """
WITH RECURSIVE later AS (
    SELECT v.previous_task_id AS origin, v.task_id, u.task_id IS NOT NULL AS unchanged
    FROM mart.task_versions AS v LEFT JOIN mart.unchanged_tasks AS u USING (task_id, previous_task_id)
    WHERE v.previous_task_id IN (SELECT task_id FROM asked)
    UNION ALL
    SELECT l.origin, v.task_id, l.unchanged AND u.task_id IS NOT NULL
    FROM later AS l JOIN mart.task_versions AS v ON v.previous_task_id = l.task_id
    LEFT JOIN mart.unchanged_tasks AS u ON u.task_id = v.task_id AND u.previous_task_id = v.previous_task_id
)
SELECT l.origin, l.unchanged FROM later AS l
JOIN core.tasks AS t USING (task_id) JOIN core.notices AS n USING (notice_id) WHERE n.is_current
"""

Content = tuple[str, date | None, str | None, str | None]
"""Status, day, materials and note of a report."""


@dataclass(frozen=True, slots=True)
class KnownTask:
    """A task. Of a superseded notice, `unchanged_later`: does the current one have it unchanged (None: not at all)?"""

    task_id: str
    requirement: str | None
    wording: str
    is_current: bool
    parties: frozenset[str]
    unchanged_later: bool | None


@dataclass(frozen=True, slots=True)
class Known:
    """Tasks by id, and the latest report by (task, party, wording)."""

    tasks: dict[str, KnownTask]
    latest: dict[tuple[str, str | None, str], Content]


def known_tasks(warehouse: Path, task_ids: Collection[str]) -> Known:
    """What is known of these tasks. Raises the errors of `warehouse.store.connect`."""
    asked = pl.DataFrame({"task_id": sorted(task_ids)}, schema={"task_id": pl.String})
    with closing(store.connect(warehouse)) as connection:
        connection.register("asked", asked)
        later = dict(connection.execute(_LATER).fetchall())
        tasks = {
            task_id: KnownTask(task_id, requirement, wording, current, frozenset(parties or ()), later.get(task_id))
            for task_id, requirement, wording, current, parties in connection.execute(_TASKS).fetchall()
        }
        latest: dict[tuple[str, str | None, str], Content] = {
            (task_id, party, wording): (status, done_on, on_hand, note)
            for task_id, party, wording, status, done_on, on_hand, note in connection.execute(_LATEST).fetchall()
        }
    return Known(tasks, latest)
