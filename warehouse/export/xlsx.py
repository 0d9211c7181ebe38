"""Task lists as an Excel workbook that a unit fills in and sends back.

One sheet per list, then a summary sheet and a sheet that explains the columns. Only the fill-in cells can be edited;
the last, hidden column ties each row to its task (see `columns.RowKey`). Identical lists give identical bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from schemas.ops import PROGRESS_STATUSES
from warehouse.errors import QueryError
from warehouse.export.columns import DONE_ON, ENDS, FILL_IN, KEY, POINTS, STATUS, STATUS_LABELS, Column, select_columns
from warehouse.export.office_files import save_workbook
from warehouse.export.task_lists import TaskList, TaskRow
from warehouse.filenames import sheet_name
from warehouse.xlsx import MAX_ROWS, TEXT_KINDS, Style, StyledCell, accept_only_cells, read_style, to_cell_value

KEY_STYLE: Final = "key"
PAPER_A4: Final = 9
DATE_FORMAT: Final = "yyyy-mm-dd"
TEXT_FORMAT: Final = "@"
FONT: Final = "宋体"
TITLE_FONT: Final = "黑体"
_SIDE: Final = Side(style="thin", color="9AA5B1")
BORDER: Final = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_HEADER_FILL: Final = PatternFill("solid", fgColor="DDE7F0")
ALIGN_TOP: Final = Alignment(vertical="top", wrap_text=True)
ALIGN_CENTER: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEADER_ROW: Final = 3
FIRST_ROW: Final = HEADER_ROW + 1
EMPTY_COLUMN_WIDTH: Final = 6.0
"""Width of a column without any value."""
CELL_PADDING: Final = 0.8
"""Width of the cell borders, in characters."""
LINE_HEIGHT: Final = 13.2
"""Height of a line of text in points."""
ROW_PADDING: Final = 4.0
MAX_ROW_HEIGHT: Final = 409.0
"""Maximum row height of Excel in points."""
DUE_SOON_DAYS: Final = 30
"""Tasks due within this number of days are coloured."""
OVERDUE_FILL: Final = PatternFill("solid", bgColor="F8CBAD")
DUE_SOON_FILL: Final = PatternFill("solid", bgColor="FFE699")
DONE_FILL: Final = PatternFill("solid", bgColor="E2EFDA")
FILL_IN_FILL: Final = PatternFill("solid", bgColor="FFFBE6")
NO_DATE: Final = "没有可推定的日期"
OTHER_TOPIC: Final = "其他"
INSTRUCTIONS: Final = (
    "填写：只在黄色各列填写，其他单元格受保护，请不要改动内容；可以筛选。",
    "排序、删行：先撤销工作表保护（审阅—撤销工作表保护，没有口令）；排序用表头的筛选箭头，分值有合并单元格的先取消合并。",
    f"交回：保存后把本文件交回。隐藏的最后一列“{KEY}”用来对应任务，请保留。",
    "颜色：红色为截止日期已过，黄色为 30 天内到期，绿色为已完成或不适用，按打开文件当天计算。",
)
_STATUS_MEANINGS: Final = {
    "not_started": "还没有开始办理",
    "in_progress": "正在办理",
    "done": "已经办完，请同时填写完成日期",
    "blocked": "有困难，需要上级或其他单位协调，请在说明中写明",
    "not_applicable": "与本单位无关或不需要办理，请在说明中写明原因",
}


class CellStyles:
    """Named cell styles, registered once per workbook because styling cell by cell is slow in openpyxl.

    Names are `text`, `guarded` (text that must not become a formula), `number` and `day`, as
    `warehouse.xlsx.to_cell_value` returns them; `framed_…` for the same with borders, in sheets without conditional
    formats; `fill_<header>` and `fill_<header>_guarded` for the cells of a fill-in column; `header`, `title`,
    `subtitle` and `key`.
    """

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet()
        self.by_name: dict[str, Style] = {}
        top: dict[str, Any] = {"font": Font(name=FONT, size=10), "alignment": ALIGN_TOP}
        middle = top | {"alignment": ALIGN_CENTER}
        for prefix, lines in (("", {}), ("framed_", {"border": BORDER})):
            self._add(f"{prefix}text", **top, **lines)
            self._add(f"{prefix}guarded", quotePrefix=True, **top, **lines)
            self._add(f"{prefix}number", **middle, **lines)
            self._add(f"{prefix}day", **middle, **lines, number_format=DATE_FORMAT)
        header = middle | {"font": Font(name=FONT, size=10, bold=True), "fill": _HEADER_FILL, "border": BORDER}
        self._add("header", quotePrefix=True, **header)
        across = Alignment("center", "center")
        self._add("title", quotePrefix=True, font=Font(name=TITLE_FONT, size=16, bold=True), alignment=across)
        self._add("subtitle", quotePrefix=True, font=Font(name=FONT, size=10), alignment=Alignment(vertical="center"))
        self._add(KEY_STYLE, quotePrefix=True, font=Font(name=FONT, size=8, color="808080"))
        for name in FILL_IN:
            style = fill_in_style(name)
            self._add(f"fill_{name}", **style)
            self._add(f"fill_{name}_guarded", quotePrefix=True, **style)
        book.remove(self._sheet)

    def _add(self, name: str, **style: Any) -> None:
        cell = WriteOnlyCell(self._sheet)
        for part, value in style.items():
            setattr(cell, part, value)
        self.by_name[name] = read_style(cell)


def fill_in_style(header: str) -> dict[str, Any]:
    """Return the style attributes of an unprotected fill-in column."""
    centred = header in (STATUS, DONE_ON)
    return {
        "font": Font(name=FONT, size=10),
        "alignment": ALIGN_CENTER if centred else ALIGN_TOP,
        "protection": Protection(locked=False),
        "number_format": DATE_FORMAT if header == DONE_ON else TEXT_FORMAT,
    }


def make_cell(sheet: Any, styles: CellStyles, value: Any, style_name: str | None = None, *, prefix: str = "") -> Cell:
    """Return a cell to append to a sheet.

    Args:
        sheet: The sheet.
        styles: Styles of its workbook.
        value: Value, not None.
        style_name: Name of the style; by default `prefix` and the kind of the value.
        prefix: Prefix of the default style name.
    """
    stored_value, kind = to_cell_value(value)
    name = style_name or f"{prefix}{kind}"
    if kind == "guarded" and f"{name}_guarded" in styles.by_name:
        name = f"{name}_guarded"
    return StyledCell(sheet, stored_value, styles.by_name[name], text=kind in TEXT_KINDS)


def set_up_a4_page(sheet: Any, repeated: str, footer: str) -> None:
    """Set a sheet up for A4 landscape, fitted to the page width.

    Args:
        sheet: The sheet.
        repeated: Rows to repeat on every page, such as `1:3`.
        footer: Left footer; the right one is the page number.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = PAPER_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = repeated
    sheet.print_options.horizontalCentered = True
    for side, inches in (("left", 0.4), ("right", 0.4), ("top", 0.5), ("bottom", 0.6), ("footer", 0.3)):
        setattr(sheet.page_margins, side, inches)
    # "&" starts a code in a footer.
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页，共 &N 页"


def write_workbook(lists: Sequence[TaskList], target: Path) -> None:
    """Write one workbook with a sheet for each list.

    Raises:
        QueryError: A list has more rows than a sheet can hold.
        OSError: `target` cannot be written.
    """
    longest = max(len(task_list.rows) for task_list in lists)
    if longest > MAX_ROWS - HEADER_ROW:
        raise QueryError(f"清单有 {longest} 行，超出 Excel 工作表的上限。请按通知、责任单位或时段分开导出。")
    book = Workbook(write_only=True)
    book.properties.creator = "文明测评数据仓库"
    book.properties.title = lists[0].title
    styles = CellStyles(book)
    taken_titles: set[str] = set()
    for task_list in lists:
        _write_list(book.create_sheet(sheet_name(_sheet_title(task_list, lists), taken_titles)), styles, task_list)
    write_summary(book.create_sheet(sheet_name("汇总", taken_titles)), styles, lists)
    write_instructions(book.create_sheet(sheet_name("填写说明", taken_titles)), styles, lists[0].shows_persons)
    save_workbook(book, target)


def write_summary(sheet: Any, styles: CellStyles, lists: Sequence[TaskList]) -> None:
    """Write tasks and points by topic, tasks by month and, for several lists, tasks by list.

    A task in several lists is counted once.
    """
    set_up_a4_page(sheet, "1:1", "汇总")
    for letter, width in (("A", 34), ("B", 12), ("C", 12)):
        sheet.column_dimensions[letter].width = width
    _append_row(sheet, styles, ["汇总", None, None], "title")
    rows = {row.task.task_id: (task_list, row) for task_list in lists for row in task_list.rows}
    topics: Counter[str] = Counter()
    months: Counter[str] = Counter()
    for task_list, row in rows.values():
        topics[task_list.topics.get(row.task.topic or "", OTHER_TOPIC)] += 1
        ends = row.cells[ENDS]
        months[f"{ends:%Y-%m}" if ends else NO_DATE] += 1
    _append_block(sheet, styles, ("主题", "任务数", "分值"), _topic_rows(lists, topics))
    by_month = sorted(months.items(), key=lambda item: (item[0] == NO_DATE, item[0]))
    _append_block(sheet, styles, ("截止月份", "任务数"), [[month, count] for month, count in by_month])
    if len(lists) > 1:
        _append_block(
            sheet,
            styles,
            ("责任单位", "任务数"),
            [[f"{task_list.notice.label} {task_list.unit}", len(task_list.rows)] for task_list in lists],
        )


def write_instructions(sheet: Any, styles: CellStyles, persons: bool) -> None:
    """Write the meaning of each column, which ones to fill in, and how to return the file."""
    set_up_a4_page(sheet, "1:1", "填写说明")
    for letter, width in (("A", 18), ("B", 14), ("C", 90)):
        sheet.column_dimensions[letter].width = width
    _append_row(sheet, styles, ["填写说明", None, None], "title")
    for line in INSTRUCTIONS:
        _append_row(sheet, styles, [line], "subtitle")
    rows = [
        [column.header, "请填写" if column.header in FILL_IN else "不要改动", column.meaning]
        for column in select_columns(persons=persons)
    ]
    _append_block(sheet, styles, ("列", "是否填写", "含义"), rows)
    _append_block(
        sheet,
        styles,
        ("状态", "", "含义"),
        [[word, "", _STATUS_MEANINGS[code]] for code, word in PROGRESS_STATUSES.items()],
    )


def _sheet_title(task_list: TaskList, lists: Sequence[TaskList]) -> str:
    """Return the sheet title, with the notice label if the workbook holds several notices."""
    several = len({item.notice.notice_id for item in lists}) > 1
    return f"{task_list.notice.label} {task_list.unit}" if several else task_list.unit


def _write_list(sheet: Any, styles: CellStyles, task_list: TaskList) -> None:
    accept_only_cells(sheet)
    columns = select_columns(persons=task_list.shows_persons)
    letters = {column.header: get_column_letter(number) for number, column in enumerate(columns, start=1)}
    key_letter = get_column_letter(len(columns) + 1)
    last = get_column_letter(len(columns))
    end = HEADER_ROW + len(task_list.rows)
    _set_up_sheet(sheet, task_list, columns, key_letter)
    sheet.merged_cells.add(f"A1:{last}1")
    sheet.merged_cells.add(f"A2:{last}2")
    for first, last_row in task_list.merges:
        column = letters[POINTS]
        sheet.merged_cells.add(CellRange(f"{column}{FIRST_ROW + first}:{column}{FIRST_ROW + last_row}").coord)
    # The range includes the hidden keys, so that sorting by the filter arrows moves them with their rows.
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{key_letter}{end}"
    _protect(sheet, letters, end)
    _add_conditional_formats(sheet, letters, end)
    for text, style_name in ((task_list.title, "title"), (_subtitle(task_list), "subtitle")):
        sheet.append([make_cell(sheet, styles, text, style_name)])
    sheet.append(
        [
            *(make_cell(sheet, styles, column.header, "header") for column in columns),
            make_cell(sheet, styles, KEY, "key"),
        ]
    )
    widths = {column.header: sheet.column_dimensions[letters[column.header]].width for column in columns}
    column_styles = [
        (column.header, f"fill_{column.header}" if column.header in FILL_IN else None) for column in columns
    ]
    for number, row in enumerate(task_list.rows, start=FIRST_ROW):
        sheet.row_dimensions[number].height = _row_height(row, widths)
        sheet.append(_row_cells(sheet, styles, column_styles, row))


def _set_up_sheet(sheet: Any, task_list: TaskList, columns: Sequence[Column], key_letter: str) -> None:
    for number, column in enumerate(columns, start=1):
        empty = column.header not in FILL_IN and all(row.cells[column.header] is None for row in task_list.rows)
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = EMPTY_COLUMN_WIDTH if empty else column.width
        # Empty cells have the style of their column and can be filled in without being written here.
        for part, value in (fill_in_style(column.header) if column.header in FILL_IN else {}).items():
            setattr(dimension, part, value)
    sheet.column_dimensions[key_letter].hidden = True
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[2].height = 18
    sheet.row_dimensions[HEADER_ROW].height = 30
    set_up_a4_page(sheet, f"1:{HEADER_ROW}", task_list.unit)


def _protect(sheet: Any, letters: dict[str, str], end: int) -> None:
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


def _add_conditional_formats(sheet: Any, letters: dict[str, str], end: int) -> None:
    """Add borders, the fill of the fill-in columns, and the colors of overdue, soon due and finished rows.

    Rules instead of cell styles keep empty cells out of the file and follow the day of opening. LibreOffice applies
    the first matching rule only, and so does Excel with stopIfTrue: each rule therefore includes the borders.
    """
    end_date, status = f"${letters[ENDS]}{FIRST_ROW}", f"${letters[STATUS]}{FIRST_ROW}"
    rules = (
        (f'OR({status}="已完成",{status}="不适用")', DONE_FILL),
        (f'AND({end_date}<>"",{end_date}<TODAY())', OVERDUE_FILL),
        (f'AND({end_date}<>"",{end_date}<=TODAY()+{DUE_SOON_DAYS})', DUE_SOON_FILL),
    )
    order = list(letters)
    first, last = letters[FILL_IN[0]], letters[FILL_IN[-1]]
    before = letters[order[order.index(FILL_IN[0]) - 1]]
    for cells, default_fill in (
        (f"A{FIRST_ROW}:{before}{end}", None),
        (f"{first}{FIRST_ROW}:{last}{end}", FILL_IN_FILL),
    ):
        for formula, fill in (*rules, ("TRUE", default_fill)):
            style = DifferentialStyle(fill=fill, border=BORDER)
            sheet.conditional_formatting.add(cells, Rule("expression", dxf=style, formula=[formula], stopIfTrue=True))


def _row_height(row: TaskRow, widths: dict[str, float]) -> float:
    """Return the height of a row in points; LibreOffice and WPS do not fit rows on opening."""
    lines = 1
    for header, value in row.cells.items():
        room = widths[header] - CELL_PADDING
        if isinstance(value, str) and (len(value) * 2 > room or "\n" in value):
            lines = max(lines, sum(max(1, ceil(_display_width(line) / room)) for line in value.split("\n")))
    return min(lines * LINE_HEIGHT + ROW_PADDING, MAX_ROW_HEIGHT)


def _display_width(line: str) -> int:
    """Return the width of a line in half-width characters: GB 18030 encodes a Chinese character in two bytes."""
    return len(line.encode("gb18030", "replace"))


def _subtitle(task_list: TaskList) -> str:
    source = f"依据：{task_list.notice.title}" if task_list.notice.title else f"依据：{task_list.notice.source_path}"
    caveat = f"　　{task_list.caveat}" if task_list.caveat else ""
    return (
        f"责任单位：{task_list.unit}　　共 {len(task_list.rows)} 条　　{source}　　"
        f"黄色各列请填写，填好后交回本文件{caveat}"
    )


def _row_cells(
    sheet: Any, styles: CellStyles, column_styles: Sequence[tuple[str, str | None]], row: TaskRow
) -> list[Cell | None]:
    """Return the cells of a row; `column_styles` are header and style name of each column."""
    cells: list[Cell | None] = []
    for header, style_name in column_styles:
        value = row.cells[header]
        cells.append(None if value is None else make_cell(sheet, styles, value, style_name))
    cells.append(make_cell(sheet, styles, str(row.key), KEY_STYLE))
    return cells


def _topic_rows(lists: Sequence[TaskList], topics: Mapping[str, int]) -> list[list[Any]]:
    """Return topic, tasks and points, most tasks first; a shared score counts for the topic of the row showing it."""
    points: dict[str, Decimal] = {}
    seen: set[tuple[str, str | None, int]] = set()
    for task_list in lists:
        for row in task_list.rows:
            task, score = row.task, row.cells[POINTS]
            cell = (task.notice_id, task.table_id, task.score_cell) if task.points_rows > 1 else (task.task_id, None, 0)
            if isinstance(score, Decimal) and cell not in seen:
                seen.add(cell)
                name = task_list.topics.get(task.topic or "", OTHER_TOPIC)
                points[name] = points.get(name, Decimal()) + score
    return [
        [name, count, points.get(name)] for name, count in sorted(topics.items(), key=lambda item: (-item[1], item[0]))
    ]


def _append_block(sheet: Any, styles: CellStyles, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet.append([])
    _append_row(sheet, styles, headers, "header")
    for row in rows:
        _append_row(sheet, styles, row)


def _append_row(sheet: Any, styles: CellStyles, values: Sequence[Any], style_name: str | None = None) -> None:
    sheet.append(
        [make_cell(sheet, styles, "" if value is None else value, style_name, prefix="framed_") for value in values]
    )
