"""Reminders: for each party what is overdue and what falls due soon, as a message to paste and a list to fill in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final

from warehouse import questions
from warehouse.errors import ExportError
from warehouse.export.formats import Form
from warehouse.export.task_lists import TaskList, only, task_lists
from warehouse.export.task_query import Wanted, read
from warehouse.export.write_files import Way, write_one
from warehouse.filenames import file_name
from warehouse.store import connect

LONGEST: Final = 365
"""Days after which a task that was never reported is history, and nobody is reminded of it any more."""
SHOWN: Final = 60
"""Characters of a duty in a message."""


@dataclass(frozen=True, slots=True)
class Due:
    """A task that is due: `days_overdue` is negative or 0 before the day has passed."""

    due_on: date
    days_overdue: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one party is reminded of; `due` is task_id -> its day, in the order of the days."""

    tasks: TaskList
    due: dict[str, Due]

    @property
    def overdue(self) -> int:
        """How many tasks are overdue."""
        return sum(1 for one in self.due.values() if one.days_overdue > 0)


def reminders(
    warehouse: Path, *, within: int, notices: Sequence[str] = (), part: str | None = None, persons: bool = True
) -> list[Reminder]:
    """One reminder per notice and party that has something overdue, or due within `within` days, as of today.

    `notices` are parts of names, `part` one of the name of a party. Empty where nobody is to be reminded. Raises
    QueryError for a part of a name that fits nothing, and the errors of `warehouse.store.connect`.
    """
    due: dict[tuple[str, str | None], dict[str, Due]] = {}
    found: list[Reminder] = []
    with contextlib.closing(connect(warehouse)) as connection:
        ids = questions.find_notices(connection, notices)
        sql = (resources.files("warehouse") / "export" / "reminders.sql").read_text("utf-8")
        parameters = {"within": within, "longest": LONGEST, "notices": ids}
        for task_id, party, due_on, days, notice_id in connection.execute(sql, parameters).fetchall():
            due.setdefault((notice_id, party), {})[task_id] = Due(due_on, days)
        concerned = {notice_id for notice_id, _ in due}
        for batch in read(connection, [one for one in ids if one in concerned], Wanted()) if due else ():
            for one in task_lists(batch, part=part, persons=persons):
                if mine := due.get((one.notice.notice_id, one.party)):
                    found.append(Reminder(only(one, mine), mine))
    return found


def message(reminder: Reminder) -> str:
    """The reminder as plain text, overdue tasks first."""
    one = reminder.tasks
    rows = {row.task.task_id: row for row in one.rows}
    lines = [f"【任务提醒】{one.unit}", f"《{one.notice.label}》有 {len(reminder.due)} 条任务需要办理："]
    for task_id, due in reminder.due.items():
        row = rows[task_id]
        text = " ".join(str(row.cells["任务要求"]).split())
        when = f"已逾期 {due.days_overdue} 天" if due.days_overdue > 0 else _left(-due.days_overdue)
        shortened = f"{text[:SHOWN]}…" if len(text) > SHOWN else text
        lines.append(f"{len(lines) - 1}. {shortened}（{due.due_on.isoformat()}，{when}）")
    lines.append("请办理后在清单中填写状态、完成日期和已备材料，交回清单。")
    return "\n".join(lines) + "\n"


def _left(days: int) -> str:
    return f"还有 {days} 天" if days else "今天到期"


def write_reminders(found: Sequence[Reminder], folder: Path, *, overwrite: bool) -> Iterator[Path]:
    """For each reminder a message (txt) and a list to fill in (xlsx) below `folder/notice`. Raises ExportError."""
    taken: dict[str, set[str]] = {}
    folders: dict[str, Path] = {}
    for one in found:
        notice = one.tasks.notice
        if notice.notice_id not in folders:
            folders[notice.notice_id] = folder / file_name(notice.label, "", taken.setdefault("", set()))
        names = taken.setdefault(notice.notice_id, set())
        target = folders[notice.notice_id] / file_name(f"{one.tasks.unit}-提醒", ".xlsx", names)
        yield write_one([one.tasks], target, Way(Form.XLSX, overwrite))
        try:
            target.with_suffix(".txt").write_text(message(one), "utf-8")
        except OSError as error:
            raise ExportError(
                f"无法写入 {target.with_suffix('.txt')}（{error.strerror}）。请检查权限和磁盘空间。"
            ) from error
        yield target.with_suffix(".txt")
