"""Contact data out of a document before anything is read from it."""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.body.privacy import HIDDEN, redact
from extractors.document import Block, Cell, Document, Paragraph, Table
from extractors.phrases.headers import listed

_HAS_CONTACT = re.compile(r"[\d@＠*＊]{2}|[A-Za-z][\w-]{4}")


def without_contacts(document: Document) -> Document:
    """The document with telephone numbers, mailboxes, identity numbers and chat accounts blacked out everywhere:
    paragraphs, cells, columns whose header names them, and what the reader tells.
    """
    notes = tuple(replace(n, message=redact(n.message)) for n in document.notes)
    return replace(document, blocks=tuple(_block(b) for b in document.blocks), notes=notes)


def _block(block: Block) -> Block:
    if isinstance(block, Paragraph):
        text = redact(block.text)
        return block if text == block.text else replace(block, text=text)
    named = _contact_columns(block)
    return replace(block, cells=tuple(_cell(c, named) for c in block.cells))


def _contact_columns(table: Table) -> dict[int, int]:
    """Column → the row of the header that calls it telephone, mailbox, account or identity number."""
    heads = [c for c in table.cells if c.text and listed(c.text, "contact")]
    return {col: cell.row for cell in heads for col in range(cell.col, cell.col + cell.col_span)}


def _cell(cell: Cell, named: dict[int, int]) -> Cell:
    if not cell.text:
        return cell
    if cell.col in named and cell.row > named[cell.col] and _HAS_CONTACT.search(cell.text):
        return replace(cell, text=HIDDEN)
    text = redact(cell.text)
    if "\n" in cell.text:
        # a narrow column breaks a number over two lines: it shows only when they are joined
        joined = redact(cell.text.replace("\n", ""))
        text = joined if joined.count(HIDDEN) > text.count(HIDDEN) else text
    return cell if text == cell.text else replace(cell, text=text)
