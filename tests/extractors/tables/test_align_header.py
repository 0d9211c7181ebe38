"""A header with fewer cells than the body is laid over it where it fits best."""

from __future__ import annotations

from extractors.tables.align_header import align_header
from extractors.tables.column_features import column_features
from extractors.tables.grid import build_grid
from tests.extractors.tables.build import table

LONG = "建立健全工作制度，明确责任分工，定期研究部署，形成长效机制。"


def laid(columns: list[str], *rows: list[str]) -> tuple[str, ...]:
    grid = build_grid(table(*rows))
    width = grid.n_cols
    padded = [*columns, *[""] * (width - len(columns))]
    return align_header(padded, [column_features(grid.column(c), grid.n_rows) for c in range(width)])


def test_a_level_over_code_and_name() -> None:
    rows = [["（一）", "组织领导", LONG, "5"], ["（二）", "学习教育", LONG, "8"]]
    assert laid(["考核项目", "考核标准", "分值"], *rows) == ("考核项目", "考核项目", "考核标准", "分值")


def test_departments_over_two_columns() -> None:
    rows = [[LONG, "县教育局", "县公安局", "6月底前"], [LONG, "县民政局", "团县委", "长期"]]
    assert laid(["主要任务", "责任单位", "完成时限"], *rows) == ("主要任务", "责任单位", "责任单位", "完成时限")


def test_dates_and_departments_keep_their_columns() -> None:
    rows = [["一", "组织领导", LONG, "3月上旬", "办公室"], ["二", "学习教育", LONG, "11月底前", "人事科"]]
    expected = ("创建项目", "创建项目", "创建标准", "完成时限", "责任股室")
    assert laid(["创建项目", "创建标准", "完成时限", "责任股室"], *rows) == expected


def test_a_full_header_is_left_alone() -> None:
    assert laid(["分值", "测评标准"], [LONG, "2"]) == ("分值", "测评标准")


def test_no_header_is_left_alone() -> None:
    assert laid([], [LONG, "2"]) == ("", "")
