"""The sheet of one task list: heading, key to the colours, rows, protection, choices and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation

from warehouse.export.cell_styles import (
    DONE_COLOUR,
    DUE_SOON_COLOUR,
    FILL_IN_COLOUR,
    KEY_STYLE,
    LEGEND,
    OVERDUE_COLOUR,
    CellStyles,
    fill_in_style,
    make_cell,
)
from warehouse.export.columns import (
    DEADLINE,
    DONE_ON,
    ENDS,
    FILL_IN,
    KEY,
    POINTS,
    SERIAL,
    STATUS,
    STATUS_LABELS,
)
from warehouse.export.sheet_columns import ListSheet, SheetRow
from warehouse.export.task_lists import TaskList
from warehouse.printing import HEADER_ROW, TITLE_HEIGHT, row_height, set_up_page
from warehouse.xlsx import BORDER, accept_only_cells

FIRST_ROW: Final = HEADER_ROW + 1
SUBTITLE_ROW, LEGEND_ROW = 2, 3
LEGEND_HEIGHT, HEADER_HEIGHT = 20.0, 30.0
LEGEND_OF_DAYS: Final = ("legend_overdue", "legend_soon")
"""Colours that need a due day."""
DUE_SOON_DAYS: Final = 30
"""Tasks due within this number of days are coloured."""
COLOURED: Final = (SERIAL, DEADLINE, ENDS)
"""Columns that show whether a task is overdue, due soon or done; input cells keep their own colour."""
HOW_TO_FILL_IN: Final = "只填黄色各格，填好后交回本文件；序号和时限的颜色按打开文件当天计算。"


def write_list(sheet: Any, styles: CellStyles, task_list: TaskList, list_sheet: ListSheet) -> None:
    """Write a list to an empty write-only sheet."""
    accept_only_cells(sheet)
    headers = [*list_sheet.headers, *([ENDS] if list_sheet.hides_ends else []), KEY]
    letters = {header: get_column_letter(number) for number, header in enumerate(headers, start=1)}
    end = HEADER_ROW + len(list_sheet.rows)
    subtitle = _describe_list(task_list)
    _set_up_sheet(sheet, task_list, list_sheet, letters)
    sheet.row_dimensions[SUBTITLE_ROW].height = row_height([subtitle], [sum(list_sheet.widths)])
    _merge_cells(sheet, task_list, letters, list_sheet.headers)
    # The range includes the hidden columns, so that sorting by the filter arrows moves them with their rows.
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{letters[KEY]}{end}"
    _protect(sheet, letters, end)
    _add_conditional_formats(sheet, letters, list_sheet.headers, end)
    sheet.append([make_cell(sheet, styles, task_list.title, "title")])
    sheet.append([make_cell(sheet, styles, subtitle, "subtitle")])
    sheet.append(_legend_cells(sheet, styles, list_sheet.headers, has_days=ENDS in letters))
    names = dict.fromkeys(list_sheet.headers, "header")
    sheet.append([make_cell(sheet, styles, header, names.get(header, KEY_STYLE)) for header in headers])
    for number, row in enumerate(list_sheet.rows, start=FIRST_ROW):
        sheet.row_dimensions[number].height = row.height
        sheet.append(_row_cells(sheet, styles, list_sheet, row))


def _describe_list(task_list: TaskList) -> str:
    notice = task_list.notice
    parts = (
        f"责任单位：{task_list.unit}",
        f"共 {len(task_list.rows)} 条",
        f"依据：{notice.title or notice.source_path}",
        f"数据日期：{notice.read_on.isoformat()}" if notice.read_on else "",
        f"{task_list.caveat}。" if task_list.caveat else "",
    )
    return "　　".join(filter(None, parts))


def _set_up_sheet(sheet: Any, task_list: TaskList, list_sheet: ListSheet, letters: Mapping[str, str]) -> None:
    for header, width in zip(list_sheet.headers, list_sheet.widths, strict=True):
        dimension = sheet.column_dimensions[letters[header]]
        dimension.width = width
        # Empty cells have the style of their column and can be filled in without being written here.
        for part, value in (fill_in_style(header) if header in FILL_IN else {}).items():
            setattr(dimension, part, value)
    for header in letters.keys() - set(list_sheet.headers):
        sheet.column_dimensions[letters[header]].hidden = True
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.row_dimensions[1].height = TITLE_HEIGHT
    sheet.row_dimensions[LEGEND_ROW].height = LEGEND_HEIGHT
    sheet.row_dimensions[HEADER_ROW].height = HEADER_HEIGHT
    set_up_page(sheet, f"{HEADER_ROW}:{HEADER_ROW}", f"{task_list.title}　{task_list.unit}")


def _merge_cells(sheet: Any, task_list: TaskList, letters: Mapping[str, str], headers: Sequence[str]) -> None:
    """Merge the heading over the printed columns, and the scores that several rows share."""
    before = letters[headers[headers.index(FILL_IN[0]) - 1]]
    for last, row in ((letters[headers[-1]], 1), (letters[headers[-1]], SUBTITLE_ROW), (before, LEGEND_ROW)):
        sheet.merged_cells.add(f"A{row}:{last}{row}")
    for first, last_row in task_list.merges if POINTS in letters else ():
        column = letters[POINTS]
        sheet.merged_cells.add(CellRange(f"{column}{FIRST_ROW + first}:{column}{FIRST_ROW + last_row}").coord)


def _legend_cells(sheet: Any, styles: CellStyles, headers: Sequence[str], *, has_days: bool) -> list[Cell | None]:
    """Return the row with the key to the colours, above the columns to fill in."""
    cells: list[Cell | None] = [make_cell(sheet, styles, HOW_TO_FILL_IN, "subtitle")]
    cells += [None] * (headers.index(FILL_IN[0]) - 1)
    for name, _, meaning in LEGEND:
        is_used = has_days or name not in LEGEND_OF_DAYS
        cells.append(make_cell(sheet, styles, meaning, name) if is_used else None)
    return cells


def _protect(sheet: Any, letters: Mapping[str, str], end: int) -> None:
    """Protect the sheet without a password and validate the fill-in cells."""
    sheet.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, allowed, False)
    status = DataValidation("list", formula1=f'"{",".join(STATUS_LABELS)}"', allow_blank=True, showErrorMessage=True)
    status.errorTitle, status.error = "状态", f"请从下拉列表中选择：{'、'.join(STATUS_LABELS)}"
    done_on = DataValidation(
        "date", operator="between", formula1="36526", formula2="73415", allow_blank=True, showErrorMessage=True
    )
    done_on.errorTitle, done_on.error = "完成日期", "请填写日期，如 2026-03-31"
    done_on.showInputMessage, done_on.promptTitle, done_on.prompt = (
        True,
        "完成日期",
        "状态为已完成时填写，如 2026-03-31",
    )
    for rule, header in ((status, STATUS), (done_on, DONE_ON)):
        rule.add(f"{letters[header]}{FIRST_ROW}:{letters[header]}{end}")
        sheet.data_validations.append(rule)


def _add_conditional_formats(sheet: Any, letters: Mapping[str, str], headers: Sequence[str], end: int) -> None:
    """Add borders, the fill of the fill-in columns, and the colours of overdue, soon due and finished rows.

    Rules instead of cell styles keep empty cells out of the file and follow the day of opening. LibreOffice applies
    the first matching rule only, and so does Excel with stopIfTrue: each rule therefore includes the borders. Input
    cells keep their colour: only the serial number and the days of a row show how it stands.
    """
    status = f"${letters[STATUS]}{FIRST_ROW}"
    rules = [(f'OR({status}="已完成",{status}="不适用")', DONE_COLOUR)]
    if ENDS in letters:
        ends = f"${letters[ENDS]}{FIRST_ROW}"
        rules.append((f'AND({ends}<>"",{ends}<TODAY())', OVERDUE_COLOUR))
        rules.append((f'AND({ends}<>"",{ends}<=TODAY()+{DUE_SOON_DAYS})', DUE_SOON_COLOUR))
    for header in headers:
        own_rules = rules if header in COLOURED else []
        colour = FILL_IN_COLOUR if header in FILL_IN else None
        for formula, name in (*own_rules, ("TRUE", colour)):
            fill = PatternFill("solid", bgColor=name) if name else None
            style = DifferentialStyle(fill=fill, border=BORDER)
            cells = f"{letters[header]}{FIRST_ROW}:{letters[header]}{end}"
            sheet.conditional_formatting.add(cells, Rule("expression", dxf=style, formula=[formula], stopIfTrue=True))


def _row_cells(sheet: Any, styles: CellStyles, list_sheet: ListSheet, row: SheetRow) -> list[Cell | None]:
    """Return the cells of a row, the hidden ones last."""
    cells: list[Cell | None] = []
    for header in list_sheet.headers:
        value = row.cells[header]
        name = f"fill_{header}" if header in FILL_IN else None
        cells.append(None if value is None else make_cell(sheet, styles, value, name))
    if list_sheet.hides_ends:
        cells.append(None if row.ends is None else make_cell(sheet, styles, row.ends))
    cells.append(make_cell(sheet, styles, row.key, KEY_STYLE))
    return cells
