"""Where things stand once a page is held upright: user space (y upwards) → points from the upper left corner."""

from __future__ import annotations

import math
from dataclasses import dataclass

_TILT = 0.1
"""Radians: text tilted by more than this against all four directions is a watermark."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible rectangle of a page in its own user space (origin below left), read in direction `turn`.

    `turn` is the direction in which most of its text runs: 0 to the right, 1 upwards, 2 to the left, 3 downwards.
    """

    left: float
    bottom: float
    right: float
    top: float
    turn: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height once upright, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turn % 2 else (width, height)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the user space on the upright page."""
        if self.turn == 0:
            return x - self.left, self.top - y
        if self.turn == 1:
            return y - self.bottom, x - self.left
        if self.turn == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """A rectangle given by two corners, as x0, top, x1, bottom on the upright page."""
        (ax, ay), (bx, by) = self.place(x0, y0), self.place(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def quarter(angle: float) -> int | None:
    """A clockwise angle in radians, as pdfium states it, in quarter turns against the clock; None when tilted."""
    turns = -angle / (math.pi / 2)
    nearest = round(turns)
    return nearest % 4 if abs(turns - nearest) * (math.pi / 2) <= _TILT else None
