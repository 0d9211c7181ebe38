"""Plain text and markdown → `Document`.

Three ways of writing a table are understood, in any mixture: one cell per line behind a TAB (what office
programs leave when a document is dumped), one row per line with TABs between cells, and pipe tables. Everything
else is running text, one `Paragraph` per line. None of the three draws merged cells: `spans_known` is False.
"""

from __future__ import annotations

import re

from extractors.document import Block, Document, Paragraph, Table
from extractors.limits import Limits
from extractors.normalize import is_page_number
from extractors.readers.text import cell_per_line, markdown, tsv
from extractors.readers.text.decode import decode
from extractors.table_words import NO_WORDS, TableWords

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)$")
_BULLET = re.compile(r"(?<!\s)\s*[-*•]\s+(?=\S)")
_FRAME_PIPE = re.compile(r"^\s*(?:[-*•□]\s*)?[|│┃]+\s*")


def _paragraph(line: str, number: int) -> Paragraph | None:
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
    lines = decode(data).split("\n")
    blocks: list[Block] = []
    tables = 0
    at = 0
    while at < len(lines):
        found: tuple[Table, int] | None = None
        name = f"表{tables + 1}"
        found = (
            markdown.table_at(lines, at, name)
            or cell_per_line.table_at(lines, at, name, words)
            or tsv.table_at(lines, at, name)
        )
        if found:
            table, at = found
            if table.cells:
                tables += 1
                blocks.append(table)
            continue
        paragraph = _paragraph(lines[at], at + 1)
        if paragraph:
            blocks.append(paragraph)
        at += 1
    return Document("text", tuple(blocks))
