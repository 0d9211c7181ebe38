"""`wenming build`: run the Dagster job in this process, or no job at all if nothing has changed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import extractors
from assets.ingest import decision_guard, discover_files, unpublished_runs
from assets.ingest.build_plan import Plan
from assets.ingest.confirmed_layouts import list_ineffective_layouts
from assets.ingest.confirmed_units import list_ineffective_units
from assets.ingest.decisions import Register, list_ineffective_overrides, read_match_overrides, read_register
from assets.ingest.ownership import list_ineffective_ownership
from assets.ingest.published_state import is_up_to_date, published_files
from assets.ingest.results import ProgressCallback
from pipelines.record_folders import claim_record_folder, find_record_folder
from pipelines.settings import Settings
from warehouse import store
from warehouse.errors import WarehouseDamagedError

LOG_LEVEL = "CRITICAL"
DUCKDB_MAGIC = b"DUCK"
DUCKDB_MAGIC_AT = 8


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """Result of one build: numbers of files by what happened to them, and wall time in seconds."""

    read: int
    refused: int
    removed: int
    unchanged: int
    published: bool
    """False if the published warehouse was left unchanged."""
    rebuilt: bool
    """True if the old file was damaged or had the tables of another version."""
    seconds: float
    problems: tuple[str, ...] = ()
    """Chinese messages about unusable lines of the corrections."""
    records: str | None = None
    """In Chinese where corrections and progress are kept, if that needs saying."""


class NotAWarehouseError(Exception):
    """The file to be replaced is not a warehouse of this program; the text is Chinese."""


def build(
    settings: Settings, *, full: bool, progress: ProgressCallback, waiting: Collection[str] = (), fewer: bool = False
) -> BuildSummary:
    """Bring the warehouse up to date with raw/.

    A plan is made here first, because an up-to-date warehouse should cost neither the import of Dagster nor a run; the
    job makes its own plan, so that a schedule or a sensor can run it alone.

    Args:
        settings: The settings.
        full: Read every file again.
        progress: Called after every file.
        waiting: Source paths of files that are still being written; they stay as published.
        fewer: Publish even if fewer human decisions would be stored than are published.

    Raises:
        NotAWarehouseError: The warehouse file is something else and must not be replaced.
        warehouse.errors.FewerDecisionsError: Published decisions or progress reports would be lost.
        warehouse.errors.WarehouseError: Another build is at work, or the new file could not be published.
    """
    started, started_at = time.perf_counter(), datetime.now(UTC)
    _require_protection(settings)
    records = claim_record_folder(settings.warehouse) if _uses_record_folder(settings) else None
    with store.write_lock(settings.warehouse):
        condition = _require_own_warehouse(settings.warehouse)
        register = read_register(settings.corrections)
        reviews, override_problems = read_match_overrides(settings.corrections)
        # Before anything is read; the job checks again when it publishes.
        decisions = decision_guard.read_decisions(settings.warehouse, register, reviews, settings.progress, fewer=fewer)
        plan = _make_plan(settings, register, full, waiting)
        has_news = not is_up_to_date(settings.warehouse, plan, reviews, decisions)
        if has_news:
            with _noting_failure(settings.warehouse, started_at):
                _run_job(settings, full, progress, waiting, fewer)
        else:
            store.LOG.info("nothing_new", extra={"unchanged": len(plan.unchanged)})
            seconds = time.perf_counter() - started
            unpublished_runs.note_unchanged(settings.warehouse, started_at, seconds, len(plan.unchanged))
    return BuildSummary(
        read=len(plan.read),
        refused=len(plan.refused),
        removed=len(_removed_files(plan)),
        unchanged=len(plan.unchanged),
        published=has_news,
        rebuilt=condition in (store.Condition.OUTDATED, store.Condition.DAMAGED),
        seconds=time.perf_counter() - started,
        records=records,
        problems=_list_problems(settings.warehouse, register, override_problems, plan),
    )


def _require_protection(settings: Settings) -> None:
    """Refuse a cluster that is not protected, even if nothing is to be read."""
    if settings.cluster:
        from assets.ingest.dask_executor import require_protection

        require_protection(settings.cluster, plain=settings.cluster_plain)


@contextmanager
def _noting_failure(warehouse: Path, started_at: datetime) -> Iterator[None]:
    """Note a run that fails, whatever ended it."""
    try:
        yield
    except BaseException as error:
        unpublished_runs.note_failed(warehouse, started_at, error)
        raise


def _list_problems(
    warehouse: Path, register: Register, override_problems: Sequence[str], plan: Plan
) -> tuple[str, ...]:
    """Return Chinese messages about decisions that could not be used, or that fit nothing in the warehouse."""
    return (
        *register.problems,
        *_describe_orphans(register, plan),
        *override_problems,
        *list_ineffective_overrides(warehouse),
        *list_ineffective_layouts(warehouse, register.layout_decisions),
        *list_ineffective_units(warehouse, register.unit_decisions),
        *list_ineffective_ownership(warehouse, register.ownership),
    )


def _uses_record_folder(settings: Settings) -> bool:
    """Return whether one of the folders of records is where it is by default."""
    return find_record_folder(settings.warehouse) in (settings.corrections.parent, settings.progress.parent)


def _require_own_warehouse(warehouse: Path) -> store.Condition:
    """Return the condition of the warehouse file; raise NotAWarehouseError for another file."""
    condition = store.check_condition(warehouse)
    if condition in (store.Condition.OUTDATED, store.Condition.DAMAGED) and not _is_own_warehouse(warehouse):
        raise NotAWarehouseError(f"{warehouse} 不是本程序的数据仓库，为免误删不予覆盖。请用 --warehouse 另指定一个文件")
    return condition


def _make_plan(settings: Settings, register: Register, full: bool, waiting: Collection[str]) -> Plan:
    return discover_files.make_plan(
        settings.raw,
        published_files(settings.warehouse, headers=bool(register.layouts), units=bool(register.units)),
        version=extractors.version(),
        max_bytes=settings.max_bytes,
        full=full,
        register=register,
        waiting=waiting,
    )


def _removed_files(plan: Plan) -> list[str]:
    """Return the removed files without the members of archives."""
    archives = {*(file.source_path for file in plan.read), *plan.removed, *plan.unchanged}
    return [p for p in plan.removed if not any(str(above) in archives for above in PurePosixPath(p).parents)]


def _describe_orphans(register: Register, plan: Plan) -> list[str]:
    """Return Chinese messages about corrections of files that are not below raw/."""
    existing = [
        *(file.source_path for file in plan.read),
        *(file.source_path for file in plan.refused),
        *plan.unchanged,
    ]
    return [
        f"更正记录 {entry.location} 所指的文件不在 raw 文件夹中"
        f"（{entry.file or entry.correction.locator}），请核对文件名"
        for entry in register.find_orphans(existing)
    ]


def _is_own_warehouse(warehouse: Path) -> bool:
    """Return whether a file is a DuckDB file with the tables of this program, or too damaged to determine it."""
    with warehouse.open("rb") as stream:
        if stream.read(DUCKDB_MAGIC_AT + len(DUCKDB_MAGIC))[DUCKDB_MAGIC_AT:] != DUCKDB_MAGIC:
            return False
    try:
        with store.reading(warehouse) as connection:
            query = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'files'"
            return connection.execute(query).fetchall() != [(0,)]
    except WarehouseDamagedError:
        return True


def _run_job(
    settings: Settings, full: bool, progress: ProgressCallback, waiting: Collection[str], fewer: bool = False
) -> None:
    import dagster as dg

    from pipelines.definitions import JOB, build_definitions
    from pipelines.sensors_schedules import batch_config

    staging = settings.warehouse.with_name(f".{settings.warehouse.name}.staging")
    # The writer's lock is held: existing files were left by a build that was killed.
    shutil.rmtree(staging, ignore_errors=True)
    quiet = {"loggers": {"console": {"config": {"log_level": LOG_LEVEL}}}}
    try:
        with dg.DagsterInstance.ephemeral() as instance:
            job = build_definitions(
                settings, staging=staging, full=full, fewer=fewer, progress=progress
            ).resolve_job_def(JOB)
            job.execute_in_process(run_config=quiet | batch_config(waiting), instance=instance)
    except dg.DagsterExecutionInterruptedError as interrupted:
        # Raised by Dagster for Ctrl-C and SIGTERM while a step runs.
        raise KeyboardInterrupt from interrupted
    finally:
        shutil.rmtree(staging, ignore_errors=True)
