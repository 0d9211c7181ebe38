"""Comparisons of small notices: bonus items and shared cells are compared with their kind, zeros have no rank."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import leave_out_views
from tests.warehouse.small_notices import Item, Small, publish_small, repeated
from warehouse.export.comparison.load import find_notice_ids, load_comparison
from warehouse.export.comparison.narrative import build_findings
from warehouse.export.comparison.tables import topic_weights_table
from warehouse.questions import QuestionFilters, answer, get_question
from warehouse.questions.context import STATES_SQL

CLEAN = "组织志愿者走进社区开展环境清洁和文明劝导活动"
HONOUR = "获得省级以上荣誉称号并在系统内推广的单位"


def ask(path: Path, number: int, *columns: str, **filters: Any) -> list[tuple[Any, ...]]:
    found = answer(path, number, QuestionFilters(**filters), today=date(2026, 1, 1)).result
    places = [found.columns.index(name) for name in columns]
    return [tuple(row[place] for place in places) for row in found.rows]


def views_of(number: int) -> list[str]:
    """The marts that a question asks."""
    return re.findall(r"mart\.\w+", get_question(number).sql + STATES_SQL)


@pytest.fixture(scope="module")
def bonus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The theme of honours: base in one place, bonus in another, nowhere in the third; reading in one place alone."""
    return publish_small(
        tmp_path_factory.mktemp("bonus") / "w.duckdb",
        Small("甲市", [Item(CLEAN, points="2"), Item(HONOUR, "honours", points="6")]),
        Small(
            "乙市",
            [
                Item(CLEAN, points="1"),
                Item("开展诚信宣传教育", "integrity", points="1"),
                Item("开展我们的节日主题活动", "festivals", points="2"),
                Item(HONOUR + "另行加分", "honours", points="2", bonus=True),
            ],
        ),
        Small("丙市", [Item(CLEAN, points="6"), Item("每季度举办读书分享会并建好职工书屋", "reading", points="2")]),
        Small(
            "丁市",
            [Item(CLEAN, points="6"), Item("科普讲座另行加分的办法见附表", "science_spirit", bonus=True)],
        ),
    )


class TestBonusThemes:
    def test_a_theme_among_bonus_items_is_neither_missing_nor_there(self, bonus: Path) -> None:
        found = ask(bonus, 3, "通知", "主题", "情形")
        assert ("乙市文明办 2023", "荣誉表彰", "仅加分项") in found
        assert ("丙市文明办 2023", "荣誉表彰", "未涉及") in found
        assert not [row for row in found if row[:2] == ("甲市文明办 2023", "荣誉表彰")]
        assert not [row for row in found if row[1] == "志愿服务"]

    def test_a_theme_that_another_has_as_bonus_is_not_in_one_place_alone(self, bonus: Path) -> None:
        judged = {row[:2]: row[2] for row in ask(bonus, 2, "城市", "主题", "判断")}
        assert judged.get(("甲市", "荣誉表彰"), "未见相近要求") == "未见相近要求"
        assert judged["丙市", "全民阅读"] == "主题仅此城有"
        assert judged["丁市", "科学精神与反迷信"] == "主题仅此城有（仅加分项）"

    def test_the_comparison_says_the_same(self, bonus: Path) -> None:
        compared = load_comparison(bonus, find_notice_ids(bonus, ["甲市", "乙市"]))
        (honours,) = [row for row in topic_weights_table(compared).rows if row[0] == "荣誉表彰"]
        assert honours[1:] == [0.75, "仅加分项", 0.75, 1]
        texts = {finding.heading: finding.text for finding in build_findings(compared)}
        assert "2 个只有一份通知有（乙市文明办 2023：诚信建设、我们的节日）" in texts["有没有这个主题"]
        assert "“荣誉表彰”在甲市文明办 2023占 75%，在乙市文明办 2023仅加分项涉及" in texts["权重差别最大的主题"]
        assert "honours" not in {row["topic"] for row in compared.unique_tasks if row["topic_alone"]}

    def test_what_has_no_theme_is_no_theme_of_one_place(self, tmp_path: Path, few_views: Callable[..., None]) -> None:
        few_views(*views_of(2))
        path = publish_small(
            tmp_path / "w.duckdb",
            Small("甲市", [Item(CLEAN), Item("每季度检查评比生活垃圾分类", "other")]),
            Small("乙市", [Item(CLEAN)]),
        )
        assert ask(path, 2, "主题", "判断") == [("其他", "未见相近要求")]


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cleaning: 5 in a cell of its own, 4 shared by two, 3 as bonus, 2 of its own."""
    shared = repeated(Item(CLEAN, rows=2), 2)
    with pytest.MonkeyPatch.context() as patch:
        leave_out_views(patch, *views_of(4))
        return publish_small(
            tmp_path_factory.mktemp("cells") / "w.duckdb",
            Small("甲市", [Item(CLEAN, points="5")]),
            Small("乙市", [Item(shared[0].text, points="4", rows=2), shared[1]]),
            Small("丙市", [Item(CLEAN, points="3", bonus=True)]),
            Small("丁市", [Item(CLEAN, points="2"), Item("建立健全志愿服务档案和台账", points="8")]),
            Small("戊市", [Item(CLEAN, points="1", bonus=True)]),
        )


class TestPointsOfTheSameThing:
    def test_only_cells_of_one_kind_are_compared(self, cells: Path) -> None:
        found = ask(cells, 4, "口径", "甲通知", "乙通知", "分差", "占比差（%）")
        assert found == [
            ("基础项目，单独计分", "甲市文明办 2023", "丁市文明办 2023", 3.0, 80.0),
            ("加分项，单独计分", "丙市文明办 2023", "戊市文明办 2023", 2.0, None),
        ]

    def test_shares_of_cells_are_compared_with_each_other(self, tmp_path: Path, few_views: Callable[..., None]) -> None:
        few_views(*views_of(4))
        one, two = repeated(Item(CLEAN, rows=2), 2), repeated(Item(CLEAN, rows=4), 4)
        path = publish_small(
            tmp_path / "w.duckdb",
            Small("甲市", [Item(one[0].text, points="4", rows=2), one[1]]),
            Small("乙市", [Item(two[0].text, points="4", rows=4), *two[1:]]),
        )
        found = ask(path, 4, "口径", "分差")
        assert found
        assert set(found) == {("基础项目，分摊所得", 1.0)}


class TestRanks:
    def test_themes_without_points_have_no_rank(self, tmp_path: Path, few_views: Callable[..., None]) -> None:
        few_views(*views_of(10))
        path = publish_small(
            tmp_path / "w.duckdb",
            Small(
                "甲市",
                [
                    Item(CLEAN, points="6"),
                    Item("开展全民阅读活动", "reading", points="3"),
                    Item("开展普法宣传活动", "rule_of_law", points="1"),
                ],
            ),
            Small("乙市", [Item(CLEAN, points="1"), Item("组织职工读书活动", "reading", points="4")]),
        )
        found = ask(
            path, 10, "主题", "原名次", "换用后分值", "换用后名次", "名次变化", notice=("甲市",), other=("乙市",)
        )
        assert found == [
            ("全民阅读", 2, 8.0, 1, 1),
            ("志愿服务", 1, 2.0, 2, -1),
            ("法治建设", 3, 0.0, None, None),
        ]


class TestRulesPrintedTwice:
    @pytest.fixture(autouse=True)
    def views_of_the_question(self, few_views: Callable[..., None]) -> None:
        few_views(*views_of(9))

    def rules_of(self, path: Path, *rules: tuple[str, str, str | None, str | None, str]) -> list[tuple[Any, ...]]:
        item = Item(HONOUR, "honours", points="5", bonus=True, rules=rules)
        return ask(publish_small(path / "w.duckdb", Small("甲市", [item])), 9, "类型", "分值", "上限", "原文")

    def test_a_rule_printed_again_stands_once(self, tmp_path: Path) -> None:
        found = self.rules_of(
            tmp_path,
            ("award", "获市级荣誉称号的,每一项", "0.2", None, "获市级荣誉称号的,每一项加0.2分"),
            ("award", "誉称号的,每一项", "0.2", None, "誉称号的,每一项加0.2分"),
            ("cap", "该项", None, "10", "该项累计最多加10分"),
            ("cap", "该项", None, "10", "该项累计最多加10分"),
        )
        assert found == [
            ("加分", Decimal("0.2"), None, "获市级荣誉称号的,每一项加0.2分"),
            ("封顶", None, 10, "该项累计最多加10分"),
        ]

    def test_rules_that_end_alike_stay(self, tmp_path: Path) -> None:
        found = self.rules_of(
            tmp_path,
            ("award", "在全国推广的经验做法经上级部门认定后", "1", None, "在全国推广的经验做法经上级部门认定后加1分"),
            ("award", "每篇", "1", None, "加1分"),
            ("award", "获省级荣誉称号的", "2", None, "获省级荣誉称号的加2分"),
            ("award", "省级荣誉称号的", "3", None, "省级荣誉称号的加2分"),
        )
        assert len(found) == 4

    def test_an_amount_that_is_not_stated_is_not_made_up(self, tmp_path: Path) -> None:
        found = self.rules_of(
            tmp_path,
            ("deduct", "被通报的", None, None, "被通报的扣除一定分值"),
            ("deduct", "未报送的", None, "5", "未报送的视情况扣1-5分"),
        )
        assert [(points, cap) for _, points, cap, _ in found] == [(None, None), (None, 5)]
