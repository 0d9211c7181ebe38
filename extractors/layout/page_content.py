"""What a reader collects from a page: glyph runs → words, drawn paths → rulings, pictures, quality of its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import Final

from extractors.layout.model import Box, Page, PageFrame, Ruling, Word
from extractors.layout.text_lines import is_wide, min_blank_gap

MAX_OVERLAP: Final = 0.6
"""Of the advance of a character: how far it may reach back over the one before it."""
MIN_ADVANCE: Final = 0.3
"""In type sizes: the advance that overlap is measured by at least, for narrow characters."""
BASELINE_TOLERANCE: Final = 0.3
"""In type sizes: distance of the middles of characters of one run across it."""
_MIN_EM: Final = 0.6
"""Type size over box height: the boxes of some fonts are half as tall again as the type; less is condensed letters."""
_OVERPRINT_STEP: Final = 0.25
"""In type sizes: text repeated within this distance was printed twice to look bold."""
DIGIT_LOOKBACK: Final = 8
"""Characters at the end of a run among which its first letter or figure is looked for."""

_MAX_LINE_THICKNESS: Final = 5.0
"""Points: a filled rectangle or picture thinner than this is a line."""
_STRAIGHT_TOLERANCE: Final = 1.0
"""Points by which a horizontal or vertical line may lean."""
_MAX_GLYPH_SIDE: Final = 48.0
"""Points: a subpath with curves or many corners no larger than this is a glyph; titles have up to 36."""
_RECTANGLE_POINTS: Final = 5
"""A closed rectangle; the outline of a glyph without curves (工) has more."""
PALE_LEVEL: Final = 245
"""Of 255: lighter colors are not visible on paper."""
_SAMPLES: Final = 256
"""Points along each side of a page at which it is tested whether a picture covers it."""

_MIN_PICTURE_SIDE: Final = 36.0
"""Points: three lines of small type; lower pictures are ornaments or signatures."""
_MIN_PICTURE_SHARE: Final = 0.035
"""Of the page: a round seal of 42 mm takes 0.028, a table of two rows across the page 0.04."""
_MAX_CHARS_ON_PICTURE: Final = 40
"""Characters of the page on a picture: more than a line of them, and it is a background."""
_PICTURE_GAP: Final = 2.0
"""Points between the strips of one picture."""
_MAX_PICTURES: Final = 400
"""Pictures of one page that are looked at, the first ones; a pasted table in strips has some dozens."""
_MIN_FILL: Final = 0.5
"""Of its rectangle that a group of pictures fills: lines drawn as pictures fill little of a table."""
_MIN_PICTURE_CHARS: Final = 6
"""Characters: fewer are found in the pattern of a photograph as well."""
_MIN_PICTURE_CONFIDENCE: Final = 0.6
"""Mean certainty of the text of a picture; the pattern of a photograph has less."""

_MAX_UNMAPPED_SHARE: Final = 0.1
"""Of the characters: a few bullets from symbol fonts are normal, a tenth of the page is not."""
_MAX_CHARS_ON_SCAN: Final = 8
"""Visible characters that a scanned page may have beside its picture: a page number."""
_SCAN_SHARE: Final = 0.5
"""Of the page that pictures cover together on a scan."""

_MEANINGLESS: Final = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
"""Characters without a meaning: replacement, private use or control."""

CharBox = tuple[float, float, float, float]
"""x0, y0, x1, y1 of a character in the user space of the page (y upwards)."""
Point = tuple[float, float]


@dataclass(slots=True)
class GlyphRun:
    """Consecutive characters in one direction, in the user space of the page (y upwards)."""

    quarter_turns: int
    chars: list[str]
    x0: float
    y0: float
    x1: float
    y1: float
    is_visible: bool
    is_unmapped: bool
    em: float
    """Type size over box height, known from the width of an ideograph; 0 when there is none."""


@dataclass(slots=True)
class GlyphRuns:
    """All runs of a page; `n_tilted` counts characters set aside as watermark."""

    runs: list[GlyphRun] = field(default_factory=list)
    n_tilted: int = 0

    def main_direction(self) -> int:
        """Return the direction of most characters in quarter turns."""
        votes: Counter[int] = Counter()
        for run in self.runs:
            votes[run.quarter_turns] += len(run.chars)
        return votes.most_common(1)[0][0] if votes else 0

    def count_characters(self) -> tuple[int, int, int]:
        """Count characters with a meaning, characters without one, and invisible ones among the former."""
        unmapped = sum(len(run.chars) for run in self.runs if run.is_unmapped)
        counts: list[int] = []
        for is_visible in (True, False):
            runs = (run.chars for run in self.runs if run.is_visible is is_visible and not run.is_unmapped)
            text = "".join(chain.from_iterable(runs))
            meaningful = _MEANINGLESS.sub("", text)
            unmapped += len(text) - len(meaningful)
            counts.append(len("".join(meaningful.split())))
        visible, hidden = counts
        return visible + hidden, unmapped, hidden


@dataclass(slots=True)
class Subpath:
    """A part of a drawn path, from where the pen was put down: its straight stretches, and whether it has curves."""

    polylines: list[list[Point]] = field(default_factory=list)
    has_curves: bool = False

    @property
    def is_glyph_sized(self) -> bool:
        """Whether it is no larger than a character."""
        points = [point for polyline in self.polylines for point in polyline]
        return all(max(values) - min(values) <= _MAX_GLYPH_SIDE for values in zip(*points, strict=True))

    @property
    def is_glyph(self) -> bool:
        """Whether it is the outline of a character."""
        has_many_corners = any(len(polyline) > _RECTANGLE_POINTS + 1 for polyline in self.polylines)
        return self.is_glyph_sized and (self.has_curves or has_many_corners)


@dataclass(slots=True)
class Drawing:
    """Segments in the user space of a page, and the boxes of its pictures."""

    segments: list[tuple[Point, Point]] = field(default_factory=list)
    picture_boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    is_over_limit: bool = False

    def rulings(self, frame: PageFrame) -> tuple[Ruling, ...]:
        """Return the segments on the upright page."""
        return tuple(Ruling(*frame.to_page_box(*start, *end)) for start, end in self.segments)

    def picture_share(self, frame: PageFrame) -> float:
        """Return the share of the page that its pictures cover together, 0 to 1, sampled at a grid of points.

        A scan may be laid down in strips as thin as a line, overlapping or side by side.
        """
        width, height = frame.right - frame.left, frame.top - frame.bottom
        if width <= 0 or height <= 0 or not self.picture_boxes:
            return 0.0
        rows = [0] * _SAMPLES
        for x0, y0, x1, y1 in self.picture_boxes:
            left, right = _count_samples(x0 - frame.left, width), _count_samples(x1 - frame.left, width)
            mask = (1 << right) - (1 << left)
            for row in range(_count_samples(y0 - frame.bottom, height), _count_samples(y1 - frame.bottom, height)):
                rows[row] |= mask
        return sum(row.bit_count() for row in rows) / _SAMPLES**2

    def add_path(self, subpaths: Sequence[Subpath], *, is_stroked: bool) -> None:
        """Add the segments of a drawn path, stroked or else filled; outlines of glyphs give none."""
        has_glyph = any(subpath.is_glyph for subpath in subpaths)
        for subpath in subpaths:
            if has_glyph and subpath.is_glyph_sized:
                continue
            for points in subpath.polylines:
                if is_stroked:
                    self._add_stroke(points)
                else:
                    self._add_fill(points)

    def _add_stroke(self, points: Sequence[Point]) -> None:
        """Add a drawn line through `points`; tilted stretches are no ruling."""
        self.segments += [(start, end) for start, end in pairwise(points) if _is_straight(start, end)]

    def _add_fill(self, points: Sequence[Point]) -> None:
        """Add a filled outline; only a thin one is a line."""
        if len(points) > 2:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            if min(max(xs) - min(xs), max(ys) - min(ys)) <= _MAX_LINE_THICKNESS:
                self.segments.append(((min(xs), min(ys)), (max(xs), max(ys))))

    def add_picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Add a picture in this box; a thin one is a line as well."""
        if min(x1 - x0, y1 - y0) <= _MAX_LINE_THICKNESS and max(x1 - x0, y1 - y0) > _MAX_LINE_THICKNESS:
            self.segments.append(((x0, y0), (x1, y1)))
        self.picture_boxes.append((x0, y0, x1, y1))


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture that may contain text: its box on the upright page, and whether text was recognised in it."""

    box: Box
    is_recognised: bool = False


@dataclass(frozen=True, slots=True)
class PageQuality:
    """How usable the text layer of one page is; `number` counts from 1."""

    number: int
    n_mapped: int
    """Characters with a meaning."""
    n_unmapped: int
    """Characters whose font does not map them to text."""
    n_hidden: int
    """Invisible ones of `n_mapped`: an earlier recognition laid behind the picture."""
    picture_share: float
    """Share of the page that its pictures cover together, 0 to 1."""
    is_scan: bool = False
    """Whether all text on it was only typed onto a picture, which shows more."""

    @property
    def needs_ocr(self) -> bool:
        """Whether the text of the page can only be recognised from its picture."""
        if self.is_scan or self.n_unmapped > _MAX_UNMAPPED_SHARE * (self.n_mapped + self.n_unmapped):
            return True
        n_visible = self.n_mapped - self.n_hidden
        return self.picture_share >= _SCAN_SHARE and n_visible <= _MAX_CHARS_ON_SCAN

    @property
    def is_blank(self) -> bool:
        """Whether the page has neither text nor a picture."""
        return not (self.n_mapped or self.n_unmapped or self.picture_share >= _SCAN_SHARE)


def needs_ocr(pages: Sequence[PageQuality]) -> bool:
    """Return whether most pages with any content have no usable text layer, so that the file counts as a scan."""
    filled = [page for page in pages if not page.is_blank]
    return sum(page.needs_ocr for page in filled) * 2 > len(filled)


def start_run(quarter_turns: int, char: str, box: CharBox, *, is_visible: bool, is_unmapped: bool) -> GlyphRun:
    """Return a run of one character, read in the direction `quarter_turns` (counter-clockwise)."""
    x0, y0, x1, y1 = box
    width, height = (x1 - x0, y1 - y0) if quarter_turns % 2 == 0 else (y1 - y0, x1 - x0)
    em = min(max(width / height, _MIN_EM), 1.0) if is_wide(char) and height > 0 else 0.0
    return GlyphRun(quarter_turns, [char], x0, y0, x1, y1, is_visible, is_unmapped, em)


def continues_run(run: GlyphRun, char: str, box: CharBox) -> bool:
    """Return whether a character directly follows a run, on its line."""
    x0, y0, x1, y1 = box
    if run.quarter_turns % 2 == 0:
        size, low, high, middle, advance = run.y1 - run.y0, run.y0, run.y1, (y0 + y1) / 2, x1 - x0
        gap = x0 - run.x1 if run.quarter_turns == 0 else run.x0 - x1
    else:
        size, low, high, middle, advance = run.x1 - run.x0, run.x0, run.x1, (x0 + x1) / 2, y1 - y0
        gap = y0 - run.y1 if run.quarter_turns == 1 else run.y0 - y1
    if (
        abs(middle - (low + high) / 2) > BASELINE_TOLERANCE * size
        or gap < -MAX_OVERLAP * max(advance, MIN_ADVANCE * size)
    ):  # fmt: skip
        return False
    return gap <= min_blank_gap(run.chars[-1], char) * size * (run.em or 1.0)


def append_to_run(run: GlyphRun, char: str, box: CharBox) -> None:
    """Add a character that `continues_run`."""
    x0, y0, x1, y1 = box
    is_first = char.isalnum() and not any(c.isalnum() for c in run.chars[-DIGIT_LOOKBACK:])
    run.chars.append(char)
    if run.quarter_turns % 2 == 0:
        # The height is that of the first letter or figure: a tall bracket must not make the line taller.
        run.x0, run.x1 = min(run.x0, x0), max(run.x1, x1)
        if is_first:
            run.y0, run.y1 = y0, y1
    else:
        run.y0, run.y1 = min(run.y0, y0), max(run.y1, y1)
        if is_first:
            run.x0, run.x1 = x0, x1


def runs_to_words(glyphs: GlyphRuns, frame: PageFrame) -> tuple[Word, ...]:
    """Convert the visible runs to words on the upright page; text printed twice to look bold is taken once."""
    words: list[Word] = []
    printed: dict[str, set[tuple[int, int]]] = {}
    rotations = {0: 0, 1: 90, 2: 0, 3: 270}
    ems = sorted(run.em for run in glyphs.runs if run.em)
    usual_em = ems[len(ems) // 2] if ems else 1.0
    for run in glyphs.runs:
        text = "".join(run.chars).rstrip()
        if not text or not run.is_visible:
            continue
        x0, top, x1, bottom = frame.to_page_box(run.x0, run.y0, run.x1, run.y1)
        shrink = (1.0 - (run.em or usual_em)) / 2
        if (run.quarter_turns - frame.quarter_turns) % 2:
            x0, x1 = x0 + shrink * (x1 - x0), x1 - shrink * (x1 - x0)
        else:
            top, bottom = top + shrink * (bottom - top), bottom - shrink * (bottom - top)
        rotation = rotations[(run.quarter_turns - frame.quarter_turns) % 4] if len(text) > 1 else 0
        step = max((x1 - x0 if rotation else bottom - top) * _OVERPRINT_STEP, 0.5)
        column, row = round(x0 / step), round(top / step)
        places = printed.setdefault(text, set())
        if places and any((column + i, row + j) in places for i in (-1, 0, 1) for j in (-1, 0, 1)):
            continue
        places.add((column, row))
        words.append(Word(text, x0, top, x1, bottom, None, rotation))
    return tuple(words)


def find_pictures(drawing: Drawing, frame: PageFrame, words: Sequence[Word]) -> tuple[PlacedPicture, ...]:
    """Return pictures large enough for text, touching ones merged; without seals, ornaments, backgrounds."""
    width, height = frame.size
    boxes: list[Box] = []
    for corners in drawing.picture_boxes[:_MAX_PICTURES]:
        x0, top, x1, bottom = frame.to_page_box(*corners)
        box = Box(max(x0, 0.0), max(top, 0.0), min(x1, width), min(bottom, height))
        if box.x1 > box.x0 and box.bottom > box.top:
            boxes.append(box)
    pictures: list[PlacedPicture] = []
    for group in _group_touching_boxes(boxes):
        hull = Box(
            min(b.x0 for b in group), min(b.top for b in group), max(b.x1 for b in group), max(b.bottom for b in group)
        )
        area = hull.width * hull.height
        if min(hull.width, hull.height) < _MIN_PICTURE_SIDE or area < _MIN_PICTURE_SHARE * width * height:
            continue
        if sum(b.width * b.height for b in group) < _MIN_FILL * area:
            continue
        if sum(len(w.text) for w in words if hull.contains(w.x_center, w.y_center)) <= _MAX_CHARS_ON_PICTURE:
            pictures.append(PlacedPicture(hull))
    return tuple(sorted(pictures, key=lambda p: (p.box.top, p.box.x0)))


def has_plausible_text(page: Page) -> bool:
    """Return whether recognised words are text rather than the pattern of a photograph."""
    n_chars = sum(len(word.text) for word in page.words)
    confidence = sum((word.confidence or 0.0) * len(word.text) for word in page.words)
    return n_chars >= _MIN_PICTURE_CHARS and confidence >= _MIN_PICTURE_CONFIDENCE * n_chars


def merge_recognised(page: Page, box: Box, recognised: Page) -> Page:
    """Add words and rulings recognised in the picture at `box` to `page`, except where it already has text."""
    x, y = box.x0, box.top
    own = [word for word in page.words if box.contains(word.x_center, word.y_center)]
    words = [
        replace(w, x0=w.x0 + x, x1=w.x1 + x, top=w.top + y, bottom=w.bottom + y)
        for w in recognised.words
        if not any(o.x0 <= w.x_center + x <= o.x1 and o.top <= w.y_center + y <= o.bottom for o in own)
    ]
    rulings = [Ruling(r.x0 + x, r.top + y, r.x1 + x, r.bottom + y) for r in recognised.rulings]
    return replace(page, words=(*page.words, *words), rulings=(*page.rulings, *rulings))


def _count_samples(distance: float, side: float) -> int:
    """Return how many of the sample points along a side lie before a distance."""
    return min(max(round(distance / side * _SAMPLES), 0), _SAMPLES)


def _is_straight(start: Point, end: Point) -> bool:
    return abs(start[0] - end[0]) <= _STRAIGHT_TOLERANCE or abs(start[1] - end[1]) <= _STRAIGHT_TOLERANCE


def _group_touching_boxes(boxes: Sequence[Box]) -> list[list[Box]]:
    groups: list[list[Box]] = []
    for box in boxes:
        touching = [g for g in groups if any(_is_near(box, other) for other in g)]
        groups = [g for g in groups if all(g is not t for t in touching)]
        groups.append([box, *(b for g in touching for b in g)])
    return groups


def _is_near(a: Box, b: Box) -> bool:
    return (
        a.x0 <= b.x1 + _PICTURE_GAP and b.x0 <= a.x1 + _PICTURE_GAP
        and a.top <= b.bottom + _PICTURE_GAP and b.top <= a.bottom + _PICTURE_GAP
    )  # fmt: skip
