"""A file that kills, hangs or floods its worker costs itself alone."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from pebble import ProcessFuture

from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import Candidate
from assets.ingest.discover_files import hash_file
from assets.ingest.results import BuildInfo, FileResult
from assets.ingest.worker_pool import (
    BATCHES_PER_WORKER,
    FILES_PER_BATCH,
    SMALL_BYTES,
    Batch,
    WorkerLimits,
    WorkerPool,
    read_in_pool,
    split_batches,
)
from extractors import Limits
from tests.assets.workers import behave

ORDERS = {"a.txt": "好一", "b.txt": "死", "c.txt": "慢", "d.txt": "大", "e.txt": "拒", "f.txt": "错", "g.txt": "好二"}


def candidate(folder: Path, name: str, content: str) -> Candidate:
    path = folder / name
    path.write_text(content, "utf-8")
    return Candidate(name, str(path), path.stat().st_size, path.stat().st_mtime_ns, hash_file(path))


def job(folder: Path) -> Job:
    return Job(behave, Limits(), BuildInfo(datetime(2026, 1, 1, tzinfo=UTC), "1"), str(folder / "parts"))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileResult]:
    folder = tmp_path_factory.mktemp("batch")
    candidates = [candidate(folder, name, content) for name, content in (ORDERS | {"j.txt": "线程"}).items()]
    (folder / "h.txt").write_text("改前", "utf-8")
    changed = candidate(folder, "h.txt", "改前")
    (folder / "h.txt").write_text("改后", "utf-8")
    gone = candidate(folder, "i.txt", "走")
    (folder / "i.txt").unlink()
    # Less than the libraries take: only what a file needs counts.
    limits = WorkerLimits(seconds=5, memory_bytes=256 << 20, workers=2)
    # Batches of two, so that a bad file has a good one beside it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assets.ingest.worker_pool.BATCHES_PER_WORKER", 2)
        found = list(read_in_pool([*candidates, changed, gone], job=job(folder), worker_limits=limits))
    results = [one for batch_result in found for one in batch_result.results]
    assert sorted(one.source_path for one in results) == [*ORDERS, "h.txt", "i.txt", "j.txt"]
    assert all(batch_result.breaches == {} for batch_result in found)
    names = [name for batch_result in found for name in batch_result.parts.get("core.tasks", "").split()]
    tasks = pl.read_parquet([folder / "parts" / "core.tasks" / name for name in names])
    assert sorted(tasks["requirement"]) == ["1 线程", "好一", "好二"]
    return {one.source_path: one for one in results}


def test_good_files_are_read_beside_bad_ones(results: dict[str, FileResult]) -> None:
    for name in ("a.txt", "g.txt"):
        assert results[name].file["status"] == "loaded"
        assert results[name].rows["core.tasks"] == 1


@pytest.mark.parametrize(
    ("name", "reason", "remedy"),
    [
        ("b.txt", "读取进程异常退出", "WENMING_MEMORY_MB"),
        ("c.txt", "超过 5 秒", "WENMING_TIMEOUT"),
        pytest.param(
            "d.txt",
            "内存超过上限",
            "WENMING_MEMORY_MB",
            marks=pytest.mark.skipif(os.uname().sysname != "Linux", reason="only Linux caps the address space"),
        ),
        ("e.txt", "文件已加密", "取消密码"),
        ("f.txt", "读取程序内部出错（KeyError：'错'）", "反馈"),
        ("h.txt", "读取期间被改动", "再次运行"),
        ("i.txt", "文件无法打开", "再次运行"),
    ],
)
def test_a_bad_file_has_its_own_reason(results: dict[str, FileResult], name: str, reason: str, remedy: str) -> None:
    result = results[name]
    assert (result.identity, result.rows) == (None, {})
    assert reason in (result.reason or "")
    assert remedy in result.file["remedy"]


def test_a_pool_that_cannot_start_fails_its_files_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.ingest.worker_pool.init_worker", "not callable")
    candidates = [candidate(tmp_path, name, "好") for name in ("a.txt", "b.txt")]
    found = read_in_pool(candidates, job=job(tmp_path), worker_limits=WorkerLimits(workers=2))
    assert [one.reason for batch_result in found for one in batch_result.results] == ["读取进程反复异常退出"] * 2


def test_a_batch_without_an_answer_is_not_waited_for_where_the_pool_is_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.ingest.worker_pool.POLL_SECONDS", 0.01)
    waiting = job(tmp_path)
    with WorkerPool(1, WorkerLimits(workers=1)) as pool:
        one = (candidate(tmp_path, "a.txt", "好"),)
        pool.wait_for_result(one, waiting, pool.schedule(one, waiting, "一"))
        pool.close()
        with pytest.raises(BrokenProcessPool):
            pool.wait_for_result(one, waiting, ProcessFuture())


def test_small_files_share_a_batch_and_large_or_scanned_ones_have_their_own() -> None:
    sizes = {"a.txt": 1, "b.docx": SMALL_BYTES, "c.docx": SMALL_BYTES + 1, "d.PDF": 1, "e.md": 1, "f.zip": 1, "g.md": 1}
    few = [Candidate(name, name, size, 0, name) for name, size in sizes.items()]
    assert names_of(split_batches(few, 1)) == [
        ["a.txt"],
        ["b.docx"],
        ["c.docx"],
        ["d.PDF"],
        ["e.md"],
        ["f.zip"],
        ["g.md"],
    ]
    many = few + [Candidate(f"{number}.md", "", 1, 0, "") for number in range(8 * BATCHES_PER_WORKER - len(few))]
    batches = names_of(split_batches(many, 2))
    assert batches[:4] == [["a.txt", "b.docx", "e.md", "g.md"], ["c.docx"], ["d.PDF"], ["f.zip"]]
    assert {len(batch) for batch in batches[4:-1]} == {4}
    assert sorted(name for batch in batches for name in batch) == sorted(one.source_path for one in many)
    large = [Candidate(f"{number}.md", "", 1, 0, "") for number in range(FILES_PER_BATCH * BATCHES_PER_WORKER * 2)]
    assert {len(batch) for batch in split_batches(large, 1)} == {FILES_PER_BATCH}


def names_of(batches: list[Batch]) -> list[list[str]]:
    return [[one.source_path for one in batch] for batch in batches]


@pytest.mark.parametrize(
    ("name", "size", "seconds"),
    [
        ("通知.docx", 5_000_000, 30.0),
        ("通知.pdf", 0, 30.0),
        ("通知.pdf", 50_000, 50.0),
        ("通知.PDF", 500_000, 230.0),
        ("扫描.tif", 25_000, 40.0),
        ("附件.zip", 100_000, 70.0),
    ],
)
def test_what_may_be_a_scan_has_more_time_by_its_size(name: str, size: int, seconds: float) -> None:
    """Twenty seconds for each fifty thousand bytes, less than which no page takes."""
    assert WorkerLimits(seconds=30.0).seconds_for(Candidate(name, name, size, 0, "")) == seconds
