"""From selected tasks to task lists: one per notice and party, its rows as the texts, numbers and days of the cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise

from schemas.core_tasks import EVIDENCE_KINDS
from schemas.ops import PROGRESS_STATUSES
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
    columns,
)
from warehouse.export.row_keys import RowKey, fill_digest, row_digest
from warehouse.export.task_query import Material, Notice, Progress, Selection, Task
from warehouse.formatting import format_value
from warehouse.xlsx import to_cell_value

Value = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: the task, header -> value of its cells, and its key."""

    task: Task
    cells: dict[str, Value]
    key: RowKey


@dataclass(frozen=True, slots=True)
class TaskList:
    """The tasks of one notice for one party, or of the `whole` notice; `merges` are runs of rows with one score.

    `party` is None in a list of the whole notice, and in the list of the tasks that name no party. A merge is (first
    row, last row), 0-based and inclusive. `topics` is code -> Chinese name.
    """

    notice: Notice
    party: str | None
    whole: bool
    rows: tuple[Row, ...]
    merges: tuple[tuple[int, int], ...]
    persons: bool
    topics: dict[str, str]

    @property
    def title(self) -> str:
        """What stands above the table."""
        return f"{self.notice.label}任务清单"

    @property
    def unit(self) -> str:
        """Whose list it is."""
        return self.party or ("全部责任单位" if self.whole else "未写明责任单位")


def task_lists(
    selection: Selection, *, by_party: bool = True, part: str | None = None, persons: bool = True
) -> Iterator[TaskList]:
    """The lists of a selection: per notice and, unless `by_party` is False, per party.

    `part` keeps the parties whose name holds it. Tasks that name no party are a list of their own. Without `persons`
    no name of a person appears.
    """
    notices = {one.notice_id: one for one in selection.notices}
    for notice_id, tasks in groupby(selection.tasks, key=lambda task: task.notice_id):
        every = list(tasks)
        if not by_party:
            yield _listed(TaskList(notices[notice_id], None, True, (), (), persons, selection.topics), every)
            continue
        for party, mine in _divided(every, part):
            yield _listed(TaskList(notices[notice_id], party, False, (), (), persons, selection.topics), mine)


def only(one: TaskList, task_ids: Collection[str]) -> TaskList:
    """The list with these tasks alone, numbered anew."""
    return _listed(one, [row.task for row in one.rows if row.task.task_id in task_ids])


def _divided(tasks: Sequence[Task], part: str | None) -> list[tuple[str | None, list[Task]]]:
    """(party, its tasks) in the order in which the parties are first named."""
    found: dict[str | None, list[Task]] = defaultdict(list)
    for task in tasks:
        names: list[str | None] = list(dict.fromkeys(one.party for one in task.parties)) or [None]
        for name in names:
            if part is None or (name is not None and part in name):
                found[name].append(task)
    return list(found.items())


def _listed(empty: TaskList, tasks: Sequence[Task]) -> TaskList:
    """The list with its rows."""
    shared = [_shares(before, after) for before, after in pairwise(tasks)]
    runs: list[tuple[int, int]] = []
    for index, together in enumerate(shared):
        if together and runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        elif together:
            runs.append((index, index + 1))
    inside = {row for first, last in runs for row in range(first + 1, last + 1)}
    headers = [column.header for column in columns(persons=empty.persons)]
    rows = []
    for index, task in enumerate(tasks):
        score = None if index in inside else task.score
        cells = _cells(empty, task) | {SERIAL: index + 1, POINTS: score}
        cells = {header: cells[header] for header in headers}
        rows.append(Row(task, cells, _key(task, empty.party, cells)))
    return replace(empty, rows=tuple(rows), merges=tuple(runs))


def _shares(before: Task, after: Task) -> bool:
    """True where both rows stand in one score cell."""
    same = before.table_id == after.table_id and before.score_cell == after.score_cell
    return same and before.points_rows == after.points_rows > 1


def _cells(one: TaskList, task: Task) -> dict[str, Value]:
    """The cells of a row but for those that depend on its place."""
    # In a list of the whole notice, a task stands as its first lead has it.
    party = next((each.party for each in task.parties if each.role == "lead"), None) if one.whole else one.party
    mine = next((each for each in task.progress if each.party == party), None)
    starts = [each.starts_on for each in task.deadlines if each.starts_on]
    ends = [*task.due_days, *(each.ends_on for each in task.deadlines if each.ends_on)]
    return {
        "指标编号": task.code,
        "一级指标": task.names[0] if task.names else None,
        "二级指标": " / ".join(task.names[1:]) or None,
        "任务要求": f"{task.label or ''}{task.requirement or ''}" or "（原文无法辨认，请按出处查看原件）",
        "牵头科室": "、".join(task.named("lead")) or None,
        "配合科室": "、".join(task.named("support")) or None,
        LEADER: task.leader,
        PERSONS: "、".join(task.persons) or None,
        "完成时限": task.deadline or "；".join(dict.fromkeys(each.raw for each in task.deadlines)) or None,
        STARTS: min(starts, default=None),
        ENDS: max(ends, default=None),
        "材料要求": materials(task),
        "测评方法": "、".join(task.methods) or None,
        "备注": _remark(one.notice, task),
        **_filled(mine),
    }


def _filled(mine: Progress | None) -> dict[str, Value]:
    if mine is None:
        return dict.fromkeys(FILL_IN)
    return {STATUS: PROGRESS_STATUSES[mine.status], DONE_ON: mine.done_on, ON_HAND: mine.on_hand, NOTE: mine.note}


def _key(task: Task, party: str | None, cells: dict[str, Value]) -> RowKey:
    texts = {header: "" if value is None else format_value(to_cell_value(value)[0]) for header, value in cells.items()}
    return RowKey(task.task_id, task.wording, row_digest(texts), fill_digest(texts), party)


def materials(task: Task) -> str | None:
    """What has to be handed in, a line each: kind and least number, and the words of the notice."""
    if not task.evidence:
        return task.evidence_text
    lines = []
    for choice, items in groupby(task.evidence, key=lambda one: one.choice):
        said = [_material(one) for one in items]
        lines += [f"任选其一：{'；'.join(said)}"] if choice and len(said) > 1 else said
    return "\n".join(lines)


def _material(one: Material) -> str:
    kind = EVIDENCE_KINDS[one.kind]
    least = f"至少{one.min_count}{one.unit or '件'}" if one.min_count else ""
    words = f"不少于{one.min_words}字" if one.min_words else ""
    amount = "，".join(filter(None, (least, words)))
    return f"{kind}{amount}（{one.raw}）" if one.raw != kind else f"{kind}{amount}"


def _remark(notice: Notice, task: Task) -> str:
    parts = [
        f"评价标准：{task.criteria}" if task.criteria else "",
        f"评分标准：{task.scoring}" if task.scoring else "",
        f"原文备注：{task.remark}" if task.remark else "",
        f"共 {task.points_rows} 条任务合用一个分值" if task.points_rows > 1 else "",
        "加分项" if task.bonus else "",
        f"出处：{notice.source_path} {task.locator}",
    ]
    return "\n".join(filter(None, parts))
