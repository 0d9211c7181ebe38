"""Select tasks from the warehouse with everything that a task list shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse import questions
from warehouse.errors import QueryError
from warehouse.store import reading

NOTICES_PER_BATCH: Final = 200
"""Number of notices whose tasks are in memory at the same time."""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Filter on tasks; None or empty means no restriction.

    Attributes:
        notices: Parts of notice names, as in `wenming ask --notice`.
        party: Part of a party name.
        person: Part of the name of a leader or responsible person.
        topic: Topic code or Chinese name.
        due_from: First day of the period in which the task must have a due day.
        due_until: Last day of that period.
    """

    notices: tuple[str, ...] = ()
    party: str | None = None
    person: str | None = None
    topic: str | None = None
    due_from: date | None = None
    due_until: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Notice that a task belongs to; `read_on` is the day (Beijing time) on which its file was read."""

    notice_id: str
    label: str
    title: str | None
    unit: str | None
    year: int | None
    source_path: str
    read_on: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Party of a task; `role` is lead or support, `scope` the part of the task it is responsible for (①)."""

    party: str
    role: str
    scope: str | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """Deadline of a task, see `core.task_deadlines`."""

    kind: str
    starts_on: date | None
    ends_on: date | None
    recurrence: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class Material:
    """Required material, see `core.task_evidence`."""

    kind: str
    min_count: int | None
    unit: str | None
    min_words: int | None
    raw: str
    choice: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Last progress report by `party` (None: not by a single party)."""

    party: str | None
    status: str
    done_on: date | None
    on_hand: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """Task with everything that a list shows.

    `score` is the value of the score cell, also for rows that share the cell; `score_cell` numbers these cells.
    `is_doubtful` means that the layout of its table is in doubt. `look_alikes` names other rows of the same list that
    may ask for the same.
    """

    task_id: str
    notice_id: str
    table_id: str | None
    code: str | None
    indicator_names: tuple[str, ...]
    label: str | None
    requirement: str | None
    criteria: str | None
    scoring: str | None
    remark: str | None
    score: Decimal | None
    points_rows: int
    score_cell: int
    evidence_text: str | None
    evidence: tuple[Material, ...]
    methods: tuple[str, ...]
    deadline: str | None
    deadlines: tuple[Deadline, ...]
    due_days: tuple[date, ...]
    parties: tuple[Party, ...]
    leader: str | None
    persons: tuple[str, ...]
    bonus: bool
    topic: str | None
    locator: str
    wording: str
    progress: tuple[Progress, ...]
    is_doubtful: bool
    look_alikes: str = ""

    def party_names(self, role: str) -> list[str]:
        """Return the parties with this role, each with its scope."""
        return [f"{item.scope or ''}{item.party}" for item in self.parties if item.role == role]


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected tasks in the order of their notices; `topics` is code -> Chinese name."""

    notices: tuple[Notice, ...]
    tasks: tuple[Task, ...]
    topics: dict[str, str]


@cache
def _sql() -> str:
    return (resources.files("warehouse") / "export" / "tasks.sql").read_text("utf-8")


def select_tasks(warehouse: Path, task_filter: TaskFilter) -> Selection:
    """Return all tasks that match the filter; without `notices`, those of all current notices.

    Raises:
        QueryError: A part of a name matches nothing, or no task matches.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    selections = list(iter_selections(warehouse, task_filter))
    notices = tuple(notice for selection in selections for notice in selection.notices)
    return Selection(notices, tuple(task for selection in selections for task in selection.tasks), selections[0].topics)


def iter_selections(warehouse: Path, task_filter: TaskFilter) -> Iterator[Selection]:
    """Yield what `select_tasks` returns in selections of at most `NOTICES_PER_BATCH` notices, to limit memory."""
    with reading(warehouse) as connection:
        yield from read_selections(connection, questions.find_notices(connection, task_filter.notices), task_filter)


def read_selections(
    connection: duckdb.DuckDBPyConnection, notice_ids: Sequence[str], task_filter: TaskFilter
) -> Iterator[Selection]:
    """Yield the selections of these notices, using an open connection."""
    topic = questions.find_topic(connection, task_filter.topic)
    topics = dict(connection.execute("SELECT topic, name FROM mart.topics").fetchall())
    period = task_filter.due_from is not None or task_filter.due_until is not None
    parameters = {
        "topic": topic,
        "person": task_filter.person,
        "first": (task_filter.due_from or date.min) if period else None,
        "last": task_filter.due_until or date.max,
    }
    is_any_found = False
    for start in range(0, len(notice_ids), NOTICES_PER_BATCH):
        batch = list(notice_ids[start : start + NOTICES_PER_BATCH])
        rows = connection.execute(_sql(), {**parameters, "notices": batch}).fetchall()
        tasks = tuple(task for task in map(_task, rows) if _has_party(task, task_filter.party))
        if tasks:
            is_any_found = True
            yield Selection(_notices(connection, batch), tasks, topics)
    if not is_any_found:
        raise QueryError(
            "没有符合条件的任务。请放宽条件（--notice、--party、--person、--topic、--from、--until）后再试。"
        )


def _has_party(task: Task, name_part: str | None) -> bool:
    return name_part is None or any(name_part in party.party for party in task.parties)


def _notices(connection: duckdb.DuckDBPyConnection, notice_ids: Sequence[str]) -> tuple[Notice, ...]:
    rows = connection.execute(
        "SELECT l.notice_id, l.label, l.title, l.unit, l.year, l.source_path, "
        "china_time(f.ingested_at)::DATE "
        "FROM mart.notice_labels AS l JOIN core.notices AS n USING (notice_id) "
        "LEFT JOIN core.files AS f USING (file_id) "
        "WHERE l.notice_id IN (SELECT unnest($ids)) ORDER BY list_position($ids, l.notice_id)",
        {"ids": list(notice_ids)},
    ).fetchall()
    return tuple(Notice(*row) for row in rows)


_READ_FIELDS: Final = tuple(field.name for field in fields(Task) if field.default is MISSING)
"""Fields that the query of tasks returns, in its order."""


def _task(row: Sequence[Any]) -> Task:
    values = dict(zip(_READ_FIELDS, row, strict=True))
    for name, make in (("evidence", Material), ("deadlines", Deadline), ("parties", Party), ("progress", Progress)):
        values[name] = tuple(make(**fields) for fields in values[name] or ())
    for name in ("indicator_names", "methods", "due_days", "persons"):
        values[name] = tuple(values[name] or ())
    return Task(**values)
