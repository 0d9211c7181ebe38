"""What a task or an indicator is about: one theme of `vocabulary/topics.csv`.

Phrases kept as data and a statistical model vote together; where neither has much to say the theme is `other`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp

import numpy as np
from numpy.typing import NDArray

from extractors.topics.model import Model, Weighted, places, topics, trained
from extractors.topics.phrases import phrase_scores

__all__ = ["OTHER", "Topic", "classify", "classify_indicator", "task_texts"]

OTHER = "other"
_LEAST = 1.0
"""A best score below this is no theme: not even one weak phrase in the duty itself."""
_LEAST_WITHOUT_PHRASE = 3.5
"""Statistics alone have to be surer than that."""
_SHARPNESS = 0.55
"""Turns scores into shares: chosen so that the share given equals the share right, theme by theme left out."""
_CAP = 12.0
"""What one text may say of one theme at most, so that a long heading does not outvote the duty."""
_STATISTICS = 1.0


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme and how sure it is, 0 to 1."""

    slug: str
    score: float


def task_texts(
    requirement: str | None, headings: Sequence[str], criteria: str | None = None, evidence: str | None = None
) -> list[tuple[str | None, float]]:
    """The texts that tell the theme of a task, with what each counts for: the duty first, then its headings."""
    inner = headings[-1] if headings else None
    outer = headings[-2] if len(headings) > 1 else None
    return [(requirement, 1.0), (inner, 0.8), (outer, 0.4), (criteria, 0.2), (evidence, 0.25)]


def classify(
    requirement: str | None,
    headings: Sequence[str],
    title: str | None = None,
    criteria: str | None = None,
    evidence: str | None = None,
) -> Topic:
    """The theme of a task from its own text, its headings (outermost first), shared standard and evidence.

    The title of its table decides only where all of these say nothing.
    """
    texts = task_texts(requirement, headings, criteria, evidence)
    found = decide(texts, trained())
    return decide([(title, 1.0)], trained()) if found.slug == OTHER and title else found


def classify_indicator(name: str, ancestors: Sequence[str], children: Sequence[str]) -> Topic:
    """The theme of a heading from its own name, what stands below it, and the headings above (outermost first)."""
    share = 1.0 / max(len(children), 1)
    above: list[tuple[str | None, float]] = [(ancestors[-1], 0.3)] if ancestors else []
    return decide([(name, 1.5), *((child, share) for child in children), *above], trained())


def decide(texts: Weighted, model: Model) -> Topic:
    """The best theme of weighted texts by phrases and `model` together."""
    given = [(text, weight) for text, weight in texts if text]
    votes = np.zeros_like(model.base)
    for text, weight in given:
        votes += weight * _votes(text)
    found = _STATISTICS * model.scores(given) + votes
    found[places()[OTHER]] = 0.0
    scores: list[float] = found.tolist()
    top = max(scores)
    best = scores.index(top)
    if top < (_LEAST if votes[best] else _LEAST_WITHOUT_PHRASE):
        return Topic(OTHER, 0.0)
    return Topic(topics()[best], 1.0 / sum([exp(_SHARPNESS * (score - top)) for score in scores]))


@lru_cache(maxsize=4096)
def _votes(text: str) -> NDArray[np.float64]:
    """What the phrases of a text say for each theme, in the order of `topics()`."""
    votes = np.zeros(len(topics()))
    for topic, score in phrase_scores(text).items():
        votes[places()[topic]] = min(score, _CAP)
    return votes
