"""The items of a rubric in the running text: their fields from their lines, their tails, and the form of their list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from extractors.body.scored_items import MIN_SHARE, ScoredItem
from extractors.notice.body_requirements import BodyRequirement
from extractors.notice.labelled_blocks import (
    LabelRoles,
    place_below_names,
    read_block,
    read_label_roles,
    read_labelled_items,
    separate_labels,
    take_block_fields,
)
from extractors.notice.prose_fields import (
    DUTY_ROLES,
    FoundFields,
    find_assessor,
    names_office,
    take_fields,
    take_leading_unit,
    take_units_at_end,
)
from extractors.parsers.item_points import stated_points
from extractors.parsers.points import cell_points
from extractors.tables.column_roles import ColumnRole

_LEAST_OF_FORM: Final = 2
"""Items that begin or end with units before this is the form of their list."""


def scored_requirements(items: Sequence[ScoredItem]) -> tuple[list[BodyRequirement], LabelRoles]:
    """Return the items of a rubric with their fields, and what the labels of their lines were taken for."""
    lines = _take_lines(items)
    texts = [found.text for found in lines.found]
    forms = [take for take in (take_leading_unit, take_units_at_end) if _is_form_of(take, texts)]
    pairs = zip(lines.items, lines.found, strict=True)
    return [_scored_requirement(scored, found, forms) for scored, found in pairs], lines.roles


class _LinesTaken(NamedTuple):
    """Items of a rubric, the fields of their labelled lines, and what the labels mean."""

    items: Sequence[ScoredItem]
    found: Sequence[FoundFields]
    roles: LabelRoles


def _take_lines(items: Sequence[ScoredItem]) -> _LinesTaken:
    """Return the items with the fields of their labelled lines, below their names where these state no points."""
    texts = separate_labels([scored.text for scored in items])
    blocks = list(map(read_block, texts))
    are_names = not any(stated_points(block.text) for block in blocks)
    read = read_labelled_items(texts) if are_names else None
    if read is None:
        roles = read_label_roles(blocks)
        return _LinesTaken(items, [take_block_fields(block, roles.roles) for block in blocks], roles)
    pairs = zip(items, read.items, strict=True)
    named = [replace(scored, item=place_below_names(scored.item, one)) for scored, one in pairs]
    return _LinesTaken(named, [one.found for one in read.items], LabelRoles({}))


def _is_form_of(take: Callable[[str], FoundFields | None], texts: Sequence[str]) -> bool:
    """Return whether most of the texts are written in a form, and name an office in it."""
    found = [fields for text in texts if (fields := take(text)) is not None]
    units = [value for fields in found for role, value in fields.fields if role is ColumnRole.PARTY]
    return len(found) >= max(_LEAST_OF_FORM, MIN_SHARE * len(texts)) and any(map(names_office, units))


def _scored_requirement(
    scored: ScoredItem, inside: FoundFields, forms: Sequence[Callable[[str], FoundFields | None]]
) -> BodyRequirement:
    """Return an item of a rubric with its fields: those of its lines, its tails, and the forms of its list."""
    found = take_fields(inside.text)
    text, fields = found.text, [*inside.fields, *found.fields]
    for take in forms:
        if (more := take(text)) is not None:
            text, fields = more.text, [*fields, *more.fields]
    assessor = None
    if not any(role in DUTY_ROLES for role, _ in fields):
        stating = (text, scored.criteria or "", *scored.item.path[::-1])
        assessor = next(filter(None, map(find_assessor, stating)), None)
    if assessor is not None:
        fields.append((ColumnRole.PARTY, assessor))
    stated = next((cell_points(value) for role, value in fields if role is ColumnRole.POINTS), None)
    others = tuple((role, value) for role, value in fields if role is not ColumnRole.POINTS)
    points = scored.points if scored.points is not None else stated
    return BodyRequirement(
        scored.item,
        text,
        others,
        points,
        scored.points_rows,
        scored.criteria,
        is_scored=True,
        is_assessed=assessor is not None,
    )
