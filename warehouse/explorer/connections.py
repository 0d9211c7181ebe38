"""Concurrent read-only access to the published file, without changing or locking it.

An `OpenSnapshot` is one published file, opened once, with a few cursors that requests borrow. If the file was replaced
(its stat differs), the next request opens a new snapshot; running requests finish on the old one, which is closed when
its last cursor is returned.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb

import schemas
from schemas.ddl import literal
from warehouse import store
from warehouse.errors import QueryError, WarehouseDamagedError, WarehouseError, WarehouseMissingError

MAX_CURSORS: Final = 4
"""Queries that run at the same time; each uses all cores, so more would not be faster."""
WAIT_SECONDS: Final = 60.0
"""Seconds that a request waits for a cursor before it is refused."""
OUTDATED_MESSAGE: Final = "仓库由其他版本的程序生成（{path}）。请重新运行 wenming build。"
T = TypeVar("T")
Row = dict[str, Any]


class OutdatedError(WarehouseError):
    """Raised if the file was built by another version of this program."""


class BusyError(WarehouseError):
    """Raised if too many requests run at the same time."""


class TooSlowError(QueryError):
    """Raised if a query exceeds the time limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on a request.

    Attributes:
        seconds: Query time of a page.
        download_seconds: Query time of a download.
        rows: Rows of a statement on the SQL page.
        download_rows: Rows of a download.
        answer_bytes: Size of the answer to a statement on the SQL page; further rows are cut off.
    """

    seconds: float = 10.0
    download_seconds: float = 60.0
    rows: int = 1_000
    download_rows: int = 20_000
    answer_bytes: int = 32 << 20


@dataclass(eq=False, slots=True)
class OpenSnapshot:
    """Open published file; `cache` holds values computed from it, by name."""

    path: Path
    signature: tuple[int, ...]
    connection: duckdb.DuckDBPyConnection
    copy: Path | None
    cursors: queue.SimpleQueue[duckdb.DuckDBPyConnection]
    borrowed: int = 0
    retired: bool = False
    cache: dict[str, Any] = field(default_factory=dict)
    cache_lock: threading.RLock = field(default_factory=threading.RLock)


class Session:
    """Access of one request to the warehouse; all its queries together have `seconds`."""

    def __init__(
        self, snapshot: OpenSnapshot, cursor: duckdb.DuckDBPyConnection, seconds: float, limits: Limits
    ) -> None:
        self.limits = limits
        self._snapshot = snapshot
        self._cursor = cursor
        self._seconds = seconds
        self._lock = threading.Lock()
        self._ended = False
        self._expired = False

    def rows(self, query: tuple[str, Sequence[Any] | Mapping[str, Any]]) -> list[Row]:
        """Return all rows of a query as dictionaries by column name.

        Raises:
            TooSlowError: The time of this session is used up.
            OutdatedError: The marts were built by another version.
        """
        sql, parameters = query
        if self._expired:
            raise self._too_slow_error()
        try:
            cursor = self._cursor.execute(sql, parameters)
            names = [str(column[0]) for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.InterruptException as error:
            raise self._too_slow_error() from error
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            # The fingerprint covers the core tables, so a mart is missing or has other columns.
            raise OutdatedError(OUTDATED_MESSAGE.format(path=self._snapshot.path)) from error

    def run(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Return the result of `work` on this session's connection, within the same time limit.

        Raises:
            TooSlowError: The time of this session is used up; otherwise any error of `work`.
        """
        if self._expired:
            raise self._too_slow_error()
        try:
            return work(self._cursor)
        except QueryError as error:
            if isinstance(error.__cause__, duckdb.InterruptException):
                raise self._too_slow_error() from error
            raise

    def row(self, query: tuple[str, Sequence[Any]]) -> Row | None:
        """Return the first row of a query, None if there is none."""
        rows = self.rows(query)
        return rows[0] if rows else None

    def cached(self, name: str, compute: Callable[[Session], T]) -> T:
        """Return the result of `compute`, computed once per published file."""
        cache = self._snapshot.cache
        if name not in cache:
            with self._snapshot.cache_lock:
                if name not in cache:
                    cache[name] = compute(self)
        value: T = cache[name]
        return value

    def expire(self) -> None:
        """Interrupt the running query and refuse further ones."""
        with self._lock:
            if not self._ended:
                self._expired = True
                self._cursor.interrupt()

    def end(self) -> None:
        """End the session, so that a late `expire` does not interrupt the next user of the cursor."""
        with self._lock:
            self._ended = True

    def _too_slow_error(self) -> TooSlowError:
        return too_slow_error(self._seconds)


class SnapshotReader:
    """Thread-safe access to the warehouse at `path`.

    With `private_copy`, a copy of the file is opened: Windows does not allow to replace an open file.
    """

    def __init__(self, path: Path, limits: Limits, *, private_copy: bool = os.name == "nt") -> None:
        self.path = path
        self.limits = limits
        self._private_copy = private_copy
        self._lock = threading.Lock()
        self._snapshot: OpenSnapshot | None = None

    @contextlib.contextmanager
    def session(self, seconds: float | None = None) -> Iterator[Session]:
        """Borrow a cursor of the currently published file for at most `seconds`.

        Raises:
            BusyError: No cursor became free in time.
            OutdatedError: The file was built by another version.
            WarehouseError: The file is missing, damaged or not a warehouse.
        """
        snapshot = self._acquire()
        try:
            try:
                cursor = snapshot.cursors.get(timeout=WAIT_SECONDS)
            except queue.Empty as error:
                raise BusyError("同时查询的人太多，请过一会儿再试。") from error
            limit = self.limits.seconds if seconds is None else seconds
            session = Session(snapshot, cursor, limit, self.limits)
            timer = threading.Timer(limit, session.expire)
            timer.daemon = True
            timer.start()
            try:
                yield session
            finally:
                session.end()
                timer.cancel()
                snapshot.cursors.put(cursor)
        finally:
            self._release(snapshot)

    def close(self) -> None:
        """Close the file as soon as no session uses it."""
        with self._lock:
            self._retire()

    def _acquire(self) -> OpenSnapshot:
        signature = self._signature()
        with self._lock:
            if self._snapshot is None or self._snapshot.signature != signature:
                new = self._open(signature)
                self._retire()
                self._snapshot = new
            self._snapshot.borrowed += 1
            return self._snapshot

    def _release(self, snapshot: OpenSnapshot) -> None:
        with self._lock:
            snapshot.borrowed -= 1
            if snapshot.retired and snapshot.borrowed == 0:
                _close(snapshot)

    def _retire(self) -> None:
        """Accept no new requests for the current snapshot. The caller must hold the lock."""
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is not None:
            snapshot.retired = True
            if snapshot.borrowed == 0:
                _close(snapshot)

    def _signature(self) -> tuple[int, ...]:
        try:
            stat = self.path.stat()
        except OSError as error:
            raise WarehouseMissingError(f"还没有仓库文件：{self.path}。请先运行 wenming build。") from error
        return stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _open(self, signature: tuple[int, ...]) -> OpenSnapshot:
        copy = _copy_file(self.path) if self._private_copy else None
        try:
            # Do not wait for a lock: the error page names the process that holds it, and the next request retries.
            connection = store.connect(copy or self.path, wait=0)
        except WarehouseError:
            _remove_copy(copy)
            raise
        try:
            _require_current(connection, self.path)
            cursors = _open_cursors(connection)
        except (duckdb.Error, WarehouseError) as error:
            connection.close()
            _remove_copy(copy)
            if isinstance(error, WarehouseError):
                raise
            raise WarehouseDamagedError(
                f"无法读取仓库文件：{self.path}。请重新运行 wenming build。（{error}）"
            ) from error
        return OpenSnapshot(self.path, signature, connection, copy, cursors)


def too_slow_error(seconds: float) -> TooSlowError:
    """Return the error of a query that took longer than `seconds`."""
    return TooSlowError(f"查询超过 {seconds:g} 秒，已停止。请加上条件、缩小范围后再试。")


def _require_current(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    rows = connection.execute("SELECT value FROM ops.meta WHERE key = 'fingerprint'").fetchall()
    if rows != [(schemas.fingerprint(),)]:
        raise OutdatedError(OUTDATED_MESSAGE.format(path=path))


def _open_cursors(connection: duckdb.DuckDBPyConnection) -> queue.SimpleQueue[duckdb.DuckDBPyConnection]:
    """Return cursors with the search path of `connection`, then lock it against any access outside the file."""
    ((search_path,),) = connection.execute("SELECT current_setting('search_path')").fetchall()
    cursors: queue.SimpleQueue[duckdb.DuckDBPyConnection] = queue.SimpleQueue()
    for _ in range(MAX_CURSORS):
        cursor = connection.cursor()
        cursor.execute(f"SET search_path = {literal(search_path)}")
        cursors.put(cursor)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return cursors


def _close(snapshot: OpenSnapshot) -> None:
    snapshot.connection.close()
    _remove_copy(snapshot.copy)


def _copy_file(path: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix="wenming-", suffix=".duckdb")
    os.close(handle)
    shutil.copyfile(path, name)
    return Path(name)


def _remove_copy(copy: Path | None) -> None:
    if copy is not None:
        copy.unlink(missing_ok=True)
