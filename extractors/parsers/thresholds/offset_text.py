"""A text without blanks and with half-width digits, that still knows where each character stood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.normalize import INVISIBLE, without

_DROPPED = re.compile(rf"(?:[^\S\n]|[{INVISIBLE}])+")
_HALF = {full: full - 0xFEE0 for full in range(ord("！"), ord("～") + 1) if chr(full) not in "，；：！？（）"}
_EVEN = _HALF | str.maketrans("()", "（）")
"""Full-width digits, letters and signs become half-width, brackets full; CJK punctuation and circled marks stay."""

_UNEVEN = re.compile(f"[{re.escape(''.join(map(chr, _EVEN)))}]")


@dataclass(frozen=True, slots=True)
class Solid:
    """`text` without blanks and invisible characters, line feeds kept; `text[i]` stands in `source[places[i]]`."""

    source: str
    text: str
    places: Sequence[int]

    @staticmethod
    @lru_cache(maxsize=256)
    def of(source: str) -> Solid:
        """The solid form of any text; brackets are written （）."""
        kept, places = without(source, _DROPPED)
        return Solid(source, kept.translate(_EVEN) if _UNEVEN.search(kept) else kept, places)

    def raw(self, start: int, end: int) -> str:
        """The piece of the source that `text[start:end]` stands for; "" for an empty piece."""
        return self.source[self.places[start] : self.places[end - 1] + 1] if end > start else ""
