"""The published warehouse file: open it, ask what it holds, replace it by a new one.

The file is never changed in place. `publish` builds its successor in the same folder and swaps it in with one
rename: whoever is reading keeps the old file whole, and a crash at any moment leaves the old file as it was.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import logging
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import duckdb
import polars as pl
from filelock import FileLock, Timeout

import schemas
from schemas.ddl import literal
from warehouse.errors import (
    PublishError,
    WarehouseBusyError,
    WarehouseChangedError,
    WarehouseDamagedError,
    WarehouseForeignError,
    WarehouseLockedError,
    WarehouseMissingError,
    WarehouseUnreadableError,
)
from warehouse.store import locks, snapshots
from warehouse.store.load import build_file
from warehouse.store.staging_files import Parts

SEARCH_PATH: Final = ("cn", "core", "mart", "ops")
"""Schemas where a bare name is looked for, in this order, so that `FROM 任务清单` finds `cn.任务清单`."""

WAL_MISMATCH: Final = "Failure while replaying WAL"
"""What DuckDB says of a log beside the file that belongs to another file."""
REPLACE_TRIES: Final = 10
REPLACE_PAUSE: Final = 0.2

Made = TypeVar("Made")

LOG: Final = logging.getLogger("wenming")
"""Told what happened; pipelines/json_logging.py writes it down."""

STATE_DTYPES: Final[dict[str, pl.DataType]] = {
    **schemas.TABLES["ops.sources"].dtypes,
    "file_id": pl.String(),
    "status": pl.String(),
    "reason": pl.String(),
    "remedy": pl.String(),
    "duplicate_of": pl.String(),
}
"""Columns of `published_state`."""


class Condition(enum.Enum):
    """What stands at the path of the warehouse."""

    ABSENT = "absent"
    CURRENT = "current"
    OUTDATED = "outdated"
    """A sound file whose tables are those of another version of this program."""
    DAMAGED = "damaged"
    """Not a DuckDB file, or a truncated one; never one that another program holds."""
    FOREIGN = "foreign"
    """A sound DuckDB file that is no warehouse of ours."""

    @property
    def sound(self) -> bool:
        """True for a whole warehouse file of ours, of this version of the program or another."""
        return self in (Condition.CURRENT, Condition.OUTDATED)


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What `publish` did: the rows of every table of the new file, by `schema.name`, and which edition it is.

    `rebuilt` is None where the old file was carried on, else why there was nothing to carry on.
    """

    rows: dict[str, int]
    rebuilt: Condition | None
    stamp: snapshots.SnapshotInfo


def connect(path: Path | str, *, wait: float | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published file, with the Chinese views reachable without `cn.`.

    The connection keeps the file it opened, also after a newer one is published; open another to see the new one.
    The file is attached to a database of its own: `duckdb.connect(path)` would hand out the old file for as long
    as any connection of this process still has it open. The caller closes the connection. A program that has the file
    open for writing is waited for, `wait` seconds where that is given.
    Raises WarehouseMissingError, WarehouseDamagedError, WarehouseForeignError, WarehouseLockedError,
    WarehouseUnreadableError.
    """
    path = Path(path)
    if not path.is_file():
        raise WarehouseMissingError(f"还没有仓库文件：{path}。请先运行 wenming build。")
    try:
        return locks.retry_while_locked(path, lambda: _attach(path), wait)
    except duckdb.Error as error:
        _require_readable(path)
        if WAL_MISMATCH in str(error):
            raise WarehouseDamagedError(
                f"仓库文件旁有其他程序留下的 {path.name}.wal，与仓库对不上：{path}。"
                "请重新运行 wenming build，它会把该文件移开保存，仓库不受影响。"
            ) from error
        raise WarehouseDamagedError(
            f"无法打开仓库文件：{path}。文件可能已损坏；请重新运行 wenming build。（{error}）"
        ) from error


def _attach(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    try:
        connection.execute(f"ATTACH {literal(str(path))} AS warehouse (READ_ONLY)")
        found = connection.execute(
            "SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'warehouse' AND NOT internal"
        ).fetchall()
        there = [name for name in SEARCH_PATH if (name,) in found]
        if "ops" not in there:
            raise WarehouseForeignError(f"这不是文明测评仓库文件：{path}。请换一个文件名。")
        names = ",".join(f"warehouse.{name}" for name in ("main", *there))
        connection.execute(f"SET search_path = {literal(names)}")
    except (duckdb.Error, WarehouseForeignError):
        connection.close()
        raise
    return connection


def _require_readable(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise WarehouseUnreadableError(
            f"系统不让打开仓库文件：{path}（{error.strerror}）。请检查文件权限、磁盘和网络盘，然后重新运行；仓库没有改动"
        ) from error


def check_condition(path: Path | str) -> Condition:
    """What stands at `path`. Costs one open and a look at every table, where the file is new to this process.

    Raises WarehouseLockedError, WarehouseUnreadableError where that cannot be told.
    """
    path = Path(path)
    try:
        found = path.stat()
        stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        return _condition_of_sound_file(path, stamp, schemas.fingerprint())
    except (FileNotFoundError, NotADirectoryError, WarehouseMissingError):
        return Condition.ABSENT
    except WarehouseForeignError:
        return Condition.FOREIGN
    except duckdb.OutOfMemoryException:
        # Says nothing of the file.
        raise
    except (WarehouseDamagedError, duckdb.Error):
        return Condition.DAMAGED


@functools.lru_cache(maxsize=8)
def _condition_of_sound_file(path: Path, stamp: tuple[int, ...], fingerprint: str) -> Condition:
    """CURRENT or OUTDATED; raises for anything else, so that a fault that may pass is looked at again.

    A build asks half a dozen times, and a published file is never changed in place: `stamp` tells one from the next.
    """
    with contextlib.closing(connect(path)) as connection:
        rows = connection.execute("SELECT value FROM ops.meta WHERE key = 'fingerprint'").fetchall()
        if rows != [(fingerprint,)]:
            return Condition.OUTDATED
        connection.execute(" UNION ALL ".join(f"SELECT count(*) FROM {name}" for name in schemas.TABLES)).fetchall()
    return Condition.CURRENT


def find_history_file(path: Path | str) -> Path | None:
    """The file that holds the history of the warehouse at `path`: the published one where it is sound, else the newest
    sound edition beside it; None where there is neither."""
    path = Path(path)
    candidates = (path, *reversed(snapshots.list_snapshots(path).values()))
    return next((one for one in candidates if check_condition(one).sound), None)


def read_published_state(path: Path | str) -> pl.DataFrame:
    """What the last build knew of each source file: `ops.sources` with status and file_id of `core.files`.

    One row per source_path, sorted. Without a file, or with one that cannot be carried on (see `condition`), the
    frame has no rows: everything is to be read. A source without a row in `core.files` has NULL there.
    """
    if check_condition(path) is not Condition.CURRENT:
        return pl.DataFrame(schema=STATE_DTYPES)
    with contextlib.closing(connect(path)) as connection:
        frame: pl.DataFrame = connection.sql(
            "SELECT s.*, f.file_id, f.status, f.reason, f.remedy, f.duplicate_of "
            "FROM ops.sources AS s LEFT JOIN core.files AS f USING (source_path) ORDER BY s.source_path"
        ).pl()
    return frame.select(list(STATE_DTYPES)).cast(pl.Schema(STATE_DTYPES))


@contextlib.contextmanager
def write_lock(path: Path | str) -> Iterator[None]:
    """Hold the writer's lock on `path`, so that a plan made from `published_state` still fits at `publish`.

    `publish` takes the lock itself; within this block, on the same thread, it finds it taken already. Other programs
    can only read the file meanwhile. Raises WarehouseBusyError at once where another writer holds the lock,
    WarehouseLockedError where another program does not close the file in time, PublishError where the folder is not
    writable.
    """
    path = Path(path)
    lock_file = path.with_name(f".{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(lock_file, timeout=0, is_singleton=True)
        lock.acquire()
    except Timeout as error:
        raise WarehouseBusyError(f"另一个构建正在写入仓库：{path}。请等它结束后再运行。") from error
    except OSError as error:
        raise PublishError(f"无法写入仓库所在的文件夹：{path.parent}。请检查权限和磁盘空间。（{error}）") from error
    try:
        with locks.hold_read_lock(path):
            # What somebody else's database has beside it is not ours to move.
            if locks.wal_of(path).exists() and check_condition(path) is not Condition.FOREIGN:
                locks.set_wal_aside(path)
            yield
    finally:
        lock.release()


def publish(
    path: Path | str,
    *,
    drop_files: Collection[str] = (),
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame] | None = None,
    notes: Mapping[str, str] | None = None,
    cause: str = "build",
    keep: int = 0,
) -> PublishResult:
    """Build the successor of the warehouse at `path` and swap it in.

    `drop_files` are the file_ids whose rows vanish from every table (notices, their tables, cells, tasks and what
    hangs on them, findings). `add` holds new rows by table name, as a frame or as Parquet parts, `replace` the whole
    new content of a table. The rows must have passed `schemas.check`. All other rows stay as they were; rows are
    sorted by their table's `order`. An absent, outdated or damaged file is not carried on: the new one holds `add` and
    `replace` alone. A damaged file is kept beside it as `<name>.damaged`, in case it was something else. `notes` are
    further rows of `ops.meta`. `cause` is one of `kept.CAUSES`; the last `keep` former editions stay beside the new
    one.

    Raises WarehouseBusyError (another writer, or another program has the file open), WarehouseChangedError (rows to
    drop, but no file to carry on), WarehouseForeignError (a database of someone else stands there), PublishError
    (anything else); in each case the old file stands unchanged. ValueError for a wrong frame.
    """
    path = Path(path)
    with write_lock(path):
        found = _require_replaceable(path)
        if found is not Condition.CURRENT and drop_files:
            raise WarehouseChangedError(
                f"仓库文件已缺失、损坏或过时，不能在其上更新：{path}。请重新运行 wenming build。"
            )
        old = path if found is Condition.CURRENT else None
        former = snapshots.read_current_info(path) if found.sound else None
        stamp = snapshots.next_info(path, cause, former)
        meta = {**(notes or {}), **stamp.meta}
        rows = _build_and_swap(
            path,
            lambda aside: build_file(aside, old, drop_files=drop_files, add=add, replace=replace or {}, meta=meta),
            found=found,
            former=former,
            stamp=stamp,
            keep=keep,
        )
    LOG.info(
        "published",
        extra={"warehouse": str(path), "rows": rows, "found": found.value, **stamp.meta},
    )
    return PublishResult(rows, None if found is Condition.CURRENT else found, stamp)


def _require_replaceable(path: Path) -> Condition:
    """What stands at `path`, which a publication is about to replace. Raises WarehouseForeignError."""
    found = check_condition(path)
    if found is Condition.FOREIGN:
        raise WarehouseForeignError(f"这不是文明测评仓库文件，不能覆盖：{path}。请换一个文件名。")
    return found


def _build_and_swap(
    path: Path,
    make: Callable[[Path], Made],
    *,
    found: Condition,
    former: snapshots.SnapshotInfo | None,
    stamp: snapshots.SnapshotInfo,
    keep: int,
) -> Made:
    """Let `make` write a whole file aside, swap it in and keep the last `keep` editions; what `make` returned.

    The caller holds the writer's lock and knows what was `found` at `path`, where that is sound the stamp of the
    `former` file, and the `stamp` of the new one. Raises PublishError, with the old file unchanged.
    """
    aside = path.with_name(f".{path.name}.building")
    try:
        _remove_partial(aside)
        made = make(aside)
        _fsync_file(aside)
        if keep and former is not None:
            snapshots.save_snapshot(path, former)
        snapshots.record_number(path, stamp.number)
        if found is Condition.DAMAGED:
            path.replace(path.with_name(f"{path.name}.damaged"))
        _replace_file(aside, path)
    except (duckdb.Error, OSError) as error:
        raise PublishError(f"发布失败，原有仓库没有改动：{path}。请检查磁盘空间和权限。（{error}）") from error
    finally:
        _remove_partial(aside)
    snapshots.prune_snapshots(path, keep)
    return made


def _remove_partial(aside: Path) -> None:
    for name in (aside.name, f"{aside.name}.wal"):
        aside.with_name(name).unlink(missing_ok=True)
    # What DuckDB sorted on disk, where it was killed.
    shutil.rmtree(aside.with_name(f"{aside.name}.tmp"), ignore_errors=True)


def _fsync_file(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def _replace_file(aside: Path, path: Path) -> None:
    """Rename `aside` onto `path` and make the rename last."""
    for attempt in range(REPLACE_TRIES):
        try:
            aside.replace(path)
            break
        except PermissionError as error:
            # Windows refuses to replace a file that is open; a short query may be over in a moment.
            if os.name != "nt" or attempt == REPLACE_TRIES - 1:
                raise WarehouseLockedError(
                    f"仓库文件正被其他程序打开，无法更新：{path}。请关闭正在使用它的程序后重新运行；仓库没有改动"
                ) from error
            time.sleep(REPLACE_PAUSE)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
