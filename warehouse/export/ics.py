"""Task lists as an iCalendar file (RFC 5545): all-day events with an alarm."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from icalendar import Alarm, Calendar, Event, vRecur, vText

from warehouse.clock import ZONE_NAME
from warehouse.export.columns import LEADER, PERSONS, POINTS
from warehouse.export.office_files import make_printable
from warehouse.export.task_lists import TaskList, TaskRow
from warehouse.export.task_query import Deadline, Task
from warehouse.formatting import format_value
from warehouse.transform.due_dates import expand_recurrence

PRODUCT: Final = "-//wenming-warehouse//task lists//ZH"
UID_SUFFIX: Final = "@wenming-warehouse"
MAX_SUMMARY: Final = 48
"""Maximum characters of a task in the event title; the description has the full text."""
ONE_DAY: Final = timedelta(days=1)
ALARM_TIME: Final = timedelta(hours=9)
MONTHS_PER_YEAR: Final = 12
DESCRIPTION_COLUMNS: Final = (
    "任务要求",
    "完成时限",
    "牵头科室",
    "配合科室",
    LEADER,
    PERSONS,
    "材料要求",
    POINTS,
    "备注",
)


class IcsResult(NamedTuple):
    """Numbers of events written and of rows without due day, which have no event."""

    events: int
    undated: int


@dataclass(frozen=True, slots=True)
class EventSpan:
    """All-day event, optionally recurring.

    Attributes:
        key: Identifies the event among those of its task.
        first: First day.
        last: Last day.
        alarm_days: Days before the last day on which the alarm goes off.
        rule: Recurrence rule.
        until: Last day of the recurrence.
    """

    key: str
    first: date
    last: date
    alarm_days: int
    rule: str | None = None
    until: date | None = None


def write_ics(lists: Iterable[TaskList], target: Path) -> IcsResult:
    """Write one calendar with an event per deadline of each row; identical lists give identical bytes.

    Without any due day the calendar has no event, and some programs refuse to import it.

    Raises:
        OSError: `target` cannot be written.
    """
    all_lists = list(lists)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(_single_line(_calendar_name(all_lists))))
    calendar.add("x-wr-timezone", vText(ZONE_NAME))
    undated = 0
    for task_list in all_lists:
        for row in task_list.rows:
            spans = build_spans(row.task)
            undated += not spans
            for span in spans:
                calendar.add_component(_event(task_list, row, span))
    target.write_bytes(calendar.to_ical())
    return IcsResult(len(calendar.subcomponents), undated)


def build_spans(task: Task) -> list[EventSpan]:
    """Return the distinct events of a task; every due day of the task is the end of one of them."""
    spans: dict[tuple[date, date, str | None], EventSpan] = {}
    covered_days: set[date] = set()
    for ordinal, deadline in enumerate(task.deadlines, start=1):
        for span, days in _deadline_spans(str(ordinal), deadline, task.due_days):
            spans.setdefault((span.first, span.last, span.rule), span)
            covered_days.update(days)
    for day in task.due_days:
        if day not in covered_days:
            spans.setdefault((day, day, None), EventSpan(f"{day:%Y%m%d}", day, day, 7))
    return list(spans.values())


def _deadline_spans(
    key: str, deadline: Deadline, due_days: Sequence[date]
) -> Iterator[tuple[EventSpan, Sequence[date]]]:
    """Yield the events of a deadline, each with the days on which it ends."""
    if deadline.recurrence:
        days = _due_occurrences(deadline.recurrence, deadline, due_days)
        alarm_days = _alarm_days(days)
        rule = _exact_rule(deadline.recurrence, days)
        if rule:
            yield EventSpan(key, days[0], days[0], alarm_days, rule, days[-1]), days
            return
        for day in days:
            yield EventSpan(f"{key}-{day:%Y%m%d}", day, day, alarm_days), [day]
        return
    last = deadline.ends_on or deadline.starts_on
    if last is not None:
        first = last if deadline.kind == "by" else deadline.starts_on or last
        yield EventSpan(key, first, last, 7), [last]


def _due_occurrences(recurrence: str, deadline: Deadline, due_days: Sequence[date]) -> list[date]:
    """Return the due days of the task that are occurrences of this deadline."""
    if not due_days:
        return []
    due_set = set(due_days)
    days = expand_recurrence(recurrence, deadline.starts_on or min(due_set), deadline.ends_on or max(due_set))
    return [day for day in days if day in due_set]


def _exact_rule(recurrence: str, days: Sequence[date]) -> str | None:
    """Return a rule that produces exactly `days`; None if neither form of the rule does."""
    if len(days) < 2:
        return None
    for rule in filter(None, (_to_interval_rule(recurrence), recurrence)):
        if list(expand_recurrence(rule, days[0], days[-1])) == list(days):
            return rule
    return None


def _to_interval_rule(recurrence: str) -> str | None:
    """Replace equidistant BYMONTH values by INTERVAL: Outlook does not support BYMONTH in a monthly rule."""
    parts = dict(part.split("=", 1) for part in recurrence.split(";"))
    if parts["FREQ"] != "MONTHLY" or "BYMONTH" not in parts or "INTERVAL" in parts:
        return None
    months = sorted(map(int, parts.pop("BYMONTH").split(",")))
    intervals = {after - before for before, after in pairwise([*months, months[0] + MONTHS_PER_YEAR])}
    if len(intervals) > 1:
        return None
    return ";".join(f"{key}={value}" for key, value in {**parts, "INTERVAL": str(intervals.pop())}.items())


def _alarm_days(days: Sequence[date]) -> int:
    """Return alarm days that do not reach back to the previous occurrence."""
    gap = min((after - before for before, after in pairwise(days)), default=timedelta(days=365)).days
    return 7 if gap >= 14 else 1 if gap >= 5 else 0


def _event(task_list: TaskList, row: TaskRow, span: EventSpan) -> Event:
    event = Event()
    event.add("uid", f"{row.task.task_id}-{span.key}-{_party_digest(task_list.party)}{UID_SUFFIX}")
    # RFC 5545 requires a timestamp; the current time would make each export differ.
    event.add("dtstamp", datetime(task_list.notice.year or 1980, 1, 1, tzinfo=UTC))
    event.add("dtstart", span.first)
    event.add("dtend", span.last + ONE_DAY)
    if span.rule:
        recur = vRecur.from_ical(span.rule)
        recur.pop("COUNT", None)
        recur["UNTIL"] = span.until
        event.add("rrule", recur)
    summary = _summary(task_list, row)
    event.add("summary", summary)
    event.add("description", _description(row))
    if row.task.topic in task_list.topics:
        event.add("categories", [_single_line(task_list.topics[row.task.topic])])
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(span, summary))
    return event


def _alarm(span: EventSpan, summary: str) -> Alarm:
    """Return an alarm at nine in the morning, `alarm_days` days before the last day."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    before = timedelta(days=span.alarm_days) - ALARM_TIME
    if span.first == span.last:
        alarm.add("trigger", -before)
    else:
        alarm.add("trigger", -(before + ONE_DAY), parameters={"RELATED": "END"})
    return alarm


def _calendar_name(lists: Sequence[TaskList]) -> str:
    titles = list(dict.fromkeys(task_list.title for task_list in lists))
    units = list(dict.fromkeys(task_list.unit for task_list in lists))
    return " ".join([*(units if len(units) == 1 else ()), titles[0] if len(titles) == 1 else "任务清单"])


def _summary(task_list: TaskList, row: TaskRow) -> str:
    party = task_list.party or "、".join(row.task.party_names("lead"))
    supports = task_list.party is not None and all(
        own.role == "support" for own in row.task.parties if own.party == party
    )
    text = _single_line(format_value(row.cells["任务要求"]))
    shortened = text if len(text) <= MAX_SUMMARY else f"{text[:MAX_SUMMARY]}…"
    return f"〔{_single_line(party)}{'（配合）' if supports else ''}〕{shortened}" if party else shortened


def _description(row: TaskRow) -> str:
    fields = ((header, format_value(row.cells.get(header))) for header in DESCRIPTION_COLUMNS)
    return make_printable("\n".join(f"{header}：{text}" for header, text in fields if text))


def _party_digest(party: str | None) -> str:
    return hashlib.sha256((party or "").encode()).hexdigest()[:10]


def _single_line(text: str) -> str:
    return " ".join(make_printable(text).split())
