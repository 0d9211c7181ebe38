"""One build from the command line: the Dagster job in this process, and no job at all where nothing has changed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import extractors
from assets.ingest import decisions, discover_files, run_notes
from assets.ingest.build_plan import Plan
from assets.ingest.corrections import Register, read_register
from assets.ingest.dask_executor import require_protection
from assets.ingest.match_overrides import read_counterparts, without_effect
from assets.ingest.progress_callback import Progress
from assets.ingest.publish import is_derived
from assets.ingest.warehouse_state import known_files
from pipelines.settings import Settings
from warehouse import store
from warehouse.errors import WarehouseDamagedError

LOG_LEVEL = "CRITICAL"
DUCKDB_MAGIC = b"DUCK"
DUCKDB_MAGIC_AT = 8


@dataclass(frozen=True, slots=True)
class Built:
    """What one build did: counts of files by what happened to them, and wall seconds."""

    read: int
    refused: int
    removed: int
    unchanged: int
    published: bool
    """False where the published warehouse was left as it is."""
    rebuilt: bool
    """True where the old file was damaged or had the tables of another version."""
    seconds: float
    problems: tuple[str, ...] = ()
    """Lines of the corrections that could not be used (Chinese)."""


class NotAWarehouseError(Exception):
    """The file that would be replaced is not a warehouse of this program; the text is Chinese."""


def build(
    settings: Settings, *, full: bool, progress: Progress, waiting: Collection[str] = (), fewer: bool = False
) -> Built:
    """Bring the warehouse up to date with raw/, but for the files `waiting` (source paths), which stay as published.

    Only with `fewer` may less of what people decided stand afterwards than stands published.

    The plan is made here first, because an up-to-date warehouse should cost neither the import of Dagster nor a
    run; the job makes its own plan, so that a schedule or a sensor can run it alone.

    Raises:
        NotAWarehouseError: the file at the place of the warehouse is something else and must not be replaced.
        warehouse.errors.FewerDecisionsError: decisions or reports that stand published are not there any more.
        warehouse.errors.WarehouseError: another build is at work, or the new file could not be published.
    """
    started, started_at = time.perf_counter(), datetime.now(UTC)
    if settings.cluster:
        # Said before anything is looked at, also where nothing is to be read.
        require_protection(settings.cluster, plain=settings.cluster_plain)
    with store.write_lock(settings.warehouse):
        found = _checked_condition(settings.warehouse)
        register = read_register(settings.corrections)
        reviews, unread = read_counterparts(settings.corrections)
        held = decisions.current_decisions(register, reviews, settings.progress)
        if not fewer:
            # Before anything is read: the job asks again when it publishes.
            decisions.guard(
                held, decisions.published(settings.warehouse), register=register, progress=settings.progress
            )
        plan = _plan(settings, register, full, waiting)
        current = found is store.Condition.CURRENT
        published = not (plan.empty and current and is_derived(settings.warehouse, reviews, held))
        if published:
            try:
                _run_job(settings, full, progress, waiting, fewer)
            except BaseException as error:
                run_notes.note_failed(settings.warehouse, started_at, error)
                raise
        else:
            store.LOG.info("nothing_new", extra={"unchanged": len(plan.unchanged)})
            seconds = time.perf_counter() - started
            run_notes.note_unchanged(settings.warehouse, started_at, seconds, len(plan.unchanged))
    return Built(
        read=len(plan.read),
        refused=len(plan.refused),
        removed=len(_top_level(plan)),
        unchanged=len(plan.unchanged),
        published=published,
        rebuilt=found in (store.Condition.OUTDATED, store.Condition.DAMAGED),
        seconds=time.perf_counter() - started,
        problems=(
            *register.problems,
            *_lost(register, plan),
            *unread,
            *without_effect(settings.warehouse),
        ),
    )


def _checked_condition(warehouse: Path) -> store.Condition:
    """Return what is found at the place of the warehouse; raise NotAWarehouseError for a file of somebody else."""
    found = store.check_condition(warehouse)
    if found in (store.Condition.OUTDATED, store.Condition.DAMAGED) and not _is_ours(warehouse):
        raise NotAWarehouseError(f"{warehouse} 不是本程序的数据仓库，为免误删不予覆盖。请用 --warehouse 另指定一个文件")
    return found


def _plan(settings: Settings, register: Register, full: bool, waiting: Collection[str]) -> Plan:
    return discover_files.plan(
        settings.raw,
        known_files(settings.warehouse),
        version=extractors.version(),
        max_bytes=settings.max_bytes,
        full=full,
        register=register,
        waiting=waiting,
    )


def _top_level(plan: Plan) -> list[str]:
    """The removed files without the members of archives."""
    archives = {*(one.source_path for one in plan.read), *plan.removed, *plan.unchanged}
    return [p for p in plan.removed if not any(str(above) in archives for above in PurePosixPath(p).parents)]


def _lost(register: Register, plan: Plan) -> list[str]:
    """Corrections of files that are not below raw/."""
    there = [*(one.source_path for one in plan.read), *(one.source_path for one in plan.refused), *plan.unchanged]
    return [
        f"更正记录 {entry.place} 所指的文件不在 raw 文件夹中（{entry.file or entry.correction.locator}），请核对文件名"
        for entry in register.without_file(there)
    ]


def _is_ours(warehouse: Path) -> bool:
    """True for a DuckDB file that holds our tables, or that is too damaged to tell."""
    with warehouse.open("rb") as stream:
        if stream.read(DUCKDB_MAGIC_AT + len(DUCKDB_MAGIC))[DUCKDB_MAGIC_AT:] != DUCKDB_MAGIC:
            return False
    try:
        with closing(store.connect(warehouse)) as connection:
            query = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'files'"
            return connection.execute(query).fetchall() != [(0,)]
    except WarehouseDamagedError:
        return True


def _run_job(settings: Settings, full: bool, progress: Progress, waiting: Collection[str], fewer: bool = False) -> None:
    import dagster as dg

    from pipelines.definitions import JOB, definitions
    from pipelines.sensors_schedules import batch_config

    staging = settings.warehouse.with_name(f".{settings.warehouse.name}.staging")
    # The writer's lock is held: what stands here was left by a build that was killed.
    shutil.rmtree(staging, ignore_errors=True)
    quiet = {"loggers": {"console": {"config": {"log_level": LOG_LEVEL}}}}
    try:
        with dg.DagsterInstance.ephemeral() as instance:
            job = definitions(settings, staging=staging, full=full, fewer=fewer, progress=progress).resolve_job_def(JOB)
            job.execute_in_process(run_config=quiet | batch_config(waiting), instance=instance)
    except dg.DagsterExecutionInterruptedError as interrupted:
        # While a step runs, this is what Dagster makes of Ctrl-C and SIGTERM.
        raise KeyboardInterrupt from interrupted
    finally:
        shutil.rmtree(staging, ignore_errors=True)
