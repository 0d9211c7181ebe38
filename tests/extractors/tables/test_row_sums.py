"""Sections and totals that the points of a table give away."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.tables.row_kinds import RowKind
from extractors.tables.row_sums import ScoredRow, find_sections, find_total
from tests.extractors.tables.build import cleaned

HEAD = ["第几桩", "考什么", "满打满算", "要扣的地方"]
MEETING = "党委会每季度研究一次乡风文明工作，有记录。"
VISITS = "班子成员每人联系一个村，每月下村不少于两次。"
SERVICE = "志愿服务队每月活动一次，每次不少于10人。"
KNOWN = "群众知晓率达到85%以上。"


def scored(*points: int, heads: set[int], kind: str = "digit item") -> list[ScoredRow]:
    """Rows with these points; those of `heads` may be sections or totals and are numbered otherwise."""
    return [
        ScoredRow(r, Decimal(value), r in heads, "chinese item" if r in heads else kind)
        for r, value in enumerate(points)
    ]


class TestSections:
    def test_they_divide_the_whole_table(self) -> None:
        assert find_sections(scored(40, 15, 25, 60, 35, 25, heads={0, 3})) == [0, 3]
        assert find_sections(scored(9, 4, 5, 7, 7, 6, 1, 5, heads={0, 3, 5})) == [0, 3, 5]

    @pytest.mark.parametrize(
        "points",
        [(40, 15, 25, 60, 35, 20), (40, 15, 20, 60, 35, 25), (41, 15, 25, 60, 35, 25), (40, 15, 25, 60), (40, 15, 25)],
        ids=["the last is short", "the first is short", "too many", "a section without items", "one section"],
    )
    def test_a_remainder_is_none(self, points: tuple[int, ...]) -> None:
        assert find_sections(scored(*points, heads={0, 3})) == []

    def test_items_are_told_from_sections_by_more_than_their_points(self) -> None:
        rows = [ScoredRow(r, Decimal(p), True, "digit item") for r, p in enumerate((4, 2, 2, 4, 2, 2))]
        assert find_sections(rows) == []

    def test_sentences_head_nothing(self) -> None:
        assert find_sections(scored(40, 15, 25, 60, 35, 25, heads=set())) == []

    def test_single_items_alone_prove_nothing(self) -> None:
        assert find_sections(scored(5, 5, 7, 7, heads={0, 2})) == []


class TestTotal:
    def test_last_or_first(self) -> None:
        assert find_total(scored(10, 20, 30, 60, heads={3})) == 3
        assert find_total(scored(60, 10, 20, 30, heads={0})) == 0

    def test_of_items_below_sections(self) -> None:
        assert find_total(scored(40, 15, 25, 60, 35, 25, 100, heads={0, 3, 6})) == 6

    def test_an_item_that_is_the_sum_of_the_others_is_none(self) -> None:
        rows = [ScoredRow(r, Decimal(p), True, "digit item") for r, p in enumerate((10, 10, 20))]
        assert find_total(rows) is None

    def test_another_sum_is_none(self) -> None:
        assert find_total(scored(10, 20, 30, 50, heads={3})) is None


def test_sections_in_the_column_of_requirements_and_a_total_in_words_of_its_own() -> None:
    found = cleaned(
        HEAD,
        ["甲", "班子带头", "40", ""],
        ["1", MEETING, "15", "缺一次扣4分"],
        ["2", VISITS, "25", "少一次扣1分"],
        ["乙", "群众参与", "60", ""],
        ["3", SERVICE, "35", "缺一次扣3分"],
        ["4", KNOWN, "25", "每低一个点扣1分"],
        ["", "拢共", "100", ""],
    )
    task, band = RowKind.TASK, RowKind.BAND
    assert found.kinds == [band, task, task, band, task, task, RowKind.TOTAL]


def test_group_totals_above_their_items_are_no_headings() -> None:
    found = cleaned(
        ["星名", "门类", "看点", "满星值"],
        ["党建星合计", "", "", "40"],
        ["党建星", "班子", MEETING, "15"],
        ["党建星", "下村", VISITS, "25"],
        ["文明星合计", "", "", "60"],
        ["文明星", "服务", SERVICE, "35"],
        ["文明星", "知晓", KNOWN, "25"],
    )
    assert [r for r, kind in enumerate(found.kinds) if kind is RowKind.TOTAL] == [0, 3]
