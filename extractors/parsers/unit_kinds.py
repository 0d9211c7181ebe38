"""What kind of body the name of a unit means, and which unit it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final, Literal

from extractors.parsers.responsible_units import is_collective
from extractors.parsers.unit_names import has_unit_suffix, word_list
from extractors.vocabulary import alternation

UnitKind = Literal["department", "unit", "collective", "group", "assessor"]
_BRACKET: Final = re.compile(r"[（(][^（）()]{0,20}[）)]$")
_PARTS: Final = ("科", "股", "组", "系部")
"""Endings of departments whoever stands before them: 县教育局人事股; but 县文明办 is a unit."""
_SHORTEST_PARENT: Final = 3
"""市局 may be any; 县公安局 is one."""


def find_kind(name: str) -> UnitKind:
    """Return the kind of a unit by its name."""
    if is_collective(name):
        return "collective"
    plain = _BRACKET.sub("", name)
    if plain.endswith(word_list("groups")):
        return "group"
    return "department" if _is_department(plain) else "unit"


def _is_department(name: str) -> bool:
    if not name.endswith(word_list("departments")) or name.endswith(word_list("own_units")):
        return False
    if name.endswith("室"):
        return not _of_government().match(name)
    return name.endswith(_PARTS) or not name.startswith(word_list("levels"))


@cache
def _of_government() -> re.Pattern[str]:
    """Return the pattern of an office of a committee or government itself: 市委办公室, 县督查室; not 市局办公室."""
    return re.compile(rf"{alternation(word_list('levels'))}[^局院校馆所站社]*$")


def find_parent(name: str, names: Iterable[str]) -> str | None:
    """Return the longest of the names that a name begins with, if a department or unit of its own follows.

    县公安局交警大队 belongs to 县公安局; 市发展改革委员会 does not to 市发展改革委.
    """
    above = [
        other
        for other in names
        if len(other) >= _SHORTEST_PARENT
        and name.startswith(other)
        and not (other.endswith("委") and name.startswith(f"{other}员会"))
        and has_unit_suffix(name[len(other) :])
        and not is_collective(other)
    ]
    return max(above, key=len, default=None)
