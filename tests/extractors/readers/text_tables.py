"""Documents and grids for the tests of tables in plain text."""

from __future__ import annotations

from extractors.document import Document, Table
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read


def document(*lines: str) -> Document:
    """Return the document that a text file with these lines is read as."""
    return read("\n".join(lines).encode(), "notice.txt", Limits(), VOCABULARY_WORDS)


def grid(table: Table) -> list[list[str]]:
    """Return the texts of a table by rows, blank ones where it has no cell."""
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def shown(result: Document) -> list[list[str]]:
    """Return the texts of the only table of a document by rows."""
    (table,) = result.tables()
    return grid(table)
