"""Tables in plain text with a row on a line and blanks between its cells, as a browser copies some pages.

    序号 考 评 标 准 扣分 备注
    1 路面有积水的 2分

Blanks also stand inside of cells, and a blank cell is not seen. So rows are read only where exact words make up the
whole header, serial numbers count on, and all rows have a text for each name, or lack the same last ones and end with
the blank before them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extractors.readers.text.line_tables import SERIAL, LineTable
from extractors.readers.text.tables import RawCell
from extractors.table_words import TableWords

_TEXT: Final = re.compile(r"\S+")
_MIN_COLUMNS: Final = 3
_MIN_ROWS: Final = 3
_MAX_BLANK: Final = 2
"""备注 and 得分: blank columns at the end."""
_MAX_BEHIND: Final = 10
"""Lines behind the last row in which another one would show that a row has several lines."""
_LONGEST_HEADER: Final = 200


def find_spaced_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable]:
    """Return the tables of a text by their first line."""
    found: dict[int, LineTable] = {}
    end = 0
    for start, line in enumerate(lines):
        header = _read_header(line, start, words) if start >= end else None
        table = _read_table(lines, header, start) if header is not None else None
        if table is not None:
            found[start] = table
            end = table.end
    return found


def _read_header(line: str, place: int, words: TableWords) -> list[RawCell] | None:
    """Return the names on a line of known names alone with blanks between, the serial number first; None otherwise."""
    texts = _TEXT.findall(line[:_LONGEST_HEADER])
    if len(texts) < _MIN_COLUMNS or len(line.strip()) > _LONGEST_HEADER or "|" in line or "\t" in line.strip():
        return None
    ends = {0}
    for text in texts:
        ends.add(max(ends) + len(text))
    compact = "".join(texts)
    spans = words.find_header_words(compact)
    bounds = [0, *(stop for _, stop in spans)]
    is_complete = (
        bounds[-1] == len(compact) and [start for start, _ in spans] == bounds[:-1] and ends.issuperset(bounds)
    )
    names = [compact[start:stop] for start, stop in spans]
    if not is_complete or len(names) < _MIN_COLUMNS or not words.is_serial_header(names[0]):
        return None
    return [RawCell(name, place) for name in names]


def _read_table(lines: Sequence[str], header: list[RawCell], start: int) -> LineTable | None:
    """Return the table below a header; None if rows have different numbers of cells or lines."""
    rows: list[list[RawCell]] = []
    end = start + 1
    for place in range(start + 1, len(lines)):
        texts = _TEXT.findall(lines[place])
        if texts and not _is_serial(texts[0], len(rows) + 1):
            break
        if texts:
            rows.append([RawCell(text, place) for text in texts])
            end = place + 1
    behind = [_TEXT.findall(line) for line in lines[end : end + _MAX_BEHIND]]
    if any(texts and _is_serial(texts[0], len(rows) + 1) for texts in behind) or len(rows) < _MIN_ROWS:
        return None
    n_blank = len(header) - len(rows[0])
    is_even = all(len(a) == len(b) for a, b in pairwise(rows))
    is_open = all(lines[row[0].line].rstrip("\r") != lines[row[0].line].rstrip() for row in rows)
    if not is_even or not 0 <= n_blank <= (_MAX_BLANK if is_open else 0):
        return None
    return LineTable([header, *([*row, *[RawCell("", row[0].line)] * n_blank] for row in rows)], end)


def _is_serial(text: str, number: int) -> bool:
    match = SERIAL.fullmatch(text)
    return match is not None and int(match[1]) == number
