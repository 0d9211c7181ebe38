"""Tasks from numbered items of the running text, and what is doubtful about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from extractors.body.line_joining import LabelStyle, read_label
from extractors.body.outline import OutlineItem
from extractors.layouts import show_name
from extractors.notice.body_requirements import BodyRequirement, BodyRequirements
from extractors.notice.findings import Findings, Guard, join_listed, quote
from extractors.notice.general_rules import GeneralRules
from extractors.notice.indicators import IndicatorBuilder, OpenLevel, guarded_heading
from extractors.notice.lexicon import Lexicon
from extractors.notice.prose_fields import is_unit
from extractors.notice.table_doubts import MIN_CONFIDENCE
from extractors.notice.tasks import TableTasks, party_rows
from extractors.parsers.item_labels import Heading
from extractors.parsers.item_points import read_scored_heading
from extractors.parsers.lead_rules import order_roles
from extractors.parsers.methods import leading_methods, split_methods
from extractors.parsers.persons import split_persons
from extractors.parsers.points import inline_points
from extractors.parsers.responsible_units import Party, PartyLexicon, read_units
from extractors.parsers.row_patterns import is_bonus
from extractors.records import IndicatorRow, Rule, Severity, TaskRow
from extractors.tables.column_roles import ColumnRole

_DASH = re.compile("[—―]")
_T = TypeVar("_T")


class _Parse(Protocol):
    """Reads a field of one requirement; an error in it becomes a finding."""

    def __call__(self, field: str, read: Callable[[], list[_T]], /) -> list[_T]:
        """Return what `read` does, [] after an error."""


class _Place(NamedTuple):
    """The ids of a task, its number, and the headings above it."""

    task_id: str
    notice_id: str
    ordinal: int
    path: Sequence[IndicatorRow]


def build_prose_tasks(
    body: BodyRequirements,
    notice_id: str,
    lexicon: Lexicon,
    indicators: IndicatorBuilder,
    guard: Guard,
    *,
    rules: GeneralRules,
) -> TableTasks:
    """Build the tasks of the running text; their path is the headings above them, their table is None.

    Args:
        body: the requirements of the body.
        notice_id: the id of the notice.
        lexicon: the names that occur in the notice.
        indicators: builds the headings.
        guard: isolates parser errors.
        rules: the rules of the notice.
    """
    table_tasks = TableTasks()
    indicators.close_levels()
    for n, requirement in enumerate(body.requirements, 1):
        path = indicators.open_levels(None, _heading_levels(requirement.item, guard))
        is_shared = bool(table_tasks.tasks and requirement.criteria == table_tasks.tasks[-1].criteria)
        task_id = f"{notice_id}-p{n:03d}"
        parse: _Parse = partial(_parse_field, guard, requirement, task_id)
        first_leads = rules.first_leads(None, task_id)
        parties = parse("责任单位", partial(_read_parties, requirement, lexicon.parties, table_tasks, first_leads))
        place = _Place(task_id, notice_id, n, path)
        table_tasks.tasks.append(_build_task(requirement, place, lexicon, parse))
        table_tasks.parties[task_id] = party_rows(task_id, parties)
        table_tasks.rows[task_id] = []
        if requirement.is_assessed:
            table_tasks.assessed.add(task_id)
        table_tasks.shared[task_id] = {*requirement.shared, "criteria"} if is_shared else set(requirement.shared)
    return table_tasks


def _build_task(requirement: BodyRequirement, place: _Place, lexicon: Lexicon, parse: _Parse) -> TaskRow:
    inline = parse("括注分值", partial(inline_points, requirement.text))
    leaders = parse("责任领导", partial(_read_persons, requirement, ColumnRole.LEADER, lexicon))
    return TaskRow(
        task_id=place.task_id,
        notice_id=place.notice_id,
        table_id=None,
        indicator_id=place.path[-1].indicator_id if place.path else None,
        ordinal=place.ordinal,
        row=None,
        label=requirement.item.label or None,
        requirement=requirement.text,
        criteria=requirement.criteria,
        points=requirement.points if requirement.is_scored else sum(inline) or None,
        points_rows=requirement.points_rows,
        inline_points=inline,
        evidence=_join(requirement, ColumnRole.EVIDENCE, "\n"),
        methods=parse("测评方法", partial(_read_methods, requirement)),
        deadline=_join(requirement, ColumnRole.DEADLINE, "；"),
        leader="、".join(leaders) or None,
        persons=parse("责任人", partial(_read_persons, requirement, ColumnRole.PERSON, lexicon)),
        bonus=any(heading.bonus for heading in place.path),
        topic=None,
        topic_score=None,
        repaired=[],
        remark=_join(requirement, ColumnRole.REMARK, "；"),
        scoring=_join(requirement, ColumnRole.SCORING, "\n"),
        locator=requirement.item.locator,
    )


def report_doubts(body: BodyRequirements, table_tasks: TableTasks, findings: Findings) -> None:
    """Report what is doubtful about the tasks of the running text.

    Args:
        body: the requirements of the body.
        table_tasks: the tasks made from them.
        findings: collects the findings.
    """
    scored = [requirement for requirement in body.requirements if requirement.is_scored]
    if scored and not body.is_proven:
        findings.add(
            Rule.PROSE_DOUBT, Severity.INFO,
            f"正文中有 {len(scored)} 条按所写分值读作任务，文中没有可核对的标题分值或总分，请对照原文",
            locator=scored[0].item.locator,
        )  # fmt: skip
    unread = [
        task
        for requirement, task in zip(body.requirements, table_tasks.tasks, strict=True)
        if requirement.is_scored and task.points is None and task.points_rows == 1 and not task.bonus
        if "分" in requirement.text
    ]
    if unread:
        findings.add(
            Rule.NO_POINTS, Severity.INFO,
            f"正文中 {len(unread)} 条写有加减分或分档得分，没有确定的分值：{join_listed([t.locator for t in unread])}",
            computed=Decimal(len(unread)), locator=unread[0].locator,
        )  # fmt: skip
    for read in body.labelled:
        if read.confidence < MIN_CONFIDENCE:
            roles = "，".join(f"“{label}”为{show_name('columns', role)}" for label, role in read.roles)
            items = f"{quote(read.item.full_heading)}等 {read.n_items} 条"
            findings.add(
                Rule.PROSE_DOUBT, Severity.WARNING,
                f"{items}按行首标签读作任务，现读作：{roles}。标签含义存疑，请对照原文",
                locator=read.item.locator,
            )  # fmt: skip
    for item, note in body.notes:
        findings.add(Rule.PROSE_DOUBT, Severity.INFO, f"{quote(item.full_heading)}{note}", locator=item.locator)
    for item, reason in body.left_out:
        findings.add(
            Rule.PROSE_DOUBT, Severity.WARNING,
            f"{quote(item.full_heading)}所在的条目中有 {reason}，没有读作任务，请对照原文", locator=item.locator,
        )  # fmt: skip


def _join(requirement: BodyRequirement, wanted: ColumnRole, separator: str) -> str | None:
    return separator.join(value for role, value in requirement.fields if role is wanted) or None


def _read_methods(requirement: BodyRequirement) -> list[str]:
    methods = [m for role, value in requirement.fields if role is ColumnRole.METHOD for m in split_methods(value)]
    scoring = [value for role, value in requirement.fields if role is ColumnRole.SCORING]
    return [*methods, *(m for value in scoring for m in leading_methods(value))]


def _read_parties(
    requirement: BodyRequirement, lexicon: PartyLexicon, table_tasks: TableTasks, first_leads: bool
) -> list[Party]:
    parties: list[Party] = []
    is_labelled = any(role in (ColumnRole.LEAD, ColumnRole.SUPPORT) for role, _ in requirement.fields)

    def read(text: str, role: str | None) -> list[Party]:
        units = read_units(text, lexicon, role)
        table_tasks.note_units(units, requirement.item.locator)
        known = {party.name for party in parties}
        return [party for party in units.parties if party.name not in known]

    for value in (value for role, value in requirement.fields if role is ColumnRole.LEAD):
        parties.extend(read(value, "lead"))
    for value in (value for role, value in requirement.fields if role is ColumnRole.PARTY):
        parties.extend(read(value, "support" if parties else None))
    if not is_labelled:
        parties = order_roles(parties, requirement.text, first_leads=first_leads)
    for role, value in requirement.fields:
        if role is ColumnRole.SUPPORT:
            parties.extend(read(value, "support"))
    return parties


def _heading_levels(item: OutlineItem, guard: Guard) -> list[OpenLevel]:
    levels = []
    for i, part in enumerate(item.path):
        heading = guarded_heading(guard, partial(_read_heading, part), part, item.locator)
        levels.append(
            OpenLevel(("prose", item.annex or "", *item.path[: i + 1]), heading, is_bonus(part), item.locator)
        )
    return levels


def _read_heading(text: str) -> Heading:
    """Return a heading; the number of a chapter (第一部分) is its code, the name of a unit (校办——责任人) its name."""
    label = read_label(text)
    unit = _DASH.split(label.rest)[0] if label else ""
    if label and unit != label.rest and is_unit(unit):
        text = label.mark + unit
    if label is None or label.style is not LabelStyle.CHAPTER or not label.rest:
        return read_scored_heading(text)
    return replace(read_scored_heading(label.rest), code=label.mark.rstrip(":：、"))


def _read_persons(requirement: BodyRequirement, wanted: ColumnRole, lexicon: Lexicon) -> list[str]:
    return [
        name for role, value in requirement.fields if role is wanted for name in split_persons(value, lexicon.persons)
    ]


def _parse_field(
    guard: Guard, requirement: BodyRequirement, task_id: str, field: str, read: Callable[[], list[_T]]
) -> list[_T]:
    empty: list[_T] = []
    return guard(field, read, empty, text=requirement.item.text, locator=requirement.item.locator, task_id=task_id)
