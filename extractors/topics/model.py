"""The statistical half: which pairs and triples of characters the duties of each theme are written with.

Counts of a smoothed multinomial model stand in `vocabulary/topic_model.tsv`, one line a gram: gram, then topic:count
pairs. Training is counting; `tests/topics/train.py` writes the file anew.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from importlib.resources import files
from math import log, log1p
from operator import add

import numpy as np
from numpy.typing import NDArray

from extractors import vocabulary

WeightedTexts = Iterable[tuple[str | None, float]]
"""Texts with what each counts for."""

MODEL_FILE = "topic_model.tsv"
SMOOTHING = 600.0
"""Grams of background added to every theme: one text teaches little about a gram that is common anyway."""
_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"
_NO_HAN = re.compile(f"[^{_FIRST_HAN}-{_LAST_HAN}]")


def ngrams(text: str | None) -> list[str]:
    """Pairs and triples of the ideographs of a text; all else is left out first."""
    solid = list(_NO_HAN.sub("", text or ""))
    pairs = list(map(add, solid, solid[1:]))
    return [*pairs, *map(add, pairs, solid[2:])]


def weighted_ngrams(texts: WeightedTexts) -> dict[str, float]:
    """Gram -> sum of the weights of the texts it stands in."""
    found: dict[str, float] = defaultdict(float)
    for text, weight in texts:
        for gram in dict.fromkeys(ngrams(text)):
            found[gram] += weight
    return dict(found)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What each gram adds to which themes. A model is equal to itself alone.

    `keys` (grams) holds the `_key` of every gram, sorted; what gram k adds stands in `places` and `amounts` from
    `begins[k]` to `begins[k + 1]`: themes by their place in `topics()`, and how much. `base` (themes) is what any known
    gram takes off each theme.
    """

    keys: NDArray[np.int64]
    begins: NDArray[np.int64]
    places: NDArray[np.int64]
    amounts: NDArray[np.float64]
    base: NDArray[np.float64]

    def sums(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """How many different grams of each text are known (texts), and what these add to each theme (texts x themes).

        Many texts are read at once: a call for each of them would cost more than the sums.
        """
        owners, keys = _pack_all_ngrams(texts)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[rows] == keys
        found = np.sort(owners[known] * len(self.keys) + rows[known])
        owners, rows = np.divmod(found[np.diff(found, prepend=-1) > 0], len(self.keys))
        counts = self.begins[rows + 1] - self.begins[rows]
        ends = np.cumsum(counts)
        picked = np.arange(counts.sum()) + np.repeat(self.begins[rows + 1] - ends, counts)
        size = len(self.base)
        cells = np.repeat(owners * size, counts) + self.places[picked]
        added = np.bincount(cells, self.amounts[picked], len(texts) * size).astype(np.float64)
        return np.bincount(owners, minlength=len(texts)).astype(np.int64), added.reshape(len(texts), size)

    def scores(self, mass: NDArray[np.float64], added: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much likelier than anywhere n things are in each theme (n x themes).

        `mass` (n) is the weighted number of known grams of each thing, `added` (n x themes) what they add.
        """
        scores: NDArray[np.float64] = (self.base * mass[:, None] + added) / np.sqrt(mass + 1)[:, None]
        return scores


def _pack_ngram(gram: str) -> int:
    """A gram as one number: 16 bits a character."""
    return reduce(lambda key, char: key << 16 | ord(char), gram, 0)


def _pack_all_ngrams(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The `_key` of every one of the `grams` of all texts, repeats included, behind the number of its text."""
    chars = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    solid = (chars >= ord(_FIRST_HAN)) & (chars <= ord(_LAST_HAN))
    chars, owners = chars[solid], owners[solid]
    pairs = chars[:-1] << 16 | chars[1:]
    triples = pairs[:-1] << 16 | chars[2:]
    in_one = owners[:-1] == owners[1:]
    all_in_one = owners[:-2] == owners[2:]
    return (
        np.concatenate([owners[:-1][in_one], owners[:-2][all_in_one]]),
        np.concatenate([pairs[in_one], triples[all_in_one]]),
    )


@cache
def topic_slugs() -> tuple[str, ...]:
    """The slugs of all themes, in the order of the list."""
    return tuple(row["topic"] for row in vocabulary.load_csv("topics"))


@cache
def topic_index() -> Mapping[str, int]:
    """Theme -> its place in `topics()`."""
    return {topic: place for place, topic in enumerate(topic_slugs())}


Counts = Mapping[str, Mapping[str, float]]
"""Topic -> gram -> count."""


def count_ngrams(examples: Iterable[tuple[str, WeightedTexts]]) -> dict[str, Counter[str]]:
    """Grams by topic: of these (topic, texts), of the descriptions of the themes and of their phrases."""
    counts: dict[str, Counter[str]] = {topic: Counter() for topic in topic_slugs()}
    for row in vocabulary.load_csv("topics"):
        counts[row["topic"]].update(ngrams(row["includes"] + row["name_zh"]))
    for topic, words in vocabulary.load_toml("topics").items():
        for strength, weight in (("strong", 0.5), ("weak", 0.25)):
            for phrase in words[strength]:
                for gram in ngrams(phrase):
                    counts[topic][gram] += weight  # type: ignore[assignment]
    for topic, texts in examples:
        for gram, weight in weighted_ngrams(texts).items():
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
    added: dict[str, list[tuple[int, float]]] = {gram: [] for gram in sorted(background, key=_pack_ngram)}
    for place, of in enumerate(counts.values()):
        for gram, n in of.items():
            added[gram].append((place, log1p(n * everything / (SMOOTHING * background[gram]))))
    amounts = [pair for pairs in added.values() for pair in pairs]
    return Model(
        keys=np.array([_pack_ngram(gram) for gram in added], np.int64),
        begins=np.cumsum([0, *map(len, added.values())]),
        places=np.array([place for place, _ in amounts], np.int64),
        amounts=np.array([amount for _, amount in amounts]),
        base=np.array(base),
    )


def dump_counts(counts: Counts) -> str:
    """The counts as the lines of the model's file, sorted."""
    by_gram: dict[str, list[str]] = defaultdict(list)
    for topic, of in counts.items():
        for gram, n in of.items():
            by_gram[gram].append(f"{topic}:{n:g}")
    return "".join("\t".join([gram, *sorted(by_gram[gram])]) + "\n" for gram in sorted(by_gram))


def parse_counts(text: str) -> dict[str, dict[str, float]]:
    """What `dump` wrote."""
    counts: dict[str, dict[str, float]] = {topic: {} for topic in topic_slugs()}
    for line in text.splitlines():
        gram, *pairs = line.split("\t")
        for pair in pairs:
            topic, _, n = pair.partition(":")
            counts[topic][gram] = float(n)
    return counts


@cache
def load_model() -> Model:
    """The model that comes with the package, read once."""
    return fit(parse_counts(files("extractors").joinpath("vocabulary", MODEL_FILE).read_text("utf-8")))
