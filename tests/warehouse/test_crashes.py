"""Killed at any moment, on a full disk, without rights: the published file is whole, the next publication completes."""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.warehouse import publish_processes
from tests.warehouse.publish_processes import KEEP, count_notices, replace_all
from warehouse.store import snapshots

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX"),
]

KILLED = int(os.environ.get("WENMING_CRASHES", "100"))
COPIED = 3
STARVED = (0, 1_500_000)
"""Bytes that a file may have; the published file has more."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published warehouse of two notices."""
    file = tmp_path / "w.duckdb"
    publish_processes.without_views(monkeypatch.setattr)
    replace_all(file, range(1, 3))
    return file


@pytest.fixture
def slept(path: Path) -> float:
    """Seconds of an undisturbed publication."""
    started = time.perf_counter()
    replace_all(path, range(1, 3))
    return time.perf_counter() - started


def killed_at_random_moments(path: Path, seconds: float, times: int) -> set[int]:
    """Kill a publication at that many moments spread over its course; what stood afterwards (2 or 5 notices)."""
    moments = random.Random(7)
    stood = set()
    made = publish_processes.context()
    for attempt in range(times):
        ready = made.Event()
        links, little = attempt % 3 > 0, 10.0 * (attempt % 2)
        child = made.Process(target=publish_processes.publish, args=(path, range(1, 6), ready, links, little))
        child.start()
        assert ready.wait(60)
        child.join(seconds * 1.2 * (attempt + moments.random()) / times)
        child.kill()
        child.join()
        stood.add(count_notices(path))
        if attempt % 5 == 4:
            replace_all(path, range(1, 3))
            assert count_notices(path) == 2
            assert [name.name for name in path.parent.iterdir() if "building" in name.name] == []
            assert len(snapshots.list_snapshots(path)) <= KEEP
            assert [one.suffix for one in snapshots.snapshot_folder(path).iterdir() if one.suffix != ".duckdb"] == []
    return stood


def test_a_publication_that_is_killed_leaves_a_whole_file_and_the_next_one_completes(path: Path, slept: float) -> None:
    assert killed_at_random_moments(path, slept, KILLED) <= {2, 5}
    replace_all(path, range(1, 6))
    assert count_notices(path) == 5


def test_a_copy_of_the_folder_taken_at_any_moment_is_whole_and_can_be_carried_on(
    path: Path, slept: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made, ready = publish_processes.context(), publish_processes.context().Event()
    child = made.Process(target=publish_processes.publish, args=(path, range(1, 6), ready))
    child.start()
    assert ready.wait(60)
    copies = []
    for number in range(COPIED):
        copies.append(tmp_path_factory.mktemp("copy") / str(number))
        # What vanishes while it is copied is not there in the copy either.
        with suppress(shutil.Error):
            shutil.copytree(path.parent, copies[-1])
        time.sleep(slept / COPIED)
    child.join()
    assert child.exitcode == 0
    for copy in copies:
        assert count_notices(copy / path.name) in (2, 5)
        replace_all(copy / path.name, range(1, 4))
        assert count_notices(copy / path.name) == 3


@pytest.mark.parametrize("most_bytes", STARVED)
def test_a_full_disk_leaves_the_old_file_and_the_next_publication_completes(path: Path, most_bytes: int) -> None:
    assert path.stat().st_size > max(STARVED)
    before, former = path.read_bytes(), list(snapshots.list_snapshots(path))
    made = publish_processes.context()
    outcome = made.SimpleQueue()
    child = made.Process(target=publish_processes.publish_on_full_disk, args=(path, most_bytes, outcome))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert outcome.get().startswith("PublishError: 发布失败，原有仓库没有改动")
    assert path.read_bytes() == before
    assert list(snapshots.list_snapshots(path)) == former
    known = {path.name, *(f".{path.name}.{what}" for what in ("lock", "edition", "editions"))}
    assert {name.name for name in path.parent.iterdir()} <= known
    replace_all(path, range(1, 4))
    assert count_notices(path) == 3


def test_a_folder_that_may_only_be_read_leaves_the_old_file_and_readers_go_on(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "w.duckdb"
        shutil.copyfile(path, file)
        before = file.read_bytes()
        Path(folder).chmod(0o555)
        made = publish_processes.context()
        outcome = made.SimpleQueue()
        child = made.Process(target=publish_processes.publish_without_permission, args=(file, outcome))
        child.start()
        child.join(60)
        assert child.exitcode == 0
        assert "PublishError: 无法写入仓库所在的文件夹" in outcome.get()
        assert file.read_bytes() == before
        assert count_notices(file) == 2
        Path(folder).chmod(0o755)
        replace_all(file, range(1, 4))
        assert [one.notices for one in snapshots.read_snapshots(file)] == [3, 2]
