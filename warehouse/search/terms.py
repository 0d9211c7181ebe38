"""What a question looks for: its known expressions with all that mean the same, and pairs of characters of the rest."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from warehouse.transform.task_words import load_expressions, load_ignored

MAX_QUESTION: Final = 100
"""Characters of a question; the rest is ignored."""
MAX_TERMS: Final = 24
"""Terms of a question that are looked for, the first ones."""
EXACT, UNCUT, PAIR = 1.0, 0.5, 0.4
"""Weights of a known expression or a word of two characters, of a longer unknown word, and of two characters of it."""
SIMILAR: Final = 0.7
"""What another expression of the same meaning counts beside the one typed."""
MIN_LIKENESS: Final = 0.6
"""Likeness of an unknown word with a known one that it may be a slip of: 志原服务 has 0.75 with 志愿服务."""
MAX_PROPOSED: Final = 3
_WORDS = re.compile(r"[\u3400-\u9fff]+|[A-Za-z0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is looked for.

    Attributes:
        typed: The words of the question.
        exact: Texts that are as good as the words typed.
        similar: Other expressions of the same meaning.
        weight: How much it counts beside terms that are as rare.
    """

    typed: str
    exact: tuple[str, ...]
    similar: tuple[str, ...]
    weight: float


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Return expression -> the expressions of all groups that it stands in, the most usual first."""
    found: dict[str, tuple[str, ...]] = {}
    for group in load_expressions():
        for expression in group:
            found[expression] = tuple(dict.fromkeys([*found.get(expression, ()), *group]))
    return found


@cache
def _known_lengths() -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in (*_groups(), *load_ignored())}))


def list_expressions() -> Iterable[str]:
    """Return all known expressions."""
    return _groups()


def read_terms(question: str) -> list[Term]:
    """Return what a question looks for, in order."""
    terms: list[Term] = []
    for run in _WORDS.findall(question[:MAX_QUESTION]):
        for piece, is_known in segment(run):
            terms += _known_term(piece) if is_known else _unknown_terms(piece)
    return list(dict.fromkeys(terms))[:MAX_TERMS]


def segment(run: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a run of characters, known expressions as long as possible; ignored words are left out.

    Of all ways to cut the run that one is taken which leaves the fewest characters unknown, then the fewest pieces,
    then the one whose last pieces are shortest (志愿者服务 时间, not 志愿者 服务时间).
    """
    best: list[tuple[int, int, tuple[tuple[int, int, bool], ...]]] = [(0, 0, ())]
    for end in range(1, len(run) + 1):
        unknown, pieces, cuts = best[end - 1]
        options = [(unknown + 1, pieces, _extend_unknown(cuts, end))]
        for length in _known_lengths():
            word = run[end - length : end] if length <= end else ""
            if word in _groups() or word in load_ignored():
                unknown, pieces, cuts = best[end - length]
                # A single ignored character within an unknown word is a part of it.
                cost = 1 if length == 1 else 0
                options.append((unknown + cost, pieces + 1, (*cuts, (end - length, end, True))))
        best.append(min(options, key=lambda option: option[:2]))
    for start, end, is_known in best[-1][2]:
        if run[start:end] not in load_ignored():
            yield run[start:end], is_known


def propose(question: str, is_found: dict[str, bool]) -> list[str]:
    """Return questions that may be meant: words that no task holds replaced by expressions that some task holds.

    Args:
        question: The question.
        is_found: Which known expressions some task holds.
    """
    proposed: list[str] = []
    known = [term for term in read_terms(question) if term.similar]
    for term in known:
        if is_found.get(term.typed, False):
            continue
        usual = next((one for one in term.similar if is_found.get(one)), None)
        if usual and usual not in question:
            proposed.append(question.replace(term.typed, usual))
    if not known:
        near = difflib.get_close_matches(question, list(_groups()), MAX_PROPOSED, MIN_LIKENESS)
        proposed += [one for one in near if is_found.get(one)]
    return [one for one in dict.fromkeys(proposed) if one != question][:MAX_PROPOSED]


def _extend_unknown(cuts: tuple[tuple[int, int, bool], ...], end: int) -> tuple[tuple[int, int, bool], ...]:
    if cuts and not cuts[-1][2]:
        return (*cuts[:-1], (cuts[-1][0], end, False))
    return (*cuts, (end - 1, end, False))


def _known_term(piece: str) -> list[Term]:
    others = tuple(word for word in _groups()[piece] if word != piece)
    return [Term(piece, (piece,), others, EXACT)]


def _unknown_terms(piece: str) -> list[Term]:
    """Return a word that stands in no group as a whole and, for a slip or another order, by pairs of characters."""
    if not _HAN.match(piece) or len(piece) <= 2:
        return [Term(piece, (piece,), (), EXACT)] if len(piece) > 1 else []
    uncut = [Term(piece, (piece,), (), UNCUT)]
    pairs = [piece[i : i + 2] for i in range(len(piece) - 1)]
    return [*uncut, *(Term(pair, (pair,), (), PAIR) for pair in pairs)]
