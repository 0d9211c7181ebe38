"""Tables for the tests, written as rows of texts."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.document import Block, Cell, Document, Paragraph, Table
from extractors.tables.clean_table import CleanTable, clean_tables

Row = Sequence[str | tuple[str, int, int]]
"""A cell is its text, or (text, rows, columns) where it spans; squares it covers are left out."""


def table(*rows: Row, spans: bool = False, header_rows: int | None = None) -> Table:
    """A `Table` of these rows. Without `spans` the carrier draws none and blanks stand as ''."""
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    width = 0
    for r, row in enumerate(rows):
        c = 0
        for given in row:
            text, height, across = given if isinstance(given, tuple) else (given, 1, 1)
            while (r, c) in taken:
                c += 1
            taken |= {(r + i, c + j) for i in range(height) for j in range(across)}
            cells.append(Cell(r, c, text, f"第{r + 1}行第{c + 1}列", height, across))
            c += across
        width = max(width, c, *(x + 1 for y, x in taken if y == r))
    return Table(tuple(cells), len(rows), width, "表1", spans, header_rows)


def document(*blocks: Block | str) -> Document:
    """A document of tables and paragraphs (given as text)."""
    return Document(
        "text", tuple(Paragraph(b, f"第{i}段") if isinstance(b, str) else b for i, b in enumerate(blocks, 1))
    )


def cleaned(*rows: Row, spans: bool = False, header_rows: int | None = None) -> CleanTable:
    """The one clean table of these rows."""
    (found,) = clean_tables(document(table(*rows, spans=spans, header_rows=header_rows)), ["表题"])
    return found


def column(found: CleanTable, name: str) -> list[str]:
    """The text that covers each body row in the column of this header."""
    at = found.columns.index(name)
    return [row[at].text for row in found.grid.cells]
