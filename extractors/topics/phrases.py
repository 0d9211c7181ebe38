"""Phrase scores: how strongly a text is about each topic, by the phrases of the vocabulary."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from math import log1p

from extractors import vocabulary
from extractors.normalize import pair_pattern, strip_whitespace

STRONG_WEIGHT, WEAK_WEIGHT = 3.0, 1.0
_LOG_OF_TWO = log1p(1.0)
_HEAD_LENGTH = 24
_HEAD_BONUS = 1.5
"""Factor for phrases at the beginning, which usually states the subject."""


@cache
def phrase_weights() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Return (topic, weight) pairs by phrase."""
    weights: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for topic, words in vocabulary.load_toml("topics").items():
        for strength, weight in (("strong", STRONG_WEIGHT), ("weak", WEAK_WEIGHT)):
            for phrase in words[strength]:
                weights[phrase].append((topic, weight * (1 + 0.15 * (len(phrase) - 2))))
    return {phrase: tuple(listed) for phrase, listed in weights.items()}


def group_phrases() -> Mapping[str, tuple[str, ...]]:
    """Return the phrases that only name the people of a topic, by topic; most topics name no people."""
    return {topic: tuple(words["group"]) for topic, words in vocabulary.load_toml("topics").items() if "group" in words}


def own_phrases(topic: str) -> tuple[str, ...]:
    """Return the strong phrases of a topic that name more than its people (少年宫, 校园周边)."""
    words = vocabulary.load_toml("topics")[topic]
    return tuple(phrase for phrase in words["strong"] if phrase not in words["group"])


@cache
def _lengths_by_bigram() -> Mapping[str, tuple[int, ...]]:
    """Return the lengths, longest first, of the phrases that begin with each bigram."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for phrase in phrase_weights():
        lengths[phrase[:2]].add(len(phrase))
    return {bigram: tuple(sorted(lengths_of, reverse=True)) for bigram, lengths_of in lengths.items()}


@cache
def _beginnings() -> re.Pattern[str]:
    return pair_pattern(list(_lengths_by_bigram()))


def _find_phrases(text: str) -> Iterator[tuple[int, str]]:
    """Yield (position, phrase) in order, longest first, not overlapping."""
    phrases, lengths = phrase_weights(), _lengths_by_bigram()
    end = 0
    for match in _beginnings().finditer(text):
        start = match.start()
        if start < end:
            continue
        for length in lengths.get(text[start : start + 2], ()):
            phrase = text[start : start + length]
            if phrase in phrases:
                yield start, phrase
                end = start + length
                break


def phrase_scores(texts: Sequence[str]) -> list[dict[str, float]]:
    """Return the score of each topic for each text, without zeros; repeats of a phrase count less and less."""
    compact = [strip_whitespace(text) for text in texts]
    starts = [0, *accumulate(len(text) + 1 for text in compact)]
    counts: list[dict[str, float]] = [defaultdict(float) for _ in texts]
    # All texts are searched as one, since no phrase contains a line feed.
    for position, phrase in _find_phrases("\n".join(compact)):
        row = bisect_right(starts, position) - 1
        counts[row][phrase] += _HEAD_BONUS if position - starts[row] < _HEAD_LENGTH else 1.0
    scores: list[dict[str, float]] = [defaultdict(float) for _ in texts]
    weights = phrase_weights()
    for topic_scores, phrase_counts in zip(scores, counts, strict=True):
        for phrase, count in phrase_counts.items():
            repeats = log1p(count)
            for topic, weight in weights[phrase]:
                topic_scores[topic] += weight * repeats / _LOG_OF_TWO
    return scores
