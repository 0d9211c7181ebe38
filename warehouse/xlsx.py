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
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from warehouse import printing
from warehouse.errors import QueryError
from warehouse.formatting import FORMULA_STARTS, format_value
from warehouse.heading import Heading

if TYPE_CHECKING:
    from openpyxl.styles.cell_style import StyleArray

MAX_ROWS: Final = 1_048_576 - printing.HEADER_ROW
"""Maximum number of rows of an Excel sheet below the header."""
MAX_CELL_CHARACTERS: Final = 32_767
"""Maximum number of characters of an Excel cell."""
NOTE: Final = "说明"
RESULT: Final = "查询结果"
ID_COLUMNS: Final = ("任务编号", "问题编号", "指标编号")
"""Last columns that only programs read."""
ID_WIDTH: Final = 12.0
"""Width of a column that is not printed."""
HEADER_PADDING: Final = 6.0
HEADER_COLOUR: Final = "E7E9EC"
_SIDE: Final = Side(style="thin", color="9AA5B1")
BORDER: Final = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)

Style = tuple["StyleArray", int]
"""A style of openpyxl and its number in the workbook."""

CellKind = Literal["number", "day", "moment", "text", "guarded"]
TEXT_KINDS: Final[frozenset[CellKind]] = frozenset({"text", "guarded"})

_NUMBERS: Final = (int, float, Decimal)
TRUNCATION_MARK: Final = "…（超出 Excel 单元格长度，已截断）"
REPLACEMENT: Final = "�"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, headers, values by row, and what stands above them (its name if None)."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    heading: Heading | None = None


class StyledCell(Cell):
    """A cell to append to a write-only sheet, in a style that is already registered in the workbook.

    openpyxl would otherwise look up the style of every cell, and format every cell for an error that it then ignores.
    """

    __slots__ = ("style_number",)

    def __init__(self, sheet: Any, value: Any, style: Style, *, text: bool) -> None:
        # The constructor would copy the style, which no cell changes, for every cell.
        self.parent = sheet
        self._style, self.style_number = style
        self._hyperlink = self._comment = None
        if text:
            # The setter would look for formulas and errors in the text.
            self._value, self.data_type = value, "s"
        else:
            self._value, self.data_type = None, "n"
            if value is not None:
                self.value = value

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


def write_sheet(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]], heading: Heading) -> None:
    """Write `rows` under a heading and a frozen header with a filter, ready to print on A4 landscape.

    All text is stored as text: text that starts with = + - @ or a tab never becomes a formula, not even when the cell
    is edited. Numbers and dates stay numbers and dates. Characters that Excel cannot store become �. The names of the
    columns are in row `HEADER_ROW` of `warehouse.printing`. Columns without any value are hidden, and a last column
    that ties rows to the warehouse (任务编号) is not printed.

    Args:
        path: The file to write.
        columns: Headers.
        rows: Values by row.
        heading: Title and what else stands above the rows.

    Raises:
        QueryError: There are more rows than a sheet can hold.
        OSError: The file cannot be written.
    """
    write_sheets(path, [Sheet(RESULT, columns, rows, heading)])


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
        printing.set_default_font(book)
        for sheet in sheets:
            _fill_sheet(book.create_sheet(sheet.title), sheet)
        book.save(handle)


def _fill_sheet(sheet: Any, content: Sheet) -> None:
    styles = _make_styles(sheet)
    accept_only_cells(sheet)
    columns, rows = content.columns, content.rows
    hidden, printed = _choose_columns(columns, rows)
    widths = _share_widths(columns, rows, hidden, printed)
    # A write-only sheet takes no settings after its first row.
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for place in hidden:
        sheet.column_dimensions[get_column_letter(place + 1)].hidden = True
    first, last = printing.HEADER_ROW, printing.HEADER_ROW + len(rows)
    sheet.freeze_panes = f"A{first + 1}"
    if columns:
        sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(columns))}{last}"
    if printed < len(columns):
        sheet.print_area = f"A1:{get_column_letter(printed)}{last}"
    heading = content.heading or Heading(content.title)
    printing.write_heading(sheet, heading, widths[:printed], lambda text, style: _make_cell(sheet, styles, text, style))
    sheet.row_dimensions[first].height = printing.row_height(columns, widths) + HEADER_PADDING
    sheet.append([_make_cell(sheet, styles, name, "header") for name in columns])
    for number, row in enumerate(rows, start=first + 1):
        height = printing.row_height([_to_text(value) for value in row], widths)
        sheet.row_dimensions[number].height = height
        sheet.append([_make_cell(sheet, styles, value) for value in row])


def _choose_columns(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[frozenset[int], int]:
    """Return the places of the columns that are hidden, and the number of those that are printed."""
    empty = (place for place in range(len(columns)) if all(row[place] in (None, "") for row in rows))
    hidden = frozenset(empty) if rows else frozenset()
    is_id = len(columns) > 1 and columns[-1] in ID_COLUMNS
    return (hidden if len(hidden) < len(columns) else frozenset()), len(columns) - is_id


def _share_widths(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], hidden: frozenset[int], printed: int
) -> list[float]:
    """Return the widths of all columns: those that are printed share the page."""
    places = [place for place in range(printed) if place not in hidden]
    texts = [[_to_text(row[place]) for place in places] for row in rows[: printing.SAMPLE_ROWS]]
    fitted = printing.fit_columns([columns[place] or "" for place in places], texts)
    widths = dict(zip(places, fitted, strict=True))
    return [widths.get(place, ID_WIDTH) for place in range(len(columns))]


def _to_text(value: Any) -> str:
    return value if isinstance(value, str) else format_value(value)


def _make_styles(sheet: Any) -> Mapping[str, Style]:
    """Return the cell styles, registered once: styling cell by cell is the slow part of openpyxl."""
    names = ("title", "subtitle", "header", "text", "guarded", "number", "day", "moment", "blank")
    cells = {name: WriteOnlyCell(sheet) for name in names}
    for name, cell in cells.items():
        cell.font = Font(name=printing.FONT, size=printing.BODY_SIZE)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        if name not in printing.HEADING_STYLES:
            cell.border = BORDER
    cells["title"].font = Font(name=printing.TITLE_FONT, size=printing.TITLE_SIZE, bold=True)
    cells["header"].font = Font(name=printing.FONT, size=printing.BODY_SIZE, bold=True)
    cells["header"].fill = PatternFill("solid", fgColor=HEADER_COLOUR)
    for name in ("title", "header"):
        cells[name].alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    # Without it, Excel would read "=1+1" as a formula once the cell is edited.
    for name in ("title", "subtitle", "header", "guarded"):
        cells[name].quotePrefix = True
    cells["day"].number_format = "yyyy-mm-dd"
    cells["moment"].number_format = "yyyy-mm-dd hh:mm:ss"
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
    # No printable character is illegal, and most texts have no other.
    text = value if value.isprintable() else ILLEGAL_CHARACTERS_RE.sub(REPLACEMENT, value)
    if len(text) > MAX_CELL_CHARACTERS:
        text = text[: MAX_CELL_CHARACTERS - len(TRUNCATION_MARK)] + TRUNCATION_MARK
    return text, "guarded" if text.startswith(FORMULA_STARTS) else "text"


def _make_cell(sheet: Any, styles: Mapping[str, Style], value: Any, style: str | None = None) -> Cell:
    if value is None:
        return StyledCell(sheet, None, styles["blank"], text=False)
    stored, kind = to_cell_value(value)
    return StyledCell(sheet, stored, styles[style or kind], text=kind in TEXT_KINDS)
