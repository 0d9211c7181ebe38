"""What a document is: a notice, a rubric, a list of tasks, a plan, a roster, a form, or nothing of the kind.

A document is of the kind `other` if nothing in it asks something of somebody: it gives no task, it is no letter, its
items and tables ask for nothing, and it is neither a list of a group's people nor a form to fill in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import Final

from extractors import vocabulary
from extractors.body.letterhead import Letterhead
from extractors.body.outline import Outline
from extractors.body.provisions import Clause, Stage
from extractors.body.rosters import Member
from extractors.document import ReadNote
from extractors.layouts import LAYOUTS_FILE, show_name
from extractors.normalize import strip_whitespace
from extractors.notice.findings import Findings, join_listed, quote
from extractors.notice.form_blanks import is_blank_line
from extractors.notice.list_titles import find_list_title
from extractors.notice.metadata import NoticeMetadata
from extractors.notice.table_doubts import MIN_CONFIDENCE
from extractors.notice.tasks import TableReading, TableTasks
from extractors.parsers.demands import asks_action
from extractors.parsers.persons import is_person_list
from extractors.parsers.responsible_units import looks_like_party
from extractors.records import OTHER, Rule, Severity
from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.column_roles import ColumnRole

_LETTER_SIGNS: Final = 2
"""A title such as 关于…的通知 may stand on anything; with a number, an addressee or a signature it is a letter."""
_ASKING: Final = 0.5
"""More of the items ask for something where they are duties; of a record of changes some seem to (支持批量导入)."""
_LEAST_ITEMS: Final = 3
"""One or two sentences that ask for something stand in any text."""
_LEAST_LENGTH: Final = 8
"""Shorter cells and lines are names, figures and headings."""
_ASKING_CELLS: Final = 0.25
_LEAST_STAGES: Final = 2
_BLANK: Final = 0.3
"""A form has more blank cells than this: 姓名 | | 性别 | |, each box beside its label."""
_UNREAD: Final = (
    Rule.PICTURE, Rule.PAGE_WITHOUT_TEXT, Rule.LOST_PAGE, Rule.LOST_PART, Rule.DAMAGED_FILE, Rule.BAD_CHARACTERS,
    Rule.EMBEDDED_FILE, Rule.ATTACHMENT_LINK, Rule.LOW_CONFIDENCE,
)  # fmt: skip
"""What the demands of a notice may stand in."""
_SAMPLE: Final = 200
"""Cells of a column that are looked at for what they hold."""
_MOSTLY: Final = 0.5
_CONTENTS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("时刻", re.compile(r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?")),
    (
        "日期",
        re.compile(
            r"(?:\d{4}年|\d{4}[-./])?\d{1,2}(?:月(?:\d{1,2}日?)?|[-/]\d{1,2})|\d{4}[-./]\d{1,2}[-./]\d{1,2}|星期[一二三四五六日]"
        ),
    ),
    ("电话", re.compile(r"1\d{10}|(?:0\d{2,3}-?)?\d{7,8}|.{0,4}\*{3,}.{0,4}|〔已隐去〕")),
    ("金额", re.compile(r"[¥￥]?-?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|[¥￥]?-?\d{1,9}\.\d\d")),
    ("数字", re.compile(r"-?\d{1,12}(?:\.\d+)?[%％]?")),
    ("编号", re.compile(r"[A-Za-z]{1,4}[-·.]?\d{1,8}")),
)
_CONTENTS_OF_CELLS: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {**{name: pattern.fullmatch for name, pattern in _CONTENTS}, "单位": looks_like_party}
)
"""What a column holds, by the form of its cells."""
_PERSON_HEADER: Final = re.compile(r"姓名|[人员]|领导")
"""经手人, 驾驶员, 姓名: names of towns look like those of persons."""


class DocumentKind(StrEnum):
    """What a document is."""

    NOTICE = "notice"
    RUBRIC = "rubric"
    TASK_LIST = "task_list"
    PLAN = "plan"
    ROSTER = "roster"
    FORM = "form"
    OTHER = OTHER


@dataclass(frozen=True, slots=True)
class KindDecision:
    """The kind of a document, and in Chinese why it is that."""

    kind: DocumentKind
    reason: str


@dataclass(frozen=True, slots=True)
class KindEvidence:
    """What the kind of a document is decided by.

    Attributes:
        outline: the outline of the document.
        metadata: its title, number, issuer and days.
        readings: its tables with their tasks.
        prose: the tasks of the running text.
        clauses: the numbered items of the running text.
        stages: the dated stages.
        members: the people of leading groups.
        unread_lists: how many lists of the running text may be tasks that were not read.
        notes: what the reader could not read.
    """

    outline: Outline
    metadata: NoticeMetadata
    readings: Sequence[TableReading]
    prose: TableTasks
    clauses: Sequence[Clause]
    stages: Sequence[Stage]
    members: Sequence[Member]
    unread_lists: int = 0
    notes: Sequence[ReadNote] = ()

    @property
    def has_tasks(self) -> bool:
        """Whether a task was read."""
        return bool(self.prose.tasks) or any(reading.table_tasks.tasks for reading in self.readings)


def confirm_kind(code: str) -> KindDecision:
    """Return the kind that a person decided on."""
    return KindDecision(DocumentKind(code), f"人工认定为{show_name('documents', code)}（{LAYOUTS_FILE}）")


def decide_kind(evidence: KindEvidence) -> KindDecision:
    """Return the kind of a document: by its tasks, else by its form as a letter, else by what else it holds."""
    for decide in (
        _decide_by_tasks,
        _decide_by_plan,
        _decide_by_letter,
        _decide_by_demands,
        _decide_by_lists,
        _decide_by_unread_text,
        _decide_by_doubts,
        _decide_by_list_title,
    ):
        if (decision := decide(evidence)) is not None:
            return decision
    return KindDecision(DocumentKind.OTHER, _describe_other(evidence))


def report_missing_tasks(evidence: KindEvidence, kind: DocumentKind, findings: Findings) -> None:
    """Report a document without a task whose title names a list of tasks, unless a warning is out already.

    Args:
        evidence: what the document holds; none of it is a task.
        kind: what it is; a form or a roster has no tasks, whatever its title.
        findings: collects the findings.
    """
    if kind in (DocumentKind.FORM, DocumentKind.ROSTER) or findings.has_warning:
        return
    if (title := _list_title(evidence)) is not None:
        message = f"题为{quote(title)}，没有读出一项任务，请对照原文；确无任务的，请在 {LAYOUTS_FILE} 中写明文件类别"
        findings.add(Rule.NO_TASKS, Severity.WARNING, message, locator="整个文件")


def _decide_by_tasks(evidence: KindEvidence) -> KindDecision | None:
    scored = sum(len(r.table_tasks.tasks) for r in evidence.readings if r.table.kind is TableKind.RUBRIC) + sum(
        task.points is not None for task in evidence.prose.tasks
    )
    total = sum(len(r.table_tasks.tasks) for r in evidence.readings) + len(evidence.prose.tasks)
    if not total:
        return None
    if scored * 2 >= total:
        return KindDecision(DocumentKind.RUBRIC, f"读出 {total} 项任务，其中 {scored} 项写明分值或评分办法")
    title = _ending_title(evidence, "plans")
    if title is not None and len(evidence.stages) >= _LEAST_STAGES:
        reason = f"题为{quote(title)}，分 {len(evidence.stages)} 个阶段，读出 {total} 项任务"
        return KindDecision(DocumentKind.PLAN, reason)
    return KindDecision(DocumentKind.TASK_LIST, f"读出 {total} 项任务，没有分值")


def _decide_by_plan(evidence: KindEvidence) -> KindDecision | None:
    title = _ending_title(evidence, "plans")
    if title is None or not (evidence.clauses or evidence.stages):
        return None
    if len(evidence.stages) >= _LEAST_STAGES:
        return KindDecision(DocumentKind.PLAN, f"题为{quote(title)}，分 {len(evidence.stages)} 个阶段实施")
    return KindDecision(DocumentKind.PLAN, f"题为{quote(title)}，正文有 {len(evidence.clauses)} 条")


def _decide_by_letter(evidence: KindEvidence) -> KindDecision | None:
    head, meta = evidence.outline.letterhead, evidence.metadata
    title = _ending_title(evidence, "letters") or _ending_title(evidence, "plans")
    signs = {
        "标题": title,
        "文号": meta.doc_number,
        "主送单位": head.addressees,
        "发文机关": meta.issuer,
        "成文日期": meta.issued_on,
    }
    found = [name for name, value in signs.items() if value]
    if len(found) < _LETTER_SIGNS or not (title or meta.doc_number or head.addressees):
        return None
    return KindDecision(DocumentKind.NOTICE, f"是一份公文，写有{'、'.join(found)}，没有逐条列出的任务")


def _decide_by_doubts(evidence: KindEvidence) -> KindDecision | None:
    """Return the kind of a document with a table of which nothing says that it asks nothing."""
    doubtful = [r.table for r in evidence.readings if (r.table.confidence or 0.0) < MIN_CONFIDENCE]
    if not doubtful:
        return None
    names = join_listed([f"表{table.ordinal}" for table in doubtful])
    return KindDecision(DocumentKind.NOTICE, f"{names}可能提出了要求，但没有读出任务，请核对")


def _decide_by_demands(evidence: KindEvidence) -> KindDecision | None:
    texts = [clause.text for clause in evidence.clauses] or [line.text for line in evidence.outline.lines]
    asking = sum(asks_action(text) for text in texts if len(text) >= _LEAST_LENGTH)
    if asking >= _LEAST_ITEMS and asking > _ASKING * len(texts):
        return KindDecision(DocumentKind.NOTICE, f"正文 {len(texts)} 条中有 {asking} 条提出要求，没有逐条列出的任务")
    for reading in evidence.readings:
        cells = [cell.text for cell in reading.table.grid.unique_cells() if len(cell.text) >= _LEAST_LENGTH]
        asking = sum(map(asks_action, cells))
        if asking >= max(_LEAST_ITEMS, _ASKING_CELLS * len(cells)):
            reason = f"{_name_table(reading.table)}有 {asking} 格提出要求，没有读出任务"
            return KindDecision(DocumentKind.NOTICE, reason)
    return None


def _decide_by_lists(evidence: KindEvidence) -> KindDecision | None:
    """Return the kind of a list of people or of a form to fill in."""
    for reading in evidence.readings:
        title = _ending(reading.table.title, "forms") or _ending_title(evidence, "forms")
        cells = reading.table.grid.unique_cells()
        blank = sum(not cell.text for cell in cells)
        if title is not None and blank > _BLANK * len(cells):
            return KindDecision(DocumentKind.FORM, f"题为{quote(title)}，{blank} 格留空待填")
    titles = [evidence.metadata.title, *(reading.table.title for reading in evidence.readings)]
    title = next(filter(None, (_ending(title, "rosters") for title in titles)), None)
    if evidence.members and title is not None:
        return KindDecision(DocumentKind.ROSTER, f"题为{quote(title)}，列有 {len(evidence.members)} 人")
    return None


def _decide_by_unread_text(evidence: KindEvidence) -> KindDecision | None:
    """Return the kind of a document that may be a notice for all that could be read of it."""
    if evidence.unread_lists:
        return KindDecision(DocumentKind.NOTICE, f"正文有 {evidence.unread_lists} 处可能是任务的条目没有读出")
    rules = {note.rule for note in evidence.notes}
    unread = [rule.title_zh for rule in _UNREAD if rule in rules]
    if unread and not evidence.readings:
        return KindDecision(DocumentKind.NOTICE, f"有未读出的内容（{'、'.join(unread)}），不能断定不是通知")
    return None


def _decide_by_list_title(evidence: KindEvidence) -> KindDecision | None:
    has_text = evidence.readings or not all(is_blank_line(line.text) for line, _ in evidence.outline.body)
    title = _list_title(evidence) if has_text else None
    return KindDecision(DocumentKind.NOTICE, f"题为{quote(title)}，没有读出任务，请核对") if title else None


def _list_title(evidence: KindEvidence) -> str | None:
    """Return the title of a document, an attachment or a table that names a list of tasks, None if none does."""
    head = evidence.outline.letterhead
    tables = (reading.table.title for reading in evidence.readings)
    return find_list_title(
        (evidence.metadata.title, head.title, *head.plan_titles, *(annex.title for annex in head.annexes), *tables)
    )


def _ending_title(evidence: KindEvidence, kind: str) -> str | None:
    head: Letterhead = evidence.outline.letterhead
    titles = (evidence.metadata.title, head.title, *head.plan_titles)
    return next(filter(None, (_ending(title, kind) for title in titles)), None)


def _ending(title: str | None, kind: str) -> str | None:
    """Return a title that ends like one of a kind of document, None if it does not."""
    return title if title is not None and _endings(kind).search(strip_whitespace(title)) else None


@cache
def _endings(kind: str) -> re.Pattern[str]:
    words = vocabulary.alternation(vocabulary.load_toml("demands")[kind])
    return re.compile(
        rf"{words}(?:[》”]?(?:[（(][^（）()]{{1,20}}[）)])?[》”]?\Z|(?:[（(][^（）()]{{1,20}}[）)])?》的通知)"
    )


def _describe_other(evidence: KindEvidence) -> str:
    """Return in Chinese why a document is nothing that the warehouse keeps: what it holds instead of demands."""
    described = [_describe_table(reading.table) for reading in evidence.readings]
    if described:
        return f"没有对谁提出要求：{join_listed(described)}"
    count = len(evidence.outline.lines)
    if not count:
        return "没有可读的内容"
    meta, addressees = evidence.metadata, evidence.outline.letterhead.addressees
    signs = {"发文机关": meta.issuer, "文号": meta.doc_number, "主送单位": addressees}
    missing = [name for name, value in signs.items() if not value]
    lacks = f"没有{'和'.join(filter(None, ['、'.join(missing[:-1]), *missing[-1:]]))}，" if missing else ""
    return f"{lacks}正文 {count} 段中没有成条的要求"


def _describe_table(table: CleanTable) -> str:
    """Return in Chinese what the columns of a table hold."""
    columns = [c for c, role in enumerate(table.roles.names) if role is not ColumnRole.SERIAL]
    contents = list(dict.fromkeys(filter(None, (_describe_column(table, c) for c in columns))))
    if contents:
        return f"{_name_table(table)}各列是{'、'.join(contents)}"
    names = [quote(table.columns[c].rsplit("/", maxsplit=1)[-1], 12) for c in columns if table.columns[c]]
    return (
        f"{_name_table(table)}各列是{join_listed(names, 6)}" if names else f"{_name_table(table)}没有表头，各格是短语"
    )


def _describe_column(table: CleanTable, c: int) -> str | None:
    """Return in Chinese what most cells of a column are, None for texts and names of things."""
    cells = dict.fromkeys(table.grid.cell(r, c) for r in range(table.grid.n_rows))
    texts = list(islice((strip_whitespace(cell.text) for cell in cells if cell.text), _SAMPLE))
    kinds = dict(_CONTENTS_OF_CELLS)
    if _PERSON_HEADER.search(table.columns[c]):
        kinds["人名"] = is_person_list
    return next(
        (name for name, matches in kinds.items() if texts and _count(matches, texts) > _MOSTLY * len(texts)), None
    )


def _count(matches: Callable[[str], object], texts: Iterable[str]) -> int:
    return sum(bool(matches(text)) for text in texts)


def _name_table(table: CleanTable) -> str:
    return f"表{table.ordinal}" + (quote(table.title, 30) if table.title else "")
