"""Ink → ruling lines: long straight strokes, joined where the scan broke them; strokes of characters are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from extractors.layout import Ruling
from extractors.readers.scan.binarize import InkedPage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from extractors.readers.scan.binarize import GrayImage

_MIN_HORIZONTAL, _MIN_VERTICAL = 18.0, 12.0
"""Points: rows are lower than columns are wide, and horizontal lines mostly run over several columns."""
_MIN_LOW_WALL: Final = 7.5
"""Points: the wall of a row as low as type."""
_CERTAIN_LENGTH: Final = 250.0
"""Points: a line of this length is no stroke of type, whatever is beside it."""
_FREE_LENGTH: Final = 60.0
"""Points: a line as long as this needs no other line to meet."""
_TYPE_HEIGHT: Final = 20.0
"""Points: a stroke below this may be one of a character."""
_MAX_THICKNESS: Final = 4.0
"""Points: a thicker patch is no line."""
_MAX_LEAN: Final = 0.02
"""Of its length: by how much a long line may lean."""
_MIN_BODY: Final = 3.6
"""Points: ink thicker than this across the direction of the lines is type."""
_HOLE: Final = 1.5
"""Points along a line that are closed before straight strokes are looked for."""
_MAX_CROWDING: Final = 0.3
"""Share of a stroke with ink right beside it, at one side, from which it is part of type."""
_MIN_BARE: Final = 0.5
"""Share of the length of a line with white on both sides."""
_MIN_DRAWN: Final = 0.85
"""Share of the length of a short line that must be there."""
_MIN_CORE: Final = 0.8
"""Share of the length of a wall that its straight patch makes; a stroke of type is longer by what it touches."""
_MEET_REACH: Final = 5.0
"""Points by which a line may end short of the one it meets."""
_TIGHT_REACH: Final = 2.5
"""Points: the same where nothing else distinguishes a line from a stroke of type."""
_TOUCH_REACH: Final = 0.7
"""Points: the same for a stroke as short as a character."""
_WALL_TOLERANCE: Final = 1.5
"""Points by which walls of one column differ."""
_MIN_WALLS: Final = 3
"""Walls that show a row that is alone."""
_MAX_BREAK: Final = 8.0
"""Points of a line that may be missing where the scan is faint."""
_SAME_LINE: Final = 1.2
"""Points across between strokes of one line."""
_LOOKBACK: Final = 40
"""Strokes before, among which one to join is looked for."""
_END_LENGTH: Final = 12.0
"""Points at the end of a patch from which its level is measured."""
_MAX_HOLE: Final = 0.5
"""Points that may be missing where a line is followed beyond its patch."""


@dataclass(frozen=True, slots=True)
class DetectedRulings:
    """The lines of a page in points, and their pixels (255) so that they can be erased."""

    rulings: tuple[Ruling, ...]
    mask: GrayImage


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A straight line in pixels: position across, extent along, thickness."""

    position: float
    start: float
    end: float
    thickness: float
    labels: tuple[int, ...]
    """The patches it is made of."""
    bare_length: float
    """How much of its length has white on both sides."""
    drawn_length: float
    """How much of its length is there."""

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Patches:
    """Connected pixels: the label of the patch of every pixel, and x, y, width, height and area of each patch."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]

    def transposed(self) -> _Patches:
        """Return the same with horizontal and vertical exchanged."""
        return _Patches(self.labels.T, self.stats[:, [1, 0, 3, 2, 4]])


def detect_rulings(page: InkedPage) -> DetectedRulings:
    """Return the ruling lines of a level page."""
    scale = page.scale
    horizontal_patches = _find_patches(_keep_straight(page.ink, scale, _MIN_HORIZONTAL, is_vertical=False))
    vertical_patches = _find_patches(_keep_straight(page.ink, scale, _MIN_VERTICAL, is_vertical=True)).transposed()
    horizontal = _join_strokes(_patches_to_strokes(page.ink, horizontal_patches, scale), scale)
    vertical = _join_strokes(_patches_to_strokes(page.ink.T, vertical_patches, scale), scale)
    horizontal, vertical = (
        [s for s in horizontal if _is_line(s, vertical, scale)],
        [s for s in vertical if _is_line(s, horizontal, scale)],
    )
    horizontal, vertical = _drop_unconnected(horizontal, vertical, scale)
    tall = [s for s in vertical if s.length >= _TYPE_HEIGHT * scale]
    vertical = _find_low_walls(vertical, horizontal, tall, scale) + tall if tall else vertical
    low_patches = _find_patches(_keep_straight(page.ink, scale, _MIN_LOW_WALL, is_vertical=True)).transposed()
    low_strokes = _patches_to_strokes(page.ink.T, low_patches, scale)
    low_walls = _find_low_walls(low_strokes, horizontal, tall, scale)
    # A stroke of type has a short straight patch for its length, once it was followed over what it touches.
    straight_strokes = [s for s in low_strokes if low_patches.stats[s.labels[0], 2] >= _MIN_CORE * s.length]
    low_walls += [s for s in _find_walls_of_lone_row(straight_strokes, horizontal, tall, scale) if s not in low_walls]
    mask = np.zeros_like(page.ink)
    _paint_strokes(mask, page.ink, horizontal_patches, horizontal)
    _paint_strokes(mask.T, page.ink.T, vertical_patches, vertical)
    _paint_strokes(mask.T, page.ink.T, low_patches, low_walls)
    rulings = [Ruling(s.start / scale, s.position / scale, s.end / scale, s.position / scale) for s in horizontal]
    rulings += [
        Ruling(s.position / scale, s.start / scale, s.position / scale, s.end / scale)
        for s in (*vertical, *low_walls)
    ]  # fmt: skip
    return DetectedRulings(tuple(rulings), mask)


def _keep_straight(ink: GrayImage, scale: float, min_length: float, *, is_vertical: bool) -> GrayImage:
    """Return the ink of straight strokes of a least length in points."""
    length = max(round(min_length * scale), 5)
    gap = max(round(_HOLE * scale), 3)
    long = (1, length) if is_vertical else (length, 1)
    short = (1, gap + 1) if is_vertical else (gap + 1, 1)
    wide = (3, 1) if is_vertical else (1, 3)
    # A line that is a little askew climbs in steps: thickened, its steps overlap.
    thick = cv2.dilate(_drop_bodies(ink, scale, is_vertical=is_vertical), np.ones(wide[::-1], np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones(short[::-1], np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(long[::-1], np.uint8))
    return np.asarray(opened, dtype=np.uint8)


def _drop_bodies(ink: GrayImage, scale: float, *, is_vertical: bool) -> GrayImage:
    """Return the ink without what is thicker across the direction of the lines than a line is: most of all type."""
    depth = max(round(_MIN_BODY * scale), 5)
    bodies = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, depth) if is_vertical else (depth, 1), np.uint8))
    return np.asarray(cv2.subtract(ink, bodies), dtype=np.uint8)


def _find_patches(mask: GrayImage) -> _Patches:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return _Patches(np.asarray(labels, dtype=np.int32), np.asarray(stats, dtype=np.int32))


def _patches_to_strokes(ink: GrayImage, patches: _Patches, scale: float) -> list[_Stroke]:
    """Return the patches that are thin horizontal strokes."""
    strokes: list[_Stroke] = []
    for label, (_, y, w, h, area) in enumerate(patches.stats[1:].tolist(), 1):
        # The area gives the thickness even where a long line leans over several rows of pixels.
        thickness = area / max(w, 1)
        if thickness <= _MAX_THICKNESS * scale and h <= max(2.5 * _MAX_THICKNESS * scale, _MAX_LEAN * w):
            bare_length = w if _is_bare(ink, patches, label) else 0
            start, end = _follow_ends(ink, patches, label, scale)
            strokes.append(_Stroke(y + h / 2, start, end, thickness, (label,), bare_length, end - start))
    return strokes


def _is_bare(ink: GrayImage, patches: _Patches, label: int) -> bool:
    """Return whether there is white along both sides of a patch, as type leaves it at one side at most."""
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
    return max(float(above.mean()), float(below.mean())) < _MAX_CROWDING


def _follow_ends(ink: GrayImage, patches: _Patches, label: int, scale: float) -> tuple[int, int]:
    """Return start and end of a patch, followed over ink that continues at either end in steps or with small holes."""
    x, y, w, h, _ = patches.stats[label].tolist()
    rows, columns = np.nonzero(patches.labels[y : y + h, x : x + w] == label)
    reach, max_hole = max(round(_END_LENGTH * scale), 8), max(round(_MAX_HOLE * scale), 1)
    ends = [x, x + w]
    for side, step in ((0, -1), (1, 1)):
        is_near = columns < reach if side == 0 else columns >= w - reach
        level = y + round(float(rows[is_near].mean()))
        has_ink = np.atleast_1d((ink[max(level - 2, 0) : level + 3] > 0).any(axis=0))
        hole = 0
        position = ends[side]
        while 0 <= position - (side == 0) < len(has_ink) and hole <= max_hole:
            hole = 0 if has_ink[position - (side == 0)] else hole + 1
            position += step
            if not hole:
                ends[side] = position
    return ends[0], ends[1]


def _is_line(stroke: _Stroke, crossing: list[_Stroke], scale: float) -> bool:
    """Return whether a stroke is a line though type may touch it: long, mostly bare, or drawn from line to line."""
    is_bare = stroke.bare_length >= _MIN_BARE * stroke.length
    if stroke.length >= _CERTAIN_LENGTH * scale or (is_bare and stroke.length >= _TYPE_HEIGHT * scale):
        return True
    walls = [o for o in crossing if o.bare_length >= _MIN_BARE * o.length]
    is_drawn = stroke.drawn_length >= _MIN_DRAWN * stroke.length
    return is_drawn and _meets_lines(stroke, walls, scale, _TIGHT_REACH)


def _join_strokes(strokes: list[_Stroke], scale: float) -> list[_Stroke]:
    """Join strokes in one line with a small break between them."""
    joined: list[_Stroke] = []
    near = _SAME_LINE * scale
    for stroke in sorted(strokes, key=lambda s: (round(s.position / (2 * near)), s.start)):
        for i in range(len(joined) - 1, max(len(joined) - _LOOKBACK, -1), -1):
            other = joined[i]
            gap = max(stroke.start - other.end, other.start - stroke.end)
            if abs(other.position - stroke.position) <= near and gap <= _MAX_BREAK * scale:
                weights = (other.length, stroke.length)
                overlap = max(min(other.end, stroke.end) - max(other.start, stroke.start), 0.0)
                weighted = other.position * weights[0] + stroke.position * weights[1]
                joined[i] = _Stroke(
                    weighted / (sum(weights) or 1.0),
                    min(other.start, stroke.start),
                    max(other.end, stroke.end),
                    max(other.thickness, stroke.thickness),
                    other.labels + stroke.labels,
                    other.bare_length + stroke.bare_length,
                    other.drawn_length + max(stroke.drawn_length - overlap, 0.0),
                )
                break
        else:
            joined.append(stroke)
    return joined


def _drop_unconnected(
    horizontal: list[_Stroke], vertical: list[_Stroke], scale: float
) -> tuple[list[_Stroke], list[_Stroke]]:
    """Drop short strokes that do not run from line to line: those are parts of characters."""
    for _ in range(3):
        before = len(horizontal) + len(vertical)
        min_free = _FREE_LENGTH * scale
        horizontal = [s for s in horizontal if s.length >= min_free or _meets_lines(s, vertical, scale, _MEET_REACH)]
        vertical = [s for s in vertical if s.length >= min_free or _meets_lines(s, horizontal, scale, _MEET_REACH)]
        if len(horizontal) + len(vertical) == before:
            break
    return horizontal, vertical


def _find_low_walls(
    strokes: list[_Stroke], horizontal: list[_Stroke], vertical: list[_Stroke], scale: float
) -> list[_Stroke]:
    """Return walls of rows as low as type: they touch both lines, white beside them, where another row has a wall."""
    return [
        s
        for s in strokes
        if s.bare_length
        and s.length < _TYPE_HEIGHT * scale
        and any(abs(v.position - s.position) <= _WALL_TOLERANCE * scale for v in vertical)
        and _meets_lines(s, horizontal, scale, _TOUCH_REACH)
    ]


def _find_walls_of_lone_row(
    strokes: list[_Stroke], horizontal: list[_Stroke], tall: list[_Stroke], scale: float
) -> list[_Stroke]:
    """Return the walls of a low row that is alone, as a header left behind at the foot of a page.

    No other row shows where its walls are; three that run from line to line do, where no taller wall meets the lines.
    """
    reach = _MEET_REACH * scale
    rows: dict[tuple[int, int], list[_Stroke]] = {}
    for s in strokes:
        if (
            not s.bare_length
            or s.length >= _TYPE_HEIGHT * scale
            or not _meets_lines(s, horizontal, scale, _TOUCH_REACH)
        ):  # fmt: skip
            continue
        crossing = [(i, h.position) for i, h in enumerate(horizontal) if h.start - reach <= s.position <= h.end + reach]
        above = min(crossing, key=lambda line: abs(line[1] - s.start))
        below = min(crossing, key=lambda line: abs(line[1] - s.end))
        has_tall_wall = any(
            v.start - reach <= y <= v.end + reach
            and horizontal[i].start - reach <= v.position <= horizontal[i].end + reach
            for i, y in (above, below)
            for v in tall
        )
        if above[0] != below[0] and not has_tall_wall:
            rows.setdefault((above[0], below[0]), []).append(s)
    return [s for row in rows.values() if len(row) >= _MIN_WALLS for s in row]


def _meets_lines(stroke: _Stroke, crossing: list[_Stroke], scale: float, reach: float) -> bool:
    """Return whether a stroke ends at another one on either side, at most `reach` points off.

    One as short as a character has to touch them: nothing else distinguishes it from a stroke of type in a low row.
    """
    gap = (reach if stroke.length >= _TYPE_HEIGHT * scale else _TOUCH_REACH) * scale
    overrun = min(_MEET_REACH * scale, 0.5 * stroke.length)
    margin = _MEET_REACH * scale
    positions = [o.position for o in crossing if o.start - margin <= stroke.position <= o.end + margin]
    return any(stroke.start - gap <= position <= stroke.start + overrun for position in positions) and any(
        stroke.end - overrun <= position <= stroke.end + gap for position in positions
    )


def _paint_strokes(mask: GrayImage, ink: GrayImage, patches: _Patches, strokes: list[_Stroke]) -> None:
    """Set the pixels of horizontal `strokes` to 255, without type that touches a line."""
    for label in (label for stroke in strokes for label in stroke.labels):
        x, y, w, h, _ = patches.stats[label].tolist()
        rows, columns = np.nonzero((patches.labels[y : y + h, x : x + w] == label) & (ink[y : y + h, x : x + w] > 0))
        if not len(columns):
            continue
        depth = np.bincount(columns)
        # Where a line is no thicker than usual it shows how it leans; elsewhere type touches it.
        usual = int(np.median(depth[depth > 0]))
        plain = depth[columns] <= usual
        lean = (
            np.polyfit(columns[plain], rows[plain], 1) if np.ptp(columns[plain]) > 2 else np.array([0.0, rows.mean()])
        )
        is_near = np.abs(rows - np.polyval(lean, columns)) <= usual / 2 + 1.0
        mask[y + rows[is_near], x + columns[is_near]] = 255
    for stroke in strokes:
        _paint_bridges(mask, ink, stroke)


def _paint_bridges(mask: GrayImage, ink: GrayImage, stroke: _Stroke) -> None:
    """Set the thin ink of a line where it was followed beyond its straight patches."""
    start, end = max(int(stroke.start), 0), int(stroke.end)
    top = max(int(stroke.position) - 6, 0)
    rows, columns = np.nonzero(mask[top : int(stroke.position) + 7, start:end])
    if not len(columns):
        return
    lean = np.polyfit(columns, rows, 1) if np.ptp(columns) > 20 else np.array([0.0, rows.mean()])
    for column in np.setdiff1d(np.arange(end - start), columns):
        level = top + round(float(np.polyval(lean, column)))
        band = slice(max(level - 1, 0), level + 2)
        mask[band, start + column] = ink[band, start + column]
