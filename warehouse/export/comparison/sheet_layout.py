"""A grid as a sheet: title, note, header rows that stay in view and repeat in print, widths, heights, filter."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from rich.cells import cell_len

from warehouse.export.comparison.table_model import MANY, NUMERIC, Column, Grid, Kind
from warehouse.export.styles import FONT, Looks, print_on_a4, put
from warehouse.xlsx import read_style

TITLE: Final = "文明测评通知比较"
FORMATS: Final = {
    "count": "#,##0_ ",
    "value": "#,##0.##_ ",
    "index": "0.000_ ",
    "share": "0.0%_ ",
    "change": "+0.0%_ ;-0.0%_ ;0.0%_ ",
}
"""Number formats of the looks, with a blank before the line on the right.

`value` is a number with decimals: of a whole one, Excel would leave the point.
"""
GROUP_ROW: Final = 3
LINE: Final = 14.0
"""Height of a line of text, in points."""
HIGHEST: Final = 409.0
FULL: Final = 0.95
"""Width of a half-width character of our text in units of a column."""


def looks_of(book: Workbook) -> Looks:
    """The looks of all exports, and those of the figures of a comparison."""
    looks = Looks(book)
    sheet = book.create_sheet()
    for name, form in FORMATS.items():
        cell = Cell(sheet, row=1, column=1, style_array=looks.styles["framed_number"][0])
        cell.number_format = form
        cell.alignment = Alignment(horizontal="right", vertical="top")
        looks.styles[name] = read_style(cell)
    note = Cell(sheet, row=1, column=1, style_array=looks.styles["subtitle"][0])
    note.alignment = Alignment(vertical="top", wrap_text=True)
    note.font = Font(name=FONT, size=10, color="5A6672")
    strong = Cell(sheet, row=1, column=1, style_array=looks.styles["framed_text"][0])
    strong.font = Font(name=FONT, size=10, bold=True)
    link = Cell(sheet, row=1, column=1, style_array=looks.styles["framed_text"][0])
    link.font = Font(name=FONT, size=10, color="1F5F8B", underline="single")
    for name, cell in (("note", note), ("strong", strong), ("link", link)):
        cell.quotePrefix = True
        looks.styles[name] = read_style(cell)
    book.remove(sheet)
    return looks


def header_row(grid: Grid) -> int:
    """The row of the sheet that holds the names of the columns; the first row of figures is below."""
    return GROUP_ROW + 1 if grid.grouped else GROUP_ROW


def write_grid(sheet: Worksheet, looks: Looks, grid: Grid) -> None:
    """Fill an empty sheet with the grid; a grid without a row says why."""
    head = header_row(grid)
    last = get_column_letter(len(grid.columns))
    sheet.append([put(sheet, looks, grid.title, "title")])
    sheet.append([put(sheet, looks, f"{grid.note}来源：{grid.source}。", "note")])
    for row in (1, 2):
        sheet.merge_cells(f"A{row}:{last}{row}")
    widths = [column.width for column in grid.columns]
    sheet.row_dimensions[1].height = 26
    sheet.row_dimensions[2].height = _height([f"{grid.note}来源：{grid.source}。"], [sum(widths)])
    _write_head(sheet, looks, grid)
    for values in grid.rows:
        named = [_look(value, column.kind) for value, column in zip(values, grid.columns, strict=True)]
        put_row(sheet, looks, values, named, widths)
    if not grid.rows:
        sheet.append([put(sheet, looks, grid.empty, "note")])
        sheet.merge_cells(f"A{head + 1}:{last}{head + 1}")
        sheet.row_dimensions[head + 1].height = _height([grid.empty], [sum(widths)])
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = f"{get_column_letter(grid.key + 1)}{head + 1}"
    if len(grid.rows) > MANY:
        sheet.auto_filter.ref = f"A{head}:{last}{head + len(grid.rows)}"
    if grid.shaded and grid.rows:
        _shade(sheet, grid, head)
    print_on_a4(sheet, f"{GROUP_ROW}:{head}", f"{TITLE}　{grid.name}")


def put_row(
    sheet: Worksheet, looks: Looks, values: Sequence[Any], names: Sequence[str | None], widths: Sequence[float]
) -> None:
    """Append a row of values, each in its look, as high as its longest text: not every program finds that itself."""
    cells = [_framed(sheet, looks, value, look) for value, look in zip(values, names, strict=True)]
    sheet.append(cells)
    texts = [value if isinstance(value, str) else "" for value in values]
    sheet.row_dimensions[cells[0].row].height = _height(texts, widths)


def _framed(sheet: Worksheet, looks: Looks, value: Any, look: str | None) -> Cell:
    """A cell with lines around; of nothing, a truly empty one, which no chart takes for a text."""
    if value is None or value == "":
        return Cell(sheet, row=1, column=1, style_array=looks.styles[look or "framed_text"][0])
    return put(sheet, looks, value, look, prefix="framed_")


def _look(value: Any, kind: Kind) -> str | None:
    """The look of a figure; None where the look follows from the value."""
    if kind not in NUMERIC or value is None:
        return None
    if kind == "number":
        return "count" if value == int(value) else "value"
    return kind


def _write_head(sheet: Worksheet, looks: Looks, grid: Grid) -> None:
    names = [column.name if column.group or not grid.grouped else None for column in grid.columns]
    if grid.grouped:
        sheet.append([put(sheet, looks, column.group or column.name, "header") for column in grid.columns])
        _merge_groups(sheet, grid.columns)
    sheet.append([_framed(sheet, looks, name, "header") for name in names])
    widths = [column.width - 1 for column in grid.columns]
    sheet.row_dimensions[header_row(grid)].height = _height([column.name for column in grid.columns], widths) + 4


def _merge_groups(sheet: Worksheet, columns: Sequence[Column]) -> None:
    first = 0
    for place, column in enumerate(columns):
        letter = get_column_letter(place + 1)
        if not column.group:
            sheet.merge_cells(f"{letter}{GROUP_ROW}:{letter}{GROUP_ROW + 1}")
        elif place + 1 == len(columns) or columns[place + 1].group != column.group:
            sheet.merge_cells(f"{get_column_letter(first + 1)}{GROUP_ROW}:{letter}{GROUP_ROW}")
        if place + 1 < len(columns) and columns[place + 1].group != column.group:
            first = place + 1


def _shade(sheet: Worksheet, grid: Grid, head: int) -> None:
    """Tint the shares side by side, so that the heavy ones are seen at once."""
    places = [place for place, column in enumerate(grid.columns, start=1) if column.kind == "share" and column.group]
    places = places or [place for place, column in enumerate(grid.columns, start=1) if column.kind == "share"]
    ends = {"start_type": "num", "start_value": 0, "end_type": "max"}
    rule = ColorScaleRule(**ends, start_color="FFFFFF", end_color="8FBBD3")  # type: ignore[no-untyped-call]
    first, last = get_column_letter(min(places)), get_column_letter(max(places))
    sheet.conditional_formatting.add(f"{first}{head + 1}:{last}{head + len(grid.rows)}", rule)


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Points that the row takes; Excel allows no more than `HIGHEST`."""
    lines = max(_lines(text, width) for text, width in zip(texts, widths, strict=True))
    return min(LINE * lines + 4, HIGHEST)


def _lines(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a cell of this width."""
    return sum(max(1, ceil(cell_len(line) * FULL / max(width - 0.5, 1))) for line in text.split("\n"))
