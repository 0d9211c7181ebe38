"""Write a result as an Excel workbook that is ready to use and contains no formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from rich.cells import cell_len

from warehouse.errors import QueryError
from warehouse.formatting import FORMULA_STARTS, format_value

if TYPE_CHECKING:
    from openpyxl.styles.cell_style import StyleArray

MAX_ROWS: Final = 1_048_575
"""Maximum number of rows of an Excel sheet below the header."""
MAX_CELL_CHARACTERS: Final = 32_767
"""Maximum number of characters of an Excel cell."""
NOTE: Final = "说明"
MIN_WIDTH: Final = 6
MAX_WIDTH: Final = 60
WIDTH_SAMPLE_ROWS: Final = 500
"""Rows that determine the column widths."""

Style = tuple["StyleArray", int]
"""A style of openpyxl and its number in the workbook."""

CellKind = Literal["number", "day", "moment", "text", "guarded"]
TEXT_KINDS: Final[frozenset[CellKind]] = frozenset({"text", "guarded"})

_NUMBERS: Final = (int, float, Decimal)
TRUNCATION_MARK: Final = "…（超出 Excel 单元格长度，已截断）"
REPLACEMENT: Final = "�"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, headers, and values by row."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class StyledCell(Cell):
    """A cell to append to a write-only sheet, in a style that is already registered in the workbook.

    openpyxl would otherwise look up the style of every cell, and format every cell for an error that it then ignores.
    """

    __slots__ = ("style_number",)

    def __init__(self, sheet: Any, value: Any, style: Style, *, text: bool) -> None:
        super().__init__(sheet, row=1, column=1, value=None if text else value, style_array=style[0])
        self.style_number = style[1]
        if text:
            # The setter would look for formulas and errors in the text.
            self._value, self.data_type = value, "s"

    @property
    def style_id(self) -> int:
        """The number of the style in the workbook."""
        return self.style_number

    @property
    def has_style(self) -> bool:
        """Always True."""
        return True

    def __repr__(self) -> str:
        return "<cell>"


def accept_only_cells(sheet: Any) -> None:
    """Make a write-only sheet accept rows of cells (and None) only.

    openpyxl accepts plain values too and tries to convert every cell first, which costs more than writing it.
    """

    def place_cells(row: Iterable[Cell | None], number: int) -> Iterator[Cell]:
        for column, cell in enumerate(row, start=1):
            if cell is not None:
                cell.column, cell.row = column, number
                yield cell

    sheet._values_to_row = place_cells


def read_style(cell: Cell) -> Style:
    """Return the style of a cell, to be used for other cells of the same workbook."""
    return cell._style, cell.style_id  # type: ignore[attr-defined]


def write_sheet(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    title: str = "查询结果",
    note: str | None = None,
) -> None:
    """Write `rows` under a bold, frozen header with a filter.

    All text is stored as text: text that starts with = + - @ or a tab never becomes a formula, not even when the cell
    is edited. Numbers and dates stay numbers and dates. Characters that Excel cannot store become �.

    Args:
        path: The file to write.
        columns: Headers.
        rows: Values by row.
        title: Name of the sheet.
        note: Text for the reader, on a second sheet.

    Raises:
        QueryError: There are more rows than a sheet can hold.
        OSError: The file cannot be written.
    """
    notes = [] if note is None else [Sheet(NOTE, [NOTE], [[note]])]
    write_sheets(path, [Sheet(title, columns, rows), *notes])


def write_sheets(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write several sheets in the form of `write_sheet`.

    Raises:
        QueryError: There are more rows than a sheet can hold.
        OSError: The file cannot be written.
    """
    for sheet in sheets:
        if len(sheet.rows) > MAX_ROWS:
            raise QueryError(
                f"结果有 {len(sheet.rows)} 行，超出 Excel 工作表的上限 {MAX_ROWS} 行。请缩小查询范围，或导出为 csv。"
            )
    # Opened first: a write-only workbook that cannot be saved leaves temporary files behind.
    with path.open("wb") as handle:
        book = Workbook(write_only=True)
        for sheet in sheets:
            _fill_sheet(book.create_sheet(sheet.title), sheet.columns, sheet.rows)
        book.save(handle)


def _fill_sheet(sheet: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    styles = _make_styles(sheet)
    accept_only_cells(sheet)
    for number, name in enumerate(columns, start=1):
        width = _column_width(name, [row[number - 1] for row in rows[:WIDTH_SAMPLE_ROWS]])
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    sheet.append([_make_cell(sheet, styles, name, header=True) for name in columns])
    for row in rows:
        sheet.append([None if value is None else _make_cell(sheet, styles, value) for value in row])


def _make_styles(sheet: Any) -> Mapping[str, Style]:
    """Return the cell styles, registered once: styling cell by cell is the slow part of openpyxl."""
    header, text, guarded, day, moment = (WriteOnlyCell(sheet) for _ in range(5))
    header.font = Font(bold=True)
    header.fill = PatternFill("solid", fgColor="DDE7F0")
    header.alignment = Alignment(vertical="center", wrap_text=True)
    for cell in (text, guarded, day, moment):
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    # Without it, Excel would read "=1+1" as a formula once the cell is edited.
    header.quotePrefix = guarded.quotePrefix = True
    day.number_format = "yyyy-mm-dd"
    moment.number_format = "yyyy-mm-dd hh:mm:ss"
    cells = {"header": header, "number": text, "text": text, "guarded": guarded, "day": day, "moment": moment}
    return {name: read_style(cell) for name, cell in cells.items()}


def to_cell_value(value: Any) -> tuple[Any, CellKind]:
    """Return the value to store in a cell, and its kind: numbers and dates as they are, everything else as text.

    Text is stripped of characters that Excel cannot store and truncated to the maximum of a cell. `guarded` is text
    that must not become a formula: its cell needs `quotePrefix` and the data type `s`.
    """
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, _NUMBERS) and not isinstance(value, bool):
        number = Decimal(str(value))
        # Excel has no NaN or infinity, and 15 digits.
        if number.is_finite() and abs(number) < 10**15:
            return value, "number"
    elif isinstance(value, date) and value.year >= 1900 and not (isinstance(value, datetime) and value.tzinfo):
        return value, "moment" if isinstance(value, datetime) else "day"
    return _clean_text(format_value(value))


def _clean_text(value: str) -> tuple[str, CellKind]:
    text = ILLEGAL_CHARACTERS_RE.sub(REPLACEMENT, value)
    if len(text) > MAX_CELL_CHARACTERS:
        text = text[: MAX_CELL_CHARACTERS - len(TRUNCATION_MARK)] + TRUNCATION_MARK
    return text, "guarded" if text.startswith(FORMULA_STARTS) else "text"


def _make_cell(sheet: Any, styles: Mapping[str, Style], value: Any, *, header: bool = False) -> Cell:
    stored, kind = to_cell_value(value)
    return StyledCell(sheet, stored, styles["header" if header else kind], text=kind in TEXT_KINDS)


def _column_width(name: str, values: Sequence[Any]) -> float:
    texts = [name, *(format_value(value) for value in values)]
    longest = max(cell_len(line) for text in texts for line in text.split("\n"))
    return float(min(max(longest + 2, MIN_WIDTH), MAX_WIDTH))
