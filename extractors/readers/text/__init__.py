"""Plain text and markdown → `Document`.

Many notations of tables are read, in any mixture: one cell per line after a TAB (as written when an office document is
saved as text); one cell per line, told by lines of a TAB only between cells, by serial numbers, by the numbers of items
or by scores (as copied from a web page), or begun or closed by a bar (as converted from one); one row per line with
TABs, bars, commas or blanks between cells, tables drawn with box characters, and pipe tables with a rule.
Everything else is running text, one `Paragraph` per line. None of the notations has merged cells: `spans_known` is
False.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.document import Block, Document, Paragraph, ReadNote, Table
from extractors.limits import Limits
from extractors.normalize import is_page_number
from extractors.readers.text import tables
from extractors.readers.text.barred_tables import find_barred_tables
from extractors.readers.text.box_tables import find_box_tables
from extractors.readers.text.csv_rows import find_csv_tables
from extractors.readers.text.decode import decode_text
from extractors.readers.text.line_tables import LineTable, find_line_tables
from extractors.readers.text.lost_headers import LOST_TABLE, find_lost_headers
from extractors.readers.text.numbered_lines import find_numbered_tables
from extractors.readers.text.parted_cells import LostCells, find_parted_tables
from extractors.readers.text.scored_lines import find_scored_tables
from extractors.readers.text.spaced_rows import find_spaced_tables
from extractors.table_words import NO_WORDS, TableWords

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)$")
_BULLET = re.compile(r"(?<!\s)\s*[-*•]\s+(?=\S)")
_EMPHASIS = re.compile(r"(?<![0-9A-Za-z)])(\*\*|__)(?=[^\s*_])([^*_\n|]{1,120})(?<=[^\s*_])\1")
"""**甲、举旗**: marks of bold text."""
_FEW_ODD = 0.2
"""Rows whose cells are told by their likeness alone: if they are fewer, headings explain them."""
_MAX_NAMED = 5
_LOST_ROWS = "此处像是表格，各格以只含制表符的行或竖线隔开，未能据以分行，未还原为表格；请改用带表格线的原文件"
_FRAME_PIPE = re.compile(r"^\s*(?:[-*•□]\s*)?[|│┃]+\s*")


def _read_paragraph(line: str, number: int) -> Paragraph | None:
    if is_page_number(line):
        return Paragraph(line.strip(), f"第{number}行")
    heading = _HEADING.match(line)
    if heading:
        text = heading.group(2).rstrip().rstrip("#")
    else:
        text = _FRAME_PIPE.sub("", _BULLET.sub("", line, count=1), count=1)
    text = text.strip().removesuffix("|").rstrip()
    if not text:
        return None
    return Paragraph(text, f"第{number}行", len(heading.group(1)) if heading else None)


def read(data: bytes, name: str, limits: Limits, words: TableWords = NO_WORDS) -> Document:
    """Read a text file of any supported encoding.

    Raises:
        ReadError: the encoding is unknown.
    """
    lines = [_EMPHASIS.sub(r"\2", line) for line in decode_text(data).split("\n")]
    cell_tables = _find_cell_tables(lines, words)
    notes: list[ReadNote] = []
    blocks: list[Block] = []
    running: list[str] = [""] * len(lines)
    n_tables = end_of_lost = line_index = 0
    while line_index < len(lines):
        parsed: tuple[Table, int] | None = None
        name = f"表{n_tables + 1}"
        found = cell_tables.get(line_index)
        if isinstance(found, LineTable):
            parsed = tables.build_table(found.rows, name), found.end
            notes += _note_odd_rows(found, name)
        elif found is not None:
            end_of_lost = found.end
            notes += [] if found.is_prose else [ReadNote("cell_lines", _LOST_ROWS, f"第{line_index + 1}行")]
        elif line_index >= end_of_lost:
            parsed = (
                tables.read_pipe_table(lines, line_index, name)
                or tables.read_cell_per_line_table(lines, line_index, name, words)
                or tables.read_tsv_table(lines, line_index, name)
            )
        if parsed:
            table, line_index = parsed
            if table.cells:
                n_tables += 1
                blocks.append(table)
            continue
        if line_index >= end_of_lost:
            running[line_index] = lines[line_index]
        paragraph = _read_paragraph(lines[line_index], line_index + 1)
        if paragraph:
            blocks.append(paragraph)
        line_index += 1
    lost = find_lost_headers(running, words)
    notes += [ReadNote("cell_lines", LOST_TABLE, f"第{place + 1}行") for place in lost]
    return Document("text", tuple(blocks), tuple(notes))


def _find_cell_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable | LostCells]:
    """Return the tables with every cell on lines of its own, by their first line."""
    found: dict[int, LineTable | LostCells] = {**find_box_tables(lines), **find_parted_tables(lines, words)}
    for find_tables in (
        find_barred_tables,
        find_csv_tables,
        find_spaced_tables,
        find_line_tables,
        find_scored_tables,
        find_numbered_tables,
    ):
        others = find_tables(lines, words)
        taken = [range(start, table.end) for start, table in found.items()]
        for start, table in others.items():
            if not any(start < other.stop and other.start < table.end for other in taken):
                found[start] = table
    return found


def _note_odd_rows(table: LineTable, name: str) -> list[ReadNote]:
    """Report the rows that have more or fewer lines than the header has columns."""
    if len(table.odd_rows) <= _FEW_ODD * len(table.rows):
        return []
    named = "、".join(table.odd_rows[:_MAX_NAMED]) + ("等" if len(table.odd_rows) > _MAX_NAMED else "")
    label = "序号" if table.odd_rows[0].isdigit() else ""
    message = f"每格占一行，{label}{named}共{len(table.odd_rows)}行的行数与表头不一致，已按内容相近归栏，请对照原文核对"
    return [ReadNote("cell_lines", message, name)]
