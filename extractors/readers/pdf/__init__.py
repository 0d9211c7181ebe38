"""Reader for pdf: characters and drawn lines through pdfium, tables and paragraphs through `extractors.layout`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.document import Document, ReadError, ReadNote
from extractors.layout import Page, lay_out
from extractors.layout.page_content import PageQuality, needs_ocr
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import scan
from extractors.readers.pdf.pages import PdfPage, open_pdf, read_pages
from extractors.table_words import NO_WORDS, TableWords

__all__ = ["PageQuality", "PdfPage", "needs_ocr", "open_pdf", "read", "read_pages"]

_TRAILER_BYTES = 2048
"""Bytes at the end of a file among which its end mark is."""


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Return the document in a pdf; locators name page and bounding box, tables their first and last page.

    Pages that are pictures, or whose fonts do not map to characters, are recognised. Without the extra
    `[ocr]` they are noted, and a file that consists mostly of them is refused.

    Args:
        data: The content of the file.
        name: Its name, unused.
        limits: Bounds on pages, page size and marks.
        words: Tells headers, totals and notes of tables.

    Raises:
        ReadError: If the file is damaged, locked, oversized or without content.
    """
    quality: list[PageQuality] = []
    notes: list[ReadNote] = []
    if b"%%EOF" not in data[-_TRAILER_BYTES:]:
        notes.append(ReadNote("damaged_file", "PDF 文件末尾不完整，后面的页面可能缺失", "整个文件"))
    recognise_page = scan.page_recogniser(limits) if scan.can_recognise(limits) else None
    recognise_pictures = scan.picture_recogniser(limits) if recognise_page is not None else None
    with open_pdf(data, limits) as document:
        pages = read_pages(document, limits, recognise_page, recognise_pictures)
        layout = lay_out(_usable_pages(pages, quality, notes), limits, words)
    is_scan = needs_ocr(quality)
    if is_scan and recognise_page is None:
        raise ReadError(_reason_for_ocr(quality), f"需要识别（OCR）：{scan.INSTALL}")
    has_pictures = any(note.rule == "picture" for note in notes)
    if not layout.blocks and has_pictures and recognise_page is None:
        raise ReadError("PDF 只有图像，没有文字层", f"需要识别（OCR）：{scan.INSTALL}")
    if not layout.blocks:
        reason = f"{_reason_for_ocr(quality)}，也没有识别出文字" if is_scan else "PDF 各页都没有内容"
        raise ReadError(reason, "请核实文件；重新获取或扫描后放入")
    format_name = scan.FORMAT if is_scan else "pdf"
    return Document(
        format_name, layout.blocks, (*notes, *layout.notes, *scan.low_confidence_notes(layout)),
        lost_chars=layout.lost_chars,
    )  # fmt: skip


def _usable_pages(pages: Iterator[PdfPage], quality: list[PageQuality], notes: list[ReadNote]) -> Iterator[Page]:
    """Yield the pages that have text; add the quality of every page, and notes on what is left out."""
    for page in pages:
        quality.append(page.quality)
        place = f"第{page.number}页"
        if page.content is None:
            notes.append(ReadNote("lost_page", f"{place}损坏，未读取", place))
        elif page.quality.needs_ocr and not page.is_recognised:
            message = f"{place}只有图像或无法还原的文字，未读取，需要识别（OCR）；{scan.INSTALL}"
            notes.append(ReadNote("page_without_text", message, place))
        else:
            if page.is_recognised and not page.content.words:
                notes.append(ReadNote("page_without_text", f"{place}只有图像，没有识别出文字", place))
            notes += scan.picture_notes(page.number, page.pictures)
            yield page.content


def _reason_for_ocr(quality: Sequence[PageQuality]) -> str:
    if any(page.n_unmapped for page in quality):
        return "PDF 的字体没有文字编码表，取出的是乱码"
    return "PDF 只有图像，没有文字层"
