"""Rows that the points of a table give away: sections and totals, whatever they are called.

A section states the sum of the items below it, a total that of all items. One such row may be chance; where sections
divide the whole table without remainder it is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MIN_SECTIONS: Final = 2
"""甲 班子带头 40 | 1 … 15 | 2 … 25 | 乙 群众参与 60 | …: one section alone may be an item that is the sum of others."""
MIN_ITEMS: Final = 2
"""Items that at least two of the sections have; a section of one item repeats its points."""
TOLERANCE: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A row with points.

    Attributes:
        row: the row of the body.
        points: its points.
        can_head: whether it may be a section or a total: no sentence, nothing that items have beside their points.
        kind: what tells its text from those of other rows, such as how it is numbered.
    """

    row: int
    points: Decimal
    can_head: bool
    kind: str


def find_total(rows: Sequence[ScoredRow]) -> int | None:
    """Return the first or last row if it states the sum of all others or of the sections among them, else None."""
    if len(rows) <= MIN_SECTIONS:
        return None
    for total, others in ((rows[-1], rows[:-1]), (rows[0], rows[1:])):
        if not total.can_head or 2 * sum(row.kind == total.kind for row in others) > len(others):
            continue
        points = _sum(others)
        sections = find_sections(others)
        if _equal(total.points, points) or (sections and _equal(total.points * 2, points)):
            return total.row
    return None


def find_sections(rows: Sequence[ScoredRow]) -> list[int]:
    """Return the rows that divide a table into sections whose points are the sums of their items; none if they do not.

    Args:
        rows: the rows with points in order, without totals.
    """
    sections: list[int] = []
    large = 0
    start = 0
    while start < len(rows):
        size = _count_items(rows, start)
        if not size:
            return []
        sections.append(rows[start].row)
        large += size >= MIN_ITEMS
        start += size + 1
    return sections if large >= MIN_SECTIONS else []


def _count_items(rows: Sequence[ScoredRow], start: int) -> int:
    """Return how many items follow a section whose points are theirs, 0 if it is no section."""
    section, total = rows[start], Decimal()
    if not section.can_head:
        return 0
    for size, item in enumerate(rows[start + 1 :], 1):
        if item.kind == section.kind and item.can_head:
            return 0
        total += item.points
        if _equal(total, section.points):
            return size
        if total > section.points:
            return 0
    return 0


def _sum(rows: Sequence[ScoredRow]) -> Decimal:
    return sum((row.points for row in rows), Decimal())


def _equal(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= TOLERANCE
