"""Deadlines, evidence, thresholds, scoring rules and topics of tasks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import TypeVar

from extractors.body.provisions import Stage as BodyStage
from extractors.notice.apply_corrections import CorrectableRows
from extractors.notice.findings import Findings, Guard, join_listed, quote
from extractors.notice.general_rules import GeneralRules
from extractors.notice.rule_facts import RuleFacts
from extractors.parsers.deadlines import (
    Deadline,
    Period,
    Stage,
    begins_with_time,
    find_deadlines,
    read_deadlines,
    read_heading_deadline,
)
from extractors.parsers.deadlines.model import FIRST_YEAR, LAST_YEAR
from extractors.parsers.evidence import (
    EvidenceItem,
    find_evidence,
    is_material_list,
    read_evidence,
    read_material_row,
)
from extractors.parsers.scoring import ScoringRule, read_scoring
from extractors.parsers.thresholds import Threshold, read_thresholds
from extractors.records import (
    DeadlineRow,
    EvidenceRow,
    IndicatorRow,
    NoticeRow,
    Rule,
    ScoringRow,
    Severity,
    TaskRow,
    ThresholdRow,
)
from extractors.topics import OTHER, Topic, classify, indicator_texts, task_texts

_MIN_DATE, _MAX_DATE = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
_MAX_COUNT = 2**31 - 1
_MAX_POINTS = Decimal(999_999)
_MAX_VALUE = Decimal(10) ** 13
_FOUR_PLACES = Decimal("0.0001")
_MIN_SHARE = 2 / 3
"""Share of headings or requirements of one level that makes what they begin with a rule of the level."""
_DATED = 0.5
"""Share of the tasks of a table with a time of their own, where that of the others is no rhythm in their words."""
_VETO_HEADING = re.compile("一票否决|否决项|负面清单")
_Row = TypeVar("_Row")
_CACHE_SIZE = 2048
"""Parsed texts that are cached: materials recur from task to task and from notice to notice."""


@dataclass(slots=True)
class DerivedFacts:
    """The structured rows of all tasks of a notice, in the order of the tasks."""

    deadlines: list[DeadlineRow] = field(default_factory=list)
    evidence: list[EvidenceRow] = field(default_factory=list)
    thresholds: list[ThresholdRow] = field(default_factory=list)
    scoring: list[ScoringRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _DateSources:
    """What the time limits of the tasks of a notice are read from, beside their cells.

    Attributes:
        period: The period of the notice.
        stages: The stages of its plan.
        rules: Its rules.
        deadline_above: Returns the deadline that the headings above give, by the id of the innermost.
        dated_tables: The tables that say of their tasks when they are due.
        led_tables: The tables whose requirements begin with dates.
    """

    period: Period
    stages: Sequence[Stage]
    rules: RuleFacts
    deadline_above: Callable[[str | None], Sequence[Deadline]]
    dated_tables: Set[str | None]
    led_tables: Set[str | None]


def derive_facts(
    tasks: Sequence[TaskRow],
    indicators: Sequence[IndicatorRow],
    notice: NoticeRow,
    stages: Sequence[BodyStage],
    guard: Guard,
    *,
    shared: Mapping[str, Set[str]] = MappingProxyType({}),
    rules: GeneralRules | None = None,
) -> DerivedFacts:
    """Parse the deadlines, evidence, thresholds and scoring rules of all tasks.

    A criteria or scoring cell shared by several rows is read once, for the first of them.

    Args:
        tasks: the tasks of the notice.
        indicators: the headings above them.
        notice: the metadata of the notice.
        stages: the stages of its plan.
        guard: isolates parser errors.
        shared: task → those of its fields that stand in cells shared with the task above.
        rules: the rules of the notice.
    """
    period = Period(notice.period_start, notice.period_end, notice.year)
    levels = {row.indicator_id: row for row in indicators}
    dated_series = _dated_series(indicators, period)
    dates = _DateSources(
        period,
        [Stage(s.name, s.starts_on, s.ends_on) for s in stages],
        RuleFacts(rules or GeneralRules(), period),
        cache(partial(_deadline_above, levels=levels, period=period, series=dated_series)),
        _dated_tables(tasks),
        _tables_led_by_dates(tasks, period),
    )
    material_tables = _tables_of_materials(tasks)
    is_vetoed = cache(partial(_is_vetoed, levels=levels))
    evidence_spans = _evidence_spans(tasks, shared)
    facts = DerivedFacts()
    for task in tasks:
        shared_fields = shared.get(task.task_id, ())
        parse = partial(_parse_field, guard, task)
        evidence_text = task.evidence or task.requirement
        is_material = task.table_id in material_tables
        evidence = parse("材料要求", partial(_evidence_rows, task, is_material), evidence_text)
        for row in evidence if task.task_id in evidence_spans else ():
            row.shared_rows = evidence_spans[task.task_id]
            row.is_repeated = "evidence" in shared_fields
        read = partial(_deadlines, task, dates, has_materials=bool(evidence or task.evidence))
        read_rows = partial(_deadline_rows, task, read, findings=guard.findings)
        facts.deadlines += parse("完成时限", read_rows, task.deadline or task.requirement)
        # An error in a rule costs the form of the materials, and not the materials.
        with_format = partial(dates.rules.apply_formats, task, evidence)
        facts.evidence += parse("材料格式", with_format, evidence_text, empty=evidence)
        criteria = None if "criteria" in shared_fields else task.criteria
        texts = (task.requirement, criteria, task.evidence)
        facts.thresholds += parse("量化指标", partial(_threshold_rows, task, texts), _join_texts(texts))
        texts = (task.requirement, criteria, None if "scoring" in shared_fields else task.scoring)
        read_scores = partial(_scoring_rows, task, texts, is_vetoed(task.indicator_id))
        facts.scoring += parse("评分规则", read_scores, _join_texts(texts))
    return facts


def assign_topics(rows: CorrectableRows, titles: Mapping[str, str | None], findings: Findings, guard: Guard) -> None:
    """Set topic and score of every task and the topic of every indicator, in place.

    Tasks without a topic are reported, one finding per table.

    Args:
        rows: the rows of the notice.
        titles: table id → title.
        findings: collects the findings.
        guard: isolates parser errors.
    """
    names_above = cache(partial(_names_above, levels={row.indicator_id: row for row in rows.indicators}))
    tasks = [task for table in rows.tables for task in table.tasks]
    children: dict[str | None, list[str]] = defaultdict(list)
    for row in rows.indicators:
        children[row.parent_id].append(row.name)
    for task in tasks:
        children[task.indicator_id] += [task.requirement] if task.requirement else []
    task_text_lists = [task_texts(t.requirement, names_above(t.indicator_id), t.criteria, t.evidence) for t in tasks]
    indicator_text_lists = [
        indicator_texts(r.name, names_above(r.parent_id), children[r.indicator_id]) for r in rows.indicators
    ]
    text_lists = [*task_text_lists, *indicator_text_lists]
    table_titles = [titles.get(task.table_id or "") for task in tasks]
    no_topics = [Topic(OTHER, 0.0)] * len(text_lists)
    topics = iter(guard("主题", partial(classify, text_lists, table_titles), no_topics))
    unassigned: dict[str | None, list[str]] = defaultdict(list)
    for table in rows.tables:
        for task in table.tasks:
            topic = next(topics)
            task.topic, task.topic_score = topic.slug, round(min(max(topic.score, 0.0), 1.0), 4)
            if topic.slug == OTHER:
                unassigned[task.table_id].append(task.locator)
    for row, topic in zip(rows.indicators, topics, strict=True):
        row.topic = topic.slug
    for table_id, locators in unassigned.items():
        listed = join_listed(locators)
        findings.add(
            Rule.TOPIC_OTHER, Severity.INFO,
            f"{len(locators)} 项任务未能归入主题（{listed}），可用 wenming review 指定",
            table_id=table_id, computed=Decimal(len(locators)), locator=locators[0],
        )  # fmt: skip


def _parse_field(
    guard: Guard,
    task: TaskRow,
    field: str,
    read: Callable[[], list[_Row]],
    text: str | None,
    *,
    empty: Sequence[_Row] = (),
) -> list[_Row]:
    return guard(
        field, read, list(empty), text=text, locator=task.locator, table_id=task.table_id, task_id=task.task_id
    )


def _join_texts(texts: Iterable[str | None]) -> str:
    return "；".join(filter(None, texts))


def _heading_names(indicator_id: str | None, levels: Mapping[str, IndicatorRow]) -> Iterator[str]:
    """Yield the names of a heading and of those above it, innermost first."""
    while indicator_id is not None and indicator_id in levels:
        yield levels[indicator_id].name
        indicator_id = levels[indicator_id].parent_id


def _dated_series(indicators: Sequence[IndicatorRow], period: Period) -> Set[str]:
    """Return the headings of levels of which most say a time, at least two of them a date."""
    levels: dict[tuple[str | None, str | None, int], list[IndicatorRow]] = defaultdict(list)
    for row in indicators:
        levels[row.table_id, row.parent_id, row.level].append(row)
    series: set[str] = set()
    for rows in levels.values():
        times = {r.indicator_id: read_heading_deadline(r.name, period, is_one_of_several=True) for r in rows}
        dated = [time for time in times.values() if time and time.kind != "ongoing"]
        if len(dated) > 1 and sum(map(bool, times.values())) >= _MIN_SHARE * len(rows):
            series.update(indicator_id for indicator_id, time in times.items() if time)
    return series


def _dated_tables(tasks: Sequence[TaskRow]) -> Set[str | None]:
    """Return the tables that say for half of their tasks when they are due; fewer may be times beside some units."""
    tasks_of = Counter(task.table_id for task in tasks)
    dated = Counter(task.table_id for task in tasks if task.deadline)
    return {table for table, n in dated.items() if n >= _DATED * tasks_of[table]}


def _tables_led_by_dates(tasks: Sequence[TaskRow], period: Period) -> Set[str | None]:
    """Return the tables of which most requirements begin with a date (3月：…)."""
    by_table: dict[str | None, list[bool]] = defaultdict(list)
    for task in tasks:
        by_table[task.table_id].append(begins_with_time(task.requirement or "", period))
    return {
        table
        for table, begins in by_table.items()
        if table and sum(begins) > 1 and sum(begins) >= _MIN_SHARE * len(begins)
    }


def _deadline_above(
    indicator_id: str | None, levels: Mapping[str, IndicatorRow], period: Period, series: Set[str]
) -> Sequence[Deadline]:
    """Return the deadline that the innermost heading with one gives, if any."""
    while indicator_id is not None and indicator_id in levels:
        found = read_heading_deadline(levels[indicator_id].name, period, is_one_of_several=indicator_id in series)
        if found:
            return [found]
        indicator_id = levels[indicator_id].parent_id
    return []


def _deadlines(task: TaskRow, dates: _DateSources, *, has_materials: bool) -> tuple[Sequence[Deadline], str]:
    """Return the deadlines of a task and what they rest on.

    They are from the deadline cell and the evidence, else the requirement, else the headings above, else a rule of the
    notice; a rule may name the day within the month of a heading.
    """
    period = dates.period
    of_evidence = find_deadlines(task.evidence, period, is_material=True) if task.evidence else []
    if task.deadline:
        written = read_deadlines(task.deadline, period, dates.stages, task.requirement or "")
        known = {(d.kind, d.starts_on, d.ends_on, d.recurrence) for d in written}
        more = [d for d in of_evidence if (d.kind, d.starts_on, d.ends_on, d.recurrence) not in known]
        return [*written, *more], "cell"
    required = find_deadlines(
        task.requirement or "",
        period,
        is_led=task.table_id in dates.led_tables,
        is_undated=task.table_id not in dates.dated_tables,
    )
    if inline := [*of_evidence, *required]:
        return inline, "cell"
    if above := dates.deadline_above(task.indicator_id):
        within = dates.rules.within_month(task, above[0])
        return ([within], "rule") if within else (above, "header")
    return dates.rules.default_deadlines(task, has_materials=has_materials), "rule"


def _deadline_rows(
    task: TaskRow, read: Callable[[], tuple[Sequence[Deadline], str]], *, findings: Findings
) -> list[DeadlineRow]:
    rows: list[DeadlineRow] = []
    deadlines, basis = read()
    for deadline in dict.fromkeys(deadlines):
        days = [day for day in (deadline.starts_on, deadline.ends_on) if day is not None]
        is_out_of_range = any(not _MIN_DATE <= day <= _MAX_DATE for day in days)
        starts, ends = (None, None) if is_out_of_range else (deadline.starts_on, deadline.ends_on)
        kind = "unknown" if is_out_of_range else deadline.kind
        if deadline.is_unread or is_out_of_range:
            findings.add(
                Rule.DEADLINE_UNREAD, Severity.WARNING,
                f"完成时限{quote(deadline.raw)}未能读全，未给出起止日期，请对照原文用 wenming review 核实",
                table_id=task.table_id, task_id=task.task_id, locator=task.locator,
            )  # fmt: skip
        rows.append(
            DeadlineRow(
                task.task_id, len(rows) + 1, kind, starts, ends, deadline.recurrence, deadline.anchor,
                deadline.raw or "", basis,
            )
        )  # fmt: skip
    return rows


@lru_cache(maxsize=_CACHE_SIZE)
def _evidence_of(text: str, requirement: str) -> tuple[EvidenceItem, ...]:
    return tuple(read_evidence(text, requirement))


def _tables_of_materials(tasks: Sequence[TaskRow]) -> Set[str | None]:
    """Return the tables without a column of evidence whose requirements are a list of materials."""
    by_table: dict[str | None, list[TaskRow]] = defaultdict(list)
    for task in tasks:
        by_table[task.table_id].append(task)
    return {
        table
        for table, rows in by_table.items()
        if table and not any(row.evidence for row in rows) and is_material_list(row.requirement for row in rows)
    }


def _evidence_spans(tasks: Sequence[TaskRow], shared: Mapping[str, Set[str]]) -> Mapping[str, int]:
    """Return the tasks whose evidence cell serves several, with their number."""
    spans: dict[str, int] = {}
    run: list[str] = []
    for task in [*tasks, None]:
        if task is not None and task.evidence and run and "evidence" in shared.get(task.task_id, ()):
            run.append(task.task_id)
            continue
        spans |= dict.fromkeys(run, len(run)) if len(run) > 1 else {}
        run = [task.task_id] if task is not None and task.evidence else []
    return spans


def _evidence(task: TaskRow, is_material: bool) -> Sequence[EvidenceItem]:
    """Return evidence from the evidence cell, else from the requirement: what it asks for, or names in such a list."""
    if task.evidence:
        return _evidence_of(task.evidence, task.requirement or "")
    requirement = task.requirement or ""
    return read_material_row(requirement) if is_material else find_evidence(requirement)


def _evidence_rows(task: TaskRow, is_material: bool) -> list[EvidenceRow]:
    return [
        EvidenceRow(
            task.task_id, n, item.kind, _valid_count(item.min_count), item.unit, _valid_count(item.min_words),
            _valid_points(item.points), item.raw, item.group,
        )
        for n, item in enumerate(_evidence(task, is_material), 1)
    ]  # fmt: skip


def _valid_count(count: int | None) -> int | None:
    return count if count is not None and 0 <= count <= _MAX_COUNT else None


def _valid_points(points: Decimal | None) -> Decimal | None:
    if points is None or not 0 <= points <= _MAX_POINTS:
        return None
    return points.quantize(Decimal("0.001")) if points.as_tuple().exponent < -3 else points  # type: ignore[operator]


@lru_cache(maxsize=_CACHE_SIZE)
def _thresholds_of(text: str, is_material: bool) -> tuple[Threshold, ...]:
    # How much to hand in is part of the evidence.
    found = read_thresholds(text, evidence=False, is_material=is_material)
    return tuple(threshold for threshold in found if abs(threshold.value) < _MAX_VALUE)


def _threshold_rows(task: TaskRow, texts: Iterable[str | None]) -> list[ThresholdRow]:
    thresholds = [
        threshold for text in texts if text for threshold in _thresholds_of(text, is_material=text is task.evidence)
    ]
    return [
        ThresholdRow(
            task.task_id, n, threshold.subject or None, threshold.operator, threshold.value.quantize(_FOUR_PLACES),
            threshold.unit or None, threshold.raw,
        )
        for n, threshold in enumerate(thresholds, 1)
    ]  # fmt: skip


def _is_vetoed(indicator_id: str | None, levels: Mapping[str, IndicatorRow]) -> bool:
    """Return whether a heading above is one of vetoes (一票否决): then every requirement below is a veto."""
    return any(_VETO_HEADING.search(name) for name in _heading_names(indicator_id, levels))


def _scoring_rows(task: TaskRow, texts: Iterable[str | None], is_vetoed: bool) -> list[ScoringRow]:
    rules: list[ScoringRule] = []
    for n_text, text in enumerate(texts, 1):
        # Groups are unique within their text only.
        rules += [_with_text_number(rule, n_text) for rule in read_scoring(text, task.requirement)] if text else []
    if is_vetoed and task.requirement and not any(rule.effect == "veto" for rule in rules):
        rules.append(ScoringRule("veto", task.requirement, None, None, task.requirement))
    return [
        ScoringRow(
            task.task_id,
            n,
            rule.effect,
            rule.condition,
            _valid_points(rule.points),
            _valid_points(rule.cap),
            rule.raw,
            rule.group,
        )
        for n, rule in enumerate(rules, 1)
    ]


def _with_text_number(rule: ScoringRule, n_text: int) -> ScoringRule:
    group = f"{n_text}-{rule.group}" if rule.group else None
    return ScoringRule(rule.effect, rule.condition, rule.points, rule.cap, rule.raw, group)


def _names_above(indicator_id: str | None, levels: Mapping[str, IndicatorRow]) -> list[str]:
    """Return the names of a heading and of those above it, outermost first."""
    return list(_heading_names(indicator_id, levels))[::-1]
