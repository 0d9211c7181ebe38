"""The parts of a table that page edges cut apart → one table: repeated headers out, cut rows and spans joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Cell, Table
from extractors.layout.grid import PageTable
from extractors.layout.model import Box, locator
from extractors.layout.page_breaks import Columns, Pair
from extractors.layout.page_cells import EDGE, Whole, closes, edges, pads, row_texts, wholes
from extractors.layout.rulings import clusters
from extractors.layout.text_lines import LEAST_ENTRY, MOST_ENTRY, join_text, set_apart
from extractors.table_words import TableWords

_HEADER_ROWS = 4


@dataclass(slots=True)
class Growing:
    """A table that later pages may continue."""

    columns: Columns
    n_rows: int
    first_page: int
    last_page: int
    box: Box
    ruled: bool
    head: list[tuple[str, ...]]
    """Texts of the first rows, which later pages may repeat."""

    @classmethod
    def begin(cls, table: PageTable, words: TableWords) -> Growing:
        """A table as its first page shows it."""
        cells = wholes(table)
        rows = len(table.ys) - 1
        head = [row_texts(cells, row) for row in range(min(rows, _HEADER_ROWS))]
        return cls(Columns(cells, pads(table), words), rows, table.page, table.page, table.box, table.ruled, head)

    def continued_by(self, table: PageTable) -> bool:
        """Whether `table`, the first thing on the next page, has the same columns and does not begin a table anew."""
        if table.page != self.last_page + 1 or table.ruled != self.ruled:
            return False
        mine, its = edges(self.columns.recent()), edges(wholes(table))
        if abs(mine[0] - its[0]) > EDGE or abs(mine[-1] - its[-1]) > EDGE:
            return False
        shared = sum(any(abs(a - b) <= EDGE for b in mine) for a in its)
        if shared < min(len(mine), len(its)):
            return False
        return bool(_repeated(self, table)) or not self.columns.words.is_header(list(row_texts(wholes(table), 0)))

    def take(self, table: PageTable) -> None:
        """Add what the next page shows."""
        skip = _repeated(self, table)
        cells = [c for c in wholes(table) if c.row >= skip]
        for cell in cells:
            cell.row -= skip
        self.columns.learn(pads(table))
        self.last_page = table.page
        if not cells:
            return
        first = [c for c in cells if c.row == 0]
        for cell in first:
            cell.at_top = True
        self.columns.coming = [c for c in cells if c.row]
        pairs = [(self._above(cell), cell) for cell in first]
        cut = self.columns.cut(pairs)
        offset = self.n_rows - (1 if cut else 0)
        joined = [(above, cell) for above, cell in pairs if above is not None] if cut else self._spans(pairs)
        self.columns.coming = []
        for cell in cells:
            cell.row += offset
        for above, cell in joined:
            above.rows = cell.row + cell.rows - above.row
            above.parts += cell.parts
        gone = {id(cell) for _, cell in joined}
        self.columns.cells += [c for c in cells if id(c) not in gone]
        self.n_rows = offset + len(table.ys) - 1 - skip

    def _spans(self, pairs: Sequence[tuple[Whole | None, Whole]]) -> list[Pair]:
        """The spans that reach from the last row so far into a new one; totals and notes end them on either side."""
        if closes([cell for _, cell in pairs], self.columns.words):
            return []
        last = self.n_rows - 1
        ended = closes([c for c in self.columns.recent() if c.row == last], self.columns.words)
        reaching = [(above, cell) for above, cell in pairs if above is not None and not (ended and above.row == last)]
        found = [pair for pair in reaching if self.columns.same_span(*pair)]
        alike = {(above.row, cell.rows) for above, cell in found if cell.blank and above.rows > 1}
        sure = {id(cell) for _, cell in found}
        # What was merged beside another cell over the same rows goes on where that does.
        return [
            (above, cell)
            for above, cell in reaching
            if id(cell) in sure
            or (cell.blank and not above.blank and above.rows > 1 and (above.row, cell.rows) in alike)
        ]

    def _above(self, cell: Whole) -> Whole | None:
        """The cell of the last row so far with the same column edges."""
        for other in reversed(self.columns.cells):
            touches = other.row + other.rows == self.n_rows
            if touches and abs(other.x0 - cell.x0) <= EDGE and abs(other.x1 - cell.x1) <= EDGE:
                return other
        return None

    def finish(self, max_columns: int, confidence: dict[str, float]) -> Table:
        """The table with all its pages; `confidence` takes the lowest confidence of every cell by its locator."""
        groups = clusters((x for c in self.columns.cells for x in (c.x0, c.x1)), EDGE)
        starts = [g[0] for g in groups][: max_columns + 1]
        texts = [join_text(whole.lines, *self.columns.margins(whole)) for whole in self.columns.cells]
        known: dict[int, set[str]] = {}
        for whole, text in zip(self.columns.cells, texts, strict=True):
            if LEAST_ENTRY <= len(text) <= MOST_ENTRY and "\n" not in text:
                known.setdefault(_column(starts, whole.x0), set()).add(text)
        cells: list[Cell] = []
        for whole, joined in zip(self.columns.cells, texts, strict=True):
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


def _column(starts: Sequence[float], x: float) -> int:
    """The index of the edge that `x` belongs to."""
    found = 0
    for i, start in enumerate(starts):
        if x >= start - 0.001:
            found = i
    return found


def _repeated(table: Growing, following: PageTable) -> int:
    """How many rows at the top of the next page write the first rows of the table again."""
    cells = wholes(following)
    same = 0
    while same < min(len(table.head), len(following.ys) - 2):
        ours, theirs = table.head[same], row_texts(cells, same)
        if ours != theirs or (same == 0 and not any(ours)):
            break
        same += 1
    while same and any(c.row < same < c.row + c.rows for c in cells):
        same -= 1
    return same
