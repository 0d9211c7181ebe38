"""Reminders: overdue and soon due tasks of each party, as a text message and a list to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final

from warehouse import questions
from warehouse.clock import today
from warehouse.errors import ExportError
from warehouse.export import ExportFormat
from warehouse.export.task_lists import TaskList, build_task_lists, keep_tasks
from warehouse.export.task_query import TaskFilter, read_selections
from warehouse.export.write_files import WriteOptions, write_single_file
from warehouse.filenames import file_name
from warehouse.own_duties import SEE_OPTION, read_scopes
from warehouse.store import reading

MAX_DAYS_OVERDUE: Final = 365
"""In notices that nobody has assigned, what is overdue for longer than this is not reminded of."""
_LONG_OVERDUE_SQL: Final = """
SELECT count(*) FROM (
    SELECT d.task_id, d.party
    FROM mart.open_days AS d JOIN core.notices AS n USING (notice_id)
    JOIN mart.duty_scope AS w ON w.notice_id = d.notice_id AND w.party IS NOT DISTINCT FROM d.party
    WHERE n.is_current AND w.scope IS NULL AND d.notice_id IN (SELECT unnest($notices))
        AND ($part IS NULL OR contains(d.party, $part))
        AND d.due_on < current_date - $max_days_overdue::INTEGER
    GROUP BY d.task_id, d.party
)
"""
"""Number of tasks by party that are not reminded of because they are overdue for too long."""
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
    warehouse: Path,
    *,
    within: int,
    notices: Sequence[str] = (),
    part: str | None = None,
    persons: bool = True,
    everything: bool = False,
) -> list[Reminder]:
    """Return one reminder per notice and party with tasks that are overdue or due within `within` days from today.

    Only duties that count as ours now (`mart.duty_scope`), unless `everything` is asked for.

    Args:
        warehouse: Published warehouse file.
        within: Days to look ahead.
        notices: Parts of notice names; all current notices if empty.
        part: Part of a party name.
        persons: Whether the lists show names of persons.
        everything: Whether to include reference notices, closed cycles and duties of others.

    Raises:
        QueryError: A part of a name matches nothing.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    due: dict[tuple[str, str | None], dict[str, DueTask]] = {}
    reminders: list[Reminder] = []
    with reading(warehouse) as connection:
        ids = questions.find_notices(connection, notices)
        sql = (resources.files("warehouse") / "export" / "reminders.sql").read_text("utf-8")
        parameters = {
            "within": within,
            "max_days_overdue": MAX_DAYS_OVERDUE,
            "notices": ids,
            "everything": everything,
        }
        for task_id, party, due_on, days, notice_id in connection.execute(sql, parameters).fetchall():
            due.setdefault((notice_id, party), {})[task_id] = DueTask(due_on, days)
        notice_ids_due = {notice_id for notice_id, _ in due}
        due_ids = [notice_id for notice_id in ids if notice_id in notice_ids_due]
        for selection in read_selections(connection, due_ids, TaskFilter()) if due else ():
            for task_list in build_task_lists(selection, part=part, persons=persons):
                if own_due := due.get((task_list.notice.notice_id, task_list.party)):
                    reminders.append(Reminder(keep_tasks(task_list, own_due), own_due))
    return reminders


def describe_reminded(
    warehouse: Path, *, notices: Sequence[str] = (), part: str | None = None, everything: bool = False
) -> str:
    """Return in Chinese which notices are reminded of, what is left out, and how to ask for it.

    Args:
        warehouse: Published warehouse file.
        notices: Parts of notice names; all current notices if empty.
        part: Part of a party name.
        everything: Whether all was asked for.
    """
    with reading(warehouse) as connection:
        ids = questions.find_notices(connection, notices)
        message = read_scopes(connection).describe(ids, today(), everything=everything)
        parameters = {"notices": ids, "part": part, "max_days_overdue": MAX_DAYS_OVERDUE}
        ((old,),) = connection.execute(_LONG_OVERDUE_SQL, parameters).fetchall()
    if everything or not old:
        return message
    return f"{message}。逾期超过 {MAX_DAYS_OVERDUE} 天的 {old} 条任务没有提醒，{SEE_OPTION}"


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
