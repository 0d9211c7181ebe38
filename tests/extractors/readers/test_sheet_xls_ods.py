"""xls record by record, ods, and hidden content."""

from __future__ import annotations

import struct

import pytest

from extractors.attachments import read
from extractors.document import ReadError

from .build import grid, pack
from .build_sheets import only_table, outline
from .build_xls import compound, label, number, record, rk, shared, stream, string, style, xls

WORDS = ["测评项目", "测评标准", "分值", "一、组织领导", "1.成立机构。", "2.落实经费。"]
HEADS = label(0, 0, 0) + label(0, 1, 1) + label(0, 2, 2)
TWO_ROWS = HEADS + label(1, 0, 3) + label(1, 1, 4) + number(1, 2, 5) + label(2, 1, 5) + number(2, 2, 0.5)
MERGE = record(0x00E5, struct.pack("<HHHHH", 1, 1, 2, 0, 0))
STYLES = style(0)


def test_a_sheet_with_a_merge() -> None:
    result = read(xls([("附件1", 0, TWO_ROWS + MERGE)], STYLES + shared(WORDS)), "a.xls")
    assert result.format == "xls"
    assert outline(result)[0] == "附件1"
    assert grid(only_table(result))[3:] == [
        (1, 0, 2, 1, "一、组织领导"),
        (1, 1, 1, 1, "1.成立机构。"),
        (1, 2, 1, 1, "5"),
        (2, 1, 1, 1, "2.落实经费。"),
        (2, 2, 1, 1, "0.5"),
    ]
    assert only_table(result).cells[3].locator == "工作表“附件1” A2"


def _cells(*cells: bytes, globals_: bytes = b"", words: list[str] = WORDS) -> list[str]:
    data = xls([("Sheet1", 0, HEADS + b"".join(cells))], (globals_ or STYLES) + shared(words))
    return [c.text for c in only_table(read(data, "a.xls")).cells if c.row == 1]


def test_every_kind_of_number() -> None:
    runs = struct.pack("<HH", 1, 0) + b"".join(struct.pack("<HI", 0, v) for v in (rk(5), rk(-7), rk(340, True)))
    assert _cells(record(0x00BD, runs + struct.pack("<H", 2))) == ["5", "-7", "3.4"]
    double = struct.unpack("<I", struct.pack("<d", 0.5)[4:])[0] & 0xFFFFFFFC
    one = record(0x027E, struct.pack("<HHHI", 1, 0, 0, double))
    assert _cells(one, number(1, 1, 3.0), number(1, 2, 0.1 + 0.2)) == ["0.5", "3", "0.3"]


def test_number_formats_and_dates() -> None:
    day = record(0x041E, struct.pack("<H", 164) + string('yyyy"年"m"月"d"日"'))
    globals_ = day + style(0) + style(9) + style(164)
    assert _cells(number(1, 0, 0.03, 1), number(1, 1, 45169, 2), number(1, 2, 5), globals_=globals_) == [
        "3%",
        "2023年8月31日",
        "5",
    ]
    assert _cells(number(1, 0, 43707, 2), number(1, 1, 1), globals_=record(0x22, b"\1\0") + globals_)[0] == (
        "2023年8月31日"
    )


def test_strings_that_go_on_in_the_next_record() -> None:
    words = [*WORDS[:5], "甲" * 30]
    for cut in (1, 12, 29):
        table = shared(words, cut)
        data = xls([("Sheet1", 0, HEADS + label(1, 0, 3) + label(1, 1, 5))], STYLES + table)
        assert only_table(read(data, "a.xls")).cells[4].text == "甲" * 30
    latin = record(0x00FC, struct.pack("<II", 1, 1) + b"\x04\x00\x01" + "甲乙".encode("utf-16-le"))
    latin += record(0x003C, b"\x00ab")
    data = xls([("Sheet1", 0, label(0, 0, 0))], STYLES + latin)
    assert outline(read(data, "a.xls")) == ["甲乙ab"]


def test_rich_strings_with_phonetic_guides() -> None:
    rich = b"\x02\x00\x0d\x01\x00\x06\x00\x00\x00" + "甲乙".encode("utf-16-le") + b"\0\0\0\0" + b"\1\2\3\4\5\6"
    table = record(0x00FC, struct.pack("<II", 2, 2) + rich + string("丙"))
    data = xls([("Sheet1", 0, label(0, 0, 0) + label(1, 0, 1))], STYLES + table)
    assert outline(read(data, "a.xls")) == ["甲乙", "丙"]


def test_formulas_strings_flags_and_errors() -> None:
    text = record(0x0006, struct.pack("<HHH", 1, 0, 0) + b"\0" * 6 + b"\xff\xff" + bytes(8))
    text += record(0x0207, string("公式文字"))
    value = record(0x0006, struct.pack("<HHHd", 1, 1, 0, 7.0) + bytes(8))
    flag = record(0x0205, struct.pack("<HHHBB", 1, 2, 0, 1, 0))
    assert _cells(text, value, flag) == ["公式文字", "7", "TRUE"]
    error = record(0x0205, struct.pack("<HHHBB", 1, 2, 0, 23, 1))
    result = read(
        xls([("Sheet1", 0, HEADS + label(1, 0, 3) + label(1, 1, 4) + error)], STYLES + shared(WORDS)), "a.xls"
    )
    assert [(n.rule, n.locator) for n in result.notes] == [("formula_error", "工作表“Sheet1” C2")]
    assert "#REF!" in result.notes[0].message


ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A", 1: "#ERR"}


@pytest.mark.parametrize(("code", "shown"), ERRORS.items())
def test_what_a_formula_shows_instead_of_a_value(code: int, shown: str) -> None:
    stored = bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF])
    formula = record(0x0006, struct.pack("<HHH", 1, 2, 0) + stored + bytes(8))
    rows = HEADS + label(1, 0, 3) + label(1, 1, 4)
    for cell in (formula, record(0x0205, struct.pack("<HHHBB", 1, 2, 0, code, 1))):
        (note,) = read(xls([("Sheet1", 0, rows + cell)], STYLES + shared(WORDS)), "a.xls").notes
        assert (note.rule, f"“{shown}”" in note.message) == ("formula_error", True)


@pytest.mark.parametrize(("value", "shown"), [(0, "FALSE"), (1, "TRUE"), (2, "TRUE")])
def test_a_formula_that_is_true_or_not(value: int, shown: str) -> None:
    stored = bytes([1, 0, value, 0, 0, 0, 0xFF, 0xFF])
    flag = record(0x0205, struct.pack("<HHHBB", 1, 2, 0, value, 0))
    formula = record(0x0006, struct.pack("<HHH", 1, 0, 0) + stored + bytes(8))
    number_ = record(0x0006, struct.pack("<HHHd", 1, 1, 0, 7.0) + bytes(8))
    assert _cells(formula, number_, flag) == [shown, "7", shown]


def test_lines_tell_the_table_from_its_notes() -> None:
    framed = STYLES + style(0, 0x1111)
    rows = [label(0, 0, 0, 1) + label(0, 1, 1, 1), label(1, 0, 3, 1) + label(1, 1, 4, 1)]
    blank = record(0x0201, struct.pack("<HHH", 2, 0, 1)) + label(2, 1, 5, 1)
    result = read(xls([("Sheet1", 0, b"".join(rows) + blank + label(3, 0, 2))], framed + shared(WORDS)), "a.xls")
    assert [b if isinstance(b, str) else len(b) for b in outline(result)] == [3, "分值"]
    many = record(0x00BE, struct.pack("<HHHHHH", 2, 0, 1, 1, 1, 2)) + label(3, 0, 3, 1) + label(3, 1, 5, 1)
    result = read(xls([("Sheet1", 0, b"".join(rows) + many)], framed + shared(WORDS)), "a.xls")
    assert only_table(result).n_rows == 4


def test_hidden_rows_columns_and_sheets() -> None:
    hidden_row = record(0x0208, struct.pack("<HHHHHHHH", 1, 0, 3, 0, 0, 0, 0x20, 0))
    hidden_column = record(0x007D, struct.pack("<HHHHHH", 1, 1, 0, 0, 1, 0))
    data = xls(
        [("Sheet1", 0, hidden_column + hidden_row + TWO_ROWS), ("旧稿", 1, label(0, 0, 3)), ("宏", 2, b"")],
        STYLES + shared(WORDS),
    )
    result = read(data, "a.xls")
    assert [n.rule for n in result.notes] == ["hidden_sheet", "hidden_rows", "hidden_columns"]
    assert only_table(result).n_rows == 3


def test_text_boxes_are_text_and_comments_are_not() -> None:
    def box(kind: int, text: str) -> bytes:
        head = record(0x005D, struct.pack("<HHHHH", 0x15, 0x12, kind, 1, 0))
        return (
            head
            + record(0x01B6, struct.pack("<HH6xHHI", 0, 0, len(text), 0, 0))
            + record(0x003C, b"\x01" + text.encode("utf-16-le"))
        )

    cells = label(0, 0, 3) + box(0x06, "附件说明\r请按时报送") + box(0x19, "批注")
    assert outline(read(xls([("Sheet1", 0, cells)], STYLES + shared(WORDS)), "a.xls")) == [
        "一、组织领导",
        "附件说明",
        "请按时报送",
    ]


def _refused(data: bytes, name: str = "a.xls") -> str:
    with pytest.raises(ReadError) as caught:
        read(data, name)
    return caught.value.reason


def test_encrypted_old_and_broken_workbooks() -> None:
    assert "已加密" in _refused(xls([("Sheet1", 0, HEADS)], record(0x002F, bytes(6))))
    assert "损坏" in _refused(xls([("Sheet1", 0, label(0, 0, 99))], STYLES + shared(WORDS)))
    assert "损坏" in _refused(xls([("Sheet1", 0, number(0, 0, float("nan")))], STYLES))
    assert "损坏" in _refused(compound(stream([("Sheet1", 0, HEADS)], STYLES + shared(WORDS)), loop=True))
    whole = xls([("Sheet1", 0, TWO_ROWS)], STYLES + shared(WORDS))
    assert "损坏" in _refused(whole[:1500])


@pytest.mark.parametrize("stated", [0, 1, 7, 0xFFFFFFFF])
def test_a_wrong_number_of_strings_loses_none(stated: int) -> None:
    body = struct.pack("<II", stated, stated) + b"".join(string(word) for word in WORDS)
    result = read(xls([("附件1", 0, TWO_ROWS)], STYLES + record(0x00FC, body)), "a.xls")
    assert [c.text for c in only_table(result).cells][:3] == WORDS[:3]
    assert "2.落实经费。" in [c.text for c in only_table(result).cells]
    cut = record(0x00FC, body[:-4])
    assert "损坏" in _refused(xls([("附件1", 0, TWO_ROWS)], STYLES + cut))


@pytest.mark.parametrize("stream_name", ["WORKBOOK", "workbook", "WorkBook", "Book", "BOOK"])
def test_the_name_of_the_stream_is_read_without_regard_to_case(stream_name: str) -> None:
    made = compound(stream([("附件1", 0, TWO_ROWS)], STYLES + shared(WORDS)), stream_name)
    for name in ("a.xls", "a.et"):
        result = read(made, name)
        assert (result.format, result.notes) == ("xls", ())
        assert only_table(result).cells[0].text == "测评项目"


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">'
    "<office:automatic-styles>{styles}</office:automatic-styles>"
    "<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
)
_STYLES = (
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="ce1" style:family="table-cell">'
    '<style:table-cell-properties fo:border="0.06pt solid #000000"/></style:style>'
)


def _ods(tables: str, extra: dict[str, str | bytes] | None = None) -> bytes:
    content: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": _ODS.format(styles=_STYLES, tables=tables),
    }
    return pack(content | (extra or {}))


def _cell(text: str, attributes: str = "") -> str:
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n") if line)
    return f"<table:table-cell {attributes}>{lines}</table:table-cell>"


def _row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def test_ods_shows_what_its_cells_show() -> None:
    head = _row(*(_cell(t) for t in ("测评项目", "测评标准", "权重")))
    body = _row(
        _cell("一、组织", 'table:number-rows-spanned="2"'),
        _cell('1.成立机构，<text:line-break/>配<text:s text:c="2"/>人。\n第二段'),
        _cell("3%", 'office:value="0.03"'),
    )
    body += _row("<table:covered-table-cell/>", _cell("2.落实。"), _cell("5%", 'table:number-columns-repeated="1"'))
    rest = _row(_cell("", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048570"')
    hidden = f'<table:table table:name="旧稿" table:style-name="ta2">{_row(_cell("旧"))}</table:table>'
    result = read(_ods(f'<table:table table:name="附件1">{head}{body}{rest}</table:table>{hidden}'), "a.ods")
    assert grid(only_table(result))[3:] == [
        (1, 0, 2, 1, "一、组织"),
        (1, 1, 1, 1, "1.成立机构，\n配  人。\n第二段"),
        (1, 2, 1, 1, "3%"),
        (2, 1, 1, 1, "2.落实。"),
        (2, 2, 1, 1, "5%"),
    ]
    assert [n.rule for n in result.notes] == ["hidden_sheet"]


def test_ods_repeats_hidden_rows_and_lines() -> None:
    framed = 'table:style-name="ce1"'
    head = _row(_cell("测评标准", framed), _cell("分值", framed))
    body = _row(_cell("甲", framed), _cell("1", framed), attributes='table:number-rows-repeated="2"')
    body += _row(_cell("乙", framed), _cell("2", framed), attributes='table:visibility="collapse"')
    result = read(_ods(f'<table:table table:name="Sheet1">{head}{body}{_row(_cell("注：甲"))}</table:table>'), "a.ods")
    assert [b if isinstance(b, str) else len(b) for b in outline(result)] == [4, "注：甲"]
    assert [n.rule for n in result.notes] == ["hidden_rows"]


def test_ods_that_claims_too_much_or_is_encrypted() -> None:
    many = _row(_cell("甲", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048576"')
    assert "超过上限" in _refused(_ods(f'<table:table table:name="a">{many}</table:table>'), "a.ods")
    words = '<table:table table:name="a"><table:table-row table:number-rows-repeated="x"/></table:table>'
    assert "无效" in _refused(_ods(words), "a.ods")
    locked: dict[str, str | bytes] = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}
    assert "已加密" in _refused(_ods("", locked), "a.ods")
    deep = _row(_cell("<text:span>" * 90 + "甲" + "</text:span>" * 90))
    assert "过深" in _refused(_ods(f'<table:table table:name="a">{deep}</table:table>'), "a.ods")
