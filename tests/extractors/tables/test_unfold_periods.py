"""Months side by side with what is to be done below each, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.extractors.tables.build import cleaned, column

DUTIES = [
    "更新宣传栏，张贴公益广告。",
    "组织读书会，人人有笔记。",
    "开展卫生大扫除，清理死角。",
    "慰问困难职工，送去温暖。",
]


def test_each_text_below_a_month_is_a_row() -> None:
    found = cleaned(
        ["类别", "三月", "四月", "五月"],
        ["氛围营造", DUTIES[0], "", DUTIES[1]],
        ["环境卫生", "", DUTIES[2], DUTIES[3]],
    )
    assert column(found, "时间") == ["三月", "五月", "四月", "五月"]
    assert column(found, "各月内容") == [DUTIES[0], DUTIES[1], DUTIES[2], DUTIES[3]]
    assert column(found, "类别") == ["氛围营造", "氛围营造", "环境卫生", "环境卫生"]
    assert len(found.task_rows()) == 4


def test_a_text_over_two_months_is_for_both() -> None:
    found = cleaned(
        [("类别", 2, 1), ("时间安排", 1, 3)],
        ["一季度", "二季度", "三季度"],
        ["氛围营造", (DUTIES[0], 1, 2), DUTIES[1]],
        ["环境卫生", DUTIES[2], DUTIES[3], ""],
        spans=True,
    )
    assert column(found, "时间安排") == ["一季度至二季度", "三季度", "一季度", "二季度"]
    assert "各季度内容" in found.columns


def test_two_halves_of_a_year_whose_names_go_on_alike() -> None:
    found = cleaned(
        ["承担科室", "上半年要做的事", "下半年要做的事", "交什么"],
        ["宣传科", DUTIES[0], DUTIES[1], "照片6张"],
        ["办公室", DUTIES[2], DUTIES[3], "验收单"],
    )
    assert column(found, "时间") == ["上半年", "下半年", "上半年", "下半年"]
    assert column(found, "要做的事") == [DUTIES[0], DUTIES[1], DUTIES[2], DUTIES[3]]


@pytest.mark.parametrize("names", [("上半年", "下半年"), ("上半年任务", "下半年目标"), ("3月底前完成", "6月底前完成")])
def test_two_halves_of_a_year_that_may_be_anything(names: tuple[str, str]) -> None:
    found = cleaned(["承担科室", *names], ["宣传科", DUTIES[0], DUTIES[1]], ["办公室", DUTIES[2], DUTIES[3]])
    assert found.columns == ("承担科室", *names)


def test_sums_below_months_are_no_tasks_and_not_lost() -> None:
    found = cleaned(
        ["类别", "三月", "四月", "五月"],
        ["氛围营造", DUTIES[0], DUTIES[1], DUTIES[2]],
        ["当月分值小计", "3分", "4分", "2分"],
    )
    assert len(found.task_rows()) == 3
    assert found.dropped == ["当月分值小计", "3分", "4分", "2分"]


def test_a_section_over_all_columns_stays_one_row() -> None:
    found = cleaned(
        ["类别", "三月", "四月", "五月"],
        [("一、机关", 1, 4)],
        ["氛围营造", DUTIES[0], DUTIES[1], DUTIES[2]],
        spans=True,
    )
    assert [cell.text for cell in found.grid.cells_of_row(0)] == ["一、机关"]
    assert len(found.task_rows()) == 3


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["任务", "三月", "四月", "五月"], [DUTIES[0], "√", "", "√"]),
        (["任务", "三月", "四月"], ["氛围营造", DUTIES[0], DUTIES[1]]),
        (["任务", "三月", "责任单位", "四月", "五月"], ["氛围营造", DUTIES[0], "县教育局", DUTIES[1], DUTIES[2]]),
        (["任务", "三月", "四月", "五月"], [DUTIES[0], "3次", "2次", "5次"]),
    ],
    ids=["ticks", "two months", "not side by side", "numbers"],
)
def test_other_columns_of_months_stay(header: list[str], row: list[str]) -> None:
    assert cleaned(header, row, row).columns == tuple(header)


@pytest.mark.parametrize("blank", ["", "—", "/"])
def test_nothing_is_to_be_done_in_a_month_without_text(blank: str) -> None:
    found = cleaned(
        ["类别", "三月", "四月", "五月"],
        ["氛围营造", DUTIES[0], blank, DUTIES[1]],
        ["环境卫生", blank, DUTIES[2], blank],
    )
    assert column(found, "时间") == ["三月", "五月", "四月"]
    assert len(found.task_rows()) == 3


@pytest.mark.parametrize(
    "odd", [["志愿服务", "4", "5", "6"], ["志愿服务", "待定", DUTIES[2], "待定"], ["志愿服务", "√", DUTIES[2], ""]]
)
def test_numbers_or_ticks_among_the_texts_keep_the_table(odd: list[str]) -> None:
    header = ["类别", "三月", "四月", "五月"]
    found = cleaned(header, ["氛围营造", *DUTIES[:3]], ["环境卫生", *DUTIES[1:]], odd)
    assert found.columns == tuple(header)


def test_months_of_what_was_done_are_no_tasks() -> None:
    upper = [("重点任务", 2, 1), ("各季度完成情况", 1, 3)]
    done = ["已建成三个实践站", "新增五个宣传点", "完成两轮整治"]
    found = cleaned(upper, ["一季度", "二季度", "三季度"], *[[duty, *done] for duty in DUTIES[:3]], spans=True)
    assert "时间" not in found.columns


def test_places_below_months_beside_the_sentences_stay() -> None:
    header = ["活动内容", "三月", "四月", "五月"]
    rows = [[duty, "区图书馆报告厅", "街道文化中心", "社区活动广场"] for duty in DUTIES]
    assert cleaned(header, *rows).columns == tuple(header)
