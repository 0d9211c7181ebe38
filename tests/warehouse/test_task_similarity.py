"""Similar tasks are those of comparing every text with every other, whatever the history of the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests import asking
from tests.bench.warehouses import frames
from tests.conftest import leave_out_views
from warehouse import store
from warehouse.transform import match_between, notice_similarity, similarity, task_similarity
from warehouse.transform.similarity import top_related_texts
from warehouse.transform.task_words import NOT_LETTERS, subject_pattern

NOTICES, TASKS = 16, 14
COMPUTED = ("mart.task_pairs", "mart.notice_pairs", "mart.due_days")


def bigrams(text: str) -> set[str]:
    compact = re.sub(r"[^\u3400-\u9fffA-Za-z]", "", text)[: task_similarity.MAX_CHARACTERS]
    return (
        {compact[k : k + 2] for k in range(len(compact) - 1)}
        if len(compact) >= task_similarity.MIN_CHARACTERS
        else set()
    )


def compare_all(made: dict[str, pl.DataFrame]) -> dict[tuple[str, str], float]:
    """Return (task, other notice) -> confidence of its best match there, by comparing all tasks with all."""
    body = pl.col("requirement").str.replace_all(NOT_LETTERS, "")
    has_subject = pl.col("requirement").str.contains(subject_pattern())
    names = made["core.indicators"].select("indicator_id", name=pl.col("name").str.replace_all(NOT_LETTERS, ""))
    heading = pl.when(has_subject).then(pl.lit("")).otherwise(pl.col("name").fill_null(""))
    tasks = made["core.tasks"].join(names, on="indicator_id", how="left")
    tasks = tasks.select("task_id", "notice_id", "topic", heading=heading, body=body)
    matched = match_between.match_between(
        tasks.filter(pl.col("body").str.len_chars() >= task_similarity.MIN_CHARACTERS)
    )
    return {(a, b): sure for a, b, sure in matched.select("task_a", "notice_b", "confidence").rows()}


def read_pairs(path: Path, table: str = "task_pairs") -> list[tuple[object, ...]]:
    return asking.rows(path, f"SELECT * FROM mart.{table} ORDER BY ALL")


@pytest.fixture(autouse=True)
def no_marts(few_views: Callable[..., None]) -> None:
    few_views(*COMPUTED)


@pytest.fixture(scope="module")
def made() -> dict[str, pl.DataFrame]:
    return frames(0, NOTICES, TASKS)


@pytest.fixture(scope="module")
def at_once(made: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pairs") / "w.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        leave_out_views(patch, *COMPUTED)
        store.publish(path, add=made)
    return path


def test_every_task_gets_the_most_similar_task_of_each_other_notice(
    made: dict[str, pl.DataFrame], at_once: Path
) -> None:
    expected = compare_all(made)
    listed = {
        (str(task), str(notice_b)): sure
        for task, notice_b, sure in asking.rows(at_once, "SELECT task_a, notice_b, confidence FROM mart.task_pairs")
    }
    assert len(listed) > 200
    assert listed.items() <= expected.items()
    for task in {task for task, _ in expected}:
        every = sorted((value for (task_a, _), value in expected.items() if task_a == task), reverse=True)
        top = sorted((float(str(value)) for (task_a, _), value in listed.items() if task_a == task), reverse=True)
        assert top == every[: task_similarity.MAX_MATCHES]


def test_in_a_large_topic_common_bigrams_give_no_candidates_but_still_count(
    made: dict[str, pl.DataFrame], at_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "MAX_RARE_TEXTS", 20)
    path = tmp_path / "w.duckdb"
    store.publish(path, add=made)
    every, some = {row[:2]: row for row in read_pairs(at_once)}, {row[:2]: row for row in read_pairs(path)}
    assert len(every) * 0.8 < len(some) < len(every)
    assert all(some[key] == every[key] for key in some.keys() & every.keys())


def test_notices_that_come_one_after_another_give_the_same_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Short lists overflow, lose members and are filled again.
    length = 3
    for name in ("_SHORTENED", "_TEXT_TASKS", "_MIN_CONFIDENCES", "_MATCHES", "_NEW_LISTS", "_INSERT_MATCHES"):
        monkeypatch.setattr(
            task_similarity, name, getattr(task_similarity, name).replace(f"{task_similarity.MAX_MATCHES}", f"{length}")
        )
    monkeypatch.setattr(task_similarity, "MAX_MATCHES", length)
    monkeypatch.setattr(notice_similarity, "MAX_NOTICES", length)
    grown, at_once = tmp_path / "grown.duckdb", tmp_path / "at-once.duckdb"
    store.publish(grown, add=frames(2, 5, TASKS))
    store.publish(grown, add=frames(0, 1, TASKS))
    store.publish(grown, add=frames(7, 3, TASKS), drop_files=["file-000003"])
    store.publish(grown, add=frames(1, 1, TASKS), drop_files=["file-000000"])
    numbers = [1, 2, 4, 5, 6, 7, 8, 9]
    parts = [frames(number, 1, TASKS) for number in numbers]
    store.publish(at_once, add={name: pl.concat([part[name] for part in parts]) for name in parts[0]})
    assert read_pairs(grown) == read_pairs(at_once)
    assert read_pairs(grown, "notice_pairs") == read_pairs(at_once, "notice_pairs")
    assert read_pairs(grown, "due_days") == read_pairs(at_once, "due_days")


def test_equal_texts_of_another_topic_are_found_in_any_order_of_publication(tmp_path: Path) -> None:
    def with_topic(number: int, topic: str, *texts: str) -> dict[str, pl.DataFrame]:
        made = frames(number, 1, len(texts))
        tasks = made["core.tasks"].with_columns(topic=pl.lit(topic), requirement=pl.Series(texts))
        return {**made, "core.tasks": tasks}

    notices = [
        with_topic(0, "integrity", "开展道德讲堂，每年四次", "开展道德讲堂每年四次", "公示红黑榜"),
        with_topic(1, "volunteering", "开展道德讲堂每年四次", "组织志愿服务队"),
        with_topic(2, "festivals", "公示红黑榜。", "春节慰问困难职工"),
    ]
    at_once = tmp_path / "at-once.duckdb"
    store.publish(at_once, add={name: pl.concat([one[name] for one in notices]) for name in notices[0]})
    pair = {("notice-000000-k0000", "notice-000001-k0000"), ("notice-000000-k0001", "notice-000001-k0000")}
    backwards = ("notice-000001-k0000", "notice-000000-k0000")
    marks = {("notice-000000-k0002", "notice-000002-k0000"), ("notice-000002-k0000", "notice-000000-k0002")}
    assert {row[:2] for row in read_pairs(at_once)} == {*pair, backwards, *marks}
    for name, order in {"forth": notices, "back": notices[::-1]}.items():
        path = tmp_path / f"{name}.duckdb"
        for one in order:
            store.publish(path, add=one)
        assert read_pairs(path) == read_pairs(at_once)


def test_a_new_notice_leaves_the_pairs_of_the_others_uncounted(
    at_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(at_once.read_bytes())
    counted: list[int] = []

    def count_pairs(texts: pl.DataFrame, *, max_tasks: int, max_notices: int) -> pl.DataFrame:
        pairs = top_related_texts(texts, max_tasks=max_tasks, max_notices=max_notices)
        counted[-1] += pairs.height
        return pairs

    monkeypatch.setattr(task_similarity, "top_related_texts", count_pairs)
    counted.append(0)
    store.publish(path, add=frames(NOTICES, 1, TASKS))
    counted.append(0)
    whole = tmp_path / "whole.duckdb"
    store.publish(whole, add=frames(0, NOTICES + 1, TASKS))
    assert counted[0] * 4 < counted[1]
    assert read_pairs(path) == read_pairs(whole)
