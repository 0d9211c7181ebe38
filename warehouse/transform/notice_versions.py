"""The versions of a notice: which notice supersedes which, and which task of the one is which task of the other.

Computed over all notices while a warehouse file is built, because a new notice may change the versions of old ones.
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
"""Indel similarity below which two requirements are different tasks; unrelated rubric sentences stay below 0.45."""

_VERSIONS: Final = """
CREATE TEMP TABLE versions AS
WITH dated AS (
    SELECT n.notice_id, n.issuer, n.subject, n.year, n.issued_on, f.source_path
    FROM core.notices AS n JOIN core.files AS f USING (file_id)
    WHERE n.kind <> 'other' AND n.issuer IS NOT NULL AND n.subject IS NOT NULL AND n.year IS NOT NULL
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
    FROM core.notices AS n LEFT JOIN versions AS e USING (notice_id)
) AS w
WHERE core.notices.notice_id = w.notice_id AND (
    core.notices.version, core.notices.is_current, core.notices.supersedes
) IS DISTINCT FROM (w.version, w.is_current, w.supersedes)
"""
_DELETE_STALE: Final = """
DELETE FROM mart.task_versions WHERE task_id IN (
    SELECT task_id FROM old.core.tasks SEMI JOIN stale_notices USING (notice_id))
"""
_REUSED: Final = """
SELECT v.* FROM old.mart.task_versions AS v
JOIN core.tasks AS t USING (task_id)
JOIN core.tasks AS p ON p.task_id = v.previous_task_id
JOIN core.notices AS n ON n.notice_id = t.notice_id AND n.supersedes = p.notice_id
WHERE t.notice_id NOT IN (SELECT notice_id FROM changed_notices)
    AND p.notice_id NOT IN (SELECT notice_id FROM changed_notices)
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
    """A task and its text as `mask_years` returns it."""

    task_id: str
    text: str


def number_versions(connection: duckdb.DuckDBPyConnection) -> None:
    """Set `version`, `supersedes` and `is_current` of every notice."""
    connection.execute(_VERSIONS)
    connection.execute(_UPDATE_NOTICES)
    connection.execute("DROP TABLE versions")


def fill_task_versions(connection: duckdb.DuckDBPyConnection, *, mode: UpdateMode) -> None:
    """Fill `mart.task_versions` after `number_versions`.

    Matches between two notices outside the temporary table `changed_notices` are those of the previous file. In mode
    INCREMENTAL the rows of `stale_notices` are deleted and `changed_notices` are matched.
    """
    if mode is UpdateMode.REUSE:
        connection.execute(f"INSERT INTO {TASK_VERSIONS} {_REUSED}")
    elif mode is UpdateMode.INCREMENTAL:
        connection.execute(_DELETE_STALE)
    wanted = " AND n.notice_id IN (SELECT notice_id FROM changed_notices)" if mode is UpdateMode.INCREMENTAL else ""
    rows: list[dict[str, object]] = []
    for notice_id, previous_id in connection.execute(_SUPERSEDED_PAIRS.format(wanted=wanted)).fetchall():
        tasks, previous_tasks = _read_tasks(connection, notice_id), _read_tasks(connection, previous_id)
        for task, previous, similarity in match_tasks(tasks, previous_tasks):
            rows.append({"task_id": task, "previous_task_id": previous, "similarity": similarity})
    if rows:
        connection.register("matched", schemas.frame(TASK_VERSIONS, rows))
        connection.execute(f"INSERT INTO {TASK_VERSIONS} SELECT * FROM matched ORDER BY task_id")
        connection.unregister("matched")


def match_tasks(tasks: Sequence[VersionTask], previous: Sequence[VersionTask]) -> list[tuple[str, str, float]]:
    """Match tasks one-to-one: equal texts first, in order, then the most similar of the rest.

    Returns:
        (task id, previous task id, similarity), sorted.
    """
    by_text: dict[str, list[int]] = defaultdict(list)
    for index, task in enumerate(previous):
        by_text[task.text].append(index)
    matches: list[tuple[str, str, float]] = []
    unmatched: list[int] = []
    for index, task in enumerate(tasks):
        if task.text and by_text[task.text]:
            matches.append((task.task_id, previous[by_text[task.text].pop(0)].task_id, 1.0))
        else:
            unmatched.append(index)
    matched = {previous_id for _, previous_id, _ in matches}
    unmatched_previous = [index for index, task in enumerate(previous) if task.task_id not in matched]
    for index, previous_index, similarity in _match_most_similar(tasks, unmatched, previous, unmatched_previous):
        matches.append((tasks[index].task_id, previous[previous_index].task_id, similarity))
    return sorted(matches)


def mask_years(text: str, year: int | None) -> str:
    """Return the text without whitespace; the notice's year and its neighbours become placeholders.

    A requirement that only moved on by a year is then unchanged.
    """
    compact = re.sub(r"\s+", "", text)
    for shift, placeholder in ((-1, "〔上年〕"), (0, "〔本年〕"), (1, "〔下年〕")):
        if year is not None:
            compact = compact.replace(f"{year + shift}年", placeholder)
    return compact


def _match_most_similar(
    tasks: Sequence[VersionTask],
    indexes: Sequence[int],
    previous: Sequence[VersionTask],
    previous_indexes: Sequence[int],
) -> list[tuple[int, int, float]]:
    """Return pairs of indexes, each index once, by falling similarity; ties go to the nearer position."""
    if not indexes or not previous_indexes:
        return []
    texts = [previous[k].text for k in previous_indexes]
    candidates = [
        (-score / 100, abs(i - previous_indexes[b]), i, previous_indexes[b])
        for i in indexes
        for _, score, b in process.extract(
            tasks[i].text, texts, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY * 100, limit=None
        )
    ]
    used: set[int] = set()
    used_previous: set[int] = set()
    matches: list[tuple[int, int, float]] = []
    for score, _, i, k in sorted(candidates):
        if i not in used and k not in used_previous:
            used.add(i)
            used_previous.add(k)
            # 1 is reserved for equal texts.
            matches.append((i, k, min(round(-score, 4), 0.9999)))
    return matches


def _read_tasks(connection: duckdb.DuckDBPyConnection, notice_id: str) -> list[VersionTask]:
    rows = connection.execute(_TASKS, [notice_id]).fetchall()
    return [VersionTask(task_id, mask_years(text, year)) for task_id, text, year in rows]
