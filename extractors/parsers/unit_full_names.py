"""Short names of units in tables, where a list of the text gives the full ones: 市旅文局 for 市旅游和文化广电体育局."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.parsers.unit_names import has_unit_suffix
from extractors.parsers.unit_roles import strip_duty

_LEVEL: Final = "省市州盟县区旗镇乡团"
"""What the full name of a unit of a government begins with."""
_MARKS: Final = re.compile(r"[、，,；;。：:（）()《》“”\n]")
_BEFORE: Final = re.compile(rf"(?:^|.*[由和及与请送])(?=[{_LEVEL}])")
"""What stands between a mark and a name: 工作由|县委宣传部."""
_AND_OTHERS: Final = re.compile(r"等(?:有关|相关|各)?(?:单位|部门)?$")
_SHORT: Final = 3
"""市局, 市委: shorter names are a part of too many others, and stand for those with a level more alone."""
_LONGEST: Final = 24
_MIN_NAMES: Final = 3
"""Short names whose full form is in the text; fewer may be those of an office and of one that the text names."""
_MIN_SHARE: Final = 0.5
"""Share of them among the names that the text does not give as they are."""
_ENDINGS: Final = {"办": "办公室", "委": "委员会"}


def find_full_names(names: Collection[str], text: str) -> Mapping[str, str]:
    """Return short name → the only unit of the text that it may stand for.

    It has the characters of the short name in their order, ends like it, and begins like it or with the level of its
    government. {} unless most of the names have one: then the text lists the units of the table in full.

    Args:
        names: The names in the cells of units.
        text: The running text.
    """
    listed = set(_listed_units(text))
    short = [name for name in names if name not in listed]
    found: dict[str, str] = {}
    for name in short:
        full = [unit for unit in listed if _may_stand_for(name, unit)]
        if len(full) == 1 and full[0] not in names:
            found[name] = full[0]
    n_listed = sum(name in listed for name in names)
    is_list = len(found) >= _MIN_NAMES and len(found) + n_listed >= _MIN_SHARE * len(names)
    return found if is_list else {}


def _listed_units(text: str) -> Iterable[str]:
    """Yield the units of governments that stand between marks."""
    for line in text.splitlines():
        for piece in _MARKS.split(strip_whitespace(line)):
            before = _BEFORE.match(piece[: 2 * _LONGEST])
            name = strip_duty(_AND_OTHERS.sub("", piece[before.end() :])) if before else ""
            if _SHORT <= len(name) <= _LONGEST and has_unit_suffix(name):
                yield name


def _may_stand_for(short: str, full: str) -> bool:
    if len(short) < _SHORT:
        # 妇联 for 县妇联, 团委 for 团县委.
        return full in {level + short for level in _LEVEL} | {f"{short[0]}{level}{short[-1]}" for level in _LEVEL}
    if len(full) <= len(short) or not full.endswith((short[-1], _ENDINGS.get(short[-1], short[-1]))):
        return False
    characters = iter(full)
    return (short[0] == full[0] or full[0] in _LEVEL) and all(character in characters for character in short)
