"""Tables that are printed turned: a row for each field, a column for each task."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.tables.column_features import ColumnFeatures
from extractors.tables.grid import Grid, GridCell, renumber
from extractors.tables.numbering import numbering

_MIN_FIELDS: Final = 4
_MIN_TASKS: Final = 3
_LABEL: Final = re.compile(r"[\u4e00-\u9fff（()）]{2,8}")
"""要办的事, 交什么: names of fields."""
_OF_ONE_KIND: Final = 0.8
"""Share of the texts of a row, or of a column, that are all numbers, days, units or persons."""
_LEAST_KINDS: Final = 2
"""Kinds of fields: numbers alone are those of any table of figures."""


def turn_grid(grid: Grid) -> tuple[Grid, list[str]] | None:
    """Return a turned table the usual way round, its labels as the header; None for any other table.

    Rows are of one kind each (numbers, days, units, persons), and columns are not. Blocks that repeat the labels stand
    behind each other, below their headings (一、…); other texts between them (续表) are returned beside the table.
    """
    blocks = _find_blocks(grid)
    if not blocks or grid.n_cols - 1 < _MIN_TASKS:
        return None
    fields = [kind for r in blocks[0] if (kind := _kind_of(_row_texts(grid, r))) is not None]
    if len(fields) < _MIN_FIELDS - 1 or len(set(fields)) < _LEAST_KINDS:
        return None
    rows = [r for block in blocks for r in block]
    if any(_kind_of([grid.cell(r, c).text for r in rows]) is not None for c in range(1, grid.n_cols)):
        return None
    others = {r: [cell for cell in grid.cells_of_row(r) if cell.text] for r in range(grid.n_rows) if r not in rows}
    headings = {r: cells[0] for r, cells in others.items() if len(cells) == 1 and numbering(cells[0].text)}
    between = [cell.text for r, cells in others.items() if r not in headings for cell in cells]
    return _turn(grid, blocks, headings), between


def _find_blocks(grid: Grid) -> list[list[int]]:
    """Return the rows of each block of the same labels, none where the first column is not one of labels."""
    labels = [strip_whitespace(grid.cell(r, 0).text) for r in range(grid.n_rows)]
    rows = [r for r in range(grid.n_rows) if any(_row_texts(grid, r)) or not labels[r]]
    if len(rows) < _MIN_FIELDS or any(_LABEL.fullmatch(labels[r]) is None for r in rows):
        return []
    size = next((n for n in range(1, len(rows)) if labels[rows[n]] == labels[rows[0]]), len(rows))
    blocks = [rows[start : start + size] for start in range(0, len(rows), size)]
    names = [labels[r] for r in blocks[0]]
    is_repeated = all([labels[r] for r in block] == names for block in blocks)
    return blocks if is_repeated and len(set(names)) == size >= _MIN_FIELDS else []


def _row_texts(grid: Grid, r: int) -> list[str]:
    return [cell.text for cell in grid.cells_of_row(r) if cell.col > 0 and cell.text]


def _kind_of(texts: Sequence[str]) -> str | None:
    """Return which kind most texts are of, None for few texts and mixed ones."""
    filled = Counter(strip_whitespace(text) for text in texts if text)
    if filled.total() < _MIN_TASKS:
        return None
    features = ColumnFeatures(filled.total(), 0.0, filled)
    shares = {name: getattr(features, name) for name in ("number", "serial", "date", "party", "person")}
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= _OF_ONE_KIND else None


def _turn(grid: Grid, blocks: Sequence[Sequence[int]], headings: Mapping[int, GridCell]) -> Grid:
    lines: list[list[GridCell]] = [[grid.cell(r, 0) for r in blocks[0]]]
    above = 0
    for block in blocks:
        lines += [[heading] * len(block) for r, heading in headings.items() if above <= r < block[0]]
        above = block[-1]
        columns = [[grid.cell(r, c) for r in block] for c in range(1, grid.n_cols)]
        lines += [column for column in columns if any(cell.text for cell in column)]
    return renumber(lines, spans_known=grid.spans_known)
