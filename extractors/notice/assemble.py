"""One document → one `Extraction`: the order in which the rooms are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.body.clauses import Clause, read_clauses
from extractors.body.footnotes import read_footnotes
from extractors.body.members import Member
from extractors.body.outline import Outline, outline, table_titles
from extractors.body.stages import read_stages
from extractors.corrections import Correction
from extractors.document import Document
from extractors.notice import rows
from extractors.notice.accounting import account
from extractors.notice.alignment import Numbered, numbered
from extractors.notice.checks import check_notice
from extractors.notice.contacts import without_contacts
from extractors.notice.corrections import Rows, correct, dismiss
from extractors.notice.doubts import check_doubts
from extractors.notice.findings import Findings
from extractors.notice.indicators import Indicators
from extractors.notice.lexicon import Lexicon, build_lexicon
from extractors.notice.meaning import read_meaning
from extractors.notice.prose import Duty, party_cells, prose_tasks, read_duties
from extractors.notice.repairs import mend
from extractors.notice.tasks import RowReader, TableTasks
from extractors.notice.themes import give_topics
from extractors.phrases.identity import identify
from extractors.records import Extraction
from extractors.tables.clean import CleanTable, clean_tables


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


def _take_apart(document: Document) -> _Parts:
    source = outline(document)
    tables = clean_tables(document, table_titles(source))
    members = rows.members(source, tables)
    duties = read_duties(source)
    lexicon = build_lexicon(tables, source.text(), [m.person for m in members], party_cells(duties))
    clauses = read_clauses(source)
    return _Parts(source, tables, clauses, numbered(clauses), members, duties, lexicon)


def _read_tables(
    parts: _Parts, notice_id: str, indicators: Indicators, findings: Findings
) -> list[tuple[str, CleanTable, TableTasks]]:
    """(table id, table, its tasks) of every table, garbled cells mended from the body."""
    read = []
    for table in parts.tables:
        table_id = f"{notice_id}-t{table.ordinal:02d}"
        mended = mend(table, parts.numbered, findings, table_id)
        read.append(
            (table_id, table, RowReader(table, table_id, notice_id, parts.lexicon, mended.fields).read(indicators))
        )
    return read


def assemble(document: Document, data: bytes, corrections: Sequence[Correction] = ()) -> Extraction:
    """Everything a document says, as the rows of one notice. Contacts are blacked out before anything is read."""
    notice_id = rows.notice_id_of(data)
    document = without_contacts(document)
    parts = _take_apart(document)
    who = identify(document, parts.source)
    findings = Findings(notice_id)
    findings.reader_notes(document.notes)
    indicators = Indicators(notice_id, parts.lexicon)
    cells = [c for t in parts.tables for c in rows.table_cells(t, f"{notice_id}-t{t.ordinal:02d}")]
    read = _read_tables(parts, notice_id, indicators, findings)
    prose = prose_tasks(parts.duties, notice_id, parts.lexicon, indicators)
    total, accounted = account(read, indicators.rows, parts.members, findings)
    done = [*(tasks for _, _, tasks in read), prose]
    facts = Rows(rows.notice_row(notice_id, who), indicators.rows, done, parts.lexicon)
    correct(facts, [c for c in corrections if not c.of_topic], findings)
    give_topics(facts, {table_id: table.title for table_id, table, _ in read}, findings)
    correct(facts, [c for c in corrections if c.of_topic], findings)
    check_notice(read, indicators.rows, findings)
    said = parts.source.lines
    check_doubts(read, indicators.rows, said, parts.clauses, findings, notice=facts.notice, duties=parts.numbered)
    dismiss(corrections, findings)
    tasks = [task for one in done for task in one.tasks]
    stages = read_stages(parts.source, who.year)
    meaning = read_meaning(tasks, indicators.rows, facts.notice, stages)
    return Extraction(
        format=document.format,
        notice=facts.notice,
        tables=[rows.table_row(table, notice_id, table_id) for table_id, table, _ in read],
        cells=cells,
        indicators=indicators.rows,
        tasks=tasks,
        task_parties=[p for one in done for task in one.tasks for p in one.parties[task.task_id]],
        task_deadlines=meaning.deadlines,
        task_evidence=meaning.evidence,
        task_thresholds=meaning.thresholds,
        scoring_rules=meaning.scoring,
        stages=rows.stage_rows(notice_id, stages),
        members=rows.member_rows(notice_id, parts.members),
        clauses=rows.clause_rows(notice_id, parts.clauses),
        footnotes=rows.footnote_rows(notice_id, read_footnotes(parts.source)),
        findings=findings.rows,
        chars_total=total,
        chars_accounted=accounted,
    )
