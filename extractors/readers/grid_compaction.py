"""Remove invisible grid lines: rows and columns in which no cell begins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class CellBox(NamedTuple):
    """The grid positions a cell covers, zero-based; the ends are exclusive."""

    top: int
    left: int
    bottom: int
    right: int


class GridLines:
    """The rows and columns in which a cell begins: the visible grid lines."""

    def __init__(self, boxes: Sequence[CellBox]) -> None:
        self._tops = sorted({box[0] for box in boxes})
        self._lefts = sorted({box[1] for box in boxes})
        self._row_of = _renumber(self._tops, (box[2] for box in boxes))
        self._column_of = _renumber(self._lefts, (box[3] for box in boxes))

    @property
    def n_rows(self) -> int:
        """Number of visible rows."""
        return len(self._tops)

    @property
    def n_cols(self) -> int:
        """Number of visible columns."""
        return len(self._lefts)

    def place(self, box: CellBox) -> CellBox:
        """Return the box in visible rows and columns."""
        top, left, bottom, right = box
        rows, columns = self._row_of, self._column_of
        return CellBox(rows[top], columns[left], rows[bottom], columns[right])

    def row(self, line: int) -> int:
        """Return the visible row of an original row line."""
        return bisect_left(self._tops, line)


def _renumber(starts: Sequence[int], ends: Iterable[int]) -> dict[int, int]:
    numbers = {line: new for new, line in enumerate(starts)}
    for end in set(ends) - numbers.keys():
        numbers[end] = bisect_left(starts, end)
    return numbers
