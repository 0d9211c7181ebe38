"""What a unit has to hand in: the materials of its task list with their form, number and days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from extractors.parsers.material_forms import MaterialForm, read_material_form
from schemas.core_tasks import EVIDENCE_KINDS
from warehouse import questions
from warehouse.errors import QueryError
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import Notice, Task, TaskFilter, read_selections
from warehouse.store import reading

FILE_UNITS: Final = frozenset("份张篇幅件套册部段条本期个")
"""Measures that count files; 2次学习记录 may be one file."""
MAX_NAMED: Final = 8
"""Units that a message names."""
_NUMBER_BEFORE = re.compile(r"^\d{1,3}[张份篇幅条个件套册次](?:（[^（）]{0,40}）|\([^()]{0,40}\))?[、，,和及]")
"""The number of the material before, with its bracket, at the head of a name: 3张（JPG格式）、|说明报告."""
_SENTENCE_END = re.compile(r"[。；;\n]")

_MATERIALS: Final = """
SELECT e.task_id, e.kind, e.min_count, e.unit, e.min_words, e.raw, e.choice, e.format, e.is_repeated, n.period_start,
       n.period_end, n.year
FROM core.task_evidence AS e JOIN core.tasks AS t USING (task_id) JOIN core.notices AS n USING (notice_id)
WHERE e.task_id IN (SELECT unnest($tasks)) ORDER BY e.task_id, e.ordinal
"""


@dataclass(frozen=True, slots=True)
class Material:
    """One material of a task.

    Attributes:
        kind: As in `core.task_evidence`.
        raw: Its name as printed.
        min_count: The least number; 1 where none is written.
        unit: The measure of the number.
        is_counted: Whether the number counts files.
        choice: Materials of one task with the same mark are alternatives.
        form: The form its files must have.
        form_text: What the notice says about that form.
    """

    kind: str
    raw: str
    min_count: int
    unit: str
    is_counted: bool
    choice: str | None
    form: MaterialForm
    form_text: str


@dataclass(frozen=True, slots=True)
class TaskDemand:
    """One task of the list with its materials and the days in which its evidence falls.

    Attributes:
        notice: Its notice.
        serial: Its number in the list that `wenming export tasks` writes.
        task: The task.
        materials: The materials that are not listed at an earlier task already.
        is_shared: Whether all its materials are listed at an earlier task.
        first_day: The first day of its evidence; None where the notice has no period.
        last_day: The last one.
    """

    notice: Notice
    serial: int
    task: Task
    materials: tuple[Material, ...]
    is_shared: bool
    first_day: date | None
    last_day: date | None

    @property
    def short_name(self) -> str:
        """A name for files: the beginning of the requirement, or the innermost indicator."""
        text = re.split("[，,。；;：:（(]", self.task.requirement or "", maxsplit=1)[0]
        names = self.task.indicator_names
        return (text or (names[-1] if names else "任务"))[:16]


def read_demands(warehouse: Path, notices: Sequence[str], part: str) -> list[TaskDemand]:
    """Return what the unit has to hand in for these notices, in the order of its lists.

    Args:
        warehouse: The published file.
        notices: Parts of the names of notices; all current ones if empty.
        part: The name of the unit or a part of it that fits one unit of each notice.

    Raises:
        QueryError: Nothing fits, or several units of a notice do.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    demands: list[TaskDemand] = []
    with reading(warehouse) as connection:
        ids = questions.find_notices(connection, notices)
        for selection in read_selections(connection, ids, TaskFilter(party=part)):
            for task_list in _choose_lists(list(build_task_lists(selection, part=part)), part):
                demands += _list_demands(connection, task_list)
    return demands


def _choose_lists(lists: Sequence[TaskList], part: str) -> Iterator[TaskList]:
    """Yield one list of each notice: of the unit with exactly this name, else of the only one that fits."""
    by_notice: dict[str, list[TaskList]] = {}
    for task_list in lists:
        by_notice.setdefault(task_list.notice.notice_id, []).append(task_list)
    for own in by_notice.values():
        exact = [task_list for task_list in own if task_list.party == part]
        if len(exact or own) > 1:
            names = "、".join(task_list.unit for task_list in own[:MAX_NAMED])
            raise QueryError(f"《{own[0].notice.label}》中有几个单位含有“{part}”：{names}。请写全名称")
        yield (exact or own)[0]


def _list_demands(connection: duckdb.DuckDBPyConnection, task_list: TaskList) -> Iterator[TaskDemand]:
    tasks = [row.task for row in task_list.rows]
    rows = connection.execute(_MATERIALS, {"tasks": [task.task_id for task in tasks]}).fetchall()
    for serial, task in enumerate(tasks, start=1):
        own = [row for row in rows if row[0] == task.task_id]
        first, last = _evidence_days(task, own)
        # A cell shared by several tasks is listed at the first of them, which another unit may have.
        listed = [row for row in own if not (row[8] and _is_listed(row, rows, tasks[: serial - 1]))]
        raws = [str(row[5]) for row in own]
        text = f"{task.evidence_text or ''}\n{task.requirement or ''}"
        materials = tuple(_material(row, _own_text(task, str(row[5]), raws), text) for row in listed)
        yield TaskDemand(task_list.notice, serial, task, materials, bool(own and not listed), first, last)


def _is_listed(row: Sequence[object], rows: Sequence[Sequence[object]], earlier: Sequence[Task]) -> bool:
    ids = {task.task_id for task in earlier}
    return any(other[0] in ids and other[5] == row[5] for other in rows)


def _evidence_days(task: Task, rows: Sequence[Sequence[object]]) -> tuple[date | None, date | None]:
    """Return the days of the evidence: those of the task's time limits, else of the year and period of the notice.

    Evidence of the same year that is older than the notice counts, unless the task has a first day of its own.
    """
    period_start, period_end, year = rows[0][9:12] if rows else (None, None, None)
    starts = [item.starts_on for item in task.deadlines if item.starts_on and item.kind == "window"]
    ends = [*task.due_days, *(item.ends_on for item in task.deadlines if item.ends_on)]
    of_year = (date(year, 1, 1), date(year, 12, 31)) if isinstance(year, int) else (None, None)
    firsts = [day for day in (period_start, of_year[0]) if isinstance(day, date)]
    lasts = [day for day in (period_end, of_year[1]) if isinstance(day, date)]
    first = min(starts, default=None) or min(firsts, default=None)
    last = max(ends, default=None) or max(lasts, default=None)
    return (first, last) if first is None or last is None or first <= last else (None, last)


def _own_text(task: Task, raw: str, raws: Sequence[str]) -> str:
    """Return the words of a task about one material: from its name to the next one or the end of the sentence."""
    text = task.evidence_text or task.requirement or ""
    start = _find_name(text, raw, 0)
    if start < 0 or text.count(_plain_name(raw)) > 1:
        # Which of several places is meant cannot be told; a length stated there is known as a fact.
        return _plain_name(raw)
    end_match = _SENTENCE_END.search(text, start + 1)
    ends = [end_match.start() if end_match else len(text)]
    ends += [place for other in raws if other != raw and (place := _find_name(text, other, start + 1)) > 0]
    before = max((mark.end() for mark in _SENTENCE_END.finditer(text, 0, start)), default=0)
    is_first = not any(0 <= _find_name(text, other, before) < start for other in raws)
    return text[before if is_first else start : min(ends)]


def _plain_name(raw: str) -> str:
    """Return the name of a material without the number of the one before it."""
    return _NUMBER_BEFORE.sub("", raw) or raw


def _find_name(text: str, raw: str, start: int) -> int:
    """Return where the name of a material begins in a text; -1 where it does not stand there."""
    name = _plain_name(raw)
    return text.find(name, start) if name == raw or raw in text else -1


def _material(row: Sequence[object], own_text: str, task_text: str) -> Material:
    _, kind, min_count, unit, min_words, raw, choice, rule_text = row[:8]
    name = _plain_name(str(raw)) if raw else EVIDENCE_KINDS[str(kind)]
    form_text = "；".join(filter(None, (own_text if own_text != name else "", str(rule_text or ""))))
    form = read_material_form(f"{name}；{form_text}")
    if form.min_words is None and form.max_words is None and isinstance(min_words, int):
        about = read_material_form(f"{min_words}字左右")
        is_about = f"{min_words}字左右" in task_text
        form = replace(
            form,
            min_words=about.min_words if is_about else min_words,
            max_words=about.max_words if is_about else None,
            is_about=is_about,
        )
    measure = str(unit) if unit else "件"
    return Material(
        kind=str(kind),
        raw=name,
        min_count=min_count if isinstance(min_count, int) else 1,
        unit=measure,
        is_counted=unit is None or measure in FILE_UNITS,
        choice=str(choice) if choice else None,
        form=form,
        form_text=form_text,
    )
