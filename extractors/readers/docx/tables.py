"""Paragraphs and tables of a container in reading order, and the grid and text of each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import Cell, ReadError, ReadNote, Table
from extractors.limits import Limits
from extractors.readers.docx.numbering import Label, Numbering, Style, Styles, outline_level
from extractors.readers.docx.package import (
    ALT_CHUNK,
    CELL_DEL,
    DEL,
    DRAWING,
    GRID_BEFORE,
    GRID_SPAN,
    GRIDCOL,
    H_MERGE,
    HIDDEN,
    ILVL,
    MOVE_FROM,
    NUM_ID,
    NUM_PR,
    OFF_VALUES,
    P_STYLE,
    PICT,
    PPR,
    RPR,
    SECT_PR,
    SUB_DOC,
    TBL,
    TBL_HEADER,
    TBLGRID,
    TC,
    TEXT_BOX,
    TR,
    V_MERGE,
    Element,
    Media,
    P,
    T,
    child_value,
    parse_int,
    w,
)
from extractors.readers.docx.runs import ElementIndex, InlineReader, TextBox
from extractors.readers.scan.embedded import EmbeddedPictures, PictureContent
from extractors.table_words import TableWords

_MERGE_CONTINUE = "continue"
"""Also the meaning of w:vMerge or w:hMerge without a value."""
_MIN_COLUMN_TWIPS = 120
"""About 2 mm. Dragging a border in only some rows leaves columns this narrow, which are not visible as columns."""
_RowCell = tuple[list[Element], int, int, str | None]
"""Elements of a cell, its first and end column in the grid of the file, and its w:vMerge."""
_CELL_TAB = " "
_COLUMN_GAP = "  "
_MAX_QUOTE = 80


@dataclass(slots=True)
class ParagraphLine:
    """One displayed paragraph; several in the file if a paragraph mark was deleted."""

    text: str = ""
    level: int | None = None
    boxes: list[TextBox] = field(default_factory=list)
    issues: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class _PendingLine:
    """A line under construction, numbered by the first paragraph whose mark is not deleted."""

    texts: list[str] = field(default_factory=list)
    level: int | None = None
    label: Label | None = None
    boxes: list[TextBox] = field(default_factory=list)
    issues: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)

    def is_empty(self) -> bool:
        return not (any(self.texts) or self.boxes or self.issues or self.pictures or self.label)

    def line(self) -> ParagraphLine:
        text = "".join(self.texts)
        if self.label is None:
            return ParagraphLine(text, self.level, self.boxes, self.issues, self.pictures)
        remarks = list(self.issues)
        if self.label.unknown_format:
            message = f"自动编号格式 {self.label.unknown_format[:40]} 未知，按阿拉伯数字读取"
            remarks.append(("numbering_format", message))
        return ParagraphLine(self.label.prefix(text), self.level, self.boxes, remarks, self.pictures)


class BlockIterator:
    """Iterates over the paragraphs and tables of containers; holds the counters of the document's lists."""

    def __init__(self, styles: Styles, numbering: Numbering, inline: InlineReader, index: ElementIndex) -> None:
        self._index = index
        self._styles = styles
        self._numbering = numbering
        self._inline = inline
        default = styles.paragraph(None)
        self._plain_style = default if default.num_id is None and not default.hidden else None

    @property
    def has_plain_default(self) -> bool:
        """Whether the default style neither numbers nor hides, so that plain paragraphs need no style."""
        return self._plain_style is not None

    def iter_blocks(self, container: Element, tab: str) -> Iterator[ParagraphLine | Element]:
        """Yield the lines and w:tbl elements of `container` in reading order; a tab stop becomes `tab`."""
        pending: _PendingLine | None = None
        for element in self._index.children(container, P, TBL, ALT_CHUNK, SUB_DOC):
            is_table = self._index.is_table(element)
            if not is_table and element.tag == P:
                if self._plain_style is not None and pending is None and not self._index.has_properties(element):
                    yield ParagraphLine(self._inline.read(element, tab).text, self._plain_style.level)
                    continue
                pending = pending or _PendingLine()
                if not self._append_paragraph(element, tab, pending):
                    yield pending.line()
                    pending = None
                continue
            if pending is not None and not pending.is_empty():
                yield pending.line()
            pending = None
            if is_table:
                yield element
            else:
                yield ParagraphLine(issues=[("lost_part", "此处嵌入了另一份文档，其内容未读取")])
        if pending is not None and not pending.is_empty():
            yield pending.line()

    def _append_paragraph(self, element: Element, tab: str, pending: _PendingLine) -> bool:
        """Add a paragraph to `pending`; return True if its mark is deleted or hidden, so that the next joins it."""
        ppr = element.find(PPR) if self._index.has_properties(element) else None
        style = self._styles.paragraph(child_value(ppr, P_STYLE))
        inline = self._inline.read(element, tab, hidden=style.hidden)
        mark = None if ppr is None else ppr.find(RPR)
        deleted = mark is not None and (mark.find(DEL) is not None or mark.find(MOVE_FROM) is not None)
        hidden = not deleted and self._inline.is_hidden(mark, hidden=style.hidden)
        pending.texts.append(inline.text)
        pending.boxes += inline.boxes
        pending.issues += inline.issues
        pending.pictures += inline.pictures
        if not deleted and not (hidden and not inline.text):
            own_outline = outline_level(ppr)
            pending.level = pending.level or (style.level if own_outline is None else own_outline or None)
            if pending.label is None and not (pending.is_empty() and _is_section_end(element)):
                pending.label = self._label(ppr, style)
        return deleted or hidden

    def _label(self, ppr: Element | None, style: Style) -> Label | None:
        num_pr = None if ppr is None else ppr.find(NUM_PR)
        own_id, own_level = child_value(num_pr, NUM_ID), child_value(num_pr, ILVL)
        num_id = style.num_id if own_id is None else own_id
        if num_id is None or num_id == "0":
            return None
        if own_level is not None:
            return self._numbering.next_label(num_id, parse_int(own_level))
        if own_id is not None:
            return self._numbering.next_label(num_id, 0)
        linked = self._numbering.level_for_style(num_id, style.lineage)
        return self._numbering.next_label(num_id, (style.ilvl or 0) if linked is None else linked)


@dataclass(slots=True)
class GridCell:
    """One cell of the displayed table; `covered` are the cells hidden under a vertical merge."""

    elements: list[Element]
    row: int
    col: int
    col_span: int
    row_span: int = 1
    covered: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TableGrid:
    """The cells of a table in reading order; `header_rows` counts the leading rows marked as repeating header."""

    cells: list[GridCell]
    n_rows: int
    n_cols: int
    header_rows: int
    has_truncated_spans: bool
    """Whether a cell had an impossible span and was truncated to the grid."""


class TableReader:
    """Reads the tables of one document; issues in their cells are appended to `notes`."""

    def __init__(
        self,
        block_iterator: BlockIterator,
        index: ElementIndex,
        media: Media,
        limits: Limits,
        notes: list[ReadNote],
        *,
        words: TableWords,
    ) -> None:
        self._blocks = block_iterator
        self._has_plain_default = block_iterator.has_plain_default
        self._index = index
        self._media = media
        self._embedded = EmbeddedPictures(limits, words)
        self._limits = limits
        self._notes = notes

    def check_depth(self, depth: int) -> None:
        """Raise `ReadError` if content is nested deeper than `limits.max_depth`."""
        if depth > self._limits.max_depth:
            raise ReadError(
                f"表格或文本框嵌套超过 {self._limits.max_depth} 层",
                "请用 WPS/Word 打开，取消多层嵌套后另存为 docx 再放入",
            )

    def build_grid(self, element: Element) -> TableGrid:
        """Return the grid of a table element."""
        return build_grid(element, self._index, self._limits)

    def read(self, grid: TableGrid, name: str, depth: int) -> Table:
        """Return the table with its text; locators begin with `name` (`表2`)."""
        if grid.has_truncated_spans:
            self._notes.append(ReadNote("bad_span", "有单元格的列数超出常理，已按表格实际列数截断", name))
        cells = tuple(self._cell(cell, name, depth) for cell in grid.cells)
        return Table(cells, grid.n_rows, grid.n_cols, name, header_rows=grid.header_rows or None)

    def _cell(self, cell: GridCell, name: str, depth: int) -> Cell:
        locator = f"{name} 第{cell.row + 1}行第{cell.col + 1}列"
        text = "\n".join(["\n".join(self.lines(element, locator, depth)) for element in cell.elements])
        for element in cell.covered:
            hidden = "".join([t.text or "" for t in element.iter(T)]).strip()
            if hidden:
                message = f"合并单元格下压有不显示的文字“{hidden[:_MAX_QUOTE]}”，未读取"
                self._notes.append(ReadNote("hidden_merged_text", message, locator))
        return Cell(cell.row, cell.col, text, locator, cell.row_span, cell.col_span)

    def lines(self, container: Element, locator: str, depth: int) -> list[str]:
        """Return the lines of a cell, text box or note: paragraphs, their text boxes, rows of nested tables."""
        plain_lines = self._index.plain_lines(container) if self._has_plain_default else None
        if plain_lines is not None:
            return plain_lines
        self.check_depth(depth)
        lines: list[str] = []
        after_table = False
        for item in self._blocks.iter_blocks(container, _CELL_TAB):
            if isinstance(item, ParagraphLine):
                self.report_issues(item, locator)
                lines.append(item.text)
                if item.pictures:
                    lines += self.read_pictures(item, locator).lines()
                after_table = after_table and not item.text
                for box in item.boxes:
                    box_lines = [box] if isinstance(box, str) else self.lines(box, locator, depth + 1)
                    lines += [line for line in box_lines if line.strip()]
                continue
            lines += self._nested_table_lines(item, locator, depth + 1)
            after_table = True
        if after_table and len(lines) > 1 and not lines[-1]:
            del lines[-1]  # the format requires an empty paragraph after a nested table
        return lines

    def report_issues(self, line: ParagraphLine, locator: str) -> None:
        """Append a note for each issue of a line."""
        self._notes += [ReadNote(rule, message, locator) for rule, message in line.issues]

    def read_pictures(self, line: ParagraphLine, locator: str) -> PictureContent:
        """Return the recognised content of the pictures of a line; their notes are appended to `notes`."""
        contents = [self._embedded.read(self._media.read(picture), locator) for picture in line.pictures]
        self._notes += [note for picture in contents for note in picture.notes]
        return PictureContent(tuple(block for picture in contents for block in picture.blocks))

    def is_layout(self, grid: TableGrid) -> bool:
        """Return whether a table only arranges others: it holds tables, and is one column or has no other content."""
        if not self._index.has_nested_tables:
            return False
        wrappers = [cell for cell in grid.cells if any(map(self._index.contains_table, cell.elements))]
        if not wrappers:
            return False
        return grid.n_cols == 1 or all(cell in wrappers or _is_blank(cell.elements) for cell in grid.cells)

    def _nested_table_lines(self, element: Element, locator: str, depth: int) -> list[str]:
        """Return the lines of a table inside a cell: one per row, cells separated by spaces."""
        self.check_depth(depth)
        rows: dict[int, list[str]] = {}
        for cell in self.build_grid(element).cells:
            text = "\n".join(line for tc in cell.elements for line in self.lines(tc, locator, depth))
            rows.setdefault(cell.row, []).append(text)
        return [line for texts in rows.values() for line in _COLUMN_GAP.join(filter(None, texts)).split("\n")]


def build_grid(table: Element, index: ElementIndex, limits: Limits) -> TableGrid:
    """Return the grid of a table.

    Raises:
        ReadError: the table has more cells than `limits.max_cells`.
    """
    widths = _column_widths(table, limits)
    rows: list[list[_RowCell]] = []
    header_rows = 0
    is_truncated = False
    for tr in index.children(table, TR):
        properties = index.properties(tr)
        if _is_set(properties, DEL) or _is_set(properties, HIDDEN):
            continue
        if header_rows == len(rows) and _is_set(properties, TBL_HEADER):
            header_rows += 1
        row_cells, row_truncated = _row_cells(index, tr, len(widths), limits)
        is_truncated = is_truncated or row_truncated
        rows.append(row_cells)
    column_of = _visible_columns(rows, widths)
    n_cols = max(column_of.values(), default=0)
    if len(rows) * n_cols > limits.max_cells:
        raise ReadError(
            f"表格有 {len(rows)} 行 {n_cols} 列，超过上限", "请核实文件；确属正常的，请拆分为较小的表格后放入"
        )
    return TableGrid(_merge_vertically(rows, column_of), len(rows), n_cols, header_rows, is_truncated)


def _is_section_end(paragraph: Element) -> bool:
    """Return whether a paragraph ends a section; one without text is a break and takes no number."""
    ppr = paragraph.find(PPR)
    return ppr is not None and ppr.find(SECT_PR) is not None


def _column_widths(table: Element, limits: Limits) -> list[int]:
    """Return the column widths in twips of w:tblGrid, which may be absent or wrong; 0 = not given."""
    grid = table.find(TBLGRID)
    columns = [] if grid is None else grid.findall(GRIDCOL)[: limits.max_columns]
    return [max(parse_int(column.get(w("w"))), 0) for column in columns]


def _row_cells(index: ElementIndex, tr: Element, grid_columns: int, limits: Limits) -> tuple[list[_RowCell], bool]:
    """Return the cells of one row on the grid of the file; True if an impossible span was truncated."""
    column, is_truncated = _column_count(index.properties(tr).get(GRID_BEFORE, "0"), grid_columns, limits)
    row_cells: list[_RowCell] = []
    for tc in index.children(tr, TC):
        properties = index.properties(tc)
        if not properties:
            row_cells.append(([tc], column, column + 1, None))
            column += 1
            continue
        if _is_set(properties, CELL_DEL):
            continue
        end = column + 1
        if GRID_SPAN in properties:
            span, span_truncated = _column_count(properties[GRID_SPAN], grid_columns - column, limits)
            end = column + max(span, 1)
            is_truncated = is_truncated or span_truncated
        if row_cells and properties.get(H_MERGE) == _MERGE_CONTINUE:
            elements, start, _, merge = row_cells[-1]
            elements.append(tc)
            row_cells[-1] = elements, start, end, merge
        else:
            row_cells.append(([tc], column, end, properties.get(V_MERGE)))
        column = end
    return row_cells, is_truncated


def _is_set(properties: Mapping[str, str], name: str) -> bool:
    """Return whether the properties of a row or cell switch `name` on."""
    return name in properties and properties[name] not in OFF_VALUES


def _column_count(raw_count: str, available: int, limits: Limits) -> tuple[int, bool]:
    """Return a number of columns; an impossible one (True) is truncated to `available`."""
    columns = parse_int(raw_count, limits.max_columns + 1)
    return (max(available, 0), True) if columns > limits.max_columns else (max(columns, 0), False)


def _visible_columns(rows: list[list[_RowCell]], widths: list[int]) -> dict[int, int]:
    """Map file columns to visible columns.

    Grid lines at which no cell begins or ends are dropped; slivers join their neighbour.
    """
    # The cells of a row are adjacent: where one ends the next begins.
    edges = sorted(
        {end for row_cells in rows for _, _, end, _ in row_cells} | {row_cells[0][1] for row_cells in rows if row_cells}
    )
    spans = list(pairwise(edges))
    has_widths = bool(widths) and bool(edges) and edges[-1] <= len(widths) and all(widths)
    slivers = {a for a, b in spans if has_widths and sum(widths[a:b]) < _MIN_COLUMN_TWIPS}
    if slivers:
        index = {edge: i for i, edge in enumerate(edges)}
        for row_cells in rows:
            for _, start, end, _ in row_cells:
                inside = edges[index[start] : index[end]]
                if slivers.issuperset(inside):
                    slivers.difference_update(inside)
    column_of: dict[int, int] = {}
    column = 0
    for edge in edges:
        column_of[edge] = column
        column += edge not in slivers
    return column_of


def _merge_vertically(rows: list[list[_RowCell]], column_of: dict[int, int]) -> list[GridCell]:
    """Return the cells with vertical merges applied; a continuation without a matching cell above is its own cell."""
    cells: list[GridCell] = []
    above: dict[int, GridCell] = {}
    for row, row_cells in enumerate(rows):
        current: dict[int, GridCell] = {}
        for elements, start, end, merge in row_cells:
            col = column_of[start]
            col_span = column_of[end] - col
            upper = above.get(col) if merge == _MERGE_CONTINUE else None
            if upper is not None and upper.col_span == col_span:
                upper.row_span += 1
                upper.covered += elements
                current[col] = upper
                continue
            cell = GridCell(elements, row, col, col_span)
            cells.append(cell)
            if merge is not None:
                current[col] = cell
        above = current
    return cells


def _is_blank(elements: Iterable[Element]) -> bool:
    return not any(
        e.tag != T or (e.text or "").strip() for element in elements for e in element.iter(T, DRAWING, PICT, TEXT_BOX)
    )
