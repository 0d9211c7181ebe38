"""Deadlines, evidence, thresholds, scoring rules and topics of tasks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache, partial
from itertools import islice
from typing import TypeVar

from extractors.body.provisions import Stage as BodyStage
from extractors.notice.apply_corrections import CorrectableRows
from extractors.notice.findings import INFO, Findings, Guard
from extractors.parsers.deadlines import Deadline, Period, Stage, find_deadlines, read_deadlines, read_month_heading
from extractors.parsers.evidence import EvidenceItem, find_evidence, read_evidence
from extractors.parsers.scoring import ScoringRule, read_scoring
from extractors.parsers.thresholds import Threshold, read_thresholds
from extractors.records import (
    DeadlineRow,
    EvidenceRow,
    IndicatorRow,
    NoticeRow,
    ScoringRow,
    TaskRow,
    ThresholdRow,
)
from extractors.topics import OTHER, Topic, classify, indicator_texts, task_texts

_MIN_DATE, _MAX_DATE = date(1980, 1, 1), date(2100, 12, 31)
_MAX_COUNT = 2**31 - 1
_MAX_POINTS = Decimal(999_999)
_MAX_VALUE = Decimal(10) ** 13
_FOUR_PLACES = Decimal("0.0001")
_VETO_HEADING = re.compile("一票否决|否决项|负面清单")
_Row = TypeVar("_Row")
_CACHE_SIZE = 2048
"""Texts whose reading is kept: what to hand in recurs from task to task and from notice to notice."""


@dataclass(slots=True)
class DerivedFacts:
    """What the tasks of one notice say, in the order of the tasks."""

    deadlines: list[DeadlineRow] = field(default_factory=list)
    evidence: list[EvidenceRow] = field(default_factory=list)
    thresholds: list[ThresholdRow] = field(default_factory=list)
    scoring: list[ScoringRow] = field(default_factory=list)


def derive_facts(
    tasks: Sequence[TaskRow],
    indicators: Sequence[IndicatorRow],
    notice: NoticeRow,
    stages: Sequence[BodyStage],
    guard: Guard,
) -> DerivedFacts:
    """The deadlines, evidence, thresholds and scoring rules of all tasks.

    A criteria or scoring cell that stands over several rows speaks once, for the first of them.
    """
    period = Period(notice.period_start, notice.period_end, notice.year)
    known = [Stage(s.name, s.starts_on, s.ends_on) for s in stages]
    levels = {row.indicator_id: row for row in indicators}
    month_above = cache(partial(_month_above, levels=levels, period=period))
    vetoed = cache(partial(_is_vetoed, levels=levels))
    meaning = DerivedFacts()
    before: TaskRow | None = None
    for task in tasks:
        above = before if before is not None and before.table_id == task.table_id else None
        criteria = None if above and above.criteria == task.criteria else task.criteria
        scoring = None if above and above.scoring == task.scoring else task.scoring
        of = partial(_parse_field, guard, task)
        meaning.deadlines += of(
            "完成时限", partial(_deadline_rows, task, month_above, period, known), task.deadline or task.requirement
        )
        meaning.evidence += of("材料要求", partial(_evidence_rows, task), task.evidence or task.requirement)
        measured = (task.requirement, criteria, task.evidence)
        meaning.thresholds += of("量化指标", partial(_threshold_rows, task, measured), _join_texts(measured))
        scored = (task.requirement, criteria, scoring)
        meaning.scoring += of(
            "评分规则", partial(_scoring_rows, task, scored, vetoed(task.indicator_id)), _join_texts(scored)
        )
        before = task
    return meaning


def _parse_field(
    guard: Guard, task: TaskRow, field: str, read: Callable[[], list[_Row]], text: str | None
) -> list[_Row]:
    empty: list[_Row] = []
    return guard(field, read, empty, text=text, locator=task.locator, table_id=task.table_id, task_id=task.task_id)


def _join_texts(texts: Iterable[str | None]) -> str:
    return "；".join(filter(None, texts))


def _heading_names(indicator_id: str | None, levels: Mapping[str, IndicatorRow]) -> Iterator[str]:
    """The names of a heading and of those above it, innermost first."""
    while indicator_id is not None and indicator_id in levels:
        yield levels[indicator_id].name
        indicator_id = levels[indicator_id].parent_id


def _month_above(indicator_id: str | None, levels: Mapping[str, IndicatorRow], period: Period) -> Sequence[Deadline]:
    """The month, quarter or half of a year that the innermost heading of this kind names, if any."""
    months = (read_month_heading(name, period) for name in _heading_names(indicator_id, levels))
    return list(islice(filter(None, months), 1))


_Months = Callable[[str | None], Sequence[Deadline]]


def _deadlines(task: TaskRow, month_above: _Months, period: Period, stages: Sequence[Stage]) -> Sequence[Deadline]:
    """From the deadline cell; without one from what evidence and requirement say, else from the headings above."""
    if task.deadline:
        return read_deadlines(task.deadline, period, stages, task.requirement or "")
    hidden = [one for text in (task.evidence, task.requirement) if text for one in find_deadlines(text, period)]
    return hidden or month_above(task.indicator_id)


def _deadline_rows(task: TaskRow, month_above: _Months, period: Period, stages: Sequence[Stage]) -> list[DeadlineRow]:
    rows: list[DeadlineRow] = []
    for one in dict.fromkeys(_deadlines(task, month_above, period, stages)):
        days = [day for day in (one.starts_on, one.ends_on) if day is not None]
        far = any(not _MIN_DATE <= day <= _MAX_DATE for day in days)
        starts, ends = (None, None) if far else (one.starts_on, one.ends_on)
        kind = "unknown" if far else one.kind
        rows.append(
            DeadlineRow(task.task_id, len(rows) + 1, kind, starts, ends, one.recurrence, one.anchor, one.raw or "")
        )
    return rows


@lru_cache(maxsize=_CACHE_SIZE)
def _evidence_of(text: str) -> tuple[EvidenceItem, ...]:
    return tuple(read_evidence(text))


def _evidence(task: TaskRow) -> Sequence[EvidenceItem]:
    """From the evidence cell; without one from what the requirement asks to hand in."""
    return _evidence_of(task.evidence) if task.evidence else find_evidence(task.requirement or "")


def _evidence_rows(task: TaskRow) -> list[EvidenceRow]:
    return [
        EvidenceRow(
            task.task_id, n, one.kind, _valid_count(one.min_count), one.unit, _valid_count(one.min_words),
            _valid_points(one.points), one.raw, one.group,
        )
        for n, one in enumerate(_evidence(task), 1)
    ]  # fmt: skip


def _valid_count(count: int | None) -> int | None:
    return count if count is not None and 0 <= count <= _MAX_COUNT else None


def _valid_points(points: Decimal | None) -> Decimal | None:
    if points is None or not 0 <= points <= _MAX_POINTS:
        return None
    return points.quantize(Decimal("0.001")) if points.as_tuple().exponent < -3 else points  # type: ignore[operator]


@lru_cache(maxsize=_CACHE_SIZE)
def _thresholds_of(text: str) -> tuple[Threshold, ...]:
    # How much to hand in stands in the evidence already.
    return tuple(one for one in read_thresholds(text, evidence=False) if abs(one.value) < _MAX_VALUE)


def _threshold_rows(task: TaskRow, texts: Iterable[str | None]) -> list[ThresholdRow]:
    fitting = [one for text in texts if text for one in _thresholds_of(text)]
    return [
        ThresholdRow(
            task.task_id, n, one.subject or None, one.operator, one.value.quantize(_FOUR_PLACES), one.unit or None,
            one.raw,
        )
        for n, one in enumerate(fitting, 1)
    ]  # fmt: skip


def _is_vetoed(indicator_id: str | None, levels: Mapping[str, IndicatorRow]) -> bool:
    """True below a heading of vetoes (一票否决): there every duty is one, whatever its words."""
    return any(_VETO_HEADING.search(name) for name in _heading_names(indicator_id, levels))


def _scoring_rows(task: TaskRow, texts: Iterable[str | None], vetoed: bool) -> list[ScoringRow]:
    found: list[ScoringRule] = []
    for nth, text in enumerate(texts, 1):
        # A mark holds within its own text only.
        found += [_with_text_number(one, nth) for one in read_scoring(text)] if text else []
    if vetoed and task.requirement and not any(one.effect == "veto" for one in found):
        found.append(ScoringRule("veto", task.requirement, None, None, task.requirement))
    return [
        ScoringRow(
            task.task_id,
            n,
            one.effect,
            one.condition,
            _valid_points(one.points),
            _valid_points(one.cap),
            one.raw,
            one.group,
        )
        for n, one in enumerate(found, 1)
    ]


def _with_text_number(one: ScoringRule, nth: int) -> ScoringRule:
    group = f"{nth}-{one.group}" if one.group else None
    return ScoringRule(one.effect, one.condition, one.points, one.cap, one.raw, group)


# Themes of tasks and indicators, so that rubrics of different cities can be laid side by side.

_MAX_LISTED = 12


def assign_topics(rows: CorrectableRows, titles: Mapping[str, str | None], findings: Findings, guard: Guard) -> None:
    """Set topic and score of every task and the topic of every indicator; tasks of no theme are told, table by table.

    `titles` are the titles of the tables by id.
    """
    path_of = cache(partial(_outer_names, levels={row.indicator_id: row for row in rows.indicators}))
    tasks = [task for table in rows.tables for task in table.tasks]
    children: dict[str | None, list[str]] = defaultdict(list)
    for row in rows.indicators:
        children[row.parent_id].append(row.name)
    for task in tasks:
        children[task.indicator_id] += [task.requirement] if task.requirement else []
    of_tasks = [task_texts(t.requirement, path_of(t.indicator_id), t.criteria, t.evidence) for t in tasks]
    of_rows = [indicator_texts(r.name, path_of(r.parent_id), children[r.indicator_id]) for r in rows.indicators]
    given = [*of_tasks, *of_rows]
    above = [titles.get(task.table_id or "") for task in tasks]
    silent = [Topic(OTHER, 0.0)] * len(given)
    topics = iter(guard("主题", partial(classify, given, above), silent))
    unsettled: dict[str | None, list[str]] = defaultdict(list)
    for table in rows.tables:
        for task in table.tasks:
            found = next(topics)
            task.topic, task.topic_score = found.slug, round(min(max(found.score, 0.0), 1.0), 4)
            if found.slug == OTHER:
                unsettled[task.table_id].append(task.locator)
    for row, found in zip(rows.indicators, topics, strict=True):
        row.topic = found.slug
    for table_id, places in unsettled.items():
        listed = "、".join(places[:_MAX_LISTED]) + ("等" if len(places) > _MAX_LISTED else "")
        findings.add(
            "topic_other", INFO, f"{len(places)} 项任务未能归入主题（{listed}），可用 wenming review 指定",
            table_id=table_id, computed=Decimal(len(places)), locator=places[0],
        )  # fmt: skip


def _outer_names(indicator_id: str | None, levels: Mapping[str, IndicatorRow]) -> list[str]:
    """The names of a heading and of those above it, outermost first."""
    names: list[str] = []
    while indicator_id is not None and indicator_id in levels:
        names.insert(0, levels[indicator_id].name)
        indicator_id = levels[indicator_id].parent_id
    return names
