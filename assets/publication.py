"""Staged rows into the published warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

import schemas
from assets.assemble import SOURCES
from assets.hold_back import FILES
from assets.plan import Plan
from warehouse import store


def publish(warehouse: Path, plan: Plan, frames: Mapping[str, pl.DataFrame]) -> store.Published | None:
    """Publish the staged frames in place of whatever was published under their source paths.

    What is replaced is looked up under the writer's lock, so that a build that ended in the meantime is merged
    with and not undone. Returns None, and touches nothing, where the warehouse stands and nothing is new.
    """
    with store.writing(warehouse):
        current = store.condition(warehouse) is store.Condition.CURRENT
        if current and plan.empty:
            return None
        state = store.published_state(warehouse)
        moved = pl.col("source_path").is_in([*plan.removed, *frames[FILES]["source_path"]])
        kept = state.filter(~moved).select(list(schemas.TABLES[SOURCES].dtypes))
        return store.publish(
            warehouse,
            drop_files=state.filter(moved)["file_id"].drop_nulls().to_list(),
            add={table: frame for table, frame in frames.items() if table != SOURCES},
            replace={SOURCES: pl.concat([kept, frames[SOURCES]]).sort("source_path")},
        )
