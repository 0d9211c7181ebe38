"""The lines and tables of a page outside of its article: the catalogue of the page often stands there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from extractors.document import Block, Cell, Paragraph, Table
from extractors.readers.html.block_iterator import TextLine, displayed_text, iter_blocks
from extractors.readers.html.dom import BLOCK_TAGS, Element, self_and_ancestors
from extractors.readers.html.tables import table_rows

_PLACE = "网页标题区"
_MAX_BLOCKS = 80
"""A catalogue stands near the article; more blocks are menus and lists of other pages."""
_MAX_DEPTH = 12
_INLINE_CELL_TAGS = BLOCK_TAGS - {"p", "div"}


def read_surroundings(root: Element, article: Element) -> tuple[Block, ...]:
    """Return the blocks of the page outside of its article, which is taken out of the tree.

    Args:
        root: the page without navigation and hidden elements.
        article: the element that holds the article; the page itself has no surroundings.
    """
    if article in set(self_and_ancestors(root)):
        return ()
    parent = article.getparent()
    if parent is not None:
        parent.remove(article)
    blocks: list[Block] = []
    for block in _iter_blocks(root, 0):
        blocks.append(block)
        if len(blocks) == _MAX_BLOCKS:
            break
    return tuple(blocks)


def _iter_blocks(element: Element, depth: int) -> Iterator[Block]:
    for item in iter_blocks(element):
        if isinstance(item, TextLine):
            if item.text:
                yield Paragraph(item.text, _PLACE)
            continue
        rows = list(table_rows(item))
        if any(_is_box(cell) for row in rows for cell in row):
            if depth < _MAX_DEPTH:
                for row in rows:
                    for cell in row:
                        yield from _iter_blocks(cell, depth + 1)
        elif rows:
            yield _read_table(rows)


def _is_box(cell: Element) -> bool:
    """Return whether a cell only arranges the page."""
    return next(cell.iterdescendants(*_INLINE_CELL_TAGS), None) is not None


def _read_table(rows: list[list[Element]]) -> Table:
    cells = tuple(
        Cell(r, c, displayed_text("".join(cast(Iterator[str], cell.itertext()))), _PLACE)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
    )
    return Table(cells, len(rows), max(len(row) for row in rows), _PLACE)
