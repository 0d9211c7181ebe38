"""Time limits that stand inside a sentence, and months that head a level of a table."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.parsers.deadlines import event_anchors
from extractors.parsers.deadlines.lexer import Flat, flatten
from extractors.parsers.deadlines.model import Deadline, Period
from extractors.parsers.deadlines.parser import Found, Reader, masked
from extractors.parsers.deadlines.recurrence import begins_recurrence
from extractors.parsers.deadlines.rewrite_rules import respelled

_IN_BRACKETS = r"[^〔〕\[\]]{0,20}[〕\]]"
_NAMES = re.compile(rf"《[^《》]{{0,200}}》|“[^“”]{{0,60}}”|\"[^\"]{{0,60}}\"|〔{_IN_BRACKETS}|\[{_IN_BRACKETS}")
_SENTENCE_END = re.compile(r"[。；;\n]")
_CLAUSE_END = re.compile(r"[，,。；;\n）)]")
_ASKED = re.compile(r"(?:于|请|须|需|应|务必|必须|并|要|[（(，,：:、]|^)$")
_LONGEST = 20_000
_HOURS = re.compile("小时|分钟")
_UNIT = re.compile(r"[年月季旬日号周天期拜半末./-]")
"""Every date and recurrence is written with one of these."""
_BARE_REPORT = r"(?<![海通简汇板墙情日周月季年举播])报(?![告纸名刊表道警栏社业销])"
_LEVEL_MARK = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.](?!\d)|[★●■◆▲])")


@cache
def _word(*keys: str) -> re.Pattern[str]:
    words = vocabulary.toml("deadlines")["words"]
    every = sorted((w for key in keys for w in words[key]), key=len, reverse=True)
    return re.compile("|".join([*every, _BARE_REPORT] if "report" in keys else every))


def _until(pattern: re.Pattern[str], text: str, at: int, most: int) -> str:
    piece = text[at : at + most]
    stop = pattern.search(piece)
    return piece[: stop.start()] if stop else piece


def _plausible(item: Found, period: Period) -> bool:
    base = period.base_year()
    day = item.ends_on or item.starts_on
    return day is not None and (base is None or base - 1 <= day.year <= base + 3)


def _is_limit(item: Found, text: str, period: Period) -> bool:
    """True for a date or recurrence that the sentence itself makes a time limit."""
    words = text[item.start : item.end]
    if item.origin == "every":
        after = _until(_CLAUSE_END, text, item.end, 10)
        bounded = item.starts_on is not None or item.ends_on is not None
        return words.endswith(("前", "底", "末")) or bounded or _word("report").search(words + after) is not None
    if item.origin != "window" or not _plausible(item, period) or words.endswith("以前"):
        return False
    after = _until(_SENTENCE_END, text, item.end, 24)
    if item.kind == "by" and words.endswith(("前", "止")) and re.search("[月季半]|年[底末]|[./]", words):
        return (
            _word("report", "finish").search(after) is not None
            or _ASKED.search(text[max(0, item.start - 4) : item.start]) is not None
        )
    directly = _word("report").match(after[1:] if after.startswith(("各", "前", "内", "，")) else after)
    return item.kind != "by" and words.endswith(("日", "号", "底", "末", "旬")) and directly is not None


@cache
def _limiting() -> re.Pattern[str]:
    """Every word that makes a date a time limit has one of these in it."""
    return re.compile("|".join([*"前底末止报", *vocabulary.toml("deadlines")["words"]["report"]]))


def _may_hold_limit(text: str) -> bool:
    """False where no part of the text can be a time limit: a look at it is quicker than reading all dates."""
    unit = _UNIT.search(text)
    if unit and (_limiting().search(text) or begins_recurrence(text, unit.end())):
        return True
    return event_anchors.may_be_timed(text)


def _inherit(found: list[Found], text: str, kept: set[int]) -> None:
    """6月底、11月底前各上传1份: with the last of an enumeration its earlier members are limits too."""
    for i in range(len(found) - 2, -1, -1):
        joined = text[found[i].end : found[i + 1].start] in ("、", "和", "及", "与", "或")
        if i + 1 in kept and joined and found[i].kind == found[i + 1].kind:
            kept.add(i)


@lru_cache(maxsize=1024)
def _without_names(text: str) -> tuple[Flat, str]:
    """A text made flat, and the same with names of documents blanked; "" where no part of it can be a time limit.

    What to hand in recurs from task to task, and most of it names no time at all.
    """
    flat = respelled(flatten(text[:_LONGEST]))
    hidden = _NAMES.sub(lambda m: "　" * len(m.group()), flat.text)
    return flat, hidden if _may_hold_limit(hidden) else ""


def find_deadlines(text: str, period: Period) -> list[Deadline]:
    """The explicit time limits inside an evidence or requirement text, in order; empty where there is none.

    Years in names of documents, periods looked back on and mere frequencies of an activity are no time limits.
    """
    flat, hidden = _without_names(text)
    if not hidden:
        return []
    found = Reader(Flat(flat.source, hidden, flat.places), period).read()
    kept = {i for i, item in enumerate(found) if _is_limit(item, hidden, period)}
    _inherit(found, hidden, kept)
    limits = [found[i] for i in sorted(kept)]
    rest = masked(hidden, found)
    for event in event_anchors.read_events(rest) if event_anchors.may_be_timed(rest) else ():
        clause = hidden[event.start : event.end]
        if event.timed and not _HOURS.search(clause) and _word("report").search(clause):
            limits.append(Found("event", None, None, event.start, event.end, None, [event.anchor], "event"))
    return [item.deadline(flat) for item in sorted(limits, key=lambda f: f.start)]


@lru_cache(maxsize=1024)
def read_month_heading(text: str, period: Period) -> Deadline | None:
    """The window of a level that is headed by a month, quarter or half of a year (三月份, 3月工作任务, 第一季度).

    Several of them give the window from the first to the last day; None where the text says more than that.
    """
    flat = flatten(text)
    mark = _LEVEL_MARK.match(flat.text)
    begin = mark.end() if mark and mark.end() < len(flat.text) else 0
    body = Flat(flat.source, flat.text[begin:], flat.places[begin:])
    found = Reader(body, period).read()
    if not found or any(f.kind != "window" or f.starts_on is None or f.ends_on is None for f in found):
        return None
    rest = _word("heading").sub("", re.sub(r"[（()）：:、，\-—]", "", masked(body.text, found)))
    if rest:
        return None
    starts = min(f.starts_on for f in found if f.starts_on)
    ends = max(f.ends_on for f in found if f.ends_on)
    if (ends - starts).days > 190:
        return None
    return Deadline("window", starts, ends, None, None, body.raw(found[0].start, found[-1].end))
