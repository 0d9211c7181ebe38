"""Tables in plain text with cells on lines of their own, whose rows are told by their scores."""

from __future__ import annotations

import pytest

from extractors.document import Document
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read

HEADER = ["考评项目", "考评内容", "分值", "考评方法"]
FARM = [
    ["一、\n田园整洁\n（15分）", "1、沟渠无漂浮物，有人巡护。", "7", "实地查看"],
    ["", "2、农膜回收率八成以上。", "8", "查阅台账"],
    ["二、\n邻里和睦\n（21分）", "1、积分超市每周开放，兑换有记录。", "6", "查阅台账\n走访农户"],
    ["", "2、红白事有人劝导，无大操大办。", "5", "走访农户"],
    ["", "3、评选好媳妇、好婆婆。", "10", "查阅台账"],
]
Rows = list[list[str]]


def lines_of(rows: Rows) -> str:
    """Rows as a copy has them: every cell on its lines, no trace of a cell that reaches down."""
    return "\n".join(text for row in rows for text in row if text)


def read_lines(rows: Rows, behind: str = "注：自评分须公示。") -> Document:
    text = f"关于开展考评的通知\n各村：\n现印发考评标准。\n{lines_of(rows)}\n{behind}\n镇文明办\n"
    return read(text.encode(), "通知.txt", Limits(), VOCABULARY_WORDS)


def rows_of(document: Document) -> Rows:
    (table,) = document.tables()
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def without_labels(rows: Rows) -> Rows:
    return [[row[0], row[1][2:], *row[2:]] for row in rows]


def one_method(rows: Rows) -> Rows:
    return [[*row[:3], *(text.split("\n")[0] for text in row[3:])] for row in rows]


def test_numbers_of_headings_and_items_part_the_lines_between_two_scores() -> None:
    document = read_lines([HEADER, *FARM])
    assert rows_of(document) == [HEADER, *FARM]
    assert not document.notes


@pytest.mark.parametrize(
    "heading",
    ["{0}、{1}（{2}分）", "{1}（{2}分）", "{1}\n（{2}分）", "（{0}）\n{1}\n（{2}分）", "{0}、{1}", "{0}、\n{1}"],
)
def test_headings_begin_with_a_number_or_end_with_points(heading: str) -> None:
    names = {0: heading.format("一", "田园整洁", 15), 2: heading.format("二", "邻里和睦", 21)}
    rows = [[names.get(place, ""), *row[1:]] for place, row in enumerate(without_labels(one_method(FARM)))]
    assert rows_of(read_lines([HEADER, *rows])) == [HEADER, *rows]


def test_a_table_without_headings_or_without_cells_behind_the_score() -> None:
    plain = [row[1:] for row in [HEADER, *one_method(FARM)]]
    assert rows_of(read_lines(plain)) == plain
    scores = [row[:3] for row in [HEADER, *FARM]]
    assert rows_of(read_lines(scores)) == scores


def test_two_cells_behind_the_score_and_a_line_known_from_others() -> None:
    units = ["农办", "妇联", "村委会", "妇联", "农办、妇联"]
    rows = [[*row, unit] for row, unit in zip(without_labels(FARM), units, strict=True)]
    assert rows_of(read_lines([[*HEADER, "责任单位"], *rows]))[1:] == rows


def test_lines_in_brackets_belong_to_the_header() -> None:
    header = ["考评项目\n（2项）", "考评内容", "分值\n（36分）", "考评方法"]
    assert rows_of(read_lines([header, *FARM]))[0] == [name.replace("\n", "") for name in header]


def test_totals_end_the_table() -> None:
    assert rows_of(read_lines([HEADER, *FARM, ["合计", "36"]])) == [HEADER, *FARM]


BROKEN = {
    "points of a heading that are not the sum below": [[FARM[0][0].replace("15", "14"), *FARM[0][1:]], *FARM[1:]],
    "a heading without a number among numbered ones": [*FARM[:2], ["邻里和睦\n（21分）", *FARM[2][1:]], *FARM[3:]],
    "a heading without points among others": [*FARM[:2], ["二、\n邻里和睦", *FARM[2][1:]], *FARM[3:]],
    "a heading without any sign": [["田园", *FARM[0][1:]], FARM[1], ["邻里", *FARM[2][1:]], *FARM[3:]],
    "a second line that is known from no other row": without_labels(
        [[*FARM[0][:3], "查阅台账\n问卷"], FARM[1], *one_method(FARM[2:])]
    ),
    "a heading without a number that may have two lines": [
        ["田园整洁（15分）", *FARM[0][1:]],
        FARM[1],
        ["邻里\n和睦（21分）", *FARM[2][1:]],
        *FARM[3:],
    ],
    "a blank cell behind a score": [*FARM[:3], FARM[3][:3], *FARM[4:]],
    "a blank cell behind the last score": [*FARM[:4], FARM[4][:3]],
    "no item": [*FARM[:3], ["", "", *FARM[3][2:]], *FARM[4:]],
    "too few rows": [FARM[0], FARM[1]],
    "a heading without a name": [["一、\n（15分）", *FARM[0][1:]], *FARM[1:]],
    "another total": [*FARM, ["合计", "37"]],
}


@pytest.mark.parametrize("rows", BROKEN.values(), ids=BROKEN)
def test_where_a_sign_is_missing_the_lines_are_told_and_no_table(rows: Rows) -> None:
    document = read_lines([HEADER, *rows])
    assert not list(document.tables())
    assert [note.rule for note in document.notes] == ["cell_lines"]


def test_two_scores_in_the_header_and_levels_of_headings_are_left_alone() -> None:
    assert not list(read_lines([["考评项目", "考评内容", "分值", "权重"], *FARM]).tables())
    levels = [["考评类别", *HEADER], *([f"{place}类", *row] for place, row in enumerate(FARM))]
    assert not list(read_lines(levels).tables())


def test_numbers_in_a_letter_are_no_scores() -> None:
    letter = "考评内容\n另行通知\n分值\n见附件\n7\n件事要抓紧办。\n8\n项制度要落实。\n9\n个村要整改。\n5\n月底前报送。"
    document = read(letter.encode(), "通知.txt", Limits(), VOCABULARY_WORDS)
    assert not list(document.tables())


PLAIN = [row[1:] for row in one_method([*FARM[:2], *FARM[3:]])]
PAIRS = [
    ["沟渠有人巡护。", "5", "查阅台账", "农办"],
    ["积分超市每周开放。", "5", "走访农户\n查阅台账", "妇联"],
    ["红白事有人劝导。", "5", "走访农户", "农办"],
    ["村晚有演出。", "5", "走访农户", "妇联"],
    ["农膜回收过八成。", "5", "查阅台账", "农办"],
]


def with_numbers(*numbers: int) -> Rows:
    return [[f"{number}、{row[0][2:]}", *row[1:]] for number, row in zip(numbers, PLAIN, strict=True)]


LINES_LOST = {
    "the score of an item": [
        *with_numbers(1, 2, 3, 4)[:2],
        ["3、红白事有人劝导。", "", "民调"],
        *with_numbers(1, 2, 4, 5)[2:],
    ],
    "the score of the last item": [*with_numbers(1, 2, 3, 4), ["5、村晚有演出。", "", "民调"]],
    "the score of the last item without a number": [*(row for row in PAIRS), ["农具归位。", "", "走访农户", "农办"]],
    "an item": with_numbers(1, 2, 4, 5),
    "the cell behind two lines": [PAIRS[0], [*PAIRS[1][:3], ""], *PAIRS[2:]],
    "where the first of two cells ends": [PAIRS[0], [*PAIRS[1][:2], "走访农户\n问卷", "妇联\n农办"], *PAIRS[2:]],
}


@pytest.mark.parametrize("rows", LINES_LOST.values(), ids=LINES_LOST)
def test_a_line_that_is_missing_leaves_no_table(rows: Rows) -> None:
    header = [*HEADER[1:], "责任单位"][: len(rows[0])]
    document = read_lines([header, *rows])
    assert not list(document.tables())
    assert [note.rule for note in document.notes] == ["cell_lines"]


def test_items_count_on_below_each_heading_or_through_and_hold_other_numbers() -> None:
    plain = [HEADER[1:], *with_numbers(1, 2, 3, 4)]
    assert rows_of(read_lines(plain)) == plain
    numbers = [1, 2, 3, 4, 5]
    through = [[row[0], f"{n}、{row[1][2:]}", *row[2:]] for n, row in zip(numbers, FARM, strict=True)]
    through[0][1] += "\n（2）每天保洁。"
    assert rows_of(read_lines([HEADER, *through])) == [HEADER, *through]


def test_points_of_headings_and_totals_have_decimals() -> None:
    rows = [[row[0].replace("15", "7.7"), *row[1:]] for row in FARM]
    rows[0][2], rows[1][2] = "7.6", "0.1"
    assert rows_of(read_lines([HEADER, *rows, ["合计", "28.7"]])) == [HEADER, *rows]
