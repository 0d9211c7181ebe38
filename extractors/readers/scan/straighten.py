"""Bent lines made straight: the sheet of a bound volume rises to one side, one seen at an angle leans below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from extractors.readers.scan.binarize import GrayImage

_SCALE: Final = 1.2
"""Pixels per point of the copy on which the lines are followed."""
_STRIP: Final = 30.0
"""Points: the width of the strips of a page between which lines are followed."""
_BAND: Final = 90.0
"""Points: the height of the pieces of a strip; several lines of type."""
_MAX_STEP: Final = 4.0
"""Points: by how much lines rise at most from one strip to the next."""
_MIN_LIKENESS: Final = 0.45
"""Correlation of two pieces side by side below which they do not hold the same lines."""
_MIN_PIECES: Final = 60
"""Pairs of pieces that are needed to tell how a page is bent; a page of type has 200."""
_NEAR, _MIN_GAIN = 0.35, 0.05
"""Points a strip within which a pair agrees, and the share of pairs that must agree with bent lines only."""
_POWERS_X, _POWERS_Y = 4, 2
"""The slope of the lines is a polynomial of the place across (so many terms) times one of the place down."""
_ROUNDS, _MAX_OFF = 4, 1.0
"""How often the slope is fitted, each time without the pairs that are further off than so many points a strip."""
_RIDGE: Final = 0.002
"""What holds the higher terms down where few pairs say anything."""
_MIN_BEND: Final = 2.5
"""Points by which lines must rise or sink somewhere for the page to be bent; less is read as it is."""


def straighten(gray: GrayImage, ink: GrayImage, scale: float) -> GrayImage | None:
    """Return a level page with bent lines straightened; None if they are straight."""
    bend = measure_bend(ink, scale)
    if bend is None:
        return None
    height, width = gray.shape
    columns = np.repeat(np.arange(width, dtype=np.float32)[None], height, axis=0)
    rows = np.arange(height, dtype=np.float32)[:, None] + cv2.resize(bend, (width, height)) * scale
    straight = cv2.remap(gray, columns, rows.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(straight, dtype=np.uint8)


def measure_bend(ink: GrayImage, scale: float) -> NDArray[np.float32] | None:
    """Return by how many points lines lie too low at each place of a coarse grid; None if they are straight."""
    shrink = min(1.0, _SCALE / scale)
    small = cv2.resize(ink, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    unit = scale * shrink
    width = small.shape[1]
    pairs = _follow_lines(np.asarray(small, dtype=np.float32), unit)
    if len(pairs) < _MIN_PIECES:
        return None
    slope = _fit_slope(pairs)
    if slope is None or _agreement(pairs, slope) - _agreement(pairs, np.zeros_like(slope)) < _MIN_GAIN:
        return None
    step = _STRIP * unit
    across, down = np.meshgrid(np.linspace(0, 1, 65), np.linspace(0, 1, 9))
    slopes = (_terms(across.ravel(), down.ravel()) @ slope).reshape(across.shape)
    # From strip to strip → from grid point to grid point, summed from the left; the middle stays where it is.
    heights = np.cumsum(slopes, axis=1) * (width / step / 64)
    heights -= heights[:, 32:33]
    if float(np.abs(heights).max()) < _MIN_BEND:
        return None
    return np.asarray(heights, dtype=np.float32)


def _follow_lines(small: NDArray[np.float32], unit: float) -> NDArray[np.float64]:
    """Return for pieces side by side: place across and down from 0 to 1, points by which lines sink, likeness."""
    height, width = small.shape
    strip, band, reach = round(_STRIP * unit), round(_BAND * unit), max(round(_MAX_STEP * unit), 2)
    count = width // strip
    if count < 4 or height < 2 * band:
        return np.empty((0, 4))
    profiles = small[:, : count * strip].reshape(height, count, strip).sum(axis=2)
    profiles = np.asarray(cv2.GaussianBlur(profiles, (1, 3), 0), dtype=np.float64)
    pairs: list[tuple[float, float, float, float]] = []
    for top in range(reach, height - band - reach + 1, band // 2):
        for i in range(count - 1):
            shift, likeness = _compare(profiles[:, i], profiles[:, i + 1], top, band, reach)
            if likeness >= _MIN_LIKENESS:
                pairs.append(((i + 1) * strip / width, (top + band / 2) / height, shift / unit, likeness))
    return np.array(pairs, dtype=np.float64).reshape(-1, 4)


def _compare(
    left: NDArray[np.float64], right: NDArray[np.float64], top: int, band: int, reach: int
) -> tuple[float, float]:
    """Return by how many pixels a piece of `right` lies lower than that of `left`, and how alike they are."""
    piece = left[top : top + band] - left[top : top + band].mean()
    windows = np.lib.stride_tricks.sliding_window_view(right[top - reach : top + band + reach], band)
    windows = windows - windows.mean(axis=1, keepdims=True)
    norms = np.sqrt(np.square(windows).sum(axis=1)) * np.sqrt(float(np.square(piece).sum()))
    likeness = np.where(norms > 0, windows @ piece / np.maximum(norms, 1e-9), 0.0)
    best = int(likeness.argmax())
    if best in (0, 2 * reach):
        return 0.0, 0.0
    before, top_likeness, after = likeness[best - 1 : best + 2]
    curvature = before - 2 * top_likeness + after
    return best - reach + (0.5 * (before - after) / curvature if curvature < 0 else 0.0), float(top_likeness)


def _terms(across: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = 2 * across - 1, 2 * down - 1
    return np.stack([x**i * y**j for i in range(_POWERS_X) for j in range(_POWERS_Y)], axis=1)


def _agreement(pairs: NDArray[np.float64], slope: NDArray[np.float64]) -> float:
    """Return the share of pairs that lie as a slope says."""
    return float((np.abs(_terms(pairs[:, 0], pairs[:, 1]) @ slope - pairs[:, 2]) <= _NEAR).mean())


def _fit_slope(pairs: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the coefficients of the slope, fitted to the pairs that agree with each other."""
    terms, wanted, weights = _terms(pairs[:, 0], pairs[:, 1]), pairs[:, 2], pairs[:, 3] ** 2
    agreeing = np.ones(len(pairs), dtype=bool)
    slope = np.zeros(terms.shape[1])
    for _ in range(_ROUNDS):
        if agreeing.sum() < _MIN_PIECES:
            return None
        weighted = terms[agreeing] * weights[agreeing, None]
        normal = weighted.T @ terms[agreeing] + _RIDGE * weights[agreeing].sum() * np.eye(terms.shape[1])
        slope = np.linalg.solve(normal, weighted.T @ wanted[agreeing])
        agreeing = np.abs(terms @ slope - wanted) <= _MAX_OFF
    return slope
