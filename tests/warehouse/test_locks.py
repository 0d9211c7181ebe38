"""A file that another program has open for writing is waited for and its holder named; it is not called damaged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from tests import asking
from tests.conftest import leave_out_views
from tests.schemas.samples import frames, sources
from tests.warehouse.lock_holders import LONGEST_PAUSE, coming_and_going, held
from tests.warehouse.publish_processes import KEEP, count_notices, replace_all
from warehouse import store, store_options
from warehouse.errors import (
    WarehouseDamagedError,
    WarehouseForeignError,
    WarehouseLockedError,
    WarehouseUnreadableError,
)
from warehouse.store import Condition, connection, locks, snapshots

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there at all")


@pytest.fixture
def messages() -> Iterator[list[str]]:
    """The messages while another program is waited for, which is at most a second in these tests."""
    messages: list[str] = []
    store_options.set_lock_wait(1.0, messages.append)
    yield messages
    store_options.set_lock_wait(store_options.DEFAULT_WAIT)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one former snapshot."""
    file = tmp_path_factory.mktemp("second") / "w.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        leave_out_views(patch)
        replace_all(file, range(1, 2))
        replace_all(file, range(1, 3))
    return file


@pytest.fixture
def path(second: Path, tmp_path: Path, few_views: Callable[..., None]) -> Path:
    """A copy of it for one test, with what lies beside it."""
    few_views()
    shutil.copytree(second.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / second.name


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if not one.name.startswith("."))


def test_the_lock_holder_is_named_and_nothing_is_changed(path: Path, messages: list[str]) -> None:
    before = path.read_bytes()
    with held(path) as child:
        for attempt in (
            lambda: store.publish(path, add=frames(3), keep=KEEP),
            lambda: store.restore(path, 1, keep=KEEP),
            lambda: store.connect(path),
            lambda: store.check_condition(path),
            lambda: snapshots.read_snapshots(path),
        ):
            with pytest.raises(WarehouseLockedError, match=rf"进程号 {child.pid}）.*只读打开"):
                attempt()
    assert all(f"进程号 {child.pid}）以可写方式打开" in one for one in messages)
    assert len(messages) == 5
    assert path.read_bytes() == before
    assert beside(path) == [path.name]
    assert list(snapshots.list_snapshots(path)) == [1]


def test_a_file_that_is_closed_in_time_is_published_on(path: Path) -> None:
    messages: list[str] = []
    store_options.set_lock_wait(60, messages.append)
    with held(path) as child:
        threading.Timer(0.5, child.kill).start()
        store.publish(path, add=frames(3), replace=sources(1, 2, 3), keep=KEEP)
    store_options.set_lock_wait(store_options.DEFAULT_WAIT)
    assert len(messages) == 1
    assert count_notices(path) == 3
    assert list(snapshots.list_snapshots(path)) == [1, 2]


def test_nobody_opens_the_file_for_writing_while_a_publication_is_under_way(path: Path) -> None:
    command = [sys.executable, "-c", "import sys, duckdb; duckdb.connect(sys.argv[1])", str(path)]
    with store.write_lock(path):
        # Whatever this process closes in between does not let go of the file.
        assert count_notices(path) == 2
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Could not set lock" in refused.stderr
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            'IO Error: Could not set lock on file "w": Conflicting lock is held in /opt/看 表 (PID 7).',
            " /opt/看 表（进程号 7）",
        ),
        ('IO Error: Could not set lock on file "w": Conflicting lock is held in PID -1.', " 另一个程序（进程号 -1）"),
        (
            'IO Error: Cannot open file "w": The process cannot access the file because it is being used by another '
            "process.\r\n\nFile is already open in \nC:\\Tools\\viewer.exe (PID 42)",
            " C:\\Tools\\viewer.exe（进程号 42）",
        ),
        ('IO Error: Cannot open file "w": 另一个程序正在使用此文件，进程无法访问。', "另一个程序"),
    ],
)
def test_the_holder_is_read_from_what_duckdb_says_on_either_system(text: str, named: str) -> None:
    error = duckdb.IOException(text)
    assert locks.is_lock_error(error)
    assert locks.describe_holder(error) == named


def test_a_fault_of_the_file_is_no_lock(path: Path, messages: list[str]) -> None:
    whole_bytes = path.read_bytes()
    for broken in (b"", b"no database" * 900, whole_bytes[: len(whole_bytes) // 2], whole_bytes[:8200] + b"zzzz"):
        path.write_bytes(broken)
        assert store.check_condition(path) is Condition.DAMAGED
    assert messages == []


def test_a_file_that_the_system_does_not_open_is_not_damaged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise duckdb.IOException("IO Error: Cannot open file: Permission denied")

    def unreadable(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(connection, "_attach", refused)
    monkeypatch.setattr(Path, "open", unreadable)
    with pytest.raises(WarehouseUnreadableError, match="文件权限"):
        store.connect(path)


def test_what_a_killed_program_left_beside_the_file_is_kept_and_spoils_nothing(path: Path, messages: list[str]) -> None:
    with held(path, "CREATE TABLE main.theirs AS SELECT 1 AS one"):
        pass
    log = path.with_name(f"{path.name}.wal").read_bytes()
    store.publish(path, add=frames(3), replace=sources(1, 2, 3), keep=KEEP)
    assert count_notices(path) == 3
    assert beside(path) == [path.name, f"{path.name}.wal.1"]
    assert path.with_name(f"{path.name}.wal.1").read_bytes() == log
    assert "已改名为 w.duckdb.wal.1" in messages[0]


def test_a_log_of_another_file_is_reported_to_readers_and_set_aside_by_the_next_build(
    path: Path, messages: list[str]
) -> None:
    other = path.with_name("other.duckdb")
    with held(other, "CREATE TABLE theirs AS SELECT 1 AS one"):
        pass
    shutil.copyfile(other.with_name("other.duckdb.wal"), path.with_name(f"{path.name}.wal"))
    with pytest.raises(WarehouseDamagedError, match=r"w\.duckdb\.wal，与仓库对不上"):
        store.connect(path)
    with store.write_lock(path):
        replace_all(path, range(1, 4))
    assert count_notices(path) == 3
    assert f"{path.name}.damaged" not in beside(path)
    assert list(snapshots.list_snapshots(path)) == [1, 2]


def test_nothing_beside_a_foreign_database_is_changed(path: Path, messages: list[str]) -> None:
    other = path.with_name("other.duckdb")
    with held(other, "CREATE TABLE theirs AS SELECT 1 AS one"):
        pass
    with pytest.raises(WarehouseForeignError):
        store.publish(other, add=frames(1))
    assert other.with_name("other.duckdb.wal").exists()
    with closing(duckdb.connect(str(other))) as connection:
        assert connection.execute("SELECT one FROM theirs").fetchall() == [(1,)]


@pytest.mark.parametrize("lose", [lambda path: path.write_bytes(b"no database"), Path.unlink], ids=["damaged", "lost"])
def test_no_number_is_given_twice_after_a_loss(path: Path, lose: Callable[[Path], object]) -> None:
    lose(path)
    done = store.publish(path, add=frames(1), replace=sources(1), keep=KEEP)
    assert done.snapshot.number == 3
    assert store.find_history_file(path) == path
    assert list(snapshots.list_snapshots(path)) == [1]


def test_history_is_found_in_the_newest_whole_edition(path: Path) -> None:
    replace_all(path, range(1, 4))
    path.write_bytes(b"no database")
    one, two = snapshots.list_snapshots(path).values()
    assert store.find_history_file(path) == two
    two.write_bytes(b"no database")
    assert store.find_history_file(path) == one


@pytest.fixture
def patient() -> Iterator[None]:
    store_options.set_lock_wait(60, lambda _: None)
    yield
    store_options.set_lock_wait(store_options.DEFAULT_WAIT)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "times", [5, pytest.param(int(os.environ.get("WENMING_CRASHES", "100")), marks=pytest.mark.fuzz, id="many")]
)
def test_publications_while_others_come_and_go_lose_no_edition(path: Path, times: int) -> None:
    numbers = []
    with coming_and_going(path) as child:
        for attempt in range(times):
            replace_all(path, range(1, 2 + attempt % 3))
            numbers.append(max(snapshots.list_snapshots(path)) + 1)
            # Longer than the other program pauses, so that it opens the file between publications, fast as they are.
            time.sleep(LONGEST_PAUSE + 0.05)
        opened, _ = child.communicate("")
    assert int(opened) > 0
    assert numbers == list(range(3, 3 + times))
    assert snapshots.read_current_info(path).number == numbers[-1]
    assert beside(path) == [path.name]
    assert count_notices(path) == 1 + (times - 1) % 3
    listed = snapshots.read_snapshots(path)
    assert [one.number for one in listed] == list(range(2 + times, max(1, 2 + times - KEEP - 1), -1))[: KEEP + 1]
    assert asking.rows(path, "SELECT value FROM ops.meta WHERE key = 'edition'") == [(str(2 + times),)]


def test_a_file_that_another_system_keeps_open_is_replaced_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace an open file; here a refusal is final."""
    pauses: list[float] = []

    class Open(type(tmp_path)):  # type: ignore[misc]
        refusals = 0

        def replace(self, target: Path) -> Path:
            if Open.refusals:
                Open.refusals -= 1
                raise PermissionError
            return Path(super().replace(target))

    def replace(refusals: int, system: str) -> None:
        Open.refusals = refusals
        pauses.clear()
        (tmp_path / "new").write_text(f"{refusals}", "utf-8")
        monkeypatch.setattr(store, "os", SimpleNamespace(name=system))
        store._replace_file(Open(tmp_path / "new"), tmp_path / "w.duckdb")

    monkeypatch.setattr(store, "time", SimpleNamespace(sleep=pauses.append))
    replace(9, "nt")
    assert ((tmp_path / "w.duckdb").read_text("utf-8"), len(pauses)) == ("9", 9)
    for refusals, system, waits in ((10, "nt", 9), (1, "posix", 0)):
        with pytest.raises(WarehouseLockedError, match="仓库文件正被其他程序打开"):
            replace(refusals, system)
        assert len(pauses) == waits
    assert (tmp_path / "w.duckdb").read_text("utf-8") == "9"
