"""Pictures embedded in formats without pages (docx, html): recognised, with a note on the outcome of each."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from extractors.document import Block, Paragraph, ReadError, ReadNote
from extractors.layout import Layout, lay_out
from extractors.layout.page_content import has_plausible_text
from extractors.limits import Limits
from extractors.readers.scan import (
    PictureBudget,
    describe_outcome,
    is_installed,
    low_confidence_notes,
    recognise_images,
)
from extractors.table_words import TableWords

_MIN_SHORT_SIDE: Final = 48
"""Pixels: three lines of small type on a screen; lower pictures are ornaments or lines."""
_MIN_LONG_SIDE: Final = 360
"""Pixels: thirty characters of small type; shorter pictures are logos and icons."""
_MAX_SQUARE_RATIO: Final = 1.25
"""Long over short side of a nearly square picture."""
_MAX_SEAL_SIDE: Final = 500
"""Pixels: the side of a seal of 42 mm at 300 dpi; nearly square pictures up to that size are seals or codes to scan."""
_FORMATS: Final = ("PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP")
_UNKNOWN: Final = "其格式无法识别或已损坏，其中的文字未读取；其中确有文字的，请录入为文本或换成 png、jpg 图片后重新放入"
_MISSING: Final = "但文件中没有这张图片，其中的文字未读取；其中确有文字的，请录入为文本或放入带有图片的文件"
_COLUMN_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class PictureContent:
    """Recognised blocks of a picture in reading order, and the notes on it."""

    blocks: tuple[Block, ...] = ()
    notes: tuple[ReadNote, ...] = ()

    def lines(self) -> list[str]:
        """Return the text as lines of a cell, one per paragraph or table row."""
        lines: list[str] = []
        for block in self.blocks:
            if isinstance(block, Paragraph):
                lines.append(block.text)
                continue
            rows: dict[int, list[str]] = {}
            for cell in block.cells:
                rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
            lines += [_COLUMN_GAP.join(filter(None, texts)) for texts in rows.values()]
        return [line for line in lines if line.strip()]


class EmbeddedPictures:
    """Recognises the pictures of one file within a budget; the recogniser is loaded on first use."""

    def __init__(self, limits: Limits, words: TableWords) -> None:
        self._limits = limits
        self._words = words
        self._budget = PictureBudget(limits.max_recognised_pictures)

    def read(self, data: bytes | None, place: str) -> PictureContent:
        """Recognise one picture; small pictures give nothing.

        Args:
            data: The image file, or None if the document lacks it.
            place: Locator of the picture.
        """
        if data is None:
            return _note_only(place, _MISSING)
        size = _read_size(data)
        if size is None:
            return _note_only(place, _UNKNOWN)
        if not _may_contain_text(*size):
            return PictureContent()
        if not is_installed() or not self._budget.spend():
            return _note_only(place, describe_outcome(is_recognised=False))
        try:
            layout = self._recognise(data, f"{place}图片")
        except ReadError as error:
            return _note_only(place, f"其中的文字未读取（{error.reason}）；{error.remedy}")
        notes = _note_only(place, describe_outcome(is_recognised=bool(layout.blocks))).notes
        return PictureContent(layout.blocks, (*notes, *low_confidence_notes(layout)))

    def _recognise(self, data: bytes, place: str) -> Layout:
        from extractors.readers.scan.rasterize import decode_images

        pages = list(recognise_images(islice(decode_images(data, self._limits), 1), self._limits))
        layout = lay_out([page for page in pages if has_plausible_text(page)], self._limits, self._words)
        return _relocate(layout, place)


def _note_only(place: str, message: str) -> PictureContent:
    return PictureContent(notes=(ReadNote("picture", f"{place}有图片，{message}", place),))


def _may_contain_text(width: int, height: int) -> bool:
    short, long = sorted((width, height))
    if short < _MIN_SHORT_SIDE or long < _MIN_LONG_SIDE:
        return False
    return long > _MAX_SQUARE_RATIO * short or long > _MAX_SEAL_SIDE


def _read_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels from the image header, or None for unknown formats."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                return image.size
        except (Image.DecompressionBombError, OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError):
            # What Pillow raises on broken data depends on the format's decoder.
            return None


def _relocate(layout: Layout, place: str) -> Layout:
    """Rewrite the locators of a layout to name the picture, which is no page."""
    blocks: list[Block] = []
    confidence: dict[str, float] = {}
    n_tables = 0
    for block in layout.blocks:
        if isinstance(block, Paragraph):
            blocks.append(replace(block, locator=place))
            if block.locator in layout.confidence:
                block_confidence = layout.confidence[block.locator]
                confidence[place] = min(block_confidence, confidence.get(place, 1.0))
            continue
        n_tables += 1
        table_locator = f"{place}表{n_tables}"
        cells = []
        for cell in block.cells:
            locator = f"{table_locator} 第{cell.row + 1}行第{cell.col + 1}列"
            cells.append(replace(cell, locator=locator))
            if cell.locator in layout.confidence:
                confidence[locator] = layout.confidence[cell.locator]
        blocks.append(replace(block, cells=tuple(cells), locator=table_locator, first_page=None, last_page=None))
    return Layout(tuple(blocks), confidence)
