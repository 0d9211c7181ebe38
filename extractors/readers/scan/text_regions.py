"""Where text is on a page: in the cells of ruled tables by their ink, elsewhere where the detector finds text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from extractors.layout.model import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from extractors.readers.scan.binarize import GrayImage

_DETECTED_SIZE: Final = 0.72
"""Type size over the height of the detector's box."""
_MAX_CHAR_WIDTH, _MAX_CHAR_HEIGHT, _MIN_CHAR_WIDTH = 1.35, 1.4, 0.6
"""In type sizes: the ink of one character of a vertical line."""
_MIN_WIDE_CHARS: Final = 0.75
"""Share of the characters of a vertical line that are ideographs."""
_MAX_CHAR_GAP: Final = 1.6
"""In type sizes: white between the characters of a vertical line."""
_RIM: Final = 0.12
"""In type sizes, or heights of a box: remains of ruling lines along a border, and the ink around a box."""
_MIN_LINE_OVERLAP: Final = 0.55
"""Of the lower box: vertical overlap of boxes on one line."""
_MIN_SPECK: Final = 0.012
"""Of a square of the type size: a smaller patch is dirt; a full stop of a figure has 0.02."""
_MIN_STRETCH_GAP: Final = 1.7
"""In type sizes: white that parts two stretches of a line; full-width punctuation alone makes 1.3."""
_MIN_ROW: Final = 0.5
"""In type sizes: a lower piece is part of a character."""
_MAX_ROW: Final = 1.55
"""In type sizes: a higher piece is several lines that touch."""
_MAX_CUT_INK: Final = 0.3
"""Of the most ink in a row of pixels: where lines that touch are cut there is less."""


@dataclass(frozen=True, slots=True)
class PixelBox:
    """A box in pixels, right and bottom exclusive."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def width(self) -> int:
        """Horizontal extent in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Vertical extent in pixels."""
        return self.bottom - self.top

    def shift(self, x: int, y: int) -> PixelBox:
        """Return the box moved by x, y."""
        return PixelBox(self.x0 + x, self.top + y, self.x1 + x, self.bottom + y)


@dataclass(frozen=True, slots=True)
class TextRegion:
    """Text to be recognised: one line, or a column of single characters, all in pixels of the page."""

    parts: tuple[PixelBox, ...]
    """One box; the boxes of the single characters for a column."""
    em: float
    """Type size."""
    is_detected: bool
    """Whether the detector takes it for text, too."""
    limits: tuple[int, int]
    """Left and right limit of its cell, or of the page."""

    @property
    def is_column(self) -> bool:
        """Whether it is written downwards."""
        return len(self.parts) > 1


def estimate_page_type_size(boxes: Sequence[PixelBox], fallback: float) -> float:
    """Return the usual type size of a page in pixels from the boxes of the detector."""
    return estimate_type_size([round(b.height * _DETECTED_SIZE) for b in boxes if b.width > 1.5 * b.height], fallback)


def find_regions_in_cell(ink: GrayImage, cell: PixelBox, boxes: Sequence[PixelBox], em: float) -> list[TextRegion]:
    """Return the text regions of one cell.

    Args:
        ink: Ink of the page without rulings.
        cell: The cell.
        boxes: Boxes of the detector.
        em: Usual type size in pixels.
    """
    area = ink[cell.top : cell.bottom, cell.x0 : cell.x1]
    if area.size == 0 or not area.any():
        return []
    inside = [b for b in boxes if _is_centred_in(b, cell)]
    em = estimate_type_size([round(b.height * _DETECTED_SIZE) for b in inside if b.width > 2 * b.height], em)
    lines = find_lines(_drop_rims(drop_specks(area, em), em), em)
    heights = [line.height for line in lines if line.width > 2.5 * line.height]
    em = estimate_type_size(heights, em) if heights else em
    parts = [line.shift(cell.x0, cell.top) for line in lines]
    limits = (cell.x0, cell.x1)
    if _is_column(parts, em):
        return [TextRegion(tuple(parts), em, True, limits)]
    return [TextRegion((part,), em, any(_overlaps(part, b) for b in inside), limits) for part in parts]


def find_regions_outside(
    ink: GrayImage, tables: Sequence[Box], boxes: Sequence[PixelBox], em: float
) -> list[TextRegion]:
    """Return the text regions of running text.

    Args:
        ink: Ink of the page without rulings.
        tables: Boxes of tables in pixels, whose ink does not count.
        boxes: Boxes of the detector.
        em: Usual type size in pixels.
    """
    rest = [b for b in boxes if not any(t.contains((b.x0 + b.x1) / 2, (b.top + b.bottom) / 2) for t in tables)]
    if not rest:
        return []
    free = np.zeros_like(ink)
    for b in rest:
        rim = round(_RIM * b.height)
        area = slice(max(b.top - rim, 0), b.bottom + rim), slice(max(b.x0 - 3 * rim, 0), b.x1 + 3 * rim)
        free[area] = ink[area]
    for t in tables:
        free[int(t.top) : int(t.bottom) + 1, int(t.x0) : int(t.x1) + 1] = 0
    width = ink.shape[1]
    regions: list[TextRegion] = []
    for line in _boxes_to_lines(rest):
        size = estimate_type_size([round(b.height * _DETECTED_SIZE) for b in line], em)
        for part in _find_line_parts(free, line, size):
            height = size if part.width < 3 * part.height else part.height * 1.05
            regions.append(TextRegion((part,), em if abs(height - em) < 0.15 * em else height, True, (0, width)))
    return regions


def drop_specks(ink: GrayImage, em: float) -> GrayImage:
    """Return the ink without patches too small to be punctuation; `em` is the type size in pixels."""
    min_area = max(_MIN_SPECK * em * em, 3.0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= 1:
        return ink
    is_large = stats[:, cv2.CC_STAT_AREA] >= min_area
    is_large[0] = False
    return np.where(is_large[labels], np.uint8(255), np.uint8(0))


def find_true_runs(flags: NDArray[np.bool_] | np.bool_) -> list[tuple[int, int]]:
    """Return start and end (exclusive) of every stretch of true values."""
    edges = np.diff(np.concatenate(([0], np.asarray(flags, dtype=np.int8), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def find_rows(ink: GrayImage, em: float) -> list[tuple[int, int]]:
    """Return top and bottom of the lines: thin pieces joined to their line, lines that touch cut apart."""
    profile = (ink > 0).sum(axis=1)
    pieces: list[tuple[int, int]] = []
    for top, bottom in find_true_runs(profile > 0):
        pieces += _split_touching_rows(profile, top, bottom, em)
    return _join_thin_rows(pieces, em)


def find_lines(ink: GrayImage, em: float) -> list[PixelBox]:
    """Return the stretches of text line by line, from left to right; wide white parts two of them."""
    lines: list[PixelBox] = []
    for top, bottom in find_rows(ink, em):
        columns = (ink[top:bottom] > 0).any(axis=0)
        size = max(em, bottom - top)
        group: tuple[int, int] | None = None
        for x0, x1 in find_true_runs(columns):
            if group is not None and x0 - group[1] <= _MIN_STRETCH_GAP * size:
                group = (group[0], x1)
                continue
            if group is not None:
                lines.append(_shrink_to_ink(ink, group, top, bottom))
            group = (x0, x1)
        if group is not None:
            lines.append(_shrink_to_ink(ink, group, top, bottom))
    return lines


def estimate_type_size(heights: list[int], fallback: float) -> float:
    """Return the type size in pixels from the heights of lines of some length, within bounds around `fallback`."""
    if not heights:
        return fallback
    median = sorted(heights)[len(heights) // 2]
    return float(min(max(median * 1.05, 0.6 * fallback), 2.5 * fallback))


def _drop_rims(area: GrayImage, em: float) -> GrayImage:
    """Return the ink of a cell without remains of ruling lines along its borders."""
    cleaned = area.copy()
    depth = max(round(_RIM * em), 2)
    height, width = cleaned.shape
    for rows in (slice(0, depth), slice(height - depth, height)):
        has_ink = (cleaned[rows] > 0).any(axis=0)
        for x0, x1 in find_true_runs(has_ink):
            if rows.start == 0:
                beside = cleaned[depth : min(depth + 2, height), x0:x1]
            else:
                beside = cleaned[-depth - 2 : -depth, x0:x1]
            if x1 - x0 > 0.8 * em and not beside.any():
                cleaned[rows, x0:x1] = 0
    for columns in (slice(0, depth), slice(width - depth, width)):
        has_ink = (cleaned[:, columns] > 0).any(axis=1)
        for y0, y1 in find_true_runs(has_ink):
            beside = cleaned[y0:y1, depth : depth + 2] if columns.start == 0 else cleaned[y0:y1, -depth - 2 : -depth]
            if not beside.any():
                cleaned[y0:y1, columns] = 0
    return cleaned


def _is_column(parts: Sequence[PixelBox], em: float) -> bool:
    """Return whether the parts are single characters below each other."""
    if len(parts) < 2 or any(p.width > _MAX_CHAR_WIDTH * em or p.height > _MAX_CHAR_HEIGHT * em for p in parts):
        return False
    if sum(p.width > _MIN_CHAR_WIDTH * em for p in parts) < _MIN_WIDE_CHARS * len(parts):
        return False
    return all(b.top >= a.bottom and b.top - a.bottom < _MAX_CHAR_GAP * em for a, b in pairwise(parts))


def _boxes_to_lines(boxes: Sequence[PixelBox]) -> list[list[PixelBox]]:
    """Group boxes that are side by side, from top to bottom."""
    lines: list[list[PixelBox]] = []
    for box in sorted(boxes, key=lambda b: b.top + b.bottom):
        last = lines[-1] if lines else []
        anchor = max(last, key=lambda b: b.width, default=None)
        if anchor is not None:
            overlap = min(anchor.bottom, box.bottom) - max(anchor.top, box.top)
            if overlap >= _MIN_LINE_OVERLAP * min(anchor.height, box.height):
                last.append(box)
                continue
        lines.append([box])
    return lines


def _find_line_parts(ink: GrayImage, boxes: Sequence[PixelBox], em: float) -> list[PixelBox]:
    """Return the stretches of ink of one line, for which the detector gave the `boxes`."""
    anchor = max(boxes, key=lambda b: b.width)
    middle = (anchor.top + anchor.bottom) / 2
    top, bottom = max(min(b.top for b in boxes) - 2, 0), max(b.bottom for b in boxes) + 2
    left = max(min(b.x0 for b in boxes) - round(em), 0)
    right = max(b.x1 for b in boxes) + round(em)
    area = drop_specks(ink[top:bottom, left:right], em)
    rows = [(a, b) for a, b in find_rows(area, em) if a + top <= middle + 0.3 * em and b + top >= middle - 0.3 * em]
    if not rows:
        return []
    first, last = rows[0][0], rows[-1][1]
    line_ink = np.zeros_like(area)
    line_ink[first:last] = area[first:last]
    return [part.shift(left, top) for part in find_lines(line_ink, float(max(em, last - first)))]


def _split_touching_rows(profile: NDArray[np.int_], top: int, bottom: int, em: float) -> list[tuple[int, int]]:
    """Split a stretch higher than a line where it has least ink."""
    if bottom - top <= _MAX_ROW * em:
        return [(top, bottom)]
    low, high = top + round(0.7 * em), min(top + round(1.5 * em), bottom - round(0.35 * em))
    if high <= low:
        return [(top, bottom)]
    window = profile[low:high]
    cut = low + int(window.argmin())
    if window.min() > _MAX_CUT_INK * profile[top:bottom].max():
        return [(top, bottom)]
    return [(top, cut), *_split_touching_rows(profile, cut + 1, bottom, em)]


def _join_thin_rows(pieces: list[tuple[int, int]], em: float) -> list[tuple[int, int]]:
    """Join pieces so thin that they are parts of characters to the nearest neighbour a line has room for."""
    rows = list(pieces)
    i = 0
    while i < len(rows):
        top, bottom = rows[i]
        if bottom - top >= _MIN_ROW * em:
            i += 1
            continue
        best, min_gap = -1, 0.65 * em
        for j in (i - 1, i + 1):
            if 0 <= j < len(rows):
                upper, lower = (rows[j], rows[i]) if j < i else (rows[i], rows[j])
                are_thin = max(upper[1] - upper[0], lower[1] - lower[0]) < _MIN_ROW * em
                max_gap, max_height = (0.65, 1.05) if are_thin else (0.45, 1.25)
                if lower[0] - upper[1] <= min(min_gap, max_gap * em) and lower[1] - upper[0] <= max_height * em:
                    best, min_gap = j, lower[0] - upper[1]
        if best < 0:
            i += 1
            continue
        first = min(i, best)
        rows[first : first + 2] = [(rows[first][0], rows[first + 1][1])]
        i = max(first - 1, 0)
    return rows


def _shrink_to_ink(ink: GrayImage, columns: tuple[int, int], top: int, bottom: int) -> PixelBox:
    inside = find_true_runs((ink[top:bottom, columns[0] : columns[1]] > 0).any(axis=1))
    return PixelBox(columns[0], top + inside[0][0], columns[1], top + inside[-1][1])


def _is_centred_in(box: PixelBox, cell: PixelBox) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    return cell.x0 <= x <= cell.x1 and cell.top <= y <= cell.bottom


def _overlaps(a: PixelBox, b: PixelBox) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1 and a.top < b.bottom and b.top < a.bottom
