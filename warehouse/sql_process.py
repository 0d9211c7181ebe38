"""Run one untrusted SQL statement in this process: `python -m warehouse.sql_process`.

The pickled request is read from standard input and the pickled result written to standard output. The process exits by
itself when the time limit is reached; exceeding the memory limit ends this process only.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse import store
from warehouse.errors import QueryError, WarehouseError
from warehouse.formatting import Result
from warehouse.query import ask

DATABASE_MEMORY: Final = "512MB"
"""Limit of DuckDB's buffer manager."""
THREADS: Final = 2
ADDRESS_SPACE: Final = 2 << 30
"""Limit of the address space beyond what is mapped at start.

A single huge value (`repeat('a', 2000000000)`) is allocated outside DuckDB's buffer manager. Not available on Windows,
where only the time limit applies.
"""
VALUE_BYTES: Final = 8
"""Estimated bytes of a number or date."""
TIMEOUT_EXIT_CODE: Final = 3
OUT_OF_MEMORY: Final = "内存不足，请缩小查询范围：这条语句超过了一条语句可用的内存，已停止。"


@dataclass(frozen=True, slots=True)
class SqlRequest:
    """A statement with the file it runs on, its time limit in seconds, and the largest result in rows and bytes."""

    path: str
    sql: str
    seconds: float
    rows: int
    bytes: int


def run_request(request: SqlRequest) -> Result | WarehouseError:
    """Return the result, or the error to show the user."""
    try:
        with contextlib.closing(store.connect(request.path, wait=0)) as connection:
            for setting in (
                f"memory_limit = '{DATABASE_MEMORY}'",
                f"threads = {THREADS}",
                "temp_directory = ''",
                "python_enable_replacements = false",
            ):
                connection.execute(f"SET {setting}")
            return truncate(ask(connection, request.sql, request.rows), request.bytes)
    except WarehouseError as error:
        return QueryError(OUT_OF_MEMORY) if isinstance(error.__cause__, duckdb.OutOfMemoryException) else error
    except MemoryError:
        return QueryError(OUT_OF_MEMORY)


def truncate(result: Result, max_bytes: int) -> Result:
    """Truncate a result to at most `max_bytes`, but keep at least one row."""
    size = 0
    for number, row in enumerate(result.rows):
        size += sum(_estimate_size(value) for value in row)
        if size > max_bytes and number:
            return Result(result.columns, result.types, result.rows[:number], truncated=True)
    return result


def _estimate_size(value: Any) -> int:
    """Estimate the size of a value in bytes."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_estimate_size(item) for pair in value.items() for item in pair)
    if isinstance(value, list | tuple):
        return sum(_estimate_size(item) for item in value)
    return VALUE_BYTES


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        # Without /proc, the libraries that are loaded count towards the limit.
        statm = Path("/proc/self/statm")
        pages = int(statm.read_text().split()[0]) if statm.exists() else 0
        limit = pages * resource.getpagesize() + ADDRESS_SPACE
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # No core dump.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read one request, run it, write the result."""
    # Output of libraries must not mix with the pickled result.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    request: SqlRequest = pickle.load(sys.stdin.buffer)
    timer = threading.Timer(request.seconds, os._exit, [TIMEOUT_EXIT_CODE])
    timer.daemon = True
    timer.start()
    _limit_memory()
    result = run_request(request)
    with out:
        pickle.dump(result, out, pickle.HIGHEST_PROTOCOL)
    # Skip the cleanup of DuckDB.
    os._exit(0)


if __name__ == "__main__":
    main()
