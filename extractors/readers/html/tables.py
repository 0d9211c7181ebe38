"""The grid of a <table> (HTML Living Standard, 4.9.12.1), the text of its cells and of pictures saved with the page."""

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
from extractors.readers.scan.embedded import EmbeddedPictures, Said
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
        """Raise `ReadError` when tables are nested deeper than any page needs."""
        if depth > self._limits.max_depth:
            raise ReadError(
                f"表格嵌套超过 {self._limits.max_depth} 层", "请把正文复制到 Word，取消多层嵌套后另存为 docx 再放入"
            )

    def lay_out(self, element: Element) -> TableGrid:
        """The grid of a table element."""
        return build_grid(element, self._limits)

    def read(self, grid: TableGrid, name: str, depth: int) -> Table:
        """The table with its text; `name` (`表2`) begins the locators."""
        cells = tuple(self._cell(drawn, name, depth) for drawn in grid.cells)
        heads = grid.header_rows if 0 < grid.header_rows < grid.n_rows else None
        return Table(cells, grid.n_rows, grid.n_cols, name, header_rows=heads)

    def _cell(self, drawn: GridCell, name: str, depth: int) -> Cell:
        box = drawn.box
        place = f"{name} 第{box.top + 1}行第{box.left + 1}列"
        text = "\n".join(self.lines(drawn.element, place, depth)).strip("\n")
        return Cell(box.top, box.left, text, place, box.bottom - box.top, box.right - box.left)

    def lines(self, element: Element, place: str, depth: int) -> list[str]:
        """The lines of a cell; a table inside it gives one line per row, pictures what they say."""
        self.check_depth(depth)
        out: list[str] = []
        for item in iter_blocks(element):
            if not isinstance(item, TextLine):
                out += self._nested(item, place, depth + 1)
                continue
            if item.text or not item.pictures:
                out.append(item.text)
            out += self._pictures.said(item, place).lines()
        return out

    def is_layout(self, grid: TableGrid) -> bool:
        """Whether a table only arranges the page: one cell or one column, cells that hold tables, cells of prose."""
        cells = grid.cells
        if grid.n_cols <= 1 or len(cells) <= 1:
            return True
        holders = [c for c in cells if contains_tag(c.element, "table")]
        if not holders and len(cells) > _MAX_PROSE_CELLS:
            return False
        sizes = {id(c): len(compact_text(c.element)) for c in cells}
        total = sum(sizes.values())
        if holders and sum(sizes[id(c)] for c in holders) >= _MIN_NESTED_SHARE * total:
            return True
        if len(cells) > _MAX_PROSE_CELLS or self._words.is_header(
            [compact_text(c.element) for c in cells if c.box.top == 0]
        ):
            return False
        filled = Counter(c.box.top for c in cells if sizes[id(c)])
        if sum(n > 1 for n in filled.values()) > 1:
            return False
        largest = max(cells, key=lambda c: sizes[id(c)])
        lines = sum(isinstance(item, Element) or bool(item.text) for item in iter_blocks(largest.element))
        return sizes[id(largest)] >= _MIN_PROSE_SHARE * total and lines >= _MIN_PROSE_LINES

    def _nested(self, element: Element, place: str, depth: int) -> list[str]:
        self.check_depth(depth)
        rows: dict[int, list[str]] = {}
        for drawn in self.lay_out(element).cells:
            text = "\n".join(self.lines(drawn.element, place, depth)).strip("\n")
            rows.setdefault(drawn.box.top, []).append(text)
        return [line for texts in rows.values() for line in _COLUMN_GAP.join(filter(None, texts)).split("\n")]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as drawn."""

    element: Element
    box: CellBox


@dataclass(frozen=True, slots=True)
class TableGrid:
    """The cells in reading order; `header_rows` counts the leading rows the page marks as header."""

    cells: list[GridCell]
    n_rows: int
    n_cols: int
    header_rows: int
    captions: list[Element]


@dataclass(slots=True)
class _RowGroup:
    """Rows between <thead>, <tbody>, <tfoot> edges: no cell reaches beyond."""

    order: int
    rows: list[list[Element]]


class PictureReader:
    """Reads the pictures of one page; what is told of them is collected in `notes`."""

    def __init__(self, parts: SavedPictures, limits: Limits, words: TableWords) -> None:
        self._parts = parts
        self._embedded = EmbeddedPictures(limits, words)
        self._absent = 0
        self._notes: list[ReadNote] = []

    def said(self, line: TextLine, place: str) -> Said:
        """What the pictures of a line say."""
        found = []
        for picture in line.pictures:
            data = _picture_bytes(picture, self._parts)
            if data is None:
                self._absent += 1
                continue
            found.append(self._embedded.read(data, place))
        self._notes += [note for one in found for note in one.notes]
        return Said(tuple(block for one in found for block in one.blocks))

    def notes(self) -> list[ReadNote]:
        """A note for every picture read, and one for all those that were not saved with the page."""
        if not self._absent:
            return self._notes
        told = (
            f"正文中有 {self._absent} 张图片没有存入网页文件，其中的文字未读取；"
            "其中确有文字的，请用浏览器另存为单个文件（mhtml）后重新放入"
        )
        return [*self._notes, ReadNote("picture", told, _WHOLE_FILE)]


def build_grid(table: Element, limits: Limits) -> TableGrid:
    """The grid of a table. Raises `ReadError` when it has more columns or squares than the limits allow."""
    groups, captions = _row_groups(table)
    cells: list[GridCell] = []
    top = 0
    for group in groups:
        cells += _place_cells(group.rows, top, limits)
        top += len(group.rows)
    lines = GridLines([cell.box for cell in cells])
    if lines.n_rows * lines.n_cols > limits.max_cells:
        raise ReadError(
            f"表格有 {lines.n_rows} 行 {lines.n_cols} 列，超过上限",
            "请核实文件；确属正常的，请拆分为较小的表格后放入",
        )
    drawn = sorted((GridCell(c.element, lines.place(c.box)) for c in cells), key=lambda c: (c.box.top, c.box.left))
    heads = len(groups[0].rows) if groups and groups[0].order == 0 and len(groups) > 1 else 0
    return TableGrid(drawn, lines.n_rows, lines.n_cols, lines.row(heads) or _leading_th_rows(drawn), captions)


def table_rows(table: Element) -> list[list[Element]]:
    """The cells of each row, without those of tables inside."""
    return [row for group in _row_groups(table)[0] for row in group.rows if row]


def _leading_th_rows(cells: list[GridCell]) -> int:
    """Leading rows that consist of <th> only."""
    rows = 0
    for cell in cells:
        if cell.element.tag != "th":
            return cell.box.top
        rows = max(rows, cell.box.top + 1)
    return 0


def _row_groups(table: Element) -> tuple[list[_RowGroup], list[Element]]:
    """The rows of a table by group, in the order they are drawn, and its captions."""
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
    """The cells of one group, the first row at `top`; squares claimed twice go to the upper left cell."""
    taken: dict[int, int] = {}
    bottom = top + len(rows)
    for at, row in enumerate(rows, top):
        column = 0
        for element in row:
            while taken.get(column, 0) > at:
                column += 1
            if column >= limits.max_columns:
                raise ReadError(f"表格超过 {limits.max_columns} 列", "请核实文件；确属正常的，请拆分为较小的表格后放入")
            end = min(column + (_parse_span(element, "colspan") or 1), limits.max_columns)
            end = next((c for c in range(column + 1, end) if taken.get(c, 0) > at), end)
            down = _parse_span(element, "rowspan")
            last = bottom if down == 0 else min(at + down, bottom)
            taken.update(dict.fromkeys(range(column, end), last))
            yield GridCell(element, CellBox(at, column, last, end))
            column = end


def _parse_span(element: Element, name: str) -> int:
    """The span that a cell states, 1 where it states none that makes sense; rowspan 0 = to the end of the group."""
    stated = element.get(name)
    if stated is None:
        return 1
    digits = stated.strip().partition(".")[0]
    if not digits.isascii() or not digits.isdigit():
        return 1
    return min(int(digits[:8]), _MAX_ROWSPAN)


def _picture_bytes(picture: Element, parts: SavedPictures) -> bytes | None:
    source = (picture.get("src") or "").strip()
    if source[:5].lower() == "data:":
        return _decode_data_url(source)
    return _saved_bytes(source, parts.base, parts.pictures)


def _saved_bytes(source: str, base: str, pictures: Mapping[str, bytes]) -> bytes | None:
    if not source or not pictures:
        return None
    try:
        whole = urljoin(base, source)
    except ValueError:
        whole = source
    return pictures.get(source, pictures.get(whole))


def _decode_data_url(source: str) -> bytes | None:
    """What a data address holds; None where it is broken."""
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
