"""Cells as displayed: number formats, dates, stored results, strings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from extractors.attachments import read
from extractors.document import Document
from extractors.readers.sheet import xlsx
from extractors.readers.sheet.number_format import BUILTIN, format_general, format_value

from .build_sheets import document, only_table, package, row, save, text_cell, workbook


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (5, "General", "5"),
        (0.5, "General", "0.5"),
        (1.0, "General", "1"),
        (0.59999999999999998, "General", "0.6"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-5, "General", "0.00001"),
        (13800138000, "General", "13800138000"),
        (0.03, "0%", "3%"),
        (0.055, "0.0%", "5.5%"),
        (0.125, "0.00%", "12.50%"),
        (3.4, "0.00", "3.40"),
        (0.6, "0.0_ ", "0.6"),
        (2.5, "0", "3"),
        (-2.5, "0", "-3"),
        (1.005, "0.00", "1.01"),
        (12345.6, "#,##0.00", "12,345.60"),
        (12345.6, "#,##0.##", "12,345.6"),
        (12, "#.##", "12"),
        (0.5, "#.##", ".5"),
        (1234567, "0.0,,", "1.2"),
        (7, "000", "007"),
        (5, '0"分"', "5分"),
        (5, "0分", "5分"),
        (3, '"第"0"条"', "第3条"),
        (5, "0\\分", "5分"),
        (-4, "0;扣0分", "扣4分"),
        (0, '0;-0;"——"', "——"),
        (-3, '[Red]-0"分"', "--3分"),
        (-3, '0_);[Red](0"分")', "(3分)"),
        (5, "@", "5"),
        (90, '[>=90]"优秀";[>=80]"良好";"一般"', "优秀"),
        (85, '[>=90]"优秀";[>=80]"良好";"一般"', "良好"),
        (10, '[>=90]"优秀";[>=80]"良好";"一般"', "一般"),
        (12, "[DBNum1][$-804]General", "十二"),
        (0.5, "# ?/?", "0.5"),
        (45169, 'yyyy"年"m"月"d"日"', "2023年8月31日"),
        (45169, 'yyyy"年"m"月"d"日";@', "2023年8月31日"),
        (45169, "[$-F800]dddd, mmmm dd, yyyy", "星期四, Aug 31, 2023"),
        (45169, "yyyy-mm-dd", "2023-08-31"),
        (45169, "yyyy/m/d", "2023/8/31"),
        (45169, 'm"月"d"日"', "8月31日"),
        (45169, "[DBNum1][$-804]yyyy年m月d日", "二〇二三年八月三十一日"),
        (45169.708333333336, "yyyy/m/d h:mm", "2023/8/31 17:00"),
        (45169.708333333336, '上午/下午h"时"mm"分"', "下午5时00分"),
        (0.75, "h:mm", "18:00"),
        (1.5, "[h]:mm", "36:00"),
        (45169, "aaaa", "星期四"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (1e300, "yyyy-mm-dd", "1E+300"),
        (5, ";;;", ""),
        (5, "", "5"),
        (5, '0"unclosed', "5unclosed"),
    ],
)
def test_a_number_under_its_format(value: float, code: str, shown: str) -> None:
    assert format_value(value, code or "General") == shown


def test_dates_of_the_other_calendar() -> None:
    assert format_value(43707, "yyyy-mm-dd", date_1904=True) == "2023-08-31"


def test_general_keeps_whole_numbers_whole() -> None:
    assert [format_general(v) for v in (0.0, -0.0, 1e14, 123456789012.0)] == [
        "0",
        "0",
        "100000000000000",
        "123456789012",
    ]


def test_formats_of_a_workbook() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    day = date(2023, 8, 31)
    given: list[tuple[Any, str]] = [(0.03, "0%"), (day, 'yyyy"年"m"月"d"日"'), (day, "mm-dd-yy"), (5, '0"分"')]
    for c, (value, code) in enumerate(given, 1):
        sheet.cell(1, c, "测评标准" if c < 3 else "分值")
        sheet.cell(2, c, value).number_format = code
    assert [c.text for c in only_table(read(save(book), "a.xlsx")).cells if c.row == 1] == [
        "3%",
        "2023年8月31日",
        "2023年8月31日",
        "5分",
    ]


def _row(*cells: str, **parts: str) -> list[str]:
    head = row(1, text_cell("A1", "测评标准"), text_cell("B1", "分值"), text_cell("C1", "备注"))
    result = read(package(head + row(2, *cells), parts=parts), "a.xlsx")
    return [c.text for c in only_table(result).cells if c.row == 1]


def _notes(result: Document) -> list[tuple[str, str]]:
    return [(note.rule, note.locator) for note in result.notes]


def test_shared_rich_and_phonetic_strings() -> None:
    strings = (
        "<si><t>甲</t></si><si><r><rPr><b/></rPr><t>粗</t></r><r><t xml:space='preserve'>细 </t></r>"
        "<rPh sb='0' eb='1'><t>ヨミ</t></rPh><phoneticPr fontId='1'/></si><si><t>一_x000D_\n二_x0041_</t></si>"
    )
    cells = "".join(f'<c r="{at}2" t="s"><v>{i}</v></c>' for i, at in enumerate("ABC"))
    assert _row(cells, sharedStrings=strings) == ["甲", "粗细", "一\n二A"]


def test_rich_text_of_a_real_writer() -> None:
    rich = CellRichText("1.成立", TextBlock(InlineFont(b=True), "领导小组"), "。")
    assert only_table(document([["测评标准", "分值"], [rich, 5]])).cells[2].text == "1.成立领导小组。"


def test_formulas_give_their_stored_values() -> None:
    cells = (
        '<c r="A2" t="str"><f>"甲"&amp;"乙"</f><v>甲乙</v></c><c r="B2"><f>SUM(B3:B9)</f><v>15</v></c>'
        '<c r="C2" t="b"><v>1</v></c>'
    )
    assert _row(cells) == ["甲乙", "15", "TRUE"]


def test_a_formula_without_a_stored_value_and_an_error_are_reported() -> None:
    head = row(1, text_cell("A1", "测评标准"), text_cell("B1", "分值"))
    head += row(4, text_cell("A4", "丙"), text_cell("B4", "1"))
    body = row(2, text_cell("A2", "甲"), '<c r="B2"><f>1+1</f></c>') + row(
        3, text_cell("A3", "乙"), '<c r="B3" t="e"><f>B9</f><v>#REF!</v></c>'
    )
    result = read(package(head + body), "a.xlsx")
    assert [c.text for c in only_table(result).cells] == ["测评标准", "分值", "甲", "", "乙", "", "丙", "1"]
    assert _notes(result) == [
        ("formula_without_value", "工作表“Sheet1” B2"),
        ("formula_error", "工作表“Sheet1” B3"),
    ]
    assert "#REF!" in result.notes[1].message


def test_a_text_that_looks_like_a_formula_stays_text() -> None:
    cells = text_cell("A2", '=HYPERLINK("x")') + text_cell("B2", "+1") + text_cell("C2", "@x")
    assert _row(cells) == ['=HYPERLINK("x")', "+1", "@x"]


def test_strict_files_and_cells_without_references() -> None:
    head = "<row><c t='inlineStr'><is><t>测评标准</t></is></c><c t='inlineStr'><is><t>分值</t></is></c></row>"
    body = "<row><c t='inlineStr'><is><t>甲</t></is></c><c><v>2</v></c></row>"
    data = package(head + body, namespace="http://purl.oclc.org/ooxml/spreadsheetml/main")
    assert [c.text for c in only_table(read(data, "a.xlsx")).cells] == ["测评标准", "分值", "甲", "2"]


def test_locators_name_sheet_and_square() -> None:
    result = read(workbook([["关于开展测评的通知"], ["测评标准", "分值"], ["甲", 5]], name="细则"), "a.xlsx")
    assert [p.locator for p in result.paragraphs()] == ["工作表“细则” A1"]
    table = only_table(result)
    assert table.locator == "工作表“细则” A2:B3"
    assert [c.locator for c in table.cells] == [f"工作表“细则” {at}" for at in ("A2", "B2", "A3", "B3")]
    assert (result.format, table.spans_known) == ("xlsx", True)


def test_a_large_part_is_read_piece_by_piece_with_the_same_result(
    notices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (notices / "xlsx" / "shanwei-2016.xlsx").read_bytes()
    whole = read(data, "a.xlsx")
    monkeypatch.setattr(xlsx, "_MAX_WHOLE_PARSE", 0)
    assert read(data, "a.xlsx") == whole


SHOWN_AS = {
    "45173.5633": (0, 11, 12, 13, 48, 49),
    "45174": (1,),
    "45173.56": (2,),
    "45,174": (3, 37, 38),
    "45,173.56": (4, 39, 40),
    "4517356%": (9,),
    "4517356.33%": (10,),
    "2023年9月4日": (14, 31),
    "4-Sep-23": (15,),
    "4-Sep": (16,),
    "Sep-23": (17,),
    "1:31 PM": (18,),
    "1:31:09 PM": (19,),
    "13:31": (20,),
    "13:31:09": (21,),
    "2023年9月4日 13:31": (22,),
    "2023年9月": (27, 36, 50, 52, 57),
    "9月4日": (28, 29, 51, 53, 54, 58),
    "9-4-23": (30,),
    "13时31分": (32,),
    "13时31分09秒": (33,),
    "下午1时31分": (34, 55),
    "下午1时31分09秒": (35, 56),
    "31:09": (45, 47),
    "1084165:31:09": (46,),
}
"""The formats without a code of their own, by what they show of half past one on a day of September."""


def test_formats_that_a_file_names_by_number_only() -> None:
    found: dict[str, list[int]] = {}
    for number, code in BUILTIN.items():
        found.setdefault(format_value(45173.5633, code), []).append(number)
    assert {text: tuple(numbers) for text, numbers in found.items()} == SHOWN_AS
    assert {format_value(-1234.5, BUILTIN[number]) for number in (37, 38)} == {"-1,235"}
    assert {format_value(-1234.5, BUILTIN[number]) for number in (39, 40)} == {"-1,234.50"}


@pytest.mark.parametrize("code", ["0.00E+00", "0.0E+0", "0E-00", "##0.0e+0"])
def test_a_number_in_scientific_format_is_no_year(code: str) -> None:
    assert [format_value(value, code) for value in (0.25, 2023, 45173.5)] == ["0.25", "2023", "45173.5"]


def test_names_of_months_and_days_of_the_week() -> None:
    assert " ".join(format_value(45292 + 31 * n, "mmm") for n in range(12)) == (
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    )
    assert [format_value(45292 + n, "aaa aaaa ddd") for n in range(7)] == [
        f"{day} 星期{day} 星期{day}" for day in "一二三四五六日"
    ]


@pytest.mark.parametrize(
    ("value", "day", "day_1904"),
    [
        (-1, "-1", "-1"),
        (0, "1899-12-31", "1904-1-1"),
        (1, "1900-1-1", "1904-1-2"),
        (59, "1900-2-28", "1904-2-29"),
        (60, "1900-2-28", "1904-3-1"),
        (61, "1900-3-1", "1904-3-2"),
        (2_957_003, "9995-12-30", "9999-12-31"),
        (2_958_465, "9999-12-31", "2958465"),
        (2_958_466, "2958466", "2958466"),
    ],
)
def test_the_first_and_the_last_day(value: int, day: str, day_1904: str) -> None:
    assert (format_value(value, "yyyy-m-d"), format_value(value, "yyyy-m-d", date_1904=True)) == (day, day_1904)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1e14, "100000000000000"),
        (1e15, "1E+15"),
        (1e-9, "0.000000001"),
        (1e-10, "1E-10"),
        (123456789.123, "123456789.12"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_the_digits_of_a_plain_number(value: float, shown: str) -> None:
    assert format_general(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "零"),
        (99_999_999, "九千九百九十九万九千九百九十九"),
        (100_000_000, "100000000"),
        (1.5, "1.5"),
    ],
)
def test_chinese_numerals(value: float, shown: str) -> None:
    assert format_value(value, "[DBNum1]General") == shown


@pytest.mark.parametrize(
    ("condition", "holds"), [("<5", "4"), ("<=5", "45"), (">5", "6"), (">=5", "56"), ("=5", "5"), ("<>5", "46")]
)
def test_the_condition_of_a_section(condition: str, holds: str) -> None:
    shown = [format_value(value, f'[{condition}]"甲";"乙"') for value in (4, 5, 6)]
    assert shown == ["甲" if str(value) in holds else "乙" for value in (4, 5, 6)]
