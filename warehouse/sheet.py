"""A result as an Excel workbook that a person can use at once and that cannot run anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from rich.cells import cell_len

from warehouse.errors import QueryError
from warehouse.values import shown

MAX_ROWS: Final = 1_048_575
"""Rows of an Excel sheet below the header."""
MAX_TEXT: Final = 32_767
"""Characters that an Excel cell holds."""
NARROWEST: Final = 6
WIDEST: Final = 60
SAMPLED: Final = 500
"""Rows that decide the column widths."""

CUT_MARK: Final = "…（超出 Excel 单元格长度，已截断）"
UNPRINTABLE: Final = "�"


def write_sheet(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "查询结果") -> None:
    """Write `rows` under a bold, frozen header with a filter.

    Every text is stored as text: what begins with = + - @ or a tab never becomes a formula, and Excel is told to
    keep it so when the cell is edited. Numbers and dates stay numbers and dates. Characters that Excel cannot
    store become �. Raises QueryError for more rows than a sheet holds; OSError where the file cannot be written.
    """
    if len(rows) > MAX_ROWS:
        raise QueryError(
            f"结果有 {len(rows)} 行，超出 Excel 工作表的上限 {MAX_ROWS} 行。请缩小查询范围，或导出为 csv。"
        )
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = title
    for number, name in enumerate(columns, start=1):
        cell = cast("Cell", sheet.cell(1, number))
        _put(cell, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE7F0")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = _width(name, [row[number - 1] for row in rows])
    for row_number, row in enumerate(rows, start=2):
        for number, value in enumerate(row, start=1):
            if value is not None:
                _put(cast("Cell", sheet.cell(row_number, number)), value)
    sheet.freeze_panes = "A2"
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    book.save(path)


def _put(cell: Cell, value: Any) -> None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # Excel knows no NaN or infinity, and holds 15 digits.
        number = Decimal(str(value))
        if number.is_finite() and abs(number) < 10**15:
            cell.value = value
            return
    elif isinstance(value, date) and value.year >= 1900 and not (isinstance(value, datetime) and value.tzinfo):
        cell.value = value
        cell.number_format = "yyyy-mm-dd hh:mm:ss" if isinstance(value, datetime) else "yyyy-mm-dd"
        return
    text = ILLEGAL_CHARACTERS_RE.sub(UNPRINTABLE, shown(value))
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - len(CUT_MARK)] + CUT_MARK
    cell.value = text
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    # Without it, Excel would read "=1+1" as a formula once the cell is edited.
    cell.quotePrefix = text.startswith(("=", "+", "-", "@", "\t", "\r"))


def _width(name: str, values: Sequence[Any]) -> float:
    texts = [name, *(shown(value) for value in values[:SAMPLED])]
    longest = max(cell_len(line) for text in texts for line in text.split("\n"))
    return float(min(max(longest + 2, NARROWEST), WIDEST))
