"""A result as an Excel workbook that a person can use at once and that cannot run anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from rich.cells import cell_len

from warehouse.errors import QueryError
from warehouse.formatting import FORMULA_STARTS, format_value

if TYPE_CHECKING:
    from openpyxl.styles.cell_style import StyleArray

MAX_ROWS: Final = 1_048_575
"""Rows of an Excel sheet below the header."""
MAX_CELL_CHARACTERS: Final = 32_767
"""Characters that an Excel cell holds."""
NOTE: Final = "说明"
MIN_WIDTH: Final = 6
MAX_WIDTH: Final = 60
WIDTH_SAMPLE_ROWS: Final = 500
"""Rows that decide the column widths."""

Style = tuple["StyleArray", int]
"""A style and its number in the workbook."""

CellKind = Literal["number", "day", "moment", "text", "guarded"]
TEXT_KINDS: Final[frozenset[CellKind]] = frozenset({"text", "guarded"})

_NUMBERS: Final = (int, float, Decimal)
TRUNCATION_MARK: Final = "…（超出 Excel 单元格长度，已截断）"
REPLACEMENT: Final = "�"


class StyledCell(Cell):
    """A cell to append to a write-only sheet, in a style that the workbook knows already.

    openpyxl would look the style up for every cell, and describe every cell in an error that it then ignores.
    """

    __slots__ = ("style_number",)

    def __init__(self, sheet: Any, value: Any, style: Style, *, text: bool) -> None:
        super().__init__(sheet, row=1, column=1, value=None if text else value, style_array=style[0])
        self.style_number = style[1]
        if text:
            # Stored as it is: the setter would look for formulas and errors in it.
            self._value, self.data_type = value, "s"

    @property
    def style_id(self) -> int:
        """The number of the style in the workbook."""
        return self.style_number

    @property
    def has_style(self) -> bool:
        """Always: that is what it is for."""
        return True

    def __repr__(self) -> str:
        return "<cell>"


def accept_only_cells(sheet: Any) -> None:
    """Let a write-only sheet take rows of cells (and None) alone.

    It takes values too, and tries every cell as one first, which costs more than writing it.
    """

    def placed(row: Iterable[Cell | None], number: int) -> Iterator[Cell]:
        for column, cell in enumerate(row, start=1):
            if cell is not None:
                cell.column, cell.row = column, number
                yield cell

    sheet._values_to_row = placed


def read_style(cell: Cell) -> Style:
    """The style of a cell that was styled by hand, for others of the same workbook."""
    return cell._style, cell.style_id  # type: ignore[attr-defined]


def write_sheet(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    title: str = "查询结果",
    note: str | None = None,
) -> None:
    """Write `rows` under a bold, frozen header with a filter; `note` is what a reader has to know, on a second sheet.

    Every text is stored as text: what begins with = + - @ or a tab never becomes a formula, and Excel is told to
    keep it so when the cell is edited. Numbers and dates stay numbers and dates. Characters that Excel cannot
    store become �. Raises QueryError for more rows than a sheet holds; OSError where the file cannot be written.
    """
    if len(rows) > MAX_ROWS:
        raise QueryError(
            f"结果有 {len(rows)} 行，超出 Excel 工作表的上限 {MAX_ROWS} 行。请缩小查询范围，或导出为 csv。"
        )
    # Opened first: a write-only workbook that cannot be saved leaves its own temporary files in disorder.
    with path.open("wb") as handle:
        book = Workbook(write_only=True)
        _fill_sheet(book.create_sheet(title), columns, rows)
        if note is not None:
            _fill_sheet(book.create_sheet(NOTE), [NOTE], [[note]])
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
    """The looks of the cells, registered once: styling cell by cell is the slow part of openpyxl."""
    header, text, guarded, day, moment = (Cell(sheet, row=1, column=1) for _ in range(5))
    header.font = Font(bold=True)
    header.fill = PatternFill("solid", fgColor="DDE7F0")
    header.alignment = Alignment(vertical="center", wrap_text=True)
    for cell in (text, guarded, day, moment):
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    # Without it, Excel would read "=1+1" as a formula once the cell is edited.
    header.quotePrefix = guarded.quotePrefix = True
    day.number_format = "yyyy-mm-dd"
    moment.number_format = "yyyy-mm-dd hh:mm:ss"
    looks = {"header": header, "number": text, "text": text, "guarded": guarded, "day": day, "moment": moment}
    return {name: read_style(cell) for name, cell in looks.items()}


def to_cell_value(value: Any) -> tuple[Any, CellKind]:
    """What a cell keeps of a value that is not None, and its look: a number or a day as itself, all else as text.

    Text comes without characters that Excel cannot store, cut at what a cell holds; `guarded` is text that must not
    become a formula: its cell wants `quotePrefix` and the data type `s`.
    """
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, _NUMBERS) and not isinstance(value, bool):
        number = Decimal(str(value))
        # Excel knows no NaN or infinity, and holds 15 digits.
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
    kept, look = to_cell_value(value)
    return StyledCell(sheet, kept, styles["header" if header else look], text=look in TEXT_KINDS)


def _column_width(name: str, values: Sequence[Any]) -> float:
    texts = [name, *(format_value(value) for value in values)]
    longest = max(cell_len(line) for text in texts for line in text.split("\n"))
    return float(min(max(longest + 2, MIN_WIDTH), MAX_WIDTH))
