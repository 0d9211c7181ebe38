"""Saved web pages: the article with its tables, without the page around it.

Nothing is executed, fetched or resolved: a page is text with marks.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractors.document import Block, Document, Paragraph, ReadNote
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers.html import main_content, page_metadata
from extractors.readers.html.block_iterator import Line, lines_of
from extractors.readers.html.decode import decode
from extractors.readers.html.dom import Element, parse, prune
from extractors.readers.html.grid import Grid
from extractors.readers.html.mhtml import Parts, page_of
from extractors.readers.html.pictures import Pictures
from extractors.readers.html.tables import TableReader
from extractors.table_words import NO_WORDS, TableWords

_WHOLE = "整个文件"
_HEAD = "网页标题区"
_TITLE_LONGEST = 120


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The article of an html page. Raises `ReadError` for a page nobody could read."""
    return _read(data, None, Parts(), limits, words)


def read_mhtml(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The article of a page saved as a single mhtml file."""
    page, declared, parts = page_of(data)
    return _read(page, declared, parts, limits, words)


def _read(data: bytes, declared: str | None, parts: Parts, limits: Limits, words: TableWords) -> Document:
    text, lost = decode(data, declared)
    root = parse(text, limits)
    said = page_metadata.metadata(root)
    prune(root)
    links = page_metadata.attachments(root)
    found = main_content.find(root, words)
    pictures = Pictures(parts, limits, words)
    body = _Body(TableReader(limits, words, pictures), pictures)
    body.read(found)
    around, heading = page_metadata.outside(root, found)
    title = said.get("title") or heading
    if title and len(title) <= _TITLE_LONGEST and "".join(title.split()) not in body.solid():
        body.blocks.insert(0, Paragraph(title, _HEAD))
    notes = [
        *_remarks(lost),
        *pictures.notes(),
        *page_metadata.publication(said, around),
        *page_metadata.links_told(links),
    ]
    return Document("html", tuple(body.blocks), tuple(notes), tuple(links))


def _remarks(lost: int) -> list[ReadNote]:
    return [ReadNote("bad_characters", f"有 {lost} 个字符编码有误，无法读取", _WHOLE)] if lost else []


class _Body:
    """Collects the blocks of the article."""

    def __init__(self, tables: TableReader, pictures: Pictures) -> None:
        self._tables = tables
        self._pictures = pictures
        self._n_paragraphs = 0
        self._n_tables = 0
        self.blocks: list[Block] = []

    def read(self, element: Element, depth: int = 0) -> None:
        """Append the blocks below the article, or below a cell that only arranges the page."""
        self._tables.check_depth(depth)
        if element.tag == "table":
            self._table(element, depth)
            return
        for item in lines_of(element):
            if isinstance(item, Line):
                self._line(item)
            else:
                self._table(item, depth)

    def solid(self) -> str:
        """All text so far without blanks."""
        return "".join("".join(_words(self.blocks)).split())

    def _line(self, line: Line) -> None:
        if line.text:
            self._n_paragraphs += 1
            self.blocks.append(Paragraph(line.text, f"第{self._n_paragraphs}段", line.level))
        after = "" if line.text else "后"
        place = f"第{self._n_paragraphs}段{after}" if self._n_paragraphs else "正文开头"
        self.blocks += self._pictures.said(line, place).blocks

    def _table(self, element: Element, depth: int) -> None:
        grid = self._tables.lay_out(element)
        for caption in grid.captions:
            self.read(caption, depth + 1)
        if not grid.cells:
            return
        if self._tables.is_layout(grid):
            self._open(grid, depth)
            return
        self._n_tables += 1
        self.blocks.append(self._tables.read(grid, f"表{self._n_tables}", depth + 1))

    def _open(self, grid: Grid, depth: int) -> None:
        for cell in grid.cells:
            self.read(cell.element, depth + 1)


def _words(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)
