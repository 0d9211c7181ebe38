"""OFD (GB/T 33190): zip and XML straight to characters and drawn lines, tables and paragraphs through geometry."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.document import Block, Document, ReadError, ReadNote
from extractors.layout import Page, lay_out
from extractors.layout.page_quality import PageFacts, needs_ocr
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import scan
from extractors.readers.ofd.document import OfdPage, PageSource, documents, left_out
from extractors.readers.ofd.parts import SAVE_AGAIN, Parts
from extractors.readers.zip_guard import Package
from extractors.table_words import NO_WORDS, TableWords

_DRAWN = "请用 OFD 阅读器转换为 PDF 后放入（须安装识别组件 wenming[ocr]），或录入为 docx 后放入"


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The documents in an OFD package, one behind the other; locators name page and bounding box in points.

    Pages that are pictures are recognised; where that is not installed, or the characters are drawn or not told, they
    are noted, and a file most of which they are is refused.
    Seals and links are left out; embedded files and annotations with text are noted. Raises `ReadError` for a
    package that is damaged, encrypted, hostile or oversized.
    """
    pages: list[OfdPage] = []
    notes: list[ReadNote] = []
    blocks: list[Block] = []
    doubts: list[ReadNote] = []
    with _opened(data, limits) as package:
        parts = Parts(package, limits)
        source = PageSource(parts, limits, recognise=scan.installed())
        for document in documents(parts, limits, notes):
            found = lay_out(_usable(source.pages(document), pages, notes), limits, words)
            blocks += found.blocks
            doubts += scan.doubts(found)
            notes += left_out(parts, document)
    facts = [item.facts for item in pages]
    scanned = needs_ocr(facts)
    if scanned and not any(item.recognised for item in pages):
        drawn = any(item.drawn for item in pages)
        raise ReadError(_why(facts), f"需要识别（OCR）：{_DRAWN if drawn else scan.INSTALL}")
    if not blocks and scanned:
        raise ReadError(f"{_why(facts)}，也没有识别出文字", _DRAWN)
    if not blocks and any(item.pictures for item in pages) and not scan.installed():
        raise ReadError("OFD 只有图像，没有文字", f"需要识别（OCR）：{scan.INSTALL}")
    if not blocks:
        lost = any(note.rule == "lost_page" for note in notes)
        raise ReadError("OFD 缺少页面内容" if lost else "OFD 各页都没有内容", SAVE_AGAIN)
    return Document("ofd", tuple(blocks), (*notes, *doubts))


def _opened(data: bytes, limits: Limits) -> Package:
    try:
        return Package(data, limits)
    except ReadError as error:
        raise ReadError(error.reason, SAVE_AGAIN) from error


def _usable(pages: Iterator[OfdPage], seen: list[OfdPage], notes: list[ReadNote]) -> Iterator[Page]:
    """The pages whose text can be taken; what is left out goes into `notes`."""
    for item in pages:
        seen.append(item)
        place = f"第{item.number}页"
        if item.page is None:
            notes.append(ReadNote("lost_page", f"{place}的内容部件缺失，未读取", place))
        elif item.facts.needs_ocr and not item.recognised:
            remedy = _DRAWN if item.drawn else scan.INSTALL
            message = f"{place}只有图像或无法还原的文字，未读取，需要识别（OCR）；{remedy}"
            notes.append(ReadNote("page_without_text", message, place))
        else:
            if item.recognised and not item.page.words:
                notes.append(ReadNote("page_without_text", f"{place}只有图像，没有识别出文字；{_DRAWN}", place))
            notes += scan.picture_notes(item.number, item.pictures)
            yield item.page


def _why(facts: list[PageFacts]) -> str:
    if any(page.bad for page in facts):
        return "OFD 的文字没有字符编码，取出的是乱码"
    return "OFD 只有图像或图形，没有文字"
