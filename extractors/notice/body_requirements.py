"""The requirements of the running text, and what is doubtful about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from extractors.body.outline import OutlineItem
from extractors.notice.labelled_blocks import ReadLabels
from extractors.notice.prose_fields import UNIT_ROLES, Field
from extractors.parsers.unit_persons import are_paired_with_persons, split_units_and_persons
from extractors.tables.column_roles import ColumnRole

_SHARE: Final = 0.6
"""Share of the texts of units in which persons stand."""


@dataclass(frozen=True, slots=True)
class BodyRequirement:
    """A requirement of the body: its text without its fields, and (role, text) of each field.

    Attributes:
        item: Where it stands.
        text: Its text.
        fields: Its fields.
        points: The points of an item of a rubric.
        points_rows: The number of items that share them.
        criteria: The standard of the heading above it.
        is_scored: Whether it is an item of a rubric.
        is_assessed: Whether its units only assess it.
        shared: The fields of its task that it has from its heading, as the task before it has.
    """

    item: OutlineItem
    text: str
    fields: tuple[Field, ...]
    points: Decimal | None = None
    points_rows: int = 1
    criteria: str | None = None
    is_scored: bool = False
    is_assessed: bool = False
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BodyRequirements:
    """The requirements of the body in reading order, and what is doubtful about them.

    Attributes:
        requirements: The requirements.
        is_proven: Whether sums of points confirm the rubrics of the running text.
        left_out: Lists of which a part was not read: the first item of each, and what the doubt is.
        labelled: What the labels of lists in labelled lines were read as.
        notes: Lists that name units and ask for nothing: the first item of each, and how they were read.
    """

    requirements: Sequence[BodyRequirement] = ()
    is_proven: bool = True
    left_out: Sequence[tuple[OutlineItem, str]] = ()
    labelled: Sequence[ReadLabels] = ()
    notes: Sequence[tuple[OutlineItem, str]] = ()


def party_texts(requirements: Iterable[BodyRequirement]) -> Iterator[str]:
    """Yield the texts of responsible units, for the lexicon of the notice."""
    for requirement in requirements:
        yield from (value for role, value in requirement.fields if role in UNIT_ROLES)


def take_persons(body: BodyRequirements) -> BodyRequirements:
    """Return the requirements with the persons behind their units as fields of their own: 财务科（王小红）."""
    texts = [*party_texts(body.requirements)]
    found = [(text, split_units_and_persons(text)) for text in texts]
    if sum(bool(both.persons) for _, both in found) < _SHARE * len(found) or not are_paired_with_persons(found):
        return body
    requirements = [
        replace(requirement, fields=tuple(new for field in requirement.fields for new in _split_field(field)))
        for requirement in body.requirements
    ]
    return replace(body, requirements=requirements)


def _split_field(field: Field) -> list[Field]:
    role, value = field
    both = split_units_and_persons(value) if role in UNIT_ROLES else None
    if both is None or not both.persons:
        return [field]
    return [(role, both.units), (ColumnRole.PERSON, both.persons)]
