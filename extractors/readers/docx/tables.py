"""The text of table cells, nested content flattened into lines, and which tables only serve the layout."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.document import Cell, ReadError, ReadNote, Table
from extractors.limits import Limits
from extractors.readers.docx.block_iterator import Flow, Line
from extractors.readers.docx.grid import Drawn, Grid, lay_out
from extractors.readers.docx.lookup_tables import Index
from extractors.readers.docx.media import Media
from extractors.readers.docx.xml_names import DRAWING, PICT, TEXT_BOX, Element, T
from extractors.readers.scan.embedded import EmbeddedPictures, Said
from extractors.table_words import TableWords

_CELL_TAB = " "
_COLUMN_GAP = "  "
_QUOTE = 80


class TableReader:
    """Reads tables of one document; remarks of their cells are collected in `notes`."""

    def __init__(
        self, flow: Flow, index: Index, media: Media, limits: Limits, notes: list[ReadNote], *, words: TableWords
    ) -> None:
        self._flow = flow
        self._short = flow.short
        self._index = index
        self._media = media
        self._embedded = EmbeddedPictures(limits, words)
        self._limits = limits
        self._notes = notes

    def check_depth(self, depth: int) -> None:
        """Raise `ReadError` when content is nested deeper than any page can show."""
        if depth > self._limits.max_depth:
            raise ReadError(
                f"表格或文本框嵌套超过 {self._limits.max_depth} 层",
                "请用 WPS/Word 打开，取消多层嵌套后另存为 docx 再放入",
            )

    def lay_out(self, element: Element) -> Grid:
        """The grid of a table element."""
        return lay_out(element, self._index, self._limits)

    def read(self, grid: Grid, name: str, depth: int) -> Table:
        """The table with its text; `name` (`表2`) begins the locators."""
        if grid.cut_spans:
            self._notes.append(ReadNote("bad_span", "有单元格的列数超出常理，已按表格实际列数截断", name))
        cells = tuple(self._cell(drawn, name, depth) for drawn in grid.cells)
        return Table(cells, grid.n_rows, grid.n_cols, name, header_rows=grid.header_rows or None)

    def _cell(self, drawn: Drawn, name: str, depth: int) -> Cell:
        place = f"{name} 第{drawn.row + 1}行第{drawn.col + 1}列"
        text = "\n".join(["\n".join(self.lines(element, place, depth)) for element in drawn.elements])
        for element in drawn.covered:
            hidden = "".join([t.text or "" for t in element.iter(T)]).strip()
            if hidden:
                message = f"合并单元格下压有不显示的文字“{hidden[:_QUOTE]}”，未读取"
                self._notes.append(ReadNote("hidden_merged_text", message, place))
        return Cell(drawn.row, drawn.col, text, place, drawn.row_span, drawn.col_span)

    def lines(self, container: Element, place: str, depth: int) -> list[str]:
        """The lines of a cell, text box or note: paragraphs, then the text boxes anchored in each, nested rows."""
        plain = self._index.plain_lines(container) if self._short else None
        if plain is not None:
            return plain
        self.check_depth(depth)
        out: list[str] = []
        after_table = False
        for item in self._flow.of(container, _CELL_TAB):
            if isinstance(item, Line):
                self.remark(item, place)
                out.append(item.text)
                if item.pictures:
                    out += self.pictured(item, place).lines()
                after_table = after_table and not item.text
                for box in item.boxes:
                    words = [box] if isinstance(box, str) else self.lines(box, place, depth + 1)
                    out += [line for line in words if line.strip()]
                continue
            out += self._nested(item, place, depth + 1)
            after_table = True
        if after_table and len(out) > 1 and not out[-1]:
            del out[-1]  # the format demands an empty paragraph after a nested table
        return out

    def remark(self, line: Line, place: str) -> None:
        """Hand on what the line holds that is no text."""
        self._notes += [ReadNote(rule, message, place) for rule, message in line.remarks]

    def pictured(self, line: Line, place: str) -> Said:
        """What the pictures of a line say; the notes on them are handed on."""
        said = [self._embedded.read(self._media.of(picture), place) for picture in line.pictures]
        self._notes += [note for one in said for note in one.notes]
        return Said(tuple(block for one in said for block in one.blocks))

    def is_layout(self, grid: Grid) -> bool:
        """Whether a table only arranges others: it holds tables and is one column, or has no other content."""
        if not self._index.nests_tables:
            return False
        holders = [cell for cell in grid.cells if any(map(self._index.holds_table, cell.elements))]
        if not holders:
            return False
        return grid.n_cols == 1 or all(cell in holders or _is_blank(cell.elements) for cell in grid.cells)

    def _nested(self, element: Element, place: str, depth: int) -> list[str]:
        """A table inside a cell: one line per row, cells kept apart by blanks; a cell of several lines keeps them."""
        self.check_depth(depth)
        rows: dict[int, list[str]] = {}
        for drawn in self.lay_out(element).cells:
            text = "\n".join(line for tc in drawn.elements for line in self.lines(tc, place, depth))
            rows.setdefault(drawn.row, []).append(text)
        return [line for texts in rows.values() for line in _COLUMN_GAP.join(filter(None, texts)).split("\n")]


def _is_blank(elements: Iterable[Element]) -> bool:
    return not any(
        e.tag != T or (e.text or "").strip() for element in elements for e in element.iter(T, DRAWING, PICT, TEXT_BOX)
    )
