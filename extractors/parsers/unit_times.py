"""Times in brackets behind units: 县文明办（3月底前） is a unit, and when its part of the duty is due."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from extractors.normalize import strip_whitespace
from extractors.parsers.deadlines import Period, read_deadlines
from extractors.parsers.deadlines.parser import verb_pattern
from extractors.parsers.responsible_units import looks_like_party

_BRACKET: Final = re.compile(r"(?P<unit>[^（()）\s、，,；;]{2,24})\s?[（(](?P<time>[^（()）]{2,20})[)）]")
_SOME_YEAR: Final = Period(year=2024)
_DATED: Final = ("by", "window", "recurring")
_DATE_SIGN: Final = re.compile(r"\d|[一二三四五六七八九十]月|季度")


class UnitsAndTimes(NamedTuple):
    """The units of a cell without the times in its brackets, these times, and whether one of them is a date."""

    units: str
    times: str
    is_dated: bool


def split_units_and_times(text: str) -> UnitsAndTimes:
    """Return the units of a cell and their times; of several units each time is named with its own."""
    found = [m for m in _BRACKET.finditer(text) if _is_time(m["time"]) and looks_like_party(m["unit"])]
    units = _BRACKET.sub(lambda m: m["unit"] if any(m.start() == f.start() for f in found) else m.group(), text)
    is_list = len([unit for unit in re.split(r"[、，,；;\n]", units) if unit.strip()]) > 1
    times = "；".join(f"{m['unit']}：{m['time']}" if is_list else m["time"] for m in found)
    return UnitsAndTimes(units, times, any(_DATE_SIGN.search(m["time"]) for m in found))


@lru_cache(maxsize=1024)
def _is_time(text: str) -> bool:
    """Return whether a text is nothing but a time: 3月底前, 每季度, 长期, 5月20日前完成."""
    rest = strip_whitespace(text)
    for deadline in read_deadlines(rest, _SOME_YEAR):
        if deadline.kind not in _DATED and (deadline.kind != "ongoing" or deadline.raw != rest):
            return False
        rest = rest.replace(deadline.raw, "", 1)
    is_read = rest != strip_whitespace(text)
    return is_read and (not rest or verb_pattern("finish", "report").fullmatch(rest) is not None)
