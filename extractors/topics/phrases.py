"""How strongly a text speaks of each theme, by the phrases of the vocabulary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
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
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(phrase) for phrase in sorted(weights(), key=lambda p: (-len(p), p))))


def phrase_scores(text: str | None) -> dict[str, float]:
    """Topic -> score of a text; topics it does not speak of are left out. A repeated phrase counts ever less."""
    solid = squeeze(text or "")
    counts: dict[str, float] = defaultdict(float)
    for found in _pattern().finditer(solid):
        counts[found.group()] += _HEAD_BONUS if found.start() < _HEAD else 1.0
    scores: dict[str, float] = defaultdict(float)
    for phrase, count in counts.items():
        for topic, weight in weights()[phrase]:
            scores[topic] += weight * log1p(count) / log1p(1.0)
    return dict(scores)
