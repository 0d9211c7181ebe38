"""Rows of their own that name units, and items of an outline in a table."""

from __future__ import annotations

import pytest

from tests.extractors.notice.build import drawn, notice, parties, paths, rules, values
from tests.extractors.tables.build import Row


def test_units_in_rows_of_their_own_do_what_stands_below() -> None:
    rows: list[Row] = [
        [("县委组织部", 1, 2)], ["党员户挂牌亮身份。", "3月底前"], ["村务公开栏每月更新。", "每月底"],
        [("县农业农村局　县住建局", 1, 2)], ["户厕改造到户，粪污有去处。", "9月底前"],
        [("县民政局", 1, 2)], ["红白理事会章程上墙。", "5月底前"],
    ]  # fmt: skip
    found = notice("派单", drawn(["任务内容", "完成时限"], *rows))
    assert parties(found) == ["县委组织部", "县委组织部", "县农业农村局+县住建局", "县民政局"]
    assert paths(found) == [[], [], [], []]


def test_units_in_rows_of_their_own_are_read_text_and_a_section_above_them_stays() -> None:
    rows: list[Row] = [
        [("一、组织领导", 1, 2)],
        [("县委组织部", 1, 2)], ["党员户挂牌亮身份。", "3月底前"],
        [("县民政局", 1, 2)], ["红白理事会章程上墙。", "5月底前"],
    ]  # fmt: skip
    found = notice("派单", drawn(["任务内容", "完成时限"], *rows))
    assert parties(found) == ["县委组织部", "县民政局"]
    assert paths(found) == [["一 组织领导"], ["一 组织领导"]]
    assert "unread_text" not in rules(found)


def test_units_with_the_number_of_their_tasks_and_places_among_offices() -> None:
    rows: list[Row] = [
        [("办公室（2项）", 1, 2)], ["党员户挂牌亮身份。", "3月底前"], ["村务公开栏每月更新。", "每月底"],
        [("人事股（1项）", 1, 2)], ["红白理事会章程上墙。", "5月底前"],
        [("河东市场监管所（1项）", 1, 2)], ["整治占道经营。", "6月底前"],
    ]  # fmt: skip
    found = notice("派单", drawn(["任务内容", "完成时限"], *rows))
    assert parties(found) == ["办公室", "办公室", "人事股", "河东市场监管所"]
    assert paths(found) == [[]] * 4
    assert "unread_text" not in rules(found)


@pytest.mark.parametrize("heading", ["环境卫生", "县民政局"])
def test_rows_of_their_own_that_head_what_follows_name_no_units(heading: str) -> None:
    rows: list[Row] = [
        [("组织领导", 1, 2)], ["党员户挂牌亮身份。", "3月底前"], [(heading, 1, 2)], ["红白理事会章程上墙。", "5月底前"],
    ]  # fmt: skip
    found = notice("派单", drawn(["任务内容", "完成时限"], *rows))
    assert parties(found) == ["", ""]
    assert paths(found) == [["组织领导"], [heading]]


def test_numbers_of_an_outline_are_labels_where_they_count_on() -> None:
    rows: list[Row] = [["1.1张贴标识", "办公室"], ["1.2设专栏", "工会"], ["2.1修围栏", "总务处"]]
    found = notice("清单", drawn(["任务内容", "责任单位"], *rows))
    assert values(found, "label") == ["1.1", "1.2", "2.1"]
    assert values(found, "requirement") == ["张贴标识", "设专栏", "修围栏"]


def test_one_day_before_a_name_is_no_label() -> None:
    rows: list[Row] = [["3.15消费者权益日宣传", "办公室"], ["开展读书会", "工会"], ["修补围栏", "总务处"]]
    found = notice("清单", drawn(["任务内容", "责任单位"], *rows))
    assert values(found, "label") == [None] * 3


@pytest.mark.parametrize("first", ["1.5万名志愿者参与", "3.5学雷锋活动"])
def test_numbers_that_do_not_count_on_are_amounts_and_days(first: str) -> None:
    rows: list[Row] = [[first, "办公室"], ["2.6公里道路改造", "工会"], ["4.23世界读书日", "团委"]]
    found = notice("清单", drawn(["任务内容", "责任单位"], *rows))
    assert values(found, "label") == [None] * 3


def test_an_outline_ends_with_the_next_number_of_its_heading() -> None:
    rows: list[Row] = [
        ["1、氛围布置", "", ""],
        ["1.1张贴公益广告，更新宣传栏", "办公室", "3月底前"], ["1.2设置文明校园专栏，定期更换", "工会", "4月底前"],
        ["2、开展文明交通劝导，每周一次", "团委", "全年"], ["3、组织文明餐桌行动，杜绝浪费", "食堂", "全年"],
    ]  # fmt: skip
    found = notice("清单", drawn(["任务内容", "责任单位", "完成时限"], *rows))
    assert paths(found) == [["1 氛围布置"], ["1 氛围布置"], [], []]


def test_a_row_with_a_day_of_its_own_heads_no_outline() -> None:
    rows: list[Row] = [
        ["1、张贴标识", "办公室", "3月底前"],
        ["1.1设专栏", "工会", "4月底前"],
        ["2、修围栏", "总务处", "5月底前"],
    ]
    found = notice("清单", drawn(["任务内容", "责任单位", "完成时限"], *rows))
    assert len(found.tasks) == 3
