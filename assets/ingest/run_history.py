"""History of runs: rows of `ops.runs`, `ops.run_carriers` and `ops.run_slowest`.

A published run is stored in the warehouse itself. A run that failed or found nothing new publishes nothing: it is
noted as a small Parquet file in the folder `.<name>.runs` beside the warehouse, and the next publication takes the
notes into `ops.runs`. The last `MAX_RUNS` runs of each outcome are kept.
"""

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
from warehouse.store import snapshots

RUNS: Final = "ops.runs"
FORMATS: Final = "ops.run_carriers"
SLOWEST: Final = "ops.run_slowest"
RUN_TABLES: Final = snapshots.RUN_TABLES
PUBLISHED, UNCHANGED, FAILED = "published", "unchanged", "failed"
RUN_ID_FORMAT: Final = "%Y%m%dT%H%M%S%fZ"
MAX_RUNS: Final = 1000
"""Number of runs of each outcome that are kept."""
MAX_SLOWEST: Final = 10
"""Number of files of a run listed in `ops.run_slowest`."""
MAX_REASON_CHARS: Final = 500

_COLUMNS_SQL: Final = (
    "SELECT column_name FROM duckdb_columns() WHERE database_name = 'warehouse' "
    "AND schema_name || '.' || table_name = ?"
)


@dataclass(slots=True)
class _FormatTotals:
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class RunCounter:
    """Totals of one run, collected while its files pass through `count`."""

    _started: float = field(default_factory=time.perf_counter)
    _formats: dict[str, _FormatTotals] = field(default_factory=dict)
    _slowest: list[tuple[float, str, str, int]] = field(default_factory=list)
    """Heap of the slowest files so far, fastest first: seconds, source path, format, bytes."""

    def count(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        """Yield the results unchanged and add each to the totals."""
        for result in results:
            size = result.candidate.bytes
            totals = self._formats.setdefault(result.format, _FormatTotals())
            totals.files += 1
            totals.bytes += size
            totals.seconds += result.seconds
            heapq.heappush(self._slowest, (result.seconds, result.source_path, result.format, size))
            if len(self._slowest) > MAX_SLOWEST:
                heapq.heappop(self._slowest)
            yield result

    def frames(self, plan: Plan, frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, pl.DataFrame]:
        """Return the rows of this run by table; `frames` are the rows that it staged."""
        run = {"run_id": make_run_id(started_at)}
        row = {
            "started_at": started_at,
            "outcome": PUBLISHED,
            "seconds": time.perf_counter() - self._started,
            "read": len(plan.read),
            "removed": len(plan.removed),
            "unchanged": len(plan.unchanged),
            "bytes": sum(totals.bytes for totals in self._formats.values()),
        }
        formats = [
            run | {"carrier": name, "files": totals.files, "bytes": totals.bytes, "seconds": totals.seconds}
            for name, totals in sorted(self._formats.items())
        ]
        slowest = [
            run | {"rank": rank, "source_path": source_path, "carrier": name, "bytes": size, "seconds": seconds}
            for rank, (seconds, source_path, name, size) in enumerate(sorted(self._slowest, reverse=True), 1)
        ]
        return {
            RUNS: schemas.frame(RUNS, [run | row | _count_statuses(frames, started_at)]),
            FORMATS: schemas.frame(FORMATS, formats),
            SLOWEST: schemas.frame(SLOWEST, slowest),
        }


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


def read_notes(warehouse: Path) -> pl.DataFrame:
    """Return the notes as rows of `ops.runs`, oldest first; files that are not such notes are logged and skipped."""
    notes = [schemas.empty(RUNS)]
    for file in sorted(notes_folder(warehouse).glob("*.parquet")):
        try:
            frame = pl.read_parquet(file)
        except (OSError, pl.exceptions.PolarsError) as error:
            store.LOG.warning("note_unreadable", extra={"file": str(file), "reason": str(error)})
            continue
        if dict(frame.schema) == schemas.TABLES[RUNS].dtypes:
            notes.append(frame)
    return pl.concat(notes)


def delete_notes(warehouse: Path, published: pl.DataFrame) -> None:
    """Delete the notes that were published; one that cannot be deleted is published again, without effect."""
    for name in published["run_id"]:
        _delete_note(notes_folder(warehouse) / f"{name}.parquet")


def read_published_rows(warehouse: Path, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return the published rows of these tables, whichever version of the program published them.

    Where the published file is lost or damaged, the newest sound snapshot is read. All frames are empty where one of
    the tables is missing or has other columns.
    """
    frames = {name: schemas.empty(name) for name in names}
    source = store.find_history_file(warehouse)
    if source is None:
        return frames
    with contextlib.closing(store.connect(source)) as connection:
        columns = {
            name: {column for (column,) in connection.execute(_COLUMNS_SQL, [name]).fetchall()} for name in names
        }
        if any(columns[name] != set(schemas.TABLES[name].dtypes) for name in names):
            return frames
        for name in names:
            rows: pl.DataFrame = connection.sql(f"SELECT * FROM {name}").pl()
            frames[name] = rows.select(list(schemas.TABLES[name].dtypes)).cast(pl.Schema(schemas.TABLES[name].dtypes))
    return frames


def merge_run_history(
    warehouse: Path, frames: Mapping[str, pl.DataFrame], notes: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return the whole new content of the tables of runs.

    Args:
        warehouse: The published file; its runs are carried on.
        frames: The rows of this run by table.
        notes: Runs noted since the last publication, as `read_notes` returns them.
    """
    old = read_published_rows(warehouse, RUN_TABLES)
    runs = pl.concat([old[RUNS], notes, frames[RUNS]]).unique("run_id", keep="last").sort("run_id")
    last = runs.group_by("outcome").tail(MAX_RUNS).select("run_id")
    rows = {RUNS: runs} | {name: pl.concat([old[name], frames[name]]) for name in (FORMATS, SLOWEST)}
    return {name: frame.join(last, on="run_id", how="semi") for name, frame in rows.items()}


def _count_statuses(frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, int]:
    """Count the files of this run by status, without published files whose status changed in it."""
    clock = started_at.astimezone(UTC).replace(tzinfo=None)
    files = frames[FILES].filter(pl.col("ingested_at") == clock)
    invalid = (
        frames[validation_rules.FINDINGS]
        .filter(pl.col("rule") == validation_rules.QUARANTINED)
        .select("file_id")
        .unique()
    )
    held_back = files.join(invalid, on="file_id", how="semi").height
    counts = dict(files.group_by("status").len().iter_rows())
    return {
        # The tasks of a notice that needs a review are in the warehouse too.
        "loaded": counts.get("loaded", 0) + counts.get("needs_review", 0),
        "no_tables": counts.get("no_tables", 0),
        "not_a_notice": counts.get("not_a_notice", 0),
        "duplicate": counts.get("duplicate", 0),
        "held_back": held_back,
        "unreadable": counts.get("unreadable", 0) - held_back,
    }


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
        # On a full disk the failure of the run itself matters more than that of its note.
        store.LOG.warning("run_not_noted", extra={"run_id": name, "reason": str(error)})
        return
    for file in sorted(folder.glob("*.parquet"))[:-MAX_RUNS]:
        _delete_note(file)


def _delete_note(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        store.LOG.warning("note_not_removed", extra={"file": str(file), "reason": str(error)})
