"""Scans: pictures, and pages of a pdf that are pictures, recognised offline and read through geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from extractors.document import Document, ReadError, ReadNote, Table
from extractors.layout import Layout, Page, lay_out
from extractors.layout.model import locator
from extractors.layout.pictures import PlacedPicture, merge_recognised, says_something
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers.scan.ocr_engine import INSTALL, installed, recogniser, require
from extractors.table_words import NO_WORDS, TableWords

if TYPE_CHECKING:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    from extractors.readers.scan.rasterize import Sheet

__all__ = [
    "FORMAT",
    "INSTALL",
    "Budget",
    "doubts",
    "installed",
    "join",
    "outcome",
    "page_reader",
    "parts_reader",
    "picture_notes",
    "read",
    "read_pages",
]

FORMAT = "pdf_scan"
_SURE = 0.8
"""Below this mean over the characters of a line a person should look: well printed lines have 0.97 and more."""
_QUOTE = 60


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a picture (png, jpg, tiff with its pages, bmp).

    Raises `ReadError` for a damaged or oversized picture, one without text, and where recognition is not installed.
    """
    require()
    from extractors.readers.scan.rasterize import sheets

    found = lay_out(read_pages(sheets(data, limits), limits), limits, words)
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
        from extractors.readers.scan.rasterize import draw

        return read_sheet(draw(page, number), recogniser(), limits)

    return read_page


def parts_reader(
    limits: Limits,
) -> Callable[[pdfium.PdfPage, Page, int, tuple[PlacedPicture, ...]], tuple[Page, tuple[PlacedPicture, ...]]]:
    """A function that reads the pictures among the text of a page of a pdf, up to a number of them for the file."""
    budget = Budget()

    def read_parts(
        page: pdfium.PdfPage, around: Page, turns: int, pictures: tuple[PlacedPicture, ...]
    ) -> tuple[Page, tuple[PlacedPicture, ...]]:
        from extractors.readers.scan.rasterize import draw, turned

        return join(lambda: turned(draw(page, around.number), turns), around, pictures, budget, limits)

    return read_parts


PICTURES_A_FILE: Final = 40
"""Pictures among text that are recognised in one file; a printed album has hundreds, at about a second each."""


class Budget:
    """How many pictures among text are recognised in one file: each takes about a second."""

    def __init__(self, left: int = PICTURES_A_FILE) -> None:
        self._left = left

    def spend(self) -> bool:
        """Take one; False once none is left."""
        self._left -= 1
        return self._left >= 0


def join(
    draw: Callable[[], Sheet], around: Page, pictures: Sequence[PlacedPicture], budget: Budget, limits: Limits
) -> tuple[Page, tuple[PlacedPicture, ...]]:
    """A page with what its pictures say at their places, and the pictures, those recognised marked.

    `draw` gives the pixels of the upright page, and is asked only while the budget lasts.
    """
    chosen = [picture for picture in pictures if budget.spend()]
    if not chosen:
        return around, tuple(pictures)
    from extractors.readers.scan.page import read_sheet
    from extractors.readers.scan.rasterize import part

    sheet = draw()
    out: list[PlacedPicture] = []
    for picture in chosen:
        found = read_sheet(part(sheet, picture.box), recogniser(), limits)
        recognised = says_something(found)
        if recognised:
            around = merge_recognised(around, picture.box, found)
        out.append(replace(picture, recognised=recognised))
    return around, (*out, *pictures[len(chosen) :])


def picture_notes(number: int, pictures: Sequence[PlacedPicture]) -> list[ReadNote]:
    """A note for every picture among the text of a page: what became of the text in it."""
    return [
        ReadNote(
            "picture", f"第{number}页有图片，{outcome(recognised=picture.recognised)}", locator(number, picture.box)
        )
        for picture in pictures
    ]


def outcome(*, recognised: bool) -> str:
    """What became of the text in a picture, and what to do."""
    if recognised:
        return "其中的文字由识别（OCR）读入，请对照原件核实"
    if installed():
        return (
            f"没有从中读出文字（识别不出，或在本文件第 {PICTURES_A_FILE} 张图片之后，不再识别）；"
            "其中确有文字的，请录入为文本或提供更清晰的文件后重新放入"
        )
    return f"其中的文字未读取，需要识别（OCR）；{INSTALL}"


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
