"""Where text stands on a page: in the cells of ruled tables by their ink, elsewhere where the detector sees text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from extractors.layout.model import Box
from extractors.readers.scan.line_segmentation import Span, despeckled, lines_of, rows_of, runs, type_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_DETECTED = 0.72
"""Size of the type over the height of the detector's box."""
_UPRIGHT_WIDTH = 1.35
_BETWEEN = 1.6


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text to be recognised: one line, or a column of single characters, all in pixels of the page."""

    parts: tuple[Span, ...]
    """One box; the boxes of the single characters for a column."""
    em: float
    """Size of the type."""
    seen: bool
    """Whether the detector takes it for text, too."""
    edge: tuple[int, int]
    """Left and right limit of its cell, or of the page."""

    @property
    def column(self) -> bool:
        """Whether it is written downwards."""
        return len(self.parts) > 1


def page_type(boxes: Sequence[Span], fallback: float) -> float:
    """The usual size of type of a page in pixels."""
    return type_size([round(b.height * _DETECTED) for b in boxes if b.width > 1.5 * b.height], fallback)


def in_cell(ink: Grey, cell: Span, boxes: Sequence[Span], em: float) -> list[Stretch]:
    """The stretches of one cell. `ink` is that of the page without rules, `em` the usual type in pixels."""
    area = ink[cell.top : cell.bottom, cell.x0 : cell.x1]
    if area.size == 0 or not area.any():
        return []
    inside = [b for b in boxes if _centred_in(b, cell)]
    em = type_size([round(b.height * _DETECTED) for b in inside if b.width > 2 * b.height], em)
    spans = lines_of(_without_rims(despeckled(area, em), em), em)
    tall = [s.height for s in spans if s.width > 2.5 * s.height]
    em = type_size(tall, em) if tall else em
    out = [s.moved(cell.x0, cell.top) for s in spans]
    edge = (cell.x0, cell.x1)
    if _is_column(out, em):
        return [Stretch(tuple(out), em, True, edge)]
    return [Stretch((s,), em, any(_touch(s, b) for b in inside), edge) for s in out]


def _without_rims(area: Grey, em: float) -> Grey:
    """Ink without the remains of ruling lines along the borders of a cell."""
    out = area.copy()
    depth = max(round(0.12 * em), 2)
    height, width = out.shape
    for rows in (slice(0, depth), slice(height - depth, height)):
        filled = (out[rows] > 0).any(axis=0)
        for x0, x1 in runs(filled):
            below = out[depth : min(depth + 2, height), x0:x1] if rows.start == 0 else out[-depth - 2 : -depth, x0:x1]
            if x1 - x0 > 0.8 * em and not below.any():
                out[rows, x0:x1] = 0
    for columns in (slice(0, depth), slice(width - depth, width)):
        filled = (out[:, columns] > 0).any(axis=1)
        for y0, y1 in runs(filled):
            beside = out[y0:y1, depth : depth + 2] if columns.start == 0 else out[y0:y1, -depth - 2 : -depth]
            if not beside.any():
                out[y0:y1, columns] = 0
    return out


def _is_column(spans: Sequence[Span], em: float) -> bool:
    """Whether lines of one character each stand below each other."""
    if len(spans) < 2 or any(s.width > _UPRIGHT_WIDTH * em or s.height > 1.4 * em for s in spans):
        return False
    if sum(s.width > 0.6 * em for s in spans) < 0.75 * len(spans):
        return False
    return all(b.top >= a.bottom and b.top - a.bottom < _BETWEEN * em for a, b in pairwise(spans))


def outside(ink: Grey, tables: Sequence[Box], boxes: Sequence[Span], em: float) -> list[Stretch]:
    """The stretches of running text; `tables` are boxes in pixels whose ink does not count."""
    rest = [b for b in boxes if not any(t.holds((b.x0 + b.x1) / 2, (b.top + b.bottom) / 2) for t in tables)]
    if not rest:
        return []
    free = np.zeros_like(ink)
    for b in rest:
        rim = round(0.12 * b.height)
        at = slice(max(b.top - rim, 0), b.bottom + rim), slice(max(b.x0 - 3 * rim, 0), b.x1 + 3 * rim)
        free[at] = ink[at]
    for t in tables:
        free[int(t.top) : int(t.bottom) + 1, int(t.x0) : int(t.x1) + 1] = 0
    width = ink.shape[1]
    out: list[Stretch] = []
    for line in _side_by_side(rest):
        size = type_size([round(b.height * _DETECTED) for b in line], em)
        for span in _line(free, line, size):
            height = size if span.width < 3 * span.height else span.height * 1.05
            out.append(Stretch((span,), em if abs(height - em) < 0.15 * em else height, True, (0, width)))
    return out


def _side_by_side(boxes: Sequence[Span]) -> list[list[Span]]:
    """Boxes in lines, top to bottom."""
    lines: list[list[Span]] = []
    for box in sorted(boxes, key=lambda b: b.top + b.bottom):
        last = lines[-1] if lines else []
        anchor = max(last, key=lambda b: b.width, default=None)
        if anchor is not None:
            overlap = min(anchor.bottom, box.bottom) - max(anchor.top, box.top)
            if overlap >= 0.55 * min(anchor.height, box.height):
                last.append(box)
                continue
        lines.append([box])
    return lines


def _line(ink: Grey, boxes: Sequence[Span], em: float) -> list[Span]:
    """The ink of one line, of which the detector gave the `boxes`."""
    anchor = max(boxes, key=lambda b: b.width)
    middle = (anchor.top + anchor.bottom) / 2
    top, bottom = max(min(b.top for b in boxes) - 2, 0), max(b.bottom for b in boxes) + 2
    left = max(min(b.x0 for b in boxes) - round(em), 0)
    right = max(b.x1 for b in boxes) + round(em)
    area = despeckled(ink[top:bottom, left:right], em)
    rows = [(a, b) for a, b in rows_of(area, em) if a + top <= middle + 0.3 * em and b + top >= middle - 0.3 * em]
    if not rows:
        return []
    first, last = rows[0][0], rows[-1][1]
    only = np.zeros_like(area)
    only[first:last] = area[first:last]
    return [s.moved(left, top) for s in lines_of(only, float(max(em, last - first)))]


def _centred_in(box: Span, cell: Span) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    return cell.x0 <= x <= cell.x1 and cell.top <= y <= cell.bottom


def _touch(a: Span, b: Span) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1 and a.top < b.bottom and b.top < a.bottom
