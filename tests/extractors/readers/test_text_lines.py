"""Tables in plain text with every cell on a line of its own, as copied from a web page."""

from __future__ import annotations

import pytest

from extractors.document import Document, Table
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read

HEADER = ["序号", "任务", "责任单位", "分值"]
ROWS = [
    ["1", "建好志愿服务站，配齐桌椅。", "县民政局", "5"],
    ["2", "评选好邻居不少于十户。", "县妇联", "3"],
    ["3", "修补破损路面。", "县城管局", "4"],
    ["4", "清理楼道杂物。", "各社区", "2"],
]
MORE = [
    ["5", "开展清明祭扫。", "县文明办", "3"],
    ["6", "组织邻里联欢。", "县文旅局", "2"],
    ["7", "规范车辆停放。", "县公安局", "6"],
]


def read_text(lines: list[str]) -> Document:
    return read(
        "\n".join(["某县2024年文明创建重点任务分解表", "", *lines, "", "某县文明办"]).encode(),
        "通知.txt",
        Limits(),
        VOCABULARY_WORDS,
    )


def table_rows(lines: list[str]) -> list[list[str]]:
    (table,) = read_text(lines).tables()
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def flat(rows: list[list[str]]) -> list[str]:
    return [text for row in rows for text in row]


def test_rows_are_as_long_as_serial_numbers_are_apart() -> None:
    assert table_rows(flat([HEADER, *ROWS])) == [HEADER, *ROWS]


def test_points_that_equal_the_next_serial_number_are_points() -> None:
    rows = [[*row[:3], str(int(row[0]) + 1)] for row in ROWS]
    assert table_rows(flat([HEADER, *rows])) == [HEADER, *rows]


def test_a_blank_line_is_a_blank_cell() -> None:
    rows = [[*row[:3], ""] for row in ROWS]
    assert table_rows(flat([HEADER, *rows])) == [HEADER, *rows]


def test_blank_lines_between_all_cells_are_none() -> None:
    lines = [line for text in flat([HEADER, *ROWS]) for line in (text, "")]
    assert table_rows(lines) == [HEADER, *ROWS]


def test_headings_stand_before_the_first_of_their_rows() -> None:
    header = ["类别", *HEADER]
    lines = [*header, "服务群众", *ROWS[0], *ROWS[1], "环境卫生", *ROWS[2], *ROWS[3]]
    expected = [["服务群众", *ROWS[0]], ["", *ROWS[1]], ["环境卫生", *ROWS[2]], ["", *ROWS[3]]]
    assert table_rows(lines) == [header, *expected]


def test_section_rows_stand_between_rows() -> None:
    lines = [*HEADER, "一、服务群众", *ROWS[0], *ROWS[1], "二、环境卫生", *ROWS[2], *ROWS[3]]
    rows = table_rows(lines)
    assert [row[0] for row in rows] == ["序号", "一、服务群众", "1", "2", "二、环境卫生", "3", "4"]
    assert [row for row in rows if row[0].isdigit()] == ROWS


def test_headings_behind_the_serial_number_are_missing_where_they_go_on() -> None:
    header = ["序号", "类别", *HEADER[1:]]
    lines = [*header, "1", "服务群众", *ROWS[0][1:], *ROWS[1], "3", "环境卫生", *ROWS[2][1:], *ROWS[3]]
    expected = [
        ["1", "服务群众", *ROWS[0][1:]],
        ["2", "", *ROWS[1][1:]],
        ["3", "环境卫生", *ROWS[2][1:]],
        ["4", "", *ROWS[3][1:]],
    ]
    assert table_rows(lines) == [header, *expected]


def test_a_header_printed_again_is_no_text_of_a_row() -> None:
    assert table_rows(flat([HEADER, *ROWS[:2], HEADER, *ROWS[2:]])) == [HEADER, *ROWS]


def test_a_cell_of_two_lines_is_told_by_its_likeness() -> None:
    long = ["2", "评选好邻居不少于十户，", "并在楼道公布名单。", "县妇联", "3"]
    rows = table_rows(flat([HEADER, ROWS[0], long, *ROWS[2:], *MORE]))
    assert rows[2] == ["2", "评选好邻居不少于十户，\n并在楼道公布名单。", "县妇联", "3"]


def test_many_odd_rows_are_a_doubt() -> None:
    odd = [["1", "甲，", "乙，", "丙。", "县民政局", "5"], ["2", "丁，", "戊。", "县妇联", "3"]]
    document = read_text(flat([HEADER, *odd, *ROWS[2:], *MORE]))
    assert [(note.rule, note.locator) for note in document.notes] == [("cell_lines", "表1")]
    assert "序号1、2共2行" in document.notes[0].message


@pytest.mark.parametrize(
    "lines",
    [
        ["第一段。", "1", "第二段。", "2", "第三段。", "3", "第四段。"],
        ["1", "2", "3", "4", "5"],
        [*HEADER, *ROWS[0], *ROWS[1]],
    ],
)
def test_numbers_on_lines_of_their_own_make_no_table(lines: list[str]) -> None:
    assert not list(read_text(lines).tables())


def test_a_header_on_lines_without_serial_numbers_is_a_doubt() -> None:
    lines = ["测评项目", "测评内容", "责任单位", "阵地", "建好服务站。", "县民政局", "环境", "修补路面。", "县城管局"]
    document = read_text(lines)
    assert [(note.rule, note.locator) for note in document.notes] == [("cell_lines", "第3行")]


def test_many_numbers_take_no_time() -> None:
    lines = ["1"] * 60_000
    assert not list(read_text(lines).tables())


def test_what_stands_behind_a_short_last_row_is_no_cell_of_it() -> None:
    header = ["序号", "类别", *HEADER[1:]]
    first, *rest = [*ROWS, *MORE]
    lines = [*header, "1", "服务群众", *first[1:], *flat(rest), "以上任务请认真落实，按季度报送进展情况。"]
    document = read("\n".join(lines).encode(), "通知.txt", Limits(), VOCABULARY_WORDS)
    (table,) = document.tables()
    assert [cell.text for cell in table.cells if cell.row == table.n_rows - 1 and cell.text] == rest[-1]
    assert [block.text for block in document.blocks if not isinstance(block, Table)] == [lines[-1]]


def test_lines_above_a_header_without_a_heading_in_the_first_row_are_a_title() -> None:
    lines = ["附件1", "任务分解", *HEADER, *flat([*ROWS, *MORE])]
    assert table_rows(lines)[0] == HEADER


def test_a_lost_header_beside_a_table_is_a_doubt_as_well() -> None:
    lost = ["测评项目", "测评内容", "责任单位", "阵地", "建好服务站。", "县民政局", "环境"]
    document = read_text([*HEADER, *flat([*ROWS, *MORE]), "", *lost])
    assert [note.rule for note in document.notes] == ["cell_lines"]


def test_cells_that_span_rows_are_missing_in_rows_with_tabs() -> None:
    rows = [
        ["类别", "小类", "任务", "责任单位", "分值"],
        ["服务", "群众", "建好志愿服务站，配齐桌椅。", "县民政局", "5"],
        ["评选好邻居不少于十户。", "县妇联", "3"],
        ["清扫", "修补破损路面，清理杂物。", "县城管局", "4"],
        ["环境", "道路", "规范车辆停放。", "县公安局", "6"],
        ["开展清明祭扫，文明祭祀。", "县文明办", "3"],
        ["合计", "", "", "", "21"],
    ]
    document = read("\n".join("\t".join(row) for row in rows).encode(), "通知.txt", Limits(), VOCABULARY_WORDS)
    (table,) = document.tables()
    found = [[cell.text for cell in table.cells if cell.row == r] for r in range(table.n_rows)]
    assert found[2] == ["", "", *rows[2]]
    assert found[3] == ["", *rows[3]]
    assert found[5] == ["", "", *rows[5]]
    assert found[6] == rows[6]


def test_rows_with_tabs_that_lack_their_last_cells_keep_the_first() -> None:
    rows = [
        ["序号", "任务", "责任单位", "备注"],
        ["1", "建好志愿服务站，配齐桌椅。", "县民政局", "长期任务"],
        ["2", "评选好邻居不少于十户。", "县妇联"],
        ["3", "修补破损路面。", "县城管局", "分两批做"],
    ]
    document = read("\n".join("\t".join(row) for row in rows).encode(), "通知.txt", Limits(), VOCABULARY_WORDS)
    (table,) = document.tables()
    assert [cell.text for cell in table.cells if cell.row == 2][:3] == rows[2]
