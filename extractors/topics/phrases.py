"""How strongly a text speaks of each theme, by the phrases of the vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from math import log1p
from operator import add

from extractors import vocabulary
from extractors.phrases.text import squeeze

STRONG, WEAK = 3.0, 1.0
_HEAD = 24
_HEAD_BONUS = 1.5
"""What a duty begins with is mostly what it is about."""


@cache
def weights() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Phrase -> (topic, weight) of every topic it speaks of."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for topic, words in vocabulary.toml("topics").items():
        for strength, weight in (("strong", STRONG), ("weak", WEAK)):
            for phrase in words[strength]:
                found[phrase].append((topic, weight * (1 + 0.15 * (len(phrase) - 2))))
    return {phrase: tuple(listed) for phrase, listed in found.items()}


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    """The phrases by their first two characters, longest first: one look-up per character of a text."""
    found: dict[str, list[str]] = defaultdict(list)
    for phrase in sorted(weights(), key=lambda p: (-len(p), p)):
        found[phrase[:2]].append(phrase)
    return {key: tuple(phrases) for key, phrases in found.items()}


def _found(solid: str) -> Iterator[tuple[int, str]]:
    """(place, phrase) of the phrases of a text in order, the longest first, not overlapping."""
    index = _index()
    end = 0
    for at, pair in enumerate(map(add, solid, solid[1:])):
        if at < end or pair not in index:
            continue
        for phrase in index[pair]:
            if solid.startswith(phrase, at):
                yield at, phrase
                end = at + len(phrase)
                break


def phrase_scores(text: str) -> Mapping[str, float]:
    """Topic -> score of a text; topics it does not speak of are left out. A repeated phrase counts ever less."""
    counts: dict[str, float] = defaultdict(float)
    for place, phrase in _found(squeeze(text)):
        counts[phrase] += _HEAD_BONUS if place < _HEAD else 1.0
    scores: dict[str, float] = defaultdict(float)
    for phrase, count in counts.items():
        for topic, weight in weights()[phrase]:
            scores[topic] += weight * log1p(count) / log1p(1.0)
    return dict(scores)
