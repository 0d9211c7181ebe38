"""Dates that are a time limit by their place in a sentence.

At its head: 3月：组织学习, 4月至6月开展清理, 10月，迎接检查, and before any verb a last day: 9月底前铺好路面. Alone at
its end: 更新宣传栏，5月中旬。 or 更新宣传栏（5月中旬）.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from extractors.normalize import OffsetText
from extractors.parsers.deadlines.model import DeadlineMatch, Period
from extractors.parsers.deadlines.parser import verb_pattern

_ENDS_SENTENCE: Final = "。；;！!\n"
_ITEM_MARK: Final = re.compile(
    r"(?:[①-⑳]|[（(]?[\d一二三四五六七八九十]{1,2}(?:[）)、]|[.．](?!\d))|[-•●◆▲★])?(?:[于在自从]|拟于|计划于|预计)?"
)
_LONGEST_OPENING: Final = 8
_JOINTS: Final = ("、", "和", "及", "与", "或", "以及", "，", ",")
_WHOLE_YEAR: Final = re.compile(r"(?<!半)年度?(?:内|全年)?$|全年度?|整年")
_WRITTEN_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_MAX_YEARS: Final = 5
"""A plan looks ahead so far."""
_COLONS: Final = "：:"
_COMMAS: Final = "，,"
_LONGEST_CLAUSE: Final = 60
_CLAUSE: Final = re.compile(r"[^，,。；;！!\n（(]*")
_ENDS_CLAUSE: Final = re.compile(r"$|[，,。；;！!、\n（(【\[]")
_DESCRIBES: Final = re.compile(r"[已未没尚不]|(?![对将把向为])[^，,。；;：:、]{0,8}?的")
"""Behind a time limit that only tells which things are meant (年底前建成的小区) or what went wrong (6月底前未铺好)."""
_NAMES_DOCUMENT: Final = re.compile(r"(?:[》号]|印发|发布|出台|颁布|实施|施行|修订|审议通过|成立|建成)$")
"""Before a date in brackets: it says when something came to be (《条例》（2024年3月）)."""


class DateGroup(NamedTuple):
    """Dates of an enumeration: `matches[first:last]`, written at `start:end`."""

    first: int
    last: int
    start: int
    end: int


def find_placed_dates(
    normalized: OffsetText, matches: Sequence[DeadlineMatch], period: Period, *, is_led: bool, is_material: bool
) -> set[int]:
    """Return the indices of the dates that their place makes a time limit.

    Args:
        normalized: The text that was read.
        matches: Its dates, in order.
        period: The period of the notice.
        is_led: Whether the texts of the column begin with dates: then one at the head needs no mark behind it.
        is_material: Whether the text lists materials, whose dates often say of when they are (3月开展活动照片).
    """
    placed: set[int] = set()
    for group in _groups(normalized.text, matches):
        dates = matches[group.first : group.last]
        if not all(_is_of_the_period(match, period) for match in dates):
            continue
        if _heads_sentence(normalized, group, dates, is_led=is_led, is_material=is_material) or _closes_sentence(
            normalized, group, dates
        ):
            placed.update(range(group.first, group.last))
    return placed


def begins_with_date(normalized: OffsetText, matches: Sequence[DeadlineMatch]) -> bool:
    """Return whether a text begins with a date or a recurrence."""
    return bool(matches) and matches[0].origin in ("window", "every") and _is_opening(normalized, matches[0].start)


def says_by_when(text: str, start: int, end: int) -> bool:
    """Return whether a date ends with 前 or 止, and what follows neither describes a thing nor takes points off."""
    if not text.endswith(("前", "止"), start, end) or text.endswith("以前", start, end):
        return False
    behind = end + (text.startswith(tuple(_COMMAS), end))
    clause = _CLAUSE.match(text, behind, behind + _LONGEST_CLAUSE)
    return clause is not None and not (_DESCRIBES.match(clause.group()) or "扣" in clause.group())


def _groups(text: str, matches: Sequence[DeadlineMatch]) -> Iterator[DateGroup]:
    """Yield the enumerations of dates of one kind (3月、6月、9月), most of them of one date."""
    first = 0
    for i in range(1, len(matches) + 1):
        if i < len(matches) and matches[i].origin == matches[i - 1].origin:
            joint = text[matches[i - 1].end : matches[i].start]
            if joint in _JOINTS:
                continue
        yield DateGroup(first, i, matches[first].start, matches[i - 1].end)
        first = i


def _is_of_the_period(match: DeadlineMatch, period: Period) -> bool:
    """Return whether a date is not before the year of the notice, as far as it is known."""
    day = match.ends_on or match.starts_on
    year = period.base_year()
    first = min(year, period.start.year) if year and period.start else year
    if match.origin == "every" or match.is_unread:
        return True
    if day is None:
        # Without a year a date has no days, and is one only where it says by when: 7/12 may be a share.
        return year is None and match.kind == "by"
    return first is None or first <= day.year <= first + _MAX_YEARS


def _is_opening(normalized: OffsetText, position: int) -> bool:
    """Return whether nothing but an item mark stands before a position in its sentence or line."""
    start = position
    while start > max(0, position - _LONGEST_OPENING):
        if normalized.text[start - 1] in _ENDS_SENTENCE or _is_line_start(normalized, start):
            break
        start -= 1
    else:
        if start > 0:
            return False
    return _ITEM_MARK.fullmatch(normalized.text, start, position) is not None


def _is_line_start(normalized: OffsetText, position: int) -> bool:
    between = normalized.source[normalized.offsets[position - 1] + 1 : normalized.offsets[position]]
    return "\n" in between


def _is_blank_behind(normalized: OffsetText, position: int) -> bool:
    """Return whether white space follows in the source."""
    if not 0 < position < len(normalized.text):
        return False
    return normalized.offsets[position] > normalized.offsets[position - 1] + 1


def _is_in_brackets(text: str, position: int) -> bool:
    return max(text.rfind(mark, 0, position) for mark in "（(") > max(text.rfind(mark, 0, position) for mark in "）)")


def _heads_sentence(
    normalized: OffsetText, group: DateGroup, dates: Sequence[DeadlineMatch], *, is_led: bool, is_material: bool
) -> bool:
    if not _is_opening(normalized, group.start):
        return False
    text = normalized.text
    following = text[group.end : group.end + 1]
    if not following:
        return False
    if following in _COLONS:
        return True
    if not is_material and all(match.kind == "by" for match in dates) and says_by_when(text, group.start, group.end):
        return not _is_in_brackets(text, group.start)
    if any(match.origin != "window" for match in dates):
        return is_led and dates[0].origin == "every"
    if is_led or _is_blank_behind(normalized, group.end):
        return following not in "的以期"
    words = text[group.start : group.end]
    if _WHOLE_YEAR.search(words) or is_material:
        return False
    is_comma = following in _COMMAS
    if is_comma and not _WRITTEN_YEAR.search(words):
        return True
    start = group.end + is_comma
    clause = _CLAUSE.match(text, start, start + _LONGEST_CLAUSE)
    return bool(clause and "的" not in clause.group() and verb_pattern("begin").match(clause.group()))


def _closes_sentence(normalized: OffsetText, group: DateGroup, dates: Sequence[DeadlineMatch]) -> bool:
    """Return whether dates are all of the last clause of a sentence, or of a bracket at the end of a clause."""
    text = normalized.text
    words = text[group.start : group.end]
    if group.start == 0 or any(match.origin != "window" for match in dates) or _WHOLE_YEAR.search(words):
        return False
    before, after = text[group.start - 1], text[group.end : group.end + 1]
    if before in "（(":
        return (
            after in ("）", ")")
            and _NAMES_DOCUMENT.search(text, max(0, group.start - 6), group.start - 1) is None
            and _ENDS_CLAUSE.match(text, group.end + 1) is not None
        )
    return before in _COMMAS and (not after or after in _ENDS_SENTENCE or _ends_line(normalized, group.end))


def _ends_line(normalized: OffsetText, position: int) -> bool:
    return 0 < position < len(normalized.text) and _is_line_start(normalized, position)
