"""Tables in plain text whose cells are parted by lines with a TAB only, as copied from a page."""

from __future__ import annotations

import pytest

from extractors.document import Document, Paragraph
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read

Row = list[str | None]
"""The texts of a row; None where a cell above it reaches down."""
HEADER: Row = ["测评项目", "测评内容", "分值", "测评方法", "责任单位"]
HARBOUR: list[Row] = [
    ["码头秩序（20分）", "候船室每日清扫三遍，座椅完好。", "8", "实地察看", "客运站"],
    [None, "检票口设一米线，有人疏导。", "6", "实地察看", "客运站、港务科"],
    [None, "残疾人通道无堆物。", "6", "查看记录", "港务科"],
    ["船容船貌（15分）", "船舷标识清楚，无锈蚀破损。", "5", "实地察看", "船队"],
    [None, "船员佩戴工牌，用语文明。", "7", "查看记录", "船队、工会"],
    [None, "救生衣一人一件，定期检验。", "3", "查看记录", "安全科"],
]
PARAGRAPHS = "\n\n\t\n\n"
"""Between two cells that hold paragraphs."""


def copy(rows: list[Row], cell: str = PARAGRAPHS, row: str = "\n\n") -> str:
    """Rows as a copy has them: no trace of cells that reach down."""
    return row.join(cell.join(text for text in texts if text is not None) for texts in rows)


def read_copy(table: str) -> Document:
    text = f"关于开展文明港口创建的通知\n\n各科室：\n\n测评表如下。\n\n{table}\n\n注：得分80分以上为合格。\n"
    return read(text.encode(), "通知.txt", Limits(), VOCABULARY_WORDS)


def rows_of(document: Document) -> list[list[str]]:
    (table,) = document.tables()
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def filled(rows: list[Row]) -> list[list[str]]:
    return [[text or "" for text in row] for row in rows]


@pytest.mark.parametrize(
    ("cell", "row"),
    [
        (PARAGRAPHS, "\n\n"),
        (PARAGRAPHS, "\n\n\n\n"),
        ("\n\n \t \n\n", "\n\n"),
        ("\n\t\n", "\n"),
        ("\n\t\n", "\n\n"),
        ("\t\n\n", "\n\n"),
        ("\r\n\t\r\n", "\r\n"),
    ],
)
def test_tabs_part_cells_and_line_breaks_part_rows(cell: str, row: str) -> None:
    document = read_copy(copy([HEADER, *HARBOUR], cell, row))
    assert rows_of(document) == filled([HEADER, *HARBOUR])
    assert not document.notes


def test_cells_that_reach_down_in_the_middle_and_at_the_end() -> None:
    for column in (3, 4):
        rows = [row if row[0] else [None if c == column else text for c, text in enumerate(row)] for row in HARBOUR]
        document = read_copy(copy([HEADER, *rows]))
        assert rows_of(document) == filled([HEADER, *rows])
        assert [note.rule for note in document.notes] == ["cell_lines"], "only likeness tells which are missing"


def test_two_levels() -> None:
    levels: list[Row] = [["一级指标", *HEADER]]
    levels += [["设施" if place == 0 else None, *row] for place, row in enumerate(HARBOUR)]
    assert rows_of(read_copy(copy(levels))) == filled(levels)


def test_a_title_between_rows_is_a_row_of_its_own() -> None:
    bands: list[Row] = [["一、码头秩序"], *HARBOUR[:1], ["二、船容船貌"], *HARBOUR[3:4]]
    rows = rows_of(read_copy(copy([HEADER, *bands])))
    assert [row[0] for row in rows[1:]] == [row[0] for row in bands]
    assert rows[1][1:] == [""] * 4


def test_totals_lack_any_cell() -> None:
    rows = rows_of(read_copy(copy([HEADER, *HARBOUR, ["合计", "35"]])))
    assert rows[-1] == ["合计", "", "35", "", ""]


def test_blank_cells() -> None:
    blank: list[Row] = [[*row[:4], "" if row[0] is None else row[4]] for row in HARBOUR]
    assert rows_of(read_copy(copy([HEADER, *blank]))) == filled([HEADER, *blank])
    first: list[Row] = [[text or "" for text in row] for row in HARBOUR]
    assert rows_of(read_copy(copy([HEADER, *first]))) == filled([HEADER, *first])


@pytest.mark.parametrize("column", [1, 3])
def test_paragraphs_of_a_cell_stand_closer_than_rows(column: int) -> None:
    rows: list[Row] = [[(text or "") + ("\n\n另见附表。" if c == column else "") if text else text
                        for c, text in enumerate(row)] for row in HARBOUR]  # fmt: skip
    read_rows = rows_of(read_copy(copy([HEADER, *rows], row="\n\n\n\n")))
    assert [[text.replace("\n", "\n\n") for text in row] for row in read_rows] == filled([HEADER, *rows])


def test_paragraphs_as_far_apart_as_rows_go_where_they_are_alike_and_are_told() -> None:
    last = [3 if c == 4 else 4 if c == 3 else c for c in range(5)]
    methods = [
        [text and text.replace("查看记录", "查看记录\n\n走访群众") for text in row] for row in [HEADER, *HARBOUR]
    ]
    document = read_copy(copy([[row[c] for c in last] for row in methods]))
    column = [row[4].split("\n") for row in rows_of(document)[1:]]
    assert column == [(row[3] or "").replace("查看记录", "查看记录\n走访群众").split("\n") for row in HARBOUR]
    assert [note.rule for note in document.notes] == ["cell_lines"]


def test_a_header_of_two_lines() -> None:
    for name in ("分值", "测评方法", "责任单位"):
        header: Row = [text and text.replace(name, f"{name[:2]}\n{name[2:] or '（分）'}") for text in HEADER]
        rows = rows_of(read_copy(copy([header, *HARBOUR])))
        assert rows == filled([header, *HARBOUR])


def test_another_header_begins_another_table() -> None:
    other: list[Row] = [["序号", "任务", "牵头部门"], ["1", "修缮栈桥。", "港务科"], ["2", "更换灯具。", "船队"]]
    document = read_copy(f"{copy([HEADER, *HARBOUR])}\n\n附件2\n\n任务表\n\n{copy(other)}")
    assert [(table.n_rows, table.n_cols) for table in document.tables()] == [(7, 5), (3, 3)]


def test_a_menu_above_the_notice_is_no_part_of_its_table() -> None:
    menu = PARAGRAPHS.join(["首页", "新闻", "公开", "服务", "互动", "专题"])
    document = read_copy(f"{menu}\n\n{copy([HEADER, *HARBOUR])}")
    assert rows_of(document) == filled([HEADER, *HARBOUR])


def test_cells_without_a_header_are_text_and_told() -> None:
    document = read_copy(copy(HARBOUR))
    assert not list(document.tables())
    assert [(note.rule, note.locator) for note in document.notes] == [("cell_lines", "第7行")]


def test_paragraphs_of_a_letter_parted_by_tabs_are_text() -> None:
    letter = ["一、高度重视，加强领导。", "二、明确分工，落实责任。", "三、强化督查，务求实效。"] * 2
    document = read_copy("\n\t\n".join(letter))
    assert not list(document.tables())
    assert not document.notes


def test_a_table_of_too_many_lines_is_text() -> None:
    document = read_copy(copy([HEADER, *HARBOUR * 350]))
    assert not list(document.tables())
    assert [note.rule for note in document.notes] == ["cell_lines"]


def test_a_note_behind_the_table_does_not_fill_its_last_cell() -> None:
    rows: list[Row] = [["项目", "内容", "分值", "责任单位"], *([f"第{r[2]}项", r[1], r[2], "客运站"] for r in HARBOUR)]
    rows[-1][-1] = ""
    text = copy(rows, "\n\t\n", "\n\n\n") + "\n\n\n注：每季一次。\n"
    document = read(text.encode(), "通知.txt", Limits(), VOCABULARY_WORDS)
    assert rows_of(document) == filled(rows)
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["注：每季一次。"]
