"""The numbered duties of the body laid beside the rows of an annex table."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.body.clauses import Clause
from extractors.phrases.labels import bigrams
from extractors.phrases.text import cjk_share, squeeze

_AWARD_END = re.compile(r"[（(][^（）()]{0,12}\d\s*分[^（）()]{0,12}[）)]\s*[;；。,，]?")
_LEAST_RUN = 5
_GAP = -0.05


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
        else:
            continue
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


def plain(text: str) -> str:
    """For comparing: without blanks, full and half width alike, quotation marks alike."""
    return re.sub(r"[“”\"'‘’「」]", "", unicodedata.normalize("NFKC", squeeze(text)))


def likeness(a: Counter[str], b: Counter[str]) -> float:
    """Share of the character pairs that two texts have in common, 0 to 1."""
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 0.0


def is_debris(text: str) -> bool:
    """True for text that no Chinese notice writes: OCR of rules and seals, tags, foreign sentences."""
    solid = squeeze(text)
    return len(solid) > 2 and cjk_share(solid) < 0.3


def align(texts: Sequence[str], pieces: Sequence[Piece]) -> list[int | None]:
    """For every row the index of its piece, in order, or None; blank and garbled rows take what is left between."""
    left = [bigrams(plain(t)) for t in texts]
    right = [bigrams(plain(p.text)) for p in pieces]
    open_rows = [not squeeze(t) or is_debris(t) or len(squeeze(t)) < 5 for t in texts]
    n, m = len(texts), len(pieces)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    step = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            alike = 0.3 if open_rows[i - 1] else likeness(left[i - 1], right[j - 1]) - 0.35
            options = (best[i - 1][j - 1] + alike, best[i - 1][j] + _GAP, best[i][j - 1] + _GAP)
            best[i][j] = max(options)
            step[i][j] = options.index(best[i][j])
    out: list[int | None] = [None] * n
    i, j = n, m
    while i and j:
        if step[i][j] == 0:
            out[i - 1] = j - 1
            i, j = i - 1, j - 1
        elif step[i][j] == 1:
            i -= 1
        else:
            j -= 1
    return [
        k if k is not None and (open_rows[r] or likeness(left[r], right[k]) > 0.5) else None for r, k in enumerate(out)
    ]
