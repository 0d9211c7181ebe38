"""Drawn paths and pictures of a page → ruling lines, and how much of the page pictures cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.readers.geometry.frame import Frame
from extractors.readers.geometry.model import Rule

_THIN = 5.0
"""Points: a filled rectangle or picture thinner than this is a line."""
_STRAIGHT = 1.0

Point = tuple[float, float]


@dataclass(slots=True)
class Drawing:
    """Segments in the user space of the page, and the boxes of its pictures."""

    segments: list[tuple[Point, Point]] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)
    too_many: bool = False

    def rules(self, frame: Frame) -> tuple[Rule, ...]:
        """The segments on the upright page."""
        return tuple(Rule(*frame.box(*a, *b)) for a, b in self.segments)

    def covered(self, frame: Frame) -> float:
        """Share of the page that its largest picture covers, 0 to 1."""
        area = (frame.right - frame.left) * (frame.top - frame.bottom)
        sizes = [
            max(min(x1, frame.right) - max(x0, frame.left), 0.0) * max(min(y1, frame.top) - max(y0, frame.bottom), 0.0)
            for x0, y0, x1, y1 in self.pictures
        ]
        return max(sizes, default=0.0) / area if area > 0 else 0.0

    def stroke(self, points: Sequence[Point]) -> None:
        """A drawn line through `points`; tilted stretches rule nothing."""
        self.segments += [(a, b) for a, b in pairwise(points) if _straight(a, b)]

    def fill(self, points: Sequence[Point]) -> None:
        """A filled outline; only a thin one is a line."""
        if len(points) > 2:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:
                self.segments.append(((min(xs), min(ys)), (max(xs), max(ys))))

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A picture in this box; a thin one is a line."""
        if min(x1 - x0, y1 - y0) <= _THIN and max(x1 - x0, y1 - y0) > _THIN:
            self.segments.append(((x0, y0), (x1, y1)))
        else:
            self.pictures.append((x0, y0, x1, y1))


def _straight(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) <= _STRAIGHT or abs(a[1] - b[1]) <= _STRAIGHT
