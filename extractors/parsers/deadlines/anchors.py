"""Anchors of deadlines: holidays of the solar and lunar calendar, events, words that leave the time open.

The words are those of `vocabulary/deadlines.toml`.
"""

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
from extractors.parsers.numerals import CALENDAR_NUMBER

_FIRST_YEAR, _LAST_YEAR = 1901, 2099
_MIDDLE_DOTS = "·•・."
_LONG_PERIOD_DAYS = 550
"""Over a longer period a holiday means that of the notice's year, not of every year."""
_CLAUSE = re.compile(r"[^，。；;、\n（）()]+")
_TIME_SPAN = rf"(?:第?{CALENDAR_NUMBER}|半|几)个?(?:工作日|自然日|日|天|周|星期|月|小时|学期)(?:之内|以内|内)?"
_SIMULTANEOUS = re.compile(
    r"(?:与|同|和|跟)(?P<x>[^与同和]{1,40}?)(?:保持)?(?:同步|一致|一并|一起|同时|相衔接)|随(?!时|机|意|便|即)(?P<y>.{1,30}?)(?:同步|一并|开展|进行|$)"
)
_AFTER = re.compile(rf"(?:(?:之日起|之日后|之后|以后|后|起)的?|(?<=结束)(?=\d)|(?<=完成)(?=\d))(?P<span>{_TIME_SPAN})?")
_BEFORE = re.compile(
    rf"(?:之前|以前|前)(?!往|期|台|列|来|述|景|沿|瞻|置|言|提(?![供交报前出升醒])|进(?!行))(?P<span>{_TIME_SPAN})?"
)
_DURING = re.compile(
    r"期间|过程中|的同时|同时|当天|当日|当月|(?<![小按及随适届即准限定])时(?!间|限|效|代|尚|期|候|常|事|段|刻|政|长)|之际|的?(?:最后|前|后)一(?:周|个月|天)"
)
_ACCORDING_TO = re.compile(
    r"^(?:可|应|须|并|要)?(?P<v>结合|配合|根据|依据|按照?|遵照|依照|视|待|以|参照|遵循)(?P<x>.{1,40})$"
)
_TRAILING_WORDS = re.compile(
    r"(?:的)?(?:要求|通知要求|规定|安排部署)?(?:时间)?(?:进行|开展|执行|落实|完成|组织|报送|上报|提交|为准|而定|实施|推进|做好){1,8}$|为准$|而定$"
)
_CROSS_REFERENCE = re.compile(r"第.{1,4}(?:大?项|条|款|部分|章)")
_LEADING_WORDS = re.compile(
    r"^(?:一般|原则上|通常|应|须|要|可|请|需|并|均|或)*(?:在|于|自|从|每次)?(?:每次|每个|各|开展)?"
)
_TIMED_AFTER = re.compile(rf"(?:[后起]的?|(?<=结束)|(?<=完成)){_TIME_SPAN}")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday or memorial day; `rule` is day, lunar, term or nth, `value` as in the vocabulary."""

    name: str
    rule: str
    value: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event phrase of the normalized text.

    Attributes:
        anchor: The event.
        start: The index of its first character.
        end: The index after it.
        is_timed: Whether a number of days after the event is given.
        is_linked: Whether it is 结合… or 与…同步, the anchor of the date beside it.
    """

    anchor: str
    start: int
    end: int
    is_timed: bool
    is_linked: bool


def holiday_pattern() -> str:
    """Return a regular expression, without groups, of every holiday word."""
    guards = {
        w: e["not_before"]
        for e in vocabulary.load_toml("deadlines")["festival"]
        if "not_before" in e
        for w in e["words"]
    }
    parts = []
    for word in sorted(_holidays_by_word(), key=len, reverse=True):
        word_pattern = re.escape(word).replace("·", f"[{_MIDDLE_DOTS}]").replace(r"\.", f"[{_MIDDLE_DOTS}]")
        lookahead = rf"(?!{guards[word]})" if word in guards and len(word) <= 3 else ""
        lookbehind = r"(?<![一二三四五六七八九十〇第\d])" if re.match(r"[一二三四五六七八九十\d]", word) else ""
        # 6.1 is a holiday, the beginning of 6.15 is not.
        not_longer = r"(?!\d)" if word[-1].isdigit() else ""
        parts.append(f"{lookbehind}{word_pattern}{not_longer}{lookahead}")
    return "|".join(parts)


@cache
def holiday_start_pattern() -> str:
    """Return a regular expression, without groups, of the first two characters of every holiday word."""
    seconds: dict[str, set[str]] = defaultdict(set)
    for word in _holidays_by_word():
        seconds[word[0]].update(_MIDDLE_DOTS if word[1] in _MIDDLE_DOTS else word[1])
    return "|".join(f"{re.escape(first)}[{re.escape(''.join(sorted(of)))}]" for first, of in sorted(seconds.items()))


def holidays_named(word: str) -> tuple[str, ...]:
    """Return the holidays that a matched word means."""
    by_word = _holidays_by_word()
    dotted = re.sub(f"[{_MIDDLE_DOTS}]", "·", word)
    return by_word.get(word) or by_word.get(dotted) or ()


@cache
def lunar_to_solar(year: int, month: int, day: int) -> date | None:
    """Return the solar date of a day of the lunar year that begins in `year`, None if there is none.

    Day 0 is the last day of the lunar year.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if day == 0:
        new_year = lunar_to_solar(year + 1, 1, 1)
        return new_year - timedelta(days=1) if new_year else None
    lunar_month = _lunar_year(year).getMonth(month)
    if lunar_month is None or not 1 <= day <= lunar_month.getDayCount():
        return None
    return _from_julian_day(lunar_month.getFirstJulianDay() + day - 1)


@cache
def holiday_date(name: str, year: int) -> date | None:
    """Return the day of a holiday in the solar year `year` (in the following January if it has none)."""
    if not _FIRST_YEAR < year <= _LAST_YEAR - 1:
        return None
    holiday = _holidays()[name]
    if holiday.rule == "day":
        month, day = (int(part) for part in holiday.value.split("-"))
        return date(year, month, day)
    if holiday.rule == "lunar":
        month, day = (int(part) for part in holiday.value.split("-"))
        dates = [lunar_to_solar(y, month, day) for y in (year, year - 1)]
        return next((d for d in dates if d and d.year == year), dates[0])
    if holiday.rule == "term":
        term = Lunar.JIE_QI_IN_USE.index(holiday.value)
        return _from_julian_day(_lunar_year(year).getJieQiJulianDays()[term])
    month, nth, weekday = (int(part) for part in holiday.value.split())
    days = [w[weekday] for w in calendar.monthcalendar(year, month) if w[weekday]]
    return date(year, month, days[nth - 1 if nth > 0 else nth])


def is_lunar_holiday(name: str, month: int, day: int) -> bool:
    """Return whether month and day are the holiday's own in the lunar calendar (九月九日重阳节)."""
    holiday = _holidays()[name]
    return holiday.rule == "lunar" and holiday.value == f"{month}-{day}"


def holiday_dates(name: str, period: Period, year: int | None) -> list[date]:
    """Return every day of a holiday inside the period, else the one of its year.

    Args:
        name: The holiday.
        period: The period of the notice.
        year: The year that the text itself writes, if any.
    """
    base_year = period.base_year()
    if year is None and period.start and period.end and (period.end - period.start).days <= _LONG_PERIOD_DAYS:
        dates = [d for d in _dates_between(name, period.start, period.end) if period.start <= d <= period.end]
        if dates:
            return dates
    used_year = year or base_year
    day = holiday_date(name, used_year) if used_year else None
    return [day] if day else []


def is_lasting(text: str) -> bool:
    """Return whether a text names a time without an end: 长期坚持, 常态化开展."""
    return any(word in text for word in _deadline_words("lasting"))


def find_ongoing(text: str) -> re.Match[str] | None:
    """Return the first word that leaves the time open (适时, 长期, 视情况)."""
    return _ongoing_pattern().search(text)


def find_events(normalized: str) -> list[Event]:
    """Return the event phrases of a normalized text in order, at most one per clause."""
    events = (_event_in_clause(clause.group(), clause.start()) for clause in _CLAUSE.finditer(normalized))
    return [event for event in events if event]


def may_have_timed_event(normalized: str) -> bool:
    """Return whether any event of the text can be timed."""
    return _TIMED_AFTER.search(normalized) is not None


def displayed_anchor(event: Event) -> str | None:
    """Return the anchor to show beside a date, None for a cross-reference to another item."""
    return None if _CROSS_REFERENCE.search(event.anchor) else event.anchor


def without_ongoing(text: str) -> str:
    """Return a text without the words for no end of it (长期, 常态, 坚持)."""
    return _ongoing_pattern().sub("", text)


def is_discretionary(normalized: str) -> bool:
    """Return whether the text leaves the time to the reader: 结合实际, 根据工作需要."""
    matches = [_ACCORDING_TO.match(clause.group()[:60]) for clause in _CLAUSE.finditer(normalized[:500])]
    return any(m and any(word in m["x"] for word in _deadline_words("own_judgement")) for m in matches)


@cache
def _holidays() -> dict[str, Holiday]:
    holidays: dict[str, Holiday] = {}
    for entry in vocabulary.load_toml("deadlines")["festival"]:
        rule = next(key for key in ("day", "lunar", "term", "nth") if key in entry)
        value = entry[rule]
        value_text = value if isinstance(value, str) else " ".join(str(part) for part in value)
        holidays[entry["name"]] = Holiday(entry["name"], rule, value_text)
    return holidays


@cache
def _holidays_by_word() -> dict[str, tuple[str, ...]]:
    """Return the names of the holidays by the word as written (dots as ·)."""
    words = vocabulary.load_toml("deadlines")
    by_word = {word: (entry["name"],) for entry in words["festival"] for word in entry["words"]}
    return by_word | {word: tuple(entry["names"]) for entry in words["festival_set"] for word in entry["words"]}


@cache
def _lunar_year(year: int) -> LunarYear:
    # The library caches only the last year and takes 20 ms to compute one.
    return LunarYear.fromYear(year)


def _from_julian_day(julian_day: float) -> date:
    solar = Solar.fromJulianDay(julian_day)
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _dates_between(name: str, start: date, end: date) -> Iterator[date]:
    for year in range(start.year, end.year + 1):
        if day := holiday_date(name, year):
            yield day


@cache
def _ongoing_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in sorted(_deadline_words("ongoing"), key=len, reverse=True)))


@cache
def _event_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in sorted(_deadline_words("events"), key=len, reverse=True)))


def _deadline_words(key: str) -> list[str]:
    words: list[str] = vocabulary.load_toml("deadlines")["words"][key]
    return words


def _event_in_clause(clause: str, offset: int) -> Event | None:
    end = offset + len(clause)
    head = clause[:60]
    if match := _SIMULTANEOUS.search(head):
        return Event(_trim_anchor(match["x"] or match["y"]), offset + match.start(), end, False, True)
    if after := _AFTER.search(head):
        anchor = _LEADING_WORDS.sub("", head[: after.start()])
        if anchor and (after["span"] or not find_ongoing(anchor)):
            return Event(anchor, offset, end, after["span"] is not None, False)
    if match := _ACCORDING_TO.match(head):
        anchor = _TRAILING_WORDS.sub("", match["x"])
        if not any(word in match["x"] for word in _deadline_words("own_judgement")):
            return Event(_trim_anchor(anchor) or _trim_anchor(match["x"]), offset, end, False, True)
        return None
    for pattern in (_BEFORE, _DURING):
        if (match := pattern.search(head)) and (anchor := _LEADING_WORDS.sub("", head[: match.start()])):
            return Event(_trim_anchor(anchor), offset, end, False, False)
    if match := _event_pattern().search(head):
        return Event(match.group(), offset, end, False, False)
    return None


def _trim_anchor(anchor: str) -> str:
    return re.sub(r"^(?:开展|上级的)|的$", "", anchor)
