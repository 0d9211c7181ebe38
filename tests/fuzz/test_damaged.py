"""Damaged files of every format through the workers of a build: a reading or a reason, never a crash or a hang.

`WENMING_FUZZ_N=5000 pytest -n 0 -m fuzz tests/fuzz` is the long run; `WENMING_FUZZ_FROM` sets its first number, so that
another run tries other damage. What once failed stands in `seeds.csv` and is tried in every plain run.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import Candidate
from assets.ingest.results import BuildInfo, FileResult
from assets.ingest.worker_pool import WorkerLimits, read_in_pool
from extractors import Limits, extract
from tests.fuzz.mutate import damaged, formats, sample

COUNT = int(os.environ.get("WENMING_FUZZ_N", "240"))
FIRST = int(os.environ.get("WENMING_FUZZ_FROM", "0"))
SECONDS = 120.0
BATCH = 500
SEEDS = Path(__file__).with_name("seeds.csv")
FAULTS = ("内部出错", "异常退出", "仍未完成", "超过上限，已中止")


def read(folder: Path, inputs: Iterable[tuple[str, int]]) -> list[tuple[str, int, FileResult]]:
    """The outcomes of these (file_format, number), by two workers."""
    files_to_read = list(inputs)
    candidates = []
    for file_format, number in files_to_read:
        data = damaged(file_format, number)
        path = folder / f"{number:06d}.{file_format}"
        path.write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        candidates.append(Candidate(path.name, str(path), len(data), 0, sha256))
    limits = WorkerLimits(seconds=SECONDS, workers=2)
    job = Job(extract, Limits(), BuildInfo(datetime(2026, 1, 1, tzinfo=UTC), "1"), str(folder / "parts"))
    batch_results = read_in_pool(candidates, job=job, worker_limits=limits)
    outcomes = {one.source_path: one for batch_result in batch_results for one in batch_result.results}
    for candidate in candidates:
        Path(candidate.path).unlink()
    return [
        (file_format, number, outcomes[candidate.source_path])
        for (file_format, number), candidate in zip(files_to_read, candidates, strict=True)
    ]


def faults(found: Iterable[tuple[str, int, FileResult]]) -> list[str]:
    """The outcomes that failed in a way no file may make them fail, as lines for `seeds.csv`."""
    return [
        f"{file_format},{number},{outcome.reason}"
        for file_format, number, outcome in found
        if outcome.file["status"] == "unreadable" and any(word in (outcome.reason or "") for word in FAULTS)
    ]


@pytest.mark.parametrize("file_format", sorted(set(formats())))
def test_the_same_number_gives_the_same_damage(file_format: str) -> None:
    assert damaged(file_format, 1) == damaged(file_format, 1)
    assert len({damaged(file_format, number) for number in range(6)} | {sample(file_format)}) > 4


def test_what_once_failed_does_not_fail_again(tmp_path: Path) -> None:
    with SEEDS.open(encoding="utf-8", newline="") as stream:
        seeds = [(row["format"], int(row["number"])) for row in csv.DictReader(stream)]
    found = read(tmp_path, seeds)
    assert len(found) == len(seeds) > 0
    assert faults(found) == []


@pytest.mark.fuzz
def test_damaged_files_cost_only_themselves(tmp_path: Path) -> None:
    kinds = formats()
    files_to_read = [(kinds[number % len(kinds)], number) for number in range(FIRST, FIRST + COUNT)]
    failed: list[str] = []
    outcomes_by_kind: Counter[str] = Counter()
    for start in range(0, len(files_to_read), BATCH):
        found = read(tmp_path, files_to_read[start : start + BATCH])
        failed += faults(found)
        outcomes_by_kind.update(
            "refused" if outcome.file["status"] == "unreadable" else "read" for _, _, outcome in found
        )
    print(f"\n{COUNT} damaged files: {dict(outcomes_by_kind)}", *failed, sep="\n")
    assert failed == []
    assert outcomes_by_kind["read"] > 0
    assert outcomes_by_kind["refused"] > 0
