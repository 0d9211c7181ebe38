"""Tables without full ruling: columns from the white between words, rows from lines or alignment.

What is found is returned as ruling lines, so that `rulings_to_table` builds every grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from extractors.layout.model import Box, Word
from extractors.layout.rulings import Rulings, Segment, cluster_values
from extractors.layout.text_lines import words_to_lines
from extractors.table_words import TableWords

_MIN_COLUMNS: Final = 3
_MIN_ROWS: Final = 3
_MIN_LINES_OF_TABLE: Final = 3
"""Horizontal lines of one extent that make a table."""
_SAME_EXTENT: Final = 8.0
"""Points by which the ends of horizontal lines of one table differ."""
_MIN_LINE_SHARE: Final = 0.35
"""Of the page's width: shorter horizontal lines are underlines or separators."""
_MIN_PARTIAL_LINE: Final = 0.2
"""Of the table's width: a shorter line within it is an underline."""
_FULL_LINE: Final = 0.9
"""Of the frame's width: a line this long parts its rows."""
_DOUBLE_LINE: Final = 4.0
"""Points: lines drawn double bound one row."""
_NEW_LINE_DISTANCE: Final = 6.0
"""Points that a row found by alignment begins from any drawn line."""
_MAX_SPARSE_BANDS: Final = 3
"""Bands between lines up to which rows are looked for inside them: head, body and foot of a three-line table."""
_CHUNK_GAP: Final = 0.9
"""In type sizes: white between the chunks of two columns."""
_COLUMN_GAP: Final = 0.5
"""In type sizes: white strip that runs between two columns."""
_LINES_PER_CROSSING: Final = 12
"""Lines of a table for each that may cross the white between columns (a heading over several)."""
_CROSSING: Final = 1.0
"""Points on both sides of a column border that a heading over several columns covers."""
_LEADING_TOLERANCE: Final = 0.35
"""In type sizes: distances between lines that count as equal."""
_LEADING_SLACK: Final = 0.1
"""Points: rounding of the distance between rows."""
_ROW_MARGIN: Final = 1.0
"""Points above the first line."""
_MAX_LEADING: Final = 3.0
"""In type sizes: white that ends a table without lines."""
_PADDING: Final = 2.0
"""Points between the text and the border of a table without lines."""


@dataclass(slots=True)
class _ColumnExtent:
    x0: float
    x1: float


@dataclass(slots=True)
class _Chunk:
    """Words of one line without a column gap between them."""

    words: list[Word]
    x0: float = field(init=False)
    x1: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = self.words[0].x0
        self.x1 = max(w.x1 for w in self.words)

    @property
    def text(self) -> str:
        return "".join(w.text for w in self.words)


def find_half_ruled_tables(rulings: Rulings, words: Sequence[Word], page_width: float) -> list[Rulings]:
    """Find tables with horizontal lines only: three or more of one extent, words in columns between them.

    Args:
        rulings: Lines that belong to no fully ruled table.
        words: Words outside of those tables.
        page_width: Width of the page in points.

    Returns:
        The lines of each table, with the borders of its columns added.
    """
    long_lines = [h for h in rulings.horizontal if h.length >= _MIN_LINE_SHARE * page_width]
    tables: list[Rulings] = []
    for _, group in _group_by_extent(long_lines):
        top, bottom = group[0].position, group[-1].position
        box = Box(min(h.start for h in group), top, max(h.end for h in group), bottom)
        inside = [w for w in words if box.contains(w.x_center, w.y_center)]
        partial = [
            h for h in rulings.horizontal
            if top < h.position < bottom and h not in group and h.start >= box.x0 - _SAME_EXTENT
            and h.end <= box.x1 + _SAME_EXTENT and h.length > _MIN_PARTIAL_LINE * box.width
        ]  # fmt: skip
        table = _add_columns(box, sorted(group + partial, key=lambda h: h.position), inside)
        if table is not None:
            tables.append(table)
    return tables


def find_columns_in_frame(frame: Rulings, words: Sequence[Word]) -> Rulings | None:
    """Split a frame that has lines between its rows only into columns, where white runs through all rows.

    Rows of a single text, as a title within the frame, span the columns of the others.

    Returns:
        The lines of the table, or None if the frame has fewer than three rows or columns.
    """
    box = frame.box
    full_lines = (h.position for h in frame.horizontal if h.length >= _FULL_LINE * box.width)
    ys = [group[0] for group in cluster_values(full_lines, _DOUBLE_LINE)]
    bands = list(pairwise(ys))
    if len(bands) < _MIN_ROWS:
        return None
    words_of_rows = [
        [w for w in words if top <= w.y_center <= bottom and box.x0 <= w.x_center <= box.x1] for top, bottom in bands
    ]
    rows = [[_line_to_chunks(line) for line in words_to_lines(row)] if row else [] for row in words_of_rows]
    split_lines = [line for row in rows if max((len(line) for line in row), default=0) > 1 for line in row]
    if len(split_lines) < _MIN_ROWS:
        return None
    gaps = _find_column_gaps(split_lines, box)
    if len(gaps) < _MIN_COLUMNS - 1:
        return None
    horizontal = [Segment(y, box.x0, box.x1) for y in ys]
    return Rulings(horizontal, _column_borders(box, gaps, bands, [line for row in rows for line in row]))


def find_unruled_tables(words: Sequence[Word], table_words: TableWords) -> list[Rulings]:
    """Find tables that show no line at all.

    Only where a line reads like the header of a table, with three columns or more, and at least two further rows keep
    to its columns: anything looser would take prose or rosters for tables.

    Args:
        words: Words outside of all other tables.
        table_words: Tells headers of tables.

    Returns:
        The borders of each table as lines.
    """
    lines = [_line_to_chunks(line) for line in words_to_lines(words)]
    tables: list[Rulings] = []
    first = 0
    while first < len(lines):
        stop = _find_table_end(lines, first, table_words)
        if stop - first >= _MIN_ROWS and (table := _lines_to_rulings(lines[first:stop])) is not None:
            tables.append(table)
            first = stop
        else:
            first += 1
    return tables


def _line_to_chunks(line: Sequence[Word]) -> list[_Chunk]:
    groups = [[line[0]]]
    for left, right in pairwise(line):
        if right.x0 - left.x1 >= _CHUNK_GAP * min(left.size, right.size):
            groups.append([])
        groups[-1].append(right)
    return [_Chunk(group) for group in groups]


def _group_by_extent(lines: Sequence[Segment]) -> list[tuple[tuple[float, float], list[Segment]]]:
    groups: list[tuple[tuple[float, float], list[Segment]]] = []
    for line in sorted(lines, key=lambda h: h.position):
        for ends, group in groups:
            if abs(ends[0] - line.start) <= _SAME_EXTENT and abs(ends[1] - line.end) <= _SAME_EXTENT:
                group.append(line)
                break
        else:
            groups.append(((line.start, line.end), [line]))
    return [(ends, group) for ends, group in groups if len(group) >= _MIN_LINES_OF_TABLE]


def _add_columns(box: Box, horizontal: list[Segment], words: Sequence[Word]) -> Rulings | None:
    """Add the borders of columns, and of rows where hardly any are drawn; None for fewer than three columns."""
    lines = [_line_to_chunks(line) for line in words_to_lines(words)]
    if len(lines) < 2:
        return None
    gaps = _find_column_gaps(lines, box)
    if len(gaps) < _MIN_COLUMNS - 1:
        return None
    bands = [(a.position, b.position) for a, b in pairwise(horizontal) if b.position - a.position > _DOUBLE_LINE]
    if len(bands) <= _MAX_SPARSE_BANDS:
        tops = _find_row_tops(lines, [box.x0, *gaps, box.x1])
        drawn = [h.position for h in horizontal]
        added = [y for y in tops[1:] if all(abs(y - line) > _NEW_LINE_DISTANCE for line in drawn)]
        horizontal = sorted([*horizontal, *(Segment(y, box.x0, box.x1) for y in added)], key=lambda h: h.position)
        bands = [(a.position, b.position) for a, b in pairwise(horizontal)]
    return Rulings(horizontal, _column_borders(box, gaps, bands, lines))


def _column_borders(
    box: Box, gaps: Sequence[float], bands: Sequence[tuple[float, float]], lines: Sequence[Sequence[_Chunk]]
) -> list[Segment]:
    """Return vertical lines at the gaps, left out beside words that reach across (a heading over several columns)."""
    vertical = [Segment(x, box.top, box.bottom) for x in (box.x0, box.x1)]
    for x in gaps:
        for top, bottom in bands:
            is_crossed = any(
                c.x0 < x - _CROSSING and c.x1 > x + _CROSSING and top <= c.words[0].y_center <= bottom
                for line in lines
                for c in line
            )
            if not is_crossed:
                vertical.append(Segment(x, top, bottom))
    return vertical


def _find_column_gaps(lines: Sequence[Sequence[_Chunk]], box: Box) -> list[float]:
    """Return the middles of the white strips that all but a few lines leave open."""
    max_crossings = len(lines) // _LINES_PER_CROSSING
    ends = sorted([(c.x0, 1) for line in lines for c in line] + [(c.x1, -1) for line in lines for c in line])
    size = max(w.size for line in lines for c in line for w in c.words)
    gaps: list[float] = []
    depth, gap_start = 0, box.x0
    for x, step in ends:
        if depth <= max_crossings and depth + step > max_crossings:
            if gap_start > box.x0 and x - gap_start >= _COLUMN_GAP * size:
                gaps.append((gap_start + x) / 2)
        elif depth > max_crossings and depth + step <= max_crossings:
            gap_start = x
        depth += step
    return gaps


def _find_row_tops(lines: Sequence[Sequence[_Chunk]], edges: Sequence[float]) -> list[float]:
    """Return where rows begin that no line divides: at wider steps, else at lines with words in the first column."""
    tops = [min(w.top for c in line for w in c.words) for line in lines]
    bottoms = [max(w.bottom for c in line for w in c.words) for line in lines]
    leads = [top - bottom for bottom, top in zip(bottoms[:-1], tops[1:], strict=True)]
    size = max(w.size for w in lines[0][0].words)
    steps = cluster_values(leads, _LEADING_TOLERANCE * size)
    starts = [0]
    if len(steps) > 1 and len(steps[-1]) >= 2:
        min_lead = steps[-1][0] - _LEADING_SLACK
        starts += [i + 1 for i, lead in enumerate(leads) if lead >= min_lead]
    else:
        fills_first_column = [any(c.x0 < edges[1] for c in line) for line in lines]
        starts += [i for i in range(1, len(lines)) if fills_first_column[i] or len(lines[i]) >= len(edges) - 1]
    return [tops[0] - _ROW_MARGIN, *((bottoms[i - 1] + tops[i]) / 2 for i in starts[1:])]


def _find_table_end(lines: Sequence[Sequence[_Chunk]], first: int, table_words: TableWords) -> int:
    """Return the line after the last one that keeps to the columns of the header `first`; `first` if it is none."""
    header = lines[first]
    if len(header) < _MIN_COLUMNS or not table_words.is_header([c.text for c in header]):
        return first
    columns = [_ColumnExtent(c.x0, c.x1) for c in header]
    size = header[0].words[0].size
    stop = first + 1
    while stop < len(lines):
        bottom = max(w.bottom for c in lines[stop - 1] for w in c.words)
        top = min(w.top for c in lines[stop] for w in c.words)
        if top - bottom > _MAX_LEADING * size or not _fits_columns(columns, lines[stop]):
            break
        stop += 1
    return stop


def _fits_columns(columns: list[_ColumnExtent], line: Sequence[_Chunk]) -> bool:
    """Return whether every chunk keeps to one column, and widen the columns by what they take in."""
    indices: list[int] = []
    for chunk in line:
        touched = [i for i, column in enumerate(columns) if chunk.x0 < column.x1 and chunk.x1 > column.x0]
        if len(touched) > 1:
            return False
        x_center = (chunk.x0 + chunk.x1) / 2
        nearest = touched or [
            min(range(len(columns)), key=lambda i: abs((columns[i].x0 + columns[i].x1) / 2 - x_center))
        ]
        indices.append(nearest[0])
    if len(set(indices)) < len(indices):
        return False
    for chunk, index in zip(line, indices, strict=True):
        columns[index].x0 = min(columns[index].x0, chunk.x0)
        columns[index].x1 = max(columns[index].x1, chunk.x1)
    return all(a.x1 < b.x0 for a, b in pairwise(columns))


def _lines_to_rulings(lines: Sequence[Sequence[_Chunk]]) -> Rulings | None:
    """Return the borders of a table without lines; None if it has fewer than three rows or columns."""
    words = [w for line in lines for c in line for w in c.words]
    box = Box(
        min(w.x0 for w in words) - _PADDING, min(w.top for w in words) - _PADDING,
        max(w.x1 for w in words) + _PADDING, max(w.bottom for w in words) + _PADDING,
    )  # fmt: skip
    gaps = _find_column_gaps(lines, box)
    tops = _find_row_tops(lines, [box.x0, *gaps, box.x1])
    if len(gaps) < _MIN_COLUMNS - 1 or len(tops) < _MIN_ROWS:
        return None
    ys = [box.top, *tops[1:], box.bottom]
    vertical = [Segment(x, box.top, box.bottom) for x in (box.x0, *gaps, box.x1)]
    return Rulings([Segment(y, box.x0, box.x1) for y in ys], vertical)
