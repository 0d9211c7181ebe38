"""Fold the characters of a document, whatever reader it comes from (see `extractors/characters.py`)."""

from __future__ import annotations

from dataclasses import replace

from extractors.characters import fold_characters
from extractors.document import Block, Cell, Document, Paragraph


def fold_document(document: Document) -> Document:
    """Return the document with folded characters; a cell that changes keeps its text as `printed`."""
    blocks, page = (tuple(map(_fold_block, of)) for of in (document.blocks, document.page))
    return replace(document, blocks=blocks, page=page)


def _fold_block(block: Block) -> Block:
    if isinstance(block, Paragraph):
        text = fold_characters(block.text)
        return block if text == block.text else replace(block, text=text)
    cells = tuple(map(_fold_cell, block.cells))
    return replace(block, cells=cells)


def _fold_cell(cell: Cell) -> Cell:
    text = fold_characters(cell.text)
    return cell if text == cell.text else replace(cell, text=text, printed=cell.text)
