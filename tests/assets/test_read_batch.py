"""A file that kills, hangs or floods its worker costs itself alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.intake import sha256_of
from assets.plan import Candidate
from assets.read_batch import Reading, WorkerLimits, read_batch
from extractors import Limits
from tests.assets.workers import behave

ORDERS = {"a.txt": "好一", "b.txt": "死", "c.txt": "慢", "d.txt": "大", "e.txt": "拒", "f.txt": "错", "g.txt": "好二"}


def candidate(folder: Path, name: str, content: str) -> Candidate:
    path = folder / name
    path.write_text(content, "utf-8")
    return Candidate(name, str(path), path.stat().st_size, path.stat().st_mtime_ns, sha256_of(path))


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reading]:
    folder = tmp_path_factory.mktemp("batch")
    candidates = [candidate(folder, name, content) for name, content in ORDERS.items()]
    (folder / "h.txt").write_text("改前", "utf-8")
    changed = candidate(folder, "h.txt", "改前")
    (folder / "h.txt").write_text("改后", "utf-8")
    gone = candidate(folder, "i.txt", "走")
    (folder / "i.txt").unlink()
    limits = WorkerLimits(seconds=3, memory_bytes=4 << 30, workers=2)
    found = list(read_batch([*candidates, changed, gone], extract=behave, limits=Limits(), worker_limits=limits))
    assert [reading.candidate.source_path for reading in found] == [*ORDERS, "h.txt", "i.txt"]
    return {reading.candidate.source_path: reading for reading in found}


def test_good_files_are_read_beside_bad_ones(readings: dict[str, Reading]) -> None:
    for name in ("a.txt", "g.txt"):
        extraction = readings[name].extraction
        assert extraction is not None
        assert [one.requirement for one in extraction.tasks] == [ORDERS[name]]


@pytest.mark.parametrize(
    ("name", "reason", "remedy"),
    [
        ("b.txt", "读取进程异常退出", "WENMING_MEMORY_MB"),
        ("c.txt", "超过 3 秒", "WENMING_TIMEOUT"),
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
def test_a_bad_file_has_its_own_reason(readings: dict[str, Reading], name: str, reason: str, remedy: str) -> None:
    reading = readings[name]
    assert reading.extraction is None
    assert reason in (reading.reason or "")
    assert remedy in (reading.remedy or "")


def test_a_pool_that_cannot_start_fails_its_files_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.read_batch._limit_worker", "not callable")
    candidates = [candidate(tmp_path, name, "好") for name in ("a.txt", "b.txt")]
    found = list(read_batch(candidates, extract=behave, limits=Limits(), worker_limits=WorkerLimits(workers=2)))
    assert [reading.reason for reading in found] == ["读取进程反复异常退出"] * 2
