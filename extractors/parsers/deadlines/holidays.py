"""Festivals and memorial days of the vocabulary, by the solar and the lunar calendar."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from lunar_python import Lunar, LunarYear, Solar

from extractors import vocabulary
from extractors.parsers.deadlines.model import Period

_FIRST_YEAR, _LAST_YEAR = 1901, 2099
_DOTS = "·•・."
_LONG = 550
"""Days: over a longer period a festival means the one of the notice's year, not one of every year."""


@dataclass(frozen=True, slots=True)
class Festival:
    """`rule` is one of day, lunar, term, nth with its value as in the vocabulary."""

    name: str
    rule: str
    value: str


@cache
def _all() -> dict[str, Festival]:
    found: dict[str, Festival] = {}
    for entry in vocabulary.toml("deadlines")["festival"]:
        rule = next(key for key in ("day", "lunar", "term", "nth") if key in entry)
        value = entry[rule]
        shown = value if isinstance(value, str) else " ".join(str(part) for part in value)
        found[entry["name"]] = Festival(entry["name"], rule, shown)
    return found


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Word as written (dots as ·) → names of the festivals it stands for."""
    words = vocabulary.toml("deadlines")
    table = {word: (entry["name"],) for entry in words["festival"] for word in entry["words"]}
    return table | {word: tuple(entry["names"]) for entry in words["festival_set"] for word in entry["words"]}


@cache
def pattern() -> str:
    """A regular expression, without groups, for every festival word."""
    guards = {
        w: e["not_before"] for e in vocabulary.toml("deadlines")["festival"] if "not_before" in e for w in e["words"]
    }
    parts = []
    for word in sorted(_names(), key=len, reverse=True):
        body = re.escape(word).replace("·", f"[{_DOTS}]").replace(r"\.", f"[{_DOTS}]")
        ahead = rf"(?!{guards[word]})" if word in guards and len(word) <= 3 else ""
        behind = r"(?<![一二三四五六七八九十〇第\d])" if re.match(r"[一二三四五六七八九十\d]", word) else ""
        parts.append(f"{behind}{body}{ahead}")
    return "|".join(parts)


@cache
def openers() -> str:
    """A regular expression, without groups, for the two characters that a festival word begins with."""
    seconds: dict[str, set[str]] = defaultdict(set)
    for word in _names():
        seconds[word[0]].update(_DOTS if word[1] in _DOTS else word[1])
    return "|".join(f"{re.escape(first)}[{re.escape(''.join(sorted(of)))}]" for first, of in sorted(seconds.items()))


def names(word: str) -> tuple[str, ...]:
    """The festivals a matched word stands for."""
    table = _names()
    dotted = re.sub(f"[{_DOTS}]", "·", word)
    return table.get(word) or table.get(dotted) or ()


@cache
def _lunar_year(year: int) -> LunarYear:
    # The library keeps no more than the year asked for last, and takes 20 ms to compute one.
    return LunarYear.fromYear(year)


def _date_of(julian_day: float) -> date:
    solar = Solar.fromJulianDay(julian_day)
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@cache
def lunar_day(year: int, month: int, day: int) -> date | None:
    """The solar day of a lunar month and day, the lunar year being the one that begins in `year`; day 0 = last day."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if day == 0:
        new_year = lunar_day(year + 1, 1, 1)
        return new_year - timedelta(days=1) if new_year else None
    found = _lunar_year(year).getMonth(month)
    if found is None or not 1 <= day <= found.getDayCount():
        return None
    return _date_of(found.getFirstJulianDay() + day - 1)


@cache
def festival_day(name: str, year: int) -> date | None:
    """The day of a festival in the solar year `year` (the following January where it has none)."""
    if not _FIRST_YEAR < year <= _LAST_YEAR - 1:
        return None
    festival = _all()[name]
    if festival.rule == "day":
        month, day = (int(part) for part in festival.value.split("-"))
        return date(year, month, day)
    if festival.rule == "lunar":
        month, day = (int(part) for part in festival.value.split("-"))
        either = [lunar_day(y, month, day) for y in (year, year - 1)]
        return next((d for d in either if d and d.year == year), either[0])
    if festival.rule == "term":
        term = Lunar.JIE_QI_IN_USE.index(festival.value)
        return _date_of(_lunar_year(year).getJieQiJulianDays()[term])
    month, nth, weekday = (int(part) for part in festival.value.split())
    days = [w[weekday] for w in calendar.monthcalendar(year, month) if w[weekday]]
    return date(year, month, days[nth - 1 if nth > 0 else nth])


def is_lunar_date(name: str, month: int, day: int) -> bool:
    """True where month and day are the festival's own by the lunar calendar (九月九日重阳节)."""
    festival = _all()[name]
    return festival.rule == "lunar" and festival.value == f"{month}-{day}"


def days_of(name: str, period: Period, year: int | None) -> list[date]:
    """Every day of the festival inside the period, else the one of the year; `year` is one the text itself writes."""
    base = period.base_year()
    if year is None and period.start and period.end and (period.end - period.start).days <= _LONG:
        inside = [d for d in _between(name, period.start, period.end) if period.start <= d <= period.end]
        if inside:
            return inside
    use = year or base
    day = festival_day(name, use) if use else None
    return [day] if day else []


def _between(name: str, start: date, end: date) -> Iterator[date]:
    for year in range(start.year, end.year + 1):
        if day := festival_day(name, year):
            yield day
