"""Data model of a page: words, ruling lines and boxes in points from the upper left corner; its coordinates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from extractors.document import Block, ReadNote

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of x' = a x + c y + e, y' = b x + d y + f, as pdf and OFD state it."""
IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MAX_TILT: Final = 0.1
"""Radians off the nearest of the four directions; text tilted further is a watermark."""


@dataclass(slots=True, unsafe_hash=True)
class Word:
    """A run of characters on one line without a wide gap: a syllable, a phrase, or a whole recognised line.

    Coordinates are points (1/72 inch) from the upper left corner of the upright page, `top` < `bottom`. A reader that
    measures in pixels or millimetres converts them first. The box spans the height of the font, so that
    `bottom - top` is about the type size. Words are never mutated. (Not frozen, because creating frozen instances is
    three times slower.)
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float | None = None
    """Certainty of the recogniser, 0 to 1; None where the format states the text."""
    rotation: int = 0
    """Direction of the text in degrees: 0 to the right, 90 upwards, 270 downwards (a heading turned in its cell)."""
    doubtful: str = ""
    """The characters of the text of which the recogniser is not certain."""

    @property
    def size(self) -> float:
        """Type size in points."""
        return self.x1 - self.x0 if self.rotation else self.bottom - self.top

    @property
    def y_center(self) -> float:
        """Vertical centre."""
        return (self.top + self.bottom) / 2

    @property
    def x_center(self) -> float:
        """Horizontal centre."""
        return (self.x0 + self.x1) / 2


class Ruling(NamedTuple):
    """A straight drawn line or thin bar, horizontal or vertical by its longer side; thickness may be zero."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One upright page; `number` counts from 1."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    rulings: tuple[Ruling, ...] = ()


class Box(NamedTuple):
    """A rectangle on a page."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Horizontal extent in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent in points."""
        return self.bottom - self.top

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies inside."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


class TextLine(NamedTuple):
    """Words side by side, joined from left to right; `page` counts from 1, `size` is the type size in points."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    page: int
    confidence: float | None = None
    doubtful: str = ""


@dataclass(frozen=True, slots=True)
class Certainty:
    """How certain the recogniser was, by the locator of a cell or paragraph; filled while a document is laid out."""

    confidence: dict[str, float] = field(default_factory=dict)
    """The lowest confidence of its words, where a recogniser stated one."""
    doubtful: dict[str, str] = field(default_factory=dict)
    """The characters of which it was not certain."""

    def add(self, locator: str, lines: Sequence[TextLine]) -> None:
        """Add the lines of a cell or paragraph."""
        confidences = [line.confidence for line in lines if line.confidence is not None]
        if confidences:
            self.confidence[locator] = min(confidences)
        if doubtful := "".join(line.doubtful for line in lines):
            self.doubtful[locator] = doubtful


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a document in reading order.

    `confidence` maps the locator of a cell or paragraph to the lowest confidence of its words, where a recogniser
    stated one; `doubtful` the characters of which it was not certain.
    """

    blocks: tuple[Block, ...]
    confidence: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[ReadNote, ...] = ()
    """What a person should know of how tables were found."""
    lost_chars: int = 0
    """Non-blank characters of words that came into no line and no cell."""
    doubtful: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The visible rectangle of a page in its own user space (y upwards), and the direction in which it is read.

    `quarter_turns` is the direction of most of its text: 0 to the right, 1 upwards, 2 to the left, 3 downwards.
    """

    left: float
    bottom: float
    right: float
    top: float
    quarter_turns: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the upright page in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.quarter_turns % 2 else (width, height)

    def to_page_point(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point of the user space to the upright page."""
        if self.quarter_turns == 0:
            return x - self.left, self.top - y
        if self.quarter_turns == 1:
            return y - self.bottom, x - self.left
        if self.quarter_turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def to_page_box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Convert a rectangle given by two corners to x0, top, x1, bottom on the upright page."""
        (ax, ay), (bx, by) = self.to_page_point(x0, y0), self.to_page_point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def round_to_quarter_turns(angle: float) -> int | None:
    """Convert a clockwise angle in radians, as pdfium states it, to counter-clockwise quarter turns.

    Returns:
        0 to 3, or None for text tilted against all four directions.
    """
    turns = -angle / (math.pi / 2)
    nearest = round(turns)
    return nearest % 4 if abs(turns - nearest) * (math.pi / 2) <= _MAX_TILT else None


def multiply_matrices(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that applies `inner` first, then `outer`."""
    if outer == IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def transform_point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return a point transformed by a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def page_locator(page: int, box: Box | TextLine) -> str:
    """Return the place of something on a page as users read it: `第3页 (72,100,520,180)`, in points."""
    return f"第{page}页 ({box.x0:.0f},{box.top:.0f},{box.x1:.0f},{box.bottom:.0f})"
