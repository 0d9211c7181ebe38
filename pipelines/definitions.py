"""Everything Dagster shows: `dagster dev` loads `defs`, the command line builds the same job with its own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import dagster as dg

from assets.build_assets import core_tables, published_warehouse, raw_files
from assets.marts import marts
from assets.progress import Progress, silent
from assets.resources import BuildResource, FrameStaging
from pipelines.settings import Settings, load

JOB: Final = "build_warehouse"

build_warehouse = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    description="主流程：读取 raw 文件夹中新增或变化的通知，校验后发布数据仓库。命令 wenming build 运行的就是它。",
    executor_def=dg.in_process_executor,
)


def definitions(
    settings: Settings, *, staging: Path | None = None, full: bool = False, progress: Progress = silent
) -> dg.Definitions:
    """Assets, checks, job and resources for the given settings.

    `staging` is the folder for frames between assets; by default a hidden folder beside the warehouse.
    """
    folder = staging or settings.warehouse.parent / ".staging"
    return dg.Definitions(
        assets=[raw_files, core_tables, published_warehouse, marts],
        jobs=[build_warehouse],
        resources={
            "build": BuildResource(
                raw=str(settings.raw),
                warehouse=str(settings.warehouse),
                corrections=str(settings.corrections),
                progress=str(settings.progress),
                workers=settings.workers,
                timeout=settings.timeout,
                memory_mb=settings.memory_mb,
                max_mb=settings.max_mb,
                expanded_mb=settings.expanded_mb,
                full=full,
            ),
            "staging": FrameStaging(folder=str(folder)),
            "progress": progress,
        },
    )


defs = definitions(load())
