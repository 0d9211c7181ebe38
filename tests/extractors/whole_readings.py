"""What is read of whole files written as short texts: archives, pages with files beside them, pdf, xls, and notices.

Each function takes a text and says in its docstring how it is written.
"""

from __future__ import annotations

import re
import struct
from typing import Any, Final

from extractors.attachments import SeveralNoticesError, read, with_attachments
from extractors.body.page_data import set_aside_page_data
from extractors.corrections import Correction
from extractors.document import Block, Document, Paragraph
from extractors.layouts import (
    LAYOUT_HEADERS,
    combine_lines,
    find_code,
    find_column,
    is_row,
    select_layouts,
    settle_layout,
)
from extractors.limits import DEFAULT_LIMITS
from extractors.notice import build_extraction
from extractors.notice.labelled_blocks import read_block
from extractors.notice.prose_fields import find_assessor, take_fields, take_leading_unit, take_units_at_end
from tests.extractors.notice.build import HEAD, path_rows
from tests.extractors.observed_tables import parse_table
from tests.extractors.readers import build_pdf, build_xls
from tests.extractors.readers.test_archive import zip_of

_MEMBER: Final = "=== "
_XLS_NUMBERS: Final = re.compile(r"-?\d+(?:\.\d+)?")
_PDF_VERBS: Final = {"line": 4, "bar": 4}
_IDS: Final = (
    "task_id",
    "notice_id",
    "indicator_id",
    "table_id",
    "parent_id",
    "finding_id",
    "ordinal",
    "indicator_ids",
)


def read_member_files(text: str) -> Any:
    """Read members, each below `=== NAME`: an archive, or a page (the first ends in html) and the files beside it."""
    members = [part.partition("\n") for part in text.split(_MEMBER)[1:]]
    files = {name: content.encode() for name, _, content in members}
    if not members or not members[0][0].endswith(".html"):
        try:
            return read(zip_of(files), "a.zip")
        except SeveralNoticesError as several:
            return [str(several), [part.member.name for part in several.parts]]
    name = members[0][0]
    page = read(files[name], name)
    return with_attachments(page, name, files.get, DEFAULT_LIMITS)


def read_pdf(text: str) -> Document:
    """Read pages, divided by form feeds: `text X TOP SIZE TURN MODE WORDS`, `line`, `bar`, `page`, or operators."""
    pages = []
    for drawn in text.split("\f"):
        page = build_pdf.PdfPageSource()
        for line in filter(None, drawn.split("\n")):
            verb, *rest = line.split(" ", 6)
            if verb == "text" and len(rest) == 6:
                x, top, size = map(float, rest[:3])
                page.text(x, top, rest[5], size, turn=int(rest[3]) % 4, mode=int(rest[4]) % 8)
            elif verb == "page" and len(rest) == 3:
                page.width, page.height, page.rotate = float(rest[0]), float(rest[1]), int(rest[2])
            elif verb in _PDF_VERBS and len(rest) == _PDF_VERBS[verb]:
                getattr(page, verb)(*map(float, rest))
            else:
                page.ops.append(line)
        pages.append(page)
    return read(build_pdf.build_pdf(pages), "a.pdf")


def read_xls(text: str) -> Document:
    """Read a workbook: `words A|B`, `sheet NAME STATE`, `style CODE LINES`, `at ROW COLUMN WORD STYLE`, `value` with a
    number instead of the word, `merge TOP BOTTOM LEFT RIGHT`, `record KIND BYTES` in hexadecimal digits.
    """
    before, cells = [b""], list[bytes]()
    sheets: list[tuple[str, int, list[bytes]]] = []
    for line in filter(None, text.split("\n")):
        verb, *rest = line.split(" ")
        numbers = [float(one) for one in rest if _XLS_NUMBERS.fullmatch(one)]
        whole = [int(one) for one in numbers]
        cells = sheets[-1][2] if sheets else before
        if verb == "words":
            cells.append(build_xls.shared(" ".join(rest).split("|")))
        elif verb == "sheet":
            sheets.append((rest[0], whole[-1], []))
        elif verb == "style":
            cells.append(build_xls.style(*whole[:2]))
        elif verb == "at":
            cells.append(build_xls.label(*whole[:4]))
        elif verb == "value":
            cells.append(build_xls.number(whole[0], whole[1], numbers[2], *whole[3:4]))
        elif verb == "merge":
            cells.append(build_xls.record(0x00E5, struct.pack("<5H", 1, *whole[:4])))
        elif verb == "record":
            cells.append(build_xls.record(int(rest[0], 16), bytes.fromhex("".join(rest[1:]))))
    return read(
        build_xls.xls([(name, state, b"".join(rows)) for name, state, rows in sheets], b"".join(before)), "a.xls"
    )


def read_blocks(text: str) -> list[Block]:
    """Return the paragraphs and tables of a text; a table is the neighbouring lines that begin with `|`."""
    blocks: list[Block] = []
    for is_table, lines in _runs(text.split("\n")):
        if is_table:
            blocks.append(parse_table("\n".join(["#drawn", *(line[1:] for line in lines)])))
        else:
            blocks += [Paragraph(line, f"第{len(blocks) + n}段") for n, line in enumerate(lines, 1) if line.strip()]
    return blocks


def _runs(lines: list[str]) -> list[tuple[bool, list[str]]]:
    runs: list[tuple[bool, list[str]]] = []
    for line in lines:
        is_table = line.startswith("|")
        if not runs or runs[-1][0] != is_table:
            runs.append((is_table, []))
        runs[-1][1].append(line)
    return runs


def read_facts(text: str) -> Any:
    """Read a notice below a usual head; lines `!PLACE|FIELD|EXPECTED|VALUE` are corrections."""
    lines = text.split("\n")
    given = [(*line[1:].split("|"), "", "", "")[:4] for line in lines if line.startswith("!")]
    corrections = [Correction(place, field, was, now, "核对", "甲", "2026-11-01") for place, field, was, now in given]
    blocks: list[Block] = [Paragraph(line, f"文首第{n}段") for n, line in enumerate(HEAD, 1)]
    blocks += read_blocks("\n".join(line for line in lines if not line.startswith("!")))
    found = build_extraction(Document("docx", tuple(blocks)), text.encode(), corrections)
    order = {task.task_id: n for n, task in enumerate(found.tasks, 1)}
    return {
        "tasks": [_told(task) | {"path": [[one.name, one.points] for one in path_rows(found, task.indicator_id)]}
                  for task in found.tasks],
        "parties": [[order[one.task_id], one.role, one.party, one.scope] for one in found.task_parties],
        "indicators": [[one.code, one.name, one.points] for one in found.indicators],
        "findings": [[one.severity, one.rule, one.message] for one in found.findings],
        "tables": [[one.kind, one.title] for one in found.tables],
        "notice": [found.notice.title, found.notice.issuer, found.notice.year],
    }  # fmt: skip


def _told(task: Any) -> dict[str, Any]:
    """Return what a task says but its identifiers and blanks."""
    columns = {name: getattr(task, name) for name in task.__dataclass_fields__ if name not in _IDS}
    return {name: value for name, value in columns.items() if value not in (None, [], (), False, "")}


def read_page_data(text: str) -> Any:
    """Read what is set aside around a letter; lines that begin with `|` are tables; behind a form feed is the page."""
    inside, _, around = text.partition("\f")
    page, rest = set_aside_page_data(Document("html", tuple(read_blocks(inside)), page=tuple(read_blocks(around))))
    left = [block.text if isinstance(block, Paragraph) else block.n_rows for block in rest.blocks]
    return [page, left, [[note.rule, note.message, note.locator] for note in rest.notes]]


def read_layout_lines(text: str) -> Any:
    """Read lines `NAME=VALUE;…` of confirmed layouts, and what they say of the table whose cells are the first line."""
    first, *rest = text.split("\n")
    header = first.split("|")
    usual = dict.fromkeys(LAYOUT_HEADERS, "") | {"reason": "核对", "who": "甲", "when": "2026-11-01"}
    lines = [usual | dict(part.partition("=")[::2] for part in line.split(";")) for line in rest]
    decisions, problems = combine_lines(enumerate(lines, 2))
    layouts = [one.layout for one in decisions]
    selected = select_layouts(layouts, "raw/甲.docx", "甲州市文明办")
    return {
        "decisions": decisions,
        "keys": [one.keys for one in decisions],
        "problems": problems,
        "selected": [layouts.index(one) for one in selected],
        "settled": [settle_layout(selected, header, ordinal) for ordinal in (1, 2)],
        "places": [[find_column(header, one["column"]), is_row(one["row"], header, 1)] for one in lines],
        "codes": [[find_code("columns", one["role"]), find_code("rows", one["row_class"])] for one in lines],
    }


def read_prose_fields(text: str) -> Any:
    """Read the labelled fields and the units of a paragraph."""
    return [take_fields(text), read_block(text), take_leading_unit(text), take_units_at_end(text), find_assessor(text)]
