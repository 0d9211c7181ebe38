"""The blocks of the body in reading order, then the notes it refers to."""

from __future__ import annotations

from extractors.document import Block, Paragraph, ReadNote
from extractors.readers.docx.block_iterator import Flow, Line
from extractors.readers.docx.grid import Grid
from extractors.readers.docx.notes import Note, NoteMarks
from extractors.readers.docx.tables import TableReader
from extractors.readers.docx.xml_names import Element

_PARAGRAPH_TAB = "  "
"""Two blanks: names set apart by tabs in a roster stay apart."""


class BodyReader:
    """Collects `blocks`. Paragraphs are counted blank ones included, as a person counts them on the page."""

    def __init__(self, flow: Flow, tables: TableReader, notes: list[ReadNote]) -> None:
        self._flow = flow
        self._tables = tables
        self._notes = notes
        self._n_paragraphs = 0
        self._n_tables = 0
        self.blocks: list[Block] = []

    def read(self, container: Element, depth: int = 0) -> None:
        """Append the blocks of the body, or of a cell that only serves the layout."""
        self._tables.check_depth(depth)
        for item in self._flow.of(container, _PARAGRAPH_TAB):
            if isinstance(item, Line):
                self._n_paragraphs += 1
                self._line(item, f"第{self._n_paragraphs}段", depth)
            else:
                self._table(item, depth)

    def read_notes(self, marks: NoteMarks) -> None:
        """Append footnotes and endnotes in the order they are referred to, also those that notes refer to."""
        while pending := marks.take():
            for note in pending:
                self._note(note)

    def _line(self, line: Line, place: str, depth: int) -> None:
        self._tables.remark(line, place)
        text = line.text.strip()
        if text:
            self.blocks.append(Paragraph(text, place, line.level))
        if line.pictures:
            self.blocks += self._tables.pictured(line, place).blocks
        for box in line.boxes:
            inside = f"{place}文本框"
            if isinstance(box, str):
                if box.strip():
                    self.blocks.append(Paragraph(box.strip(), inside))
                continue
            self._tables.check_depth(depth + 1)
            for item in self._flow.of(box, _PARAGRAPH_TAB):
                if isinstance(item, Line):
                    self._line(item, inside, depth + 1)
                else:
                    self._table(item, depth + 1)

    def _table(self, element: Element, depth: int) -> None:
        grid = self._tables.lay_out(element)
        if not grid.cells:
            return
        if self._tables.is_layout(grid):
            self._unwrap(grid, depth)
            return
        self._n_tables += 1
        self.blocks.append(self._tables.read(grid, f"表{self._n_tables}", depth))

    def _unwrap(self, grid: Grid, depth: int) -> None:
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
