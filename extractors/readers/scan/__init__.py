"""Scans: pictures, and pages of a pdf that are pictures, recognised offline and read through geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from extractors.document import Document, ReadError, ReadNote, Table
from extractors.readers.geometry import Layout, Page, lay_out
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from extractors.readers.scan.engine import INSTALL, installed, recogniser, require

if TYPE_CHECKING:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    from extractors.readers.scan.picture import Sheet

__all__ = ["FORMAT", "INSTALL", "doubts", "installed", "page_reader", "read", "read_pages"]

FORMAT = "pdf_scan"
_SURE = 0.8
"""Below this mean over the characters of a line a person should look: well printed lines have 0.97 and more."""
_QUOTE = 60


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a picture (png, jpg, tiff with its pages, bmp).

    Raises `ReadError` for a damaged or oversized picture, one without text, and where recognition is not installed.
    """
    require()
    from extractors.readers.scan.picture import sheets

    found = lay_out(read_pages(sheets(data, limits), limits), limits)
    if not found.blocks:
        raise ReadError("图片中没有认出文字", "请核实文件；属通知的，请以 200 dpi 以上重新扫描后放入")
    return Document(FORMAT, found.blocks, doubts(found))


def read_pages(sheets: Iterable[Sheet], limits: Limits = DEFAULT_LIMITS) -> Iterator[Page]:
    """The recognised pages one at a time, so that memory stays flat. Raises `ReadError` without the extra."""
    engine = recogniser()
    from extractors.readers.scan.page import read_sheet

    for sheet in sheets:
        yield read_sheet(sheet, engine, limits)


def page_reader(limits: Limits) -> Callable[[pdfium.PdfPage, int], Page]:
    """A function that reads a page of a pdf, given its number from 1, off its picture."""

    def read_page(page: pdfium.PdfPage, number: int) -> Page:
        from extractors.readers.scan.page import read_sheet
        from extractors.readers.scan.picture import draw

        return read_sheet(draw(page, number), recogniser(), limits)

    return read_page


def doubts(found: Layout) -> tuple[ReadNote, ...]:
    """One note for every cell or paragraph that was recognised with little certainty."""
    texts: dict[str, str] = {}
    for block in found.blocks:
        for item in block.cells if isinstance(block, Table) else (block,):
            texts[item.locator] = item.text
    return tuple(
        ReadNote(
            "low_confidence",
            f"文字识别把握低（{sure:.2f}），请对照原件核实：“{_short(texts.get(place, ''))}”",
            place,
        )
        for place, sure in found.confidence.items()
        if sure < _SURE
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTE else line[:_QUOTE] + "…"
