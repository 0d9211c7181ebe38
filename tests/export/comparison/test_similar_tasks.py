"""Tasks that ask for the same: each printed once, in groups, with every pair told once, from the side of the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.export.comparison.conftest import Ask
from tests.export.comparison.drawn import drawn
from warehouse.export.comparison.load import Comparison
from warehouse.export.comparison.similar_tasks import similar_tasks_table

SEED = next(seed for seed in range(99) if len(drawn(seed).notices) == 3)


def pair(first: str, second: str, **values: Any) -> dict[str, Any]:
    """A pair of the tasks `notice-task`, with the earlier notice first."""
    sides = {
        f"{name}_{side}": value
        for side, task_id in (("a", first), ("b", second))
        for name, value in (
            ("task", task_id),
            ("notice", task_id.split("-")[0]),
            ("requirement", f"要求 {task_id}"),
            ("points", None),
            ("locator", f"第 {task_id} 行"),
        )
    }
    return {"name": "诚信建设", "relation": "overlap", "similarity": 0.3, "basis": "wording", **sides, **values}


def table_of(*pairs: dict[str, Any]) -> Sequence[Sequence[Any]]:
    return similar_tasks_table(replace(drawn(SEED), similar_tasks=pairs)).rows


def test_a_task_of_many_pairs_is_printed_once() -> None:
    rows = table_of(pair("n0-x", "n1-x"), pair("n0-x", "n1-y"), pair("n0-x", "n2-x"))
    assert [row[4] for row in rows] == ["要求 n0-x", "要求 n1-x", "要求 n1-y", "要求 n2-x"]
    assert [row[1:3] for row in rows] == [[1, 1], [1, 2], [1, 3], [1, 4]]
    assert [row[6] for row in rows] == [None, *["第1条：部分相同，相似度0.3"] * 3]


def test_tasks_that_a_third_connects_are_one_group_in_the_order_of_notices() -> None:
    rows = table_of(pair("n0-x", "n2-x"), pair("n0-y", "n1-y"), pair("n1-x", "n2-x"))
    assert [(row[1], row[2], row[4]) for row in rows] == [
        (1, 1, "要求 n0-x"), (1, 2, "要求 n1-x"), (1, 3, "要求 n2-x"), (2, 1, "要求 n0-y"), (2, 2, "要求 n1-y"),
    ]  # fmt: skip
    # The first two have no pair of their own.
    assert rows[1][6] is None
    assert rows[2][6] == "第1条：部分相同，相似度0.3\n第2条：部分相同，相似度0.3"


def test_relation_and_difference_are_those_of_the_row() -> None:
    (first, second) = table_of(pair("n0-x", "n1-x", relation="subset", points_a=1.0, points_b=3.5))
    assert (first[5], second[5]) == (1.0, 3.5)
    assert second[6] == "第1条：包含对方，相似度0.3，高2.5分"
    (_, settled) = table_of(pair("n0-x", "n1-x", relation="equal", similarity=None, basis="review"))
    assert settled[6] == "第1条：大体相同（人工认定）"


def test_every_task_and_every_pair_of_the_five_is_there(comparison: Comparison, ask: Ask) -> None:
    rows = similar_tasks_table(comparison).rows
    pairs = {frozenset(pair) for pair in ask("SELECT task_a, task_b FROM mart.topic_crosswalk")}
    assert len(rows) == len(frozenset().union(*pairs))
    assert sum(len(row[6].split("\n")) for row in rows if row[6]) == len(pairs)
