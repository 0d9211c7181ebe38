"""Notes of runs that published nothing: one small Parquet file each, beside the warehouse.

A run that failed or found nothing new is noted in the folder `.<name>.runs`; the next publication takes the notes into
`ops.runs` (see `run_history`). The notes are written and read by DuckDB, so that a build without news and
`wenming status` need no data frames.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb

import schemas
from schemas.ddl import literal, quoted
from warehouse import store
from warehouse.errors import WarehouseError
from warehouse.store.connection import spare_database

RUNS: Final = "ops.runs"
UNCHANGED, FAILED = "unchanged", "failed"
RUN_ID_FORMAT: Final = "%Y%m%dT%H%M%S%fZ"
MAX_RUNS: Final = 1000
"""Number of runs of each outcome that are kept."""
MAX_REASON_CHARS: Final = 500
SUFFIX: Final = ".parquet"

Note = Mapping[str, Any]
"""One row of `ops.runs`, by column."""


def make_run_id(started_at: datetime) -> str:
    """Return the key of the run that began at this moment."""
    return started_at.astimezone(UTC).strftime(RUN_ID_FORMAT)


def notes_folder(warehouse: Path) -> Path:
    """Return the folder that holds the notes of the runs on `warehouse`."""
    return warehouse.with_name(f".{warehouse.name}.runs")


def note_unchanged(warehouse: Path, started_at: datetime, seconds: float, unchanged: int) -> None:
    """Note a run that found `unchanged` files and nothing to do."""
    counts = dict.fromkeys(
        ("read", "loaded", "no_tables", "not_a_notice", "duplicate", "held_back", "unreadable", "removed", "bytes"), 0
    )
    _write_note(warehouse, started_at, counts | {"outcome": UNCHANGED, "seconds": seconds, "unchanged": unchanged})


def note_failed(warehouse: Path, started_at: datetime, error: BaseException) -> None:
    """Note a run that ended in `error`; its counts are not known."""
    if isinstance(error, KeyboardInterrupt):
        reason = "被用户中断"
    else:
        reason = str(error) if isinstance(error, WarehouseError) else f"{type(error).__name__}: {error}"
    seconds = max((datetime.now(UTC) - started_at).total_seconds(), 0.0)
    _write_note(
        warehouse, started_at, {"outcome": FAILED, "reason": reason[:MAX_REASON_CHARS].strip(), "seconds": seconds}
    )


def read_notes(warehouse: Path, newest: int | None = None) -> list[Note]:
    """Return the notes, oldest first; files that are not such notes are logged and skipped.

    Args:
        warehouse: The published file.
        newest: Read only that many notes, the newest ones.
    """
    if not (files := sorted(notes_folder(warehouse).glob(f"*{SUFFIX}"), reverse=True)):
        return []
    columns = [(spec.name, spec.type) for spec in schemas.TABLES[RUNS].columns]
    with contextlib.closing(duckdb.connect()) as connection:
        found = (rows for file in files if (rows := _read_file(connection, file, columns)))
        notes: list[Note] = [
            dict(zip((name for name, _ in columns), rows[0], strict=True)) for rows in islice(found, newest)
        ]
    return notes[::-1]


def delete_notes(warehouse: Path, published: Iterable[Note]) -> None:
    """Delete the notes that were published; one that cannot be deleted is published again, without effect."""
    for note in published:
        _delete_file(notes_folder(warehouse) / f"{note['run_id']}{SUFFIX}")


def _read_file(
    connection: duckdb.DuckDBPyConnection, file: Path, columns: list[tuple[str, str]]
) -> list[tuple[Any, ...]]:
    """Return the row of one note; none where the file is torn or has other columns."""
    source = f"read_parquet({literal(str(file))})"
    try:
        stored = [tuple(row[:2]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        return connection.execute(f"SELECT * FROM {source}").fetchall() if stored == columns else []
    except duckdb.Error as error:
        store.LOG.warning("note_unreadable", extra={"file": str(file), "reason": str(error)})
        return []


def _write_note(warehouse: Path, started_at: datetime, row: dict[str, Any]) -> None:
    name = make_run_id(started_at)
    folder = notes_folder(warehouse)
    started = started_at.astimezone(UTC).replace(tzinfo=None)
    values = {"run_id": name, "started_at": started} | row
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f"{name}.half"
        _write_parquet(half, values)
        with half.open("rb+") as stream:
            os.fsync(stream.fileno())
        half.replace(folder / f"{name}{SUFFIX}")
    except (OSError, duckdb.Error) as error:
        # On a full disk the failure of the run itself matters more than that of its note.
        store.LOG.warning("run_not_noted", extra={"run_id": name, "reason": str(error)})
        return
    for file in sorted(folder.glob(f"*{SUFFIX}"))[:-MAX_RUNS]:
        _delete_file(file)


def _write_parquet(file: Path, values: Note) -> None:
    columns = schemas.TABLES[RUNS].columns
    selected = ", ".join(f"CAST(? AS {spec.type}) AS {quoted(spec.name)}" for spec in columns)
    with spare_database() as connection:
        connection.execute(
            f"COPY (SELECT {selected}) TO {literal(str(file))} (FORMAT parquet)",
            [values.get(spec.name) for spec in columns],
        )


def _delete_file(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        store.LOG.warning("note_not_removed", extra={"file": str(file), "reason": str(error)})
