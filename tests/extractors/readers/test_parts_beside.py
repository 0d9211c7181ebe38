"""Parts of a file that stand beside what is read: charts, drawings, other members, cut strings, surrogates."""

from __future__ import annotations

import struct
import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.layout.model import Page
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers.archive import _zip_members
from extractors.readers.pdf.pages import open_pdf, read_pages

from .build import REL, pack, relationships
from .build_pdf import PdfPageSource, build_pdf
from .build_sheets import MAIN, outline, row, text_cell
from .build_xls import label, number, record, shared, stream, string, style, xls

WORDS = ["测评项目", "分值", "一、组织领导"]
CELLS = label(0, 0, 0) + label(0, 1, 1) + label(1, 0, 2) + number(1, 1, 5)


def test_a_sheet_that_is_a_chart_is_left_out() -> None:
    chart = record(0x0085, struct.pack("<IBB", 0, 0, 2) + string("图表", 1))
    whole = stream([("Sheet1", 0, CELLS)], style(0) + shared(WORDS) + chart)
    at = whole.index(record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)))
    chart = record(0x0085, struct.pack("<IBB", at, 0, 2) + string("图表", 1))
    found = read(xls([("Sheet1", 0, CELLS)], style(0) + shared(WORDS) + chart), "a.xls")
    assert outline(found) == [[["测评项目", "分值"], ["一、组织领导", "5"]]]


def test_a_string_goes_on_through_several_records() -> None:
    text = "甲乙丙丁戊己"
    parts = [text[at : at + 2].encode("utf-16-le") for at in range(0, 6, 2)]
    table = record(0x00FC, struct.pack("<II", 1, 1) + struct.pack("<HB", len(text), 1) + parts[0])
    table += record(0x003C, b"\x01" + parts[1]) + record(0x003C, b"\x01" + parts[2])
    assert outline(read(xls([("Sheet1", 0, label(0, 0, 0))], style(0) + table), "a.xls")) == [text]


def test_a_cell_whose_style_the_file_does_not_have_is_shown_plainly() -> None:
    cells = label(0, 0, 0) + label(0, 1, 1) + label(1, 0, 2, 7) + number(1, 1, 0.5, 7)
    found = read(xls([("Sheet1", 0, cells)], style(9) + shared(WORDS)), "a.xls")
    assert outline(found) == [[["测评项目", "分值"], ["一、组织领导", "0.5"]]]


@pytest.mark.parametrize(
    ("kind", "part", "is_read"),
    [("drawing", "drawing1", True), ("drawing", "drawing2", False), ("comments", "drawing1", False)],
)
def test_a_drawing_beside_the_cells_gives_its_boxes_and_a_count_of_pictures(
    kind: str, part: str, is_read: bool
) -> None:
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    drawing = (
        f'<wsDr {a} xmlns="x"><sp><txBody><a:p><a:r><a:t>注：</a:t></a:r><a:r><a:t>甲</a:t></a:r></a:p><a:p/>'
        "</txBody></sp>"
        "<pic><txBody><a:p><a:r><a:t>图名</a:t></a:r></a:p></txBody></pic><pic/></wsDr>"
    )
    root = f'xmlns="{MAIN}" xmlns:r="{REL}"'
    sheets = '<sheets><sheet name="甲" sheetId="1" r:id="r0"/></sheets>'
    cells = row(1, text_cell("A1", "测评项目"), text_cell("B1", "分值")) + row(
        2, text_cell("A2", "一"), text_cell("B2", "5")
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    found = read(
        pack(
            {
                "[Content_Types].xml": types,
                "_rels/.rels": relationships({"officeDocument": "xl/workbook.xml"}),
                "xl/_rels/workbook.xml.rels": relationships({"worksheet": "worksheets/sheet1.xml"}),
                "xl/workbook.xml": f"<workbook {root}>{sheets}</workbook>",
                "xl/worksheets/sheet1.xml": f"<worksheet {root}><sheetData>{cells}</sheetData></worksheet>",
                "xl/worksheets/_rels/sheet1.xml.rels": relationships({kind: "../drawings/drawing1.xml"}),
                f"xl/drawings/{part}.xml": drawing,
            }
        ),
        "a.xlsx",
    )
    assert outline(found) == ["甲", [["测评项目", "分值"], ["一", "5"]], *(["注：甲"] if is_read else [])]
    notes = [(note.rule, note.message) for note in found.notes]
    assert notes == ([("picture", "有 2 张图片，其中的文字未读取")] if is_read else [])


def test_members_of_a_zip_without_folders_and_links() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("甲/", b"")
        archive.writestr("甲/a.txt", b"1")
        link = zipfile.ZipInfo("甲/b.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, b"a.txt")
        archive.writestr("c.txt", b"22")
    assert list(_zip_members(out.getvalue(), DEFAULT_LIMITS)) == [("甲/a.txt", b"1"), ("c.txt", b"22")]


def test_only_pictures_of_a_saved_page_are_its_pictures() -> None:
    message = EmailMessage()
    message["Content-Location"] = "http://a.cn/x.html"
    message.set_content("<p>关于开展测评的通知</p><img src='b.css'><img src='c.png'>", subtype="html")
    message.add_related(b"p{}", "text", "css", headers=["Content-Location: http://a.cn/b.css"])
    found = read(bytes(message), "a.mhtml")
    assert [block.text for block in found.blocks] == ["关于开展测评的通知"]  # type: ignore[union-attr]


def pages_of(source: PdfPageSource) -> list[Page]:
    """The pages of a pdf, read."""
    with open_pdf(build_pdf([source]), DEFAULT_LIMITS) as document:
        return [page.content for page in read_pages(document, DEFAULT_LIMITS, None, None) if page.content is not None]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("通知", ["通知"]),
        ("𠀀字", ["𠀀字"]),
        ("通 知", ["通 知"]),
        ("通\u3000知", ["通 知"]),
        ("通        知", ["通", "知"]),
    ],
)
def test_characters_of_a_pdf(text: str, shown: list[str]) -> None:
    source = PdfPageSource()
    source.text(60, 60, text)
    assert [word.text for page in pages_of(source) for word in page.words] == shown


def test_a_file_as_large_as_the_bound_is_read_and_one_byte_more_is_not() -> None:
    data = "关于开展测评的通知".encode()
    assert read(data, "a.txt", Limits(max_bytes=len(data))).blocks
    with pytest.raises(ReadError, match="超过上限"):
        read(data, "a.txt", Limits(max_bytes=len(data) - 1))
