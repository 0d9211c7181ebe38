"""Tables without full ruling: columns from the white between words, rows from lines or alignment.

What is found is returned as ruling lines, so that `rulings_to_table` builds every grid.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from extractors.layout.borderless_rows import Chunk, find_rows, line_to_chunks
from extractors.layout.model import Box, Word
from extractors.layout.rulings import Rulings, Segment, cluster_values
from extractors.layout.text_lines import words_to_lines
from extractors.table_words import NO_WORDS, TableWords

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
_COLUMN_GAP: Final = 0.5
"""In type sizes: white strip that runs between two columns."""
_EDGE_SLACK: Final = 0.25
"""In type sizes: a text that reaches further over both sides of an edge crosses it."""
_LINES_PER_CROSSING: Final = 12
"""Lines of a table for each that may cross the white between columns (a heading over several)."""
_CROSSING: Final = 1.0
"""Points on both sides of a column border that a heading over several columns covers."""
_MAX_LEADING: Final = 3.0
"""In type sizes: white that ends a table without lines."""
_MAX_ROW_LEADING: Final = 5.0
"""In type sizes: the same above a line with texts in several columns, below a row that is higher than its texts."""
_SAME_SIZE: Final = 1.15
"""Ratio of the largest type of two lines up to which both may belong to a table without lines."""
_MAX_HEADER_LINES: Final = 9
"""Lines of a header, and one below it."""
_MAX_HEADER_CHARS: Final = 120
"""Characters of a header that has no lines around it."""
_PADDING: Final = 2.0
"""Points between the text and the border of a table without lines."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table without lines that the next page may continue: the edges of its columns, the texts of its header."""

    edges: tuple[float, ...]
    header: tuple[str, ...]


def find_half_ruled_tables(
    rulings: Rulings,
    words: Sequence[Word],
    page_width: float,
    table_words: TableWords = NO_WORDS,
    open_table: OpenTable | None = None,
) -> list[Rulings]:
    """Find tables with horizontal lines only: three or more of one extent, words in columns between them.

    Args:
        rulings: Lines that belong to no fully ruled table.
        words: Words outside of those tables.
        page_width: Width of the page in points.
        table_words: Tells headers, with which another table begins.
        open_table: A table without lines between its columns that reached the end of the page before.

    Returns:
        The lines of each table, with the borders of its columns added.
    """
    long_lines = [h for h in rulings.horizontal if h.length >= _MIN_LINE_SHARE * page_width]
    tables: list[Rulings] = []
    for _, found in _group_by_extent(long_lines):
        for group in _split_at_headers(found, words, table_words):
            top, bottom = group[0].position, group[-1].position
            box = Box(min(h.start for h in group), top, max(h.end for h in group), bottom)
            inside = [w for w in words if box.contains(w.x_center, w.y_center)]
            partial = _partial_lines(rulings, group, box)
            drawn = sorted([*group, *partial], key=lambda h: h.position)
            table = _add_columns(box, drawn, inside, table_words, open_table)
            if table is not None:
                tables.append(table)
    return tables


def _split_at_headers(
    group: Sequence[Segment], words: Sequence[Word], table_words: TableWords
) -> Iterator[list[Segment]]:
    """Yield the lines of each table where several are as wide.

    A header below a title, or the same one again, begins another table.
    """
    first, is_apart, header = 0, False, ""
    for i, (upper, lower) in enumerate(pairwise(group)):
        inside = [w for w in words if upper.position < w.y_center < lower.position]
        lines = [line_to_chunks(line) for line in words_to_lines(inside)]
        text = "".join(chunk.text for line in lines for chunk in line)
        if i == first:
            header = text
        elif is_apart and lines and (text == header or _has_header([*lines, []], table_words)):
            yield list(group[first:i])
            first, header = i, text
        is_apart = all(len(line) == 1 for line in lines)
    yield list(group[first:])


def _partial_lines(rulings: Rulings, group: Sequence[Segment], box: Box) -> list[Segment]:
    """Return the lines within a table that cells over several rows interrupt; short ones only beside a longer one."""
    inside = [
        h for h in rulings.horizontal
        if box.top < h.position < box.bottom and h not in group
        and h.start >= box.x0 - _SAME_EXTENT and h.end <= box.x1 + _SAME_EXTENT
    ]  # fmt: skip
    long_lines = [h for h in inside if h.length > _MIN_PARTIAL_LINE * box.width]
    places = [h.position for h in long_lines]
    return [h for h in inside if h in long_lines or any(abs(h.position - y) < _DOUBLE_LINE for y in places)]


def find_columns_in_frame(
    frame: Rulings, words: Sequence[Word], table_words: TableWords, open_table: OpenTable | None = None
) -> Rulings | None:
    """Split a frame that has no lines between its columns, where white runs through all rows.

    Rows of a single text, as a title within the frame, span the columns of the others. Rows follow from the texts where
    none are drawn but that of the header.

    Returns:
        The lines of the table, or None if the frame has no columns.
    """
    box = frame.box
    full_lines = (h.position for h in frame.horizontal if h.length >= _FULL_LINE * box.width)
    ys = [group[0] for group in cluster_values(full_lines, _DOUBLE_LINE)]
    bands = list(pairwise(ys))
    words_of_rows = [
        [w for w in words if top <= w.y_center <= bottom and box.x0 <= w.x_center <= box.x1] for top, bottom in bands
    ]
    rows = [[line_to_chunks(line) for line in words_to_lines(row)] if row else [] for row in words_of_rows]
    lines = [line for row in rows for line in row]
    if len(bands) < _MIN_ROWS:
        return _find_rows_in_frame(lines, ys, box, table_words, open_table)
    split_lines = [line for row in rows if max((len(line) for line in row), default=0) > 1 for line in row]
    if len(split_lines) < _MIN_ROWS:
        return None
    inner = _choose_columns(split_lines, box, open_table)
    if len(inner) < _MIN_COLUMNS - 1:
        return None
    horizontal = [Segment(y, box.x0, box.x1) for y in ys]
    return Rulings(horizontal, _column_borders(box, inner, bands, lines))


def _find_rows_in_frame(
    lines: Sequence[Sequence[Chunk]],
    ys: Sequence[float],
    box: Box,
    table_words: TableWords,
    open_table: OpenTable | None,
) -> Rulings | None:
    """Find columns and rows of a frame with a known header, or with the columns of the page before."""
    if len(lines) < _MIN_ROWS - 1:
        return None
    header: Sequence[str] = ()
    if open_table is not None and _find_end_in_columns(lines, 0, open_table) == len(lines):
        inner, header = open_table.edges[1:-1], open_table.header
    else:
        stop, edges = _find_region(lines, 0, table_words)
        if stop < len(lines):
            return None
        inner = edges[1:-1]
    return _lines_to_rulings(lines, (box.x0, *inner, box.x1), table_words, header, ys)


def _choose_columns(lines: Sequence[Sequence[Chunk]], box: Box, open_table: OpenTable | None) -> Sequence[float]:
    """Return the edges between columns: those of the table on the page before if the lines keep to them."""
    if open_table is not None:
        edges = open_table.edges
        is_as_wide = abs(edges[0] - box.x0) <= _SAME_EXTENT and abs(edges[-1] - box.x1) <= _SAME_EXTENT
        n_crossing = sum(_count_crossings(chunk, edges) > 0 for line in lines for chunk in line)
        if is_as_wide and n_crossing <= len(lines) // _LINES_PER_CROSSING:
            return edges[1:-1]
    starts = _find_column_starts(lines, box)
    if len(lines) < _MIN_ROWS:
        return starts
    # A heading over several columns, or names to be filled in at the foot, are more of a short table than may cross.
    for line, rest in ((lines[0], lines[1:]), (lines[-1], lines[:-1])):
        found = _find_column_starts(rest, box)
        if len(found) > len(starts) and _stand_apart(line, found) and _fill_columns(lines, found):
            starts = found
    return starts


def _stand_apart(line: Sequence[Chunk], starts: Sequence[float]) -> bool:
    """Return whether no two texts of a line begin in one column."""
    columns = [bisect_right(starts, chunk.x0) for chunk in line]
    return len(set(columns)) == len(columns)


def _fill_columns(lines: Sequence[Sequence[Chunk]], starts: Sequence[float]) -> bool:
    """Return whether two texts begin in each column: 1 and 2 that are set unevenly are in one column."""
    columns = Counter(bisect_right(starts, chunk.x0) for line in lines for chunk in line)
    return min(columns.values()) > 1


def find_unruled_tables(
    words: Sequence[Word], table_words: TableWords, open_table: OpenTable | None = None
) -> list[Rulings]:
    """Find tables that show no line at all.

    Only where lines read like the header of a table, with three columns or more that at least one further row keeps
    to, or at the top of a page whose lines keep to the columns of the table above: anything looser would take prose or
    rosters for tables.

    Args:
        words: Words outside of all other tables.
        table_words: Tells headers of tables.
        open_table: A table without lines that reached the end of the page before.

    Returns:
        The borders of each table as lines.
    """
    lines = [line_to_chunks(line) for line in words_to_lines(words)]
    tables: list[Rulings] = []
    first = 0
    while first < len(lines):
        stop = _find_end_in_columns(lines, first, open_table) if open_table and not tables else first
        if open_table and stop > first:
            tables.append(_lines_to_rulings(lines[first:stop], open_table.edges, table_words, open_table.header))
        else:
            stop, edges = _find_region(lines, first, table_words)
            if stop > first:
                tables.append(_lines_to_rulings(lines[first:stop], edges, table_words))
        first = max(stop, first + 1)
    return tables


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


def _add_columns(
    box: Box,
    horizontal: Sequence[Segment],
    words: Sequence[Word],
    table_words: TableWords,
    open_table: OpenTable | None,
) -> Rulings | None:
    """Add the borders of columns, and of rows where hardly any are drawn; None for fewer than three columns."""
    lines = [line_to_chunks(line) for line in words_to_lines(words)]
    if len(lines) < _MIN_ROWS - 1:
        return None
    inner = _choose_columns(lines, box, open_table)
    if len(inner) < _MIN_COLUMNS - 1:
        return None
    bands = [(a.position, b.position) for a, b in pairwise(horizontal) if b.position - a.position > _DOUBLE_LINE]
    if len(bands) <= _MAX_SPARSE_BANDS:
        ys = [group[0] for group in cluster_values((h.position for h in horizontal), _DOUBLE_LINE)]
        header = open_table.header if open_table is not None and inner == open_table.edges[1:-1] else ()
        return _lines_to_rulings(lines, (box.x0, *inner, box.x1), table_words, header, ys)
    return Rulings(list(horizontal), _column_borders(box, inner, bands, lines))


def _column_borders(
    box: Box, gaps: Sequence[float], bands: Sequence[tuple[float, float]], lines: Sequence[Sequence[Chunk]]
) -> list[Segment]:
    """Return vertical lines at the gaps, left out beside words that reach across (a heading over several columns)."""
    vertical = [Segment(x, box.top, box.bottom) for x in (box.x0, box.x1)]
    chunks = [c for line in lines for c in line]
    for x in gaps:
        crossing = sorted(c.words[0].y_center for c in chunks if c.x0 < x - _CROSSING and c.x1 > x + _CROSSING)
        for top, bottom in bands:
            if bisect_left(crossing, top) == bisect_right(crossing, bottom):
                vertical.append(Segment(x, top, bottom))
    return vertical


def _find_column_strips(lines: Sequence[Sequence[Chunk]], box: Box) -> list[tuple[float, float]]:
    """Return the white strips that all but a few lines leave open."""
    max_crossings = len(lines) // _LINES_PER_CROSSING
    ends = sorted([(c.x0, 1) for line in lines for c in line] + [(c.x1, -1) for line in lines for c in line])
    size = max(w.size for line in lines for c in line for w in c.words)
    strips: list[tuple[float, float]] = []
    depth, gap_start = 0, box.x0
    for x, step in ends:
        if depth <= max_crossings and depth + step > max_crossings:
            if gap_start > box.x0 and x - gap_start >= _COLUMN_GAP * size:
                strips.append((gap_start, x))
        elif depth > max_crossings and depth + step <= max_crossings:
            gap_start = x
        depth += step
    return strips


def _find_region(
    lines: Sequence[Sequence[Chunk]], first: int, table_words: TableWords
) -> tuple[int, tuple[float, ...]]:
    """Return the line after a table whose header begins at `first`, and its column edges; `first` if it is none."""
    nothing = first, ()
    header = lines[first]
    if len(header) < _MIN_COLUMNS or not _has_header(lines[first : first + _MAX_HEADER_LINES], table_words):
        return nothing
    gaps = [(a.x1, b.x0) for a, b in pairwise(header)]
    stop = first + 1
    while stop < len(lines) and _is_near(lines[stop - 1], lines[stop]):
        if _repeats_header(lines[stop], [chunk.text for chunk in header]):
            break
        if _count_crossed(lines[stop], gaps) and not _is_band(lines, stop, gaps, table_words):
            break
        stop += 1
    region = lines[first:stop]
    if not _has_header(region, table_words):
        return nothing
    box = _text_box(region)
    # The first line may hold headings over several columns, or headings of columns that are blank below.
    headed = [header] * (len(region) // _LINES_PER_CROSSING + 2)
    inner = max(_find_column_starts([*headed, *region], box), _find_column_starts(region[1:], box), key=len)
    if len(inner) < _MIN_COLUMNS - 1:
        return nothing
    return stop, (box.x0, *inner, box.x1)


def _has_header(region: Sequence[Sequence[Chunk]], table_words: TableWords) -> bool:
    """Return whether the first lines of a region, one or several below each other, read like a header."""
    texts = [chunk.text for chunk in region[0]]
    for below in region[1:]:
        if table_words.is_header(texts):
            return True
        for chunk in below:
            distances = [abs(chunk.x0 - head.x0) + abs(chunk.x1 - head.x1) for head in region[0]]
            texts[distances.index(min(distances))] += chunk.text
        if sum(map(len, texts)) > _MAX_HEADER_CHARS:
            return False
    return False


def _find_end_in_columns(lines: Sequence[Sequence[Chunk]], first: int, table: OpenTable) -> int:
    """Return the line after the last one that keeps to known columns; `first` if none fills two of them."""
    stop = first
    while stop < len(lines) and (stop == first or _is_near(lines[stop - 1], lines[stop])):
        if any(_count_crossings(chunk, table.edges) for chunk in lines[stop]):
            break
        if stop > first and _repeats_header(lines[stop], table.header):
            break
        stop += 1
    return stop if any(len(line) > 1 for line in lines[first:stop]) else first


def _repeats_header(line: Sequence[Chunk], header: Sequence[str]) -> bool:
    """Return whether a line begins the texts of a header once more, as that of another table."""
    return len(line) >= _MIN_COLUMNS and all(any(h.startswith(chunk.text) for h in header) for chunk in line)


def _count_crossings(chunk: Chunk, edges: Sequence[float]) -> int:
    """Return how many edges between columns a chunk reaches over."""
    slack = _EDGE_SLACK * chunk.words[0].size
    return sum(chunk.x0 < edge - slack and chunk.x1 > edge + slack for edge in edges[1:-1])


def _is_near(above: Sequence[Chunk], line: Sequence[Chunk]) -> bool:
    """Return whether two lines may belong to one table: no wide white between them, and type of one size."""
    size = above[0].words[0].size
    distance = min(w.top for c in line for w in c.words) - max(w.bottom for c in above for w in c.words)
    sizes = [max(w.size for c in each for w in c.words) for each in (above, line)]
    max_leading = _MAX_LEADING if len(line) == 1 else _MAX_ROW_LEADING
    return distance <= max_leading * size and max(sizes) <= _SAME_SIZE * min(sizes)


def _count_crossed(line: Sequence[Chunk], gaps: Sequence[tuple[float, float]]) -> int:
    """Return over how many gaps between header texts a text of the line runs."""
    return sum(any(c.x0 < left and c.x1 > right for c in line) for left, right in gaps)


def _is_band(
    lines: Sequence[Sequence[Chunk]], index: int, gaps: Sequence[tuple[float, float]], table_words: TableWords
) -> bool:
    """Return whether a line is the heading of a section: alone, no note, and the next line keeps to the columns."""
    if len(lines[index]) > 1 or table_words.is_note(lines[index][0].text) or index + 1 == len(lines):
        return False
    below = lines[index + 1]
    return len(below) > 1 and _is_near(lines[index], below) and not _count_crossed(below, gaps)


def _find_column_starts(lines: Sequence[Sequence[Chunk]], box: Box) -> list[float]:
    """Return the column edges: just left of where the texts of a column begin, as that is alike on every page."""
    return [right - min(_PADDING, (right - left) / 2) for left, right in _find_column_strips(lines, box)]


def _text_box(lines: Sequence[Sequence[Chunk]]) -> Box:
    words = [w for line in lines for c in line for w in c.words]
    return Box(
        min(w.x0 for w in words) - _PADDING, min(w.top for w in words) - _PADDING,
        max(w.x1 for w in words) + _PADDING, max(w.bottom for w in words) + _PADDING,
    )  # fmt: skip


def _lines_to_rulings(
    lines: Sequence[Sequence[Chunk]],
    edges: Sequence[float],
    table_words: TableWords,
    header: Sequence[str] = (),
    drawn: Sequence[float] = (),
) -> Rulings:
    """Return the borders of a table without lines, or with few `drawn` ones between its rows."""
    box = _text_box(lines)
    edges = (min(edges[0], box.x0), *edges[1:-1], max(edges[-1], box.x1))
    rows = find_rows(lines, edges, table_words, header)
    if drawn:
        box = Box(edges[0], drawn[0], edges[-1], drawn[-1])
        for y in drawn[1:-1]:
            rows.add_border(y, _NEW_LINE_DISTANCE)
    ys = [box.top, *rows.borders, box.bottom]
    outer = [Segment(y, edges[0], edges[-1]) for y in (box.top, box.bottom)]
    inside = Box(edges[0], box.top, edges[-1], box.bottom)
    spanned = {edges[i] for i in rows.spanned_edges()}
    columns = [
        v for v in _column_borders(inside, edges[1:-1], list(pairwise(ys)), lines)
        if not (v.position in spanned and v.start == box.top < v.end < box.bottom)
    ]  # fmt: skip
    horizontal = sorted([*outer, *rows.segments(edges)], key=lambda h: h.position)
    return Rulings(horizontal, columns, has_inferred_rows=True, has_unsure_rows=rows.are_unsure)
