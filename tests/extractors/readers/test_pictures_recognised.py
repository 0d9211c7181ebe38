"""Pictures of every carrier through the recogniser: `pytest -n 0 -m fuzz` on this file; takes some seconds."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("rapidocr")
    pytest.importorskip("onnxruntime")

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image

from extractors.attachments import read
from extractors.document import Document
from tests.extractors.readers.build import para
from tests.extractors.readers.build_ofd import OfdPageSource, pack, parts
from tests.extractors.readers.test_embedded_pictures import BLIP, LETTER, docx_with, html_with


@pytest.fixture(scope="module")
def head(notices: Path) -> Image.Image:
    """The head of a scanned table: title and two rows."""
    with pdfium.PdfDocument(notices / "scan" / "tongchuan.scan.pdf") as document:
        page: Image.Image = document[0].render(scale=150 / 72).to_pil().convert("L")
    return page.crop((90, 180, 1120, 475))


def _png(head: Image.Image) -> bytes:
    out = io.BytesIO()
    head.save(out, "PNG")
    return out.getvalue()


def _check(found: Document) -> None:
    assert "市民政局创建省级文明城市共性任务分解表" in [p.text for p in found.paragraphs()]
    (table,) = found.tables()
    assert [c.text for c in table.cells if c.row == 0][:3] == ["序号", "指标名称", "主要任务"]
    assert [n.rule for n in found.notes if n.rule == "picture"] == ["picture"]


@pytest.mark.fuzz
def test_a_table_pasted_into_docx_and_html_as_a_picture(head: Image.Image) -> None:
    _check(docx_with(para(LETTER, BLIP), _png(head)))
    _check(html_with(_png(head)))


@pytest.mark.fuzz
def test_a_scanned_pdf_in_strips(head: Image.Image) -> None:
    sheet = Image.new("L", (1240, 600), 255)
    sheet.paste(head, (100, 100))
    document = pdfium.PdfDocument.new()
    page = document.new_page(595, 288)
    for i in range(6):
        bitmap = pdfium.PdfBitmap.from_pil(sheet.crop((0, 100 * i, 1240, 100 * (i + 1))))
        item = pdfium.PdfImage.new(document)
        item.set_bitmap(bitmap)
        item.set_matrix(pdfium.PdfMatrix().scale(595, 48).translate(0, 288 - 48 * (i + 1)))
        page.insert_obj(item)
    page.gen_content()
    out = io.BytesIO()
    document.save(out)
    found = read(out.getvalue(), "通知.pdf")
    assert found.format == "pdf_scan"
    assert [len(list(found.tables()))] == [1]


@pytest.mark.fuzz
@pytest.mark.parametrize("whole", [True, False])
def test_a_scanned_ofd_page_and_a_picture_on_one(head: Image.Image, whole: bool) -> None:
    page = OfdPageSource()
    if not whole:
        page.text(20, 20, LETTER)
    box = "0 0 210 297" if whole else "20 40 170 49"
    width, height = box.split()[2:]
    page.ops.append(f'<ofd:ImageObject ID="10" Boundary="{box}" CTM="{width} 0 0 {height} 0 0" ResourceID="2"/>')
    sheet = head
    if whole:
        sheet = Image.new("L", (1240, 1754), 255)
        sheet.paste(head, (100, 100))
    file = "<ofd:MediaFile>a.png</ofd:MediaFile>"
    media = f'<ofd:MultiMedias><ofd:MultiMedia ID="2" Type="Image">{file}</ofd:MultiMedia></ofd:MultiMedias>'
    content: dict[str, str | bytes] = {**parts([page], resources=media), "Doc_0/Res/a.png": _png(sheet)}
    found = read(pack(content), "通知.ofd")
    (table,) = found.tables()
    assert [c.text for c in table.cells if c.row == 0][:3] == ["序号", "指标名称", "主要任务"]
    assert [n.rule for n in found.notes if n.rule == "picture"] == ([] if whole else ["picture"])
