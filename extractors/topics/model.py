"""The statistical half: which pairs and triples of characters the duties of each theme are written with.

Counts of a smoothed multinomial model stand in `vocabulary/topic_model.tsv`, one line a gram: gram, then topic:count
pairs. Training is counting; `tests/topics/train.py` writes the file anew.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import log, log1p, sqrt
from operator import add

import numpy as np
from numpy.typing import NDArray

from extractors import vocabulary

Weighted = Iterable[tuple[str | None, float]]
"""Texts with what each counts for."""

FILE = "topic_model.tsv"
SMOOTHING = 600.0
"""Grams of background added to every theme: one text teaches little about a gram that is common anyway."""
_HAN = re.compile(r"[^\u3400-\u9fff]")


def grams(text: str | None) -> list[str]:
    """Pairs and triples of the ideographs of a text; all else is left out first."""
    solid = _HAN.sub("", text or "")
    pairs = list(map(add, solid, solid[1:]))
    return [*pairs, *map(add, pairs, solid[2:])]


def weighted_grams(texts: Weighted) -> dict[str, float]:
    """Gram -> sum of the weights of the texts it stands in."""
    found: dict[str, float] = defaultdict(float)
    for text, weight in texts:
        for gram in dict.fromkeys(grams(text)):
            found[gram] += weight
    return dict(found)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """`rows` gives the row of a gram in `weights`, which says what the gram adds to each theme; `base` says what any
    known gram takes off. The columns of both are the themes in the order of `topics()`.

    A model is equal to itself alone.
    """

    rows: Mapping[str, int]
    weights: NDArray[np.float64]
    base: NDArray[np.float64]

    def scores(self, texts: Weighted) -> NDArray[np.float64]:
        """How much likelier the texts are in a theme than anywhere, in the order of `topics()`."""
        mass = 0.0
        added = np.zeros_like(self.base)
        for text, weight in texts:
            known, sums = _sums(self, text or "")
            mass += weight * known
            added += weight * sums
        scores: NDArray[np.float64] = (self.base * mass + added) / sqrt(mass + 1)
        return scores


@lru_cache(maxsize=4096)
def _sums(model: Model, text: str) -> tuple[int, NDArray[np.float64]]:
    """How many grams of a text the model knows, and what they add to each theme; headings recur from task to task."""
    known = [row for row in map(model.rows.get, dict.fromkeys(grams(text))) if row is not None]
    return len(known), model.weights[known].sum(axis=0)


@cache
def topics() -> tuple[str, ...]:
    """The slugs of all themes, in the order of the list."""
    return tuple(row["topic"] for row in vocabulary.rows("topics"))


@cache
def places() -> Mapping[str, int]:
    """Theme -> its place in `topics()`."""
    return {topic: place for place, topic in enumerate(topics())}


Counts = Mapping[str, Mapping[str, float]]
"""Topic -> gram -> count."""


def count(examples: Iterable[tuple[str, Weighted]]) -> dict[str, Counter[str]]:
    """Grams by topic: of these (topic, texts), of the descriptions of the themes and of their phrases."""
    counts: dict[str, Counter[str]] = {topic: Counter() for topic in topics()}
    for row in vocabulary.rows("topics"):
        counts[row["topic"]].update(grams(row["includes"] + row["name_zh"]))
    for topic, words in vocabulary.toml("topics").items():
        for strength, weight in (("strong", 0.5), ("weak", 0.25)):
            for phrase in words[strength]:
                for gram in grams(phrase):
                    counts[topic][gram] += weight  # type: ignore[assignment]
    for topic, texts in examples:
        for gram, weight in weighted_grams(texts).items():
            counts[topic][gram] += weight  # type: ignore[assignment]
    return counts


def fit(counts: Counts) -> Model:
    """The model of these counts."""
    totals = {topic: sum(of.values()) for topic, of in counts.items()}
    background: Counter[str] = Counter()
    for of in counts.values():
        background.update(of)
    everything = sum(background.values())
    base = [log(SMOOTHING / (total + SMOOTHING)) for total in totals.values()]
    rows = {gram: row for row, gram in enumerate(background)}
    weights = np.zeros((len(rows), len(base)))
    for place, of in enumerate(counts.values()):
        for gram, n in of.items():
            weights[rows[gram], place] = log1p(n * everything / (SMOOTHING * background[gram]))
    return Model(rows, weights, np.array(base))


def dump(counts: Counts) -> str:
    """The counts as the lines of the model's file, sorted."""
    by_gram: dict[str, list[str]] = defaultdict(list)
    for topic, of in counts.items():
        for gram, n in of.items():
            by_gram[gram].append(f"{topic}:{n:g}")
    return "".join("\t".join([gram, *sorted(by_gram[gram])]) + "\n" for gram in sorted(by_gram))


def parse(text: str) -> dict[str, dict[str, float]]:
    """What `dump` wrote."""
    counts: dict[str, dict[str, float]] = {topic: {} for topic in topics()}
    for line in text.splitlines():
        gram, *pairs = line.split("\t")
        for pair in pairs:
            topic, _, n = pair.partition(":")
            counts[topic][gram] = float(n)
    return counts


@cache
def trained() -> Model:
    """The model that comes with the package, read once."""
    return fit(parse(files("extractors").joinpath("vocabulary", FILE).read_text("utf-8")))
