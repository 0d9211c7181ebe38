"""Pairs of texts that teach or measure which tasks ask for the same.

Beside the pairs that people read there are made-up ones: a requirement whose subject was put in place of another is a
look-alike that asks for something else; with another word for the same subject it asks for the same.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tests.match_model.truth import GoldPair, GoldTask, gold_tasks
from warehouse.transform.match_model import FloatArray, build_model
from warehouse.transform.task_signals import PairedTexts, Signals, observe_pairs, read_signals
from warehouse.transform.task_words import KINDS, Meanings, letters, load_meanings

SEED: Final = 3
MADE_UP_WEIGHT: Final = 0.1
"""A made-up pair counts a tenth of one that people read."""
UNKNOWN_WEIGHT: Final = 0.2
"""The same pair, read by somebody to whom every word of the field is unknown."""
LONGEST_MADE_UP: Final = 80
"""Characters from which a text has so many subjects that one replaced says nothing."""
TWIN_WEIGHT: Final = 0.5
TWIN_COSINE: Final = 0.85
TWINS: Final = ("js-yancheng-2022", "js-yancheng-2023")
"""Two versions of one notice: tasks of one row are the same where hardly a word changed."""
EDITS: Final = ("积极{}", "{}不少于次", "每年{}", "深入{}提供图片", "{}做到全覆盖")
"""What is added to a text that stays the same requirement."""
RARE_CHARACTERS: Final = 0x3400, 3000


@dataclass(frozen=True, slots=True)
class Sample:
    """Two texts with their topics, the truth, and how much it counts.

    Attributes:
        is_unknown: Whether the words of the field are to be taken as unknown.
    """

    first: str
    second: str
    topic_a: str
    topic_b: str
    is_related: bool
    weight: float = 1.0
    is_unknown: bool = False
    heading_a: str = ""
    heading_b: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the signals say of samples; `pairs` and the shares `inside` belong to the rows of `signals`."""

    signals: Signals
    pairs: PairedTexts
    inside_a: FloatArray
    inside_b: FloatArray


def sample_of(pair: GoldPair, weight: float = 1.0) -> Sample:
    """Return a pair that people read as a sample."""
    return _sample(pair.first, pair.second, pair.is_related, weight)


def _sample(first: GoldTask, second: GoldTask, is_related: bool, weight: float) -> Sample:
    return Sample(
        *(first.text, second.text, first.topic, second.topic, is_related, weight),
        heading_a=first.heading,
        heading_b=second.heading,
    )


def unknown_samples(samples: Iterable[Sample]) -> list[Sample]:
    """Return the samples as they look where the dictionary knows none of their words."""
    return [replace(sample, is_unknown=True, weight=sample.weight * UNKNOWN_WEIGHT) for sample in samples]


def twin_samples() -> list[Sample]:
    """Return the tasks of two versions of one notice that hardly differ."""
    found = []
    for (notice, table, row), task in gold_tasks().items():
        other = gold_tasks().get((TWINS[1], table, row)) if notice == TWINS[0] else None
        if other is not None and shared_bigrams(task.text, other.text)[0] > TWIN_COSINE:
            found.append(_sample(task, other, True, TWIN_WEIGHT))
    return found


def made_up_samples(texts: Iterable[tuple[str, str]]) -> list[Sample]:
    """Return look-alikes and paraphrases made of texts with their topics."""
    rng, subjects = random.Random(SEED), _Subjects()
    found = []
    for text, topic in texts:
        compact = letters(text)
        if len(compact) > LONGEST_MADE_UP or not subjects.pattern.search(compact):
            continue
        related = Sample(compact, subjects.replace(compact, rng, "same"), topic, topic, True, MADE_UP_WEIGHT)
        edited = replace(related, second=rng.choice(EDITS).format(compact))
        other_topic = topic if rng.random() < 0.5 else "other"
        found += [
            related,
            edited,
            replace(edited, is_unknown=True),
            replace(related, second=subjects.replace(compact, rng, "other"), topic_b=other_topic, is_related=False),
            replace(related, second=subjects.replace(compact, rng, "unknown"), is_related=False),
            replace(related, second=subjects.replace(compact, rng, "unknown"), is_related=False, is_unknown=True),
        ]
    return found


class _Subjects:
    """The phrases that name a matter or field, and their replacement."""

    def __init__(self) -> None:
        self.by_meaning: dict[tuple[str, int], list[str]] = {}
        self.meaning: dict[str, tuple[str, int]] = {}
        for kind in ("matter", "field"):
            for phrase, codes in load_meanings()[kind].phrases.items():
                self.by_meaning.setdefault((kind, codes[0]), []).append(phrase)
                self.meaning.setdefault(phrase, (kind, codes[0]))
        self.pattern: Final = re.compile("|".join(map(re.escape, sorted(self.meaning, key=len, reverse=True))))

    def replace(self, text: str, rng: random.Random, how: str) -> str:
        """Return the text with an `other` subject, an `unknown` one, or the `same` in other words."""
        others: dict[tuple[str, int], tuple[str, int]] = {}

        def put(match: re.Match[str]) -> str:
            meaning = self.meaning[match[0]]
            if how == "unknown":
                first, number = RARE_CHARACTERS
                return "".join(chr(first + rng.randrange(number)) for _ in match[0])
            if how == "other":
                choices = [one for one in self.by_meaning if one != meaning]
                meaning = others.setdefault(meaning, rng.choice(choices))
            return rng.choice(self.by_meaning[meaning])

        return self.pattern.sub(put, text)


def shared_bigrams(first: str, second: str) -> tuple[float, float, float]:
    """Return the cosine of the bigrams of two texts and the share of each text that the other has too."""
    a, b = ({text[k : k + 2] for k in range(len(text) - 1)} for text in map(letters, (first, second)))
    shared = len(a & b)
    size = max(len(a), 1), max(len(b), 1)
    return shared / float(np.sqrt(size[0] * size[1])), shared / size[0], shared / size[1]


def observe(samples: Sequence[Sample]) -> Observed:
    """Return what the signals say of samples."""
    texts = [*chain.from_iterable((letters(sample.first), letters(sample.second)) for sample in samples)]
    topics = [*chain.from_iterable((sample.topic_a, sample.topic_b) for sample in samples)]
    headings = [*chain.from_iterable((sample.heading_a, sample.heading_b) for sample in samples)]
    signals = read_signals(*(pl.Series(values, dtype=pl.String) for values in (texts, topics, headings)))
    is_unknown = np.repeat([sample.is_unknown for sample in samples], 2)
    bits = {kind: np.where(is_unknown[:, None], np.uint64(0), signals.bits[kind]) for kind in KINDS}
    signals = replace(signals, bits=MappingProxyType(bits))
    first = np.arange(0, len(texts), 2)
    shared = np.array([shared_bigrams(sample.first, sample.second) for sample in samples]).reshape(-1, 3)
    pairs = PairedTexts(first, first + 1, shared[:, 0], shared[:, 1:].max(axis=1))
    return Observed(signals, pairs, shared[:, 1], shared[:, 2])


def observed_values(fitted: Mapping[str, object], observed: Observed) -> FloatArray:
    """Return one row of observed values per sample."""
    return observe_pairs(observed.signals, build_model(fitted).rarities, observed.pairs)


def rarities(texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return by kind the logarithm of how seldom each meaning occurs in texts."""
    bodies = pl.Series([letters(text) for text in texts], dtype=pl.String)
    signals = read_signals(bodies, pl.Series([""] * len(texts), dtype=pl.String))
    return {
        kind: _rarity_of(load_meanings()[kind], signals.bits[kind], len(texts))
        for kind in ("matter", "process", "act", "proof")
    }


def _rarity_of(meanings: Meanings, bits: npt.NDArray[np.uint64], texts: int) -> dict[str, float]:
    flags = np.unpackbits(np.ascontiguousarray(bits).view(np.uint8), axis=1, bitorder="little")
    holders = flags.sum(axis=0, dtype=np.int64)
    return {
        name: round(float(np.log((texts + 1) / (holders[code] + 1))), 3) for code, name in enumerate(meanings.names)
    }
