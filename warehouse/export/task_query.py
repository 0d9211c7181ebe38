"""Which tasks are asked for, and what the warehouse knows of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse import questions
from warehouse.errors import QueryError
from warehouse.store import connect

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(9999, 12, 31)
AT_ONCE: Final = 200
"""Notices whose tasks are held together."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to take; None or empty means all. `notices` are parts of names, as in `wenming ask --notice`."""

    notices: tuple[str, ...] = ()
    party: str | None = None
    """A part of the name of a party."""
    person: str | None = None
    topic: str | None = None
    first: date | None = None
    last: date | None = None
    """The period, both days included, in which one of the days on which a task falls due must lie."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice that a task stands in."""

    notice_id: str
    label: str
    title: str | None
    unit: str | None
    year: int | None
    source_path: str


@dataclass(frozen=True, slots=True)
class Party:
    """A party of a task; `role` is lead or support, `scope` the part that it answers for (①)."""

    party: str
    role: str
    scope: str | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline, as `core.task_deadlines` declares it."""

    kind: str
    starts_on: date | None
    ends_on: date | None
    recurrence: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class Material:
    """One material asked for, as `core.task_evidence` declares it."""

    kind: str
    min_count: int | None
    unit: str | None
    min_words: int | None
    raw: str
    choice: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What was last reported by `party` (None: by nobody in particular)."""

    party: str | None
    status: str
    done_on: date | None
    on_hand: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """One task with all that a list shows.

    `score` is the whole of a score cell, also on the rows that only share it; `score_cell` numbers these cells.
    """

    task_id: str
    notice_id: str
    table_id: str | None
    code: str | None
    names: tuple[str, ...]
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

    def named(self, role: str) -> list[str]:
        """The parties of one role, with the part that each answers for."""
        return [f"{one.scope or ''}{one.party}" for one in self.parties if one.role == role]


@dataclass(frozen=True, slots=True)
class Selection:
    """The tasks that fit, in the order of their notices, and these notices; `topics` is code -> Chinese name."""

    notices: tuple[Notice, ...]
    tasks: tuple[Task, ...]
    topics: dict[str, str]


@cache
def _sql() -> str:
    return (resources.files("warehouse") / "export" / "tasks.sql").read_text("utf-8")


def select(warehouse: Path, wanted: Wanted) -> Selection:
    """The tasks that fit `wanted`, all at once; without notices, those of every current one.

    Raises QueryError for a part of a name that fits nothing, or where no task fits; the errors of
    `warehouse.store.connect`.
    """
    parts = list(batches(warehouse, wanted))
    notices = tuple(notice for part in parts for notice in part.notices)
    return Selection(notices, tuple(task for part in parts for task in part.tasks), parts[0].topics)


def batches(warehouse: Path, wanted: Wanted) -> Iterator[Selection]:
    """The same, `AT_ONCE` notices at a time, so that the tasks of a whole country need not be held together."""
    with contextlib.closing(connect(warehouse)) as connection:
        yield from read(connection, questions.find_notices(connection, wanted.notices), wanted)


def read(connection: duckdb.DuckDBPyConnection, notice_ids: Sequence[str], wanted: Wanted) -> Iterator[Selection]:
    """`batches` of these notices, on a connection that is open already."""
    topic = questions.find_topic(connection, wanted.topic)
    topics = dict(connection.execute("SELECT topic, name FROM mart.topics").fetchall())
    period = wanted.first is not None or wanted.last is not None
    parameters = {
        "topic": topic,
        "person": wanted.person,
        "first": (wanted.first or FIRST_DAY) if period else None,
        "last": wanted.last or LAST_DAY,
    }
    found = False
    for start in range(0, len(notice_ids), AT_ONCE):
        chunk = list(notice_ids[start : start + AT_ONCE])
        rows = connection.execute(_sql(), {**parameters, "notices": chunk}).fetchall()
        tasks = tuple(task for task in map(_task, rows) if _fits(task, wanted.party))
        if tasks:
            found = True
            yield Selection(_notices(connection, chunk), tasks, topics)
    if not found:
        raise QueryError(
            "没有符合条件的任务。请放宽条件（--notice、--party、--person、--topic、--from、--until）后再试。"
        )


def _fits(task: Task, part: str | None) -> bool:
    return part is None or any(part in one.party for one in task.parties)


def _notices(connection: duckdb.DuckDBPyConnection, notice_ids: Sequence[str]) -> tuple[Notice, ...]:
    rows = connection.execute(
        "SELECT notice_id, label, title, unit, year, source_path FROM mart.notice_labels "
        "WHERE notice_id IN (SELECT unnest($ids)) ORDER BY list_position($ids, notice_id)",
        {"ids": list(notice_ids)},
    ).fetchall()
    return tuple(Notice(*row) for row in rows)


def _task(row: Sequence[Any]) -> Task:
    values = dict(zip(Task.__dataclass_fields__, row, strict=True))
    for name, made in (("evidence", Material), ("deadlines", Deadline), ("parties", Party), ("progress", Progress)):
        values[name] = tuple(made(**one) for one in values[name] or ())
    for name in ("names", "methods", "due_days", "persons"):
        values[name] = tuple(values[name] or ())
    return Task(**values)
