"""Which squares of a sheet are a table, and which are a title, a letter or a note.

A table is drawn with lines, or begins with a header. Rows outside it are running text: one filled cell is one
paragraph (several when it holds line feeds), several filled cells are one paragraph with the words kept apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.document import Block, Paragraph, ReadError, ReadNote, Table
from extractors.limits import Limits
from extractors.normalize import strip_whitespace
from extractors.readers.format_words import format_words
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import FRAME_COLUMNS, Merge, Sheet, ranges
from extractors.readers.sheet.table import build
from extractors.table_words import TableWords

_GAP = "  "
"""Two blanks: words that stood in cells of their own stay apart."""
_QUOTE = 80
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ANNEX = re.compile(r"附\s*[件表]")
_ANNEX_MARK = re.compile(r"附\s*[件表]\s*[\d一二三四五六七八九十]{1,3}([-—－]\d{1,2})?[:：]?")
_LONGEST_HEAD = 60
_REGULAR = 0.6
"""Least share of rows with several filled cells in a table without lines and without a known header."""


@dataclass(frozen=True, slots=True)
class Row:
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


def lay_out(sheet: Sheet, limits: Limits, words: TableWords) -> tuple[list[Block], list[ReadNote]]:
    """The blocks of one sheet in reading order, and what is to be told of it.

    Raises `ReadError` when a table is larger than the limits.
    """
    notes = _remarks(sheet) + _uncover(sheet, limits)
    blocks: list[Block] = []
    for group in _groups(sheet):
        for piece in _pieces(sheet, group, words):
            if isinstance(piece, Row):
                blocks += _paragraphs(sheet, piece)
            else:
                blocks.append(build(sheet, piece[0].at, piece[-1].at, limits, notes))
    name = _name(sheet, blocks)
    if name is not None:
        blocks.insert(0, name)
    blocks += [Paragraph(text, f"{sheet.where}文本框") for text in sheet.boxes]
    return blocks, notes


def _remarks(sheet: Sheet) -> list[ReadNote]:
    notes = [ReadNote(rule, message, f"{sheet.where} {at}".rstrip()) for rule, message, at in sheet.remarks]
    for first, last in ranges(row for row in sheet.hidden_rows if row in sheet.cells):
        span = f"第{first + 1}行" if first == last else f"第{first + 1}至{last + 1}行"
        notes.append(ReadNote("hidden_rows", f"{span}处于隐藏状态，已照常读取，请核对是否属于发布内容", sheet.where))
    filled = {column for row in sheet.cells.values() for column in row} if sheet.hidden_columns else set()
    for first, last in ranges(column for column in filled if sheet.hidden(column)):
        span = sheet.place(0, first).rpartition(" ")[2].rstrip("1")
        if last > first:
            span += "至" + sheet.place(0, last).rpartition(" ")[2].rstrip("1")
        notes.append(
            ReadNote("hidden_columns", f"{span}列处于隐藏状态，已照常读取，请核对是否属于发布内容", sheet.where)
        )
    return notes


def _uncover(sheet: Sheet, limits: Limits) -> list[ReadNote]:
    """Cut the merges to the filled rows of the sheet, and take out the text that nobody sees under them."""
    last = max(sheet.cells, default=-1)
    cut = {Merge(m.top, m.left, min(m.bottom, last), m.right) for m in sheet.merges if m.top <= last}
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
                message = f"合并单元格下压有不显示的文字“{filled.pop(column)[:_QUOTE]}”，未读取"
                notes.append(ReadNote("hidden_merged_text", message, sheet.place(merge.top, merge.left)))
    sheet.cells = {row: filled for row, filled in sheet.cells.items() if filled}
    return notes


def _groups(sheet: Sheet) -> Iterator[list[Row]]:
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
    group: list[Row] = []
    for at in _active(sheet, tall):
        if group and at != group[-1].at + 1:
            yield from _trimmed(group)
            group = []
        columns = tuple(sorted(sheet.cells.get(at, ())))
        lines = sheet.framed.get(at, 0)
        framed = lines.bit_count() > 1 or any(lines >> c & 1 and (at, c) in wide for c in columns if c < FRAME_COLUMNS)
        covered = at <= covered_until
        below = reach.get(at, -1)
        beside = any(row in sheet.cells for row in range(at + 1, below + 1)) if len(columns) == 1 else False
        group.append(Row(at, columns, covered, framed, len(columns) == 1 and not covered and not beside))
        covered_until = max(covered_until, below)
    yield from _trimmed(group)


def _active(sheet: Sheet, tall: Sequence[Merge]) -> Iterator[int]:
    """The rows that hold text, lines or a part of a tall cell, up to the last one with text."""
    last = max(sheet.cells)
    rows = set(sheet.cells) | {row for row, lines in sheet.framed.items() if lines.bit_count() > 1 and row < last}
    until = -1
    for merge in tall:
        rows.update(range(max(merge.top, until + 1), merge.bottom + 1))
        until = max(until, merge.bottom)
    return iter(sorted(rows))


def _trimmed(group: list[Row]) -> Iterator[list[Row]]:
    filled = [i for i, row in enumerate(group) if not row.blank]
    if filled:
        yield group[filled[0] : filled[-1] + 1]


def _pieces(sheet: Sheet, group: list[Row], words: TableWords) -> Iterator[Row | list[Row]]:
    """The tables (runs of rows) and the single rows outside them."""
    span = _extent(sheet, group, words)
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
        if at > start and stop <= last and _parts(sheet, group[at:stop], group[stop], words):
            end = at
            while group[end - 1].blank:
                end -= 1
            yield group[start:end]
            yield from group[end:stop]
            start = stop
        at = max(stop, at + 1)
    yield group[start : last + 1]
    yield from group[last + 1 :]


def _extent(sheet: Sheet, group: list[Row], words: TableWords) -> tuple[int, int] | None:
    """First and last index of the rows that are tables, titles between them included; None = all is text."""
    lined = [i for i, row in enumerate(group) if row.framed and len(row.columns) > 1]
    if lined:
        last = lined[-1]
        while last + 1 < len(group) and group[last + 1].framed:
            last += 1
        return lined[0], last
    many = [i for i, row in enumerate(group) if not row.blank and not row.alone]
    head = next((i for i in many if _heads(sheet, group[i], words)), None)
    if head is not None:
        first = _upward(group, head)
    elif len(many) > 1 and len(many) >= _REGULAR * len(group) and not (sheet.spans_known and len(many) < 3):
        first = many[0]
    else:
        return None
    last = many[-1] if many[-1] >= first else len(group) - 1
    left = min(min(row.columns) for row in group[first : last + 1] if row.columns)
    while last + 1 < len(group) and group[last + 1].columns[:1] > (left,):
        last += 1
    return first, last


def _upward(group: list[Row], first: int) -> int:
    """The first row of a table whose header seems to begin at `first`: rows with tall cells that reach into it are
    part of the header."""
    while first and group[first].covered and not group[first - 1].alone:
        first -= 1
    return first


def _parts(sheet: Sheet, between: Sequence[Row], below: Row, words: TableWords) -> bool:
    """Whether rows of one filled cell (and blank ones) part two tables: the lower one has a header, or a mark of
    its own such as 附件3. Otherwise they are bands of one table."""
    alone = [strip_whitespace(sheet.cells[row.at][row.columns[0]]) for row in between if row.alone]
    return bool(alone) and (_heads(sheet, below, words) or any(_ANNEX_MARK.fullmatch(text) for text in alone))


def _heads(sheet: Sheet, row: Row, words: TableWords) -> bool:
    texts = [sheet.cells[row.at][column] for column in row.columns]
    worded = sum(_CHINESE.search(text) is not None for text in texts) > 1
    return worded and max(map(len, texts)) <= _LONGEST_HEAD and words.is_header(texts)


def _paragraphs(sheet: Sheet, row: Row) -> list[Block]:
    if row.blank:
        return []
    texts = [sheet.cells[row.at][column] for column in row.columns]
    place = sheet.place(row.at, row.columns[0])
    lines = texts[0].split("\n") if len(texts) == 1 else [_GAP.join(" ".join(t.split("\n")).strip() for t in texts)]
    return [Paragraph(line.strip(), place) for line in lines if line.strip()]


def _name(sheet: Sheet, blocks: Sequence[Block]) -> Paragraph | None:
    """The sheet's name where it says something that its first lines do not: 附件2, or a title the table lacks."""
    name = strip_whitespace(sheet.name)
    if not blocks or not _CHINESE.search(name) or sheet.by_number:
        return None
    if any(re.fullmatch(pattern, name, re.IGNORECASE) for pattern in format_words("sheets")["generic"]):
        return None
    first = blocks[0]
    if isinstance(first, Table):
        return Paragraph(sheet.name.strip(), sheet.where)
    if _ANNEX.match(name) and not _ANNEX.match(strip_whitespace(first.text)):
        return Paragraph(sheet.name.strip(), sheet.where)
    return None
