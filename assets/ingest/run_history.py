"""History of runs: rows of `ops.runs`, `ops.run_carriers` and `ops.run_slowest`.

A published run is stored in the warehouse itself. A run that failed or found nothing new publishes nothing: it is noted
beside the warehouse (see `unpublished_runs`), and the next publication takes the notes into `ops.runs`. The last
`MAX_RUNS` runs of each outcome are kept.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

import schemas
from assets.ingest import validation_rules
from assets.ingest.build_plan import Plan
from assets.ingest.quarantine import FILES
from assets.ingest.results import FileResult
from assets.ingest.unpublished_runs import MAX_RUNS, RUNS, Note, make_run_id
from warehouse import store
from warehouse.store import snapshots

FORMATS: Final = "ops.run_carriers"
SLOWEST: Final = "ops.run_slowest"
RUN_TABLES: Final = snapshots.RUN_TABLES
PUBLISHED: Final = "published"
MAX_SLOWEST: Final = 10
"""Number of files of a run listed in `ops.run_slowest`."""

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


def read_published_rows(warehouse: Path, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return the published rows of these tables, whichever version of the program published them.

    Where the published file is lost or damaged, the newest sound snapshot is read. All frames are empty where one of
    the tables is missing or has other columns.
    """
    frames = {name: schemas.empty(name) for name in names}
    source = store.find_history_file(warehouse)
    if source is None:
        return frames
    with store.reading(source) as connection:
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
    warehouse: Path, frames: Mapping[str, pl.DataFrame], notes: Sequence[Note]
) -> dict[str, pl.DataFrame]:
    """Return the whole new content of the tables of runs.

    Args:
        warehouse: The published file; its runs are carried on.
        frames: The rows of this run by table.
        notes: Runs noted since the last publication, as `unpublished_runs.read_notes` returns them.
    """
    old = read_published_rows(warehouse, RUN_TABLES)
    runs = pl.concat([old[RUNS], schemas.frame(RUNS, notes), frames[RUNS]]).unique("run_id", keep="last").sort("run_id")
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
