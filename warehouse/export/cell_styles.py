"""Cell styles of the workbooks that an office hands out, and the cells in them. Each colour has one meaning."""

from __future__ import annotations

from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection

from warehouse.export.columns import DONE_ON, FILL_IN, STATUS
from warehouse.printing import BODY_SIZE, FONT, TITLE_FONT, TITLE_SIZE, set_default_font
from warehouse.xlsx import BORDER, HEADER_COLOUR, TEXT_KINDS, Style, StyledCell, read_style, to_cell_value

KEY_STYLE: Final = "key"
DATE_FORMAT: Final = "yyyy-mm-dd"
TEXT_FORMAT: Final = "@"
ALIGN_LEFT: Final = Alignment(vertical="center", wrap_text=True)
ALIGN_CENTER: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)
FILL_IN_COLOUR: Final = "FFF8DC"
OVERDUE_COLOUR: Final = "F9D3C8"
DUE_SOON_COLOUR: Final = "D3E5F5"
DONE_COLOUR: Final = "DAEED0"
LEGEND: Final = (
    ("legend_fill_in", FILL_IN_COLOUR, "请填写"),
    ("legend_overdue", OVERDUE_COLOUR, "已逾期"),
    ("legend_soon", DUE_SOON_COLOUR, "30 天内到期"),
    ("legend_done", DONE_COLOUR, "已完成或不适用"),
)
"""Style, colour and meaning of each entry of the key to the colours."""


class CellStyles:
    """Named cell styles, registered once per workbook because styling cell by cell is slow in openpyxl.

    Names are `text`, `guarded` (text that must not become a formula), `number` and `day`, as
    `warehouse.xlsx.to_cell_value` returns them; `framed_…` for the same with borders, in sheets without conditional
    formats; `fill_<header>` and `fill_<header>_guarded` for the cells of a fill-in column; `header`, `title`,
    `subtitle`, `legend_…` and `key`.
    """

    def __init__(self, book: Workbook) -> None:
        set_default_font(book)
        self._sheet = book.create_sheet()
        self.by_name: dict[str, Style] = {}
        body = Font(name=FONT, size=BODY_SIZE)
        top: dict[str, Any] = {"font": body, "alignment": ALIGN_LEFT}
        middle = top | {"alignment": ALIGN_CENTER}
        for prefix, lines in (("", {}), ("framed_", {"border": BORDER})):
            self._add(f"{prefix}text", **top, **lines)
            self._add(f"{prefix}guarded", quotePrefix=True, **top, **lines)
            self._add(f"{prefix}number", **middle, **lines)
            self._add(f"{prefix}day", **middle, **lines, number_format=DATE_FORMAT)
        bold = Font(name=FONT, size=BODY_SIZE, bold=True)
        self._add("header", quotePrefix=True, **middle | {"font": bold}, fill=_fill(HEADER_COLOUR), border=BORDER)
        across = Alignment("center", "center", wrap_text=True)
        self._add("title", quotePrefix=True, font=Font(name=TITLE_FONT, size=TITLE_SIZE, bold=True), alignment=across)
        self._add("subtitle", quotePrefix=True, font=body, alignment=Alignment(vertical="center", wrap_text=True))
        for name, colour, _ in LEGEND:
            self._add(name, **middle, fill=_fill(colour), border=BORDER)
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
        "font": Font(name=FONT, size=BODY_SIZE),
        "alignment": ALIGN_CENTER if centred else ALIGN_LEFT,
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


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)
