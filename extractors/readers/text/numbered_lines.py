"""Tables in plain text with every cell on a line of its own and the serial number in front of what a row asks for.

    考核项目
    考核内容
    分值
    党建领航（9分）
    1.定期学习。
    5
    2.签订责任书。

The number is taken off its cell and read as a column of serial numbers before it; where that column stands among the
first names of the header is tried. Only rows with exactly a line, or a blank one, for each name are read, and only
below a header with one column of scores that holds nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from extractors.readers.text.line_tables import (
    HEADER_LENGTH,
    MAX_ABOVE,
    MAX_LEADING,
    LineTable,
    are_exact,
    find_rows,
    is_name,
)
from extractors.readers.text.scored_lines import is_heading
from extractors.readers.text.tables import RawCell
from extractors.table_words import TableWords

_ITEM: Final = re.compile(r"(\d{1,3})(?:[.．](?!\d)|[、)）])\s*(?=\S)")
_SERIAL_NAME: Final = "序号"
"""Stands for the name of the column that the numbers would have."""
_MIN_ITEMS: Final = 3
_MIN_COLUMNS: Final = 3
_LONGEST_NAME: Final = 8
"""A longer line above the header is a title; another may be a name of it."""
_MAX_TRIES: Final = 10
"""Items 1 with 2 and 3 behind them at which a table is looked for."""
_MAX_LINES: Final = 3_000
"""Lines of a table; a longer one is reported."""


def find_numbered_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable]:
    """Return the tables of a text by their first line."""
    texts = [line.strip(" \t\u3000\xa0\r") for line in lines]
    matches = [_ITEM.match(text) for text in texts]
    if sum(match is not None for match in matches) < _MIN_ITEMS:
        return {}
    found: dict[int, LineTable] = {}
    # Where blank lines separate the cells they are none.
    for places in (list(range(len(texts))), [place for place, text in enumerate(texts) if text]):
        cells = [RawCell(texts[place], place) for place in places]
        items = [(item, int(match[1])) for item, place in enumerate(places) if (match := matches[place])]
        firsts = [item for n, (item, _) in enumerate(items) if [number for _, number in items[n : n + 3]] == [1, 2, 3]]
        end = 0
        for item in firsts[:_MAX_TRIES]:
            if item < end:
                continue
            table = _read_table(cells, max(end, item - MAX_ABOVE), item, words)
            if table is None:
                continue
            start, stop = table.rows[0][0].line, table.end
            end = next((i for i, other in enumerate(places) if other >= stop), len(places))
            is_marked = any("\t" in line or "|" in line for line in lines[start:stop])
            if not is_marked and not any(start < other.end and first < stop for first, other in found.items()):
                found[start] = table
    return found


def _read_table(lines: Sequence[RawCell], least: int, item: int, words: TableWords) -> LineTable | None:
    """Return the table whose first row has the item 1, with its header behind line `least`; None if it is uncertain."""
    for start in range(least, item - _MIN_COLUMNS + 1):
        names = [line.text for line in lines[start:item]]
        if not all(is_name(name, HEADER_LENGTH) for name in names[:_MIN_COLUMNS]) or any(
            map(words.is_serial_header, names)
        ):
            continue
        above = lines[start - 1].text if start else ""
        if (
            is_name(above, _LONGEST_NAME)
            or not words.is_header_word(names[0])
            or not words.is_header(names[:_MIN_COLUMNS])
        ):
            continue
        columns = range(min(MAX_LEADING, len(names)))
        tables = [table for column in columns if (table := _read_with_serials(lines, start, item, column, words))]
        if len(tables) == 1:
            return tables[0]
    return None


def _read_with_serials(
    lines: Sequence[RawCell], start: int, item: int, column: int, words: TableWords
) -> LineTable | None:
    """Return the table whose items stand in a column of the header at line `start`; None if a row does not fit."""
    cells: list[RawCell] = []
    numbers: list[int | None] = []
    for place, line in enumerate(lines[start : start + _MAX_LINES], start):
        match = _ITEM.match(line.text) if place >= item else None
        if match is not None or place == start + column:
            cells.append(RawCell(_SERIAL_NAME if match is None else match[1], line.line))
            numbers.append(None if match is None else int(match[1]))
        cells.append(line)
        numbers.append(None)
    table = next(find_rows([cell.text for cell in cells], numbers, words, max_tries=0), None)
    if table is None or table.odd_rows:
        return None
    header, *body = table.rows
    is_header = [cell.line for cell in header] == list(range(len(header))) and header[column].text == _SERIAL_NAME
    if not is_header or not words.is_header([cell.text for cell in header]) or not _fit(body, len(header), column):
        return None
    # Blank lines may have been left out: the scores tell that no cell stands in the column of another.
    scores = [c for c, cell in enumerate(header) if words.is_score_header(cell.text)]
    complete = [row for row in body if len(row) == len(header)]
    if len(scores) != 1 or not all(words.is_score(row[scores[0]].text) for row in complete):
        return None
    is_cut = start + _MAX_LINES < len(lines) and table.end > len(cells) - MAX_ABOVE
    # Another row behind the last one does not fit.
    if is_cut or int(complete[-1][column].text) + 1 in numbers[table.end : table.end + MAX_ABOVE]:
        return None
    rows = [_join_number(row, column, cells) for row in table.rows]
    return LineTable(rows, cells[table.end - 1].line + 1)


def _fit(rows: Sequence[Sequence[RawCell]], width: int, column: int) -> bool:
    """Return whether rows have a line for each cell, or are headings with a number; no last cell alone holds text."""
    complete = [row for row in rows if len(row) == width]
    if not are_exact(rows, width, column):
        return False
    # Where a blank cell is not seen the heading of the next row takes its place.
    if any(is_heading(cell.text) for row in complete for cell in row[column + 2 :]):
        return False
    *above, last = complete
    return not any(last[c].text and not any(row[c].text for row in above) for c in range(column + 1, width))


def _join_number(row: Sequence[RawCell], column: int, cells: Sequence[RawCell]) -> list[RawCell]:
    """Return a row with its cells as they stand in the text, the number in front of what it asks for."""
    own = [RawCell(cell.text, cells[cell.line].line) for cell in row]
    if len(own) <= column + 1:
        return own
    return [*own[:column], RawCell(cells[row[column + 1].line].text, own[column + 1].line), *own[column + 2 :]]
