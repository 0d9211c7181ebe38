"""The characters of a text object with their places."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, repeat

from extractors.layout.glyph_runs import CharBox
from extractors.layout.text_lines import is_wide
from extractors.readers.ofd.parts import Element, Matrix, apply, box, children, number

_ASCENT = 0.88
"""Of the type size, above the base line, as Chinese fonts have it."""
_TOKEN = re.compile(r"\S+")
_LARGEST = 10_000
_IDEOGRAPHS = 0x2E80
_PLACEHOLDER = "¤"
"""What writers put where a glyph is named whose character they do not know."""


@dataclass(slots=True)
class Glyph:
    """A character, its box in user space, and the angle of its base line against the clock, in radians.

    `char` is U+FFFD where only the font could tell what the glyph means.
    """

    char: str
    box: CharBox
    angle: float


def deltas(text: str | None) -> Iterator[float]:
    """The distances of a `DeltaX` or `DeltaY`; `g n v` stands for n times v. May be long: take what is needed."""
    found = (match.group() for match in _TOKEN.finditer((text or "").replace(",", " ")))
    for token in found:
        if token.lower() == "g":
            count, value = next(found, ""), number(next(found, "0"))
            yield from repeat(value, max(int(number(count)), 0))
        else:
            yield number(token)


class Widths:
    """How wide characters are, in type sizes: told by the closest that another was ever set behind them.

    Fonts are not opened: most are not embedded, and every writer states the distances.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], float] = {}

    def of(self, font: str, char: str, step: float | None = None) -> float:
        """The width of a character of a font; `step` is the distance to the one behind it, where stated."""
        if is_wide(char) or ord(char) > _IDEOGRAPHS:
            return 1.0
        usual, most = _narrow(char)
        key = (font, "0" if char.isdecimal() else char)
        known = self._seen.get(key, most)
        if step is not None and 0 < step <= known:
            self._seen[key] = known = step
        return known if key in self._seen else usual


def _narrow(char: str) -> tuple[float, float]:
    """The usual and the greatest width of a character that takes no full square."""
    if not char.isascii():
        return 1.0, 1.1
    if char in "mwMW%@":
        return 0.9, 1.05
    if char.isupper():
        return 0.7, 0.9
    return 0.5, 0.7


def glyphs(item: Element, outer: Matrix, widths: Widths) -> Iterator[Glyph]:
    """The characters of a text object; `outer` leads from its own coordinates to user space (y upwards)."""
    size = number(item.get("Size", "0"))
    if size <= 0:
        area = box(item.get("Boundary"))
        size = area[3] if area is not None else 0.0
    if not 0 < size < _LARGEST:
        return
    turned = math.radians(number(item.get("CharDirection", "0")))
    along = math.radians(number(item.get("ReadDirection", "0")))
    cos, sin = math.cos(turned), math.sin(turned)
    em = size * (number(item.get("HScale", "1")) or 1.0)
    pen = _Pen((cos, sin), size, outer)
    font = item.get("Font", "")
    mapped = next(children(item, "CGTransform"), None) is not None
    x = y = 0.0
    codes = 0
    for code in children(item, "TextCode"):
        text = (code.text or "").strip("\r\n\t")
        codes += len(text)
        x, y = number(code.get("X", str(x))), number(code.get("Y", str(y)))
        px, py = x, y
        across = list(islice(deltas(code.get("DeltaX")), len(text)))
        down = list(islice(deltas(code.get("DeltaY")), len(text)))
        for i, char in enumerate(text):
            if i < len(across) or i < len(down):
                dx, dy = across[i] if i < len(across) else 0.0, down[i] if i < len(down) else 0.0
                width = widths.of(font, char, (dx * cos + dy * sin) / em) * em
            else:
                width = widths.of(font, char) * em
                dx, dy = width * math.cos(along), width * math.sin(along)
            yield pen.draw("\ufffd" if mapped and char == _PLACEHOLDER else char, px, py, width)
            px, py = px + dx, py + dy
    for _ in range(_without_code(item, codes)):
        yield pen.draw("\ufffd", x, y, size)


class _Pen:
    """Draws the characters of one text object: boxes in user space for places in its own coordinates."""

    def __init__(self, direction: tuple[float, float], size: float, outer: Matrix) -> None:
        cos, sin = direction
        a, b, c, d, _, _ = outer
        self._outer = outer
        self._right = (a * cos + c * sin, b * cos + d * sin)
        under = (c * cos - a * sin, d * cos - b * sin)
        self._above = (-_ASCENT * size * under[0], -_ASCENT * size * under[1])
        self._tall = (size * under[0], size * under[1])
        self._angle = math.atan2(self._right[1], self._right[0])

    def draw(self, char: str, x: float, y: float, width: float) -> Glyph:
        """A character whose base line begins at x, y."""
        at_x, at_y = apply(self._outer, x, y)
        left, top = at_x + self._above[0], at_y + self._above[1]
        xs = (left, left + self._right[0] * width, left + self._tall[0], left + self._tall[0] + self._right[0] * width)
        ys = (top, top + self._right[1] * width, top + self._tall[1], top + self._tall[1] + self._right[1] * width)
        return Glyph(char, (min(xs), min(ys), max(xs), max(ys)), self._angle)


def _without_code(item: Element, codes: int) -> int:
    """Glyphs drawn behind the last character that has a code: text that only its font could tell."""
    lost = 0
    for transform in children(item, "CGTransform"):
        start = max(int(number(transform.get("CodePosition", "0"))), 0)
        named = sum(1 for glyph in children(transform, "Glyphs") for _ in _TOKEN.finditer(glyph.text or ""))
        if start >= codes:
            lost += named
    return lost
