"""Staged rows into the published warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

import schemas
from assets.ingest import decisions, match_overrides, run_history, run_notes, validation_rules
from assets.ingest.build_plan import Plan
from assets.ingest.corrections import Register
from assets.ingest.decisions import Decisions
from assets.ingest.merge_results import SOURCES
from assets.ingest.quarantine import FILES
from assets.ingest.retired_notices import retired
from assets.progress_import import ledger
from extractors import vocabulary
from warehouse import store
from warehouse.store.snapshots import KEPT
from warehouse.store.staging_files import Parts
from warehouse.transform import DERIVATION
from warehouse.transform.view_files import derivation

TOPICS: Final = "mart.topics"
_IMPORTS: Final = "SELECT import_id FROM ops.progress UNION SELECT import_id FROM ops.progress_issues"


def topics() -> pl.DataFrame:
    """The rows of `mart.topics`: the themes of the vocabulary in their order."""
    listed = enumerate(vocabulary.load_csv("topics"), 1)
    return schemas.frame(
        TOPICS,
        [
            {"topic": row["topic"], "name": row["name_zh"], "includes": row["includes"], "ordinal": ordinal}
            for ordinal, row in listed
        ],
    )


def is_derived(warehouse: Path, reviews: pl.DataFrame, held: Decisions) -> bool:
    """True where a current warehouse holds the marts of this program, these decisions on counterparts and all else
    that people decided."""
    with closing(store.connect(warehouse)) as connection:
        found = connection.execute("SELECT value FROM ops.meta WHERE key = ?", [DERIVATION]).fetchall()
        listed: pl.DataFrame = connection.sql(f"SELECT * FROM {match_overrides.TABLE} ORDER BY line").pl()
        there = connection.execute(_IMPORTS).fetchall()
    same = listed.equals(reviews.sort("line")) and {import_id for (import_id,) in there} == set(held.digests)
    return same and decisions.published(warehouse) == held and found == [(derivation(),)]


def publish(
    warehouse: Path,
    plan: Plan,
    staged: Mapping[str, Parts],
    reviews: pl.DataFrame,
    *,
    register: Register,
    progress: Path,
    keep: int = KEPT,
    fewer: bool = False,
) -> store.Published | None:
    """Publish the staged rows in place of whatever was published under their source paths.

    What is replaced is looked up under the writer's lock, so that a build that ended in the meantime is merged
    with and not undone. `reviews` are the decisions on counterparts (`ops.counterpart_reviews`, whole), `progress` is
    the folder of the ledger of imports, `keep` the former editions that stay. Where the warehouse stands and nothing is
    new, the run is noted beside it and nothing else is touched; returns None then. Raises FewerDecisionsError where
    less of what people decided would stand than stands now, and `fewer` does not allow for it.
    """
    frames = {
        table: staged[table].frame() for table in (FILES, validation_rules.NOTICES, SOURCES, *run_history.RUN_TABLES)
    }
    with store.writing(warehouse):
        held = decisions.current_decisions(register, reviews, progress)
        if not fewer:
            before = decisions.published(warehouse)
            decisions.guard(held, before, register=register, progress=progress)
        current = store.condition(warehouse) is store.Condition.CURRENT
        if current and plan.empty and is_derived(warehouse, reviews, held):
            _note_unchanged(warehouse, frames[run_notes.RUNS])
            return None
        state = store.published_state(warehouse)
        moved = pl.col("source_path").is_in([*plan.removed, *frames[FILES]["source_path"]])
        kept = state.filter(~moved).select(list(schemas.TABLES[SOURCES].dtypes))
        noted = run_notes.noted(warehouse)
        published = store.publish(
            warehouse,
            drop_files=state.filter(moved)["file_id"].drop_nulls().to_list(),
            add={table: staged[table] for table in validation_rules.CORE},
            replace={
                SOURCES: pl.concat([kept, frames[SOURCES]]).sort("source_path"),
                TOPICS: topics(),
                match_overrides.TABLE: reviews,
                **ledger.read(progress),
                **retired(warehouse, plan.removed, frames, datetime.now(UTC)),
                **run_history.carried_on(warehouse, frames, noted),
            },
            notes=held.note,
            keep=keep,
        )
        run_notes.forget(warehouse, noted)
        return published


def _note_unchanged(warehouse: Path, staged: pl.DataFrame) -> None:
    for row in staged.iter_rows(named=True):
        run_notes.note_unchanged(warehouse, row["started_at"].replace(tzinfo=UTC), row["seconds"], row["unchanged"])
