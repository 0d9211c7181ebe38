"""The columns of a body as they are judged: without rows that are no items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.row_patterns import is_total
from extractors.tables.column_features import ColumnFeatures, column_features
from extractors.tables.column_roles import is_number
from extractors.tables.grid import Grid

_NAME_AND_TEXT: Final = 2
"""Columns of words of the smallest tables: a name or a unit, and what is to be done."""
_MOST_FIGURES: Final = 2
"""一 | 组织领导 | 20: the number and the points of a section."""
_HEADING_LENGTH: Final = 30
"""（一）领导机制（分值：50分）: a text of its own row that is longer is no heading."""


def body_features(body: Grid) -> list[ColumnFeatures]:
    """Return the features of each column, without section rows, totals and notes as far as their cells show them."""
    columns = [body.column(c) for c in range(body.n_cols)]
    wordy = [c for c, cells in enumerate(columns) if any(cell.text and not _is_figure(cell.text) for cell in cells)]
    item_rows = [r for r in range(body.n_rows) if not _is_sparse(body, r, wordy)]
    if not item_rows:
        item_rows = list(range(body.n_rows))
    rows = set(item_rows)
    return [
        column_features(
            [cell for cell in cells if cell.row in rows and (cell.cols == 1 or body.n_cols == 1)], len(item_rows)
        )
        for cells in columns
    ]


def _is_sparse(body: Grid, r: int, wordy: Sequence[int]) -> bool:
    """Return whether a row has one text at most beside a number, a cell over several columns or a total.

    Args:
        body: the body.
        r: the row.
        wordy: the columns with texts that are no figures; others are to be filled in.
    """
    cells = body.cells_of_row(r)
    own = [cell for cell in cells if cell.row == r and cell.text and not is_placeholder(cell.text)]
    if any(is_total(cell.text) for cell in own[:2]):
        return True
    # A heading over two columns may be written in both.
    texts = {strip_whitespace(cell.text): cell for cell in reversed(own) if not _is_figure(cell.text)}
    if len(texts) != 1:
        return not texts
    if any(cell.row < r for cell in cells) or len(own) - len(texts) > _MOST_FIGURES:
        return False
    ((text, cell),) = texts.items()
    if len(wordy) == _NAME_AND_TEXT:
        return cell.col == wordy[0] and len(text) <= _HEADING_LENGTH and text[-1] not in "。；;"
    return len(wordy) > _NAME_AND_TEXT or (cell.cols > 1 and body.n_cols > _NAME_AND_TEXT)


def _is_figure(text: str) -> bool:
    """Return whether a cell is a number: points, or the number of a section (一, （二）)."""
    return is_number(text) or text.strip().rstrip("分%").replace(".", "", 1).isdecimal()
