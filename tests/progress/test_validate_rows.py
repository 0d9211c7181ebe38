"""Which returned rows are taken, and why the others are not: tables of examples without a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from assets.progress_import.parse_workbook import ReturnedRow
from assets.progress_import.validate_rows import (
    KnownTask,
    KnownTasks,
    RowIssue,
    ValidationResult,
    parse_day,
    validate_rows,
)
from schemas.ops import IMPORT_PROBLEMS
from warehouse.export.columns import COLUMNS, RowKey, digest_fill_in, digest_row

TODAY = date(2026, 4, 1)
TASK = "notice-1-k1"
CELLS = {column.header: "" for column in COLUMNS} | {"序号": "1", "任务要求": "报送工作总结", "分值": "2"}


def known(**changes: Any) -> KnownTasks:
    """A warehouse of one current task of 甲科."""
    task: dict[str, Any] = {
        "task_id": TASK,
        "requirement": "报送工作总结",
        "wording": "w1",
        "is_current": True,
        "parties": frozenset({"甲科"}),
        "unchanged_later": None,
    }
    latest = changes.pop("latest", {})
    return KnownTasks({TASK: KnownTask(**(task | changes))}, latest)


def row(
    number: int = 4, *, file: str = "甲科.xlsx", before: dict[str, str] | None = None, **changes: Any
) -> ReturnedRow:
    """A row as it was sent out (`before` are its fill-in cells then) with these cells changed."""
    sent = CELLS | (before or {})
    key = RowKey(TASK, "w1", digest_row(sent), digest_fill_in(sent), "甲科")
    options = {name: changes.pop(name) for name in ("key", "merged", "formulas") if name in changes}
    made: dict[str, Any] = {"key": key, "merged": frozenset[str](), "formulas": frozenset[str]()} | options
    return ReturnedRow(file=file, sha256="ab" * 32, sheet="甲科", row=number, cells=sent | changes, **made)


def only_issue(result: ValidationResult) -> RowIssue:
    assert not result.reports
    (issue,) = result.issues
    assert issue.kind in IMPORT_PROBLEMS
    return issue


def test_a_filled_row_is_taken() -> None:
    result = validate_rows(
        [row(状态="已完成", 完成日期="2026-03-31", 已备材料="总结1份", 说明="已报送")], known(), TODAY
    )
    (report,) = result.reports
    assert report.content == ("done", date(2026, 3, 31), "总结1份", "已报送")
    assert (report.key.task_id, report.key.party, report.requirement) == (TASK, "甲科", "报送工作总结")
    assert not result.issues


def test_rows_that_nobody_touched_say_nothing() -> None:
    before = {"状态": "进行中", "说明": "在办"}
    result = validate_rows([row(), row(before=before), row(before=before, 说明="在办 \n")], known(), TODAY)
    assert (result.untouched, result.reports, result.issues) == (3, [], [])


def test_numbering_and_scores_may_move_but_nothing_else() -> None:
    moved = row(状态="进行中", 序号="17", 分值="")
    assert len(validate_rows([moved], known(), TODAY).reports) == 1
    pasted = row(状态="进行中", 任务要求="开展志愿服务")
    issue = only_issue(validate_rows([pasted], known(), TODAY))
    assert issue.kind == "changed_cell"
    assert "报送工作总结" in issue.message


@pytest.mark.parametrize(
    ("cells", "kind", "messages"),
    [
        ({"状态": "差不多了"}, "status", "差不多了"),
        ({"说明": "已报送"}, "status", "没有选择状态"),
        ({"状态": "已完成", "完成日期": "3月31日"}, "date", "3月31日"),
        ({"状态": "已完成", "完成日期": "2026-02-30"}, "date", "2026-02-30"),
        ({"状态": "已完成", "完成日期": "2026-04-02"}, "contradiction", "还没有到"),
        ({"状态": "进行中", "完成日期": "2026-03-31"}, "contradiction", "进行中"),
    ],
)
def test_what_cannot_be_taken(cells: dict[str, Any], kind: str, messages: str) -> None:
    issue = only_issue(validate_rows([row(**cells)], known(), TODAY))
    assert issue.kind == kind
    assert messages in issue.message
    assert all(issue.row.cells[header] == text for header, text in cells.items())


@pytest.mark.parametrize(("days", "is_taken"), [(-1, True), (0, True), (1, False)])
def test_a_task_may_be_done_today_and_not_tomorrow(days: int, is_taken: bool) -> None:
    day = (TODAY + timedelta(days)).isoformat()
    found = validate_rows([row(状态="已完成", 完成日期=day)], known(), TODAY)
    assert (len(found.reports), len(found.issues)) == ((1, 0) if is_taken else (0, 1))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"wording": "w2"}, "reworded"),
        ({"parties": frozenset({"乙科"})}, "reworded"),
        ({"is_current": False}, "superseded"),
        ({"is_current": False, "unchanged_later": False}, "reworded"),
    ],
)
def test_tasks_that_changed_since(changes: dict[str, Any], kind: str) -> None:
    assert only_issue(validate_rows([row(状态="进行中")], known(**changes), TODAY)).kind == kind


def test_a_task_that_the_next_edition_has_unchanged_is_taken() -> None:
    assert len(validate_rows([row(状态="进行中")], known(is_current=False, unchanged_later=True), TODAY).reports) == 1


def test_an_unknown_task_and_a_row_without_a_key() -> None:
    assert only_issue(validate_rows([row(状态="进行中")], KnownTasks({}, {}), TODAY)).kind == "unknown_task"
    assert only_issue(validate_rows([row(key=None, 状态="进行中")], known(), TODAY)).kind == "key"


def test_merged_cells_and_formulas_are_not_guessed_at() -> None:
    merged = validate_rows([row(merged=frozenset({"状态"}))], known(), TODAY)
    assert only_issue(merged).kind == "merged"
    formula = validate_rows(
        [row(完成日期="2026-03-31", 状态="已完成", formulas=frozenset({"完成日期"}))], known(), TODAY
    )
    assert only_issue(formula).kind == "formula"
    assert "完成日期" in only_issue(formula).message


def test_a_report_that_is_wiped_out_is_reported() -> None:
    cleared = row(before={"状态": "已完成"}, 状态="")
    assert only_issue(validate_rows([cleared], known(), TODAY)).kind == "cleared"


def test_places_that_disagree_are_all_refused_and_name_each_other() -> None:
    result = validate_rows([row(4, 状态="已完成"), row(9, file="乙.xlsx", 状态="进行中")], known(), TODAY)
    assert not result.reports
    assert [one.kind for one in result.issues] == ["disagreement"] * 2
    assert "乙.xlsx 甲科 第 9 行为“进行中”" in result.issues[0].message
    assert "甲科.xlsx 甲科 第 4 行为“已完成”" in result.issues[1].message


def test_the_same_report_twice_counts_once() -> None:
    result = validate_rows([row(4, 状态="已完成"), row(9, 状态="完成")], known(), TODAY)
    assert (len(result.reports), result.same, result.issues) == (1, 1, [])


def test_what_is_known_already_is_not_written_again() -> None:
    latest = {(TASK, "甲科", "w1"): ("done", None, None, None)}
    result = validate_rows([row(状态="已完成")], known(latest=latest), TODAY)
    assert (result.reports, result.same) == ([], 1)
    assert len(validate_rows([row(状态="已完成", 说明="补充")], known(latest=latest), TODAY).reports) == 1


def test_contacts_do_not_get_in() -> None:
    (report,) = validate_rows([row(状态="需协调", 说明="请联系张工 13800001111")], known(), TODAY).reports
    assert report.content[3] == "请联系张工 〔已隐去〕"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026/3/5", date(2026, 3, 5)),
        ("2026.3.5", date(2026, 3, 5)),
        ("2026年3月5日", date(2026, 3, 5)),
        ("20260305", date(2026, 3, 5)),
        ("2026-3-5 0:00:00", date(2026, 3, 5)),
        ("46086", date(2026, 3, 5)),
        ("36525", None),
        ("36526", date(2000, 1, 1)),
        ("73415", date(2100, 12, 31)),
        ("73416", None),
        ("3月5日", None),
        ("5", None),
        ("2026年3月", None),
        ("昨天", None),
        ("2026-13-01", None),
    ],
)
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert parse_day(text) == day
