"""Ink → ruling lines: long straight strokes, joined where the scan broke them, strokes of characters left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extractors.readers.geometry import Rule
from extractors.readers.scan.ink import Inked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_SHORTEST = (18.0, 12.0)
"""Points across and down: rows are lower than columns are wide, and lines across mostly run over several columns."""
_SURE = 250.0
"""A line of this length is no stroke of type, whatever stands beside it."""
_CROWDED = 0.3
"""Share of a stroke with ink close beside it, on both sides, from which it is part of type."""
_FREE = 60.0
"""A line as long as this needs no other line to meet."""
_THICK = 4.0
_REACH = 5.0
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


def find_rules(page: Inked) -> Ruled:
    """The ruling lines of a level page."""
    across_mask = _opened(page.ink, page.scale, upright=False)
    down_mask = _opened(page.ink, page.scale, upright=True)
    bare_across = [s for s in _strokes(across_mask, upright=False, scale=page.scale) if _bare(page.ink, s, page.scale)]
    bare_down = [s for s in _strokes(down_mask, upright=True, scale=page.scale) if _bare(page.ink.T, s, page.scale)]
    across, down = _joined(bare_across, page.scale), _joined(bare_down, page.scale)
    across, down = _meeting(across, down, page.scale)
    mask = np.zeros_like(page.ink)
    for stroke in across:
        _keep(mask, across_mask, stroke, upright=False)
    for stroke in down:
        _keep(mask, down_mask, stroke, upright=True)
    s = page.scale
    rules = [Rule(a.lo / s, a.at / s, a.hi / s, a.at / s) for a in across]
    rules += [Rule(d.at / s, d.lo / s, d.at / s, d.hi / s) for d in down]
    return Ruled(tuple(rules), mask)


def _opened(ink: Grey, scale: float, *, upright: bool) -> Grey:
    """What is left of the ink when only straight strokes of the shortest length stay."""
    length = max(round(_SHORTEST[upright] * scale), 5)
    gap = max(round(0.8 * scale), 2)
    long = (1, length) if upright else (length, 1)
    short = (1, gap + 1) if upright else (gap + 1, 1)
    wide = (2, 1) if upright else (1, 2)
    # A line that is a little askew climbs in steps: thickened by a pixel its steps overlap.
    thick = cv2.dilate(ink, np.ones(wide[::-1], np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones(short[::-1], np.uint8))
    out = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(long[::-1], np.uint8))
    return np.asarray(out, dtype=np.uint8)


def _strokes(mask: Grey, *, upright: bool, scale: float) -> list[_Stroke]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    out: list[_Stroke] = []
    for x, y, w, h, area in stats[1:count].tolist():
        long, wide = (h, w) if upright else (w, h)
        # The area tells thickness even where a long line leans over several rows of pixels.
        thick = area / max(long, 1)
        if thick > _THICK * scale or wide > max(2.5 * _THICK * scale, 0.02 * long):
            continue
        at = (x + w / 2, y, y + h) if upright else (y + h / 2, x, x + w)
        out.append(_Stroke(*at, thick))
    return out


def _bare(ink: Grey, stroke: _Stroke, scale: float) -> bool:
    """Whether white lies along at least one side of a horizontal stroke of `ink`, as type never leaves it."""
    if stroke.hi - stroke.lo >= _SURE * scale:
        return True
    lo, hi = int(stroke.lo), max(int(stroke.hi), int(stroke.lo) + 1)
    near, far = round(stroke.thick / 2 + 1.0 * scale), round(stroke.thick / 2 + 2.5 * scale)
    shares = []
    for rows in (
        slice(int(stroke.at) - far, int(stroke.at) - near),
        slice(int(stroke.at) + near, int(stroke.at) + far),
    ):
        beside = ink[max(rows.start, 0) : max(rows.stop, 0), lo:hi]
        shares.append(float((beside > 0).any(axis=0).mean()) if beside.size else 0.0)
    return min(shares) < _CROWDED


def _joined(strokes: list[_Stroke], scale: float) -> list[_Stroke]:
    """Strokes in one line with a small break between them, as one."""
    out: list[_Stroke] = []
    near = 1.2 * scale
    for stroke in sorted(strokes, key=lambda s: (round(s.at / (2 * near)), s.lo)):
        for i in range(len(out) - 1, max(len(out) - 40, -1), -1):
            other = out[i]
            if abs(other.at - stroke.at) <= near and -near <= stroke.lo - other.hi <= _BREAK * scale:
                weight = (other.hi - other.lo, stroke.hi - stroke.lo)
                at = (other.at * weight[0] + stroke.at * weight[1]) / (sum(weight) or 1.0)
                out[i] = _Stroke(at, other.lo, max(other.hi, stroke.hi), max(other.thick, stroke.thick))
                break
        else:
            out.append(stroke)
    return out


def _meeting(across: list[_Stroke], down: list[_Stroke], scale: float) -> tuple[list[_Stroke], list[_Stroke]]:
    """Without short strokes that do not run from line to line: those are parts of characters."""
    for _ in range(3):
        before = len(across) + len(down)
        across = [a for a in across if _held(a, down, scale)]
        down = [d for d in down if _held(d, across, scale)]
        if len(across) + len(down) == before:
            break
    return across, down


def _held(stroke: _Stroke, others: list[_Stroke], scale: float) -> bool:
    if stroke.hi - stroke.lo >= _FREE * scale:
        return True
    reach = _REACH * scale
    ends = (stroke.lo, stroke.hi)
    return all(
        any(abs(o.at - end) <= reach and o.lo - reach <= stroke.at <= o.hi + reach for o in others) for end in ends
    )


def _keep(mask: Grey, source: Grey, stroke: _Stroke, *, upright: bool) -> None:
    """Copy the pixels of one stroke, with a rim, into the mask."""
    rim = int(stroke.thick + 2)
    near, far = max(int(stroke.at - rim), 0), int(stroke.at + rim) + 1
    lo, hi = max(int(stroke.lo), 0), int(stroke.hi) + 1
    at = (slice(lo, hi), slice(near, far)) if upright else (slice(near, far), slice(lo, hi))
    mask[at] = np.maximum(mask[at], source[at])
