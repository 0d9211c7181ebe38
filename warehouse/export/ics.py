"""Task lists as a calendar (RFC 5545) that phones and office programs import: all-day events with an alarm."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from icalendar import Alarm, Calendar, Event, vRecur, vText

from warehouse.export.columns import LEADER, PERSONS, POINTS
from warehouse.export.sanitize import printable
from warehouse.export.task_lists import Row, TaskList
from warehouse.export.task_query import Deadline, Task
from warehouse.formatting import format_value
from warehouse.transform.due_dates import expand_recurrence

PRODUCT: Final = "-//wenming-warehouse//task lists//ZH"
ZONE: Final = "Asia/Shanghai"
UID_END: Final = "@wenming-warehouse"
LONGEST_SUMMARY: Final = 48
"""Characters of a task in the title of an event; the whole of it is in the description."""
DAY: Final = timedelta(days=1)
ALARM_HOUR: Final = timedelta(hours=9)
YEAR_MONTHS: Final = 12
DESCRIBED: Final = ("任务要求", "完成时限", "牵头科室", "配合科室", LEADER, PERSONS, "材料要求", POINTS, "备注")


class Written(NamedTuple):
    """How many events were written, and how many rows of the lists have no day and so no event."""

    events: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Span:
    """An event from its first to its last day, repeated by `rule` until `until`."""

    mark: str
    """Tells it from the other events of its task."""
    first: date
    last: date
    warning: int
    """Days before the last day on which the alarm goes off."""
    rule: str | None = None
    until: date | None = None


def write_ics(lists: Iterable[TaskList], target: Path) -> Written:
    """Write one calendar with an event per deadline of each row; the same lists give the same bytes. Raises OSError.

    A calendar of tasks without any day holds no event, which some programs refuse to import.
    """
    every = list(lists)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(_line(_name(every))))
    calendar.add("x-wr-timezone", vText(ZONE))
    left_out = 0
    for one in every:
        for row in one.rows:
            found = spans(row.task)
            left_out += not found
            for span in found:
                calendar.add_component(_event(one, row, span))
    target.write_bytes(calendar.to_ical())
    return Written(len(calendar.subcomponents), left_out)


def spans(task: Task) -> list[Span]:
    """The events of a task, each span once; every day on which it falls due ends one of them."""
    found: dict[tuple[date, date, str | None], Span] = {}
    due: set[date] = set()
    for ordinal, deadline in enumerate(task.deadlines, start=1):
        for span, days in _spans(str(ordinal), deadline, task.due_days):
            found.setdefault((span.first, span.last, span.rule), span)
            due.update(days)
    for day in task.due_days:
        if day not in due:
            found.setdefault((day, day, None), Span(f"{day:%Y%m%d}", day, day, 7))
    return list(found.values())


def _spans(mark: str, deadline: Deadline, due_days: Sequence[date]) -> Iterator[tuple[Span, Sequence[date]]]:
    """The events of one deadline, each with the days on which it ends."""
    if deadline.recurrence:
        days = _occurring(deadline.recurrence, deadline, due_days)
        warning = _warning(days)
        rule = _rule(deadline.recurrence, days)
        if rule:
            yield Span(mark, days[0], days[0], warning, rule, days[-1]), days
            return
        for day in days:
            yield Span(f"{mark}-{day:%Y%m%d}", day, day, warning), [day]
        return
    last = deadline.ends_on or deadline.starts_on
    if last is not None:
        first = last if deadline.kind == "by" else deadline.starts_on or last
        yield Span(mark, first, last, 7), [last]


def _occurring(recurrence: str, deadline: Deadline, due_days: Sequence[date]) -> list[date]:
    """Those of a task's due days that this deadline gives."""
    if not due_days:
        return []
    due = set(due_days)
    days = expand_recurrence(recurrence, deadline.starts_on or min(due), deadline.ends_on or max(due))
    return [day for day in days if day in due]


def _rule(recurrence: str, days: Sequence[date]) -> str | None:
    """A rule that gives `days`, and no other, from their first to their last; None where neither form does."""
    if len(days) < 2:
        return None
    for rule in filter(None, (_spaced(recurrence), recurrence)):
        if list(expand_recurrence(rule, days[0], days[-1])) == list(days):
            return rule
    return None


def _spaced(recurrence: str) -> str | None:
    """Months at equal distances as an interval: Outlook knows no BYMONTH in a monthly rule."""
    parts = dict(part.split("=", 1) for part in recurrence.split(";"))
    if parts["FREQ"] != "MONTHLY" or "BYMONTH" not in parts or "INTERVAL" in parts:
        return None
    months = sorted(map(int, parts.pop("BYMONTH").split(",")))
    steps = {after - before for before, after in pairwise([*months, months[0] + YEAR_MONTHS])}
    if len(steps) > 1:
        return None
    return ";".join(f"{key}={value}" for key, value in {**parts, "INTERVAL": str(steps.pop())}.items())


def _warning(days: Sequence[date]) -> int:
    """Days of warning that do not run into the occurrence before."""
    gap = min((after - before for before, after in pairwise(days)), default=timedelta(days=365)).days
    return 7 if gap >= 14 else 1 if gap >= 5 else 0


def _event(one: TaskList, row: Row, span: Span) -> Event:
    event = Event()
    event.add("uid", f"{row.task.task_id}-{span.mark}-{_digest(one.party)}{UID_END}")
    # RFC 5545 demands a stamp; the clock would make each export differ.
    event.add("dtstamp", datetime(one.notice.year or 1980, 1, 1, tzinfo=UTC))
    event.add("dtstart", span.first)
    event.add("dtend", span.last + DAY)
    if span.rule:
        recur = vRecur.from_ical(span.rule)
        recur.pop("COUNT", None)
        recur["UNTIL"] = span.until
        event.add("rrule", recur)
    summary = _summary(one, row)
    event.add("summary", summary)
    event.add("description", _description(row))
    if row.task.topic in one.topics:
        event.add("categories", [_line(one.topics[row.task.topic])])
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(span, summary))
    return event


def _alarm(span: Span, summary: str) -> Alarm:
    """At nine in the morning, `warning` days before the last day."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    before = timedelta(days=span.warning) - ALARM_HOUR
    if span.first == span.last:
        alarm.add("trigger", -before)
    else:
        alarm.add("trigger", -(before + DAY), parameters={"RELATED": "END"})
    return alarm


def _name(lists: Sequence[TaskList]) -> str:
    titles = list(dict.fromkeys(one.title for one in lists))
    units = list(dict.fromkeys(one.unit for one in lists))
    return " ".join([*(units if len(units) == 1 else ()), titles[0] if len(titles) == 1 else "任务清单"])


def _summary(one: TaskList, row: Row) -> str:
    who = one.party or "、".join(row.task.named("lead"))
    supports = one.party is not None and all(mine.role == "support" for mine in row.task.parties if mine.party == who)
    text = _line(format_value(row.cells["任务要求"]))
    shortened = text if len(text) <= LONGEST_SUMMARY else f"{text[:LONGEST_SUMMARY]}…"
    return f"〔{_line(who)}{'（配合）' if supports else ''}〕{shortened}" if who else shortened


def _description(row: Row) -> str:
    said = ((header, format_value(row.cells.get(header))) for header in DESCRIBED)
    return printable("\n".join(f"{header}：{text}" for header, text in said if text))


def _digest(party: str | None) -> str:
    return hashlib.sha256((party or "").encode()).hexdigest()[:10]


def _line(text: str) -> str:
    return " ".join(printable(text).split())
