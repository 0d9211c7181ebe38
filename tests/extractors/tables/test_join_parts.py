"""A table that a page edge cut is one table; tables that merely look alike are several."""

from __future__ import annotations

from dataclasses import replace

from extractors.document import Table
from extractors.tables.card_tables import PlacedTable
from extractors.tables.clean_table import CleanTable, clean_tables, split_header
from extractors.tables.table_parts import join_parts
from tests.extractors.tables.build import Row, column, document, table

HEADER: Row = ["测评项目", "测评标准", "分值"]
LONG = "建立健全工作制度，明确责任分工，定期研究部署。"
FIRST = (["甲", "1." + LONG, "2"], ["", "2." + LONG, "3"])
SECOND = (["", "3." + LONG, "4"], ["乙", "1." + LONG, "5"])


def read(*blocks: Table | str, titles: tuple[str | None, ...] = ("清单", None)) -> list[CleanTable]:
    return clean_tables(document(*blocks), titles)


def test_a_group_goes_on_over_the_cut() -> None:
    (found,) = read(table(HEADER, *FIRST), table(HEADER, *SECOND))
    assert column(found, "测评项目") == ["甲", "甲", "甲", "乙"]
    assert column(found, "分值") == ["2", "3", "4", "5"]


def test_a_page_number_between_the_parts_is_no_text() -> None:
    for number in ("- 3 -", "第4页", "3/9", "—5—"):
        assert len(read(table(HEADER, *FIRST), number, table(HEADER, *SECOND))) == 1


def test_running_text_between_the_parts_divides() -> None:
    found = read(table(HEADER, *FIRST), "以下为第二部分的要求", table(HEADER, *SECOND))
    assert [t.grid.n_rows for t in found] == [2, 2]
    assert [t.ordinal for t in found] == [1, 2]


def test_another_number_of_columns_without_header_divides() -> None:
    found = read(table(HEADER, *FIRST), table(["甲", LONG], ["乙", LONG]))
    assert len(found) == 2


def test_another_header_divides() -> None:
    found = read(table(HEADER, *FIRST), table(["测评项目", "测评标准", "责任科室"], ["甲", LONG, "办公室"]))
    assert [t.columns[-1] for t in found] == ["分值", "责任科室"]


def test_two_tables_without_header_stay_two() -> None:
    assert len(read(table(["甲", LONG, "2"]), table(["乙", LONG, "3"]))) == 2


def test_three_parts_become_one() -> None:
    parts = [table(HEADER, [f"组{i}", LONG, str(i)]) for i in (1, 2, 3)]
    (found,) = read(*parts, titles=("清单", None, None))
    assert column(found, "分值") == ["1", "2", "3"]


def test_pages_run_from_the_first_part_to_the_last() -> None:
    first = replace(table(HEADER, *FIRST), first_page=2, last_page=2)
    second = replace(table(HEADER, *SECOND), first_page=3, last_page=4)
    (found,) = read(first, second)
    assert (found.first_page, found.last_page) == (2, 4)


def test_what_is_left_out_is_remembered() -> None:
    parts = [
        (split_header(PlacedTable(0, table(HEADER, *FIRST), None)), False),
        (split_header(PlacedTable(1, table(HEADER, *SECOND), None)), False),
    ]
    (found,) = join_parts(parts)
    assert found.dropped == list(HEADER)
    assert found.ordinals == [0, 1]


def test_a_table_without_cells_is_none() -> None:
    assert read(Table((), 0, 0, "表1"), table(HEADER, *FIRST), titles=(None, None))[0].ordinal == 1


def test_a_title_and_a_cell_that_say_that_they_go_on() -> None:
    first, second = (
        (["甲（5分）", "1." + LONG, "2"], ["甲（5分）", "2." + LONG, "3"]),
        (["甲（5分）（续）", "3." + LONG, "4"], ["乙", "4." + LONG, "1"]),
    )
    blocks = (table(HEADER, *first), "—2—", "任务清单（续表）", table(HEADER, *second))
    (found,) = read(*blocks, titles=("任务清单", "任务清单（续表）"))
    assert column(found, "测评项目") == ["甲（5分）"] * 3 + ["乙"]
    assert len({id(found.grid.cell(r, 0)) for r in (1, 2)}) == 1
    assert "甲（5分）（续）" in found.dropped


def test_another_cell_that_goes_on_and_another_title_stay() -> None:
    first, second = (["甲", "1." + LONG, "2"], ["", "2." + LONG, "3"]), (["乙（续）", "3." + LONG, "4"],)
    (found,) = read(table(HEADER, *first), table(HEADER, *second))
    assert column(found, "测评项目") == ["甲", "甲", "乙（续）"]
    titles = ("任务清单", "目标清单（续表）")
    assert len(read(table(HEADER, *first), "目标清单（续表）", table(HEADER, *second), titles=titles)) == 2
