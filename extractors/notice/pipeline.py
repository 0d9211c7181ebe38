"""Build the `Extraction` of one notice from its document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from extractors.body.outline import Outline, read_outline, table_titles
from extractors.body.page_data import set_aside_page_data
from extractors.body.provisions import Clause, Footnote, Stage, read_clauses, read_footnotes, read_stages
from extractors.body.redaction import redact_document
from extractors.body.rosters import Member, read_member_table, read_members
from extractors.characters import fold_characters, to_simplified
from extractors.corrections import Correction
from extractors.document import Document
from extractors.layouts import LAYOUTS_FILE, ConfirmedLayout, select_layouts, settle_document_kind
from extractors.normalize import clean, strip_whitespace
from extractors.notice.alignment import NumberedClauses, collect_numbered_clauses
from extractors.notice.apply_corrections import CorrectableRows, apply_corrections, apply_dismissals
from extractors.notice.body_requirements import BodyRequirements, party_texts, take_persons
from extractors.notice.bonus_columns import settle_penalty_columns
from extractors.notice.checks import check_consistency, check_points
from extractors.notice.derived_facts import assign_topics, derive_facts
from extractors.notice.document_kind import (
    DocumentKind,
    KindDecision,
    KindEvidence,
    confirm_kind,
    decide_kind,
    report_missing_tasks,
)
from extractors.notice.doubtful_figures import (
    UncertainDigits,
    collect_uncertain_digits,
    withhold_doubtful_points,
    withhold_doubtful_thresholds,
)
from extractors.notice.findings import Findings, Guard
from extractors.notice.general_rules import GeneralRules, read_general_rules
from extractors.notice.indicators import IndicatorBuilder
from extractors.notice.lexicon import Lexicon, build_lexicon
from extractors.notice.metadata import NoticeMetadata, read_metadata
from extractors.notice.page_text import account_for_text
from extractors.notice.prose_requirements import read_requirements
from extractors.notice.prose_tasks import build_prose_tasks, report_doubts
from extractors.notice.repairs import repair_table
from extractors.notice.stated_totals import find_stated_bonus, find_stated_total
from extractors.notice.table_doubts import (
    accepted_tables,
    check_layouts,
    doubt_unknown_layouts,
    find_review_reason,
    least_confidence,
)
from extractors.notice.table_heads import read_table_heads
from extractors.notice.tasks import TableReading, TableTasks, TaskBuilder
from extractors.notice.text_coverage import measure_coverage, report_unread_prose
from extractors.notice.unit_columns import settle_unit_columns
from extractors.notice.unit_rows import UnitTexts, build_units
from extractors.parsers.item_labels import title_subject
from extractors.parsers.responsible_units import PartyLexicon
from extractors.parsers.row_patterns import is_ditto
from extractors.records import (
    CellRow,
    ClauseRow,
    Extraction,
    FootnoteRow,
    MemberRow,
    NoticeRow,
    Rule,
    Severity,
    StageRow,
    TableRow,
)
from extractors.tables.clean_table import CleanTable, TableKind, clean_tables
from extractors.tables.grid import Grid
from extractors.unit_decisions import UnitDecision


@dataclass(frozen=True, slots=True)
class _ParsedDocument:
    """The parts of a document: outline, tables, clauses, members, and requirements of the running text."""

    outline: Outline
    tables: Sequence[CleanTable]
    clauses: Sequence[Clause]
    numbered_clauses: NumberedClauses
    members: Sequence[Member]
    stages: Sequence[Stage]
    body: BodyRequirements
    lexicon: Lexicon
    unit_decisions: Sequence[UnitDecision]


def build_extraction(
    document: Document,
    data: bytes,
    corrections: Sequence[Correction] = (),
    layouts: Sequence[ConfirmedLayout] = (),
    name: str = "",
    *,
    units: Sequence[UnitDecision] = (),
) -> Extraction:
    """Extract the content of a document as the records of one notice.

    Contact data is redacted before anything is read.

    Args:
        document: the document.
        data: the bytes of its file, from which the ids are derived.
        corrections: the corrections of this file.
        layouts: the layouts that people confirmed, of this and of other notices.
        name: the source path of the file, by which a layout may name it.
        units: what people decided about units.
    """
    notice_id = _notice_id(data)
    page, document = set_aside_page_data(redact_document(document))
    findings = Findings(notice_id)
    guard = Guard(findings)
    findings.add_reader_notes(document.notes)
    outline = read_outline(document)
    metadata = read_metadata(document, outline, guard, page)
    layouts = select_layouts(layouts, name, _known_issuer(metadata, corrections))
    parts = _parse_document(document, outline, layouts, units, guard, year=metadata.year)
    # Before the repairs, which change the grids.
    cells = _printed_cells(document, parts.tables, notice_id)
    indicators = IndicatorBuilder(notice_id, parts.lexicon, guard)
    rules = _read_rules(parts, notice_id, metadata.title, guard)
    readings = _read_tables(parts, notice_id, indicators, guard, rules)
    prose = build_prose_tasks(parts.body, notice_id, parts.lexicon, indicators, guard, rules=rules)
    uncertain = collect_uncertain_digits(document.notes)
    withhold_doubtful_points(readings, indicators.rows, uncertain, findings)
    report_doubts(parts.body, prose, findings)
    settled = accepted_tables(readings, layouts)
    coverage = measure_coverage(readings, indicators.rows, parts.members, settled, findings)
    report_unread_prose(parts.body.requirements, prose, findings)
    evidence = KindEvidence(
        outline, metadata, readings, prose, parts.clauses, parts.stages, parts.members,
        len(parts.body.left_out), document.notes,
    )  # fmt: skip
    kind, is_confirmed = _settle_kind(evidence, layouts)
    task_lists = [*(reading.table_tasks for reading in readings), prose]
    rows = CorrectableRows(_notice_row(notice_id, metadata), indicators.rows, task_lists, parts.lexicon)
    rows.notice = replace(
        rows.notice, confidence=least_confidence(readings), kind=kind.kind.value, kind_reason=kind.reason
    )
    _correct_and_check(parts, readings, rows, corrections, guard, prose=prose)
    check_layouts(readings, layouts, name, findings)
    _report_kind(evidence, kind, findings, is_confirmed=is_confirmed)
    found = _Found(parts, readings, rows, cells, coverage, rules, uncertain)
    extraction = _assemble(document.format, found, corrections, guard)
    passages, n_chars, n_accounted = account_for_text(document, extraction, findings)
    return replace(extraction, passages=passages, text_total=n_chars, text_accounted=n_accounted)


def _printed_cells(document: Document, tables: Sequence[CleanTable], notice_id: str) -> list[CellRow]:
    cells = [cell for table in document.tables() for cell in table.cells]
    printed = {cell.locator: cell.printed for cell in cells if cell.printed}
    dittos = {cell.locator: clean(cell.text) for cell in cells if is_ditto(cell.text)}
    return [
        replace(cell, text=dittos[cell.locator])
        if cell.locator in dittos
        else _as_printed(cell, printed.get(cell.locator or ""))
        for table in tables
        for cell in _table_cells(table, _table_id(notice_id, table))
    ]


def _settle_kind(evidence: KindEvidence, layouts: Sequence[ConfirmedLayout]) -> tuple[KindDecision, bool]:
    """Return what the document is, and whether a person said so."""
    confirmed = settle_document_kind(layouts)
    if confirmed is not None:
        return confirm_kind(confirmed), True
    if evidence.metadata.campaign is not None and not evidence.has_tasks:
        doubt_unknown_layouts(evidence.readings)
    return decide_kind(evidence), False


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found in a notice, corrected and checked; `coverage` are the characters of tables and those read."""

    parts: _ParsedDocument
    readings: Sequence[TableReading]
    rows: CorrectableRows
    cells: list[CellRow]
    coverage: tuple[int, int]
    rules: GeneralRules
    uncertain: UncertainDigits


def _assemble(file_format: str, found: _Found, corrections: Sequence[Correction], guard: Guard) -> Extraction:
    """Derive the facts of the tasks, and put all records of the notice together."""
    parts, readings, rows, findings = found.parts, found.readings, found.rows, guard.findings
    notice_id = rows.notice.notice_id
    tasks = [task for lists in rows.tables for task in lists.tasks]
    shared = {task_id: fields for lists in rows.tables for task_id, fields in lists.shared.items()}
    footnotes: list[Footnote] = guard("脚注", partial(read_footnotes, parts.outline), [])
    unit_texts = UnitTexts.of(parts.outline, parts.tables)
    units = build_units(notice_id, rows.tables, parts.lexicon, unit_texts, parts.unit_decisions)
    rules = found.rules
    rules.drop_totals({row.points for row in rows.indicators if row.table_id is None and row.points is not None})
    rows.notice = replace(
        rows.notice,
        stated_total=find_stated_total(rules.rows, rows.indicators, tasks),
        stated_bonus=find_stated_bonus(rules.rows, rows.indicators),
    )
    rules.count_leads(
        {task_id: parties for lists in rows.tables for task_id, parties in lists.parties.items()},
        {task.task_id: task.table_id for task in tasks},
    )
    facts = derive_facts(tasks, rows.indicators, rows.notice, parts.stages, guard, shared=shared, rules=rules)
    thresholds = withhold_doubtful_thresholds(facts.thresholds, tasks, found.uncertain, findings)
    apply_dismissals(corrections, findings)
    chars_total, chars_accounted = found.coverage
    return Extraction(
        format=file_format,
        notice=rows.notice,
        tables=[_table_row(reading.table, notice_id, reading.table_id) for reading in readings],
        cells=found.cells,
        indicators=rows.indicators,
        tasks=tasks,
        parties=units,
        task_parties=[party for lists in rows.tables for task in lists.tasks for party in lists.parties[task.task_id]],
        task_deadlines=facts.deadlines,
        task_evidence=facts.evidence,
        task_thresholds=thresholds,
        scoring_rules=facts.scoring,
        stages=_stage_rows(notice_id, parts.stages),
        members=_member_rows(notice_id, parts.members),
        clauses=_clause_rows(notice_id, parts.clauses),
        footnotes=_footnote_rows(notice_id, footnotes),
        rules=rules.rows,
        findings=findings.rows,
        chars_total=chars_total,
        chars_accounted=chars_accounted,
        review_reason=find_review_reason(readings, findings.rows, has_tasks=bool(tasks)),
    )


def _known_issuer(metadata: NoticeMetadata, corrections: Sequence[Correction]) -> str | None:
    """Return the issuer of the notice, as corrected by people."""
    corrected = [correction.value for correction in corrections if correction.field == "notices.issuer"]
    return corrected[-1] if corrected else metadata.issuer


def _report_kind(evidence: KindEvidence, kind: KindDecision, findings: Findings, *, is_confirmed: bool) -> None:
    """Report what a document without tasks is, or that its title promises some."""
    if kind.kind is DocumentKind.OTHER:
        _report_other(kind, findings, is_confirmed=is_confirmed)
    elif not is_confirmed and not evidence.has_tasks:
        report_missing_tasks(evidence, kind.kind, findings)


def _report_other(kind: KindDecision, findings: Findings, *, is_confirmed: bool) -> None:
    """Report that a document is no notice, so that no table of it is in doubt any more."""
    findings.demote_table_warnings()
    remedy = "" if is_confirmed else f"。确是通知的，请在 {LAYOUTS_FILE} 中写一行，填文件和文件类别"
    findings.add(Rule.NOT_A_NOTICE, Severity.INFO, f"不是通知，不含任务：{kind.reason}{remedy}")


def _parse_document(
    document: Document,
    outline: Outline,
    layouts: Sequence[ConfirmedLayout],
    units: Sequence[UnitDecision],
    guard: Guard,
    *,
    year: int | None,
) -> _ParsedDocument:
    is_other = settle_document_kind(layouts) == DocumentKind.OTHER
    cleaned = clean_tables(document, table_titles(outline), layouts)
    lines = [line.text for line in outline.lines]
    tables = [
        replace(table, kind=TableKind.OTHER) if is_other else settle_penalty_columns(settle_unit_columns(table, lines))
        for table in cleaned
    ]
    members: list[Member] = guard("领导小组名单", partial(_read_all_members, outline, tables), [])
    body = BodyRequirements()
    if not is_other:
        body = guard("正文任务", lambda: take_persons(read_requirements(outline, tables)), body)
    text, persons = outline.text(), [m.person for m in members]
    lexicon = guard(
        "单位和人员名称",
        partial(build_lexicon, tables, text, persons, party_texts(body.requirements), units),
        Lexicon(PartyLexicon(), set(), {}, {}, strip_whitespace(text)),
    )
    clauses: list[Clause] = guard("正文条款", partial(read_clauses, outline), [])
    stages: list[Stage] = guard("实施步骤", partial(read_stages, outline, year), [])
    numbered = collect_numbered_clauses(clauses)
    return _ParsedDocument(outline, tables, clauses, numbered, members, stages, body, lexicon, units)


def _correct_and_check(
    parts: _ParsedDocument,
    readings: Sequence[TableReading],
    rows: CorrectableRows,
    corrections: Sequence[Correction],
    guard: Guard,
    *,
    prose: TableTasks,
) -> None:
    """Apply the corrections, assign the topics that follow from them, and check the resulting rows."""
    findings = guard.findings
    apply_corrections(rows, [c for c in corrections if not c.is_topic], findings)
    assign_topics(rows, {reading.table_id: reading.table.title for reading in readings}, findings, guard)
    apply_corrections(rows, [c for c in corrections if c.is_topic], findings)
    check_points(readings, prose, rows.indicators, findings)
    check_consistency(
        readings,
        rows.indicators,
        parts.outline.lines,
        parts.clauses,
        findings,
        prose=prose,
        notice=rows.notice,
        numbered=parts.numbered_clauses,
        mark_roles=parts.lexicon.mark_roles,
    )


def _read_all_members(outline: Outline, tables: Sequence[CleanTable]) -> list[Member]:
    members = read_members(outline)
    for table in tables:
        if table.kind is TableKind.ROSTER:
            rows = [[cell.raw.replace("\n", "  ") for cell in row] for row in table.grid.cells]
            members.extend(read_member_table(list(table.columns), rows, table.title, table.locator))
    return members


def _read_rules(parts: _ParsedDocument, notice_id: str, title: str | None, guard: Guard) -> GeneralRules:
    """Return the rules that hold for the whole notice, a table or a section."""
    tables = [(_table_id(notice_id, table), table) for table in parts.tables]
    read = partial(read_general_rules, notice_id, title, parts.outline, tables, parts.body.requirements)
    return guard("通用规则", read, GeneralRules())


def _read_tables(
    parts: _ParsedDocument, notice_id: str, indicators: IndicatorBuilder, guard: Guard, rules: GeneralRules
) -> list[TableReading]:
    """Build the tasks of every table, after repairing garbled cells from the body."""
    readings = []
    heads = read_table_heads(parts.tables, parts.outline.tables)
    for table, head in zip(parts.tables, heads, strict=True):
        table_id = _table_id(notice_id, table)
        repairs = repair_table(table, parts.numbered_clauses, guard.findings, table_id)
        leads = rules.first_leads(table_id)
        builder = TaskBuilder(table, table_id, notice_id, parts.lexicon, guard, repairs.fields, leads, head)
        readings.append(TableReading(table_id, table, builder.build(indicators)))
    return readings


def _notice_id(data: bytes) -> str:
    return f"n{hashlib.sha256(data).hexdigest()[:16]}"


def _table_id(notice_id: str, table: CleanTable) -> str:
    return f"{notice_id}-t{table.ordinal:02d}"


def _notice_row(notice_id: str, metadata: NoticeMetadata) -> NoticeRow:
    m = metadata
    return NoticeRow(
        notice_id, m.title, m.doc_number, m.issuer, m.province, m.city, m.county, m.division_code,
        m.issued_on, m.period_start, m.period_end, m.year, m.campaign, m.award_level, m.award,
        title_subject(m.title),
    )  # fmt: skip


def _table_row(table: CleanTable, notice_id: str, table_id: str) -> TableRow:
    return TableRow(
        table_id, notice_id, table.ordinal, table.title, table.kind.value, table.grid.n_rows, table.grid.n_cols,
        list(table.columns), [role.value for role in table.roles.names], table.first_page, table.last_page,
        table.confidence, table.reading, table.alternative, [role.value for role in table.alternative_roles],
    )  # fmt: skip


def _table_cells(table: CleanTable, table_id: str) -> list[CellRow]:
    """Return the table as printed: body rows from 0, the header at -1, -2, …, titles above the header."""
    head, above = table.head.n_rows, table.above.n_rows
    return [
        *_cell_rows(table.above, table_id, -head - above),
        *_cell_rows(table.head, table_id, -head),
        *_cell_rows(table.grid, table_id, 0),
    ]


def _as_printed(cell: CellRow, printed: str | None) -> CellRow:
    """Return the cell with its characters before folding, unless only a part of the printed cell is in it."""
    original = clean(printed) if printed else None
    if original is None:
        return cell
    folded = fold_characters(original)
    is_whole = cell.text == clean(folded) or cell.text == clean(to_simplified(folded))
    return replace(cell, text=original) if is_whole else cell


def _cell_rows(grid: Grid, table_id: str, offset: int) -> list[CellRow]:
    """Return the cells of a grid; `offset` is added to their row numbers."""
    return [
        CellRow(table_id, cell.row + offset, cell.col, cell.rows, cell.cols, cell.text, cell.locator)
        for cell in grid.unique_cells()
    ]


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
