"""What a task or an indicator is about: one theme of `vocabulary/topics.csv`.

Phrases kept as data and a statistical model vote together; where neither has much to say the theme is `other`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.topics.model import Model, WeightedTexts, load_model, topic_index, topic_slugs
from extractors.topics.phrases import phrase_scores

__all__ = ["OTHER", "Topic", "classify", "classify_with", "indicator_texts", "task_texts"]

OTHER = "other"
_MIN_SCORE = 1.0
"""A best score below this is no theme: not even one weak phrase in the duty itself."""
_MIN_SCORE_WITHOUT_PHRASE = 3.5
"""Statistics alone have to be surer than that."""
_SHARPNESS = 0.55
"""Turns scores into shares: chosen so that the share given equals the share right, theme by theme left out."""
_MAX_PHRASE_SCORE = 12.0
"""What one text may say of one theme at most, so that a long heading does not outvote the duty."""
_MODEL_WEIGHT = 1.0
_BATCH_SIZE = 500
"""Tasks and headings decided in one go: the notices of most cities whole, while a huge one takes little memory."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme and how sure it is, 0 to 1."""

    slug: str
    score: float


def task_texts(
    requirement: str | None, headings: Sequence[str], criteria: str | None = None, evidence: str | None = None
) -> list[tuple[str | None, float]]:
    """The texts that tell the theme of a task, with what each counts for: the duty first, then its headings.

    `headings` stand outermost first.
    """
    inner = headings[-1] if headings else None
    outer = headings[-2] if len(headings) > 1 else None
    return [(requirement, 1.0), (inner, 0.8), (outer, 0.4), (criteria, 0.2), (evidence, 0.25)]


def indicator_texts(name: str, ancestors: Sequence[str], children: Sequence[str]) -> list[tuple[str | None, float]]:
    """The texts that tell the theme of a heading: its own name, what stands below it, and the heading above.

    `ancestors` stand outermost first.
    """
    share = 1.0 / max(len(children), 1)
    above: list[tuple[str | None, float]] = [(ancestors[-1], 0.3)] if ancestors else []
    return [(name, 1.5), *((child, share) for child in children), *above]


def classify(given: Sequence[WeightedTexts], titles: Sequence[str | None] = ()) -> list[Topic]:
    """The theme of each of `given`; where its texts say nothing, its title of `titles`, if any, decides."""
    found = classify_with(given, load_model())
    silent = [k for k, title in enumerate(titles) if title and found[k].slug == OTHER]
    for k, topic in zip(silent, classify_with([[(titles[k], 1.0)] for k in silent], load_model()), strict=True):
        found[k] = topic
    return found


def classify_with(given: Sequence[WeightedTexts], model: Model) -> list[Topic]:
    """The best theme of each of `given` by phrases and `model` together, in order."""
    return [
        topic
        for at in range(0, len(given), _BATCH_SIZE)
        for topic in _classify_batch(given[at : at + _BATCH_SIZE], model)
    ]


def _classify_batch(given: Sequence[WeightedTexts], model: Model) -> list[Topic]:
    # A text that says nothing stands where there is none: every one of `given` has its rows below.
    said = [[(text, weight) for text, weight in one if text] or [("", 0.0)] for one in given]
    texts = {text: place for place, text in enumerate(dict.fromkeys(text for one in said for text, _ in one))}
    known, added = model.sums(list(texts))
    of = np.array([texts[text] for one in said for text, _ in one])
    weights = np.array([weight for one in said for _, weight in one])
    begins = np.cumsum([0, *map(len, said[:-1])])
    mass = np.add.reduceat(weights * known[of], begins)
    added, votes = (
        np.add.reduceat(weights[:, None] * each[of], begins) for each in (added, _phrase_score_matrix(list(texts)))
    )
    found = _MODEL_WEIGHT * model.scores(mass, added) + votes
    found[:, topic_index()[OTHER]] = 0.0
    rows, best = np.arange(len(found)), found.argmax(axis=1)
    top = found[rows, best]
    sure = top >= np.where(votes[rows, best] != 0, _MIN_SCORE, _MIN_SCORE_WITHOUT_PHRASE)
    shares = 1.0 / np.exp(_SHARPNESS * (found - top[:, None])).sum(axis=1)
    return [
        Topic(topic_slugs()[place], share) if settled else Topic(OTHER, 0.0)
        for place, share, settled in zip(best.tolist(), shares.tolist(), sure.tolist(), strict=True)
    ]


def _phrase_score_matrix(texts: Sequence[str]) -> NDArray[np.float64]:
    """What the phrases of each text say for each theme, texts x themes in the order of `topics()`."""
    votes = np.zeros((len(texts), len(topic_slugs())))
    for row, scores in enumerate(phrase_scores(texts)):
        for topic, score in scores.items():
            votes[row, topic_index()[topic]] = min(score, _MAX_PHRASE_SCORE)
    return votes
