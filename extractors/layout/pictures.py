"""Find pictures on a page of text that may contain text, and merge what was recognised in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.layout.coordinates import Frame
from extractors.layout.drawing import Drawing
from extractors.layout.model import Box, Page, Rule, Word

_LEAST_SIDE = 36.0
"""Points: three lines of small type; lower pictures are ornaments or signatures."""
_LEAST_SHARE = 0.035
"""Of the page: a round seal of 42 mm takes 0.028, a table of two rows across the page 0.04."""
_BACKGROUND = 40
"""Characters of the page that stand on a picture: more than a line of them, and it is a background."""
_TOUCH = 2.0
_MOST = 400
"""Pictures of one page that are looked at, the first ones; a pasted table in strips has some dozens."""
_SOLID = 0.5
"""Of its rectangle that a group of pictures fills: lines drawn as pictures fill little of a table."""
_LEAST_TEXT = 6
"""Characters: fewer are found in the pattern of a photograph as well."""
_LEAST_SURE = 0.6


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture that may contain text: its box on the upright page, and whether text was recognised."""

    box: Box
    recognised: bool = False


def find_pictures(drawing: Drawing, frame: Frame, words: Sequence[Word]) -> tuple[PlacedPicture, ...]:
    """Return pictures large enough for text, touching ones merged; without seals, ornaments, backgrounds."""
    width, height = frame.size
    boxes: list[Box] = []
    for corners in drawing.pictures[:_MOST]:
        x0, top, x1, bottom = frame.box(*corners)
        box = Box(max(x0, 0.0), max(top, 0.0), min(x1, width), min(bottom, height))
        if box.x1 > box.x0 and box.bottom > box.top:
            boxes.append(box)
    found: list[PlacedPicture] = []
    for group in _touching(boxes):
        whole = Box(
            min(b.x0 for b in group), min(b.top for b in group), max(b.x1 for b in group), max(b.bottom for b in group)
        )
        area = whole.width * (whole.bottom - whole.top)
        if min(whole.width, whole.bottom - whole.top) < _LEAST_SIDE or area < _LEAST_SHARE * width * height:
            continue
        if sum(b.width * (b.bottom - b.top) for b in group) < _SOLID * area:
            continue
        if sum(len(w.text) for w in words if whole.holds(w.centre, w.middle)) <= _BACKGROUND:
            found.append(PlacedPicture(whole))
    return tuple(sorted(found, key=lambda p: (p.box.top, p.box.x0)))


def _touching(boxes: Sequence[Box]) -> list[list[Box]]:
    groups: list[list[Box]] = []
    for box in boxes:
        near = [g for g in groups if any(_near(box, other) for other in g)]
        groups = [g for g in groups if all(g is not n for n in near)]
        groups.append([box, *(b for g in near for b in g)])
    return groups


def _near(a: Box, b: Box) -> bool:
    return a.x0 <= b.x1 + _TOUCH and b.x0 <= a.x1 + _TOUCH and a.top <= b.bottom + _TOUCH and b.top <= a.bottom + _TOUCH


def says_something(page: Page) -> bool:
    """Return whether the recognised words are text rather than the pattern of a photograph."""
    said = sum(len(word.text) for word in page.words)
    sure = sum((word.confidence or 0.0) * len(word.text) for word in page.words)
    return said >= _LEAST_TEXT and sure >= _LEAST_SURE * said


def merge_recognised(page: Page, box: Box, found: Page) -> Page:
    """Add words and rules recognised in the picture at `box` to `page`, except where it already has text."""
    x, y = box.x0, box.top
    own = [word for word in page.words if box.holds(word.centre, word.middle)]
    words = [
        replace(w, x0=w.x0 + x, x1=w.x1 + x, top=w.top + y, bottom=w.bottom + y)
        for w in found.words
        if not any(o.x0 <= w.centre + x <= o.x1 and o.top <= w.middle + y <= o.bottom for o in own)
    ]
    rules = [Rule(r.x0 + x, r.top + y, r.x1 + x, r.bottom + y) for r in found.rules]
    return replace(page, words=(*page.words, *words), rules=(*page.rules, *rules))
