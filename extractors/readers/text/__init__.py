"""Plain text and markdown → `Document`.

Three notations of tables are read, in any mixture: one cell per line after a TAB (as written when an office document is
saved as text), one row per line with TABs between cells, and pipe tables. Everything else is running text, one
`Paragraph` per line. None of the notations has merged cells: `spans_known` is False.
"""

from __future__ import annotations

import re

from extractors.document import Block, Document, Paragraph, Table
from extractors.limits import Limits
from extractors.normalize import is_page_number
from extractors.readers.text import tables
from extractors.readers.text.decode import decode_text
from extractors.table_words import NO_WORDS, TableWords

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)$")
_BULLET = re.compile(r"(?<!\s)\s*[-*•]\s+(?=\S)")
_EMPHASIS = re.compile(r"(?<![0-9A-Za-z)])(\*\*|__)(?=[^\s*_])([^*_\n|]{1,120})(?<=[^\s*_])\1")
"""**甲、举旗**: marks of bold text."""
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
    blocks: list[Block] = []
    n_tables = 0
    line_index = 0
    while line_index < len(lines):
        parsed: tuple[Table, int] | None = None
        name = f"表{n_tables + 1}"
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
        paragraph = _read_paragraph(lines[line_index], line_index + 1)
        if paragraph:
            blocks.append(paragraph)
        line_index += 1
    return Document("text", tuple(blocks))
