"""The truth of counterparts is whole: every pair names two tasks, and the third that evaluates was drawn by lot."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.match_model.truth import gold_pairs, gold_tasks, judged_answers, read_rows

SEED = 20261129
RELATIONS = {"equal", "subset", "superset", "overlap", "unrelated"}


@pytest.mark.parametrize("name", ["pairs.csv", "answers.csv"])
def test_every_row_names_two_tasks_of_different_notices_by_how_they_begin(name: str) -> None:
    for row in read_rows(name):
        for side in "ab":
            task = gold_tasks()[row[f"notice_{side}"], int(row[f"table_{side}"]), int(row[f"row_{side}"])]
            assert task.text.startswith(row[f"text_{side}"])
            assert row[f"text_{side}"]
        assert row["notice_a"] != row["notice_b"]


def test_a_third_of_the_150_pairs_was_drawn_by_the_seed() -> None:
    rows = read_rows("pairs.csv")
    drawn = set(random.Random(SEED).sample(range(len(rows)), 50))
    assert len(rows) == 150
    assert {place for place, row in enumerate(rows) if row["held_out"] == "1"} == drawn
    assert {row["relation"] for row in rows} == RELATIONS
    assert all(row["why"] for row in rows)


def test_no_pair_is_judged_twice() -> None:
    pairs = [*gold_pairs(held_out=False), *gold_pairs(held_out=True), *judged_answers()]
    assert Counter(frozenset((pair.first, pair.second)) for pair in pairs).most_common(1)[0][1] == 1


def test_made_up_texts_differ() -> None:
    texts = [text for row in read_rows("paraphrases.csv") for text in row.values()]
    assert len(texts) == len(set(texts)) == 60
