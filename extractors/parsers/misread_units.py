"""Names of units that were misread: 勿公室 for the 办公室 that the notice names elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache

from extractors.parsers.unit_names import word_list

_MIN_LENGTH = 3
"""Names of two characters differ in one by chance: 团委, 工委."""
_MIN_TIMES = 3
"""A name that no other notice need have is the right one where this notice writes it so often: 校创文办."""

_FIRST_RARE_BYTE = 0xD8
"""GB 2312 lists its 3755 common characters before the rare ones, which begin here: 夯 is common, 亍 is rare."""


@cache
def _look_alikes() -> Mapping[str, str]:
    """Return character → the characters that look like it."""
    return {characters[0]: characters[1:] for characters in word_list("look_alikes")}


def find_misread(
    names: Mapping[str, int], known: Collection[str], text: str, others: Iterable[str] = ()
) -> dict[str, str]:
    """Return misread name → the name it stands for.

    A name is misread if it differs in one character from a usual name, or one that the notice writes again and again,
    if that character looks like the right one or is a rare one, and if it stands nowhere else in the notice: a notice
    that names a unit writes its characters in other words too. 外事科 beside 人事科 is another unit. What ends like no
    unit and no people (行政制, 行政刺; not 志愿者) is no unit whose characters could stand elsewhere, and there is none
    whose name ends with 公室 but 办公室.

    Args:
        names: The names of the notice with their numbers of occurrences.
        known: The usual names of units.
        text: The text of the notice but for its names of units.
        others: Texts in cells of units that end like no unit.
    """
    right = _right_names(names, known)
    misread: dict[str, str] = {}
    for name, count in names.items():
        if name in known:
            continue
        for other in right:
            place = _misread_place(name, other, is_alike=_is_rare_beside)
            # A usual name is right even where it stands no more often.
            if place is None or names[other] < count + (other not in known):
                continue
            character = name[place]
            if character not in text and not any(character in one for one in names if one != name):
                misread[name] = other
                break
    for name in others:
        found = [other for other in right if _misread_place(name, other, is_alike=_ends_like_none) is not None]
        if len(found) == 1 and name not in text:
            misread[name] = found[0]
    return misread | {name: fixed for name in (*names, *others) if (fixed := _repair_compound(name, names))}


def find_neighbour(text: str, names: Mapping[str, int], known: Collection[str]) -> str | None:
    """Return the only name that differs from a text in one character, None if there is none or several.

    For the debris in a cell whose rows ran into one another: 小事科 for 人事科.

    Args:
        text: The debris.
        names: The names of the notice with their numbers of occurrences.
        known: The usual names of units.
    """
    found = [name for name in _right_names(names, known) if _only_difference(text, name) is not None]
    return found[0] if len(found) == 1 else None


def _right_names(names: Mapping[str, int], known: Collection[str]) -> list[str]:
    return [name for name in names if len(name) >= _MIN_LENGTH and (name in known or names[name] >= _MIN_TIMES)]


def _repair_compound(name: str, names: Mapping[str, int]) -> str | None:
    """Return a name with its last word as the notice writes it more often (办公室 for 公室), None for a right one."""
    for word in word_list("compounds"):
        if len(name) >= len(word) and name.endswith(word[1:]) and not name.endswith(word):
            fixed = name[: -len(word)] + word
            usual = max(names.get(fixed, 0), names.get(word, 0))
            return fixed if usual > names.get(name, 0) else None
    return None


def _misread_place(name: str, other: str, *, is_alike: Callable[[str, int], bool]) -> int | None:
    """Return the index of the only character in which two names differ, if it is misread for the right one."""
    place = _only_difference(name, other)
    if place is None:
        return None
    looks_alike = name[place] in _look_alikes().get(other[place], "")
    return place if looks_alike or is_alike(name, place) else None


def _is_rare_beside(name: str, place: int) -> bool:
    """Return whether a character is one of those that hardly any name but that of a place holds: 市住違局."""
    if name.endswith(word_list("places")):
        return False
    try:
        return name[place].encode("gb2312")[0] >= _FIRST_RARE_BYTE
    except UnicodeEncodeError:
        return True


def _ends_like_none(name: str, place: int) -> bool:
    """Return whether the last character makes neither a unit nor people of a name: 市住建届."""
    return place == len(name) - 1 and not name.endswith(word_list("people"))


def _only_difference(a: str, b: str) -> int | None:
    """Return the index of the only character in which two names of equal length differ."""
    places = [i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y]
    return places[0] if len(a) == len(b) and len(places) == 1 else None
