"""Names of units that were misread: 勿公室 for the 办公室 that the notice names elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from extractors.vocabulary import load_toml

_MIN_LENGTH = 3
"""Names of two characters differ in one by chance: 团委, 工委."""


@cache
def _look_alikes() -> Mapping[str, str]:
    """Return character → the characters that look like it."""
    return {characters[0]: characters[1:] for characters in load_toml("parties")["look_alikes"]}


def find_misread(names: Mapping[str, int], known: Collection[str], text: str) -> dict[str, str]:
    """Return misread name → the name it stands for.

    A name is misread if it differs in one character from a usual name that the notice writes more often, if that
    character looks like the right one, and if it stands nowhere else in the notice: a notice that names a unit writes
    its characters in other words too. 外事科 beside 人事科 is another unit.

    Args:
        names: The names of the notice with their numbers of occurrences.
        known: The usual names of units.
        text: The text of the notice but for its names of units.
    """
    usual = [name for name in names if name in known and len(name) >= _MIN_LENGTH]
    misread: dict[str, str] = {}
    for name, count in names.items():
        if name in known or len(name) < _MIN_LENGTH:
            continue
        for other in usual:
            place = _only_difference(name, other)
            if place is None or names[other] <= count:
                continue
            character = name[place]
            is_elsewhere = character in text or any(character in one for one in names if one != name)
            if character in _look_alikes().get(other[place], "") and not is_elsewhere:
                misread[name] = other
                break
    return misread


def _only_difference(a: str, b: str) -> int | None:
    """Return the index of the only character in which two names of equal length differ."""
    places = [i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y]
    return places[0] if len(a) == len(b) and len(places) == 1 else None
