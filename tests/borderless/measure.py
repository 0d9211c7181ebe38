"""Rows of a notice without its ruling lines against the rows of the same pages with them.

A row is right if every field of its task is read as from the page with lines. The truth of `tests/gold` gives the F1
beside it; one of the seven is a recognised scan, whose debris no print can give right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors import extract
from tests.borderless.printing import take_lines_out
from tests.extractors.notice.scoring import FIELDS, compare, extracted, f1
from tests.extractors.published import extraction_of

_TESTS = Path(__file__).parents[1]
SLUGS = ("hb-xiaogan-2022", "huarong-2021", "sd-mixed-2024", "shanwei-2016", "tongchuan", "yiyang-2021", "zibo-2023")


@dataclass(frozen=True, slots=True)
class Score:
    """How one notice is read in one print; `wrong` names the fields that differ."""

    slug: str
    kind: str
    rows: int
    right: int
    f1: float
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of rows that are right."""
        return self.right / self.rows


@cache
def measure(slug: str, kind: str) -> Score:
    """Print a notice without lines of a kind, read it, and compare its rows."""
    path = _TESTS / "notices" / "pdf" / f"{slug}.pdf"
    wanted = extracted(extraction_of(path))
    found = extract(take_lines_out(path.read_bytes(), kind), path.name)
    got = extracted(found)
    _, pairs = compare(wanted, got)
    wrong = {i: _differences(task, got[pairs[i]] if i in pairs else None) for i, task in enumerate(wanted)}
    told = [f"row {i + 1}: {place}" for i, places in wrong.items() for place in places]
    right = sum(not places for places in wrong.values())
    return Score(slug, kind, len(wanted), right, f1(found, _TESTS / "gold" / slug), tuple(told))


def _differences(wanted: dict[str, Any], got: dict[str, Any] | None) -> list[str]:
    if got is None:
        return [f"missing {wanted['requirement'][:40]!r}"]
    return [
        f"{field} {str(wanted[field])[:40]!r} read as {str(got[field])[:40]!r}"
        for field in FIELDS
        if wanted[field] != got[field]
    ]
