"""Tables that are printed turned, and those that only look like it."""

from __future__ import annotations

import pytest

from tests.extractors.tables.build import Row, cleaned, column

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
