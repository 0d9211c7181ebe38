"""Task lists as CSV and JSON: every task once per list, figures of the warehouse, nothing that runs."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.body.redaction import redact
from warehouse import store
from warehouse.export.columns import COLUMNS, PERSON_COLUMNS
from warehouse.export.csv_json import CSV_COLUMNS, write_csv, write_json
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import Progress, Selection


@pytest.fixture(scope="module")
def table(lists: list[TaskList], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("plain") / "任务.csv"
    write_csv(lists, target)
    return target


@pytest.fixture(scope="module")
def data(lists: list[TaskList], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    target = tmp_path_factory.mktemp("plain") / "任务.json"
    write_json(lists, target)
    return json.loads(target.read_text("utf-8"))  # type: ignore[no-any-return]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _hostile(one: TaskList) -> TaskList:
    """The list with one row whose texts look like formulas and markup."""
    row = one.rows[0]
    cells = row.cells | {
        "任务要求": '=HYPERLINK("http://x","y")',
        "材料要求": "\t@SUM(A1)",
        "备注": "一行\r\n二行,“三”",
    }
    cells |= {"分值": Decimal("-2.500"), "完成时限": "-3月", "截止日期": date(2021, 3, 31)}
    return replace(one, rows=(replace(row, cells=cells),))


def test_csv_holds_each_task_of_each_list_under_the_standard_columns(table: Path, lists: list[TaskList]) -> None:
    raw = table.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = _rows(table)
    assert list(rows[0]) == [*CSV_COLUMNS, *(column.header for column in COLUMNS)]
    expected = [(item.notice.label, item.unit, row.task.task_id) for item in lists for row in item.rows]
    assert [(row["通知"], row["责任单位"], row["任务编号"]) for row in rows] == expected
    header, rest = raw.split(b"\r\n", 1)
    assert header.count(b",") == len(CSV_COLUMNS) + len(COLUMNS) - 1
    assert rest.endswith(b"\r\n")


def test_points_of_the_csv_are_those_of_the_warehouse(
    five: Path, selection: Selection, tmp_path: Path, data: list[dict[str, Any]]
) -> None:
    with closing(store.connect(five)) as connection:
        total = connection.execute("SELECT sum(points) FROM core.tasks").fetchone()
        dated = connection.execute("SELECT count(*) FROM core.task_deadlines WHERE ends_on IS NOT NULL").fetchone()
    notice_lists = list(build_task_lists(selection, by_party=False))
    write_csv(notice_lists, tmp_path / "w.csv")
    write_json(notice_lists, tmp_path / "w.json")
    tasks = [task for item in json.loads((tmp_path / "w.json").read_text("utf-8")) for task in item["tasks"]]
    points = [task["points"] for task in tasks if task["points"] is not None]
    assert total == (sum(map(Decimal, filter(None, (row["分值"] for row in _rows(tmp_path / "w.csv"))))),)
    assert total == (sum(Decimal(str(item)) for item in points),)
    assert all(isinstance(item, int | float) for item in points)
    assert dated == (sum(bool(item["ends_on"]) for task in tasks for item in task["deadlines"]),)
    assert sum(len(item["tasks"]) for item in data) > len(tasks)


def test_json_says_what_the_warehouse_knows_of_a_task(data: list[dict[str, Any]], lists: list[TaskList]) -> None:
    assert [item["party"] for item in data] == [item.party for item in lists]
    item, index = next(
        (item, index)
        for item in lists
        for index, row in enumerate(item.rows)
        if row.task.evidence and row.task.evidence[0].min_count and row.task.parties
    )
    task = item.rows[index].task
    written = data[lists.index(item)]["tasks"][index]
    assert written["task_id"] == task.task_id
    assert written["evidence"][0]["kind"] == task.evidence[0].kind
    assert written["evidence"][0]["min_count"] == task.evidence[0].min_count
    assert written["parties"][0] == {
        "party": task.parties[0].party,
        "role": task.parties[0].role,
        "scope": task.parties[0].scope,
    }
    assert written["source"] == {"file": item.notice.source_path, "locator": task.locator}
    days = {day for item in data for task in item["tasks"] for day in task["due_days"]}
    assert days
    assert all(date.fromisoformat(day) for day in days)


def test_json_holds_the_progress_of_this_party_alone(lists: list[TaskList], tmp_path: Path) -> None:
    one = next(one for one in lists if one.party)
    reported = tuple(
        Progress(party, "done", date(2021, 3, 1), "方案1份", None) for party in (one.party, "另一个科室", None)
    )
    row = replace(one.rows[0], task=replace(one.rows[0].task, progress=reported))
    write_json([replace(one, rows=(row,))], tmp_path / "p.json")
    written = json.loads((tmp_path / "p.json").read_text("utf-8"))[0]["tasks"][0]["progress"]
    assert [item["party"] for item in written] == [one.party, None]
    assert written[0]["done_on"] == "2021-03-01"


def test_text_never_turns_into_a_formula(lists: list[TaskList], tmp_path: Path) -> None:
    write_csv([_hostile(lists[0])], tmp_path / "h.csv")
    (row,) = _rows(tmp_path / "h.csv")
    assert row["任务要求"] == '\'=HYPERLINK("http://x","y")'
    assert row["材料要求"] == "'\t@SUM(A1)"
    assert row["完成时限"] == "'-3月"
    assert row["分值"] == "-2.5"
    assert row["截止日期"] == "2021-03-31"
    assert row["备注"] == "一行\r\n二行,“三”"


def test_names_of_people_stay_out(nameless: list[TaskList], tmp_path: Path, selection: Selection) -> None:
    people = {name for task in selection.tasks for name in (*task.persons, task.leader) if name}
    assert people
    write_csv(nameless, tmp_path / "n.csv")
    write_json(nameless, tmp_path / "n.json")
    assert not set(PERSON_COLUMNS) & set(_rows(tmp_path / "n.csv")[0])
    tasks = [task for item in json.loads((tmp_path / "n.json").read_text("utf-8")) for task in item["tasks"]]
    assert not any({"leader", "persons"} & task.keys() for task in tasks)
    for text in ((tmp_path / "n.csv").read_text("utf-8-sig"), (tmp_path / "n.json").read_text("utf-8")):
        assert not [name for name in people if name in text]


def test_no_contacts_and_the_same_bytes_twice(table: Path, lists: list[TaskList], tmp_path: Path) -> None:
    write_csv(lists, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == table.read_bytes()
    for name in ("a.json", "b.json"):
        write_json(lists, tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert redact(table.read_text("utf-8-sig")) == table.read_text("utf-8-sig")
