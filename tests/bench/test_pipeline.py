"""How fast the whole pipeline is, and how much memory it takes, on many notices that all differ.

    pytest -m bench tests/bench/test_pipeline.py                       # the short form
    WENMING_BENCH_N=1000 pytest -m bench tests/bench/test_pipeline.py  # the documented one

Figures are printed; only ratios are asserted, since they hold on any machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil
import pytest

from tests.bench.generate import generate

pytestmark = pytest.mark.bench

NUMBER = max(int(os.environ.get("WENMING_BENCH_N", "32")), 20)
MANY = 500
"""From here on the notices outweigh the cost of starting, and whole runs can be compared."""
SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command line, all its processes together: wall-clock seconds, CPU seconds, peak memory in MB."""

    seconds: float
    cpu: float
    peak_mb: float


def memory_of(process: psutil.Process) -> int:
    """Bytes that a process holds, shared pages counted in proportion where the system says so."""
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except psutil.AccessDenied:
        return int(process.memory_info().rss)


def run_build(raw: Path, warehouse: Path) -> Run:
    """Run `wenming build` as a user does, watching the memory of the command and of its workers."""
    command = shutil.which("wenming", path=str(Path(sys.executable).parent))
    assert command, "the console script wenming is not installed beside this Python"
    log = warehouse.with_suffix(".log")
    with log.open("ab") as output:
        start = time.perf_counter()
        child = psutil.Popen(
            [command, "build", "--raw", str(raw), "--warehouse", str(warehouse)],
            cwd=raw.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        peak, cpu = 0, dict[int, float]()
        while child.poll() is None:
            try:
                family = (child, *child.children(recursive=True))
                cpu |= {one.pid: sum(one.cpu_times()[:2]) for one in family}
                peak = max(peak, sum(memory_of(one) for one in family))
            except psutil.NoSuchProcess:
                continue
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - start
    assert child.returncode == 0, log.read_text("utf-8", errors="replace")[-3000:]
    return Run(seconds, sum(cpu.values()), peak / 2**20)


def fastest(raw: Path, warehouse: Path) -> Run:
    """The least disturbed of three builds in which nothing has changed."""
    return min((run_build(raw, warehouse) for _ in range(3)), key=lambda run: run.cpu)


def loaded(warehouse: Path) -> int:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        row = connection.execute("SELECT count(*) FROM core.files WHERE status = 'loaded'").fetchone()
    assert row is not None
    return int(row[0])


def show(rows: list[tuple[str, int, Run]], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{'':<28}{'notices':>9}{'seconds':>10}{'CPU s':>9}{'per second':>12}{'peak MB':>10}")
        for name, number, run in rows:
            figures = f"{run.seconds:>10.2f}{run.cpu:>9.1f}{number / run.seconds:>12.1f}{run.peak_mb:>10.0f}"
            print(f"{name:<28}{number:>9}{figures}")


def test_pipeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quarter = NUMBER // 4
    runs: dict[int, Run] = {}
    for number in (1, quarter, NUMBER):
        generate(tmp_path / f"raw{number}", number)
        runs[number] = run_build(tmp_path / f"raw{number}", tmp_path / f"{number}.duckdb")
        assert loaded(tmp_path / f"{number}.duckdb") == number
    warehouse = tmp_path / f"{NUMBER}.duckdb"
    before = warehouse.stat()
    again = fastest(tmp_path / f"raw{NUMBER}", warehouse)
    idle = fastest(tmp_path / "raw1", tmp_path / "1.duckdb")
    show(
        [
            ("first build", 1, runs[1]),
            ("first build", quarter, runs[quarter]),
            ("first build", NUMBER, runs[NUMBER]),
            ("again, nothing changed", NUMBER, again),
            ("again, nothing changed", 1, idle),
        ],
        capsys,
    )
    assert warehouse.stat().st_mtime_ns == before.st_mtime_ns, "an unchanged build published the warehouse again"

    # Ratios of CPU time, which other work on the machine stretches far less than it stretches the wall clock. Starting
    # (imports, worker processes) costs the same however many notices there are: four times the notices must stay below
    # four times the cost, and what an unchanged notice costs is told apart from it by `idle`.
    assert runs[NUMBER].cpu < 4 * runs[quarter].cpu
    assert runs[NUMBER].peak_mb < 4 * runs[quarter].peak_mb
    new = (runs[NUMBER].cpu - runs[1].cpu) / (NUMBER - 1)
    unchanged = max(again.cpu - idle.cpu, 0.0) / (NUMBER - 1)
    assert new > 20 * unchanged, f"a notice costs {new:.4f} s when new, {unchanged:.4f} s when unchanged"
    if NUMBER >= MANY:
        assert runs[NUMBER].seconds > 20 * again.seconds
