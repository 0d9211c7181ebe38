"""The plan as a frame, so that it can stand as an asset of its own, and back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import astuple
from types import MappingProxyType
from typing import Any

import polars as pl

from assets.ingest.build_plan import Candidate, Plan, Refused
from extractors.corrections import Correction

PLAN_COLUMNS: Mapping[str, type[pl.DataType]] = MappingProxyType(
    {
        "action": pl.String,
        "source_path": pl.String,
        "path": pl.Binary,
        "bytes": pl.Int64,
        "mtime_ns": pl.Int64,
        "sha256": pl.String,
        "reason": pl.String,
        "remedy": pl.String,
        "corrections": pl.String,
        "container": pl.String,
    }
)


def plan_frame(made: Plan) -> pl.DataFrame:
    """The plan as one row per file; `action` is read, refuse, remove or keep."""
    rows = [
        *({"action": "read"} | _candidate_row(one) for one in made.read),
        *({"action": "refuse"} | {name: getattr(one, name) for name in Refused.__slots__} for one in made.refused),
        *({"action": "remove", "source_path": source_path} for source_path in made.removed),
        *({"action": "keep", "source_path": source_path} for source_path in made.unchanged),
    ]
    return pl.DataFrame(rows, schema=dict(PLAN_COLUMNS))


def plan_from_frame(frame: pl.DataFrame) -> Plan:
    """The plan that `plan_frame` wrote down."""

    def rows(action: str, *names: str) -> list[dict[str, Any]]:
        return frame.filter(pl.col("action") == action).select(names).to_dicts()

    return Plan(
        read=tuple(_candidate(row) for row in rows("read", *Candidate.__slots__)),
        refused=tuple(Refused(**row) for row in rows("refuse", *Refused.__slots__)),
        removed=tuple(row["source_path"] for row in rows("remove", "source_path")),
        unchanged=tuple(row["source_path"] for row in rows("keep", "source_path")),
    )


def _candidate_row(one: Candidate) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in Candidate.__slots__}
    corrections = json.dumps([astuple(each) for each in one.corrections], ensure_ascii=False)
    # A path on the disk need not be UTF-8, so its bytes are kept.
    return row | {"path": os.fsencode(one.path), "corrections": corrections}


def _candidate(row: Mapping[str, Any]) -> Candidate:
    corrections = tuple(Correction(*each) for each in json.loads(row["corrections"]))
    return Candidate(**{**row, "path": os.fsdecode(row["path"]), "corrections": corrections})
