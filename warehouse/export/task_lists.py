"""Turn selected tasks into task lists: one per notice and party, with the cell values of each row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from schemas.core_tasks import EVIDENCE_KINDS
from schemas.ops import PROGRESS_STATUSES
from warehouse.doubtful_tables import SEE_ORIGINAL, describe_doubtful
from warehouse.export.columns import (
    DONE_ON,
    ENDS,
    FILL_IN,
    LEADER,
    NOTE,
    ON_HAND,
    PERSONS,
    POINTS,
    SERIAL,
    STARTS,
    STATUS,
    RowKey,
    digest_fill_in,
    digest_row,
    select_columns,
)
from warehouse.export.task_query import Material, Notice, Progress, Selection, Task
from warehouse.formatting import format_value
from warehouse.xlsx import to_cell_value

DOUBTFUL_TASK: Final = "所在表格的版式存疑，请对照印发件"
CellValue = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Row of a list: the task, its cells (header -> value) and its key."""

    task: Task
    cells: dict[str, CellValue]
    key: RowKey


@dataclass(frozen=True, slots=True)
class TaskList:
    """Tasks of one notice, for one party or for all.

    Attributes:
        notice: The notice.
        party: The party; None for a list of the whole notice or of the tasks without a party.
        is_whole: Whether the list holds all tasks of the notice.
        rows: The rows.
        merges: Runs of rows that share a score cell, as (first row, last row), 0-based and inclusive.
        shows_persons: Whether the columns with names of persons are included.
        topics: Topic code -> Chinese name.
    """

    notice: Notice
    party: str | None
    is_whole: bool
    rows: tuple[TaskRow, ...]
    merges: tuple[tuple[int, int], ...]
    shows_persons: bool
    topics: dict[str, str]

    @property
    def title(self) -> str:
        """Title of the list."""
        return f"{self.notice.label}任务清单"

    @property
    def unit(self) -> str:
        """Party the list is for, in Chinese."""
        return self.party or ("全部责任单位" if self.is_whole else "未写明责任单位")

    @property
    def caveat(self) -> str | None:
        """What is doubtful about the tables of its tasks (Chinese), None if nothing is."""
        return describe_doubtful(len({row.task.table_id for row in self.rows if row.task.is_doubtful}), 0, SEE_ORIGINAL)


def build_task_lists(
    selection: Selection, *, by_party: bool = True, part: str | None = None, persons: bool = True
) -> Iterator[TaskList]:
    """Yield the lists of a selection. Tasks without a party form a list of their own.

    Args:
        selection: The selected tasks.
        by_party: Whether to make one list per party instead of one per notice.
        part: Part of a party name; other parties are left out.
        persons: Whether to include names of persons.
    """
    notices = {notice.notice_id: notice for notice in selection.notices}
    for notice_id, tasks in groupby(selection.tasks, key=lambda task: task.notice_id):
        notice_tasks = list(tasks)
        if not by_party:
            yield _with_rows(TaskList(notices[notice_id], None, True, (), (), persons, selection.topics), notice_tasks)
            continue
        for party, party_tasks in _group_by_party(notice_tasks, part):
            yield _with_rows(TaskList(notices[notice_id], party, False, (), (), persons, selection.topics), party_tasks)


def make_list(
    notice: Notice, party: str, tasks: Sequence[tuple[Task, str]], *, persons: bool, topics: dict[str, str]
) -> TaskList:
    """Return the list of a party with these tasks, each with the name under which the party reports on it."""
    made = _with_rows(TaskList(notice, party, False, (), (), persons, topics), [task for task, _ in tasks])
    named = zip(made.rows, tasks, strict=True)
    return replace(made, rows=tuple(replace(row, key=replace(row.key, party=name)) for row, (_, name) in named))


def keep_tasks(task_list: TaskList, task_ids: Collection[str]) -> TaskList:
    """Return the list reduced to these tasks, renumbered."""
    return _with_rows(task_list, [row.task for row in task_list.rows if row.task.task_id in task_ids])


def describe_evidence(task: Task) -> str | None:
    """Return the required materials, one per line: kind, minimum number and the original wording."""
    if not task.evidence:
        return task.evidence_text
    lines = []
    for choice, items in groupby(task.evidence, key=lambda material: material.choice):
        texts = [_describe_material(material) for material in items]
        lines += [f"任选其一：{'；'.join(texts)}"] if choice and len(texts) > 1 else texts
    return "\n".join(lines)


def _group_by_party(tasks: Sequence[Task], part: str | None) -> list[tuple[str | None, list[Task]]]:
    """Return (party, its tasks) in the order in which the parties first occur."""
    tasks_by_party: dict[str | None, list[Task]] = defaultdict(list)
    for task in tasks:
        names: list[str | None] = list(dict.fromkeys(party.party for party in task.parties)) or [None]
        for name in names:
            if part is None or (name is not None and part in name):
                tasks_by_party[name].append(task)
    return list(tasks_by_party.items())


def _with_rows(empty: TaskList, tasks: Sequence[Task]) -> TaskList:
    """Return the list `empty` with the rows and merges of `tasks`."""
    shared = [_share_score_cell(before, after) for before, after in pairwise(tasks)]
    runs: list[tuple[int, int]] = []
    for index, is_shared in enumerate(shared):
        if is_shared and runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        elif is_shared:
            runs.append((index, index + 1))
    inside = {row for first, last in runs for row in range(first + 1, last + 1)}
    headers = [column.header for column in select_columns(persons=empty.shows_persons)]
    rows = []
    for index, task in enumerate(tasks):
        score = None if index in inside else task.score
        cells = _row_cells(empty, task) | {SERIAL: index + 1, POINTS: score}
        cells = {header: cells[header] for header in headers}
        rows.append(TaskRow(task, cells, _row_key(task, empty.party, cells)))
    return replace(empty, rows=tuple(rows), merges=tuple(runs))


def _share_score_cell(before: Task, after: Task) -> bool:
    """Return True if both rows share one score cell."""
    same = before.table_id == after.table_id and before.score_cell == after.score_cell
    return same and before.points_rows == after.points_rows > 1


def _row_cells(task_list: TaskList, task: Task) -> dict[str, CellValue]:
    """Return the cells of a row, except those that depend on its position."""
    # A list of the whole notice shows the progress reported by the first lead.
    party = (
        next((item.party for item in task.parties if item.role == "lead"), None)
        if task_list.is_whole
        else task_list.party
    )
    progress = next((item for item in task.progress if item.party == party), None)
    starts = [item.starts_on for item in task.deadlines if item.starts_on]
    ends = [*task.due_days, *(item.ends_on for item in task.deadlines if item.ends_on)]
    return {
        "指标编号": task.code,
        "一级指标": task.indicator_names[0] if task.indicator_names else None,
        "二级指标": " / ".join(task.indicator_names[1:]) or None,
        "任务要求": f"{task.label or ''}{task.requirement or ''}" or "（原文无法辨认，请按出处查看原件）",
        "牵头科室": "、".join(task.party_names("lead")) or None,
        "配合科室": "、".join(task.party_names("support")) or None,
        LEADER: task.leader,
        PERSONS: "、".join(task.persons) or None,
        "完成时限": task.deadline or "；".join(dict.fromkeys(item.raw for item in task.deadlines)) or None,
        STARTS: min(starts, default=None),
        ENDS: max(ends, default=None),
        "材料要求": describe_evidence(task),
        "测评方法": "、".join(task.methods) or None,
        "备注": _remark(task_list.notice, task),
        **_fill_in_cells(progress),
    }


def _fill_in_cells(progress: Progress | None) -> dict[str, CellValue]:
    if progress is None:
        return dict.fromkeys(FILL_IN)
    return {
        STATUS: PROGRESS_STATUSES[progress.status],
        DONE_ON: progress.done_on,
        ON_HAND: progress.on_hand,
        NOTE: progress.note,
    }


def _row_key(task: Task, party: str | None, cells: dict[str, CellValue]) -> RowKey:
    texts = {header: "" if value is None else format_value(to_cell_value(value)[0]) for header, value in cells.items()}
    return RowKey(task.task_id, task.wording, digest_row(texts), digest_fill_in(texts), party)


def _describe_material(material: Material) -> str:
    kind = EVIDENCE_KINDS[material.kind]
    min_count = f"至少{material.min_count}{material.unit or '件'}" if material.min_count else ""
    min_words = f"不少于{material.min_words}字" if material.min_words else ""
    amount = "，".join(filter(None, (min_count, min_words)))
    return f"{kind}{amount}（{material.raw}）" if material.raw != kind else f"{kind}{amount}"


def _remark(notice: Notice, task: Task) -> str:
    parts = [
        f"评价标准：{task.criteria}" if task.criteria else "",
        f"评分标准：{task.scoring}" if task.scoring else "",
        f"原文备注：{task.remark}" if task.remark else "",
        f"共 {task.points_rows} 条任务合用一个分值" if task.points_rows > 1 else "",
        "加分项" if task.bonus else "",
        DOUBTFUL_TASK if task.is_doubtful else "",
        f"疑似相同，请核对：{task.look_alikes}" if task.look_alikes else "",
        f"出处：{' '.join(filter(None, (notice.source_path, task.locator)))}",
    ]
    return "\n".join(filter(None, parts))
