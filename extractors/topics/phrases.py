"""How strongly a text speaks of each theme, by the phrases of the vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import cache, lru_cache
from itertools import compress
from math import log1p

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
def _sizes() -> Mapping[str, tuple[int, ...]]:
    """How long the phrases are that begin with two characters, the longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for phrase in weights():
        found[phrase[:2]].add(len(phrase))
    return {begin: tuple(sorted(sizes, reverse=True)) for begin, sizes in found.items()}


@cache
def _firsts() -> Set[str]:
    """What a phrase begins with: one look-up tells at most places of a text that none begins there."""
    return frozenset(phrase[0] for phrase in weights())


def _found(solid: str) -> Iterator[tuple[int, str]]:
    """(place, phrase) of the phrases of a text in order, the longest first, not overlapping."""
    phrases, sizes = weights(), _sizes()
    end = 0
    for at in compress(range(len(solid)), map(_firsts().__contains__, solid)):
        if at < end:
            continue
        for size in sizes.get(solid[at : at + 2], ()):
            phrase = solid[at : at + size]
            if phrase in phrases:
                yield at, phrase
                end = at + size
                break


@lru_cache(maxsize=4096)
def phrase_scores(text: str) -> Mapping[str, float]:
    """Topic -> score of a text; topics it does not speak of are left out. A repeated phrase counts ever less.

    Headings recur from task to task.
    """
    counts: dict[str, float] = defaultdict(float)
    for place, phrase in _found(squeeze(text)):
        counts[phrase] += _HEAD_BONUS if place < _HEAD else 1.0
    scores: dict[str, float] = defaultdict(float)
    for phrase, count in counts.items():
        for topic, weight in weights()[phrase]:
            scores[topic] += weight * log1p(count) / log1p(1.0)
    return dict(scores)
