"""Tables with every cell on a line of its own, where the number stands in front of what a row asks for."""

from __future__ import annotations

import pytest

from extractors.document import Document
from tests.extractors.readers.text_tables import document, grid

HEADER = ["考核项目", "考核内容", "分值", "考核方式", "得分"]
ROWS = [
    ["街面整洁（9分）", "1.路灯全部点亮。", "5", "实地考察", ""],
    ["", "2.招牌摆放整齐。", "4", "问卷调查", ""],
    ["邻里互助（7分）", "3.成立邻里互助队。", "3", "材料审核", ""],
    ["", "4.每季度走访老人。", "4", "实地考察", ""],
]
TITLE = "某街道社区年度考核一览表"
LOST = ["cell_lines"]


def cells(rows: list[list[str]], n_levels: int = 1) -> list[str]:
    """The cells on lines of their own; a level that goes on has none."""
    return [text for row in rows for c, text in enumerate(row) if text or c >= n_levels]


def shown(result: Document) -> list[list[list[str]]]:
    return [grid(table) for table in result.tables()]


@pytest.mark.parametrize("number", ["{}.", "{}、", "{})", "{}）"])
def test_the_number_of_an_item_begins_its_row(number: str) -> None:
    rows = [[row[0], row[1].replace(f"{n}.", number.format(n)), *row[2:]] for n, row in enumerate(ROWS, 1)]
    result = document(*[TITLE, *HEADER, *cells(rows), "请按月上报。"])
    assert shown(result) == [[HEADER, *rows]]
    assert not result.notes
    assert [p.text for p in result.paragraphs()] == [TITLE, "请按月上报。"]
    (table,) = result.tables()
    assert table.cells[6].locator == "表1 第2行第2列（文本第8行）"


@pytest.mark.parametrize("column", [0, 2])
def test_items_may_stand_in_any_of_the_first_columns(column: int) -> None:
    levels = ["考核项目", "考核指标"][:column]
    rows = [[*[f"{row[0][:4]}{name[-2:]}" if row[0] else "" for name in levels], *row[1:4]] for row in ROWS]
    header = [*levels, *HEADER[1:4]]
    assert shown(document(*[TITLE, *header, *cells(rows, column)])) == [[header, *rows]]


def test_blank_lines_may_part_the_cells() -> None:
    rows = [row[:4] for row in ROWS]
    lines = [TITLE, *HEADER[:4], *cells(rows)]
    assert shown(document(*[part for line in lines for part in (line, "")])) == [[HEADER[:4], *rows]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["4"], ["4", "另加1分"]),
        (["问卷调查"], []),
        (["邻里互助（7分）"], ["邻里互助", "（7分）"]),
        (["4.每季度走访老人。"], ["4.每季度", "走访老人。"]),
        (["2.招牌摆放整齐。"], ["招牌摆放整齐。"]),
    ],
    ids=["two lines", "a cell is missing", "a level of two lines", "an item of two lines", "no number"],
)
def test_rows_that_do_not_fit_are_not_guessed(old: list[str], new: list[str]) -> None:
    lines = [TITLE, *HEADER, *cells(ROWS)]
    place = lines.index(old[0])
    result = document(*[*lines[:place], *new, *lines[place + 1 :]])
    assert not shown(result)
    assert [note.rule for note in result.notes] == LOST


def test_a_heading_takes_the_place_of_no_blank_cell() -> None:
    rows = [row[:4] for row in ROWS]
    rows[1][3] = ""
    result = document(*[TITLE, *HEADER[:4], *(line for line in cells(rows) if line)])
    assert not shown(result)
    assert [note.rule for note in result.notes] == LOST


def test_a_text_takes_the_place_of_no_blank_cell_behind_the_last_row() -> None:
    result = document(*[TITLE, *HEADER, *cells(ROWS)[:-1], "请按月上报。"])
    assert not shown(result)
    assert [note.rule for note in result.notes] == LOST


@pytest.mark.parametrize(
    "header",
    [["街区", *HEADER], ["考核项目", "考核内容", "考核方式", "责任单位", "得分"], HEADER[1:], [*HEADER, "备注"]],
    ids=["another name", "no scores", "a name is missing", "one too many"],
)
def test_a_header_of_other_columns_than_the_rows_is_reported(header: list[str]) -> None:
    result = document(*[TITLE, *header, *cells(ROWS)])
    assert not shown(result)
    assert [note.rule for note in result.notes] == LOST


def test_blank_cells_that_were_left_out_move_no_column() -> None:
    rows = [row[1:4] for row in ROWS]
    result = document(*[TITLE, "考核内容", "分值", "考核方式", "自评", "备注", *cells(rows, 0)])
    assert not shown(result)
    assert [note.rule for note in result.notes] == LOST


@pytest.mark.parametrize("n_rows", [500, 900])
def test_a_table_with_more_lines_than_are_looked_at_is_reported(n_rows: int) -> None:
    rows = [[f"{n}.走访居民户。", "1", "实地考察", ""] for n in range(1, n_rows)]
    result = document(*[TITLE, *HEADER[1:], *cells(rows, 0)])
    assert [table.n_rows for table in result.tables()] == [n_rows] * (n_rows == 500)
    assert [note.rule for note in result.notes] == LOST * (n_rows == 900)
