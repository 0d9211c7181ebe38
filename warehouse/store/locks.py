"""Locks that other programs hold on a warehouse file: detect them, name the holder, wait, keep new ones out.

DuckDB and most viewers open a file for writing by default, and no other program can open it then. Such a lock is
temporary: it is waited for, up to a limit. While a successor is built, the published file is locked for reading, so
that no such program interferes between the plan and the swap.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

import duckdb

from schemas.ddl import literal
from warehouse.errors import WarehouseLockedError
from warehouse.store_options import LOCK_WAIT

try:
    import fcntl
except ImportError:  # Windows, where an open file can be neither opened for writing nor replaced.
    fcntl = None  # type: ignore[assignment]

LOG: Final = logging.getLogger("wenming")
RETRY_PAUSE: Final = 0.1

_LOCKED: Final = re.compile(
    r"Could not set lock on file|Conflicting lock is held|being used by another process|File is already open in"
    r"|另一个程序正在使用此文件"
)
"""Error messages of DuckDB, and of Windows passed on by it, that mean a lock."""
_HOLDER: Final = re.compile(
    r"(?:lock is held in|already open in) (?P<program>.*?) ?\(?PID (?P<pid>-?\d+)\)?", re.DOTALL
)
_READ_LOCK: Final = "hhqqi4x"
"""The `struct flock` of Linux: type, whence, start, length, process."""

T = TypeVar("T")


def report(text: str) -> None:
    """Report a Chinese message through the callback of `store_options.set_lock_wait`."""
    LOCK_WAIT.report(text)


def is_lock_error(error: BaseException) -> bool:
    """Return whether an error means that another program holds the file."""
    return isinstance(error, duckdb.Error | OSError) and _LOCKED.search(str(error)) is not None


def describe_holder(error: BaseException) -> str:
    """Return the Chinese name of the lock holder: program and process id as DuckDB reports them."""
    match = _HOLDER.search(str(error))
    if match is None:
        return "另一个程序"
    return f" {match['program'].strip() or '另一个程序'}（进程号 {match['pid']}）"


def make_locked_error(path: Path, error: BaseException, waited: float = 0.0) -> WarehouseLockedError:
    """Build the error that names the lock holder and the remedy."""
    long = f"，等了 {waited:g} 秒仍未放开" if waited else ""
    return WarehouseLockedError(
        f"仓库文件正被{describe_holder(error)}以可写方式打开{long}：{path}。"
        "请在该程序中关闭这个文件，或改为只读打开，然后重新运行；仓库没有改动"
    )


def retry_while_locked(path: Path, attempt: Callable[[], T], wait: float | None = None) -> T:
    """Call `attempt` until it succeeds or another program has held the file at `path` for `wait` seconds.

    Raises:
        WarehouseLockedError: The time is up. All other errors of `attempt` are raised at once.
    """
    seconds = LOCK_WAIT.seconds if wait is None else wait
    deadline = time.monotonic() + seconds
    is_reported = False
    while True:
        try:
            return attempt()
        except (duckdb.Error, OSError) as error:
            if not is_lock_error(error):
                raise
            if time.monotonic() >= deadline:
                raise make_locked_error(path, error, seconds) from error
            if not is_reported:
                is_reported = True
                report(f"仓库文件正被{describe_holder(error)}以可写方式打开：{path}。最多等 {seconds:g} 秒……")
        time.sleep(RETRY_PAUSE)


@contextlib.contextmanager
def hold_read_lock(path: Path) -> Iterator[None]:
    """Prevent other programs from opening the file at `path` for writing; reading stays possible.

    Where the system has no open file description locks (all but Linux), only checks that no program holds the file now.

    Raises:
        WarehouseLockedError: Another program does not close the file in time.
    """
    handle = retry_while_locked(path, lambda: _take_read_lock(path)) if path.is_file() else None
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _take_read_lock(path: Path) -> int | None:
    """Take a shared lock and return its file descriptor, or None where the system has no such locks."""
    if fcntl is None or not hasattr(fcntl, "F_OFD_SETLK"):
        _probe(path)
        return None
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # A lock per process would be released as soon as anything in the process closes the file.
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, struct.pack(_READ_LOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0))
    except (BlockingIOError, PermissionError):
        os.close(handle)
        # DuckDB names the holder; if it is gone meanwhile, the next attempt succeeds.
        _probe(path)
        raise OSError(f"Could not set lock on file {path}") from None
    except OSError as error:
        # A file system without locks (some network drives).
        os.close(handle)
        LOG.warning("file_not_held", extra={"file": str(path), "reason": str(error)})
        _probe(path)
        return None
    return handle


def _probe(path: Path) -> None:
    """Raise duckdb.IOException if another program holds the file."""
    with contextlib.closing(duckdb.connect()) as connection:
        try:
            connection.execute(f"ATTACH {literal(str(path))} AS probed (READ_ONLY)")
        except duckdb.Error as error:
            # Other errors are reported when the file is read.
            if is_lock_error(error):
                raise


def wal_of(path: Path) -> Path:
    """Return the path of the write-ahead log of the file at `path`."""
    return path.with_name(f"{path.name}.wal")


def set_wal_aside(path: Path) -> None:
    """Rename the write-ahead log that another program left beside the file; the caller holds `path`.

    With the log of its predecessor beside it the successor would look damaged. Raises OSError.
    """
    wal = wal_of(path)
    number = 1
    while (renamed := wal.with_name(f"{wal.name}.{number}")).exists():
        number += 1
    wal.replace(renamed)
    LOG.warning("wal_set_aside", extra={"file": str(renamed)})
    report(
        f"其他程序曾以可写方式打开仓库文件，没有正常关闭，留下了 {wal.name}。它不属于仓库，已改名为 {renamed.name}，"
        "确认不需要后可以删除"
    )
