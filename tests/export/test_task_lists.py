"""What stands in the rows of a list, against the warehouse of the five notices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests import asking
from warehouse.errors import QueryError
from warehouse.export.columns import COLUMNS, FILL_IN, PERSON_COLUMNS, digest_row, parse_row_key
from warehouse.export.task_lists import TaskList, build_task_lists, keep_tasks
from warehouse.export.task_query import Selection, TaskFilter, select_tasks


def counted(warehouse: Path, sql: str) -> int:
    ((result,),) = asking.rows(warehouse, sql)
    return int(result)


def test_every_task_is_in_the_list_of_each_of_its_parties(five: Path, lists: list[TaskList]) -> None:
    named = counted(five, "SELECT count(*) FROM (SELECT DISTINCT task_id, party FROM core.task_parties)")
    nobody = counted(
        five, "SELECT count(*) FROM core.tasks WHERE task_id NOT IN (SELECT task_id FROM core.task_parties)"
    )
    assert nobody > 0
    assert sum(len(item.rows) for item in lists if item.party) == named
    assert sum(len(item.rows) for item in lists if item.party is None) == nobody
    assert {item.unit for item in lists if item.party is None} == {"未写明责任单位"}


def test_the_columns_stand_in_the_order_of_units(lists: list[TaskList], nameless: list[TaskList]) -> None:
    headers = [column.header for column in COLUMNS]
    assert headers[:3] == ["序号", "指标编号", "一级指标"]
    assert tuple(headers[-4:]) == FILL_IN
    assert list(lists[0].rows[0].cells) == headers
    assert list(nameless[0].rows[0].cells) == [header for header in headers if header not in PERSON_COLUMNS]


def test_points_of_a_notice_add_up_to_those_of_the_warehouse(five: Path, selection: Selection) -> None:
    for item in build_task_lists(selection, by_party=False):
        displayed = sum(float(str(row.cells["分值"])) for row in item.rows if row.cells["分值"] is not None)
        where = f"notice_id = '{item.notice.notice_id}'"
        expected = counted(five, f"SELECT coalesce(sum(points), 0) * 1000 FROM core.tasks WHERE {where}") / 1000
        assert displayed == pytest.approx(expected)
        assert item.unit == "全部责任单位"


def test_a_shared_score_is_shown_once_over_its_rows(lists: list[TaskList]) -> None:
    merged = [(item, first, last) for item in lists for first, last in item.merges]
    assert merged
    for item, first, last in merged:
        assert item.rows[first].cells["分值"] is not None
        assert all(item.rows[row].cells["分值"] is None for row in range(first + 1, last + 1))
        assert len({item.rows[row].task.score_cell for row in range(first, last + 1)}) == 1
        assert f"共 {item.rows[first].task.points_rows} 条任务合用一个分值" in str(item.rows[first].cells["备注"])


def test_a_part_of_a_shared_score_still_shows_it(lists: list[TaskList]) -> None:
    item, first, last = next((item, first, last) for item in lists for first, last in item.merges)
    rest = keep_tasks(item, {row.task.task_id for row in item.rows[first + 1 : last + 1]})
    assert [row.cells["序号"] for row in rest.rows] == list(range(1, last - first + 1))
    assert rest.rows[0].cells["分值"] == item.rows[first].cells["分值"]


def test_days_and_materials_are_those_that_were_read(five: Path) -> None:
    """The third row of the notice of Huarong says 3月上旬 and, among others, wants a plan."""
    (item,) = build_task_lists(select_tasks(five, TaskFilter(notices=("华容",))), by_party=False)
    row = next(row for row in item.rows if row.cells["完成时限"] == "3月上旬")
    assert (row.cells["开始日期"], row.cells["截止日期"]) == (date(2021, 3, 1), date(2021, 3, 10))
    every_month = next(row for row in item.rows if row.cells["完成时限"] == "每月中旬")
    assert every_month.cells["截止日期"] == date(2021, 12, 20)
    assert "出处：430623-华容县/huarong-2021.txt 表1" in str(row.cells["备注"])


def test_materials_name_kind_and_least_number(five: Path) -> None:
    (item,) = build_task_lists(select_tasks(five, TaskFilter(notices=("淄博",))), by_party=False)
    texts = [str(row.cells["材料要求"]) for row in item.rows if row.cells["材料要求"]]
    assert any("图片至少2张" in text for text in texts)
    assert any(text.startswith("任选其一：") for text in texts)


def test_wishes_narrow_the_tasks(five: Path, selection: Selection) -> None:
    spring = select_tasks(five, TaskFilter(notices=("华容",), due_from=date(2021, 3, 1), due_until=date(2021, 3, 31)))
    assert 0 < len(spring.tasks) < len(selection.tasks)
    assert all(any(date(2021, 3, 1) <= day <= date(2021, 3, 31) for day in task.due_days) for task in spring.tasks)
    since = select_tasks(five, TaskFilter(notices=("华容",), due_from=date(2021, 6, 1)))
    until = select_tasks(five, TaskFilter(notices=("华容",), due_until=date(2021, 3, 31)))
    assert all(any(day >= date(2021, 6, 1) for day in task.due_days) for task in since.tasks)
    assert all(any(day <= date(2021, 3, 31) for day in task.due_days) for task in until.tasks)
    by_topic = select_tasks(five, TaskFilter(topic="志愿服务"))
    assert {task.topic for task in by_topic.tasks} == {"volunteering"}
    named = select_tasks(five, TaskFilter(party="办公室"))
    assert all(any("办公室" in item.party for item in task.parties) for task in named.tasks)
    assert {item.party for item in build_task_lists(named, part="办公室")} <= {
        item.party for task in named.tasks for item in task.parties
    }
    assert all("办公室" in (item.party or "") for item in build_task_lists(named, part="办公室"))
    someone = next(task.persons[0] for task in selection.tasks if task.persons)
    assert all(someone in (*task.persons, task.leader) for task in select_tasks(five, TaskFilter(person=someone)).tasks)
    with pytest.raises(QueryError, match="没有符合条件的任务"):
        select_tasks(five, TaskFilter(party="没有这个单位"))


def test_a_key_tells_task_party_and_text(lists: list[TaskList]) -> None:
    row = lists[0].rows[0]
    key = parse_row_key(str(row.key))
    assert key == row.key
    assert key is not None
    assert (key.task_id, key.party) == (row.task.task_id, lists[0].party)
    cells = {header: "" if value is None else str(value) for header, value in row.cells.items()}
    assert digest_row(cells) == key.row
    assert digest_row(dict(reversed(cells.items())) | {"序号": "9"}) == key.row
    assert digest_row(cells | {"任务要求": f"{cells['任务要求']} \n"}) == key.row
    assert digest_row(cells | {"任务要求": f"{cells['任务要求']}改"}) != key.row
    assert parse_row_key("随便什么") is None
    assert parse_row_key("a|b|c|d|") is not None
    assert parse_row_key("a||c|d|甲科") is None
