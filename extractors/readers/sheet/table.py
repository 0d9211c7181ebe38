"""A run of rows of a sheet → `Table`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import product

from extractors.document import Cell, ReadError, ReadNote, Table
from extractors.limits import Limits
from extractors.readers.grid_compaction import Box, Lines
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import Merge, Sheet, letters, reference

_BLANKS = " \n\t\u3000"
_LOOK_BACK = 1_000
"""Merges above a table that may still reach into it."""
_MOST_OVERLAPS = 50
_STRAY_COLUMNS = 30
"""A merge that reaches further than this beyond the last filled column was drawn over the whole sheet."""


def build(sheet: Sheet, top: int, bottom: int, limits: Limits, notes: list[ReadNote]) -> Table:
    """The table in the rows `top`..`bottom` (inclusive), with blank cells, without grid lines nobody sees."""
    filled = [sheet.cells[row] for row in range(top, bottom + 1) if row in sheet.cells]
    left = min(min(row) for row in filled)
    right = max(max(row) for row in filled)
    merges = [m for m in _inside(sheet.merges, top, bottom) if m.right >= left and m.left <= right]
    reach = [m.right for m in merges if m.right - right < _STRAY_COLUMNS and _has_text(sheet, m)]
    right = max([right, *reach])
    n_rows, n_cols = bottom - top + 1, right - left + 1
    if n_cols > limits.max_columns or n_rows * n_cols > limits.max_cells:
        raise ReadError(
            f"{sheet.where}中的表格有 {n_rows} 行 {n_cols} 列，超过上限",
            "请核实文件；确属正常的，请拆分为较小的表格后放入",
        )
    area = Box(top, left, bottom + 1, right + 1)
    until = sheet.header_until
    heads = until + 1 - top if until is not None and top <= until < bottom else None
    if merges:
        boxes = _boxes(sheet, merges, area, notes)
        lines = Lines(boxes)
        cells = tuple(_drawn(sheet, boxes, lines))
        n_rows, n_cols = lines.n_rows, lines.n_cols
        heads = lines.row(top + heads) if heads is not None else None
    else:
        cells = tuple(_plain(sheet, area))
    where = f"{sheet.where} {reference(top, left)}:{reference(bottom, right)}"
    if sheet.by_number:
        where = f"{sheet.where}第{top + 1}行至第{bottom + 1}行"
    return Table(cells, n_rows, n_cols, where, spans_known=sheet.spans_known, header_rows=heads)


def _plain(sheet: Sheet, area: Box) -> Iterator[Cell]:
    """Every square of the area as a cell."""
    blank: dict[int, str] = {}
    columns = [(left - area.left, left, letters(left)) for left in range(area.left, area.right)]
    for top in range(area.top, area.bottom):
        filled = sheet.cells.get(top, blank)
        row, number = top - area.top, top + 1
        for column, left, name in columns:
            place = sheet.place(top, left) if sheet.by_number else f"{sheet.where} {name}{number}"
            text = filled.get(left, "")
            yield Cell(row, column, text.strip(_BLANKS) if text else text, place)


def _drawn(sheet: Sheet, boxes: list[Box], lines: Lines) -> Iterator[Cell]:
    """The boxes as cells, on the lines a person sees."""
    for box in boxes:
        row, column, bottom, right = lines.place(box)
        text = sheet.cells.get(box.top, {}).get(box.left, "").strip(_BLANKS)
        yield Cell(row, column, text, sheet.place(box.top, box.left), bottom - row, right - column)


def _inside(merges: list[Merge], top: int, bottom: int) -> list[Merge]:
    """The merges that touch the rows: those that begin in them, and the tall ones from above."""
    first = bisect_left(merges, top, key=_top)
    above = [m for m in merges[max(first - _LOOK_BACK, 0) : first] if m.bottom >= top]
    return above + merges[first : bisect_right(merges, bottom, key=_top)]


def _top(merge: Merge) -> int:
    return merge.top


def _has_text(sheet: Sheet, merge: Merge) -> bool:
    return merge.left in sheet.cells.get(merge.top, {})


def _boxes(sheet: Sheet, merges: list[Merge], area: Box, notes: list[ReadNote]) -> list[Box]:
    """The area cut into cells: merges where they are drawn, single squares elsewhere."""
    taken: dict[tuple[int, int], Box | None] = {}
    bad = 0
    for m in merges:
        box = Box(
            max(m.top, area.top), max(m.left, area.left), min(m.bottom + 1, area.bottom), min(m.right + 1, area.right)
        )
        if (box.top, box.left) in taken or (box.top, box.right - 1) in taken or any(s in taken for s in _squares(box)):
            bad += 1
            if bad > _MOST_OVERLAPS:
                raise ReadError(f"{sheet.where}的合并区域互相重叠，无法还原表格", WORKBOOK.save)
            notes.append(ReadNote("bad_span", "合并区域互相重叠，后一处未按合并读取", sheet.place(box.top, box.left)))
            continue
        taken.update(dict.fromkeys(_squares(box)))
        taken[box.top, box.left] = box
    merged = {row for row, _ in taken}
    out: list[Box] = []
    for row in range(area.top, area.bottom):
        columns = range(area.left, area.right)
        if row not in merged:
            out += [Box(row, column, row + 1, column + 1) for column in columns]
            continue
        for column in columns:
            if (row, column) not in taken:
                out.append(Box(row, column, row + 1, column + 1))
            elif (box_here := taken[row, column]) is not None:
                out.append(box_here)
    return out


def _squares(box: Box) -> Iterator[tuple[int, int]]:
    return product(range(box.top, box.bottom), range(box.left, box.right))
