"""Tasks from numbered items of the running text that name who is responsible."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from extractors.body.outline import Outline, OutlineItem
from extractors.normalize import clean
from extractors.notice.findings import Guard
from extractors.notice.indicators import IndicatorBuilder, OpenLevel, guarded_heading
from extractors.notice.lexicon import Lexicon
from extractors.notice.tasks import TableTasks, party_rows
from extractors.parsers.column_headers import header_word, is_exact_header
from extractors.parsers.item_labels import read_heading
from extractors.parsers.persons import split_persons
from extractors.parsers.points import inline_points
from extractors.parsers.responsible_units import Party, PartyLexicon, split_parties
from extractors.parsers.row_patterns import is_bonus
from extractors.records import TaskRow
from extractors.tables.column_roles import ColumnRole

_LABEL = r"[\u4e00-\u9fff]{2,8}[:：]"
_TAIL = re.compile(rf"[（(【\[]\s*(?P<fields>{_LABEL}[^（(]*(?:[（(][^（）()]*[）)][^（(]*?)*)[）)】\]][。；;]?")
_LINE = re.compile(
    rf"(?:^\s*|(?<=[。；;\n])[^\S\n]*)(?P<fields>{_LABEL}[^。\n]+(?:(?:。|。?\n)\s*{_LABEL}[^。\n]+)*)。?(?=\n|$)"
)
_FIELD_LABEL = re.compile(rf"(?:^|(?<=[；;。，,\s]))(?P<label>{_LABEL})")
_COLON = re.compile("[:：]")
_LONGEST_LABEL = 8
"""牵头责任单位: characters of a label."""
_T = TypeVar("_T")
_FIELD_ROLES = (
    ColumnRole.LEAD,
    ColumnRole.PARTY,
    ColumnRole.SUPPORT,
    ColumnRole.LEADER,
    ColumnRole.PERSON,
    ColumnRole.DEADLINE,
    ColumnRole.EVIDENCE,
)


@dataclass(frozen=True, slots=True)
class BodyRequirement:
    """A requirement of the body: its text without the labelled fields, and (role, text) of each field."""

    item: OutlineItem
    text: str
    fields: tuple[tuple[ColumnRole, str], ...]


def read_requirements(outline: Outline) -> list[BodyRequirement]:
    """Return the items of the body that name who is responsible, in reading order."""
    return [requirement for item in outline.walk() if item.label and (requirement := _read_requirement(item))]


def party_texts(requirements: Sequence[BodyRequirement]) -> Iterator[str]:
    """Yield the texts of responsible units, for the lexicon of the notice."""
    for requirement in requirements:
        yield from (
            value
            for role, value in requirement.fields
            if role in (ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.SUPPORT)
        )


def build_prose_tasks(
    requirements: Sequence[BodyRequirement],
    notice_id: str,
    lexicon: Lexicon,
    indicators: IndicatorBuilder,
    guard: Guard,
) -> TableTasks:
    """Build the tasks of the running text; their path is the headings above them, their table is None.

    Args:
        requirements: the requirements of the body.
        notice_id: the id of the notice.
        lexicon: the names that occur in the notice.
        indicators: builds the headings.
        guard: isolates parser errors.
    """
    table_tasks = TableTasks()
    indicators.close_levels()
    for n, requirement in enumerate(requirements, 1):
        path = indicators.open_levels(None, _heading_levels(requirement.item, guard))
        fields = dict(requirement.fields)
        task_id = f"{notice_id}-p{n:03d}"
        parse = partial(_parse_field, guard, requirement, task_id)
        inline = parse("括注分值", partial(inline_points, requirement.text))
        leaders = parse("责任领导", partial(_read_persons, requirement, ColumnRole.LEADER, lexicon))
        persons = parse("责任人", partial(_read_persons, requirement, ColumnRole.PERSON, lexicon))
        parties = parse("责任单位", partial(_read_parties, requirement, lexicon.parties))
        table_tasks.tasks.append(
            TaskRow(
                task_id=task_id,
                notice_id=notice_id,
                table_id=None,
                indicator_id=path[-1].indicator_id if path else None,
                ordinal=n,
                row=None,
                label=requirement.item.label,
                requirement=requirement.text,
                criteria=None,
                points=sum(inline) or None,
                points_rows=1,
                inline_points=inline,
                evidence=fields.get(ColumnRole.EVIDENCE),
                methods=[],
                deadline=fields.get(ColumnRole.DEADLINE),
                leader="、".join(leaders) or None,
                persons=persons,
                bonus=any(p.bonus for p in path),
                topic=None,
                topic_score=None,
                repaired=[],
                remark="；".join(value for role, value in requirement.fields if role is ColumnRole.REMARK) or None,
                scoring=None,
                locator=requirement.item.locator,
            )
        )
        table_tasks.parties[task_id] = party_rows(task_id, parties)
        table_tasks.rows[task_id] = []
    return table_tasks


def _labelled_fields(text: str) -> list[tuple[ColumnRole, str]]:
    """Return (role, value) of each labelled field: 牵头领导：…；责任科室：…；完成时限：….

    A field with another label is a remark together with its label.
    """
    labels = _find_labels(text)
    fields = []
    for (start, end), following in zip(labels, [*labels[1:], None], strict=True):
        label = text[start:end]
        role = header_word(label.rstrip(":：")).role
        value = text[end : following[0] if following else len(text)].strip(" ；;，,。\n")
        if value:
            is_known = role in _FIELD_ROLES
            fields.append((ColumnRole(role), value) if role and is_known else (ColumnRole.REMARK, label + value))
    return fields


def _find_labels(text: str) -> list[tuple[int, int]]:
    """Return where the labels of fields begin and end, their colons included.

    A label stands behind a mark, or is a word of the vocabulary: 12月10日前牵头领导：张某责任科室：办公室.
    """
    found = {match.start("label"): match.end() for match in _FIELD_LABEL.finditer(text)}
    ends = set(found.values())
    for colon in _COLON.finditer(text):
        if colon.end() in ends:
            continue
        for size in range(_LONGEST_LABEL, 1, -1):
            word = text[max(colon.start() - size, 0) : colon.start()]
            if len(word) == size and is_exact_header(word) and header_word(word).role in _FIELD_ROLES:
                found[colon.start() - size] = colon.end()
                break
    return sorted(found.items())


def _read_requirement(item: OutlineItem) -> BodyRequirement | None:
    for pattern in (_TAIL, _LINE):
        for match in pattern.finditer(item.text):
            fields = _labelled_fields(match.group("fields"))
            if any(role in (ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.LEADER) for role, _ in fields):
                rest = clean(item.text[: match.start()] + item.text[match.end() :])
                return BodyRequirement(item, rest, tuple(fields)) if rest else None
    return None


def _read_parties(requirement: BodyRequirement, lexicon: PartyLexicon) -> list[Party]:
    parties: list[Party] = []
    for role, value in requirement.fields:
        if role in (ColumnRole.LEAD, ColumnRole.PARTY):
            parties.extend(split_parties(value, lexicon, None if not parties else "support"))
    for role, value in requirement.fields:
        if role is ColumnRole.SUPPORT:
            parties.extend(
                p for p in split_parties(value, lexicon, "support") if not any(f.name == p.name for f in parties)
            )
    return parties


def _heading_levels(item: OutlineItem, guard: Guard) -> list[OpenLevel]:
    levels = []
    for i, part in enumerate(item.path):
        heading = guarded_heading(guard, partial(read_heading, part), part, item.locator)
        levels.append(OpenLevel(("prose", *item.path[: i + 1]), heading, is_bonus(part), item.locator))
    return levels


def _read_persons(requirement: BodyRequirement, wanted: ColumnRole, lexicon: Lexicon) -> list[str]:
    return [
        name for role, value in requirement.fields if role is wanted for name in split_persons(value, lexicon.persons)
    ]


def _parse_field(
    guard: Guard, requirement: BodyRequirement, task_id: str, field: str, read: Callable[[], list[_T]]
) -> list[_T]:
    empty: list[_T] = []
    return guard(field, read, empty, text=requirement.item.text, locator=requirement.item.locator, task_id=task_id)
