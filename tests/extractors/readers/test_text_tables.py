"""Tables in plain text: cells behind TABs, rows with TABs, pipes and boxes; encodings."""

from __future__ import annotations

import codecs

import pytest

from extractors.attachments import read
from extractors.document import Document, Paragraph, ReadError, Table
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read as read_text


def document(text: str) -> Document:
    return read_text(text.encode(), "notice.txt", Limits(), VOCABULARY_WORDS)


def grid(table: Table) -> list[list[str]]:
    rows: list[list[str]] = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text.replace("\n", "/")
    return rows


def dump(*rows: list[str]) -> str:
    return "\n".join("\n".join(f"\t{cell}" for cell in row) + "\n" for row in rows)


HEADER = ["测评项目", "测评标准", "责任科室"]


def test_cells_behind_tabs_become_rows() -> None:
    (table,) = document(dump(HEADER, ["一", "甲", "办公室"], ["", "乙", "人事科"])).tables()
    assert grid(table) == [HEADER, ["一", "甲", "办公室"], ["", "乙", "人事科"]]
    assert not table.spans_known
    assert table.cells[4].locator == "表1 第2行第2列（文本第6行）"


def test_blank_lines_inside_cells_end_no_row() -> None:
    text = dump(
        HEADER, ["一\n\n党建\n\n引领", "甲\n\n", "办公室\n\n人事科"], ["二", "乙", "人事科"], ["三", "丙", "办公室"]
    )
    (table,) = document(text).tables()
    assert table.n_rows == 4
    assert grid(table)[1] == ["一//党建//引领", "甲", "办公室//人事科"]


def test_a_header_narrower_than_the_body() -> None:
    rows = [["一", "甲", f"任务{i}", "办公室"] for i in range(4)]
    (table,) = document(dump(HEADER, *rows)).tables()
    assert (table.n_rows, table.n_cols) == (5, 4)
    assert grid(table)[0] == [*HEADER, ""]


def test_rows_that_write_a_merged_cell_once_are_cut_at_blank_lines() -> None:
    header = ["项目", "考评细则", "分值", "得分"]
    rows = [["一、管理（60分）"], *[["", f"任务{i}", "15", ""] for i in range(3)], ["二、服务（40分）"]]
    rows += [["", f"任务{i}", "20", ""] for i in range(3, 6)]
    (table,) = document(dump(header, *rows)).tables()
    assert (table.n_rows, table.n_cols) == (9, 4)
    assert grid(table)[1] == ["一、管理（60分）", "", "", ""]
    assert grid(table)[8] == ["", "任务5", "20", ""]


def test_text_behind_the_last_cell_is_no_part_of_it() -> None:
    text = dump(HEADER, ["一", "甲", "办公室"], ["二", "乙", "办公室\n\n人事科\n\n\n①涉及的单位主要有：市教育局。"])
    source = document(dump(HEADER, ["三", "丙", "人事科"]) + "\n\n" + text)
    tables = list(source.tables())
    assert grid(tables[-1])[-1] == ["二", "乙", "办公室//人事科"]
    assert [p.text for p in source.paragraphs()] == ["①涉及的单位主要有：市教育局。"]


def test_a_second_table_whose_title_stands_in_the_last_cell_of_the_first() -> None:
    text = dump(HEADER, ["一", "甲", "办公室\n\n\n附件2：\n个性任务清单"]) + dump(HEADER, ["二", "乙", "人事科"])
    source = document(text)
    assert [grid(t)[1] for t in source.tables()] == [["一", "甲", "办公室"], ["二", "乙", "人事科"]]
    assert [p.text for p in source.paragraphs()] == ["附件2：", "个性任务清单"]


def test_rows_with_tabs() -> None:
    source = document("说明\n序号\t任务\t单位\n1\t甲\t办公室\n\t续一行\n2\t乙\n更多乙\n3\t丙\t人事科\t\n\n后文")
    (table,) = source.tables()
    assert grid(table) == [
        ["序号", "任务", "单位"],
        ["1", "甲", "办公室"],
        ["", "续一行", ""],
        ["2", "乙/更多乙", ""],
        ["3", "丙", "人事科"],
    ]
    assert [p.text for p in source.paragraphs()] == ["说明", "后文"]


@pytest.mark.parametrize(
    ("above", "line", "is_row"),
    [
        ("办公室", "二、志愿服务（30分）", True),
        ("办公室", "（二）志愿服务", True),
        ("一、成立机构", "二、明确分工", False),
        ("办公室", "二、每月活动，有记录", False),
        ("办公室", "人事科", False),
        ("办公室", "二、" + "志愿服务" * 10, False),
    ],
)
def test_a_heading_between_rows_with_tabs_is_a_row_and_no_line_of_the_cell_above(
    above: str, line: str, is_row: bool
) -> None:
    (table,) = document(f"测评项目\t测评标准\t责任科室\n一\t甲\t{above}\n{line}\n二\t乙\t人事科\n\n").tables()
    assert grid(table)[1:3] == (
        [["一", "甲", above], [line, "", ""]] if is_row else [["一", "甲", f"{above}/{line}"], ["二", "乙", "人事科"]]
    )


def test_a_rule_of_dashes_is_no_row_and_a_single_line_with_tabs_no_table() -> None:
    assert not list(document("甲市\t2021年1月1日").tables())
    (table,) = document("序号\t任务\n------\t------\n1\t甲").tables()
    assert table.n_rows == 2


def test_pipe_table() -> None:
    source = document("# 标题\n\n| 序号 | 任务 |\n|---|:--:|\n| 1 | 甲<br>乙\\|丙 |\n|  | 丁 |\n\n注：无")
    (table,) = source.tables()
    assert grid(table) == [["序号", "任务"], ["1", "甲/乙|丙"], ["", "丁"]]
    assert table.header_rows == 1
    heading = next(source.paragraphs())
    assert (heading.text, heading.level) == ("标题", 1)


def test_box_table() -> None:
    text = "┌──┬──┐\n│序号│任务│\n├──┼──┤\n│1 │甲 │\n│  │乙 │\n└──┴──┘"
    (table,) = document(text).tables()
    assert grid(table) == [["序号", "任务"], ["1", "甲/乙"]]


def test_a_rule_through_some_columns_of_a_box_table_parts_their_cells_alone() -> None:
    text = """
┌──┬──┬────┬──┐
│序号│项目│标准│分值│
├──┼──┼────┼──┤
│1 │街面│路灯全亮│4 │
│ │整洁├────┼──┤
│ │达标│路牌│6 │
│ │ │完好│ │
├──┼──┼────┼──┤
│2 │绿化│补种│5 │
└──┴──┴────┴──┘
底部 │ 导航
"""
    (table,) = document(text).tables()
    assert grid(table) == [
        ["序号", "项目", "标准", "分值"],
        ["1", "街面/整洁/达标", "路灯全亮", "4"],
        ["", "", "路牌/完好", "6"],
        ["2", "绿化", "补种", "5"],
    ]
    assert table.cells[10].locator == "表1 第3行第3列（文本第7行）"


def test_the_arms_of_a_rule_tell_which_columns_of_a_box_table_a_cell_spans() -> None:
    text = """
┌─────┬──┐
│考核内容 │分值│
├──┬──┼──┤
│甲│乙│3 │
├──┴──┴──┤
│一、街面  │
├──┬──┬──┤
│丙│丁│2 │
└──┴──┴──┘
"""
    (table,) = document(text).tables()
    assert grid(table) == [["考核内容", "", "分值"], ["甲", "乙", "3"], ["一、街面", "", ""], ["丙", "丁", "2"]]


@pytest.mark.parametrize("line", ["│甲│乙│丙│", "│甲│", "接上格│3 │"], ids=["more", "fewer", "continued"])
def test_a_box_table_whose_bars_do_not_fit_its_rules_is_reported(line: str) -> None:
    read_back = document(f"┌──┬──┐\n│序号│任务│\n├──┼──┤\n│1 │甲 │\n{line}\n└──┴──┘")
    assert not list(read_back.tables())
    assert [(note.rule, note.locator) for note in read_back.notes] == [("cell_lines", "第1行")]


@pytest.mark.parametrize(
    "data",
    [
        "甲市文明办通知".encode(),
        codecs.BOM_UTF8 + "甲市文明办通知".encode(),
        "甲市文明办通知".encode("utf-16"),
        codecs.BOM_UTF16_BE + "甲市文明办通知".encode("utf-16-be"),
        "甲市文明办通知\r\n1.甲\r\n2.abc\r\n".encode("utf-16-le"),
        "甲市文明办通知".encode("gb18030"),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16 mark", "utf-16-be mark", "utf-16-le", "gb18030"],
)
def test_encodings(data: bytes) -> None:
    first = read(data, "notice.txt").blocks[0]
    assert isinstance(first, Paragraph)
    assert first.text == "甲市文明办通知"


def test_bytes_of_no_encoding_are_refused_with_a_remedy() -> None:
    with pytest.raises(ReadError) as refused:
        read_text(b"abc\xff\xff\xff\x80", "notice.txt", Limits())
    assert "UTF-8" in refused.value.remedy
