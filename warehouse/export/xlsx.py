"""Task lists as an Excel workbook that a unit fills in and sends back.

A sheet per list, then a summary and a sheet that explains the columns. Only the fill-in cells can be edited; the last,
hidden column ties each row to its task (see keys.py). The same lists give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation

from warehouse.errors import QueryError
from warehouse.export.columns import DONE_ON, ENDS, FILL_IN, KEY, POINTS, STATUS, STATUS_WORDS, Column, columns
from warehouse.export.deterministic_zip import save
from warehouse.export.filenames import sheet_name
from warehouse.export.styles import BORDERLESS, BOX, Looks, open_style, print_on_a4, put
from warehouse.export.summary_sheets import write_about, write_summary
from warehouse.export.task_lists import Row, TaskList
from warehouse.xlsx import MAX_ROWS, accept_only_cells

HEADER_ROW: Final = 3
FIRST_ROW: Final = HEADER_ROW + 1
NARROW: Final = 6.0
"""Width of a column that holds nothing in the whole list."""
PADDING: Final = 0.8
"""Characters of a column's width that its borders take."""
LINE_HEIGHT: Final = 13.2
"""Points of a line of text."""
SPARE: Final = 4.0
MAX_HEIGHT: Final = 409.0
"""The highest row that Excel draws."""
SOON: Final = 30
"""Days before its end from which a task is coloured."""
OVERDUE: Final = PatternFill("solid", bgColor="F8CBAD")
DUE_SOON: Final = PatternFill("solid", bgColor="FFE699")
SETTLED: Final = PatternFill("solid", bgColor="E2EFDA")
OPEN: Final = PatternFill("solid", bgColor="FFFBE6")


def write_workbook(lists: Sequence[TaskList], target: Path) -> None:
    """Write one workbook with a sheet for each list. Raises QueryError for too many rows, OSError."""
    longest = max(len(one.rows) for one in lists)
    if longest > MAX_ROWS - HEADER_ROW:
        raise QueryError(f"清单有 {longest} 行，超出 Excel 工作表的上限。请按通知、责任单位或时段分开导出。")
    book = Workbook(write_only=True)
    book.properties.creator = "文明测评数据仓库"
    book.properties.title = lists[0].title
    looks = Looks(book)
    taken: set[str] = set()
    for one in lists:
        _write_list(book.create_sheet(sheet_name(_tab(one, lists), taken)), looks, one)
    write_summary(book.create_sheet(sheet_name("汇总", taken)), looks, lists)
    write_about(book.create_sheet(sheet_name("填写说明", taken)), looks, lists[0].persons)
    save(book, target)


def _tab(one: TaskList, lists: Sequence[TaskList]) -> str:
    """The name of the sheet: the notice too where there are several."""
    several = len({each.notice.notice_id for each in lists}) > 1
    return f"{one.notice.label} {one.unit}" if several else one.unit


def _write_list(sheet: Any, looks: Looks, one: TaskList) -> None:
    accept_only_cells(sheet)
    shown = columns(persons=one.persons)
    letters = {column.header: get_column_letter(number) for number, column in enumerate(shown, start=1)}
    key_letter = get_column_letter(len(shown) + 1)
    last = get_column_letter(len(shown))
    end = HEADER_ROW + len(one.rows)
    _set_up(sheet, one, shown, key_letter)
    sheet.merged_cells.add(f"A1:{last}1")
    sheet.merged_cells.add(f"A2:{last}2")
    for first, until in one.merges:
        column = letters[POINTS]
        sheet.merged_cells.add(CellRange(f"{column}{FIRST_ROW + first}:{column}{FIRST_ROW + until}").coord)
    # The hidden keys too: what is sorted by the filter's arrows is what lies in its range.
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{key_letter}{end}"
    _guard(sheet, letters, end)
    _colour(sheet, letters, end)
    for text, look in ((one.title, "title"), (_subtitle(one), "subtitle")):
        sheet.append([put(sheet, looks, text, look)])
    sheet.append([*(put(sheet, looks, column.header, "header") for column in shown), put(sheet, looks, KEY, "key")])
    widths = {column.header: sheet.column_dimensions[letters[column.header]].width for column in shown}
    plan = [(column.header, f"fill_{column.header}" if column.header in FILL_IN else None) for column in shown]
    for number, row in enumerate(one.rows, start=FIRST_ROW):
        sheet.row_dimensions[number].height = _height(row, widths)
        sheet.append(_cells(sheet, looks, plan, row))


def _set_up(sheet: Any, one: TaskList, shown: Sequence[Column], key_letter: str) -> None:
    for number, column in enumerate(shown, start=1):
        empty = column.header not in FILL_IN and all(row.cells[column.header] is None for row in one.rows)
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = NARROW if empty else column.width
        # The style of a column is that of its empty cells: they are open to be filled in without being written.
        for part, value in (open_style(column.header) if column.header in FILL_IN else {}).items():
            setattr(dimension, part, value)
    sheet.column_dimensions[key_letter].hidden = True
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[2].height = 18
    sheet.row_dimensions[HEADER_ROW].height = 30
    print_on_a4(sheet, f"1:{HEADER_ROW}", one.unit)


def _guard(sheet: Any, letters: dict[str, str], end: int) -> None:
    """Protection without a password, and what a fill-in cell accepts."""
    sheet.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, allowed, False)
    status = DataValidation("list", formula1=f'"{",".join(STATUS_WORDS)}"', allow_blank=True, showErrorMessage=True)
    status.errorTitle, status.error = "状态", f"请从下拉列表中选择：{'、'.join(STATUS_WORDS)}"
    done = DataValidation(
        "date", operator="between", formula1="36526", formula2="73415", allow_blank=True, showErrorMessage=True
    )
    done.errorTitle, done.error = "完成日期", "请填写日期，如 2026-03-31"
    done.showInputMessage, done.promptTitle, done.prompt = True, "完成日期", "状态为已完成时填写，如 2026-03-31"
    for rule, header in ((status, STATUS), (done, DONE_ON)):
        rule.add(f"{letters[header]}{FIRST_ROW}:{letters[header]}{end}")
        sheet.data_validations.append(rule)


def _colour(sheet: Any, letters: dict[str, str], end: int) -> None:
    """Lines, the fill-in columns, and the colours of overdue, soon due and settled rows on the day of opening.

    All of it by rules and none by cells, so that empty cells cost nothing. LibreOffice applies the first rule that
    holds, and Excel stops there: each rule draws the lines too.
    """
    day, status = f"${letters[ENDS]}{FIRST_ROW}", f"${letters[STATUS]}{FIRST_ROW}"
    rules = (
        (f'OR({status}="已完成",{status}="不适用")', SETTLED),
        (f'AND({day}<>"",{day}<TODAY())', OVERDUE),
        (f'AND({day}<>"",{day}<=TODAY()+{SOON})', DUE_SOON),
    )
    order = list(letters)
    first, last = letters[FILL_IN[0]], letters[FILL_IN[-1]]
    before = letters[order[order.index(FILL_IN[0]) - 1]]
    for cells, plain in ((f"A{FIRST_ROW}:{before}{end}", None), (f"{first}{FIRST_ROW}:{last}{end}", OPEN)):
        for formula, fill in (*rules, ("TRUE", plain)):
            style = DifferentialStyle(fill=fill, border=BOX)
            sheet.conditional_formatting.add(cells, Rule("expression", dxf=style, formula=[formula], stopIfTrue=True))


def _height(row: Row, widths: dict[str, float]) -> float:
    """Points that the longest cell of the row needs: LibreOffice and WPS do not fit rows of a file by themselves."""
    lines = 1
    for header, value in row.cells.items():
        room = widths[header] - PADDING
        if isinstance(value, str) and (len(value) * 2 > room or "\n" in value):
            lines = max(lines, sum(max(1, ceil(_columns(line) / room)) for line in value.split("\n")))
    return min(lines * LINE_HEIGHT + SPARE, MAX_HEIGHT)


def _columns(line: str) -> int:
    """Half-width columns of a line; GB 18030 writes a Chinese character in two bytes, and does so in no time."""
    return len(line.encode("gb18030", "replace"))


def _subtitle(one: TaskList) -> str:
    named = f"依据：{one.notice.title}" if one.notice.title else f"依据：{one.notice.source_path}"
    return f"责任单位：{one.unit}　　共 {len(one.rows)} 条　　{named}　　黄色各列请填写，填好后交回本文件"


def _cells(sheet: Any, looks: Looks, plan: Sequence[tuple[str, str | None]], row: Row) -> list[Cell | None]:
    """The cells of a row; `plan` is header and look of each column."""
    cells: list[Cell | None] = []
    for header, look in plan:
        value = row.cells[header]
        cells.append(None if value is None else put(sheet, looks, value, look))
    cells.append(put(sheet, looks, str(row.key), BORDERLESS))
    return cells
