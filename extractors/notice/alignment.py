"""Align the numbered clauses of the body with the rows of an annex table."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby, pairwise

from extractors.body.provisions import Clause
from extractors.normalize import cjk_share, count_bigrams, strip_whitespace

_AWARD_END = re.compile(r"[（(][^（）()]{0,12}\d\s*分[^（）()]{0,12}[）)]\s*[;；。,，]?")
_CODE = re.compile(
    r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫIVX]{1,4}[-—－–]\d{1,3}(?:[-—－–]\d{1,3})*|[A-Z]?\d{1,2}(?:[.．—－–-]\d{1,2}){1,2}(?<![.．]0)"
)
_QUOTES = re.compile(r"[“”\"'‘’「」]")
_MIN_RUN = 5
MAX_COMPARISONS = 250_000
"""Rows times parts: larger tables are not aligned."""
MIN_SIMILARITY = 0.5
"""Texts at least this similar are the same requirement: 每季度研究创建工作 and 每月研究部署创建工作."""
_MIN_SIMILAR_ROWS = 3
"""Rows that must be similar to a clause: two may be so by chance."""
_GAIN_OFFSET = 0.35
_BLANK_ROW_GAIN = 0.3
_GAP_PENALTY = -0.05
_BOTH, _ROW, _PART = range(3)
"""How an alignment ends: with a row and a part, with a row alone, with a part alone."""


@dataclass(frozen=True, slots=True)
class ClausePart:
    """A part of a clause that earns points of its own (the whole clause if it has one award or none)."""

    clause: Clause
    text: str
    first: bool


@dataclass(frozen=True)
class NumberedClauses:
    """The numbered clauses of a body (`run`, [] if none) and their parts, prepared once for all tables."""

    run: Sequence[Clause]
    parts: Sequence[ClausePart]
    _cache: dict[str, list[float]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _part_bigrams(self) -> list[Counter[str]]:
        return [count_bigrams(comparison_key(p.text)) for p in self.parts]

    @cached_property
    def _part_sizes(self) -> list[int]:
        return [pairs.total() for pairs in self._part_bigrams]

    @cached_property
    def _parts_by_bigram(self) -> dict[str, list[tuple[int, int]]]:
        """Bigram → the parts it occurs in, with its count."""
        parts: dict[str, list[tuple[int, int]]] = {}
        for k, pairs in enumerate(self._part_bigrams):
            for bigram, count in pairs.items():
                parts.setdefault(bigram, []).append((k, count))
        return parts

    def similarities(self, text: str) -> list[float]:
        """Return the similarity of a text to each part; cached, because repair and checks both compare the rows."""
        key = comparison_key(text)
        if key not in self._cache:
            self._cache[key] = self._compute(count_bigrams(key))
        return self._cache[key]

    def _compute(self, bigram_counts: Counter[str]) -> list[float]:
        common = [0] * len(self.parts)
        for bigram, count in bigram_counts.items():
            for k, part_count in self._parts_by_bigram.get(bigram, ()):
                common[k] += count if count < part_count else part_count
        size = bigram_counts.total()
        return [2 * c / (size + s) if size + s else 0.0 for c, s in zip(common, self._part_sizes, strict=True)]


def longest_numbered_run(clauses: Sequence[Clause]) -> list[Clause]:
    """Return the longest run of clauses numbered from 1 without a gap, across sections; [] if it is too short."""
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
    return best if len(best) >= _MIN_RUN else []


def split_at_awards(clauses: Sequence[Clause]) -> list[ClausePart]:
    """Split the clauses after each award （2分）."""
    out: list[ClausePart] = []
    for clause in clauses:
        text = clause.text.replace("\n", "")
        cuts = [m.end() for m in _AWARD_END.finditer(text)]
        if cuts and len(text) - cuts[-1] < 3:
            cuts[-1] = len(text)
        bounds = [0, *cuts] if cuts and cuts[-1] == len(text) else [0, *cuts, len(text)]
        parts = [text[start:stop].strip() for start, stop in pairwise(bounds) if text[start:stop].strip()]
        out.extend(ClausePart(clause, part, i == 0) for i, part in enumerate(parts))
    return out


@lru_cache(maxsize=2048)
def comparison_key(text: str) -> str:
    """Return `text` for comparison: without whitespace, widths folded, without quotation marks."""
    return _QUOTES.sub("", unicodedata.normalize("NFKC", strip_whitespace(text)))


def dice_similarity(a: Counter[str], b: Counter[str]) -> float:
    """Return the Dice similarity of two bigram counts, 0 to 1."""
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 0.0


def collect_numbered_clauses(clauses: Sequence[Clause]) -> NumberedClauses:
    """Return the numbered clauses among the clauses of a body."""
    run = longest_numbered_run(clauses)
    return NumberedClauses(run, split_at_awards(run))


def is_garbled(text: str) -> bool:
    """Return whether `text` is no Chinese: recognised rulings and seals, tags, foreign sentences; no code (Ⅱ-1)."""
    compact = strip_whitespace(text)
    return len(compact) > 2 and cjk_share(compact) < 0.3 and not _CODE.fullmatch(compact)


def align_rows(texts: Sequence[str], numbered: NumberedClauses) -> list[int | None]:
    """Return for every row the index of its clause part, in order, or None.

    Blank and garbled rows take the parts left between legible ones. All are None if the table does not plainly repeat
    the body: if fewer than six legible rows in ten are similar to any part, or if more rows are blank or garbled than
    similar.

    Args:
        texts: the texts of the rows.
        numbered: the numbered clauses of the body.
    """
    n_parts = len(numbered.parts)
    rows = [None if is_blank_or_garbled(t) else numbered.similarities(t) for t in texts]
    legible = [row for row in rows if row is not None]
    n_similar = sum(max(row, default=0.0) > MIN_SIMILARITY for row in legible)
    if n_similar < _MIN_SIMILAR_ROWS or n_similar * 10 < len(legible) * 6 or len(rows) - len(legible) > n_similar:
        return [None] * len(rows)
    steps = _alignment_steps(
        [[_BLANK_ROW_GAIN] * n_parts if row is None else [x - _GAIN_OFFSET for x in row] for row in rows], n_parts
    )
    out: list[int | None] = [None] * len(rows)
    i, j = len(rows), n_parts
    while i and j:
        step = steps[i - 1][j - 1]
        if step == _BOTH:
            row = rows[i - 1]
            out[i - 1] = j - 1 if row is None or row[j - 1] > MIN_SIMILARITY else None
        i -= step != _PART
        j -= step != _ROW
    return _drop_ambiguous_gaps(out, [row is None for row in rows], n_parts)


def is_blank_or_garbled(text: str) -> bool:
    """Return whether a row has no legible text."""
    return not strip_whitespace(text) or is_garbled(text)


def _drop_ambiguous_gaps(aligned: Sequence[int | None], blank: Sequence[bool], n_parts: int) -> list[int | None]:
    """Return `aligned` without open rows that do not exactly fill a gap between aligned ones."""
    out = list(aligned)
    for is_blank, run in groupby(range(len(out)), key=lambda i: blank[i]):
        indices = list(run)
        if not is_blank:
            continue
        before = next((k for k in reversed(aligned[: indices[0]]) if k is not None), -1)
        after = next((k for k in aligned[indices[-1] + 1 :] if k is not None), n_parts)
        fits = after - before - 1 == len(indices)
        for n, i in enumerate(indices):
            out[i] = before + 1 + n if fits else None
    return out


def _alignment_steps(gains: Sequence[Sequence[float]], n_parts: int) -> list[bytearray]:
    """Return the last step of the best alignment of the first i + 1 rows and j + 1 parts, as `steps[i][j]`.

    `gains[i][j]` is the gain of aligning row i with part j.
    """
    steps = []
    above = [0.0] * (n_parts + 1)
    for gain in gains:
        here = [0.0]
        ends = bytearray(n_parts)
        for j in range(n_parts):
            best, end = above[j] + gain[j], _BOTH
            if above[j + 1] + _GAP_PENALTY > best:
                best, end = above[j + 1] + _GAP_PENALTY, _ROW
            if here[j] + _GAP_PENALTY > best:
                best, end = here[j] + _GAP_PENALTY, _PART
            here.append(best)
            ends[j] = end
        steps.append(ends)
        above = here
    return steps
