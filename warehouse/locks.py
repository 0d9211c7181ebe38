"""Other programs that have a warehouse file open for writing: told from damage, named, waited for, kept out.

DuckDB and most viewers open a file for writing unless they are told not to, and then nobody else can open it. That
passes: it is waited for within a bound. While a successor is built, the file that stands is held for reading, so that
no such program comes in between the plan and the swap.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import duckdb

from schemas.ddl import literal
from warehouse.errors import WarehouseLockedError

try:
    import fcntl
except ImportError:  # Windows, where an open file can be neither opened for writing nor replaced.
    fcntl = None  # type: ignore[assignment]

LOG: Final = logging.getLogger("wenming")
WAIT: Final = 30.0
"""Seconds that are waited for another program where nobody says otherwise."""
PAUSE: Final = 0.1

_LOCKED: Final = re.compile(
    r"Could not set lock on file|Conflicting lock is held|being used by another process|File is already open in"
    r"|另一个程序正在使用此文件"
)
"""What DuckDB says, or what Windows says through it."""
_HOLDER: Final = re.compile(
    r"(?:lock is held in|already open in) (?P<program>.*?) ?\(?PID (?P<pid>-?\d+)\)?", re.DOTALL
)
_READ_LOCK: Final = "hhqqi4x"
"""The `struct flock` of Linux: type, whence, start, length, process."""

Made = TypeVar("Made")


@dataclass(slots=True)
class _Patience:
    seconds: float = WAIT
    tell: Callable[[str], None] = LOG.warning


_PATIENCE: Final = _Patience()


def be_patient(seconds: float, tell: Callable[[str], None] = LOG.warning) -> None:
    """Set for this process how long another program is waited for, and who is told that it is."""
    _PATIENCE.seconds, _PATIENCE.tell = seconds, tell


def tell(text: str) -> None:
    """Tell whoever runs this process something about the file (Chinese)."""
    _PATIENCE.tell(text)


def is_lock(error: BaseException) -> bool:
    """True where another program has the file open for writing, false for any other fault."""
    return isinstance(error, duckdb.Error | OSError) and _LOCKED.search(str(error)) is not None


def holder(error: BaseException) -> str:
    """Who has the file open, as DuckDB names it (Chinese): program and process, where they are known."""
    found = _HOLDER.search(str(error))
    if found is None:
        return "另一个程序"
    return f" {found['program'].strip() or '另一个程序'}（进程号 {found['pid']}）"


def locked(path: Path, error: BaseException, waited: float = 0.0) -> WarehouseLockedError:
    """The error that says who holds the file and what to do."""
    long = f"，等了 {waited:g} 秒仍未放开" if waited else ""
    return WarehouseLockedError(
        f"仓库文件正被{holder(error)}以可写方式打开{long}：{path}。"
        "请在该程序中关闭这个文件，或改为只读打开，然后重新运行；仓库没有改动"
    )


def patiently(path: Path, attempt: Callable[[], Made], wait: float | None = None) -> Made:
    """What `attempt` gives, tried again while another program holds the file at `path`, `wait` seconds at most.

    Raises WarehouseLockedError when the time is up, and at once whatever else `attempt` raises.
    """
    seconds = _PATIENCE.seconds if wait is None else wait
    deadline = time.monotonic() + seconds
    told = False
    while True:
        try:
            return attempt()
        except (duckdb.Error, OSError) as error:
            if not is_lock(error):
                raise
            if time.monotonic() >= deadline:
                raise locked(path, error, seconds) from error
            if not told:
                told = True
                tell(f"仓库文件正被{holder(error)}以可写方式打开：{path}。最多等 {seconds:g} 秒……")
        time.sleep(PAUSE)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep every program from opening the file at `path` for writing; readers come and go.

    Where the system has no locks of open files (all but Linux), it is made sure that nobody holds the file now. Raises
    WarehouseLockedError.
    """
    handle = patiently(path, lambda: _hold(path)) if path.is_file() else None
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _hold(path: Path) -> int | None:
    """A file descriptor with a lock for reading, None where there are none; raises duckdb.IOException where held."""
    if fcntl is None or not hasattr(fcntl, "F_OFD_SETLK"):
        _probe(path)
        return None
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # A lock of the process would be gone as soon as anything in it closes the file.
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, struct.pack(_READ_LOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0))
    except (BlockingIOError, PermissionError):
        os.close(handle)
        # DuckDB knows who it is; where it is gone meanwhile, the next attempt succeeds.
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
    """Raise duckdb.IOException where another program holds the file."""
    with contextlib.closing(duckdb.connect()) as connection:
        try:
            connection.execute(f"ATTACH {literal(str(path))} AS probed (READ_ONLY)")
        except duckdb.Error as error:
            # Whatever else ails the file is found by who reads it.
            if is_lock(error):
                raise


def wal_of(path: Path) -> Path:
    """Where DuckDB keeps what was written to the file at `path` and is not in it yet."""
    return path.with_name(f"{path.name}.wal")


def set_wal_aside(path: Path) -> None:
    """Move what another program wrote beside the file and never into it to a name of its own; the caller holds `path`.

    The successor would be taken for damaged with the log of its predecessor beside it. Raises OSError.
    """
    wal = wal_of(path)
    number = 1
    while (aside := wal.with_name(f"{wal.name}.{number}")).exists():
        number += 1
    wal.replace(aside)
    LOG.warning("wal_set_aside", extra={"file": str(aside)})
    tell(
        f"其他程序曾以可写方式打开仓库文件，没有正常关闭，留下了 {wal.name}。它不属于仓库，已改名为 {aside.name}，"
        "确认不需要后可以删除"
    )
