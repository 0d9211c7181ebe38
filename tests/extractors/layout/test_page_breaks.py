"""Tables cut by page edges: joined, cut rows and spans joined, repeated headers dropped."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout import Page, Word
from tests.extractors.layout.draw_pages import (
    block_texts,
    horizontal,
    lay_out_blocks,
    make_page,
    make_table_page,
    make_word,
    only_table,
    table_texts,
    vertical,
)
from tests.extractors.layout.draw_pages import make_lines as drawn_lines

XS = [50.0, 110.0, 350.0, 400.0]
HEADER = ["测评项目", "测评内容", "分值"]


def test_header_repeated_on_each_page_is_read_once() -> None:
    pages = [
        make_table_page([HEADER, ["组织", "成立机构。", "5"]], XS, 1),
        make_table_page([HEADER, ["宣传", "开展宣传。", "3"]], XS, 2),
    ]
    found = only_table(lay_out_blocks(pages))
    assert table_texts(found) == [HEADER, ["组织", "成立机构。", "5"], ["宣传", "开展宣传。", "3"]]
    assert (found.first_page, found.last_page) == (1, 2)


def test_ten_pages_without_repeated_header_are_one_table() -> None:
    pages = [make_table_page([HEADER, ["甲", "内容。", "1"]], XS, 1)]
    pages += [
        make_table_page([[f"项{n}", f"第{n}页的内容。", str(n)], ["又", "一行。", "2"]], XS, n) for n in range(2, 11)
    ]
    found = only_table(lay_out_blocks(pages))
    assert (found.n_rows, found.first_page, found.last_page) == (20, 1, 10)
    assert [row[2] for row in table_texts(found)][:4] == ["分值", "1", "2", "2"]


def test_row_cut_by_the_page_edge_is_one_row() -> None:
    full = "一" * 23
    pages = [
        make_table_page([HEADER, ["甲", "完整的一行。", "1"], ["乙项", f"{full}\n{full}", "5"]], XS, 1, tight=True),
        make_table_page([["", "续写到此为止。", ""], ["丙", "下一行。", "3"]], XS, 2, tight=True),
    ]
    found = only_table(lay_out_blocks(pages))
    assert table_texts(found)[2:] == [["乙项", f"{full}{full}续写到此为止。", "5"], ["丙", "下一行。", "3"]]


def test_new_row_at_the_top_of_a_page_stays_a_row() -> None:
    pages = [
        make_table_page([HEADER, ["甲", "完整的一行。", "1"], ["乙", "第二行的内容。", "5"]], XS, 1, tight=True),
        make_table_page([["丙", "第三行的内容。", "3"], ["丁", "第四行的内容。", "3"]], XS, 2, tight=True),
    ]
    assert [row[0] for row in table_texts(only_table(lay_out_blocks(pages)))] == ["测评项目", "甲", "乙", "丙", "丁"]


LINE = "认真开展文明创建主题活动并按照规定及时报送工作"
"""Fills a line of the middle column, so that no word more has room."""
ROWS = [[f"{n}", f"{n}月开展宣传。", "2"] for n in range(1, 5)]


def test_row_cut_with_room_left_is_one_row_when_its_number_is_missing() -> None:
    """Typesetters keep single lines from standing alone, which leaves the room of one or two lines."""
    pages = [
        make_table_page([HEADER, *ROWS, ["5", f"{LINE}\n", "3"]], XS, 1, tight=True),
        make_table_page([["", "总结，做到常态长效。", ""], ["6", "下一行。", "3"]], XS, 2, tight=True),
    ]
    assert table_texts(only_table(lay_out_blocks(pages)))[5:] == [
        ["5", f"{LINE}总结，做到常态长效。", "3"],
        ["6", "下一行。", "3"],
    ]


def _spanned(rows: list[tuple[str, str, str]], number: int) -> Page:
    """Rows of which one with a blank first text belongs to the merged cell above; each is two lines high."""
    ys = [100.0 + 30 * i for i in range(len(rows) + 1)]
    rulings = [vertical(x, ys[0], ys[-1]) for x in XS] + [horizontal(ys[-1], 50, 400)]
    words: list[Word] = []
    for y, (first, text, points) in zip(ys, rows, strict=False):
        rulings.append(horizontal(y, 50 if first or y == ys[0] else 110, 400))
        for x, cell in zip(XS, (first, text, points), strict=False):
            words += [w for w in drawn_lines(cell, x + 3, y + 2) if w.text]
    return make_page(words, rulings, number)


FIRST = [("测评项目", "测评内容", "分值"), *(("组织" if n == 1 else "", f"{n}月宣传。", "2") for n in range(1, 5))]


def test_row_cut_with_room_left_is_one_row_when_its_sentence_is_unfinished() -> None:
    pages = [
        _spanned([*FIRST, ("宣传", LINE, "5")], 1),
        _spanned([("", "总结，做到常态长效。", ""), ("工作", "下一行。", "3")], 2),
    ]
    found = only_table(lay_out_blocks(pages))
    assert table_texts(found)[5:] == [["宣传", f"{LINE}总结，做到常态长效。", "5"], ["工作", "下一行。", "3"]]


def test_row_under_a_span_that_goes_on_is_new_when_the_sentence_above_is_finished() -> None:
    pages = [
        _spanned([*FIRST, ("宣传", f"{LINE[:-1]}。", "5")], 1),
        _spanned([("", "总结，做到常态长效。", ""), ("工作", "下一行。", "3")], 2),
    ]
    assert only_table(lay_out_blocks(pages)).n_rows == 8


def test_full_cells_all_followed_by_others_are_two_rows() -> None:
    """Names fill a narrow column to its edge without being cut."""
    xs = [50.0, 110.0, 350.0, 386.0]
    rows = [[f"第{n}项\n任务", f"{n}月开展宣传，\n报送总结；", "何文"] for n in range(1, 4)]
    pages = [
        make_table_page([[*HEADER[:2], "责任人"], *rows, ["第四项", "开展宣传；", "赵建国"]], xs, 1, tight=True),
        make_table_page([["第五项", "利用宣传栏抓好宣传；", "林洋文"]], xs, 2, tight=True),
    ]
    assert only_table(lay_out_blocks(pages)).n_rows == 6


def _span_page(number: int, first: str, top: float = 100.0) -> Page:
    """Three rows under one merged cell in the first column."""
    rows = 3
    ys = [top + 20 * i for i in range(rows + 1)]
    rulings = [horizontal(ys[0], 50, 400), horizontal(ys[-1], 50, 400), *(horizontal(y, 110, 400) for y in ys[1:-1])]
    rulings += [vertical(x, ys[0], ys[-1]) for x in XS]
    words = [make_word(first, 53, ys[0] + 3)] if first else []
    for i, y in enumerate(ys[:-1]):
        words += [make_word(f"{number}页第{i}条任务。", 113, y + 3), make_word(str(i + 1), 360, y + 3)]
    return make_page(words, rulings, number)


def test_merged_cell_goes_on_over_the_page_edge() -> None:
    found = only_table(lay_out_blocks([_span_page(1, "组织"), _span_page(2, "")]))
    (first,) = [c for c in found.cells if c.col == 0]
    assert (first.text, first.row_span, found.n_rows) == ("组织", 6, 6)


def test_a_new_heading_on_the_next_page_begins_its_own_span() -> None:
    found = only_table(lay_out_blocks([_span_page(1, "组织"), _span_page(2, "宣传")]))
    assert [(c.text, c.row_span) for c in found.cells if c.col == 0] == [("组织", 3), ("宣传", 3)]


def test_total_row_on_the_next_page_ends_the_span() -> None:
    second = make_table_page([["合计", "", "9"]], XS, 2)
    found = only_table(lay_out_blocks([_span_page(1, "组织"), second]))
    assert table_texts(found)[3][0] == "合计"
    assert next(c for c in found.cells if c.text == "组织").row_span == 3


def _values(rows: list[list[str]], below: str, right: float) -> list[tuple[str, int]]:
    """Texts and heights of the last column: of a page of `rows`, and of one where `below` spans three rows."""
    xs = [50.0, 110.0, 350.0, right]
    ys = [100.0, 120.0, 140.0, 160.0]
    rulings = [horizontal(y, 50, right if y in (ys[0], ys[-1]) else 350) for y in ys] + [
        vertical(x, ys[0], ys[-1]) for x in xs
    ]
    words = [make_word(below, 353, 103)]
    for number, y in enumerate(ys[:-1], 7):
        words += [make_word(str(number), 53, y + 3), make_word(f"第{number}条任务。", 113, y + 3)]
    found = only_table(
        lay_out_blocks([make_table_page([HEADER, *rows], xs, 1, tight=True), make_page(words, rulings, 2)])
    )
    assert found.n_rows == len(rows) + 4
    return [(c.text, c.row_span) for c in found.cells if c.col == 2][1:]


def test_a_total_does_not_go_on_in_the_span_below_it() -> None:
    assert _values([["1", "内容。", "十"], ["小计", "", "约十"]], "五", 376) == [("十", 1), ("约十", 1), ("五", 3)]


def test_points_that_fill_their_column_are_not_cut() -> None:
    assert _values([["1", "内容。", "5"], ["2", "内容。", "10.5"]], "5", 376)[1:] == [("10.5", 1), ("5", 3)]


def test_names_alone_in_other_cells_are_not_joined() -> None:
    rows = [["1", "内容。", "安全科"], ["2", "内容。", "行政科"], ["3", "内容。", "行政科"]]
    assert _values(rows, "安全科", 386)[2:] == [("行政科", 1), ("安全科", 3)]


def test_text_of_a_span_that_had_no_room_above_the_edge() -> None:
    pages = [
        _spanned([*FIRST, ("", "又一条。", "1")], 1),
        _spanned([("宣传", "一条任务。", "3"), ("", "另一条。", "3")], 2),
    ]
    alone = (*pages[0].rulings, horizontal(250.0, 50, 110))
    found = only_table(lay_out_blocks([Page(1, 595, 842, pages[0].words, alone), pages[1]]))
    assert [(c.text, c.row_span) for c in found.cells if c.col == 0] == [("测评项目", 1), ("组织", 4), ("宣传", 3)]


def test_cells_merged_side_by_side_go_on_together() -> None:
    """Supporting units are named in few rows, so that a blank alone shows nothing."""

    def drawn(rows: list[list[str]], spans: int, number: int) -> Page:
        """Rows of which those from `spans` on are one but for the middle column."""
        ys = [100.0 + 20 * i for i in range(len(rows) + 1)]
        merged = ys[spans + 1 : -1] if number == 1 else []
        rulings = [horizontal(y, 110, 350) if y in merged else horizontal(y, 50, 400) for y in ys]
        words = [
            make_word(text, x + 3, y + 3)
            for y, row in zip(ys, rows, strict=False)
            for x, text in zip(XS, row, strict=False)
        ]
        return make_page([w for w in words if w.text], [*rulings, *(vertical(x, ys[0], ys[-1]) for x in XS)], number)

    alone = [[f"科室{n}", f"{n}月宣传。", ""] for n in range(1, 4)]
    first = [["牵头单位", "测评内容", "配合单位"], *alone, ["组织科", "四月宣传。", "工程科"], ["", "五月宣传。", ""]]
    second = [["", "六月宣传。", ""], ["宣传科", "七月宣传。", ""]]
    found = only_table(lay_out_blocks([drawn(first, 4, 1), drawn(second, 0, 2)]))
    spans = [(c.text, c.row_span) for c in found.cells if c.row == 4]
    assert spans == [("组织科", 3), ("四月宣传。", 1), ("工程科", 3)]


def test_another_header_on_the_next_page_is_another_table() -> None:
    pages = [
        make_table_page([HEADER, ["甲", "内容。", "1"]], XS, 1),
        make_table_page([["序号", "主要任务", "责任单位"], ["1", "任务。", "办"]], XS, 2),
    ]
    assert block_texts(lay_out_blocks(pages)) == ["[表]", "[表]"]


def test_other_columns_on_the_next_page_are_another_table() -> None:
    pages = [
        make_table_page([HEADER, ["甲", "内容。", "1"]], XS, 1),
        make_table_page([["一", "二。", "3"]], [50, 200, 300, 400], 2),
    ]
    assert block_texts(lay_out_blocks(pages)) == ["[表]", "[表]"]


def test_text_between_the_pages_keeps_tables_apart() -> None:
    second = make_table_page([["乙", "内容。", "1"]], XS, 2)
    titled = Page(2, 595, 842, (*second.words, make_word("附件2", 60, 60)), second.rulings)
    assert block_texts(lay_out_blocks([make_table_page([HEADER, ["甲", "内容。", "1"]], XS, 1), titled])) == [
        "[表]",
        "附件2",
        "[表]",
    ]


def test_a_line_saying_only_that_the_table_goes_on_is_dropped() -> None:
    second = make_table_page([HEADER, ["乙", "内容。", "1"]], XS, 2)
    marked = Page(2, 595, 842, (*second.words, make_word("（续上表）", 330, 80)), second.rulings)
    assert block_texts(lay_out_blocks([make_table_page([HEADER, ["甲", "内容。", "1"]], XS, 1), marked])) == ["[表]"]


def test_very_long_table_is_read_in_bounded_time() -> None:
    pages = ([[f"项{n}", f"第{n}页第{i}项任务。", "5"] for i in range(30)] for n in range(1, 61))
    found = only_table(lay_out_blocks(make_table_page(rows, XS, n, 60) for n, rows in enumerate(pages, 1)))
    assert found.n_rows == 1800


Card = Sequence[Sequence[str]]


def card_page(number: int, *cards: Card) -> Page:
    return make_table_page([row for card in cards for row in card], [50, 200, 350, 500], number)


KIND, NEED = ["项目类别", "文明创建", ""], ["工作要求", "更新宣传栏。", ""]


def unit(name: str) -> Sequence[str]:
    return ["责任单位", name, "每季度末"]


@pytest.mark.parametrize(
    "pages",
    [
        [[[KIND, NEED, unit("县工会")], [KIND, NEED, unit("县妇联")]], [[KIND, NEED, unit("团县委")]]],
        [[[KIND, NEED, unit("县工会")]], [[KIND, NEED, unit("县妇联")], [KIND, NEED, unit("团县委")]]],
        [[[KIND, NEED, unit("县工会")]], [[KIND, NEED, unit("县妇联")]], [[KIND, NEED, unit("团县委")]]],
        [[[KIND, NEED]], [[["责任单位", "分值", "完成时限"], KIND, NEED, unit("县妇联")]]],
    ],
    ids=[
        "again on the first page",
        "again on the next page",
        "a page for each card",
        "a header in the middle of a card",
    ],
)
def test_the_first_rows_of_cards_are_no_header_at_the_top_of_pages(
    pages: Sequence[Sequence[Card]],
) -> None:
    table = only_table(lay_out_blocks(card_page(number, *cards) for number, cards in enumerate(pages, 1)))
    assert [tuple(row) for row in table_texts(table)] == [tuple(row) for page in pages for card in page for row in card]


def test_a_header_above_rows_with_labels_of_totals_is_dropped() -> None:
    header = ["工作要求", "责任单位", "完成时限"]
    rows = [["更新宣传栏。", "县工会", "6月底前"], ["小计", "", ""], ["备注", "", ""]]
    table = only_table(lay_out_blocks(card_page(number, [header, *rows]) for number in (1, 2)))
    assert [row[0] for row in table_texts(table)].count("工作要求") == 1
