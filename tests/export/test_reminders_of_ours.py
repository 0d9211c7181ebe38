"""Reminders of notices that are ours, our superior's, of others, and of nobody yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import schemas
from tests.warehouse.progress_frames import Duty, frames, notice_rows
from warehouse import store
from warehouse.clock import today
from warehouse.export.reminders import MAX_DAYS_OVERDUE, describe_reminded, find_reminders

OPEN = date(2099, 12, 31)
LATE = (Duty("报送本月总结", days=(today() - timedelta(3),)),)
OLD = (Duty("报送前年总结", days=(today() - timedelta(MAX_DAYS_OVERDUE + 1),)),)


@pytest.fixture(autouse=True)
def marts_of_reminders(few_views: Callable[..., None]) -> None:
    few_views("mart.duty_scope", "mart.open_days", "mart.task_progress", "mart.notice_labels")


def make(path: Path, *decided: tuple[int, str]) -> Path:
    """A warehouse of four offices: 1 has a task that is late, 2 and 3 as well, 4 one that is late for more than a year.

    The cycle of 2 is over. `decided` are offices with whose they are.
    """
    made = (
        notice_rows(1, LATE, issuer="甲县审计局", period_end=OPEN),
        notice_rows(2, LATE, issuer="乙县审计局", year=2019, period_end=today() - timedelta(1)),
        notice_rows(3, LATE, issuer="丙县审计局", period_end=OPEN),
        notice_rows(4, OLD, issuer="丁县审计局", period_end=OPEN),
    )
    names = "甲乙丙丁"
    lines = [
        {"line": line, "issuer": f"{names[number - 1]}县审计局", "scope": scope}
        | {"reason": "印发", "who": "张三", "when": "2026-01-01"}
        for line, (number, scope) in enumerate(decided, 2)
    ]
    store.publish(path, add=frames(*made), replace={"ops.ownership": schemas.frame("ops.ownership", lines)})
    return path


def reminded(path: Path, *, everything: bool = False) -> list[str]:
    return sorted(item.task_list.notice.notice_id for item in find_reminders(path, within=30, everything=everything))


def test_only_open_notices_of_ours_are_reminded_of(tmp_path: Path) -> None:
    path = make(tmp_path / "w.duckdb", (1, "ours"), (2, "ours"))
    assert reminded(path) == ["notice-1"]
    assert reminded(path, everything=True) == ["notice-1", "notice-2", "notice-3", "notice-4"]
    said = describe_reminded(path)
    assert "本级通知 1 份" in said
    assert f"没有列入：参考通知 2 份、周期已结束的 1 份（乙县审计局 2019 到 {today() - timedelta(1)}）" in said
    assert "--all" in said
    assert "--all" not in describe_reminded(path, everything=True)


def test_what_is_ours_is_reminded_of_however_long_ago_it_was_due(tmp_path: Path) -> None:
    path = make(tmp_path / "w.duckdb", (4, "ours"))
    assert reminded(path) == ["notice-4"]
    assert str(MAX_DAYS_OVERDUE) not in describe_reminded(path)


def test_nothing_is_left_out_unsaid_where_nobody_decided(tmp_path: Path) -> None:
    path = make(tmp_path / "w.duckdb")
    assert reminded(path) == ["notice-1", "notice-2", "notice-3"]
    said = describe_reminded(path)
    assert "还没有认定哪些通知是本级的" in said
    assert "wenming review --ownership" in said
    assert f"逾期超过 {MAX_DAYS_OVERDUE} 天的 1 条任务没有提醒，要全部列出请加 --all" in said
    assert str(MAX_DAYS_OVERDUE) not in describe_reminded(path, part="乙科")
    assert reminded(path, everything=True) == ["notice-1", "notice-2", "notice-3", "notice-4"]


@pytest.mark.parametrize(("scope", "found"), [("superior", []), ("reference", [])])
def test_a_unit_of_others_is_not_reminded(tmp_path: Path, scope: str, found: list[str]) -> None:
    """甲科 is a unit that the superior names for itself."""
    assert reminded(make(tmp_path / "w.duckdb", (1, scope), (2, "ours"))) == found
