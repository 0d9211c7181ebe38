"""A pdf file page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extractors.document import ReadError
from extractors.layout import Page
from extractors.layout.coordinates import Frame
from extractors.layout.drawing import Drawing
from extractors.layout.glyph_runs import Glyphs, Run, words_of
from extractors.layout.page_quality import PageFacts
from extractors.layout.pictures import PlacedPicture, find_pictures
from extractors.limits import Limits
from extractors.readers import locked
from extractors.readers.pdf.drawing import read_drawing
from extractors.readers.pdf.glyphs import read_glyphs
from extractors.readers.pdf.typed import flatten_typed_text

_SAVE_AGAIN = "请重新下载或复制该文件；能打开的，用 WPS 或浏览器另存（打印）为新的 PDF 后重新放入"


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page as geometry wants it, and what its text layer is worth; `page` is None when it cannot be opened."""

    number: int
    page: Page | None
    facts: PageFacts
    recognised: bool = False
    """Whether the words come from the picture of the page."""
    pictures: tuple[PlacedPicture, ...] = ()
    """Pictures among its text that may hold more of it."""


Recognise = Callable[[pdfium.PdfPage, int], Page]
"""Reads the words and rules off the picture of a page, given its number."""
RecogniseParts = Callable[
    [pdfium.PdfPage, Page, int, tuple[PlacedPicture, ...]], tuple[Page, tuple[PlacedPicture, ...]]
]
"""Adds to a page, turned by quarters against the clock, what its pictures say, and tells which of them say anything."""


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[pdfium.PdfDocument]:
    """The document in `data`, closed afterwards.

    An empty password is tried. Raises `ReadError` when it is damaged, locked by a password, without pages or has
    more than `limits.max_pages`.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        # pdfium keeps the cause of an earlier failure, so its word is taken only where the file speaks of encryption.
        if b"/Encrypt" in data and error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise ReadError("PDF 设了打开密码或不支持的加密，无法读取", locked.UNLOCK) from error
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
    recognise: Recognise | None = None,
    recognise_parts: RecogniseParts | None = None,
) -> Iterator[PdfPage]:
    """The pages one at a time; each is released before the next is opened.

    Pages without a usable text layer are handed to `recognise` where there is one, pictures among text to
    `recognise_parts`.

    Raises `ReadError` for a page whose size, characters or drawn paths exceed the limits.
    """
    for index in range(len(document)):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            yield PdfPage(index + 1, None, PageFacts(index + 1, 0, 0, 0, 0.0))
            continue
        try:
            seen = _read_content(page, index + 1, limits)
            drawn, bare = flatten_typed_text(page)
            if drawn:
                page.close()
                page = document[index]
                seen.glyphs = _glyphs(page, index + 1, limits)
            for value in bare:
                seen.glyphs.runs += value.runs(page.get_rotation() // 90)
            yield _build_page(page, seen, recognise, recognise_parts)
        finally:
            page.close()


@dataclass(slots=True)
class _PageContent:
    """A page as it is stored. `scanned` says whether its own text, without what was typed onto it, is no text."""

    number: int
    frame: Frame
    drawing: Drawing
    glyphs: Glyphs
    scanned: bool = False

    def facts(self) -> PageFacts:
        good, bad, hidden = self.glyphs.counts()
        return PageFacts(self.number, good, bad, hidden, self.drawing.covered(self.frame), self.scanned)


def _build_page(
    page: pdfium.PdfPage, seen: _PageContent, recognise: Recognise | None, recognise_parts: RecogniseParts | None
) -> PdfPage:
    facts = seen.facts()
    if facts.needs_ocr and recognise is not None:
        return PdfPage(seen.number, recognise(page, seen.number), facts, recognised=True)
    frame = replace(seen.frame, turn=seen.glyphs.direction() if seen.glyphs.runs else page.get_rotation() // 90)
    width, height = frame.size
    words = words_of(seen.glyphs, frame, _shown)
    out = Page(seen.number, width, height, words, seen.drawing.rules(frame))
    pictures = () if facts.needs_ocr else find_pictures(seen.drawing, frame, words)
    if pictures and recognise_parts is not None:
        turns = page.get_rotation() // 90 - frame.turn
        out, pictures = recognise_parts(page, out, turns, pictures)
    return PdfPage(seen.number, out, facts, pictures=pictures)


def _frame(page: pdfium.PdfPage, number: int, limits: Limits) -> Frame:
    left, bottom, right, top = page.get_cropbox()
    if right <= left or top <= bottom:
        left, bottom, right, top = page.get_mediabox()
    side = max(right - left, top - bottom)
    if side > limits.max_page_side:
        raise ReadError(
            f"第 {number} 页边长 {side / 72 * 2.54:.0f} 厘米，超过上限", "请核实文件；属图纸、展板的，请只放入通知文本"
        )
    return Frame(left, bottom, right, top)


def _read_content(page: pdfium.PdfPage, number: int, limits: Limits) -> _PageContent:
    frame = _frame(page, number, limits)
    glyphs = _glyphs(page, number, limits)
    drawing = read_drawing(page, limits.max_page_marks)
    if drawing.too_many:
        raise ReadError(
            f"第 {number} 页的线条超过上限 {limits.max_page_marks} 条", "请核实文件；属图纸、地图的，请只放入通知文本"
        )
    seen = _PageContent(number, frame, drawing, glyphs)
    seen.scanned = seen.facts().needs_ocr
    return seen


def _glyphs(page: pdfium.PdfPage, number: int, limits: Limits) -> Glyphs:
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > limits.max_page_marks:
            raise ReadError(
                f"第 {number} 页有 {count} 个字符，超过上限", "请核实文件；属正常通知的，请另存为 docx 后放入"
            )
        return read_glyphs(text, count)
    finally:
        text.close()


def _shown(run: Run) -> bool:
    return run.visible
