"""Cells with their text, and which tables only arrange the page."""

from __future__ import annotations

from collections import Counter

from extractors.document import Cell, ReadError, Table
from extractors.limits import Limits
from extractors.readers.html.block_iterator import Line, lines_of
from extractors.readers.html.dom import Element, holds, solid
from extractors.readers.html.grid import Drawn, Grid, lay_out
from extractors.readers.html.pictures import Pictures
from extractors.table_words import TableWords

_COLUMN_GAP = "  "
_NESTED_SHARE = 0.7
_PROSE_SHARE = 0.6
_PROSE_CELLS = 6
_PROSE_LINES = 10


class TableReader:
    """Reads the tables of one page."""

    def __init__(self, limits: Limits, words: TableWords, pictures: Pictures) -> None:
        self._limits = limits
        self._words = words
        self._pictures = pictures

    def check_depth(self, depth: int) -> None:
        """Raise `ReadError` when tables are nested deeper than any page needs."""
        if depth > self._limits.max_depth:
            raise ReadError(
                f"表格嵌套超过 {self._limits.max_depth} 层", "请把正文复制到 Word，取消多层嵌套后另存为 docx 再放入"
            )

    def lay_out(self, element: Element) -> Grid:
        """The grid of a table element."""
        return lay_out(element, self._limits)

    def read(self, grid: Grid, name: str, depth: int) -> Table:
        """The table with its text; `name` (`表2`) begins the locators."""
        cells = tuple(self._cell(drawn, name, depth) for drawn in grid.cells)
        heads = grid.header_rows if 0 < grid.header_rows < grid.n_rows else None
        return Table(cells, grid.n_rows, grid.n_cols, name, header_rows=heads)

    def _cell(self, drawn: Drawn, name: str, depth: int) -> Cell:
        box = drawn.box
        place = f"{name} 第{box.top + 1}行第{box.left + 1}列"
        text = "\n".join(self.lines(drawn.element, place, depth)).strip("\n")
        return Cell(box.top, box.left, text, place, box.bottom - box.top, box.right - box.left)

    def lines(self, element: Element, place: str, depth: int) -> list[str]:
        """The lines of a cell; a table inside it gives one line per row, pictures what they say."""
        self.check_depth(depth)
        out: list[str] = []
        for item in lines_of(element):
            if not isinstance(item, Line):
                out += self._nested(item, place, depth + 1)
                continue
            if item.text or not item.pictures:
                out.append(item.text)
            out += self._pictures.said(item, place).lines()
        return out

    def is_layout(self, grid: Grid) -> bool:
        """Whether a table only arranges the page: one cell or one column, cells that hold tables, cells of prose."""
        cells = grid.cells
        if grid.n_cols <= 1 or len(cells) <= 1:
            return True
        holders = [c for c in cells if holds(c.element, "table")]
        if not holders and len(cells) > _PROSE_CELLS:
            return False
        sizes = {id(c): len(solid(c.element)) for c in cells}
        total = sum(sizes.values())
        if holders and sum(sizes[id(c)] for c in holders) >= _NESTED_SHARE * total:
            return True
        if len(cells) > _PROSE_CELLS or self._words.is_header([solid(c.element) for c in cells if c.box.top == 0]):
            return False
        filled = Counter(c.box.top for c in cells if sizes[id(c)])
        if sum(n > 1 for n in filled.values()) > 1:
            return False
        largest = max(cells, key=lambda c: sizes[id(c)])
        lines = sum(isinstance(item, Element) or bool(item.text) for item in lines_of(largest.element))
        return sizes[id(largest)] >= _PROSE_SHARE * total and lines >= _PROSE_LINES

    def _nested(self, element: Element, place: str, depth: int) -> list[str]:
        self.check_depth(depth)
        rows: dict[int, list[str]] = {}
        for drawn in self.lay_out(element).cells:
            text = "\n".join(self.lines(drawn.element, place, depth)).strip("\n")
            rows.setdefault(drawn.box.top, []).append(text)
        return [line for texts in rows.values() for line in _COLUMN_GAP.join(filter(None, texts)).split("\n")]
