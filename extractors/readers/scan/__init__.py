"""Reader for scans: images, and pages of a pdf that are images, recognised offline and laid out as pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from extractors.document import Document, ReadError, ReadNote, Table
from extractors.layout import Layout, Page, lay_out
from extractors.layout.model import page_locator
from extractors.layout.page_content import PlacedPicture, has_plausible_text, merge_recognised
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers.scan.ocr_engine import INSTALL, get_recogniser, is_installed, require_ocr
from extractors.table_words import NO_WORDS, TableWords

if TYPE_CHECKING:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    from extractors.readers.scan.rasterize import PageImage

__all__ = [
    "FORMAT",
    "INSTALL",
    "PictureBudget",
    "can_recognise",
    "describe_outcome",
    "is_installed",
    "low_confidence_notes",
    "page_recogniser",
    "picture_notes",
    "picture_recogniser",
    "read",
    "recognise_images",
    "recognise_pictures",
]

FORMAT: Final = "pdf_scan"
_MIN_CONFIDENCE: Final = 0.8
"""Mean over the characters of a line below which a person should look: well printed lines have 0.97 and more."""
_MAX_QUOTE: Final = 60
"""Characters of a text quoted in a note."""


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Return the document in an image file (png, jpg, tiff with its pages, bmp).

    Args:
        data: The content of the file.
        name: Its name, unused.
        limits: Bounds on pages and pixels.
        words: Tells headers, totals and notes of tables.

    Raises:
        ReadError: If the image is damaged, oversized or without text, and where recognition is not installed.
    """
    require_ocr()
    from extractors.readers.scan.rasterize import decode_images

    layout = lay_out(recognise_images(decode_images(data, limits), limits), limits, words)
    if not layout.blocks:
        raise ReadError("图片中没有认出文字", "请核实文件；属通知的，请以 200 dpi 以上重新扫描后放入")
    notes = (*layout.notes, *low_confidence_notes(layout))
    return Document(FORMAT, layout.blocks, notes, lost_chars=layout.lost_chars)


def can_recognise(limits: Limits) -> bool:
    """Return whether recognition is installed and within the limits."""
    return limits.max_recognised_pictures > 0 and is_installed()


def recognise_images(images: Iterable[PageImage], limits: Limits = DEFAULT_LIMITS) -> Iterator[Page]:
    """Yield the recognised pages one at a time, so that memory stays flat.

    Raises:
        ReadError: If recognition is not installed.
    """
    engine = get_recogniser()
    from extractors.readers.scan.recognise_page import recognise_page_image

    for image in images:
        yield recognise_page_image(image, engine, limits)


def page_recogniser(limits: Limits) -> Callable[[pdfium.PdfPage, int], Page]:
    """Return a function that recognises a page of a pdf, given its number from 1."""

    def recognise(page: pdfium.PdfPage, number: int) -> Page:
        from extractors.readers.scan.rasterize import render_pdf_page
        from extractors.readers.scan.recognise_page import recognise_page_image

        return recognise_page_image(render_pdf_page(page, number), get_recogniser(), limits)

    return recognise


def picture_recogniser(
    limits: Limits,
) -> Callable[[pdfium.PdfPage, Page, int, tuple[PlacedPicture, ...]], tuple[Page, tuple[PlacedPicture, ...]]]:
    """Return a function that recognises the pictures among the text of a pdf page, within one budget for the file."""
    budget = PictureBudget(limits.max_recognised_pictures)

    def recognise(
        pdf_page: pdfium.PdfPage, page: Page, quarter_turns: int, pictures: tuple[PlacedPicture, ...]
    ) -> tuple[Page, tuple[PlacedPicture, ...]]:
        from extractors.readers.scan.rasterize import render_pdf_page, rotate_image

        def render() -> PageImage:
            return rotate_image(render_pdf_page(pdf_page, page.number), quarter_turns)

        return recognise_pictures(render, page, pictures, budget, limits)

    return recognise


class PictureBudget:
    """How many pictures among text are still recognised in one file: each takes about a second."""

    def __init__(self, left: int) -> None:
        self._left = left

    def spend(self) -> bool:
        """Take one; return False once none is left."""
        self._left -= 1
        return self._left >= 0


def recognise_pictures(
    render: Callable[[], PageImage],
    page: Page,
    pictures: Sequence[PlacedPicture],
    budget: PictureBudget,
    limits: Limits,
) -> tuple[Page, tuple[PlacedPicture, ...]]:
    """Add the text of its pictures to a page, at their places.

    Args:
        render: Returns the pixels of the upright page; called only while the budget lasts.
        page: The page with its own text.
        pictures: The pictures among that text.
        budget: How many are still recognised.
        limits: Bounds on the cells of a table.

    Returns:
        The page, and the pictures with those recognised marked.
    """
    chosen = [picture for picture in pictures if budget.spend()]
    if not chosen:
        return page, tuple(pictures)
    from extractors.readers.scan.rasterize import crop_image
    from extractors.readers.scan.recognise_page import recognise_page_image

    image = render()
    results: list[PlacedPicture] = []
    for picture in chosen:
        recognised = recognise_page_image(crop_image(image, picture.box), get_recogniser(), limits)
        has_text = has_plausible_text(recognised)
        if has_text:
            page = merge_recognised(page, picture.box, recognised)
        results.append(replace(picture, is_recognised=has_text))
    return page, (*results, *pictures[len(chosen) :])


def picture_notes(number: int, pictures: Sequence[PlacedPicture]) -> list[ReadNote]:
    """Return a note for every picture among the text of a page, with the outcome of its recognition."""
    return [
        ReadNote(
            "picture",
            f"第{number}页有图片，{describe_outcome(is_recognised=picture.is_recognised)}",
            page_locator(number, picture.box),
        )
        for picture in pictures
    ]


def describe_outcome(*, is_recognised: bool) -> str:
    """Return in Chinese whether the text in a picture was read, and the remedy where it was not."""
    if is_recognised:
        return "其中的文字由识别（OCR）读入，请对照原件核实"
    if is_installed():
        return (
            "没有从中读出文字（识别不出，或在本文件"
            f"第 {DEFAULT_LIMITS.max_recognised_pictures} 张图片之后，不再识别）；"
            "其中确有文字的，请录入为文本或提供更清晰的文件后重新放入"
        )
    return f"其中的文字未读取，需要识别（OCR）；{INSTALL}"


def low_confidence_notes(layout: Layout) -> tuple[ReadNote, ...]:
    """Return a note for every cell or paragraph recognised with low confidence, in all or in single characters."""
    texts: dict[str, str] = {}
    for block in layout.blocks:
        for item in block.cells if isinstance(block, Table) else (block,):
            texts[item.locator] = item.text
    notes: list[ReadNote] = []
    for locator, confidence in layout.confidence.items():
        doubtful = layout.doubtful.get(locator, "")
        if confidence < _MIN_CONFIDENCE:
            reason = f"文字识别把握低（{confidence:.2f}）"
        elif doubtful:
            reason = f"个别字辨认没有把握（{'、'.join(dict.fromkeys(doubtful))}）"
        else:
            continue
        message = f"{reason}，请对照原件核实：“{_shorten(texts.get(locator, ''))}”"
        notes.append(ReadNote("low_confidence", message, locator, doubtful))
    return tuple(notes)


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_QUOTE else line[:_MAX_QUOTE] + "…"
