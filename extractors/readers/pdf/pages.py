"""A pdf file page by page: opened, each page read, and recognised where its text layer is not usable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extractors.document import ReadError
from extractors.layout import Page
from extractors.layout.model import PageFrame
from extractors.layout.page_content import (
    Drawing,
    GlyphRuns,
    PageQuality,
    PlacedPicture,
    find_pictures,
    runs_to_words,
)
from extractors.limits import Limits
from extractors.readers import decrypt
from extractors.readers.pdf.characters import read_glyph_runs
from extractors.readers.pdf.page_objects import flatten_typed_text, read_drawing

_SAVE_AGAIN = "请重新下载或复制该文件；能打开的，用 WPS 或浏览器另存（打印）为新的 PDF 后重新放入"


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page for the layout, and the quality of its text layer; `content` is None if it cannot be opened."""

    number: int
    content: Page | None
    quality: PageQuality
    is_recognised: bool = False
    """Whether the words come from the picture of the page."""
    pictures: tuple[PlacedPicture, ...] = ()
    """Pictures among its text that may contain more of it."""


RecognisePage = Callable[[pdfium.PdfPage, int], Page]
"""Recognises the words and rulings in the picture of a page, given its number."""
RecognisePictures = Callable[
    [pdfium.PdfPage, Page, int, tuple[PlacedPicture, ...]], tuple[Page, tuple[PlacedPicture, ...]]
]
"""Adds the text of its pictures to a page, given its counter-clockwise quarter turns, and marks those with text."""


@contextmanager
def open_pdf(data: bytes, limits: Limits) -> Iterator[pdfium.PdfDocument]:
    """Open a document, with an empty password where it is encrypted, and close it afterwards.

    Raises:
        ReadError: If it is damaged, locked by a password, without pages, or has more than `limits.max_pages`.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        # pdfium keeps the cause of an earlier failure; it is trusted only where the file mentions encryption.
        if b"/Encrypt" in data and error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise ReadError("PDF 设了打开密码或不支持的加密，无法读取", decrypt.REMOVE_PASSWORD) from error
        raise ReadError("PDF 文件损坏或不完整", _SAVE_AGAIN) from error
    try:
        count = len(document)
        if not count:
            raise ReadError("PDF 没有页面", _SAVE_AGAIN)
        if count > limits.max_pages:
            raise ReadError(f"PDF 有 {count} 页，超过上限 {limits.max_pages} 页", "请拆分后放入")
        yield document
    finally:
        document.close()


def read_pages(
    document: pdfium.PdfDocument,
    limits: Limits,
    recognise_page: RecognisePage | None = None,
    recognise_pictures: RecognisePictures | None = None,
) -> Iterator[PdfPage]:
    """Yield the pages one at a time; each is released before the next is opened.

    Args:
        document: The open document.
        limits: Bounds on page size and marks.
        recognise_page: Called for pages without a usable text layer.
        recognise_pictures: Called for pages with pictures among their text.

    Raises:
        ReadError: If the size, the characters or the drawn paths of a page exceed the limits.
    """
    for index in range(len(document)):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            yield PdfPage(index + 1, None, PageQuality(index + 1, 0, 0, 0, 0.0))
            continue
        try:
            stored = _read_stored_page(page, index + 1, limits)
            has_changed, values = flatten_typed_text(page)
            if has_changed:
                page.close()
                page = document[index]
                stored.glyphs = _read_glyphs(page, index + 1, limits)
            for value in values:
                stored.glyphs.runs += value.to_runs(page.get_rotation() // 90)
            yield _build_page(page, stored, recognise_page, recognise_pictures)
        finally:
            page.close()


@dataclass(slots=True)
class _StoredPage:
    """A page as it is stored; `is_scan` means that its text, without what was typed onto it, is not usable."""

    number: int
    frame: PageFrame
    drawing: Drawing
    glyphs: GlyphRuns
    is_scan: bool = False

    def measure_quality(self) -> PageQuality:
        mapped, unmapped, hidden = self.glyphs.count_characters()
        picture_share = self.drawing.picture_share(self.frame)
        return PageQuality(self.number, mapped, unmapped, hidden, picture_share, self.is_scan)


def _build_page(
    page: pdfium.PdfPage,
    stored: _StoredPage,
    recognise_page: RecognisePage | None,
    recognise_pictures: RecognisePictures | None,
) -> PdfPage:
    quality = stored.measure_quality()
    if quality.needs_ocr and recognise_page is not None:
        return PdfPage(stored.number, recognise_page(page, stored.number), quality, is_recognised=True)
    turns = stored.glyphs.main_direction() if stored.glyphs.runs else page.get_rotation() // 90
    frame = replace(stored.frame, quarter_turns=turns)
    width, height = frame.size
    words = runs_to_words(stored.glyphs, frame)
    content = Page(stored.number, width, height, words, stored.drawing.rulings(frame))
    pictures = () if quality.needs_ocr else find_pictures(stored.drawing, frame, words)
    if pictures and recognise_pictures is not None:
        turns_of_rendering = page.get_rotation() // 90 - frame.quarter_turns
        content, pictures = recognise_pictures(page, content, turns_of_rendering, pictures)
    return PdfPage(stored.number, content, quality, pictures=pictures)


def _read_stored_page(page: pdfium.PdfPage, number: int, limits: Limits) -> _StoredPage:
    frame = _read_frame(page, number, limits)
    glyphs = _read_glyphs(page, number, limits)
    drawing = read_drawing(page, limits.max_page_marks)
    if drawing.is_over_limit:
        raise ReadError(
            f"第 {number} 页的线条超过上限 {limits.max_page_marks} 条", "请核实文件；属图纸、地图的，请只放入通知文本"
        )
    stored = _StoredPage(number, frame, drawing, glyphs)
    stored.is_scan = stored.measure_quality().needs_ocr
    return stored


def _read_frame(page: pdfium.PdfPage, number: int, limits: Limits) -> PageFrame:
    left, bottom, right, top = page.get_cropbox()
    if right <= left or top <= bottom:
        left, bottom, right, top = page.get_mediabox()
    side = max(right - left, top - bottom)
    if side > limits.max_page_side:
        raise ReadError(
            f"第 {number} 页边长 {side / 72 * 2.54:.0f} 厘米，超过上限", "请核实文件；属图纸、展板的，请只放入通知文本"
        )
    return PageFrame(left, bottom, right, top)


def _read_glyphs(page: pdfium.PdfPage, number: int, limits: Limits) -> GlyphRuns:
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > limits.max_page_marks:
            raise ReadError(
                f"第 {number} 页有 {count} 个字符，超过上限", "请核实文件；属正常通知的，请另存为 docx 后放入"
            )
        return read_glyph_runs(text, count)
    finally:
        text.close()
