"""What each part of the reading makes of a short text, for the tables of `tests/readings`.

A table is a file of lines, each a JSON list of what is given and what is read of it. What is given is always text: a
phrase, a letter, a page of HTML, the XML of a part, or the words and lines of a drawn page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from extractors import extract
from extractors import normalize as texts
from extractors.attachments import read
from extractors.body.line_joining import read_label, strip_bullet
from extractors.body.outline import read_outline, table_titles
from extractors.body.provisions import listed_orgs, read_clauses, read_footnotes, read_stages, stated_period
from extractors.body.redaction import redact, redact_numbers, redact_path
from extractors.body.rosters import is_name, name_before, read_member_table, read_members, split_names
from extractors.document import Document, ReadError, Table
from extractors.layout import Page, Ruling, Word, lay_out, page_content
from extractors.layout.model import PageFrame
from extractors.layout.text_lines import measure_ems
from extractors.limits import DEFAULT_LIMITS
from extractors.notice.metadata import read_metadata
from extractors.parsers import (
    admin_divisions,
    column_headers,
    dates,
    evidence,
    item_labels,
    methods,
    points,
    responsible_units,
    row_patterns,
    unit_lexicon,
    unit_roles,
)
from extractors.parsers.deadlines import find_deadlines, read_deadlines, read_heading_deadline
from extractors.parsers.deadlines.model import Deadline, Period, Stage
from extractors.parsers.persons import collect_names, split_persons
from extractors.parsers.scoring import read_scoring
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.parsers.thresholds import read_thresholds
from extractors.readers.sheet.number_format import format_value
from extractors.tables.clean_table import clean_tables
from extractors.tables.grid import Grid
from extractors.topics.phrases import phrase_scores
from tests.extractors.body.letters import letter
from tests.extractors.golden import text_of
from tests.extractors.grammar_readings import (
    read_amounts,
    read_general_sentences,
    read_line_tables,
    read_rubric_items,
    read_unit_cells,
)
from tests.extractors.observed_tables import observe
from tests.extractors.readers import build, build_ofd, build_sheets
from tests.extractors.whole_readings import (
    read_facts,
    read_layout_lines,
    read_member_files,
    read_page_data,
    read_pdf,
    read_prose_fields,
    read_xls,
)

READINGS = Path(__file__).parents[1] / "readings"
UPDATE = ".venv/bin/pytest --update-golden tests/extractors/test_readings.py"
YEAR = Period(date(2023, 1, 1), date(2023, 12, 31), 2023)
SPRING = Period(date(2022, 11, 20), date(2023, 4, 10))
OPEN = Period()
STAGES = (
    Stage("宣传发动阶段", date(2023, 3, 1), date(2023, 3, 31)),
    Stage("总结验收阶段", date(2023, 11, 1), None),
)
ODS = {
    "office": "office", "table": "table", "text": "text", "style": "style", "fo": "xsl-fo-compatible"
}  # fmt: skip
UNITS = ("宣传科", "机关纪委", "教育局", "民政局", "公安局交警大队", "各镇（街道）", "党建办", "财务科")
BODY = "“综合”指综合科。由宣传科牵头，机关纪委、教育局、民政局配合。"


def table_of(subject: str, folder: Path = READINGS) -> list[tuple[str, Any]]:
    """The lines of a table: what is given, and what was read of it."""
    kept = (folder / f"{subject}.jsonl").read_text("utf-8")
    return [(given, found) for given, found in map(json.loads, kept.splitlines())]


def text_of_table(lines: list[tuple[str, Any]]) -> str:
    """A table as it is kept."""
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def reading(subject: str, given: str, subjects: Mapping[str, Callable[[str], Any]] | None = None) -> Any:
    """What a subject reads of a text now, as JSON gives it back; a refusal is what it says."""
    try:
        found = (subjects or SUBJECTS)[subject](given)
    except ReadError as refusal:
        found = {"refused": str(refusal)}
    return json.loads(json.dumps(to_plain(found), ensure_ascii=False))


def to_plain(value: Any) -> Any:
    """A value in the words of JSON; the columns of a row that say nothing are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        columns = {column.name: getattr(value, column.name) for column in fields(value)}
        return {
            name: to_plain(one) for name, one in columns.items() if one is not None and one is not False and one != ()
        }
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(one) for key, one in value.items()}
    if hasattr(value, "_asdict"):
        return to_plain(value._asdict())
    if isinstance(value, set | frozenset):
        return sorted(map(to_plain, value))
    if isinstance(value, list | tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, date | Decimal):
        return str(value)
    return value


def _dates(text: str) -> Any:
    return [dates.read_spans(text, 2023), dates.read_date(text)]


def _deadlines(text: str) -> Any:
    found: list[Deadline] = read_deadlines(text, YEAR, STAGES)
    late: list[Deadline] = read_deadlines(text, SPRING)
    unknown: list[Deadline] = read_deadlines(text, OPEN)
    return {
        "2023": found,
        **({"spring": late} if late != found else {}),
        **({"open": unknown} if unknown != found else {}),
    }


def _hidden(text: str) -> Any:
    return [find_deadlines(text, YEAR), find_deadlines(text, OPEN), read_heading_deadline(text, YEAR)]


def _divisions(text: str) -> Any:
    settled = admin_divisions.disambiguate(admin_divisions.find_leading_place(text), text, 2023)
    return {
        "mentions": admin_divisions.find_mentions(text),
        "leading": [d.code for d in admin_divisions.find_leading_place(text)],
        "settled": _code(settled),
        "place": admin_divisions.place_of(settled) if settled else None,
        "context": _code(admin_divisions.infer_from_context(text)),
        "county of the context": _code(admin_divisions.infer_from_context(text, "county")),
        "inside": [d.code for d in admin_divisions.find_places_inside(text)],
    }


def _code(found: admin_divisions.Division | None) -> str | None:
    return found.code if found else None


def _evidence(text: str) -> Any:
    return [evidence.read_evidence(text), evidence.find_evidence(text), evidence.is_complete_statement(text)]


def _thresholds(text: str) -> Any:
    found = read_thresholds(text)
    required = read_thresholds(text, evidence=False)
    return [found, required] if required != found else [found]


def _headers(text: str) -> Any:
    return [
        column_headers.header_word(text),
        column_headers.normalize_header(text),
        column_headers.is_header(text.split()),
    ]


def _labels(text: str) -> Any:
    return [
        item_labels.split_label(text),
        item_labels.read_heading(text),
        item_labels.mark_number(text),
        item_labels.has_code(text),
        read_label(text),
        strip_bullet(text),
    ]


def _parties(text: str) -> Any:
    lexicon = unit_lexicon.collect_parties([*UNITS, text], BODY)
    names = {name: count for name, count in sorted(lexicon.names.items()) if (name, count) not in _known_units()}
    return [
        responsible_units.split_parties(text, lexicon),
        responsible_units.split_parties(text, lexicon, "support"),
        names,
        responsible_units.looks_like_party(text),
        responsible_units.is_collective(text),
        unit_roles.matrix_role(text),
    ]


def _known_units() -> set[tuple[str, int]]:
    return {(unit, 1) for unit in UNITS}


def _persons(text: str) -> Any:
    names = collect_names([text, *text.split()], ["欧阳小明", "李 明"])
    normalized = text.replace("\n", " ")
    split = [split_persons(text, names), split_names(normalized), split_names(normalized, is_name_column=True)]
    return [split, name_before(normalized), is_name(text), is_name(text, require_surname=True)]


def _words(text: str) -> Any:
    return [
        methods.split_methods(text),
        methods.method_share(text),
        points.cell_points(text),
        points.inline_points(text),
        [row_patterns.is_total(text), row_patterns.is_note(text), row_patterns.is_bonus(text)],
        texts.is_page_number(text),
        texts.clean(text),
        texts.collapse_whitespace(text),
        texts.fold_repeat(text),
        texts.is_placeholder(text),
    ]


def _privacy(text: str) -> Any:
    return [redact(text), redact(text, sums=True), redact_numbers(text), redact_path(text), listed_orgs(text)]


def _letter(text: str) -> Any:
    document = letter(text)
    source = read_outline(document)
    return {
        "who": read_metadata(document, source),
        "clauses": [[c.label, c.number, c.text[:40]] for c in read_clauses(source)],
        "members": read_members(source),
        "stages": read_stages(source, 2023),
        "period": stated_period(source, 2023),
        "footnotes": read_footnotes(source),
        "tree": [[item.label, item.full_heading[:40]] for item in source.walk()],
        "tables": table_titles(source),
    }


def _body(text: str) -> Any:
    """All but what `_letter` tells; lines that begin with `|` are the rows of a roster too."""
    source = read_outline(letter(text))
    rows = [line[1:].split("|") for line in text.split("\n") if line.startswith("|")]
    title = source.tables[0].title if source.tables else None
    return {
        "letterhead": source.letterhead,
        "items": source.items,
        "tables": [[one.title, [note.raw for note in one.notes], one.annex] for one in source.tables],
        "lines": [one.raw for one in source.lines],
        "body": [[one.text, annex] for one, annex in source.body],
        "members": read_members(source),
        "roster": read_member_table(rows[0], rows[1:], title) if rows else [],
        "stages": read_stages(source, 2023),
        "footnotes": read_footnotes(source),
    }


def _tables(text: str) -> Any:
    found = clean_tables(read(text.encode(), "a.md"), [None] * text.count("\n\n"))
    return [[t.kind, t.title, t.columns, t.roles.names, t.kinds, t.dropped, _squares(t.grid)] for t in found]


def _squares(grid: Grid) -> Any:
    return [[[s.text, s.row, s.rows, s.col, s.cols] for s in grid.cells_of_row(r)] for r in range(grid.n_rows)]


def _notice(text: str) -> list[str]:
    return text_of(extract(text.encode(), "a.md")).splitlines()


def _document(document: Document) -> Any:
    blocks: list[Any] = []
    for block in document.blocks:
        if isinstance(block, Table):
            cells = [[c.row, c.col, c.row_span, c.col_span, c.text] for c in block.cells]
            blocks.append([block.n_rows, block.n_cols, block.spans_known, block.header_rows, block.locator, cells])
        else:
            blocks.append([block.text, block.level, block.note])
    return [document.format, blocks, [[n.rule, n.message, n.locator] for n in document.notes], document.links]


def _read_as(ending: str) -> Callable[[str], Any]:
    return lambda text: _document(read(text.encode(), f"a.{ending}"))


def _docx(text: str) -> Any:
    body, styles, numbering, footnotes = (*text.split("\f"), "", "", "")[:4]
    return _document(build.document(body, styles=styles, numbering=numbering, footnotes=footnotes))


def _xlsx(text: str) -> Any:
    rows, styles, before, after = (*text.split("\f"), "", "", "")[:4]
    return _document(read(build_sheets.package(rows, parts={"styles": styles}, before=before, after=after), "a.xlsx"))


def _ods(text: str) -> Any:
    tables, styles = (*text.split("\f"), "")[:2]
    names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in ODS.items())
    inner = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>{tables}</office:body>"
    content = f"<office:document-content {names}>{inner}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return _document(read(build.pack({"mimetype": kind, "content.xml": content}), "a.ods"))


def _topics(text: str) -> Any:
    return phrase_scores([text, "", text[::-1]])


def _ofd(text: str) -> Any:
    return _document(read(build_ofd.pack(build_ofd.parts([build_ofd.OfdPageSource(ops=[text])])), "a.ofd"))


def _numbers(text: str) -> str:
    value, _, code = text.partition(" ")
    return format_value(float(value), code) + "|" + format_value(float(value), code, date_1904=True)


def _as_document(read_text: Callable[[str], Any]) -> Callable[[str], Any]:
    def read_it(text: str) -> Any:
        found = read_text(text)
        return _document(found[0] if isinstance(found, tuple) else found) if not isinstance(found, list) else found

    return read_it


def _pages(text: str) -> Any:
    pages = []
    for number, drawn in enumerate(text.split("\f"), start=1):
        words: list[Word] = []
        rules: list[Ruling] = []
        for line in filter(None, drawn.splitlines()):
            kind, *rest = line.split(" ", 4)
            if kind == "line":
                x0, top, x1, bottom = map(float, rest)
                rules.append(Ruling(x0, top, x1, bottom))
            else:
                x, top, size = map(float, rest[:3])
                words.append(Word(rest[3], x, top, x + measure_ems(rest[3]) * size, top + size))
        pages.append(Page(number, 595.0, 842.0, tuple(words), tuple(rules)))
    found = lay_out(pages, DEFAULT_LIMITS, VOCABULARY_WORDS)
    return [*_document(Document("pdf", found.blocks))[:2], found.confidence]


def _drawing(text: str) -> Any:
    """What a reader collects from a page of characters (`char`), paths, pictures and recognised words, a line each."""
    sheet = PageFrame(0.0, 0.0, 600.0, 800.0)
    glyphs, drawing = page_content.GlyphRuns(), page_content.Drawing()
    recognised: list[Word] = []
    for line in filter(None, text.splitlines()):
        kind, *rest = line.split(" ")
        if kind == "char":
            box = (float(rest[2]), float(rest[3]), float(rest[4]), float(rest[5]))
            marks = {"is_visible": "hidden" not in rest, "is_unmapped": "unmapped" in rest}
            last = glyphs.runs[-1] if glyphs.runs else None
            if last and last.quarter_turns == int(rest[0]) and page_content.continues_run(last, rest[1], box):
                page_content.append_to_run(last, rest[1], box)
            else:
                glyphs.runs.append(page_content.start_run(int(rest[0]), rest[1], box, **marks))
        elif kind == "picture":
            drawing.add_picture(*map(float, rest))
        elif kind == "word":
            x, top, size, confidence = map(float, rest[1:])
            recognised.append(Word(rest[0], x, top, x + size * len(rest[0]), top + size, confidence))
        else:
            paths = [list(map(float, part.split(","))) for part in rest]
            lines = [page_content.Subpath([list(zip(p[::2], p[1::2], strict=True))], kind == "curve") for p in paths]
            drawing.add_path(lines, is_stroked=kind == "stroke")
    frame = replace(sheet, quarter_turns=glyphs.main_direction())
    words = page_content.runs_to_words(glyphs, frame)
    share = drawing.picture_share(frame)
    quality = page_content.PageQuality(1, *glyphs.count_characters(), share)
    found = Page(1, 600.0, 800.0, tuple(recognised))
    pictures = page_content.find_pictures(drawing, frame, words)
    return {
        "words": [[w.text, *(round(one, 2) for one in (w.x0, w.top, w.x1, w.bottom)), w.rotation] for w in words],
        "rulings": drawing.rulings(frame),
        "pictures": pictures,
        "quality": [quality, quality.needs_ocr, quality.is_blank, page_content.needs_ocr([quality, quality])],
        "merged": [
            _recognised_words(page_content.merge_recognised(Page(1, 600.0, 800.0, words), one.box, found), len(words))
            for one in pictures
        ],
        "plausible": page_content.has_plausible_text(found),
    }


def _recognised_words(page: Page, start: int) -> list[dict[str, Any]]:
    """The words of a page from one on; doubtful characters only where there are some."""
    return [
        {name: value for name, value in asdict(word).items() if value or name != "doubtful"}
        for word in page.words[start:]
    ]


SUBJECTS: dict[str, Callable[[str], Any]] = {
    "amounts": read_amounts,
    "bodies": _body,
    "dates": _dates,
    "deadlines": _deadlines,
    "deadlines_in_text": _hidden,
    "divisions": _divisions,
    "docx": _docx,
    "drawings": _drawing,
    "evidence": _evidence,
    "facts": read_facts,
    "headers": _headers,
    "html": _read_as("html"),
    "labels": _labels,
    "layout_lines": read_layout_lines,
    "letters": _letter,
    "line_tables": read_line_tables,
    "markdown": _read_as("md"),
    "members": _as_document(read_member_files),
    "notices": _notice,
    "numbers": _numbers,
    "ods": _ods,
    "observed": observe,
    "ofd": _ofd,
    "page_data": read_page_data,
    "pages": _pages,
    "parties": _parties,
    "pdf": _as_document(read_pdf),
    "persons": _persons,
    "privacy": _privacy,
    "prose_fields": read_prose_fields,
    "rubrics": read_rubric_items,
    "rules": read_general_sentences,
    "scoring": read_scoring,
    "tables": _tables,
    "text": _read_as("txt"),
    "thresholds": _thresholds,
    "topics": _topics,
    "unit_cells": read_unit_cells,
    "words": _words,
    "xls": _as_document(read_xls),
    "xlsx": _xlsx,
}
"""What is read, by the name of its table."""
