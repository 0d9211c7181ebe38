"""Deadlines of a text: recurrences, dates and holidays in order, else stages, events, open ones, unknown.

Entries: a deadline cell, and a sentence that may contain a time limit; `headings.py` reads the headings of a table.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import OffsetText, is_placeholder
from extractors.parsers.deadlines import anchors
from extractors.parsers.deadlines.date_ranges import DATE_TOKENS, DateEntry, DateRange, parse_enumeration, resolve_entry
from extractors.parsers.deadlines.item_times import add_open_items, mark_items
from extractors.parsers.deadlines.model import Deadline, DeadlineKind, DeadlineMatch, Period, Stage
from extractors.parsers.deadlines.tokens import (
    RecurrenceRule,
    Token,
    apply_rewrite_rules,
    flatten,
    is_undetermined,
    tokenize,
)
from extractors.parsers.numerals import CALENDAR_NUMBER, parse_calendar_number

_HOLIDAY_TAIL = re.compile(
    rf"(?:期间|假期|当天|当日|前夕|前后|节前后)|(?P<before>节?(?:之前|以前|前))|(?P<after>节?(?:之后|以后|后))"
    rf"(?:(?P<n>{CALENDAR_NUMBER})个?(?P<u>天|日|周|月)(?:之内|以内|内))?"
)
_HOLIDAY_LINK = re.compile(
    r"[（(“”\"‘’《【]*(?:(?:[，,](?:结合|与|同|和|配合|即)?|结合|与|同|和|配合|即)[（(“”\"‘’【]*)?(?:国际|全国)?"
)
_MAX_ANCHORS = 12
_MAX_CELL_LENGTH = 3_000
"""Characters of a deadline cell that are read."""
_NTH_STAGE = re.compile(r"第([一二三四五六七八九十]|\d)(?:个)?阶段")
_HOLIDAY_GENERIC = re.compile("节日|节庆|节点|纪念日|节假日")
_HOLIDAY_SIGN = re.compile("[节纪]")
_CLAUSE_MARKS = "，,。；;（(\n"
_CLAUSE_AFTER = re.compile(r"[^，,。；;（()）\n]{0,30}")
_FILLER = re.compile(r"[，,。.；;、:：的\s（）()“”\"]")
_REPORT_VERB = r"(?<![海通简汇板墙情日周月季年举播])报(?![告纸名刊表道警栏社业销])"
_BARE_YEAR = re.compile(r"(?:20\d\d|[今本当])年度?")
_CLAUSE_START = re.compile(r"[，,。；;\n（(]")
_MAX_UNREAD = 40
"""Characters after a date that are examined for words that limit it."""
_LIMITING = re.compile(
    r"前|后|期间|学期|学年|假|汛|[季周旬月号节]|日(?!常)|\d(?![\d次份篇个场人张条项%％分])|阶段|换届"
)
"""After a bare year: words of a narrower time. 2023年开展活动4次 has none."""
_BROKEN_DAY = re.compile(r"[\dOolIＯXx×*〇]{1,3}[日号前]|[日号]|_|＿")
"""After a month: a day that cannot be read. 6月3O日前, 6月XX日."""
_BEFORE_EVENT = re.compile(
    r"(?P<range>至|到|[-~]|[—–]+)?(?P<event>[\u4e00-\u9fff]{2,12}?)(?<![提目当面跟])(?:之前|以前|前(?!往|期|台|列|述|景|沿|瞻|提))"
    rf"(?:{CALENDAR_NUMBER}个?(?:工作日|天|日|周|星期|月)(?:内|之内|以内)?)?"
)
"""Right behind a time: 9月|开学前, 10月|考核前两周, 3月|至考核前."""
_RANGE_MARK = re.compile("至|到|[-~]|[—–]+")
_MONTH_OR_PART = re.compile("^[^-~至到—–、]*(?:月份?|旬|[底末初])$")


class DeadlineParser:
    """One pass over the tokens of a text."""

    def __init__(self, normalized: OffsetText, period: Period) -> None:
        self.text = normalized.text
        self.tokens = tokenize(normalized.text)
        self.period = period
        self.current_year: int | None = None
        self.matches: list[DeadlineMatch] = []

    def read(self) -> list[DeadlineMatch]:
        """Return the deadlines in order."""
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.kind == "every" and token.rule:
                i = self._parse_recurrence(i, token.rule)
            elif token.kind == "holiday":
                i = self._parse_holidays(i)
            elif token.kind in DATE_TOKENS:
                i = self._parse_dates(i)
            else:
                i += 1
        if any(match.origin == "holiday" and not match.is_summary for match in self.matches):
            # 春节、端午等传统节日 means those that are named.
            self.matches = [match for match in self.matches if not match.is_summary]
        return self.matches

    def _parse_recurrence(self, i: int, rule: RecurrenceRule) -> int:
        token = self.tokens[i]
        match = DeadlineMatch("recurring", None, None, token.start, token.end, rule.text, [], "every", rule.is_explicit)
        i += 1
        next_token = self.tokens[i] if i < len(self.tokens) else None
        if rule.unit == "年" and next_token and next_token.kind == "holiday" and next_token.start - token.end <= 1:
            return i
        group = self._dates_after(i, token.end) if not rule.is_explicit or rule.unit == "年" else None
        if group and (rule.unit == "年" or self.text[token.end] in "（("):
            entries, i = group
            rules = _yearly_rules(entries, self.period)
            if rules:
                self.matches += [
                    replace(match, recurrence=text, end=entries[-1].end, is_explicit=True) for text in rules
                ]
                return i
            if any(resolve_entry(entry, self.period, self.current_year)[0].is_impossible for entry in entries):
                end = entries[-1].end
                self.matches.append(replace(match, kind="unknown", end=end, recurrence=None, is_unread=True))
                return i
        last = self.matches[-1] if self.matches else None
        gap = self.text[last.end : token.start] if last else ""
        is_bounded = last is not None and last.origin == "window" and rule.unit != "年"
        if (
            last
            and is_bounded
            and (gap in ("", "的", "（", "(") or (gap in "，,、" and last.ends_on != last.starts_on))
        ):
            if last.kind == "window":
                match.starts_on, match.ends_on = last.starts_on, last.ends_on
            else:
                match.ends_on = last.ends_on
            match.start = last.start
            self.matches.pop()
        self.matches.append(match)
        return i

    def _dates_after(self, i: int, end: int) -> tuple[list[DateEntry], int] | None:
        """Return the dates right after a recurring phrase: 每年3月, 每年的6月、12月, 每季度（3月、6月、9月、12月）."""
        while i < len(self.tokens) and self.tokens[i].kind in ("open", "until"):
            i += 1
        if i >= len(self.tokens) or self.text[end : self.tokens[i].start] not in ("", "的", "于", "在", "（", "("):
            return None
        return parse_enumeration(self.tokens, i)

    def _parse_dates(self, i: int) -> int:
        group = parse_enumeration(self.tokens, i)
        if group is None:
            return i + 1
        entries, after = group
        until = self._until_before(i, entries[0].start)
        for entry in entries:
            if entry.first.kind in ("day", "part"):
                continue
            window, self.current_year = resolve_entry(entry, self.period, self.current_year)
            if entry.first.kind == "year" and self._is_year_of_holiday(entry, after):
                continue
            if entry.first.kind in ("half", "year") and entry.modifier == "within":
                window = replace(window, kind="window")
            self._add_range(window, entry, until)
        return after

    def _until_before(self, i: int, start: int) -> Token | None:
        before = self.tokens[i - 1] if i else None
        if before and before.kind == "until" and start - before.end <= 1:
            return before
        if before and before.kind == "range" and before.end == start and before.start == 0:
            return before
        return None

    def _is_year_of_holiday(self, entry: DateEntry, after: int) -> bool:
        """Return whether the year belongs to the holiday after it: 2022年春节."""
        return (
            after < len(self.tokens) and self.tokens[after].kind == "holiday" and self.tokens[after].start == entry.end
        )

    def _add_range(self, window: DateRange, entry: DateEntry, until: Token | None) -> None:
        kind = window.kind if window.ends_on or window.starts_on or entry.first.part not in ("年中",) else "unknown"
        start = window.start
        starts_on = window.starts_on
        if until and not entry.second:
            kind, starts_on, start = "by", None, until.start
        if window.is_impossible:
            self.matches.append(DeadlineMatch("unknown", None, None, start, window.end, is_unread=True))
            return
        last = self.matches[-1] if self.matches else None
        if last and last.origin == "holiday" and self.text[last.end : start] in ("（", "("):
            last.starts_on, last.ends_on = starts_on, window.ends_on
            self._limit_behind_bracket(last, window.end)
            return
        self.matches.append(DeadlineMatch(kind, starts_on, window.ends_on, start, window.end))

    def _parse_holidays(self, i: int) -> int:
        token = self.tokens[i]
        last = self.matches[-1] if self.matches else None
        names = anchors.holidays_named(token.text)
        tail = _HOLIDAY_TAIL.match(self.text, token.end)
        opening = self._take_opening(token, is_limit=tail is not None and bool(tail["before"]))
        if opening is not None:
            last = self.matches[-1] if self.matches else None
        if last and last.origin != "holiday" and self._is_linked(self.text[last.end : token.start]):
            day = last.ends_on if last.starts_on == last.ends_on else None
            if not (day and anchors.is_lunar_holiday(names[0], day.month, day.day)):
                last.anchors += [token.text] if len(last.anchors) < _MAX_ANCHORS else []
                return i + 1
            self.matches.pop()
        if len(names) > 1 and self._is_contrasted(token):
            return i + 1
        is_summary = len(names) > 1 and not self._is_joined_to_holiday(i)
        j = i + 1
        while j < len(self.tokens) and tail and self.tokens[j].start < tail.end():
            j += 1
        for name in names:
            days: list[date | None] = [*anchors.holiday_dates(name, self.period, self.current_year)]
            anchor = name if len(names) > 1 else token.text
            known = [
                match
                for match in self.matches[-40:]
                if match.origin == "holiday" and match.kind == "event" and match.starts_on in days
            ]
            for match in known if not is_summary else ():
                if match.is_summary:
                    match.anchors, match.start, match.end, match.is_summary = [anchor], token.start, token.end, False
            if not known:
                dated = [self._holiday_match(token, day, tail, anchor) for day in days or [None]]
                dated = [_open_holiday(match, opening, self.text) if opening else match for match in dated]
                self.matches += [replace(match, is_summary=is_summary) for match in dated]
        return self._parse_holiday_range(i, j)

    def _take_opening(self, token: Token, *, is_limit: bool) -> DeadlineMatch | None:
        """Return the time that a holiday ends, taken away from the matches: 6月|至国庆节, 9月|中秋节前."""
        last = self.matches[-1] if self.matches else None
        if last is None or last.origin != "window" or last.kind != "window" or last.starts_on is None:
            return None
        gap, words = self.text[last.end : token.start], self.text[last.start : last.end]
        is_month = is_limit and gap in ("", "“") and _MONTH_OR_PART.search(words)
        return self.matches.pop() if is_month or _RANGE_MARK.fullmatch(gap) else None

    def _is_contrasted(self, token: Token) -> bool:
        """Return whether a clause says that a set of holidays is another matter: 不要与“我们的节日”混同."""
        start = max(self.text.rfind(mark, 0, token.start) for mark in _CLAUSE_MARKS) + 1
        end = _CLAUSE_AFTER.match(self.text, token.end)
        clause = self.text[max(start, token.start - 30) : end.end() if end else token.end]
        return _contrast_pattern().search(clause) is not None

    def _is_joined_to_holiday(self, i: int) -> bool:
        """Return whether a set of holidays is one more of those before or after it: 元旦、国庆和传统节日."""
        return any(
            0 <= other < len(self.tokens)
            and 0 <= between < len(self.tokens)
            and self.tokens[other].kind == "holiday"
            and self.tokens[between].kind == "enum"
            and self.tokens[between].text in ("和", "及", "与", "以及")
            and self.tokens[min(other, i)].end == self.tokens[between].start
            and self.tokens[between].end == self.tokens[max(other, i)].start
            for between, other in ((i - 1, i - 2), (i + 1, i + 2))
        )

    def _is_linked(self, gap: str) -> bool:
        return (
            len(gap) <= 12 and (gap == "" or _HOLIDAY_LINK.fullmatch(gap) is not None) and gap not in ("和", "与", "同")
        )

    def _holiday_match(self, token: Token, day: date | None, tail: re.Match[str] | None, anchor: str) -> DeadlineMatch:
        match = DeadlineMatch("event", day, day, token.start, token.end, None, [anchor], "holiday")
        if tail is None:
            return match
        match.end = tail.end()
        if tail["before"]:
            match.kind, match.starts_on = "by", None
            match.ends_on = day - timedelta(days=1) if day else None
        elif tail["after"]:
            count = parse_calendar_number(tail["n"]) if tail["n"] else None
            size = {"周": 7, "月": 30}.get(tail["u"] or "", 1)
            match.ends_on = day + timedelta(days=count * size) if day and count is not None else None
        return match

    def _limit_behind_bracket(self, holiday: DeadlineMatch, end: int) -> None:
        """Apply what stands behind the bracket with the date of a holiday: 端午节（6月10日）前."""
        if not self.text.startswith(("）", ")"), end):
            return
        tail = _HOLIDAY_TAIL.match(self.text, end + 1)
        holiday.end = tail.end() if tail else end + 1
        if tail and tail["before"]:
            holiday.kind, holiday.starts_on = "by", None
            holiday.ends_on = holiday.ends_on - timedelta(days=1) if holiday.ends_on else None

    def _parse_holiday_range(self, i: int, j: int) -> int:
        """Extend a holiday to the next: 元旦至春节期间."""
        if j + 1 >= len(self.tokens) or self.tokens[j].kind != "range" or self.tokens[j + 1].kind != "holiday":
            return j
        if self.tokens[j].start != self.tokens[i].end or self.tokens[j].end != self.tokens[j + 1].start:
            return j
        if not self.matches or self.matches[-1].start != self.tokens[i].start:
            return j
        first = self.matches[-1]
        second = self.tokens[j + 1]
        for name in anchors.holidays_named(second.text)[:1]:
            days = anchors.holiday_dates(name, self.period, self.current_year)
            later = [d for d in days if first.starts_on and d >= first.starts_on]
            if first.starts_on and later:
                first.ends_on = later[0]
            first.anchors.append(second.text)
            first.end = second.end
        return j + 2


def read_deadlines(text: str, period: Period, stages: Sequence[Stage] = (), context: str = "") -> list[Deadline]:
    """Return the deadlines of a deadline cell in order; empty for an empty cell or a placeholder.

    Without a year dates stay None; a text that no rule matches is one deadline of kind unknown.

    Args:
        text: The cell.
        period: The period of the notice.
        stages: The stages of the notice's plan.
        context: The task's own text: if the cell only says 与节日同步, its holidays are used.
    """
    return list(_read_deadlines(text, period, tuple(stages), context if _HOLIDAY_SIGN.search(text) else ""))


def mask_matches(text: str, matches: list[DeadlineMatch]) -> str:
    """Return `text` with commas in place of what is already read, so that no event phrase spans a date."""
    out = list(text)
    for match in matches:
        out[match.start : match.end] = "，" * (match.end - match.start)
    return "".join(out)


def _yearly_rules(entries: Sequence[DateEntry], period: Period) -> list[str]:
    """Return one RRULE for the entries of the same day of the month: 每年6月、12月."""
    by_day: dict[int, list[int]] = {}
    for entry in entries:
        probe = replace(entry.first, year=None, year_offset=None)
        window, _ = resolve_entry(replace(entry, first=probe), Period(year=2023), None)
        if window.ends_on is None:
            return []
        last = (window.ends_on + timedelta(days=1)).day == 1
        by_day.setdefault(-1 if last else window.ends_on.day, []).append(window.ends_on.month)
    return [
        f"FREQ=YEARLY;BYMONTH={','.join(str(m) for m in dict.fromkeys(months))};BYMONTHDAY={day}"
        for day, months in by_day.items()
    ]


def _share_before(matches: list[DeadlineMatch], text: str) -> None:
    """Apply the 前 of the last holiday of an enumeration to those before it: 五一、国庆前."""
    for match, following in zip(reversed(matches[:-1]), reversed(matches[1:]), strict=True):
        is_joined = text[match.end : following.start] in ("、", "和", "及", "与", "或")
        if (
            is_joined
            and match.origin == following.origin == "holiday"
            and following.kind == "by"
            and match.kind == "event"
        ):
            match.kind, match.starts_on = "by", None
            match.ends_on = match.ends_on - timedelta(days=1) if match.ends_on else None


def _named_stages(text: str, stages: Sequence[Stage]) -> list[tuple[Stage, str]]:
    """Return the stages that a text names, by name or number, with the words it uses."""
    named: list[tuple[Stage, str]] = []
    for match in _NTH_STAGE.finditer(text):
        number = parse_calendar_number(match[1])
        if number and number <= len(stages):
            named.append((stages[number - 1], match.group()))
    for stage in stages:
        name = re.sub(r"(?:工作)?(?:阶段|期)$", "", "".join(stage.name.split()))
        full_name = name + "阶段"
        word = full_name if full_name in text else name
        if len(name) >= 2 and (word == full_name or len(name) >= 4 or _FILLER.sub("", text) == name) and word in text:
            named.append((stage, word))
    unique: dict[str, tuple[Stage, str]] = {}
    for stage, word in named:
        unique.setdefault(stage.name, (stage, word))
    return [pair for pair in unique.values() if pair[0].start or pair[0].end]


def _match_stages(text: str, stages: Sequence[Stage]) -> list[DeadlineMatch]:
    matches = []
    for stage, word in _named_stages(text, stages):
        start_index = text.find(word)
        end_index = start_index + len(word)
        before = re.compile("(?:工作)?(?:结束)?(?:之前|以前|前)").match(text, end_index)
        kind: DeadlineKind = "by" if before or stage.start is None else "window"
        start = None if before else stage.start
        matches.append(
            DeadlineMatch(
                kind, start, stage.end, start_index, before.end() if before else end_index, None, [stage.name]
            )
        )
    return matches


@lru_cache(maxsize=1024)
def _read_deadlines(text: str, period: Period, stages: tuple[Stage, ...], context: str) -> Sequence[Deadline]:
    """Cached body of `read_deadlines`: many tasks of a notice share a deadline text."""
    normalized = apply_rewrite_rules(mark_items(text[:_MAX_CELL_LENGTH]))
    if not normalized.text or is_placeholder(normalized.text):
        return []
    if is_undetermined(normalized.text):
        return [Deadline("unknown", None, None, None, None, normalized.source_of(0, len(normalized.text)))]
    matches = DeadlineParser(normalized, period).read()
    _share_before(matches, normalized.text)
    events = anchors.find_events(mask_matches(normalized.text, matches))
    if matches:
        limited = _doubt_unread(_add_events(_end_before_events(matches, normalized.text), events), normalized.text)
        return [match.to_deadline(normalized) for match in add_open_items(limited, normalized.text)]
    matches = _match_stages(normalized.text, stages)
    if not matches:
        matches = _match_undated(normalized.text, events)
        holiday_events = [e for e in events if _HOLIDAY_GENERIC.search(e.anchor)]
        if context and holiday_events:
            readable = apply_rewrite_rules(flatten(context))
            holidays = [match for match in DeadlineParser(readable, period).read() if match.origin == "holiday"]
            span = (holiday_events[0].start, holiday_events[0].end)
            matches = [replace(match, start=span[0], end=span[1]) for match in holidays] or matches
    return [match.to_deadline(normalized) for match in matches]


def _add_events(matches: list[DeadlineMatch], events: list[anchors.Event]) -> list[DeadlineMatch]:
    """Merge events with dates: 结合… is the anchor of the date before it, 活动结束后5日内 a deadline of its own."""
    starts = [match.start for match in matches]
    timed_events: list[DeadlineMatch] = []
    for event in events:
        anchor = anchors.displayed_anchor(event)
        if event.is_linked and anchor:
            others = matches[max(0, bisect_right(starts, event.start) - 1)].anchors
            if len(others) < _MAX_ANCHORS and not any(a in anchor or anchor in a for a in others):
                others.append(anchor)
        elif event.is_timed:
            timed_events.append(
                DeadlineMatch("event", None, None, event.start, event.end, None, [event.anchor], "event")
            )
    return sorted([*matches, *timed_events], key=lambda match: match.start)


def text_until(pattern: re.Pattern[str], text: str, start: int, length: int) -> str:
    """Return the text behind `start` up to the first match of the pattern, at most `length` characters."""
    piece = text[start : start + length]
    end_match = pattern.search(piece)
    return piece[: end_match.start()] if end_match else piece


def _doubt_unread(matches: list[DeadlineMatch], text: str) -> list[DeadlineMatch]:
    """Return the deadlines, those whose limit is not read as unknown.

    2023年国检前一个月 is no window of a year, 6月3O日前 none of a month. A year right before another time is the year
    of that time: 2023年开学后两周内.
    """
    checked: list[DeadlineMatch] = []
    end = 0
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        if match.start < end:
            continue
        is_year = _BARE_YEAR.fullmatch(text, match.start, match.end) is not None
        if is_year and following is not None and following.start == match.end:
            continue
        clause = text_until(_CLAUSE_START, text, match.end, _MAX_UNREAD)
        tail = text[match.end : following.start] if following and following.start < match.end + len(clause) else clause
        is_month = match.origin == "window" and text[match.start : match.end].endswith(("月", "月份"))
        if (is_year and _LIMITING.search(tail)) or (is_month and _BROKEN_DAY.match(tail)):
            end = match.end + len(clause)
            checked.append(DeadlineMatch("unknown", None, None, match.start, end, is_unread=True))
        else:
            checked.append(match)
    return checked


def _open_holiday(holiday: DeadlineMatch, opening: DeadlineMatch, text: str) -> DeadlineMatch:
    """Return a holiday with the time before it: a range from the first day of it, or a month that says no more."""
    if not _RANGE_MARK.match(text, opening.end):
        return replace(holiday, start=opening.start)
    ends = holiday.ends_on if holiday.ends_on and opening.starts_on and holiday.ends_on >= opening.starts_on else None
    return replace(
        holiday, kind="window" if ends else "event", starts_on=opening.starts_on, ends_on=ends, start=opening.start
    )


def _end_before_events(matches: list[DeadlineMatch], text: str) -> list[DeadlineMatch]:
    """Return the deadlines; one right before an event ends with it: 9月1日开学前, and 9月开学前 on no known day.

    Only the first day of several months stays known: 6月至9月开学前.
    """
    ended: list[DeadlineMatch] = []
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        words = text[match.start : match.end]
        event = _BEFORE_EVENT.match(text, match.end, following.start if following else len(text))
        if event is None or match.origin != "window" or match.kind != "window" or words.endswith(("年", "年度")):
            ended.append(match)
        elif match.starts_on == match.ends_on and words.endswith(("日", "号")) and not event["range"]:
            last = match.ends_on - timedelta(days=1) if match.ends_on else None
            limit = replace(match, kind="by", starts_on=None, ends_on=last, end=event.end(), anchors=[event["event"]])
            ended.append(limit)
        else:
            is_month = not event["range"] and _MONTH_OR_PART.search(words) is not None
            anchor = words + event["event"] if is_month else event["event"]
            begins = None if is_month else match.starts_on
            ended.append(DeadlineMatch("event", begins, None, match.start, event.end(), None, [anchor], "event"))
    return ended


def _match_undated(text: str, events: list[anchors.Event]) -> list[DeadlineMatch]:
    timed = [e for e in events if e.is_timed]
    is_open = anchors.find_ongoing(text) or anchors.is_discretionary(text)
    if events and (timed or not is_open or any(e.is_linked for e in events)):
        start, end = events[0].start, events[-1].end
        return [
            DeadlineMatch("event", None, None, start, end, None, [e.anchor for e in events[:_MAX_ANCHORS]], "event")
        ]
    if is_open:
        return [DeadlineMatch("ongoing", None, None, 0, len(text))]
    return [DeadlineMatch("unknown", None, None, 0, len(text))]


@cache
def _contrast_pattern() -> re.Pattern[str]:
    return re.compile(vocabulary.alternation(vocabulary.load_toml("deadlines")["words"]["contrasts"]))


@cache
def verb_pattern(*keys: str) -> re.Pattern[str]:
    """Return the pattern of the verbs of these lists of the vocabulary."""
    words = vocabulary.load_toml("deadlines")["words"]
    every = sorted((w for key in keys for w in words[key]), key=len, reverse=True)
    return re.compile("|".join([*every, _REPORT_VERB] if "report" in keys else every))
