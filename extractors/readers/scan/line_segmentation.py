"""Ink of a cell or of a stretch of page → the boxes of its lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_SPECK = 0.012
"""Of a square of the type: a smaller patch is dirt; a full stop of a figure has 0.02."""
_APART = 1.7
"""White of this many type sizes parts two stretches of a line; full-width punctuation alone makes 1.3."""
_LOW = 0.5
_TALL = 1.55


@dataclass(frozen=True, slots=True)
class Span:
    """A box in pixels, right and bottom exclusive."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    def moved(self, x: int, y: int) -> Span:
        """The same box counted from another corner."""
        return Span(self.x0 + x, self.top + y, self.x1 + x, self.bottom + y)


def despeckled(ink: Grey, em: float) -> Grey:
    """Ink without patches too small to be punctuation. `em` is the size of the type in pixels."""
    least = max(_SPECK * em * em, 3.0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= 1:
        return ink
    large = stats[:, cv2.CC_STAT_AREA] >= least
    large[0] = False
    return np.where(large[labels], np.uint8(255), np.uint8(0))


def runs(filled: NDArray[np.bool_] | np.bool_) -> list[tuple[int, int]]:
    """Where a row of truth values is true: begin and end (exclusive) of every stretch."""
    edges = np.diff(np.concatenate(([0], np.asarray(filled, dtype=np.int8), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def rows_of(ink: Grey, em: float) -> list[tuple[int, int]]:
    """Top and bottom of the lines in `ink`: thin pieces joined to their line, lines that touch cut apart."""
    profile = (ink > 0).sum(axis=1)
    found = runs(profile > 0)
    pieces: list[tuple[int, int]] = []
    for top, bottom in found:
        pieces += _parted(profile, top, bottom, em)
    return _gathered(pieces, em)


def _parted(profile: NDArray[np.int_], top: int, bottom: int, em: float) -> list[tuple[int, int]]:
    """A stretch higher than a line, cut where it holds least ink."""
    if bottom - top <= _TALL * em:
        return [(top, bottom)]
    lo, hi = top + round(0.7 * em), min(top + round(1.5 * em), bottom - round(0.35 * em))
    if hi <= lo:
        return [(top, bottom)]
    window = profile[lo:hi]
    cut = lo + int(window.argmin())
    if window.min() > 0.3 * profile[top:bottom].max():
        return [(top, bottom)]
    return [(top, cut), *_parted(profile, cut + 1, bottom, em)]


def _gathered(pieces: list[tuple[int, int]], em: float) -> list[tuple[int, int]]:
    """Pieces so thin that they are parts of characters, joined to the nearest neighbour a line has room for."""
    rows = list(pieces)
    i = 0
    while i < len(rows):
        top, bottom = rows[i]
        if bottom - top >= _LOW * em:
            i += 1
            continue
        best, gap = -1, 0.65 * em
        for j in (i - 1, i + 1):
            if 0 <= j < len(rows):
                a, b = (rows[j], rows[i]) if j < i else (rows[i], rows[j])
                thin = max(a[1] - a[0], b[1] - b[0]) < _LOW * em
                near, most = (0.65, 1.05) if thin else (0.45, 1.25)
                if b[0] - a[1] <= min(gap, near * em) and b[1] - a[0] <= most * em:
                    best, gap = j, b[0] - a[1]
        if best < 0:
            i += 1
            continue
        first = min(i, best)
        rows[first : first + 2] = [(rows[first][0], rows[first + 1][1])]
        i = max(first - 1, 0)
    return rows


def lines_of(ink: Grey, em: float) -> list[Span]:
    """The stretches of text in `ink`, line by line, left to right; white of 1.7 type sizes parts two of them."""
    out: list[Span] = []
    for top, bottom in rows_of(ink, em):
        columns = (ink[top:bottom] > 0).any(axis=0)
        size = max(em, bottom - top)
        group: tuple[int, int] | None = None
        for x0, x1 in runs(columns):
            if group is not None and x0 - group[1] <= _APART * size:
                group = (group[0], x1)
                continue
            if group is not None:
                out.append(_tight(ink, group, top, bottom))
            group = (x0, x1)
        if group is not None:
            out.append(_tight(ink, group, top, bottom))
    return out


def _tight(ink: Grey, columns: tuple[int, int], top: int, bottom: int) -> Span:
    inside = runs((ink[top:bottom, columns[0] : columns[1]] > 0).any(axis=1))
    return Span(columns[0], top + inside[0][0], columns[1], top + inside[-1][1])


def type_size(heights: list[int], fallback: float) -> float:
    """The size of the type in pixels, from the heights of lines of some length."""
    if not heights:
        return fallback
    middle = sorted(heights)[len(heights) // 2]
    return float(min(max(middle * 1.05, 0.6 * fallback), 2.5 * fallback))
