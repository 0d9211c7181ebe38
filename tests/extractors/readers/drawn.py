"""Draws pages for the geometry: words at places, grids of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.document import Block, Paragraph, Table
from extractors.layout import Page, Rule, Word, lay_out
from extractors.layout.text_lines import breadth
from extractors.parsers.table_words import VOCABULARY_WORDS

SIZE = 10.0
STEP = 13.0


def layout(pages: Iterable[Page]) -> list[Block]:
    """Return the blocks of drawn pages as a pdf reader would give them."""
    return list(lay_out(pages, words=VOCABULARY_WORDS).blocks)


def word(text: str, x: float, top: float, size: float = SIZE) -> Word:
    """A word whose ideographs take `size` points each."""
    return Word(text, x, top, x + breadth(text) * size, top + size)


def lines(text: str, x: float, top: float, size: float = SIZE) -> list[Word]:
    """One word for each line of `text`, one below the other."""
    return [word(line, x, top + i * STEP, size) for i, line in enumerate(text.split("\n"))]


def across(y: float, x0: float, x1: float) -> Rule:
    """A horizontal line."""
    return Rule(x0, y, x1, y)


def down(x: float, y0: float, y1: float) -> Rule:
    """A vertical line."""
    return Rule(x, y0, x, y1)


def grid(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    """All lines of a plain grid."""
    return [across(y, xs[0], xs[-1]) for y in ys] + [down(x, ys[0], ys[-1]) for x in xs]


def page(words: Iterable[Word], rules: Iterable[Rule] = (), number: int = 1, height: float = 842.0) -> Page:
    """An upright A4 page."""
    return Page(number, 595.0, height, tuple(words), tuple(rules))


def table_page(
    rows: Sequence[Sequence[str]], xs: Sequence[float], number: int = 1, top: float = 100.0, tight: bool = False
) -> Page:
    """A page with one plain ruled table; rows are as high as their longest cell (`tight`: without room below)."""
    ys, words = [top], []
    for row in rows:
        for text, x in zip(row, xs, strict=False):
            words += [w for w in lines(text, x + 3, ys[-1] + 2) if w.text]
        most = max(text.count("\n") + 1 for text in row)
        ys.append(ys[-1] + most * STEP + (2 if tight else 8))
    return page(words, grid(xs, ys), number)


def shown(table: Table) -> list[list[str]]:
    """The texts of a table square by square; the squares a span covers below and beside its first show `"`."""
    out = [["?"] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        for r in range(cell.row, cell.row + cell.row_span):
            for c in range(cell.col, cell.col + cell.col_span):
                out[r][c] = cell.text if (r, c) == (cell.row, cell.col) else '"'
    return out


def only_table(blocks: Iterable[Block]) -> Table:
    """The one table among `blocks`."""
    (found,) = [b for b in blocks if isinstance(b, Table)]
    return found


def texts(blocks: Iterable[Block]) -> list[str]:
    """The paragraphs among `blocks`, and `[表]` for each table."""
    return [b.text if isinstance(b, Paragraph) else "[表]" for b in blocks]
