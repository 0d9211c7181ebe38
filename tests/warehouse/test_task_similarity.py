"""Counterparts: the same as comparing every text with every other, and the same whatever the history of the file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests import asking
from tests.bench.warehouses import frames
from warehouse import store
from warehouse.transform import notice_similarity, similarity, task_similarity
from warehouse.transform.similarity import top_similar_texts

NOTICES, TASKS = 16, 14


def bigrams(text: str) -> set[str]:
    solid = re.sub(r"[^\u3400-\u9fffA-Za-z]", "", text)[: task_similarity.MAX_CHARACTERS]
    return {solid[k : k + 2] for k in range(len(solid) - 1)} if len(solid) >= task_similarity.MIN_CHARACTERS else set()


def plain(made: dict[str, pl.DataFrame]) -> dict[tuple[str, str], float]:
    """(task, other notice) -> cosine of its likest task there, by comparing all with all of the same theme."""
    tasks = [
        (row["task_id"], row["notice_id"], row["topic"], row["requirement"]) for row in made["core.tasks"].to_dicts()
    ]
    said = [(*rest, text, bigrams(text)) for *rest, text in tasks]
    best: dict[tuple[str, str], float] = defaultdict(float)
    for task, notice, topic, text, held in said:
        for _, other, other_topic, other_text, others in said:
            if other == notice or not held or not others or (topic != other_topic and text != other_text):
                continue
            cosine = len(held & others) / (len(held) * len(others)) ** 0.5
            best[task, other] = max(best[task, other], round(cosine, 6))
    return {key: value for key, value in best.items() if value >= task_similarity.MIN_COSINE}


def found(path: Path, table: str = "task_pairs") -> list[tuple[object, ...]]:
    return asking.rows(path, f"SELECT * FROM mart.{table} ORDER BY ALL")


@pytest.fixture(autouse=True)
def no_other_views(few_views: Callable[..., None]) -> None:
    few_views()


@pytest.fixture(scope="module")
def made() -> dict[str, pl.DataFrame]:
    return frames(0, NOTICES, TASKS)


@pytest.fixture(scope="module")
def at_once(made: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pairs") / "w.duckdb"
    store.publish(path, add=made)
    return path


def test_every_task_gets_the_likest_of_each_other_notice(made: dict[str, pl.DataFrame], at_once: Path) -> None:
    wanted = plain(made)
    listed = {(task, notice_b): likeness for task, _, _, notice_b, _, likeness, *_ in found(at_once)}
    assert len(listed) > 200
    assert listed.items() <= wanted.items()
    for task in {task for task, _ in wanted}:
        all_of = sorted((value for (one, _), value in wanted.items() if one == task), reverse=True)
        kept = sorted((float(str(value)) for (one, _), value in listed.items() if one == task), reverse=True)
        assert kept == all_of[: task_similarity.MAX_MATCHES]


def test_where_a_theme_is_large_commonplace_bigrams_are_no_lead_but_still_count(
    made: dict[str, pl.DataFrame], at_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "FREQUENT", 6)
    path = tmp_path / "w.duckdb"
    store.publish(path, add=made)
    all_of, some = {row[:2]: row for row in found(at_once)}, {row[:2]: row for row in found(path)}
    assert len(all_of) * 0.9 < len(some) < len(all_of)
    assert all(some[key] == all_of[key] for key in some.keys() & all_of.keys())


def test_notices_that_come_one_after_another_give_the_same_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Short lists overflow, lose members and are filled again.
    kept = 3
    for name in ("_SHORTENED", "_STANDING", "_BARS", "_FOUND", "_JOINED", "_ALL_NEW"):
        monkeypatch.setattr(
            task_similarity, name, getattr(task_similarity, name).replace(f"{task_similarity.MAX_MATCHES}", f"{kept}")
        )
    monkeypatch.setattr(task_similarity, "KEPT_TASKS", kept)
    monkeypatch.setattr(notice_similarity, "KEPT_NOTICES", kept)
    grown, at_once = tmp_path / "grown.duckdb", tmp_path / "at-once.duckdb"
    store.publish(grown, add=frames(2, 5, TASKS))
    store.publish(grown, add=frames(0, 1, TASKS))
    store.publish(grown, add=frames(7, 3, TASKS), drop_files=["file-000003"])
    store.publish(grown, add=frames(1, 1, TASKS), drop_files=["file-000000"])
    numbers = [1, 2, 4, 5, 6, 7, 8, 9]
    parts = [frames(number, 1, TASKS) for number in numbers]
    store.publish(at_once, add={name: pl.concat([part[name] for part in parts]) for name in parts[0]})
    assert found(grown) == found(at_once)
    assert found(grown, "notice_pairs") == found(at_once, "notice_pairs")
    assert found(grown, "due_days") == found(at_once, "due_days")


def test_the_same_words_under_another_theme_are_found_whatever_comes_first(tmp_path: Path) -> None:
    def under(number: int, topic: str, *texts: str) -> dict[str, pl.DataFrame]:
        made = frames(number, 1, len(texts))
        tasks = made["core.tasks"].with_columns(topic=pl.lit(topic), requirement=pl.Series(texts))
        return {**made, "core.tasks": tasks}

    notices = [
        under(0, "integrity", "开展道德讲堂，每年四次", "开展道德讲堂每年四次", "公示红黑榜"),
        under(1, "volunteering", "开展道德讲堂每年四次", "组织志愿服务队"),
        under(2, "festivals", "公示红黑榜。", "春节慰问困难职工"),
    ]
    at_once = tmp_path / "at-once.duckdb"
    store.publish(at_once, add={name: pl.concat([one[name] for one in notices]) for name in notices[0]})
    pair = {("notice-000000-k0000", "notice-000001-k0000"), ("notice-000000-k0001", "notice-000001-k0000")}
    backwards = ("notice-000001-k0000", "notice-000000-k0000")
    assert {row[:2] for row in found(at_once)} == {*pair, backwards}
    for name, order in {"forth": notices, "back": notices[::-1]}.items():
        path = tmp_path / f"{name}.duckdb"
        for one in order:
            store.publish(path, add=one)
        assert found(path) == found(at_once)


def test_a_new_notice_leaves_the_pairs_of_the_others_uncounted(
    at_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(at_once.read_bytes())
    counted: list[int] = []

    def counting(texts: pl.DataFrame, *, least: float, most: int, notices: int) -> pl.DataFrame:
        found = top_similar_texts(texts, least=least, most=most, notices=notices)
        counted[-1] += found.height
        return found

    monkeypatch.setattr(task_similarity, "kin", counting)
    counted.append(0)
    store.publish(path, add=frames(NOTICES, 1, TASKS))
    counted.append(0)
    whole = tmp_path / "whole.duckdb"
    store.publish(whole, add=frames(0, NOTICES + 1, TASKS))
    assert counted[0] * 4 < counted[1]
    assert found(path) == found(whole)
