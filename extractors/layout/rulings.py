"""Ruling lines → the cells they enclose.

The stages, each named by what goes in and out: drawn rulings → merged segments (`merge_rulings`), → groups that touch
(`group_touching`), → edges of columns and rows, → borders between squares, → cells with spans (`rulings_to_table`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from extractors.layout.model import Box, Ruling, TextLine, Word

_MAX_THICKNESS: Final = 5.0
"""Points; a thicker bar is a coloured area."""
_SNAP_TOLERANCE: Final = 1.5
"""Points between segments of one line."""
_JOIN_GAP: Final = 4.0
"""Points between dashes, and between the pieces a renderer leaves at crossings."""
_MIN_SEGMENT_LENGTH: Final = 7.0
"""Points; shorter segments are strokes of drawings or type."""
_TOUCH_REACH: Final = 4.0
"""Points by which a line may end short of another one that it is meant to meet."""
_MAX_SEGMENTS: Final = 3_000
"""Segments of a page; more than any form has are a drawing or a map, whose lines are no table."""
_COLUMN_EDGE_TOLERANCE: Final = 5.0
"""Points, about 2 mm; a border dragged in some rows, or drawn double, is one column edge."""
_ROW_EDGE_TOLERANCE: Final = 4.0
"""Points; a row border drawn double is one row edge."""
_OPEN_SIDE: Final = 8.0
"""Points by which horizontal lines run beyond the last vertical one where they enclose a column without a side."""
_MIN_OPEN_SIDE_LINES: Final = 2
"""Lines that must end at the same place to make an open side."""
_MIN_BORDER_COVER: Final = 0.6
"""Share of a side of a square that must be drawn to count as its border."""


class Segment(NamedTuple):
    """A straight line: its position across its direction, and its extent along it."""

    position: float
    start: float
    end: float

    @property
    def length(self) -> float:
        """Extent in points."""
        return self.end - self.start


@dataclass(slots=True)
class Rulings:
    """Merged ruling lines: those of a page, or a group that touches (the frame of one table, an underline, a box)."""

    horizontal: list[Segment] = field(default_factory=list)
    vertical: list[Segment] = field(default_factory=list)
    has_inferred_rows: bool = False
    """Whether rows follow from the texts and not from drawn lines, so that a blank cell may continue the one above."""
    has_unsure_rows: bool = False
    """Whether the texts also leave open where rows begin."""

    @property
    def box(self) -> Box:
        """The rectangle they cover."""
        xs = [v.position for v in self.vertical] + [end for h in self.horizontal for end in (h.start, h.end)]
        ys = [h.position for h in self.horizontal] + [end for v in self.vertical for end in (v.start, v.end)]
        return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(slots=True)
class GridCell:
    """A cell of a table on one page: its place in the grid and on the paper, its words and, once read, its lines."""

    row: int
    col: int
    row_span: int
    col_span: int
    box: Box
    words: list[Word] = field(default_factory=list)
    lines: list[TextLine] = field(default_factory=list)


@dataclass(slots=True)
class PageTable:
    """A table, or the part of it on one page; `xs` and `ys` are the edges of its columns and rows."""

    page: int
    xs: list[float]
    ys: list[float]
    cells: list[GridCell]
    is_ruled: bool = True
    has_inferred_rows: bool = False
    has_unsure_rows: bool = False

    @property
    def box(self) -> Box:
        """The rectangle it takes on the page."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


def cluster_values(values: Iterable[float], tolerance: float) -> list[list[float]]:
    """Group sorted values whose members lie within `tolerance` of the first of their group."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][0] <= tolerance:
            groups[-1].append(value)
        else:
            groups.append([value])
    return groups


def merge_rulings(rulings: Sequence[Ruling], width: float, height: float) -> Rulings:
    """Merge the drawn lines of a page into segments; lines off the page and thick bars are left out.

    Args:
        rulings: Lines and bars as drawn.
        width: Width of the page in points.
        height: Height of the page in points.
    """
    horizontal: list[Segment] = []
    vertical: list[Segment] = []
    for ruling in rulings:
        x0, x1 = max(ruling.x0, 0.0), min(ruling.x1, width)
        top, bottom = max(ruling.top, 0.0), min(ruling.bottom, height)
        if x1 < x0 or bottom < top:
            continue
        if x1 - x0 >= bottom - top:
            if bottom - top <= _MAX_THICKNESS:
                horizontal.append(Segment((top + bottom) / 2, x0, x1))
        elif x1 - x0 <= _MAX_THICKNESS:
            vertical.append(Segment((x0 + x1) / 2, top, bottom))
    merged = Rulings(_snap_segments(horizontal), _snap_segments(vertical))
    return Rulings() if len(merged.horizontal) + len(merged.vertical) > _MAX_SEGMENTS else merged


def _snap_segments(segments: list[Segment]) -> list[Segment]:
    """Merge segments at nearly the same position; drop what stays short."""
    merged: list[Segment] = []
    group: list[Segment] = []
    for segment in sorted(segments, key=lambda s: s.position):
        if group and segment.position - group[0].position > _SNAP_TOLERANCE:
            merged += _join_segments(group)
            group = []
        group.append(segment)
    return [s for s in merged + _join_segments(group) if s.length >= _MIN_SEGMENT_LENGTH]


def _join_segments(group: list[Segment]) -> list[Segment]:
    """Close the gaps between segments of one line, placed at their mean position by length."""
    joined: list[Segment] = []
    weight = sum(s.length for s in group) or 1.0
    position = sum(s.position * s.length for s in group) / weight if group else 0.0
    for segment in sorted(group, key=lambda s: s.start):
        if joined and segment.start - joined[-1].end <= _JOIN_GAP:
            joined[-1] = Segment(position, joined[-1].start, max(joined[-1].end, segment.end))
        else:
            joined.append(Segment(position, segment.start, segment.end))
    return joined


def group_touching(rulings: Rulings) -> list[Rulings]:
    """Return the groups of segments that touch, from top to bottom."""
    n = len(rulings.horizontal)
    parent = list(range(n + len(rulings.vertical)))

    def find_root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for j, v in enumerate(rulings.vertical, n):
        for i, h in enumerate(rulings.horizontal):
            if (
                h.start - _TOUCH_REACH <= v.position <= h.end + _TOUCH_REACH
                and v.start - _TOUCH_REACH <= h.position <= v.end + _TOUCH_REACH
            ):
                parent[find_root(i)] = find_root(j)
    groups: dict[int, Rulings] = {}
    for i, h in enumerate(rulings.horizontal):
        groups.setdefault(find_root(i), Rulings()).horizontal.append(h)
    for j, v in enumerate(rulings.vertical, n):
        groups.setdefault(find_root(j), Rulings()).vertical.append(v)
    return sorted(groups.values(), key=lambda g: (g.box.top, g.box.x0))


def rulings_to_table(rulings: Rulings, page: int, max_cells: int) -> PageTable | None:
    """Build the table that ruling lines enclose; where a line is missing, a cell spans both sides.

    Args:
        rulings: Lines that touch.
        page: Number of the page.
        max_cells: The most squares a grid may have.

    Returns:
        The table, or None if the lines enclose nothing or more than `max_cells` squares.
    """
    columns = _segments_to_edges(rulings.vertical, rulings.horizontal, _COLUMN_EDGE_TOLERANCE)
    rows = _segments_to_edges(rulings.horizontal, rulings.vertical, _ROW_EDGE_TOLERANCE)
    if len(columns) < 2 or len(rows) < 2 or (len(columns) - 1) * (len(rows) - 1) > max_cells:
        return None
    xs = [sum(group) / len(group) for group in columns]
    ys = [sum(group) / len(group) for group in rows]
    vertical = _edges_to_borders(columns, rulings.vertical, ys)
    horizontal = _edges_to_borders(rows, rulings.horizontal, xs)
    cells = _borders_to_cells(vertical, horizontal, xs, ys)
    return PageTable(
        page, xs, ys, cells,
        has_inferred_rows=rulings.has_inferred_rows, has_unsure_rows=rulings.has_unsure_rows,
    )  # fmt: skip


def _segments_to_edges(segments: Sequence[Segment], crossing: Sequence[Segment], tolerance: float) -> list[list[float]]:
    """Return edge positions in one direction as clusters, with open sides where several `crossing` lines end alike."""
    edges = cluster_values((s.position for s in segments), tolerance)
    for ends, outermost, sign in (
        ([s.start for s in crossing], edges[0][0] if edges else None, -1),
        ([s.end for s in crossing], edges[-1][-1] if edges else None, 1),
    ):
        beyond = [end for end in ends if outermost is None or (end - outermost) * sign > _OPEN_SIDE]
        groups = [group for group in cluster_values(beyond, tolerance) if len(group) >= _MIN_OPEN_SIDE_LINES]
        if groups:
            side = groups[0] if sign < 0 else groups[-1]
            edges = [side, *edges] if sign < 0 else [*edges, side]
    return edges


def _edges_to_borders(
    edges: list[list[float]], segments: Sequence[Segment], steps: Sequence[float]
) -> list[list[bool]]:
    """Return for every edge and every step along it whether a line is drawn; the outermost edges always count."""
    positions = [group[0] for group in edges]
    drawn = [[0.0] * (len(steps) - 1) for _ in edges]
    for segment in segments:
        # Every segment is a member of one of the edges.
        edge = bisect_right(positions, segment.position) - 1
        first = max(bisect_right(steps, segment.start) - 1, 0)
        for k in range(first, len(steps) - 1):
            if steps[k] >= segment.end:
                break
            drawn[edge][k] += min(segment.end, steps[k + 1]) - max(segment.start, steps[k])
    borders = [[d >= _MIN_BORDER_COVER * (steps[k + 1] - steps[k]) for k, d in enumerate(row)] for row in drawn]
    borders[0] = borders[-1] = [True] * (len(steps) - 1)
    return borders


def _borders_to_cells(
    vertical: list[list[bool]], horizontal: list[list[bool]], xs: list[float], ys: list[float]
) -> list[GridCell]:
    """Return the cells in reading order: from each free square to the right, then down, up to the next border."""
    is_taken = [[False] * (len(xs) - 1) for _ in ys[1:]]
    cells: list[GridCell] = []
    for row in range(len(ys) - 1):
        for col in range(len(xs) - 1):
            if is_taken[row][col]:
                continue
            right = col + 1
            while right < len(xs) - 1 and not vertical[right][row] and not is_taken[row][right]:
                right += 1
            below = row + 1
            while below < len(ys) - 1 and _has_no_border(vertical, horizontal, below, col, right):
                below += 1
            for y in range(row, below):
                is_taken[y][col:right] = [True] * (right - col)
            cells.append(GridCell(row, col, below - row, right - col, Box(xs[col], ys[row], xs[right], ys[below])))
    return cells


def _has_no_border(vertical: list[list[bool]], horizontal: list[list[bool]], row: int, col: int, right: int) -> bool:
    """Return whether the squares `col` to `right` of `row` belong to the cell above them."""
    if any(horizontal[row][x] for x in range(col, right)):
        return False
    return not any(vertical[x][row] for x in range(col + 1, right))


def drop_unused_edges(table: PageTable) -> PageTable:
    """Drop the grid lines of a table at which no cell begins or ends, in place."""
    used_columns = sorted({edge for c in table.cells for edge in (c.col, c.col + c.col_span)})
    used_rows = sorted({edge for c in table.cells for edge in (c.row, c.row + c.row_span)})
    new_column = {old: new for new, old in enumerate(used_columns)}
    new_row = {old: new for new, old in enumerate(used_rows)}
    for cell in table.cells:
        cell.col_span = new_column[cell.col + cell.col_span] - new_column[cell.col]
        cell.col = new_column[cell.col]
        cell.row_span = new_row[cell.row + cell.row_span] - new_row[cell.row]
        cell.row = new_row[cell.row]
    table.xs = [table.xs[i] for i in used_columns]
    table.ys = [table.ys[i] for i in used_rows]
    return table


def map_squares(table: PageTable) -> dict[tuple[int, int], GridCell]:
    """Return the cell that covers each (row, column) square of the grid."""
    return {
        (row, col): cell
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for col in range(cell.col, cell.col + cell.col_span)
    }
