"""What builds of many notices cost, and what one more notice or nothing new costs beside many.

    pytest -n 0 -s -m bench tests/bench/test_scale.py                          # the short form
    WENMING_BENCH_N=10000 pytest -n 0 -s -m bench tests/bench/test_scale.py    # the documented one

The notices are docx of `WENMING_BENCH_TASKS_EACH` tasks (60 unless told). Figures are printed; only ratios of one run
are asserted, since they hold on any machine, and the sharper ones only where the notices outweigh the start.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil
import pytest

from tests.bench.generate import generate

pytestmark = pytest.mark.bench

NUMBER = max(int(os.environ.get("WENMING_BENCH_N", "40")), 10)
TASKS = int(os.environ.get("WENMING_BENCH_TASKS_EACH", "60"))
FEW = 100
"""The small warehouse beside which one more notice is measured; in shorter forms a tenth of the number."""
MANY = 500
"""From here on the notices outweigh the cost of starting (some 5 s), and times of whole runs can be compared."""
WHOLE = 10_000
"""The number that the promised ratios are about."""
CPU_SAMPLE_SECONDS = 0.1
"""What a process takes after the last look is not counted: a short run has to be looked at often."""
SAMPLE_SECONDS = 1.0
"""Adding up the pages of large processes holds them up: ten times a second it took half a core."""


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


def run_build(raw: Path, warehouse: Path, workers: int | None = None) -> Run:
    """Run `wenming build` as a user does, watching the memory of the command and of its workers."""
    command = shutil.which("wenming", path=str(Path(sys.executable).parent))
    assert command, "the console script wenming is not installed beside this Python"
    options = () if workers is None else ("--workers", str(workers))
    log = warehouse.with_suffix(".log")
    with log.open("ab") as output:
        start = time.perf_counter()
        child = psutil.Popen(
            [command, "build", "--raw", str(raw), "--warehouse", str(warehouse), *options],
            cwd=raw.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        peak, cpu, weighed = 0, dict[int, float](), 0.0
        while child.poll() is None:
            now = time.perf_counter()
            try:
                family = (child, *child.children(recursive=True))
                cpu |= {one.pid: sum(one.cpu_times()[:2]) for one in family}
                if now - weighed >= SAMPLE_SECONDS:
                    weighed = now
                    peak = max(peak, sum(memory_of(one) for one in family))
            except psutil.NoSuchProcess:
                continue
            with contextlib.suppress(psutil.TimeoutExpired):
                child.wait(CPU_SAMPLE_SECONDS)
        seconds = time.perf_counter() - start
    assert child.returncode == 0, log.read_text("utf-8", errors="replace")[-3000:]
    return Run(seconds, sum(cpu.values()), peak / 2**20)


def loaded(warehouse: Path) -> int:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        row = connection.execute("SELECT count(*) FROM core.files WHERE status = 'loaded'").fetchone()
    assert row is not None
    return int(row[0])


def reading(warehouse: Path) -> float:
    """Seconds that the last run of a warehouse took from its start to the publication: what the workers do."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        row = connection.execute("SELECT seconds FROM ops.runs ORDER BY run_id DESC LIMIT 1").fetchone()
    assert row is not None
    return float(row[0])


def show(rows: Sequence[tuple[str, int, int, Run]], capsys: pytest.CaptureFixture[str]) -> None:
    """Print runs: what was done, notices in the warehouse, notices read, figures."""
    with capsys.disabled():
        print(f"\nWENMING_BENCH_N={NUMBER} pytest -n 0 -s -m bench tests/bench/test_scale.py  ({TASKS} tasks each)")
        print(f"{'':<28}{'notices':>9}{'read':>8}{'seconds':>10}{'CPU s':>9}{'per second':>12}{'peak MB':>10}")
        for name, number, read, run in rows:
            figures = f"{run.seconds:>10.2f}{run.cpu:>9.1f}{read / run.seconds:>12.1f}{run.peak_mb:>10.0f}"
            print(f"{name:<28}{number:>9}{read:>8}{figures}")


@dataclass(frozen=True, slots=True)
class Scale:
    """A folder of `number` notices, its warehouse, and what was measured of them in turn."""

    number: int
    raw: Path
    warehouse: Path
    first: Run
    unchanged: Run
    one_more: Run

    @classmethod
    def measure(cls, folder: Path, number: int) -> Scale:
        """Build from nothing, again with nothing new, then with one notice more."""
        raw, warehouse = folder / f"raw{number}", folder / f"{number}.duckdb"
        generate(raw, number, tasks=TASKS)
        first = run_build(raw, warehouse)
        assert loaded(warehouse) == number
        before = warehouse.stat().st_mtime_ns
        unchanged = run_build(raw, warehouse)
        assert warehouse.stat().st_mtime_ns == before, "an unchanged build published the warehouse again"
        generate(raw, 1, tasks=TASKS, first=WHOLE * 10)
        one_more = run_build(raw, warehouse)
        assert loaded(warehouse) == number + 1
        return cls(number, raw, warehouse, first, unchanged, one_more)

    def rows(self) -> list[tuple[str, int, int, Run]]:
        """The runs as `show` prints them."""
        return [
            ("from nothing", 0, self.number, self.first),
            ("nothing changed", self.number, 0, self.unchanged),
            ("one notice more", self.number, 1, self.one_more),
        ]


def test_scale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = sorted({min(FEW, NUMBER // 10), NUMBER // 10, NUMBER}) if NUMBER >= FEW else [NUMBER]
    measured = [Scale.measure(tmp_path, number) for number in sizes]
    show([row for scale in measured for row in scale.rows()], capsys)
    few, whole = measured[0], measured[-1]
    assert whole.unchanged.cpu < 0.5 * whole.one_more.cpu < 0.5 * whole.first.cpu
    if len(measured) == 1:
        return
    tenth = measured[-2]

    # Ratios of CPU time, which other work on the machine stretches far less than it stretches the wall clock. Starting
    # costs the same however many notices there are: ten times the notices must stay below ten times the cost.
    assert whole.first.cpu < 10 * tenth.first.cpu
    assert whole.first.peak_mb < 10 * tenth.first.peak_mb
    if NUMBER >= MANY:
        assert whole.first.seconds > 20 * whole.unchanged.seconds
        # Notices per second beyond the start, which `unchanged` tells: it reads nothing.
        small = (tenth.first.seconds - tenth.unchanged.seconds) / tenth.number
        large = (whole.first.seconds - whole.unchanged.seconds) / whole.number
        assert large < 1.5 * small, f"a notice takes {large:.4f} s of many, {small:.4f} s of few"
        assert whole.one_more.seconds < 2 * few.one_more.seconds
    if NUMBER >= WHOLE:
        assert whole.number / whole.first.seconds > 0.85 * tenth.number / tenth.first.seconds
        assert whole.unchanged.seconds < 0.01 * whole.first.seconds


@pytest.mark.skipif(NUMBER < FEW, reason="in the short form, starting outweighs the notices")
def test_two_workers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = min(NUMBER, 2 * MANY)
    raw = tmp_path / "raw"
    generate(raw, number, tasks=TASKS)
    one, two = (run_build(raw, tmp_path / f"{workers}.duckdb", workers) for workers in (1, 2))
    show([("one worker", 0, number, one), ("two workers", 0, number, two)], capsys)
    alone, together = (reading(tmp_path / f"{workers}.duckdb") for workers in (1, 2))
    with capsys.disabled():
        print(f"reading alone: {alone:.1f} s and {together:.1f} s, {alone / together:.2f} times as fast")
    # Two workers need two cores of their own, and notices enough that reading outweighs their start.
    if number >= MANY and (os.cpu_count() or 1) >= 2:
        assert alone > 1.7 * together
