"""Split a sheet into tables and running text.

A table has borders, or begins with a header. Rows outside it are text: one filled cell is one paragraph (several when
it holds line feeds), several filled cells are one paragraph with the words kept apart."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from extractors.document import Block, Cell, Paragraph, ReadError, ReadNote, Table
from extractors.limits import Limits
from extractors.normalize import squeeze
from extractors.readers.format_words import format_words
from extractors.readers.grid_compaction import CellBox, GridLines
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import (
    MAX_BORDER_COLUMNS,
    MergedRange,
    Sheet,
    cell_reference,
    column_letters,
    group_ranges,
)
from extractors.table_words import TableWords

_CELL_GAP = "  "
"""Two blanks: words that stood in cells of their own stay apart."""
_MAX_QUOTE = 80
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ANNEX = re.compile(r"附\s*[件表]")
_ANNEX_MARK = re.compile(r"附\s*[件表]\s*[\d一二三四五六七八九十]{1,3}([-—－]\d{1,2})?[:：]?")
_MAX_HEADER_TEXT = 60
_MIN_REGULAR_SHARE = 0.6
"""Least share of rows with several filled cells in a table without lines and without a known header."""
_WHITESPACE = " \n\t\u3000"
_MAX_LOOK_BACK = 1_000
"""Merges above a table that may still reach into it."""
_MAX_OVERLAPS = 50
_MAX_OVERHANG = 30
"""A merge that reaches further than this beyond the last filled column was drawn over the whole sheet."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: its filled columns, whether a merge from above reaches into it, whether it has lines."""

    at: int
    columns: tuple[int, ...]
    covered: bool
    framed: bool
    alone: bool
    """One filled cell and nothing else, also not lower down beside a tall cell."""

    @property
    def blank(self) -> bool:
        return not self.columns


def read_sheet(sheet: Sheet, limits: Limits, words: TableWords) -> tuple[list[Block], list[ReadNote]]:
    """The blocks of one sheet in reading order, and what is to be told of it.

    Raises `ReadError` when a table is larger than the limits.
    """
    notes = _sheet_notes(sheet) + _remove_covered_text(sheet, limits)
    blocks: list[Block] = []
    for group in _row_groups(sheet):
        for piece in _split_tables(sheet, group, words):
            if isinstance(piece, SheetRow):
                blocks += _paragraphs(sheet, piece)
            else:
                blocks.append(build_table(sheet, piece[0].at, piece[-1].at, limits, notes))
    name = _sheet_title(sheet, blocks)
    if name is not None:
        blocks.insert(0, name)
    blocks += [Paragraph(text, f"{sheet.where}文本框") for text in sheet.boxes]
    return blocks, notes


def build_table(sheet: Sheet, top: int, bottom: int, limits: Limits, notes: list[ReadNote]) -> Table:
    """The table in the rows `top`..`bottom` (inclusive), with blank cells, without grid lines nobody sees."""
    filled = [sheet.cells[row] for row in range(top, bottom + 1) if row in sheet.cells]
    left = min(min(row) for row in filled)
    right = max(max(row) for row in filled)
    merges = [m for m in _merges_in_rows(sheet.merges, top, bottom) if m.right >= left and m.left <= right]
    reach = [m.right for m in merges if m.right - right < _MAX_OVERHANG and _merge_has_text(sheet, m)]
    right = max([right, *reach])
    n_rows, n_cols = bottom - top + 1, right - left + 1
    if n_cols > limits.max_columns or n_rows * n_cols > limits.max_cells:
        raise ReadError(
            f"{sheet.where}中的表格有 {n_rows} 行 {n_cols} 列，超过上限",
            "请核实文件；确属正常的，请拆分为较小的表格后放入",
        )
    area = CellBox(top, left, bottom + 1, right + 1)
    until = sheet.header_until
    heads = until + 1 - top if until is not None and top <= until < bottom else None
    if merges:
        boxes = _cell_boxes(sheet, merges, area, notes)
        lines = GridLines(boxes)
        cells = tuple(_merged_cells(sheet, boxes, lines))
        n_rows, n_cols = lines.n_rows, lines.n_cols
        heads = lines.row(top + heads) if heads is not None else None
    else:
        cells = tuple(_unmerged_cells(sheet, area))
    where = f"{sheet.where} {cell_reference(top, left)}:{cell_reference(bottom, right)}"
    if sheet.by_number:
        where = f"{sheet.where}第{top + 1}行至第{bottom + 1}行"
    return Table(cells, n_rows, n_cols, where, spans_known=sheet.spans_known, header_rows=heads)


def _sheet_notes(sheet: Sheet) -> list[ReadNote]:
    notes = [ReadNote(rule, message, f"{sheet.where} {at}".rstrip()) for rule, message, at in sheet.remarks]
    for first, last in group_ranges(row for row in sheet.hidden_rows if row in sheet.cells):
        span = f"第{first + 1}行" if first == last else f"第{first + 1}至{last + 1}行"
        notes.append(ReadNote("hidden_rows", f"{span}处于隐藏状态，已照常读取，请核对是否属于发布内容", sheet.where))
    filled = {column for row in sheet.cells.values() for column in row} if sheet.hidden_columns else set()
    for first, last in group_ranges(column for column in filled if sheet.hidden(column)):
        span = sheet.place(0, first).rpartition(" ")[2].rstrip("1")
        if last > first:
            span += "至" + sheet.place(0, last).rpartition(" ")[2].rstrip("1")
        notes.append(
            ReadNote("hidden_columns", f"{span}列处于隐藏状态，已照常读取，请核对是否属于发布内容", sheet.where)
        )
    return notes


def _remove_covered_text(sheet: Sheet, limits: Limits) -> list[ReadNote]:
    """Cut the merges to the filled rows of the sheet, and take out the text that nobody sees under them."""
    last = max(sheet.cells, default=-1)
    cut = {MergedRange(m.top, m.left, min(m.bottom, last), m.right) for m in sheet.merges if m.top <= last}
    sheet.merges = sorted(m for m in cut if (m.bottom, m.right) != (m.top, m.left))
    if sum(min(m.bottom - m.top, len(sheet.cells)) for m in sheet.merges) > limits.max_cells:
        raise ReadError(f"{sheet.where}的合并区域互相重叠，无法还原表格", WORKBOOK.save)
    rows = sorted(sheet.cells)
    notes: list[ReadNote] = []
    for merge in sheet.merges:
        for row in rows[bisect_left(rows, merge.top) : bisect_right(rows, merge.bottom)]:
            filled = sheet.cells[row]
            for column in [c for c in filled if merge.left <= c <= merge.right]:
                if (row, column) == (merge.top, merge.left):
                    continue
                message = f"合并单元格下压有不显示的文字“{filled.pop(column)[:_MAX_QUOTE]}”，未读取"
                notes.append(ReadNote("hidden_merged_text", message, sheet.place(merge.top, merge.left)))
    sheet.cells = {row: filled for row, filled in sheet.cells.items() if filled}
    return notes


def _row_groups(sheet: Sheet) -> Iterator[list[SheetRow]]:
    """Runs of rows without an empty row between them; blank rows at their ends are left out."""
    if not sheet.cells:
        return
    anchors = [m for m in sheet.merges if m.left in sheet.cells.get(m.top, {})]
    tall = [m for m in anchors if m.bottom > m.top]
    wide = {(m.top, m.left): m.right for m in anchors if m.right > m.left}
    reach: dict[int, int] = {}
    for merge in tall:
        reach[merge.top] = max(reach.get(merge.top, 0), merge.bottom)
    covered_until = -1
    group: list[SheetRow] = []
    for at in _active_rows(sheet, tall):
        if group and at != group[-1].at + 1:
            yield from _trim_blank(group)
            group = []
        columns = tuple(sorted(sheet.cells.get(at, ())))
        lines = sheet.framed.get(at, 0)
        framed = lines.bit_count() > 1 or any(
            lines >> c & 1 and (at, c) in wide for c in columns if c < MAX_BORDER_COLUMNS
        )
        covered = at <= covered_until
        below = reach.get(at, -1)
        beside = any(row in sheet.cells for row in range(at + 1, below + 1)) if len(columns) == 1 else False
        group.append(SheetRow(at, columns, covered, framed, len(columns) == 1 and not covered and not beside))
        covered_until = max(covered_until, below)
    yield from _trim_blank(group)


def _active_rows(sheet: Sheet, tall: Sequence[MergedRange]) -> Iterator[int]:
    """The rows that hold text, lines or a part of a tall cell, up to the last one with text."""
    last = max(sheet.cells)
    rows = set(sheet.cells) | {row for row, lines in sheet.framed.items() if lines.bit_count() > 1 and row < last}
    until = -1
    for merge in tall:
        rows.update(range(max(merge.top, until + 1), merge.bottom + 1))
        until = max(until, merge.bottom)
    return iter(sorted(rows))


def _trim_blank(group: list[SheetRow]) -> Iterator[list[SheetRow]]:
    filled = [i for i, row in enumerate(group) if not row.blank]
    if filled:
        yield group[filled[0] : filled[-1] + 1]


def _split_tables(sheet: Sheet, group: list[SheetRow], words: TableWords) -> Iterator[SheetRow | list[SheetRow]]:
    """The tables (runs of rows) and the single rows outside them."""
    span = _table_extent(sheet, group, words)
    if span is None:
        yield from group
        return
    first, last = span
    yield from group[:first]
    start = at = first
    while at <= last:
        stop = at
        while stop <= last and (group[stop].blank or group[stop].alone):
            stop += 1
        if at > start and stop <= last and _separates_tables(sheet, group[at:stop], group[stop], words):
            end = at
            while group[end - 1].blank:
                end -= 1
            yield group[start:end]
            yield from group[end:stop]
            start = stop
        at = max(stop, at + 1)
    yield group[start : last + 1]
    yield from group[last + 1 :]


def _table_extent(sheet: Sheet, group: list[SheetRow], words: TableWords) -> tuple[int, int] | None:
    """First and last index of the rows that are tables, titles between them included; None = all is text."""
    lined = [i for i, row in enumerate(group) if row.framed and len(row.columns) > 1]
    if lined:
        last = lined[-1]
        while last + 1 < len(group) and group[last + 1].framed:
            last += 1
        return lined[0], last
    many = [i for i, row in enumerate(group) if not row.blank and not row.alone]
    head = next((i for i in many if _is_header(sheet, group[i], words)), None)
    if head is not None:
        first = _header_start(group, head)
    elif len(many) > 1 and len(many) >= _MIN_REGULAR_SHARE * len(group) and not (sheet.spans_known and len(many) < 3):
        first = many[0]
    else:
        return None
    last = many[-1] if many[-1] >= first else len(group) - 1
    left = min(min(row.columns) for row in group[first : last + 1] if row.columns)
    while last + 1 < len(group) and group[last + 1].columns[:1] > (left,):
        last += 1
    return first, last


def _header_start(group: list[SheetRow], first: int) -> int:
    """The first row of a table whose header seems to begin at `first`: rows with tall cells that reach into it are
    part of the header."""
    while first and group[first].covered and not group[first - 1].alone:
        first -= 1
    return first


def _separates_tables(sheet: Sheet, between: Sequence[SheetRow], below: SheetRow, words: TableWords) -> bool:
    """Whether rows of one filled cell (and blank ones) part two tables: the lower one has a header, or a mark of
    its own such as 附件3. Otherwise they are bands of one table."""
    alone = [squeeze(sheet.cells[row.at][row.columns[0]]) for row in between if row.alone]
    return bool(alone) and (_is_header(sheet, below, words) or any(_ANNEX_MARK.fullmatch(text) for text in alone))


def _is_header(sheet: Sheet, row: SheetRow, words: TableWords) -> bool:
    texts = [sheet.cells[row.at][column] for column in row.columns]
    worded = sum(_CHINESE.search(text) is not None for text in texts) > 1
    return worded and max(map(len, texts)) <= _MAX_HEADER_TEXT and words.is_header(texts)


def _paragraphs(sheet: Sheet, row: SheetRow) -> list[Block]:
    if row.blank:
        return []
    texts = [sheet.cells[row.at][column] for column in row.columns]
    place = sheet.place(row.at, row.columns[0])
    lines = (
        texts[0].split("\n") if len(texts) == 1 else [_CELL_GAP.join(" ".join(t.split("\n")).strip() for t in texts)]
    )
    return [Paragraph(line.strip(), place) for line in lines if line.strip()]


def _sheet_title(sheet: Sheet, blocks: Sequence[Block]) -> Paragraph | None:
    """The sheet's name where it says something that its first lines do not: 附件2, or a title the table lacks."""
    name = squeeze(sheet.name)
    if not blocks or not _CHINESE.search(name) or sheet.by_number:
        return None
    if any(re.fullmatch(pattern, name, re.IGNORECASE) for pattern in format_words("sheets")["generic"]):
        return None
    first = blocks[0]
    if isinstance(first, Table):
        return Paragraph(sheet.name.strip(), sheet.where)
    if _ANNEX.match(name) and not _ANNEX.match(squeeze(first.text)):
        return Paragraph(sheet.name.strip(), sheet.where)
    return None


def _unmerged_cells(sheet: Sheet, area: CellBox) -> Iterator[Cell]:
    """Every square of the area as a cell."""
    blank: dict[int, str] = {}
    columns = [(left - area.left, left, column_letters(left)) for left in range(area.left, area.right)]
    for top in range(area.top, area.bottom):
        filled = sheet.cells.get(top, blank)
        row, number = top - area.top, top + 1
        for column, left, name in columns:
            place = sheet.place(top, left) if sheet.by_number else f"{sheet.where} {name}{number}"
            text = filled.get(left, "")
            yield Cell(row, column, text.strip(_WHITESPACE) if text else text, place)


def _merged_cells(sheet: Sheet, boxes: list[CellBox], lines: GridLines) -> Iterator[Cell]:
    """The boxes as cells, on the lines a person sees."""
    for box in boxes:
        row, column, bottom, right = lines.place(box)
        text = sheet.cells.get(box.top, {}).get(box.left, "").strip(_WHITESPACE)
        yield Cell(row, column, text, sheet.place(box.top, box.left), bottom - row, right - column)


def _merges_in_rows(merges: list[MergedRange], top: int, bottom: int) -> list[MergedRange]:
    """The merges that touch the rows: those that begin in them, and the tall ones from above."""
    first = bisect_left(merges, top, key=_merge_top)
    above = [m for m in merges[max(first - _MAX_LOOK_BACK, 0) : first] if m.bottom >= top]
    return above + merges[first : bisect_right(merges, bottom, key=_merge_top)]


def _merge_top(merge: MergedRange) -> int:
    return merge.top


def _merge_has_text(sheet: Sheet, merge: MergedRange) -> bool:
    return merge.left in sheet.cells.get(merge.top, {})


def _cell_boxes(sheet: Sheet, merges: list[MergedRange], area: CellBox, notes: list[ReadNote]) -> list[CellBox]:
    """The area cut into cells: merges where they are drawn, single squares elsewhere."""
    taken: dict[tuple[int, int], CellBox | None] = {}
    bad = 0
    for m in merges:
        box = CellBox(
            max(m.top, area.top), max(m.left, area.left), min(m.bottom + 1, area.bottom), min(m.right + 1, area.right)
        )
        if (
            (box.top, box.left) in taken
            or (box.top, box.right - 1) in taken
            or any(s in taken for s in _positions(box))
        ):
            bad += 1
            if bad > _MAX_OVERLAPS:
                raise ReadError(f"{sheet.where}的合并区域互相重叠，无法还原表格", WORKBOOK.save)
            notes.append(ReadNote("bad_span", "合并区域互相重叠，后一处未按合并读取", sheet.place(box.top, box.left)))
            continue
        taken.update(dict.fromkeys(_positions(box)))
        taken[box.top, box.left] = box
    merged = {row for row, _ in taken}
    out: list[CellBox] = []
    for row in range(area.top, area.bottom):
        columns = range(area.left, area.right)
        if row not in merged:
            out += [CellBox(row, column, row + 1, column + 1) for column in columns]
            continue
        for column in columns:
            if (row, column) not in taken:
                out.append(CellBox(row, column, row + 1, column + 1))
            elif (box_here := taken[row, column]) is not None:
                out.append(box_here)
    return out


def _positions(box: CellBox) -> Iterator[tuple[int, int]]:
    return product(range(box.top, box.bottom), range(box.left, box.right))
