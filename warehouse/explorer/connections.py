"""Reading the published file for many people at once, never changing or locking it.

One `Edition` is one published file, opened once, with a few cursors that requests borrow in turn. When another file
was published (its stat is another one), the next request opens a new edition; requests under way finish on the old
one, which is closed when its last cursor comes back.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb

import schemas
from schemas.ddl import literal
from warehouse import store
from warehouse.errors import QueryError, WarehouseDamagedError, WarehouseError, WarehouseMissingError

CURSORS: Final = 4
"""Queries that run at the same time; each of them uses every core, so that more would only wait for each other."""
WAIT_SECONDS: Final = 60.0
"""How long a request waits for a cursor before it is told to try again."""
OUTDATED: Final = "仓库由其他版本的程序生成（{path}）。请重新运行 wenming build。"

Kept = TypeVar("Kept")
Row = dict[str, Any]


class OutdatedError(WarehouseError):
    """The file was built by another version of this program."""


class BusyError(WarehouseError):
    """Too many requests at once."""


class TooSlowError(QueryError):
    """A query ran into the time limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may cost: seconds of querying for a page and a download, rows of the SQL box and a download.

    `answer_bytes` is what the answer to a statement of the SQL box may take; further rows are cut off.
    """

    seconds: float = 10.0
    download_seconds: float = 60.0
    rows: int = 1_000
    download_rows: int = 20_000
    answer_bytes: int = 32 << 20


@dataclass(eq=False, slots=True)
class Edition:
    """One published file, open. `kept` holds what was computed from it once, by name."""

    path: Path
    signature: tuple[int, ...]
    connection: duckdb.DuckDBPyConnection
    copy: Path | None
    cursors: queue.SimpleQueue[duckdb.DuckDBPyConnection]
    out: int = 0
    retired: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    keeping: threading.RLock = field(default_factory=threading.RLock)


class Session:
    """One request's use of the warehouse; all its queries together have `seconds`."""

    def __init__(self, edition: Edition, cursor: duckdb.DuckDBPyConnection, seconds: float, limits: Limits) -> None:
        self.limits = limits
        self._edition = edition
        self._cursor = cursor
        self._seconds = seconds
        self._lock = threading.Lock()
        self._over = False
        self._expired = False

    def rows(self, query: tuple[str, Sequence[Any]]) -> list[Row]:
        """All rows of a query, as dictionaries by column name.

        Raises TooSlowError when the time of this session is up, OutdatedError for marts of another version.
        """
        sql, parameters = query
        if self._expired:
            raise self._too_slow()
        try:
            cursor = self._cursor.execute(sql, parameters)
            names = [str(column[0]) for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.InterruptException as error:
            raise self._too_slow() from error
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            # The tables of core are those of this program, so it is a mart that is missing or has other columns.
            raise OutdatedError(OUTDATED.format(path=self._edition.path)) from error

    def use(self, work: Callable[[duckdb.DuckDBPyConnection], Kept]) -> Kept:
        """What `work` does with this session's connection, within the same time.

        Raises TooSlowError, and what `work` raises.
        """
        if self._expired:
            raise self._too_slow()
        try:
            return work(self._cursor)
        except QueryError as error:
            if isinstance(error.__cause__, duckdb.InterruptException):
                raise self._too_slow() from error
            raise

    def row(self, query: tuple[str, Sequence[Any]]) -> Row | None:
        """The first row of a query, None where there is none."""
        found = self.rows(query)
        return found[0] if found else None

    def once(self, name: str, compute: Callable[[Session], Kept]) -> Kept:
        """What `compute` gives on this edition of the warehouse, computed once and then kept."""
        kept = self._edition.kept
        if name not in kept:
            with self._edition.keeping:
                if name not in kept:
                    kept[name] = compute(self)
        found: Kept = kept[name]
        return found

    def expire(self) -> None:
        """The time is up: end the query that runs, refuse the next."""
        with self._lock:
            if not self._over:
                self._expired = True
                self._cursor.interrupt()

    def end(self) -> None:
        """The cursor goes back; a late `expire` must not hit its next borrower."""
        with self._lock:
            self._over = True

    def _too_slow(self) -> TooSlowError:
        return too_slow(self._seconds)


class Reader:
    """The warehouse at `path`, for many threads.

    `private_copy` opens a copy of the file instead of the file: Windows refuses to replace an open one.
    """

    def __init__(self, path: Path, limits: Limits, *, private_copy: bool = os.name == "nt") -> None:
        self.path = path
        self.limits = limits
        self._private_copy = private_copy
        self._lock = threading.Lock()
        self._edition: Edition | None = None

    @contextlib.contextmanager
    def session(self, seconds: float | None = None) -> Iterator[Session]:
        """Borrow a cursor of the file that is published now.

        Raises WarehouseMissingError, WarehouseDamagedError, WarehouseForeignError, OutdatedError, BusyError.
        """
        edition = self._borrow()
        try:
            try:
                cursor = edition.cursors.get(timeout=WAIT_SECONDS)
            except queue.Empty as error:
                raise BusyError("同时查询的人太多，请过一会儿再试。") from error
            allowed = self.limits.seconds if seconds is None else seconds
            session = Session(edition, cursor, allowed, self.limits)
            timer = threading.Timer(allowed, session.expire)
            timer.daemon = True
            timer.start()
            try:
                yield session
            finally:
                session.end()
                timer.cancel()
                edition.cursors.put(cursor)
        finally:
            self._give_back(edition)

    def close(self) -> None:
        """Close the file; a session under way keeps it open until its end."""
        with self._lock:
            self._retire()

    def _borrow(self) -> Edition:
        signature = self._signature()
        with self._lock:
            if self._edition is None or self._edition.signature != signature:
                fresh = self._open(signature)
                self._retire()
                self._edition = fresh
            self._edition.out += 1
            return self._edition

    def _give_back(self, edition: Edition) -> None:
        with self._lock:
            edition.out -= 1
            if edition.retired and edition.out == 0:
                _close(edition)

    def _retire(self) -> None:
        """The edition in use so far takes no new requests. The caller holds the lock."""
        edition, self._edition = self._edition, None
        if edition is not None:
            edition.retired = True
            if edition.out == 0:
                _close(edition)

    def _signature(self) -> tuple[int, ...]:
        try:
            stat = self.path.stat()
        except OSError as error:
            raise WarehouseMissingError(f"还没有仓库文件：{self.path}。请先运行 wenming build。") from error
        return stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _open(self, signature: tuple[int, ...]) -> Edition:
        copy = _copied(self.path) if self._private_copy else None
        try:
            # Nobody waits before a blank page: it says who has the file, and the next one tries again.
            connection = store.connect(copy or self.path, wait=0)
        except WarehouseError:
            _remove(copy)
            raise
        try:
            _require_current(connection, self.path)
            cursors = _cursors(connection)
        except (duckdb.Error, WarehouseError) as error:
            connection.close()
            _remove(copy)
            if isinstance(error, WarehouseError):
                raise
            raise WarehouseDamagedError(
                f"无法读取仓库文件：{self.path}。请重新运行 wenming build。（{error}）"
            ) from error
        return Edition(self.path, signature, connection, copy, cursors)


def too_slow(seconds: float) -> TooSlowError:
    """The error of a query that took longer than `seconds`."""
    return TooSlowError(f"查询超过 {seconds:g} 秒，已停止。请加上条件、缩小范围后再试。")


def _require_current(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    found = connection.execute("SELECT value FROM ops.meta WHERE key = 'fingerprint'").fetchall()
    if found != [(schemas.fingerprint(),)]:
        raise OutdatedError(OUTDATED.format(path=path))


def _cursors(connection: duckdb.DuckDBPyConnection) -> queue.SimpleQueue[duckdb.DuckDBPyConnection]:
    """Cursors that see what `connection` sees; afterwards nothing outside the file can be reached."""
    found = connection.execute("SELECT current_setting('search_path')").fetchone()
    cursors: queue.SimpleQueue[duckdb.DuckDBPyConnection] = queue.SimpleQueue()
    for _ in range(CURSORS):
        cursor = connection.cursor()
        cursor.execute(f"SET search_path = {literal(found[0] if found else '')}")
        cursors.put(cursor)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return cursors


def _close(edition: Edition) -> None:
    edition.connection.close()
    _remove(edition.copy)


def _copied(path: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix="wenming-", suffix=".duckdb")
    os.close(handle)
    shutil.copyfile(path, name)
    return Path(name)


def _remove(copy: Path | None) -> None:
    if copy is not None:
        copy.unlink(missing_ok=True)
