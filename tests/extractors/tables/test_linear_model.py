"""Fitted models: probabilities, evidence, and models in place of those of the file."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import pytest

from extractors.tables.column_features import COLUMN_NAMES
from extractors.tables.confidence import CONFIDENCE_NAMES
from extractors.tables.header import HEADER_ROW_NAMES
from extractors.tables.linear_model import LIMIT, LinearModel, expand, load_model, replace_models
from extractors.tables.row_kinds import BODY_ROW_NAMES
from extractors.tables.task_tables import TABLE_NAMES

MODEL = LinearModel(
    classes=("task", "note"),
    names=("length", "points"),
    mean=(10.0, 0.5),
    scale=(0.1, 2.0),
    weights=((1.0, 2.0, -0.5, 0.0, 0.25), (-1.0, 0.5, 0.5, 1.0, -0.25)),
)
"""Per class: two weights of values, two of their squares, a constant."""


@pytest.fixture
def _models_of_the_file() -> Iterator[None]:
    yield
    replace_models({})


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("header_rows", HEADER_ROW_NAMES),
        ("columns", COLUMN_NAMES),
        ("body_rows", BODY_ROW_NAMES),
        ("tables", TABLE_NAMES),
        ("confidence", CONFIDENCE_NAMES),
    ],
)
def test_the_file_fits_what_is_observed(name: str, names: tuple[str, ...]) -> None:
    model = load_model(name)
    assert model.names == names
    assert len(model.mean) == len(model.scale) == len(names)
    assert [len(row) for row in model.weights] == [2 * len(names) + 1] * len(model.classes)


@pytest.mark.parametrize("values", [[10.0, 0.5], [0.0, 1.0], [3000.0, -7.0]])
def test_probabilities_sum_to_one(values: list[float]) -> None:
    assert sum(map(exp, MODEL.log_probabilities(values).values())) == pytest.approx(1.0)


def test_log_probabilities_are_the_weighted_values_and_squares() -> None:
    # Standardized: 1.0 and 1.0, so task 1 + 2 - 0.5 + 0 + 0.25 and note -1 + 0.5 + 0.5 + 1 - 0.25.
    found = MODEL.log_probabilities([20.0, 1.0])
    assert found["task"] - found["note"] == pytest.approx(2.75 - 0.75)


def test_large_logits_do_not_overflow() -> None:
    steep = LinearModel(("a", "b"), ("x",), (0.0,), (1.0,), ((900.0, 0.0, 0.0), (-900.0, 0.0, 0.0)))
    found = steep.log_probabilities([1.0])
    assert found == pytest.approx({"a": 0.0, "b": -1800.0})


def test_a_value_for_each_name() -> None:
    with pytest.raises(ValueError, match="zip"):
        MODEL.log_probabilities([1.0])


def test_values_are_cut() -> None:
    assert expand([100.0, -100.0, 2.0]) == [LIMIT, -LIMIT, 2.0, LIMIT**2, LIMIT**2, 4.0, 1.0]
    assert MODEL.log_probabilities([3000.0, 0.5]) == MODEL.log_probabilities([300.0, 0.5])


@pytest.mark.usefixtures("_models_of_the_file")
def test_models_in_place_of_those_of_the_file() -> None:
    own = load_model("tables")
    replace_models({"tables": MODEL})
    assert load_model("tables") is MODEL
    assert load_model("columns").names == COLUMN_NAMES
    replace_models({})
    assert load_model("tables") is own
