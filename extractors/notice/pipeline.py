"""One document → one `Extraction`: the order in which the rooms are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from extractors.body.clauses import Clause, read_clauses
from extractors.body.footnotes import Footnote, read_footnotes
from extractors.body.outline import Outline, outline, table_titles
from extractors.body.rosters import Member
from extractors.body.stages import Stage, read_stages
from extractors.corrections import Correction
from extractors.document import Document
from extractors.normalize import strip_whitespace
from extractors.notice import row_builders
from extractors.notice.alignment import Numbered, numbered
from extractors.notice.assign_topics import give_topics
from extractors.notice.consistency_checks import check_doubts
from extractors.notice.contact_redaction import without_contacts
from extractors.notice.corrections import Rows, correct, dismiss
from extractors.notice.derived_facts import read_meaning
from extractors.notice.findings import Findings
from extractors.notice.guarded import Guard
from extractors.notice.indicators import Indicators
from extractors.notice.lexicon import Lexicon, build_lexicon
from extractors.notice.metadata import identify
from extractors.notice.point_checks import check_notice
from extractors.notice.prose_tasks import Duty, party_cells, prose_tasks, read_duties
from extractors.notice.repairs import mend
from extractors.notice.tasks import RowReader, TableTasks
from extractors.notice.text_coverage import account
from extractors.parsers.responsible_units import PartyLexicon
from extractors.records import Extraction
from extractors.tables.clean_table import CleanTable, clean_tables


@dataclass(frozen=True, slots=True)
class _Parts:
    """A document taken apart: its outline, tables, numbered clauses, named people and duties in running text."""

    source: Outline
    tables: Sequence[CleanTable]
    clauses: Sequence[Clause]
    numbered: Numbered
    members: Sequence[Member]
    duties: Sequence[Duty]
    lexicon: Lexicon


def _take_apart(document: Document, guard: Guard) -> _Parts:
    source = outline(document)
    tables = clean_tables(document, table_titles(source))
    members: list[Member] = guard("领导小组名单", partial(row_builders.members, source, tables), [])
    duties: list[Duty] = guard("正文任务", partial(read_duties, source), [])
    said, roster = source.text(), [m.person for m in members]
    lexicon = guard(
        "单位和人员名称",
        partial(build_lexicon, tables, said, roster, party_cells(duties)),
        Lexicon(PartyLexicon(), set(), strip_whitespace(said)),
    )
    clauses: list[Clause] = guard("正文条款", partial(read_clauses, source), [])
    return _Parts(source, tables, clauses, numbered(clauses), members, duties, lexicon)


def _read_tables(
    parts: _Parts, notice_id: str, indicators: Indicators, guard: Guard
) -> list[tuple[str, CleanTable, TableTasks]]:
    """(table id, table, its tasks) of every table, garbled cells mended from the body."""
    read = []
    for table in parts.tables:
        table_id = f"{notice_id}-t{table.ordinal:02d}"
        mended = mend(table, parts.numbered, guard.findings, table_id)
        reader = RowReader(table, table_id, notice_id, parts.lexicon, guard, mended.fields)
        read.append((table_id, table, reader.read(indicators)))
    return read


def assemble(document: Document, data: bytes, corrections: Sequence[Correction] = ()) -> Extraction:
    """Everything a document says, as the rows of one notice. Contacts are blacked out before anything is read."""
    notice_id = row_builders.notice_id_of(data)
    document = without_contacts(document)
    findings = Findings(notice_id)
    guard = Guard(findings)
    findings.reader_notes(document.notes)
    parts = _take_apart(document, guard)
    who = identify(document, parts.source, guard)
    indicators = Indicators(notice_id, parts.lexicon, guard)
    cells = [c for t in parts.tables for c in row_builders.table_cells(t, f"{notice_id}-t{t.ordinal:02d}")]
    read = _read_tables(parts, notice_id, indicators, guard)
    prose = prose_tasks(parts.duties, notice_id, parts.lexicon, indicators, guard)
    total, accounted = account(read, indicators.rows, parts.members, findings)
    done = [*(tasks for _, _, tasks in read), prose]
    facts = Rows(row_builders.notice_row(notice_id, who), indicators.rows, done, parts.lexicon)
    correct(facts, [c for c in corrections if not c.of_topic], findings)
    give_topics(facts, {table_id: table.title for table_id, table, _ in read}, findings, guard)
    correct(facts, [c for c in corrections if c.of_topic], findings)
    check_notice(read, indicators.rows, findings)
    said = parts.source.lines
    check_doubts(read, indicators.rows, said, parts.clauses, findings, notice=facts.notice, duties=parts.numbered)
    tasks = [task for one in done for task in one.tasks]
    stages: list[Stage] = guard("实施步骤", partial(read_stages, parts.source, who.year), [])
    footnotes: list[Footnote] = guard("脚注", partial(read_footnotes, parts.source), [])
    meaning = read_meaning(tasks, indicators.rows, facts.notice, stages, guard)
    dismiss(corrections, findings)
    return Extraction(
        format=document.format,
        notice=facts.notice,
        tables=[row_builders.table_row(table, notice_id, table_id) for table_id, table, _ in read],
        cells=cells,
        indicators=indicators.rows,
        tasks=tasks,
        task_parties=[p for one in done for task in one.tasks for p in one.parties[task.task_id]],
        task_deadlines=meaning.deadlines,
        task_evidence=meaning.evidence,
        task_thresholds=meaning.thresholds,
        scoring_rules=meaning.scoring,
        stages=row_builders.stage_rows(notice_id, stages),
        members=row_builders.member_rows(notice_id, parts.members),
        clauses=row_builders.clause_rows(notice_id, parts.clauses),
        footnotes=row_builders.footnote_rows(notice_id, footnotes),
        findings=findings.rows,
        chars_total=total,
        chars_accounted=accounted,
    )
