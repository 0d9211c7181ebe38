"""Pictures in docx and html: noted with place and remedy; recognised text goes to the place of the picture."""

from __future__ import annotations

import base64
import io
from email.message import EmailMessage

import pytest
from PIL import Image

from extractors.attachments import read
from extractors.document import Document, Paragraph, Table
from extractors.layout import Page, Word
from extractors.readers import scan
from extractors.readers.scan import embedded
from tests.extractors.layout.draw_pages import block_texts
from tests.extractors.readers.build import cell, members, pack, para, relationships, row, tbl

LETTER = "现将任务分解表印发给你们，请认真贯彻执行。"
BIG = (900, 400)


def picture(size: tuple[int, int] = BIG, kind: str = "PNG") -> bytes:
    """A white picture."""
    out = io.BytesIO()
    Image.new("L", size, 255).save(out, kind)
    return out.getvalue()


def docx_with(body: str, data: bytes | None) -> Document:
    """A docx whose relation r0 is the picture `data`."""
    content = members(body)
    content["word/_rels/document.xml.rels"] = relationships({"image": "media/image1.png"})
    if data is not None:
        content["word/media/image1.png"] = data
    return read(pack(content), "通知.docx")


BLIP = '<w:r><w:drawing><a:graphic><a:blip r:embed="r0"/></a:graphic></w:drawing></w:r>'
VML = '<w:r><w:pict><v:shape><v:imagedata r:id="r0"/></v:shape></w:pict></w:r>'


def html_with(data: bytes, *, in_cell: bool = False) -> Document:
    """A page with the picture in its address."""
    shown = f'<img src="data:image/png;base64,{base64.b64encode(data).decode()}">'
    after = "<table><tr><td>序号</td><td>任务</td></tr><tr><td>1</td><td>{}</td></tr></table>"
    inner = after.format(shown) if in_cell else f"<p>{shown}</p>"
    return read(f"<html><body><p>{LETTER}</p>{inner}<p>特此通知。</p></body></html>".encode(), "通知.html")


def mhtml_with(data: bytes) -> Document:
    """A page saved as one file, the picture a part of it."""
    message = EmailMessage()
    message.set_content(f'<html><body><p>{LETTER}</p><p><img src="t/1.png"></p></body></html>', subtype="html")
    message.add_related(data, "image", "png", headers=["Content-Location: http://linjiang.example/a/t/1.png"])
    next(message.iter_parts())["Content-Location"] = "http://linjiang.example/a/1.html"
    return read(bytes(message), "通知.mhtml")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recognition is not installed."""
    monkeypatch.setattr(embedded, "is_installed", lambda: False)
    monkeypatch.setattr(scan, "is_installed", lambda: False)


def _recognised(monkeypatch: pytest.MonkeyPatch, *words: Word) -> None:
    monkeypatch.setattr(embedded, "is_installed", lambda: True)
    monkeypatch.setattr(scan, "is_installed", lambda: True)
    monkeypatch.setattr(embedded, "recognise_images", lambda images, limits: iter([Page(1, 600, 300, words)]))


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP"])
@pytest.mark.parametrize("shown", [BLIP, VML])
def test_picture_in_docx_is_noted_with_place_and_remedy(kind: str, shown: str) -> None:
    found = docx_with(para(LETTER, shown) + tbl(row("1", cell(para(shown)))), picture(kind=kind))
    assert [(n.rule, n.locator) for n in found.notes] == [("picture", "第1段"), ("picture", "表1 第1行第2列")]
    assert all(scan.INSTALL in n.message and n.message.startswith(n.locator) for n in found.notes)


@pytest.mark.usefixtures("bare")
def test_picture_in_html_is_noted_with_place_and_remedy() -> None:
    for found, place in (
        (html_with(picture()), "第1段后"), (html_with(picture(), in_cell=True), "表1 第2行第2列"),
        (mhtml_with(picture()), "第1段后"),
    ):  # fmt: skip
        (note,) = [n for n in found.notes if n.rule == "picture"]
        assert note.locator == place
        assert scan.INSTALL in note.message


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("size", "is_noted"),
    [
        ((360, 48), True),
        ((359, 48), False),
        ((360, 47), False),
        ((48, 360), True),
        ((400, 320), False),
        ((401, 320), True),
        ((500, 500), False),
        ((501, 501), True),
    ],
)
def test_a_picture_that_may_hold_text_is_noted(size: tuple[int, int], is_noted: bool) -> None:
    assert bool(html_with(picture(size)).notes) is is_noted


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("size", [(1000, 20), (200, 80), (420, 420), (20, 900)])
def test_logos_seals_and_lines_are_not_noted(size: tuple[int, int]) -> None:
    assert docx_with(para(LETTER, BLIP), picture(size)).notes == ()
    assert html_with(picture(size)).notes == ()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("data", "reason"), [(None, "没有这张图片"), (b"\x01\x00\x00\x00 EMF", "无法识别")])
def test_pictures_that_cannot_be_opened_are_noted(data: bytes | None, reason: str) -> None:
    (note,) = docx_with(para(LETTER, BLIP), data).notes
    assert reason in note.message
    assert "重新放入" in note.message or "放入" in note.message


def test_text_of_a_picture_follows_its_paragraph(monkeypatch: pytest.MonkeyPatch) -> None:
    _recognised(monkeypatch, Word("组织领导有力，机制健全", 50, 50, 200, 62, 0.7))
    found = docx_with(para(LETTER, BLIP) + para("特此通知。"), picture())
    assert block_texts(found.blocks) == [LETTER, "组织领导有力，机制健全", "特此通知。"]
    assert [b.locator for b in found.blocks] == ["第1段", "第1段图片", "第2段"]
    assert [(n.rule, n.locator) for n in found.notes] == [("picture", "第1段"), ("low_confidence", "第1段图片")]
    assert block_texts(html_with(picture()).blocks) == [LETTER, "组织领导有力，机制健全", "特此通知。"]
    assert block_texts(mhtml_with(picture()).blocks)[-1] == "组织领导有力，机制健全"


def test_text_of_a_picture_in_a_cell_goes_into_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    _recognised(monkeypatch, Word("组织领导有力，机制健全", 50, 50, 200, 62, 0.9))
    body = tbl(row("序号", "任务"), row("1", cell(para("见图", BLIP))))
    (table,) = docx_with(body, picture()).tables()
    assert table.cells[-1].text == "见图\n组织领导有力，机制健全"
    (table,) = html_with(picture(), in_cell=True).tables()
    assert table.cells[-1].text == "组织领导有力，机制健全"


def test_no_more_than_forty_pictures_of_a_file_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    _recognised(monkeypatch, Word("组织领导有力，机制健全", 50, 50, 200, 62, 0.9))
    found = docx_with(para(BLIP) * 45, picture())
    assert len([b for b in found.blocks if isinstance(b, Paragraph)]) == 40
    assert len([n for n in found.notes if n.rule == "picture"]) == 45


def test_a_table_in_a_picture_names_its_cells() -> None:
    from extractors.document import Cell
    from extractors.layout import Layout

    place = "第1页 (1,2,3,4)"
    moved = embedded._relocate(
        Layout((Table((Cell(0, 0, "甲", place),), 1, 1, place, first_page=1),), {place: 0.4}), "第3段图片"
    )
    (table,) = moved.blocks
    assert isinstance(table, Table)
    assert (table.locator, table.cells[0].locator, table.first_page) == (
        "第3段图片表1",
        "第3段图片表1 第1行第1列",
        None,
    )
    assert moved.confidence == {"第3段图片表1 第1行第1列": 0.4}


def test_text_and_tables_of_a_picture_are_the_lines_of_its_cell() -> None:
    from extractors.document import Cell

    cells = (
        Cell(0, 0, "一、\n组织", ""),
        Cell(0, 1, "", ""),
        Cell(0, 2, "5", ""),
        Cell(1, 0, "", ""),
        Cell(2, 0, "二", ""),
    )
    content = embedded.PictureContent((Paragraph("见表", ""), Paragraph(" ", ""), Table(cells, 3, 3, "")))
    assert content.lines() == ["见表", "一、 组织  5", "二"]
