"""The characters of a text object with their places."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, repeat

from extractors.readers.geometry.runs import CharBox
from extractors.readers.geometry.writing import is_wide
from extractors.readers.ofd.parts import Element, Matrix, apply, box, children, number

_ASCENT, _DESCENT = 0.88, 0.12
"""Of the type size, above and below the base line, as Chinese fonts have it."""
_TOKEN = re.compile(r"\S+")
_LARGEST = 10_000
_PLACEHOLDER = "¤"
"""What writers put where a glyph is named whose character they do not know."""


@dataclass(frozen=True, slots=True)
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


def advance(char: str) -> float:
    """About how wide a character is, in type sizes, where its font is not asked."""
    if is_wide(char) or ord(char) > 0x2E80:
        return 1.0
    if char in "mwMW%@—":
        return 1.0
    if char.isupper():
        return 0.8
    return 0.6 if char.isalpha() or not char.isascii() else 0.5


def glyphs(item: Element, outer: Matrix) -> Iterator[Glyph]:
    """The characters of a text object; `outer` leads from its own coordinates to user space (y upwards)."""
    size = number(item.get("Size", "0"))
    if size <= 0:
        area = box(item.get("Boundary"))
        size = area[3] if area is not None else 0.0
    if not 0 < size < _LARGEST:
        return
    turned = math.radians(number(item.get("CharDirection", "0")))
    along = math.radians(number(item.get("ReadDirection", "0")))
    stretch = number(item.get("HScale", "1")) or 1.0
    mapped = next(children(item, "CGTransform"), None) is not None
    x = y = 0.0
    at = 0
    for code in children(item, "TextCode"):
        text = (code.text or "").strip("\r\n\t")
        x, y = number(code.get("X", str(x))), number(code.get("Y", str(y)))
        px, py = x, y
        steps = _steps(code, text, size * stretch, along)
        for char, (dx, dy, natural) in zip(text, steps, strict=False):
            reach = dx * math.cos(turned) + dy * math.sin(turned)
            width = advance(char) * size * stretch
            if not (is_wide(char) or natural) and 0 < reach < width:
                width = reach
            known = "\ufffd" if mapped and char == _PLACEHOLDER else char
            yield _glyph(known, (px, py), (width, size), turned, outer)
            px, py, at = px + dx, py + dy, at + 1
    for _ in range(_without_code(item, at)):
        yield _glyph("\ufffd", (x, y), (size, size), turned, outer)


def _steps(code: Element, text: str, size: float, along: float) -> Iterator[tuple[float, float, bool]]:
    """Where the next character stands, for each character; the last of each means that no distance was given."""
    across = list(islice(deltas(code.get("DeltaX")), len(text)))
    down = list(islice(deltas(code.get("DeltaY")), len(text)))
    for i, char in enumerate(text):
        given = i < len(across) or i < len(down)
        if given:
            yield across[i] if i < len(across) else 0.0, down[i] if i < len(down) else 0.0, False
        else:
            step = advance(char) * size
            yield step * math.cos(along), step * math.sin(along), True


def _glyph(char: str, at: tuple[float, float], size: tuple[float, float], turned: float, outer: Matrix) -> Glyph:
    (x, y), (width, height) = at, size
    cos, sin = math.cos(turned), math.sin(turned)
    corners = [
        apply(outer, x + u * cos - v * sin, y + u * sin + v * cos)
        for u, v in ((0.0, -_ASCENT * height), (width, -_ASCENT * height), (0.0, _DESCENT * height))
    ]
    (ax, ay), (bx, by), (cx, cy) = corners
    dx, dy = bx + cx - ax, by + cy - ay
    xs, ys = (ax, bx, cx, dx), (ay, by, cy, dy)
    return Glyph(char, (min(xs), min(ys), max(xs), max(ys)), math.atan2(by - ay, bx - ax))


def _without_code(item: Element, codes: int) -> int:
    """Glyphs drawn behind the last character that has a code: text that only its font could tell."""
    lost = 0
    for transform in children(item, "CGTransform"):
        start = max(int(number(transform.get("CodePosition", "0"))), 0)
        named = sum(1 for glyph in children(transform, "Glyphs") for _ in _TOKEN.finditer(glyph.text or ""))
        if start >= codes:
            lost += named
    return lost
