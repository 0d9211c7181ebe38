"""The grid of a <table> (HTML Living Standard, 4.9.12.1), the text of its cells, and pictures saved with the page."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urljoin

from extractors.document import Cell, ReadError, ReadNote, Table
from extractors.limits import Limits
from extractors.readers.grid_compaction import CellBox, GridLines
from extractors.readers.html.block_iterator import TextLine, iter_blocks
from extractors.readers.html.dom import Element, SavedPictures, compact_text, contains_tag, walk
from extractors.readers.scan.embedded import EmbeddedPictures, PictureContent
from extractors.table_words import TableWords

_COLUMN_GAP = "  "
_MIN_NESTED_SHARE = 0.7
_MIN_PROSE_SHARE = 0.6
_MAX_PROSE_CELLS = 6
_MIN_PROSE_LINES = 10
_MAX_ROWSPAN = 65_534
"""The largest rowspan that browsers accept."""
_GROUP_ORDER = {"thead": 0, "tfoot": 2}
_WHOLE_FILE = "整个文件"


class TableReader:
    """Reads the tables of one page."""

    def __init__(self, limits: Limits, words: TableWords, pictures: PictureReader) -> None:
        self._limits = limits
        self._words = words
        self._pictures = pictures

    def check_depth(self, depth: int) -> None:
        """Raise `ReadError` if tables are nested deeper than `limits.max_depth`."""
        if depth > self._limits.max_depth:
            raise ReadError(
                f"表格嵌套超过 {self._limits.max_depth} 层", "请把正文复制到 Word，取消多层嵌套后另存为 docx 再放入"
            )

    def build_grid(self, element: Element) -> TableGrid:
        """Return the grid of a table element."""
        return build_grid(element, self._limits)

    def read(self, grid: TableGrid, name: str, depth: int) -> Table:
        """Return the table with its text; locators begin with `name` (`表2`)."""
        cells = tuple(self._cell(cell, name, depth) for cell in grid.cells)
        header_rows = grid.header_rows if 0 < grid.header_rows < grid.n_rows else None
        return Table(cells, grid.n_rows, grid.n_cols, name, header_rows=header_rows)

    def _cell(self, cell: GridCell, name: str, depth: int) -> Cell:
        box = cell.box
        locator = f"{name} 第{box.top + 1}行第{box.left + 1}列"
        text = "\n".join(self.lines(cell.element, locator, depth)).strip("\n")
        return Cell(box.top, box.left, text, locator, box.bottom - box.top, box.right - box.left)

    def lines(self, element: Element, locator: str, depth: int) -> list[str]:
        """Return the lines of a cell; a nested table gives one line per row, pictures their recognised text."""
        self.check_depth(depth)
        out: list[str] = []
        for item in iter_blocks(element):
            if not isinstance(item, TextLine):
                out += self._nested_table_lines(item, locator, depth + 1)
                continue
            if item.text or not item.pictures:
                out.append(item.text)
            out += self._pictures.read_line(item, locator).lines()
        return out

    def is_layout(self, grid: TableGrid) -> bool:
        """Return whether a table only arranges the page: one cell or column, nested tables, or cells of prose."""
        cells = grid.cells
        if grid.n_cols <= 1 or len(cells) <= 1:
            return True
        wrappers = [c for c in cells if contains_tag(c.element, "table")]
        if not wrappers and len(cells) > _MAX_PROSE_CELLS:
            return False
        sizes = {id(c): len(compact_text(c.element)) for c in cells}
        total = sum(sizes.values())
        if wrappers and sum(sizes[id(c)] for c in wrappers) >= _MIN_NESTED_SHARE * total:
            return True
        if len(cells) > _MAX_PROSE_CELLS or self._words.is_header(
            [compact_text(c.element) for c in cells if c.box.top == 0]
        ):
            return False
        filled_per_row = Counter(c.box.top for c in cells if sizes[id(c)])
        if sum(n > 1 for n in filled_per_row.values()) > 1:
            return False
        largest = max(cells, key=lambda c: sizes[id(c)])
        lines = sum(isinstance(item, Element) or bool(item.text) for item in iter_blocks(largest.element))
        return sizes[id(largest)] >= _MIN_PROSE_SHARE * total and lines >= _MIN_PROSE_LINES

    def _nested_table_lines(self, element: Element, locator: str, depth: int) -> list[str]:
        self.check_depth(depth)
        rows: dict[int, list[str]] = {}
        for cell in self.build_grid(element).cells:
            text = "\n".join(self.lines(cell.element, locator, depth)).strip("\n")
            rows.setdefault(cell.box.top, []).append(text)
        return [line for texts in rows.values() for line in _COLUMN_GAP.join(filter(None, texts)).split("\n")]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell with its position in the grid."""

    element: Element
    box: CellBox


@dataclass(frozen=True, slots=True)
class TableGrid:
    """The cells in reading order; `header_rows` counts the leading rows marked as header."""

    cells: list[GridCell]
    n_rows: int
    n_cols: int
    header_rows: int
    captions: list[Element]


@dataclass(slots=True)
class _RowGroup:
    """Rows of one <thead>, <tbody> or <tfoot>; no cell reaches beyond it."""

    order: int
    rows: list[list[Element]]


class PictureReader:
    """Recognises the pictures of one page that were saved with it (data URLs, parts of mhtml)."""

    def __init__(self, saved: SavedPictures, limits: Limits, words: TableWords) -> None:
        self._saved = saved
        self._embedded = EmbeddedPictures(limits, words)
        self._n_missing = 0
        self._notes: list[ReadNote] = []

    def read_line(self, line: TextLine, locator: str) -> PictureContent:
        """Return the recognised content of the pictures of a line."""
        contents = []
        for picture in line.pictures:
            data = _picture_bytes(picture, self._saved)
            if data is None:
                self._n_missing += 1
                continue
            contents.append(self._embedded.read(data, locator))
        self._notes += [note for content in contents for note in content.notes]
        return PictureContent(tuple(block for content in contents for block in content.blocks))

    def notes(self) -> list[ReadNote]:
        """Return a note for every picture read, and one for all pictures not saved with the page."""
        if not self._n_missing:
            return self._notes
        message = (
            f"正文中有 {self._n_missing} 张图片没有存入网页文件，其中的文字未读取；"
            "其中确有文字的，请用浏览器另存为单个文件（mhtml）后重新放入"
        )
        return [*self._notes, ReadNote("picture", message, _WHOLE_FILE)]


def build_grid(table: Element, limits: Limits) -> TableGrid:
    """Return the grid of a table.

    Raises:
        ReadError: the table has more columns or cells than the limits allow.
    """
    groups, captions = _row_groups(table)
    cells: list[GridCell] = []
    top = 0
    for group in groups:
        cells += _place_cells(group.rows, top, limits)
        top += len(group.rows)
    grid_lines = GridLines([cell.box for cell in cells])
    if grid_lines.n_rows * grid_lines.n_cols > limits.max_cells:
        raise ReadError(
            f"表格有 {grid_lines.n_rows} 行 {grid_lines.n_cols} 列，超过上限",
            "请核实文件；确属正常的，请拆分为较小的表格后放入",
        )
    placed = sorted(
        (GridCell(c.element, grid_lines.place(c.box)) for c in cells), key=lambda c: (c.box.top, c.box.left)
    )
    head_rows = len(groups[0].rows) if groups and groups[0].order == 0 and len(groups) > 1 else 0
    return TableGrid(
        placed, grid_lines.n_rows, grid_lines.n_cols, grid_lines.row(head_rows) or _leading_th_rows(placed), captions
    )


def table_rows(table: Element) -> list[list[Element]]:
    """Return the cells of each row, without those of nested tables."""
    return [row for group in _row_groups(table)[0] for row in group.rows if row]


def _leading_th_rows(cells: list[GridCell]) -> int:
    """Return the number of leading rows that consist of <th> only."""
    rows = 0
    for cell in cells:
        if cell.element.tag != "th":
            return cell.box.top
        rows = max(rows, cell.box.top + 1)
    return 0


def _row_groups(table: Element) -> tuple[list[_RowGroup], list[Element]]:
    """Return the rows of a table by group in display order, and its captions."""
    groups: list[_RowGroup] = [_RowGroup(1, [])]
    captions: list[Element] = []
    row: list[Element] | None = None

    for event, element in walk(table, "table", "td", "th", "caption"):
        name = element.tag
        if event == "stop":
            if name == "caption":
                captions.append(element)
            elif name in ("td", "th"):
                if row is None:
                    row = []
                    groups[-1].rows.append(row)
                row.append(element)
        elif name in ("thead", "tbody", "tfoot"):
            groups.append(_RowGroup(_GROUP_ORDER.get(name, 1) if event == "start" else 1, []))
            row = None
        elif name == "tr":
            row = None
            if event == "start":
                row = []
                groups[-1].rows.append(row)
    return sorted((g for g in groups if any(g.rows)), key=lambda g: g.order), captions


def _place_cells(rows: list[list[Element]], top: int, limits: Limits) -> Iterator[GridCell]:
    """Yield the cells of one group, the first row at `top`; a position claimed twice goes to the upper left cell."""
    taken: dict[int, int] = {}
    bottom = top + len(rows)
    for row_index, row in enumerate(rows, top):
        column = 0
        for element in row:
            while taken.get(column, 0) > row_index:
                column += 1
            if column >= limits.max_columns:
                raise ReadError(f"表格超过 {limits.max_columns} 列", "请核实文件；确属正常的，请拆分为较小的表格后放入")
            end = min(column + (_parse_span(element, "colspan") or 1), limits.max_columns)
            end = next(
                (next_column for next_column in range(column + 1, end) if taken.get(next_column, 0) > row_index), end
            )
            row_span = _parse_span(element, "rowspan")
            row_end = bottom if row_span == 0 else min(row_index + row_span, bottom)
            taken.update(dict.fromkeys(range(column, end), row_end))
            yield GridCell(element, CellBox(row_index, column, row_end, end))
            column = end


def _parse_span(element: Element, name: str) -> int:
    """Return the span of a cell, 1 if none or invalid; rowspan 0 = to the end of the group."""
    raw_span = element.get(name)
    if raw_span is None:
        return 1
    digits = raw_span.strip().partition(".")[0]
    if not digits.isascii() or not digits.isdigit():
        return 1
    return min(int(digits[:8]), _MAX_ROWSPAN)


def _picture_bytes(picture: Element, saved: SavedPictures) -> bytes | None:
    source = (picture.get("src") or "").strip()
    if source[:5].lower() == "data:":
        return _decode_data_url(source)
    return _saved_bytes(source, saved.base, saved.pictures)


def _saved_bytes(source: str, base: str, pictures: Mapping[str, bytes]) -> bytes | None:
    if not source or not pictures:
        return None
    try:
        address = urljoin(base, source)
    except ValueError:
        address = source
    return pictures.get(source, pictures.get(address))


def _decode_data_url(source: str) -> bytes | None:
    """Return the content of a data URL, or None if it is broken."""
    head, comma, body = source.partition(",")
    if not comma:
        return None
    raw = unquote_to_bytes(body)
    if not head.lower().rstrip().endswith(";base64"):
        return raw
    try:
        return base64.b64decode(b"".join(raw.split()) + b"==")
    except (binascii.Error, ValueError):
        return None
