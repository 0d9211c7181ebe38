"""Points in score cells and inside standards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.parsers.points import cell_points, column_points, inline_points, signed_points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("2", "2"),
        ("0.6", "0.6"),
        ("5分", "5"),
        ("3.40", "3.4"),
        ("（2分）", "2"),
        ("3%", "3"),
        ("满分10分", "10"),
        ("5.00", "5"),
        ("10", "10"),
        ("—", None),
        ("", None),
        ("1-5分", "5"),
        ("0~7", "7"),
        ("0—6 分", "6"),
        ("2分至5分", "5"),
        ("1-5", None),
        ("2-1-1", None),
        ("15分。", "15"),
        ("15.", None),
        ("分值15", "15"),
        ("（总分值:80分）", "80"),
        ("材料审核", None),
        ("2+3", None),
        ("5分/项", None),
    ],
)
def test_cell_points(text: str, points: str | None) -> None:
    assert cell_points(text) == (None if points is None else Decimal(points))


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("提供计划（1分）；提供图片（ 1 分）。", ["1", "1"]),
        ("提示牌（至少3处，1分）", ["1"]),
        ("截图（1分，摆拍不得分）", ["1"]),
        ("两支队伍名单（各0.5分）", ["0.5", "0.5"]),
        ("报送水位记录、巡查日志和图片（各1分）", ["1", "1", "1"]),
        ("设岗位公示牌，报送人数及两份名单（各2分）", ["2", "2"]),
        ("巡查日志（各1分）", ["1"]),
        ("情况(得1分)", ["1"]),
        ("(2分)经费列入预算", ["2"]),
        ("制度（共3分，每项1分）", ["3"]),
        ("（至少3类）（500字左右）（2022年春节）", []),
        ("（扣2分）（最多10分）（加1-5分）（每少1个扣1分）", []),
        ("每一项加2分，累计最多加10分", []),
        ("创建营业厅3个（4分，每少1个扣1分）", ["4"]),
        ("（视情况加1-5分）", []),
        ("一等奖（90分以上），二等奖（80分及以上）", []),
    ],
)
def test_inline_points(text: str, awards: list[str]) -> None:
    assert inline_points(text) == [Decimal(a) for a in awards]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("５", "5"), ("10.0", "10"), ("1 0", "10"), ("权重：5%", "5"), ("共10分", "10"), ("0", "0"),
        ("3分以上", None), ("2、3", None), ("-5", None), ("扣5分", None), ("A", None), ("1/2", None), ("12345", None),
    ],
)  # fmt: skip
def test_more_cells(text: str, points: str | None) -> None:
    assert cell_points(text) == (None if points is None else Decimal(points))


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("方案【2分】总结[1分]", ["2", "1"]),
        ("照片（0.5 分）", ["0.5"]),
        ("（２分）", ["2"]),
        ("（每项1分，满分4分）", ["4"]),
        ("（2分，最高4分）", ["2"]),
        ("“优秀”10分、“良好”7分", []),
        ("（3-5倍扣分，最高扣5分）", []),
        ("每低1个百分点扣1分（倒扣3分）", []),
        ("（累计最多加10分）（每次0.5分）", []),
        ("覆盖率≥95%（30分钟内）（8分之1）（第2分册）", []),
        ("（2M以内）（3-5张）（不得分）", []),
        ("", []),
    ],
)
def test_more_awards(text: str, awards: list[str]) -> None:
    assert inline_points(text) == [Decimal(a) for a in awards]


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("每年开会4次（10分）、3次（8分）、2次（5分）。", ["10"]),
        ("标语1-2条（1分），3-4条（2分），5条以上（3分）", ["3"]),
        ("满意率90%以上（10分）、80%—90%（8分）、不足80%（5分）；有台账（2分）", ["10", "2"]),
        ("获国家级（5分）、省级（3分）、市级（1分）表彰", ["5"]),
        ("评为一等奖（5分），二等奖（3分）", ["5"]),
        ("95%以上（含95%）（20分），90%-95%（10分）", ["20"]),
        ("创建全国文明村镇（10分）、省级文明村镇（8分）、市级文明村镇（5分）", ["10"]),
        # two things, each of which counts
        ("有书屋（3分）、文化墙（2分）", ["3", "2"]),
        ("方案1份（2分），总结1份（1分）", ["2", "1"]),
        ("记录3次（3分），2张（1分）", ["3", "1"]),
        ("每月1次（5分），每季度1次（3分）", ["5", "3"]),
        ("宣讲3次（2分），3次（2分）", ["2", "2"]),
        ("国家级3篇（3分）、省级2篇（2分）", ["3", "2"]),
    ],
)
def test_grades_in_brackets_of_their_own_are_one_award(text: str, awards: list[str]) -> None:
    assert inline_points(text) == [Decimal(a) for a in awards]


@pytest.mark.parametrize("text", ["（优秀10分，良好7分）", "（6项以上得3分）"])
def test_tiers_in_brackets_are_no_awards(text: str) -> None:
    assert inline_points(text) == []


def test_numbers_are_written_plainly() -> None:
    assert [str(cell_points(t)) for t in ("100", "3.40", "10.0")] == ["100", "3.4", "10"]


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("设立阅览室并有专人管理，4分；每月开放八天以上，3分；借阅登记齐全，2分。", ["4", "3", "2"]),
        ("宣传栏内容：3分；", ["3"]),
        # the parts of an award that stands in brackets
        ("志愿服务（9分）：建有队伍，5分；有记录，4分。", ["9"]),
        # totals, caps, tiers, deductions and numbers inside words
        ("满分，100分", []),
        ("每篇，最多，6分", []),
        ("评为良好，7分", []),
        ("市级，7分", []),
        ("每缺一次，扣，2分", []),
        ("限时，5分钟内答复", []),
        ("平均得分在80分以上，90分以下", []),
    ],
)
def test_points_between_marks_are_awards(text: str, awards: list[str]) -> None:
    assert inline_points(text) == [Decimal(a) for a in awards]


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("+5", ["+5"]),
        ("＋3分", ["+3"]),
        ("-20", ["-20"]),
        ("—2分", ["-2"]),
        ("+5/-20", ["+5", "-20"]),
        ("每次+2分，每人-1分", ["每次+2", "每人-1"]),
        ("+5分/次", ["每次+5"]),
        ("扣分：10", ["-10"]),
        ("加分：2分/人", ["每人+2"]),
        ("+1~5", ["+..5"]),
        ("-5至-20分", ["-..20"]),
        # no signs, codes, dashes in place of a number
        ("5", []),
        ("2-3", []),
        ("2024-5", []),
        ("--", []),
        ("扣5分", []),
        ("+5，酌情处理", []),
        ("", []),
    ],
)
def test_points_with_a_sign(text: str, signed: list[str]) -> None:
    found = [
        f"{s.condition}{'-' if s.is_deduction else '+'}{s.points if s.points is not None else f'..{s.cap}'}"
        for s in signed_points(text)
    ]
    assert found == signed


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("1—3", "3"), ("3-5", "5"), ("0.5－1", "1"), ("2分—4分", "4"), ("1--3", "3"), ("0~7", "7"), ("（2分）", "2"),
        ("—", None), ("-5", None), ("1-3-5", None), ("1-", None), ("1-3月", None), ("优10良8", None),
    ],
)  # fmt: skip
def test_a_range_below_a_header_of_points_is_no_code(text: str, points: str | None) -> None:
    assert column_points(text) == (None if points is None else Decimal(points))
