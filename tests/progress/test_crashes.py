"""Imports, reviews and restorations, killed at random moments: every decision stands, and the next build holds it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assets.ingest import decision_guard, progress_ledger
from assets.ingest.decisions import Register, read_match_overrides, read_register
from tests.conftest import leave_out_views
from tests.warehouse.publish_processes import KEEP
from warehouse import store
from warehouse.store import snapshots

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

KILLED = int(os.environ.get("WENMING_CRASHES", "100"))
MARTS = ("mart.topics", "mart.notice_labels", "mart.unchanged_tasks", "mart.task_progress")
PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import pytest
from assets.ingest.decisions import append_correction
from assets.progress_import.import_workbooks import import_progress
from extractors.corrections import Correction
from tests.conftest import leave_out_views
from warehouse import store
from warehouse.store import snapshots
folder, number = Path(sys.argv[2]), int(sys.argv[3])
leave_out_views(pytest.MonkeyPatch(), *sys.argv[4:])
print(1, flush=True)
warehouse = folder / "w.duckdb"
if sys.argv[1] == "import":
    import_progress(warehouse, folder / "progress", [folder / "清单.xlsx"], now=datetime.now(UTC), keep=3)
elif sys.argv[1] == "review":
    for line in range(50):
        one = Correction("表1", "tasks.points", "1", "2", f"第{number}次第{line}条", "甲", "2026-11-01")
        append_correction(folder / "corrections", f"{number}-{line}.md", one)
        print(line, flush=True)
else:
    store.restore(warehouse, max(snapshots.list_snapshots(warehouse)), keep=3)
"""


@pytest.fixture
def folder(five: Path, tmp_path: Path) -> Path:
    """A warehouse of five notices with an import and a former edition."""
    shutil.copyfile(five, tmp_path / "w.duckdb")
    (tmp_path / "清单.xlsx").write_bytes(b"no list")
    run("import", tmp_path, 0)
    run("import", tmp_path, 1)
    return tmp_path


def started(what: str, folder: Path, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, what, str(folder), str(number), *MARTS]
    child = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "1\n"
    return child


def run(what: str, folder: Path, number: int) -> float:
    """Seconds of one that nobody disturbs."""
    child = started(what, folder, number)
    loaded = time.perf_counter()
    child.communicate()
    assert child.returncode == 0
    return time.perf_counter() - loaded


def killed(what: str, folder: Path, check: Callable[[int, list[str]], None]) -> None:
    """Kill it at that many moments; `check` gets the number of the attempt and the lines that it had said."""
    seconds, moments = run(what, folder, 2), random.Random(7)
    for number in range(3, 3 + KILLED):
        child = started(what, folder, number)
        time.sleep(moments.uniform(0, seconds * 1.1))
        child.kill()
        output, _ = child.communicate()
        check(number, output.split())


def held(folder: Path) -> decision_guard.Decisions:
    reviews, _ = read_match_overrides(folder / "corrections")
    return decision_guard.current_decisions(read_register(folder / "corrections"), reviews, folder / "progress")


def publish_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a build does with the ledger: it refuses to hold less than stands."""
    warehouse, progress = folder / "w.duckdb", folder / "progress"
    decision_guard.require_no_fewer(
        held(folder), decision_guard.published_decisions(warehouse), register=Register(folder), progress=progress
    )
    with monkeypatch.context() as patch:
        leave_out_views(patch, *MARTS)
        store.publish(
            warehouse, add={}, replace=progress_ledger.read_ledger(progress), notes=held(folder).note, keep=KEEP
        )
    with closing(store.connect(warehouse)) as connection:
        (issues,) = connection.execute("SELECT count(DISTINCT import_id) FROM ops.progress_issues").fetchall()[0]
    assert issues == len(progress_ledger.file_digests(progress).keys())
    assert all(one.info is not None for one in snapshots.read_snapshots(warehouse))


@pytest.mark.parametrize("what", ["import", "restore"])
def test_an_import_or_a_restoration_that_is_killed_loses_no_report(
    folder: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(progress_ledger.file_digests(folder / "progress").keys())
    numbers = [snapshots.read_current_info(folder / "w.duckdb").number]

    def check(number: int, _: list[str]) -> None:
        there = progress_ledger.file_digests(folder / "progress").keys()
        assert before <= there
        assert set(decision_guard.published_decisions(folder / "w.duckdb").digests) <= there
        before.update(there)
        if number % 5 == 0:
            publish_again(folder, monkeypatch)
            numbers.append(snapshots.read_current_info(folder / "w.duckdb").number)

    killed(what, folder, check)
    publish_again(folder, monkeypatch)
    assert numbers == sorted(set(numbers))
    assert not folder.joinpath("w.duckdb.damaged").exists()
    assert all(moment <= datetime.now(UTC) + timedelta(days=1) for moment in stamps(folder))


def stamps(folder: Path) -> list[datetime]:
    return [
        datetime.strptime(name, progress_ledger.IMPORT_ID_FORMAT).replace(tzinfo=UTC)
        for name in progress_ledger.file_digests(folder / "progress")
    ]


def test_a_review_that_is_killed_loses_no_line(folder: Path) -> None:
    lines: set[str] = set()

    def check(number: int, output: list[str]) -> None:
        register = read_register(folder / "corrections")
        assert register.problems == []
        there = {entry.file for entry in register.entries}
        assert lines | {f"{number}-{line}.md" for line in output} <= there
        assert len(there) == len(register.entries)
        lines.update(there)

    killed("review", folder, check)
    assert len(lines) >= 50
