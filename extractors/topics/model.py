"""Multinomial topic model over character bigrams and trigrams.

The counts are in `vocabulary/topic_model.tsv`, one n-gram a line followed by topic:count pairs. Training is counting;
`tests/topics/train.py` writes the file.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from math import log, log1p
from operator import add

import numpy as np
from numpy.typing import NDArray

from extractors import vocabulary
from extractors.normalize import bigrams

WeightedTexts = Iterable[tuple[str | None, float]]
"""Texts with their weights."""

MODEL_FILE = "topic_model.tsv"
SMOOTHING = 600.0
"""Pseudo-count of background n-grams per topic; dampens n-grams that are common everywhere."""
_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"
_NO_HAN = re.compile(f"[^{_FIRST_HAN}-{_LAST_HAN}]")


def ngrams(text: str | None) -> list[str]:
    """Return the bigrams and trigrams of the ideographs of a text; other characters are dropped first."""
    compact = _NO_HAN.sub("", text or "")
    pairs = bigrams(compact)
    return [*pairs, *map(add, pairs, compact[2:])]


def weighted_ngrams(texts: WeightedTexts) -> dict[str, float]:
    """Return each n-gram with the summed weights of the texts that contain it."""
    weights: dict[str, float] = defaultdict(float)
    for text, weight in texts:
        for gram in dict.fromkeys(ngrams(text)):
            weights[gram] += weight
    return dict(weights)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A sparse matrix of n-grams and topics; compared by identity.

    Attributes:
        keys: The packed n-grams, sorted.
        starts: Entries of n-gram k are `starts[k]` to `starts[k + 1]` of the next two arrays.
        topic_positions: The positions in `topic_slugs()`.
        amounts: The score that the n-gram adds to the topic.
        base: For each topic the score that every known n-gram adds (negative).
    """

    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    topic_positions: NDArray[np.int64]
    amounts: NDArray[np.float64]
    base: NDArray[np.float64]

    def sums(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return per text the number of distinct known n-grams, and the sum of their scores (texts x topics).

        All texts are processed in one call, since the overhead per call is larger than the sums.
        """
        text_of_ngram, keys = _pack_all_ngrams(texts)
        # Sorted keys are found faster than their searches in any order cost.
        distinct, places = np.unique(keys, return_inverse=True)
        rows = np.minimum(np.searchsorted(self.keys, distinct), len(self.keys) - 1)
        known = (self.keys[rows] == distinct)[places]
        rows = rows[places]
        pairs = np.sort(text_of_ngram[known] * len(self.keys) + rows[known])
        text_of_ngram, rows = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], len(self.keys))
        counts = self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(counts)
        indices = np.arange(counts.sum()) + np.repeat(self.starts[rows + 1] - ends, counts)
        size = len(self.base)
        cells = np.repeat(text_of_ngram * size, counts) + self.topic_positions[indices]
        added = np.bincount(cells, self.amounts[indices], len(texts) * size).astype(np.float64)
        return np.bincount(text_of_ngram, minlength=len(texts)).astype(np.int64), added.reshape(len(texts), size)

    def scores(self, mass: NDArray[np.float64], added: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much likelier than the background n items are in each topic (n x topics).

        Args:
            mass: The weighted number of known n-grams of each item (n).
            added: The weighted sums of their scores (n x topics).
        """
        scores: NDArray[np.float64] = (self.base * mass[:, None] + added) / np.sqrt(mass + 1)[:, None]
        return scores


def _pack_ngram(ngram: str) -> int:
    """Return an n-gram as one number, 16 bits a character."""
    return reduce(lambda key, char: key << 16 | ord(char), ngram, 0)


def _pack_all_ngrams(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the packed n-grams of all texts, repeats included, with the index of the text of each."""
    chars = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    text_of_character = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    is_han = (chars >= ord(_FIRST_HAN)) & (chars <= ord(_LAST_HAN))
    chars, text_of_character = chars[is_han], text_of_character[is_han]
    pairs = chars[:-1] << 16 | chars[1:]
    triples = pairs[:-1] << 16 | chars[2:]
    in_one_text = text_of_character[:-1] == text_of_character[1:]
    all_in_one_text = text_of_character[:-2] == text_of_character[2:]
    return (
        np.concatenate([text_of_character[:-1][in_one_text], text_of_character[:-2][all_in_one_text]]),
        np.concatenate([pairs[in_one_text], triples[all_in_one_text]]),
    )


@cache
def topic_slugs() -> tuple[str, ...]:
    """Return the slugs of all topics in the order of the list."""
    return tuple(row["topic"] for row in vocabulary.load_csv("topics"))


@cache
def topic_index() -> Mapping[str, int]:
    """Return the position of each topic in `topic_slugs()`."""
    return {topic: position for position, topic in enumerate(topic_slugs())}


Counts = Mapping[str, Mapping[str, float]]
"""Topic -> n-gram -> count."""


def count_ngrams(examples: Iterable[tuple[str, WeightedTexts]]) -> dict[str, Counter[str]]:
    """Count n-grams by topic, in the (topic, texts) examples and in the descriptions and phrases of the topics."""
    counts: dict[str, Counter[str]] = {topic: Counter() for topic in topic_slugs()}
    for row in vocabulary.load_csv("topics"):
        counts[row["topic"]].update(ngrams(row["includes"] + row["name_zh"]))
    for topic, words in vocabulary.load_toml("topics").items():
        for strength, weight in (("strong", 0.5), ("weak", 0.25)):
            for phrase in words[strength]:
                for ngram in ngrams(phrase):
                    counts[topic][ngram] += weight  # type: ignore[assignment]
    for topic, texts in examples:
        for ngram, weight in weighted_ngrams(texts).items():
            counts[topic][ngram] += weight  # type: ignore[assignment]
    return counts


def fit(counts: Counts) -> Model:
    """Return the model of these counts."""
    totals = {topic: sum(counts_of_topic.values()) for topic, counts_of_topic in counts.items()}
    background: Counter[str] = Counter()
    for counts_of_topic in counts.values():
        background.update(counts_of_topic)
    total_count = sum(background.values())
    base = [log(SMOOTHING / (total + SMOOTHING)) for total in totals.values()]
    scores_by_ngram: dict[str, list[tuple[int, float]]] = {ngram: [] for ngram in sorted(background, key=_pack_ngram)}
    for position, counts_of_topic in enumerate(counts.values()):
        for ngram, count in counts_of_topic.items():
            scores_by_ngram[ngram].append((position, log1p(count * total_count / (SMOOTHING * background[ngram]))))
    amounts = [pair for pairs in scores_by_ngram.values() for pair in pairs]
    return Model(
        keys=np.array([_pack_ngram(ngram) for ngram in scores_by_ngram], np.int64),
        starts=np.cumsum([0, *map(len, scores_by_ngram.values())]),
        topic_positions=np.array([position for position, _ in amounts], np.int64),
        amounts=np.array([amount for _, amount in amounts]),
        base=np.array(base),
    )


def dump_counts(counts: Counts) -> str:
    """Return the counts as the sorted lines of the model file."""
    by_ngram: dict[str, list[str]] = defaultdict(list)
    for topic, counts_of_topic in counts.items():
        for ngram, count in counts_of_topic.items():
            by_ngram[ngram].append(f"{topic}:{count:g}")
    return "".join("\t".join([ngram, *sorted(by_ngram[ngram])]) + "\n" for ngram in sorted(by_ngram))


def parse_counts(text: str) -> dict[str, dict[str, float]]:
    """Return the counts of a text written by `dump_counts`."""
    counts: dict[str, dict[str, float]] = {topic: {} for topic in topic_slugs()}
    for line in text.splitlines():
        ngram, *pairs = line.split("\t")
        for pair in pairs:
            topic, _, count = pair.partition(":")
            counts[topic][ngram] = float(count)
    return counts


@cache
def load_model() -> Model:
    """Return the model of the package, cached."""
    return fit(parse_counts(vocabulary.load_text(MODEL_FILE)))
