"""Remarks and marks that make a row a bonus, and columns of behaviour that costs points."""

from __future__ import annotations

import pytest

from tests.extractors.notice.build import drawn, notice, values

DUTIES = ["开展志愿服务。", "清理楼道杂物。", "评选最美家庭。", "举办读书会。"]
POINTS = ["10", "5", "5", "3"]


def rubric(header: str, cells: list[str]) -> list[bool]:
    rows = [list(row) for row in zip(DUTIES, POINTS, cells, strict=True)]
    found = notice("测评细则", drawn(["测评标准", "分值", header], *rows))
    return values(found, "bonus")


@pytest.mark.parametrize(
    "said", ["加分项", "此项为加分", "加分", "（加分）", "本项属于加分项目", "加分项，需提供证书", "须报备；为加分项"]
)
def test_a_remark_makes_its_row_a_bonus(said: str) -> None:
    assert rubric("备注", ["", said, "", ""]) == [False, True, False, False]


@pytest.mark.parametrize("said", ["非加分项", "不设加分", "最多加分3分", "参加分类培训", "不是加分项"])
def test_a_remark_that_only_speaks_of_bonus_makes_none(said: str) -> None:
    assert rubric("备注", ["", said, "", ""]) == [False, False, False, False]


@pytest.mark.parametrize(
    ("header", "cells"), [("是否加分项", ["否", "是", "否", "是"]), ("加分项", ["", "√", "", "√"])]
)
def test_a_column_that_asks_for_bonus(header: str, cells: list[str]) -> None:
    assert rubric(header, cells) == [False, True, False, True]


@pytest.mark.parametrize("header", ["扣分项", "扣分情形"])
def test_behaviour_that_costs_points_is_scoring_text(header: str) -> None:
    cells = ["未着装", "杂物堆放", "未评选", "无读书笔记"]
    rows = [list(row) for row in zip(DUTIES, POINTS, cells, strict=True)]
    found = notice("测评细则", drawn(["测评标准", "分值", header], *rows))
    assert values(found, "scoring") == cells
    assert [int(p) for p in values(found, "points")] == [10, 5, 5, 3]
    assert not found.indicators


def test_a_heading_of_deductions_that_several_tasks_share_stays_one() -> None:
    rows = [["服务态度类", DUTIES[0], "10"], ["服务态度类", DUTIES[1], "5"], ["环境卫生类", DUTIES[2], "5"]]
    found = notice("测评细则", drawn(["扣分项目", "测评标准", "分值"], *rows))
    assert [i.name for i in found.indicators] == ["服务态度类", "环境卫生类"]
