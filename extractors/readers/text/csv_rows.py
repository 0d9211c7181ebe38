"""Tables in plain text written as records with commas, cells of several lines in quotation marks.

    "测评
    项目",测评内容,测评方法
    环境,"1.整洁;
    2.有序。",实地考察

Prose has commas too: only records below a known header are read, each with as many cells as it has names.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Final

from extractors.readers.text.line_tables import LineTable
from extractors.readers.text.tables import LIST_MARK, RawCell
from extractors.table_words import TableWords

_MIN_COLUMNS: Final = 3
_MIN_ROWS: Final = 2
_MAX_LINES: Final = 40
"""Lines of a record."""


def find_csv_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable]:
    """Return the tables of a text by their first line."""
    found: dict[int, LineTable] = {}
    end = 0
    for start in range(len(lines)):
        table = _read_table(lines, start, words) if start >= end else None
        if table is not None:
            found[start] = table
            end = table.end
    return found


def _read_table(lines: Sequence[str], start: int, words: TableWords) -> LineTable | None:
    """Return the table whose header, or a title in a record of its own, begins at a line; None if records differ."""
    rows: list[list[RawCell]] = []
    end = start
    while (record := _read_record(lines, end)) is not None and len(record[0]) >= _MIN_COLUMNS:
        cells, stop = record
        if rows and len(cells) != len(rows[0]):
            return None
        rows.append(cells)
        is_title = not any(cell.text for cell in rows[0][1:])
        header = [cell.text for cell in rows[min(is_title, len(rows) - 1)]]
        is_header = words.is_header(header) and not any(map(LIST_MARK.search, header))
        if len(rows) > is_title and not is_header:
            return None
        end = stop
    # A record that is cut off, or not closed, may be another row.
    behind = lines[end] if end < len(lines) else ""
    is_cut = ',"' in f",{behind}" or (record is not None and len(record[0]) > 1)
    return LineTable(rows, end) if len(rows) >= 1 + _MIN_ROWS and not is_cut else None


def _read_record(lines: Sequence[str], start: int) -> tuple[list[RawCell], int] | None:
    """Return the cells of the record that begins at a line, and the line after it; None if none does."""
    line = lines[start] if start < len(lines) else ""
    if "," not in line and not line.startswith('"'):
        return None
    reader = csv.reader((f"{text.rstrip()}\n" for text in lines[start : start + _MAX_LINES]), strict=True)
    try:
        record = next(reader)
    except csv.Error:
        return None
    return [RawCell(text.strip(), start) for text in record], start + reader.line_num
