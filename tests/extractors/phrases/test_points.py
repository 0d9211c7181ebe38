"""Points in score cells and inside standards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.phrases.points import cell_points, inline_points


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
        ("1-5分", None),
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
        ("两支队伍名单（各0.5分）", ["0.5"]),
        ("情况(得1分)", ["1"]),
        ("(2分)经费列入预算", ["2"]),
        ("制度（共3分，每项1分）", ["3"]),
        ("（至少3类）（500字左右）（2022年春节）", []),
        ("（扣2分）（最多10分）（加1-5分）（每少1个扣1分）", []),
        ("每一项加2分，累计最多加10分", []),
        ("创建营业厅3个（4分，每少1个扣1分）", ["4"]),
        ("（视情况加1-5分）", []),
    ],
)
def test_inline_points(text: str, awards: list[str]) -> None:
    assert inline_points(text) == [Decimal(a) for a in awards]
