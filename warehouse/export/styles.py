"""How the cells of exported workbooks look, registered once per workbook, and the print set-up of their sheets."""

from __future__ import annotations

from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.properties import PageSetupProperties

from warehouse.export.columns import DONE_ON, FILL_IN, STATUS
from warehouse.xlsx import TEXT_KINDS, Style, StyledCell, read_style, to_cell_value

BORDERLESS: Final = "key"
PAPER_A4: Final = 9
DAY: Final = "yyyy-mm-dd"
TEXT: Final = "@"
FONT: Final = "宋体"
TITLE_FONT: Final = "黑体"

_LINE: Final = Side(style="thin", color="9AA5B1")
BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADER_FILL: Final = PatternFill("solid", fgColor="DDE7F0")
TOP: Final = Alignment(vertical="top", wrap_text=True)
MIDDLE: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)


class Looks:
    """Name of a look -> its style in this workbook. Styling cell by cell is the slow part of openpyxl.

    `text`, `guarded` (text that must not become a formula), `number`, `day`: those of `warehouse.xlsx.to_cell_value`;
    `framed_…` the same with lines around, for sheets whose lines no rule draws; `fill_<header>` that of a fill-in
    column, `fill_<header>_guarded` its guarded form.
    """

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet()
        self.styles: dict[str, Style] = {}
        top: dict[str, Any] = {"font": Font(name=FONT, size=10), "alignment": TOP}
        middle = top | {"alignment": MIDDLE}
        for prefix, lines in (("", {}), ("framed_", {"border": BOX})):
            self._add(f"{prefix}text", **top, **lines)
            self._add(f"{prefix}guarded", quotePrefix=True, **top, **lines)
            self._add(f"{prefix}number", **middle, **lines)
            self._add(f"{prefix}day", **middle, **lines, number_format=DAY)
        header = middle | {"font": Font(name=FONT, size=10, bold=True), "fill": _HEADER_FILL, "border": BOX}
        self._add("header", quotePrefix=True, **header)
        across = Alignment("center", "center")
        self._add("title", quotePrefix=True, font=Font(name=TITLE_FONT, size=16, bold=True), alignment=across)
        self._add("subtitle", quotePrefix=True, font=Font(name=FONT, size=10), alignment=Alignment(vertical="center"))
        self._add(BORDERLESS, quotePrefix=True, font=Font(name=FONT, size=8, color="808080"))
        for name in FILL_IN:
            style = open_style(name)
            self._add(f"fill_{name}", **style)
            self._add(f"fill_{name}_guarded", quotePrefix=True, **style)
        book.remove(self._sheet)

    def _add(self, name: str, **style: Any) -> None:
        cell = Cell(self._sheet, row=1, column=1)
        for part, value in style.items():
            setattr(cell, part, value)
        self.styles[name] = read_style(cell)


def open_style(header: str) -> dict[str, Any]:
    """The style of a fill-in column, which nothing protects."""
    centred = header in (STATUS, DONE_ON)
    return {
        "font": Font(name=FONT, size=10),
        "alignment": MIDDLE if centred else TOP,
        "protection": Protection(locked=False),
        "number_format": DAY if header == DONE_ON else TEXT,
    }


def put(sheet: Any, looks: Looks, value: Any, look: str | None = None, *, prefix: str = "") -> Cell:
    """A cell to append to a sheet, with this value, not None; without `look`, the look follows from the value."""
    kept, kind = to_cell_value(value)
    name = look or f"{prefix}{kind}"
    if kind == "guarded" and f"{name}_guarded" in looks.styles:
        name = f"{name}_guarded"
    return StyledCell(sheet, kept, looks.styles[name], text=kind in TEXT_KINDS)


def print_on_a4(sheet: Any, repeated: str, footer: str) -> None:
    """A4 across, as wide as the paper; the rows `repeated` on every page, `footer` and the page number below."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = PAPER_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = repeated
    sheet.print_options.horizontalCentered = True
    for side, inches in (("left", 0.4), ("right", 0.4), ("top", 0.5), ("bottom", 0.6), ("footer", 0.3)):
        setattr(sheet.page_margins, side, inches)
    # "&" begins a code in a footer.
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页，共 &N 页"
