"""Reminders: overdue and soon due tasks of each party, as a text message and a list to fill in."""

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
from warehouse.export import ExportFormat
from warehouse.export.task_lists import TaskList, build_task_lists, keep_tasks
from warehouse.export.task_query import TaskFilter, read_selections
from warehouse.export.write_files import WriteOptions, write_single_file
from warehouse.filenames import file_name
from warehouse.store import connect

MAX_DAYS_OVERDUE: Final = 365
"""Tasks that are overdue for longer than this are not reminded of."""
MAX_TASK_LENGTH: Final = 60
"""Maximum characters of a task in a message."""


@dataclass(frozen=True, slots=True)
class DueTask:
    """Due day of a task; `days_overdue` is 0 or negative if the day has not passed."""

    due_on: date
    days_overdue: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """Reminder to one party; `due` is task_id -> due day, ordered by day."""

    task_list: TaskList
    due: dict[str, DueTask]

    @property
    def overdue(self) -> int:
        """Number of overdue tasks."""
        return sum(1 for task in self.due.values() if task.days_overdue > 0)


def find_reminders(
    warehouse: Path, *, within: int, notices: Sequence[str] = (), part: str | None = None, persons: bool = True
) -> list[Reminder]:
    """Return one reminder per notice and party with tasks that are overdue or due within `within` days from today.

    Args:
        warehouse: Published warehouse file.
        within: Days to look ahead.
        notices: Parts of notice names; all current notices if empty.
        part: Part of a party name.
        persons: Whether the lists show names of persons.

    Raises:
        QueryError: A part of a name matches nothing.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    due: dict[tuple[str, str | None], dict[str, DueTask]] = {}
    reminders: list[Reminder] = []
    with contextlib.closing(connect(warehouse)) as connection:
        ids = questions.find_notices(connection, notices)
        sql = (resources.files("warehouse") / "export" / "reminders.sql").read_text("utf-8")
        parameters = {"within": within, "max_days_overdue": MAX_DAYS_OVERDUE, "notices": ids}
        for task_id, party, due_on, days, notice_id in connection.execute(sql, parameters).fetchall():
            due.setdefault((notice_id, party), {})[task_id] = DueTask(due_on, days)
        notice_ids_due = {notice_id for notice_id, _ in due}
        due_ids = [notice_id for notice_id in ids if notice_id in notice_ids_due]
        for selection in read_selections(connection, due_ids, TaskFilter()) if due else ():
            for task_list in build_task_lists(selection, part=part, persons=persons):
                if own_due := due.get((task_list.notice.notice_id, task_list.party)):
                    reminders.append(Reminder(keep_tasks(task_list, own_due), own_due))
    return reminders


def format_message(reminder: Reminder) -> str:
    """Return the reminder as plain text, overdue tasks first."""
    task_list = reminder.task_list
    rows = {row.task.task_id: row for row in task_list.rows}
    lines = [f"【任务提醒】{task_list.unit}", f"《{task_list.notice.label}》有 {len(reminder.due)} 条任务需要办理："]
    for task_id, due in reminder.due.items():
        row = rows[task_id]
        text = " ".join(str(row.cells["任务要求"]).split())
        due_text = f"已逾期 {due.days_overdue} 天" if due.days_overdue > 0 else _format_remaining(-due.days_overdue)
        shortened = f"{text[:MAX_TASK_LENGTH]}…" if len(text) > MAX_TASK_LENGTH else text
        lines.append(f"{len(lines) - 1}. {shortened}（{due.due_on.isoformat()}，{due_text}）")
    if task_list.caveat:
        lines.append(f"{task_list.caveat}。")
    lines.append("请办理后在清单中填写状态、完成日期和已备材料，交回清单。")
    return "\n".join(lines) + "\n"


def _format_remaining(days: int) -> str:
    return f"还有 {days} 天" if days else "今天到期"


def write_reminders(reminders: Sequence[Reminder], folder: Path, *, overwrite: bool) -> Iterator[Path]:
    """Write a message (txt) and a list to fill in (xlsx) per reminder to `folder/<notice>` and yield the paths.

    Raises:
        ExportError: A file cannot be written, or exists with other content and `overwrite` is false.
    """
    taken_names: dict[str, set[str]] = {}
    folders: dict[str, Path] = {}
    for reminder in reminders:
        notice = reminder.task_list.notice
        if notice.notice_id not in folders:
            folders[notice.notice_id] = folder / file_name(notice.label, "", taken_names.setdefault("", set()))
        names = taken_names.setdefault(notice.notice_id, set())
        target = folders[notice.notice_id] / file_name(f"{reminder.task_list.unit}-提醒", ".xlsx", names)
        yield write_single_file([reminder.task_list], target, WriteOptions(ExportFormat.XLSX, overwrite))
        try:
            target.with_suffix(".txt").write_text(format_message(reminder), "utf-8")
        except OSError as error:
            raise ExportError(
                f"无法写入 {target.with_suffix('.txt')}（{error.strerror}）。请检查权限和磁盘空间。"
            ) from error
        yield target.with_suffix(".txt")
