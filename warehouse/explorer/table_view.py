"""`core.cells` as the rows of a drawn table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as drawn; `lit` is the chosen one, `near` stands in the chosen row."""

    row: int
    col: int
    row_span: int
    col_span: int
    text: str
    locator: str
    lit: bool
    near: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page. `number` counts from 1 below the header; `tasks` are the ids of its tasks."""

    row: int
    cells: Sequence[Cell]
    tasks: Sequence[str]

    @property
    def number(self) -> int | None:
        """The row's number as people count, None in the header."""
        return self.row + 1 if self.row >= 0 else None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands on the page, cut to the rows that are drawn."""

    header: Sequence[Line]
    body: Sequence[Line]
    columns: int


def draw(
    cells: Sequence[dict[str, Any]],
    *,
    first: int,
    last: int,
    lit: Collection[tuple[int, int]] = (),
    near_row: int | None = None,
    tasks: Sequence[dict[str, Any]] = (),
) -> Grid:
    """Rows `first` to `last` and the header, each cell where it begins.

    A cell that begins above `first` is drawn in `first` with the rows that are left of it, one that runs beyond
    `last` (or beyond the header) ends there, so that what is drawn is a whole table. `lit` are (row, col).
    """
    by_row: dict[int, list[str]] = {}
    for task in tasks:
        if task["row"] is not None:
            by_row.setdefault(task["row"], []).append(task["task_id"])
    top = min((one["row"] for one in cells), default=0)
    lines: dict[int, list[Cell]] = {row: [] for row in (*range(min(top, 0), 0), *range(first, last + 1))}
    for one in cells:
        begins = one["row"] if one["row"] < 0 else max(one["row"], first)
        ends = min(one["row"] + one["row_span"], 0 if one["row"] < 0 else last + 1)
        at = (one["row"], one["col"])
        near = near_row is not None and one["row"] <= near_row < one["row"] + one["row_span"]
        drawn = Cell(begins, one["col"], ends - begins, one["col_span"], one["text"], one["locator"], at in lit, near)
        lines[begins].append(drawn)
    made = [
        Line(row, sorted(line, key=lambda cell: cell.col), by_row.get(row, ())) for row, line in sorted(lines.items())
    ]
    return Grid(
        header=[line for line in made if line.row < 0],
        body=[line for line in made if line.row >= 0],
        columns=max((one["col"] + one["col_span"] for one in cells), default=0),
    )


def cells_of_row(cells: Sequence[dict[str, Any]], row: int, columns: Collection[int]) -> list[tuple[int, int]]:
    """Where the cells begin that cover `row` in one of `columns`; in every column where none is given."""
    return [
        (one["row"], one["col"])
        for one in cells
        if one["row"] <= row < one["row"] + one["row_span"]
        and (not columns or any(one["col"] <= column < one["col"] + one["col_span"] for column in columns))
    ]


def as_rows(grid: Grid) -> list[list[str]]:
    """The table as plain rows for a spreadsheet; a merged cell stands where it begins."""
    rows = []
    for line in (*grid.header, *grid.body):
        texts = [""] * grid.columns
        for cell in line.cells:
            texts[cell.col] = cell.text
        rows.append(texts)
    return rows
