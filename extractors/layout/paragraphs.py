"""Lines of running text → paragraphs, told from indent, line width, spacing and punctuation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.document import Paragraph
from extractors.layout.model import Box, Line, locator
from extractors.layout.text_lines import begins_item, end_of, ended, wraps


@dataclass(frozen=True, slots=True)
class Margins:
    """Left and right edge of the running text, in points."""

    left: float
    right: float


def margins(lines: Sequence[Line], width: float) -> Margins:
    """The edges that the lines of pages of one `width` keep to.

    Lines of a short letter may all end early; then the right margin is taken to be as wide as the left one.
    """
    if not lines:
        return Margins(0.0, width)
    starts = sorted(line.x0 for line in lines)
    ends = sorted(end_of(line) for line in lines)
    left = starts[1] if len(starts) > 12 and starts[1] - starts[0] > 20.0 else starts[0]
    size = lines[0].size
    full = [e for e in ends if e > left + 0.6 * (width - 2 * left)]
    kept = [e for i, e in enumerate(full) if i + 2 < len(full) and full[i + 2] - e < size]
    right = full[-1] if full and len(full) < 3 else max(kept, default=ends[-1])
    if len(kept) < 3:
        return Margins(left, max(right, width - left))
    return Margins(left, max(e for e in full if e <= kept[-1] + size))


def _centred(line: Line, m: Margins) -> bool:
    indent, rest = line.x0 - m.left, m.right - line.x1
    return indent > 1.5 * line.size and rest > 1.5 * line.size and abs(indent - rest) < 1.5 * line.size


def _fills(line: Line, m: Margins) -> bool:
    """A centred line so long that little is left at both sides."""
    return abs((line.x0 - m.left) - (m.right - line.x1)) < line.size


def goes_on(before: Line, after: Line, m: Margins, step: float) -> bool:
    """Whether `after` continues the paragraph of `before`; `step` is the usual distance of lines
    in type sizes.
    """
    if abs(before.size - after.size) > 0.15 * max(before.size, after.size):
        return False
    same_page = before.page == after.page
    if same_page and after.top - before.top > max(1.45 * step, 1.2) * before.size:
        return False
    unit = before.size * 0.75
    if begins_item(before.text, after.text):
        return False
    if _centred(after, m) and (_centred(before, m) or _fills(before, m)):
        wide = (before.x1 - before.x0) > 0.75 * (m.right - m.left)
        return same_page and wide and not ended(before.text)
    if before.x1 - before.x0 < 0.5 * (m.right - m.left) or not wraps(before, after, m.left, m.right):
        return False
    if after.x0 <= m.left + unit:
        return True
    level = abs(after.x0 - before.x0) <= 0.5 * unit
    return (level or after.x0 < before.x0) and not ended(before.text) and not _centred(after, m)


def _step(lines: Sequence[Line]) -> float:
    """The usual distance of neighbouring lines of one paragraph in type sizes (the lower third of all)."""
    steps = sorted(
        (b.top - a.top) / a.size for a, b in pairwise(lines) if a.page == b.page and 0 < b.top - a.top < 4 * a.size
    )
    return steps[len(steps) // 3] if steps else 0.0


class Paragraphs:
    """Collects lines and gives them back as paragraphs. `step` and margins are those of the page of a line."""

    def __init__(self, confidence: dict[str, float]) -> None:
        self._open: list[Line] = []
        self._margins = Margins(0.0, 0.0)
        self._confidence = confidence

    def add(self, lines: Sequence[Line], m: Margins, *, note: bool = False) -> list[Paragraph]:
        """Take lines that follow each other; returns the paragraphs that are complete by now."""
        step = _step(lines)
        done: list[Paragraph] = []
        for line in lines:
            if self._open and goes_on(self._open[-1], line, self._facing(line, m), step):
                self._open.append(line)
            else:
                done += self.close(note=note)
                self._open = [line]
            self._margins = m
        return done

    def _facing(self, line: Line, m: Margins) -> Margins:
        """Margins to judge by: across a page edge both pages' text areas count."""
        if self._open[-1].page == line.page:
            return m
        return Margins(min(m.left, self._margins.left), max(m.right, self._margins.right))

    def close(self, *, note: bool = False) -> list[Paragraph]:
        """The paragraph being collected, if any."""
        if not self._open:
            return []
        lines, self._open = self._open, []
        text = lines[0].text.strip()
        for before, after in pairwise(lines):
            gap = " " if before.text[-1:].isascii() and before.text[-1:].isalpha() and after.text[:1].isascii() else ""
            text += gap + after.text.strip()
        first = [line for line in lines if line.page == lines[0].page]
        box = Box(
            min(line.x0 for line in first), first[0].top, max(line.x1 for line in first), first[-1].bottom
        )  # fmt: skip
        place = locator(lines[0].page, box)
        sure = [line.confidence for line in lines if line.confidence is not None]
        if sure:
            self._confidence[place] = min(sure)
        return [Paragraph(text, place, note=note)]
