"""A cluster of two workers against one local worker, on notices that all differ.

    pytest -n 0 -s -m bench tests/bench/test_cluster.py                          # the short form
    WENMING_BENCH_N=1000 pytest -n 0 -s -m bench tests/bench/test_cluster.py     # the documented one

Scheduler and workers are processes of their own on loopback; what is timed is the reading, from the files to the
Parquet parts, since the loader is one in either case. Figures are printed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import Candidate
from assets.ingest.dask_executor import read_on_cluster
from assets.ingest.discover_files import hash_file
from assets.ingest.results import BatchResult, BuildInfo
from assets.ingest.worker_pool import WorkerLimits, read_in_pool
from extractors import Limits, extract
from tests.assets.cluster import cluster
from tests.bench.generate import generate

pytestmark = pytest.mark.bench

NUMBER = max(int(os.environ.get("WENMING_BENCH_N", "24")), 8)
TASKS = int(os.environ.get("WENMING_BENCH_TASKS_EACH", "60"))
MANY = 500
"""From here on reading outweighs the start of the workers' processes."""


def timed(batch_results: Iterable[BatchResult]) -> tuple[float, int]:
    """Wall seconds, and the tasks that were read."""
    start = time.perf_counter()
    tasks = sum(one.rows.get("core.tasks", 0) for batch_result in batch_results for one in batch_result.results)
    return time.perf_counter() - start, tasks


def test_two_workers_of_a_cluster_against_one_local(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "raw"
    paths = generate(raw, NUMBER, tasks=TASKS)
    candidates = [
        Candidate(path.name, str(path), path.stat().st_size, path.stat().st_mtime_ns, hash_file(path)) for path in paths
    ]
    build, limits = BuildInfo(datetime(2026, 1, 1, tzinfo=UTC), "1"), WorkerLimits(workers=1)
    home, away = (Job(extract, Limits(), build, str(tmp_path / name)) for name in ("home", "away"))
    local, tasks = timed(read_in_pool(candidates, job=home, worker_limits=limits))
    with cluster(tmp_path, 2) as running:
        far, found = timed(read_on_cluster(candidates, address=running.address, job=away, worker_limits=limits))
    with capsys.disabled():
        print(f"\nWENMING_BENCH_N={NUMBER} pytest -n 0 -s -m bench tests/bench/test_cluster.py  ({TASKS} tasks each)")
        print(f"{'':<24}{'notices':>9}{'seconds':>10}{'per second':>12}")
        for name, seconds in (("one local worker", local), ("dask, two workers", far)):
            print(f"{name:<24}{len(candidates):>9}{seconds:>10.2f}{len(candidates) / seconds:>12.1f}")
        print(f"{'ratio':<24}{local / far:>29.2f}")
    assert found == tasks > 0
    # Two workers need two cores of their own, and notices enough that reading outweighs starting.
    if len(candidates) >= MANY and (os.cpu_count() or 1) >= 2:
        assert local > 1.4 * far
