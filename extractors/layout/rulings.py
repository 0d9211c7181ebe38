"""Drawn segments → straight grid lines, and which of them belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.layout.model import Box, Rule

_THICK = 5.0
"""A bar thicker than this is a coloured area, not a line."""
_SNAP = 1.5
"""Segments of one line are drawn this close to each other."""
_GAP = 4.0
"""Dashes, and the pieces a renderer leaves at crossings, are this far apart at most."""
_SHORTEST = 7.0
_REACH = 4.0
"""A line that ends this close to another one is meant to meet it."""
_MOST = 3_000
"""More lines than any form has: a drawing or a map, whose lines say nothing about tables."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line: its position across and its extent along its direction."""

    at: float
    lo: float
    hi: float

    @property
    def length(self) -> float:
        """Extent in points."""
        return self.hi - self.lo


@dataclass(slots=True)
class Ruling:
    """Lines that touch each other: the frame of one table, an underline, a box."""

    across: list[Segment] = field(default_factory=list)
    """Horizontal segments."""
    down: list[Segment] = field(default_factory=list)
    """Vertical segments."""

    @property
    def box(self) -> Box:
        """The rectangle they reach over."""
        xs = [v.at for v in self.down] + [e for h in self.across for e in (h.lo, h.hi)]
        ys = [h.at for h in self.across] + [e for v in self.down for e in (v.lo, v.hi)]
        return Box(min(xs), min(ys), max(xs), max(ys))


def clusters(values: Iterable[float], tolerance: float) -> list[list[float]]:
    """Sorted values in groups whose members lie within `tolerance` of the group's first."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][0] <= tolerance:
            out[-1].append(value)
        else:
            out.append([value])
    return out


def _merge(raw: list[Segment]) -> list[Segment]:
    """Snap segments at nearly the same position together and close the gaps between them."""
    out: list[Segment] = []
    group: list[Segment] = []
    for segment in sorted(raw, key=lambda s: s.at):
        if group and segment.at - group[0].at > _SNAP:
            out += _close(group)
            group = []
        group.append(segment)
    return [s for s in out + _close(group) if s.length >= _SHORTEST]


def _close(group: list[Segment]) -> list[Segment]:
    out: list[Segment] = []
    weight = sum(s.length for s in group) or 1.0
    at = sum(s.at * s.length for s in group) / weight if group else 0.0
    for segment in sorted(group, key=lambda s: s.lo):
        if out and segment.lo - out[-1].hi <= _GAP:
            out[-1] = Segment(at, out[-1].lo, max(out[-1].hi, segment.hi))
        else:
            out.append(Segment(at, segment.lo, segment.hi))
    return out


def straighten(rules: Sequence[Rule], width: float, height: float) -> Ruling:
    """All lines of a page, merged; what lies off the page or is too thick is left out."""
    across: list[Segment] = []
    down: list[Segment] = []
    for rule in rules:
        x0, x1 = max(rule.x0, 0.0), min(rule.x1, width)
        top, bottom = max(rule.top, 0.0), min(rule.bottom, height)
        if x1 < x0 or bottom < top:
            continue
        if x1 - x0 >= bottom - top:
            if bottom - top <= _THICK:
                across.append(Segment((top + bottom) / 2, x0, x1))
        elif x1 - x0 <= _THICK:
            down.append(Segment((x0 + x1) / 2, top, bottom))
    merged = Ruling(_merge(across), _merge(down))
    return Ruling() if len(merged.across) + len(merged.down) > _MOST else merged


def groups(ruling: Ruling) -> list[Ruling]:
    """Lines that touch, in groups, top to bottom."""
    n = len(ruling.across)
    parent = list(range(n + len(ruling.down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for j, v in enumerate(ruling.down, n):
        for i, h in enumerate(ruling.across):
            if h.lo - _REACH <= v.at <= h.hi + _REACH and v.lo - _REACH <= h.at <= v.hi + _REACH:
                parent[root(i)] = root(j)
    found: dict[int, Ruling] = {}
    for i, h in enumerate(ruling.across):
        found.setdefault(root(i), Ruling()).across.append(h)
    for j, v in enumerate(ruling.down, n):
        found.setdefault(root(j), Ruling()).down.append(v)
    return sorted(found.values(), key=lambda g: (g.box.top, g.box.x0))
