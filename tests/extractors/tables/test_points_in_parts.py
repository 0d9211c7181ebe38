"""Points in several columns: their sum, or the highest grade."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import build_grid
from extractors.tables.points_in_parts import find_points, find_rival_points
from tests.extractors.tables.build import cleaned, table

PARTS = [["1", "3", "2", "3", "8"], ["2", "1", "3", "1", "5"], ["3", "2", "6", "2", "10"]]
GRADES = [["10", "6", "2"], ["8", "5", "2"], ["5", "3", "1"]]


@pytest.mark.parametrize(
    ("columns", "rows", "found"),
    [
        (("号", "档案分", "现场分", "口碑分", "小计"), PARTS, (4, [3, 2, 1])),
        (("得分小计", "档案", "现场"), [["5", "3", "2"], ["4", "1", "3"], ["8", "2", "6"]], (0, [1, 2])),
        (("计分等级/A", "计分等级/B", "计分等级/C"), GRADES, (0, [1, 2])),
        (("计分等级/差", "计分等级/中", "计分等级/好"), [row[::-1] for row in GRADES], (2, [0, 1])),
        (("A", "B", "C"), GRADES, (0, [1, 2])),
        (("差", "良", "优"), [row[::-1] for row in GRADES], (2, [0, 1])),
        (("份数", "A", "B", "C"), [["99", *row] for row in GRADES], (1, [2, 3])),
        (("甲", "乙", "丙"), GRADES, None),
        # times, points of each, points of all
        (("次数", "每次分值", "总分"), [["4", "2", "8"], ["6", "1", "6"], ["2", "2", "4"]], (2, (0, 1))),
        (("次数", "人数", "人次"), [["4", "2", "8"], ["6", "1", "6"], ["2", "2", "4"]], None),
        (("计分等级/A", "计分等级/B"), GRADES[:2], None),
        (("一/分值", "一/得分"), [["5", "6"], ["6", "5"], ["4", "4"], ["3", "5"]], None),
        (("分值",), [["5"], ["6"], ["4"]], None),
        # figures that add up and are no points, scores to be given, points of several kinds of units
        (("号", "上半年场次", "下半年场次", "口碑", "全年场次"), PARTS, None),
        (("得分/自评", "得分/复评", "得分/终评"), GRADES, None),
        (("扣分标准/严重", "扣分标准/一般", "扣分标准/轻微"), GRADES, None),
        (("分值/机关", "分值/企业", "分值/学校"), [["50", "30", "40"], ["30", "30", "20"], ["20", "40", "40"]], None),
    ],
)
def test_find_points(
    columns: Sequence[str], rows: Sequence[Sequence[str]], found: tuple[int, Sequence[int]] | None
) -> None:
    assert find_points(columns, build_grid(table(*rows)), range(len(columns))) == found


def test_one_row_may_be_misprinted() -> None:
    rows = [*PARTS, ["4", "2", "2", "2", "6"], ["5", "1", "1", "1", "4"]]
    assert find_points(["分"] * 5, build_grid(table(*rows)), range(5)) == (4, [3, 2, 1])
    assert find_points(["分"] * 5, build_grid(table(*rows, ["6", "1", "1", "1", "9"])), range(5)) is None


def test_the_sum_is_the_points_of_a_task() -> None:
    duties = ["更新宣传栏，张贴公益广告。", "组织读书会，人人有笔记。", "开展卫生大扫除，清理死角。"]
    rows = [[row[0], duty, *row[1:]] for row, duty in zip(PARTS, duties, strict=True)]
    found = cleaned(["序号", "哪件活", "档案分", "现场分", "口碑分", "小计"], *rows)
    assert found.roles.names[2:] == ("other", "other", "other", "points")


POINTS, OTHER = ColumnRole.POINTS, ColumnRole.OTHER
TWO_KINDS = [["10", "8"], ["12", "10"], ["8", "12"], ["30", "26"], ["20", "18"]]


@pytest.mark.parametrize(
    ("columns", "rows", "rivals"),
    [
        (("城区分值", "农村分值"), TWO_KINDS, [1]),
        # the same total, the other column never higher but once
        (("城区分值", "农村分值"), [["10", "8"], ["10", "8"], ["10", "14"]], [1]),
        (("城区分值", "农村分值"), [["10", "8"], ["10", ""], ["10", "14"], ["9", "9"], ["5", "6"]], [1]),
        # parts and lower grades, a copy, too few rows, cells without points, figures that are none
        (("分值", "现场分"), [["10", "8"], ["12", "10"], ["8", "8"]], []),
        (("分值", "分"), [["10", "10"], ["12", "12"], ["8", "8"]], []),
        (("城区分值", "农村分值"), TWO_KINDS[1:3], []),
        (("城区分值", "农村分值"), [["10", "8"], ["8", "9"], ["10", "14"], ["9", ""], ["5", ""]], []),
        (("分值", "场次"), TWO_KINDS, []),
    ],
)
def test_points_of_two_kinds_of_units(
    columns: Sequence[str], rows: Sequence[Sequence[str]], rivals: Sequence[int]
) -> None:
    grid = build_grid(table(*rows))
    assert find_rival_points(columns, (POINTS, OTHER), grid, range(len(rows))) == rivals
    assert find_rival_points(columns, (OTHER, OTHER), grid, range(len(rows))) == []


def test_points_of_two_kinds_of_units_are_a_doubt() -> None:
    duties = ["更新宣传栏，张贴公益广告。", "组织读书会，人人有笔记。", "开展卫生大扫除，清理死角。"]
    rows = [[str(n), duty, *points] for n, (duty, points) in enumerate(zip(duties, TWO_KINDS, strict=False), 1)]
    found = cleaned(["序号", "测评内容", "城区分值", "农村分值"], *rows)
    assert found.roles.names[2:] == (POINTS, OTHER)
    assert found.confidence == 0.5
    assert found.alternative == "“农村分值”也可能是分值，各列的分值对象不同，只取了一列"
    alone = cleaned(["序号", "测评内容", "城区分值"], *(row[:3] for row in rows))
    assert (alone.confidence or 0) > 0.8
