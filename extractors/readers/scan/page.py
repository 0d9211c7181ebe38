"""One page of pixels → words and rules, as geometry wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extractors.layout import Page, Word
from extractors.layout.model import Box
from extractors.layout.page import ruled_tables
from extractors.limits import Limits
from extractors.readers.scan.binarize import Inked, prepare, without_seals
from extractors.readers.scan.detect_rulings import Ruled, find_rules
from extractors.readers.scan.line_segmentation import Span
from extractors.readers.scan.ocr_corrections import mend_dot, mend_line
from extractors.readers.scan.ocr_engine import Reading, Recogniser
from extractors.readers.scan.rasterize import Sheet
from extractors.readers.scan.text_regions import Stretch, in_cell, outside, page_type

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_DETECT_SCALE = 1.3
"""Pixels per point at which the detector looks: it only has to find text, and its time goes with the area."""
_USUAL_TYPE = 10.5
_DOUBTFUL = 0.75
_SAMPLE = 6
_DIRT = 0.6
"""Marks the detector does not take for text count only when they are read with more certainty than this."""
_OPENING = "（《“‘【〔「『"
_CLOSING = "，。、；：！？）》”’】〕」』"
_HALF = 0.5
_BEARING = 0.04


@dataclass(frozen=True, slots=True)
class _Looked:
    """A page as it is held, and where text stands on it."""

    inked: Inked
    ruled: Ruled
    stretches: list[Stretch]


def read_sheet(sheet: Sheet, recogniser: Recogniser, limits: Limits) -> Page:
    """The words and rules of one page; words bear the recogniser's confidence."""
    looked = _look(without_seals(sheet.image, sheet.scale), sheet.scale, recogniser, limits)
    crops = [_crop(looked, stretch) for stretch in looked.stretches]
    readings = recogniser.recognise(crops)
    if _upside_down(crops, readings, recogniser):
        over = np.ascontiguousarray(looked.inked.grey[::-1, ::-1])
        looked = _look(over, sheet.scale, recogniser, limits)
        readings = recogniser.recognise([_crop(looked, stretch) for stretch in looked.stretches])
    words: list[Word] = []
    for stretch, reading in zip(looked.stretches, readings, strict=True):
        words += _words(looked, stretch, reading, recogniser)
    height, width = looked.inked.grey.shape
    return Page(sheet.number, width / sheet.scale, height / sheet.scale, tuple(words), looked.ruled.rules)


def _detect(grey: Grey, scale: float, recogniser: Recogniser) -> list[Span]:
    """Boxes of text, found on a smaller copy of the page, in pixels of the page."""
    shrink = min(1.0, _DETECT_SCALE / scale)
    small = np.asarray(cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    height, width = grey.shape
    boxes = [tuple(round(v / shrink) for v in box) for box in recogniser.detect(small)]
    return [
        Span(max(x0, 0), max(top, 0), min(x1, width), min(bottom, height))
        for x0, top, x1, bottom in boxes
        if x1 > x0 and bottom > top
    ]


def _look(grey: Grey, scale: float, recogniser: Recogniser, limits: Limits) -> _Looked:
    """The page level, its lines of text running across, not yet told from upside down."""
    inked = prepare(grey, scale)
    boxes = _detect(inked.grey, scale, recogniser)
    tall = sum(b.height for b in boxes if b.height > 2 * b.width)
    wide = sum(b.width for b in boxes if b.width > 2 * b.height)
    if tall > 1.5 * wide:
        inked = prepare(np.ascontiguousarray(np.rot90(grey)), scale)
        boxes = _detect(inked.grey, scale, recogniser)
    return _Looked(inked, ruled := find_rules(inked), _stretches(inked, ruled, boxes, limits))


def _stretches(inked: Inked, ruled: Ruled, boxes: Sequence[Span], limits: Limits) -> list[Stretch]:
    """The lines of text in the cells of ruled tables, and around the tables."""
    scale = inked.scale
    height, width = inked.grey.shape
    tables = ruled_tables(Page(1, width / scale, height / scale, (), ruled.rules), limits.max_cells)
    rim = np.ones((3, 3), np.uint8)
    ink = np.where(cv2.dilate(ruled.mask, rim) > 0, np.uint8(0), inked.ink)
    em = page_type(boxes, _USUAL_TYPE * scale)
    stretches: list[Stretch] = []
    for table in tables:
        for square in table.cells:
            b = square.box
            cell = Span(round(b.x0 * scale) + 1, round(b.top * scale) + 1, round(b.x1 * scale), round(b.bottom * scale))
            stretches += in_cell(ink, cell, boxes, em)
    areas = [Box(*(v * scale for v in (t.box.x0, t.box.top, t.box.x1, t.box.bottom))) for t in tables]
    return stretches + outside(ink, areas, boxes, em)


def _crop(looked: _Looked, stretch: Stretch) -> Grey:
    """The picture of a line as high as its type, rules and neighbours wiped out; a column laid out as a line."""
    pieces = [_piece(looked, part, stretch.em) for part in stretch.parts]
    if len(pieces) == 1:
        return pieces[0]
    height = max(p.shape[0] for p in pieces)
    level = [
        cv2.copyMakeBorder(p, (height - p.shape[0]) // 2, (height - p.shape[0] + 1) // 2, 0, 0, cv2.BORDER_REPLICATE)
        for p in pieces
    ]
    return np.asarray(np.hstack(level), dtype=np.uint8)


def _piece(looked: _Looked, span: Span, em: float) -> Grey:
    grey = looked.inked.grey
    height, width = grey.shape
    pad = round(0.14 * em)
    rise = max(round((1.0 * em - span.height) / 2), 0) + pad
    top, bottom = span.top - rise, span.bottom + rise
    left, right = span.x0 - round(0.2 * em), span.x1 + round(0.2 * em)
    inner = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    part = grey[inner].copy()
    paper = int(np.percentile(part, 90)) if part.size else 255
    rules = cv2.dilate(looked.ruled.mask[inner], np.ones((3, 3), np.uint8)) > 0
    part[rules] = paper
    # What stands above and below belongs to other lines.
    clear = 2
    part[: max(span.top - clear - max(top, 0), 0)] = paper
    part[span.bottom + clear - max(top, 0) :] = paper
    part[:, : max(span.x0 - clear - max(left, 0), 0)] = paper
    part[:, span.x1 + clear - max(left, 0) :] = paper
    out = cv2.copyMakeBorder(
        part, max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0),
        cv2.BORDER_CONSTANT, value=(paper,),
    )  # fmt: skip
    return np.asarray(out, dtype=np.uint8)


def _upside_down(crops: Sequence[Grey], readings: Sequence[Reading], recogniser: Recogniser) -> bool:
    """Whether the longest lines, badly read, are read better the other way up."""
    longest = sorted(range(len(crops)), key=lambda i: -crops[i].shape[1])[:_SAMPLE]
    if not longest:
        return False
    sure = sum(readings[i].confidence for i in longest) / len(longest)
    if sure >= _DOUBTFUL:
        return False
    other = recogniser.recognise([np.ascontiguousarray(crops[i][::-1, ::-1]) for i in longest])
    return sum(r.confidence for r in other) / len(other) > sure + 0.1


def _words(looked: _Looked, stretch: Stretch, reading: Reading, recogniser: Recogniser) -> list[Word]:
    if stretch.column:
        return _column(looked, stretch, reading, recogniser)
    span = stretch.parts[0]
    text = mend_dot(mend_line(reading.text), span.width / stretch.em, span.height / stretch.em)
    if not text or (not stretch.seen and reading.confidence < _DIRT):
        return []
    return [_word(looked.inked.scale, stretch, span, text, reading.confidence)]


def _column(looked: _Looked, stretch: Stretch, reading: Reading, recogniser: Recogniser) -> list[Word]:
    """A column of single characters as words; read one by one when the line made of them has another count."""
    text = "".join(reading.text.split())
    sure = list(reading.sure)
    if len(text) != len(stretch.parts) or len(sure) != len(text):
        single = recogniser.recognise([_piece(looked, part, stretch.em) for part in stretch.parts])
        texts, sure = [r.text.strip() for r in single], [r.confidence for r in single]
    else:
        texts = list(text)
    scale = looked.inked.scale
    return [
        _word(scale, stretch, part, mend_line(t), c)
        for part, t, c in zip(stretch.parts, texts, sure, strict=True)
        if t.strip()
    ]


def _word(scale: float, stretch: Stretch, span: Span, text: str, confidence: float) -> Word:
    """A word with the room its characters take: the ink of full-width punctuation fills half of its square."""
    em = stretch.em
    left = _HALF if text[0] in _OPENING else _BEARING
    right = _HALF if text[-1] in _CLOSING else _BEARING
    x0 = max(span.x0 - left * em, stretch.edge[0] + 1)
    x1 = min(span.x1 + right * em, stretch.edge[1] - 1)
    middle = (span.top + span.bottom) / 2
    return Word(
        text, x0 / scale, (middle - em / 2) / scale, max(x1, x0 + 1) / scale, (middle + em / 2) / scale, confidence
    )
