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
from extractors.parsers.column_headers import header_word
from extractors.parsers.item_labels import read_heading
from extractors.parsers.persons import split_persons
from extractors.parsers.points import inline_points
from extractors.parsers.responsible_units import Party, PartyLexicon, split_parties
from extractors.parsers.row_patterns import is_bonus
from extractors.records import TaskRow

_LABEL = r"[\u4e00-\u9fff]{2,8}[:：]"
_TAIL = re.compile(rf"[（(【\[]\s*(?P<fields>{_LABEL}[^（(]*(?:[（(][^（）()]*[）)][^（(]*?)*)[）)】\]][。；;]?")
_LINE = re.compile(
    rf"(?:^\s*|(?<=[。；;\n])[^\S\n]*)(?P<fields>{_LABEL}[^。\n]+(?:(?:。|。?\n)\s*{_LABEL}[^。\n]+)*)。?(?=\n|$)"
)
_FIELD_LABEL = re.compile(rf"(?:^|(?<=[；;。，,\s]))(?P<label>{_LABEL})")
_T = TypeVar("_T")
_FIELD_ROLES = ("lead", "party", "support", "leader", "person", "deadline", "evidence")


@dataclass(frozen=True, slots=True)
class BodyRequirement:
    """A duty of the body: its text without the labelled tail, and (role, text) of each labelled field."""

    item: OutlineItem
    text: str
    fields: tuple[tuple[str, str], ...]


def _labelled_fields(text: str) -> list[tuple[str, str]]:
    """(role, value) of 牵头领导：…；责任科室：…；完成时限：…; what another label says, and that label, is a remark."""
    marks = list(_FIELD_LABEL.finditer(text))
    found = []
    for here, following in zip(marks, [*marks[1:], None], strict=True):
        label = here.group("label")
        role = header_word(label.rstrip(":：")).role
        value = text[here.end() : following.start() if following else len(text)].strip(" ；;，,。\n")
        if value:
            found.append((role, value) if role in _FIELD_ROLES else ("remark", label + value))
    return found


def _read_requirement(item: OutlineItem) -> BodyRequirement | None:
    for pattern in (_TAIL, _LINE):
        for match in pattern.finditer(item.text):
            fields = _labelled_fields(match.group("fields"))
            if any(role in ("lead", "party", "leader") for role, _ in fields):
                rest = clean(item.text[: match.start()] + item.text[match.end() :])
                return BodyRequirement(item, rest, tuple(fields)) if rest else None
    return None


def read_requirements(source: Outline) -> list[BodyRequirement]:
    """The items of the body that name who is responsible, in reading order."""
    return [duty for item in source.walk() if item.label and (duty := _read_requirement(item))]


def party_texts(duties: Sequence[BodyRequirement]) -> Iterator[str]:
    """The party texts of the duties, for the lexicon of the notice."""
    for duty in duties:
        yield from (value for role, value in duty.fields if role in ("lead", "party", "support"))


def _read_parties(duty: BodyRequirement, lexicon: PartyLexicon) -> list[Party]:
    found: list[Party] = []
    for role, value in duty.fields:
        if role in ("lead", "party"):
            found.extend(split_parties(value, lexicon, None if not found else "support"))
    for role, value in duty.fields:
        if role == "support":
            found.extend(
                p for p in split_parties(value, lexicon, "support") if not any(f.name == p.name for f in found)
            )
    return found


def _heading_levels(item: OutlineItem, guard: Guard) -> list[OpenLevel]:
    levels = []
    for i, part in enumerate(item.path):
        heading = guarded_heading(guard, partial(read_heading, part), part, item.locator)
        levels.append(OpenLevel(("prose", *item.path[: i + 1]), heading, is_bonus(part), item.locator))
    return levels


def _read_persons(duty: BodyRequirement, wanted: str, lexicon: Lexicon) -> list[str]:
    return [name for role, value in duty.fields if role == wanted for name in split_persons(value, lexicon.persons)]


def _parse_field(
    guard: Guard, duty: BodyRequirement, task_id: str, field: str, read: Callable[[], list[_T]]
) -> list[_T]:
    empty: list[_T] = []
    return guard(field, read, empty, text=duty.item.text, locator=duty.item.locator, task_id=task_id)


def build_prose_tasks(
    duties: Sequence[BodyRequirement], notice_id: str, lexicon: Lexicon, indicators: IndicatorBuilder, guard: Guard
) -> TableTasks:
    """Tasks of the duties; their path is the headings above them, their table NULL."""
    done = TableTasks()
    indicators.close()
    for n, duty in enumerate(duties, 1):
        path = indicators.open(None, _heading_levels(duty.item, guard))
        said = dict(duty.fields)
        task_id = f"{notice_id}-p{n:03d}"
        of = partial(_parse_field, guard, duty, task_id)
        inline = of("括注分值", partial(inline_points, duty.text))
        leaders = of("责任领导", partial(_read_persons, duty, "leader", lexicon))
        persons = of("责任人", partial(_read_persons, duty, "person", lexicon))
        parties = of("责任单位", partial(_read_parties, duty, lexicon.parties))
        done.tasks.append(
            TaskRow(
                task_id=task_id,
                notice_id=notice_id,
                table_id=None,
                indicator_id=path[-1].indicator_id if path else None,
                ordinal=n,
                row=None,
                label=duty.item.label,
                requirement=duty.text,
                criteria=None,
                points=sum(inline) or None,
                points_rows=1,
                inline_points=inline,
                evidence=said.get("evidence"),
                methods=[],
                deadline=said.get("deadline"),
                leader="、".join(leaders) or None,
                persons=persons,
                bonus=any(p.bonus for p in path),
                topic=None,
                topic_score=None,
                repaired=[],
                remark="；".join(value for role, value in duty.fields if role == "remark") or None,
                scoring=None,
                locator=duty.item.locator,
            )
        )
        done.parties[task_id] = party_rows(task_id, parties)
        done.rows[task_id] = []
    return done
