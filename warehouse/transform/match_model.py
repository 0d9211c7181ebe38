"""How sure it is that two tasks ask for the same, and how they are related.

The weights of the signals are fitted by `python -m tests.match_model.train` from pairs that people read and are kept in
`match_model.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from warehouse.transform.task_signals import VALUE_NAMES, PairedTexts, RarityTables, Signals, observe_pairs
from warehouse.transform.task_words import load_meanings

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MODEL_FILE: Final = "match_model.json"
RARITY_KINDS: Final = ("matter", "process", "act", "proof")
"""Kinds whose meanings count the more the rarer they are."""
ANSWER_CONFIDENCE: Final = 0.7
"""Confidence from which a pair is an answer: of the pairs that the search meets above it some 84 of 100 are related."""
CANDIDATE_CONFIDENCE: Final = 0.12
"""Confidence from which a pair is worth a person's look: of the pairs below it hardly one in twenty is related."""
SAME_TEXT_CONFIDENCE: Final = 0.99
"""Confidence of two texts that differ in nothing but figures and punctuation."""
SURE_DIGITS: Final = 4
"""Decimals to which a confidence is rounded: more would differ between processors."""
RELATIONS: Final = ("equal", "subset", "superset", "overlap")
_PART_KINDS: Final = ("matter", "process", "act")
"""Kinds of meanings that are parts of what a task asks; so is what it counts."""


@dataclass(frozen=True, slots=True)
class RelationBounds:
    """When a text is inside another.

    Attributes:
        parts: Weight of the parts of the requirement; the rest of 1 is that of its bigrams.
        inside: Share of a text from which it is inside the other.
        equal: Share of both texts from which they are equal.
    """

    parts: float
    inside: float
    equal: float


@dataclass(frozen=True, slots=True)
class MatchModel:
    """Fitted weights, in the order of `VALUE_NAMES`, and the rarity of meanings by kind."""

    weights: FloatArray
    intercept: float
    rarities: Mapping[str, RarityTables]
    bounds: RelationBounds

    def confidences(self, signals: Signals, pairs: PairedTexts) -> FloatArray:
        """Return the probability that the tasks of each pair are related."""
        score = observe_pairs(signals, self.rarities, pairs) @ self.weights + self.intercept
        found: FloatArray = np.round(1 / (1 + np.exp(-score)), SURE_DIGITS)
        return np.where(pairs.cosine >= 1, SAME_TEXT_CONFIDENCE, np.minimum(found, SAME_TEXT_CONFIDENCE))

    def relations(
        self, signals: Signals, first: IntArray, second: IntArray, inside_a: FloatArray, inside_b: FloatArray
    ) -> IntArray:
        """Return the relation of the first text of each pair to the second, by position in `RELATIONS`."""
        part_a, part_b = part_shares(signals, first, second)
        return relate(self.bounds, part_a, part_b, inside_a, inside_b)


_COMPLETE: Final = 0.95
"""Share of the bigrams of a text that another one holds, if it holds all of it."""
_MORE: Final = 0.8
"""The same of the other text, if it asks for more."""


def relate(
    bounds: RelationBounds, part_a: FloatArray, part_b: FloatArray, inside_a: FloatArray, inside_b: FloatArray
) -> IntArray:
    """Return relations by position in `RELATIONS`, from the shares of parts and of bigrams that the other has too."""
    cover_a, cover_b = (
        bounds.parts * part + (1 - bounds.parts) * inside for part, inside in ((part_a, inside_a), (part_b, inside_b))
    )
    # 落实管理制度 | 落实管理制度，开展检查: a text that another one holds whole asks for less than that.
    is_held_a, is_held_b = (
        (inside >= _COMPLETE) & (other < _MORE) for inside, other in ((inside_a, inside_b), (inside_b, inside_a))
    )
    is_equal = (np.minimum(cover_a, cover_b) >= bounds.equal) & ~is_held_a & ~is_held_b
    is_subset, is_superset = (
        is_held_a | (~is_held_b & (cover_a >= bounds.inside) & (cover_a > cover_b)),
        is_held_b | (~is_held_a & (cover_b >= bounds.inside) & (cover_b > cover_a)),
    )
    return np.select([is_equal, is_subset, is_superset], [0, 1, 2], 3).astype(np.int64)


def part_shares(signals: Signals, first: IntArray, second: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the shares of the parts of the first and of the second requirement that the other has too."""
    bits = np.concatenate([*(signals.bits[kind] for kind in _PART_KINDS), signals.measures[:, None]], axis=1)
    own = np.bitwise_count(bits).sum(axis=1, dtype=np.float64)
    shared = np.bitwise_count(bits[first] & bits[second]).sum(axis=1, dtype=np.float64)
    part_a, part_b = (
        np.divide(shared, own[side], out=np.zeros(len(first)), where=own[side] > 0) for side in (first, second)
    )
    return part_a, part_b


def build_model(fitted: Mapping[str, Any]) -> MatchModel:
    """Build the model from the content of its file; a meaning the file does not know is as rare as the rarest."""
    meanings = load_meanings()
    rarities = {}
    for kind in RARITY_KINDS:
        known = fitted["rarity"][kind]
        highest = max(known.values())
        values = [known.get(name, highest) / highest for name in meanings[kind].names]
        rarities[kind] = RarityTables(values, meanings[kind].words)
    weights = np.array([fitted["weights"][name] for name in VALUE_NAMES])
    return MatchModel(weights, fitted["intercept"], MappingProxyType(rarities), RelationBounds(**fitted["relation"]))


@cache
def load_model() -> MatchModel:
    """Return the fitted model."""
    return build_model(json.loads((resources.files("warehouse.transform") / MODEL_FILE).read_text("utf-8")))
