"""Runs that published nothing, one small file each beside the warehouse.

A run that failed or found nothing new has no publication to stand in. It is noted in the folder `.<name>.runs`, and the
next publication takes the notes into `ops.runs`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

import schemas
from warehouse import store
from warehouse.errors import WarehouseError

RUNS: Final = "ops.runs"
REMEMBERED: Final = 1000
"""Runs of each outcome that are remembered."""
STAMP: Final = "%Y%m%dT%H%M%S%fZ"
LONGEST: Final = 500
"""Characters of a reason."""
PUBLISHED, UNCHANGED, FAILED = "published", "unchanged", "failed"


def run_id(started_at: datetime) -> str:
    """The key of the run that began at this moment."""
    return started_at.astimezone(UTC).strftime(STAMP)


def folder_of(warehouse: Path) -> Path:
    """Where the notes of the runs on `warehouse` are."""
    return warehouse.with_name(f".{warehouse.name}.runs")


def note_unchanged(warehouse: Path, started_at: datetime, seconds: float, unchanged: int) -> None:
    """Note a run that found `unchanged` files and nothing to do."""
    counts = dict.fromkeys(
        ("read", "loaded", "no_tables", "duplicate", "held_back", "unreadable", "removed", "bytes"), 0
    )
    _note(warehouse, started_at, counts | {"outcome": UNCHANGED, "seconds": seconds, "unchanged": unchanged})


def note_failed(warehouse: Path, started_at: datetime, error: BaseException) -> None:
    """Note a run that ended in `error`; what it had counted until then is not known."""
    if isinstance(error, KeyboardInterrupt):
        told = "被用户中断"
    else:
        told = str(error) if isinstance(error, WarehouseError) else f"{type(error).__name__}: {error}"
    seconds = max((datetime.now(UTC) - started_at).total_seconds(), 0.0)
    _note(warehouse, started_at, {"outcome": FAILED, "reason": told[:LONGEST].strip(), "seconds": seconds})


def noted(warehouse: Path) -> pl.DataFrame:
    """The notes as rows of `ops.runs`, oldest first. A file that is no such note is passed over and logged."""
    found = [schemas.empty(RUNS)]
    for file in sorted(folder_of(warehouse).glob("*.parquet")):
        try:
            frame = pl.read_parquet(file)
        except (OSError, pl.exceptions.PolarsError) as error:
            store.LOG.warning("note_unreadable", extra={"file": str(file), "reason": str(error)})
            continue
        if dict(frame.schema) == schemas.TABLES[RUNS].dtypes:
            found.append(frame)
    return pl.concat(found)


def forget(warehouse: Path, taken: pl.DataFrame) -> None:
    """Remove the notes that a publication took in. One that cannot be removed is taken in again, to no effect."""
    for name in taken["run_id"]:
        _remove(folder_of(warehouse) / f"{name}.parquet")


def _note(warehouse: Path, started_at: datetime, row: dict[str, Any]) -> None:
    name = run_id(started_at)
    folder = folder_of(warehouse)
    frame = schemas.frame(RUNS, [{"run_id": name, "started_at": started_at} | row])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f"{name}.half"
        with half.open("wb") as stream:
            frame.write_parquet(stream)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(folder / f"{name}.parquet")
    except OSError as error:
        # On a full disk the run itself has more to say than that it could not be noted.
        store.LOG.warning("run_not_noted", extra={"run_id": name, "reason": str(error)})
        return
    for file in sorted(folder.glob("*.parquet"))[:-REMEMBERED]:
        _remove(file)


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        store.LOG.warning("note_not_removed", extra={"file": str(file), "reason": str(error)})
