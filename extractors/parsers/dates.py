"""Dates and windows as notices write them: `str -> Span`, pure and without a clock.

Ten-day parts follow office usage: 上旬 = 1st to 10th, 中旬 = 11th to 20th, 下旬 = 21st to the last day. What a phrase
leaves out (year, month) is carried on from its beginning, else from the year the caller hands over.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from extractors.normalize import squeeze

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0, "两": 2}
_CN = "〇零○Ｏ一二两三四五六七八九十"
_NUM = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_YEAR = rf"(?:\d{{4}}|[{_CN}]{{4}})"
_DASH = r"(?:—+|–|－|-|―|─|～|~|〜|至|到)"
_PART = r"上旬|中旬|下旬|月初|月中|月底|月末|初|中|底|末"

_POINT = re.compile(
    rf"(?:(?P<y>{_YEAR})年(?:度)?)?"
    rf"(?:(?P<q>第?[一二三四1-4](?:、[二三四2-4])*季度)|(?P<h>[上下]半年)|(?P<yend>年?[初底末])(?![\d月])"
    rf"|(?P<m>{_NUM})月份?(?:(?P<p>{_PART})|(?P<d>{_NUM})[日号])?)?"
)
_NUMERIC = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<s>[./-])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?(?!\d)")
_YEARS = re.compile(rf"(?P<a>(?:19|20)\d\d)年?{_DASH}(?P<b>(?:19|20)\d\d)年度?")
_BARE_MONTHS = re.compile(rf"(?P<y>(?:{_YEAR})年)?(?P<a>\d{{1,2}}){_DASH}(?P<b>\d{{1,2}})月份?")
_BARE_DAY = re.compile(rf"(?P<d>{_NUM})[日号]")
_BARE_PART = re.compile(r"(?P<p>上旬|中旬|下旬|月?[底末])")
_NEXT_YEAR = re.compile(r"(?:次年|翌年|第二年)")
_SHORT_NUMERIC = re.compile(r"(?P<m>\d{1,2})[./-](?P<d>\d{1,2})(?!\d)")
_SEP = re.compile(_DASH)
_BEFORE = re.compile(r"(?:之前|以前|前)")
_SINCE = re.compile(r"(?:起|开始|以后|之后)")


@dataclass(frozen=True, slots=True)
class Span:
    """A window of whole days, both ends included; None = open on that side. `raw` is the phrase as found."""

    start: date | None
    end: date | None
    raw: str = ""

    @property
    def year(self) -> int | None:
        """The year the window begins in, else the one it ends in."""
        day = self.start or self.end
        return day.year if day else None


@dataclass(frozen=True, slots=True)
class _Point:
    """One side of a window before it is resolved: the days it covers and which parts were written."""

    first: date
    last: date
    month_written: bool
    year_written: bool


def number(text: str) -> int | None:
    """An Arabic or Chinese numeral below ten thousand as int (二十三 = 23, 二〇二三 = 2023); None if it is none.

    >>> number("二十三"), number("二〇二三"), number("07")
    (23, 2023, 7)
    """
    if re.fullmatch(r"\d{1,4}", text):
        return int(text)
    if not text or any(c not in _DIGITS and c != "十" for c in text):
        return None
    if "十" not in text:
        return int("".join(str(_DIGITS[c]) for c in text))
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        # 十十 and 二十十 are slips of the pen: no numeral.
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def month_days(year: int, month: int, part: str | None = None) -> tuple[date, date] | None:
    """First and last day of a month or of its ten-day part; None for a month that does not exist."""
    if not (1 <= month <= 12 and 1900 <= year <= 2999):
        return None
    last = calendar.monthrange(year, month)[1]
    days = (1, last)
    if part:
        mark = part.removeprefix("月")
        if mark.startswith("上") or mark == "初":
            days = (1, 10)
        elif mark.startswith("中"):
            days = (11, 20)
        elif mark.startswith("下"):
            days = (21, last)
        else:
            days = (last, last)
    return date(year, month, days[0]), date(year, month, days[1])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _quarter(year: int, text: str) -> tuple[date, date]:
    quarters = [number(q) or 1 for q in re.findall(r"[一二三四1-4]", text)]
    last = 3 * max(quarters)
    return date(year, 3 * min(quarters) - 2, 1), date(year, last, calendar.monthrange(year, last)[1])


def _within(year: int, found: re.Match[str]) -> tuple[date, date] | None:
    """The days that a match of `_POINT` covers in `year`."""
    if found["q"]:
        return _quarter(year, found["q"])
    if found["h"]:
        return (
            (date(year, 1, 1), date(year, 6, 30)) if found["h"][0] == "上" else (date(year, 7, 1), date(year, 12, 31))
        )
    if found["yend"]:
        return (date(year, 1, 1), date(year, 1, 31)) if found["yend"].endswith("初") else (date(year, 12, 31),) * 2
    if not found["m"]:
        return (date(year, 1, 1), date(year, 12, 31)) if found["y"] else None
    month = number(found["m"])
    if month is None:
        return None
    if found["d"]:
        day = number(found["d"])
        exact = _day(year, month, day) if day else None
        return (exact, exact) if exact else None
    return month_days(year, month, found["p"])


def _point(text: str, at: int, year: int | None) -> tuple[_Point, int] | None:
    """The date that begins at `at`, with where it ends; `year` serves where none is written."""
    numeric = _NUMERIC.match(text, at)
    if numeric:
        y, m = int(numeric["y"]), int(numeric["m"])
        day = _day(y, m, int(numeric["d"])) if numeric["d"] else None
        days = (day, day) if day else month_days(y, m) if not numeric["d"] else None
        return (_Point(days[0], days[1], True, True), numeric.end()) if days else None
    found = _POINT.match(text, at)
    if not found or found.end() == at:
        return None
    written = number(found["y"]) if found["y"] else None
    use = written or year
    days = _within(use, found) if use and 1900 <= use <= 2999 else None
    if not days:
        return None
    return _Point(days[0], days[1], bool(found["m"] or found["q"] or found["h"]), written is not None), found.end()


def _second(text: str, at: int, first: _Point) -> tuple[date, int] | None:
    """The closing side of a window: what it leaves out is taken from the opening side."""
    base = first.first.year
    if shifted := _NEXT_YEAR.match(text, at):
        at, base = shifted.end(), base + 1
    numeric = _SHORT_NUMERIC.match(text, at)
    if numeric and (exact := _day(base, int(numeric["m"]), int(numeric["d"]))):
        return exact, numeric.end()
    other = _point(text, at, base)
    if other:
        point, end = other
        last = point.last
        if not point.year_written and last < first.first:
            last = (_day(last.year + 1, last.month, last.day) or last) if last.month < first.first.month else last
        return last, end
    day = _BARE_DAY.match(text, at)
    if day:
        nth = number(day["d"])
        exact = _day(first.last.year, first.last.month, nth) if nth else None
        return (exact, day.end()) if exact else None
    part = _BARE_PART.match(text, at)
    if part:
        days = month_days(first.last.year, first.last.month, part["p"])
        return (days[1], part.end()) if days else None
    return None


def _range_of_bare_numbers(text: str, at: int, year: int | None) -> Span | None:
    years = _YEARS.match(text, at)
    if years and not re.match(r"\d{1,2}月", text[years.end() :]):
        a, b = int(years["a"]), int(years["b"])
        return Span(date(a, 1, 1), date(b, 12, 31), years.group()) if a <= b else None
    months = _BARE_MONTHS.match(text, at)
    if months and (use := number(months["y"][:-1]) if months["y"] else year):
        opening, closing = month_days(use, int(months["a"])), month_days(use, int(months["b"]))
        if opening and closing:
            if closing[1] < opening[0]:
                closing = month_days(use + 1, int(months["b"])) or closing
            return Span(opening[0], closing[1], months.group())
    return None


def span_at(text: str, at: int, year: int | None) -> Span | None:
    """The window that begins exactly at `at` of a text without blanks, or None.

    `year` is used where the phrase writes none; without it such a phrase is None, never a guess.
    """
    bare = _range_of_bare_numbers(text, at, year)
    if bare:
        return bare
    opening = _point(text, at, year)
    if not opening:
        return None
    first, end = opening
    sep = _SEP.match(text, end)
    start: date | None = first.first
    last: date | None = first.last
    if sep and (closing := _second(text, sep.end(), first)):
        last, end = closing
    if before := _BEFORE.match(text, end):
        end = before.end()
        if not sep:
            start = None
    elif since := _SINCE.match(text, end):
        end = since.end()
        last = None
    if start and last and last < start:
        return None
    return Span(start, last, text[at:end])


def read_span(text: str, year: int | None = None) -> Span | None:
    """The first window written in `text`.

    >>> read_span("2023年2月下旬至8月上旬")
    Span(start=datetime.date(2023, 2, 21), end=datetime.date(2023, 8, 10), raw='2023年2月下旬至8月上旬')
    """
    return next(iter(read_spans(text, year, most=1)), None)


def read_spans(text: str, year: int | None = None, most: int | None = None) -> list[Span]:
    """All windows of `text` in order; the year of one is carried on to the next that writes none."""
    flat = squeeze(text)
    spans: list[Span] = []
    at = 0
    while at < len(flat) and (most is None or len(spans) < most):
        char = flat[at]
        begins = char.isdigit() or char in _CN or char in "第上下年"
        # 十十月 is no 十月: a numeral is read from its first character or not at all.
        inside = at > 0 and (
            (char.isdigit() and (flat[at - 1].isdigit() or flat[at - 1] == "."))
            or (char in _CN and flat[at - 1] in _CN)
        )
        span = span_at(flat, at, year) if begins and not inside else None
        if span is None:
            at += 1
            continue
        spans.append(span)
        year = span.year or year
        at += len(span.raw)
    return spans


def read_date(text: str) -> date | None:
    """A full date with its year in any of the usual forms (2023年2月27日, 二〇二三年二月二十七日, 2023-02-27)."""
    flat = squeeze(text)
    for found in re.finditer(rf"{_YEAR}年{_NUM}月{_NUM}[日号]|(?:19|20)\d\d[./-]\d{{1,2}}[./-]\d{{1,2}}(?!\d)", flat):
        span = span_at(flat, found.start(), None)
        if span and span.start and span.start == span.end:
            return span.start
    return None
