"""Signs that a table asks or states something, at and beyond each bound: shares, rows, states, sums, days."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.tables.column_features import ColumnFeatures, column_features
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import GridCell
from extractors.tables.table_demands import Demands, lists_pages, weigh_demands

ASKS, PLAIN = "必须张贴公益广告", "河畔的风景"
OFFICE, OTHER = "县教育局", "一般情况"


def features(*texts: str) -> ColumnFeatures:
    return column_features([GridCell(r, 0, text, text, "") for r, text in enumerate(texts)], len(texts))


def weigh(role: ColumnRole, *texts: str, header: str = "甲") -> Demands:
    return weigh_demands([header], [features(*texts)], [role])


def mixed(n: int, text: str, n_other: int, other: str = PLAIN) -> list[str]:
    """So many texts, and so many others."""
    return [text] * n + [other] * n_other


@pytest.mark.parametrize(
    ("role", "text", "n_other", "signs"),
    [
        (ColumnRole.REQUIREMENT, ASKS, 4, 2),
        (ColumnRole.REQUIREMENT, ASKS, 5, 0),
        (ColumnRole.CRITERIA, ASKS, 4, 2),
        (ColumnRole.EVIDENCE, ASKS, 4, 2),
        (ColumnRole.SCORING, ASKS, 4, 2),
        (ColumnRole.REMARK, ASKS, 4, 0),
        (ColumnRole.LEVEL, "必须天天到处巡查", 4, 2),
        (ColumnRole.LEVEL, "必须天天去巡查", 4, 0),
        (ColumnRole.LEVEL, "河畔两岸的各处风景", 4, 0),
        (ColumnRole.DEADLINE, "6月底", 4, 1),
        (ColumnRole.DEADLINE, "6月底", 5, 0),
        (ColumnRole.DEADLINE, "6月5日", 4, 0),
        (ColumnRole.REMARK, "6月底", 4, 0),
        (ColumnRole.PARTY, "牵头", 4, 1),
        (ColumnRole.PARTY, "牵头", 5, 0),
        (ColumnRole.SUPPORT, "县教育局、县公安局", 4, 1),
        (ColumnRole.LEAD, "县教育局", 4, 0),
        (ColumnRole.REMARK, "牵头", 4, 0),
    ],
)
def test_a_fifth_of_the_cells_of_a_column_asks_something(role: ColumnRole, text: str, n_other: int, signs: int) -> None:
    assert weigh(role, *mixed(1, text, n_other)).asking == signs


@pytest.mark.parametrize(
    ("header", "signs"),
    [
        ("责任部门", 1),
        ("工作任务", 1),
        ("分值", 1),
        ("考核任务及责任人", 3),
        ("考核结果", 0),
        ("甲", 0),
    ],
)
def test_each_kind_of_header_is_a_sign(header: str, signs: int) -> None:
    assert weigh(ColumnRole.OTHER, PLAIN, header=header).asking == signs


@pytest.mark.parametrize(
    ("roles", "signs"),
    [
        ((ColumnRole.LEAD, ColumnRole.SUPPORT), 1),
        ((ColumnRole.LEAD, ColumnRole.PARTY), 0),
        ((ColumnRole.METHOD_MARK, ColumnRole.OTHER), 1),
        ((ColumnRole.MONTH_MARK, ColumnRole.OTHER), 1),
        ((ColumnRole.OTHER, ColumnRole.OTHER), 0),
    ],
)
def test_roles_that_only_tables_of_tasks_have(roles: Sequence[ColumnRole], signs: int) -> None:
    assert weigh_demands(["甲", "乙"], [features(PLAIN), features(PLAIN)], roles).asking == signs


@pytest.mark.parametrize(
    ("n_units", "text", "n_texts", "signs"),
    [
        (3, "活动照片4张", 3, 1),
        (2, "活动照片4张", 3, 0),
        (3, "活动照片4张", 2, 0),
        (3, "1.1张贴标识", 3, 2),
        (3, "1.1张贴标识", 2, 0),
        (3, "3.5万元", 3, 0),
    ],
)
def test_units_beside_what_they_hand_in_or_items_of_an_outline(
    n_units: int, text: str, n_texts: int, signs: int
) -> None:
    """Of four cells of each column more than half."""
    columns = [features(*mixed(n_units, OFFICE, 4 - n_units)), features(*mixed(n_texts, text, 4 - n_texts))]
    assert weigh_demands(["甲", "乙"], columns, [ColumnRole.OTHER] * 2).asking == signs


@pytest.mark.parametrize(
    ("sentence", "day", "signs"),
    [("河畔的风景。", "7月8日", 1), ("河畔的风景", "7月8日", 0), ("河畔的风景。", "某时", 0)],
)
def test_sentences_beside_units_and_times(sentence: str, day: str, signs: int) -> None:
    columns = [features(*[text] * 4) for text in (sentence, OFFICE, day)]
    assert weigh_demands(["甲", "乙", "丙"], columns, [ColumnRole.OTHER] * 3).asking == signs


@pytest.mark.parametrize(
    ("points", "signs"),
    [
        (("50", "30", "20"), 1),
        (("50", "30", "19"), 0),
        (("100", "60", "40"), 1),
        (("60", "40"), 0),
        (("50", "50", "甲", "乙"), 0),
        (("50", "30", "20", "甲"), 1),
        (("0", "0", "0"), 0),
    ],
)
def test_points_add_up_to_hundreds(points: Sequence[str], signs: int) -> None:
    assert weigh(ColumnRole.POINTS, *points).asking == signs
    assert weigh(ColumnRole.OTHER, *points).asking == 0


@pytest.mark.parametrize(
    ("header", "texts", "stating"),
    [
        ("金额", ("12", "3", "甲"), 1),
        ("金额", ("12", "3", "甲", "乙"), 0),
        ("数量", ("12", "3", "甲"), 0),
        ("数量", ("12,800", "3400.00", "甲"), 1),
        ("数量", ("12,800", "3400.00", "甲", "乙"), 0),
        ("页码", ("12", "3", "甲"), 1),
        ("页码", ("12", "3", "甲", "乙"), 0),
        ("参加人数", (PLAIN,), 1),
        ("甲", ("3月5日", "2024.3.5", "甲"), 1),
        ("甲", ("3月5日", "2024.3.5", "甲", "乙"), 0),
        ("状态", (PLAIN,), 1),
        ("甲", ("已完成", "进行中") * 3, 1),
        ("甲", ("已完成", "进行中") * 2, 0),
        ("甲", ("已完成", "进行中", "已完成", "进行中", "已完成"), 1),
        ("甲", ("已完成", "进行中", "未开始", "已完成", "进行中", "未开始"), 1),
        ("甲", ("已完成", "进行中", "未开始", "已完成", "进行中"), 0),
        ("甲", ("已完成了", "进行中") * 3, 1),
        ("甲", ("已经完成了", "进行中") * 3, 0),
        ("甲", ("完成1", "进行中") * 3, 0),
        ("甲", tuple("高中低优良差好") * 2, 1),
        ("甲", tuple("高中低优良差好坏") * 2, 0),
    ],
)
def test_what_only_states_something(header: str, texts: Sequence[str], stating: int) -> None:
    assert weigh(ColumnRole.OTHER, *texts, header=header).stating == stating


@pytest.mark.parametrize("role", [ColumnRole.LEVEL, ColumnRole.METHOD, ColumnRole.PERSON, ColumnRole.PARTY])
def test_short_words_of_headings_and_names_are_no_states(role: ColumnRole) -> None:
    assert weigh(role, *("已完成", "进行中") * 3).stating == 0


@pytest.mark.parametrize(
    ("demands", "are_none", "are_open"),
    [
        (Demands(1, 0, 3, has_sentences=False), False, True),
        (Demands(0, 0, 3, has_sentences=False), True, False),
        (Demands(0, 0, 3, has_sentences=True), True, True),
        (Demands(0, 0, 2, has_sentences=False), False, False),
        (Demands(0, 1, 2, has_sentences=True), True, False),
        (Demands(2, 1, 3, has_sentences=False), False, False),
        (Demands(1, 1, 3, has_sentences=False), True, False),
    ],
)
def test_signs_are_set_against_each_other(demands: Demands, are_none: bool, are_open: bool) -> None:
    assert (demands.are_none, demands.are_open) == (are_none, are_open)


def test_pages_are_those_of_the_last_column() -> None:
    numbers = features("1", "2", "3")
    assert lists_pages(["名称", "页码"], [features(PLAIN), numbers])
    assert not lists_pages(["页码", "名称"], [numbers, features(PLAIN)])
    assert not lists_pages([], [])


def test_rows_are_those_of_the_fullest_column() -> None:
    found = weigh_demands(["甲", "乙"], [features(PLAIN), features(*[PLAIN] * 4)], [ColumnRole.OTHER] * 2)
    assert found.rows == 4
    assert weigh_demands([], [], []).rows == 0
