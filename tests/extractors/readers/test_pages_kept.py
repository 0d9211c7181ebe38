"""What stands on a page and was once lost: strips of a scan, titles of every page, rows without sides, outlines."""

from __future__ import annotations

from itertools import pairwise

import pytest

from extractors.attachments import read
from extractors.document import Document, ReadError
from extractors.layout.coordinates import Frame
from extractors.layout.drawing import Drawing
from extractors.layout.model import Box, Page, Word
from extractors.layout.pictures import merge_recognised
from extractors.readers import scan
from tests.extractors.readers.build_ofd import OfdPageSource, ofd
from tests.extractors.readers.build_pdf import PdfPageSource, pdf
from tests.extractors.readers.drawn import only_table, shown, texts

A4 = Frame(0.0, 0.0, 595.0, 842.0)


def _strips(kind: str) -> list[tuple[float, float, float, float]]:
    edges = [i * 842 / 400 for i in range(401)]
    kinds: dict[str, list[tuple[float, float, float, float]]] = {
        "across": [(0, i * 84.2, 595, (i + 1) * 84.2) for i in range(10)],
        "down": [(i * 119.0, 0, (i + 1) * 119.0, 842) for i in range(5)],
        "overlapping": [(0, i * 80.0, 595, i * 80.0 + 160) for i in range(10)],
        "hairs": [(0, low, 595, high) for low, high in pairwise(edges)],
        "beyond": [(-300, -300, 900, 1200)],
    }
    return kinds[kind]


@pytest.mark.parametrize("kind", ["across", "down", "overlapping", "hairs", "beyond"])
def test_strips_cover_the_page_together(kind: str) -> None:
    drawing = Drawing()
    for box in _strips(kind):
        drawing.picture(*box)
    assert drawing.covered(A4) > 0.95


def test_one_picture_laid_twice_counts_once() -> None:
    drawing = Drawing()
    for _ in range(2):
        drawing.picture(0, 0, 595, 842 * 0.4)
    assert drawing.covered(A4) == pytest.approx(0.4, abs=0.01)


def _page_of_strips() -> PdfPageSource:
    page = PdfPageSource()
    for x, y, across, down in ((0, 0, 595, 337), (0, 400, 595, 337)):
        page.ops.append(f"q {across} 0 0 {down} {x} {y} cm /P1 Do Q")
    return page


def test_page_of_strips_is_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "installed", lambda: False)
    with pytest.raises(ReadError, match="只有图像"):
        read(pdf([_page_of_strips()]), "通知.pdf")
    letter = PdfPageSource()
    letter.text(72, 100, "现将任务分解表印发给你们，请认真贯彻执行。")
    found = read(pdf([letter, _page_of_strips()]), "通知.pdf")
    assert [(note.rule, note.locator) for note in found.notes] == [("page_without_text", "第2页")]


def _printed(title: str, pages: int, *, size: float = 18.0, own: str = "") -> Document:
    made = []
    for number in range(1, pages + 1):
        page = PdfPageSource()
        page.text(150, 40, title.format(number), size)
        if own and number == 1:
            page.text(100, 120, own, 22)
        for i in range(6):
            page.text(72, 160 + 30 * i, f"第{number}批第{i}项工作由各单位分别完成并上报。")
        page.text(280, 800, f"第 {number} 页")
        made.append(page)
    return read(pdf(made), "通知.pdf")


@pytest.mark.parametrize("title", ["临江市文明单位任务分解表", "临江市文明单位任务分解表 第{}页"])
def test_title_of_every_page_stands_once(title: str) -> None:
    found = [text for text in texts(_printed(title, 4).blocks) if "任务分解表" in text]
    assert [text[:12] for text in found] == ["临江市文明单位任务分解表"]


def test_running_heads_go_where_the_text_has_a_title() -> None:
    assert not [t for t in texts(_printed("临江市文明办文件汇编", 4, size=9).blocks) if "汇编" in t]
    found = texts(_printed("临江市文明办文件汇编", 4, size=14, own="关于开展文明创建的通知").blocks)
    assert not [t for t in found if "汇编" in t]
    assert found[0] == "关于开展文明创建的通知"


@pytest.mark.parametrize("columns", [3, 5, 7])
def test_frame_of_rows_is_cut_by_its_white(columns: int) -> None:
    header = ["序号", "工作任务", "责任单位", "完成时限", "分值", "佐证材料", "备注"][:columns]
    page = PdfPageSource()
    lefts = [50.0 + i * 500 / columns for i in range(columns)]
    ys = [100.0, 130.0, 170.0, 210.0, 250.0]
    for y in ys:
        page.line(45, y, 555, y)
    for x in (45.0, 555.0):
        page.line(x, ys[0], x, ys[-1])
    for row, top in enumerate(ys[:-1]):
        for x, name in zip(lefts, header, strict=True):
            page.text(x, top + 4, name if row == 0 else f"{name[:2]}{row}", 9)
            if row and name == "工作任务":
                page.text(x, top + 16, "续写", 9)
    found = shown(only_table(read(pdf([page]), "通知.pdf").blocks))
    assert found[0] == header
    assert [len(row) for row in found] == [columns] * 4
    assert [row[1].replace("\n", "") for row in found[1:]] == ["工作1续写", "工作2续写", "工作3续写"]


def test_framed_paragraphs_are_no_columns() -> None:
    page = PdfPageSource()
    for y in (100.0, 130.0, 160.0, 190.0):
        page.line(45, y, 555, y)
    for x in (45.0, 555.0):
        page.line(x, 100, x, 190)
    for i in range(3):
        page.text(50, 105 + 30 * i, f"第{i}段文字说明各单位应当如何组织开展文明创建活动并按时报送", 12)
    found = read(pdf([page]), "通知.pdf")
    assert all(table.n_cols == 1 for table in found.tables())


def _outlined(page: OfdPageSource, x: float, top: float) -> None:
    """The hairline around a character such as 日: walls, and a stroke with a curve."""
    data = (
        f"M {x} {top} L {x + 7} {top} L {x + 7} {top + 7} L {x} {top + 7} C "
        f"M {x + 1} {top + 1} L {x + 6} {top + 1} L {x + 6} {top + 3} L {x + 1} {top + 3} C "
        f"M {x} {top} B {x + 1} {top + 1} {x + 2} {top + 2} {x + 3} {top} L {x} {top} C"
    )
    page.path(data)


def test_outlines_of_type_rule_nothing() -> None:
    page = OfdPageSource()
    title = "临江市文明单位任务分解表"
    page.text(50, 30, title, 8)
    for i in range(len(title)):
        _outlined(page, 50 + 8 * i, 30)
    for y in (60.0, 70.0, 80.0):
        page.line(30, y, 180, y)
    for x in (30.0, 100.0, 180.0):
        page.line(x, 60, x, 80)
    for x, y, text in ((32, 63, "测评项目"), (102, 63, "分值"), (32, 73, "组织领导"), (102, 73, "5")):
        page.text(x, y, text)
    found = read(ofd([page]), "通知.ofd")
    assert texts(found.blocks) == [title, "[表]"]
    assert shown(only_table(found.blocks)) == [["测评项目", "分值"], ["组织领导", "5"]]


def _annotated(annotations: str, *, rotate: int = 0) -> Document:
    page = _form(rotate)
    data = pdf([page]).replace(b"/Contents 8 0 R", f"/Annots[{annotations}]/Contents 8 0 R".encode())
    return read(data, "通知.pdf")


def _form(rotate: int) -> PdfPageSource:
    page = PdfPageSource(rotate=rotate)
    page.grid([72, 200, 300], [100, 130, 160])
    for x, y, text in ((80, 105, "测评项目"), (210, 105, "责任单位"), (80, 135, "组织领导")):
        page.text(x, y, text)
    return page


CELL = "/Rect[204 684 296 710]"


def _hex(text: str) -> str:
    return f"<feff{text.encode('utf-16-be').hex()}>"


@pytest.mark.parametrize("rotate", [0, 90])
@pytest.mark.parametrize(
    "annotation",
    [
        f"<</Type/Annot/Subtype/FreeText{CELL}/DA(/F1 9 Tf)/F 4/Contents {_hex('宣传科')}>>",
        f"<</Type/Annot/Subtype/Widget/FT/Tx{CELL}/F 4/T(a)/V {_hex('宣传科')}>>",
        f"<</Type/Annot/Subtype/Widget/FT/Ch{CELL}/F 4/T(b)/Opt[{_hex('宣传科')}]/V {_hex('宣传科')}>>",
    ],
)
def test_text_typed_onto_a_page_is_read_in_its_cell(annotation: str, rotate: int) -> None:
    # A page whose text does not follow /Rotate is read the way its text runs, and so is what was typed onto it.
    found = _annotated(annotation, rotate=rotate)
    assert shown(only_table(found.blocks)) == [["测评项目", "责任单位"], ["组织领导", "宣传科"]]


@pytest.mark.parametrize(
    "annotation",
    [
        f"<</Type/Annot/Subtype/FreeText{CELL}/F 2/Contents {_hex('隐藏文字')}>>",
        f"<</Type/Annot/Subtype/Text{CELL}/F 4/Contents {_hex('审阅意见')}>>",
        f"<</Type/Annot/Subtype/Popup{CELL}/F 4/Contents {_hex('审阅意见')}>>",
    ],
)
def test_hidden_text_and_remarks_are_no_text_of_the_page(annotation: str) -> None:
    assert shown(only_table(_annotated(annotation).blocks))[1] == ["组织领导", ""]


def _with_picture(across: float, down: float) -> PdfPageSource:
    page = PdfPageSource()
    page.text(72, 100, "现将任务分解表印发给你们，请认真贯彻执行。")
    page.ops.append(f"q {across} 0 0 {down} 72 300 cm /P1 Do Q")
    return page


def test_pictures_among_text_are_told_with_place_and_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "installed", lambda: False)
    (note,) = read(pdf([_with_picture(420, 120)]), "通知.pdf").notes
    assert (note.rule, note.locator) == ("picture", "第1页 (72,422,492,542)")
    assert scan.INSTALL in note.message


@pytest.mark.parametrize(("across", "down"), [(110, 110), (420, 20)])
def test_seals_and_ornaments_are_not_told(across: float, down: float) -> None:
    assert read(pdf([_with_picture(across, down)]), "通知.pdf").notes == ()


def test_what_pictures_say_joins_the_page_at_its_place() -> None:
    box = Box(100, 200, 400, 300)
    around = Page(1, 595, 842, (Word("附表", 110, 210, 134, 222),))
    found = Page(1, 300, 100, (Word("附表", 10, 10, 34, 22, 0.9), Word("宣传科", 50, 50, 86, 62, 0.9)))
    assert [(w.text, w.x0, w.top) for w in merge_recognised(around, box, found).words] == [
        ("附表", 110, 210), ("宣传科", 150, 250),
    ]  # fmt: skip


def test_scanned_ofd_without_recognition_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "installed", lambda: False)
    page = OfdPageSource()
    page.ops.append('<ofd:ImageObject ID="10" Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="2"/>')
    with pytest.raises(ReadError, match="只有图像") as refusal:
        read(ofd([page]), "通知.ofd")
    assert scan.INSTALL in refusal.value.remedy
