"""Tables whose halves stand side by side below the same header words, laid out one below the other.

序号 | 要求 | 分值 | 序号 | 要求 | 分值: what stands above a half alone is its heading. Cells keep the place they are
printed at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.numerals import parse_integer
from extractors.parsers.row_patterns import is_total
from extractors.tables.column_features import ColumnFeatures
from extractors.tables.column_roles import is_number
from extractors.tables.grid import Grid, GridCell, renumber

_SEARCH_ROWS: Final = 6
"""The repeated words stand in the first six rows, titles above them included."""
_LEAST_COLUMNS: Final = 2
"""计划 | 计划: one word repeated is a column for each month or unit."""
_LONGEST_WORD: Final = 18
_LEAST_ROWS: Final = 2
_SENTENCE: Final = re.compile("[。；;]")
_NUMBER_END: Final = "、.．)）"
_MOSTLY: Final = 0.5
_LEAST_PAIRS: Final = 3
_LEAST_LENGTH: Final = 6
"""Mean length of the texts that are compared; names of units come again."""
_ALL: Final = 0.8
"""Share of the texts of a column in one half that are of one kind; in another half no more than the rest may be."""
_ALIKE: Final = 0.6
"""Share of the pairs of characters that two editions of one text have in common; other tasks share a fifth."""

_Row = list[GridCell]


@dataclass(frozen=True, slots=True)
class StackedTable:
    """A table of one half's width; its header ends at row `stop`. `dropped` are repeated headings of the halves."""

    grid: Grid
    stop: int
    dropped: list[str]


@dataclass(frozen=True, slots=True)
class _Halves:
    """The rows of the repeated words, and of each half the first column and the end of each of its columns."""

    rows: range
    columns: Sequence[Sequence[tuple[int, int]]]

    @property
    def width(self) -> int:
        return len(self.columns[0])


class _Line(NamedTuple):
    """A printed row: its number, and a row for each half."""

    number: int
    rows: list[_Row]

    def begins(self, half: int) -> bool:
        """Return whether a text begins here in a half."""
        return any(cell.text and cell.row == self.number for cell in self.rows[half])


@dataclass(slots=True)
class _Segment:
    """Lines up to a row over several halves."""

    lines: list[_Line] = field(default_factory=list)
    below: _Row | None = None
    is_header: bool = False
    """Whether the row below repeats the header."""


def stack_halves(grid: Grid) -> StackedTable | None:
    """Return a table with its halves one below the other; None for any other table.

    Months or units side by side share the columns at their left, so that their words do not fill the row.
    """
    halves = _find_halves(grid)
    if halves is None or not _lists_items(grid, halves) or _compares(grid, halves) or not _are_alike(grid, halves):
        return None
    top = [_read_row(grid, halves, r) for r in range(halves.rows.start)]
    body = [_read_row(grid, halves, r) for r in range(halves.rows.stop, grid.n_rows)]
    if any(row is None for row in (*top, *body)):
        return None
    titles: list[_Row] = []
    headings: list[list[_Row]] = [[] for _ in halves.columns]
    for r, row in enumerate(top):
        parts = _headings(grid, halves, r, row)
        if len(parts) == 1:
            titles += parts
        else:
            for half, part in enumerate(parts):
                headings[half] += [part] if any(cell.text for cell in part) else []
    segments, dropped = _cut_segments(grid, halves, [row for row in body if row is not None])
    head = [[grid.cell(r, start) for start, _ in halves.columns[0]] for r in halves.rows]
    dropped += [cell.text for half in halves.columns[1:] for r in halves.rows for cell in _own(grid, r, half)]
    rows = [*titles, *head, *_order(segments, headings)]
    return StackedTable(renumber(rows, spans_known=grid.spans_known), len(titles) + len(head), dropped)


def _own(grid: Grid, r: int, half: Sequence[tuple[int, int]]) -> list[GridCell]:
    return [cell for start, _ in half if (cell := grid.cell(r, start)).row == r and cell.col == start]


def _find_halves(grid: Grid) -> _Halves | None:
    """Return where the same words are repeated side by side over the whole width."""
    blank = {c for c in range(grid.n_cols) if not any(row[c].text for row in grid.cells)}
    for r in range(min(_SEARCH_ROWS, grid.n_rows)):
        halves = _repeated_words(grid, r, blank)
        if halves is None:
            continue
        start, stop = min(cell.row for cell in grid.cells_of_row(r)), r + 1
        # 责任 over 牵头 and 配合: a second row of words divides cells of the first.
        while stop < grid.n_rows and any(cell.row < stop for cell in grid.cells_of_row(stop)):
            finer = _repeated_words(grid, stop, blank)
            if finer is None or [half[0][0] for half in finer] != [half[0][0] for half in halves]:
                break
            halves, stop = finer, stop + 1
        return _Halves(range(start, stop), _refine(halves))
    return None


def _refine(halves: list[list[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Return the columns of halves that are drawn alike as the grid has them: one word may stand above two of them."""
    drawn = {tuple(stop - start for start, stop in half) for half in halves}
    if len(drawn) > 1 or any(a[1] != b[0] for half in halves for a, b in pairwise(half)):
        return halves
    return [[(c, c + 1) for start, stop in half for c in range(start, stop)] for half in halves]


def _repeated_words(grid: Grid, r: int, blank: set[int]) -> list[list[tuple[int, int]]] | None:
    """Return the columns of each half below the words of row `r`, `blank` ones between halves left out."""
    cells = [cell for cell in grid.cells_of_row(r) if cell.text or cell.col not in blank]
    words = [strip_whitespace(cell.text) for cell in cells]
    if not words or not words[0] or any(map(_is_no_word, words)):
        return None
    for size in range(_LEAST_COLUMNS, len(words) // 2 + 1):
        if len(words) % size == 0 and words == words[:size] * (len(words) // size):
            spans = [(cell.col, cell.col + cell.cols) for cell in cells]
            # Without spans a word may stand above blank cells that it goes over.
            named = [word for word in words[:size] if word]
            is_list = len(set(named)) == len(named) >= _LEAST_COLUMNS
            return [spans[i : i + size] for i in range(0, len(spans), size)] if is_list else None
    return None


def _is_no_word(text: str) -> bool:
    return is_number(text) or len(text) > _LONGEST_WORD or _SENTENCE.search(text) is not None


def _texts_below(grid: Grid, halves: _Halves, half: int, c: int) -> dict[int, str]:
    """Return row → text in column `c` of a half, without cells over several columns and placeholders."""
    start, stop = halves.columns[half][c]
    cells = {r: grid.cell(r, start) for r in range(halves.rows.stop, grid.n_rows)}
    return {
        r: text
        for r, cell in cells.items()
        if cell.row == r and start <= cell.col and cell.col + cell.cols <= stop
        if (text := strip_whitespace(cell.text)) and not is_placeholder(text)
    }


def _lists_items(grid: Grid, halves: _Halves) -> bool:
    """Return whether one column holds words in all halves: boxes to fill in and figures list nothing."""
    if grid.n_rows - halves.rows.stop < _LEAST_ROWS:
        return False
    return any(
        all(
            sum(len(text) > 1 and not is_number(text) for text in texts.values()) > _MOSTLY * len(texts)
            for texts in (_texts_below(grid, halves, half, c) for half in range(len(halves.columns)))
        )
        for c in range(halves.width)
    )


def _compares(grid: Grid, halves: _Halves) -> bool:
    """Return whether the halves hold two editions of the same texts side by side, each beside its own."""
    for c in range(halves.width):
        one, other = (list(_texts_below(grid, halves, half, c).values()) for half in (0, 1))
        if not _LEAST_PAIRS <= len(one) == len(other) or sum(map(len, one)) < _LEAST_LENGTH * len(one):
            continue
        own = sum(map(_share_pairs, one, other)) / len(one)
        next_to = sum(map(_share_pairs, one[1:], other)) / (len(one) - 1)
        if own > _MOSTLY and next_to <= _MOSTLY * own:
            return True
    return False


def _share_pairs(a: str, b: str) -> bool:
    one, two = ({x + y for x, y in pairwise(text)} for text in (a, b))
    return len(one & two) > _ALIKE * max(min(len(one), len(two)), 1)


def _are_alike(grid: Grid, halves: _Halves) -> bool:
    """Return whether no column holds units, persons, days or numbers in one half and something else in another."""
    for c in range(halves.width):
        texts = (_texts_below(grid, halves, half, c).values() for half in range(len(halves.columns)))
        found = [ColumnFeatures(len(column), 0.0, Counter(column)) for column in texts if len(column) >= _LEAST_PAIRS]
        for kind in ("party", "person", "date", "number") if found else ():
            shares = [getattr(features, kind) for features in found]
            if max(shares) >= _ALL and min(shares) <= 1 - _ALL:
                return False
    return True


def _read_row(grid: Grid, halves: _Halves, r: int) -> list[_Row] | None:
    """Return a row for each half, or one row where a cell goes over several; None for a row that does not fit."""
    across = [cell for cell in grid.cells_of_row(r) if cell.text and _half_of(cell, halves) is None]
    if len(across) > 1:
        return None
    if across:
        row = _lay_across(grid, halves, r, across[0])
        return None if row is None else [row]
    rows = [_read_half(grid, halves, r, half) for half in range(len(halves.columns))]
    found = [row for row in rows if row is not None]
    if len(found) < len(rows):
        return None
    if not grid.spans_known and _is_one_row(found, r, _last_items(grid, halves)):
        return [_join(found)]
    return found


def _half_of(cell: GridCell, halves: _Halves) -> int | None:
    """Return the half that a cell stands in, None for a cell over several."""
    for i, half in enumerate(halves.columns):
        if half[0][0] <= cell.col and cell.col + cell.cols <= half[-1][1]:
            return i
    return None


def _read_half(grid: Grid, halves: _Halves, r: int, half: int) -> _Row | None:
    row: _Row = []
    for start, stop in halves.columns[half]:
        cells = list({id(cell): cell for cell in grid.cells[r][start:stop]}.values())
        filled = [cell for cell in cells if cell.text]
        if len(filled) > 1:
            return None
        cell = (filled or cells)[0]
        row.append(GridCell(r, start, "", "", cell.locator) if _half_of(cell, halves) is None else cell)
    return row


def _lay_across(grid: Grid, halves: _Halves, r: int, across: GridCell) -> _Row | None:
    """Return a row with a cell over several halves: 合计 over all columns but the last, a note beside its word."""
    first, last = halves.columns[0], halves.columns[-1]
    before = [grid.cell(r, start) for start, stop in first if stop <= across.col]
    after = [grid.cell(r, start) for start, _ in last if start >= across.col + across.cols]
    own = {id(cell) for cell in (*before, across, *after)}
    if any(cell.text and id(cell) not in own for cell in grid.cells_of_row(r)):
        return None
    between = halves.width - len(before) - len(after)
    return [*before, *[across] * between, *after] if between > 0 else None


def _last_items(grid: Grid, halves: _Halves) -> list[int]:
    """Return the last row of each half that has more than one text."""
    return [
        max(
            (r for r in range(grid.n_rows) if sum(bool(grid.cell(r, start).text) for start, _ in half) > 1),
            default=grid.n_rows,
        )
        for half in halves.columns
    ]


def _is_one_row(rows: Sequence[_Row], r: int, last: Sequence[int]) -> bool:
    """Return whether a row without drawn spans is one of the whole table: a total, a section or a note.

    A section has one text at its beginning, and items of all halves below it; a note has no items below it.
    """
    texts = [(c, cell) for row in rows for c, cell in enumerate(row) if cell.text]
    if not texts or not rows[0][0].text:
        return False
    if len(texts) == 1:
        return not is_number(texts[0][1].text) and (r < min(last) or r > max(last))
    return is_total(rows[0][0].text) and len({c for c, _ in texts}) == len(texts)


def _join(rows: Sequence[_Row]) -> _Row:
    joined = [next((cell for cell in column if cell.text), column[0]) for column in zip(*rows, strict=True)]
    return _widen(joined)


def _widen(row: _Row) -> _Row:
    """Return a row whose only text is at its beginning as one cell over all columns."""
    return [row[0]] * len(row) if row[0].text and not any(cell.text for cell in row[1:]) else row


def _headings(grid: Grid, halves: _Halves, r: int, row: list[_Row] | None) -> list[_Row]:
    """Return what a row above the repeated words says: one row for the whole table, or one for each half."""
    texts = [cell for cell in grid.cells_of_row(r) if cell.text]
    n = len(halves.columns)
    if row is None or len(row) == 1 or not texts:
        return [[texts[0]] * halves.width] if texts else []
    if not grid.spans_known and len(texts) == n and all(_half_of(cell, halves) == 0 for cell in texts):
        # Without spans the headings of all halves stand in the first columns.
        return [[cell] * halves.width for cell in texts]
    widened = [_widen(part) for part in row]
    is_title = not any(cell.text for part in widened[1:] for cell in part) and n > 1
    return widened[:1] if is_title else widened


def _cut_segments(grid: Grid, halves: _Halves, body: Sequence[list[_Row]]) -> tuple[list[_Segment], list[str]]:
    """Return the rows below the header, and the headings of halves that stand there again above a repeated header."""
    head = [_words(grid, r) for r in range(halves.rows.stop)]
    segments, dropped = [_Segment()], list[str]()
    for r, rows in enumerate(body, halves.rows.stop):
        words = _words(grid, r)
        if words in head[halves.rows.start :]:
            segments[-1].below, segments[-1].is_header = rows[0], True
            dropped += [cell.text for row in rows[1:] for cell in row if cell.text]
            segments.append(_Segment())
        elif words in head and any(words):
            dropped += [cell.text for cell in grid.cells_of_row(r) if cell.text]
        elif len(rows) == 1:
            segments[-1].below = rows[0]
            segments.append(_Segment())
        else:
            segments[-1].lines.append(_Line(r, rows))
    return segments, dropped


def _words(grid: Grid, r: int) -> list[str]:
    return [strip_whitespace(cell.text) for cell in grid.cells_of_row(r)]


def _order(segments: Sequence[_Segment], headings: Sequence[Sequence[_Row]]) -> list[_Row]:
    """Return the rows in the order of the serial numbers; the left half first where they do not say."""
    n = len(headings)
    through = _through(segments, n) if all(s.is_header for s in segments[:-1] if _has_more(segments, s)) else None
    if any(headings):
        return _with_headings(through or segments, headings)
    orders = [[row for s in segments for row in _left_first(s, n)]]
    if through:
        orders.append([row for s in through for row in _left_first(s, n)])
    if not any(_is_merged(row) for s in segments for line in s.lines for row in line.rows):
        orders.append([row for s in segments for row in _row_by_row(s)])
    return max(orders, key=_share_of_steps)


def _has_more(segments: Sequence[_Segment], segment: _Segment) -> bool:
    """Return whether items follow the row below a segment: a total at the end divides nothing."""
    own = next(i for i, one in enumerate(segments) if one is segment)
    return any(one.lines for one in segments[own + 1 :])


def _through(segments: Sequence[_Segment], n: int) -> list[_Segment] | None:
    """Return one segment of all pages, with what stands at the end below it; None where it says nothing else."""
    if sum(bool(s.lines) for s in segments) < _LEAST_ROWS or not n:
        return None
    lines = [line for s in segments for line in s.lines]
    ends = [replace(s, lines=[]) for s in segments if s.below is not None]
    repeated = [s for s in ends if s.is_header]
    return [*repeated, _Segment(lines), *[s for s in ends if not s.is_header]]


def _with_headings(segments: Sequence[_Segment], headings: Sequence[Sequence[_Row]]) -> list[_Row]:
    rows: list[_Row] = []
    for i, segment in enumerate(segments):
        if segment.lines:
            # Below a section over all halves each of them begins again.
            seen = any(s.lines for s in segments[:i])
            for half, heading in enumerate(headings):
                again = [[replace(cell) for cell in row[:1]] * len(row) for row in heading]
                rows += [*(again if seen else heading), *_half_rows(segment, half)]
        rows += [segment.below] if segment.below is not None else []
    return rows


def _half_rows(segment: _Segment, half: int) -> Iterator[_Row]:
    return (line.rows[half] for line in segment.lines if line.begins(half))


def _left_first(segment: _Segment, n: int) -> Iterator[_Row]:
    for half in range(n):
        yield from _half_rows(segment, half)
    if segment.below is not None:
        yield segment.below


def _row_by_row(segment: _Segment) -> Iterator[_Row]:
    for line in segment.lines:
        yield from (row for half, row in enumerate(line.rows) if line.begins(half))
    if segment.below is not None:
        yield segment.below


def _is_merged(row: _Row) -> bool:
    return any(cell.rows > 1 for cell in row)


def _share_of_steps(rows: Sequence[_Row]) -> float:
    """Return how often a serial number left of the texts follows the one above, 0 where there are no such numbers."""
    columns = list(zip(*rows, strict=True))
    longest = max(range(len(columns)), key=lambda c: sum(len(cell.text) for cell in columns[c]), default=0)
    shares = [_steps([cell.text for cell in column]) for column in columns[:longest]]
    return max((share for share in shares if share > _MOSTLY), default=0.0)


def _steps(texts: Sequence[str]) -> float:
    numbers = _numbers(texts)
    return sum(b == a + 1 for a, b in pairwise(numbers)) / max(len(numbers) - 1, 1)


def _numbers(texts: Sequence[str]) -> list[int]:
    return [n for text in texts if (n := parse_integer(strip_whitespace(text).strip(_NUMBER_END))) is not None]


def has_split_numbering(body: Grid, columns: Sequence[int]) -> bool:
    """Return whether the numbers of one column go on from those of another: lists that nothing told apart."""
    runs = [_numbers([cell.text for cell in body.column(c)]) for c in columns]
    pairs = combinations([run for run in runs if len(run) >= _LEAST_ROWS], 2)
    return any(right[0] - 1 in left and right[0] not in left for left, right in pairs)
