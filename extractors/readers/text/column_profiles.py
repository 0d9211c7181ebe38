"""What the columns of a text table hold, to tell which cells of a row with too few of them are missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from math import log
from statistics import fmean
from typing import Final

NUMBER: Final = re.compile(r"[\d.]+[分%]?")
"""12, 2.5分, 95%."""
MISPLACED: Final = 3.0
"""Cost of a text where the other rows are blank; of a blank cell where they have text, half of it."""
_NO_HEADINGS: Final = 1.0
"""Cost for each row if what is missing is not at the left end, where headings span rows."""
MAX_MISSING: Final = 3
"""Levels of headings that span rows."""


@dataclass
class ColumnProfile:
    """The texts of one column in rows that have all cells."""

    texts: list[str] = field(default_factory=list)
    is_spanned: bool = False
    """Whether cells span several rows."""
    times_known: int = 1
    """How often the column holds a known text or character; more than once where its rows are only assumed."""

    @cached_property
    def _numbers(self) -> float:
        return sum(NUMBER.fullmatch(text) is not None for text in self.texts) / max(len(self.texts), 1)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(text for text, times in Counter(self.texts).items() if times >= self.times_known)

    @cached_property
    def _blank(self) -> float:
        return sum(not text for text in self.texts) / max(len(self.texts), 1)

    @cached_property
    def _length(self) -> float:
        lengths = [len(text) for text in self.texts if text]
        return fmean(lengths) if lengths else 0.0

    def cost(self, text: str) -> float:
        """Return how unlike a text is to those of the column."""
        if not text:
            return MISPLACED / 2 * (1 - self._blank)
        if text in self._known:
            return 0.0
        if not self._length:
            return MISPLACED
        unlike = abs((NUMBER.fullmatch(text) is not None) - self._numbers)
        return min(abs(log((len(text) + 1) / (self._length + 1))) + MISPLACED * unlike, MISPLACED) + self._blank

    @cached_property
    def _characters(self) -> frozenset[str]:
        times = Counter(character for text in self.texts for character in set(text))
        return frozenset(character for character, n_texts in times.items() if n_texts >= self.times_known)

    def strangeness(self, text: str) -> float:
        """Return the share of the characters of a text that the column does not hold."""
        return sum(character not in self._characters for character in text) / max(len(text), 1)


def find_filled_columns(
    rows: Sequence[Sequence[str]], profiles: Sequence[ColumnProfile], strange: float = 0.0
) -> tuple[int, ...]:
    """Return the columns that rows of the same number of cells fill, if they have too few for all.

    Args:
        rows: the texts of the rows, each of them of as many cells.
        profiles: the columns, more of them.
        strange: the cost of a text none of whose characters its column holds.
    """
    size = len(rows[0])

    def cost(columns: Sequence[int]) -> float:
        are_headings = columns[0] == len(profiles) - size
        pairs = [(profiles[c], text) for row in rows for c, text in zip(columns, row, strict=True)]
        unlike = sum(profile.cost(text) + (strange and strange * profile.strangeness(text)) for profile, text in pairs)
        return unlike + (0.0 if are_headings else _NO_HEADINGS * len(rows))

    return min(combinations(range(len(profiles)), size), key=cost)
