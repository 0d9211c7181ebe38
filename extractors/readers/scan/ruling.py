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
"""Share of a stroke that has ink right beside it, at one side, from which it is part of type."""
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
    labels: tuple[int, ...]
    """The connected pixels it is made of."""


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
    across_patches = _patches(_opened(page.ink, page.scale, upright=False))
    down_patches = _patches(_opened(page.ink, page.scale, upright=True))
    turned = down_patches.turned()
    across_all = [s for s in _strokes(across_patches, page.scale) if _bare(page.ink, across_patches, s, page.scale)]
    down_all = [s for s in _strokes(turned, page.scale) if _bare(page.ink.T, turned, s, page.scale)]
    across, down = _joined(across_all, page.scale), _joined(down_all, page.scale)
    across, down = _meeting(across, down, page.scale)
    mask = np.zeros_like(page.ink)
    _paint(mask, across_patches, across)
    _paint(mask.T, turned, down)
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


def _patches(mask: Grey) -> _Patches:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return _Patches(np.asarray(labels, dtype=np.int32), np.asarray(stats, dtype=np.int32))


def _strokes(patches: _Patches, scale: float) -> list[_Stroke]:
    """The patches that are thin strokes across."""
    out: list[_Stroke] = []
    for label, (x, y, w, h, area) in enumerate(patches.stats[1:].tolist(), 1):
        # The area tells thickness even where a long line leans over several rows of pixels.
        thick = area / max(w, 1)
        if thick <= _THICK * scale and h <= max(2.5 * _THICK * scale, 0.02 * w):
            out.append(_Stroke(y + h / 2, x, x + w, thick, (label,)))
    return out


def _bare(ink: Grey, patches: _Patches, stroke: _Stroke, scale: float) -> bool:
    """Whether white lies along both sides of a horizontal stroke, as type leaves it at one side at most."""
    if stroke.hi - stroke.lo >= _SURE * scale:
        return True
    x, y, w, h, _ = patches.stats[stroke.labels[0]].tolist()
    own = patches.labels[y : y + h, x : x + w] == stroke.labels[0]
    columns = np.flatnonzero(own.any(axis=0))
    first = y + own.argmax(axis=0)[columns]
    last = y + h - 1 - own[::-1].argmax(axis=0)[columns]
    height = ink.shape[0]
    above = ink[np.clip(first - 2, 0, height - 1), x + columns] > 0
    below = ink[np.clip(last + 2, 0, height - 1), x + columns] > 0
    return max(float(above.mean()), float(below.mean())) < _CROWDED


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
                out[i] = _Stroke(
                    at, other.lo, max(other.hi, stroke.hi), max(other.thick, stroke.thick), other.labels + stroke.labels
                )
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


def _paint(mask: Grey, patches: _Patches, strokes: list[_Stroke]) -> None:
    """Set the pixels of horizontal `strokes` to 255, type that touches a line left out."""
    for label in (label for stroke in strokes for label in stroke.labels):
        x, y, w, h, _ = patches.stats[label].tolist()
        down, along = np.nonzero(patches.labels[y : y + h, x : x + w] == label)
        depth = np.bincount(along)
        # Where a line is no thicker than usual it tells how it leans; elsewhere type hangs on.
        usual = int(np.median(depth[depth > 0]))
        plain = depth[along] <= usual
        lean = np.polyfit(along[plain], down[plain], 1) if np.ptp(along[plain]) > 2 else np.array([0.0, down.mean()])
        near = np.abs(down - np.polyval(lean, along)) <= usual / 2 + 1.0
        mask[y + down[near], x + along[near]] = 255
