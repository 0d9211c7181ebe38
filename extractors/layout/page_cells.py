"""A cell of a table that may reach over pages, and what pages show of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.layout.grid import PageTable, Square
from extractors.layout.model import Box, Line
from extractors.layout.rulings import clusters
from extractors.table_words import TableWords

EDGE = 5.0
"""Columns of two pages whose edges differ by less than this are the same column."""


@dataclass(slots=True)
class Part:
    """What one page shows of a cell."""

    page: int
    box: Box
    lines: list[Line]


@dataclass(slots=True)
class Whole:
    """A cell of a table that may reach over pages. Columns are known by their edges until all pages are seen."""

    row: int
    rows: int
    x0: float
    x1: float
    parts: list[Part]
    at_top: bool = False
    """Whether it begins at the top of a page below the first, where a blank may only be the rest of a span."""

    @property
    def blank(self) -> bool:
        return not any(part.lines for part in self.parts)

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part.lines]


def edges(cells: Sequence[Whole]) -> list[float]:
    return [g[0] for g in clusters((x for c in cells for x in (c.x0, c.x1)), EDGE)]


def wholes(table: PageTable) -> list[Whole]:
    return [_whole(table.page, s) for s in table.cells]


def _whole(page: int, square: Square) -> Whole:
    return Whole(square.row, square.rows, square.box.x0, square.box.x1, [Part(page, square.box, square.lines)])


def pads(table: PageTable) -> list[float]:
    """Distances of text from the left borders, where they are plausible as padding."""
    return sorted(d for s in table.cells for line in s.lines if 0.0 <= (d := line.x0 - s.box.x0) <= 12.0)


def row_texts(cells: Sequence[Whole], row: int) -> tuple[str, ...]:
    return tuple("".join(line.text for line in c.lines).replace(" ", "") for c in cells if c.row == row)


def closes(row: Sequence[Whole], words: TableWords) -> bool:
    """Whether a row holds totals or notes, into which nothing above reaches."""
    filled = ["".join(line.text for line in c.lines).strip() for c in row if not c.blank]
    return any(words.is_total(text) for text in filled[:2]) or (len(filled) == 1 and words.is_note(filled[0]))
