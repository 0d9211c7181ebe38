"""The published warehouse file: open it, read its state, replace it by a new one.

The file is never changed in place. `publish` builds its successor in the same folder and swaps it in with one rename:
readers keep the file they opened, and a crash at any moment leaves the old file as it was.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import duckdb
from filelock import FileLock, Timeout

import schemas
from warehouse.errors import (
    PublishError,
    SnapshotError,
    WarehouseBusyError,
    WarehouseChangedError,
    WarehouseForeignError,
    WarehouseLockedError,
)
from warehouse.store import locks, snapshots
from warehouse.store.connection import Condition, check_condition, connect, reading
from warehouse.store.snapshots import SnapshotInfo, find_history_file

if TYPE_CHECKING:
    import polars as pl

    from warehouse.store.staging_files import Parts

__all__ = [
    "LOG",
    "Condition",
    "PublishResult",
    "check_condition",
    "connect",
    "find_history_file",
    "publish",
    "read_published_state",
    "reading",
    "restore",
    "state_dtypes",
    "write_lock",
]

LOG: Final = logging.getLogger("wenming")
"""Logger for publications; pipelines/json_logging.py writes it to a file."""

REPLACE_TRIES: Final = 10
REPLACE_PAUSE: Final = 0.2
"""Attempts to replace a file that is open (Windows), and seconds between them."""

STATE_COLUMNS: Final = ("file_id", "status", "reason", "remedy", "duplicate_of")
"""Columns of `core.files` in `read_published_state`."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The result of `publish`.

    Attributes:
        rows: Number of rows of every table of the new file, by `schema.name`.
        rebuild_reason: None where the old file was updated, else the condition that made a rebuild necessary.
        snapshot: Identity of the new file.
    """

    rows: dict[str, int]
    rebuild_reason: Condition | None
    snapshot: SnapshotInfo


def state_dtypes() -> dict[str, pl.DataType]:
    """Return the columns of `read_published_state` with their polars types."""
    files = schemas.TABLES["core.files"].dtypes
    return schemas.TABLES["ops.sources"].dtypes | {name: files[name] for name in STATE_COLUMNS}


def read_published_state(path: Path | str) -> pl.DataFrame:
    """Return the state of each source file at the last build: `ops.sources` with the columns of `core.files`.

    One row per source_path, sorted; a source without a row in `core.files` has NULL there. The frame is empty where
    the file is absent or cannot be updated (see `check_condition`), so that everything is read again.
    """
    import polars as pl

    dtypes = state_dtypes()
    if check_condition(path) is not Condition.CURRENT:
        return pl.DataFrame(schema=dtypes)
    with reading(path) as connection:
        frame: pl.DataFrame = connection.sql(
            "SELECT s.*, f.file_id, f.status, f.reason, f.remedy, f.duplicate_of "
            "FROM ops.sources AS s LEFT JOIN core.files AS f USING (source_path) ORDER BY s.source_path"
        ).pl()
    return frame.select(list(dtypes)).cast(pl.Schema(dtypes))


@contextlib.contextmanager
def write_lock(path: Path | str) -> Iterator[None]:
    """Hold the writer's lock on `path`, so that a plan made from `read_published_state` still fits at `publish`.

    `publish` takes the lock itself; within this block, on the same thread, the lock is reentrant. Other programs can
    only read the file meanwhile.

    Raises:
        WarehouseBusyError: Another writer holds the lock; raised at once.
        WarehouseLockedError: Another program does not close the file in time.
        PublishError: The folder is not writable.
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
            # The log of a foreign database must not be moved.
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

    All rows that are neither dropped nor replaced stay as they are. An absent, outdated or damaged file is not updated:
    the new one holds `add` and `replace` only. A damaged file is kept beside it as `<name>.damaged`.

    Args:
        path: The warehouse file.
        drop_files: file_ids whose rows are deleted from every table of core.
        add: New rows by table name, as a frame or as Parquet parts; they must have passed `schemas.check`.
        replace: The new content of whole tables.
        notes: Further rows of `ops.meta`.
        cause: A key of `snapshots.CAUSES`.
        keep: Number of previous snapshots to keep.

    Raises:
        WarehouseBusyError: Another writer is at work, or another program has the file open.
        WarehouseChangedError: There are rows to drop, but no file to update.
        WarehouseForeignError: The file is not a warehouse.
        PublishError: Anything else; in each case the old file is unchanged.
        ValueError: A frame has wrong columns or types.
    """
    # Imported here: whoever only reads a warehouse needs neither the loader nor the marts.
    from warehouse.store.load import build_file

    path = Path(path)
    with write_lock(path):
        condition = _require_replaceable(path)
        if condition is not Condition.CURRENT and drop_files:
            raise WarehouseChangedError(
                f"仓库文件已缺失、损坏或过时，不能在其上更新：{path}。请重新运行 wenming build。"
            )
        old = path if condition is Condition.CURRENT else None
        previous = snapshots.read_current_info(path) if condition.is_sound else None
        info = snapshots.next_info(path, cause, previous)
        meta = {**(notes or {}), **info.meta}
        rows = _build_and_swap(
            path,
            lambda target: build_file(target, old, drop_files=drop_files, add=add, replace=replace or {}, meta=meta),
            condition=condition,
            previous=previous,
            info=info,
            keep=keep,
        )
    LOG.info(
        "published",
        extra={"warehouse": str(path), "rows": rows, "found": condition.value, **info.meta},
    )
    return PublishResult(rows, None if condition is Condition.CURRENT else condition, info)


def restore(path: Path, number: int, *, keep: int) -> SnapshotInfo:
    """Publish snapshot `number` again, as the newest one; the run history stays as it is now.

    Args:
        path: The warehouse file; the current one becomes a snapshot like any other.
        number: Number of the snapshot.
        keep: Number of previous snapshots to keep.

    Returns:
        The identity of the new file.

    Raises:
        SnapshotError: There is no such snapshot, it is the current one, or another version of this program made it.
        WarehouseBusyError: Another writer is at work, or another program has the file open.
        WarehouseForeignError: The file is not a warehouse.
        PublishError: Anything else; in each case the published file is unchanged.
    """
    with write_lock(path):
        condition = _require_replaceable(path)
        snapshot = snapshots.read_snapshot(path, number)
        if snapshot.is_current:
            raise SnapshotError(f"第 {number} 版就是现在的仓库，无需恢复")
        if check_condition(snapshot.path) is not Condition.CURRENT:
            raise SnapshotError(
                f"第 {number} 版由其他版本的程序生成，不能直接恢复。需要其中的内容时，请直接打开文件：{snapshot.path}"
            )
        previous = snapshots.read_current_info(path) if condition.is_sound else None
        info = snapshots.next_info(path, "restore", previous, restored_from=number)
        newest = find_history_file(path)
        if newest is not None and check_condition(newest) is not Condition.CURRENT:
            newest = None
        _build_and_swap(
            path,
            lambda target: snapshots.write_restored(target, snapshot.path, newest, info),
            condition=condition,
            previous=previous,
            info=info,
            keep=keep,
        )
    LOG.info("published", extra={"warehouse": str(path), "found": condition.value, **info.meta})
    return info


def _require_replaceable(path: Path) -> Condition:
    """Return the condition of the file that is about to be replaced. Raises WarehouseForeignError."""
    condition = check_condition(path)
    if condition is Condition.FOREIGN:
        raise WarehouseForeignError(f"这不是文明测评仓库文件，不能覆盖：{path}。请换一个文件名。")
    return condition


def _build_and_swap(
    path: Path,
    build: Callable[[Path], T],
    *,
    condition: Condition,
    previous: SnapshotInfo | None,
    info: SnapshotInfo,
    keep: int,
) -> T:
    """Let `build` write a whole file beside `path`, swap it in and keep the last `keep` snapshots.

    The caller holds the writer's lock.

    Args:
        path: The warehouse file.
        build: Writes the new file to the path it is given.
        condition: Condition of the file at `path`.
        previous: Identity of that file, where it is sound.
        info: Identity of the new file.
        keep: Number of previous snapshots to keep.

    Returns:
        What `build` returned.

    Raises:
        PublishError: The old file is unchanged.
    """
    target = path.with_name(f".{path.name}.building")
    try:
        _remove_partial(target)
        result = build(target)
        _fsync_file(target)
        if keep and previous is not None:
            snapshots.save_snapshot(path, previous)
        snapshots.record_number(path, info.number)
        if condition is Condition.DAMAGED:
            path.replace(path.with_name(f"{path.name}.damaged"))
        _replace_file(target, path)
    except (duckdb.Error, OSError) as error:
        raise PublishError(f"发布失败，原有仓库没有改动：{path}。请检查磁盘空间和权限。（{error}）") from error
    finally:
        _remove_partial(target)
    snapshots.prune_snapshots(path, keep)
    return result


def _remove_partial(target: Path) -> None:
    for name in (target.name, f"{target.name}.wal"):
        target.with_name(name).unlink(missing_ok=True)
    # Temporary files of DuckDB, where the process was killed.
    shutil.rmtree(target.with_name(f"{target.name}.tmp"), ignore_errors=True)


def _fsync_file(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def _replace_file(source: Path, path: Path) -> None:
    """Rename `source` onto `path` and sync the folder."""
    for attempt in range(REPLACE_TRIES):
        try:
            source.replace(path)
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
