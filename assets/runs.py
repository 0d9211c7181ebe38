"""What each run did, as rows of `ops.runs`, `ops.run_carriers` and `ops.run_slowest`."""

from __future__ import annotations

import contextlib
import heapq
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

import schemas
from assets import rules
from assets.hold_back import FILES
from assets.plan import Plan
from assets.read_batch import Reading
from schemas.ops_runs import UNKNOWN_CARRIER
from warehouse import store

RUNS: Final = "ops.runs"
CARRIERS: Final = "ops.run_carriers"
SLOWEST: Final = "ops.run_slowest"
RUN_TABLES: Final = (RUNS, CARRIERS, SLOWEST)

REMEMBERED: Final = 1000
"""Runs that are carried on from build to build."""
SLOWEST_SHOWN: Final = 10
STAMP: Final = "%Y%m%dT%H%M%S%fZ"


@dataclass(slots=True)
class _Carrier:
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Tally:
    """The readings of one run, counted as they pass."""

    _started: float = field(default_factory=time.perf_counter)
    _carriers: dict[str, _Carrier] = field(default_factory=dict)
    _slowest: list[tuple[float, str, str, int]] = field(default_factory=list)
    """The slowest files so far: seconds, source path, carrier, bytes; a heap, the fastest of them first."""

    def counted(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """The readings, unchanged."""
        for reading in readings:
            carrier, size = carrier_of(reading), reading.candidate.bytes
            sums = self._carriers.setdefault(carrier, _Carrier())
            sums.files += 1
            sums.bytes += size
            sums.seconds += reading.seconds
            heapq.heappush(self._slowest, (reading.seconds, reading.candidate.source_path, carrier, size))
            if len(self._slowest) > SLOWEST_SHOWN:
                heapq.heappop(self._slowest)
            yield reading

    def frames(self, plan: Plan, frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, pl.DataFrame]:
        """The rows of this run by table; none where the plan was empty. `frames` are the rows that it staged."""
        if plan.empty:
            return {name: schemas.empty(name) for name in RUN_TABLES}
        run = {"run_id": started_at.astimezone(UTC).strftime(STAMP)}
        row = {
            "started_at": started_at,
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
            RUNS: schemas.frame(RUNS, [run | row | _outcomes(frames, started_at)]),
            CARRIERS: schemas.frame(CARRIERS, carriers),
            SLOWEST: schemas.frame(SLOWEST, slowest),
        }


def carrier_of(reading: Reading) -> str:
    """The format that a file turned out to have."""
    if reading.extraction is not None:
        return reading.extraction.format
    return "zip" if reading.parts else UNKNOWN_CARRIER


def _outcomes(frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, int]:
    """Files of this run by what became of them; published ones whose status changed are not of this run."""
    clock = started_at.astimezone(UTC).replace(tzinfo=None)
    files = frames[FILES].filter(pl.col("ingested_at") == clock)
    refused = frames[rules.FINDINGS].filter(pl.col("rule") == rules.HELD_BACK).select("file_id").unique()
    held_back = files.join(refused, on="file_id", how="semi").height
    found = dict(files.group_by("status").len().iter_rows())
    return {
        "loaded": found.get("loaded", 0),
        "no_tables": found.get("no_tables", 0),
        "duplicate": found.get("duplicate", 0),
        "held_back": held_back,
        "unreadable": found.get("unreadable", 0) - held_back,
    }


def carried_on(warehouse: Path, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The whole new content of the tables of runs: what the published file remembers, and the rows of this run.

    A file of another version of the program is asked too: that its notices are read anew is no reason to forget.
    """
    old = _published(warehouse)
    last = pl.concat([old[RUNS], frames[RUNS]]).sort("run_id").tail(REMEMBERED).select("run_id")
    return {name: pl.concat([old[name], frames[name]]).join(last, on="run_id", how="semi") for name in RUN_TABLES}


def _published(warehouse: Path) -> dict[str, pl.DataFrame]:
    found = {name: schemas.empty(name) for name in RUN_TABLES}
    if not store.condition(warehouse).sound:
        return found
    columns = (
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'warehouse' "
        "AND schema_name || '.' || table_name = ?"
    )
    with contextlib.closing(store.connect(warehouse)) as connection:
        there = {name: {column for (column,) in connection.execute(columns, [name]).fetchall()} for name in RUN_TABLES}
        if any(there[name] != set(schemas.TABLES[name].dtypes) for name in RUN_TABLES):
            return found
        for name in RUN_TABLES:
            rows: pl.DataFrame = connection.sql(f"SELECT * FROM {name}").pl()
            found[name] = rows.select(list(schemas.TABLES[name].dtypes)).cast(pl.Schema(schemas.TABLES[name].dtypes))
    return found
