"""Damaged and contrived spreadsheets: a `ReadError` or a document, in little time and memory, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.attachments import read
from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import sheet

from .build_sheets import HEAD, only_table, outline, package, row, text_cell, workbook
from .build_xls import label, number, record, shared, style, xls
from .outcomes import is_sound


def _refused(data: bytes, name: str = "a.xlsx", limits: Limits | None = None) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read(data, name, limits or Limits())
    assert caught.value.remedy
    return caught.value


def test_two_cells_at_the_far_ends_of_a_sheet() -> None:
    data = package(
        row(1, text_cell("A1", "甲")) + row(1048576, text_cell("XFD1048576", "乙")),
        before='<dimension ref="A1:XFD1048576"/>',
    )
    assert outline(read(data, "a.xlsx")) == ["甲", "乙"]


@pytest.mark.parametrize("at", ["XFE1", "A0", "A1048577", "AAAA1", "1A", "A", "甲1", "A-1", "A1:B2"])
def test_cells_outside_of_any_sheet(at: str) -> None:
    number_of_row = 1048577 if at.endswith("577") else 0 if at == "A0" else 1
    assert "损坏" in _refused(package(row(number_of_row, text_cell(at, "甲")))).reason


def test_a_cell_in_the_wrong_row() -> None:
    assert "不在所属的行" in _refused(package(row(1, text_cell("A7", "甲")))).reason


def test_a_sheet_of_a_diagonal() -> None:
    limits = Limits(max_columns=50)
    rows = "".join(
        row(i, f'<c r="{_name(i)}{i}"><v>1</v></c>', f'<c r="{_name(i + 1)}{i}"><v>2</v></c>') for i in range(1, 60)
    )
    assert "超过上限" in _refused(package(rows), limits=limits).reason
    assert "超过上限" in _refused(package(rows), limits=Limits(max_cells=1000)).reason


def _name(column: int) -> str:
    high, low = divmod(column - 1, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)


def test_more_filled_cells_than_the_limit() -> None:
    rows = "".join(f"<row>{'<c><v>1</v></c>' * 20}</row>" for _ in range(60))
    assert "单元格超过上限" in _refused(package(rows), limits=Limits(max_cells=1000)).reason


def test_merges_over_everything_and_over_each_other() -> None:
    head = row(1, *(text_cell(f"{at}1", text) for at, text in zip("ABC", HEAD, strict=True)))
    rows = head + "".join(row(i, text_cell(f"A{i}", "甲"), text_cell(f"B{i}", "乙")) for i in range(2, 5))
    whole = '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    found = read(package(rows, after=whole), "a.xlsx")
    assert {n.rule for n in found.notes} == {"hidden_merged_text"}
    crossing = '<mergeCells><mergeCell ref="C2:C3"/><mergeCell ref="C3:C4"/></mergeCells>'
    found = read(package(rows, after=crossing), "a.xlsx")
    assert [n.rule for n in found.notes] == ["bad_span"]
    assert only_table(found).n_rows == 4
    tall = "".join(f'<mergeCell ref="D{i}:E1048576"/>' for i in range(2, 200))
    many = head + "".join(row(i, text_cell(f"A{i}", "甲"), text_cell(f"B{i}", "乙")) for i in range(2, 300))
    data = package(many, after=f"<mergeCells>{tall}</mergeCells>")
    assert "互相重叠" in _refused(data, limits=Limits(max_cells=5000)).reason
    assert "互相重叠" in _refused(package(many, after=f"<mergeCells>{tall.replace('D', 'B')}</mergeCells>")).reason


@pytest.mark.parametrize("value", ["abc", "nan", "inf", "1e999", "--1", "0x10"])
def test_numbers_that_are_none(value: str) -> None:
    assert "损坏" in _refused(package(row(1, f'<c r="A1"><v>{value}</v></c>'))).reason


@pytest.mark.parametrize("value", ["1e308", "-1e308", "1e-308", "2958466", "-0"])
def test_numbers_at_the_edge(value: str) -> None:
    styles = '<numFmts><numFmt numFmtId="164" formatCode="#,##0.0%,,"/></numFmts><cellXfs>'
    styles += '<xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="48"/><xf numFmtId="9999999999999"/></cellXfs>'
    cells = "".join(f'<c r="{at}1" s="{i}"><v>{value}</v></c>' for i, at in enumerate("ABCD"))
    assert read(package(row(1, cells), parts={"styles": styles}), "a.xlsx").blocks


def test_a_shared_string_that_is_not_there() -> None:
    for index in ("7", "-1", "x", "9" * 30):
        assert "共享文字" in _refused(package(row(1, f'<c r="A1" t="s"><v>{index}</v></c>'))).reason


@pytest.mark.parametrize(
    "sheet_xml",
    [
        '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><worksheet>&d;</worksheet>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet/>',
    ],
)
def test_document_types(sheet_xml: str) -> None:
    assert "文档类型" in _refused(package("", sheet=sheet_xml)).reason


def test_broken_and_deep_markup() -> None:
    assert "XML 已损坏" in _refused(package("<row><c>")).reason
    assert "嵌套过深" in _refused(package("<row>" * 3000 + "</row>" * 3000)).reason


def test_a_format_without_end_costs_nothing() -> None:
    code = '"' * 200 + "[" * 200 + "0" * 100_000
    styles = f'<numFmts><numFmt numFmtId="164" formatCode="{code.replace(chr(34), "&quot;")}"/></numFmts>'
    styles += '<cellXfs><xf numFmtId="164"/></cellXfs>'
    assert read(package(row(1, '<c r="A1" s="0"><v>5</v></c>'), parts={"styles": styles}), "a.xlsx").blocks


def test_a_workbook_without_its_parts() -> None:
    whole = workbook([HEAD, ["甲", "乙", 1]])
    assert "损坏" in _refused(whole[: len(whole) // 2]).reason
    assert "工作簿" in _refused(package("").replace(b"xl/workbook.xml", b"xl/workbork.xml")).reason
    lost = package("").replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml")
    assert [n.rule for n in read(lost, "a.xlsx").notes] == ["lost_part"]


def test_csv_that_never_ends_a_quotation_or_is_too_wide() -> None:
    assert "引号" in _refused(('a,"b' + "x" * 300_000).encode(), "a.csv").reason
    assert "超出" in _refused(("," * 20_000 + "a\n").encode(), "a.csv").reason
    with pytest.raises(ReadError):
        read(b"a,b\n\x00\x01,2\n" * 50, "a.csv")


_XLSX = package(
    row(1, text_cell("A1", "测评标准"), text_cell("B1", "分值"))
    + row(2, '<c r="A2" t="s"><v>0</v></c>', '<c r="B2" s="1"><f>A1</f><v>0.5</v></c>'),
    after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
    before='<cols><col min="1" max="2" hidden="1"/></cols>',
    parts={
        "styles": '<numFmts><numFmt numFmtId="164" formatCode="0%"/></numFmts><borders><border><left style="thin"/>'
        '</border></borders><cellXfs><xf numFmtId="0"/><xf numFmtId="164" borderId="0"/></cellXfs>',
        "sharedStrings": "<si><r><t>甲</t></r></si>",
    },
)
_XLS = xls(
    [("Sheet1", 0, label(0, 0, 0) + label(0, 1, 1) + number(1, 1, 5, 1) + record(0x00E5, b"\1\0\0\0\1\0\0\0\0\0"))],
    record(0x041E, b"\xa4\0\2\0\0000%") + style(0) + style(164, 0x11) + shared(["测评标准", "分值"], 1),
)
_CSV = '测评标准,分值\n"1.成立，\n机构",5\n'.encode("gb18030")


_SEEDS = {"xlsx": _XLSX, "xls": _XLS, "csv": _CSV}
_CHECKS = list(HealthCheck)


def _mutate(seed: bytes, data: st.DataObject) -> bytes:
    changed = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(len(changed) - 1, 0)))
        match data.draw(st.integers(0, 3)):
            case 0:
                changed[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
            case 1:
                del changed[at : at + data.draw(st.integers(1, 40))]
            case 2:
                changed[at:at] = changed[at // 2 : at // 2 + data.draw(st.integers(1, 40))]
            case _:
                changed[at : at + 4] = data.draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\xff\xff\0\0"]))
    return bytes(changed)


def _ends_well(data: bytes) -> bool:
    return is_sound(lambda: sheet.read(data, "a", Limits()))


@settings(max_examples=80, deadline=None, suppress_health_check=_CHECKS, derandomize=True)
@given(data=st.data())
@pytest.mark.parametrize("kind", sorted(_SEEDS))
def test_mutated_files_give_a_document_or_a_refusal(kind: str, data: st.DataObject) -> None:
    assert _ends_well(_mutate(_SEEDS[kind], data))


@pytest.mark.fuzz
@settings(max_examples=2000, deadline=None, suppress_health_check=_CHECKS)
@given(data=st.data())
@pytest.mark.parametrize("kind", sorted(_SEEDS))
def test_many_mutated_files_give_a_document_or_a_refusal(kind: str, data: st.DataObject) -> None:
    assert _ends_well(_mutate(_SEEDS[kind], data))


_PIECES = [
    "<row>",
    "</row>",
    "<c/>",
    '<c r="XFD1048576"/>',
    "<v>",
    "<f/>",
    "99999999999",
    "-1",
    "&x;",
    "",
    "]]>",
    '" ',
    "<is>",
]


def _mutated_markup(data: st.DataObject) -> bytes:
    text = (
        f"{row(1, text_cell('A1', '测评标准'), text_cell('B1', '分值'))}"
        '<row r="2" hidden="1"><c r="A2" t="str"><f>1</f><v>甲</v></c><c r="B2" s="1"><v>5</v></c></row>'
    )
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(text)))
        stop = min(len(text), at + data.draw(st.integers(0, 12)))
        text = text[:at] + data.draw(st.sampled_from(_PIECES)) + text[stop:]
    return package(text)


@settings(max_examples=100, deadline=None, suppress_health_check=_CHECKS, derandomize=True)
@given(data=st.data())
def test_mutated_markup_gives_a_document_or_a_refusal(data: st.DataObject) -> None:
    assert _ends_well(_mutated_markup(data))


@pytest.mark.fuzz
@settings(max_examples=3000, deadline=None, suppress_health_check=_CHECKS)
@given(data=st.data())
def test_much_mutated_markup_gives_a_document_or_a_refusal(data: st.DataObject) -> None:
    assert _ends_well(_mutated_markup(data))
