"""Ink → ruling lines: long straight strokes, joined where the scan broke them, strokes of characters left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extractors.layout import Rule
from extractors.readers.scan.binarize import Inked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_SHORTEST = (18.0, 12.0)
"""Points across and down: rows are lower than columns are wide, and lines across mostly run over several columns."""
_SURE = 250.0
"""A line of this length is no stroke of type, whatever stands beside it."""
_CROWDED = 0.3
"""Share of a stroke that has ink right beside it, at one side, from which it is part of type."""
_FREE = 60.0
"""A line as long as this needs no other line to meet."""
_THICK = 4.0
_LINE = 3.6
_REACH = 5.0
_TIGHT = 2.5
_TYPE = 20.0
_TOUCH = 0.7
_LOW_ROW = 7.5
_ALIGNED = 1.5
_FEWEST_WALLS = 3
_WHOLE = 0.8
_BREAK = 8.0
"""Points of a line that may be missing where the scan is faint."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """The lines of a page in points, and their pixels (255) so that they can be wiped out."""

    rules: tuple[Rule, ...]
    mask: Grey


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A straight line in pixels: position across, extent along, thickness."""

    at: float
    lo: float
    hi: float
    thick: float
    labels: tuple[int, ...]
    """The connected pixels it is made of."""
    bare: float
    """How much of its length has white on both sides."""
    drawn: float
    """How much of its length is there."""


@dataclass(frozen=True, slots=True)
class _Patches:
    """Connected pixels: the number of the patch of every pixel, and x, y, width, height and area of each patch."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]

    def turned(self) -> _Patches:
        """The same with across and down exchanged."""
        return _Patches(self.labels.T, self.stats[:, [1, 0, 3, 2, 4]])


def find_rules(page: Inked) -> Ruled:
    """The ruling lines of a level page."""
    across_patches = _patches(_opened(page.ink, page.scale, _SHORTEST[0], upright=False))
    down_patches = _patches(_opened(page.ink, page.scale, _SHORTEST[1], upright=True))
    turned = down_patches.turned()
    across = _joined(_strokes(page.ink, across_patches, page.scale), page.scale)
    down = _joined(_strokes(page.ink.T, turned, page.scale), page.scale)
    across, down = (
        [s for s in across if _plain(s, down, page.scale)],
        [s for s in down if _plain(s, across, page.scale)],
    )
    across, down = _meeting(across, down, page.scale)
    tall = [d for d in down if d.hi - d.lo >= _TYPE * page.scale]
    down = _low_walls(down, across, tall, page.scale) + tall if tall else down
    low_patches = _patches(_opened(page.ink, page.scale, _LOW_ROW, upright=True)).turned()
    strokes = _strokes(page.ink.T, low_patches, page.scale)
    low = _low_walls(strokes, across, tall, page.scale)
    # A stroke of type is found shorter than it seems once it was carried on over what it touches.
    whole = [s for s in strokes if low_patches.stats[s.labels[0], 2] >= _WHOLE * (s.hi - s.lo)]
    low += [s for s in _lone_row(whole, across, tall, page.scale) if s not in low]
    mask = np.zeros_like(page.ink)
    _paint(mask, page.ink, across_patches, across)
    _paint(mask.T, page.ink.T, turned, down)
    _paint(mask.T, page.ink.T, low_patches, low)
    s = page.scale
    rules = [Rule(a.lo / s, a.at / s, a.hi / s, a.at / s) for a in across]
    rules += [Rule(d.at / s, d.lo / s, d.at / s, d.hi / s) for d in (*down, *low)]
    return Ruled(tuple(rules), mask)


def _opened(ink: Grey, scale: float, shortest: float, *, upright: bool) -> Grey:
    """What is left of the ink when only straight strokes of the shortest length stay."""
    length = max(round(shortest * scale), 5)
    gap = max(round(1.5 * scale), 3)
    long = (1, length) if upright else (length, 1)
    short = (1, gap + 1) if upright else (gap + 1, 1)
    wide = (3, 1) if upright else (1, 3)
    # A line that is a little askew climbs in steps: thickened, its steps overlap.
    thick = cv2.dilate(_thin(ink, scale, upright=upright), np.ones(wide[::-1], np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones(short[::-1], np.uint8))
    out = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(long[::-1], np.uint8))
    return np.asarray(out, dtype=np.uint8)


def _thin(ink: Grey, scale: float, *, upright: bool) -> Grey:
    """Ink without what is thicker across the direction of the lines than a line is: most of all type."""
    depth = max(round(_LINE * scale), 5)
    bodies = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, depth) if upright else (depth, 1), np.uint8))
    return np.asarray(cv2.subtract(ink, bodies), dtype=np.uint8)


def _patches(mask: Grey) -> _Patches:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return _Patches(np.asarray(labels, dtype=np.int32), np.asarray(stats, dtype=np.int32))


def _strokes(ink: Grey, patches: _Patches, scale: float) -> list[_Stroke]:
    """The patches that are thin strokes across."""
    out: list[_Stroke] = []
    for label, (_, y, w, h, area) in enumerate(patches.stats[1:].tolist(), 1):
        # The area tells thickness even where a long line leans over several rows of pixels.
        thick = area / max(w, 1)
        if thick <= _THICK * scale and h <= max(2.5 * _THICK * scale, 0.02 * w):
            bare = w if _bare(ink, patches, label) else 0
            lo, hi = _extended(ink, patches, label, scale)
            out.append(_Stroke(y + h / 2, lo, hi, thick, (label,), bare, hi - lo))
    return out


def _bare(ink: Grey, patches: _Patches, label: int) -> bool:
    """Whether white lies along both sides of a patch, as type leaves it at one side at most."""
    x, y, w, h, _ = patches.stats[label].tolist()
    own = np.asarray((patches.labels[y : y + h, x : x + w] == label) & (ink[y : y + h, x : x + w] > 0))
    columns = np.flatnonzero(own.sum(axis=0))
    if not columns.size:
        return False
    first = y + np.asarray(own.argmax(axis=0))[columns]
    last = y + h - 1 - np.asarray(own[::-1].argmax(axis=0))[columns]
    height = ink.shape[0]
    above = ink[np.clip(first - 2, 0, height - 1), x + columns] > 0
    below = ink[np.clip(last + 2, 0, height - 1), x + columns] > 0
    return max(float(above.mean()), float(below.mean())) < _CROWDED


def _extended(ink: Grey, patches: _Patches, label: int, scale: float) -> tuple[int, int]:
    """Begin and end of a patch, carried on over the ink that goes on at either end in steps or with small holes."""
    x, y, w, h, _ = patches.stats[label].tolist()
    rows, columns = np.nonzero(patches.labels[y : y + h, x : x + w] == label)
    reach, hole = max(round(12 * scale), 8), max(round(0.5 * scale), 1)
    ends = [x, x + w]
    for side, step in ((0, -1), (1, 1)):
        near = columns < reach if side == 0 else columns >= w - reach
        at = y + round(float(rows[near].mean()))
        band = np.atleast_1d((ink[max(at - 2, 0) : at + 3] > 0).any(axis=0))
        missing = 0
        position = ends[side]
        while 0 <= position - (side == 0) < len(band) and missing <= hole:
            missing = 0 if band[position - (side == 0)] else missing + 1
            position += step
            if not missing:
                ends[side] = position
    return ends[0], ends[1]


def _plain(stroke: _Stroke, others: list[_Stroke], scale: float) -> bool:
    """Whether a stroke is a line though type may touch it: long, mostly bare, or drawn from line to line."""
    length = stroke.hi - stroke.lo
    if length >= _SURE * scale or (stroke.bare >= 0.5 * length and length >= _TYPE * scale):
        return True
    walls = [o for o in others if o.bare >= 0.5 * (o.hi - o.lo)]
    return stroke.drawn >= 0.85 * length and _held(stroke, walls, scale, _TIGHT)


def _joined(strokes: list[_Stroke], scale: float) -> list[_Stroke]:
    """Strokes in one line with a small break between them, as one."""
    out: list[_Stroke] = []
    near = 1.2 * scale
    for stroke in sorted(strokes, key=lambda s: (round(s.at / (2 * near)), s.lo)):
        for i in range(len(out) - 1, max(len(out) - 40, -1), -1):
            other = out[i]
            if abs(other.at - stroke.at) <= near and max(stroke.lo - other.hi, other.lo - stroke.hi) <= _BREAK * scale:
                weight = (other.hi - other.lo, stroke.hi - stroke.lo)
                again = max(min(other.hi, stroke.hi) - max(other.lo, stroke.lo), 0.0)
                at = (other.at * weight[0] + stroke.at * weight[1]) / (sum(weight) or 1.0)
                out[i] = _Stroke(
                    at, min(other.lo, stroke.lo), max(other.hi, stroke.hi), max(other.thick, stroke.thick),
                    other.labels + stroke.labels, other.bare + stroke.bare,
                    other.drawn + max(stroke.drawn - again, 0.0),
                )  # fmt: skip
                break
        else:
            out.append(stroke)
    return out


def _meeting(across: list[_Stroke], down: list[_Stroke], scale: float) -> tuple[list[_Stroke], list[_Stroke]]:
    """Without short strokes that do not run from line to line: those are parts of characters."""
    for _ in range(3):
        before = len(across) + len(down)
        across = [a for a in across if a.hi - a.lo >= _FREE * scale or _held(a, down, scale, _REACH)]
        down = [d for d in down if d.hi - d.lo >= _FREE * scale or _held(d, across, scale, _REACH)]
        if len(across) + len(down) == before:
            break
    return across, down


def _low_walls(strokes: list[_Stroke], across: list[_Stroke], down: list[_Stroke], scale: float) -> list[_Stroke]:
    """Walls of rows as low as type: they touch both lines, white beside them, where another row has a wall."""
    return [
        s
        for s in strokes
        if s.bare
        and s.hi - s.lo < _TYPE * scale
        and any(abs(d.at - s.at) <= _ALIGNED * scale for d in down)
        and _held(s, across, scale, _TOUCH)
    ]


def _lone_row(strokes: list[_Stroke], across: list[_Stroke], tall: list[_Stroke], scale: float) -> list[_Stroke]:
    """Walls of a low row that stands alone, as a header left behind at the foot of a page.

    No other row shows where its walls are; three that run from line to line do, where no taller wall meets the lines.
    """
    reach = _REACH * scale
    rows: dict[tuple[int, int], list[_Stroke]] = {}
    for s in strokes:
        if not s.bare or s.hi - s.lo >= _TYPE * scale or not _held(s, across, scale, _TOUCH):
            continue
        crossing = [(k, o.at) for k, o in enumerate(across) if o.lo - reach <= s.at <= o.hi + reach]
        above = min(crossing, key=lambda one: abs(one[1] - s.lo))
        below = min(crossing, key=lambda one: abs(one[1] - s.hi))
        met = any(
            d.lo - reach <= at <= d.hi + reach and across[k].lo - reach <= d.at <= across[k].hi + reach
            for k, at in (above, below)
            for d in tall
        )
        if above[0] != below[0] and not met:
            rows.setdefault((above[0], below[0]), []).append(s)
    return [s for row in rows.values() if len(row) >= _FEWEST_WALLS for s in row]


def _held(stroke: _Stroke, others: list[_Stroke], scale: float, reach: float) -> bool:
    """Whether a stroke ends at another one on either side, `reach` points off at most.

    One as short as a character has to touch them: nothing else tells it from a stroke of type in a low row.
    """
    length = stroke.hi - stroke.lo
    gap = (reach if length >= _TYPE * scale else _TOUCH) * scale
    over = min(_REACH * scale, 0.5 * length)
    crossing = [o.at for o in others if o.lo - _REACH * scale <= stroke.at <= o.hi + _REACH * scale]
    return any(stroke.lo - gap <= at <= stroke.lo + over for at in crossing) and any(
        stroke.hi - over <= at <= stroke.hi + gap for at in crossing
    )


def _paint(mask: Grey, ink: Grey, patches: _Patches, strokes: list[_Stroke]) -> None:
    """Set the pixels of horizontal `strokes` to 255, type that touches a line left out."""
    for label in (label for stroke in strokes for label in stroke.labels):
        x, y, w, h, _ = patches.stats[label].tolist()
        down, along = np.nonzero((patches.labels[y : y + h, x : x + w] == label) & (ink[y : y + h, x : x + w] > 0))
        if not len(along):
            continue
        depth = np.bincount(along)
        # Where a line is no thicker than usual it tells how it leans; elsewhere type hangs on.
        usual = int(np.median(depth[depth > 0]))
        plain = depth[along] <= usual
        lean = np.polyfit(along[plain], down[plain], 1) if np.ptp(along[plain]) > 2 else np.array([0.0, down.mean()])
        near = np.abs(down - np.polyval(lean, along)) <= usual / 2 + 1.0
        mask[y + down[near], x + along[near]] = 255
    for stroke in strokes:
        _bridge(mask, ink, stroke)


def _bridge(mask: Grey, ink: Grey, stroke: _Stroke) -> None:
    """Set the thin ink of a line where it was carried on beyond its straight patches."""
    lo, hi = max(int(stroke.lo), 0), int(stroke.hi)
    down, along = np.nonzero(mask[max(int(stroke.at) - 6, 0) : int(stroke.at) + 7, lo:hi])
    if not len(along):
        return
    lean = np.polyfit(along, down, 1) if np.ptp(along) > 20 else np.array([0.0, down.mean()])
    for column in np.setdiff1d(np.arange(hi - lo), along):
        at = max(int(stroke.at) - 6, 0) + round(float(np.polyval(lean, column)))
        rows = slice(max(at - 1, 0), at + 2)
        mask[rows, lo + column] = ink[rows, lo + column]
