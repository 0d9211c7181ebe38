"""Dagster assets of the main job: raw files, the staged core tables, the published warehouse, and the failure hook.

One step reads all new notices; there is never a step per notice, because a step costs seconds.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import dagster as dg
import polars as pl

import extractors
import schemas
from assets.asset_checks import check_specs, evaluate
from assets.asset_keys import OWNERS, RAW_FILES, STAGED, STAGING, WAREHOUSE, asset_key, make_staged_out, output_name
from assets.ingest import discover_files, unpublished_runs
from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import plan_from_frame, plan_to_frame
from assets.ingest.decisions import read_match_overrides, read_register
from assets.ingest.merge_results import merge_results, read_planned_files
from assets.ingest.publish import find_similar_notices, publish
from assets.ingest.published_state import published_files
from assets.ingest.raw_changes import require_mounted
from assets.ingest.results import BuildInfo, ProgressCallback
from assets.ingest.unpublished_runs import RUNS
from assets.resources import Batch, BuildResource
from warehouse.errors import WarehouseBusyError
from warehouse.export.parquet_lake import sync_lake
from warehouse.store.staging_files import Parts

ROWS_READ = "本次读取行数"
LOG = logging.getLogger("wenming")


@dg.asset(
    key=RAW_FILES,
    description="原件清单：raw 文件夹中的每个文件，以及本次构建应怎样处理（读取、拒绝、移除）。未变化的文件不再读取。",
    group_name="raw_files",
    owners=OWNERS,
    kinds={"file"},
    io_manager_key=STAGING,
)
def raw_files(batch: Batch, build: BuildResource) -> dg.Output[pl.DataFrame]:
    """Plan what is read, refused and removed. An unattended run raises UnsafeToReadError if raw/ is not mounted."""
    register = read_register(build.corrections_path)
    known = published_files(build.warehouse_path, headers=bool(register.layouts), units=bool(register.units))
    if batch.unattended:
        require_mounted(build.raw_path, discover_files.list_files(build.raw_path), known)
    plan = discover_files.make_plan(
        build.raw_path,
        known,
        version=extractors.version(),
        max_bytes=build.max_bytes,
        full=build.full,
        register=register,
        waiting=frozenset(batch.waiting),
    )
    frame = plan_to_frame(plan)
    LOG.info(
        "planned",
        extra={
            "read": len(plan.read),
            "refused": len(plan.refused),
            "removed": len(plan.removed),
            "unchanged": len(plan.unchanged),
        },
    )
    return dg.Output(
        frame,
        metadata={
            "dagster/row_count": frame.height,
            "读取": len(plan.read),
            "拒绝": len(plan.refused),
            "移除": len(plan.removed),
            "未变化": len(plan.unchanged),
        },
    )


@dg.multi_asset(
    name="read_batch",
    outs={output_name(table): make_staged_out(table) for table in STAGED},
    ins={"listing": dg.AssetIn(key=RAW_FILES, input_manager_key=STAGING)},
    check_specs=check_specs(asset_key),
    can_subset=False,
)
def core_tables(
    listing: pl.DataFrame,
    build: BuildResource,
    progress: dg.ResourceParam[ProgressCallback],
) -> Iterator[dg.Output[Parts] | dg.AssetCheckResult]:
    """Read every new or changed file and stage the rows of every core table."""
    plan = plan_from_frame(listing)
    folder = build.parts_path
    started = BuildInfo(datetime.now(UTC), extractors.version())
    register = read_register(build.corrections_path)
    job = Job(extractors.extract, build.limits, started, str(folder), layouts=register.layouts, units=register.units)
    staged = merge_results(
        plan,
        read_planned_files(
            plan,
            job,
            worker_limits=build.worker_limits,
            progress=progress,
            cluster=build.cluster,
            plain=build.cluster_plain,
        ),
        known=published_files(build.warehouse_path),
        find_similar=partial(find_similar_notices, build.warehouse_path),
        build=started,
        folder=folder,
        register=register,
    )
    for table in STAGED:
        # The row count of a page is that of the whole table, which the step `marts` reports after the publication.
        metadata = {ROWS_READ: staged.parts[table].rows} | _run_metadata(staged.parts[table])
        yield dg.Output(staged.parts[table], output_name(table), metadata=metadata)
    yield from evaluate(staged, asset_key)


def _run_metadata(parts: Parts) -> dict[str, int | float]:
    """Return the numbers of a run under their Chinese names, so that Dagster plots them over runs."""
    if parts.table != RUNS or not parts.rows:
        return {}
    labels = {name: spec.label for name, spec in schemas.TABLES[RUNS].column.items()}
    row = parts.frame().row(0, named=True)
    return {labels[name]: value for name, value in row.items() if isinstance(value, int | float)}


@dg.asset(
    key=WAREHOUSE,
    ins={
        "listing": dg.AssetIn(key=RAW_FILES, input_manager_key=STAGING),
        **{output_name(table): dg.AssetIn(key=asset_key(table), input_manager_key=STAGING) for table in STAGED},
    },
    description="已发布的数据仓库（DuckDB）：先在旁边建好，再一次性替换；正在查询的人始终看到完整的旧版或新版。",
    group_name="publication",
    owners=OWNERS,
    kinds={"duckdb"},
)
def published_warehouse(listing: pl.DataFrame, build: BuildResource, **staged: Parts) -> dg.MaterializeResult[None]:
    """Replace the rows of every staged or removed file in one publication; do nothing if nothing is new."""
    parts = {table: staged[output_name(table)] for table in STAGED}
    reviews, _ = read_match_overrides(build.corrections_path)
    plan = plan_from_frame(listing)
    published = publish(
        build.warehouse_path,
        plan,
        parts,
        reviews,
        register=read_register(build.corrections_path),
        progress=build.progress_path,
        keep=build.editions,
        fewer=build.fewer_decisions,
    )
    shutil.rmtree(build.parts_path, ignore_errors=True)
    if build.lake:
        synced = sync_lake(build.warehouse_path, Path(build.lake))
        LOG.info("lake", extra=asdict(synced))
    if published is None:
        LOG.info("nothing_new")
        return dg.MaterializeResult(metadata={"发布": "没有变化，仓库保持原样"})
    return dg.MaterializeResult(
        metadata={
            "发布": str(build.warehouse_path),
            "版": published.snapshot.number,
            "dagster/row_count": published.rows["core.tasks"],
            "各表行数": dg.MetadataValue.json(published.rows),
        }
    )


@dg.failure_hook(required_resource_keys={"build"})
def note_failed_run(context: dg.HookContext) -> None:
    """Note a failed run in the run history, unless it only found another writer at work.

    Dagster does not call it in `wenming build`, which raises the exception itself and writes its own note.
    """
    error = context.op_exception
    if error is None or isinstance(error, WarehouseBusyError):
        return
    record = context.instance.get_run_record_by_id(context.run_id)
    started = record.start_time if record and record.start_time else None
    started_at = datetime.now(UTC) if started is None else datetime.fromtimestamp(started, UTC)
    unpublished_runs.note_failed(context.resources.build.warehouse_path, started_at, error)
