"""Saved web pages: the article with its tables, without navigation, header and footer.

Nothing is executed, fetched or resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.document import Block, Document, Paragraph, ReadNote
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers.html import main_content
from extractors.readers.html.block_iterator import TextLine, iter_blocks
from extractors.readers.html.dom import Element, SavedPictures, decode_html, parse_html, read_mhtml_page, remove_hidden
from extractors.readers.html.drawn_tables import restore_tables
from extractors.readers.html.stylesheet import Stylesheet
from extractors.readers.html.surroundings import read_surroundings
from extractors.readers.html.tables import PictureReader, TableGrid, TableReader
from extractors.readers.text.lost_headers import LOST_TABLE, find_lost_headers
from extractors.table_words import NO_WORDS, TableWords

_WHOLE_FILE = "整个文件"
_PAGE_HEAD = "网页标题区"
_MAX_TITLE = 120
_ITEM = re.compile(r"\d{1,3}[.、．]\D")
_NO_CELL = "。"


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read the article of an html page.

    Raises:
        ReadError: the page has no content, unknown encoding or too many elements.
    """
    return _read(data, None, SavedPictures(), limits, words)


def read_mhtml(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read the article of a page saved as a single mhtml file. Raises `ReadError` like `read`."""
    page, declared_encoding, saved = read_mhtml_page(data)
    return _read(page, declared_encoding, saved, limits, words)


def _read(data: bytes, declared: str | None, saved: SavedPictures, limits: Limits, words: TableWords) -> Document:
    text, lost = decode_html(data, declared)
    root = parse_html(text, limits)
    metadata = main_content.read_metadata(root)
    styles = Stylesheet(root)
    remove_hidden(root)
    drawn_notes = restore_tables(root, styles, words)
    links = main_content.find_attachments(root)
    article = main_content.find_article(root, words)
    pictures = PictureReader(saved, limits, words)
    body = _BodyReader(TableReader(limits, words, pictures), pictures)
    body.read(article)
    _, heading = main_content.text_outside(root, article)
    title = metadata.get("title") or heading
    if title and len(title) <= _MAX_TITLE and "".join(title.split()) not in body.compact_text():
        body.blocks.insert(0, Paragraph(title, _PAGE_HEAD))
    notes = [
        *_encoding_notes(lost),
        *(drawn_notes or _lost_table_notes(body.blocks, words)),
        *pictures.notes(),
        *main_content.publication_notes(metadata),
        *main_content.attachment_notes(links),
    ]
    page = read_surroundings(root, article)
    return Document("html", tuple(body.blocks), tuple(notes), tuple(links), page)


def _encoding_notes(lost: int) -> list[ReadNote]:
    return [ReadNote("bad_characters", f"有 {lost} 个字符编码有误，无法读取", _WHOLE_FILE)] if lost else []


def _lost_table_notes(blocks: Sequence[Block], words: TableWords) -> list[ReadNote]:
    """Report cells below each other without anything that tells rows; headings and items of lists are none."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    texts = [_NO_CELL if block.level or _ITEM.match(block.text) else block.text for block in paragraphs]
    lost = find_lost_headers(texts, words)
    return [ReadNote("cell_lines", LOST_TABLE, paragraphs[place].locator) for place in lost]


class _BodyReader:
    """Collects the blocks of the article."""

    def __init__(self, tables: TableReader, pictures: PictureReader) -> None:
        self._tables = tables
        self._pictures = pictures
        self._n_paragraphs = 0
        self._n_tables = 0
        self.blocks: list[Block] = []

    def read(self, element: Element, depth: int = 0) -> None:
        """Append the blocks of the article, or of a cell that only arranges the page."""
        self._tables.check_depth(depth)
        if element.tag == "table":
            self._table(element, depth)
            return
        for item in iter_blocks(element):
            if isinstance(item, TextLine):
                self._line(item)
            else:
                self._table(item, depth)

    def compact_text(self) -> str:
        """Return all text so far without whitespace."""
        return "".join("".join(_texts(self.blocks)).split())

    def _line(self, line: TextLine) -> None:
        if line.text:
            self._n_paragraphs += 1
            self.blocks.append(Paragraph(line.text, f"第{self._n_paragraphs}段", line.level))
        suffix = "" if line.text else "后"
        locator = f"第{self._n_paragraphs}段{suffix}" if self._n_paragraphs else "正文开头"
        self.blocks += self._pictures.read_line(line, locator).blocks

    def _table(self, element: Element, depth: int) -> None:
        grid = self._tables.build_grid(element)
        for caption in grid.captions:
            self.read(caption, depth + 1)
        if not grid.cells:
            return
        if self._tables.is_layout(grid):
            self._read_layout_cells(grid, depth)
            return
        self._n_tables += 1
        self.blocks.append(self._tables.read(grid, f"表{self._n_tables}", depth + 1))

    def _read_layout_cells(self, grid: TableGrid, depth: int) -> None:
        for cell in grid.cells:
            self.read(cell.element, depth + 1)


def _texts(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)
