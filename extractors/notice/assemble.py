"""One document → one `Extraction`: the order in which the rooms are asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from extractors.body.clauses import Clause, read_clauses
from extractors.body.footnotes import Footnote, read_footnotes
from extractors.body.members import Member, read_member_table, read_members
from extractors.body.outline import Outline, outline, table_titles
from extractors.body.stages import Stage, read_stages
from extractors.corrections import Correction
from extractors.document import Document
from extractors.notice.accounting import account
from extractors.notice.checks import check_notice
from extractors.notice.contacts import without_contacts
from extractors.notice.corrections import Rows, correct, dismiss
from extractors.notice.doubts import check_doubts
from extractors.notice.findings import Findings
from extractors.notice.indicators import Indicators
from extractors.notice.lexicon import build_lexicon
from extractors.notice.prose import party_cells, prose_tasks, read_duties
from extractors.notice.repairs import mend
from extractors.notice.tasks import RowReader
from extractors.phrases.editions import subject
from extractors.phrases.identity import Identity, identify
from extractors.records import (
    CellRow,
    ClauseRow,
    Extraction,
    FootnoteRow,
    MemberRow,
    NoticeRow,
    StageRow,
    TableRow,
)
from extractors.tables.clean import CleanTable, clean_tables
from extractors.tables.grid import Grid


def notice_id_of(data: bytes) -> str:
    """The id of the notice that these bytes hold."""
    return f"n{hashlib.sha256(data).hexdigest()[:16]}"


def _notice_row(notice_id: str, who: Identity) -> NoticeRow:
    return NoticeRow(
        notice_id, who.title, who.doc_number, who.issuer, who.province, who.city, who.county, who.division_code,
        who.issued_on, who.period_start, who.period_end, who.year, who.campaign, who.award_level, who.award,
        subject(who.title),
    )  # fmt: skip


def _table_row(table: CleanTable, notice_id: str, table_id: str) -> TableRow:
    return TableRow(
        table_id, notice_id, table.ordinal, table.title, table.kind, table.grid.n_rows, table.grid.n_cols,
        list(table.columns), list(table.roles.names), table.first_page, table.last_page,
    )  # fmt: skip


def _cell_rows(grid: Grid, table_id: str, offset: int) -> list[CellRow]:
    """The cells of a part of a table; `offset` moves header rows above row 0."""
    return [CellRow(table_id, s.row + offset, s.col, s.rows, s.cols, s.text, s.locator) for s in grid.spots()]


def table_cells(table: CleanTable, table_id: str) -> list[CellRow]:
    """The table as it stands: body rows from 0, the header above them at -1, -2, …, titles above the header."""
    head, above = table.head.n_rows, table.above.n_rows
    return [
        *_cell_rows(table.above, table_id, -head - above),
        *_cell_rows(table.head, table_id, -head),
        *_cell_rows(table.grid, table_id, 0),
    ]


def _members(source: Outline, tables: Sequence[CleanTable]) -> list[Member]:
    members = read_members(source)
    for table in tables:
        if table.kind == "roster":
            rows = [[s.raw.replace("\n", "  ") for s in row] for row in table.grid.at]
            members.extend(read_member_table(list(table.columns), rows, table.title, table.locator))
    return members


def _stage_rows(notice_id: str, stages: Sequence[Stage]) -> list[StageRow]:
    return [
        StageRow(notice_id, i, s.name, s.starts_on, s.ends_on, s.raw, s.text or None, s.locator)
        for i, s in enumerate(stages, 1)
    ]


def _member_rows(notice_id: str, members: Sequence[Member]) -> list[MemberRow]:
    return [MemberRow(notice_id, i, m.group, m.role, m.person, m.locator) for i, m in enumerate(members, 1)]


def _clause_rows(notice_id: str, clauses: Sequence[Clause]) -> list[ClauseRow]:
    return [
        ClauseRow(
            f"{notice_id}-c{i:03d}", notice_id, i, c.section or None, c.label or None, c.text, c.points, c.locator
        )
        for i, c in enumerate(clauses, 1)
    ]


def _footnote_rows(notice_id: str, notes: Sequence[Footnote]) -> list[FootnoteRow]:
    return [FootnoteRow(notice_id, i, f.mark, f.text, f.orgs, f.locator) for i, f in enumerate(notes, 1)]


def assemble(document: Document, data: bytes, corrections: Sequence[Correction] = ()) -> Extraction:
    """Everything a document says, as the rows of one notice. Contacts are blacked out before anything is read."""
    notice_id = notice_id_of(data)
    document = without_contacts(document)
    source = outline(document)
    tables = clean_tables(document, table_titles(source))
    who = identify(document, source)
    clauses = read_clauses(source)
    members = _members(source, tables)
    duties = read_duties(source)
    lexicon = build_lexicon(tables, source.text(), [m.person for m in members], party_cells(duties))
    findings = Findings(notice_id)
    findings.reader_notes(document.notes)
    indicators = Indicators(notice_id, lexicon)
    ids = {t.ordinal: f"{notice_id}-t{t.ordinal:02d}" for t in tables}
    cells = [c for t in tables for c in table_cells(t, ids[t.ordinal])]
    read = []
    for table in tables:
        mended = mend(table, clauses, findings, ids[table.ordinal])
        read.append(RowReader(table, ids[table.ordinal], notice_id, lexicon, mended.fields).read(indicators))
    prose = prose_tasks(duties, notice_id, lexicon, indicators)
    results = [(ids[t.ordinal], t, done) for t, done in zip(tables, read, strict=True)]
    total, accounted = account(results, indicators.rows, members, findings)
    rows = Rows(_notice_row(notice_id, who), indicators.rows, (*read, prose), lexicon)
    correct(rows, corrections, findings)
    check_notice(results, indicators.rows, findings)
    check_doubts(results, indicators.rows, source.lines, clauses, findings, notice=rows.notice)
    dismiss(corrections, findings)
    return Extraction(
        format=document.format,
        notice=rows.notice,
        tables=[_table_row(t, notice_id, ids[t.ordinal]) for t in tables],
        cells=cells,
        indicators=indicators.rows,
        tasks=[task for done in (*read, prose) for task in done.tasks],
        task_parties=[p for done in (*read, prose) for task in done.tasks for p in done.parties[task.task_id]],
        stages=_stage_rows(notice_id, read_stages(source, who.year)),
        members=_member_rows(notice_id, members),
        clauses=_clause_rows(notice_id, clauses),
        footnotes=_footnote_rows(notice_id, read_footnotes(source)),
        findings=findings.rows,
        chars_total=total,
        chars_accounted=accounted,
    )
