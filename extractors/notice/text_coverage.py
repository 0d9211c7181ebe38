"""Account for every non-blank character of tables and of prose tasks: it is in a field of a record or in a finding.

A finding quotes its cell. The cells of a roster or form without tasks are counted in one finding per table; their
texts are kept in `core.cells`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from extractors.body.line_joining import read_label
from extractors.body.rosters import Member
from extractors.normalize import HIDDEN, cjk_share, is_placeholder, strip_whitespace
from extractors.notice.body_requirements import BodyRequirement
from extractors.notice.findings import Findings, join_listed, quote
from extractors.notice.section_fields import without_labels
from extractors.notice.table_doubts import describe_form
from extractors.notice.tasks import TableReading, TableTasks
from extractors.parsers.illegible_units import DECIDED
from extractors.parsers.labelled_lines import LABEL
from extractors.parsers.lead_rules import without_count
from extractors.parsers.persons import is_post
from extractors.parsers.points import POINTS_WORD, RANGE_LOW, column_points
from extractors.parsers.ticked_options import keep_ticked
from extractors.parsers.unit_abbreviations import DEFINITION_BRACKET
from extractors.parsers.unit_joints import is_joint, separate_joined
from extractors.parsers.unit_roles import DUTY_TAIL
from extractors.records import IndicatorRow, PartyRow, Rule, Severity, TaskRow
from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.column_roles import MARK_ROLES, PARTY_ROLES, ColumnRole, is_serial
from extractors.tables.grid import GridCell
from extractors.tables.row_kinds import RowKind
from extractors.tables.table_parts import without_continuation

_WORDS_OF_POINTS = re.compile(rf"(?:本[\u4e00-\u9fff]{{1,2}})?{POINTS_WORD}[为是]?[:：]?(?=\d)|{RANGE_LOW}(?=\d)")
"""总分值 in 总分值:80分, 0~ in 0~7分: the number is kept without them."""
_CONNECTING = re.compile(
    r"[、，,；;/／|:：。.．（）()【】〔〕\[\]·•\-—－–~～\"“”'‘’《》<>＜＞*＊#%％分共计满权重得]|牵头|配合|责任|单位|部门|科室|提供|材料"
)
_NOTE_MARKS = re.compile("[①-⑳]")
_FORM_KINDS = (TableKind.ROSTER, TableKind.OTHER)
_PIECE_END = re.compile(r"[。；;\n]")
"""What several values of one field are joined by."""
_REST_END = re.compile("[\x00。；;]")
_MARKS = "（(【[）)】]，,、:： —―"
_DUTY_VERBS = re.compile("^(?:由|主要|具体|负责|落实|承办|主办|牵头|配合|协助|参与|等|完成|办结|实施)+")
"""What stands between a unit and its duty, or behind it: 由县教育局负责, 9月底前完成."""
_MAX_SAMPLES = 3
"""Number of cells of a roster or form that are quoted."""
_SENTENCE = re.compile(r"[\u4e00-\u9fff]{3}[。；]|[\u4e00-\u9fff，、]{15}|^.{9,}。$")
"""A requirement: words or a longer text that end with a full stop (…不少于20小时。), or a long clause; names, posts and
numbers are neither."""
_MIN_SENTENCES = 3
"""A form states its purpose once or twice; a table with more sentences, or with one in every other row, requires
something."""
_SAMPLE_LENGTH = 20
"""Length of a quoted sample."""
_SEPARATOR = "\x00"
"""Separates joined texts; occurs in none of them."""


class _RecordTexts(NamedTuple):
    """The texts of records, and all of them joined by `_SEPARATOR` for one search in all at once."""

    texts: Sequence[str]
    joined: str

    @classmethod
    def of(cls, texts: Sequence[str]) -> _RecordTexts:
        return cls(texts, _SEPARATOR.join(texts))


def measure_coverage(
    tables: Sequence[TableReading],
    indicators: Sequence[IndicatorRow],
    members: Sequence[Member],
    accepted: Collection[str],
    findings: Findings,
) -> tuple[int, int]:
    """Compare every table cell with the records made from it.

    Cells that no record contains become findings that quote them; those of a roster or form become one finding.

    Args:
        tables: the tables with their tasks.
        indicators: the headings of the notice.
        members: the members of its leading groups.
        accepted: ids of the tables whose reading a person accepted, tasks or not.
        findings: collects the findings.

    Returns:
        The number of non-blank characters in tables, and of those accounted for.
    """
    n_total = 0
    n_covered = 0
    headings = _heading_texts(indicators)
    texts = [x for m in members for x in (m.group, m.role, m.person)]
    texts += [x for i in indicators for x in (i.code, i.name, f"{i.points:f}" if i.points else None)]
    global_texts = _RecordTexts.of(list(dict.fromkeys(strip_whitespace(x) for x in texts if x)))
    for table_id, table, table_tasks in tables:
        header = [*table.head.unique_cells(), *table.above.unique_cells()]
        n_header = sum(len(strip_whitespace(s.raw)) for s in header) + sum(
            len(strip_whitespace(t)) for t in table.dropped
        )
        for cell in table.above.unique_cells():
            if cell.text and strip_whitespace(cell.text) != strip_whitespace(table.title or ""):
                message = f"任务各行以外的文字，不作任务：“{cell.text}”"
                findings.add(Rule.TITLE_ROW, Severity.INFO, message, table_id=table_id, locator=cell.locator)
        n_total += n_header
        n_covered += n_header
        by_row = _texts_by_row(table_tasks, headings)
        # What people decided is no unit stands in core.parties with their reason.
        no_units = [text for text, reason in table_tasks.illegible_units if reason == DECIDED]
        units = [strip_whitespace(party.raw) for rows in table_tasks.parties.values() for party in rows]
        uncovered: list[GridCell] = []
        for cell in table.grid.unique_cells():
            n_chars = len(strip_whitespace(cell.raw))
            n_total += n_chars
            if not n_chars:
                continue
            if not _is_covered(cell, table, by_row, global_texts, (no_units, units)):
                uncovered.append(cell)
            n_covered += n_chars
        if table.kind in _FORM_KINDS or not table_tasks.tasks:
            _report_table_without_tasks(table, table_id, uncovered, table_id in accepted, findings)
        else:
            for cell in uncovered:
                _report_cell(table, table_id, cell, findings)
    return n_total, n_covered


def report_unread_prose(requirements: Sequence[BodyRequirement], table_tasks: TableTasks, findings: Findings) -> None:
    """Report text of the items of the running text that no field of their tasks holds.

    Args:
        requirements: the items in the order of their tasks.
        table_tasks: the tasks made from them.
        findings: collects the findings.
    """
    for requirement, task in zip(requirements, table_tasks.tasks, strict=True):
        own = strip_whitespace(task.requirement or "")
        fields = [f for f in _task_texts(task, table_tasks.parties[task.task_id]) if f != own]
        lines = [line for text in (task.evidence, task.scoring) if text for line in text.split("\n")]
        fields += map(strip_whitespace, lines)
        # The line above labelled lines is a heading of the task.
        fields += [strip_whitespace(label.rest if (label := read_label(h)) else h) for h in requirement.item.path]
        rest = strip_whitespace(requirement.item.text.replace(HIDDEN, _SEPARATOR))
        for piece in sorted(dict.fromkeys(p for f in fields for p in _PIECE_END.split(f) if p), key=len, reverse=True):
            rest = rest.replace(piece, _SEPARATOR)
        rest_parts = [part.strip(_MARKS) for part in _REST_END.split(LABEL.sub(_SEPARATOR, rest))]
        parts = [DUTY_TAIL.sub("", part).strip(_MARKS) for part in rest_parts]
        parts = [part for part in parts if part not in own and _DUTY_VERBS.sub("", part) not in own]
        unread = [part for part in parts if cjk_share(part) > 0]
        if unread:
            findings.add(
                Rule.UNREAD_TEXT, Severity.WARNING,
                f"这一条有文字未能归入任何栏目，请核对：{quote('；'.join(unread))}",
                task_id=task.task_id, locator=task.locator,
            )  # fmt: skip


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
        texts += [f"{task.points:f}", f"{task.points:f}分"]
    return [strip_whitespace(t) for t in texts if t]


def _uncovered_text(compact: str, fields: Iterable[str]) -> str:
    """Return the part of a cell that no field contains, connecting characters excluded.

    `compact` is the text of the cell without whitespace.
    """
    rest = compact
    for field in sorted(dict.fromkeys([f for f in fields if f in compact and f]), key=len, reverse=True):
        rest = rest.replace(field, _SEPARATOR)
    rest = _CONNECTING.sub("", rest.replace(_SEPARATOR, ""))
    return "" if is_placeholder(rest) else rest


def _heading_texts(indicators: Sequence[IndicatorRow]) -> dict[str, list[str]]:
    """Return indicator → its texts and those of the indicators above it."""
    texts: dict[str, list[str]] = {}
    for row in indicators:
        own = [strip_whitespace(t) for t in (row.code, row.name) if t]
        own += [f"{row.points:f}"] if row.points is not None else []
        texts[row.indicator_id] = own + texts.get(row.parent_id or "", [])
    return texts


def _texts_by_row(table_tasks: TableTasks, headings: Mapping[str, list[str]]) -> dict[int, _RecordTexts]:
    """Return row → the texts of the records made from it.

    `headings` are the texts of the indicators.
    """
    by_row: dict[int, list[str]] = {}
    for task in table_tasks.tasks:
        texts = _task_texts(task, table_tasks.parties[task.task_id]) + headings.get(task.indicator_id or "", [])
        for r in table_tasks.rows[task.task_id]:
            by_row.setdefault(r, []).extend(texts)
    return {r: _RecordTexts.of(texts) for r, texts in by_row.items()}


_MARK_LENGTH = 2
"""★, 牵头: a longer text below the name of a unit is no mark."""


def _is_covered(
    cell: GridCell,
    table: CleanTable,
    by_row: Mapping[int, _RecordTexts],
    global_texts: _RecordTexts,
    of_units: tuple[Sequence[str], Sequence[str]],
) -> bool:
    """Return whether records contain all text of the cell.

    `global_texts` are the texts of records not tied to a row, `of_units` the texts in cells of units that people
    decided are none, and the units of the table, which a row of its own may name for the tasks below.
    """
    no_units, units = of_units
    if table.kinds[cell.row] is RowKind.TOTAL:
        return False
    role = table.roles.names[cell.col]
    compact = strip_whitespace(keep_ticked(cell.text))
    is_band = table.kinds[cell.row] is RowKind.BAND
    if is_band:
        compact = without_continuation(compact)
    # Below a unit a word that is a mark stands behind its name in `core.task_parties`.
    is_mark = role in MARK_ROLES and not (role is ColumnRole.UNIT and cjk_share(compact))
    if is_mark and len(compact) <= _MARK_LENGTH:
        return True
    rows = [*range(cell.row, cell.row + cell.rows), *(_rows_of_section(table, cell.row) if is_band else ())]
    sources = [by_row[r] for r in rows if r in by_row]
    if table.kind is TableKind.ROSTER or is_band:
        sources.append(global_texts)
    for source in sources:
        if compact in source.joined:
            return True
    if role is ColumnRole.SERIAL and (is_serial(compact) or not cjk_share(compact)):
        return True
    if role in (ColumnRole.POINTS, ColumnRole.LEVEL):
        compact = _WORDS_OF_POINTS.sub("", compact)
    texts = list(chain.from_iterable([source.texts for source in sources]))
    if role in PARTY_ROLES:
        texts += no_units
    if is_band and RowKind.TASK in table.kinds[cell.row + 1 : cell.row + 2]:
        texts += units
        # 办公室（3项40分） counts what the tasks below it say themselves.
        compact = without_count(compact) if without_count(compact) in units else compact
    rest = _uncovered_text(compact, texts)
    if rest and role is ColumnRole.REQUIREMENT:
        # Labels of the fields that stand in the cell: （责任部门：…）.
        rest = _uncovered_text(LABEL.sub(_SEPARATOR, compact), texts)
    if rest and (is_band or role is ColumnRole.LEVEL):
        rest = _uncovered_text(strip_whitespace(without_labels(cell.raw)), texts)
    if rest and role in PARTY_ROLES:
        rest = _uncovered_text(separate_joined(DEFINITION_BRACKET.sub("", compact)), texts)
        rest = "" if is_joint(rest) else rest
    if role in (ColumnRole.PERSON, ColumnRole.LEADER) and is_post(rest):
        rest = ""
    if role in (ColumnRole.REQUIREMENT, *PARTY_ROLES):
        rest = DUTY_TAIL.sub("", _NOTE_MARKS.sub("", rest))
    if role is ColumnRole.METHOD or (role is ColumnRole.POINTS and column_points(cell.text) is not None):
        rest = re.sub(r"[\d.]", "", rest)
    if rest and role is ColumnRole.LEVEL:
        rest = "".join((Counter(rest) - Counter("".join([source.joined for source in sources]))).elements())
    return not rest


def _rows_of_section(table: CleanTable, r: int) -> range:
    """Return the rows below a row of its own, up to the next one."""
    following = range(r + 1, len(table.kinds))
    return range(r + 1, next((b for b in following if table.kinds[b] is RowKind.BAND), len(table.kinds)))


def _report_table_without_tasks(
    table: CleanTable, table_id: str, cells: Sequence[GridCell], is_accepted: bool, findings: Findings
) -> None:
    """Add one finding for all cells of a table without tasks, which may have thousands, and say why it has none.

    A table with sentences may be a list of tasks that was not understood, so that it is a warning.
    """
    samples = list(dict.fromkeys(s.text for s in cells))
    chars = sum(len(strip_whitespace(s.raw)) for s in cells)
    quoted = join_listed([quote(text, _SAMPLE_LENGTH) for text in samples], _MAX_SAMPLES)
    size = f"{len(cells)} 格文字（{chars} 字）"
    n_sentences = sum(_SENTENCE.search(strip_whitespace(s.text)) is not None for s in cells)
    if table.kind is not TableKind.ROSTER and _has_many_sentences(table, n_sentences) and not is_accepted:
        message = (
            f"这张表写有成句的要求，但没有认出任务列，{size}没有作为任务读入：{quoted}，"
            "原文保存在“单元格”表中；如是任务表，请用 wenming review 认定各列的含义"
        )
        findings.add(Rule.FORM_TEXT, Severity.WARNING, message, table_id=table_id, locator=table.locator)
        return
    message = "经人工认定，这张表不含任务" if is_accepted else describe_form(table, n_sentences)
    if cells:
        message += f"；有 {size}不作任务：{quoted}，原文保存在“单元格”表中"
    findings.add(Rule.FORM_TEXT, Severity.INFO, message, table_id=table_id, locator=table.locator)


def _has_many_sentences(table: CleanTable, n_sentences: int) -> bool:
    """Return whether a table has so many sentences that it may require something; a text in a frame is none."""
    is_short_list = min(table.grid.n_rows, table.grid.n_cols) > 1 and 2 * n_sentences >= table.grid.n_rows
    return n_sentences >= _MIN_SENTENCES or is_short_list


def _report_cell(table: CleanTable, table_id: str, cell: GridCell, findings: Findings) -> None:
    kind = table.kinds[cell.row]
    if kind is RowKind.TOTAL:
        rule, message = Rule.TOTAL_ROW, f"合计行，不作任务：“{cell.text}”"
    elif kind is RowKind.NOTE:
        rule, message = Rule.NOTE_ROW, f"表内说明，不作任务：“{cell.text}”"
    elif table.roles.names[cell.col] is ColumnRole.POINTS and any(map(str.isdecimal, cell.text)):
        rule, message = Rule.UNREAD_TEXT, f"分值栏的这格没有读出分值，请核对：“{cell.text}”"
    elif cjk_share(cell.text) == 0:
        rule, message = Rule.DEBRIS, f"这格疑似乱码，没有作为事实入库：“{cell.text}”"
    else:
        rule, message = Rule.UNREAD_TEXT, f"这格文字未能归入任何栏目，请核对：“{cell.text}”"
    severity = Severity.WARNING if rule in (Rule.UNREAD_TEXT, Rule.DEBRIS) else Severity.INFO
    findings.add(rule, severity, message, table_id=table_id, locator=cell.locator)
