"""Fitted linear models: what is observed → log-probabilities of classes.

The weights lie in `reading_model.json`, written by `python -m tests.table_model.train`. Pure Python: a table needs some
thousand multiplications, less than the import of a library for them costs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp, log
from operator import add, mul
from pathlib import Path
from typing import Any

MODEL_FILE = Path(__file__).with_name("reading_model.json")


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """A softmax over classes; models are compared by identity.

    Attributes:
        classes: the names of the classes.
        names: the names of the observed values.
        mean: the mean of each observed value in training.
        scale: one over its standard deviation.
        weights: for each class one weight per value and one per square of a value, and a constant at the end.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]

    def log_probabilities(self, values: Sequence[float], last: tuple[float, ...] = ()) -> dict[str, float]:
        """Return the log-probability of each class.

        Args:
            values: one number for each of `names`.
            last: the last of these numbers where they come again, as those of a header word do: what they add is kept.
        """
        n = len(self.names) - len(last)
        logits = _logits(self, values, 0, n)
        if last:
            logits = [*map(add, logits, _kept_logits(self, last, n))]
        top = max(logits)
        total = top + log(sum([exp(v - top) for v in logits]))
        return {name: v - total for name, v in zip(self.classes, logits, strict=True)}


@lru_cache(maxsize=1024)
def _kept_logits(model: LinearModel, values: tuple[float, ...], start: int) -> Sequence[float]:
    return _logits(model, values, start, len(model.names))


def _logits(model: LinearModel, values: Sequence[float], start: int, stop: int) -> list[float]:
    """Return what the values of the names from `start` to `stop` add to each class."""
    mean, scale, weights = _part(model, start, stop)
    x = expand([(v - m) * s for v, m, s in zip(values, mean, scale, strict=True)])
    return [sum(map(mul, w, x)) for w in weights]


@lru_cache(maxsize=16)
def _part(
    model: LinearModel, start: int, stop: int
) -> tuple[Sequence[float], Sequence[float], Sequence[Sequence[float]]]:
    """Return mean, scale and weights of these names; the constant belongs to the first of them."""
    n = len(model.names)
    rows = [(*w[start:stop], *w[n + start : n + stop], 0.0 if start else w[-1]) for w in model.weights]
    return model.mean[start:stop], model.scale[start:stop], rows


LIMIT = 4.0
"""Standardized values are cut here: a cell of 3,000 characters says no more than one of 300."""


def expand(standardized: Sequence[float]) -> list[float]:
    """Return the values, their squares and a constant 1; values are cut at `LIMIT`."""
    cut = [LIMIT if v > LIMIT else -LIMIT if v < -LIMIT else v for v in standardized]
    return [*cut, *[v * v for v in cut], 1.0]


def load_model(name: str) -> LinearModel:
    """Return a fitted model of `reading_model.json`: header_rows, columns, body_rows, tables or confidence."""
    return _replaced.get(name) or _load_model(name)


@cache
def _load_model(name: str) -> LinearModel:
    data: dict[str, Any] = _load_file()[name]
    return LinearModel(
        tuple(data["classes"]),
        tuple(data["names"]),
        tuple(data["mean"]),
        tuple(data["scale"]),
        tuple(tuple(row) for row in data["weights"]),
    )


def replace_models(models: Mapping[str, LinearModel]) -> None:
    """Use these models instead of those of the file, in this process: for fitting and evaluating."""
    _replaced.clear()
    _replaced.update(models)


_replaced: dict[str, LinearModel] = {}


@cache
def _load_file() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(MODEL_FILE.read_text("utf-8"))
    return loaded
