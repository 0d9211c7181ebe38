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
    """`entries` gives for a gram the themes that use it (by their place in `base`) with what it adds; `base` gives what
    any known gram takes off.

    A model is equal to itself alone.
    """

    entries: Mapping[str, tuple[tuple[int, float], ...]]
    base: Mapping[str, float]

    def scores(self, texts: Weighted) -> dict[str, float]:
        """Topic -> how much likelier the texts are in it than anywhere, for every topic."""
        mass = 0.0
        added = [0.0] * len(self.base)
        for text, weight in texts:
            known, sums = _sums(self, text or "")
            mass += weight * known
            added = [score + weight * value for score, value in zip(added, sums, strict=True)]
        size = sqrt(mass + 1)
        return {
            topic: (base * mass + score) / size for (topic, base), score in zip(self.base.items(), added, strict=True)
        }


@lru_cache(maxsize=2048)
def _sums(model: Model, text: str) -> tuple[int, tuple[float, ...]]:
    """How many grams of a text the model knows, and what they add to each theme; headings recur from task to task."""
    known = [listed for gram in dict.fromkeys(grams(text)) if (listed := model.entries.get(gram))]
    sums = [0.0] * len(model.base)
    for listed in known:
        for place, value in listed:
            sums[place] += value
    return len(known), tuple(sums)


@cache
def topics() -> tuple[str, ...]:
    """The slugs of all themes, in the order of the list."""
    return tuple(row["topic"] for row in vocabulary.rows("topics"))


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
    base = {topic: log(SMOOTHING / (total + SMOOTHING)) for topic, total in totals.items()}
    entries: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, of in enumerate(counts.values()):
        for gram, n in of.items():
            entries[gram].append((place, log1p(n * everything / (SMOOTHING * background[gram]))))
    return Model({gram: tuple(listed) for gram, listed in entries.items()}, base)


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
