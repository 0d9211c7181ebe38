"""The hidden key of a row: which task it is, for which party, and how the row read when it was written.

`task_id|wording|row|filled|party`: `wording` is that of the task in the warehouse, `row` and `filled` are digests of
the protected and of the fill-in cells, so that a change of either shows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

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


def digest(cells: Iterable[str]) -> str:
    """A digest of the texts of cells that does not see blanks and line breaks, which other programs write anew."""
    solid = "\x1f".join(_BLANKS.sub("", cell) for cell in cells)
    return hashlib.sha256(solid.encode()).hexdigest()[:DIGITS]
