"""The search for texts near a bound: how near two sides are, what is drawn, and what a changed code reads."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from tests.extractors.changed_code import Changed, Nearness, Sources, difference, probe_of
from tests.extractors.text_variants import variants
from tests.mutants import ROOT, Mutant, mutants


@pytest.fixture(scope="module")
def every() -> list[Mutant]:
    """All changes of the readers."""
    return mutants(ROOT, ("extractors",))


@pytest.mark.parametrize(
    ("left", "right", "gap"),
    [
        (3, 5, -2.0),
        (1.5, 1.5, 0.0),
        (date(2023, 3, 1), date(2023, 2, 28), 1.0),
        ((1, 4), (1, 2), 2.0),
        ((1, 2), (1, 2), 0.0),
        ("a", "b", None),
        (float("inf"), 1, None),
        ({1}, {1}, None),
    ],
)
def test_how_near_two_sides_are(left: Any, right: Any, gap: float | None) -> None:
    assert difference(left, right) == gap


@pytest.mark.parametrize(
    ("before", "after", "gap"),
    [
        ("0 < x", "", -7.0),
        ("0 < x <= 9", "(0 <= x <= 9)", -7.0),
        ("0 < x <= 9", "(0 < x < 9)", -2.0),
        ("0 < x <= 9", "", -2.0),
    ],
)
def test_the_side_that_is_changed_is_probed(before: str, after: str, gap: float) -> None:
    near = Nearness()
    assert eval(probe_of(before, after), {"x": 7, "_near": near}) is True
    assert (near.gap, near.reached) == (gap, True)


def test_a_variant_differs_and_is_drawn_alike_by_the_same_seed() -> None:
    text = "一、3月底前报送照片5张，不少于2次\n二、整治市容"
    drawn = [[variants(text, [text, "牵头单位：宣传科"], 2.0, random.Random(seed)) for seed in range(40)] for _ in "ab"]
    assert drawn[0] == drawn[1]
    assert len({*drawn[0]} - {text}) > 20


@pytest.mark.parametrize(("year", "is_met"), [(2998, False), (2999, True), (3000, False)])
def test_a_change_is_noticed_by_the_text_that_meets_the_bound(every: list[Mutant], year: int, is_met: bool) -> None:
    sources = Sources()
    sources.look()
    (mutant,) = [
        one for one in every if one.path == "extractors/parsers/dates.py" and "(1900 <= year < 2999)" in one.after
    ]
    changed = Changed(sources, mutant)
    text = "dates", f"{year}年3月"
    sound, near = changed.probe(text)
    assert (changed.is_worth(near), changed.notices(text, sound)) == (is_met, is_met)


def test_sound_code_is_put_back(every: list[Mutant]) -> None:
    sources = Sources()
    sources.look()
    mutant = next(one for one in every if one.path == "extractors/normalize.py")
    text = "words", "共 5 分"
    changed = Changed(sources, mutant)
    before = changed.probe(text)[0]
    changed.read(text)
    assert changed.probe(text)[0] == before
