"""The deadlines of a text: recurrences, windows and festivals in order, else stages, events, open ones, unknown."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from extractors.normalize import says_nobody
from extractors.parsers.deadlines import event_anchors, holidays
from extractors.parsers.deadlines.date_ranges import POINTS, Entry, Window, read_group, resolve
from extractors.parsers.deadlines.lexer import Flat, Token, flatten, tokens
from extractors.parsers.deadlines.model import Deadline, Period, Stage
from extractors.parsers.deadlines.numerals import NUM, numeral
from extractors.parsers.deadlines.recurrence import Rule
from extractors.parsers.deadlines.rewrite_rules import leaves_open, respelled

_FESTIVAL_TAIL = re.compile(
    rf"(?:期间|假期|当天|当日|前夕|前后|节前后)|(?P<before>节?(?:之前|以前|前))|(?P<after>节?(?:之后|以后|后))"
    rf"(?:(?P<n>{NUM})个?(?P<u>天|日|周|月)(?:之内|以内|内))?"
)
_LINK = re.compile(
    r"[（(“”\"‘’《【]*(?:(?:[，,](?:结合|与|同|和|配合|即)?|结合|与|同|和|配合|即)[（(“”\"‘’【]*)?(?:国际|全国)?"
)
_MOST_ANCHORS = 12
_LONGEST = 3_000
"""Characters of a deadline cell that are read; a longer one is no deadline."""
_NTH_STAGE = re.compile(r"第([一二三四五六七八九十]|\d)(?:个)?阶段")
_FESTIVE = re.compile("节日|节庆|节点|纪念日|节假日")
_FESTIVE_SIGN = re.compile("[节纪]")
_FREE = re.compile(r"[，,。.；;、:：的\s（）()“”\"]")


@dataclass(slots=True)
class Found:
    """One deadline with its place in the flat text; `dated` tells it from festivals."""

    kind: str
    starts_on: date | None
    ends_on: date | None
    start: int
    end: int
    recurrence: str | None = None
    anchors: list[str] = field(default_factory=list)
    origin: str = "window"
    explicit: bool = True

    def deadline(self, flat: Flat) -> Deadline:
        anchor = "、".join(dict.fromkeys(self.anchors)) or None
        return Deadline(
            self.kind, self.starts_on, self.ends_on, self.recurrence, anchor, flat.raw(self.start, self.end)
        )


class Reader:
    """One pass over the tokens of a text."""

    def __init__(self, flat: Flat, period: Period) -> None:
        self.text = flat.text
        self.tokens = tokens(flat.text)
        self.period = period
        self.spoken: int | None = None
        self.found: list[Found] = []

    def read(self) -> list[Found]:
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.kind == "every" and token.rule:
                i = self._every(i, token.rule)
            elif token.kind == "festival":
                i = self._festivals(i)
            elif token.kind in POINTS:
                i = self._windows(i)
            else:
                i += 1
        return self.found

    def _between(self, start: int, end: int) -> str:
        return self.text[start:end]

    def _every(self, i: int, rule: Rule) -> int:
        token = self.tokens[i]
        item = Found("recurring", None, None, token.start, token.end, rule.text, [], "every", rule.explicit)
        i += 1
        ahead = self.tokens[i] if i < len(self.tokens) else None
        if rule.unit == "年" and ahead and ahead.kind == "festival" and ahead.start - token.end <= 1:
            return i
        group = self._group_after(i, token.end) if not rule.explicit or rule.unit == "年" else None
        if group and (rule.unit == "年" or self.text[token.end] in "（("):
            entries, i = group
            rules = _yearly(entries, self.period)
            if rules:
                self.found += [replace(item, recurrence=text, end=entries[-1].end, explicit=True) for text in rules]
                return i
        last = self.found[-1] if self.found else None
        gap = self._between(last.end, token.start) if last else ""
        bounded = last is not None and last.origin == "window" and rule.unit != "年"
        if last and bounded and (gap in ("", "的", "（", "(") or (gap in "，,、" and last.ends_on != last.starts_on)):
            if last.kind == "window":
                item.starts_on, item.ends_on = last.starts_on, last.ends_on
            else:
                item.ends_on = last.ends_on
            item.start = last.start
            self.found.pop()
        self.found.append(item)
        return i

    def _group_after(self, i: int, end: int) -> tuple[list[Entry], int] | None:
        """The dates directly behind a recurring phrase: 每年3月, 每年的6月、12月, 每季度（3月、6月、9月、12月）."""
        while i < len(self.tokens) and self.tokens[i].kind in ("open", "until"):
            i += 1
        if i >= len(self.tokens) or self._between(end, self.tokens[i].start) not in ("", "的", "于", "在", "（", "("):
            return None
        return read_group(self.tokens, i)

    def _windows(self, i: int) -> int:
        group = read_group(self.tokens, i)
        if group is None:
            return i + 1
        entries, after = group
        until = self._until(i, entries[0].start)
        for entry in entries:
            if entry.first.kind in ("day", "part"):
                continue
            window, self.spoken = resolve(entry, self.period, self.spoken)
            if entry.first.kind == "year" and self._only_names_a_year(entry, after):
                continue
            if entry.first.kind in ("half", "year") and entry.mod == "within":
                window = replace(window, kind="window")
            self._add(window, entry, until)
        return after

    def _until(self, i: int, start: int) -> Token | None:
        before = self.tokens[i - 1] if i else None
        if before and before.kind == "until" and start - before.end <= 1:
            return before
        if before and before.kind == "range" and before.end == start and before.start == 0:
            return before
        return None

    def _only_names_a_year(self, entry: Entry, after: int) -> bool:
        """2022年春节: the year belongs to the festival behind it."""
        return (
            after < len(self.tokens) and self.tokens[after].kind == "festival" and self.tokens[after].start == entry.end
        )

    def _add(self, window: Window, entry: Entry, until: Token | None) -> None:
        kind = window.kind if window.ends_on or window.starts_on or entry.first.part not in ("年中",) else "unknown"
        start = window.start
        starts_on = window.starts_on
        if until and not entry.second:
            kind, starts_on, start = "by", None, until.start
        last = self.found[-1] if self.found else None
        if last and last.origin == "festival" and self._between(last.end, start) in ("（", "("):
            last.starts_on, last.ends_on = starts_on, window.ends_on
            return
        self.found.append(Found(kind, starts_on, window.ends_on, start, window.end))

    def _festivals(self, i: int) -> int:
        token = self.tokens[i]
        last = self.found[-1] if self.found else None
        named = holidays.names(token.text)
        if last and last.origin != "festival" and self._linked(self._between(last.end, token.start)):
            day = last.ends_on if last.starts_on == last.ends_on else None
            if not (day and holidays.is_lunar_date(named[0], day.month, day.day)):
                last.anchors += [token.text] if len(last.anchors) < _MOST_ANCHORS else []
                return i + 1
            self.found.pop()
        tail = _FESTIVAL_TAIL.match(self.text, token.end)
        j = i + 1
        while j < len(self.tokens) and tail and self.tokens[j].start < tail.end():
            j += 1
        for name in named:
            days: list[date | None] = [*holidays.days_of(name, self.period, self.spoken)]
            if any(f.origin == "festival" and f.kind == "event" and f.starts_on in days for f in self.found[-40:]):
                continue
            anchor = name if len(named) > 1 else token.text
            self.found += [self._festival(token, day, tail, anchor) for day in days or [None]]
        return self._festival_range(i, j)

    def _linked(self, gap: str) -> bool:
        return len(gap) <= 12 and (gap == "" or _LINK.fullmatch(gap) is not None) and gap not in ("和", "与", "同")

    def _festival(self, token: Token, day: date | None, tail: re.Match[str] | None, anchor: str) -> Found:
        item = Found("event", day, day, token.start, token.end, None, [anchor], "festival")
        if tail is None:
            return item
        item.end = tail.end()
        if tail["before"]:
            item.kind, item.starts_on = "by", None
            item.ends_on = day - timedelta(days=1) if day else None
        elif tail["after"]:
            count = numeral(tail["n"]) if tail["n"] else None
            size = {"周": 7, "月": 30}.get(tail["u"] or "", 1)
            item.ends_on = day + timedelta(days=count * size) if day and count is not None else None
        return item

    def _festival_range(self, i: int, j: int) -> int:
        """元旦至春节期间: one event from the first festival to the second."""
        if j + 1 >= len(self.tokens) or self.tokens[j].kind != "range" or self.tokens[j + 1].kind != "festival":
            return j
        if self.tokens[j].start != self.tokens[i].end or self.tokens[j].end != self.tokens[j + 1].start:
            return j
        if not self.found or self.found[-1].start != self.tokens[i].start:
            return j
        opening = self.found[-1]
        closing = self.tokens[j + 1]
        for name in holidays.names(closing.text)[:1]:
            days = holidays.days_of(name, self.period, self.spoken)
            later = [d for d in days if opening.starts_on and d >= opening.starts_on]
            if opening.starts_on and later:
                opening.ends_on = later[0]
            opening.anchors.append(closing.text)
            opening.end = closing.end
        return j + 2


def _yearly(entries: Sequence[Entry], period: Period) -> list[str]:
    """每年6月、12月 → one RRULE for the entries that fall on the same day of their months, in order."""
    by_day: dict[int, list[int]] = {}
    for entry in entries:
        probe = replace(entry.first, year=None, shift=None)
        window, _ = resolve(replace(entry, first=probe), Period(year=2023), None)
        if window.ends_on is None:
            return []
        last = (window.ends_on + timedelta(days=1)).day == 1
        by_day.setdefault(-1 if last else window.ends_on.day, []).append(window.ends_on.month)
    return [
        f"FREQ=YEARLY;BYMONTH={','.join(str(m) for m in dict.fromkeys(months))};BYMONTHDAY={day}"
        for day, months in by_day.items()
    ]


def _spread_before(found: list[Found], text: str) -> None:
    """五一、国庆前: the 前 of the last festival of an enumeration holds for those before it."""
    for this, after in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
        joined = text[this.end : after.start] in ("、", "和", "及", "与", "或")
        if joined and this.origin == after.origin == "festival" and after.kind == "by" and this.kind == "event":
            this.kind, this.starts_on = "by", None
            this.ends_on = this.ends_on - timedelta(days=1) if this.ends_on else None


def _by_stage(text: str, stages: Sequence[Stage]) -> list[tuple[Stage, str]]:
    """The stages a text names, by name or by number, with the words it uses."""
    named: list[tuple[Stage, str]] = []
    for nth in _NTH_STAGE.finditer(text):
        k = numeral(nth[1])
        if k and k <= len(stages):
            named.append((stages[k - 1], nth.group()))
    for stage in stages:
        core = re.sub(r"(?:工作)?(?:阶段|期)$", "", "".join(stage.name.split()))
        whole = core + "阶段"
        word = whole if whole in text else core
        if len(core) >= 2 and (word == whole or len(core) >= 4 or _FREE.sub("", text) == core) and word in text:
            named.append((stage, word))
    unique: dict[str, tuple[Stage, str]] = {}
    for stage, word in named:
        unique.setdefault(stage.name, (stage, word))
    return [pair for pair in unique.values() if pair[0].start or pair[0].end]


def _stage_items(text: str, stages: Sequence[Stage]) -> list[Found]:
    items = []
    for stage, word in _by_stage(text, stages):
        at = text.find(word)
        end = at + len(word)
        before = re.compile("(?:工作)?(?:结束)?(?:之前|以前|前)").match(text, end)
        kind = "by" if before or stage.start is None else "window"
        start = None if before else stage.start
        items.append(Found(kind, start, stage.end, at, before.end() if before else end, None, [stage.name]))
    return items


def read_deadlines(text: str, period: Period, stages: Sequence[Stage] = (), context: str = "") -> list[Deadline]:
    """The deadlines of a deadline cell in order; empty for an empty cell or one that says there is none.

    `context` is the task's own text: where the cell only says 与节日同步, the festivals are those it names.
    Without a year dates stay None; a text that no rule understands is one deadline of kind unknown.
    """
    return list(_deadlines_of(text, period, tuple(stages), context if _FESTIVE_SIGN.search(text) else ""))


@lru_cache(maxsize=1024)
def _deadlines_of(text: str, period: Period, stages: tuple[Stage, ...], context: str) -> Sequence[Deadline]:
    """`read_deadlines`, once for all tasks of a notice that are due alike."""
    flat = respelled(flatten(text[:_LONGEST]))
    if not flat.text or says_nobody(flat.text):
        return []
    if leaves_open(flat.text):
        return [Deadline("unknown", None, None, None, None, flat.raw(0, len(flat.text)))]
    found = Reader(flat, period).read()
    _spread_before(found, flat.text)
    hanging = event_anchors.read_events(masked(flat.text, found))
    if found:
        return [item.deadline(flat) for item in _with_events(found, hanging)]
    found = _stage_items(flat.text, stages)
    if not found:
        found = _undated(flat.text, hanging)
        festive = [e for e in hanging if _FESTIVE.search(e.anchor)]
        if context and festive:
            named = [f for f in Reader(flatten(context), period).read() if f.origin == "festival"]
            span = (festive[0].start, festive[0].end)
            found = [replace(f, start=span[0], end=span[1]) for f in named] or found
    return [item.deadline(flat) for item in found]


def _with_events(found: list[Found], hanging: list[event_anchors.Event]) -> list[Found]:
    """Events beside dates: 结合… is the anchor of the date before it, 活动结束后5日内 is a deadline of its own."""
    begins = [f.start for f in found]
    own: list[Found] = []
    for event in hanging:
        anchor = event_anchors.anchor_of(event)
        if event.linked and anchor:
            anchors = found[max(0, bisect_right(begins, event.start) - 1)].anchors
            if len(anchors) < _MOST_ANCHORS and not any(a in anchor or anchor in a for a in anchors):
                anchors.append(anchor)
        elif event.timed:
            own.append(Found("event", None, None, event.start, event.end, None, [event.anchor], "event"))
    return sorted([*found, *own], key=lambda f: f.start)


def masked(text: str, found: list[Found]) -> str:
    """`text` with commas in place of what was already read, so that an event phrase never spans a date."""
    out = list(text)
    for item in found:
        out[item.start : item.end] = "，" * (item.end - item.start)
    return "".join(out)


def _undated(text: str, hanging: list[event_anchors.Event]) -> list[Found]:
    timed = [e for e in hanging if e.timed]
    open_ = event_anchors.is_ongoing(text) or event_anchors.own_judgement(text)
    if hanging and (timed or not open_ or any(e.linked for e in hanging)):
        start, end = hanging[0].start, hanging[-1].end
        return [Found("event", None, None, start, end, None, [e.anchor for e in hanging[:_MOST_ANCHORS]], "event")]
    if open_:
        return [Found("ongoing", None, None, 0, len(text))]
    return [Found("unknown", None, None, 0, len(text))]
