"""The Dagster assets: raw files, one staged frame per core table, the published warehouse.

One step reads a whole batch of notices; there is never a step per notice.
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
from assets.asset_keys import OWNERS, RAW_FILES, STAGED, STAGING, WAREHOUSE, asset_key, output_name, staged_out
from assets.ingest import discover_files
from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import Plan
from assets.ingest.corrections import read_register
from assets.ingest.match_overrides import read_counterparts
from assets.ingest.merge_results import assemble
from assets.ingest.plan_io import plan_frame, plan_from_frame
from assets.ingest.progress_callback import Progress
from assets.ingest.publish import publish
from assets.ingest.raw_changes import guard
from assets.ingest.results import Build, Delivery
from assets.ingest.run_notes import RUNS
from assets.ingest.warehouse_state import identities, known_files
from assets.ingest.worker_pool import read_batch
from assets.resources import Batch, BuildResource
from warehouse.export.parquet_lake import sync
from warehouse.store.staging_files import Parts

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
    """What is new, changed, refused or removed below raw/. Raises UnsafeToReadError in an unattended run."""
    known = known_files(build.warehouse_path)
    if batch.unattended:
        guard(build.raw_path, discover_files.listing(build.raw_path), known)
    plan = discover_files.plan(
        build.raw_path,
        known,
        version=extractors.version(),
        max_bytes=build.max_bytes,
        full=build.full,
        register=read_register(build.corrections_path),
        waiting=frozenset(batch.waiting),
    )
    frame = plan_frame(plan)
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
    outs={output_name(table): staged_out(table) for table in STAGED},
    ins={"listing": dg.AssetIn(key=RAW_FILES, input_manager_key=STAGING)},
    check_specs=check_specs(asset_key),
    can_subset=False,
)
def core_tables(
    listing: pl.DataFrame,
    build: BuildResource,
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.Output[Parts] | dg.AssetCheckResult]:
    """Read every new or changed file in one batch and stage the rows of every core table."""
    plan = plan_from_frame(listing)
    folder = build.parts_path
    started = Build(datetime.now(UTC), extractors.version())
    job = Job(extractors.extract, build.limits, started, str(folder))
    staged = assemble(
        plan,
        _deliveries(plan, job, build, progress),
        known=known_files(build.warehouse_path),
        like=partial(identities, build.warehouse_path),
        build=started,
        folder=folder,
    )
    for table in STAGED:
        metadata = {"dagster/row_count": staged.parts[table].rows} | _counts(staged.parts[table])
        yield dg.Output(staged.parts[table], output_name(table), metadata=metadata)
    yield from evaluate(staged, asset_key)


def _counts(parts: Parts) -> dict[str, int | float]:
    """The numbers of a run under their Chinese names, so that Dagster draws how they go from run to run."""
    if parts.table != RUNS or not parts.rows:
        return {}
    labels = {name: spec.label for name, spec in schemas.TABLES[RUNS].column.items()}
    row = parts.frame().row(0, named=True)
    return {labels[name]: value for name, value in row.items() if isinstance(value, int | float)}


def _deliveries(plan: Plan, job: Job, build: BuildResource, progress: Progress) -> Iterator[Delivery]:
    done = 0
    for delivery in _read(plan, job, build):
        for outcome in delivery.outcomes:
            LOG.info(
                "file_read",
                extra={
                    "source_path": outcome.source_path,
                    "carrier": outcome.carrier,
                    "bytes": outcome.candidate.bytes,
                    "seconds": round(outcome.seconds, 3),
                    "reason": outcome.reason if outcome.file["status"] == "unreadable" else None,
                },
            )
            done += 1
            progress(done, len(plan.read), outcome.source_path)
        yield delivery


def _read(plan: Plan, job: Job, build: BuildResource) -> Iterator[Delivery]:
    if not build.cluster:
        return read_batch(plan.read, job=job, worker_limits=build.worker_limits)
    # dask costs a second of import: only who uses it should pay for it.
    from assets.ingest.dask_executor import read_on_cluster

    return read_on_cluster(
        plan.read, address=build.cluster, job=job, worker_limits=build.worker_limits, plain=build.cluster_plain
    )


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
    """Replace the rows of every staged or removed file in one publication; publish nothing where nothing is new."""
    parts = {table: staged[output_name(table)] for table in STAGED}
    reviews, _ = read_counterparts(build.corrections_path)
    plan = plan_from_frame(listing)
    done = publish(
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
        followed = sync(build.warehouse_path, Path(build.lake))
        LOG.info("lake", extra=asdict(followed))
    if done is None:
        LOG.info("nothing_new")
        return dg.MaterializeResult(metadata={"发布": "没有变化，仓库保持原样"})
    return dg.MaterializeResult(
        metadata={
            "发布": str(build.warehouse_path),
            "版": done.snapshot.number,
            "dagster/row_count": done.rows["core.tasks"],
            "各表行数": dg.MetadataValue.json(done.rows),
        }
    )
