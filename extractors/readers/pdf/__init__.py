"""pdf with a text layer: characters and drawn lines through pdfium, tables and paragraphs through geometry."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.document import Document, ReadError, ReadNote
from extractors.layout import Page, lay_out
from extractors.layout.page_quality import PageFacts, needs_ocr
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import scan
from extractors.readers.pdf.pages import PdfPage, opened, read_pages
from extractors.table_words import NO_WORDS, TableWords

__all__ = ["PageFacts", "PdfPage", "needs_ocr", "opened", "read", "read_pages"]

_TAIL = 2048


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a pdf. `Table.first_page` and `last_page` are set; locators name page and bounding box.

    Pages that are pictures, or whose fonts do not say what their characters mean, are recognised; where that is not
    installed they are noted, and a file most of which they are is refused. Raises `ReadError` for a damaged, locked
    or oversized file.
    """
    facts: list[PageFacts] = []
    notes: list[ReadNote] = []
    if b"%%EOF" not in data[-_TAIL:]:
        notes.append(ReadNote("damaged_file", "PDF 文件末尾不完整，后面的页面可能缺失", "整个文件"))
    recognise = scan.page_reader(limits) if scan.installed() else None
    parts = scan.parts_reader(limits) if recognise is not None else None
    with opened(data, limits) as document:
        found = lay_out(_usable(read_pages(document, limits, recognise, parts), facts, notes), limits, words)
    scanned = needs_ocr(facts)
    if scanned and recognise is None:
        raise ReadError(_why(facts), f"需要识别（OCR）：{scan.INSTALL}")
    pictures = any(note.rule == "picture" for note in notes)
    if not found.blocks and pictures and recognise is None:
        raise ReadError("PDF 只有图像，没有文字层", f"需要识别（OCR）：{scan.INSTALL}")
    if not found.blocks:
        why = f"{_why(facts)}，也没有识别出文字" if scanned else "PDF 各页都没有内容"
        raise ReadError(why, "请核实文件；重新获取或扫描后放入")
    return Document(scan.FORMAT if scanned else "pdf", found.blocks, (*notes, *scan.doubts(found)))


def _usable(pages: Iterator[PdfPage], facts: list[PageFacts], notes: list[ReadNote]) -> Iterator[Page]:
    """The pages whose text can be taken; what is left out goes into `notes`."""
    for item in pages:
        facts.append(item.facts)
        place = f"第{item.number}页"
        if item.page is None:
            notes.append(ReadNote("lost_page", f"{place}损坏，未读取", place))
        elif item.facts.needs_ocr and not item.recognised:
            notes.append(
                ReadNote(
                    "page_without_text",
                    f"{place}只有图像或无法还原的文字，未读取，需要识别（OCR）；{scan.INSTALL}",
                    place,
                )
            )
        else:
            if item.recognised and not item.page.words:
                notes.append(ReadNote("page_without_text", f"{place}只有图像，没有识别出文字", place))
            notes += scan.picture_notes(item.number, item.pictures)
            yield item.page


def _why(facts: list[PageFacts]) -> str:
    if any(page.bad for page in facts) and sum(page.good + page.bad for page in facts) > 0:
        return "PDF 的字体没有文字编码表，取出的是乱码"
    return "PDF 只有图像，没有文字层"
