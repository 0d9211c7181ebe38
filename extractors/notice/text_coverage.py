"""Nothing lost: every non-blank character of a table lands in a field of a record or in a finding.

A finding quotes the cell it tells of. The cells of a roster or form that hold no task are told in one finding a table,
by number; their texts stand in the rows of cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from extractors.body.rosters import Member
from extractors.normalize import cjk_share, says_nobody, squeeze
from extractors.notice.findings import INFO, WARNING, Findings, quote
from extractors.notice.tasks import TableTasks
from extractors.parsers.methods import SAME_AS_ABOVE
from extractors.records import IndicatorRow, PartyRow, TaskRow
from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.column_roles import ColumnRole, is_serial
from extractors.tables.grid import GridCell
from extractors.tables.row_kinds import RowKind

_CONNECTING = re.compile(
    r"[、，,；;/／|:：。.．（）()【】\[\]·•\-—－–~～\"“”'‘’《》<>＜＞*＊#%％分共计满权重得]|牵头|配合|责任|单位|部门|科室|提供|材料"
)
_FORM_KINDS = (TableKind.ROSTER, TableKind.OTHER)
_MAX_SAMPLES = 3
"""So many cells of a roster or form are quoted, as a sample of what it is."""
_SENTENCE = re.compile(r"[\u4e00-\u9fff]{3}[。；]|[\u4e00-\u9fff，、]{15}")
"""A duty: words that end in a stop, or a clause of some length; names, posts and numbers are neither."""
_MIN_SENTENCES = 3
"""A form states its purpose once or twice; a table with more sentences asks for something."""
_SAMPLE_LENGTH = 20
"""Characters of a sample: a name and a telephone number fit in, a paragraph is shortened."""
_SEPARATOR = "\x00"
"""Stands between texts, none of which holds it."""


class _RecordTexts(NamedTuple):
    """What records say: their texts, and all of them set apart by `_APART`, so that a text is sought in all at once."""

    texts: Sequence[str]
    whole: str

    @classmethod
    def of(cls, texts: Sequence[str]) -> _RecordTexts:
        return cls(texts, _SEPARATOR.join(texts))


def _task_texts(task: TaskRow, parties: Iterable[PartyRow]) -> list[str]:
    texts = [
        task.label,
        task.requirement,
        task.criteria,
        task.evidence,
        task.deadline,
        task.leader,
        task.remark,
        task.scoring,
        *task.methods,
        *task.persons,
        *task.repaired,
    ]
    for party in parties:
        texts += (party.raw, party.scope, party.party)
    if task.points is not None:
        texts.append(f"{task.points:f}")
    return [squeeze(t) for t in texts if t]


def _uncovered_text(solid: str, fields: Iterable[str]) -> str:
    """What of a cell, without its blanks, no field holds, connecting marks aside."""
    rest = solid
    for piece in sorted(dict.fromkeys([f for f in fields if f in solid and f]), key=len, reverse=True):
        rest = rest.replace(piece, _SEPARATOR)
    rest = _CONNECTING.sub("", rest.replace(_SEPARATOR, ""))
    return "" if says_nobody(rest) else rest


def _heading_texts(indicators: Sequence[IndicatorRow]) -> dict[str, list[str]]:
    """Indicator → the texts of it and of those above it, which come before it."""
    texts: dict[str, list[str]] = {}
    for row in indicators:
        own = [squeeze(t) for t in (row.code, row.name) if t]
        own += [f"{row.points:f}"] if row.points is not None else []
        texts[row.indicator_id] = own + texts.get(row.parent_id or "", [])
    return texts


def _texts_by_row(done: TableTasks, headings: Mapping[str, list[str]]) -> dict[int, _RecordTexts]:
    """Row → what the records made from it say; `headings` are the texts of the indicators."""
    by_row: dict[int, list[str]] = {}
    for task in done.tasks:
        texts = _task_texts(task, done.parties[task.task_id]) + headings.get(task.indicator_id or "", [])
        for r in done.rows[task.task_id]:
            by_row.setdefault(r, []).extend(texts)
    return {r: _RecordTexts.of(texts) for r, texts in by_row.items()}


def _is_covered(cell: GridCell, table: CleanTable, by_row: Mapping[int, _RecordTexts], others: _RecordTexts) -> bool:
    """True when records hold all that the cell says; `others` is what those say that are made from no row."""
    if table.kinds[cell.row] is RowKind.TOTAL:
        return False
    role = table.roles.names[cell.col]
    if role in (ColumnRole.UNIT, ColumnRole.METHOD_MARK):
        return True
    solid = squeeze(cell.text)
    places = [by_row[r] for r in range(cell.row, cell.row + cell.rows) if r in by_row]
    if table.kind is TableKind.ROSTER or table.kinds[cell.row] is RowKind.BAND:
        places.append(others)
    for said in places:
        if solid in said.whole:
            return True
    if (role is ColumnRole.SERIAL and is_serial(solid)) or SAME_AS_ABOVE.match(solid):
        return True
    rest = _uncovered_text(solid, chain.from_iterable([said.texts for said in places]))
    if role in (ColumnRole.POINTS, ColumnRole.METHOD):
        rest = re.sub(r"[\d.]", "", rest)
    if rest and role is ColumnRole.LEVEL:
        rest = "".join((Counter(rest) - Counter("".join([said.whole for said in places]))).elements())
    return not rest


def measure_coverage(
    tables: Sequence[tuple[str, CleanTable, TableTasks]],
    indicators: Sequence[IndicatorRow],
    members: Sequence[Member],
    findings: Findings,
) -> tuple[int, int]:
    """Hold every table cell against the records made from it.

    `tables` are (table id, table, its tasks). Returns (non-blank characters in tables, those accounted for); cells
    that no record holds become findings that quote them, those of a roster or form one finding that counts them.
    """
    total = 0
    accounted = 0
    headings = _heading_texts(indicators)
    named = [x for m in members for x in (m.group, m.role, m.person)]
    named += [x for i in indicators for x in (i.code, i.name, f"{i.points:f}" if i.points else None)]
    others = _RecordTexts.of(list(dict.fromkeys(squeeze(x) for x in named if x)))
    for table_id, table, done in tables:
        header = [*table.head.unique_cells(), *table.above.unique_cells()]
        written = sum(len(squeeze(s.raw)) for s in header) + sum(len(squeeze(t)) for t in table.dropped)
        for cell in table.above.unique_cells():
            if cell.text and squeeze(cell.text) != squeeze(table.title or ""):
                message = f"表头上方的文字，不作任务：“{cell.text}”"
                findings.add("title_row", INFO, message, table_id=table_id, locator=cell.locator)
        total += written
        accounted += written
        by_row = _texts_by_row(done, headings)
        left: list[GridCell] = []
        for cell in table.grid.unique_cells():
            size = len(squeeze(cell.raw))
            total += size
            if not size:
                continue
            if not _is_covered(cell, table, by_row, others):
                left.append(cell)
            accounted += size
        if table.kind in _FORM_KINDS:
            _report_form(table, table_id, left, findings)
        else:
            for cell in left:
                _report_cell(table, table_id, cell, findings)
    return total, accounted


def _report_form(table: CleanTable, table_id: str, left: Sequence[GridCell], findings: Findings) -> None:
    """Add one finding for all cells of a table without tasks: a list of telephones has thousands of them.

    Where the table has sentences it may be a list of tasks under headers that nobody knows, and that is a warning.
    """
    if not left:
        return
    samples = list(dict.fromkeys(s.text for s in left))
    chars = sum(len(squeeze(s.raw)) for s in left)
    shown = "、".join(quote(text, _SAMPLE_LENGTH) for text in samples[:_MAX_SAMPLES])
    more = "等" if len(samples) > _MAX_SAMPLES else ""
    size = f"{len(left)} 格文字（{chars} 字）"
    if (
        table.kind is TableKind.OTHER
        and sum(_SENTENCE.search(squeeze(s.text)) is not None for s in left) >= _MIN_SENTENCES
    ):
        message = (
            f"这张表写有成句的要求，但没有认出任务列，{size}没有作为任务读入：{shown}{more}，"
            "原文保存在“单元格”表中；如是任务表，请核对表头用语"
        )
        findings.add("form_text", WARNING, message, table_id=table_id, locator=table.locator)
        return
    message = f"名单、空白表等不列任务的表，有 {size}不作任务：{shown}{more}，原文保存在“单元格”表中"
    findings.add("form_text", INFO, message, table_id=table_id, locator=table.locator)


def _report_cell(table: CleanTable, table_id: str, cell: GridCell, findings: Findings) -> None:
    kind = table.kinds[cell.row]
    if kind is RowKind.TOTAL:
        rule, message = "total_row", f"合计行，不作任务：“{cell.text}”"
    elif kind is RowKind.NOTE:
        rule, message = "note_row", f"表内说明，不作任务：“{cell.text}”"
    elif cjk_share(cell.text) == 0:
        rule, message = "debris", f"这格疑似识别残渣，没有作为事实入库：“{cell.text}”"
    else:
        rule, message = "unread_text", f"这格文字未能归入任何栏目，请核对：“{cell.text}”"
    severity = WARNING if rule in ("unread_text", "debris") else INFO
    findings.add(rule, severity, message, table_id=table_id, locator=cell.locator)
