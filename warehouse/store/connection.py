"""Open the published warehouse file for reading, and determine its condition."""

from __future__ import annotations

import atexit
import contextlib
import enum
import functools
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb

import schemas
from schemas.ddl import literal
from warehouse.clock import ZONE_NAME
from warehouse.errors import (
    WarehouseDamagedError,
    WarehouseForeignError,
    WarehouseMissingError,
    WarehouseUnreadableError,
)
from warehouse.store import locks

SEARCH_PATH: Final = ("cn", "core", "mart", "ops")
"""Schemas in which an unqualified name is looked up, in this order, so that `FROM 任务清单` finds `cn.任务清单`."""

WAL_MISMATCH: Final = "Failure while replaying WAL"
"""Error message of DuckDB for a write-ahead log that belongs to another file."""

_spare: Final[deque[duckdb.DuckDBPyConnection]] = deque(maxlen=1)
"""The in-memory database that `spare_database` lends next, if there is one."""
# A child has none of the threads of a database, and DuckDB complains about what is open when Python has ended.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_spare.clear)
atexit.register(_spare.clear)


class Condition(enum.Enum):
    """The condition of the file at the path of the warehouse."""

    ABSENT = "absent"
    CURRENT = "current"
    OUTDATED = "outdated"
    """A valid file whose tables are those of another version of this program."""
    DAMAGED = "damaged"
    """Not a DuckDB file, or a truncated one; never a file that another program has locked."""
    FOREIGN = "foreign"
    """A valid DuckDB file that is not a warehouse of this program."""

    @property
    def is_sound(self) -> bool:
        """True for a valid warehouse file, of this version of the program or another."""
        return self in (Condition.CURRENT, Condition.OUTDATED)


def connect(path: Path | str, *, wait: float | None = None) -> duckdb.DuckDBPyConnection:
    """Open the published file read-only, with the Chinese views reachable without `cn.`.

    The connection keeps reading the file it opened, also after a newer one is published; open another to see the new
    one. The file is attached to an in-memory database of its own: `duckdb.connect(path)` would return the old file as
    long as any connection of this process still has it open. The caller closes the connection.

    Args:
        path: The warehouse file.
        wait: Seconds to wait for another program that has the file open for writing; the default is that of
            `store_options.set_lock_wait`.

    Raises:
        WarehouseMissingError: There is no file.
        WarehouseDamagedError: DuckDB cannot read the file.
        WarehouseForeignError: The file is not a warehouse.
        WarehouseLockedError: Another program has the file open for writing.
        WarehouseUnreadableError: The system refuses to open the file.
    """
    connection = duckdb.connect()
    try:
        _open(Path(path), connection, wait)
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def reading(path: Path | str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file as `connect` does, for queries that leave no table and no setting behind.

    The file is closed at the end; its in-memory database serves the next reader.
    """
    with spare_database() as spare:
        _open(Path(path), spare)
        yield spare
        spare.execute("USE memory; DETACH warehouse")


@contextlib.contextmanager
def spare_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend an in-memory database, which has to be left as it was found; after an error it is closed.

    To start one takes DuckDB longer than most queries, and a build reads the published file a dozen times.
    """
    try:
        connection = _spare.pop()
    except IndexError:
        connection = duckdb.connect()
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    _spare.append(connection)


def check_condition(path: Path | str) -> Condition:
    """Return the condition of the file at `path`; reads every table once if the file is new to this process.

    Raises:
        WarehouseLockedError: Another program has the file open for writing.
        WarehouseUnreadableError: The system refuses to open the file.
    """
    path = Path(path)
    try:
        status = path.stat()
        stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        return _condition_of_sound_file(path, stamp, schemas.fingerprint())
    except (FileNotFoundError, NotADirectoryError, WarehouseMissingError):
        return Condition.ABSENT
    except WarehouseForeignError:
        return Condition.FOREIGN
    except duckdb.OutOfMemoryException:
        # No statement about the file.
        raise
    except (WarehouseDamagedError, duckdb.Error):
        return Condition.DAMAGED


def _open(path: Path, connection: duckdb.DuckDBPyConnection, wait: float | None = None) -> None:
    """Attach the published file to an in-memory database; raise as `connect` does."""
    if not path.is_file():
        raise WarehouseMissingError(f"还没有仓库文件：{path}。请先运行 wenming build。")
    try:
        locks.retry_while_locked(path, lambda: _attach(path, connection), wait)
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


def _attach(path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"ATTACH {literal(str(path))} AS warehouse (READ_ONLY)")
    rows = connection.execute(
        "SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'warehouse' AND NOT internal"
    ).fetchall()
    present = [name for name in SEARCH_PATH if (name,) in rows]
    if "ops" not in present:
        raise WarehouseForeignError(f"这不是文明测评仓库文件：{path}。请换一个文件名。")
    names = ",".join(f"warehouse.{name}" for name in ("main", *present))
    connection.execute(f"SET search_path = {literal(names)}")
    # For all cursors, so that `current_date` is the day where the deadlines apply.
    connection.execute(f"SET GLOBAL TimeZone = {literal(ZONE_NAME)}")


def _require_readable(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise WarehouseUnreadableError(
            f"系统不让打开仓库文件：{path}（{error.strerror}）。请检查文件权限、磁盘和网络盘，然后重新运行；仓库没有改动"
        ) from error


@functools.lru_cache(maxsize=8)
def _condition_of_sound_file(path: Path, stamp: tuple[int, ...], fingerprint: str) -> Condition:
    """Return CURRENT or OUTDATED; raise for anything else, so that a transient error is not cached.

    A build asks half a dozen times, and a published file is never changed in place: `stamp` identifies its content.
    """
    with reading(path) as connection:
        rows = connection.execute("SELECT value FROM ops.meta WHERE key = 'fingerprint'").fetchall()
        if rows != [(fingerprint,)]:
            return Condition.OUTDATED
        connection.execute(" UNION ALL ".join(f"SELECT count(*) FROM {name}" for name in schemas.TABLES)).fetchall()
    return Condition.CURRENT
