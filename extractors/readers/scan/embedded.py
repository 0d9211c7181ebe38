"""Recognise pictures embedded in formats without pages (docx, html), and note the outcome of each."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace
from itertools import islice

from extractors.document import Block, Paragraph, ReadError, ReadNote
from extractors.layout import Layout, lay_out
from extractors.layout.pictures import says_something
from extractors.limits import Limits
from extractors.readers.scan import Budget, doubts, installed, outcome, read_pages
from extractors.table_words import TableWords

_LEAST_SIDE = 48
"""Pixels: three lines of small type on a screen; lower pictures are ornaments or lines."""
_LEAST_LONG = 360
"""Pixels: thirty characters of small type; shorter pictures are logos and icons."""
_SQUARE = 1.25
_SEAL = 500
"""Pixels: the side of a seal of 42 mm at 300 dpi; nearly square pictures up to that size are seals or codes to scan."""
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP")
_UNKNOWN = "其格式无法识别或已损坏，其中的文字未读取；其中确有文字的，请录入为文本或换成 png、jpg 图片后重新放入"
_ABSENT = "但文件中没有这张图片，其中的文字未读取；其中确有文字的，请录入为文本或放入带有图片的文件"
_COLUMN_GAP = "  "


@dataclass(frozen=True, slots=True)
class Said:
    """Recognised blocks of a picture in reading order, and the notes on it."""

    blocks: tuple[Block, ...] = ()
    notes: tuple[ReadNote, ...] = ()

    def lines(self) -> list[str]:
        """Return the text as lines of a cell, one per paragraph or table row."""
        out: list[str] = []
        for block in self.blocks:
            if isinstance(block, Paragraph):
                out.append(block.text)
                continue
            rows: dict[int, list[str]] = {}
            for cell in block.cells:
                rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
            out += [_COLUMN_GAP.join(filter(None, texts)) for texts in rows.values()]
        return [line for line in out if line.strip()]


class EmbeddedPictures:
    """Recognises the pictures of one file within a budget; the recogniser is loaded on first use."""

    def __init__(self, limits: Limits, words: TableWords) -> None:
        self._limits = limits
        self._words = words
        self._budget = Budget()

    def read(self, data: bytes | None, place: str) -> Said:
        """Recognise the picture at `place`; `data` is None if the file lacks it. Small pictures give nothing."""
        if data is None:
            return _told(place, _ABSENT)
        size = _measured(data)
        if size is None:
            return _told(place, _UNKNOWN)
        if not _may_hold_text(*size):
            return Said()
        if not installed() or not self._budget.spend():
            return _told(place, outcome(recognised=False))
        try:
            found = self._recognised(data, f"{place}图片")
        except ReadError as error:
            return _told(place, f"其中的文字未读取（{error.reason}）；{error.remedy}")
        notes = _told(place, outcome(recognised=bool(found.blocks))).notes
        return Said(found.blocks, (*notes, *doubts(found)))

    def _recognised(self, data: bytes, place: str) -> Layout:
        from extractors.readers.scan.rasterize import sheets

        pages = list(read_pages(islice(sheets(data, self._limits), 1), self._limits))
        return _moved(lay_out([page for page in pages if says_something(page)], self._limits, self._words), place)


def _told(place: str, what: str) -> Said:
    return Said(notes=(ReadNote("picture", f"{place}有图片，{what}", place),))


def _may_hold_text(width: int, height: int) -> bool:
    short, long = sorted((width, height))
    if short < _LEAST_SIDE or long < _LEAST_LONG:
        return False
    return long > _SQUARE * short or long > _SEAL


def _measured(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels from the picture header, or None for unknown formats."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                return picture.size
        except (Image.DecompressionBombError, OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError):
            # What Pillow raises on broken data depends on the format's decoder.
            return None


def _moved(found: Layout, place: str) -> Layout:
    """Rewrite the locators of a layout to name the picture, which is no page."""
    blocks: list[Block] = []
    confidence: dict[str, float] = {}
    n_tables = 0
    for block in found.blocks:
        if isinstance(block, Paragraph):
            blocks.append(replace(block, locator=place))
            if block.locator in found.confidence:
                sure = found.confidence[block.locator]
                confidence[place] = min(sure, confidence.get(place, 1.0))
            continue
        n_tables += 1
        name = f"{place}表{n_tables}"
        cells = []
        for cell in block.cells:
            where = f"{name} 第{cell.row + 1}行第{cell.col + 1}列"
            cells.append(replace(cell, locator=where))
            if cell.locator in found.confidence:
                confidence[where] = found.confidence[cell.locator]
        blocks.append(replace(block, cells=tuple(cells), locator=name, first_page=None, last_page=None))
    return Layout(tuple(blocks), confidence)
