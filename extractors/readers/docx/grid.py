"""Where the cells of a w:tbl stand once it is drawn: rows, columns and merges, without reading their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.docx.lookup_tables import Index
from extractors.readers.docx.xml_names import (
    CELL_DEL,
    DEL,
    GRID_BEFORE,
    GRID_SPAN,
    GRIDCOL,
    H_MERGE,
    HIDDEN,
    TBL_HEADER,
    TBLGRID,
    TC,
    TR,
    V_MERGE,
    Element,
    integer,
    w,
)

_CONTINUE = "continue"
"""Also the meaning of a bare w:vMerge or w:hMerge."""
_SLIVER_TWIPS = 120
"""About 2 mm. Dragging a border in some rows only leaves columns this narrow that nobody sees as columns."""


@dataclass(slots=True)
class Drawn:
    """One cell as drawn. `covered` are the cells hidden under a vertical merge."""

    elements: list[Element]
    row: int
    col: int
    col_span: int
    row_span: int = 1
    covered: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grid:
    """The drawn cells in reading order; `header_rows` counts the leading rows marked as repeating header."""

    cells: list[Drawn]
    n_rows: int
    n_cols: int
    header_rows: int
    cut_spans: bool
    """Whether some cell claimed an impossible width and was cut to the grid."""


_Slot = tuple[list[Element], int, int, str | None]
"""Elements of a cell, the file's own columns where it starts and ends, and what it says about vertical merging."""


def lay_out(table: Element, index: Index, limits: Limits) -> Grid:
    """The grid of a table. Raises `ReadError` when it has more cells than `limits.max_cells`."""
    widths = _widths(table, limits)
    rows: list[list[_Slot]] = []
    header_rows = 0
    cut = False
    for tr in index.children(table, TR):
        said = index.properties(tr)
        if _switches(said, DEL) or _switches(said, HIDDEN):
            continue
        if header_rows == len(rows) and _switches(said, TBL_HEADER):
            header_rows += 1
        slots, row_cut = _slots(index, tr, len(widths), limits)
        cut = cut or row_cut
        rows.append(slots)
    column_of = _settle(rows, widths)
    n_cols = max(column_of.values(), default=0)
    if len(rows) * n_cols > limits.max_cells:
        raise ReadError(
            f"表格有 {len(rows)} 行 {n_cols} 列，超过上限", "请核实文件；确属正常的，请拆分为较小的表格后放入"
        )
    return Grid(_merge(rows, column_of), len(rows), n_cols, header_rows, cut)


def _widths(table: Element, limits: Limits) -> list[int]:
    """Column widths in twips as w:tblGrid gives them, which may be absent or wrong; 0 = not said."""
    grid = table.find(TBLGRID)
    columns = [] if grid is None else grid.findall(GRIDCOL)[: limits.max_columns]
    return [max(integer(column.get(w("w"))), 0) for column in columns]


def _slots(index: Index, tr: Element, grid_columns: int, limits: Limits) -> tuple[list[_Slot], bool]:
    """The cells of one row on the file's own column grid; True when an impossible span was cut."""
    at, cut = _width(index.properties(tr).get(GRID_BEFORE, "0"), grid_columns, limits)
    slots: list[_Slot] = []
    for tc in index.children(tr, TC):
        said = index.properties(tc)
        if not said:
            slots.append(([tc], at, at + 1, None))
            at += 1
            continue
        if _switches(said, CELL_DEL):
            continue
        end = at + 1
        if GRID_SPAN in said:
            span, span_cut = _width(said[GRID_SPAN], grid_columns - at, limits)
            end = at + max(span, 1)
            cut = cut or span_cut
        if slots and said.get(H_MERGE) == _CONTINUE:
            elements, start, _, merge = slots[-1]
            elements.append(tc)
            slots[-1] = elements, start, end, merge
        else:
            slots.append(([tc], at, end, said.get(V_MERGE)))
        at = end
    return slots, cut


def _switches(said: Mapping[str, str], name: str) -> bool:
    """Whether the properties of a row or cell switch `name` on."""
    return name in said and said[name] not in ("0", "false", "off")


def _width(stated: str, room: int, limits: Limits) -> tuple[int, bool]:
    """A number of columns; an impossible one (True) is cut to the room that the table's own grid leaves."""
    columns = integer(stated, limits.max_columns + 1)
    return (max(room, 0), True) if columns > limits.max_columns else (max(columns, 0), False)


def _settle(rows: list[list[_Slot]], widths: list[int]) -> dict[int, int]:
    """File column to visible column: lines no cell begins or ends at are dropped, slivers join their neighbour."""
    # The cells of a row stand side by side: where one ends the next begins.
    edges = sorted({end for slots in rows for _, _, end, _ in slots} | {slots[0][1] for slots in rows if slots})
    spans = list(pairwise(edges))
    known = bool(widths) and bool(edges) and edges[-1] <= len(widths) and all(widths)
    thin = {a for a, b in spans if known and sum(widths[a:b]) < _SLIVER_TWIPS}
    if thin:
        index = {edge: i for i, edge in enumerate(edges)}
        for slots in rows:
            for _, start, end, _ in slots:
                inside = edges[index[start] : index[end]]
                if thin.issuperset(inside):
                    thin.difference_update(inside)
    column_of: dict[int, int] = {}
    column = 0
    for edge in edges:
        column_of[edge] = column
        column += edge not in thin
    return column_of


def _merge(rows: list[list[_Slot]], column_of: dict[int, int]) -> list[Drawn]:
    """Cells with their vertical merges; a continuation with no matching cell above begins a cell of its own."""
    cells: list[Drawn] = []
    above: dict[int, Drawn] = {}
    for row, slots in enumerate(rows):
        here: dict[int, Drawn] = {}
        for elements, start, end, merge in slots:
            col = column_of[start]
            col_span = column_of[end] - col
            upper = above.get(col) if merge == _CONTINUE else None
            if upper is not None and upper.col_span == col_span:
                upper.row_span += 1
                upper.covered += elements
                here[col] = upper
                continue
            cell = Drawn(elements, row, col, col_span)
            cells.append(cell)
            if merge is not None:
                here[col] = cell
        above = here
    return cells
