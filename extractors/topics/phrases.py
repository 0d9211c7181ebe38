"""How strongly a text speaks of each theme, by the phrases of the vocabulary."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from math import log1p

import numpy as np
from numpy.typing import NDArray

from extractors import vocabulary
from extractors.normalize import strip_whitespace

STRONG_WEIGHT, WEAK_WEIGHT = 3.0, 1.0
_HEAD_LENGTH = 24
_HEAD_BONUS = 1.5
"""What a duty begins with is mostly what it is about."""


@cache
def phrase_weights() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Phrase -> (topic, weight) of every topic it speaks of."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for topic, words in vocabulary.load_toml("topics").items():
        for strength, weight in (("strong", STRONG_WEIGHT), ("weak", WEAK_WEIGHT)):
            for phrase in words[strength]:
                found[phrase].append((topic, weight * (1 + 0.15 * (len(phrase) - 2))))
    return {phrase: tuple(listed) for phrase, listed in found.items()}


@cache
def _lengths_by_bigram() -> Mapping[str, tuple[int, ...]]:
    """How long the phrases are that begin with two characters, the longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for phrase in phrase_weights():
        found[phrase[:2]].add(len(phrase))
    return {begin: tuple(sorted(sizes, reverse=True)) for begin, sizes in found.items()}


def _pack_bigrams(text: str) -> NDArray[np.int64]:
    """Every two neighbouring characters of a text as one number."""
    chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    return chars[:-1] << 32 | chars[1:]


@cache
def _first_bigrams() -> NDArray[np.int64]:
    """What phrases begin with, sorted."""
    return np.sort(np.concatenate([_pack_bigrams(begin) for begin in _lengths_by_bigram()]))


def _find_phrases(solid: str) -> Iterator[tuple[int, str]]:
    """(place, phrase) of the phrases of a text in order, the longest first, not overlapping."""
    phrases, sizes, openers, pairs = phrase_weights(), _lengths_by_bigram(), _first_bigrams(), _pack_bigrams(solid)
    begins = openers[np.minimum(np.searchsorted(openers, pairs), len(openers) - 1)] == pairs
    end = 0
    for at in np.flatnonzero(begins).tolist():
        if at < end:
            continue
        for size in sizes[solid[at : at + 2]]:
            phrase = solid[at : at + size]
            if phrase in phrases:
                yield at, phrase
                end = at + size
                break


def phrase_scores(texts: Sequence[str]) -> list[dict[str, float]]:
    """Topic -> score of each text; topics it does not speak of are left out. A repeated phrase counts ever less."""
    solid = [strip_whitespace(text) for text in texts]
    starts = [0, *accumulate(len(text) + 1 for text in solid)]
    counts: list[dict[str, float]] = [defaultdict(float) for _ in texts]
    # All texts are searched as one: no phrase has a line feed in it.
    for at, phrase in _find_phrases("\n".join(solid)):
        row = bisect_right(starts, at) - 1
        counts[row][phrase] += _HEAD_BONUS if at - starts[row] < _HEAD_LENGTH else 1.0
    scores: list[dict[str, float]] = [defaultdict(float) for _ in texts]
    for of, said in zip(scores, counts, strict=True):
        for phrase, count in said.items():
            for topic, weight in phrase_weights()[phrase]:
                of[topic] += weight * log1p(count) / log1p(1.0)
    return scores
