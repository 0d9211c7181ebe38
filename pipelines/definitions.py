"""The Dagster definitions: `dagster dev` loads `defs`, the command line builds the same job with its own settings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import dagster as dg

from assets.core_assets import core_tables, note_failed_run, published_warehouse, raw_files
from assets.export_assets import GROUP, reminder_files, task_list_files
from assets.fetch_assets import GROUP as FETCH_GROUP
from assets.fetch_assets import fetched_files
from assets.ingest.results import ProgressCallback, ignore_progress
from assets.mart_assets import marts
from assets.resources import Batch, BuildResource, ExportResource, FetchResource, RowStaging, without_run_config
from pipelines import json_logging
from pipelines.sensors_schedules import make_failure_sensor, make_nightly_fetch, make_nightly_schedule, make_raw_sensor
from pipelines.settings import Settings, load_settings
from warehouse import store_options
from warehouse.clock import ZONE_NAME

JOB: Final = "build_warehouse"
EXPORT_JOB: Final = "export_lists"
NIGHTLY_JOB: Final = "rebuild_and_export"
FETCH_JOB: Final = "fetch_sources"
MONTHLY: Final = "0 8 1 * *"
"""The first of each month, 8:00 in China."""

build_warehouse = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(GROUP, FETCH_GROUP),
    description="主流程：读取 raw 文件夹中新增或变化的通知，校验后发布数据仓库。命令 wenming build 运行的就是它。",
    hooks={note_failed_run},
    executor_def=dg.in_process_executor,
)

export_lists = dg.define_asset_job(
    EXPORT_JOB,
    selection=dg.AssetSelection.groups(GROUP),
    description="写出本月的任务清单和提醒。",
    executor_def=dg.in_process_executor,
)

rebuild_and_export = dg.define_asset_job(
    NIGHTLY_JOB,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(FETCH_GROUP),
    description="定时流程：主流程，接着更新本月的任务清单和提醒。",
    hooks={note_failed_run},
    executor_def=dg.in_process_executor,
)

fetch_sources = dg.define_asset_job(
    FETCH_JOB,
    selection=dg.AssetSelection.groups(FETCH_GROUP),
    description="按 raw/sources.toml 下载各来源新发布的通知。命令 wenming fetch 做的就是这件事。",
    executor_def=dg.in_process_executor,
)

monthly_lists = dg.ScheduleDefinition(
    name="monthly_lists",
    job=export_lists,
    cron_schedule=MONTHLY,
    execution_timezone=ZONE_NAME,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="每月 1 日 8 时写出本月的任务清单和提醒。",
)


def build_definitions(
    settings: Settings,
    *,
    staging: Path | None = None,
    full: bool = False,
    fewer: bool = False,
    progress: ProgressCallback = ignore_progress,
) -> dg.Definitions:
    """Build assets, checks, jobs and resources for the given settings.

    Args:
        settings: The settings.
        staging: Folder for the data between assets; by default a hidden folder beside the warehouse.
        full: Read every file again.
        fewer: Publish even if fewer human decisions would be stored than are published.
        progress: Called after every file.
    """
    folder = staging or settings.warehouse.parent / ".staging"
    return dg.Definitions(
        assets=[
            fetched_files,
            raw_files,
            core_tables,
            published_warehouse.map_asset_specs(
                lambda spec: dg.apply_freshness_policy(spec, _freshness_policy(settings))
            ),
            marts,
            task_list_files,
            reminder_files,
        ],
        jobs=[build_warehouse, export_lists, rebuild_and_export, fetch_sources],
        schedules=[
            monthly_lists,
            make_nightly_schedule(settings, rebuild_and_export),
            make_nightly_fetch(settings, fetch_sources),
        ],
        sensors=[make_raw_sensor(settings, build_warehouse), make_failure_sensor(settings)],
        resources=_resources(settings, folder, full=full, fewer=fewer, progress=progress),
    )


def _resources(
    settings: Settings, staging: Path, *, full: bool, fewer: bool, progress: ProgressCallback
) -> dict[str, object]:
    return {
        "build": without_run_config(
            BuildResource(
                raw=str(settings.raw),
                warehouse=str(settings.warehouse),
                staging=str(staging),
                corrections=str(settings.corrections),
                progress=str(settings.progress),
                workers=settings.workers,
                timeout=settings.timeout,
                memory_mb=settings.memory_mb,
                max_mb=settings.max_mb,
                expanded_mb=settings.expanded_mb,
                editions=settings.editions,
                lake=str(settings.lake or ""),
                cluster=settings.cluster or "",
                cluster_plain=settings.cluster_plain,
                full=full,
                fewer_decisions=fewer,
            )
        ),
        "batch": Batch.configure_at_launch(),
        "export": without_run_config(
            ExportResource(
                warehouse=str(settings.warehouse), folder=str(settings.exports), persons=settings.export_persons
            )
        ),
        "fetch": without_run_config(FetchResource(raw=str(settings.raw), agent=settings.fetch_agent)),
        "staging": without_run_config(RowStaging(folder=str(staging))),
        "progress": progress,
    }


def _freshness_policy(settings: Settings) -> dg.FreshnessPolicy:
    """Return a policy that the warehouse is checked against raw/ every `fresh_hours`, with a warning at two thirds."""
    longest = timedelta(hours=settings.fresh_hours)
    return dg.FreshnessPolicy.time_window(fail_window=longest, warn_window=longest * 2 / 3)


def _load_definitions() -> dg.Definitions:
    settings = load_settings()
    store_options.set_lock_wait(settings.lock_wait)
    return build_definitions(settings)


json_logging.configure_logging()
defs = _load_definitions()
