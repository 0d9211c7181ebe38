"""pdf with a text layer: characters and drawn lines through pdfium, tables and paragraphs through geometry."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.document import Document, ReadError, ReadNote
from extractors.readers.geometry import Page, layout
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from extractors.readers.pdf.facts import PageFacts, needs_ocr
from extractors.readers.pdf.pages import PdfPage, opened, read_pages

__all__ = ["PageFacts", "PdfPage", "needs_ocr", "opened", "read", "read_pages"]

_TAIL = 2048


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a pdf. `Table.first_page` and `last_page` are set; locators name page and bounding box.

    Raises `ReadError` for a damaged, locked or oversized file, and for one whose pages are pictures or whose fonts
    do not say what their characters mean, which has to be recognised instead.
    """
    facts: list[PageFacts] = []
    notes: list[ReadNote] = []
    if b"%%EOF" not in data[-_TAIL:]:
        notes.append(ReadNote("damaged_file", "PDF 文件末尾不完整，后面的页面可能缺失", "整个文件"))
    with opened(data, limits) as document:
        blocks = layout(_usable(read_pages(document, limits), facts, notes), limits)
    if needs_ocr(facts):
        raise ReadError(_why(facts), "需要识别（OCR）：请识别或录入为 docx 后放入")
    if not blocks:
        raise ReadError("PDF 各页都没有内容", "请核实文件；重新获取后放入")
    return Document("pdf", tuple(blocks), tuple(notes))


def _usable(pages: Iterator[PdfPage], facts: list[PageFacts], notes: list[ReadNote]) -> Iterator[Page]:
    """The pages whose text can be taken; what is left out goes into `notes`."""
    for item in pages:
        facts.append(item.facts)
        place = f"第{item.number}页"
        if item.page is None:
            notes.append(ReadNote("lost_page", f"{place}损坏，未读取", place))
        elif item.facts.needs_ocr:
            notes.append(
                ReadNote("page_without_text", f"{place}只有图像或无法还原的文字，未读取，需要识别（OCR）", place)
            )
        else:
            yield item.page


def _why(facts: list[PageFacts]) -> str:
    if any(page.bad for page in facts) and sum(page.good + page.bad for page in facts) > 0:
        return "PDF 的字体没有文字编码表，取出的是乱码"
    return "PDF 只有图像，没有文字层"
