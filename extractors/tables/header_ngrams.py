"""What an unknown header word resembles: character n-grams of the header vocabulary.

A header that the vocabulary lacks often shares characters with those that it has: 时 of 完成时限 is in 何时交. The
n-grams of every word of `vocabulary/headers.toml` and of `vocabulary/header_phrases.toml` are counted for its role.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from math import log
from types import MappingProxyType
from typing import Final, Literal

from extractors import vocabulary
from extractors.parsers.column_headers import normalize_header
from extractors.parsers.responsible_units import unit_words

NGRAM_ROLES: Final = (
    "serial", "level", "criteria", "requirement", "points", "scorebox", "scoring", "method", "evidence", "party",
    "lead", "support", "leader", "person", "deadline", "remark",
)  # fmt: skip
OPEN_ROLES: Final[tuple[Literal["level", "criteria", "requirement", "evidence"], ...]] = (
    "level",
    "criteria",
    "requirement",
    "evidence",
)
_SIZES: Final = (1, 2)
_SMOOTHING: Final = 0.5
"""Added to each count: an n-gram seen once with a role is weak evidence for it."""
_MAX_LOG_ODDS: Final = 3.0
"""Largest log-odds of one role: a header of three telling characters (责任人) reaches it."""
_FULL_WEIGHT: Final = 0.5
"""Weight from which an open header counts as one of the role: 测评项目 (level 1.0, requirement 0.3) as a level."""


def ngram_scores(header: str) -> Mapping[str, float]:
    """Return the log-odds of each role by the n-grams of a header, between -3 and 3; all 0 for a blank header."""
    return _scores(normalize_header(header))


@lru_cache(maxsize=1024)
def _scores(word: str) -> Mapping[str, float]:
    counts, _ = _counts()
    seen = [_log_odds(gram) for gram in set(_ngrams(word)) if gram in counts]
    if not seen:
        return MappingProxyType(dict.fromkeys(NGRAM_ROLES, 0.0))
    root = len(seen) ** 0.5
    scores = (max(-_MAX_LOG_ODDS, min(_MAX_LOG_ODDS, sum(odds) / root)) for odds in zip(*seen, strict=True))
    return MappingProxyType(dict(zip(NGRAM_ROLES, scores, strict=True)))


@cache
def _log_odds(gram: str) -> tuple[float, ...]:
    """Return the log-odds of each role by one n-gram of the vocabulary, against all other roles together."""
    counts, totals = _counts()
    shares = [(counts[gram].get(role, 0) + _SMOOTHING) / (totals[role] + 2 * _SMOOTHING) for role in NGRAM_ROLES]
    rest = sum(shares)
    return tuple([log(share * (len(NGRAM_ROLES) - 1) / max(rest - share, 1e-9)) for share in shares])


def _ngrams(word: str) -> Iterable[str]:
    return (word[i : i + size] for size in _SIZES for i in range(len(word) - size + 1))


@cache
def _counts() -> tuple[Mapping[str, Counter[str]], Mapping[str, float]]:
    """Return how many words of each role hold an n-gram, and how many words each role has."""
    counts: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()
    for role, word in _labelled_words():
        totals[role] += 1
        for gram in set(_ngrams(word)):
            counts.setdefault(gram, Counter())[role] += 1
    return counts, totals


def _labelled_words() -> set[tuple[str, str]]:
    """Return every word of the vocabulary with each role that it stands for."""
    data = vocabulary.load_toml("headers")
    words: set[tuple[str, str]] = set()
    for entry in data["fixed"]:
        role = entry["role"]
        listed = (*entry.get("exact", ()), *entry.get("ends", ()), *entry.get("has", ()), *unit_words(role))
        words.update((role, word) for word in listed)
    for open_entry in data["open"]:
        weights = {role: float(open_entry.get(role, 0.0)) for role in OPEN_ROLES}
        for role, weight in weights.items():
            if weight >= _FULL_WEIGHT or weight == max(weights.values()):
                words.update((role, word) for word in (*open_entry.get("exact", ()), *open_entry.get("ends", ())))
    phrases = vocabulary.load_toml("header_phrases")
    for role, listed_phrases in phrases.items():
        words.update((role, word) for word in listed_phrases)
    return words
