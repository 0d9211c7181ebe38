"""How questions are found by words, and how rows become cross-tables and bars."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from warehouse.questions import GROUPS, PARAMETERS, find_questions, list_questions, suggest_questions
from warehouse.questions.definitions import ROW_COUNT, Layout
from warehouse.questions.layouts import MAX_BARS, MAX_COLUMNS, build_chart, build_crosstab

WEIGHTS = Layout("主题", "分值", "通知")


def rows(*values: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(("主题", "通知", "分值"), row, strict=True)) for row in values]


class TestWords:
    @pytest.mark.parametrize(
        ("words", "numbers"),
        [
            ("各科室", [11, 15]),
            ("是否集中", [12]),
            ("每月到期", [17]),
            ("到期 每月", [17]),
            ("牵头", [14]),
            ("归口", [16]),
            ("形式主义", [26]),
            ("照片 减负", [26]),
            ("暗访", [23]),
            ("", []),
            ("天文", []),
        ],
    )
    def test_questions_hold_all_words(self, words: str, numbers: list[int]) -> None:
        assert [one.number for one in find_questions(words)] == numbers

    def test_near_questions_share_characters(self) -> None:
        assert suggest_questions("哪个科室任务最重")
        assert suggest_questions("xyz") == []
        assert len(suggest_questions("各科室的主题和材料分值")) == 3

    def test_every_question_is_in_a_group_and_found_by_its_title(self) -> None:
        assert {one.group for one in list_questions()} == set(GROUPS)
        for one in list_questions():
            assert one in find_questions(one.title)
            assert all(name in PARAMETERS for name in one.parameters)
            assert all(one in find_questions(f"{word}") or find_questions(word) for word in one.words)


class TestCrosstabs:
    def test_rows_stand_by_their_sum_and_gaps_are_empty(self) -> None:
        made = build_crosstab(rows(("甲", "A", 1), ("乙", "A", Decimal("2.5")), ("甲", "B", 3)), WEIGHTS)
        assert made is not None
        assert made.columns == ("主题", "A", "B")
        assert made.rows == (("甲", 1, 3), ("乙", Decimal("2.5"), None))

    def test_names_can_give_the_order(self) -> None:
        made = build_crosstab(
            rows(("2023-02", "A", 1), ("2023-01", "B", 9)), Layout("主题", "分值", "通知", is_sorted_by_name=True)
        )
        assert made is not None
        assert [row[0] for row in made.rows] == ["2023-01", "2023-02"]

    def test_texts_keep_their_order_and_blanks_are_said(self) -> None:
        made = build_crosstab(
            rows(("甲", "A", "未涉及"), ("乙", "B", "仅加分项")), Layout("主题", "分值", "通知", blank="有")
        )
        assert made is not None
        assert made.rows == (("甲", "未涉及", "有"), ("乙", "有", "仅加分项"))

    def test_rows_are_counted(self) -> None:
        made = build_crosstab(
            rows(("甲", "A", None), ("甲", "A", None), ("甲", "B", None)), Layout("主题", ROW_COUNT, "通知")
        )
        assert made is not None
        assert made.rows == (("甲", 2, 1),)

    def test_sums_are_left_out_and_parts_picked(self) -> None:
        listed = rows(("全部", "A", 9), ("甲", "A", 9), ("全部", "B", 1), ("甲", "B", 1))
        without = build_crosstab(listed, Layout("主题", "分值", "通知", excluded=("主题", "全部")))
        only = build_crosstab(listed, Layout("主题", "分值", "通知", only=("主题", "全部")))
        assert without is not None
        assert only is not None
        assert [row[0] for row in without.rows] == ["甲"]
        assert [row[0] for row in only.rows] == ["全部"]

    def test_one_notice_many_notices_and_notices_without_values_have_none(self) -> None:
        assert build_crosstab(rows(("甲", "A", 1), ("乙", "A", 2)), WEIGHTS) is None
        assert build_crosstab(rows(("甲", "A", 1), ("甲", "B", None)), WEIGHTS) is None
        assert build_crosstab(rows(*(("甲", f"N{place}", 1) for place in range(MAX_COLUMNS + 1))), WEIGHTS) is None


class TestCharts:
    def test_each_notice_is_a_panel_and_its_longest_bars_are_drawn(self) -> None:
        listed = rows(*((f"题{place}", "A", place) for place in range(MAX_BARS + 3)), ("甲", "B", 50), ("乙", "B", 0))
        made = build_chart(listed, Layout("主题", "分值"))
        assert made is not None
        first, second = made.panels
        assert (first.name, second.name) == ("A", "B")
        assert first.bars[0] == (f"题{MAX_BARS + 2}", float(MAX_BARS + 2))
        assert len(first.bars) == MAX_BARS
        assert second.bars == [("甲", 50.0)]
        assert (made.largest, made.is_cut) == (50.0, True)

    def test_notices_can_be_the_bars(self) -> None:
        made = build_chart(rows(("甲", "A", 1), ("甲", "B", 2)), Layout("通知", "分值"))
        assert made is not None
        assert made.panels[0].name == ""
        assert made.panels[0].bars == [("B", 2.0), ("A", 1.0)]
        assert build_chart(rows(("甲", "A", None)), Layout("通知", "分值")) is None
