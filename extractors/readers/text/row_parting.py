"""Parts the lines between TABs into the rows of a table, by the cheapest route.

What stands between two TABs is a cell, or the last cell of a row and the first of the next. A row costs what its cells
are unlike the columns, what it lacks, and what its cells hold that might be rows. What the columns hold is known from
the rows of the time before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from extractors.readers.text.column_profiles import MAX_MISSING, ColumnProfile, find_filled_columns
from extractors.readers.text.tables import SECTION
from extractors.table_words import TableWords

_PASSES: Final = 2
"""How often rows are parted by what the columns held the time before."""
_MISSING: Final = 0.4
"""Cost of a cell that a row lacks, since one above it reaches down."""
_INNER_MISSING: Final = 0.6
"""Cost of a row that lacks others than the first cells, where headings stand."""
_PARAGRAPH: Final = 1.0
"""Cost of another paragraph of a cell that is set off as far as a row is."""
_PARAGRAPH_OR_ROWS: Final = 2.5
"""The same in a first guess by which two rows that lack cells are likelier."""
_CLOSE_LINE: Final = 0.1
"""Cost of another line of a cell that is not."""
_STRANGE: Final = 1.0
"""Cost of a text none of whose characters its column holds: of two columns of short words one is told by these."""
_LEANING: Final = 0.001
"""Cost of a line in the first cell of a row, or in the last, where nothing else decides."""
_GUESSES: Final = (
    (_PARAGRAPH, _LEANING), (_PARAGRAPH, -_LEANING), (_PARAGRAPH_OR_ROWS, _LEANING), (_PARAGRAPH_OR_ROWS, -_LEANING),
)  # fmt: skip
"""First guesses, before it is known what the columns hold: the costs of paragraphs, and of lines in first cells."""
_BLANK_EDGE: Final = 1.5
"""Cost of a blank cell at the beginning or the end of a row, where no text shows the row to end."""
_WIDE_EDGE: Final = 0.2
"""The same where more blank lines stand beside the TAB than beside most."""
_SECTION_BAND: Final = 0.6
"""Cost of 一、组织领导 as a row of its own."""
_BAND: Final = 3.0
"""Cost of another line as a row of its own."""
_MAX_BANDS: Final = 3
_FOLLOWED: Final = 4
"""Lines of a piece at which a row may begin: the cheapest ones are followed."""
_END: Final = -1


@dataclass(frozen=True, slots=True)
class CellLine:
    """A line of text that is a cell or part of one."""

    text: str
    place: int
    blank_before: int
    """Blank lines above it."""
    blank_after: int = 0
    """Blank lines between it and the TAB below it."""


Piece = Sequence[CellLine]
"""The lines between two TABs."""
_Place = tuple[int, int]
"""A piece and one of its lines."""
_Route = tuple[float, _Place, int]
"""What the rows up to a place cost, where the last of them begins, and before which line of its last piece it ends."""


@dataclass(frozen=True, slots=True)
class PartedRow:
    """A row from its first cell to its last; `bands` are the lines below it that are rows of their own."""

    cells: Sequence[Piece]
    bands: Piece = ()

    @property
    def texts(self) -> list[str]:
        """The texts of the cells."""
        return [join_lines(cell) for cell in self.cells]

    def is_total(self, words: TableWords) -> bool:
        """Return whether it is a row of totals, which may lack any cell."""
        return bool(self.cells[0]) and words.is_total(join_lines(self.cells[0]))


@dataclass(frozen=True, slots=True)
class PartedRows:
    """The rows of a table, the header first.

    Attributes:
        cost: what they cost.
        plain_cost: what they cost before it was known what the columns hold.
        rows: the rows.
        apart: the blank lines between two rows.
    """

    cost: float
    plain_cost: float
    rows: Sequence[PartedRow]
    apart: int


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns hold, and which of them a row of so many cells fills."""

    profiles: Sequence[ColumnProfile]
    filled: dict[int, tuple[int, ...]]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.profiles)

    def of(self, size: int) -> tuple[int, ...]:
        """Return the columns of a row of `size` cells; cells of headings are missing first."""
        return self.filled.get(size, tuple(range(self.width - size, self.width)))

    def of_total(self, texts: Sequence[str]) -> tuple[int, ...]:
        """Return the columns of a row of totals, which stands in its first column and where its numbers fit."""
        if len(texts) == self.width:
            return tuple(range(self.width))
        return (0, *(c + 1 for c in find_filled_columns([texts[1:]], self.profiles[1:])))


def read_columns(rows: Sequence[PartedRow], apart: int, words: TableWords) -> Columns:
    """Return what the columns of a table hold by its rows, the first of which is the header."""
    width = len(rows[0].cells)
    body = [row for row in rows[1:] if not row.is_total(words)]
    full = [row.cells for row in body if len(row.cells) == width]
    columns = [[text for cells in full for text in _paragraphs(cells[c], apart)] for c in range(width)]
    certain = [ColumnProfile(texts) for texts in columns]
    short: dict[int, list[list[str]]] = defaultdict(list)
    for row in body:
        if len(row.cells) < width and full:
            short[len(row.cells)].append(row.texts)
    filled = {size: find_filled_columns(group, certain, _STRANGE) for size, group in short.items()}
    return Columns([ColumnProfile(texts, times_known=2) for texts in columns], filled)


def part_rows(pieces: Sequence[Piece], width: int, words: TableWords) -> Iterator[PartedRows]:
    """Yield the rows of a table with so many columns, by each first guess that can be carried through."""
    apart = _find_apart(pieces, width)
    tried: list[Sequence[PartedRow]] = []
    for guess in _GUESSES:
        plain = _Parting(pieces, width, words, guess).find()
        if plain is None or plain[1] in tried:
            continue
        tried.append(plain[1])
        found = plain
        for _ in range(_PASSES):
            columns = read_columns(found[1], apart, words)
            found = _Parting(pieces, width, words, guess, columns).find() or found
        yield PartedRows(found[0], plain[0], found[1], apart)


class _Parting:
    """The cheapest route to part pieces into rows: for each place at which a row begins what the rows above it cost."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        width: int,
        words: TableWords,
        guess: tuple[float, float],
        columns: Columns | None = None,
    ) -> None:
        self._pieces = pieces
        self._width = width
        self._apart = _find_apart(pieces, width)
        self._paragraph, self._leaning = guess if columns is None else (_PARAGRAPH, guess[1])
        self._words = words
        self._columns = columns if columns is not None and any(p.texts for p in columns.profiles) else None
        self._usual_before = _most_common(piece[0].blank_before for piece in pieces[1:] if piece)
        self._usual_after = _most_common(piece[-1].blank_after for piece in pieces[:-1] if piece)
        self._routes: list[dict[int, _Route]] = [{} for _ in pieces]
        """The route to each line of a piece at which a row begins."""
        self._cell_costs: dict[tuple[int, int, int, int], float] = {}

    def find(self) -> tuple[float, list[PartedRow]] | None:
        """Return what the cheapest rows cost, and them; None if there are none."""
        first = (0, len(self._pieces[0]) - 1)
        self._follow(first, 0.0, [self._width])
        sizes = range(max(2, self._width - MAX_MISSING), self._width + 1)
        for piece in range(1, len(self._pieces) - 1):
            routes = sorted(self._routes[piece].items(), key=lambda route: (route[1][0], route[0]))
            for line, (cost, _, _) in routes[:_FOLLOWED]:
                self._follow((piece, line), cost, sizes)
        route = self._routes[-1].get(_END)
        if route is None:
            return None
        cost, begin, stop = route
        rows = [self._row(begin, len(self._pieces) - 1, stop, stop)]
        while begin != first:
            end, line = begin
            _, begin, stop = self._routes[end][line]
            rows.append(self._row(begin, end, stop, line))
        return cost, rows[::-1]

    def _row(self, begin: _Place, end: int, stop: int, next_begin: int) -> PartedRow:
        piece, line = begin
        inner = self._pieces[piece + 1 : end]
        last = self._pieces[end]
        return PartedRow([self._pieces[piece][line:], *inner, last[:stop]], last[stop:next_begin])

    def _follow(self, begin: _Place, cost: float, sizes: Sequence[int]) -> None:
        """Note where a row may end that begins at a place."""
        first = self._pieces[begin[0]][begin[1] :]
        is_total = len(first) > 0 and self._words.is_total(join_lines(first))
        for size in range(2, self._width + 1) if is_total else sizes:
            end = begin[0] + size - 1
            if end >= len(self._pieces):
                break
            last = self._pieces[end]
            # Cells of totals stand anywhere.
            columns = [None] * size if is_total or self._columns is None else self._columns.of(size)
            row_cost = cost + self._begin_cost(begin, size, columns, is_total)
            is_last = end == len(self._pieces) - 1
            # A note behind the table does not fill a blank cell at its end.
            n_cell = next((n for n, line in enumerate(last) if is_last and self._words.is_note(line.text)), len(last))
            for stop in range(n_cell + 1):
                value = row_cost + self._cell_cost(columns[-1], end, 0, stop) - self._leaning * stop
                value += 0.0 if stop else self._edge_cost(last)
                if is_last:
                    self._note(end, _END, (value, begin, stop))
                elif self._is_apart(last, stop):
                    self._note_bands(end, value, begin, stop)

    def _note_bands(self, end: int, value: float, begin: _Place, stop: int) -> None:
        """Note the lines at which the next row may begin."""
        last = self._pieces[end]
        for line in range(stop, min(len(last), stop + _MAX_BANDS) + 1):
            if not self._is_apart(last, line):
                continue
            cost = sum(_SECTION_BAND if SECTION.match(band.text) else _BAND for band in last[stop:line])
            if line == len(last):
                is_wide = len(last) > 0 and last[-1].blank_after > self._usual_after
                cost += _WIDE_EDGE if is_wide else _BLANK_EDGE
            self._note(end, line, (value + cost, begin, stop))

    def _note(self, piece: int, line: int, route: _Route) -> None:
        known = self._routes[piece].get(line)
        if known is None or route[0] < known[0]:
            self._routes[piece][line] = route

    def _is_apart(self, piece: Piece, line: int) -> bool:
        """Return whether a row may end before a line of a piece."""
        return line in (0, len(piece)) or piece[line].blank_before >= self._apart

    def _edge_cost(self, last: Piece) -> float:
        """Return what the end of a row costs whose last cell is blank."""
        return _WIDE_EDGE if last and last[0].blank_before > self._usual_before else _BLANK_EDGE

    def _begin_cost(self, begin: _Place, size: int, columns: Sequence[int | None], is_total: bool) -> float:
        """Return what a row costs without its last cell."""
        piece, line = begin
        cost = self._leaning * (len(self._pieces[piece]) - line)
        cost += 0.0 if is_total else _MISSING * (self._width - size)
        cost += _INNER_MISSING * (columns[0] is not None and columns[0] != self._width - size)
        cost += self._cell_cost(columns[0], piece, line, len(self._pieces[piece]))
        for inner in range(1, size - 1):
            n_lines = len(self._pieces[piece + inner])
            cost += self._cell_cost(columns[inner], piece + inner, 0, n_lines)
        return cost

    def _cell_cost(self, column: int | None, piece: int, start: int, stop: int) -> float:
        """Return what lines of a piece cost as a cell of a column, None where its texts are not looked at."""
        key = (-1 if column is None else column, piece, start, stop)
        if key not in self._cell_costs:
            cell = self._pieces[piece][start:stop]
            cost = sum(self._paragraph if line.blank_before >= self._apart else _CLOSE_LINE for line in cell[1:])
            if column is not None and self._columns is not None:
                profile = self._columns.profiles[column]
                texts = _paragraphs(cell, self._apart)
                cost += sum(profile.cost(text) + _STRANGE * profile.strangeness(text) for text in texts)
            self._cell_costs[key] = cost
        return self._cell_costs[key]


def _find_apart(pieces: Sequence[Piece], width: int) -> int:
    """Return how many blank lines part the header from the first row."""
    return max(line.blank_before for line in pieces[width - 1][1:])


def join_lines(cell: Piece) -> str:
    """Return the text of a cell."""
    return "\n".join(line.text for line in cell)


def _paragraphs(cell: Piece, apart: int) -> list[str]:
    """Return the texts of a cell that are set off as far as rows are; one that is blank if it has none."""
    starts = [0, *(i for i, line in enumerate(cell) if i and line.blank_before >= apart), len(cell)]
    return [join_lines(cell[a:b]) for a, b in pairwise(starts)]


def _most_common(numbers: Iterator[int]) -> int:
    return Counter(numbers).most_common(1)[0][0]
