"""What the three text tables share: rows of cells with the line they begin on → `Table`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Cell, Table


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell of a text table: its text and the zero-based number of the line it begins on."""

    text: str
    line: int


def build_table(rows: Sequence[Sequence[RawCell]], name: str, header_rows: int | None = None) -> Table:
    """Rows of unequal length → `Table`; columns that are blank throughout on the right are dropped."""
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell.text.strip()), default=0)
    cells = [
        Cell(r, c, cell.text.strip(" \t\n\u3000"), f"{name} 第{r + 1}行第{c + 1}列（文本第{cell.line + 1}行）")
        for r, row in enumerate(rows)
        for c, cell in enumerate(row[:width])
    ]
    return Table(tuple(cells), len(rows), width, name, spans_known=False, header_rows=header_rows)
