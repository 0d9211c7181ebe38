"""Titles, letters, notes and tables on a sheet are separated."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.dimensions import ColumnDimension

from extractors.attachments import read

from .build import grid
from .build_sheets import HEAD, document, fill, only_table, outline, package, row, save, text_cell, workbook

BODY: list[list[Any]] = [["一、组织领导（10分）", "1.成立机构。", 5], [None, "2.落实经费。", 5]]


def test_a_merged_cell_is_one_cell_with_spans() -> None:
    table = only_table(document([HEAD, *BODY], merges=["A2:A3"]))
    assert grid(table) == [
        (0, 0, 1, 1, "测评项目"),
        (0, 1, 1, 1, "测评标准"),
        (0, 2, 1, 1, "分值"),
        (1, 0, 2, 1, "一、组织领导（10分）"),
        (1, 1, 1, 1, "1.成立机构。"),
        (1, 2, 1, 1, "5"),
        (2, 1, 1, 1, "2.落实经费。"),
        (2, 2, 1, 1, "5"),
    ]


def test_blank_merged_cells_are_drawn_too() -> None:
    table = only_table(document([[*HEAD, "备注"], *BODY], merges=["D2:D3"]))
    assert (1, 3, 2, 1, "") in grid(table)


def test_titles_above_and_notes_below_are_paragraphs() -> None:
    rows = [["附件2"], ["2023年度测评细则"], [None, None, "单位：分"], HEAD, *BODY, ["注：本细则由市文明办解释。"]]
    for frames in ("", "A4:C6"):
        result = document(rows, merges=["A2:C2", "A5:A6"], frames=frames)
        assert outline(result) == [
            "附件2",
            "2023年度测评细则",
            "单位：分",
            [HEAD, ["一、组织领导（10分）", "1.成立机构。", "5"], ["2.落实经费。", "5"]],
            "注：本细则由市文明办解释。",
        ]


def test_two_filled_cells_outside_the_lines_are_one_paragraph() -> None:
    rows = [["填报单位：某局", None, "填报日期：2023年"], HEAD, *BODY, ["填报人：", None, "联系人："]]
    result = outline(document(rows, frames="A2:C4"))
    assert result[0] == "填报单位：某局  填报日期：2023年"
    assert result[-1] == "填报人：  联系人："


def test_a_last_row_inside_the_lines_belongs_to_the_table() -> None:
    result = outline(document([HEAD, *BODY, ["填报人：　　联系人："]], merges=["A4:C4"], frames="A1:C4"))
    assert len(result) == 1


def test_a_letter_on_a_sheet_is_text_line_by_line() -> None:
    rows = [
        ["关于印发细则的通知"],
        ["各单位："],
        ["现将细则印发给你们。\n请认真落实。"],
        [None, "某市文明办"],
        [None, "2023年3月1日"],
    ]
    assert outline(document(rows)) == [
        "关于印发细则的通知",
        "各单位：",
        "现将细则印发给你们。",
        "请认真落实。",
        "某市文明办",
        "2023年3月1日",
    ]


def test_several_tables_on_a_sheet() -> None:
    other = ["主要任务", "责任单位", "完成时限"]
    task = ["开展志愿服务。", "办公室", "6月底前"]
    apart = [["表一"], HEAD, *BODY, [None], ["表二"], other, task]
    close = [["表一"], HEAD, *BODY, ["表二"], other, task]
    for rows in (apart, close):
        for frames in ("", f"A2:C4|A{len(rows) - 1}:C{len(rows)}"):
            book = Workbook()
            fill(book.worksheets[0], rows, ["A3:A4"])
            for part in filter(None, frames.split("|")):
                fill(book.worksheets[0], [], frames=part)
            result = outline(read(save(book), "a.xlsx"))
            assert [b if isinstance(b, str) else len(b) for b in result] == ["表一", 3, "表二", 2]


def test_bands_between_rows_stay_in_the_table() -> None:
    rows = [HEAD, ["一、基本指标"], ["甲", "1.成立机构。", 5], ["二、特色指标"], ["乙", "2.落实经费。", 5]]
    for merges in ((), ("A2:C2", "A4:C4")):
        table = only_table(document(rows, merges=merges))
        assert next(c.text for c in table.cells if c.row == 3) == "二、特色指标"
        assert (table.n_rows, table.n_cols) == (5, 3)


def test_another_attachment_mark_parts_tables_even_before_a_form_without_header() -> None:
    rows = [HEAD, *BODY, ["附件3"], ["申报表"], ["名称", None, "电话", None], ["地址", None, "邮编", None]]
    result = outline(document(rows, merges=["A2:A3"]))
    assert [b if isinstance(b, str) else len(b) for b in result] == [3, "附件3", "申报表", 2]


def test_a_two_row_header_without_lines_stays_whole() -> None:
    rows = [
        ["序号", "主要任务", "责任分工", None],
        [None, None, "牵头单位", "配合单位"],
        [1, "开展志愿服务。", "甲科", "乙科"],
    ]
    table = only_table(document(rows, merges=["A1:A2", "B1:B2", "C1:D1"]))
    assert (table.n_rows, table.n_cols) == (3, 4)
    assert grid(table)[0][:4] == (0, 0, 2, 1)


def test_a_sheet_for_each_attachment_and_names_that_say_nothing() -> None:
    book = Workbook()
    book.worksheets[0].title = "正文"
    fill(book.worksheets[0], [["关于印发细则的通知"]])
    for name, rows in (
        ("附件1", [["测评细则"], HEAD, *BODY]),
        ("附件2", [["附件2"], ["任务清单"], HEAD, *BODY]),
        ("共性任务清单", [HEAD, *BODY]),
        ("Sheet3", [["个性任务清单"], HEAD, *BODY]),
        ("文明单位", [["考核表"], HEAD, *BODY]),
    ):
        fill(book.create_sheet(name), rows)
    texts = [b for b in outline(read(save(book), "a.xlsx")) if isinstance(b, str)]
    assert texts == [
        "关于印发细则的通知",
        "附件1",
        "测评细则",
        "附件2",
        "任务清单",
        "共性任务清单",
        "个性任务清单",
        "考核表",
    ]


def test_hidden_sheets_are_left_out_and_reported() -> None:
    book = Workbook()
    fill(book.worksheets[0], [HEAD, *BODY])
    for name, state in (("旧稿", "hidden"), ("选项", "veryHidden"), ("空表", "hidden")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        if name != "空表":
            fill(sheet, [[f"{name}内容", "x"]])
    result = read(save(book), "a.xlsx")
    assert len(result.blocks) == 1
    assert [(n.rule, n.locator) for n in result.notes] == [
        ("hidden_sheet", "工作表“旧稿”"),
        ("hidden_sheet", "工作表“选项”"),
    ]
    assert "旧稿内容" in result.notes[0].message


def test_hidden_rows_and_columns_are_read_and_reported() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    fill(sheet, [HEAD, *BODY, ["二", "3.宣传。", 2], ["三", "4.活动。", 2]])
    for hidden in (3, 4, 9):
        sheet.row_dimensions[hidden].hidden = True
    sheet.column_dimensions["B"] = ColumnDimension(sheet, index="B", hidden=True)
    result = read(save(book), "a.xlsx")
    assert (only_table(result).n_rows, only_table(result).n_cols) == (5, 3)
    assert [(n.rule, n.message[:7]) for n in result.notes] == [
        ("hidden_rows", "第3至4行处于"),
        ("hidden_columns", "B列处于隐藏状"),
    ]


def test_text_under_a_merge_is_reported_not_shown() -> None:
    rows = row(1, *(text_cell(f"{at}1", t) for at, t in zip("ABC", HEAD, strict=True)))
    rows += row(2, text_cell("A2", "一"), text_cell("B2", "甲")) + row(3, text_cell("A3", "旧"), text_cell("B3", "乙"))
    result = read(package(rows, after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'), "a.xlsx")
    assert [n.rule for n in result.notes] == ["hidden_merged_text"]
    assert "旧" in result.notes[0].message
    assert "旧" not in [c.text for c in only_table(result).cells]


def test_grid_lines_that_no_cell_uses_are_no_rows_and_columns() -> None:
    rows = [["测评标准", None, "分值"], ["甲", None, 5], [None, None, None], ["乙", None, 3]]
    merges = ["A1:B1", "A2:B3", "C2:C3", "A4:B4"]
    table = only_table(document(rows, merges=merges))
    assert (table.n_rows, table.n_cols) == (3, 2)
    assert {(c.row_span, c.col_span) for c in table.cells} == {(1, 1)}


def test_a_title_merged_over_the_whole_sheet_does_not_widen_the_table() -> None:
    rows = [HEAD, ["一、基本指标"], *BODY]
    table = only_table(document(rows, merges=["A2:XFD2"]))
    assert table.n_cols == 3
    assert grid(table)[3] == (1, 0, 1, 3, "一、基本指标")


@pytest.mark.parametrize(("text", "width"), [("一、基本指标", 5), (None, 3)])
def test_a_merged_text_that_overhangs_widens_the_table_and_a_blank_does_not(text: str | None, width: int) -> None:
    rows = [HEAD, [text, None, None], *BODY]
    rows[1][2], rows[1][0] = rows[1][0], "甲"
    cells = only_table(document(rows, merges=["C2:E2"])).cells
    assert max(cell.col + cell.col_span for cell in cells) == width


def test_blank_rows_inside_the_lines_belong_to_the_table_and_those_after_it_do_not() -> None:
    rows = [["序号", "活动名称", "备注"], [1], [None], [2], [None], [None]]
    assert only_table(document(rows, frames="A1:C6")).n_rows == 4


def test_rows_repeated_on_every_page_are_header_rows() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    fill(sheet, [["测评细则"], HEAD, *BODY])
    sheet.print_title_rows = "1:2"
    assert only_table(read(save(book), "a.xlsx")).header_rows == 1


def test_csv_of_each_encoding_and_separator() -> None:
    text = (
        '测评细则,,\n测评项目,测评标准,分值\n一、组织,"1.成立机构，\n2.落实人员。",5\n,3.落实经费。,5\n'
        "注：由文明办解释。,,\n"
    )
    for data in (
        text.encode("utf-8-sig"),
        text.encode("gb18030"),
        text.replace(",", "\t").encode("utf-16"),
        text.replace(",", ";").encode(),
        ("sep=;\n" + text.replace(",", ";")).encode(),
    ):
        result = read(data, "细则.csv")
        assert outline(result) == [
            "测评细则",
            [
                ["测评项目", "测评标准", "分值"],
                ["一、组织", "1.成立机构，\n2.落实人员。", "5"],
                ["", "3.落实经费。", "5"],
            ],
            "注：由文明办解释。",
        ]
        assert not only_table(result).spans_known
    assert only_table(result).cells[0].locator == "第2行第1列"
    assert result.format == "text"


def test_numbers_of_a_sheet_under_another_name() -> None:
    result = read(workbook([HEAD, *BODY]), "a.et")
    assert [n.rule for n in result.notes] == ["extension_mismatch"]
