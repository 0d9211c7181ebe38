"""Fold the characters of a document, whatever reader it comes from (see `extractors/characters.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from extractors.characters import fold_characters, is_traditional, to_simplified
from extractors.document import Block, Cell, Document, Paragraph, ReadNote


def fold_document(document: Document) -> Document:
    """Return the document with folded characters; a cell that changes keeps its text as `printed`.

    One in traditional characters is read in simplified ones, which its notes say.
    """
    if not is_traditional(_texts(document)):
        return _fold_texts(document, fold_characters)
    note = ReadNote("traditional_characters", "原文为繁体字，已转换为简体字读取", "整个文件")
    folded = _fold_texts(document, lambda text: to_simplified(fold_characters(text)))
    return replace(folded, notes=(*document.notes, note))


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)


def _fold_texts(document: Document, fold: Callable[[str], str]) -> Document:
    fold_block = partial(_fold_block, fold)
    blocks, page = (tuple(map(fold_block, of)) for of in (document.blocks, document.page))
    return replace(document, blocks=blocks, page=page)


def _fold_block(fold: Callable[[str], str], block: Block) -> Block:
    if isinstance(block, Paragraph):
        text = fold(block.text)
        return block if text == block.text else replace(block, text=text)
    return replace(block, cells=tuple(_fold_cell(fold, cell) for cell in block.cells))


def _fold_cell(fold: Callable[[str], str], cell: Cell) -> Cell:
    text = fold(cell.text)
    return cell if text == cell.text else replace(cell, text=text, printed=cell.text)
