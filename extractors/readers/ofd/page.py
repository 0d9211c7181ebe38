"""One page of an OFD document → characters and drawing, in points with y upwards."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.document import ReadError
from extractors.layout.coordinates import quarter
from extractors.layout.drawing import Drawing, Outline
from extractors.layout.glyph_runs import CharBox, Glyphs, Run, append, begin, follows
from extractors.readers.ofd.parts import (
    Element,
    Matrix,
    apply,
    box,
    child,
    children,
    content,
    flag,
    local,
    numbers,
    placed,
)
from extractors.readers.ofd.paths import outlines
from extractors.readers.ofd.resources import Resources
from extractors.readers.ofd.text import glyphs

POINTS = 72 / 25.4
"""In a millimetre."""
PAGE: Matrix = (POINTS, 0.0, 0.0, -POINTS, 0.0, 0.0)
_DEEPEST = 8
_PALE = 245
"""Of 255: lighter colours are not seen on paper."""
_OUTLINES = 40
"""Filled curved outlines on a page without characters: its text was turned into drawings."""


@dataclass(slots=True)
class Content:
    """What stands on a page."""

    glyphs: Glyphs = field(default_factory=Glyphs)
    drawing: Drawing = field(default_factory=Drawing)
    images: list[tuple[str, tuple[float, float, float, float], int]] = field(default_factory=list)
    """Pictures: the id of the resource, the box in user space, quarters clockwise."""
    outlines: int = 0

    @property
    def drawn_text(self) -> bool:
        """Whether the text of the page is there as drawings only."""
        return not self.glyphs.runs and self.outlines >= _OUTLINES


class PageReader:
    """Takes the objects of one page and of the templates beneath it.

    `number` is the page as users count it. Raises `ReadError` after `most` characters, path segments and objects.
    """

    def __init__(self, number: int, resources: Resources, most: int) -> None:
        self.out = Content()
        self._number = number
        self._resources = resources
        self._most = self.left = most
        self._run: Run | None = None

    def layers(self, page: Element) -> None:
        """Take all layers of a page or template page."""
        for holder in children(page, "Content"):
            for layer in children(holder, "Layer"):
                self._block(layer, layer.get("DrawParam", ""), PAGE, 0)

    def _spend(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise ReadError(
                f"第 {self._number} 页的字符和线条超过上限 {self._most} 个",
                "请核实文件；属图纸、地图的，请只放入通知文本",
            )

    def _block(self, block: Element, layer: str, outer: Matrix, depth: int) -> None:
        """Take the objects of a layer, block or composite; blocks within blocks are opened in their order."""
        waiting: list[Iterator[Element]] = [iter([block])]
        while waiting:
            item = next(waiting[-1], None)
            if item is None:
                waiting.pop()
                continue
            self._spend()
            if not flag(item, "Visible", True):
                continue
            kind = local(item)
            if item is block or kind == "PageBlock":
                waiting.append(iter(item))
            elif kind == "TextObject":
                self._text(item, outer)
            elif kind == "PathObject":
                self._path(item, layer, outer)
            elif kind == "ImageObject":
                self._picture(item, outer)
            elif kind == "CompositeObject":
                self._composite(item, layer, outer, depth)

    def _composite(self, item: Element, layer: str, outer: Matrix, depth: int) -> None:
        unit = self._resources.composites.get(item.get("ResourceID", ""))
        inner = child(unit, "Content")
        if inner is not None and depth < _DEEPEST:
            self._block(inner, item.get("DrawParam") or layer, placed(item, outer), depth + 1)

    def _text(self, item: Element, outer: Matrix) -> None:
        shown = (flag(item, "Fill", True) or flag(item, "Stroke", False)) and not _clear(item.get("Alpha"))
        for glyph in glyphs(item, placed(item, outer), self._resources.widths):
            self._spend()
            run = self._run
            blank = glyph.char.isspace()
            char = " " if blank else glyph.char
            if run is not None and run.visible == shown and follows(run, char, glyph.box):
                append(run, char, glyph.box)
            elif not blank:
                self._begin(char, glyph.box, quarter(-glyph.angle), shown)

    def _begin(self, char: str, where: CharBox, turn: int | None, shown: bool) -> None:
        if turn is None:
            self.out.glyphs.tilted += 1
            self._run = None
            return
        self._run = begin(turn, char, where, visible=shown, unmapped=False)
        self.out.glyphs.runs.append(self._run)

    def _path(self, item: Element, layer: str, outer: Matrix) -> None:
        clear = _clear(item.get("Alpha"))
        stroked = not clear and flag(item, "Stroke", True) and self._seen(item, layer, "StrokeColor")
        filled = not clear and flag(item, "Fill", False) and self._seen(item, layer, "FillColor")
        if not stroked and not filled:
            return
        found: list[Outline] = []
        for outline in outlines(content(child(item, "AbbreviatedData")), placed(item, outer)):
            self._spend(sum(len(points) for points in outline.stretches))
            found.append(outline)
        self.out.drawing.path(found, stroked=stroked)
        self.out.outlines += filled and any(outline.curved for outline in found)

    def _seen(self, item: Element, layer: str, name: str) -> bool:
        """Whether a colour leaves a mark on white paper."""
        colour = self._resources.colour(item, layer, name)
        if colour is None:
            return True
        if _clear(colour.get("Alpha")):
            return False
        value = colour.get("Value", "").split(None, 4)
        levels = [_level(part) for part in value[:4]]
        if len(levels) == 4:
            return max(levels) > 255 - _PALE
        return not levels or min(levels) < _PALE

    def _picture(self, item: Element, outer: Matrix) -> None:
        area = box(item.get("Boundary"))
        if area is None or _clear(item.get("Alpha")):
            return
        x, y, width, height = area
        (ax, ay), (bx, by) = apply(outer, x, y), apply(outer, x + width, y + height)
        self.out.drawing.picture(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
        whole, quarters = (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), 0
        if len(numbers(item.get("CTM"), 6)) == 6:
            matrix = placed(item, outer)
            xs, ys = zip(*(apply(matrix, u, v) for u in (0.0, 1.0) for v in (0.0, 1.0)), strict=True)
            whole = min(xs), min(ys), max(xs), max(ys)
            quarters = round(math.atan2(-matrix[1], matrix[0]) / (math.pi / 2)) % 4
        self.out.images.append((item.get("ResourceID", ""), whole, quarters))


def _clear(alpha: str | None) -> bool:
    """Whether an opacity (0 to 255) leaves nothing to be seen."""
    return alpha is not None and numbers(alpha, 1) == [0.0]


def _level(text: str) -> float:
    if text.startswith("#"):
        try:
            return float(int(text[1:], 16))
        except ValueError:
            return 0.0
    return next(iter(numbers(text, 1)), 0.0)
