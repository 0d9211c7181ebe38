"""Pixels → ink: seals out, uneven light out, the page turned upright and straight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_RED_MARGIN = 40
"""By how much red must exceed green and blue to be red ink."""
_RED_SHARE = 0.0004
_SEAL = (50.0, 160.0)
"""Width and height of a seal in points; official ones measure 38 to 58 mm."""
_SEAL_SHAPE = 1.6
_CONTRAST = (18.0, 0.24)
"""By how much ink is darker than its surroundings: at least so many of 255, and so much of what the page spans."""
_WINDOW = 14.0
"""Points: wider than any stroke of type, narrower than a shaded cell."""
_COARSE = 4
_STEEPEST = 4.0
"""Degrees: more than a sheet ever lies askew in a feeder."""


@dataclass(frozen=True, slots=True)
class Inked:
    """A page ready to be read. `grey` is 0 to 255, white around; `ink` is 255 where there is ink, else 0."""

    grey: Grey
    ink: Grey
    scale: float
    """Pixels per point."""


def without_seals(image: NDArray[np.uint8], scale: float) -> Grey:
    """Grey values of a page, red seals gone and the black below them left; red headings stay."""
    grey: Grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    red = image[:, :, 0].astype(np.int16)
    other = np.maximum(image[:, :, 1], image[:, :, 2]).astype(np.int16)
    mask = (red - other > _RED_MARGIN).astype(np.uint8)
    if int(mask.sum()) < _RED_SHARE * mask.size:
        return grey
    reach = max(round(4 * scale), 3)
    joined = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    out = grey.copy()
    for x, y, w, h, _ in stats[1:count]:
        least, most = _SEAL[0] * scale, _SEAL[1] * scale
        if least <= min(w, h) and max(w, h) <= most and max(w, h) <= _SEAL_SHAPE * min(w, h):
            # Through the red channel red ink is as pale as paper, and black type below it stays black.
            inside = image[y : y + h, x : x + w, 0]
            paper = np.uint8(np.percentile(inside, 90))
            out[y : y + h, x : x + w] = np.where(mask[y : y + h, x : x + w] > 0, paper, inside)
    return out


def binarise(grey: Grey, scale: float) -> Grey:
    """255 where a pixel is darker than the paper around it, else 0."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    height, width = grey.shape
    small = cv2.resize(smooth, (max(width // _COARSE, 1), max(height // _COARSE, 1)), interpolation=cv2.INTER_AREA)
    reach = max(round(_WINDOW * scale / _COARSE), 3)
    # The paper is what is left when everything narrower than the window is filled up with what surrounds it.
    filled = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.resize(cv2.blur(filled, (3, 3)), (width, height), interpolation=cv2.INTER_LINEAR).astype(np.int16)
    dark, pale = np.percentile(smooth[::4, ::4], (1, 70))
    contrast = max(_CONTRAST[0], _CONTRAST[1] * float(pale - dark))
    return np.where(smooth < paper - round(contrast), np.uint8(255), np.uint8(0))


def skew(ink: Grey, scale: float) -> float:
    """By how many degrees against the clock a page must be turned for its lines to lie level, within ±4."""
    shrink = min(1.0, 1.1 / scale)
    small = cv2.resize(ink, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    # Shearing blurs, so that without a blur of its own the page as it lies would always look sharpest.
    small = np.asarray(cv2.GaussianBlur(small, (1, 5), 0), dtype=np.float32)
    if not small.any():
        return 0.0
    best = max(np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.25), key=lambda a: _levelness(small, float(a)))
    fine = max(np.arange(best - 0.25, best + 0.26, 0.05), key=lambda a: _levelness(small, float(a)))
    return float(fine)


def _levelness(small: NDArray[np.float32], degrees: float) -> float:
    """How sharply rows of ink and rows of white alternate once the page is turned."""
    height, width = small.shape
    slope = float(np.tan(np.radians(degrees)))
    # Turning by a few degrees is, for the sums over rows, the same as shearing.
    matrix = np.array([[1.0, 0.0, 0.0], [-slope, 1.0, slope * width / 2]], dtype=np.float64)
    sheared = cv2.warpAffine(small, matrix, (width, height), flags=cv2.INTER_LINEAR)
    rows = np.asarray(sheared, dtype=np.float64).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


def turned(grey: Grey, degrees: float) -> Grey:
    """A page turned against the clock by a few degrees, white in the corners."""
    if abs(degrees) < 0.04:
        return grey
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    out = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)


def prepare(grey: Grey, scale: float) -> Inked:
    """A page that lies level, and its ink."""
    degrees = skew(binarise(grey, scale), scale)
    level = turned(grey, degrees)
    return Inked(level, binarise(level, scale), scale)
