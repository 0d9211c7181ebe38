"""Ruling lines → the cells they enclose, with spans in both directions where lines are missing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.layout.model import Box, Line, Word
from extractors.layout.rulings import Ruling, Segment, clusters

_COLUMN_SLIVER = 5.0
"""About 2 mm: a border dragged in some rows, or drawn double, is one column edge."""
_ROW_SLIVER = 4.0
_OPEN_SIDE = 8.0
"""Horizontal lines that run on this far beyond the last vertical one enclose a column without a side."""
_COVERED = 0.6


@dataclass(slots=True)
class Square:
    """A cell on a page: its place in the grid and on the paper, its words and, once read, its lines."""

    row: int
    col: int
    rows: int
    cols: int
    box: Box
    words: list[Word] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class PageTable:
    """A table, or what one page shows of it. `xs` and `ys` are the edges of columns and rows."""

    page: int
    xs: list[float]
    ys: list[float]
    cells: list[Square]
    ruled: bool = True

    @property
    def box(self) -> Box:
        """The rectangle it takes on the page."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


def _edges(lines: Sequence[Segment], others: Sequence[Segment], tolerance: float) -> list[list[float]]:
    """Edge positions in one direction (as clusters), open sides included where several lines agree on them."""
    found = clusters((s.at for s in lines), tolerance)
    for ends, outermost, sign in (
        ([s.lo for s in others], found[0][0] if found else None, -1),
        ([s.hi for s in others], found[-1][-1] if found else None, 1),
    ):
        beyond = [e for e in ends if outermost is None or (e - outermost) * sign > _OPEN_SIDE]
        groups = [g for g in clusters(beyond, tolerance) if len(g) >= 2]
        if groups:
            side = groups[0] if sign < 0 else groups[-1]
            found = [side, *found] if sign < 0 else [*found, side]
    return found


def _walls(edges: list[list[float]], lines: Sequence[Segment], steps: Sequence[float]) -> list[list[bool]]:
    """For every edge and every step along it: is a line drawn there? The outermost edges always stand."""
    places = [group[0] for group in edges]
    drawn = [[0.0] * (len(steps) - 1) for _ in edges]
    for line in lines:
        edge = bisect_right(places, line.at + 0.01) - 1
        if edge < 0 or line.at > edges[edge][-1] + 0.01:
            continue
        first = max(bisect_right(steps, line.lo) - 1, 0)
        for k in range(first, len(steps) - 1):
            if steps[k] >= line.hi:
                break
            drawn[edge][k] += min(line.hi, steps[k + 1]) - max(line.lo, steps[k])
    walls = [[d >= _COVERED * (steps[k + 1] - steps[k]) for k, d in enumerate(row)] for row in drawn]
    walls[0] = walls[-1] = [True] * (len(steps) - 1)
    return walls


def build(ruling: Ruling, page: int, max_cells: int) -> PageTable | None:
    """The table these lines enclose; None when they enclose nothing or more than `max_cells` squares."""
    columns = _edges(ruling.down, ruling.across, _COLUMN_SLIVER)
    rows = _edges(ruling.across, ruling.down, _ROW_SLIVER)
    if len(columns) < 2 or len(rows) < 2 or (len(columns) - 1) * (len(rows) - 1) > max_cells:
        return None
    xs = [sum(g) / len(g) for g in columns]
    ys = [sum(g) / len(g) for g in rows]
    sides = _walls(columns, ruling.down, ys)
    floors = _walls(rows, ruling.across, xs)
    taken = [[False] * (len(xs) - 1) for _ in ys[1:]]
    cells: list[Square] = []
    for r in range(len(ys) - 1):
        for c in range(len(xs) - 1):
            if taken[r][c]:
                continue
            right = c + 1
            while right < len(xs) - 1 and not sides[right][r] and not taken[r][right]:
                right += 1
            down = r + 1
            while down < len(ys) - 1 and _open(sides, floors, down, c, right):
                down += 1
            for y in range(r, down):
                taken[y][c:right] = [True] * (right - c)
            cells.append(Square(r, c, down - r, right - c, Box(xs[c], ys[r], xs[right], ys[down])))
    return PageTable(page, xs, ys, cells)


def _open(sides: list[list[bool]], floors: list[list[bool]], row: int, c: int, right: int) -> bool:
    """Whether the squares `c`..`right` of `row` belong to the cell above them."""
    if any(floors[row][x] for x in range(c, right)):
        return False
    return not any(sides[x][row] for x in range(c + 1, right))


def compact(table: PageTable) -> PageTable:
    """Drop the grid lines at which no cell begins or ends."""
    at_columns = sorted({e for s in table.cells for e in (s.col, s.col + s.cols)})
    at_rows = sorted({e for s in table.cells for e in (s.row, s.row + s.rows)})
    column_of = {old: new for new, old in enumerate(at_columns)}
    row_of = {old: new for new, old in enumerate(at_rows)}
    for s in table.cells:
        s.cols = column_of[s.col + s.cols] - column_of[s.col]
        s.col = column_of[s.col]
        s.rows = row_of[s.row + s.rows] - row_of[s.row]
        s.row = row_of[s.row]
    table.xs = [table.xs[i] for i in at_columns]
    table.ys = [table.ys[i] for i in at_rows]
    return table


def find_cell(table: PageTable) -> dict[tuple[int, int], Square]:
    """The cell that covers each square of the grid."""
    return {(r, c): s for s in table.cells for r in range(s.row, s.row + s.rows) for c in range(s.col, s.col + s.cols)}
