"""The columns of a body as they are judged: without rows that are no items."""

from __future__ import annotations

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.row_patterns import is_total
from extractors.tables.column_features import ColumnFeatures, column_features
from extractors.tables.grid import Grid


def body_features(body: Grid) -> list[ColumnFeatures]:
    """Return the features of each column, without section rows, totals and notes as far as their cells show them."""
    item_rows = [r for r in range(body.n_rows) if not _is_sparse(body, r)]
    if not item_rows:
        item_rows = list(range(body.n_rows))
    rows = set(item_rows)
    return [
        column_features(
            [cell for cell in body.column(c) if cell.row in rows and (cell.cols == 1 or body.n_cols == 1)],
            len(item_rows),
        )
        for c in range(body.n_cols)
    ]


def _is_sparse(body: Grid, r: int) -> bool:
    """Return whether a row has one text at most beside a number, a cell over several columns or a total."""
    cells = body.cells_of_row(r)
    own = [cell for cell in cells if cell.row == r and cell.text and not is_placeholder(cell.text)]
    if any(is_total(cell.text) for cell in own[:2]):
        return True
    continued = [cell for cell in cells if cell.row < r]
    # A heading over two columns may be written in both.
    texts = {strip_whitespace(cell.text) for cell in own if not _is_figure(cell.text)}
    if len(texts) != 1:
        return not texts
    figures = sum(_is_figure(cell.text) for cell in own)
    is_wide = any(cell.cols > 1 for cell in own)
    return body.n_cols > 2 and not continued and figures <= 1 and (is_wide or len(own) < body.n_cols - 1)


def _is_figure(text: str) -> bool:
    return text.strip().rstrip("分%").replace(".", "", 1).isdecimal()
