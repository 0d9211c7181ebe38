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
from warehouse.export.cell_styles import FILL_IN_COLOUR, LEGEND
from warehouse.export.columns import ENDS, FILL_IN, KEY, parse_row_key
from warehouse.export.sheet_columns import MAX_COLUMNS, lay_out_list
from warehouse.export.source_sheet import SOURCES
from warehouse.export.task_lists import TaskList, to_texts
from warehouse.export.task_query import Party
from warehouse.export.xlsx import FIRST_ROW, HEADER_ROW, write_workbook
from warehouse.printing import MAX_ROW_HEIGHT, PAGE_WIDTH


@pytest.fixture(scope="module")
def longest(lists: list[TaskList]) -> TaskList:
    """A list with merged scores."""
    return max((item for item in lists if item.merges), key=lambda item: len(item.rows))


@pytest.fixture(scope="module")
def dated(lists: list[TaskList]) -> TaskList:
    """A list whose rows have due days."""
    return max((item for item in lists if item.rows[0].cells[ENDS]), key=lambda item: len(item.rows))


@pytest.fixture(scope="module")
def book(longest: TaskList, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return written(longest, tmp_path_factory.mktemp("workbook") / "清单.xlsx")


@pytest.fixture(scope="module")
def sheet(book: Any) -> Worksheet:
    created: Worksheet = book.worksheets[0]
    return created


def written(one: TaskList, target: Path) -> Any:
    """The workbook of a list, read back."""
    write_workbook([one], target)
    return load_workbook(target)


def headers(sheet: Worksheet) -> list[str]:
    """The names of all columns, hidden ones included."""
    return [str(cell.value) for cell in sheet[HEADER_ROW]]


def letter(sheet: Worksheet, header: str) -> str:
    return get_column_letter(headers(sheet).index(header) + 1)


def printed(sheet: Worksheet) -> list[str]:
    """The names of the columns that are not hidden."""
    return [name for name in headers(sheet) if not sheet.column_dimensions[letter(sheet, name)].hidden]


def test_cells_are_those_of_the_list(sheet: Worksheet, longest: TaskList) -> None:
    assert sheet["A1"].value == longest.title
    assert longest.unit in str(sheet["A2"].value)
    shown = lay_out_list(longest)
    assert headers(sheet)[: len(shown.columns)] == shown.headers
    assert headers(sheet)[-1] == KEY
    lines = zip(longest.rows, shown.rows, sheet.iter_rows(min_row=FIRST_ROW), strict=True)
    for row, expected, cells in lines:
        displayed = dict(zip(headers(sheet), (cell.value for cell in cells), strict=True))
        assert displayed["任务要求"] == row.cells["任务要求"]
        assert displayed["材料要求"] == row.cells["材料要求"]
        assert parse_row_key(str(displayed[KEY])) == row.make_key(to_texts(expected.cells))


def test_every_list_has_at_most_ten_columns_and_none_that_is_empty(lists: list[TaskList], tmp_path: Path) -> None:
    for item in lists:
        shown = lay_out_list(item)
        assert len(shown.columns) <= MAX_COLUMNS
        assert sum(shown.widths) <= PAGE_WIDTH
        assert set(FILL_IN) | {"序号", "任务要求"} <= set(shown.headers)
        for header in shown.headers:
            assert header in FILL_IN or any(row.cells[header] is not None for row in shown.rows), header


def test_what_fits_best_is_shown_first(longest: TaskList) -> None:
    row = longest.rows[0]
    full = row.cells | {
        "完成时限": "6月底前",
        "截止日期": row.cells["截止日期"],
        "测评方法": "材料审核",
        "材料要求": "图片",
    }
    bare = dict.fromkeys(full) | {"序号": 1, "任务要求": "甲"}
    task = replace(row.task, parties=())
    shown = lay_out_list(replace(longest, rows=(replace(row, cells=full),), merges=()))
    assert shown.headers[2:6] == ["责任分工", "完成时限", "材料要求", "分值"]
    least = lay_out_list(replace(longest, rows=(replace(row, cells=bare, task=task),), merges=()))
    assert least.headers == ["序号", "任务要求", *FILL_IN]


def test_a_due_day_that_has_no_column_stands_with_the_time_limit(dated: TaskList, tmp_path: Path) -> None:
    row = dated.rows[0]
    full = row.cells | {"分值": 2, "材料要求": "图片", "完成时限": "上半年"}
    item = replace(dated, rows=(replace(row, cells=full),), merges=())
    sheet = written(item, tmp_path / "a.xlsx").worksheets[0]
    assert ENDS not in printed(sheet)
    cells = dict(zip(headers(sheet), (cell.value for cell in sheet[FIRST_ROW]), strict=True))
    day = row.cells[ENDS]
    assert cells["完成时限"] == f"上半年\n截止 {day}"
    assert cells[ENDS].date() == day


def test_duties_name_the_role_the_others_and_the_persons(longest: TaskList) -> None:
    parties = (Party("甲科", "lead", None), Party("乙科", "support", None))
    row = longest.rows[0]
    changed = replace(
        row, task=replace(row.task, parties=parties), cells=row.cells | {"责任领导": "分管领导", "责任人": None}
    )
    lines = {}
    for party in ("甲科", "乙科", None):
        item = replace(longest, party=party, is_whole=party is None, rows=(changed,), merges=())
        lines[party] = lay_out_list(item).rows[0].cells["责任分工"]
    assert lines["甲科"] == "牵头\n配合：乙科\n领导：分管领导"
    assert lines["乙科"] == "配合\n牵头：甲科\n领导：分管领导"
    assert lines[None] == "牵头：甲科\n配合：乙科\n领导：分管领导"


def test_shared_scores_are_merged_and_nothing_else_below_the_header(sheet: Worksheet, longest: TaskList) -> None:
    column = headers(sheet).index("分值") + 1
    result = {
        (item.min_row - FIRST_ROW, item.max_row - FIRST_ROW)
        for item in sheet.merged_cells.ranges
        if item.min_col == item.max_col == column
    }
    assert result == set(longest.merges)
    last, before = letter(sheet, FILL_IN[-1]), get_column_letter(headers(sheet).index(FILL_IN[0]))
    above = {item.coord for item in sheet.merged_cells.ranges if item.max_row < HEADER_ROW}
    assert above == {f"A1:{last}1", f"A2:{last}2", f"A3:{before}3"}
    assert len(sheet.merged_cells.ranges) == len(longest.merges) + 3


def test_only_the_fill_in_columns_are_open_and_there_is_no_password(sheet: Worksheet) -> None:
    assert sheet.protection.sheet
    assert not sheet.protection.password
    for name in printed(sheet):
        style = sheet.column_dimensions[letter(sheet, name)]
        assert style.protection.locked is (name not in FILL_IN), name
    assert all(cell.protection.locked for cell in sheet[HEADER_ROW])
    assert all(cell.protection.locked for cell in sheet[FIRST_ROW] if cell.value is not None)
    assert sheet.column_dimensions[letter(sheet, KEY)].hidden


def test_it_prints_on_a4_across_with_the_header_on_every_page(sheet: Worksheet) -> None:
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert sheet.oddFooter is not None
    assert "&P" in str(sheet.oddFooter.right.text)
    assert sheet.freeze_panes == f"B{FIRST_ROW}"
    assert sheet.auto_filter.ref == f"A{HEADER_ROW}:{letter(sheet, KEY)}{sheet.max_row}"


def test_choices_and_days(dated: TaskList, tmp_path: Path) -> None:
    sheet = written(dated, tmp_path / "a.xlsx").worksheets[0]
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}
    assert rules["list"].formula1 == f'"{",".join(PROGRESS_STATUSES.values())}"'
    assert rules["date"].error is not None
    status = letter(sheet, "状态")
    assert str(rules["list"].sqref) == f"{status}{FIRST_ROW}:{status}{sheet.max_row}"
    formulas = [rule.formula[0] for ranges in sheet.conditional_formatting for rule in ranges.rules]
    assert any("<TODAY()" in formula for formula in formulas)
    assert any("<=TODAY()+30" in formula for formula in formulas)


def test_each_colour_has_one_meaning_and_input_cells_keep_theirs(dated: TaskList, tmp_path: Path) -> None:
    sheet = written(dated, tmp_path / "a.xlsx").worksheets[0]
    colours = {}
    for ranges in sheet.conditional_formatting:
        column = str(ranges.sqref).split(":")[0].rstrip("0123456789")
        fills = [rule.dxf.fill.bgColor.rgb[-6:] for rule in ranges.rules if rule.dxf.fill is not None]
        colours[headers(sheet)[[*sheet.column_dimensions].index(column)]] = fills
    assert {name: colours[name] for name in FILL_IN} == {name: [FILL_IN_COLOUR] for name in FILL_IN}
    painted = {colour for name, fills in colours.items() if name not in FILL_IN for colour in fills}
    assert painted == {colour for _, colour, _ in LEGEND} - {FILL_IN_COLOUR}
    assert {name for name, fills in colours.items() if len(fills) > 1} <= {"序号", "完成时限", ENDS}
    key = {cell.fill.fgColor.rgb[-6:]: cell.value for cell in sheet[HEADER_ROW - 1] if cell.fill.fill_type}
    assert key == {colour: meaning for _, colour, meaning in LEGEND}


def test_summary_sources_and_explanation(book: Any, longest: TaskList) -> None:
    assert book.sheetnames == [longest.unit, SOURCES, "汇总", "填写说明"]
    rows = [[cell.value for cell in row] for row in book["汇总"].iter_rows()]
    start, end = rows.index(["主题", "任务数", "分值"]), rows.index(["截止月份", "任务数", None])
    assert sum(row[1] for row in rows[start + 1 : end] if row[1]) == len(longest.rows)
    assert sum(row[1] for row in rows[end + 1 :] if row[1]) == len(longest.rows)
    message = {row[0].value for row in book["填写说明"].iter_rows()}
    assert set(lay_out_list(longest).headers) <= message
    assert set(PROGRESS_STATUSES.values()) <= message


def test_the_second_sheet_says_where_each_task_is_from(book: Any, longest: TaskList) -> None:
    sheet = book[SOURCES]
    assert longest.notice.source_path in str(sheet["A3"].value)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW)]
    place = rows[0].index("出处")
    assert [(row[0], row[place]) for row in rows[1:]] == [
        (str(row.cells["序号"]), row.task.locator) for row in longest.rows
    ]
    assert longest.notice.source_path not in str([*book.worksheets[0].values][HEADER_ROW:])


def test_a_text_that_no_row_can_show_stands_whole_on_the_second_sheet(longest: TaskList, tmp_path: Path) -> None:
    text = "".join(f"第{number}项要求，须按时报送。" for number in range(400))
    row = longest.rows[0]
    item = replace(longest, rows=(replace(row, cells=row.cells | {"任务要求": text}),), merges=())
    book = written(item, tmp_path / "a.xlsx")
    sheet = book.worksheets[0]
    shown = str(sheet[f"{letter(sheet, '任务要求')}{FIRST_ROW}"].value)
    assert shown.endswith("（全文见“依据和出处”）")
    assert text.startswith(shown.split("……", maxsplit=1)[0])
    assert sheet.row_dimensions[FIRST_ROW].height <= MAX_ROW_HEIGHT
    rows = [[cell.value or "" for cell in cells] for cells in book[SOURCES].iter_rows(min_row=HEADER_ROW)]
    place = rows[0].index("标准和备注")
    assert len(rows) > 2
    assert text in "".join(cells[place] for cells in rows[1:])
    assert to_texts(row.cells)["序号"] == rows[1][0]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(text: str, longest: TaskList, tmp_path: Path) -> None:
    row = longest.rows[0]
    hostile = replace(row, cells=row.cells | {"任务要求": text, "说明": text, "完成时限": text, "备注": text})
    hostile = replace(hostile, task=replace(row.task, locator=text, remark=text))
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
