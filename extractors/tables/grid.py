"""A table as a matrix: which cell covers which square."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from extractors.document import Table
from extractors.normalize import clean


@dataclass(slots=True, eq=False)
class GridCell:
    """One cell of the table under work. `text` is normalized, `raw` as the reader gave it.

    `row` and `col` are the upper left square, `rows` and `cols` the spans. Told apart by identity and never changed:
    a cell that grows or moves is another one. (Not frozen: that would triple the time of making one.)
    """

    row: int
    col: int
    raw: str
    text: str
    locator: str
    rows: int = 1
    cols: int = 1

    @property
    def blank(self) -> bool:
        return not self.text

    def over(self, row: int, rows: int) -> GridCell:
        """The same cell on other rows."""
        return GridCell(row, self.col, self.raw, self.text, self.locator, rows, self.cols)


@dataclass(slots=True)
class Grid:
    """`at[r][c]` is the cell that covers the square; the same object stands in every square it covers."""

    at: list[list[GridCell]]
    n_cols: int
    spans_known: bool

    @property
    def n_rows(self) -> int:
        return len(self.at)

    def row(self, r: int) -> list[GridCell]:
        return self.at[r]

    def spots(self) -> list[GridCell]:
        """Every cell once, in reading order."""
        return [spot for r, row in enumerate(self.at) for c, spot in enumerate(row) if spot.row == r and spot.col == c]

    def column(self, c: int) -> list[GridCell]:
        """The cells that begin in column `c`, top to bottom, blank ones included."""
        return [row[c] for r, row in enumerate(self.at) if row[c].row == r and row[c].col == c]


def build_grid(table: Table) -> Grid:
    """`Table` → `Grid`; squares that no cell covers become blank cells, overlapping spans are cut."""
    at: list[list[GridCell | None]] = [[None] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        left, rows, cols = cell.col, cell.row_span, cell.col_span
        spot = GridCell(cell.row, left, cell.text, clean(cell.text), cell.locator, rows, cols)
        for row in at[cell.row : cell.row + rows]:
            for c in range(left, min(left + cols, table.n_cols)):
                if row[c] is None:
                    row[c] = spot
    full = [
        [
            s if s is not None else GridCell(r, c, "", "", f"{table.locator} 第{r + 1}行第{c + 1}列")
            for c, s in enumerate(row)
        ]
        for r, row in enumerate(at)
    ]
    return Grid(full, table.n_cols, _has_reliable_spans(table))


def _has_reliable_spans(table: Table) -> bool:
    """A carrier that can draw merged cells but drew none beside blank leading cells tells nothing by its spans."""
    if not table.spans_known:
        return False
    if any(c.row_span > 1 for c in table.cells):
        return True
    leading_blank = sum(1 for c in table.cells if c.col == 0 and not c.text.strip())
    return leading_blank * 5 < max(table.n_rows, 1)


def take_rows(grid: Grid, rows: Iterable[int]) -> Grid:
    """The grid with only these rows (in order), renumbered from 0; spans are cut to what is left of them."""
    kept = list(rows)
    known = set(kept)
    moved: dict[int, GridCell] = {}
    at: list[list[GridCell]] = []
    for new, old in enumerate(kept):
        line = []
        for spot in grid.at[old]:
            held = moved.get(id(spot))
            if held is None:
                left = 1 if spot.rows == 1 else len(known.intersection(range(spot.row, spot.row + spot.rows)))
                held = moved[id(spot)] = spot.over(new, left)
            line.append(held)
        at.append(line)
    return Grid(at, grid.n_cols, grid.spans_known)


def concat(first: Grid, second: Grid) -> Grid:
    """Two grids of equal width one below the other."""
    offset = first.n_rows
    moved = {id(s): s.over(s.row + offset, s.rows) for s in second.spots()}
    return Grid(
        [*first.at, *([moved[id(s)] for s in row] for row in second.at)],
        first.n_cols,
        first.spans_known and second.spans_known,
    )


def cover(grid: Grid, spot: GridCell, rows: range, cols: range) -> None:
    """Let `spot` cover the squares given, growing its span."""
    grown = replace(
        spot,
        row=min(spot.row, rows.start),
        rows=max(spot.row + spot.rows, rows.stop) - min(spot.row, rows.start),
        col=min(spot.col, cols.start),
        cols=max(spot.col + spot.cols, cols.stop) - min(spot.col, cols.start),
    )
    for row in grid.at[grown.row : grown.row + grown.rows]:
        for c in range(grown.col, grown.col + grown.cols):
            row[c] = grown
