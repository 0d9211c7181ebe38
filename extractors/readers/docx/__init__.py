"""Read docx from its XML: text as displayed, with merged cells, automatic numbers, notes and accepted changes."""

from __future__ import annotations

from extractors.document import Block, Document, Paragraph, ReadNote
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers.docx.numbering import Numbering, Styles
from extractors.readers.docx.package import Element, Media, open_parts
from extractors.readers.docx.runs import ElementIndex, InlineReader, Note, NoteMarks
from extractors.readers.docx.tables import BlockIterator, ParagraphLine, TableGrid, TableReader
from extractors.table_words import NO_WORDS, TableWords

_PARAGRAPH_TAB = "  "
"""Two spaces, so that names separated by tabs in a roster stay separate."""


class BodyReader:
    """Collects the blocks of the body. Empty paragraphs are counted, as in the displayed document."""

    def __init__(self, block_iterator: BlockIterator, tables: TableReader, notes: list[ReadNote]) -> None:
        self._blocks = block_iterator
        self._tables = tables
        self._notes = notes
        self._n_paragraphs = 0
        self._n_tables = 0
        self.blocks: list[Block] = []

    def read(self, container: Element, depth: int = 0) -> None:
        """Append the blocks of the body, or of a cell that only serves the layout."""
        self._tables.check_depth(depth)
        for item in self._blocks.iter_blocks(container, _PARAGRAPH_TAB):
            if isinstance(item, ParagraphLine):
                self._n_paragraphs += 1
                self._line(item, f"第{self._n_paragraphs}段", depth)
            else:
                self._table(item, depth)

    def read_notes(self, marks: NoteMarks) -> None:
        """Append footnotes and endnotes in the order of their references, including those in notes."""
        while pending := marks.pop_pending():
            for note in pending:
                self._note(note)

    def _line(self, line: ParagraphLine, locator: str, depth: int) -> None:
        self._tables.report_issues(line, locator)
        text = line.text.strip()
        if text:
            self.blocks.append(Paragraph(text, locator, line.level))
        if line.pictures:
            self.blocks += self._tables.read_pictures(line, locator).blocks
        for box in line.boxes:
            box_locator = f"{locator}文本框"
            if isinstance(box, str):
                if box.strip():
                    self.blocks.append(Paragraph(box.strip(), box_locator))
                continue
            self._tables.check_depth(depth + 1)
            for item in self._blocks.iter_blocks(box, _PARAGRAPH_TAB):
                if isinstance(item, ParagraphLine):
                    self._line(item, box_locator, depth + 1)
                else:
                    self._table(item, depth + 1)

    def _table(self, element: Element, depth: int) -> None:
        grid = self._tables.build_grid(element)
        if not grid.cells:
            return
        if self._tables.is_layout(grid):
            self._read_layout_cells(grid, depth)
            return
        self._n_tables += 1
        self.blocks.append(self._tables.read(grid, f"表{self._n_tables}", depth))

    def _read_layout_cells(self, grid: TableGrid, depth: int) -> None:
        for cell in grid.cells:
            for element in cell.elements:
                self.read(element, depth + 1)

    def _note(self, note: Note) -> None:
        if note.element is None:
            message = f"文中标记 {note.mark or note.locator} 所指的注释在文件中缺失"
            self._notes.append(ReadNote("lost_part", message, note.locator))
            return
        text = "\n".join(self._tables.lines(note.element, note.locator, 0)).strip()
        self.blocks.append(Paragraph(note.mark + text, note.locator, note=True))


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read a docx, docm, dotx or dotm package, transitional or strict.

    Headers, footers, comments and hidden text are left out; tracked changes are read as accepted.

    Raises:
        ReadError: the package is damaged, encrypted or hostile.
    """
    parts = open_parts(data, limits)
    notes: list[ReadNote] = list(parts.lost)
    styles = Styles(parts.styles)
    marks = NoteMarks(parts)
    index = ElementIndex(may_hide=parts.may_hide, may_use_symbol_fonts=parts.may_use_symbol_fonts)
    for root in (parts.body, parts.footnotes, parts.endnotes):
        if root is not None:
            index.add(root)
    inline = InlineReader(
        styles, marks, index, may_hide=parts.may_hide, may_use_symbol_fonts=parts.may_use_symbol_fonts
    )
    block_iterator = BlockIterator(styles, Numbering(parts.numbering, styles), inline, index)
    body = BodyReader(
        block_iterator,
        TableReader(block_iterator, index, Media(data, parts.media, limits), limits, notes, words=words),
        notes,
    )
    body.read(parts.body)
    body.read_notes(marks)
    return Document("docx", tuple(body.blocks), tuple(notes))
