"""Who is reminded of what, as of today; and the month's lists in a folder."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from openpyxl import load_workbook

from tests.warehouse.progress_frames import Duty, Report, frames, notice_rows, reports
from warehouse import store
from warehouse.clock import today
from warehouse.errors import ExportError, QueryError
from warehouse.export.reminders import (
    MAX_DAYS_OVERDUE,
    DueTask,
    Reminder,
    find_reminders,
    format_message,
    write_reminders,
)
from warehouse.export.task_lists import TaskList
from warehouse.export.xlsx import FIRST_ROW

TODAY = today()
BOTH = (("甲科", "lead"), ("乙科", "support"))
RESPONSIBILITIES = (
    Duty("上月就该报送的总结", days=(TODAY - timedelta(20),)),
    Duty("十天后到期的活动", BOTH, (TODAY + timedelta(10),)),
    Duty("四十天后到期的活动", days=(TODAY + timedelta(40),)),
    Duty("已经办完的事", days=(TODAY - timedelta(5),)),
    Duty("今天到期的事", (("丙科", "lead"),), (TODAY,)),
    Duty("一年多以前的事", (("丙科", "lead"),), (TODAY - timedelta(MAX_DAYS_OVERDUE + 1),)),
    Duty("每季度一次，上季度没有报", (("丁科", "lead"),), (TODAY - timedelta(30), TODAY + timedelta(60))),
)
MESSAGES = (Report("notice-1-k4", "甲科", "done"),)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    created = notice_rows(1, RESPONSIBILITIES)
    path = tmp_path_factory.mktemp("remind") / "w.duckdb"
    store.publish(path, add=frames(created), replace=reports(MESSAGES, created))
    return path


def days(warehouse: Path, within: int) -> dict[str | None, dict[str, int]]:
    """Party -> task -> days overdue."""
    return {
        item.task_list.party: {task.rpartition("-")[2]: due.days_overdue for task, due in item.due.items()}
        for item in find_reminders(warehouse, within=within)
    }


def test_open_tasks_are_reminded_of_and_no_others(warehouse: Path) -> None:
    assert days(warehouse, 30) == {
        "甲科": {"k1": 20, "k2": -10},
        "乙科": {"k2": -10},
        "丙科": {"k6": MAX_DAYS_OVERDUE + 1, "k5": 0},
        "丁科": {"k7": 30},
    }
    assert days(warehouse, 45)["甲科"] == {"k1": 20, "k2": -10, "k3": -40}
    assert days(warehouse, 0) == {"甲科": {"k1": 20}, "丙科": {"k6": 366, "k5": 0}, "丁科": {"k7": 30}}
    (only_one,) = find_reminders(warehouse, within=30, part="乙")
    assert only_one.task_list.party == "乙科"
    with pytest.raises(QueryError, match="没有通知含有"):
        find_reminders(warehouse, within=30, notices=("没有这份",))


def test_the_message_names_duty_day_and_delay(warehouse: Path) -> None:
    first = next(item for item in find_reminders(warehouse, within=30) if item.task_list.party == "甲科")
    assert first.overdue == 1
    lines = format_message(first).splitlines()
    assert lines[0] == "【任务提醒】甲科"
    assert lines[2].startswith("1. ")
    assert "上月就该报送的总结" in lines[2]
    assert f"{(TODAY - timedelta(20)).isoformat()}，已逾期 20 天" in lines[2]
    assert "还有 10 天" in lines[3]
    (today,) = (item for item in find_reminders(warehouse, within=30) if item.task_list.party == "丙科")
    assert "今天到期" in format_message(today)


@pytest.mark.parametrize(
    ("days", "said"), [(-2, "还有 2 天"), (-1, "还有 1 天"), (0, "今天到期"), (1, "已逾期 1 天"), (2, "已逾期 2 天")]
)
@pytest.mark.parametrize(("length", "mark"), [(59, ""), (60, ""), (61, "…")])
def test_a_long_task_is_cut_and_its_day_told(days: int, said: str, length: int, mark: str) -> None:
    row = SimpleNamespace(task=SimpleNamespace(task_id="k1"), cells={"任务要求": "任" * length})
    notice = SimpleNamespace(label="甲市2026")
    listed = cast(TaskList, SimpleNamespace(rows=[row], unit="甲科", notice=notice, caveat=""))
    reminder = Reminder(listed, {"k1": DueTask(date(2026, 3, 31), days)})
    assert reminder.overdue == int(days > 0)
    assert format_message(reminder) == (
        "【任务提醒】甲科\n《甲市2026》有 1 条任务需要办理：\n"
        f"1. {'任' * min(length, 60)}{mark}（2026-03-31，{said}）\n"
        "请办理后在清单中填写状态、完成日期和已备材料，交回清单。\n"
    )


def test_a_list_to_fill_in_lies_beside_each_message(warehouse: Path, tmp_path: Path) -> None:
    written = list(write_reminders(find_reminders(warehouse, within=30), tmp_path, overwrite=False))
    assert sorted(path.name for path in written) == sorted(
        f"{party}-提醒{suffix}" for party in ("甲科", "乙科", "丙科", "丁科") for suffix in (".xlsx", ".txt")
    )
    sheet = load_workbook(next(path for path in written if path.name == "甲科-提醒.xlsx")).worksheets[0]
    assert [sheet.cell(row, 1).value for row in range(FIRST_ROW, sheet.max_row + 1)] == [1, 2]
    (tmp_path / "文件").write_text("", "utf-8")
    with pytest.raises(ExportError):
        list(write_reminders(find_reminders(warehouse, within=30), tmp_path / "文件", overwrite=False))
