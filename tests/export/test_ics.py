"""Task lists as calendars, read back with a second library: each due day once, alarms, text as it was."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]
from dateutil.rrule import rrulestr

from extractors.body.redaction import redact
from warehouse import store
from warehouse.export.ics import IcsResult, build_spans, write_ics
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import Deadline, Selection, Task

WEEK_BEFORE_AT_NINE = timedelta(days=-7, hours=9)


def _day(moment: str) -> date:
    return date.fromisoformat(moment)


@pytest.fixture(scope="module")
def whole(selection: Selection) -> list[TaskList]:
    return list(build_task_lists(selection, by_party=False))


@pytest.fixture(scope="module")
def written(whole: list[TaskList], tmp_path_factory: pytest.TempPathFactory) -> tuple[IcsResult, bytes]:
    target = tmp_path_factory.mktemp("calendar") / "任务.ics"
    return write_ics(whole, target), target.read_bytes()


def _events(data: bytes) -> list[Any]:
    return list(vobject.readOne(data.decode()).contents.get("vevent", []))


def _last_days(event: Any) -> set[date]:
    """The last day of each occurrence, expanded by dateutil from what vobject read."""
    length = event.dtend.value - event.dtstart.value
    if not hasattr(event, "rrule"):
        return {event.dtend.value - timedelta(days=1)}
    start = datetime.combine(event.dtstart.value, time())
    return {moment.date() + length - timedelta(days=1) for moment in rrulestr(event.rrule.value, dtstart=start)}


def _written(one: TaskList, tmp_path: Path, **texts: Any) -> list[Any]:
    row = replace(one.rows[0], cells=one.rows[0].cells | texts)
    write_ics([replace(one, rows=(row,))], tmp_path / "one.ics")
    return _events((tmp_path / "one.ics").read_bytes())


def test_every_due_day_of_the_warehouse_ends_an_event(five: Path, written: tuple[IcsResult, bytes]) -> None:
    with closing(store.connect(five)) as connection:
        due = connection.execute("SELECT task_id, due_on FROM mart.due_days").fetchall()
        tasks = connection.execute("SELECT count(*) FROM core.tasks").fetchone()
    expected: dict[str, set[date]] = defaultdict(set)
    for task_id, day in due:
        expected[task_id].add(day)
    result: dict[str, set[date]] = defaultdict(set)
    for event in _events(written[1]):
        result[event.uid.value.rsplit("-", 3)[0]] |= _last_days(event)
    assert result == expected
    assert len(expected) > 100
    assert tasks == (written[0].undated + len(expected),)
    assert written[0].events == len(_events(written[1]))


def test_recurring_tasks_are_one_event_that_repeats_on_their_due_days(selection: Selection, tmp_path: Path) -> None:
    repeated = [task for task in selection.tasks if [bool(item.recurrence) for item in task.deadlines] == [True]]
    # Without a year a rhythm has no days.
    assert [task.task_id for task in repeated if not task.due_days and build_spans(task)] == []
    recurring = [task for task in repeated if task.due_days]
    assert len(recurring) >= 10
    for task in recurring:
        (span,) = build_spans(task)
        assert span.rule
        assert span.first == task.due_days[0]
        assert span.until == task.due_days[-1]


def test_windows_last_from_their_first_to_their_last_day(five: Path, written: tuple[IcsResult, bytes]) -> None:
    with closing(store.connect(five)) as connection:
        windows = connection.execute(
            "SELECT task_id, starts_on, ends_on FROM core.task_deadlines WHERE kind = 'window' AND ends_on IS NOT NULL"
        ).fetchall()
    events = {
        (event.uid.value.rsplit("-", 3)[0], event.dtstart.value, event.dtend.value - timedelta(days=1)): event
        for event in _events(written[1])
    }
    assert windows
    for task_id, starts_on, ends_on in windows:
        event = events[task_id, starts_on or ends_on, ends_on]
        last = datetime.combine(event.dtend.value - timedelta(days=1), time())
        (alarm,) = event.contents["valarm"]
        anchor = event.dtend if alarm.trigger.params.get("RELATED") == ["END"] else event.dtstart
        assert datetime.combine(anchor.value, time()) + alarm.trigger.value == last + WEEK_BEFORE_AT_NINE


def test_the_calendar_is_all_day_folded_and_named(lists: list[TaskList], tmp_path: Path) -> None:
    item = max(lists, key=lambda item: sum(bool(row.task.due_days) for row in item.rows))
    for name in ("a.ics", "b.ics"):
        write_ics([item], tmp_path / name)
    data = (tmp_path / "a.ics").read_bytes()
    assert data == (tmp_path / "b.ics").read_bytes()
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    calendar = vobject.readOne(data.decode())
    assert calendar.contents["x-wr-calname"][0].value == f"{item.unit} {item.title}"
    assert calendar.contents["x-wr-timezone"][0].value == "Asia/Shanghai"
    assert calendar.version.value == "2.0"
    events = _events(data)
    assert len({event.uid.value for event in events}) == len(events)
    for event in events:
        assert event.dtstart.params["VALUE"] == event.dtend.params["VALUE"] == ["DATE"]
        assert event.dtstamp.value == datetime(item.notice.year or 1980, 1, 1, tzinfo=UTC)
        assert event.transp.value == "TRANSPARENT"
        assert event.summary.value.startswith(f"〔{item.unit}")
        assert event.categories.value[0] in item.topics.values()
        assert f"出处：{item.notice.source_path}" in event.description.value


def test_parties_of_one_task_have_events_of_their_own(lists: list[TaskList], tmp_path: Path) -> None:
    write_ics(lists, tmp_path / "all.ics")
    text = (tmp_path / "all.ics").read_text("utf-8")
    events = _events(text.encode())
    assert len({event.uid.value for event in events}) == len(events)
    assert any("（配合）〕" in event.summary.value for event in events)
    assert redact(text) == text


def test_text_comes_through_as_it_is(lists: list[TaskList], tmp_path: Path) -> None:
    item = next(item for item in lists if item.rows[0].task.due_days)
    text = "做,到;这 \\n 一步\r\n二\x07三" + "长" * 10_000
    (event,) = _written(item, tmp_path, 任务要求=text, 牵头科室="=1+1")[:1]
    assert event.description.value.startswith("任务要求：做,到;这 \\n 一步\n二�三长")
    assert event.description.value.count("长") == 10_000
    assert "牵头科室：=1+1" in event.description.value
    assert event.summary.value.endswith("长…")
    assert "\n" not in event.summary.value


def test_names_of_people_stay_out(
    nameless: list[TaskList], lists: list[TaskList], selection: Selection, tmp_path: Path
) -> None:
    people = {name for task in selection.tasks if task.due_days for name in task.persons}
    assert people
    for named, name in ((nameless, "nameless.ics"), (lists, "named.ics")):
        write_ics(named, tmp_path / name)
    message = "".join(event.description.value for event in _events((tmp_path / "nameless.ics").read_bytes()))
    assert not [name for name in people if name in message]
    message = "".join(event.description.value for event in _events((tmp_path / "named.ics").read_bytes()))
    assert all(name in message for name in people)


def _task(task: Task, *deadlines: tuple[str, date | None, date | None, str | None], due: tuple[str, ...]) -> Task:
    created = tuple(Deadline(*deadline, raw="") for deadline in deadlines)
    return replace(task, deadlines=created, due_days=tuple(map(_day, due)))


def test_deadlines_of_every_kind(selection: Selection) -> None:
    some = selection.tasks[0]
    march = _day("2024-03-01"), _day("2024-03-31")

    def seen(*deadlines: tuple[str, date | None, date | None, str | None], due: tuple[str, ...]) -> list[Any]:
        result = build_spans(_task(some, *deadlines, due=due))
        return [(f"{item.first:%m%d}", f"{item.last:%m%d}", item.rule, item.alarm_days) for item in result]

    assert seen(("by", *march, None), due=("2024-03-31",)) == [("0331", "0331", None, 7)]
    assert seen(("window", *march, None), ("window", *march, None), due=("2024-03-31",)) == [("0301", "0331", None, 7)]
    assert seen(("event", march[0], march[0], None), due=("2024-03-01",)) == [("0301", "0301", None, 7)]
    assert seen(("ongoing", march[0], None, None), due=()) == [("0301", "0301", None, 7)]
    assert seen(("ongoing", None, None, None), ("unknown", None, None, None), due=()) == []
    weekly = ("recurring", *march, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")
    assert seen(weekly, due=("2024-03-01", "2024-03-15", "2024-03-29")) == [("0301", "0301", weekly[3], 7)]
    tens = ("recurring", *march, "FREQ=MONTHLY;BYMONTHDAY=10,20,-1")
    assert seen(tens, due=("2024-03-10", "2024-03-20", "2024-03-31")) == [("0310", "0310", tens[3], 1)]
    both = (("recurring", None, None, "FREQ=MONTHLY;BYMONTHDAY=20"), ("by", None, march[1], None))
    assert seen(*both, due=("2024-02-20", "2024-03-20", "2024-03-31")) == [
        ("0220", "0220", "FREQ=MONTHLY;BYMONTHDAY=20", 7),
        ("0331", "0331", None, 7),
    ]
    once = ("recurring", *march, "FREQ=MONTHLY;BYMONTHDAY=31")
    assert seen(once, due=("2024-03-31",)) == [("0331", "0331", None, 7)]
    # Days that the rule does not give are events of their own rather than lost.
    assert seen(("recurring", *march, "FREQ=WEEKLY;BYDAY=FR"), due=("2024-03-01", "2024-03-15")) == [
        ("0301", "0301", None, 7),
        ("0315", "0315", None, 7),
    ]
    assert seen(("recurring", *march, "FREQ=WEEKLY;BYDAY=MO"), due=("2024-03-05",)) == [("0305", "0305", None, 7)]


@pytest.mark.parametrize(
    ("recurrence", "due", "rule"),
    [
        ("BYMONTH=3,6,9,12;BYMONTHDAY=-1", ("2024-03-31", "2024-06-30"), "BYMONTHDAY=-1;INTERVAL=3"),
        ("BYMONTH=6,12;BYMONTHDAY=30", ("2024-06-30", "2024-12-30"), "BYMONTHDAY=30;INTERVAL=6"),
        ("BYMONTH=3,5;BYMONTHDAY=9", ("2024-03-09", "2024-05-09"), "BYMONTH=3,5;BYMONTHDAY=9"),
    ],
)
def test_months_at_equal_distances_become_an_interval(
    selection: Selection, recurrence: str, due: tuple[str, ...], rule: str
) -> None:
    task = _task(selection.tasks[0], ("recurring", None, None, f"FREQ=MONTHLY;{recurrence}"), due=due)
    assert [item.rule for item in build_spans(task)] == [f"FREQ=MONTHLY;{rule}"]


def test_a_list_without_any_day_is_an_empty_calendar(lists: list[TaskList], tmp_path: Path) -> None:
    item = next(item for item in lists if not any(row.task.due_days for row in item.rows))
    assert write_ics([item], tmp_path / "none.ics") == (0, len(item.rows))
    assert _events((tmp_path / "none.ics").read_bytes()) == []
