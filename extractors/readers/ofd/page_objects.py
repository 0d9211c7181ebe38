"""The objects of an OFD page → characters and drawing, in points with y upwards."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import Final

from extractors.document import ReadError
from extractors.layout.model import Matrix, round_to_quarter_turns, transform_point
from extractors.layout.page_content import (
    PALE_LEVEL,
    CharBox,
    Drawing,
    GlyphRun,
    GlyphRuns,
    Point,
    Subpath,
    append_to_run,
    continues_run,
    start_run,
)
from extractors.readers.ofd.package import (
    CharWidths,
    Element,
    Resources,
    find_child,
    find_children,
    local_name,
    parse_box,
    parse_flag,
    parse_number,
    parse_numbers,
    text_of,
    to_outer_matrix,
)

POINTS_PER_MM: Final = 72 / 25.4
_PAGE_TO_USER: Final[Matrix] = (POINTS_PER_MM, 0.0, 0.0, -POINTS_PER_MM, 0.0, 0.0)
_MAX_COMPOSITE_DEPTH: Final = 8
"""Composite objects within composite objects that are opened."""
_MIN_OUTLINED_GLYPHS: Final = 40
"""Filled curved paths on a page without characters: its text was turned into drawings."""
_ASCENT: Final = 0.88
"""Of the type size, above the base line, as Chinese fonts have it."""
_MAX_TYPE_SIZE: Final = 10_000
"""Millimetres: larger text is damaged."""
_PLACEHOLDER: Final = "¤"
"""What writers put where a glyph is named whose character they do not know."""
_UNKNOWN_CHAR: Final = "\ufffd"
_OPERAND_COUNTS: Final = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_WORD = re.compile(r"\S+")
_PATH_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(slots=True)
class PageObjects:
    """The objects of a page."""

    glyphs: GlyphRuns = field(default_factory=GlyphRuns)
    drawing: Drawing = field(default_factory=Drawing)
    pictures: list[tuple[str, tuple[float, float, float, float], int]] = field(default_factory=list)
    """The id of the resource, the box in user space, clockwise quarter turns."""
    n_curved_fills: int = 0

    @property
    def has_drawn_text(self) -> bool:
        """Whether the text of the page is there as drawings only."""
        return not self.glyphs.runs and self.n_curved_fills >= _MIN_OUTLINED_GLYPHS


@dataclass(slots=True)
class Glyph:
    """A character, its box in user space, and the counter-clockwise angle of its base line in radians.

    `char` is U+FFFD where only the font could tell the meaning of the glyph.
    """

    char: str
    box: CharBox
    angle: float


class PageObjectReader:
    """Reads the objects of one page and of its templates.

    `number` is the page as users count it. `ReadError` is raised after `max_marks` characters, path segments and
    objects.
    """

    def __init__(self, number: int, resources: Resources, max_marks: int) -> None:
        self.objects = PageObjects()
        self._number = number
        self._resources = resources
        self._max_marks = self.marks_left = max_marks
        self._run: GlyphRun | None = None

    def add_page(self, page: Element) -> None:
        """Add all layers of a page or template page."""
        for content in find_children(page, "Content"):
            for layer in find_children(content, "Layer"):
                self._add_block(layer, layer.get("DrawParam", ""), _PAGE_TO_USER, 0)

    def _spend_marks(self, count: int = 1) -> None:
        self.marks_left -= count
        if self.marks_left < 0:
            raise ReadError(
                f"第 {self._number} 页的字符和线条超过上限 {self._max_marks} 个",
                "请核实文件；属图纸、地图的，请只放入通知文本",
            )

    def _add_block(self, block: Element, layer: str, outer: Matrix, depth: int) -> None:
        """Add the objects of a layer, block or composite; blocks within blocks are opened in their order."""
        waiting: list[Iterator[Element]] = [iter([block])]
        while waiting:
            item = next(waiting[-1], None)
            if item is None:
                waiting.pop()
                continue
            self._spend_marks()
            if not parse_flag(item, "Visible", True):
                continue
            kind = local_name(item)
            if item is block or kind == "PageBlock":
                waiting.append(iter(item))
            elif kind == "TextObject":
                self._add_text(item, outer)
            elif kind == "PathObject":
                self._add_path(item, layer, outer)
            elif kind == "ImageObject":
                self._add_picture(item, outer)
            elif kind == "CompositeObject":
                self._add_composite(item, layer, outer, depth)

    def _add_composite(self, item: Element, layer: str, outer: Matrix, depth: int) -> None:
        unit = self._resources.composites.get(item.get("ResourceID", ""))
        content = find_child(unit, "Content")
        if content is not None and depth < _MAX_COMPOSITE_DEPTH:
            self._add_block(content, item.get("DrawParam") or layer, to_outer_matrix(item, outer), depth + 1)

    def _add_text(self, item: Element, outer: Matrix) -> None:
        is_painted = parse_flag(item, "Fill", True) or parse_flag(item, "Stroke", False)
        is_visible = is_painted and not _is_transparent(item.get("Alpha"))
        for glyph in _read_glyphs(item, to_outer_matrix(item, outer), self._resources.widths):
            self._spend_marks()
            run = self._run
            is_blank = glyph.char.isspace()
            char = " " if is_blank else glyph.char
            if run is not None and run.is_visible == is_visible and continues_run(run, char, glyph.box):
                append_to_run(run, char, glyph.box)
            elif not is_blank:
                self._start_run(char, glyph.box, round_to_quarter_turns(-glyph.angle), is_visible)

    def _start_run(self, char: str, box: CharBox, quarter_turns: int | None, is_visible: bool) -> None:
        if quarter_turns is None:
            self.objects.glyphs.n_tilted += 1
            self._run = None
            return
        self._run = start_run(quarter_turns, char, box, is_visible=is_visible, is_unmapped=False)
        self.objects.glyphs.runs.append(self._run)

    def _add_path(self, item: Element, layer: str, outer: Matrix) -> None:
        is_transparent = _is_transparent(item.get("Alpha"))
        is_stroked = (
            not is_transparent
            and parse_flag(item, "Stroke", True)
            and self._is_color_visible(item, layer, "StrokeColor")
        )  # fmt: skip
        is_filled = (
            not is_transparent and parse_flag(item, "Fill", False) and self._is_color_visible(item, layer, "FillColor")
        )
        if not is_stroked and not is_filled:
            return
        subpaths: list[Subpath] = []
        for subpath in _read_subpaths(text_of(find_child(item, "AbbreviatedData")), to_outer_matrix(item, outer)):
            self._spend_marks(sum(len(points) for points in subpath.polylines))
            subpaths.append(subpath)
        self.objects.drawing.add_path(subpaths, is_stroked=is_stroked)
        self.objects.n_curved_fills += is_filled and any(subpath.has_curves for subpath in subpaths)

    def _is_color_visible(self, item: Element, layer: str, name: str) -> bool:
        """Return whether a color is visible on white paper."""
        color = self._resources.find_color(item, layer, name)
        if color is None:
            return True
        if _is_transparent(color.get("Alpha")):
            return False
        value = color.get("Value", "").split(None, 4)
        levels = [_parse_level(part) for part in value[:4]]
        if len(levels) == 4:
            return max(levels) > 255 - PALE_LEVEL
        return not levels or min(levels) < PALE_LEVEL

    def _add_picture(self, item: Element, outer: Matrix) -> None:
        area = parse_box(item.get("Boundary"))
        if area is None or _is_transparent(item.get("Alpha")):
            return
        x, y, width, height = area
        (ax, ay), (bx, by) = transform_point(outer, x, y), transform_point(outer, x + width, y + height)
        self.objects.drawing.add_picture(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
        box, quarter_turns = (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), 0
        if len(parse_numbers(item.get("CTM"), 6)) == 6:
            matrix = to_outer_matrix(item, outer)
            xs, ys = zip(*(transform_point(matrix, u, v) for u in (0.0, 1.0) for v in (0.0, 1.0)), strict=True)
            box = min(xs), min(ys), max(xs), max(ys)
            quarter_turns = round(math.atan2(-matrix[1], matrix[0]) / (math.pi / 2)) % 4
        self.objects.pictures.append((item.get("ResourceID", ""), box, quarter_turns))


def _is_transparent(alpha: str | None) -> bool:
    """Return whether an opacity (0 to 255) leaves nothing visible."""
    return parse_numbers(alpha, 1) == [0.0]


def _parse_level(text: str) -> float:
    if text.startswith("#"):
        try:
            return float(int(text[1:], 16))
        except ValueError:
            return 0.0
    return next(iter(parse_numbers(text, 1)), 0.0)


def _read_glyphs(item: Element, outer: Matrix, widths: CharWidths) -> Iterator[Glyph]:
    """Yield the characters of a text object; `outer` leads from its own coordinates to user space (y upwards)."""
    size = parse_number(item.get("Size", "0"))
    if size <= 0:
        area = parse_box(item.get("Boundary"))
        size = area[3] if area is not None else 0.0
    if not 0 < size < _MAX_TYPE_SIZE:
        return
    char_angle = math.radians(parse_number(item.get("CharDirection", "0")))
    read_angle = math.radians(parse_number(item.get("ReadDirection", "0")))
    cos, sin = math.cos(char_angle), math.sin(char_angle)
    em = size * (parse_number(item.get("HScale", "1")) or 1.0)
    pen = _Pen((cos, sin), size, outer)
    font = item.get("Font", "")
    has_glyph_ids = next(find_children(item, "CGTransform"), None) is not None
    x = y = 0.0
    n_codes = 0
    for code in find_children(item, "TextCode"):
        text = (code.text or "").strip("\r\n\t")
        n_codes += len(text)
        x, y = parse_number(code.get("X", str(x))), parse_number(code.get("Y", str(y)))
        pen_x, pen_y = x, y
        x_advances = list(islice(_parse_advances(code.get("DeltaX")), len(text)))
        y_advances = list(islice(_parse_advances(code.get("DeltaY")), len(text)))
        for i, char in enumerate(text):
            if i < len(x_advances) or i < len(y_advances):
                dx = x_advances[i] if i < len(x_advances) else 0.0
                dy = y_advances[i] if i < len(y_advances) else 0.0
                width = widths.estimate(font, char, (dx * cos + dy * sin) / em) * em
            else:
                width = widths.estimate(font, char) * em
                dx, dy = width * math.cos(read_angle), width * math.sin(read_angle)
            yield pen.draw(_UNKNOWN_CHAR if has_glyph_ids and char == _PLACEHOLDER else char, pen_x, pen_y, width)
            pen_x, pen_y = pen_x + dx, pen_y + dy
    for _ in range(_count_glyphs_without_code(item, n_codes)):
        yield pen.draw(_UNKNOWN_CHAR, x, y, size)


class _Pen:
    """Converts characters of one text object from its own coordinates to boxes in user space."""

    def __init__(self, direction: tuple[float, float], size: float, outer: Matrix) -> None:
        cos, sin = direction
        a, b, c, d, _, _ = outer
        self._outer = outer
        self._right = (a * cos + c * sin, b * cos + d * sin)
        down = (c * cos - a * sin, d * cos - b * sin)
        self._to_top = (-_ASCENT * size * down[0], -_ASCENT * size * down[1])
        self._height = (size * down[0], size * down[1])
        self._angle = math.atan2(self._right[1], self._right[0])

    def draw(self, char: str, x: float, y: float, width: float) -> Glyph:
        """Return a character whose base line begins at x, y."""
        user_x, user_y = transform_point(self._outer, x, y)
        left, top = user_x + self._to_top[0], user_y + self._to_top[1]
        dx, dy = self._right[0] * width, self._right[1] * width
        xs = (left, left + dx, left + self._height[0], left + self._height[0] + dx)
        ys = (top, top + dy, top + self._height[1], top + self._height[1] + dy)
        return Glyph(char, (min(xs), min(ys), max(xs), max(ys)), self._angle)


def _count_glyphs_without_code(item: Element, n_codes: int) -> int:
    """Return how many glyphs follow the last character that has a code: text that only its font could decode."""
    count = 0
    for glyph_transform in find_children(item, "CGTransform"):
        start = max(int(parse_number(glyph_transform.get("CodePosition", "0"))), 0)
        n_glyphs = sum(
            1 for glyphs in find_children(glyph_transform, "Glyphs") for _ in _WORD.finditer(glyphs.text or "")
        )
        if start >= n_codes:
            count += n_glyphs
    return count


def _parse_advances(text: str | None) -> Iterator[float]:
    """Yield the distances of a `DeltaX` or `DeltaY`; `g n v` means n times v, with no bound on n."""
    tokens = (match.group() for match in _WORD.finditer((text or "").replace(",", " ")))
    for token in tokens:
        if token.lower() == "g":
            count, value = next(tokens, ""), parse_number(next(tokens, "0"))
            yield from repeat(value, max(int(parse_number(count)), 0))
        else:
            yield parse_number(token)


def _read_subpaths(data: str, matrix: Matrix) -> Iterator[Subpath]:
    """Yield the parts of a path in user space; a curve ends the straight stretch before it, as curves are no ruling.

    Reads as far as the data follows the standard: operators S, M, L, Q, B, A and C, each with its operands.
    """
    subpath: Subpath | None = None
    start: Point | None = None
    for operator, values in _parse_operations(data):
        if operator == "C":
            if start is not None and subpath is not None:
                subpath.polylines[-1].append(start)
            continue
        point = transform_point(matrix, values[-2], values[-1])
        if subpath is None or operator in "SM":
            if subpath is not None:
                yield subpath
            subpath = Subpath([[point]], operator in "QBA")
            start = point if operator in "SM" else start
        elif operator == "L":
            subpath.polylines[-1].append(point)
        else:
            subpath.has_curves = True
            subpath.polylines.append([point])
    if subpath is not None:
        yield subpath


def _parse_operations(data: str) -> Iterator[tuple[str, list[float]]]:
    operator, values = "", list[float]()
    for match in _PATH_TOKEN.finditer(data):
        token = match.group()
        if token.isalpha():
            operator, values = token.upper(), []
            if operator not in _OPERAND_COUNTS:
                return
            if operator == "C":
                yield operator, values
            continue
        if not operator or operator == "C":
            return
        values.append(parse_number(token))
        if len(values) == _OPERAND_COUNTS[operator]:
            yield operator, values
            values = []
