"""Pixels → ink: seals removed, uneven light evened out, the page rotated level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

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
_MAX_SKEW: Final = 4.0
"""Degrees: more than a sheet is ever skewed in a feeder."""
_COARSE_SKEW_STEP, _FINE_SKEW_STEP = 0.25, 0.05
"""Degrees between the angles tried."""
_MIN_SKEW: Final = 0.04
"""Degrees: less is not corrected."""
_SKEW_SCALE: Final = 1.1
"""Pixels per point of the copy on which the skew is measured."""


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
            # Through the red channel red ink is as pale as paper, and black type below it stays black.
            inside = image[y : y + h, x : x + w, 0]
            paper = np.uint8(np.percentile(inside, _PAPER_PERCENTILE))
            result[y : y + h, x : x + w] = np.where(mask[y : y + h, x : x + w] > 0, paper, inside)
    return result


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
    """Return by how many degrees counter-clockwise a page must be rotated for its lines to be level, within ±4."""
    shrink = min(1.0, _SKEW_SCALE / scale)
    small = cv2.resize(ink, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    # Shearing blurs, so that without a blur of its own the page as it lies would always look sharpest.
    small = np.asarray(cv2.GaussianBlur(small, (1, 5), 0), dtype=np.float32)
    if not small.any():
        return 0.0
    coarse = np.arange(-_MAX_SKEW, _MAX_SKEW + 0.1, _COARSE_SKEW_STEP)
    best = max(coarse, key=lambda angle: _levelness(small, float(angle)))
    fine = np.arange(best - _COARSE_SKEW_STEP, best + 0.26, _FINE_SKEW_STEP)
    return float(max(fine, key=lambda angle: _levelness(small, float(angle))))


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
    """Rotate a page counter-clockwise by a few degrees; the corners repeat the border."""
    if abs(degrees) < _MIN_SKEW:
        return gray
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    rotated = cv2.warpAffine(gray, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(rotated, dtype=np.uint8)


def prepare_page(gray: GrayImage, scale: float) -> InkedPage:
    """Rotate a page level and binarize it."""
    degrees = measure_skew(binarize(gray, scale), scale)
    level = rotate(gray, degrees)
    return InkedPage(level, binarize(level, scale), scale)
