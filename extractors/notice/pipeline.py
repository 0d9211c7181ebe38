"""Build the `Extraction` of one notice from its document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from extractors.body.outline import Outline, read_outline, table_titles
from extractors.body.provisions import Clause, Footnote, Stage, read_clauses, read_footnotes, read_stages
from extractors.body.redaction import redact_document
from extractors.body.rosters import Member, read_member_table, read_members
from extractors.corrections import Correction
from extractors.document import Document
from extractors.normalize import squeeze
from extractors.notice.alignment import NumberedClauses, collect_numbered_clauses
from extractors.notice.apply_corrections import CorrectableRows, apply_corrections, apply_dismissals
from extractors.notice.checks import check_consistency, check_points
from extractors.notice.derived_facts import assign_topics, derive_facts
from extractors.notice.findings import Findings, Guard
from extractors.notice.indicators import IndicatorBuilder
from extractors.notice.lexicon import Lexicon, build_lexicon
from extractors.notice.metadata import NoticeMetadata, read_metadata
from extractors.notice.prose_tasks import BodyRequirement, build_prose_tasks, party_texts, read_requirements
from extractors.notice.repairs import repair_table
from extractors.notice.tasks import TableTasks, TaskBuilder
from extractors.notice.text_coverage import measure_coverage
from extractors.parsers.responsible_units import PartyLexicon
from extractors.parsers.title_key import subject
from extractors.records import CellRow, ClauseRow, Extraction, FootnoteRow, MemberRow, NoticeRow, StageRow, TableRow
from extractors.tables.clean_table import CleanTable, TableKind, clean_tables
from extractors.tables.grid import Grid


def notice_id_of(data: bytes) -> str:
    """The id of the notice that these bytes hold."""
    return f"n{hashlib.sha256(data).hexdigest()[:16]}"


def _notice_row(notice_id: str, who: NoticeMetadata) -> NoticeRow:
    return NoticeRow(
        notice_id, who.title, who.doc_number, who.issuer, who.province, who.city, who.county, who.division_code,
        who.issued_on, who.period_start, who.period_end, who.year, who.campaign, who.award_level, who.award,
        subject(who.title),
    )  # fmt: skip


def _table_row(table: CleanTable, notice_id: str, table_id: str) -> TableRow:
    return TableRow(
        table_id, notice_id, table.ordinal, table.title, table.kind.value, table.grid.n_rows, table.grid.n_cols,
        list(table.columns), [role.value for role in table.roles.names], table.first_page, table.last_page,
    )  # fmt: skip


def _cell_rows(grid: Grid, table_id: str, offset: int) -> list[CellRow]:
    """The cells of a part of a table; `offset` moves header rows above row 0."""
    return [CellRow(table_id, s.row + offset, s.col, s.rows, s.cols, s.text, s.locator) for s in grid.unique_cells()]


def _table_cells(table: CleanTable, table_id: str) -> list[CellRow]:
    """The table as it stands: body rows from 0, the header above them at -1, -2, …, titles above the header."""
    head, above = table.head.n_rows, table.above.n_rows
    return [
        *_cell_rows(table.above, table_id, -head - above),
        *_cell_rows(table.head, table_id, -head),
        *_cell_rows(table.grid, table_id, 0),
    ]


def _read_members(source: Outline, tables: Sequence[CleanTable]) -> list[Member]:
    members = read_members(source)
    for table in tables:
        if table.kind is TableKind.ROSTER:
            rows = [[s.raw.replace("\n", "  ") for s in row] for row in table.grid.cells]
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


# One document → one `Extraction`: the order in which the rooms are asked.


@dataclass(frozen=True, slots=True)
class _ParsedDocument:
    """A document taken apart: its outline, tables, numbered clauses, named people and duties in running text."""

    source: Outline
    tables: Sequence[CleanTable]
    clauses: Sequence[Clause]
    numbered_clauses: NumberedClauses
    members: Sequence[Member]
    duties: Sequence[BodyRequirement]
    lexicon: Lexicon


def _parse_document(document: Document, guard: Guard) -> _ParsedDocument:
    source = read_outline(document)
    tables = clean_tables(document, table_titles(source))
    members: list[Member] = guard("领导小组名单", partial(_read_members, source, tables), [])
    duties: list[BodyRequirement] = guard("正文任务", partial(read_requirements, source), [])
    said, roster = source.text(), [m.person for m in members]
    lexicon = guard(
        "单位和人员名称",
        partial(build_lexicon, tables, said, roster, party_texts(duties)),
        Lexicon(PartyLexicon(), set(), squeeze(said)),
    )
    clauses: list[Clause] = guard("正文条款", partial(read_clauses, source), [])
    return _ParsedDocument(source, tables, clauses, collect_numbered_clauses(clauses), members, duties, lexicon)


def _read_tables(
    parts: _ParsedDocument, notice_id: str, indicators: IndicatorBuilder, guard: Guard
) -> list[tuple[str, CleanTable, TableTasks]]:
    """(table id, table, its tasks) of every table, garbled cells mended from the body."""
    read = []
    for table in parts.tables:
        table_id = f"{notice_id}-t{table.ordinal:02d}"
        mended = repair_table(table, parts.numbered_clauses, guard.findings, table_id)
        reader = TaskBuilder(table, table_id, notice_id, parts.lexicon, guard, mended.fields)
        read.append((table_id, table, reader.read(indicators)))
    return read


def build_extraction(document: Document, data: bytes, corrections: Sequence[Correction] = ()) -> Extraction:
    """Everything a document says, as the rows of one notice. Contacts are blacked out before anything is read."""
    notice_id = notice_id_of(data)
    document = redact_document(document)
    findings = Findings(notice_id)
    guard = Guard(findings)
    findings.reader_notes(document.notes)
    parts = _parse_document(document, guard)
    who = read_metadata(document, parts.source, guard)
    indicators = IndicatorBuilder(notice_id, parts.lexicon, guard)
    cells = [c for t in parts.tables for c in _table_cells(t, f"{notice_id}-t{t.ordinal:02d}")]
    read = _read_tables(parts, notice_id, indicators, guard)
    prose = build_prose_tasks(parts.duties, notice_id, parts.lexicon, indicators, guard)
    total, accounted = measure_coverage(read, indicators.rows, parts.members, findings)
    done = [*(tasks for _, _, tasks in read), prose]
    facts = CorrectableRows(_notice_row(notice_id, who), indicators.rows, done, parts.lexicon)
    apply_corrections(facts, [c for c in corrections if not c.of_topic], findings)
    assign_topics(facts, {table_id: table.title for table_id, table, _ in read}, findings, guard)
    apply_corrections(facts, [c for c in corrections if c.of_topic], findings)
    check_points(read, indicators.rows, findings)
    said = parts.source.lines
    check_consistency(
        read, indicators.rows, said, parts.clauses, findings, notice=facts.notice, duties=parts.numbered_clauses
    )
    tasks = [task for one in done for task in one.tasks]
    stages: list[Stage] = guard("实施步骤", partial(read_stages, parts.source, who.year), [])
    footnotes: list[Footnote] = guard("脚注", partial(read_footnotes, parts.source), [])
    meaning = derive_facts(tasks, indicators.rows, facts.notice, stages, guard)
    apply_dismissals(corrections, findings)
    return Extraction(
        format=document.format,
        notice=facts.notice,
        tables=[_table_row(table, notice_id, table_id) for table_id, table, _ in read],
        cells=cells,
        indicators=indicators.rows,
        tasks=tasks,
        task_parties=[p for one in done for task in one.tasks for p in one.parties[task.task_id]],
        task_deadlines=meaning.deadlines,
        task_evidence=meaning.evidence,
        task_thresholds=meaning.thresholds,
        scoring_rules=meaning.scoring,
        stages=_stage_rows(notice_id, stages),
        members=_member_rows(notice_id, parts.members),
        clauses=_clause_rows(notice_id, parts.clauses),
        footnotes=_footnote_rows(notice_id, footnotes),
        findings=findings.rows,
        chars_total=total,
        chars_accounted=accounted,
    )
