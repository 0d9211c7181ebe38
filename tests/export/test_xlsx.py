"""The workbook as Excel would open it, read back with openpyxl."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from schemas.ops import PROGRESS_STATUSES
from warehouse.export.columns import COLUMNS, FILL_IN, KEY
from warehouse.export.task_lists import TaskList
from warehouse.export.xlsx import FIRST_ROW, HEADER_ROW, write_workbook


@pytest.fixture(scope="module")
def longest(lists: list[TaskList]) -> TaskList:
    """A list with merged scores."""
    return max((item for item in lists if item.merges), key=lambda item: len(item.rows))


@pytest.fixture(scope="module")
def book(longest: TaskList, tmp_path_factory: pytest.TempPathFactory) -> Any:
    target = tmp_path_factory.mktemp("workbook") / "清单.xlsx"
    write_workbook([longest], target)
    return load_workbook(target)


@pytest.fixture(scope="module")
def sheet(book: Any) -> Worksheet:
    created: Worksheet = book.worksheets[0]
    return created


def test_cells_are_those_of_the_list(sheet: Worksheet, longest: TaskList) -> None:
    headers = [column.header for column in COLUMNS]
    assert [cell.value for cell in sheet[HEADER_ROW]] == [*headers, KEY]
    assert sheet["A1"].value == longest.title
    assert longest.unit in str(sheet["A2"].value)
    for row, cells in zip(longest.rows, sheet.iter_rows(min_row=FIRST_ROW), strict=True):
        displayed = [cell.value for cell in cells]
        assert [None if value is None else str(value) for value in displayed[4:8]] == [
            None if row.cells[header] is None else str(row.cells[header]) for header in headers[4:8]
        ]
        assert displayed[-1] == str(row.key)


def test_shared_scores_are_merged_and_nothing_else_below_the_header(sheet: Worksheet, longest: TaskList) -> None:
    column = [column.header for column in COLUMNS].index("分值") + 1
    result = {
        (item.min_row - FIRST_ROW, item.max_row - FIRST_ROW)
        for item in sheet.merged_cells.ranges
        if item.min_col == item.max_col == column
    }
    assert result == set(longest.merges)
    assert {item.coord for item in sheet.merged_cells.ranges if item.max_row < HEADER_ROW} == {"A1:T1", "A2:T2"}
    assert len(sheet.merged_cells.ranges) == len(longest.merges) + 2


def test_only_the_fill_in_columns_are_open_and_there_is_no_password(sheet: Worksheet) -> None:
    assert sheet.protection.sheet
    assert not sheet.protection.password
    for number, cell in enumerate(sheet[HEADER_ROW][:-1], start=1):
        style = sheet.column_dimensions[get_column_letter(number)]
        assert style.protection.locked is (cell.value not in FILL_IN), cell.value
        assert cell.protection.locked
    assert all(cell.protection.locked for cell in sheet[FIRST_ROW] if cell.value is not None)
    assert sheet.column_dimensions["U"].hidden


def test_it_prints_on_a4_across_with_the_header_on_every_page(sheet: Worksheet) -> None:
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"$1:${HEADER_ROW}"
    assert sheet.oddFooter is not None
    assert "&P" in str(sheet.oddFooter.right.text)
    assert sheet.freeze_panes == f"B{FIRST_ROW}"
    assert sheet.auto_filter.ref == f"A{HEADER_ROW}:U{sheet.max_row}"


def test_choices_dates_and_colours(sheet: Worksheet) -> None:
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}
    assert rules["list"].formula1 == f'"{",".join(PROGRESS_STATUSES.values())}"'
    assert rules["date"].error is not None
    assert str(rules["list"].sqref) == f"Q{FIRST_ROW}:Q{sheet.max_row}"
    formulas = [rule.formula[0] for ranges in sheet.conditional_formatting for rule in ranges.rules]
    assert any("<TODAY()" in formula for formula in formulas)
    assert any("<=TODAY()+30" in formula for formula in formulas)


def test_summary_and_explanation(book: Any, longest: TaskList) -> None:
    assert book.sheetnames == [longest.unit, "汇总", "填写说明"]
    rows = [[cell.value for cell in row] for row in book["汇总"].iter_rows()]
    start, end = rows.index(["主题", "任务数", "分值"]), rows.index(["截止月份", "任务数", None])
    assert sum(row[1] for row in rows[start + 1 : end] if row[1]) == len(longest.rows)
    assert sum(row[1] for row in rows[end + 1 :] if row[1]) == len(longest.rows)
    message = {row[0].value for row in book["填写说明"].iter_rows()}
    assert {column.header for column in COLUMNS} <= message
    assert set(PROGRESS_STATUSES.values()) <= message


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(text: str, longest: TaskList, tmp_path: Path) -> None:
    row = longest.rows[0]
    hostile = replace(row, cells=row.cells | {"任务要求": text, "说明": text, "完成时限": text, "备注": text})
    named = replace(longest, party=text, notice=replace(longest.notice, label=text, title=text))
    write_workbook([replace(named, rows=(hostile,), merges=())], tmp_path / "a.xlsx")
    for sheet in load_workbook(tmp_path / "a.xlsx").worksheets:
        for cells in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in cells)
            guarded = [
                cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
            ]
            assert all(cell.quotePrefix for cell in guarded)


def test_the_same_lists_give_the_same_bytes(longest: TaskList, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook([longest], tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
