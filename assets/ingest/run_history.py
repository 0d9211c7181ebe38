"""What each run did, as rows of `ops.runs`, `ops.run_carriers` and `ops.run_slowest`."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

import schemas
from assets.ingest import validation_rules
from assets.ingest.build_plan import Plan
from assets.ingest.carried_rows import remembered
from assets.ingest.quarantine import FILES
from assets.ingest.results import Outcome
from assets.ingest.run_notes import PUBLISHED, REMEMBERED, RUNS, run_id
from warehouse.store import snapshots

CARRIERS: Final = "ops.run_carriers"
SLOWEST: Final = "ops.run_slowest"
RUN_TABLES: Final = snapshots.RUN_TABLES

SLOWEST_SHOWN: Final = 10


@dataclass(slots=True)
class _Carrier:
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Tally:
    """The files of one run, counted as they pass."""

    _started: float = field(default_factory=time.perf_counter)
    _carriers: dict[str, _Carrier] = field(default_factory=dict)
    _slowest: list[tuple[float, str, str, int]] = field(default_factory=list)
    """The slowest files so far: seconds, source path, carrier, bytes; a heap, the fastest of them first."""

    def counted(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """The outcomes, unchanged."""
        for one in outcomes:
            size = one.candidate.bytes
            sums = self._carriers.setdefault(one.carrier, _Carrier())
            sums.files += 1
            sums.bytes += size
            sums.seconds += one.seconds
            heapq.heappush(self._slowest, (one.seconds, one.source_path, one.carrier, size))
            if len(self._slowest) > SLOWEST_SHOWN:
                heapq.heappop(self._slowest)
            yield one

    def frames(self, plan: Plan, frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, pl.DataFrame]:
        """The rows of this run by table. `frames` are the rows that it staged."""
        run = {"run_id": run_id(started_at)}
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
            RUNS: schemas.frame(RUNS, [run | row | _outcomes(frames, started_at)]),
            CARRIERS: schemas.frame(CARRIERS, carriers),
            SLOWEST: schemas.frame(SLOWEST, slowest),
        }


def _outcomes(frames: Mapping[str, pl.DataFrame], started_at: datetime) -> dict[str, int]:
    """Files of this run by what became of them; published ones whose status changed are not of this run."""
    clock = started_at.astimezone(UTC).replace(tzinfo=None)
    files = frames[FILES].filter(pl.col("ingested_at") == clock)
    refused = (
        frames[validation_rules.FINDINGS]
        .filter(pl.col("rule") == validation_rules.HELD_BACK)
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


def carried_on(warehouse: Path, frames: Mapping[str, pl.DataFrame], noted: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The whole new content of the tables of runs: those published before, those `noted` since, and this run."""
    old = remembered(warehouse, RUN_TABLES)
    runs = pl.concat([old[RUNS], noted, frames[RUNS]]).unique("run_id", keep="last").sort("run_id")
    last = runs.group_by("outcome").tail(REMEMBERED).select("run_id")
    rows = {RUNS: runs} | {name: pl.concat([old[name], frames[name]]) for name in (CARRIERS, SLOWEST)}
    return {name: frame.join(last, on="run_id", how="semi") for name, frame in rows.items()}
