"""Tables without ruling lines: rows from texts that begin side by side, spans from texts that run on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.document import Paragraph, Table
from extractors.layout import Page, Ruling, Word, lay_out
from extractors.layout.text_lines import measure_ems
from extractors.parsers.table_words import VOCABULARY_WORDS
from tests.extractors.layout.draw_pages import (
    LEADING,
    TYPE_SIZE,
    block_texts,
    horizontal,
    lay_out_blocks,
    make_page,
    make_word,
    only_table,
    table_texts,
    vertical,
)

XS = (60.0, 100.0, 180.0, 420.0, 460.0)
ENDS = (90.0, 170.0, 380.0, 440.0, 550.0)
HEADER = ("序号", "测评项目", "测评标准", "分值", "责任单位")
LONG = "建立健全志愿服务组织，定期开展活动并做好记录，全年不少于十二次，每次有方案、有图片、有总结。"
LONGER = f"{LONG}单位内部设有阅览室，藏书不少于一千册，并有借阅登记。"


def wrap(text: str, width: float) -> list[str]:
    """Break a text into lines as typesetting does; a line feed is kept."""
    lines = []
    for part in text.split("\n"):
        line = ""
        for char in part:
            if measure_ems(line + char) * TYPE_SIZE > width and char not in "，。；）":
                lines.append(line)
                line = ""
            line += char
        lines.append(line)
    return lines


def draw_rows(
    rows: Sequence[Sequence[str]],
    top: float = 100.0,
    xs: Sequence[float] = XS,
    ends: Sequence[float] = ENDS,
    *,
    centred: bool = False,
) -> tuple[list[Word], list[float]]:
    """Return the words of rows that follow each other without white, each as high as its tallest cell; and tops."""
    words: list[Word] = []
    tops = [top]
    for row in rows:
        cells = [wrap(text, end - x) for text, x, end in zip(row, xs, ends, strict=True)]
        tallest = max(map(len, cells))
        for lines, x in zip(cells, xs, strict=True):
            first = tops[-1] + ((tallest - len(lines)) * LEADING / 2 if centred else 0.0)
            words += [make_word(line, x, first + i * LEADING) for i, line in enumerate(lines) if line]
        tops.append(tops[-1] + tallest * LEADING)
    return words, tops


def read_rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the texts of the table drawn from rows below their header."""
    words, _ = draw_rows([HEADER, *rows])
    return [
        [text.replace("\n", "") for text in row] for row in table_texts(only_table(lay_out_blocks([make_page(words)])))
    ]


def test_rows_begin_where_texts_begin_side_by_side() -> None:
    rows = [
        ["1", "组织领导", LONG, "5", "办公室"],
        ["2", "志愿服务", "开展活动。", "10", "机关党委、工会、团委、妇委会"],
        ["3", "文明餐桌", LONGER, "2", "后勤服务中心"],
    ]
    assert read_rows(rows) == [list(HEADER), *rows]


def test_blank_squares_stay_open_for_the_cell_above() -> None:
    rows = [["1", "组织领导", LONG, "5", "办公室"], ["", "", LONGER, "4", ""], ["", "", LONG, "3", "人事科"]]
    words, _ = draw_rows([HEADER, *rows])
    table = only_table(lay_out_blocks([make_page(words)]))
    assert not table.spans_known
    assert [[text.replace("\n", "") for text in row] for row in table_texts(table)][1:] == rows


def test_marks_that_count_on_begin_rows() -> None:
    rows = [
        ["1", "组织领导", f"1.{LONG}", "", "办公室"],
        ["", "", f"2.{LONG}", "", ""],
        ["2", "志愿服务", f"3.{LONG}", "", "工会"],
        ["", "", f"4.{LONG}", "", ""],
    ]
    assert [row[2] for row in read_rows(rows)][1:] == [row[2] for row in rows]


def test_a_list_inside_a_cell_stays_there() -> None:
    text = f"1.{LONG}\n2.{LONG}\n3.{LONG}"
    rows = [[str(i), "组织领导", text, "5", "办公室"] for i in range(1, 4)]
    assert [row[2] for row in read_rows(rows)][1:] == [text.replace("\n", "")] * 3


def test_items_that_end_with_their_points_are_rows() -> None:
    items = [
        f"{LONG}（2分）。",
        "开展活动（1分）。",
        f"{LONG}（3分）。",
        "提供图片（1分）。",
        f"{LONG}（2分）。",
        "有总结（1分）。",
    ]
    rows = [
        [str(i) if i < 5 else "", "组织领导" if i == 1 else "", item, "", "工会" if i < 5 else ""]
        for i, item in enumerate(items, 1)
    ]
    assert [row[2] for row in read_rows(rows)][1:] == items


def test_text_beside_several_rows_is_one_cell() -> None:
    words, tops = draw_rows([HEADER, *([str(i), "", f"开展第{i}项活动。\n提供图片。", "5", ""] for i in range(1, 5))])
    words += [make_word(line, 460, tops[1] + i * LEADING) for i, line in enumerate(wrap(LONG * 2, 90))][:8]
    texts = table_texts(only_table(lay_out_blocks([make_page(words)])))
    assert [row[4] for row in texts][1:] == [texts[1][4], '"', '"', '"']


def test_heading_broken_by_hand_is_one_cell() -> None:
    words, tops = draw_rows([HEADER, *(["", "", f"第{i}项：{LONG[:25]}", str(i), ""] for i in range(1, 11))])
    for first, lines in ((1, ("队伍", "建设", "情况")), (6, ("志愿", "服务", "活动"))):
        words += [make_word(line, 100, tops[first] + i * LEADING) for i, line in enumerate(lines)]
    texts = [row[1] for row in table_texts(only_table(lay_out_blocks([make_page(words)])))]
    assert [text.replace("\n", "") for text in texts][1:7] == ["队伍建设情况", '"', "", "", "", "志愿服务活动"]


def test_headings_with_a_code_run_on_to_the_next_code() -> None:
    words, tops = draw_rows([HEADER, *(["", "", f"开展第{i}项活动。", str(i), "工会"] for i in range(1, 7))])
    for first, lines in ((1, ("Ⅱ-1", "组织", "领导")), (4, ("Ⅱ-2", "志愿", "服务"))):
        words += [make_word(line, 100, tops[first] + i * LEADING) for i, line in enumerate(lines)]
    texts = [row[1] for row in table_texts(only_table(lay_out_blocks([make_page(words)])))]
    assert [text.replace("\n", "") for text in texts][1:] == ["Ⅱ-1组织领导", '"', '"', "Ⅱ-2志愿服务", '"', '"']


def test_lines_of_equal_length_are_rows_of_their_own() -> None:
    rows = [[str(i), "组织领导", "开展活动提供图片", str(i + 1), "办公室"] for i in range(1, 6)]
    assert read_rows(rows) == [list(HEADER), *rows]


def test_header_words_over_several_lines() -> None:
    header = ["序\n号", "测评\n项目", "测评标准", "分\n值", "责任\n单位"]
    words, _ = draw_rows([header, ["1", "组织领导", LONG, "5", "办公室"], ["2", "志愿服务", LONG, "6", "工会"]])
    texts = table_texts(only_table(lay_out_blocks([make_page(words)])))
    assert [text.replace("\n", "") for text in texts[0]] == list(HEADER)
    assert [row[3] for row in texts][1:] == ["5", "6"]


def test_heading_over_several_columns_of_a_header() -> None:
    xs, ends = (60.0, 100.0, 300.0, 370.0, 460.0), (90.0, 290.0, 350.0, 440.0, 540.0)
    words = [make_word("责任单位（★牵头，√配合）", 305, 100)]
    for text, x in (("序号", 60), ("工作任务", 100), ("完成时限", 460)):
        words.append(make_word(text, x, 100))
    below, _ = draw_rows(
        [["", "", "宣传部", "教育局", ""], *([str(i), f"开展第{i}项活动", "★", "√", "6月底前"] for i in range(1, 6))],
        113, xs, ends,
    )  # fmt: skip
    texts = table_texts(only_table(lay_out_blocks([make_page([*words, *below])])))
    assert texts[0] == ["序号", "工作任务", "责任单位（★牵头，√配合）", '"', "完成时限"]
    assert texts[1] == ['"', '"', "宣传部", "教育局", '"']
    assert texts[2:] == [[str(i), f"开展第{i}项活动", "★", "√", "6月底前"] for i in range(1, 6)]


@pytest.mark.parametrize("is_repeated", [True, False])
def test_table_goes_on_with_its_columns_on_the_next_page(is_repeated: bool) -> None:
    first, _ = draw_rows([HEADER, ["1", "组织领导", LONG, "5", "办公室"], ["2", "志愿服务", LONG, "6", "工会"]], 600)
    rows = [["3", "文明餐桌", LONG, "7", "后勤服务中心"], ["4", "环境卫生", "打扫。", "8", ""]]
    second, _ = draw_rows([HEADER, *rows] if is_repeated else rows, 60)
    texts = table_texts(only_table(lay_out_blocks([make_page(first), make_page(second, number=2)])))
    assert [row[0] for row in texts] == ["序号", "1", "2", "3", "4"]
    assert [row[3] for row in texts] == ["分值", "5", "6", "7", "8"]


def test_prose_on_the_next_page_is_no_row() -> None:
    first, _ = draw_rows([HEADER, ["1", "组织领导", LONG, "5", "办公室"], ["2", "志愿服务", LONG, "6", "工会"]], 600)
    prose = [make_word(line, 60, 60 + i * LEADING) for i, line in enumerate(wrap(LONGER * 3, 470))]
    blocks = lay_out_blocks([make_page(first), make_page(prose, number=2)])
    assert only_table(blocks).n_rows == 3
    assert isinstance(blocks[-1], Paragraph)


def test_another_table_with_the_same_header_is_one_of_its_own() -> None:
    rows = [["1", "组织领导", LONG, "5", "办公室"], ["2", "志愿服务", LONG, "6", "工会"]]
    first, tops = draw_rows([HEADER, *rows])
    second, _ = draw_rows([HEADER, *rows], tops[-1] + 5)
    tables = [b for b in lay_out_blocks([make_page([*first, *second])]) if isinstance(b, Table)]
    assert [table.n_rows for table in tables] == [3, 3]


def read_notes(words: Sequence[Word], rulings: Sequence[Ruling] = ()) -> list[str]:
    return [note.rule for note in lay_out([make_page(words, rulings)], words=VOCABULARY_WORDS).notes]


def test_texts_centred_in_their_rows_are_doubtful() -> None:
    rows = [[str(i), "组织领导", LONGER, "5", "办公室"] for i in range(1, 8)]
    assert read_notes(draw_rows([HEADER, *rows])[0]) == ["inferred_rows"]
    assert read_notes(draw_rows([HEADER, *rows], centred=True)[0]) == ["unsure_rows"]


def draw_spaced_rows(rows: Sequence[Sequence[str]], *, centred: bool, leading: float = LEADING) -> list[Word]:
    """Return the words of rows with white between them."""
    words: list[Word] = []
    top = 100.0
    for row in [HEADER, *rows]:
        cells = [wrap(text, end - x) for text, x, end in zip(row, XS, ENDS, strict=True)]
        tallest = max(map(len, cells))
        for lines, x in zip(cells, XS, strict=True):
            first = top + ((tallest - len(lines)) * leading / 2 if centred else 0.0)
            words += [make_word(line, x, first + i * leading) for i, line in enumerate(lines) if line]
        top += tallest * leading + 8.0
    return words


BRIEF = "每年开展两次志愿服务活动，有方案、图片和总结，并报县里备案。"


@pytest.mark.parametrize("leading", [LEADING, 1.2 * TYPE_SIZE], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    "texts",
    [(BRIEF, BRIEF), (LONG, LONG), (LONG, LONGER), ("开展活动。", LONG), ("开展活动。", LONGER), ("开展活动。", BRIEF)],
    ids=["two lines", "three lines", "more lines", "one and three", "one and many", "one and two"],
)
def test_one_centred_row_is_enough_to_doubt(texts: tuple[str, str], leading: float) -> None:
    rows = [["1", "组织领导", texts[0], "5", "办公室"], ["2", "志愿服务", texts[1], "5", "工会"]]
    rows += [[str(i), "宣传教育", "开展活动。", "5", "人事科"] for i in range(3, 20)]
    assert read_notes(draw_spaced_rows(rows, centred=False, leading=leading)) == ["inferred_rows"]
    assert read_notes(draw_spaced_rows(rows, centred=True, leading=leading)) == ["unsure_rows"]


def test_one_text_with_the_centre_of_a_longer_one_is_enough_to_doubt() -> None:
    rows = [["", "组织领导和宣传教育工作", BRIEF, "", ""]] * 12
    rows += [["", "志愿服务", LONG, "", ""]]
    assert read_notes(draw_spaced_rows(rows, centred=False)) == ["inferred_rows"]
    assert read_notes(draw_spaced_rows(rows, centred=True)) == ["unsure_rows"]


def test_heading_centred_beside_its_rows_is_doubtful() -> None:
    def draw(shift: float) -> list[Word]:
        words = draw_spaced_rows([["", "", "开展活动。", "5", "办公室"]] * 8, centred=False)
        tops = sorted({word.top for word in words})[1:]
        return [*words, *(make_word("志愿服务", XS[1], top + shift) for top in tops[::2])]

    assert read_notes(draw(0.0)) == ["inferred_rows"]
    assert read_notes(draw((LEADING + 8.0) / 2)) == ["unsure_rows"]


def test_rows_of_one_line_joined_over_white_are_doubtful() -> None:
    rows = [["1", "组织领导", "召开动员会。", "5", "办公室"], ["", "", "制定工作方案并报县里备案。", "", ""]]
    rows += [[str(i), "宣传教育", "开展活动。", "5", "人事科"] for i in range(2, 20)]
    rows += [["20", "志愿服务", BRIEF, "5", "工会"]]
    assert read_notes(draw_spaced_rows(rows, centred=False)) == ["unsure_rows"]


def test_smaller_type_beside_the_first_line_is_not_doubtful() -> None:
    rows = [["", "组织领导", LONG, "5", "办公室"], ["", "志愿服务", LONGER, "5", "工会"]]
    words = draw_spaced_rows(rows, centred=False)
    tops = sorted(word.top for word in words if word.text in ("组织领导", "志愿服务"))
    numbers = [Word("①", XS[0], top, XS[0] + 7.0, top + 7.0) for top in tops]
    assert read_notes([*words, *numbers]) == ["inferred_rows"]


FRAMED = [["1", "组织领导", LONG, "5", "办公室"], ["", "", LONGER, "4", "工会"], ["2", "志愿服务", LONG, "3", "人事科"]]


def test_frame_with_one_line_below_its_header() -> None:
    words, tops = draw_rows([HEADER, *FRAMED])
    rulings = [horizontal(y, 55, 570) for y in (tops[0], tops[1], tops[-1])]
    rulings += [vertical(x, tops[0], tops[-1]) for x in (55, 570)]
    table = only_table(lay_out_blocks([make_page(words, rulings)]))
    assert [[text.replace("\n", "") for text in row] for row in table_texts(table)] == [list(HEADER), *FRAMED]


def test_frame_around_prose_is_no_table() -> None:
    words = [make_word(line, 60, 100 + i * LEADING) for i, line in enumerate(wrap(LONGER * 3, 470))]
    rulings = [horizontal(y, 55, 570) for y in (98, 200)] + [vertical(x, 98, 200) for x in (55, 570)]
    assert not [b for b in lay_out_blocks([make_page(words, rulings)]) if isinstance(b, Table)]


def half_ruled(rows: Sequence[Sequence[str]], top: float) -> tuple[list[Word], list[Ruling], float]:
    words, tops = draw_rows(rows, top + 1)
    return words, [horizontal(y - 1, 55, 570) for y in tops], tops[-1]


def test_two_tables_as_wide_as_each_other_are_two() -> None:
    first, first_rulings, bottom = half_ruled([HEADER, *FRAMED], 100)
    title = make_word("附件2", 60, bottom + 15)
    second, second_rulings, _ = half_ruled([HEADER, *FRAMED], bottom + 40)
    blocks = lay_out_blocks([make_page([*first, title, *second], [*first_rulings, *second_rulings])])
    assert block_texts(blocks) == ["[表]", "附件2", "[表]"]


def draw_between_lines(rows: Sequence[Sequence[tuple[str, float]]]) -> Page:
    """Return a page with a horizontal line above and below each row of one line."""
    ys = [100.0 + i * 20.0 for i in range(len(rows) + 1)]
    words = [make_word(text, x, y + 5) for row, y in zip(rows, ys, strict=False) for text, x in row]
    return make_page(words, [horizontal(y, 55, 420) for y in ys])


UNITS = [("序号", 60.0), ("教育局", 110.0), ("公安局", 150.0), ("住建局", 190.0), ("完成时限", 300.0)]
STREETS = [("甲", 60.0), ("东街", 110.0), ("西街", 150.0), ("南街", 190.0), ("北街", 300.0)]
MARKED = [[(str(i), 60.0), ("√", 110.0 + 40.0 * i), ("六月底前", 300.0)] for i in range(3)]
HEADING = [("事项", 60.0), ("责任单位（★牵头，√配合）", 110.0), ("要求", 300.0)]
FOOT = [("填报单位（盖章）：某县教育局", 60.0), ("联系电话：", 250.0)]


@pytest.mark.parametrize(
    "rows", [[HEADING, UNITS, *MARKED], [STREETS, *MARKED, FOOT]], ids=["heading over columns", "foot"]
)
def test_one_line_over_several_columns_of_a_short_table_hides_none(rows: list[list[tuple[str, float]]]) -> None:
    texts = table_texts(only_table(lay_out_blocks([draw_between_lines(rows)])))
    assert [text for text, _ in max(rows, key=len)] in texts
    assert {len(row) for row in texts} == {5}


def test_serial_numbers_set_unevenly_are_one_column() -> None:
    rows = [
        [("序号名称", 60.0), ("测评内容", 150.0), ("分值", 300.0)],
        [("1", 77.0), ("健全组织机构", 150.0), ("5", 300.0)],
        [("2", 65.0), ("开展志愿服务", 150.0), ("2", 300.0)],
    ]
    assert {len(row) for row in table_texts(only_table(lay_out_blocks([draw_between_lines(rows)])))} == {3}


def test_two_lines_between_rules_are_no_table() -> None:
    blocks = lay_out_blocks(
        [draw_between_lines([[(LONG[:30], 60.0)], [("城东区", 60.0), ("2024", 200.0), ("第3期", 350.0)]])]
    )
    assert not [block for block in blocks if isinstance(block, Table)]


def test_columns_between_horizontal_lines_are_those_of_the_page_before() -> None:
    pages: list[Page] = []
    parts: list[list[Sequence[str]]] = [[HEADER, *FRAMED], [["3", "环境卫生", "打扫。", "8", "后勤服务中心"]] * 3]
    for number, rows in enumerate(parts, 1):
        words, rulings, _ = half_ruled(rows, 60 if number > 1 else 600)
        pages.append(make_page(words, rulings, number))
    texts = table_texts(only_table(lay_out_blocks(pages)))
    assert texts[-1] == ["3", "环境卫生", "打扫。", "8", "后勤服务中心"]
    assert len(texts) == 7


def test_roster_and_signatures_are_no_table() -> None:
    roster = [
        make_word(text, x, 100 + i * LEADING)
        for i, row in enumerate(
            (("组  长", "王建国", "局长"), ("副组长", "李  明", "副局长"), ("成  员", "赵  敏", "科长"))
        )
        for text, x in zip(row, (60, 140, 220), strict=True)
    ]
    assert all(isinstance(b, Paragraph) for b in lay_out_blocks([make_page(roster)]))
