"""Tables that are printed turned, and those that only look like it."""

from __future__ import annotations

import pytest

from extractors.document import Table
from extractors.tables.clean_table import clean_tables
from extractors.tables.row_kinds import RowKind
from tests.extractors.tables.build import Row, cleaned, column, document, table

FIELDS: dict[str, list[str]] = {
    "件号": ["1", "2", "3"],
    "要办的事": ["更新宣传栏，张贴公益广告", "组织读书会", "开展卫生大扫除"],
    "值多少分": ["8", "6", "5"],
    "谁来办": ["县教育局", "县民政局、县妇联", "县卫健局"],
    "交卷日": ["6月底前", "9月10日", "每季度末"],
}


def rows(fields: dict[str, list[str]]) -> list[list[str]]:
    return [[name, *texts] for name, texts in fields.items()]


def test_a_column_for_each_task_becomes_a_row() -> None:
    found = cleaned(*rows(FIELDS))
    assert found.columns == tuple(FIELDS)
    assert column(found, "谁来办") == FIELDS["谁来办"]
    assert found.roles.names == ("serial", "requirement", "points", "party", "deadline")
    assert len(found.task_rows()) == 3


def test_blocks_of_the_same_fields_stand_behind_each_other() -> None:
    found = cleaned(*rows(FIELDS), ["续表", "", "", ""], *rows(FIELDS))
    assert column(found, "值多少分") == ["8", "6", "5"] * 2
    assert found.dropped == ["续表"]


def test_a_heading_above_a_block_opens_a_section() -> None:
    first: Row = [("一、市容环境", 1, 4)]
    second: Row = [("二、文明素养", 1, 4)]
    found = cleaned(first, *rows(FIELDS), second, *rows(FIELDS), spans=True)
    assert [found.grid.cell(r, 0).text for r, kind in enumerate(found.kinds) if kind is RowKind.BAND][-1:] == [
        "二、文明素养"
    ]
    assert column(found, "值多少分")[-3:] == ["8", "6", "5"]


def test_several_tables_with_a_column_for_each_task_are_no_cards() -> None:
    def turned(name: str) -> Table:
        return table(
            ["任务名称", *(f"{name}{n}" for n in range(5))],
            ["具体要求", *(f"更新{name}{n}号栏目，张贴公益广告" for n in range(5))],
            ["牵头单位", "县教育局", "县民政局", "县卫健局", "县住建局", "县城管局"],
            ["完成时限", "6月底前", "9月10日", "每季度末", "8月底前", "7月底前"],
            ["分值", "8", "6", "5", "4", "3"],
            ["挂联领导", ("李建国", 1, 3), ("赵大勇", 1, 2)],
            spans=True,
        )

    blocks = ("一、市容", turned("甲"), "二、素养", turned("乙"), "三、服务", turned("丙"))
    tables = clean_tables(document(*blocks), [None] * 3)
    assert [len(found.task_rows()) for found in tables] == [5, 5, 5]
    assert column(tables[2], "挂联领导") == ["李建国"] * 3 + ["赵大勇"] * 2


def test_a_cell_over_two_tasks_is_for_both() -> None:
    merged: list[Row] = [["件号", "1", "2", "3"], ["院领导", ("李建国", 1, 2), "赵大勇"], *rows(FIELDS)[1:]]
    found = cleaned(*merged, spans=True)
    assert column(found, "院领导") == ["李建国", "李建国", "赵大勇"]


@pytest.mark.parametrize("name", ["要办的事", "谁来办"])
def test_a_table_the_usual_way_round_stays(name: str) -> None:
    table = [list(FIELDS), *(list(task) for task in zip(*FIELDS.values(), strict=True))]
    assert name in cleaned(*table).columns


@pytest.mark.parametrize(
    "fields",
    [
        {name: FIELDS[name] for name in ("件号", "要办的事", "值多少分")},
        {name: texts[:2] for name, texts in FIELDS.items()},
        {"一月": ["1", "2", "3"], "二月": ["4", "5", "6"], "三月": ["7", "8", "9"], "合计": ["12", "15", "18"]},
        FIELDS | {"第5行": FIELDS["件号"]},
    ],
    ids=["few fields", "few tasks", "figures alone", "a label with a figure"],
)
def test_other_tables_stay(fields: dict[str, list[str]]) -> None:
    assert cleaned(*rows(fields)).grid.n_cols == 1 + len(next(iter(fields.values())))
