"""Fields of a heading that say which of the items below it they are of: 第1项由市教育局牵头；第2、3项9月底前."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from extractors.notice.prose_fields import FIELD_MARKS, UNIT_ROLES, Field
from extractors.notice.unit_sentences import find_units_in_sentence
from extractors.parsers.item_labels import mark_number

_ITEM_KEY: Final = re.compile(
    r"第(?P<numbers>[\d一二三四五六七八九十]{1,3}(?:[、，,和及至到\-—~～][\d一二三四五六七八九十]{1,3}){0,9})[项条]"
)
"""第1项由市教育局牵头；第2、3项9月底前."""
_NUMBER_JOINT: Final = re.compile(r"([、，,和及至到\-—~～])")


def select_for_item(fields: Iterable[Field], number: int | None) -> list[Field]:
    """Return the fields of a heading for the item with this number, of those that say which items they are of."""
    selected: list[Field] = []
    for role, value in fields:
        keys = list(_ITEM_KEY.finditer(value))
        if not keys or keys[0].start() > 0:
            selected.append((role, value))
            continue
        ends = [key.start() for key in keys[1:]] + [len(value)]
        own = [
            value[key.end() : end].strip(FIELD_MARKS)
            for key, end in zip(keys, ends, strict=True)
            if number in _numbers_of(key["numbers"])
        ]
        for text in filter(None, own):
            units = find_units_in_sentence(text) if role in UNIT_ROLES else ()
            selected += units or ((role, text),)
    return selected


def _numbers_of(text: str) -> set[int | None]:
    """Return the numbers of a list with ranges: 2、4至6."""
    first, *others = _NUMBER_JOINT.split(text)
    numbers = {mark_number(first)}
    last = mark_number(first)
    for joint, number in zip(others[::2], others[1::2], strict=True):
        following = mark_number(number)
        if joint not in "、，,和及" and last is not None and following is not None:
            numbers.update(range(last, following))
        numbers.add(following)
        last = following
    return numbers
