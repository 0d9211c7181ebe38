"""Characters with their boxes → words: what every carrier that knows its characters shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from extractors.layout.coordinates import Frame
from extractors.layout.model import Word
from extractors.layout.text_lines import blank_gap, is_wide

_OVERLAP = 0.6
_BASELINE = 0.3
_NARROWEST = 0.6
"""The boxes of some fonts are half as tall again as the type; anything beyond comes from condensed letters."""

CharBox = tuple[float, float, float, float]
"""x0, y0, x1, y1 of a character in the user space of the page (y upwards)."""


@dataclass(slots=True)
class Run:
    """Characters behind each other in one direction, in the user space of the page (y upwards)."""

    turn: int
    text: list[str]
    x0: float
    y0: float
    x1: float
    y1: float
    visible: bool
    unmapped: bool
    em: float
    """Height of the type over the height of the boxes, told by the width of an ideograph; 0 when there is none."""


@dataclass(slots=True)
class Glyphs:
    """All runs of a page; `tilted` counts characters set aside as watermark."""

    runs: list[Run] = field(default_factory=list)
    tilted: int = 0

    def direction(self) -> int:
        """The direction in which most characters run, in quarter turns."""
        votes: Counter[int] = Counter()
        for run in self.runs:
            votes[run.turn] += len(run.text)
        return votes.most_common(1)[0][0] if votes else 0

    def counts(self) -> tuple[int, int, int]:
        """Characters with a meaning, characters without one, and invisible ones among the former."""
        good = bad = hidden = 0
        for run in self.runs:
            for char in run.text:
                if run.unmapped or is_debris(char):
                    bad += 1
                elif not char.isspace():
                    good += 1
                    hidden += not run.visible
        return good, bad, hidden


def is_debris(char: str) -> bool:
    """Whether a character says nothing: replacement, private use, control."""
    code = ord(char)
    return code == 0xFFFD or 0xE000 <= code <= 0xF8FF or code < 0x20 or 0x7F <= code < 0xA0 or code >= 0xF0000


def begin(turn: int, char: str, box: CharBox, *, visible: bool, unmapped: bool) -> Run:
    """A run of one character. `turn` is the direction it is read in, in quarter turns against the clock."""
    x0, y0, x1, y1 = box
    width, height = (x1 - x0, y1 - y0) if turn % 2 == 0 else (y1 - y0, x1 - x0)
    em = min(max(width / height, _NARROWEST), 1.0) if is_wide(char) and height > 0 else 0.0
    return Run(turn, [char], x0, y0, x1, y1, visible, unmapped, em)


def follows(run: Run, char: str, box: CharBox) -> bool:
    """Whether a character stands directly behind a run, on its line."""
    x0, y0, x1, y1 = box
    if run.turn % 2 == 0:
        size, low, high, at, until = run.y1 - run.y0, run.y0, run.y1, (y0 + y1) / 2, x1 - x0
        gap = x0 - run.x1 if run.turn == 0 else run.x0 - x1
    else:
        size, low, high, at, until = run.x1 - run.x0, run.x0, run.x1, (x0 + x1) / 2, y1 - y0
        gap = y0 - run.y1 if run.turn == 1 else run.y0 - y1
    if abs(at - (low + high) / 2) > _BASELINE * size or gap < -_OVERLAP * max(until, 0.3 * size):
        return False
    return gap <= blank_gap(run.text[-1], char) * size * (run.em or 1.0)


def append(run: Run, char: str, box: CharBox) -> None:
    """Add the character that `follows` a run."""
    x0, y0, x1, y1 = box
    first = char.isalnum() and not any(c.isalnum() for c in run.text[-8:])
    run.text.append(char)
    if run.turn % 2 == 0:
        # The height is that of the first letter or figure: a tall bracket must not make the line taller.
        run.x0, run.x1 = min(run.x0, x0), max(run.x1, x1)
        if first:
            run.y0, run.y1 = y0, y1
    else:
        run.y0, run.y1 = min(run.y0, y0), max(run.y1, y1)
        if first:
            run.x0, run.x1 = x0, x1


def words_of(glyphs: Glyphs, frame: Frame, keep: Callable[[Run], bool]) -> tuple[Word, ...]:
    """The runs that `keep` admits, as words on the upright page; text printed twice for boldness is taken once."""
    words: list[Word] = []
    printed: set[tuple[str, int, int]] = set()
    turns = {0: 0, 1: 90, 2: 0, 3: 270}
    ems = sorted(run.em for run in glyphs.runs if run.em)
    usual = ems[len(ems) // 2] if ems else 1.0
    for run in glyphs.runs:
        text = "".join(run.text).rstrip()
        if not text or not keep(run):
            continue
        x0, top, x1, bottom = frame.box(run.x0, run.y0, run.x1, run.y1)
        shrink = (1.0 - (run.em or usual)) / 2
        if (run.turn - frame.turn) % 2:
            x0, x1 = x0 + shrink * (x1 - x0), x1 - shrink * (x1 - x0)
        else:
            top, bottom = top + shrink * (bottom - top), bottom - shrink * (bottom - top)
        turn = turns[(run.turn - frame.turn) % 4] if len(text) > 1 else 0
        step = max((x1 - x0 if turn else bottom - top) * 0.25, 0.5)
        column, row = round(x0 / step), round(top / step)
        if any((text, column + i, row + j) in printed for i in (-1, 0, 1) for j in (-1, 0, 1)):
            continue
        printed.add((text, column, row))
        words.append(Word(text, x0, top, x1, bottom, None, turn))
    return tuple(words)
