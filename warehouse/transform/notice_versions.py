"""The editions of a notice: which one supersedes which, and which task of the one is which task of the other.

Computed while a warehouse file is built, over all notices in it, because a new notice may change what was published.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
from rapidfuzz import fuzz, process

import schemas
from warehouse.transform.incremental import UpdateMode

TASK_VERSIONS: Final = "mart.task_versions"
MIN_SIMILARITY: Final = 0.55
"""Indel similarity below which two requirements are two duties; unrelated sentences of rubrics stay below 0.45."""

_VERSIONS: Final = """
CREATE TEMP TABLE edition AS
WITH dated AS (
    SELECT n.notice_id, n.issuer, n.subject, n.year, n.issued_on, f.source_path
    FROM core.notices AS n JOIN core.files AS f USING (file_id)
    WHERE n.issuer IS NOT NULL AND n.subject IS NOT NULL AND n.year IS NOT NULL
),
latest AS (
    SELECT issuer, subject, year,
           arg_max(notice_id, (coalesce(issued_on, DATE '1900-01-01'), source_path)) AS notice_id
    FROM dated GROUP BY ALL
),
ranked AS (
    SELECT issuer, subject, year,
           row_number() OVER line AS version,
           lag(notice_id) OVER line AS supersedes,
           lead(year) OVER line IS NULL AS is_current
    FROM latest WINDOW line AS (PARTITION BY issuer, subject ORDER BY year)
)
SELECT d.notice_id, r.version, r.supersedes, r.is_current
FROM dated AS d JOIN ranked AS r USING (issuer, subject, year)
"""
_UPDATE_NOTICES: Final = """
UPDATE core.notices SET version = w.version, is_current = w.is_current, supersedes = w.supersedes
FROM (
    SELECT n.notice_id, coalesce(e.version, 1) AS version, coalesce(e.is_current, true) AS is_current, e.supersedes
    FROM core.notices AS n LEFT JOIN edition AS e USING (notice_id)
) AS w
WHERE core.notices.notice_id = w.notice_id AND (
    core.notices.version, core.notices.is_current, core.notices.supersedes
) IS DISTINCT FROM (w.version, w.is_current, w.supersedes)
"""
_DELETE_STALE: Final = """
DELETE FROM mart.task_versions WHERE task_id IN (
    SELECT task_id FROM old.core.tasks SEMI JOIN outgoing USING (notice_id))
"""
_REUSED: Final = """
SELECT v.* FROM old.mart.task_versions AS v
JOIN core.tasks AS t USING (task_id)
JOIN core.tasks AS p ON p.task_id = v.previous_task_id
JOIN core.notices AS n ON n.notice_id = t.notice_id AND n.supersedes = p.notice_id
WHERE t.notice_id NOT IN (SELECT notice_id FROM renewed) AND p.notice_id NOT IN (SELECT notice_id FROM renewed)
"""
_SUPERSEDED_PAIRS: Final = """
SELECT n.notice_id, n.supersedes FROM core.notices AS n
WHERE n.supersedes IS NOT NULL{wanted} AND n.notice_id NOT IN (
    SELECT t.notice_id FROM mart.task_versions JOIN core.tasks AS t USING (task_id))
ORDER BY n.notice_id
"""
_TASKS: Final = """
SELECT t.task_id, coalesce(t.requirement, ''), n.year FROM core.tasks AS t
JOIN core.notices AS n USING (notice_id) LEFT JOIN core.tables AS b USING (table_id)
WHERE t.notice_id = ? ORDER BY b.ordinal NULLS FIRST, t.ordinal, t.task_id
"""


@dataclass(frozen=True, slots=True)
class VersionTask:
    """A task as it is compared: its text without blanks, the notice's own year and the next one taken out."""

    task_id: str
    text: str


def number_versions(connection: duckdb.DuckDBPyConnection) -> None:
    """Set version, supersedes and is_current of every notice."""
    connection.execute(_VERSIONS)
    connection.execute(_UPDATE_NOTICES)
    connection.execute("DROP TABLE edition")


def fill_task_versions(connection: duckdb.DuckDBPyConnection, *, carry: UpdateMode) -> None:
    """Fill `mart.task_versions` from the numbered notices.

    Matches between two notices neither of which is in the temporary table `renewed` are those of the former file.
    Where the rows stay in place, those of the notices in `outgoing` go and those in `renewed` are matched.
    """
    if carry is UpdateMode.ROWS:
        connection.execute(f"INSERT INTO {TASK_VERSIONS} {_REUSED}")
    elif carry is UpdateMode.IN_PLACE:
        connection.execute(_DELETE_STALE)
    wanted = " AND n.notice_id IN (SELECT notice_id FROM renewed)" if carry is UpdateMode.IN_PLACE else ""
    rows: list[dict[str, object]] = []
    for notice_id, previous_id in connection.execute(_SUPERSEDED_PAIRS.format(wanted=wanted)).fetchall():
        for task, previous, similarity in match_tasks(
            _read_tasks(connection, notice_id), _read_tasks(connection, previous_id)
        ):
            rows.append({"task_id": task, "previous_task_id": previous, "similarity": similarity})
    if rows:
        connection.register("matched", schemas.frame(TASK_VERSIONS, rows))
        connection.execute(f"INSERT INTO {TASK_VERSIONS} SELECT * FROM matched ORDER BY task_id")
        connection.unregister("matched")


def match_tasks(tasks: Sequence[VersionTask], previous: Sequence[VersionTask]) -> list[tuple[str, str, float]]:
    """(task, previous task, similarity) one-to-one: equal texts first, in order, then the likest of the rest."""
    same: dict[str, list[int]] = defaultdict(list)
    for index, duty in enumerate(previous):
        same[duty.text].append(index)
    found: list[tuple[str, str, float]] = []
    left: list[int] = []
    for index, duty in enumerate(tasks):
        if duty.text and same[duty.text]:
            found.append((duty.task_id, previous[same[duty.text].pop(0)].task_id, 1.0))
        else:
            left.append(index)
    taken = {before for _, before, _ in found}
    rest = [index for index, duty in enumerate(previous) if duty.task_id not in taken]
    for index, before, likeness in _match_most_similar(tasks, left, previous, rest):
        found.append((tasks[index].task_id, previous[before].task_id, likeness))
    return sorted(found)


def _match_most_similar(
    tasks: Sequence[VersionTask], left: Sequence[int], previous: Sequence[VersionTask], rest: Sequence[int]
) -> list[tuple[int, int, float]]:
    """Pairs of indices by falling likeness, each index once; of equally like ones the nearer in order first."""
    if not left or not rest:
        return []
    texts = [previous[k].text for k in rest]
    pairs = [
        (-score / 100, abs(i - rest[b]), i, rest[b])
        for i in left
        for _, score, b in process.extract(
            tasks[i].text, texts, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY * 100, limit=None
        )
    ]
    used: set[int] = set()
    gone: set[int] = set()
    found: list[tuple[int, int, float]] = []
    for score, _, i, k in sorted(pairs):
        if i not in used and k not in gone:
            used.add(i)
            gone.add(k)
            # 1 is kept for texts that are equal.
            found.append((i, k, min(round(-score, 4), 0.9999)))
    return found


def _read_tasks(connection: duckdb.DuckDBPyConnection, notice_id: str) -> list[VersionTask]:
    rows = connection.execute(_TASKS, [notice_id]).fetchall()
    return [VersionTask(task_id, mask_years(text, year)) for task_id, text, year in rows]


def mask_years(text: str, year: int | None) -> str:
    """The text without blanks; the notice's year and its neighbours become words, so that a new date is no change."""
    solid = re.sub(r"\s+", "", text)
    for shift, word in ((-1, "〔上年〕"), (0, "〔本年〕"), (1, "〔下年〕")):
        if year is not None:
            solid = solid.replace(f"{year + shift}年", word)
    return solid
