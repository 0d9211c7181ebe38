"""Dates in deadline texts: points, ranges and enumerations, resolved to whole days within a period."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from extractors.parsers.dates import month_days
from extractors.parsers.deadlines.anchors import lunar_to_solar
from extractors.parsers.deadlines.model import FIRST_YEAR, LAST_YEAR, DeadlineKind, Period
from extractors.parsers.deadlines.tokens import Token
from extractors.parsers.numerals import CALENDAR_NUMBER, parse_calendar_number

_YEARLESS_KINDS = frozenset(("half", "quarter", "yearpart", "month"))
"""Kinds of dates that belong to any year of the notice's period."""
DATE_TOKENS = _YEARLESS_KINDS | {"schoolyear", "numeric", "lunar", "year", "relyear", "part", "day", "short"}
"""Kinds of tokens that begin a date."""
_LEAP_YEAR = 2000
_SHARING_SEPARATORS = ("、", "和", "及", "与", "或", "以及", "/")


@dataclass(frozen=True, slots=True)
class DatePoint:
    """One date as written; None for parts not written.

    Attributes:
        year_offset: Years after the current one (次年 = 1).
        kind: The kind of the smallest unit written.
        part: A part of a month, quarter, half or year.
    """

    year: int | None = None
    year_offset: int | None = None
    kind: str = ""
    number: int | None = None
    part: str | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class DateEntry:
    """A point or a range of two.

    Attributes:
        modifier: The word after it: before, since, around, within.
        separator: The text that joins it to the next entry.
    """

    first: DatePoint
    second: DatePoint | None
    modifier: str
    separator: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateRange:
    """An entry resolved to days: kind window or by, and its position in the normalized text."""

    kind: DeadlineKind
    starts_on: date | None
    ends_on: date | None
    start: int
    end: int
    modifier: str
    entry: DateEntry
    is_impossible: bool = False
    """Whether it is in no calendar: 6月31日, 2101年1月1日."""


def parse_point(tokens: Sequence[Token], i: int) -> tuple[DatePoint, int] | None:
    """Return the point that begins at token `i` and the index after it."""
    if i >= len(tokens) or tokens[i].kind not in DATE_TOKENS:
        return None
    token = tokens[i]
    if token.kind == "schoolyear":
        return DatePoint(token.numbers[0], None, "schoolyear", token.numbers[1]), i + 1
    if token.kind == "numeric":
        return DatePoint(
            token.numbers[0],
            None,
            "month",
            token.numbers[1],
            None,
            token.numbers[2] if len(token.numbers) > 2 else None,
        ), i + 1
    if token.kind == "short":
        return DatePoint(None, None, "month", token.numbers[0], None, token.numbers[1]), i + 1
    year = year_offset = None
    kind = ""
    if token.kind in ("year", "relyear"):
        kind = "year"
        if token.kind == "year":
            year = token.numbers[0]
        else:
            year_offset = int(token.text[0] not in "当今本")
        i += 1
        if not _adjacent(tokens, i):
            return DatePoint(year, year_offset, kind), i
        token = tokens[i]
    if token.kind == "lunar":
        return DatePoint(year, year_offset, "lunar", token.numbers[0], None, token.numbers[1]), i + 1
    if token.kind in ("half", "quarter"):
        number = token.numbers[0] if token.kind == "quarter" else 2 if token.text[0] == "下" else 1
        part, i = _parse_end_mark(tokens, i + 1)
        return DatePoint(year, year_offset, token.kind, number, part), i
    if token.kind == "yearpart":
        return DatePoint(year, year_offset, "yearpart", None, token.text), i + 1
    if token.kind == "month":
        part, day, i = _parse_month_part(tokens, i + 1)
        return DatePoint(year, year_offset, "month", token.numbers[0], part, day), i
    if token.kind == "part" and not kind:
        return DatePoint(kind="part", part=_month_part_name(token.text)), i + 1
    if token.kind == "day" and not kind:
        return DatePoint(kind="day", day=token.numbers[0]), i + 1
    return (DatePoint(year, year_offset, kind), i) if kind else None


def parse_enumeration(tokens: Sequence[Token], i: int) -> tuple[list[DateEntry], int] | None:
    """Return the enumeration of dates at token `i` (2月、4月和8月上旬), with the last modifier applied to all."""
    entries: list[DateEntry] = []
    while True:
        parsed = _parse_entry(tokens, i)
        if parsed is None:
            break
        entry, after = parsed
        is_joined = _adjacent(tokens, after) and tokens[after].kind == "enum" and _adjacent(tokens, after + 1)
        is_followed = is_joined and tokens[after + 1].kind in DATE_TOKENS and parse_point(tokens, after + 1) is not None
        entries.append(replace(entry, separator=tokens[after].text) if is_followed else entry)
        i = after
        if not is_followed:
            break
        i = after + 1
    return (_share_last_modifier(entries), i) if entries else None


def point_days(point: DatePoint, year: int) -> tuple[date, date] | None:
    """Return the first and last day of a point in `year`; None if undetermined (年中, a day without its month)."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if point.kind == "month" and point.number:
        if point.day:
            exact_day = _date_or_none(year, point.number, point.day)
            return (exact_day, exact_day) if exact_day else None
        return _month_part_days(year, point.number, point.part)
    if point.kind == "quarter" and point.number:
        last_day = _clamped_date(year, 3 * point.number, 31)
        return (last_day if point.part else date(year, 3 * point.number - 2, 1)), last_day
    if point.kind == "half" and point.number is not None:
        last_day = _clamped_date(year, 6 * point.number, 31)
        return (last_day if point.part else date(year, 6 * point.number - 5, 1)), last_day
    if point.kind == "year" or (point.kind == "yearpart" and (point.part or "")[-1:] in "内年度"):
        return date(year, 1, 1), date(year, 12, 31)
    if point.kind == "schoolyear" and point.number == year + 1:
        return date(year, 9, 1), date(year + 1, 8, 31)
    if point.kind == "lunar" and point.number and point.day:
        dates = [lunar_to_solar(y, point.number, point.day) for y in (year, year - 1)]
        day = next((d for d in dates if d and d.year == year), dates[0])
        return (day, day) if day else None
    if point.kind == "yearpart":
        part_name = (point.part or "")[-1:]
        if part_name == "初":
            return date(year, 1, 1), date(year, 1, 31)
        return None if part_name == "中" else (date(year, 12, 31), date(year, 12, 31))
    return None


def resolve_entry(entry: DateEntry, period: Period, current_year: int | None) -> tuple[DateRange, int | None]:
    """Return the days of an entry, and the current year after it.

    Args:
        entry: The entry.
        period: The period of the notice.
        current_year: The last year that the text wrote, if any.
    """
    first = entry.first
    year = first.year
    if year is None and first.year_offset is not None:
        base_year = current_year or period.base_year()
        year = base_year + first.year_offset if base_year else None
    elif year is None:
        year = current_year or _fitting_year(first, period)
    first_days = point_days(first, year) if year else None
    last_days = first_days
    is_impossible = _is_impossible(first, year)
    if entry.second and first_days:
        last_days = _range_end(entry.second, first, first_days)
        is_impossible = is_impossible or _ends_impossibly(entry.second, first, first_days)
    if is_impossible:
        window = DateRange("unknown", None, None, entry.start, entry.end, entry.modifier, entry, is_impossible=True)
        return window, first.year or current_year
    starts, ends = (first_days[0] if first_days else None), (last_days[1] if last_days else None)
    kind: DeadlineKind = "window"
    if entry.modifier == "before" and not entry.second:
        kind, starts = "by", None
    elif entry.modifier == "since" and not entry.second:
        ends = None
    if starts and ends and ends < starts:
        starts = ends = None
    has_year = first.year is not None or (entry.second is not None and entry.second.year is not None)
    last = ends or starts
    known_year = last.year if last and (has_year or first.year_offset is not None) else current_year
    return DateRange(kind, starts, ends, entry.start, entry.end, entry.modifier, entry), known_year


def _adjacent(tokens: Sequence[Token], i: int) -> bool:
    return 0 < i < len(tokens) and tokens[i - 1].end == tokens[i].start


def _month_part_name(text: str) -> str:
    return text.removeprefix("月") if text.startswith("月") else text


def _parse_end_mark(tokens: Sequence[Token], i: int) -> tuple[str | None, int]:
    """Return 末 after a quarter or half (第二季度末, 上半年底), which means its last day."""
    return ("末", i + 1) if _adjacent(tokens, i) and tokens[i].text in ("末", "底") else (None, i)


def _parse_month_part(tokens: Sequence[Token], i: int) -> tuple[str | None, int | None, int]:
    """Return the part of a month or the day after token `i`, if any."""
    if _adjacent(tokens, i) and tokens[i].kind == "part":
        return _month_part_name(tokens[i].text), None, i + 1
    if _adjacent(tokens, i) and tokens[i].kind == "day":
        return None, tokens[i].numbers[0], i + 1
    return None, None, i


def _parse_entry(tokens: Sequence[Token], i: int) -> tuple[DateEntry, int] | None:
    parsed_start = parse_point(tokens, i)
    if parsed_start is None:
        return None
    first, j = parsed_start
    start = tokens[i].start
    j = _skip_time(tokens, j)
    second: DatePoint | None = None
    if _adjacent(tokens, j) and tokens[j].kind == "range" and _adjacent(tokens, j + 1):
        parsed_end = parse_point(tokens, j + 1)
        if parsed_end:
            second, j = parsed_end
            j = _skip_time(tokens, j)
    modifier = ""
    if _adjacent(tokens, j) and tokens[j].kind in ("before", "since", "around"):
        modifier = "within" if tokens[j].text in ("内", "以内") else tokens[j].kind
        j += 1
    return DateEntry(first, second, modifier, "", start, tokens[j - 1].end), j


def _skip_time(tokens: Sequence[Token], j: int) -> int:
    while _adjacent(tokens, j) and tokens[j].kind in ("time", "weekday"):
        j += 1
    return j


def _share_last_modifier(entries: list[DateEntry]) -> list[DateEntry]:
    """Apply the month part and 前 of the last entry to earlier entries without one."""
    shared = list(entries)
    for k in range(len(shared) - 2, -1, -1):
        entry, following = shared[k], shared[k + 1]
        if entry.separator not in _SHARING_SEPARATORS or entry.second or following.second:
            continue
        first = entry.first
        if (
            first.kind == "month" == following.first.kind
            and following.first.part
            and not first.part
            and first.day is None
        ):
            first = replace(first, part=following.first.part)
        modifier = entry.modifier or (following.modifier if following.modifier == "before" else "")
        shared[k] = replace(entry, first=first, modifier=modifier)
    for k in range(1, len(shared)):
        previous, point = shared[k - 1].second or shared[k - 1].first, shared[k].first
        if point.kind in ("day", "part") and previous.kind == "month":
            shared[k] = replace(
                shared[k], first=replace(point, kind="month", number=previous.number, year=previous.year)
            )
    return shared


def _date_or_none(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None


def _is_impossible(point: DatePoint, year: int | None) -> bool:
    """Return whether a date is in no calendar; without a year 29 February is in one."""
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        return True
    if point.kind != "month" or not point.number or not point.day:
        return False
    return _date_or_none(year or _LEAP_YEAR, point.number, point.day) is None


def _clamped_date(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _month_part_days(year: int, month: int, part: str | None) -> tuple[date, date] | None:
    part = (part or "").replace("、", "")
    if part == "最后一天":
        return (_clamped_date(year, month, 31),) * 2
    if "工作日" in part:
        return _workday(year, month, part)
    if "周" in part or "星期" in part:
        last = calendar.monthrange(year, month)[1]
        week = "一二三四".find(part[1:2])
        days = (last - 6, last) if part.startswith("最后") else (7 * week + 1, 7 * week + 7)
        return date(year, month, days[0]), date(year, month, days[1])
    return month_days(year, month, part or None)


def _workday(year: int, month: int, part: str) -> tuple[date, date] | None:
    """Return the nth or last day of a month that is neither Saturday nor Sunday (第3个工作日, 首个工作日)."""
    days = [day for week in calendar.monthcalendar(year, month) for day in week[:5] if day]
    number = re.search(CALENDAR_NUMBER, part.removeprefix("最后一"))
    count = (parse_calendar_number(number.group()) or 1) if number else 1
    if count > len(days):
        return None
    day = date(year, month, days[-1 if part.startswith("最后") else count - 1])
    return day, day


def _fitting_year(point: DatePoint, period: Period) -> int | None:
    """Return the notice's year, or another year of its period if the date lies outside of it otherwise."""
    base_year = period.base_year()
    if base_year is None or not (period.start and period.end) or point.kind not in _YEARLESS_KINDS:
        return base_year
    years: tuple[int, ...] = (base_year, *range(period.start.year, min(period.end.year, period.start.year + 3) + 1))
    for year in years:
        days = point_days(point, year)
        if days and days[0] <= period.end and days[1] >= period.start:
            return year
    return base_year


def _ends_impossibly(second: DatePoint, first: DatePoint, opening: tuple[date, date]) -> bool:
    """Return whether a range ends on a day that is in no calendar: 6月1日至31日."""
    if second.kind == "day" and first.kind == "month":
        second = replace(second, kind="month", number=opening[0].month)
    return _is_impossible(second, second.year or opening[0].year + (second.year_offset or 0))


def _range_end(second: DatePoint, first: DatePoint, opening: tuple[date, date]) -> tuple[date, date] | None:
    """Return the last days of a range: missing parts come from its start, an earlier date is of the next year."""
    base_year = opening[0].year
    if second.kind in ("day", "part") and first.kind == "month":
        second = replace(second, kind="month", number=opening[0].month)
    if second.year is not None:
        return point_days(second, second.year)
    if second.year_offset:
        return point_days(second, base_year + second.year_offset)
    days = point_days(second, base_year)
    if days and days[1] < opening[0] and second.year_offset is None and second.number != first.number:
        days = point_days(second, base_year + 1)
    return days
