"""`wenming build`, killed with its workers at random moments: the warehouse is whole, the next build completes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.ingest.decisions import append_correction
from assets.progress_import.import_workbooks import import_progress
from extractors.corrections import Correction
from tests import asking
from tests.pipelines.conftest import Workspace
from tests.pipelines.sample_notices import as_text
from tests.warehouse.lock_holders import coming_and_going
from warehouse.store import snapshots

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX"),
]

KILLED = int(os.environ.get("WENMING_CRASHES", "100"))
PROGRAM = (
    "import sys, pipelines.commands.build, pipelines.definitions\nfrom pipelines.cli import run\nprint(1, flush=True)\n"
)


def started(workspace: Workspace, repository: Path) -> subprocess.Popen[str]:
    """A build in a process group of its own, as far as its modules are loaded."""
    arguments = ["build", "--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse)]
    child = subprocess.Popen(
        [sys.executable, "-c", f"{PROGRAM}sys.exit(run({arguments!r}))"],
        cwd=repository,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "1\n"
    return child


def test_a_build_killed_at_a_hundred_moments(
    workspace: Workspace, without_dagster: None, few_views: Callable[..., None], repository: Path
) -> None:
    few_views("mart.topics", "mart.notice_labels", "mart.unchanged_tasks", "mart.task_progress")
    workspace.put("甲.md", as_text("甲州"))
    assert workspace.build() == 0
    folder = Path(os.environ["WENMING_CORRECTIONS"])
    append_correction(folder, "甲.md", Correction("整份通知", "notices.title", "一", "二", "核对", "甲", "2026-11-01"))
    (workspace.folder / "交回.xlsx").write_bytes(b"no list")
    ledger = Path(os.environ["WENMING_PROGRESS"])
    import_progress(workspace.warehouse, ledger, [workspace.folder / "交回.xlsx"], now=datetime.now(UTC))
    workspace.put("乙.md", as_text("乙州"))
    child = started(workspace, repository)
    loaded = time.perf_counter()
    child.communicate()
    seconds = time.perf_counter() - loaded
    assert child.returncode == 0
    moments = random.Random(7)
    for number in range(KILLED):
        workspace.put("乙.md", as_text("乙州", number + 1, extra=f"开展第{number}次活动"))
        child = started(workspace, repository)
        time.sleep(moments.uniform(0, seconds))
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        counts = (
            "SELECT (SELECT count(*) FROM core.files), (SELECT count(*) FROM core.tasks), "
            "(SELECT count(*) FROM ops.sources WHERE corrections IS NOT NULL), "
            "(SELECT count(*) FROM ops.progress_issues)"
        )
        assert workspace.ask(counts) == [(2, 6, 1, 1)]
        assert workspace.build() == 0
        assert workspace.ask(f"SELECT count(*) FROM core.tasks WHERE requirement LIKE '%开展第{number}次活动'") == [
            (1,)
        ]
        assert all(one.info is not None for one in snapshots.read_snapshots(workspace.warehouse))


def test_a_hundred_builds_while_a_program_comes_and_goes(
    workspace: Workspace, without_dagster: None, few_views: Callable[..., None], repository: Path
) -> None:
    few_views("mart.topics", "mart.notice_labels", "mart.unchanged_tasks", "mart.task_progress")
    workspace.put("甲.md", as_text("甲州"))
    assert workspace.build() == 0
    numbers = []
    with coming_and_going(workspace.warehouse) as other:
        for number in range(KILLED):
            workspace.put("乙.md", as_text("乙州", number + 1, extra=f"开展第{number}次活动"))
            child = started(workspace, repository)
            child.communicate()
            assert child.returncode == 0
            numbers.append(max(snapshots.list_snapshots(workspace.warehouse)) + 1)
        opened, _ = other.communicate("")
    assert int(opened) > 0
    assert numbers == list(range(2, 2 + KILLED))
    assert not list(workspace.warehouse.parent.glob("*.damaged*"))
    assert asking.rows(workspace.warehouse, "SELECT count(*) FROM ops.runs") == [(1 + KILLED,)]
