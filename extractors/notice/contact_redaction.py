"""Contact data out of a document before anything is read from it."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import Enum

from extractors import vocabulary
from extractors.body.redaction import HIDDEN, redact, redact_numbers, redact_path
from extractors.document import Block, Cell, Document, Paragraph, ReadNote, Table
from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import is_listed_header

_LONGEST_HEADER = 18
_PARTS = re.compile(r"[（(）)、/和及与,，]")
_IN_NO_HEADER = re.compile(r"[。；;:：]|\d{3}")
_HAS_CONTACT = re.compile(r"[\d@＠*＊]{2}|[A-Za-z][\w-]{4}")


def without_contacts(document: Document) -> Document:
    """The document with telephone numbers, mailboxes, identity numbers and chat accounts blacked out everywhere:
    paragraphs, cells, columns whose header names them, and what the reader tells.
    """
    notes = tuple(replace(n, message=redact(n.message), locator=redact(n.locator)) for n in document.notes)
    return replace(document, blocks=tuple(_block(b) for b in document.blocks), notes=notes)


def note_contact_in_name(document: Document, name: str) -> Document:
    """The document with a note where the name of its file holds contact data: that name stays, people find the file
    by it.
    """
    if redact_path(name) == name:
        return document
    told = "文件名（或所在文件夹名）中有电话号码等联系方式，名称会原样列入文件清单；请在 raw 文件夹中改名后重新构建"
    return replace(document, notes=(*document.notes, ReadNote("contact_in_name", told, "文件名")))


def _block(block: Block) -> Block:
    if isinstance(block, Paragraph):
        text, where = redact(block.text), redact(block.locator)
        return block if (text, where) == (block.text, block.locator) else replace(block, text=text, locator=where)
    columns = _columns(block)
    cells = tuple(_cell(c, columns) for c in block.cells)
    where = redact(block.locator)
    if where != block.locator:
        # Sheets and members of archives are named in the places.
        cells = tuple(replace(cell, locator=redact(cell.locator)) for cell in cells)
    return replace(block, cells=cells, locator=where)


class _Column(Enum):
    """What a header says of the numbers below it."""

    CONTACT = "contact"
    MIXED = "mixed"
    """Contact data beside something else: 责任人（联系电话）."""
    SUMS = "sums"


def _columns(table: Table) -> dict[int, tuple[int, _Column]]:
    """Column → the row of the header that says what its numbers are, and what they are."""
    found: dict[int, tuple[int, _Column]] = {}
    for cell in table.cells:
        kind = _kind(cell.text) if cell.text else None
        if kind is not None:
            found |= dict.fromkeys(range(cell.col, cell.col + cell.col_span), (cell.row, kind))
    return found


def _kind(text: str) -> _Column | None:
    if is_listed_header(text, "contact"):
        return _Column.CONTACT
    solid = strip_whitespace(text)
    if len(solid) > _LONGEST_HEADER or _IN_NO_HEADER.search(solid):
        return None
    if any(is_listed_header(part, "contact") for part in _PARTS.split(solid)):
        return _Column.MIXED
    return _Column.SUMS if solid.endswith(tuple(vocabulary.load_toml("contacts")["sum_headers"])) else None


def _cell(cell: Cell, columns: dict[int, tuple[int, _Column]]) -> Cell:
    if not cell.text:
        return cell
    header, kind = columns.get(cell.col, (cell.row, None))
    kind = kind if cell.row > header else None
    if kind is _Column.CONTACT and _HAS_CONTACT.search(cell.text):
        return replace(cell, text=HIDDEN)
    if kind is _Column.MIXED:
        text = redact_numbers(cell.text)
        return cell if text == cell.text else replace(cell, text=text)
    if kind is _Column.SUMS:
        text = redact(cell.text, sums=True)
        return cell if text == cell.text else replace(cell, text=text)
    text = redact(cell.text)
    if "\n" in cell.text:
        # a narrow column breaks a number over two lines: it shows only when they are joined
        joined = redact(cell.text.replace("\n", ""))
        text = joined if joined.count(HIDDEN) > text.count(HIDDEN) else text
    return cell if text == cell.text else replace(cell, text=text)
