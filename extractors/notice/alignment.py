"""The numbered duties of the body laid beside the rows of an annex table."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby, pairwise

from extractors.body.clauses import Clause
from extractors.phrases.labels import bigrams
from extractors.phrases.text import cjk_share, squeeze

_AWARD_END = re.compile(r"[（(][^（）()]{0,12}\d\s*分[^（）()]{0,12}[）)]\s*[;；。,，]?")
_QUOTES = re.compile(r"[“”\"'‘’「」]")
_LEAST_RUN = 5
ALIKE = 0.5
"""From this likeness on two texts say the same duty: 每季度研究创建工作 and 每月研究部署创建工作."""
_LEAST_ALIKE = 3
"""So many rows at least say a duty of the body in its words: two may do so by chance."""
_LEAST_GAIN = 0.35
_OPEN_GAIN = 0.3
_GAP = -0.05
_BOTH, _ROW, _PIECE = range(3)
"""How an alignment ends: with a row beside a piece, with a row alone, with a piece alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a clause that earns points of its own (the whole clause when it has one award or none)."""

    clause: Clause
    text: str
    first: bool


def numbered_run(clauses: Sequence[Clause]) -> list[Clause]:
    """The longest run of clauses numbered on from 1 without a break, across section headings; [] when too short."""
    best: list[Clause] = []
    run: list[Clause] = []
    for clause in clauses:
        if clause.number is None or not re.match(r"[（(]?\d", clause.label):
            continue
        if run and clause.number == (run[-1].number or 0) + 1:
            run.append(clause)
        elif clause.number == 1:
            run = [clause]
        if len(run) > len(best):
            best = list(run)
    return best if len(best) >= _LEAST_RUN else []


def pieces_of(clauses: Sequence[Clause]) -> list[Piece]:
    """The clauses cut behind each award （2分）."""
    out: list[Piece] = []
    for clause in clauses:
        text = clause.text.replace("\n", "")
        cuts = [m.end() for m in _AWARD_END.finditer(text)]
        if cuts and len(text) - cuts[-1] < 3:
            cuts[-1] = len(text)
        bounds = [0, *cuts] if cuts and cuts[-1] == len(text) else [0, *cuts, len(text)]
        parts = [text[a:b].strip() for a, b in pairwise(bounds) if text[a:b].strip()]
        out.extend(Piece(clause, part, i == 0) for i, part in enumerate(parts))
    return out


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """For comparing: without blanks, full and half width alike, quotation marks alike."""
    return _QUOTES.sub("", unicodedata.normalize("NFKC", squeeze(text)))


def likeness(a: Counter[str], b: Counter[str]) -> float:
    """Share of the character pairs that two texts have in common, 0 to 1."""
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 0.0


@dataclass(frozen=True)
class Numbered:
    """The numbered duties of a body, `run` ([] without any), and their pieces: prepared once for all its tables."""

    run: Sequence[Clause]
    pieces: Sequence[Piece]
    _alike: dict[str, list[float]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _pairs(self) -> list[Counter[str]]:
        return [bigrams(plain(p.text)) for p in self.pieces]

    @cached_property
    def _sizes(self) -> list[int]:
        return [pairs.total() for pairs in self._pairs]

    @cached_property
    def _places(self) -> dict[str, list[tuple[int, int]]]:
        """Character pair → the pieces it stands in, with how often."""
        places: dict[str, list[tuple[int, int]]] = {}
        for k, pairs in enumerate(self._pairs):
            for pair, count in pairs.items():
                places.setdefault(pair, []).append((k, count))
        return places

    def alike(self, text: str) -> list[float]:
        """The `likeness` of a text and each of the pieces; a row is asked about while it is mended and doubted."""
        solid = plain(text)
        if solid not in self._alike:
            self._alike[solid] = self._compared(bigrams(solid))
        return self._alike[solid]

    def _compared(self, mine: Counter[str]) -> list[float]:
        common = [0] * len(self.pieces)
        for pair, count in mine.items():
            for k, theirs in self._places.get(pair, ()):
                common[k] += count if count < theirs else theirs
        size = mine.total()
        return [2 * c / (size + s) if size + s else 0.0 for c, s in zip(common, self._sizes, strict=True)]


def numbered(clauses: Sequence[Clause]) -> Numbered:
    """The numbered duties among the clauses of a body."""
    run = numbered_run(clauses)
    return Numbered(run, pieces_of(run))


def is_debris(text: str) -> bool:
    """True for text that no Chinese notice writes: OCR of rules and seals, tags, foreign sentences."""
    solid = squeeze(text)
    return len(solid) > 2 and cjk_share(solid) < 0.3


def align(texts: Sequence[str], duties: Numbered) -> list[int | None]:
    """For every row the index of its piece, in order, or None; blank and garbled rows take what is left between.

    All are None where the table does not plainly repeat the body: fewer than six legible rows in ten are like any
    piece, or more rows are blank or garbled than like one.
    """
    m = len(duties.pieces)
    rows = [None if is_open(t) else duties.alike(t) for t in texts]
    legible = [row for row in rows if row is not None]
    like = sum(max(row, default=0.0) > ALIKE for row in legible)
    if like < _LEAST_ALIKE or like * 10 < len(legible) * 6 or len(rows) - len(legible) > like:
        return [None] * len(rows)
    steps = _steps([[_OPEN_GAIN] * m if row is None else [x - _LEAST_GAIN for x in row] for row in rows], m)
    out: list[int | None] = [None] * len(rows)
    i, j = len(rows), m
    while i and j:
        step = steps[i - 1][j - 1]
        if step == _BOTH:
            row = rows[i - 1]
            out[i - 1] = j - 1 if row is None or row[j - 1] > ALIKE else None
        i -= step != _PIECE
        j -= step != _ROW
    return _fitted(out, [row is None for row in rows], m)


def _fitted(found: Sequence[int | None], blank: Sequence[bool], m: int) -> list[int | None]:
    """`found` without the open rows that do not exactly fill a gap: two for one missing piece tell nothing."""
    out = list(found)
    for opens, run in groupby(range(len(out)), key=lambda i: blank[i]):
        at = list(run)
        if not opens:
            continue
        before = next((k for k in reversed(found[: at[0]]) if k is not None), -1)
        after = next((k for k in found[at[-1] + 1 :] if k is not None), m)
        fits = after - before - 1 == len(at)
        for n, i in enumerate(at):
            out[i] = before + 1 + n if fits else None
    return out


def is_open(text: str) -> bool:
    """True for a row that says nothing by its words: a blank one, or debris."""
    return not squeeze(text) or is_debris(text)


def _steps(gains: Sequence[Sequence[float]], m: int) -> list[bytearray]:
    """`steps[i][j]`: how the best alignment of the first i + 1 rows and j + 1 pieces ends. `gains` are those of rows
    laid beside pieces.
    """
    steps = []
    above = [0.0] * (m + 1)
    for gain in gains:
        here = [0.0]
        ends = bytearray(m)
        for j in range(m):
            best, end = above[j] + gain[j], _BOTH
            if above[j + 1] + _GAP > best:
                best, end = above[j + 1] + _GAP, _ROW
            if here[j] + _GAP > best:
                best, end = here[j] + _GAP, _PIECE
            here.append(best)
            ends[j] = end
        steps.append(ends)
        above = here
    return steps
