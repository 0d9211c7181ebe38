"""Pages of other shapes: the same table drawn as two halves side by side, or as a card for each item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from tests.bench.notices import Cell, Table
from tests.layouts.layout import Layout
from tests.layouts.render import Variant
from tests.layouts.truth import Truth

_PLAIN: Final[dict[str, Any]] = {"repeat_header": False, "form_row": False, "split_units": False}
_IN_HALVES: Final = _PLAIN | {"subtotals": False}
_IN_CARDS: Final = _PLAIN | {
    "levels": "columns",
    "level_cells": "repeated",
    "header_rows": 1,
    "total": "none",
    "subtotals": False,
    "code_column": False,
    "criteria": False,
}
_WIDE: Final = ("requirement", "evidence", "scoring")
"""What has a line of its own on a card; the rest stands two by two."""
_SQUARES: Final = 4


def fit_layout(shape: str, layout: Layout, truth: Truth) -> Layout | None:
    """Return a layout of which a page of that shape can be drawn, None where there is none."""
    if shape == "table":
        return layout
    if shape == "halves":
        return replace(layout, **_IN_HALVES)
    if any(item.points_rows > 1 for item in truth.items):
        return None
    parties = "column" if layout.parties == "matrix" else layout.parties
    return replace(layout, **_IN_CARDS, parties=parties)


def reshape(shape: str, variant: Variant) -> Variant | None:
    """Return a page in another shape, None where its table cannot be cut."""
    (table,) = variant.notice.tables
    drawn = SHAPES[shape](table, variant)
    return None if drawn is None else replace(variant, notice=replace(variant.notice, tables=(drawn,)))


def _as_halves(table: Table, variant: Variant) -> Table | None:
    kinds = variant.row_kinds
    start = next(r for r, kind in enumerate(kinds) if kind not in ("title", "header"))
    start += kinds[start] == "total"
    stop = next(r for r in range(len(kinds), 0, -1) if kinds[r - 1] in ("task", "band"))
    cut = _cut(table, variant, start, stop)
    if cut is None:
        return None
    width, height = table.n_cols, max(cut - start, stop - cut)
    cells: list[Cell] = []
    for cell in table.cells:
        is_header = kinds[cell.row] == "header"
        if is_header or start <= cell.row < cut:
            cells.append(cell)
        if is_header:
            cells.append(replace(cell, col=cell.col + width))
        elif cut <= cell.row < stop:
            cells.append(replace(cell, row=cell.row - cut + start, col=cell.col + width))
        elif cell.row < start or cell.row >= stop:
            row = cell.row if cell.row < start else cell.row - stop + start + height
            cells += _over_both(replace(cell, row=row), width)
    cells += [Cell(r, c, "") for r in range(cut, start + height) for c in range(width)]
    cells += [Cell(r, width + c, "") for r in range(start + stop - cut, start + height) for c in range(width)]
    cells.sort(key=lambda cell: (cell.row, cell.col))
    return Table(table.title, table.n_rows - (stop - start) + height, 2 * width, table.header_rows, tuple(cells))


def _over_both(cell: Cell, width: int) -> Iterator[Cell]:
    """Yield a cell outside the halves: the first of a row goes over the left half too."""
    if cell.col == 0:
        yield replace(cell, col_span=cell.col_span + width)
    else:
        yield replace(cell, col=cell.col + width)


def _cut(table: Table, variant: Variant, start: int, stop: int) -> int | None:
    """Return the row near the middle at which an outermost heading begins, or any item where there are no headings."""
    items = iter(variant.items)
    above: object = None
    opens: list[int] = []
    pending: int | None = None
    for r in range(start, stop):
        kind = variant.row_kinds[r]
        if kind == "band":
            pending = r if pending is None else pending
        elif kind == "task":
            outer = next(items).path[:1]
            if not outer or outer != above:
                opens.append(r if pending is None else pending)
            above, pending = outer, None
    inside = {r for cell in table.cells for r in range(cell.row + 1, cell.row + cell.row_span)}
    fitting = [r for r in opens if start < r < stop and r not in inside]
    return min(fitting, key=lambda r: abs(2 * r - start - stop), default=None)


def _as_cards(table: Table, variant: Variant) -> Table:
    """Return a card below a card: a line for each long text, two short ones in one line."""
    header = {cell.col: cell.text for cell in table.cells if variant.row_kinds[cell.row] == "header"}
    texts = {(cell.row, cell.col): cell.text for cell in table.cells}
    lines: list[Sequence[int]] = []
    for col in range(table.n_cols):
        if variant.roles[col] in _WIDE:
            lines.append((col,))
        elif lines and len(lines[-1]) == 1 and variant.roles[lines[-1][0]] not in _WIDE:
            lines[-1] = (*lines[-1], col)
        else:
            lines.append((col,))
    cells: list[Cell] = []
    row = 0
    for r in (r for r, kind in enumerate(variant.row_kinds) if kind == "task"):
        for line in lines:
            at = 0
            for col in line:
                width = _SQUARES - 1 if len(line) == 1 else 1
                cells += [Cell(row, at, header[col]), Cell(row, at + 1, texts.get((r, col), ""), 1, width)]
                at += 2
            row += 1
    return Table(table.title, row, _SQUARES, 0, tuple(cells))


SHAPES: Final[Mapping[str, Callable[[Table, Variant], Table | None]]] = MappingProxyType(
    {"table": lambda table, _: table, "halves": _as_halves, "cards": _as_cards}
)
"""table: as the layout draws it; halves: two halves side by side; cards: labels beside values, a card for each item."""
