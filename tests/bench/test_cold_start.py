"""CPU seconds of commands from a cold start against `python -c pass`, side by side in one run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.bench

REPOSITORY: Final = Path(__file__).parents[2]
ROUNDS: Final = 7
NOTHING: Final = ("-c", "pass")
WENMING: Final = ("-c", "from pipelines.cli import main; main()")
MOST: Final = {
    ("--help",): 30,
    ("--version",): 30,
    ("ask",): 30,
    ("config",): 30,
    ("status",): 50,
    ("sql", "SELECT 1"): 50,
    ("ask", "11"): 50,
    ("build",): 80,
}
"""Command -> the most it may take, in times of `python -c pass`, which takes some 10 ms: 0.3, 0.5 and 0.8 seconds."""


def _cpu_seconds(arguments: tuple[str, ...], environment: dict[str, str]) -> float:
    """Return user and system seconds of one Python process."""
    child = subprocess.Popen(
        [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the system does not tell what one process took")
def test_cold_starts(notices: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY),
        "WENMING_RAW": str(notices / "text"),
        "WENMING_WAREHOUSE": str(tmp_path / "wenming.duckdb"),
    }
    _cpu_seconds((*WENMING, "build"), environment)
    plain, taken = [], {command: list[float]() for command in MOST}
    for _ in range(ROUNDS):
        plain.append(_cpu_seconds(NOTHING, environment))
        for command, seconds in taken.items():
            seconds.append(_cpu_seconds((*WENMING, *command), environment))
    nothing = statistics.median(plain)
    times = {command: statistics.median(seconds) / nothing for command, seconds in taken.items()}
    with capsys.disabled():
        print(f"\npython -c pass {nothing * 1e3:.0f} ms")
        for command, ratio in times.items():
            print(f"wenming {' '.join(command)}: {ratio * nothing * 1e3:.0f} ms, {ratio:.0f} times as much")
    assert {command: ratio for command, ratio in times.items() if ratio > MOST[command]} == {}
