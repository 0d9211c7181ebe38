"""Dated phrases: points, ranges and enumerations of them, resolved to whole days against a period."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from extractors.parsers.dates import month_days
from extractors.parsers.deadlines.holidays import lunar_day
from extractors.parsers.deadlines.lexer import Token
from extractors.parsers.deadlines.model import Period

POINTS = frozenset(
    (
        "schoolyear",
        "numeric",
        "lunar",
        "year",
        "relyear",
        "half",
        "quarter",
        "yearpart",
        "month",
        "part",
        "day",
        "short",
    )
)
_YEARLESS = frozenset(("half", "quarter", "yearpart", "month"))
_SPREADING = ("、", "和", "及", "与", "或", "以及", "/")


@dataclass(frozen=True, slots=True)
class Point:
    """One date as written; None = not written. `shift` is the number of years after the one spoken of (次年 = 1)."""

    year: int | None = None
    shift: int | None = None
    kind: str = ""
    number: int | None = None
    part: str | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A point or a range between two, with the word behind it (before, since, around) and what joins it to the next."""

    first: Point
    second: Point | None
    mod: str
    sep: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Window:
    """An entry resolved: kind window or by, its days, and its place in the flat text."""

    kind: str
    starts_on: date | None
    ends_on: date | None
    start: int
    end: int
    mod: str
    entry: Entry
    until: bool = False


def _adjacent(tokens: Sequence[Token], i: int) -> bool:
    return 0 < i < len(tokens) and tokens[i - 1].end == tokens[i].start


def _part_mark(text: str) -> str:
    return text.removeprefix("月") if text.startswith("月") else text


def _end_of(tokens: Sequence[Token], i: int) -> tuple[str | None, int]:
    """第二季度末, 上半年底: the last day of a quarter or half where 末 stands behind it."""
    return ("末", i + 1) if _adjacent(tokens, i) and tokens[i].text in ("末", "底") else (None, i)


def _within_month(tokens: Sequence[Token], i: int) -> tuple[str | None, int | None, int]:
    """The part of a month or the day that stands behind it, if any."""
    if _adjacent(tokens, i) and tokens[i].kind == "part":
        return _part_mark(tokens[i].text), None, i + 1
    if _adjacent(tokens, i) and tokens[i].kind == "day":
        return None, tokens[i].n[0], i + 1
    return None, None, i


def read_point(tokens: Sequence[Token], i: int) -> tuple[Point, int] | None:
    """The point that begins at token `i` and the index behind it."""
    if i >= len(tokens) or tokens[i].kind not in POINTS:
        return None
    token = tokens[i]
    if token.kind == "schoolyear":
        return Point(token.n[0], None, "schoolyear", token.n[1]), i + 1
    if token.kind == "numeric":
        return Point(token.n[0], None, "month", token.n[1], None, token.n[2] if len(token.n) > 2 else None), i + 1
    if token.kind == "short":
        return Point(None, None, "month", token.n[0], None, token.n[1]), i + 1
    year = shift = None
    kind = ""
    if token.kind in ("year", "relyear"):
        kind = "year"
        if token.kind == "year":
            year = token.n[0]
        else:
            shift = int(token.text[0] not in "当今本")
        i += 1
        if not _adjacent(tokens, i):
            return Point(year, shift, kind), i
        token = tokens[i]
    if token.kind == "lunar":
        return Point(year, shift, "lunar", token.n[0], None, token.n[1]), i + 1
    if token.kind in ("half", "quarter"):
        number = token.n[0] if token.kind == "quarter" else 2 if token.text[0] == "下" else 1
        part, i = _end_of(tokens, i + 1)
        return Point(year, shift, token.kind, number, part), i
    if token.kind == "yearpart":
        return Point(year, shift, "yearpart", None, token.text), i + 1
    if token.kind == "month":
        part, day, i = _within_month(tokens, i + 1)
        return Point(year, shift, "month", token.n[0], part, day), i
    if token.kind == "part" and not kind:
        return Point(kind="part", part=_part_mark(token.text)), i + 1
    if token.kind == "day" and not kind:
        return Point(kind="day", day=token.n[0]), i + 1
    return (Point(year, shift, kind), i) if kind else None


def read_group(tokens: Sequence[Token], i: int) -> tuple[list[Entry], int] | None:
    """The enumeration of dates that begins at token `i`: 2月、4月和8月上旬; what the last says holds for all."""
    entries: list[Entry] = []
    while True:
        read = _entry(tokens, i)
        if read is None:
            break
        entry, j = read
        joined = _adjacent(tokens, j) and tokens[j].kind == "enum" and _adjacent(tokens, j + 1)
        follows = joined and tokens[j + 1].kind in POINTS and read_point(tokens, j + 1) is not None
        entries.append(replace(entry, sep=tokens[j].text) if follows else entry)
        i = j
        if not follows:
            break
        i = j + 1
    return (_spread(entries), i) if entries else None


def _entry(tokens: Sequence[Token], i: int) -> tuple[Entry, int] | None:
    opening = read_point(tokens, i)
    if opening is None:
        return None
    first, j = opening
    start = tokens[i].start
    j = _skip_time(tokens, j)
    second: Point | None = None
    if _adjacent(tokens, j) and tokens[j].kind == "range" and _adjacent(tokens, j + 1):
        closing = read_point(tokens, j + 1)
        if closing:
            second, j = closing
            j = _skip_time(tokens, j)
    mod = ""
    if _adjacent(tokens, j) and tokens[j].kind in ("before", "since", "around"):
        mod = "within" if tokens[j].text in ("内", "以内") else tokens[j].kind
        j += 1
    return Entry(first, second, mod, "", start, tokens[j - 1].end), j


def _skip_time(tokens: Sequence[Token], j: int) -> int:
    while _adjacent(tokens, j) and tokens[j].kind in ("time", "weekday"):
        j += 1
    return j


def _spread(entries: list[Entry]) -> list[Entry]:
    """Hands the part of a month and the 前 of the last of an enumeration to those before it that say none."""
    out = list(entries)
    for k in range(len(out) - 2, -1, -1):
        this, after = out[k], out[k + 1]
        if this.sep not in _SPREADING or this.second or after.second:
            continue
        first = this.first
        if first.kind == "month" == after.first.kind and after.first.part and not first.part and first.day is None:
            first = replace(first, part=after.first.part)
        mod = this.mod or (after.mod if after.mod == "before" else "")
        out[k] = replace(this, first=first, mod=mod)
    for k in range(1, len(out)):
        before, lone = out[k - 1].second or out[k - 1].first, out[k].first
        if lone.kind in ("day", "part") and before.kind == "month":
            out[k] = replace(out[k], first=replace(lone, kind="month", number=before.number, year=before.year))
    return out


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _month(year: int, month: int, part: str | None) -> tuple[date, date] | None:
    marks = {"上半月": (1, 15), "下半月": (16, 31), "上中旬": (1, 20), "中下旬": (11, 31), "最后一天": (31, 31)}
    part = (part or "").replace("、", "")
    if part in marks:
        return _clamped(year, month, marks[part][0]), _clamped(year, month, marks[part][1])
    if "周" in part or "星期" in part:
        last = calendar.monthrange(year, month)[1]
        nth = "一二三四".find(part[1:2])
        days = (last - 6, last) if part.startswith("最后") else (7 * nth + 1, 7 * nth + 7)
        return date(year, month, days[0]), date(year, month, days[1])
    return month_days(year, month, part or None)


def days_of_point(point: Point, year: int) -> tuple[date, date] | None:
    """First and last day of a point in `year`; None for one that gives no days (年中, a day without its month)."""
    if not 1900 <= year <= 2998:
        return None
    if point.kind == "month" and point.number:
        if point.day:
            exact = _clamped(year, point.number, point.day)
            return exact, exact
        return _month(year, point.number, point.part)
    if point.kind == "quarter" and point.number:
        closes = _clamped(year, 3 * point.number, 31)
        return (closes if point.part else date(year, 3 * point.number - 2, 1)), closes
    if point.kind == "half" and point.number is not None:
        closes = _clamped(year, 6 * point.number, 31)
        return (closes if point.part else date(year, 6 * point.number - 5, 1)), closes
    if point.kind == "year" or (point.kind == "yearpart" and (point.part or "")[-1:] in "内年度"):
        return date(year, 1, 1), date(year, 12, 31)
    if point.kind == "schoolyear" and point.number == year + 1:
        return date(year, 9, 1), date(year + 1, 8, 31)
    if point.kind == "lunar" and point.number and point.day:
        either = [lunar_day(y, point.number, point.day) for y in (year, year - 1)]
        day = next((d for d in either if d and d.year == year), either[0])
        return (day, day) if day else None
    if point.kind == "yearpart":
        mark = (point.part or "")[-1:]
        if mark == "初":
            return date(year, 1, 1), date(year, 1, 31)
        return None if mark == "中" else (date(year, 12, 31), date(year, 12, 31))
    return None


def _fitting_year(point: Point, period: Period) -> int | None:
    """The notice's year, moved to another year of its period where the date would lie outside otherwise."""
    base = period.base_year()
    if base is None or not (period.start and period.end) or point.kind not in _YEARLESS:
        return base
    years: tuple[int, ...] = (base, *range(period.start.year, min(period.end.year, period.start.year + 3) + 1))
    for year in years:
        days = days_of_point(point, year)
        if days and days[0] <= period.end and days[1] >= period.start:
            return year
    return base


def resolve(entry: Entry, period: Period, spoken: int | None) -> tuple[Window, int | None]:
    """The window of an entry and the year spoken of afterwards; `spoken` is the year the text wrote before, if any."""
    first = entry.first
    year = first.year
    if year is None and first.shift is not None:
        base = spoken or period.base_year()
        year = base + first.shift if base else None
    elif year is None:
        year = spoken or _fitting_year(first, period)
    opening = days_of_point(first, year) if year else None
    closing = opening
    if entry.second and opening:
        closing = _closing(entry.second, first, opening)
    starts, ends = (opening[0] if opening else None), (closing[1] if closing else None)
    kind = "window"
    if entry.mod == "before" and not entry.second:
        kind, starts = "by", None
    elif entry.mod == "since" and not entry.second:
        ends = None
    if starts and ends and ends < starts:
        starts = ends = None
    written = first.year is not None or (entry.second is not None and entry.second.year is not None)
    last = ends or starts
    said = last.year if last and (written or first.shift is not None) else spoken
    return Window(kind, starts, ends, entry.start, entry.end, entry.mod, entry), said


def _closing(second: Point, first: Point, opening: tuple[date, date]) -> tuple[date, date] | None:
    """The closing side of a range: what it leaves out comes from the opening side; a later year where it turns back."""
    base = opening[0].year
    if second.kind in ("day", "part") and first.kind == "month":
        second = replace(second, kind="month", number=opening[0].month)
    if second.year is not None:
        return days_of_point(second, second.year)
    if second.shift:
        return days_of_point(second, base + second.shift)
    days = days_of_point(second, base)
    if days and days[1] < opening[0] and second.shift is None and second.number != first.number:
        days = days_of_point(second, base + 1)
    return days
