"""The records of the grammar of materials."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One material to submit.

    Attributes:
        kind: report, photo, document, plan, minutes, table, screenshot, list, certificate, news, link or other.
        min_count: The minimum number in all.
        unit: The measure word of the number.
        min_words: The minimum number of words.
        points: The points for it.
        group: Items of one group are alternatives.
        raw: The phrase.
    """

    kind: str
    min_count: int | None
    unit: str | None
    min_words: int | None
    points: Decimal | None
    group: str | None
    raw: str


class Count(NamedTuple):
    """A minimum number with its unit; `is_each` if required of every one of several."""

    minimum: int | None = None
    unit: str | None = None
    is_each: bool = False


class Noun(NamedTuple):
    """A noun of material: where its phrase begins, where the noun ends, its kind."""

    start: int
    end: int
    kind: str
    is_bracketed: bool
