"""Texts of a notice exactly at the bounds of what counts, and one character or item beyond them."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.notice.findings import join_listed, quote
from tests.extractors.notice.build import drawn, notice, values

CLEAN = "修复河堤步道，补种护坡绿植，定期巡查。"
CLEAR = "整治乱搭乱建，拆除违章棚屋，恢复原貌。"
PLAIN = drawn(["工作任务", "责任单位"], [CLEAN, "县水务局、县林业局"], [CLEAR, "县城管局"])


@pytest.mark.parametrize(("length", "is_whole"), [(199, True), (200, True), (201, False)])
def test_a_quoted_text(length: int, is_whole: bool) -> None:
    text = "甲" * 100 + "乙" * (length - 100)
    assert quote(text) == (f"“{text}”" if is_whole else f"“{'甲' * 100}……{'乙' * 100}”")


@pytest.mark.parametrize(("count", "is_whole"), [(11, True), (12, True), (13, False)])
def test_listed_places(count: int, is_whole: bool) -> None:
    listed = join_listed([f"第{n}行" for n in range(count)])
    assert (listed.count("第"), listed.endswith("等")) == ((count, False) if is_whole else (12, True))


@pytest.mark.parametrize(("length", "kept"), [(399, 399), (400, 400), (401, 400)])
def test_characters_of_a_rule(length: int, kept: int) -> None:
    sentence = f"各项任务须于2022年11月20日前完成，{'认' * (length - 21)}"
    (row,) = notice(f"{sentence}。", "任务分解表", PLAIN).rules
    assert row.text == sentence[:kept]


FIELDS = ("责任单位：县教育局", "完成时限：6月底前", "配合单位：县团委", "责任人：王明", "备注：无")


@pytest.mark.parametrize(("n_fields", "rest"), [(4, ""), (5, "（备注：无）")])
def test_fields_behind_an_item(n_fields: int, rest: str) -> None:
    tail = "".join(f"（{field}）" for field in FIELDS[:n_fields])
    found = notice("一、任务", f"1.开展活动。{tail}", f"2.组织学习。{tail}")
    assert values(found, "requirement") == [f"开展活动。{rest}", f"组织学习。{rest}"]


@pytest.mark.parametrize(
    "items",
    [
        ("3月：动员部署工作。", "4月：清理河道垃圾。", "5月：举办文艺汇演。"),
        ("是否设立学习专栏？", "是否定期清理河道？", "是否配备消防器材？"),
    ],
    ids=["months", "questions"],
)
def test_plain_items_of_a_list(items: tuple[str, ...]) -> None:
    counts = [
        len(notice("一、任务", *(f"{n}.{item}" for n, item in enumerate(items[:count], 1))).tasks) for count in (2, 3)
    ]
    assert counts == [0, 3]


@pytest.mark.parametrize(
    ("materials", "is_told"), [("活动照片记录等", False), ("活动照片会议记录", True), ("活动照片和会议记录", True)]
)
def test_materials_that_are_asked_twice(materials: str, is_told: bool) -> None:
    rows = ([CLEAN, materials, "县水务局"], [CLEAR, materials, "县城管局"])
    found = notice("分工表", drawn(["工作任务", "材料要求", "责任单位"], *rows))
    assert ("evidence_repeated" in [one.rule for one in found.findings]) is is_told


@pytest.mark.parametrize(
    ("month", "day", "ends_on"),
    [
        ("三月份", "当月25日", date(2022, 3, 25)),
        ("三季度", "当月25日", date(2022, 9, 25)),
        ("7月至9月", "当月25日", date(2022, 9, 25)),
        ("1月至4月", "当月25日", date(2022, 4, 30)),
        ("十一月份", "次月5日", date(2022, 12, 5)),
        ("十二月份", "次月5日", date(2023, 1, 5)),
        ("二月份", "当月31日", date(2022, 2, 28)),
    ],
)
def test_a_day_in_the_month_of_a_task(month: str, day: str, ends_on: date) -> None:
    table = drawn(["月份", "任务内容", "责任科室"], [month, CLEAN, "工会"], ["十月份", CLEAR, "办公室"])
    found = notice(f"每月任务须于{day}前完成。", "分月任务", table)
    assert found.task_deadlines[0].ends_on == ends_on
