"""Editions of a notice: linked by issuer and subject, their tasks one-to-one, the changes exactly those made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import schemas
from tests import asking
from tests.schemas.samples import notice
from warehouse import store
from warehouse.transform.notice_versions import VersionTask, mask_years, match_tasks

DUTIES = (
    "制定本年度文明单位创建工作方案，明确责任分工和完成时限。",
    "组织干部职工参加志愿服务活动，人均每年不少于20小时。",
    "开展“我们的节日”主题活动，弘扬优秀传统文化。",
    "设置善行义举榜，定期推荐评选身边好人。",
    "2023年底前建成职工书屋并对外开放。",
)


def make_version(
    number: int, year: int, duties: Sequence[tuple[str, str | None, str | None, str]]
) -> dict[str, pl.DataFrame]:
    """The frames of one notice; a duty is (requirement, points, deadline, lead party)."""
    rows = notice(number)
    name = f"notice-{number}"
    head = rows["core.notices"][0] | {"year": year, "issued_on": date(year, 3, 1), "subject": "文明单位测评细则"}
    tasks, parties = [], []
    for k, (text, points, deadline, party) in enumerate(duties, 1):
        task = f"{name}-k{k}"
        scored = Decimal(points) if points else None
        tasks.append(
            rows["core.tasks"][0]
            | {"task_id": task, "ordinal": k, "row": k, "requirement": text, "points": scored, "deadline": deadline}
        )
        values = {"party": party, "raw": party, "role": "lead", "scope": None, "role_stated": True, "collective": False}
        parties.append({"task_id": task, "ordinal": 1, "basis": "header"} | values)
    kept = {"core.files": rows["core.files"], "core.notices": [head], "core.tables": rows["core.tables"]}
    kept |= {"core.indicators": rows["core.indicators"], "core.tasks": tasks, "core.task_parties": parties}
    return {table: schemas.frame(table, listed) for table, listed in kept.items()}


def together(*versions: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames of several notices."""
    return {table: pl.concat([frames[table] for frames in versions]) for table in versions[0]}


OLD = [(text, "2", "2023年10月底前", "办公室") for text in DUTIES]
NEW = [
    (DUTIES[0], "2", "2024年10月底前", "办公室"),
    (DUTIES[1].replace("20小时", "25小时"), "2", "2024年10月底前", "办公室"),
    (DUTIES[2], "3", "2024年10月底前", "宣传科"),
    (DUTIES[4].replace("2023", "2024"), "2", "2024年6月底前", "办公室"),
    ("建立诚信红黑名单发布制度，每季度公布一次。", "1", "2024年10月底前", "办公室"),
]


@pytest.fixture
def path(tmp_path: Path, few_views: Callable[..., None]) -> Path:
    few_views("cn.版本变化")
    return tmp_path / "w.duckdb"


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    return asking.rows(path, query)


CHANGES = "SELECT change, task_id, previous_task_id, before, after FROM mart.notice_changes ORDER BY ALL"


def test_known_edits_give_exactly_those_changes(path: Path) -> None:
    store.publish(path, add=make_version(1, 2023, OLD))
    store.publish(path, add=make_version(2, 2024, NEW))
    assert ask(path, CHANGES) == [
        ("added", "notice-2-k5", None, None, NEW[4][0]),
        ("deadline", "notice-2-k4", "notice-1-k5", "2023年10月底前", "2024年6月底前"),
        ("party", "notice-2-k3", "notice-1-k3", "办公室（牵头）", "宣传科（牵头）"),
        ("points", "notice-2-k3", "notice-1-k3", "2.000", "3.000"),
        ("removed", None, "notice-1-k4", DUTIES[3], None),
        ("reworded", "notice-2-k2", "notice-1-k2", DUTIES[1], NEW[1][0]),
    ]
    assert len(ask(path, "SELECT * FROM cn.版本变化")) == 6


VERSIONS = "SELECT notice_id, version, supersedes, is_current FROM core.notices ORDER BY year, notice_id"


def test_editions_are_numbered_and_only_the_last_is_current(path: Path) -> None:
    store.publish(path, add=make_version(2, 2024, NEW))
    store.publish(path, add=together(make_version(1, 2022, OLD), make_version(3, 2026, NEW)))
    assert ask(path, VERSIONS) == [
        ("notice-1", 1, None, False),
        ("notice-2", 2, "notice-1", False),
        ("notice-3", 3, "notice-2", True),
    ]


def test_an_edition_that_goes_is_bridged(path: Path) -> None:
    store.publish(path, add=together(*(make_version(number, 2021 + number, OLD) for number in (1, 2, 3))))
    store.publish(path, add={}, drop_files=["file-2"])
    assert ask(path, VERSIONS) == [("notice-1", 1, None, False), ("notice-3", 2, "notice-1", True)]
    assert ask(path, "SELECT DISTINCT left(previous_task_id, 8) FROM mart.task_versions") == [("notice-1",)]


def test_one_build_and_two_give_the_same(path: Path, tmp_path: Path) -> None:
    one, two = make_version(1, 2023, OLD), make_version(2, 2024, NEW)
    store.publish(path, add=together(one, two))
    other = tmp_path / "other.duckdb"
    store.publish(other, add=two)
    store.publish(other, add=one)
    for query in (CHANGES, VERSIONS, "SELECT * FROM mart.task_versions"):
        assert ask(path, query) == ask(other, query) != []


def test_another_subject_issuer_or_no_year_is_no_edition(path: Path) -> None:
    others = []
    for number, changed in ((2, {"subject": "别的事"}), (3, {"issuer": "别的单位"}), (4, {"year": None})):
        frames = make_version(number, 2024, NEW)
        [row] = frames["core.notices"].to_dicts()
        others.append(frames | {"core.notices": schemas.frame("core.notices", [row | changed])})
    store.publish(path, add=together(make_version(1, 2023, OLD), *others))
    assert {row[1:] for row in ask(path, VERSIONS)} == {(1, None, True)}
    assert ask(path, CHANGES) == []


def test_two_notices_of_one_year_stand_side_by_side(path: Path) -> None:
    store.publish(path, add=together(make_version(1, 2023, OLD), make_version(2, 2023, OLD)))
    assert {row[1:] for row in ask(path, VERSIONS)} == {(1, None, True)}


def test_matches_are_one_to_one_and_equal_texts_come_first() -> None:
    before = [VersionTask("a", "开展志愿服务活动"), VersionTask("b", "开展志愿服务活动三次"), VersionTask("c", "甲")]
    after = [
        VersionTask("x", "开展志愿服务活动四次"),
        VersionTask("y", "开展志愿服务活动"),
        VersionTask("z", "开展志愿服务活动"),
    ]
    found = match_tasks(after, before)
    assert [(t, p) for t, p, _ in found] == [("x", "b"), ("y", "a")]
    assert found[1][2] == 1.0
    assert found[0][2] < 1.0


def test_a_new_year_alone_is_no_change() -> None:
    assert mask_years("2023年 底前，迎接2024年测评", 2023) == mask_years("2024年底前，迎接2025年测评", 2024)
    assert mask_years("2019年起", 2023) == "2019年起"
