"""Short names of units in tables, where a list of the text gives the full ones: 市旅文局 for 市旅游和文化广电体育局."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.parsers.unit_abbreviations import is_short_for
from extractors.parsers.unit_names import has_unit_suffix
from extractors.parsers.unit_roles import strip_duty

_LEVEL: Final = "省市州盟县区旗镇乡"
"""What the full name of a unit of a government begins with."""
_MARKS: Final = re.compile(r"[、，,；;。：:（）()《》“”\n]")
_BEFORE: Final = re.compile(rf"(?:^|.*[由和及与请送])(?=[{_LEVEL}]|团[{_LEVEL}]委)")
"""What stands between a mark and a name: 工作由|县委宣传部."""
_AND_OTHERS: Final = re.compile(r"等(?:有关|相关|各)?(?:单位|部门)?$")
_LEAST: Final = 3
_LONGEST: Final = 24
_MIN_NAMES: Final = 3
"""Short names whose full form is in the text; fewer may be those of an office and of one that the text names."""
_MIN_SHARE: Final = 0.5
"""Share of the names whose full form the text gives, or that it gives as they are."""
_OFFICES: Final = ("局", "委", "办")
"""What contracted names of offices end with; 市人民医院 is not 市第二人民医院, 县服务中心 may be any centre."""


def find_full_names(names: Collection[str], text: str) -> Mapping[str, str]:
    """Return short name → the only unit of the text that it may stand for.

    A contracted name has characters of the full one in their order, its level and its ending; a name without its level
    is the full one but for that (教育局, 宣传部, 团委), in a notice that names others of the same level with it. {}
    unless most of the names have a full form: then the text lists the units of the table.

    Args:
        names: The names in the cells of units.
        text: The running text.
    """
    listed = set(_listed_units(text))
    levels = {name[0] for name in names if name[0] in _LEVEL}
    found: dict[str, str] = {}
    for name in (name for name in names if name not in listed):
        full = [unit for unit in listed if _is_contracted(name, unit) or _is_without_level(name, unit, levels)]
        if len(full) == 1 and full[0] not in names:
            found[name] = full[0]
    # 县教育局 and 县体育局 are not both 县教育体育局.
    times = Counter(found.values())
    found = {name: full for name, full in found.items() if times[full] == 1}
    n_listed = sum(name in listed for name in names)
    is_list = len(found) >= _MIN_NAMES and len(found) + n_listed >= _MIN_SHARE * len(names)
    return found if is_list else {}


def _listed_units(text: str) -> Iterable[str]:
    """Yield the units of governments that stand between marks."""
    for line in text.splitlines():
        for piece in _MARKS.split(strip_whitespace(line)):
            before = _BEFORE.match(piece[: 2 * _LONGEST])
            name = strip_duty(_AND_OTHERS.sub("", piece[before.end() :])) if before else ""
            if _LEAST <= len(name) <= _LONGEST and has_unit_suffix(name):
                yield name


def _is_contracted(short: str, full: str) -> bool:
    """Return whether an office is written with fewer characters: 市文旅局, 市委办; not 县公安局 for a part of it."""
    if len(short) < _LEAST or short[0] != full[0] or short[0] not in _LEVEL or not short.endswith(_OFFICES):
        return False
    if full.startswith(short):
        return full.removeprefix(short) in ("公室", "员会")
    endings = {"办": ("办公室",), "委": ("委", "委员会")}.get(short[-1], (short[-1],))
    full_stem = next((full.removesuffix(ending) for ending in endings if full.endswith(ending)), "")
    return is_short_for(short[:-1], full_stem)


def _is_without_level(short: str, full: str, levels: Collection[str]) -> bool:
    """Return whether a name lacks but the level that the notice writes before others: 宣传部 beside 县文旅局."""
    if short[0] in _LEVEL or len(short) < _LEAST - 1:
        return False
    forms = {f"{level}{infix}{short}": level for level in levels for infix in ("", "委")}
    forms |= {f"{short[0]}{level}{short[1:]}": level for level in levels if short == "团委"}
    return full in forms
