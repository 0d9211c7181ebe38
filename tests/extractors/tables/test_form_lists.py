"""Forms that hold a list below their fields, and tables that only look like them."""

from __future__ import annotations

import pytest

from extractors.tables.clean_table import CleanTable, clean_tables
from extractors.tables.column_roles import ColumnRole
from extractors.tables.form_lists import take_form_list
from extractors.tables.grid import build_grid
from tests.extractors.tables.build import Row, document, table

DUTIES = ["修补人行道破损地砖。", "清除楼道内堆放的杂物。", "更换褪色的公益广告牌。"]


def form(number: str, place: str, unit: str, helper: str) -> list[Row]:
    rows: list[Row] = [[str(n), (duty, 1, 2), f"5月{n}日"] for n, duty in enumerate(DUTIES, 1)]
    return [
        [("问题交办单", 1, 4)],
        ["编号", number, "交办点位", place],
        ["承办单位", unit, "协办单位", helper],
        ["序号", ("交办任务", 1, 2), "办结时限"],
        *rows,
        ["办理要求", ("办结后附整改前后照片。", 1, 3)],
        ["签收人", "", "签收时间", ""],
    ]


def texts(found: CleanTable, role: ColumnRole) -> list[str]:
    column = found.roles.names.index(role)
    return [found.grid.cell(r, column).text for r in found.task_rows()]


def test_the_fields_of_a_form_hold_for_each_row_of_its_list() -> None:
    forms = document(
        table(*form("01", "和平小区", "区住建局", "和平街道")), table(*form("02", "东门市场", "区市监局", "东门街道"))
    )
    found = clean_tables(forms, [None, None])
    assert [texts(one, ColumnRole.REQUIREMENT) for one in found] == [DUTIES, DUTIES]
    assert [texts(one, ColumnRole.PARTY) for one in found] == [["区住建局"] * 3, ["区市监局"] * 3]
    assert [texts(one, ColumnRole.SUPPORT) for one in found] == [["和平街道"] * 3, ["东门街道"] * 3]
    assert [texts(one, ColumnRole.LEVEL) for one in found] == [["和平小区"] * 3, ["东门市场"] * 3]
    assert texts(found[0], ColumnRole.DEADLINE) == ["5月1日", "5月2日", "5月3日"]


def test_what_a_form_says_beside_its_list_is_kept() -> None:
    (found,) = clean_tables(document(table(*form("01", "和平小区", "区住建局", "和平街道"))), [None])
    above = [cell.text for cell in found.above.unique_cells()]
    assert above == ["问题交办单", "编号", "01", "办理要求", "办结后附整改前后照片。", "签收人", "签收时间"]


def test_cells_of_a_row_below_one_wide_header_stay_together() -> None:
    rows = form("01", "和平小区", "区住建局", "和平街道")
    rows[4] = ["1", "南门：", "修补人行道破损地砖。", "5月1日"]
    (found,) = clean_tables(document(table(*rows)), [None])
    assert texts(found, ColumnRole.REQUIREMENT)[0] == "南门：修补人行道破损地砖。"


def test_fields_below_the_list_and_a_time_limit_hold_for_its_rows_too() -> None:
    rows = form("01", "和平小区", "区住建局", "和平街道")
    rows[1] = ["签发领导", "李建国", "交办时间", "5月1日"]
    rows[3] = ["序号", ("交办任务", 1, 2), "备注"]
    rows[-1] = ["责任领导", "王卫东", "完成时限", "5月20日"]
    (found,) = clean_tables(document(table(*rows)), [None])
    assert texts(found, ColumnRole.LEADER) == ["王卫东"] * 3
    assert texts(found, ColumnRole.DEADLINE) == ["5月20日"] * 3


def test_a_row_names_its_own_unit_before_that_of_the_form() -> None:
    rows = form("01", "和平小区", "区住建局", "和平街道")
    rows[3] = ["序号", ("交办任务", 1, 2), "责任单位"]
    for place, unit in enumerate(("区城管局", "", "区文明办"), 4):
        rows[place] = [*rows[place][:2], unit]
    (found,) = clean_tables(document(table(*rows)), [None])
    assert texts(found, ColumnRole.PARTY) == ["区城管局", "区住建局", "区文明办"]
    assert texts(found, ColumnRole.SUPPORT) == ["和平街道"] * 3


def test_a_row_of_totals_belongs_to_the_list() -> None:
    rows: list[Row] = [*form("01", "和平小区", "区住建局", "和平街道")[:7], ["合计", ("3项", 1, 2), ""]]
    (found,) = clean_tables(document(table(*rows)), [None])
    assert [found.grid.cell(r, 0).text for r in range(found.grid.n_rows)] == ["1", "2", "3", "合计"]


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (3, ["任务", ("要求", 1, 2), "时限"]),
        (4, ["一", ("修补人行道破损地砖。", 1, 2), "5月1日"]),
        (2, ["区住建局要在月底前办结，并报告结果。", "区住建局", "和平街道", "长期"]),
        (7, ["四", "更换破损的窨井盖。", "5月9日", "长期"]),
    ],
)
def test_other_tables_are_no_forms(place: int, row: Row) -> None:
    rows = form("01", "和平小区", "区住建局", "和平街道")
    assert take_form_list(build_grid(table(*rows))) is not None
    rows[place] = row
    assert take_form_list(build_grid(table(*rows))) is None


def test_a_form_without_a_word_of_its_tasks_stays_a_table() -> None:
    rows = form("01", "和平小区", "区住建局", "和平街道")
    rows[1:3] = [["编号", "01", "填表日期", "5月6日"]]
    assert take_form_list(build_grid(table(*rows))) is None
