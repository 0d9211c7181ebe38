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
from extractors.readers.scan.embedded import EmbeddedPictures, Said
from extractors.table_words import TableWords

_MERGE_CONTINUE = "continue"
"""Also the meaning of a bare w:vMerge or w:hMerge."""
_MIN_COLUMN_TWIPS = 120
"""About 2 mm. Dragging a border in some rows only leaves columns this narrow that nobody sees as columns."""
_RowCell = tuple[list[Element], int, int, str | None]
"""Elements of a cell, the file's own columns where it starts and ends, and what it says about vertical merging."""
_CELL_TAB = " "
_COLUMN_GAP = "  "
_MAX_QUOTE = 80


@dataclass(slots=True)
class ParagraphLine:
    """One paragraph as a reader of the page sees it; several in the file where a paragraph mark was deleted."""

    text: str = ""
    level: int | None = None
    boxes: list[TextBox] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class _PendingLine:
    """A line in the making. Its number is that of the first paragraph whose end stands, in front of all its text."""

    texts: list[str] = field(default_factory=list)
    level: int | None = None
    label: Label | None = None
    boxes: list[TextBox] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)

    def is_empty(self) -> bool:
        return not (any(self.texts) or self.boxes or self.remarks or self.pictures or self.label)

    def line(self) -> ParagraphLine:
        text = "".join(self.texts)
        if self.label is None:
            return ParagraphLine(text, self.level, self.boxes, self.remarks, self.pictures)
        remarks = list(self.remarks)
        if self.label.unknown:
            message = f"自动编号格式 {self.label.unknown[:40]} 未知，按阿拉伯数字读取"
            remarks.append(("numbering_format", message))
        return ParagraphLine(self.label.before(text), self.level, self.boxes, remarks, self.pictures)


class BlockIterator:
    """Turns containers into lines and table elements. Holds the counters of the document's lists."""

    def __init__(self, styles: Styles, numbering: Numbering, inline: InlineReader, index: ElementIndex) -> None:
        self._index = index
        self._styles = styles
        self._numbering = numbering
        self._inline = inline
        default = styles.paragraph(None)
        self._plain = default if default.num_id is None and not default.hidden else None

    @property
    def short(self) -> bool:
        """Whether plain paragraphs may be read the short way: the default style neither numbers nor hides them."""
        return self._plain is not None

    def of(self, container: Element, tab: str) -> Iterator[ParagraphLine | Element]:
        """Lines and w:tbl elements of `container` in reading order; a tab stop becomes `tab`."""
        held: _PendingLine | None = None
        for element in self._index.children(container, P, TBL, ALT_CHUNK, SUB_DOC):
            is_table = self._index.is_table(element)
            if not is_table and element.tag == P:
                if self._plain is not None and held is None and not self._index.has_format(element):
                    yield ParagraphLine(self._inline.read(element, tab).text, self._plain.level)
                    continue
                held = held or _PendingLine()
                if not self._goes_on(element, tab, held):
                    yield held.line()
                    held = None
                continue
            if held is not None and not held.is_empty():
                yield held.line()
            held = None
            if is_table:
                yield element
            else:
                yield ParagraphLine(remarks=[("lost_part", "此处嵌入了另一份文档，其内容未读取")])
        if held is not None and not held.is_empty():
            yield held.line()

    def _goes_on(self, element: Element, tab: str, held: _PendingLine) -> bool:
        """Add a paragraph to `held`; True when its end is deleted or hidden, so that the next one joins it."""
        ppr = element.find(PPR) if self._index.has_format(element) else None
        style = self._styles.paragraph(child_value(ppr, P_STYLE))
        inline = self._inline.read(element, tab, hidden=style.hidden)
        mark = None if ppr is None else ppr.find(RPR)
        deleted = mark is not None and (mark.find(DEL) is not None or mark.find(MOVE_FROM) is not None)
        hidden = not deleted and self._inline.hides(mark, hidden=style.hidden)
        held.texts.append(inline.text)
        held.boxes += inline.boxes
        held.remarks += inline.remarks
        held.pictures += inline.pictures
        if not deleted and not (hidden and not inline.text):
            stated = outline_level(ppr)
            held.level = held.level or (style.level if stated is None else stated or None)
            if held.label is None and not (held.is_empty() and _is_section_end(element)):
                held.label = self._label(ppr, style)
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
    """One cell as drawn. `covered` are the cells hidden under a vertical merge."""

    elements: list[Element]
    row: int
    col: int
    col_span: int
    row_span: int = 1
    covered: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TableGrid:
    """The drawn cells in reading order; `header_rows` counts the leading rows marked as repeating header."""

    cells: list[GridCell]
    n_rows: int
    n_cols: int
    header_rows: int
    cut_spans: bool
    """Whether some cell claimed an impossible width and was cut to the grid."""


class TableReader:
    """Reads tables of one document; remarks of their cells are collected in `notes`."""

    def __init__(
        self,
        flow: BlockIterator,
        index: ElementIndex,
        media: Media,
        limits: Limits,
        notes: list[ReadNote],
        *,
        words: TableWords,
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

    def lay_out(self, element: Element) -> TableGrid:
        """The grid of a table element."""
        return build_grid(element, self._index, self._limits)

    def read(self, grid: TableGrid, name: str, depth: int) -> Table:
        """The table with its text; `name` (`表2`) begins the locators."""
        if grid.cut_spans:
            self._notes.append(ReadNote("bad_span", "有单元格的列数超出常理，已按表格实际列数截断", name))
        cells = tuple(self._cell(drawn, name, depth) for drawn in grid.cells)
        return Table(cells, grid.n_rows, grid.n_cols, name, header_rows=grid.header_rows or None)

    def _cell(self, drawn: GridCell, name: str, depth: int) -> Cell:
        place = f"{name} 第{drawn.row + 1}行第{drawn.col + 1}列"
        text = "\n".join(["\n".join(self.lines(element, place, depth)) for element in drawn.elements])
        for element in drawn.covered:
            hidden = "".join([t.text or "" for t in element.iter(T)]).strip()
            if hidden:
                message = f"合并单元格下压有不显示的文字“{hidden[:_MAX_QUOTE]}”，未读取"
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
            if isinstance(item, ParagraphLine):
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

    def remark(self, line: ParagraphLine, place: str) -> None:
        """Hand on what the line holds that is no text."""
        self._notes += [ReadNote(rule, message, place) for rule, message in line.remarks]

    def pictured(self, line: ParagraphLine, place: str) -> Said:
        """What the pictures of a line say; the notes on them are handed on."""
        said = [self._embedded.read(self._media.of(picture), place) for picture in line.pictures]
        self._notes += [note for one in said for note in one.notes]
        return Said(tuple(block for one in said for block in one.blocks))

    def is_layout(self, grid: TableGrid) -> bool:
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


def build_grid(table: Element, index: ElementIndex, limits: Limits) -> TableGrid:
    """The grid of a table. Raises `ReadError` when it has more cells than `limits.max_cells`."""
    widths = _column_widths(table, limits)
    rows: list[list[_RowCell]] = []
    header_rows = 0
    cut = False
    for tr in index.children(table, TR):
        said = index.properties(tr)
        if _is_set(said, DEL) or _is_set(said, HIDDEN):
            continue
        if header_rows == len(rows) and _is_set(said, TBL_HEADER):
            header_rows += 1
        slots, row_cut = _row_cells(index, tr, len(widths), limits)
        cut = cut or row_cut
        rows.append(slots)
    column_of = _visible_columns(rows, widths)
    n_cols = max(column_of.values(), default=0)
    if len(rows) * n_cols > limits.max_cells:
        raise ReadError(
            f"表格有 {len(rows)} 行 {n_cols} 列，超过上限", "请核实文件；确属正常的，请拆分为较小的表格后放入"
        )
    return TableGrid(_merge_vertically(rows, column_of), len(rows), n_cols, header_rows, cut)


def _is_section_end(paragraph: Element) -> bool:
    """Whether a paragraph is the end of a section; one with nothing else in it is a break and takes no number."""
    ppr = paragraph.find(PPR)
    return ppr is not None and ppr.find(SECT_PR) is not None


def _column_widths(table: Element, limits: Limits) -> list[int]:
    """Column widths in twips as w:tblGrid gives them, which may be absent or wrong; 0 = not said."""
    grid = table.find(TBLGRID)
    columns = [] if grid is None else grid.findall(GRIDCOL)[: limits.max_columns]
    return [max(parse_int(column.get(w("w"))), 0) for column in columns]


def _row_cells(index: ElementIndex, tr: Element, grid_columns: int, limits: Limits) -> tuple[list[_RowCell], bool]:
    """The cells of one row on the file's own column grid; True when an impossible span was cut."""
    at, cut = _column_count(index.properties(tr).get(GRID_BEFORE, "0"), grid_columns, limits)
    slots: list[_RowCell] = []
    for tc in index.children(tr, TC):
        said = index.properties(tc)
        if not said:
            slots.append(([tc], at, at + 1, None))
            at += 1
            continue
        if _is_set(said, CELL_DEL):
            continue
        end = at + 1
        if GRID_SPAN in said:
            span, span_cut = _column_count(said[GRID_SPAN], grid_columns - at, limits)
            end = at + max(span, 1)
            cut = cut or span_cut
        if slots and said.get(H_MERGE) == _MERGE_CONTINUE:
            elements, start, _, merge = slots[-1]
            elements.append(tc)
            slots[-1] = elements, start, end, merge
        else:
            slots.append(([tc], at, end, said.get(V_MERGE)))
        at = end
    return slots, cut


def _is_set(said: Mapping[str, str], name: str) -> bool:
    """Whether the properties of a row or cell switch `name` on."""
    return name in said and said[name] not in ("0", "false", "off")


def _column_count(stated: str, room: int, limits: Limits) -> tuple[int, bool]:
    """A number of columns; an impossible one (True) is cut to the room that the table's own grid leaves."""
    columns = parse_int(stated, limits.max_columns + 1)
    return (max(room, 0), True) if columns > limits.max_columns else (max(columns, 0), False)


def _visible_columns(rows: list[list[_RowCell]], widths: list[int]) -> dict[int, int]:
    """File column to visible column: lines no cell begins or ends at are dropped, slivers join their neighbour."""
    # The cells of a row stand side by side: where one ends the next begins.
    edges = sorted({end for slots in rows for _, _, end, _ in slots} | {slots[0][1] for slots in rows if slots})
    spans = list(pairwise(edges))
    known = bool(widths) and bool(edges) and edges[-1] <= len(widths) and all(widths)
    thin = {a for a, b in spans if known and sum(widths[a:b]) < _MIN_COLUMN_TWIPS}
    if thin:
        index = {edge: i for i, edge in enumerate(edges)}
        for slots in rows:
            for _, start, end, _ in slots:
                inside = edges[index[start] : index[end]]
                if thin.issuperset(inside):
                    thin.difference_update(inside)
    column_of: dict[int, int] = {}
    column = 0
    for edge in edges:
        column_of[edge] = column
        column += edge not in thin
    return column_of


def _merge_vertically(rows: list[list[_RowCell]], column_of: dict[int, int]) -> list[GridCell]:
    """Cells with their vertical merges; a continuation with no matching cell above begins a cell of its own."""
    cells: list[GridCell] = []
    above: dict[int, GridCell] = {}
    for row, slots in enumerate(rows):
        here: dict[int, GridCell] = {}
        for elements, start, end, merge in slots:
            col = column_of[start]
            col_span = column_of[end] - col
            upper = above.get(col) if merge == _MERGE_CONTINUE else None
            if upper is not None and upper.col_span == col_span:
                upper.row_span += 1
                upper.covered += elements
                here[col] = upper
                continue
            cell = GridCell(elements, row, col, col_span)
            cells.append(cell)
            if merge is not None:
                here[col] = cell
        above = here
    return cells


def _is_blank(elements: Iterable[Element]) -> bool:
    return not any(
        e.tag != T or (e.text or "").strip() for element in elements for e in element.iter(T, DRAWING, PICT, TEXT_BOX)
    )
