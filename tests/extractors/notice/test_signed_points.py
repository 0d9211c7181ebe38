"""Columns of points that are added or taken away, of ranges, and scoring cells that several rows share or repeat."""

from __future__ import annotations

import pytest

from extractors import extract
from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice, points, rules, values
from tests.extractors.tables.build import Row, table

A = "参加河道清洁活动的"
B = "楼道堆放杂物，经劝导不改的"
C = "邻里纠纷调解成功的"


def scoring(found: Extraction) -> list[str]:
    """The rules of all tasks as `row effect points cap condition`."""
    tasks = {t.task_id: t.row for t in found.tasks}
    return [
        f"{tasks[r.task_id]} {r.effect} {r.points or '-'} {r.cap or '-'} {r.condition}" for r in found.scoring_rules
    ]


@pytest.mark.parametrize("header", ["加减分", "加扣分值", "奖惩分（分）"])
def test_a_column_of_signed_points(header: str) -> None:
    rows = [["居民公约", A, "+3"], ["楼院管理", B, "-5"], ["邻里和睦", C, "+3"]]
    found = notice("积分细则", drawn(["类别", "评价标准", header], *rows))
    assert scoring(found) == [
        "0 award 3 - 参加河道清洁活动",
        "1 deduct 5 - 楼道堆放杂物，经劝导不改",
        "2 award 3 - 邻里纠纷调解成功",
    ]
    assert points(found) == [None, None, None]
    assert "unknown_header" not in rules(found)
    assert "unread_text" not in rules(found)


def test_points_that_a_row_adds_to_the_total() -> None:
    rows = [["公约", A, "10"], ["荣誉", "获得市级以上文明荣誉。", "+5"], ["扣减", B, "-4"]]
    found = notice("积分细则", drawn(["类别", "评价标准", "分值"], *rows))
    assert points(found) == ["10", "5", None]
    assert [t.bonus for t in found.tasks] == [False, True, False]


def test_a_heading_of_nothing_but_added_points_is_a_bonus() -> None:
    rows: list[Row] = [
        [("人居环境（60分）", 4, 1), A, "15"],
        [B, "15"],
        [C, "10"],
        ["公厕保洁到位，标识清晰。", "20"],
        [("乡风文明（40分）", 2, 1), "红白事从简，无铺张浪费。", "25"],
        ["邻里和睦，无家庭暴力。", "15"],
        [("加把劲（8分）", 2, 1), "做法被市级以上简报采用。", "+5"],
        ["获得市级以上文明荣誉。", "+3"],
    ]
    found = notice("积分细则", drawn(["攒什么", "攒法", "攒分"], *rows))
    assert [(i.name, i.bonus) for i in found.indicators] == [("人居环境", False), ("乡风文明", False), ("加把劲", True)]
    assert not {"headings_vs_tasks", "heading_vs_tasks"}.intersection(rules(found))


def test_signed_points_in_a_column_of_points() -> None:
    found = notice("积分细则", drawn(["类别", "评价标准", "分值"], ["公约", A, "+3/次"], ["楼院", B, "-2至-10"]))
    assert scoring(found) == ["0 award 3 - 参加河道清洁活动，每次", "1 deduct - 10 楼道堆放杂物，经劝导不改"]
    assert points(found) == [None, None]


def test_a_pair_of_columns_whose_headers_give_the_sign() -> None:
    header = ["类别", "评价标准", "加分", "扣分"]
    found = notice("积分细则", drawn(header, ["公约", A, "3", ""], ["楼院", B, "", "5分"], ["邻里", C, "2", "1"]))
    assert scoring(found) == [
        "0 award 3 - 参加河道清洁活动",
        "1 deduct 5 - 楼道堆放杂物，经劝导不改",
        "2 award 2 - 邻里纠纷调解成功",
        "2 deduct 1 - 邻里纠纷调解成功",
    ]
    assert values(found, "scoring") == ["加分：3", "扣分：5分", "加分：2\n扣分：1"]
    assert values(found, "remark") == [None, None, None]


def test_a_score_that_somebody_got_is_no_rule() -> None:
    found = notice("考评表", drawn(["类别", "评价标准", "分值", "得分"], ["公约", A, "3", "-2"]))
    assert scoring(found) == []
    assert points(found) == ["3"]


@pytest.mark.parametrize("header", ["分值范围", "分值区间（分）", "分值"])
def test_the_upper_end_of_a_range_counts(header: str) -> None:
    rows = [
        ["庭院整洁，物品摆放有序。", "0~8"],
        ["院墙无乱涂乱画，无破损。", "0-4"],
        ["厕所干净无异味，有人管护。", "2—5分"],
    ]
    found = notice("评比细则", drawn(["评比内容", header], *rows))
    assert points(found) == ["8", "4", "5"]
    assert "unread_text" not in rules(found)


def test_equal_scoring_cells_hold_for_each_of_their_rows() -> None:
    header = ["类别", "评价标准", "分值", "评分办法"]
    apart = notice("细则", drawn(header, ["公约", A, "3", "缺一次扣1分"], ["楼院", B, "2", "缺一次扣1分"]))
    shared = notice("细则", drawn(header, ["公约", A, "3", ("缺一次扣1分", 2, 1)], ["楼院", B, "2"]))
    dump = notice("细则", table(header, ["公约", A, "3", "缺一次扣1分"], ["楼院", B, "2", "缺一次扣1分"]))
    assert scoring(apart) == ["0 deduct 1 - 缺一次", "1 deduct 1 - 缺一次"]
    assert scoring(shared) == ["0 deduct 1 - 缺一次"]
    assert scoring(dump) == ["0 deduct 1 - 缺一次"], "a dump may repeat what it cannot draw"


def test_all_rows_of_a_list_of_bonus_are_bonus() -> None:
    rows = "| 类别 | 事项 | 分值 |\n|---|---|---|\n| 加分 | 获国家级荣誉的 | 5 |\n| 减分 | 被通报服务问题的 | — |\n"
    for title, bonus in (("附表 加减分项目", [True, True]), ("附表 测评项目", [True, False])):
        found = extract(f"# 文明单位测评细则\n\n{title}\n\n{rows}".encode(), "通知.md")
        assert [task.bonus for task in found.tasks] == bonus, title


def test_what_a_section_of_deductions_counts_is_taken_away() -> None:
    head = "# 文明单位测评细则\n\n| 测评项目 | 测评内容 | 分值 |\n|---|---|---|\n"
    body = "| 创建活动（10分） | 开展道德讲堂活动，每季度一次 | 10 |\n"
    for name, read in (
        ("扣分项目", (None, "扣分：5")),
        ("三、处罚", (None, "扣分：5")),
        ("加扣分项", (5, None)),
        # with points of its own it counts towards the total
        ("负面清单（5分）", (5, None)),
        ("日常管理", (5, None)),
    ):
        found = extract(f"{head}{body}| {name} | 被新闻媒体曝光的 | 5 |\n".encode(), "通知.md")
        assert [(task.points, task.scoring) for task in found.tasks] == [(10, None), read], name


def test_the_highest_grade_counts_where_no_column_holds_points() -> None:
    rows = [["服务", "满意率95%以上得4分，85%-95%得2分，85%以下不得分"], ["阵地", "设有书屋（3分）"]]
    assert points(notice("窗口测评细则", drawn(["测评项目", "测评标准"], *rows))) == ["4", "3"]
