"""Marts, questions and explorer: work saved against the plain way, and how answers grow with the warehouse.

    pytest -n 0 -s -m bench tests/bench/test_comparison.py                                  # the short form
    WENMING_BENCH_NOTICES=20000 pytest -n 0 -s -m bench tests/bench/test_comparison.py      # a million tasks

Seconds are printed; only ratios measured side by side in the same run are asserted.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.bench.warehouses import frames, publish
from tests.warehouse.test_task_similarity import compare_all
from warehouse import store
from warehouse.explorer import queries
from warehouse.explorer.search_params import SearchFilter
from warehouse.questions import QuestionFilters, ask, list_questions

pytestmark = pytest.mark.bench

LARGE = max(int(os.environ.get("WENMING_BENCH_NOTICES", "60")), 40)
TASKS = 50
ROUNDS = 2


def seconds(job: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median wall time of a job, after one round that warms."""
    job()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        job()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a warehouse of LARGE notices, filled in parts, as notices come in."""
    path = tmp_path_factory.mktemp("large") / "w.duckdb"
    begun = time.perf_counter()
    step = max(LARGE // 2, 1)
    for first in range(0, LARGE, step):
        publish(path, min(step, LARGE - first), TASKS, first)
    with closing(store.connect(path)) as connection:
        print(f"\n{LARGE} notices, {LARGE * TASKS} tasks: built in {time.perf_counter() - begun:.0f} s")
        yield connection


def test_similar_tasks_are_those_of_all_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = frames(0, 20, 100)
    path = tmp_path / "w.duckdb"
    begun = time.process_time()
    store.publish(path, add=made)
    ours_cpu = time.process_time() - begun
    with closing(store.connect(path)) as connection:
        listed = dict(
            connection.execute("SELECT task_a, max(confidence) FROM mart.task_pairs GROUP BY task_a").fetchall()
        )
    wanted: dict[str, float] = {}
    for (task, _), value in compare_all(made).items():
        wanted[task] = max(wanted.get(task, 0), value)
    same = sum(abs(listed.get(task, 0) - value) < 1e-5 for task, value in wanted.items())
    with capsys.disabled():
        print(f"\nsimilar tasks of {len(wanted)} tasks: same best for {same / len(wanted):.1%}, ")
        print(f"CPU {ours_cpu:.1f} s for the whole publication")
    assert same >= len(wanted) * 0.99


@pytest.mark.parametrize("number", [one.number for one in list_questions()])
def test_questions_of_one_notice_in_a_large_warehouse(
    large: duckdb.DuckDBPyConnection, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (one,) = [item for item in list_questions() if item.number == number]
    question_filters = QuestionFilters(
        notice=("notice-000007",), other=("notice-000011",) if "other" in one.parameters else ()
    )
    taken = seconds(lambda: ask(large, one, question_filters, today=date(2020, 3, 1), limit=200))
    scan = seconds(lambda: large.execute("SELECT sum(length(requirement)) FROM core.tasks").fetchall())
    with capsys.disabled():
        print(f"\nquestion {number}: {taken * 1000:.0f} ms, a scan of all texts {scan * 1000:.0f} ms")
    assert taken < 400 * scan


def explored() -> dict[str, tuple[str, list[Any]]]:
    """The explorer's queries as a person's clicks ask them."""
    wanted = {
        "search, one word": SearchFilter(words=("志愿",)),
        "search, two words": SearchFilter(words=("志愿", "培训")),
        "search, no hit": SearchFilter(words=("没有这样的词",)),
        "search, filters": SearchFilter(words=("活动",), department="人事科", theme="volunteering", month="2020-05"),
        "search, method and evidence": SearchFilter(method="问卷调查", evidence="report"),
    }
    searches = {name: queries.task_hits(one, is_exact_unit=False, is_exact_party=True) for name, one in wanted.items()}
    four = [f"notice-{number:06}" for number in (3, 7, 11, 19)]
    return searches | {
        "indicators": queries.indicator_hits(wanted["search, one word"], is_exact_unit=False),
        "names of notices": queries.notice_labels(),
        "choice of topics": queries.topic_counts(),
        "choice of departments": queries.parties(),
        "choice of methods": queries.methods(),
        "choice of evidence": queries.evidence_kinds(),
        "choice of months": queries.months(),
        "totals": queries.warehouse_totals(),
        "compare, weights": queries.topic_weights(four),
        "compare, similarity": queries.notice_similarity(four),
        "compare, tasks": queries.compared_tasks(four, 500),
        "compare, counterparts": queries.similar_tasks_between(four),
        "a notice, the most similar": queries.similar_notices(four[0], 8),
        "a task, counterparts": queries.similar_tasks(f"{four[0]}-k0003", 12),
        "a notice, changes": queries.changes(four[0]),
        "a table, cells": queries.cells(f"{four[0]}-t1", 0, 200),
        "findings": queries.findings(severity="", rule="", notice="", state="", words=()),
    }


@pytest.mark.parametrize("name", list(explored()))
def test_queries_of_the_explorer(
    large: duckdb.DuckDBPyConnection, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sql, parameters = explored()[name]
    taken = seconds(lambda: large.execute(sql, parameters).fetchall())
    scan = seconds(lambda: large.execute("SELECT sum(length(requirement)) FROM core.tasks").fetchall())
    with capsys.disabled():
        print(f"\n{name}: {taken * 1000:.0f} ms, a scan of all texts {scan * 1000:.0f} ms")
    assert taken < 400 * scan
