"""Time limits inside a requirement or evidence text, where most dates are none.

A date is one if a verb makes it one (6月底前报送), its place (`placed_dates`), or a label before it (完成时间：3月).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import OffsetText
from extractors.parsers.deadlines import anchors
from extractors.parsers.deadlines.demanded_times import find_demanded_times
from extractors.parsers.deadlines.model import Deadline, DeadlineMatch, Period
from extractors.parsers.deadlines.parser import (
    DeadlineParser,
    mask_matches,
    read_deadlines,
    text_until,
    verb_pattern,
)
from extractors.parsers.deadlines.placed_dates import begins_with_date, find_placed_dates, says_by_when
from extractors.parsers.deadlines.tokens import apply_rewrite_rules, flatten, may_contain_recurrence

_IN_BRACKETS = r"[^〔〕\[\]]{0,20}[〕\]]"
_QUOTED_NAME = re.compile(rf"《[^《》]{{0,200}}》|“[^“”]{{0,60}}”|\"[^\"]{{0,60}}\"|〔{_IN_BRACKETS}|\[{_IN_BRACKETS}")
_SENTENCE_END = re.compile(r"[。；;\n]")
_CLAUSE_END = re.compile(r"[，,。；;\n）)]")
_REQUEST_BEFORE = re.compile(r"(?:于|请|须|需|应|务必|必须|并|要|[（(，,：:、]|^)$")
_MAX_TEXT_LENGTH = 20_000
_HOURS = re.compile("小时|分钟")
_LABEL = re.compile(
    r"(?:完成|办结|办理|整改|落实|报送|上报|提交|截止|开展|实施|推进|进度|(?<![\u3400-\u9fff]))"
    r"(?:时间|时限|期限|日期)(?:要求|安排|节点)?[:：]"
)
_LABELLED = re.compile(r"[^。；;（）()【】\n]{1,60}")
_UNDATED_KINDS = ("unknown", "event")
"""Behind a label an event is mostly no time but an explanation."""
_PLACED_SIGN = re.compile(r"[月季]|半年|全年|时[间限]|期限")
"""Every date that its place or label makes a limit contains one of these."""
_DATE_SIGN = re.compile(r"[年月季旬日号周天期拜半末./-]")
"""Every date and recurrence contains one of these."""


def find_deadlines(
    text: str, period: Period, *, is_led: bool = False, is_material: bool = False, is_undated: bool = False
) -> list[Deadline]:
    """Return the explicit time limits inside an evidence or requirement text, in order.

    Years in names of documents and past periods are not time limits, mere frequencies of an activity only where no
    column says when it is due.

    Args:
        text: The text.
        period: The period of the notice.
        is_led: Whether the texts of its column begin with dates.
        is_material: Whether it lists materials.
        is_undated: Whether its table has no column of deadlines.
    """
    normalized, masked = _mask_names(text)
    if not masked:
        return []
    readable = OffsetText(normalized.source, masked, normalized.offsets)
    labelled = _find_labelled(readable, period)
    matches = DeadlineParser(readable, period).read()
    limit_indices = {i for i, match in enumerate(matches) if _is_limit(match, masked, period)}
    limit_indices |= find_placed_dates(readable, matches, period, is_led=is_led, is_material=is_material)
    if is_undated:
        limit_indices |= find_demanded_times(masked, matches)
    _include_enumerated(matches, masked, limit_indices)
    limits = [(matches[i].start, matches[i].to_deadline(normalized)) for i in sorted(limit_indices)]
    rest = mask_matches(masked, matches)
    for event in anchors.find_events(rest) if anchors.may_have_timed_event(rest) else ():
        clause = masked[event.start : event.end]
        if event.is_timed and not _HOURS.search(clause) and verb_pattern("report").search(clause):
            match = DeadlineMatch("event", None, None, event.start, event.end, None, [event.anchor], "event")
            limits.append((event.start, match.to_deadline(normalized)))
    spans = [span for span, _ in labelled]
    found = [(start, limit) for start, limit in limits if not any(span[0] <= start < span[1] for span in spans)]
    found += [(span[0], deadline) for span, deadlines in labelled for deadline in deadlines]
    return [deadline for _, deadline in sorted(found, key=lambda pair: pair[0])]


@lru_cache(maxsize=1024)
def begins_with_time(text: str, period: Period) -> bool:
    """Return whether a text begins with a date or a recurrence (3月：…, 每季度…)."""
    normalized, masked = _mask_names(text)
    if not masked:
        return False
    readable = OffsetText(normalized.source, masked, normalized.offsets)
    return begins_with_date(readable, DeadlineParser(readable, period).read())


def _find_labelled(readable: OffsetText, period: Period) -> list[tuple[tuple[int, int], list[Deadline]]]:
    """Return the time limits behind their labels (完成时间：每季度末), each with its range of the text."""
    labelled: list[tuple[tuple[int, int], list[Deadline]]] = []
    for label in _LABEL.finditer(readable.text) if "时" in readable.text or "期限" in readable.text else ():
        content = _LABELLED.match(readable.text, label.end())
        if content is None:
            continue
        source = readable.source_of(content.start(), content.end())
        deadlines = [deadline for deadline in read_deadlines(source, period) if deadline.kind not in _UNDATED_KINDS]
        if deadlines:
            labelled.append((content.span(), deadlines))
    return labelled


def _is_plausible_year(match: DeadlineMatch, period: Period) -> bool:
    base_year = period.base_year()
    day = match.ends_on or match.starts_on
    if day is None:
        # Without a year a date has no days.
        return base_year is None and match.kind != "unknown"
    return base_year is None or base_year - 1 <= day.year <= base_year + 3


def _is_limit(match: DeadlineMatch, text: str, period: Period) -> bool:
    """Return whether the sentence makes a date or recurrence a time limit."""
    words = text[match.start : match.end]
    if match.origin == "every":
        after = text_until(_CLAUSE_END, text, match.end, 10)
        is_bounded = match.starts_on is not None or match.ends_on is not None
        return (
            words.endswith(("前", "底", "末")) or is_bounded or verb_pattern("report").search(words + after) is not None
        )
    if match.is_unread:
        return words.endswith(("前", "止", "底", "末"))
    if match.origin != "window" or not _is_plausible_year(match, period) or words.endswith("以前"):
        return False
    after = text_until(_SENTENCE_END, text, match.end, 24)
    if match.kind == "by" and words.endswith(("前", "止")) and re.search("[月季半]|年[底末]|[./]", words):
        return verb_pattern("report", "finish").search(after) is not None or (
            _REQUEST_BEFORE.search(text[max(0, match.start - 4) : match.start]) is not None
            and says_by_when(text, match.start, match.end)
        )
    report_verb = verb_pattern("report").match(after[1:] if after.startswith(("各", "前", "内", "，")) else after)
    return match.kind != "by" and words.endswith(("日", "号", "底", "末", "旬")) and report_verb is not None


@cache
def _limit_sign() -> re.Pattern[str]:
    """Return a pattern of which every time limit by date contains one match."""
    return re.compile("|".join([*"前底末止报", *vocabulary.load_toml("deadlines")["words"]["report"]]))


@cache
def _festival_pattern() -> re.Pattern[str]:
    return re.compile(anchors.holiday_start_pattern())


def _may_hold_limit(text: str) -> bool:
    """Return False if no part of the text can be a time limit; cheaper than parsing all dates."""
    if _PLACED_SIGN.search(text) or _festival_pattern().search(text):
        return True
    unit = _DATE_SIGN.search(text)
    if unit and (_limit_sign().search(text) or may_contain_recurrence(text, unit.end())):
        return True
    return anchors.may_have_timed_event(text)


def _include_enumerated(matches: list[DeadlineMatch], text: str, limit_indices: set[int]) -> None:
    """Keep the earlier members of an enumeration whose last is a limit: 6月底、11月底前各上传1份."""
    for i in range(len(matches) - 2, -1, -1):
        is_joined = text[matches[i].end : matches[i + 1].start] in ("、", "和", "及", "与", "或")
        is_alike = matches[i].kind == matches[i + 1].kind or matches[i + 1].is_unread
        if i + 1 in limit_indices and is_joined and is_alike:
            limit_indices.add(i)


@lru_cache(maxsize=1024)
def _mask_names(text: str) -> tuple[OffsetText, str]:
    """Return the normalized text, and the same with names of documents masked, "" if no part can be a time limit.

    Cached: evidence texts recur from task to task, and most of them name no time.
    """
    normalized = apply_rewrite_rules(flatten(text[:_MAX_TEXT_LENGTH]))
    masked = _QUOTED_NAME.sub(lambda m: "　" * len(m.group()), normalized.text)
    return normalized, masked if _may_hold_limit(masked) else ""
