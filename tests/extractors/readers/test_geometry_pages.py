"""Tables over pages, paragraphs from lines, what belongs to no text."""

from __future__ import annotations

from extractors.document import Paragraph
from extractors.layout import Page, Word
from tests.extractors.readers.drawn import across, down, grid, layout, only_table, page, shown, table_page, texts, word
from tests.extractors.readers.drawn import lines as drawn_lines

XS = [50.0, 110.0, 350.0, 400.0]
HEADER = ["测评项目", "测评内容", "分值"]


def test_header_repeated_on_each_page_stands_once() -> None:
    pages = [
        table_page([HEADER, ["组织", "成立机构。", "5"]], XS, 1),
        table_page([HEADER, ["宣传", "开展宣传。", "3"]], XS, 2),
    ]
    found = only_table(layout(pages))
    assert shown(found) == [HEADER, ["组织", "成立机构。", "5"], ["宣传", "开展宣传。", "3"]]
    assert (found.first_page, found.last_page) == (1, 2)


def test_ten_pages_without_repeated_header_are_one_table() -> None:
    pages = [table_page([HEADER, ["甲", "内容。", "1"]], XS, 1)]
    pages += [table_page([[f"项{n}", f"第{n}页的内容。", str(n)], ["又", "一行。", "2"]], XS, n) for n in range(2, 11)]
    found = only_table(layout(pages))
    assert (found.n_rows, found.first_page, found.last_page) == (20, 1, 10)
    assert [row[2] for row in shown(found)][:4] == ["分值", "1", "2", "2"]


def test_row_cut_by_the_page_edge_is_one_row() -> None:
    full = "一" * 23
    pages = [
        table_page([HEADER, ["甲", "完整的一行。", "1"], ["乙项", f"{full}\n{full}", "5"]], XS, 1, tight=True),
        table_page([["", "续写到此为止。", ""], ["丙", "下一行。", "3"]], XS, 2, tight=True),
    ]
    found = only_table(layout(pages))
    assert shown(found)[2:] == [["乙项", f"{full}{full}续写到此为止。", "5"], ["丙", "下一行。", "3"]]


def test_new_row_at_the_top_of_a_page_stays_a_row() -> None:
    pages = [
        table_page([HEADER, ["甲", "完整的一行。", "1"], ["乙", "第二行的内容。", "5"]], XS, 1, tight=True),
        table_page([["丙", "第三行的内容。", "3"], ["丁", "第四行的内容。", "3"]], XS, 2, tight=True),
    ]
    assert [row[0] for row in shown(only_table(layout(pages)))] == ["测评项目", "甲", "乙", "丙", "丁"]


LINE = "认真开展文明创建主题活动并按照规定及时报送工作"
"""Fills a line of the middle column, so that no word more has room."""
ROWS = [[f"{n}", f"{n}月开展宣传。", "2"] for n in range(1, 5)]


def test_row_cut_with_room_left_is_one_row_when_its_number_is_missing() -> None:
    """Typesetters keep single lines from standing alone, which leaves the room of one or two lines."""
    pages = [
        table_page([HEADER, *ROWS, ["5", f"{LINE}\n", "3"]], XS, 1, tight=True),
        table_page([["", "总结，做到常态长效。", ""], ["6", "下一行。", "3"]], XS, 2, tight=True),
    ]
    assert shown(only_table(layout(pages)))[5:] == [
        ["5", f"{LINE}总结，做到常态长效。", "3"],
        ["6", "下一行。", "3"],
    ]


def _spanned(rows: list[tuple[str, str, str]], number: int) -> Page:
    """Rows of which one with a blank first text belongs to the merged cell above; each is two lines high."""
    ys = [100.0 + 30 * i for i in range(len(rows) + 1)]
    rules = [down(x, ys[0], ys[-1]) for x in XS] + [across(ys[-1], 50, 400)]
    words: list[Word] = []
    for y, (first, text, points) in zip(ys, rows, strict=False):
        rules.append(across(y, 50 if first or y == ys[0] else 110, 400))
        for x, cell in zip(XS, (first, text, points), strict=False):
            words += [w for w in drawn_lines(cell, x + 3, y + 2) if w.text]
    return page(words, rules, number)


FIRST = [("测评项目", "测评内容", "分值"), *(("组织" if n == 1 else "", f"{n}月宣传。", "2") for n in range(1, 5))]


def test_row_cut_with_room_left_is_one_row_when_its_sentence_is_unfinished() -> None:
    pages = [
        _spanned([*FIRST, ("宣传", LINE, "5")], 1),
        _spanned([("", "总结，做到常态长效。", ""), ("工作", "下一行。", "3")], 2),
    ]
    found = only_table(layout(pages))
    assert shown(found)[5:] == [["宣传", f"{LINE}总结，做到常态长效。", "5"], ["工作", "下一行。", "3"]]


def test_row_under_a_span_that_goes_on_is_new_when_the_sentence_above_is_finished() -> None:
    pages = [
        _spanned([*FIRST, ("宣传", f"{LINE[:-1]}。", "5")], 1),
        _spanned([("", "总结，做到常态长效。", ""), ("工作", "下一行。", "3")], 2),
    ]
    assert only_table(layout(pages)).n_rows == 8


def test_full_cells_all_followed_by_others_are_two_rows() -> None:
    """Names fill a narrow column to its edge without being cut."""
    xs = [50.0, 110.0, 350.0, 386.0]
    rows = [[f"第{n}项\n任务", f"{n}月开展宣传，\n报送总结；", "何文"] for n in range(1, 4)]
    pages = [
        table_page([[*HEADER[:2], "责任人"], *rows, ["第四项", "开展宣传；", "赵建国"]], xs, 1, tight=True),
        table_page([["第五项", "利用宣传栏抓好宣传；", "林洋文"]], xs, 2, tight=True),
    ]
    assert only_table(layout(pages)).n_rows == 6


def _span_page(number: int, first: str, top: float = 100.0) -> Page:
    """Three rows under one merged cell in the first column."""
    rows = 3
    ys = [top + 20 * i for i in range(rows + 1)]
    rules = [across(ys[0], 50, 400), across(ys[-1], 50, 400), *(across(y, 110, 400) for y in ys[1:-1])]
    rules += [down(x, ys[0], ys[-1]) for x in XS]
    words = [word(first, 53, ys[0] + 3)] if first else []
    for i, y in enumerate(ys[:-1]):
        words += [word(f"{number}页第{i}条任务。", 113, y + 3), word(str(i + 1), 360, y + 3)]
    return page(words, rules, number)


def test_merged_cell_goes_on_over_the_page_edge() -> None:
    found = only_table(layout([_span_page(1, "组织"), _span_page(2, "")]))
    (first,) = [c for c in found.cells if c.col == 0]
    assert (first.text, first.row_span, found.n_rows) == ("组织", 6, 6)


def test_a_new_heading_on_the_next_page_begins_its_own_span() -> None:
    found = only_table(layout([_span_page(1, "组织"), _span_page(2, "宣传")]))
    assert [(c.text, c.row_span) for c in found.cells if c.col == 0] == [("组织", 3), ("宣传", 3)]


def test_total_row_on_the_next_page_ends_the_span() -> None:
    second = table_page([["合计", "", "9"]], XS, 2)
    found = only_table(layout([_span_page(1, "组织"), second]))
    assert shown(found)[3][0] == "合计"
    assert next(c for c in found.cells if c.text == "组织").row_span == 3


def _values(rows: list[list[str]], below: str, right: float) -> list[tuple[str, int]]:
    """Texts and heights of the last column: of a page of `rows`, and of one where `below` stands beside three rows."""
    xs = [50.0, 110.0, 350.0, right]
    ys = [100.0, 120.0, 140.0, 160.0]
    rules = [across(y, 50, right if y in (ys[0], ys[-1]) else 350) for y in ys] + [down(x, ys[0], ys[-1]) for x in xs]
    words = [word(below, 353, 103)]
    for number, y in enumerate(ys[:-1], 7):
        words += [word(str(number), 53, y + 3), word(f"第{number}条任务。", 113, y + 3)]
    found = only_table(layout([table_page([HEADER, *rows], xs, 1, tight=True), page(words, rules, 2)]))
    assert found.n_rows == len(rows) + 4
    return [(c.text, c.row_span) for c in found.cells if c.col == 2][1:]


def test_a_total_does_not_go_on_in_the_span_below_it() -> None:
    assert _values([["1", "内容。", "十"], ["小计", "", "约十"]], "五", 376) == [("十", 1), ("约十", 1), ("五", 3)]


def test_points_that_fill_their_column_are_not_cut() -> None:
    assert _values([["1", "内容。", "5"], ["2", "内容。", "10.5"]], "5", 376)[1:] == [("10.5", 1), ("5", 3)]


def test_names_that_stand_alone_elsewhere_are_not_cut() -> None:
    rows = [["1", "内容。", "安全科"], ["2", "内容。", "行政科"], ["3", "内容。", "行政科"]]
    assert _values(rows, "安全科", 386)[2:] == [("行政科", 1), ("安全科", 3)]


def test_text_of_a_span_that_had_no_room_above_the_edge() -> None:
    pages = [
        _spanned([*FIRST, ("", "又一条。", "1")], 1),
        _spanned([("宣传", "一条任务。", "3"), ("", "另一条。", "3")], 2),
    ]
    alone = (*pages[0].rules, across(250.0, 50, 110))
    found = only_table(layout([Page(1, 595, 842, pages[0].words, alone), pages[1]]))
    assert [(c.text, c.row_span) for c in found.cells if c.col == 0] == [("测评项目", 1), ("组织", 4), ("宣传", 3)]


def test_cells_merged_side_by_side_go_on_together() -> None:
    """The units that help stand in few rows, so that a blank alone would say nothing."""

    def drawn(rows: list[list[str]], spans: int, number: int) -> Page:
        """Rows of which those from `spans` on are one but for the middle column."""
        ys = [100.0 + 20 * i for i in range(len(rows) + 1)]
        merged = ys[spans + 1 : -1] if number == 1 else []
        rules = [across(y, 110, 350) if y in merged else across(y, 50, 400) for y in ys]
        words = [
            word(text, x + 3, y + 3) for y, row in zip(ys, rows, strict=False) for x, text in zip(XS, row, strict=False)
        ]
        return page([w for w in words if w.text], [*rules, *(down(x, ys[0], ys[-1]) for x in XS)], number)

    alone = [[f"科室{n}", f"{n}月宣传。", ""] for n in range(1, 4)]
    first = [["牵头单位", "测评内容", "配合单位"], *alone, ["组织科", "四月宣传。", "工程科"], ["", "五月宣传。", ""]]
    second = [["", "六月宣传。", ""], ["宣传科", "七月宣传。", ""]]
    found = only_table(layout([drawn(first, 4, 1), drawn(second, 0, 2)]))
    spans = [(c.text, c.row_span) for c in found.cells if c.row == 4]
    assert spans == [("组织科", 3), ("四月宣传。", 1), ("工程科", 3)]


def test_another_header_on_the_next_page_is_another_table() -> None:
    pages = [
        table_page([HEADER, ["甲", "内容。", "1"]], XS, 1),
        table_page([["序号", "主要任务", "责任单位"], ["1", "任务。", "办"]], XS, 2),
    ]
    assert texts(layout(pages)) == ["[表]", "[表]"]


def test_other_columns_on_the_next_page_are_another_table() -> None:
    pages = [
        table_page([HEADER, ["甲", "内容。", "1"]], XS, 1),
        table_page([["一", "二。", "3"]], [50, 200, 300, 400], 2),
    ]
    assert texts(layout(pages)) == ["[表]", "[表]"]


def test_text_between_the_pages_keeps_tables_apart() -> None:
    second = table_page([["乙", "内容。", "1"]], XS, 2)
    titled = Page(2, 595, 842, (*second.words, word("附件2", 60, 60)), second.rules)
    assert texts(layout([table_page([HEADER, ["甲", "内容。", "1"]], XS, 1), titled])) == ["[表]", "附件2", "[表]"]


def test_a_line_saying_only_that_the_table_goes_on_is_dropped() -> None:
    second = table_page([HEADER, ["乙", "内容。", "1"]], XS, 2)
    marked = Page(2, 595, 842, (*second.words, word("（续上表）", 330, 80)), second.rules)
    assert texts(layout([table_page([HEADER, ["甲", "内容。", "1"]], XS, 1), marked])) == ["[表]"]


def test_page_numbers_and_running_heads_are_dropped() -> None:
    pages = [
        page(
            [word("某市文明办文件", 60, 30), word(f"第{n}页的正文到此结束。", 60, 200), word(f"— {n} —", 280, 800)],
            (),
            n,
        )
        for n in range(1, 5)
    ]
    assert texts(layout(pages)) == [f"第{n}页的正文到此结束。" for n in range(1, 5)]


def test_bare_figures_in_the_foot_go_only_when_they_count_pages() -> None:
    counted = [page([word("正文到此结束。", 60, 200), word(str(n), 290, 810)], (), n) for n in (1, 2, 3)]
    assert texts(layout(counted)) == ["正文到此结束。"] * 3
    assert texts(layout([page([word("正文到此结束。", 60, 200), word("2023", 290, 810)])])) == [
        "正文到此结束。",
        "2023",
    ]


FULL = "为深入贯彻落实上级关于精神文明建设工作的决策部署结合本单位实际情况制定本工作实施方案如下所"
"""Reaches from the indent at 80 points to the right margin."""


def _prose(texts: list[tuple[float, str]], top: float = 100.0) -> list[Word]:
    return [word(text, x, top + 20 * i) for i, (x, text) in enumerate(texts)]


def test_paragraphs_by_indent_and_line_width() -> None:
    body = [
        (80.0, FULL),
        (60.0, "，请认真执行。"),
        (80.0, "一、总体要求"),
        (80.0, FULL),
        (60.0, "列各项任务，按时完成。"),
    ]
    got = layout([page(_prose(body))])
    assert texts(got) == [FULL + "，请认真执行。", "一、总体要求", FULL + "列各项任务，按时完成。"]
    assert isinstance(got[0], Paragraph)
    assert got[0].locator == "第1页 (60,100,530,130)"


def test_title_in_two_centred_lines_is_one_paragraph() -> None:
    words = [
        Word("关于印发某某单位文明创建工作实施方案", 70, 100, 525, 120), Word("的通知", 270, 130, 325, 150),
        word("各科室：", 60, 180), word("现将方案印发给你们，请认真贯彻执行，并于月底前报送材料", 80, 200),
    ]  # fmt: skip
    assert texts(layout([page(words)]))[:2] == ["关于印发某某单位文明创建工作实施方案的通知", "各科室："]


def test_paragraph_goes_on_over_the_page_edge() -> None:
    first = page(_prose([(80.0, FULL), (60.0, FULL + "目标")], 760), (), 1)
    second = page(_prose([(60.0, "任务。"), (80.0, "二、工作目标")], 80), (), 2)
    assert texts(layout([first, second])) == [FULL + FULL + "目标任务。", "二、工作目标"]


def test_numbered_items_begin_paragraphs_even_after_full_lines() -> None:
    first, second = "1." + FULL + "事", "2." + FULL + "项"
    assert texts(layout([page(_prose([(60.0, first), (60.0, second)]))])) == [first, second]


def test_padded_names_keep_their_blanks() -> None:
    words = [word("于", 60, 100), word("昉", 80, 100), word("张志斌", 105, 100)]
    assert texts(layout([page(words)])) == ["于  昉  张志斌"]


def test_footnotes_stand_at_the_end() -> None:
    words = [word("正文有脚注①。", 60, 100), Word("①指各科室。", 60, 760, 108, 768), word("下页正文结束。", 60, 100)]
    first = page(words[:2], [across(750, 60, 170)], 1)
    got = layout([first, page(words[2:], (), 2)])
    assert [(b.text, b.note) for b in got if isinstance(b, Paragraph)] == [
        ("正文有脚注①。", False), ("下页正文结束。", False), ("①指各科室。", True)
    ]  # fmt: skip


def test_blank_pages_and_no_pages() -> None:
    assert layout([]) == []
    assert layout([page([]), page([word("  ", 10, 10)], grid([1, 2], [1, 2]), 2)]) == []


def test_very_long_table_is_read_in_bounded_time() -> None:
    pages = ([[f"项{n}", f"第{n}页第{i}项任务。", "5"] for i in range(30)] for n in range(1, 61))
    found = only_table(layout(table_page(rows, XS, n, 60) for n, rows in enumerate(pages, 1)))
    assert found.n_rows == 1800
