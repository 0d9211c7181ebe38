"""The parts of a table that page edges cut apart → one table: repeated headers out, cut rows and spans joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import Cell, Table
from extractors.phrases.headers import is_header
from extractors.phrases.points import cell_points
from extractors.phrases.rowwords import is_note, is_total
from extractors.readers.geometry.grid import PageTable, Square
from extractors.readers.geometry.model import Box, Line, locator
from extractors.readers.geometry.rules import clusters
from extractors.readers.geometry.writing import (
    LABEL,
    LEAST_ENTRY,
    MOST_ENTRY,
    ended,
    join_text,
    set_apart,
    unbalanced,
    wraps,
)

_EDGE = 5.0
"""Columns of two pages whose edges differ by less than this are the same column."""
_HEADER_ROWS = 4
_FILLED = 0.9
_RARELY_BLANK = 0.12
_HARDLY_BLANK = 0.05
_RECENT = 1_500
_CERTAIN = 3
"""Cells that must agree before a habit of the column counts."""
_MOSTLY = 0.8
_WIDE = 8.0
_KEPT_LINES = 3.0
"""Lines that may go to the next page together, and so leave their room behind: two and what is less than one."""
_PITCH = 1.4
"""From line to line, in type sizes, where a cell has one line only."""


@dataclass(slots=True)
class Part:
    """What one page shows of a cell."""

    page: int
    box: Box
    lines: list[Line]


@dataclass(slots=True)
class Whole:
    """A cell of a table that may reach over pages. Columns are known by their edges until all pages are seen."""

    row: int
    rows: int
    x0: float
    x1: float
    parts: list[Part]
    at_top: bool = False
    """Whether it begins at the top of a page below the first, where a blank may only be the rest of a span."""

    @property
    def blank(self) -> bool:
        return not any(part.lines for part in self.parts)

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part.lines]


Pair = tuple[Whole, Whole]
"""A cell of the last row above a page edge and the one below it in the same column."""


@dataclass(slots=True)
class Growing:
    """A table that later pages may continue."""

    cells: list[Whole]
    n_rows: int
    first_page: int
    last_page: int
    box: Box
    ruled: bool
    head: list[tuple[str, ...]]
    """Texts of the first rows, which later pages may repeat."""
    pads: list[float]
    coming: list[Whole] = field(default_factory=list)
    """Cells of the page being added, which tell as much about the habits of a column as those before."""

    @classmethod
    def begin(cls, table: PageTable) -> Growing:
        """A table as its first page shows it."""
        cells = _wholes(table)
        rows = len(table.ys) - 1
        head = [_row_texts(cells, row) for row in range(min(rows, _HEADER_ROWS))]
        return cls(cells, rows, table.page, table.page, table.box, table.ruled, head, _pads(table))

    def recent(self) -> list[Whole]:
        """The cells to judge a column by: enough to know its habits, few enough for a table of a thousand pages."""
        return self.cells[-_RECENT:]

    def edges(self) -> list[float]:
        """The column edges seen so far."""
        return _edges(self.recent())

    def pad(self) -> float:
        """Room between a cell's border and its text."""
        return self.pads[len(self.pads) // 8] if self.pads else 0.0

    def continued_by(self, table: PageTable) -> bool:
        """Whether `table`, the first thing on the next page, has the same columns and does not begin a table anew."""
        if table.page != self.last_page + 1 or table.ruled != self.ruled:
            return False
        mine, its = self.edges(), _edges(_wholes(table))
        if abs(mine[0] - its[0]) > _EDGE or abs(mine[-1] - its[-1]) > _EDGE:
            return False
        shared = sum(any(abs(a - b) <= _EDGE for b in mine) for a in its)
        if shared < min(len(mine), len(its)):
            return False
        return bool(_repeated(self, table)) or not is_header(list(_row_texts(_wholes(table), 0)))

    def take(self, table: PageTable) -> None:
        """Add what the next page shows."""
        skip = _repeated(self, table)
        cells = [c for c in _wholes(table) if c.row >= skip]
        for cell in cells:
            cell.row -= skip
        if len(self.pads) < _RECENT:
            self.pads = sorted(self.pads + _pads(table))
        self.last_page = table.page
        if not cells:
            return
        first = [c for c in cells if c.row == 0]
        for cell in first:
            cell.at_top = True
        self.coming = [c for c in cells if c.row]
        pairs = [(self._above(cell), cell) for cell in first]
        cut = self._cut(pairs)
        offset = self.n_rows - (1 if cut else 0)
        closed = _closes([cell for _, cell in pairs])
        total = _closes([c for c in self.recent() if c.row == self.n_rows - 1])
        joined = [
            (above, cell)
            for above, cell in pairs
            if above is not None and (cut or (not closed and self._same_span(above, cell, total)))
        ]
        self.coming = []
        for cell in cells:
            cell.row += offset
        for above, cell in joined:
            above.rows = cell.row + cell.rows - above.row
            above.parts += cell.parts
        gone = {id(cell) for _, cell in joined}
        self.cells += [c for c in cells if id(c) not in gone]
        self.n_rows = offset + len(table.ys) - 1 - skip

    def _above(self, cell: Whole) -> Whole | None:
        """The cell of the last row so far with the same column edges."""
        for other in reversed(self.cells):
            touches = other.row + other.rows == self.n_rows
            if touches and abs(other.x0 - cell.x0) <= _EDGE and abs(other.x1 - cell.x1) <= _EDGE:
                return other
        return None

    def _cut(self, pairs: Sequence[tuple[Whole | None, Whole]]) -> bool:
        """Whether the page edge went through a row: the upper row of the new page holds only what did not fit."""
        if any(above is None for above, _ in pairs):
            return False
        known = [(above, cell) for above, cell in pairs if above is not None]
        held = [(above, cell) for above, cell in known if not cell.blank and not self._pushed_down(above, cell)]
        if any(above.blank for above, _ in held):
            return False
        votes = {id(cell): self._vote(above, cell) for above, cell in held}
        if any(self._new_value(above, cell) for above, cell in held):
            return False
        if not all(self._full(above) for above, _ in held):
            return not _closes([cell for _, cell in pairs]) and self._cut_with_room(known, held)
        if any(cell.blank and above.rows == cell.rows == 1 and self._always_filled(above) for above, cell in known):
            return True
        main, rest = self._main(known)
        if rest.blank:
            if not main.blank and self._blanks(main) <= _HARDLY_BLANK and min(votes.values(), default=0) >= 0:
                return True
        elif votes[id(rest)] or LABEL.match(rest.lines[0].text.strip()):
            return votes[id(rest)] > 0
        telling = [(above, cell) for above, cell in held if self._breadth(above) > _WIDE or self._unfinished(above)]
        return sum(votes[id(cell)] for above, cell in telling if above.rows == 1) > 0

    def _cut_with_room(self, known: Sequence[Pair], held: Sequence[Pair]) -> bool:
        """The same where the text left room above the page edge, as it does when single lines may not stand alone.

        Either a column that every row fills is blank and what goes on had come near the edge, or every text that goes
        on broke off in mid-sentence: in three columns, or in one whose texts end like sentences.
        """
        near = all(self._room(above) < _KEPT_LINES for above, _ in held)
        if near and any(
            cell.blank and above.rows == cell.rows == 1 and self._always_filled(above, _CERTAIN) for above, cell in known
        ):
            return True
        if min(self._vote(above, cell) for above, cell in held) <= 0:
            return False
        if len(held) >= _CERTAIN and max(self._breadth(above) for above, _ in held) > _WIDE:
            return True
        return (
            near
            and all(self._breaks_off(above, cell) for above, cell in held)
            and any(self._sentences(above) for above, _ in held)
        )

    def _breaks_off(self, above: Whole, cell: Whole) -> bool:
        """Whether a line that is no end of a sentence had no room for what stands at the top of the page."""
        before, after = above.lines[-1], cell.lines[0]
        begins = ended(before.text) or LABEL.match(after.text.strip())
        return not begins and wraps(before, after, *self._margins(above))

    def _room(self, cell: Whole) -> float:
        """How many lines of its own the room below the cell's text would hold."""
        part = cell.parts[-1]
        if not part.lines:
            return float("inf")
        last = part.lines[-1]
        pitch = min((b.top - a.top for a, b in pairwise(part.lines) if b.top > a.top), default=_PITCH * last.size)
        return (part.box.bottom - last.bottom) / max(pitch, last.size)

    def _breadth(self, cell: Whole) -> float:
        """How many characters a line of the cell holds."""
        left, right = self._margins(cell)
        return (right - left) / cell.lines[-1].size

    def _new_value(self, above: Whole, cell: Whole) -> bool:
        """Whether a column of single values (a serial, points, a date) has another one here."""
        if all(cell_points("".join(line.text for line in c.lines)) is not None for c in (above, cell)):
            return True
        column = [c for c in self._column(above) if not c.blank]
        single = sum(len(c.lines) == 1 for c in column)
        if len(column) < _CERTAIN or single < _MOSTLY * len(column) or len(above.lines) != 1:
            return False
        return self._vote(above, cell) <= 0

    def _main(self, known: Sequence[Pair]) -> Pair:
        """The column that tells rows apart best: the one with the longest texts of those filled most often."""
        counts: list[tuple[int, int]] = []
        for above, _ in known:
            column = [c for c in self._column(above) if not c.blank and c.rows == 1]
            counts.append((len(column), sum(len(line.text) for c in column for line in c.lines)))
        often = _MOSTLY * max(count for count, _ in counts)
        return max(zip(counts, known, strict=True), key=lambda one: (one[0][0] >= often, one[0][1]))[1]

    def _pushed_down(self, above: Whole, cell: Whole) -> bool:
        """Whether the text of a span had no room above the page edge, where its upper rows stand empty."""
        spans = above.rows > 1 or cell.rows > 1
        return above.blank and not cell.blank and spans and self._blanks(above) <= _RARELY_BLANK

    def _same_span(self, above: Whole, cell: Whole, total: bool) -> bool:
        """Whether a cell at the top of a page is the rest of the span that reached the edge, the row being new.

        `total`: the row above holds totals or notes, of which no cell goes on.
        """
        if total and above.row == self.n_rows - 1:
            return False
        spans = above.rows > 1 or cell.rows > 1
        if cell.blank:
            return cell.rows > 1 or ((spans or self._has_spans(above)) and self._blanks(above) <= _RARELY_BLANK)
        if not spans:
            return False
        if above.blank:
            return self._pushed_down(above, cell)
        if self._new_value(above, cell) or self._both_stand_alone(above, cell):
            return False
        return self._full(above) and self._vote(above, cell) > 0

    def _both_stand_alone(self, above: Whole, cell: Whole) -> bool:
        """Whether other cells of the column say just this, and others just that: two names, none of them cut."""
        alone = {"".join(line.text for line in c.lines) for c in self._column(above)}
        return all("".join(line.text for line in c.lines) in alone for c in (above, cell))

    def _column(self, like: Whole) -> list[Whole]:
        """The other cells of the column of `like`, those at the tops of pages aside."""
        return [
            c
            for c in (*self.recent(), *self.coming)
            if c is not like and not c.at_top and abs(c.x0 - like.x0) <= _EDGE and abs(c.x1 - like.x1) <= _EDGE
        ]

    def _blanks(self, like: Whole) -> float:
        """Share of blank cells in a column, rows that are mostly blank (bands, totals) aside."""
        filled: Counter[tuple[bool, int]] = Counter()
        for old, group in ((True, self.recent()), (False, self.coming)):
            for c in group:
                filled[old, c.row] += -1 if c.blank else 1
        known = {id(c) for c in self.recent()}
        column = [c for c in self._column(like) if filled[id(c) in known, c.row] > 0]
        return sum(c.blank for c in column) / len(column) if column else 0.0

    def _has_spans(self, like: Whole) -> bool:
        return any(c.rows > 1 for c in self._column(like))

    def _always_filled(self, like: Whole, least: int = 2) -> bool:
        """Whether every row, of `least` or more, has its own text in a column, so that a blank there is no new row."""
        column = self._column(like)
        return len(column) >= least and not any(c.blank or c.rows > 1 for c in column)

    def _margins(self, cell: Whole) -> tuple[float, float]:
        pad = self.pad()
        lines = cell.lines
        return (
            min([cell.x0 + pad, *(line.x0 for line in lines)]),
            max([cell.x1 - pad, *(line.x1 for line in lines)]),
        )

    def _full(self, cell: Whole) -> bool:
        """Whether the cell's text reaches the bottom border, so that no further line had room."""
        part = cell.parts[-1]
        if not part.lines:
            return False
        last = part.lines[-1]
        return part.box.bottom - last.bottom < _FILLED * last.size

    def _vote(self, above: Whole, cell: Whole) -> int:
        """1 when the text of `cell` plainly goes on from `above`, -1 when it plainly begins anew, else 0."""
        before, after = above.lines[-1], cell.lines[0]
        if self._unfinished(above):
            return 1
        if LABEL.match(after.text.strip()):
            return -1
        return int(not ended(before.text) and wraps(before, after, *self._margins(above)))

    def _unfinished(self, cell: Whole) -> bool:
        """Whether the text lacks a closing bracket, or the end of a sentence that others of its column have."""
        text = "".join(line.text for line in cell.lines)
        return unbalanced(text) or (not ended(text) and self._sentences(cell))

    def _sentences(self, like: Whole) -> bool:
        """Whether the texts of a column end like sentences, so that one that does not must go on."""
        column = [c for c in self._column(like) if not c.blank]
        return len(column) >= _CERTAIN and sum(ended(c.lines[-1].text) for c in column) >= _MOSTLY * len(column)

    def finish(self, max_columns: int, confidence: dict[str, float]) -> Table:
        """The table with all its pages; `confidence` takes the lowest confidence of every cell by its locator."""
        groups = clusters((x for c in self.cells for x in (c.x0, c.x1)), _EDGE)
        starts = [g[0] for g in groups][: max_columns + 1]
        texts = [join_text(whole.lines, *self._margins(whole)) for whole in self.cells]
        known: dict[int, set[str]] = {}
        for whole, text in zip(self.cells, texts, strict=True):
            if LEAST_ENTRY <= len(text) <= MOST_ENTRY and "\n" not in text:
                known.setdefault(_column(starts, whole.x0), set()).add(text)
        cells: list[Cell] = []
        for whole, joined in zip(self.cells, texts, strict=True):
            col, end = _column(starts, whole.x0), _column(starts, whole.x1)
            text = set_apart(joined, known.get(col, set()))
            page, box = whole.parts[0].page, whole.parts[0].box
            place = locator(page, box)
            sure = [line.confidence for line in whole.lines if line.confidence is not None]
            if sure:
                confidence[place] = min(sure)
            cells.append(Cell(whole.row, col, text, place, whole.rows, max(end - col, 1)))
        cells.sort(key=lambda c: (c.row, c.col))
        return Table(
            tuple(cells), self.n_rows, max(len(starts) - 1, 1), locator(self.first_page, self.box),
            first_page=self.first_page, last_page=self.last_page,
        )  # fmt: skip


def _closes(row: Sequence[Whole]) -> bool:
    """Whether a row holds totals or notes, into which nothing above reaches."""
    filled = ["".join(line.text for line in c.lines).strip() for c in row if not c.blank]
    return any(is_total(text) for text in filled[:2]) or (len(filled) == 1 and is_note(filled[0]))


def _column(starts: Sequence[float], x: float) -> int:
    """The index of the edge that `x` belongs to."""
    found = 0
    for i, start in enumerate(starts):
        if x >= start - 0.001:
            found = i
    return found


def _edges(cells: Sequence[Whole]) -> list[float]:
    return [g[0] for g in clusters((x for c in cells for x in (c.x0, c.x1)), _EDGE)]


def _wholes(table: PageTable) -> list[Whole]:
    return [_whole(table.page, s) for s in table.cells]


def _whole(page: int, square: Square) -> Whole:
    return Whole(square.row, square.rows, square.box.x0, square.box.x1, [Part(page, square.box, square.lines)])


def _pads(table: PageTable) -> list[float]:
    """Distances of text from the left borders, where they are plausible as padding."""
    return sorted(d for s in table.cells for line in s.lines if 0.0 <= (d := line.x0 - s.box.x0) <= 12.0)


def _row_texts(cells: Sequence[Whole], row: int) -> tuple[str, ...]:
    return tuple("".join(line.text for line in c.lines).replace(" ", "") for c in cells if c.row == row)


def _repeated(table: Growing, following: PageTable) -> int:
    """How many rows at the top of the next page write the first rows of the table again."""
    cells = _wholes(following)
    same = 0
    while same < min(len(table.head), len(following.ys) - 2):
        ours, theirs = table.head[same], _row_texts(cells, same)
        if ours != theirs or (same == 0 and not any(ours)):
            break
        same += 1
    while same and any(c.row < same < c.row + c.rows for c in cells):
        same -= 1
    return same
