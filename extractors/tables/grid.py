"""A table as a matrix of cells: which cell covers which position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extractors.document import Table
from extractors.normalize import clean
from extractors.parsers.row_patterns import is_ditto

_LONGEST_DITTO = 5
"""（同上）。"""


@dataclass(slots=True, eq=False)
class GridCell:
    """One cell of a grid. `text` is normalized, `raw` is the text as the reader gave it.

    `row` and `col` are the upper left position, `rows` and `cols` the spans. Cells are compared by identity and never
    mutated: to grow or move a cell, make a new one. (Not frozen, because creating frozen instances is three times
    slower.)
    """

    row: int
    col: int
    raw: str
    text: str
    locator: str
    rows: int = 1
    cols: int = 1

    @property
    def is_blank(self) -> bool:
        """True if the cell has no text."""
        return not self.text

    def moved_to(self, row: int, rows: int) -> GridCell:
        """Return a copy that begins in `row` and spans `rows` rows."""
        return GridCell(row, self.col, self.raw, self.text, self.locator, rows, self.cols)


@dataclass(slots=True)
class Grid:
    """A table as rows of cells; a merged cell is the same object in every position it covers.

    `spans_known` is False if the source does not draw merged cells, so that a blank cell may continue its neighbour.
    """

    cells: list[list[GridCell]]
    n_cols: int
    spans_known: bool

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.cells)

    def cell(self, r: int, c: int) -> GridCell:
        """Return the cell that covers row `r`, column `c`."""
        return self.cells[r][c]

    def unique_cells(self) -> list[GridCell]:
        """Return every cell once, in reading order."""
        return [
            cell for r, row in enumerate(self.cells) for c, cell in enumerate(row) if cell.row == r and cell.col == c
        ]

    def column(self, c: int) -> list[GridCell]:
        """Return the cells that begin in column `c`, top to bottom, blank ones included."""
        return [row[c] for r, row in enumerate(self.cells) if row[c].row == r and row[c].col == c]

    def cells_of_row(self, r: int) -> list[GridCell]:
        """Return the cells that touch row `r`, left to right, a merged cell once."""
        out: list[GridCell] = []
        for cell in self.cells[r]:
            if not out or cell is not out[-1]:
                out.append(cell)
        return out


def build_grid(table: Table) -> Grid:
    """Return the grid of a table.

    Positions that no cell covers become blank cells. Where spans overlap, the first cell keeps the position.
    """
    matrix: list[list[GridCell | None]] = [[None] * table.n_cols for _ in range(table.n_rows)]
    for source in table.cells:
        left, rows, cols = source.col, source.row_span, source.col_span
        cell = GridCell(source.row, left, source.text, clean(source.text), source.locator, rows, cols)
        for row in matrix[source.row : source.row + rows]:
            for c in range(left, min(left + cols, table.n_cols)):
                if row[c] is None:
                    row[c] = cell
    full = [
        [
            cell if cell is not None else GridCell(r, c, "", "", f"{table.locator} 第{r + 1}行第{c + 1}列")
            for c, cell in enumerate(row)
        ]
        for r, row in enumerate(matrix)
    ]
    return Grid(full, table.n_cols, _has_reliable_spans(table))


def resolve_dittos(body: Grid) -> None:
    """Put the text of the nearest cell above it in place of 同上, in place; one without any above stays as it is."""
    above: dict[tuple[int, int], GridCell] = {}
    for cell in body.unique_cells():
        place = (cell.col, cell.cols)
        if len(cell.text) <= _LONGEST_DITTO and place in above and is_ditto(cell.text):
            meant = replace(cell, raw=above[place].raw, text=above[place].text)
            cover(body, meant, range(cell.row, cell.row + cell.rows), range(cell.col, cell.col + cell.cols))
        elif cell.text:
            above[place] = cell


def _has_reliable_spans(table: Table) -> bool:
    """False if the format can draw merged cells but none is drawn beside leading cells that are blank below headings.

    A leading column of blanks alone, below its header, is one that nobody filled in.
    """
    if not table.spans_known:
        return False
    if any(c.row_span > 1 for c in table.cells):
        return True
    leading = [bool(c.text.strip()) for c in table.cells if c.col == 0]
    return leading.count(True) <= 1 or leading.count(False) * 5 < max(table.n_rows, 1)


def take_rows(grid: Grid, rows: Iterable[int]) -> Grid:
    """Return a grid with only these rows, in order and renumbered from 0; spans shrink to the rows that remain."""
    old_rows = list(rows)
    remaining_rows = set(old_rows)
    moved: dict[int, GridCell] = {}
    matrix: list[list[GridCell]] = []
    for new, old in enumerate(old_rows):
        new_row = []
        for cell in grid.cells[old]:
            copy = moved.get(id(cell))
            if copy is None:
                span = 1 if cell.rows == 1 else len(remaining_rows.intersection(range(cell.row, cell.row + cell.rows)))
                copy = moved[id(cell)] = cell.moved_to(new, span)
            new_row.append(copy)
        matrix.append(new_row)
    return Grid(matrix, grid.n_cols, grid.spans_known)


def renumber(rows: Sequence[Sequence[GridCell]], *, spans_known: bool) -> Grid:
    """Return the grid of rows of equal length that share cells; each cell spans the positions where it stands."""
    places: dict[int, tuple[int, int, int, int]] = {}
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            top, left, _, _ = places.get(id(cell), (r, c, r, c))
            places[id(cell)] = top, left, r, c
    moved: dict[int, GridCell] = {}
    for row in rows:
        for cell in row:
            top, left, bottom, right = places[id(cell)]
            moved[id(cell)] = replace(cell, row=top, col=left, rows=bottom - top + 1, cols=right - left + 1)
    return Grid([[moved[id(cell)] for cell in row] for row in rows], len(rows[0]) if rows else 0, spans_known)


def join_cells(cells: Sequence[GridCell]) -> GridCell:
    """Return one cell with the texts of several, a line each."""
    filled = [cell for cell in cells if cell.text]
    if len(filled) < 2:
        return filled[0] if filled else cells[0]
    raw = "\n".join(cell.raw for cell in filled)
    return replace(filled[0], raw=raw, text=clean(raw))


def concat(first: Grid, second: Grid) -> Grid:
    """Return two grids of equal width stacked vertically."""
    offset = first.n_rows
    moved = {id(cell): cell.moved_to(cell.row + offset, cell.rows) for cell in second.unique_cells()}
    return Grid(
        [*first.cells, *([moved[id(cell)] for cell in row] for row in second.cells)],
        first.n_cols,
        first.spans_known and second.spans_known,
    )


def cover(grid: Grid, cell: GridCell, rows: range, cols: range) -> None:
    """Extend the span of `cell` to these rows and columns, in place."""
    row, col = min(cell.row, rows.start), min(cell.col, cols.start)
    extended = replace(
        cell,
        row=row,
        rows=max(cell.row + cell.rows, rows.stop) - row,
        col=col,
        cols=max(cell.col + cell.cols, cols.stop) - col,
    )
    for line in grid.cells[extended.row : extended.row + extended.rows]:
        for c in range(extended.col, extended.col + extended.cols):
            line[c] = extended
