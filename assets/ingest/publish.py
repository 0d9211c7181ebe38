"""Staged rows into the published warehouse."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

import schemas
from assets.ingest import decision_guard, decisions, run_history, validation_rules
from assets.ingest.build_plan import Plan, PublishedFile
from assets.ingest.decision_guard import Decisions
from assets.ingest.decisions import Register
from assets.ingest.duplicates import NoticeIdentity, bucket_keys, fingerprint_texts
from assets.ingest.merge_results import SOURCES
from assets.ingest.quarantine import FILES
from assets.ingest.run_history import read_published_rows
from assets.progress_import import ledger
from extractors import vocabulary
from warehouse import store
from warehouse.store.snapshots import KEPT
from warehouse.store.staging_files import Parts
from warehouse.transform import DERIVATION
from warehouse.transform.view_files import derivation

TOPICS: Final = "mart.topics"
_IMPORTS: Final = "SELECT import_id FROM ops.progress UNION SELECT import_id FROM ops.progress_issues"


def topic_rows() -> pl.DataFrame:
    """The rows of `mart.topics`: the themes of the vocabulary in their order."""
    listed = enumerate(vocabulary.rows("topics"), 1)
    return schemas.frame(
        TOPICS,
        [
            {"topic": row["topic"], "name": row["name_zh"], "includes": row["includes"], "ordinal": ordinal}
            for ordinal, row in listed
        ],
    )


def is_up_to_date(warehouse: Path, reviews: pl.DataFrame, held: Decisions) -> bool:
    """True where a current warehouse holds the marts of this program, these decisions on counterparts and all else
    that people decided."""
    with closing(store.connect(warehouse)) as connection:
        found = connection.execute("SELECT value FROM ops.meta WHERE key = ?", [DERIVATION]).fetchall()
        listed: pl.DataFrame = connection.sql(f"SELECT * FROM {decisions.OVERRIDES_TABLE} ORDER BY line").pl()
        there = connection.execute(_IMPORTS).fetchall()
    same = listed.equals(reviews.sort("line")) and {import_id for (import_id,) in there} == set(held.digests)
    return same and decision_guard.published_decisions(warehouse) == held and found == [(derivation(),)]


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
        held = decision_guard.current_decisions(register, reviews, progress)
        if not fewer:
            before = decision_guard.published_decisions(warehouse)
            decision_guard.require_no_fewer(held, before, register=register, progress=progress)
        current = store.condition(warehouse) is store.Condition.CURRENT
        if current and plan.empty and is_up_to_date(warehouse, reviews, held):
            _note_unchanged(warehouse, frames[run_history.RUNS])
            return None
        state = store.published_state(warehouse)
        moved = pl.col("source_path").is_in([*plan.removed, *frames[FILES]["source_path"]])
        kept = state.filter(~moved).select(list(schemas.TABLES[SOURCES].dtypes))
        noted = run_history.read_notes(warehouse)
        published = store.publish(
            warehouse,
            drop_files=state.filter(moved)["file_id"].drop_nulls().to_list(),
            add={table: staged[table] for table in validation_rules.CORE},
            replace={
                SOURCES: pl.concat([kept, frames[SOURCES]]).sort("source_path"),
                TOPICS: topic_rows(),
                decisions.OVERRIDES_TABLE: reviews,
                **ledger.read_ledger(progress),
                **retired_rows(warehouse, plan.removed, frames, datetime.now(UTC)),
                **run_history.merge_run_history(warehouse, frames, noted),
            },
            notes=held.note,
            keep=keep,
        )
        run_history.delete_notes(warehouse, noted)
        return published


def _note_unchanged(warehouse: Path, staged: pl.DataFrame) -> None:
    for row in staged.iter_rows(named=True):
        run_history.note_unchanged(warehouse, row["started_at"].replace(tzinfo=UTC), row["seconds"], row["unchanged"])


# Notices whose file is no longer in raw/: taken out of core, and kept in `ops.retired_*`.

RETIRED_TABLES: Final = {"ops.retired_notices": validation_rules.NOTICES, "ops.retired_tasks": validation_rules.TASKS}
"""Table of retired rows -> the table of core that they stood in."""


def retired_rows(
    warehouse: Path, removed: Collection[str], frames: Mapping[str, pl.DataFrame], now: datetime
) -> dict[str, pl.DataFrame]:
    """The whole new content of the tables of retired notices.

    `removed` are the source paths that are gone, `frames` the rows that come. A notice that comes again, from whatever
    file, is retired no more; one whose path comes again with other content was changed, not removed. `now` has a time
    zone. The caller holds the writer's lock.
    """
    gone = sorted(set(removed) - set(frames[FILES]["source_path"]))
    back = frames[validation_rules.NOTICES].select("notice_id")
    old = read_published_rows(warehouse, tuple(RETIRED_TABLES))
    clock = now.astimezone(UTC).replace(tzinfo=None)
    found = {}
    for name, source in RETIRED_TABLES.items():
        rows = pl.concat([old[name], _removed_rows(warehouse, name, source, gone, clock)])
        found[name] = rows.unique("notice_id" if source == validation_rules.NOTICES else "task_id", keep="last").join(
            back, on="notice_id", how="anti"
        )
    return found


def _removed_rows(warehouse: Path, name: str, source: str, gone: list[str], clock: datetime) -> pl.DataFrame:
    if not gone or store.condition(warehouse) is not store.Condition.CURRENT:
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


# What the published warehouse holds already: the state of every file, and which notices stand in it.

_FILES_SQL = """
SELECT f.file_id, f.source_path, s.sha256, s.bytes, s.mtime_ns, f.status, f.reason, f.remedy, f.duplicate_of,
       s.extractor_version, f.format, f.ingested_at, s.corrections,
       f.container,
       f.file_id IN (SELECT n.file_id FROM core.notices AS n JOIN core.findings AS d USING (notice_id)
                     WHERE d.rule = 'attachment_link') AS wants_attachments
FROM core.files AS f JOIN ops.sources AS s USING (source_path)
"""
_NOTICES_SQL = """
SELECT f.source_path, f.sha256, f.format, n.doc_number, n.issuer, n.title, n.notice_id,
       coalesce(a.attached, []) AS attached
FROM core.notices AS n JOIN core.files AS f USING (file_id)
LEFT JOIN (SELECT container, list(source_path ORDER BY source_path) AS attached FROM core.files
           WHERE status = 'duplicate' AND container IS NOT NULL GROUP BY ALL) AS a ON a.container = f.source_path
ORDER BY f.source_path
"""
_REQUIREMENTS_SQL = """
SELECT notice_id, list(requirement ORDER BY table_id, ordinal) FROM core.tasks
WHERE requirement <> '' AND notice_id IN (SELECT unnest($notices)) GROUP BY ALL
"""
_FETCH_SIZE = 10_000


def published_files(warehouse: Path) -> dict[str, PublishedFile]:
    """Published files by source path; empty where there is no warehouse that can be carried on."""
    return {row[1]: PublishedFile(*row) for row in _query(warehouse, _FILES_SQL)}


def find_similar_notices(warehouse: Path, like: Sequence[NoticeIdentity]) -> list[NoticeIdentity]:
    """The published notices that any of `like` might repeat or be repeated by, or that were read with one of them."""
    wanted = {key for one in like for key in bucket_keys(one)}
    paths = {one.source_path for one in like}
    if not like or store.condition(warehouse) is not store.Condition.CURRENT:
        return []
    found: dict[str, NoticeIdentity] = {}
    with closing(store.connect(warehouse)) as connection:
        named = connection.execute(_NOTICES_SQL)
        while rows := named.fetchmany(_FETCH_SIZE):
            for source_path, sha256, carrier, doc_number, issuer, title, notice_id, attached in rows:
                one = NoticeIdentity(source_path, sha256, carrier, doc_number, issuer, title, b"", tuple(attached))
                if not wanted.isdisjoint(bucket_keys(one)) or not paths.isdisjoint(attached):
                    found[notice_id] = one
        texts = dict(connection.execute(_REQUIREMENTS_SQL, {"notices": list(found)}).fetchall())
    return [replace(one, requirements=fingerprint_texts(texts.get(notice_id, ()))) for notice_id, one in found.items()]


def _query(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    if store.condition(warehouse) is not store.Condition.CURRENT:
        return []
    with closing(store.connect(warehouse)) as connection:
        return connection.execute(query).fetchall()
