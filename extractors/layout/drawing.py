"""Drawn paths and pictures of a page → ruling lines, and how much of the page pictures cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.layout.coordinates import Frame
from extractors.layout.model import Rule

_THIN = 5.0
"""Points: a filled rectangle or picture thinner than this is a line."""
_STRAIGHT = 1.0
_SAMPLES = 256
"""Points along each side of a page at which it is looked whether a picture covers it."""
_TYPE = 48.0
"""Points: an outline with curves or many corners no larger than this is a character; titles have up to 36."""
_CORNERS = 5
"""A rectangle, back at its beginning; the outline of a character without curves (工) has more."""

Point = tuple[float, float]


@dataclass(slots=True)
class Outline:
    """One part of a path, from where the pen was put down: its straight stretches, and whether it has curves."""

    stretches: list[list[Point]] = field(default_factory=list)
    curved: bool = False

    @property
    def small(self) -> bool:
        """Whether it is no larger than a character."""
        points = [point for stretch in self.stretches for point in stretch]
        return all(max(values) - min(values) <= _TYPE for values in zip(*points, strict=True))

    @property
    def typed(self) -> bool:
        """Whether it is the outline of a character."""
        return self.small and (self.curved or any(len(stretch) > _CORNERS + 1 for stretch in self.stretches))


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
        """Share of the page that its pictures cover together, 0 to 1, told at a grid of points.

        A scan may be laid down in strips as thin as a line, overlapping or side by side.
        """
        width, height = frame.right - frame.left, frame.top - frame.bottom
        if width <= 0 or height <= 0:
            return 0.0
        rows = [0] * _SAMPLES
        for x0, y0, x1, y1 in self.pictures:
            left, right = _sampled(x0 - frame.left, width), _sampled(x1 - frame.left, width)
            mask = (1 << right) - (1 << left)
            for row in range(_sampled(y0 - frame.bottom, height), _sampled(y1 - frame.bottom, height)):
                rows[row] |= mask
        return sum(row.bit_count() for row in rows) / _SAMPLES**2

    def path(self, outlines: Sequence[Outline], *, stroked: bool) -> None:
        """A drawn path, stroked or else filled; of the outlines of type nothing rules."""
        typed = any(outline.typed for outline in outlines)
        for outline in outlines:
            if typed and outline.small:
                continue
            for points in outline.stretches:
                if stroked:
                    self._stroke(points)
                else:
                    self._fill(points)

    def _stroke(self, points: Sequence[Point]) -> None:
        """A drawn line through `points`; tilted stretches rule nothing."""
        self.segments += [(a, b) for a, b in pairwise(points) if _straight(a, b)]

    def _fill(self, points: Sequence[Point]) -> None:
        """A filled outline; only a thin one is a line."""
        if len(points) > 2:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:
                self.segments.append(((min(xs), min(ys)), (max(xs), max(ys))))

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A picture in this box; a thin one is a line as well."""
        if min(x1 - x0, y1 - y0) <= _THIN and max(x1 - x0, y1 - y0) > _THIN:
            self.segments.append(((x0, y0), (x1, y1)))
        self.pictures.append((x0, y0, x1, y1))


def _sampled(distance: float, whole: float) -> int:
    """How many of the sample points along a side lie before a distance."""
    return min(max(round(distance / whole * _SAMPLES), 0), _SAMPLES)


def _straight(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) <= _STRAIGHT or abs(a[1] - b[1]) <= _STRAIGHT
