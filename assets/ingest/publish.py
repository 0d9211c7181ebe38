"""Publish staged rows into the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

import schemas
from assets.ingest import decision_guard, progress_ledger, run_history, unpublished_runs, validation_rules
from assets.ingest.build_plan import Plan
from assets.ingest.decisions import OVERRIDES_TABLE, MatchOverride, Register
from assets.ingest.duplicates import NoticeIdentity, bucket_keys, fingerprint_texts
from assets.ingest.merge_results import SOURCES
from assets.ingest.ownership import OWNERSHIP_TABLE
from assets.ingest.published_state import is_up_to_date
from assets.ingest.quarantine import FILES
from extractors import vocabulary
from warehouse import store
from warehouse.store.staging_files import Parts
from warehouse.store_options import DEFAULT_SNAPSHOTS

TOPICS: Final = "mart.topics"
RETIRED_TABLES: Final = {"ops.retired_notices": validation_rules.NOTICES, "ops.retired_tasks": validation_rules.TASKS}
"""Table of notices whose file is gone -> the core table that held their rows."""

_NOTICES_SQL: Final = """
SELECT f.source_path, f.sha256, f.format, n.doc_number, n.issuer, n.title, n.notice_id,
       coalesce(a.attached, []) AS attached
FROM core.notices AS n JOIN core.files AS f USING (file_id)
LEFT JOIN (SELECT container, list(source_path ORDER BY source_path) AS attached FROM core.files
           WHERE status = 'duplicate' AND container IS NOT NULL GROUP BY ALL) AS a ON a.container = f.source_path
ORDER BY f.source_path
"""
_REQUIREMENTS_SQL: Final = """
SELECT notice_id, list(requirement ORDER BY table_id, ordinal) FROM core.tasks
WHERE requirement <> '' AND notice_id IN (SELECT unnest($notices)) GROUP BY ALL
"""
_FETCH_SIZE: Final = 10_000


def find_similar_notices(warehouse: Path, identities: Sequence[NoticeIdentity]) -> list[NoticeIdentity]:
    """Return the published notices that may be duplicates of any of `identities`, or were read together with one."""
    wanted = {key for identity in identities for key in bucket_keys(identity)}
    paths = {identity.source_path for identity in identities}
    if not identities or store.check_condition(warehouse) is not store.Condition.CURRENT:
        return []
    similar: dict[str, NoticeIdentity] = {}
    with store.reading(warehouse) as connection:
        cursor = connection.execute(_NOTICES_SQL)
        while rows := cursor.fetchmany(_FETCH_SIZE):
            for source_path, sha256, file_format, doc_number, issuer, title, notice_id, attached in rows:
                published = NoticeIdentity(
                    source_path, sha256, file_format, doc_number, issuer, title, b"", tuple(attached)
                )
                if not wanted.isdisjoint(bucket_keys(published)) or not paths.isdisjoint(attached):
                    similar[notice_id] = published
        texts = dict(connection.execute(_REQUIREMENTS_SQL, {"notices": list(similar)}).fetchall())
    return [
        replace(published, requirements=fingerprint_texts(texts.get(notice_id, ())))
        for notice_id, published in similar.items()
    ]


def topic_rows() -> pl.DataFrame:
    """Return the rows of `mart.topics`: the topics of the vocabulary in their order."""
    return schemas.frame(
        TOPICS,
        [
            {"topic": row["topic"], "name": row["name_zh"], "includes": row["includes"], "ordinal": ordinal}
            for ordinal, row in enumerate(vocabulary.load_csv("topics"), 1)
        ],
    )


def publish(
    warehouse: Path,
    plan: Plan,
    staged: Mapping[str, Parts],
    reviews: Sequence[MatchOverride],
    *,
    register: Register,
    progress: Path,
    keep: int = DEFAULT_SNAPSHOTS,
    fewer: bool = False,
) -> store.PublishResult | None:
    """Publish the staged rows in place of the rows published under their source paths.

    The replaced rows are looked up under the writer's lock, so that the result of a build that ended in the meantime
    is merged with and not undone.

    Args:
        warehouse: The published DuckDB file.
        plan: What the build read and removed.
        staged: Parquet parts by table.
        reviews: The match overrides as rows of `ops.counterpart_reviews`, all of them.
        register: The decisions that were read.
        progress: The folder of the ledger of progress imports.
        keep: Number of previous snapshots to keep.
        fewer: Publish even if fewer human decisions would be stored than are published now.

    Returns:
        What was published; None where nothing is new, then only a note of the run is written.

    Raises:
        FewerDecisionsError: Decisions would be lost and `fewer` is false.
    """
    frames = {
        table: staged[table].frame() for table in (FILES, validation_rules.NOTICES, SOURCES, *run_history.RUN_TABLES)
    }
    with store.write_lock(warehouse):
        current = decision_guard.read_decisions(warehouse, register, reviews, progress, fewer=fewer)
        if is_up_to_date(warehouse, plan, reviews, current):
            _note_unchanged(warehouse, frames[unpublished_runs.RUNS])
            return None
        state = store.read_published_state(warehouse)
        is_replaced = pl.col("source_path").is_in([*plan.removed, *frames[FILES]["source_path"]])
        notes = unpublished_runs.read_notes(warehouse)
        published = store.publish(
            warehouse,
            drop_files=state.filter(is_replaced)["file_id"].drop_nulls().to_list(),
            add={table: staged[table] for table in validation_rules.CORE},
            replace={
                SOURCES: _merge_sources(state.filter(~is_replaced), frames[SOURCES]),
                **_tables_of_people(reviews, register, progress),
                **retired_rows(warehouse, plan.removed, frames, datetime.now(UTC)),
                **run_history.merge_run_history(warehouse, frames, notes),
            },
            notes=current.note,
            keep=keep,
        )
        unpublished_runs.delete_notes(warehouse, notes)
        return published


def _tables_of_people(reviews: Sequence[MatchOverride], register: Register, progress: Path) -> dict[str, pl.DataFrame]:
    """Return the tables that no notice is read for: what people decided and reported, and the topics."""
    return {
        TOPICS: topic_rows(),
        OVERRIDES_TABLE: schemas.frame(OVERRIDES_TABLE, reviews),
        OWNERSHIP_TABLE: schemas.frame(OWNERSHIP_TABLE, register.ownership),
        **progress_ledger.read_ledger(progress),
    }


def _merge_sources(remaining: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `ops.sources`: those that stay as published, and the new ones."""
    columns = list(schemas.TABLES[SOURCES].dtypes)
    return pl.concat([remaining.select(columns), new]).sort("source_path")


def retired_rows(
    warehouse: Path, removed: Collection[str], frames: Mapping[str, pl.DataFrame], now: datetime
) -> dict[str, pl.DataFrame]:
    """Return the whole new content of `ops.retired_*`: notices whose file is no longer in raw/.

    A notice that is published again, from any file, is not retired any more. A path that reappears with other
    content was changed, not removed. The caller holds the writer's lock.

    Args:
        warehouse: The published file.
        removed: Source paths that are gone.
        frames: The staged rows by table.
        now: The time of retirement, with time zone.
    """
    removed_paths = sorted(set(removed) - set(frames[FILES]["source_path"]))
    back = frames[validation_rules.NOTICES].select("notice_id")
    old = run_history.read_published_rows(warehouse, tuple(RETIRED_TABLES))
    clock = now.astimezone(UTC).replace(tzinfo=None)
    retired = {}
    for name, source in RETIRED_TABLES.items():
        rows = pl.concat([old[name], _removed_rows(warehouse, name, source, removed_paths, clock)])
        key = "notice_id" if source == validation_rules.NOTICES else "task_id"
        retired[name] = rows.unique(key, keep="last").join(back, on="notice_id", how="anti")
    return retired


def _removed_rows(warehouse: Path, name: str, source: str, removed_paths: list[str], clock: datetime) -> pl.DataFrame:
    if not removed_paths or store.check_condition(warehouse) is not store.Condition.CURRENT:
        return schemas.empty(name)
    columns: dict[str, Any] = dict(schemas.TABLES[name].dtypes)
    with store.reading(warehouse) as connection:
        rows: pl.DataFrame = connection.sql(
            f"SELECT t.*, f.source_path FROM {source} AS t JOIN core.notices AS n USING (notice_id) "
            "JOIN core.files AS f ON f.file_id = n.file_id WHERE f.source_path IN (SELECT unnest($removed_paths))",
            params={"removed_paths": removed_paths},
        ).pl()
    stamped = rows.with_columns(retired_at=pl.lit(clock))
    if "is_current" in columns:
        stamped = stamped.with_columns(is_current=pl.lit(False))
    return stamped.select(list(columns)).cast(pl.Schema(columns))


def _note_unchanged(warehouse: Path, staged: pl.DataFrame) -> None:
    for row in staged.iter_rows(named=True):
        unpublished_runs.note_unchanged(
            warehouse, row["started_at"].replace(tzinfo=UTC), row["seconds"], row["unchanged"]
        )
