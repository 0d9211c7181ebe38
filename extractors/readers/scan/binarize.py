"""Pixels → ink: seals removed, uneven light evened out, the page rotated level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from extractors.readers.scan.straighten import straighten

if TYPE_CHECKING:
    from numpy.typing import NDArray

    GrayImage = NDArray[np.uint8]

_MIN_REDNESS: Final = 40
"""Of 255: by how much red must exceed green and blue to be red ink."""
_MIN_RED_SHARE: Final = 0.0004
"""Of the page: less red is no seal."""
_SEAL_JOIN: Final = 4.0
"""Points: red parts of one seal are this close."""
_MIN_SEAL_SIDE, _MAX_SEAL_SIDE = 50.0, 160.0
"""Points: official seals measure 38 to 58 mm."""
_MAX_SEAL_RATIO: Final = 1.6
"""Long over short side of a seal; red headings are longer."""
_PAPER_PERCENTILE: Final = 90
"""Of the red channel inside a seal: the brightness of its paper."""
_FULL_RED_PERCENTILE, _FULL_RED_SHARE = 90, 0.8
"""Of the redness inside a seal: that of ink on plain paper, and pixels that count as such."""
_MIN_PASSED: Final = 0.5
"""Of the red light: what red ink lets pass at least."""
_BLACK, _WHITE = 8, 247
"""Of 255: what is no gray."""
_MAX_GRAY_SHARE: Final = 0.002
"""Of a page: the rims of type alone are ten times as much in a scan."""
_SOFTENING: Final = 0.43
"""Points: how far the rims of type are spread."""
_MIN_CONTRAST: Final = 18.0
"""Of 255: by how much ink is at least darker than its surroundings."""
_CONTRAST_SHARE: Final = 0.24
"""Of the range of brightness of the page: the same for pages with strong contrast."""
_DARK_PERCENTILE, _PALE_PERCENTILE = 1, 70
"""Of the brightness of the page: its ink and its paper."""
_WINDOW: Final = 14.0
"""Points: wider than any stroke of type, narrower than a shaded cell."""
_COARSE: Final = 4
"""Pixels per pixel of the copy on which the paper is measured."""
_MAX_SKEW: Final = 9.0
"""Degrees: a sheet laid on a glass by hand is skewed by up to 8, in a feeder by half of that."""
_USUAL_SKEW: Final = 4.0
"""Degrees: the skew from a feeder."""
_MIN_SKEW_GAIN: Final = 1.3
"""By how many times the lines must be sharper at a larger skew: those of a page on its side are sharp at none."""
_LARGE_SKEW_STEP, _COARSE_SKEW_STEP, _FINE_SKEW_STEP = 0.5, 0.25, 0.05
"""Degrees between the angles tried."""
_MIN_SKEW: Final = 0.04
"""Degrees: less is not corrected."""
_LARGE_SKEW_SCALE, _SKEW_SCALE = 0.6, 1.1
"""Pixels per point of the copies on which a large skew is looked for, and the skew is measured."""
_WIDENING_SKEW: Final = 4.5
"""Degrees from which the rotated page is made larger, so that no corner of it is cut off."""


@dataclass(frozen=True, slots=True)
class InkedPage:
    """A page ready to be read. `gray` is 0 to 255, white around; `ink` is 255 where there is ink, else 0."""

    gray: GrayImage
    ink: GrayImage
    scale: float
    """Pixels per point."""


def remove_seals(image: NDArray[np.uint8], scale: float) -> GrayImage:
    """Return the gray values of a page without red seals; the black below them and red headings stay."""
    gray: GrayImage = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    red = image[:, :, 0].astype(np.int16)
    other = np.maximum(image[:, :, 1], image[:, :, 2]).astype(np.int16)
    mask = (red - other > _MIN_REDNESS).astype(np.uint8)
    if int(mask.sum()) < _MIN_RED_SHARE * mask.size:
        return gray
    reach = max(round(_SEAL_JOIN * scale), 3)
    joined = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    result = gray.copy()
    for x, y, w, h, _ in stats[1:count]:
        min_side, max_side = _MIN_SEAL_SIDE * scale, _MAX_SEAL_SIDE * scale
        if min_side <= min(w, h) and max(w, h) <= max_side and max(w, h) <= _MAX_SEAL_RATIO * min(w, h):
            area = slice(y, y + h), slice(x, x + w)
            result[area] = _take_off_red(image[area], mask[area] > 0)
    return result


def _take_off_red(image: NDArray[np.uint8], is_red: NDArray[np.bool_]) -> GrayImage:
    """Return the gray values of a part of a page as if there were no red ink on it.

    Red ink lets red light pass: in the red channel it is nearly as pale as paper and type below it is black. What it
    does take of the red is given back by how red a pixel is, so that the rims of type below keep their own gray.
    """
    red = image[:, :, 0].astype(np.float32)
    redness = red - np.maximum(image[:, :, 1], image[:, :, 2])
    paper = float(np.percentile(red, _PAPER_PERCENTILE))
    full = max(float(np.percentile(redness[is_red], _FULL_RED_PERCENTILE)), 1.0)
    ink = red[is_red & (redness > _FULL_RED_SHARE * full)]
    passed = min(max(float(np.median(ink)) / max(paper, 1.0), _MIN_PASSED), 1.0) if ink.size else 1.0
    amount = np.clip(redness / full, 0.0, 1.0)
    return np.asarray(np.clip(red / (1.0 - amount * (1.0 - passed)), 0, 255), dtype=np.uint8)


def soften_bilevel(gray: GrayImage, scale: float) -> GrayImage:
    """Return a page of black and white alone (a fax) with the gray rims that type has in a scan; others as they are.

    The recogniser was trained on those. Specks stay: the worn strokes of a fax are made of nothing else.
    """
    is_gray = (gray > _BLACK) & (gray < _WHITE)
    if float(is_gray.mean()) > _MAX_GRAY_SHARE:
        return gray
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), _SOFTENING * scale), dtype=np.uint8)


def binarize(gray: GrayImage, scale: float) -> GrayImage:
    """Return 255 where a pixel is darker than the paper around it, else 0."""
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    height, width = gray.shape
    small = cv2.resize(smooth, (max(width // _COARSE, 1), max(height // _COARSE, 1)), interpolation=cv2.INTER_AREA)
    reach = max(round(_WINDOW * scale / _COARSE), 3)
    # The paper is what is left when everything narrower than the window is filled up with its surroundings.
    filled = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.resize(cv2.blur(filled, (3, 3)), (width, height), interpolation=cv2.INTER_LINEAR).astype(np.int16)
    dark, pale = np.percentile(smooth[::4, ::4], (_DARK_PERCENTILE, _PALE_PERCENTILE))
    contrast = max(_MIN_CONTRAST, _CONTRAST_SHARE * float(pale - dark))
    return np.where(smooth < paper - round(contrast), np.uint8(255), np.uint8(0))


def measure_skew(ink: GrayImage, scale: float) -> float:
    """Return by how many degrees counter-clockwise a page must be rotated for its lines to be level, within ±9."""
    if not ink.any():
        return 0.0
    small = _shrink_for_skew(ink, min(1.0, _SKEW_SCALE / scale))
    usual = _find_sharpest(small, np.arange(-_USUAL_SKEW, _USUAL_SKEW + 0.1, _COARSE_SKEW_STEP))
    tiny = _shrink_for_skew(ink, min(1.0, _LARGE_SKEW_SCALE / scale))
    sides = np.arange(_USUAL_SKEW, _MAX_SKEW + 0.1, _LARGE_SKEW_STEP)
    large = _find_sharpest(tiny, np.concatenate((-sides, sides)))
    near = np.arange(large - _LARGE_SKEW_STEP, large + _LARGE_SKEW_STEP + 0.01, _COARSE_SKEW_STEP)
    large = _find_sharpest(small, near)
    best = large if _levelness(small, large) > _MIN_SKEW_GAIN * _levelness(small, usual) else usual
    return _find_sharpest(small, np.arange(best - _COARSE_SKEW_STEP, best + 0.26, _FINE_SKEW_STEP))


def _find_sharpest(small: NDArray[np.float32], angles: NDArray[np.float64]) -> float:
    return float(max(angles, key=lambda angle: _levelness(small, float(angle))))


def _shrink_for_skew(ink: GrayImage, shrink: float) -> NDArray[np.float32]:
    small = cv2.resize(ink, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    # Shearing blurs, so that without a blur of its own the page as it lies would always look sharpest.
    return np.asarray(cv2.GaussianBlur(small, (1, 5), 0), dtype=np.float32)


def _levelness(small: NDArray[np.float32], degrees: float) -> float:
    """Return how sharply rows of ink and rows of white alternate once the page is rotated."""
    height, width = small.shape
    slope = float(np.tan(np.radians(degrees)))
    # Rotating by a few degrees is, for the sums over rows, the same as shearing.
    matrix = np.array([[1.0, 0.0, 0.0], [-slope, 1.0, slope * width / 2]], dtype=np.float64)
    sheared = cv2.warpAffine(small, matrix, (width, height), flags=cv2.INTER_LINEAR)
    rows = np.asarray(sheared, dtype=np.float64).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


def rotate(gray: GrayImage, degrees: float) -> GrayImage:
    """Rotate a page counter-clockwise by a few degrees; what is beside it repeats its border."""
    if abs(degrees) < _MIN_SKEW:
        return gray
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    size = (width, height)
    if abs(degrees) >= _WIDENING_SKEW:
        sine, cosine = abs(matrix[0, 1]), abs(matrix[0, 0])
        size = (round(width * cosine + height * sine), round(height * cosine + width * sine))
        matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    rotated = cv2.warpAffine(gray, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(rotated, dtype=np.uint8)


def prepare_page(gray: GrayImage, scale: float) -> InkedPage:
    """Rotate a page level, straighten its lines and binarize it."""
    degrees = measure_skew(binarize(gray, scale), scale)
    level = rotate(gray, degrees)
    ink = binarize(level, scale)
    straight = straighten(level, ink, scale)
    return InkedPage(level, ink, scale) if straight is None else InkedPage(straight, binarize(straight, scale), scale)
