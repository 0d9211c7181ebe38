"""Scans through the recogniser: notice, orientation, kinds of picture, hostile files.

The two pages of a whole notice take it half a minute: `pytest -n 0 -m fuzz tests/extractors/readers/test_scan_read.py`.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("rapidocr")
    pytest.importorskip("onnxruntime")

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image

from extractors import extract
from extractors.attachments import read
from extractors.document import Document, ReadError, Table
from extractors.layout import Layout
from extractors.readers import scan
from extractors.readers.scan import ocr_engine
from tests.extractors.readers.build_pdf import PdfPageSource, build_pdf


@pytest.fixture(scope="module")
def strip(notices: Path) -> Image.Image:
    """The head of a scanned table: title and two rows."""
    with pdfium.PdfDocument(notices / "scan" / "tongchuan.scan.pdf") as document:
        page: Image.Image = document[0].render(scale=150 / 72).to_pil().convert("L")
    return page.crop((90, 180, 1120, 475))


def _bytes(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **{"dpi": (150, 150), **options})
    return out.getvalue()


def _grid(found: Document) -> list[list[str]]:
    (table,) = found.tables()
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text.replace("\n", "")
    return rows


def _check(found: Document) -> None:
    assert found.format == "pdf_scan"
    assert next(p.text for p in found.paragraphs()) == "市民政局创建省级文明城市共性任务分解表"
    rows = _grid(found)
    assert rows[0] == ["序号", "指标名称", "主要任务", "收集整理并上传的创文档案资料", "责任科室"]
    assert rows[1][:2] == ["1", "组织领导"]
    assert rows[1][2].startswith("成立创建组织领导机构，设立专门办公室，有专人负责")


@pytest.mark.fuzz
def test_rows_of_a_scanned_notice_equal_those_of_its_docx(notices: Path) -> None:
    docx = extract((notices / "docx" / "tongchuan.docx").read_bytes(), "tongchuan.docx")
    found = extract((notices / "scan" / "tongchuan.scan.pdf").read_bytes(), "tongchuan.scan.pdf")
    assert len(found.tasks) == len(docx.tasks)
    same = sum(a.requirement == b.requirement for a, b in zip(found.tasks, docx.tasks, strict=True))
    assert same >= 0.9 * len(docx.tasks)
    assert [t.points for t in found.tasks] == [t.points for t in docx.tasks]
    assert all(t.first_page for t in found.tables)


def test_png(strip: Image.Image) -> None:
    _check(read(_bytes(strip, "PNG"), "通知.png"))


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_page_lying_on_its_side_or_head(strip: Image.Image, degrees: int) -> None:
    head = strip.crop((0, 0, strip.width, 160))
    found = read(_bytes(head.rotate(degrees, expand=True), "JPEG", quality=80), "通知.jpg")
    assert next(p.text for p in found.paragraphs()) == "市民政局创建省级文明城市共性任务分解表"
    assert _grid(found)[0] == ["序号", "指标名称", "主要任务", "收集整理并上传的创文档案资料", "责任科室"]


def test_every_page_of_a_tiff_is_read(strip: Image.Image) -> None:
    title = strip.crop((0, 0, strip.width, 90))
    found = read(_bytes(title, "TIFF", save_all=True, append_images=[title]), "通知.tif")
    assert "".join(p.text for p in found.paragraphs()) == "市民政局创建省级文明城市共性任务分解表" * 2


def test_low_confidence_is_noted_with_its_place() -> None:
    title = next(iter(read_blocks())).locator
    notes = scan.low_confidence_notes(Layout(tuple(read_blocks()), {title: 0.41}))
    assert [(n.rule, n.locator) for n in notes] == [("low_confidence", title)]
    assert "0.41" in notes[0].message
    assert "核实" in notes[0].message
    assert scan.low_confidence_notes(Layout(tuple(read_blocks()), {title: 0.99})) == ()


def test_a_single_doubtful_character_is_noted_and_named() -> None:
    place = next(iter(read_blocks())).locator
    (note,) = scan.low_confidence_notes(Layout(tuple(read_blocks()), {place: 0.97}, doubtful={place: "68"}))
    assert (note.rule, note.locator, note.doubtful) == ("low_confidence", place, "68")
    assert "（6、8）" in note.message
    assert "核实" in note.message


def read_blocks() -> list[Table]:
    """One small table."""
    from extractors.document import Cell

    place = "第1页 (1,2,3,4)"
    return [Table((Cell(0, 0, "甲", place),), 1, 1, place)]


def test_without_the_extra_the_remedy_is_named(strip: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr_engine, "find_spec", lambda name: None)
    with pytest.raises(ReadError, match="OCR") as caught:
        read(_bytes(strip, "PNG"), "通知.png")
    assert 'pip install "wenming-warehouse[ocr]"' in caught.value.remedy
    with pytest.raises(ReadError, match="只有图像") as caught:
        read(build_pdf([PdfPageSource()], picture=True), "通知.pdf")
    assert 'pip install "wenming-warehouse[ocr]"' in caught.value.remedy


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_a_truncated_picture_is_refused(kind: str, strip: Image.Image) -> None:
    data = _bytes(strip, kind)
    with pytest.raises(ReadError, match="图片损坏"):
        read(data[: len(data) // 2], f"通知.{kind.lower()}")


def test_a_picture_that_claims_a_huge_size_is_refused_at_once() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data += struct.pack(">I", 4) + b"IDAT" + b"\0" * 4 + struct.pack(">I", zlib.crc32(b"IDAT" + b"\0" * 4))
    with pytest.raises(ReadError, match="像素"):
        read(data, "通知.png")


def test_pictures_without_text_are_refused() -> None:
    with pytest.raises(ReadError, match="没有认出文字"):
        read(_bytes(Image.new("L", (900, 600), 250), "PNG"), "空白.png")
    shades = Image.linear_gradient("L").resize((900, 600))
    with pytest.raises(ReadError, match="没有认出文字"):
        read(_bytes(shades, "JPEG"), "照片.jpg")
