"""Tables in plain text written as records with commas."""

from __future__ import annotations

import pytest

from tests.extractors.readers.text_tables import document, shown

HEADER = '"测评\n项目",测评内容,测评方法'
ROWS = ['环境,"1.道路平整;\n2.路灯全亮, 无损坏。",实地考察', ',"3.""邻里节""每年一次。",', "秩序,4.停车入位。,实地考察"]
GRID = [
    ["测评\n项目", "测评内容", "测评方法"],
    ["环境", "1.道路平整;\n2.路灯全亮, 无损坏。", "实地考察"],
    ["", '3."邻里节"每年一次。', ""],
    ["秩序", "4.停车入位。", "实地考察"],
]


def test_cells_of_several_lines_stand_in_quotation_marks() -> None:
    result = document("安排如下,请对照:", HEADER, *ROWS, "按月上报。")
    assert shown(result) == GRID
    assert [p.text for p in result.paragraphs()] == ["安排如下,请对照:", "按月上报。"]
    assert not result.notes
    (table,) = result.tables()
    assert table.cells[3].locator == "表1 第2行第1列（文本第4行）"


def test_a_title_in_a_record_of_its_own_is_a_row() -> None:
    assert shown(document("城区,,", HEADER, *ROWS)) == [["城区", "", ""], *GRID]


@pytest.mark.parametrize(
    "rows",
    [[ROWS[0]], [*ROWS, "秩序,5.礼让行人。"], [*ROWS, '秩序,"5.礼让行人。'], [ROWS[0], "秩序,4.停车入位。", ROWS[2]]],
    ids=["one row", "last is short", "not closed", "inner is short"],
)
def test_records_of_other_lengths_are_reported(rows: list[str]) -> None:
    result = document(HEADER, *rows)
    assert not list(result.tables())
    assert [(note.rule, note.locator) for note in result.notes] == [("cell_lines", "第1行")]


def test_prose_with_commas_is_no_table() -> None:
    result = document(*["路面平整,路灯全亮,停车入位。"] * 4)
    assert not list(result.tables())
    assert not result.notes
