"""The hidden key of a row: which task it is, for which party, and how the row read when it was written.

`task_id|wording|row|filled|party`: `wording` is that of the task in the warehouse, `row` and `filled` are digests of
the protected and of the fill-in cells, so that a change of either shows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from warehouse.export.columns import COLUMNS, FILL_IN, POINTS, SERIAL

UNCOUNTED: Final = frozenset({SERIAL, POINTS, *FILL_IN})
"""Columns whose change is no change of a task: numbering and merged scores move when rows are sorted."""
SEPARATOR: Final = "|"
DIGITS: Final = 10
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class RowKey:
    """The parts of a key; `party` is None in a list that is not of one party."""

    task_id: str
    wording: str
    row: str
    filled: str
    party: str | None

    def __str__(self) -> str:
        return SEPARATOR.join((self.task_id, self.wording, self.row, self.filled, self.party or ""))


def parse(text: str) -> RowKey | None:
    """The key that `text` holds, None where it is none."""
    parts = text.strip().split(SEPARATOR, 4)
    if len(parts) != 5 or not all(parts[:4]):
        return None
    return RowKey(parts[0], parts[1], parts[2], parts[3], parts[4] or None)


def row_digest(cells: Mapping[str, str]) -> str:
    """A digest of the protected cells (header -> text), in whatever order; numbering and scores may move."""
    fixed = [column.header for column in COLUMNS if column.header in cells and column.header not in UNCOUNTED]
    return digest(f"{header}={cells[header]}" for header in fixed)


def fill_digest(cells: Mapping[str, str]) -> str:
    """A digest of the fill-in cells (header -> text)."""
    return digest(cells.get(header, "") for header in FILL_IN)


def digest(cells: Iterable[str]) -> str:
    """A digest of the texts of cells that does not see blanks and line breaks, which other programs write anew."""
    solid = "\x1f".join(_BLANKS.sub("", cell) for cell in cells)
    return hashlib.sha256(solid.encode()).hexdigest()[:DIGITS]
