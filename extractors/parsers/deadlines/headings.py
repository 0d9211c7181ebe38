"""The time that a heading gives to the tasks below it: 三月份, 第一季度, 6月底前完成的任务, 校园环境（9月底前）."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import OffsetText
from extractors.parsers.deadlines import anchors
from extractors.parsers.deadlines.model import Deadline, DeadlineMatch, Period
from extractors.parsers.deadlines.parser import DeadlineParser, mask_matches, read_deadlines
from extractors.parsers.deadlines.tokens import flatten

_MARK = re.compile(r"^(?:[（(]?(?:[一二三四五六七八九十]{1,3}[）)、.]|\d{1,3}(?:[）)、]|\.(?!\d)))|[★●■◆▲])")
_SET_APART = re.compile(r"份|.[：:—（(·]")
"""The last character of a month and the next one, where the month is all of the time: 三月份|文体活动, 3月|：学雷锋."""
_PUNCTUATION = re.compile(r"[（()）：:、，\-—]")
_BRACKET = re.compile(r"[（(]([^（）()]{2,30})[）)][：:]?$")
_LABEL = re.compile(r"[^，,：:]{0,4}[时期][限间段][：:]?")
"""Before a time in brackets: 完成时限：6月底前."""
_MAX_DAYS = 190
"""A longer window is the period of the notice, not the time of a part of its tasks: 2024年1月—12月."""


@lru_cache(maxsize=1024)
def read_heading_deadline(text: str, period: Period, *, is_one_of_several: bool = False) -> Deadline | None:
    """Return the deadline of the tasks below a heading.

    A heading gives one if it says nothing but a time (三月份, 第一季度, 6月底前完成的任务), if a mark or 份 sets
    its month apart (3月：学雷锋月, 三月份文体活动), or if a time stands alone in brackets at its end (环境（9月底前）).
    Several months or quarters give the window from the first to the last day.

    Args:
        text: The heading.
        period: The period of the notice.
        is_one_of_several: Whether other headings of its level say a time as well; then a month may begin it
            (6月安全生产月), and a word for no end is a time too (长期坚持的任务).
    """
    normalized = flatten(text)
    mark = _MARK.match(normalized.text)
    start = mark.end() if mark and mark.end() < len(normalized.text) else 0
    body = OffsetText(normalized.source, normalized.text[start:], normalized.offsets[start:])
    matches = DeadlineParser(body, period).read()
    if matches and all(match.kind == "window" and match.starts_on and match.ends_on for match in matches):
        found = _read_window(body, matches, is_one_of_several)
        return found or _read_bracket(text, period)
    if [match.kind for match in matches] == ["by"] and not _remaining_words(mask_matches(body.text, matches)):
        return Deadline("by", None, matches[0].ends_on, None, None, body.source_of(matches[0].start, matches[0].end))
    if is_one_of_several and not matches and _says_only_ongoing(body.text):
        return Deadline("ongoing", None, None, None, None, body.text)
    return _read_bracket(text, period)


def _read_window(body: OffsetText, matches: list[DeadlineMatch], is_one_of_several: bool) -> Deadline | None:
    if _remaining_words(mask_matches(body.text, matches)) and not (
        matches[0].start == 0
        and len(matches) == 1
        and (is_one_of_several or _SET_APART.match(body.text, matches[0].end - 1))
    ):
        return None
    first_day = min(match.starts_on for match in matches if match.starts_on)
    last_day = max(match.ends_on for match in matches if match.ends_on)
    if (last_day - first_day).days > _MAX_DAYS:
        return None
    return Deadline("window", first_day, last_day, None, None, body.source_of(matches[0].start, matches[-1].end))


def _read_bracket(text: str, period: Period) -> Deadline | None:
    """Return the only time in a bracket at the end, if the bracket says nothing else."""
    bracket = _BRACKET.search(text)
    if bracket is None:
        return None
    label = _LABEL.match(bracket[1])
    time = bracket[1][label.end() :] if label else bracket[1]
    found = read_deadlines(time, period) if says_only_when(time) else []
    if len(found) != 1 or found[0].kind in ("unknown", "event") or found[0].is_unread:
        return None
    first, last = found[0].starts_on, found[0].ends_on
    return None if first and last and (last - first).days > _MAX_DAYS else found[0]


def says_only_when(text: str) -> bool:
    """Return whether a text says when something is to be done and nothing else: 6月底前完成, 每季度, 长期坚持.

    A bare year is rather that of what is named before it: 《评选标准》（2023年）.
    """
    body = flatten(text)
    matches = DeadlineParser(body, Period()).read()
    if any(m.starts_on and m.ends_on and (m.ends_on - m.starts_on).days > _MAX_DAYS for m in matches):
        return False
    return bool(matches and not _remaining_words(mask_matches(body.text, matches))) or _says_only_ongoing(body.text)


def _remaining_words(masked: str) -> str:
    """Return what a heading says beside times, punctuation and words such as 任务, 完成, 事项."""
    return _heading_words().sub("", _PUNCTUATION.sub("", masked))


def _says_only_ongoing(text: str) -> bool:
    open_time = anchors.find_ongoing(text)
    return open_time is not None and not _remaining_words(anchors.without_ongoing(text))


@cache
def _heading_words() -> re.Pattern[str]:
    return re.compile(vocabulary.alternation(vocabulary.load_toml("deadlines")["words"]["heading"]))
