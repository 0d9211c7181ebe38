"""How every sheet is printed: A4 landscape, text of 10.5 points that is not scaled down, one heading, pages numbered.

Widths are in characters of the default font of a workbook (宋体 of 11 points, `set_default_font`), heights in points.
Programs other than Excel do not fit rows to their text on opening, so the height of every row is estimated here, rather
too high than too low.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.properties import PageSetupProperties

from warehouse.heading import Heading

FONT: Final = "宋体"
TITLE_FONT: Final = "黑体"
BODY_SIZE: Final = 10.5
"""Size of the text in points (五号)."""
TITLE_SIZE: Final = 16
PAPER_A4: Final = 9
MARGINS: Final = (("left", 0.3), ("right", 0.3), ("top", 0.5), ("bottom", 0.65), ("header", 0.3), ("footer", 0.3))
"""Margins in inches."""
DEFAULT_SIZE: Final = 11
"""Size of the default font: a character of width is half of it in Office, and 0.64 of it where 宋体 is missing."""
PAGE_WIDTH: Final = 113.0
"""Width of all columns that A4 landscape shows at 10 points or more, whatever font stands in for 宋体."""
HALF_WIDTH: Final = 0.89
"""Width of half a Chinese character of the body."""
CELL_PADDING: Final = 1.2
"""Width that the borders of a cell take, and that a line leaves blank because a full stop may not begin a line."""
LINE_HEIGHT: Final = 13.8
ROW_PADDING: Final = 4.0
MAX_ROW_HEIGHT: Final = 409.0
"""Maximum height of a row in Excel."""
MAX_LINES: Final = int((MAX_ROW_HEIGHT - ROW_PADDING) / LINE_HEIGHT)
"""Lines that the highest row shows."""
TITLE_HEIGHT: Final = 28.0
BLANK_HEIGHT: Final = 6.0
HEADING_STYLES: Final = ("title", "subtitle", "subtitle")
HEADER_ROW: Final = 4
"""Row of the column names: title, question, and note with source and day stand above it."""
MAX_FOOTER: Final = 60
"""Characters of the name of a sheet in its footer."""
SAMPLE_ROWS: Final = 500
"""Rows that determine the widths."""
COLUMN_MIN, COLUMN_MAX = 6.0, 56.0
LONG_TEXT: Final = 10.5
"""A column of texts longer than this may be narrower than its longest text."""
SHARED: Final = 0.85
"""Share of a page that the least widths may take, so that something is left for long texts."""


def set_default_font(book: Workbook) -> None:
    """Make 宋体 the default font of a new workbook, which the widths of its columns are measured in."""
    font = Font(name=FONT, size=DEFAULT_SIZE, charset=134)
    # The first font of a workbook is the default one, and openpyxl has no way to name it.
    book._fonts = IndexedList([font])  # type: ignore[attr-defined]
    book._named_styles["Normal"].font = font  # type: ignore[attr-defined]


def set_up_page(sheet: Any, repeated: str, footer: str) -> None:
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
    for side, inches in MARGINS:
        setattr(sheet.page_margins, side, inches)
    name = footer if len(footer) <= MAX_FOOTER else f"{footer[:MAX_FOOTER]}…"
    # "&" starts a code in a footer.
    sheet.oddFooter.left.text = name.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页，共 &N 页"


def count_lines(text: str, width: float) -> int:
    """Return the number of lines of a wrapped text in a column of this width."""
    room = _count_room(width)
    if "\n" not in text:
        return 1 if len(text) * 2 <= room else ceil(measure_text(text) / room)
    return sum([max(1, ceil(measure_text(line) / room)) for line in text.split("\n")])


def row_height(texts: Iterable[str], widths: Iterable[float]) -> float:
    """Return the height of a row with these texts in columns of these widths."""
    lines = 1
    for text, width in zip(texts, widths, strict=True):
        # Most texts are so short that they need no measuring.
        if len(text) * 2 * HALF_WIDTH + CELL_PADDING > width or "\n" in text:
            lines = max(lines, count_lines(text, width))
    return min(lines * LINE_HEIGHT + ROW_PADDING, MAX_ROW_HEIGHT)


def write_heading(
    sheet: Any,
    heading: Heading,
    widths: Sequence[float],
    make_cell: Callable[[str, str], Cell],
    *,
    repeated: int = HEADER_ROW,
) -> None:
    """Set up an empty write-only sheet and append the rows above the header.

    Args:
        sheet: The sheet.
        heading: What they say.
        widths: Widths of the columns.
        make_cell: Return the cell of a text in the style `title` or `subtitle`.
        repeated: Row to repeat on every page.
    """
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    set_up_page(sheet, f"{repeated}:{repeated}", heading.title)
    last = get_column_letter(max(len(widths), 1))
    for number, (line, style) in enumerate(zip(heading.lines, HEADING_STYLES, strict=True), start=1):
        if last != "A":
            sheet.merged_cells.add(f"A{number}:{last}{number}")
        sheet.row_dimensions[number].height = heading_height(line, style, sum(widths))
        sheet.append([make_cell(line, style)] if line else [])


def heading_height(line: str, style: str, width: float) -> float:
    """Return the height of a row of the heading."""
    if style == "title":
        return TITLE_HEIGHT * ceil(measure_text(line) * TITLE_SIZE / BODY_SIZE * HALF_WIDTH / width)
    return row_height([line], [width]) if line else BLANK_HEIGHT


def measure_text(line: str) -> int:
    """Return the width of a line in half-width characters: what a Chinese font draws wide has two bytes in GB 18030."""
    return len(line.encode("gb18030", "replace"))


def _count_room(width: float) -> float:
    """Return the half-width characters of a line in a column of this width."""
    return max((width - CELL_PADDING) / HALF_WIDTH, 2.0)


def _measure(text: str) -> float:
    """Return the width of a column that shows the longest line of a text without a break."""
    return max(measure_text(line) for line in text.split("\n")) * HALF_WIDTH + CELL_PADDING


def shorten_to_row(text: str, width: float, mark: str) -> str:
    """Return a text that the highest row shows whole: one that is too long is cut and ends in `mark`."""
    if count_lines(text, width) <= MAX_LINES:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_lines(text[:middle] + mark, width) <= MAX_LINES else (low, middle - 1)
    return text[:low] + mark


def share_widths(
    texts: Sequence[Sequence[str]], *, minimum: Sequence[float], maximum: Sequence[float], total: float = PAGE_WIDTH
) -> list[float]:
    """Return widths of columns that fill a page: what is left goes to the column that makes rows the highest.

    Args:
        texts: The texts of each column that its width has to suit.
        minimum: Least width of each column.
        maximum: Greatest width of each column.
        total: Width to share.
    """
    widths = list(minimum)
    lengths = [sorted(measure_text(text) for text in column if text) for column in texts]
    # The text that one in twenty exceeds: a single long one does not narrow all other columns.
    needs = [column[max(0, ceil(len(column) * 0.95) - 1)] if column else 0 for column in lengths]

    def lines(place: int) -> float:
        return needs[place] / _count_room(widths[place])

    while (left := total - sum(widths)) > 0:
        open_places = [place for place in range(len(widths)) if widths[place] < maximum[place] and lines(place) > 1]
        if not open_places:
            break
        widest = max(open_places, key=lines)
        widths[widest] += min(1.0, left, maximum[widest] - widths[widest])
    return [round(width, 2) for width in widths]


def fit_columns(headers: Sequence[str], rows: Sequence[Sequence[str]], total: float = PAGE_WIDTH) -> list[float]:
    """Return widths for a table of texts: as wide as its texts where the page has room, else shared out.

    Args:
        headers: Names of the columns.
        rows: Texts by row; the first ones decide.
        total: Width of the page.
    """
    sample = rows[:SAMPLE_ROWS]
    columns = [[row[place] for row in sample] for place in range(len(headers))]
    widest = [max(map(_measure, (header, *texts))) for header, texts in zip(headers, columns, strict=True)]
    maximum = [min(max(width, COLUMN_MIN), COLUMN_MAX) for width in widest]
    if sum(maximum) <= total:
        return [round(width, 2) for width in maximum]
    caps = (LONG_TEXT - step / 2 for step in range(int(2 * (LONG_TEXT - COLUMN_MIN)) + 1))
    cap = next((cap for cap in caps if sum(min(width, cap) for width in maximum) <= total * SHARED), LONG_TEXT)
    minimum = [min(width, cap) for width in maximum]
    texts = [(header, *column) for header, column in zip(headers, columns, strict=True)]
    # With very many columns the page is scaled down; long texts have room all the same.
    return share_widths(texts, minimum=minimum, maximum=maximum, total=max(total, sum(minimum) / SHARED))
