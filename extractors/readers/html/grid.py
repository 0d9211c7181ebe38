"""Where the cells of a <table> stand once it is drawn (HTML Living Standard, 4.9.12.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.grid_compaction import Box, Lines
from extractors.readers.html.dom import Element, walk

_MOST_ROWS = 65_534
"""The largest rowspan that browsers accept."""
_ORDER = {"thead": 0, "tfoot": 2}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One cell as drawn."""

    element: Element
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells in reading order; `header_rows` counts the leading rows the page marks as header."""

    cells: list[Drawn]
    n_rows: int
    n_cols: int
    header_rows: int
    captions: list[Element]


@dataclass(slots=True)
class _Group:
    """Rows between <thead>, <tbody>, <tfoot> edges: no cell reaches beyond."""

    order: int
    rows: list[list[Element]]


def lay_out(table: Element, limits: Limits) -> Grid:
    """The grid of a table. Raises `ReadError` when it has more columns or squares than the limits allow."""
    groups, captions = _groups(table)
    cells: list[Drawn] = []
    top = 0
    for group in groups:
        cells += _place(group.rows, top, limits)
        top += len(group.rows)
    lines = Lines([cell.box for cell in cells])
    if lines.n_rows * lines.n_cols > limits.max_cells:
        raise ReadError(
            f"表格有 {lines.n_rows} 行 {lines.n_cols} 列，超过上限",
            "请核实文件；确属正常的，请拆分为较小的表格后放入",
        )
    drawn = sorted((Drawn(c.element, lines.place(c.box)) for c in cells), key=lambda c: (c.box.top, c.box.left))
    heads = len(groups[0].rows) if groups and groups[0].order == 0 and len(groups) > 1 else 0
    return Grid(drawn, lines.n_rows, lines.n_cols, lines.row(heads) or _marked(drawn), captions)


def rows_of(table: Element) -> list[list[Element]]:
    """The cells of each row, without those of tables inside."""
    return [row for group in _groups(table)[0] for row in group.rows if row]


def _marked(cells: list[Drawn]) -> int:
    """Leading rows that consist of <th> only."""
    rows = 0
    for cell in cells:
        if cell.element.tag != "th":
            return cell.box.top
        rows = max(rows, cell.box.top + 1)
    return 0


def _groups(table: Element) -> tuple[list[_Group], list[Element]]:
    """The rows of a table by group, in the order they are drawn, and its captions."""
    groups: list[_Group] = [_Group(1, [])]
    captions: list[Element] = []
    row: list[Element] | None = None

    for event, element in walk(table, "table", "td", "th", "caption"):
        name = element.tag
        if event == "stop":
            if name == "caption":
                captions.append(element)
            elif name in ("td", "th"):
                if row is None:
                    row = []
                    groups[-1].rows.append(row)
                row.append(element)
        elif name in ("thead", "tbody", "tfoot"):
            groups.append(_Group(_ORDER.get(name, 1) if event == "start" else 1, []))
            row = None
        elif name == "tr":
            row = None
            if event == "start":
                row = []
                groups[-1].rows.append(row)
    return sorted((g for g in groups if any(g.rows)), key=lambda g: g.order), captions


def _place(rows: list[list[Element]], top: int, limits: Limits) -> Iterator[Drawn]:
    """The cells of one group, the first row at `top`; squares claimed twice go to the upper left cell."""
    taken: dict[int, int] = {}
    bottom = top + len(rows)
    for at, row in enumerate(rows, top):
        column = 0
        for element in row:
            while taken.get(column, 0) > at:
                column += 1
            if column >= limits.max_columns:
                raise ReadError(f"表格超过 {limits.max_columns} 列", "请核实文件；确属正常的，请拆分为较小的表格后放入")
            end = min(column + (_span(element, "colspan") or 1), limits.max_columns)
            end = next((c for c in range(column + 1, end) if taken.get(c, 0) > at), end)
            down = _span(element, "rowspan")
            last = bottom if down == 0 else min(at + down, bottom)
            taken.update(dict.fromkeys(range(column, end), last))
            yield Drawn(element, Box(at, column, last, end))
            column = end


def _span(element: Element, name: str) -> int:
    """The span that a cell states, 1 where it states none that makes sense; rowspan 0 = to the end of the group."""
    stated = element.get(name)
    if stated is None:
        return 1
    digits = stated.strip().partition(".")[0]
    if not digits.isascii() or not digits.isdigit():
        return 1
    return min(int(digits[:8]), _MOST_ROWS)
