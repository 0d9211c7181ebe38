"""What each run did, as rows of `ops.runs`, `ops.run_carriers` and `ops.run_slowest`."""

from __future__ import annotations

import contextlib
import heapq
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

import schemas
from assets.ingest import validation_rules
from assets.ingest.build_plan import Plan
from assets.ingest.quarantine import FILES
from assets.ingest.results import FileResult
from warehouse import store
from warehouse.errors import WarehouseError
from warehouse.store import snapshot_history

FORMATS: Final = "ops.run_carriers"
SLOWEST: Final = "ops.run_slowest"
RUN_TABLES: Final = snapshot_history.RUNS

MAX_SLOWEST: Final = 10


@dataclass(slots=True)
class _FormatTotals:
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class RunCounter:
    """The files of one run, counted as they pass."""

    _started: float = field(default_factory=time.perf_counter)
    _carriers: dict[str, _FormatTotals] = field(default_factory=dict)
    _slowest: list[tuple[float, str, str, int]] = field(default_factory=list)
    """The slowest files so far: seconds, source path, carrier, bytes; a heap, the fastest of them first."""

    def counted(self, outcomes: Iterable[FileResult]) -> Iterator[FileResult]:
        """The outcomes, unchanged."""
        for one in outcomes:
            size = one.candidate.bytes
            sums = self._carriers.setdefault(one.carrier, _FormatTotals())
            sums.files += 1
            sums.bytes += size
            sums.seconds += one.seconds
            heapq.heappush(self._slowest, (one.seconds, one.source_path, one.carrier, size))
            if len(self._slowest) > MAX_SLOWEST:
                heapq.heappop(self._slowest)
            yield one

    def frames(self, plan: Plan, frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, pl.DataFrame]:
        """The rows of this run by table. `frames` are the rows that it staged."""
        run = {"run_id": make_run_id(started_at)}
        row = {
            "started_at": started_at,
            "outcome": PUBLISHED,
            "seconds": time.perf_counter() - self._started,
            "read": len(plan.read),
            "removed": len(plan.removed),
            "unchanged": len(plan.unchanged),
            "bytes": sum(one.bytes for one in self._carriers.values()),
        }
        carriers = [
            run | {"carrier": name, "files": one.files, "bytes": one.bytes, "seconds": one.seconds}
            for name, one in sorted(self._carriers.items())
        ]
        slowest = [
            run | {"rank": rank, "source_path": source_path, "carrier": carrier, "bytes": size, "seconds": seconds}
            for rank, (seconds, source_path, carrier, size) in enumerate(sorted(self._slowest, reverse=True), 1)
        ]
        return {
            RUNS: schemas.frame(RUNS, [run | row | _count_statuses(frames, started_at)]),
            FORMATS: schemas.frame(FORMATS, carriers),
            SLOWEST: schemas.frame(SLOWEST, slowest),
        }


def _count_statuses(frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, int]:
    """Files of this run by what became of them; published ones whose status changed are not of this run."""
    clock = started_at.astimezone(UTC).replace(tzinfo=None)
    files = frames[FILES].filter(pl.col("ingested_at") == clock)
    refused = (
        frames[validation_rules.FINDINGS]
        .filter(pl.col("rule") == validation_rules.QUARANTINED)
        .select("file_id")
        .unique()
    )
    held_back = files.join(refused, on="file_id", how="semi").height
    found = dict(files.group_by("status").len().iter_rows())
    return {
        "loaded": found.get("loaded", 0),
        "no_tables": found.get("no_tables", 0),
        "duplicate": found.get("duplicate", 0),
        "held_back": held_back,
        "unreadable": found.get("unreadable", 0) - held_back,
    }


def merge_run_history(
    warehouse: Path, frames: Mapping[str, pl.DataFrame], noted: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The whole new content of the tables of runs: those published before, those `noted` since, and this run."""
    old = read_published_rows(warehouse, RUN_TABLES)
    runs = pl.concat([old[RUNS], noted, frames[RUNS]]).unique("run_id", keep="last").sort("run_id")
    last = runs.group_by("outcome").tail(MAX_RUNS).select("run_id")
    rows = {RUNS: runs} | {name: pl.concat([old[name], frames[name]]) for name in (FORMATS, SLOWEST)}
    return {name: frame.join(last, on="run_id", how="semi") for name, frame in rows.items()}


# Runs that published nothing, one small file each beside the warehouse.

RUNS: Final = "ops.runs"
MAX_RUNS: Final = 1000
"""Runs of each outcome that are remembered."""
RUN_ID_FORMAT: Final = "%Y%m%dT%H%M%S%fZ"
MAX_REASON_CHARS: Final = 500
"""Characters of a reason."""
PUBLISHED, UNCHANGED, FAILED = "published", "unchanged", "failed"


def make_run_id(started_at: datetime) -> str:
    """The key of the run that began at this moment."""
    return started_at.astimezone(UTC).strftime(RUN_ID_FORMAT)


def notes_folder(warehouse: Path) -> Path:
    """Where the notes of the runs on `warehouse` are."""
    return warehouse.with_name(f".{warehouse.name}.runs")


def note_unchanged(warehouse: Path, started_at: datetime, seconds: float, unchanged: int) -> None:
    """Note a run that found `unchanged` files and nothing to do."""
    counts = dict.fromkeys(
        ("read", "loaded", "no_tables", "duplicate", "held_back", "unreadable", "removed", "bytes"), 0
    )
    _write_note(warehouse, started_at, counts | {"outcome": UNCHANGED, "seconds": seconds, "unchanged": unchanged})


def note_failed(warehouse: Path, started_at: datetime, error: BaseException) -> None:
    """Note a run that ended in `error`; what it had counted until then is not known."""
    if isinstance(error, KeyboardInterrupt):
        told = "被用户中断"
    else:
        told = str(error) if isinstance(error, WarehouseError) else f"{type(error).__name__}: {error}"
    seconds = max((datetime.now(UTC) - started_at).total_seconds(), 0.0)
    _write_note(
        warehouse, started_at, {"outcome": FAILED, "reason": told[:MAX_REASON_CHARS].strip(), "seconds": seconds}
    )


def read_notes(warehouse: Path) -> pl.DataFrame:
    """The notes as rows of `ops.runs`, oldest first. A file that is no such note is passed over and logged."""
    found = [schemas.empty(RUNS)]
    for file in sorted(notes_folder(warehouse).glob("*.parquet")):
        try:
            frame = pl.read_parquet(file)
        except (OSError, pl.exceptions.PolarsError) as error:
            store.LOG.warning("note_unreadable", extra={"file": str(file), "reason": str(error)})
            continue
        if dict(frame.schema) == schemas.TABLES[RUNS].dtypes:
            found.append(frame)
    return pl.concat(found)


def delete_notes(warehouse: Path, taken: pl.DataFrame) -> None:
    """Remove the notes that a publication took in. One that cannot be removed is taken in again, to no effect."""
    for name in taken["run_id"]:
        _delete_note(notes_folder(warehouse) / f"{name}.parquet")


def _write_note(warehouse: Path, started_at: datetime, row: dict[str, Any]) -> None:
    name = make_run_id(started_at)
    folder = notes_folder(warehouse)
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
    for file in sorted(folder.glob("*.parquet"))[:-MAX_RUNS]:
        _delete_note(file)


def _delete_note(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        store.LOG.warning("note_not_removed", extra={"file": str(file), "reason": str(error)})


# Rows of the published file that outlive a new version of the program.

_COLUMNS_SQL: Final = (
    "SELECT column_name FROM duckdb_columns() WHERE database_name = 'warehouse' "
    "AND schema_name || '.' || table_name = ?"
)


def read_published_rows(warehouse: Path, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """The published rows of these tables; none where one of them is missing or has other columns.

    A file of another version of the program is asked too: that its notices are read anew is no reason to forget. Where
    the published file is lost or damaged, the newest sound edition beside it is asked.
    """
    found = {name: schemas.empty(name) for name in names}
    source = store.history_source(warehouse)
    if source is None:
        return found
    with contextlib.closing(store.connect(source)) as connection:
        there = {name: {column for (column,) in connection.execute(_COLUMNS_SQL, [name]).fetchall()} for name in names}
        if any(there[name] != set(schemas.TABLES[name].dtypes) for name in names):
            return found
        for name in names:
            rows: pl.DataFrame = connection.sql(f"SELECT * FROM {name}").pl()
            found[name] = rows.select(list(schemas.TABLES[name].dtypes)).cast(pl.Schema(schemas.TABLES[name].dtypes))
    return found
