"""What a page shows before it is understood: words and ruling lines, in points, origin at the upper left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from extractors.document import Block


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters on one line without a wide gap: a syllable, a phrase, or a whole recognised line.

    Coordinates are points (1/72 inch) from the upper left corner of the upright page, `top` < `bottom`. A carrier
    measured in pixels or millimetres converts before it comes here. The box spans the font's height, so that
    `bottom - top` is about the size of the type.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float | None = None
    """How sure a recogniser is, 0 to 1; None where the carrier knows its text."""
    turn: int = 0
    """How the text runs: 0 as usual, 90 upwards, 270 downwards (a heading turned within its cell)."""

    @property
    def size(self) -> float:
        """Height of the type in points."""
        return self.x1 - self.x0 if self.turn else self.bottom - self.top

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        """Horizontal centre."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight drawn line or thin bar, horizontal or vertical by its longer side; thickness may be zero."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One upright page. `number` counts from 1."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Points from left to right."""
        return self.x1 - self.x0

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Line:
    """Words standing side by side, left to right. `page` counts from 1, `size` is the height of the type."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    page: int
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a document in reading order.

    `confidence` gives, by locator of a cell or paragraph, the lowest confidence of its words where a recogniser
    stated one.
    """

    blocks: tuple[Block, ...]
    confidence: Mapping[str, float] = field(default_factory=dict)


def locator(page: int, box: Box | Line) -> str:
    """The place of something on a page, as users read it: `第3页 (72,100,520,180)`, in points."""
    return f"第{page}页 ({box.x0:.0f},{box.top:.0f},{box.x1:.0f},{box.bottom:.0f})"
