"""Notices whose file is no longer in raw/: taken out of core, and kept in `ops.retired_*`."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

import schemas
from assets.ingest import validation_rules
from assets.ingest.carried_rows import remembered
from assets.ingest.quarantine import FILES
from warehouse import store

RETIRED: Final = {"ops.retired_notices": validation_rules.NOTICES, "ops.retired_tasks": validation_rules.TASKS}
"""Table of retired rows -> the table of core that they stood in."""


def retired(
    warehouse: Path, removed: Collection[str], frames: Mapping[str, pl.DataFrame], now: datetime
) -> dict[str, pl.DataFrame]:
    """The whole new content of the tables of retired notices.

    `removed` are the source paths that are gone, `frames` the rows that come. A notice that comes again, from whatever
    file, is retired no more; one whose path comes again with other content was changed, not removed. `now` has a time
    zone. The caller holds the writer's lock.
    """
    gone = sorted(set(removed) - set(frames[FILES]["source_path"]))
    back = frames[validation_rules.NOTICES].select("notice_id")
    old = remembered(warehouse, tuple(RETIRED))
    clock = now.astimezone(UTC).replace(tzinfo=None)
    found = {}
    for name, source in RETIRED.items():
        rows = pl.concat([old[name], _gone(warehouse, name, source, gone, clock)])
        found[name] = rows.unique("notice_id" if source == validation_rules.NOTICES else "task_id", keep="last").join(
            back, on="notice_id", how="anti"
        )
    return found


def _gone(warehouse: Path, name: str, source: str, gone: list[str], clock: datetime) -> pl.DataFrame:
    if not gone or store.check_condition(warehouse) is not store.Condition.CURRENT:
        return schemas.empty(name)
    columns = schemas.TABLES[name].dtypes
    with contextlib.closing(store.connect(warehouse)) as connection:
        rows: pl.DataFrame = connection.sql(
            f"SELECT t.*, f.source_path FROM {source} AS t JOIN core.notices AS n USING (notice_id) "
            "JOIN core.files AS f ON f.file_id = n.file_id WHERE f.source_path IN (SELECT unnest($gone))",
            params={"gone": gone},
        ).pl()
    stamped = rows.with_columns(retired_at=pl.lit(clock))
    if "is_current" in columns:
        stamped = stamped.with_columns(is_current=pl.lit(False))
    return stamped.select(list(columns)).cast(pl.Schema(columns))
