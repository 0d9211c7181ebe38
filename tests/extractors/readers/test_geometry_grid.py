"""Lines and words of one page → the grid a person sees."""

from __future__ import annotations

import pytest

from extractors.document import Paragraph, Table
from extractors.layout import Page, Rule, Word, lay_out
from extractors.limits import Limits
from tests.extractors.readers.drawn import across, down, grid, layout, lines, only_table, page, shown, texts, word

XS = [50.0, 150.0, 350.0, 450.0]


def test_plain_grid_with_places() -> None:
    found = only_table(layout([page([word("项目", 55, 103), word("分值", 355, 123)], grid(XS, [100, 120, 140]))]))
    assert shown(found) == [["项目", "", ""], ["", "", "分值"]]
    assert found.locator == "第1页 (50,100,450,140)"
    assert next(c.locator for c in found.cells if c.text == "分值") == "第1页 (350,120,450,140)"
    assert (found.first_page, found.last_page) == (1, 1)


def test_spans_in_both_directions_where_lines_are_missing() -> None:
    rules = [
        across(100, 50, 450), across(120, 150, 450), across(140, 50, 450), across(160, 50, 450),
        down(50, 100, 160), down(150, 100, 140), down(350, 120, 160), down(450, 100, 160),
    ]  # fmt: skip
    words = [
        word("甲", 55, 115),
        word("乙", 240, 105),
        word("丙", 155, 125),
        word("丁", 100, 145),
        word("戊", 360, 145),
    ]
    found = only_table(layout([page(words, rules)]))
    assert shown(found) == [["甲", "乙", '"'], ['"', "丙", ""], ["丁", '"', "戊"]]


def test_block_merged_in_both_directions_at_once() -> None:
    rules = [
        across(100, 50, 450), across(120, 350, 450), across(140, 50, 450),
        down(50, 100, 140), down(350, 100, 140), down(450, 100, 140), across(160, 50, 450), down(150, 140, 160),
        down(50, 140, 160), down(350, 140, 160), down(450, 140, 160),
    ]  # fmt: skip
    found = only_table(layout([page([word("大", 200, 115), word("小", 60, 145)], rules)]))
    assert shown(found) == [["大", '"', ""], ['"', '"', ""], ["小", "", ""]]


def test_text_in_the_vertical_middle_of_a_span() -> None:
    rules = grid([50, 150, 350], [100, 200]) + [across(120 + 20 * i, 150, 350) for i in range(4)]
    words = [word("组织领导", 60, 145), *[word(f"任务{i}", 155, 104 + 20 * i) for i in range(5)]]
    found = only_table(layout([page(words, rules)]))
    assert shown(found)[0] == ["组织领导", "任务0"]
    assert next(c for c in found.cells if c.col == 0).row_span == 5


def test_dashed_and_doubled_lines_are_one_line() -> None:
    rules = [Rule(x, 120, x + 3, 120) for x in range(50, 450, 6)]
    rules += [down(151.5, 100, 140), *grid([50, 150, 450], [100, 140]), across(101.2, 50, 450)]
    found = only_table(layout([page([word("上", 60, 104), word("下", 200, 124)], rules)]))
    assert shown(found) == [["上", ""], ["", "下"]]


def test_bars_drawn_as_thin_rectangles_are_lines() -> None:
    rules = [Rule(50, y - 0.4, 250, y + 0.4) for y in (100, 120, 140)] + [
        Rule(x - 0.4, 100, x + 0.4, 140) for x in (50, 150, 250)
    ]
    assert (only_table(layout([page([word("甲", 60, 104)], rules)])).n_rows) == 2


def test_coloured_areas_are_no_lines() -> None:
    rules = [*grid([50, 150, 250], [100, 120, 140]), Rule(50, 100, 250, 110), Rule(60, 120, 80, 140)]
    found = only_table(layout([page([word("甲", 60, 104)], rules)]))
    assert (found.n_rows, found.n_cols) == (2, 2)


def test_border_dragged_in_one_row_adds_no_column() -> None:
    rules = [across(y, 50, 450) for y in (100, 120, 140, 160)]
    rules += [down(50, 100, 160), down(450, 100, 160), down(200, 100, 140), down(203.5, 140, 160)]
    assert only_table(layout([page([word("甲", 60, 104)], rules)])).n_cols == 2


def test_sides_left_open_still_bound_a_column() -> None:
    rules = [across(y, 50, 450) for y in (100, 120, 140)] + [down(150, 100, 140), down(350, 100, 140)]
    words = [word("左", 60, 104), word("中", 200, 104), word("右", 400, 124)]
    assert shown(only_table(layout([page(words, rules)]))) == [["左", "中", ""], ["", "", "右"]]


def test_underline_in_a_cell_and_page_frame_change_nothing() -> None:
    rules = [*grid([50, 250, 450], [100, 140, 180]), across(125, 80, 140), *grid([20, 575], [20, 820])]
    found = layout([page([word("单位", 60, 110), word("通知", 60, 50)], rules)])
    assert texts(found) == ["通知", "[表]"]
    assert (only_table(found).n_rows, only_table(found).n_cols) == (2, 2)


def test_box_around_text_is_running_text() -> None:
    found = layout([page([word("提示：请按时报送。", 60, 110)], grid([50, 450], [100, 140]))])
    assert texts(found) == ["提示：请按时报送。"]


def test_table_inside_a_cell_stays_lines_of_that_cell() -> None:
    rules = [*grid([50, 250, 450], [100, 200, 220]), *grid([270, 350, 430], [120, 140, 160])]
    words = [word("外", 60, 110), word("内一", 275, 124), word("内二", 355, 124), word("内三", 275, 144)]
    found = only_table(layout([page(words, rules)]))
    assert shown(found)[0] == ["外", "内一  内二\n内三"]


def test_two_tables_on_a_page_with_a_title_between() -> None:
    rules = grid(XS, [100, 120, 140]) + grid(XS, [200, 220, 240])
    words = [word("甲", 60, 104), word("附件2", 60, 165), word("任务清单", 220, 180), word("乙", 60, 204)]
    assert texts(layout([page(words, rules)])) == ["[表]", "附件2", "任务清单", "[表]"]


def test_tables_side_by_side_stay_apart() -> None:
    rules = grid([50, 100, 150], [100, 120, 140]) + grid([300, 350, 400], [100, 120, 140])
    found = layout([page([word("左", 60, 104), word("右", 310, 104)], rules)])
    assert [shown(b)[0][0] for b in found if isinstance(b, Table)] == ["左", "右"]


def test_word_run_over_a_cell_side_is_cut_there() -> None:
    found = only_table(layout([page([word("项目名称分值", 100, 104)], grid([50, 140, 250], [100, 120, 140]))]))
    assert shown(found)[0] == ["项目名称", "分值"]


@pytest.mark.parametrize(
    ("text", "cells"), [("10.5", ["10.5", ""]), ("10.5吴敏", ["10.5", "吴敏"]), ("2015.3", ["20", "15.3"])]
)
def test_word_is_not_cut_at_a_decimal_point(text: str, cells: list[str]) -> None:
    side = 115 if text.startswith("10") else 110
    found = only_table(layout([page([word(text, 100, 104)], grid([50, side, 250], [100, 120, 140]))]))
    assert shown(found)[0] == cells


def test_wrapped_lines_run_on_and_broken_ones_keep_their_feed() -> None:
    words = lines("建立健全学习制度\n，定期开展。\n提供照片2张。", 53, 104)
    found = only_table(layout([page(words, grid([50, 136, 300], [100, 160, 180]))]))
    assert shown(found)[0][0] == "建立健全学习制度，定期开展。\n提供照片2张。"


def test_latin_words_wrapped_keep_a_blank() -> None:
    words = [Word("quality", 53, 104, 95, 114), Word("control", 53, 117, 95, 127)]
    found = only_table(layout([page(words, grid([50, 100, 300], [100, 140, 160]))]))
    assert shown(found)[0][0] == "quality control"


def test_entries_that_fill_a_narrow_column_are_set_apart() -> None:
    rules = grid([50, 88, 300], [100, 130, 160, 190])
    words = [*lines("办公室\n人事科", 54, 104), word("办公室", 54, 134), word("人事科", 54, 164)]
    assert shown(only_table(layout([page(words, rules)])))[0][0] == "办公室\n人事科"


def test_heading_of_one_character_a_line() -> None:
    words = [word(c, 55, 104 + 14 * i) for i, c in enumerate("组织领导")]
    assert shown(only_table(layout([page(words, grid([50, 70, 200], [100, 170, 190]))])))[0][0] == "组织领导"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("创建工作", "组织领导", "组织领导\n创建工作"), ("一组织领", "创建工作", "一组织领\n创建工作")],
)
def test_heading_written_downwards_in_two_columns(left: str, right: str, expected: str) -> None:
    words = [word(c, 55, 104 + 11 * i) for i, c in enumerate(left)] + [
        word(c, 80, 104 + 11 * i) for i, c in enumerate(right)
    ]
    text = shown(only_table(layout([page(words, grid([50, 100, 200], [100, 170, 190]))])))[0][0]
    assert text.replace("\n", "") == expected.replace("\n", "")


def test_turned_text_is_read_in_its_own_direction() -> None:
    words = [Word("第二行", 58, 104, 68, 134, turn=270), Word("第一行", 75, 104, 85, 134, turn=270)]
    text = shown(only_table(layout([page(words, grid([50, 100, 200], [100, 170, 190]))])))[0][0]
    assert text.replace("\n", "") == "第一行第二行"


def test_horizontal_lines_alone_make_a_table() -> None:
    rules = [across(y, 50, 450) for y in (100, 120, 146, 172, 185)]
    words = [
        word("序号", 60, 104), word("测评内容", 150, 104), word("分值", 380, 104),
        word("1", 65, 124), *lines("健全组织机构，\n落实人员。", 120, 121), word("5", 390, 124),
        word("2", 65, 150), *lines("开展志愿服务，\n提供图片。", 120, 147), word("10", 388, 150),
        word("3", 65, 174), word("开展文明餐桌", 120, 174), word("2", 390, 174),
    ]  # fmt: skip
    found = only_table(layout([page(words, rules)]))
    assert [row[0] for row in shown(found)] == ["序号", "1", "2", "3"]
    assert [row[2] for row in shown(found)] == ["分值", "5", "10", "2"]
    assert shown(found)[1][1] == "健全组织机构，\n落实人员。"


def test_three_line_table_takes_its_rows_from_alignment() -> None:
    rules = [across(y, 50, 450) for y in (100, 120, 200)]
    words = [word("序号", 60, 104), word("测评内容", 150, 104), word("分值", 380, 104)]
    for i in range(4):
        words += [
            word(str(i + 1), 65, 124 + 18 * i), word(f"任务内容{i}", 120, 124 + 18 * i), word("5", 390, 124 + 18 * i)
        ]  # fmt: skip
    found = only_table(layout([page(words, rules)]))
    assert [row[1] for row in shown(found)] == ["测评内容", "任务内容0", "任务内容1", "任务内容2", "任务内容3"]


def _borderless(header: list[str]) -> list[Word]:
    xs = [60, 160, 380]
    words = [word(t, x, 100) for t, x in zip(header, xs, strict=True)]
    for i in range(4):
        top = 120 + 20 * i
        words += [word(f"{i + 1}", 62, top), word(f"完成第{i}项工作任务", 150, top), word("办公室", 382, top)]
    return words


def test_borderless_table_below_a_header() -> None:
    found = layout([page([word("任务清单如下", 60, 70), *_borderless(["序号", "工作任务", "责任单位"])])])
    assert texts(found) == ["任务清单如下", "[表]"]
    assert shown(only_table(found))[4] == ["4", "完成第3项工作任务", "办公室"]


def test_columns_without_header_words_are_no_table() -> None:
    assert all(isinstance(b, Paragraph) for b in layout([page(_borderless(["张明", "副组长", "成员"]))]))


def test_signature_and_underlines_are_no_table() -> None:
    words = [word("填报单位：", 60, 100), word("日期：", 300, 100), word("经办人：", 60, 130), word("电话：", 300, 130)]
    rules = [across(112, 120, 250), across(112, 340, 450), across(142, 120, 250)]
    assert all(isinstance(b, Paragraph) for b in layout([page(words, rules)]))


def test_lowest_confidence_of_a_cell_is_kept_by_place() -> None:
    from extractors.layout import lay_out

    words = [Word("甲", 55, 103, 65, 113, 0.99), Word("乙", 55, 123, 65, 133, 0.4), Word("丙", 75, 123, 85, 133, 0.9)]
    found = lay_out([page([*words, Word("标题", 55, 50, 75, 60, 0.7)], grid([50, 150, 250], [100, 120, 140]))])
    assert found.confidence == {
        "第1页 (50,100,150,120)": 0.99, "第1页 (50,120,150,140)": 0.4, "第1页 (55,50,75,60)": 0.7
    }  # fmt: skip


def test_grid_larger_than_allowed_is_no_table() -> None:
    many = page([word("甲", 55, 103)], grid([50 + 10 * i for i in range(40)], [100 + 10 * i for i in range(40)]))
    assert not [b for b in lay_out([many], Limits(max_cells=1000)).blocks if isinstance(b, Table)]


def test_drawing_of_countless_lines_costs_nothing() -> None:
    rules = [across(i * 0.11, 0, 595) for i in range(7000)] + [down(i * 0.08, 0, 842) for i in range(7000)]
    found = layout([Page(1, 595, 842, (word("图", 55, 103),), tuple(rules))])
    assert len(texts(found)) == 1
