"""The topic of a task or an indicator, one of `vocabulary/topics.csv`.

Phrases of the vocabulary and a statistical model vote together; if neither is decisive the topic is `other`. What holds
for the whole notice, the people it is for, counts less than what tells its tasks apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractors.topics.model import Model, WeightedTexts, load_model, topic_index, topic_slugs
from extractors.topics.phrases import group_phrases, own_phrases, phrase_scores
from extractors.vocabulary import alternation

__all__ = ["OTHER", "Topic", "classify", "classify_with", "indicator_texts", "task_texts"]

OTHER = "other"
_MIN_SCORE = 1.0
"""A lower best score decides nothing: it is less than one weak phrase in the requirement itself."""
_MIN_SCORE_WITHOUT_PHRASE = 3.5
"""The same without any phrase of the topic."""
_SHARPNESS = 0.55
"""Softmax factor, calibrated by leaving out one notice at a time: the confidence equals the share of right answers."""
_MAX_PHRASE_SCORE = 12.0
"""Upper limit per text and topic, so that a long heading does not outvote the requirement."""
_MODEL_WEIGHT = 1.0
_GROUP_SHARE = 0.3
"""From this share of items that name the same people on, the whole notice is for them: a rubric for schools."""
_FEWEST_ITEMS = 8
"""Of fewer items the share says nothing."""
_GROUP_WEIGHT = 0.4
"""Factor for the topic of the people that the notice is for: 组织学生志愿服务 is volunteering in a school."""
_BATCH_SIZE = 500
"""Items classified together; limits the memory for very large notices."""


class Topic(NamedTuple):
    """A topic and the confidence in it, 0 to 1."""

    slug: str
    score: float


def task_texts(
    requirement: str | None, headings: Sequence[str], criteria: str | None = None, evidence: str | None = None
) -> list[tuple[str | None, float]]:
    """Return the texts that decide the topic of a task with their weights: the requirement first, then its headings.

    Args:
        requirement: The requirement.
        headings: Its headings, outermost first.
        criteria: The scoring criteria.
        evidence: The evidence to submit.
    """
    inner = headings[-1] if headings else None
    outer = headings[-2] if len(headings) > 1 else None
    return [(requirement, 1.0), (inner, 0.8), (outer, 0.4), (criteria, 0.2), (evidence, 0.25)]


def indicator_texts(name: str, ancestors: Sequence[str], children: Sequence[str]) -> list[tuple[str | None, float]]:
    """Return the texts that decide the topic of a heading with their weights.

    Args:
        name: The heading.
        ancestors: The headings above it, outermost first.
        children: The headings and requirements below it.
    """
    share = 1.0 / max(len(children), 1)
    above: list[tuple[str | None, float]] = [(ancestors[-1], 0.3)] if ancestors else []
    return [(name, 1.5), *((child, share) for child in children), *above]


def classify(items: Sequence[WeightedTexts], titles: Sequence[str | None] = ()) -> list[Topic]:
    """Return the topic of each item of a notice, with the model of the package.

    Args:
        items: The weighted texts of each item.
        titles: For each item the title of its table; it decides if the texts do not.
    """
    return classify_with(items, load_model(), titles)


def classify_with(items: Sequence[WeightedTexts], model: Model, titles: Sequence[str | None] = ()) -> list[Topic]:
    """Return the topic of each item by phrases, `model` and titles, as `classify`."""
    factors = _topic_factors(items, titles)
    topics = [
        topic
        for start in range(0, len(items), _BATCH_SIZE)
        for topic in _classify_batch(items[start : start + _BATCH_SIZE], model, factors[start : start + _BATCH_SIZE])
    ]
    undecided = {i: title for i, title in enumerate(titles) if title and topics[i].slug == OTHER}
    if undecided:
        by_title = classify_with([[(title, 1.0)] for title in undecided.values()], model)
        for i, topic in zip(undecided, by_title, strict=True):
            topics[i] = topic
    return topics


def _topic_factors(items: Sequence[WeightedTexts], titles: Sequence[str | None]) -> NDArray[np.float64]:
    """Return what the score of each topic counts for each item (items x topics).

    A topic that is known by the people it is for counts less where the title or most items name them, unless the item
    names something of its own.
    """
    factors = np.ones((len(items), len(topic_slugs())))
    joined = ["\n".join([text for text, _ in item if text]) for item in items]
    for topic, (people, own) in _group_patterns().items():
        naming = sum([people.search(text) is not None for text in joined])
        is_common = len(items) >= _FEWEST_ITEMS and naming >= _GROUP_SHARE * len(items)
        for i, text in enumerate(joined):
            is_given = is_common or (i < len(titles) and people.search(titles[i] or "") is not None)
            if is_given and not own.search(text):
                factors[i, topic_index()[topic]] = _GROUP_WEIGHT
    return factors


@cache
def _group_patterns() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return for each topic that is known by its people the patterns of these and of what is its own."""
    return {
        topic: (re.compile(alternation(people)), re.compile(alternation(own_phrases(topic))))
        for topic, people in group_phrases().items()
    }


def _classify_batch(items: Sequence[WeightedTexts], model: Model, factors: NDArray[np.float64]) -> list[Topic]:
    # An item without text gets an empty one, so that every item has a row.
    weighted = [[(text, weight) for text, weight in item if text] or [("", 0.0)] for item in items]
    rows = [row for item in weighted for row in item]
    positions = {text: i for i, text in enumerate(dict.fromkeys(text for text, _ in rows))}
    known, added = model.sums(list(positions))
    votes = _phrase_score_matrix(list(positions))
    row_texts = np.array([positions[text] for text, _ in rows])
    weights = np.array([weight for _, weight in rows])
    item_starts = np.cumsum([0, *map(len, weighted[:-1])])
    mass = np.add.reduceat(weights * known[row_texts], item_starts)
    added, votes = (np.add.reduceat(weights[:, None] * each[row_texts], item_starts) for each in (added, votes))
    scores = _MODEL_WEIGHT * model.scores(mass, added) + votes
    # A factor lessens what speaks for a topic; what speaks against it stays.
    scores = np.where(scores > 0, scores * factors, scores)
    scores[:, topic_index()[OTHER]] = 0.0
    item_rows, best = np.arange(len(scores)), scores.argmax(axis=1)
    best_scores = scores[item_rows, best]
    decided = best_scores >= np.where(votes[item_rows, best] != 0, _MIN_SCORE, _MIN_SCORE_WITHOUT_PHRASE)
    confidence = 1.0 / np.exp(_SHARPNESS * (scores - best_scores[:, None])).sum(axis=1)
    return [
        Topic(topic_slugs()[position], share) if is_decided else Topic(OTHER, 0.0)
        for position, share, is_decided in zip(best.tolist(), confidence.tolist(), decided.tolist(), strict=True)
    ]


def _phrase_score_matrix(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the phrase scores of each text, texts x topics in the order of `topic_slugs()`."""
    votes, index = np.zeros((len(texts), len(topic_slugs()))), topic_index()
    for row, scores in enumerate(phrase_scores(texts)):
        for topic, score in scores.items():
            votes[row, index[topic]] = min(score, _MAX_PHRASE_SCORE)
    return votes
