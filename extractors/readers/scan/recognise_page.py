"""The pixels of one page → its words and rulings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from extractors.layout import Page, Word
from extractors.layout.model import Box
from extractors.layout.page_layout import find_ruled_tables
from extractors.limits import Limits
from extractors.readers.scan.binarize import InkedPage, prepare_page, remove_seals, soften_bilevel
from extractors.readers.scan.detect_rulings import DetectedRulings, detect_rulings
from extractors.readers.scan.find_sheet import cut_out_sheet
from extractors.readers.scan.ocr_engine import RecognisedText, Recogniser, correct_full_stop, correct_line
from extractors.readers.scan.rasterize import PageImage
from extractors.readers.scan.text_regions import (
    PixelBox,
    TextRegion,
    estimate_page_type_size,
    find_regions_in_cell,
    find_regions_outside,
)

if TYPE_CHECKING:
    from extractors.readers.scan.binarize import GrayImage

_DETECT_SCALE: Final = 1.3
"""Pixels per point at which the detector works: it only has to find text, and its time grows with the area."""
_USUAL_TYPE_SIZE: Final = 10.5
"""Points."""
_SIDEWAYS_RATIO: Final = 1.5
"""Length of tall text over that of wide text from which a page lies on its side."""
_MIN_UPRIGHT_CONFIDENCE: Final = 0.75
"""Mean of the longest lines below which a page is tried upside down."""
_MIN_FLIP_GAIN: Final = 0.1
"""By how much that mean must be better upside down."""
_SAMPLE_LINES: Final = 6
"""Lines that are tried upside down."""
_MIN_UNDETECTED_CONFIDENCE: Final = 0.6
"""Ink the detector does not take for text counts only when it is recognised with more confidence than this."""
_OPENING = "（《“‘【〔「『"
_CLOSING = "，。、；：！？）》”’】〕」』"
_PUNCTUATION_SIDE_SPACE: Final = 0.5
"""In type sizes: white beside full-width punctuation, whose ink fills half of its square."""
_SIDE_SPACE: Final = 0.04
"""In type sizes: white beside any other character."""
_CROP_PADDING, _CROP_SIDE_PADDING = 0.14, 0.2
"""In type sizes: paper around the image of a line."""
_CROP_CLEARANCE: Final = 2
"""Pixels around the ink of a line that are not erased."""
_PAPER_PERCENTILE: Final = 90
"""Of the brightness of an image: its paper."""


@dataclass(frozen=True, slots=True)
class _PreparedPage:
    """A level page, its rulings and its text regions."""

    inked: InkedPage
    detected: DetectedRulings
    regions: list[TextRegion]


def recognise_page_image(image: PageImage, recogniser: Recogniser, limits: Limits) -> Page:
    """Return the words and rulings of one page; words have the confidence of the recogniser."""
    image = cut_out_sheet(image)
    gray = soften_bilevel(remove_seals(image.pixels, image.scale), image.scale)
    prepared = _prepare(gray, image.scale, recogniser, limits)
    crops = [_crop_region(prepared, region) for region in prepared.regions]
    texts = recogniser.recognise(crops)
    if _is_upside_down(crops, texts, recogniser):
        flipped = np.ascontiguousarray(prepared.inked.gray[::-1, ::-1])
        prepared = _prepare(flipped, image.scale, recogniser, limits)
        texts = recogniser.recognise([_crop_region(prepared, region) for region in prepared.regions])
    words: list[Word] = []
    for region, text in zip(prepared.regions, texts, strict=True):
        words += _region_to_words(prepared, region, text, recogniser)
    height, width = prepared.inked.gray.shape
    return Page(image.number, width / image.scale, height / image.scale, tuple(words), prepared.detected.rulings)


def _detect_text(gray: GrayImage, scale: float, recogniser: Recogniser) -> list[PixelBox]:
    """Return boxes of text, found on a smaller copy of the page, in pixels of the page."""
    shrink = min(1.0, _DETECT_SCALE / scale)
    small = np.asarray(cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    height, width = gray.shape
    boxes = [tuple(round(v / shrink) for v in box) for box in recogniser.detect(small)]
    return [
        PixelBox(max(x0, 0), max(top, 0), min(x1, width), min(bottom, height))
        for x0, top, x1, bottom in boxes
        if x1 > x0 and bottom > top
    ]


def _prepare(gray: GrayImage, scale: float, recogniser: Recogniser, limits: Limits) -> _PreparedPage:
    """Rotate the page so that its lines are level and horizontal; whether it is upside down is not yet known."""
    inked = prepare_page(gray, scale)
    boxes = _detect_text(inked.gray, scale, recogniser)
    tall = sum(b.height for b in boxes if b.height > 2 * b.width)
    wide = sum(b.width for b in boxes if b.width > 2 * b.height)
    if tall > _SIDEWAYS_RATIO * wide:
        inked = prepare_page(np.ascontiguousarray(np.rot90(gray)), scale)
        boxes = _detect_text(inked.gray, scale, recogniser)
    detected = detect_rulings(inked)
    return _PreparedPage(inked, detected, _find_regions(inked, detected, boxes, limits))


def _find_regions(
    inked: InkedPage, detected: DetectedRulings, boxes: Sequence[PixelBox], limits: Limits
) -> list[TextRegion]:
    """Return the lines of text in the cells of ruled tables, and around the tables."""
    scale = inked.scale
    height, width = inked.gray.shape
    tables = find_ruled_tables(Page(1, width / scale, height / scale, (), detected.rulings), limits.max_cells)
    rim = np.ones((3, 3), np.uint8)
    ink = np.where(cv2.dilate(detected.mask, rim) > 0, np.uint8(0), inked.ink)
    em = estimate_page_type_size(boxes, _USUAL_TYPE_SIZE * scale)
    regions: list[TextRegion] = []
    for table in tables:
        for cell in table.cells:
            b = cell.box
            cell_box = PixelBox(
                round(b.x0 * scale) + 1, round(b.top * scale) + 1, round(b.x1 * scale), round(b.bottom * scale)
            )
            regions += find_regions_in_cell(ink, cell_box, boxes, em)
    areas = [Box(*(v * scale for v in (t.box.x0, t.box.top, t.box.x1, t.box.bottom))) for t in tables]
    return regions + find_regions_outside(ink, areas, boxes, em)


def _crop_region(prepared: _PreparedPage, region: TextRegion) -> GrayImage:
    """Return the image of a line, rulings and neighbours erased; a column is laid out as a line."""
    pieces = [_crop_part(prepared, part, region.em) for part in region.parts]
    if len(pieces) == 1:
        return pieces[0]
    height = max(p.shape[0] for p in pieces)
    level = [
        cv2.copyMakeBorder(p, (height - p.shape[0]) // 2, (height - p.shape[0] + 1) // 2, 0, 0, cv2.BORDER_REPLICATE)
        for p in pieces
    ]
    return np.asarray(np.hstack(level), dtype=np.uint8)


def _crop_part(prepared: _PreparedPage, part: PixelBox, em: float) -> GrayImage:
    gray = prepared.inked.gray
    height, width = gray.shape
    padding = round(_CROP_PADDING * em)
    rise = max(round((1.0 * em - part.height) / 2), 0) + padding
    top, bottom = part.top - rise, part.bottom + rise
    left, right = part.x0 - round(_CROP_SIDE_PADDING * em), part.x1 + round(_CROP_SIDE_PADDING * em)
    inner = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    crop = gray[inner].copy()
    paper = int(np.percentile(crop, _PAPER_PERCENTILE)) if crop.size else 255
    is_ruling = cv2.dilate(prepared.detected.mask[inner], np.ones((3, 3), np.uint8)) > 0
    crop[is_ruling] = paper
    # Ink above and below belongs to other lines.
    crop[: max(part.top - _CROP_CLEARANCE - max(top, 0), 0)] = paper
    crop[part.bottom + _CROP_CLEARANCE - max(top, 0) :] = paper
    crop[:, : max(part.x0 - _CROP_CLEARANCE - max(left, 0), 0)] = paper
    crop[:, part.x1 + _CROP_CLEARANCE - max(left, 0) :] = paper
    bordered = cv2.copyMakeBorder(
        crop, max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0),
        cv2.BORDER_CONSTANT, value=(paper,),
    )  # fmt: skip
    return np.asarray(bordered, dtype=np.uint8)


def _is_upside_down(crops: Sequence[GrayImage], texts: Sequence[RecognisedText], recogniser: Recogniser) -> bool:
    """Return whether the longest lines, badly recognised, are recognised better the other way up."""
    longest = sorted(range(len(crops)), key=lambda i: -crops[i].shape[1])[:_SAMPLE_LINES]
    if not longest:
        return False
    confidence = sum(texts[i].confidence for i in longest) / len(longest)
    if confidence >= _MIN_UPRIGHT_CONFIDENCE:
        return False
    flipped = recogniser.recognise([np.ascontiguousarray(crops[i][::-1, ::-1]) for i in longest])
    return sum(text.confidence for text in flipped) / len(flipped) > confidence + _MIN_FLIP_GAIN


def _region_to_words(
    prepared: _PreparedPage, region: TextRegion, recognised: RecognisedText, recogniser: Recogniser
) -> list[Word]:
    if region.is_column:
        return _column_to_words(prepared, region, recognised, recogniser)
    part = region.parts[0]
    text = correct_full_stop(correct_line(recognised.text), part.width / region.em, part.height / region.em)
    if not text or (not region.is_detected and recognised.confidence < _MIN_UNDETECTED_CONFIDENCE):
        return []
    return [_make_word(prepared.inked.scale, region, part, text, recognised)]


def _column_to_words(
    prepared: _PreparedPage, region: TextRegion, recognised: RecognisedText, recogniser: Recogniser
) -> list[Word]:
    """Return the characters of a column as words; recognised one by one if the line made of them has another count."""
    text = "".join(recognised.text.split())
    confidences = recognised.char_confidences
    if len(text) != len(region.parts) or len(confidences) != len(text):
        chars = recogniser.recognise([_crop_part(prepared, part, region.em) for part in region.parts])
    else:
        chars = [RecognisedText(char, (sure,)) for char, sure in zip(text, confidences, strict=True)]
    return [
        _make_word(prepared.inked.scale, region, part, correct_line(char.text), char)
        for part, char in zip(region.parts, chars, strict=True)
        if char.text.strip()
    ]


def _make_word(scale: float, region: TextRegion, part: PixelBox, text: str, recognised: RecognisedText) -> Word:
    """Return a word with the room its characters take: the ink of full-width punctuation fills half of its square."""
    em = region.em
    left = _PUNCTUATION_SIDE_SPACE if text[0] in _OPENING else _SIDE_SPACE
    right = _PUNCTUATION_SIDE_SPACE if text[-1] in _CLOSING else _SIDE_SPACE
    x0 = max(part.x0 - left * em, region.limits[0] + 1)
    x1 = min(part.x1 + right * em, region.limits[1] - 1)
    middle = (part.top + part.bottom) / 2
    return Word(
        text, x0 / scale, (middle - em / 2) / scale, max(x1, x0 + 1) / scale, (middle + em / 2) / scale,
        recognised.confidence, doubtful=recognised.doubtful,
    )  # fmt: skip
