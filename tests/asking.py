"""Queries on published files. Opening one costs more than most queries, so it stays open as long as the file stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from warehouse import store

MOST = 6
"""Files that stay open; the one asked longest ago is closed first."""

_opened: dict[Path, tuple[tuple[int, ...], duckdb.DuckDBPyConnection]] = {}


def rows(path: Path, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a query on what stands at `path` now. Raises what `store.connect` raises."""
    return _connection(path).execute(sql, list(parameters)).fetchall()


def close() -> None:
    """Close all that is open."""
    while _opened:
        _opened.popitem()[1][1].close()


def _connection(path: Path) -> duckdb.DuckDBPyConnection:
    stamp = _stamp(path)
    before, connection = _opened.pop(path, (None, None))
    if connection is not None and before != stamp:
        connection.close()
        connection = None
    connection = connection or store.connect(path)
    _opened[path] = (stamp, connection)
    if len(_opened) > MOST:
        _opened.pop(next(iter(_opened)))[1].close()
    return connection


def _stamp(path: Path) -> tuple[int, ...]:
    """What differs between two files that stood at a path one after the other; nothing where none stands."""
    if not path.is_file():
        return ()
    found = path.stat()
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)
