"""Dates and periods as notices write them: `str -> Span`, pure and without a clock.

Ten-day parts follow office usage: 上旬 = 1st to 10th, 中旬 = 11th to 20th, 下旬 = 21st to the last day. Parts that a
phrase leaves out (year, month) are taken from its beginning, else from the year given by the caller.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from extractors.normalize import strip_whitespace
from extractors.parsers.numerals import parse_integer

_CN = "〇零○Ｏ一二两三四五六七八九十"
_NUM = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_YEAR = rf"(?:\d{{4}}|[{_CN}]{{4}})"
_DASH = r"(?:—+|–|－|-|―|─|～|~|〜|至|到)"
_PART = r"上、?中旬|中、?下旬|[上下前后]半月|上旬|中旬|下旬|月初|月中|月底|月末|初|中|底|末"
_LONG_PARTS = {
    "上半月": (1, 15),
    "前半月": (1, 15),
    "下半月": (16, 31),
    "后半月": (16, 31),
    "上中旬": (1, 20),
    "中下旬": (11, 31),
}
"""First and last day of the parts of a month that are longer than ten days."""
_POINT = re.compile(
    rf"(?:(?P<y>{_YEAR})年(?:度)?)?"
    rf"(?:(?P<q>第?[一二三四1-4](?:、[二三四2-4])*季度)|(?P<h>[上下]半年)|(?P<yend>年?[初底末])(?![\d月])"
    rf"|(?P<m>{_NUM})月份?(?:(?P<p>{_PART})|(?P<d>{_NUM})(?:[日号]|(?=(?:之前|以前|前)(?!后))))?)?"
)
_NUMERIC = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<s>[./-])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?(?!\d)")
_YEARS = re.compile(rf"(?P<a>(?:19|20)\d\d)年?{_DASH}(?P<b>(?:19|20)\d\d)年度?")
_BARE_MONTHS = re.compile(rf"(?P<y>(?:{_YEAR})年)?(?P<a>\d{{1,2}}){_DASH}(?P<b>\d{{1,2}})月份?")
_BARE_DAY = re.compile(rf"(?P<d>{_NUM})[日号]")
_BARE_PART = re.compile(r"(?P<p>上、?中旬|中、?下旬|[上下前后]半月|上旬|中旬|下旬|月?[底末])")
_NEXT_YEAR = re.compile(r"(?:次年|翌年|第二年)")
_SHORT_NUMERIC = re.compile(r"(?P<m>\d{1,2})[./-](?P<d>\d{1,2})(?!\d)")
_SEP = re.compile(_DASH)
_BEFORE = re.compile(r"(?:之前|以前|前)")
_SINCE = re.compile(r"(?:起|开始|以后|之后)")


@dataclass(frozen=True, slots=True)
class Span:
    """A period of whole days, both ends included.

    Attributes:
        start: The first day, None if open.
        end: The last day, None if open.
        raw: The phrase as written.
    """

    start: date | None
    end: date | None
    raw: str = ""

    @property
    def year(self) -> int | None:
        """The year of the first day, else of the last."""
        day = self.start or self.end
        return day.year if day else None


@dataclass(frozen=True, slots=True)
class _Point:
    """One side of a period: the days it covers and which parts are written."""

    first: date
    last: date
    month_written: bool
    year_written: bool


def month_days(year: int, month: int, part: str | None = None) -> tuple[date, date] | None:
    """Return the first and last day of a month or its part (中旬, 上中旬, 下半月), None for an invalid month."""
    if not (1 <= month <= 12 and 1900 <= year <= 2999):
        return None
    last = calendar.monthrange(year, month)[1]
    days = (1, last)
    if part:
        mark = part.removeprefix("月").replace("、", "")
        if mark in _LONG_PARTS:
            first, final = _LONG_PARTS[mark]
            days = (first, min(final, last))
        elif mark.startswith("上") or mark == "初":
            days = (1, 10)
        elif mark.startswith("中"):
            days = (11, 20)
        elif mark.startswith("下"):
            days = (21, last)
        else:
            days = (last, last)
    return date(year, month, days[0]), date(year, month, days[1])


def read_spans(text: str, year: int | None = None, max_count: int | None = None) -> list[Span]:
    """Return the periods written in `text`, in order.

    Args:
        text: Any text.
        year: The year of the first period if it writes none; later ones continue with the last year written.
        max_count: Stop after so many periods.
    """
    compact = strip_whitespace(text)
    spans: list[Span] = []
    position = 0
    while position < len(compact) and (max_count is None or len(spans) < max_count):
        char = compact[position]
        may_start = char.isdigit() or char in _CN or char in "第上下年"
        # 十十月 is not 十月: a numeral is read from its first character or not at all.
        inside = position > 0 and (
            (char.isdigit() and (compact[position - 1].isdigit() or compact[position - 1] == "."))
            or (char in _CN and compact[position - 1] in _CN)
        )
        span = _span_at(compact, position, year) if may_start and not inside else None
        if span is None:
            position += 1
            continue
        spans.append(span)
        year = span.year or year
        position += len(span.raw)
    return spans


def read_date(text: str) -> date | None:
    """Return the first full date with its year: 2023年2月27日, 二〇二三年二月二十七日, 2023-02-27."""
    compact = strip_whitespace(text)
    for match in re.finditer(
        rf"{_YEAR}年{_NUM}月{_NUM}[日号]|(?:19|20)\d\d[./-]\d{{1,2}}[./-]\d{{1,2}}(?!\d)", compact
    ):
        span = _span_at(compact, match.start(), None)
        if span and span.start and span.start == span.end:
            return span.start
    return None


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _quarter_days(year: int, text: str) -> tuple[date, date]:
    quarters = [parse_integer(q) or 1 for q in re.findall(r"[一二三四1-4]", text)]
    last = 3 * max(quarters)
    return date(year, 3 * min(quarters) - 2, 1), date(year, last, calendar.monthrange(year, last)[1])


def _point_days(year: int, match: re.Match[str]) -> tuple[date, date] | None:
    """Return the days that a match of `_POINT` covers in `year`."""
    if match["q"]:
        return _quarter_days(year, match["q"])
    if match["h"]:
        return (
            (date(year, 1, 1), date(year, 6, 30)) if match["h"][0] == "上" else (date(year, 7, 1), date(year, 12, 31))
        )
    if match["yend"]:
        return (date(year, 1, 1), date(year, 1, 31)) if match["yend"].endswith("初") else (date(year, 12, 31),) * 2
    if not match["m"]:
        return (date(year, 1, 1), date(year, 12, 31)) if match["y"] else None
    month = parse_integer(match["m"])
    if month is None:
        return None
    if match["d"]:
        day = parse_integer(match["d"])
        exact = _date_or_none(year, month, day) if day else None
        return (exact, exact) if exact else None
    return month_days(year, month, match["p"])


def _parse_point(text: str, start: int, year: int | None) -> tuple[_Point, int] | None:
    """Return the date at `start` and the index after it; `year` is used if none is written."""
    numeric = _NUMERIC.match(text, start)
    if numeric:
        numeric_year, month = int(numeric["y"]), int(numeric["m"])
        day = _date_or_none(numeric_year, month, int(numeric["d"])) if numeric["d"] else None
        days = (day, day) if day else month_days(numeric_year, month) if not numeric["d"] else None
        return (_Point(days[0], days[1], True, True), numeric.end()) if days else None
    match = _POINT.match(text, start)
    if not match or match.end() == start:
        return None
    written = parse_integer(match["y"]) if match["y"] else None
    used_year = written or year
    days = _point_days(used_year, match) if used_year and 1900 <= used_year <= 2999 else None
    if not days:
        return None
    return _Point(days[0], days[1], bool(match["m"] or match["q"] or match["h"]), written is not None), match.end()


def _parse_end(text: str, position: int, first: _Point) -> tuple[date, int] | None:
    """Return the last day of a period and the index after it; missing parts come from its first day."""
    base_year = first.first.year
    if shifted := _NEXT_YEAR.match(text, position):
        position, base_year = shifted.end(), base_year + 1
    numeric = _SHORT_NUMERIC.match(text, position)
    if numeric and (exact := _date_or_none(base_year, int(numeric["m"]), int(numeric["d"]))):
        return exact, numeric.end()
    parsed = _parse_point(text, position, base_year)
    if parsed:
        point, end = parsed
        last = point.last
        if not point.year_written and last < first.first:
            last = (
                (_date_or_none(last.year + 1, last.month, last.day) or last) if last.month < first.first.month else last
            )
        return last, end
    day_match = _BARE_DAY.match(text, position)
    if day_match:
        day_number = parse_integer(day_match["d"])
        exact = _date_or_none(first.last.year, first.last.month, day_number) if day_number else None
        return (exact, day_match.end()) if exact else None
    part = _BARE_PART.match(text, position)
    if part:
        days = month_days(first.last.year, first.last.month, part["p"])
        return (days[1], part.end()) if days else None
    return None


def _parse_bare_range(text: str, start: int, year: int | None) -> Span | None:
    years = _YEARS.match(text, start)
    if years and not re.match(r"\d{1,2}月", text[years.end() :]):
        a, b = int(years["a"]), int(years["b"])
        return Span(date(a, 1, 1), date(b, 12, 31), years.group()) if a <= b else None
    months = _BARE_MONTHS.match(text, start)
    if months and (use := parse_integer(months["y"][:-1]) if months["y"] else year):
        opening, closing = month_days(use, int(months["a"])), month_days(use, int(months["b"]))
        if opening and closing:
            if closing[1] < opening[0]:
                closing = month_days(use + 1, int(months["b"])) or closing
            return Span(opening[0], closing[1], months.group())
    return None


def _span_at(text: str, start: int, year: int | None) -> Span | None:
    """Return the period that begins exactly at `start` of a text without whitespace.

    `year` is used if the phrase writes none; without either the result is None.
    """
    bare_range = _parse_bare_range(text, start, year)
    if bare_range:
        return bare_range
    parsed_start = _parse_point(text, start, year)
    if not parsed_start:
        return None
    first, end = parsed_start
    separator = _SEP.match(text, end)
    first_day: date | None = first.first
    last_day: date | None = first.last
    if separator and (parsed_end := _parse_end(text, separator.end(), first)):
        last_day, end = parsed_end
    if before := _BEFORE.match(text, end):
        end = before.end()
        if not separator:
            first_day = None
    elif since := _SINCE.match(text, end):
        end = since.end()
        last_day = None
    if first_day and last_day and last_day < first_day:
        return None
    return Span(first_day, last_day, text[start:end])
