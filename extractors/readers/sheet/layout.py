"""Split a sheet into tables and running text.

A table has borders, or begins with a header. Rows outside it are text: one filled cell is one paragraph (several when
it holds line feeds), several filled cells are one paragraph with their texts kept apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from extractors.document import Block, Cell, Paragraph, ReadError, ReadNote, Table
from extractors.limits import Limits
from extractors.normalize import strip_whitespace
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
"""Two spaces, so that texts of separate cells stay separate."""
_MAX_QUOTE = 80
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ANNEX = re.compile(r"附\s*[件表]")
_ANNEX_MARK = re.compile(r"附\s*[件表]\s*[\d一二三四五六七八九十]{1,3}([-—－]\d{1,2})?[:：]?")
_MAX_HEADER_TEXT = 60
_MIN_REGULAR_SHARE = 0.6
"""Minimum share of rows with several filled cells in a table without borders and known header."""
_WHITESPACE = " \n\t\u3000"
_MAX_LOOK_BACK = 1_000
"""Number of merged ranges above a table checked for reaching into it."""
_MAX_OVERLAPS = 50
_MAX_OVERHANG = 30
"""A merged range extending further beyond the last filled column covers the whole sheet."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: filled columns, whether a merged range from above covers it, whether it has borders."""

    index: int
    columns: tuple[int, ...]
    is_covered: bool
    bordered: bool
    is_single: bool
    """One filled cell, and none further down beside a tall cell."""

    @property
    def is_blank(self) -> bool:
        """Whether no cell of the row is filled."""
        return not self.columns


def read_sheet(sheet: Sheet, limits: Limits, words: TableWords) -> tuple[list[Block], list[ReadNote]]:
    """Return the blocks of one sheet in reading order, and its notes.

    Raises:
        ReadError: a table is larger than the limits.
    """
    notes = _sheet_notes(sheet) + _remove_covered_text(sheet, limits)
    blocks: list[Block] = []
    for group in _row_groups(sheet):
        for piece in _split_tables(sheet, group, words):
            if isinstance(piece, SheetRow):
                blocks += _paragraphs(sheet, piece)
            else:
                blocks.append(build_table(sheet, piece[0].index, piece[-1].index, limits, notes))
    title = _sheet_title(sheet, blocks)
    if title is not None:
        blocks.insert(0, title)
    blocks += [Paragraph(text, f"{sheet.locator_prefix}文本框") for text in sheet.text_boxes]
    return blocks, notes


def build_table(sheet: Sheet, top: int, bottom: int, limits: Limits, notes: list[ReadNote]) -> Table:
    """Return the table in the rows `top` to `bottom` (inclusive), with blank cells, without invisible grid lines."""
    filled = [sheet.cells[row] for row in range(top, bottom + 1) if row in sheet.cells]
    left = min(min(row) for row in filled)
    right = max(max(row) for row in filled)
    merges = [m for m in _merges_in_rows(sheet.merges, top, bottom) if m.right >= left and m.left <= right]
    merged_right = [m.right for m in merges if m.right - right < _MAX_OVERHANG and _merge_has_text(sheet, m)]
    right = max([right, *merged_right])
    n_rows, n_cols = bottom - top + 1, right - left + 1
    if n_cols > limits.max_columns or n_rows * n_cols > limits.max_cells:
        raise ReadError(
            f"{sheet.locator_prefix}中的表格有 {n_rows} 行 {n_cols} 列，超过上限",
            "请核实文件；确属正常的，请拆分为较小的表格后放入",
        )
    area = CellBox(top, left, bottom + 1, right + 1)
    last_title_row = sheet.last_title_row
    header_rows = last_title_row + 1 - top if last_title_row is not None and top <= last_title_row < bottom else None
    if merges:
        boxes = _cell_boxes(sheet, merges, area, notes)
        grid_lines = GridLines(boxes)
        cells = tuple(_merged_cells(sheet, boxes, grid_lines))
        n_rows, n_cols = grid_lines.n_rows, grid_lines.n_cols
        header_rows = grid_lines.row(top + header_rows) if header_rows is not None else None
    else:
        cells = tuple(_unmerged_cells(sheet, area))
    locator = f"{sheet.locator_prefix} {cell_reference(top, left)}:{cell_reference(bottom, right)}"
    if sheet.numeric_locators:
        locator = f"{sheet.locator_prefix}第{top + 1}行至第{bottom + 1}行"
    return Table(cells, n_rows, n_cols, locator, spans_known=sheet.spans_known, header_rows=header_rows)


def _sheet_notes(sheet: Sheet) -> list[ReadNote]:
    notes = [
        ReadNote(rule, message, f"{sheet.locator_prefix} {reference}".rstrip())
        for rule, message, reference in sheet.issues
    ]
    for first, last in group_ranges(row for row in sheet.hidden_rows if row in sheet.cells):
        span = f"第{first + 1}行" if first == last else f"第{first + 1}至{last + 1}行"
        notes.append(
            ReadNote("hidden_rows", f"{span}处于隐藏状态，已照常读取，请核对是否属于发布内容", sheet.locator_prefix)
        )
    filled_columns = {column for row in sheet.cells.values() for column in row} if sheet.hidden_columns else set()
    for first, last in group_ranges(column for column in filled_columns if sheet.is_hidden(column)):
        span = sheet.locator(0, first).rpartition(" ")[2].rstrip("1")
        if last > first:
            span += "至" + sheet.locator(0, last).rpartition(" ")[2].rstrip("1")
        notes.append(
            ReadNote(
                "hidden_columns", f"{span}列处于隐藏状态，已照常读取，请核对是否属于发布内容", sheet.locator_prefix
            )
        )
    return notes


def _remove_covered_text(sheet: Sheet, limits: Limits) -> list[ReadNote]:
    """Truncate merged ranges to the filled rows, and remove the text hidden under them."""
    last = max(sheet.cells, default=-1)
    cut = {MergedRange(m.top, m.left, min(m.bottom, last), m.right) for m in sheet.merges if m.top <= last}
    sheet.merges = sorted(m for m in cut if (m.bottom, m.right) != (m.top, m.left))
    if sum(min(m.bottom - m.top, len(sheet.cells)) for m in sheet.merges) > limits.max_cells:
        raise ReadError(f"{sheet.locator_prefix}的合并区域互相重叠，无法还原表格", WORKBOOK.save)
    rows = sorted(sheet.cells)
    notes: list[ReadNote] = []
    for merge in sheet.merges:
        for row in rows[bisect_left(rows, merge.top) : bisect_right(rows, merge.bottom)]:
            filled = sheet.cells[row]
            for column in [c for c in filled if merge.left <= c <= merge.right]:
                if (row, column) == (merge.top, merge.left):
                    continue
                message = f"合并单元格下压有不显示的文字“{filled.pop(column)[:_MAX_QUOTE]}”，未读取"
                notes.append(ReadNote("hidden_merged_text", message, sheet.locator(merge.top, merge.left)))
    sheet.cells = {row: filled for row, filled in sheet.cells.items() if filled}
    return notes


def _row_groups(sheet: Sheet) -> Iterator[list[SheetRow]]:
    """Yield runs of rows without an empty row between them, trimmed of blank rows."""
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
    for row in _active_rows(sheet, tall):
        if group and row != group[-1].index + 1:
            yield from _trim_blank(group)
            group = []
        columns = tuple(sorted(sheet.cells.get(row, ())))
        borders = sheet.bordered.get(row, 0)
        is_bordered = borders.bit_count() > 1 or any(
            borders >> c & 1 and (row, c) in wide for c in columns if c < MAX_BORDER_COLUMNS
        )
        is_covered = row <= covered_until
        below = reach.get(row, -1)
        beside = (
            any(row_below in sheet.cells for row_below in range(row + 1, below + 1)) if len(columns) == 1 else False
        )
        group.append(
            SheetRow(row, columns, is_covered, is_bordered, len(columns) == 1 and not is_covered and not beside)
        )
        covered_until = max(covered_until, below)
    yield from _trim_blank(group)


def _active_rows(sheet: Sheet, tall: Sequence[MergedRange]) -> Iterator[int]:
    """Return the rows with text, borders or part of a tall cell, up to the last one with text."""
    last_row = max(sheet.cells)
    rows = set(sheet.cells) | {
        row for row, borders in sheet.bordered.items() if borders.bit_count() > 1 and row < last_row
    }
    covered_until = -1
    for merge in tall:
        rows.update(range(max(merge.top, covered_until + 1), merge.bottom + 1))
        covered_until = max(covered_until, merge.bottom)
    return iter(sorted(rows))


def _trim_blank(group: list[SheetRow]) -> Iterator[list[SheetRow]]:
    filled = [i for i, row in enumerate(group) if not row.is_blank]
    if filled:
        yield group[filled[0] : filled[-1] + 1]


def _split_tables(sheet: Sheet, group: list[SheetRow], words: TableWords) -> Iterator[SheetRow | list[SheetRow]]:
    """Yield tables (runs of rows) and the single rows outside them."""
    span = _table_extent(sheet, group, words)
    if span is None:
        yield from group
        return
    first, last = span
    yield from group[:first]
    start = index = first
    while index <= last:
        stop = index
        while stop <= last and (group[stop].is_blank or group[stop].is_single):
            stop += 1
        if index > start and stop <= last and _separates_tables(sheet, group[index:stop], group[stop], words):
            end = index
            while group[end - 1].is_blank:
                end -= 1
            yield group[start:end]
            yield from group[end:stop]
            start = stop
        index = max(stop, index + 1)
    yield group[start : last + 1]
    yield from group[last + 1 :]


def _table_extent(sheet: Sheet, group: list[SheetRow], words: TableWords) -> tuple[int, int] | None:
    """Return first and last index of the rows that are tables, titles between them included; None = all is text."""
    bordered = [i for i, row in enumerate(group) if row.bordered and len(row.columns) > 1]
    if bordered:
        last = bordered[-1]
        while last + 1 < len(group) and group[last + 1].bordered:
            last += 1
        return bordered[0], last
    multi_cell = [i for i, row in enumerate(group) if not row.is_blank and not row.is_single]
    header = next((i for i in multi_cell if _is_header(sheet, group[i], words)), None)
    if header is not None:
        first = _header_start(group, header)
    elif (
        len(multi_cell) > 1
        and len(multi_cell) >= _MIN_REGULAR_SHARE * len(group)
        and not (sheet.spans_known and len(multi_cell) < 3)
    ):
        first = multi_cell[0]
    else:
        return None
    last = multi_cell[-1] if multi_cell[-1] >= first else len(group) - 1
    left = min(min(row.columns) for row in group[first : last + 1] if row.columns)
    while last + 1 < len(group) and group[last + 1].columns[:1] > (left,):
        last += 1
    return first, last


def _header_start(group: list[SheetRow], first: int) -> int:
    """Return the first row of the header at `first`: preceding rows with tall cells reaching into it belong to it."""
    while first and group[first].is_covered and not group[first - 1].is_single:
        first -= 1
    return first


def _separates_tables(sheet: Sheet, between: Sequence[SheetRow], below: SheetRow, words: TableWords) -> bool:
    """Return whether rows of one filled cell separate two tables.

    They do if the lower table has a header, or a mark of its own such as 附件3; otherwise they are bands of one table.
    """
    single_texts = [strip_whitespace(sheet.cells[row.index][row.columns[0]]) for row in between if row.is_single]
    return bool(single_texts) and (
        _is_header(sheet, below, words) or any(_ANNEX_MARK.fullmatch(text) for text in single_texts)
    )


def _is_header(sheet: Sheet, row: SheetRow, words: TableWords) -> bool:
    texts = [sheet.cells[row.index][column] for column in row.columns]
    has_chinese_texts = sum(_CHINESE.search(text) is not None for text in texts) > 1
    return has_chinese_texts and max(map(len, texts)) <= _MAX_HEADER_TEXT and words.is_header(texts)


def _paragraphs(sheet: Sheet, row: SheetRow) -> list[Block]:
    if row.is_blank:
        return []
    texts = [sheet.cells[row.index][column] for column in row.columns]
    locator = sheet.locator(row.index, row.columns[0])
    lines = (
        texts[0].split("\n") if len(texts) == 1 else [_CELL_GAP.join(" ".join(t.split("\n")).strip() for t in texts)]
    )
    return [Paragraph(line.strip(), locator) for line in lines if line.strip()]


def _sheet_title(sheet: Sheet, blocks: Sequence[Block]) -> Paragraph | None:
    """Return the name of the sheet if it adds to its first lines: 附件2, or a title that the table lacks."""
    name = strip_whitespace(sheet.name)
    if not blocks or not _CHINESE.search(name) or sheet.numeric_locators:
        return None
    if any(re.fullmatch(pattern, name, re.IGNORECASE) for pattern in format_words("sheets")["generic"]):
        return None
    first = blocks[0]
    if isinstance(first, Table):
        return Paragraph(sheet.name.strip(), sheet.locator_prefix)
    if _ANNEX.match(name) and not _ANNEX.match(strip_whitespace(first.text)):
        return Paragraph(sheet.name.strip(), sheet.locator_prefix)
    return None


def _unmerged_cells(sheet: Sheet, area: CellBox) -> Iterator[Cell]:
    """Yield every position of the area as a cell."""
    empty: dict[int, str] = {}
    columns = [(left - area.left, left, column_letters(left)) for left in range(area.left, area.right)]
    for top in range(area.top, area.bottom):
        filled = sheet.cells.get(top, empty)
        row, number = top - area.top, top + 1
        for column, left, letters in columns:
            locator = (
                sheet.locator(top, left) if sheet.numeric_locators else f"{sheet.locator_prefix} {letters}{number}"
            )
            text = filled.get(left, "")
            yield Cell(row, column, text.strip(_WHITESPACE) if text else text, locator)


def _merged_cells(sheet: Sheet, boxes: list[CellBox], grid_lines: GridLines) -> Iterator[Cell]:
    """Yield the boxes as cells on the visible grid lines."""
    for box in boxes:
        row, column, bottom, right = grid_lines.place(box)
        text = sheet.cells.get(box.top, {}).get(box.left, "").strip(_WHITESPACE)
        yield Cell(row, column, text, sheet.locator(box.top, box.left), bottom - row, right - column)


def _merges_in_rows(merges: list[MergedRange], top: int, bottom: int) -> list[MergedRange]:
    """Return the merged ranges that touch the rows: those starting in them, and tall ones from above."""
    first = bisect_left(merges, top, key=_merge_top)
    above = [m for m in merges[max(first - _MAX_LOOK_BACK, 0) : first] if m.bottom >= top]
    return above + merges[first : bisect_right(merges, bottom, key=_merge_top)]


def _merge_top(merge: MergedRange) -> int:
    return merge.top


def _merge_has_text(sheet: Sheet, merge: MergedRange) -> bool:
    return merge.left in sheet.cells.get(merge.top, {})


def _cell_boxes(sheet: Sheet, merges: list[MergedRange], area: CellBox, notes: list[ReadNote]) -> list[CellBox]:
    """Split the area into cells: merged ranges, and single cells elsewhere."""
    taken: dict[tuple[int, int], CellBox | None] = {}
    n_overlaps = 0
    for m in merges:
        box = CellBox(
            max(m.top, area.top), max(m.left, area.left), min(m.bottom + 1, area.bottom), min(m.right + 1, area.right)
        )
        if (
            (box.top, box.left) in taken
            or (box.top, box.right - 1) in taken
            or any(s in taken for s in _positions(box))
        ):
            n_overlaps += 1
            if n_overlaps > _MAX_OVERLAPS:
                raise ReadError(f"{sheet.locator_prefix}的合并区域互相重叠，无法还原表格", WORKBOOK.save)
            notes.append(ReadNote("bad_span", "合并区域互相重叠，后一处未按合并读取", sheet.locator(box.top, box.left)))
            continue
        taken.update(dict.fromkeys(_positions(box)))
        taken[box.top, box.left] = box
    merged = {row for row, _ in taken}
    boxes: list[CellBox] = []
    for row in range(area.top, area.bottom):
        columns = range(area.left, area.right)
        if row not in merged:
            boxes += [CellBox(row, column, row + 1, column + 1) for column in columns]
            continue
        for column in columns:
            if (row, column) not in taken:
                boxes.append(CellBox(row, column, row + 1, column + 1))
            elif (merged_box := taken[row, column]) is not None:
                boxes.append(merged_box)
    return boxes


def _positions(box: CellBox) -> Iterator[tuple[int, int]]:
    return product(range(box.top, box.bottom), range(box.left, box.right))
