"""Which tasks ask for the very same to the letter, and which hold all that another asks for.

Only what must be right without a look at the originals: 小学生 beside 中学生, 每季度 beside 每年 or 2次 beside 4次 are
other requirements. Numbers may differ where they are bounds (不少于2次, 不少于4次): the strictest serves both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

MIN_CHARACTERS: Final = 8
"""Characters from which a text says what is asked: 加强领导 is no task of its own."""
MAX_CLAUSES: Final = 60
"""Clauses of a text in which another is looked for; more are a whole page and no requirement."""
_DROPPED = re.compile(r"[\s“”\"'‘’「」『』]")
_EVEN_WIDTH: Final = {full: full - 0xFEE0 for full in range(ord("！"), ord("～") + 1)}
"""Full-width digits, letters and marks become half-width."""
_MARK = re.compile(r"(?<!\d)[,。;!]|[,。;!](?!\d)")
_SENTENCE_ENDS: Final = "。;!"
_WITHIN_CLAUSE = re.compile(r"(?<!\d)[:、()]|[:、()](?!\d)")
"""Marks that change nothing of what is said, unless they stand between numbers."""
_LAST_NUMBER = re.compile(r"\d+(?:\.\d+)?(?=\D*$)")
_RESTRICTS = re.compile("除外|仅限|只限|不含|不包括|不适用|不作要求|免于")
"""A text that takes something out again holds none of its parts whole: 开展诚信教育，小学除外."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a task asks for.

    Attributes:
        text: Its text.
        heading: What it stands below, where the text does not name its subject.
        bounds: The parts of the text that state a bound: 举办讲座不少于4次.
    """

    text: str
    heading: str
    bounds: tuple[str, ...]


def compare_requirements(requirements: Sequence[Requirement]) -> tuple[list[int | None], list[tuple[int, int]]]:
    """Return for each requirement the place of the first one that is the same, and pairs (part, whole) of such places.

    A requirement that is too short to be compared has None.
    """
    clauses = [_split_clauses(one) for one in requirements]
    firsts: dict[tuple[str, str], int] = {}
    same: list[int | None] = []
    for place, (one, own) in enumerate(zip(requirements, clauses, strict=True)):
        body = "".join(text for text, _ in own)
        same.append(firsts.setdefault((body, one.heading), place) if len(body) >= MIN_CHARACTERS else None)
    parts = set()
    for place in firsts.values():
        for body in _whole_parts(clauses[place]):
            part = firsts.get((body, requirements[place].heading))
            if part is not None:
                parts.add((part, place))
    return same, sorted(parts)


def _split_clauses(requirement: Requirement) -> list[tuple[str, bool]]:
    """Return the clauses of a text, numbers of bounds left out, each with whether a sentence ends behind it."""
    text = _even(requirement.text)
    for bound in sorted(set(map(_even, requirement.bounds)), key=len, reverse=True):
        text = text.replace(bound, _LAST_NUMBER.sub("#", bound))
    ends = [*(match.span() for match in _MARK.finditer(text)), (len(text), len(text))]
    clauses = []
    start = 0
    for end, next_start in ends:
        clause = _WITHIN_CLAUSE.sub("", text[start:end])
        if clause:
            clauses.append((clause, text[end:next_start] in _SENTENCE_ENDS))
        start = next_start
    return clauses


def _even(text: str) -> str:
    return _DROPPED.sub("", text).translate(_EVEN_WIDTH)


def _whole_parts(clauses: Sequence[tuple[str, bool]]) -> Iterator[str]:
    """Yield the texts that stand whole in another one: from the beginning of a sentence to the end of a clause.

    A clause within a sentence may only hold for what is said before it: 在农村，开展环境整治.
    """
    texts = [text for text, _ in clauses]
    if len(clauses) > MAX_CLAUSES or _RESTRICTS.search("".join(texts)):
        return
    for start in range(len(clauses)):
        if start == 0 or clauses[start - 1][1]:
            bodies = accumulate(texts[start:])
            yield from (body for body in bodies if len(body) >= MIN_CHARACTERS and body != "".join(texts))
