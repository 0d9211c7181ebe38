"""Dagster resources: folders, limits and other settings of the assets, and the IO manager."""

from __future__ import annotations

import copy
import json
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import dagster as dg
import polars as pl
from pydantic import Field, PrivateAttr

import schemas
from assets.ingest.discover_files import MIB
from assets.ingest.worker_pool import WorkerLimits
from extractors import Limits
from warehouse.store.staging_files import Parts
from warehouse.store_options import DEFAULT_SNAPSHOTS

FRAME_SUFFIX: Final = ".parquet"
PARTS_SUFFIX: Final = ".json"
STALE_PARTS_SECONDS: Final = 7 * 86400


class BuildResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of a build as Dagster shows them: folders, size limits in MB, seconds and workers."""

    raw: str
    warehouse: str
    staging: str
    corrections: str
    progress: str
    workers: int
    timeout: float
    memory_mb: int
    max_mb: float
    expanded_mb: float
    editions: int = DEFAULT_SNAPSHOTS
    lake: str = ""
    """The folder of the Parquet lake that is synchronised with the warehouse; empty for none."""
    cluster: str = ""
    """Address of a scheduler of dask.distributed; empty where files are read on this machine."""
    cluster_plain: bool = False
    """Allow a scheduler on another machine to be reached without certificates."""
    full: bool = False
    fewer_decisions: bool = False
    """Publish even if fewer human decisions would be stored than are published."""

    _parts: Path = PrivateAttr()

    @property
    def raw_path(self) -> Path:
        """The folder of published notices."""
        return Path(self.raw)

    @property
    def warehouse_path(self) -> Path:
        """The published DuckDB file."""
        return Path(self.warehouse)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Choose the parts folder of this run and remove those of runs that were killed long ago."""
        parts = Path(self.staging, "parts")
        for folder in parts.glob("*"):
            if time.time() - folder.stat().st_mtime > STALE_PARTS_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        self._parts = parts / (context.run.run_id if context.run else "")

    @property
    def parts_path(self) -> Path:
        """The folder below which the workers of this run write their Parquet parts."""
        return self._parts

    @property
    def corrections_path(self) -> Path:
        """The folder of the corrections."""
        return Path(self.corrections)

    @property
    def progress_path(self) -> Path:
        """The folder of the ledger of imported progress."""
        return Path(self.progress)

    @property
    def max_bytes(self) -> int:
        """Size above which a file is not opened."""
        return int(self.max_mb * MIB)

    @property
    def limits(self) -> Limits:
        """Limits of a reader."""
        return Limits(max_bytes=self.max_bytes, max_expanded_bytes=int(self.expanded_mb * MIB))

    @property
    def worker_limits(self) -> WorkerLimits:
        """Limits of a worker."""
        return WorkerLimits(seconds=self.timeout, memory_bytes=self.memory_mb * MIB, workers=self.workers)


def without_run_config(resource: dg.ConfigurableResource[Any] | dg.ConfigurableIOManager) -> dg.ResourceDefinition:
    """Wrap a resource so that the configuration of a run cannot change it.

    A user who may start a run could otherwise make it write to any folder and connect to any address.
    """

    def create(context: dg.InitResourceContext) -> Any:
        copied = copy.copy(resource)
        copied.setup_for_execution(context)
        return copied

    kind = dg.IOManagerDefinition if isinstance(resource, dg.IOManager) else dg.ResourceDefinition
    return kind(resource_fn=create, config_schema={}, description=type(resource).__doc__)


class Batch(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Run configuration of one build.

    `waiting` are source paths of files that are still being written and are not read this time. An `unattended` run
    stops if raw/ is missing or empty, instead of removing every notice.
    """

    waiting: list[str] = Field(default=[])
    unattended: bool = False


class ExportResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of the exports: the warehouse they read, the folder they go to, and whether names of people appear."""

    warehouse: str
    folder: str
    persons: bool = True

    @property
    def warehouse_path(self) -> Path:
        """The published DuckDB file."""
        return Path(self.warehouse)


class FetchResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of fetching: the folder that holds the sources and takes the notices, and the name given to sites."""

    raw: str
    agent: str

    @property
    def raw_path(self) -> Path:
        """The folder of published notices."""
        return Path(self.raw)


class RowStaging(dg.ConfigurableIOManager):
    """What passes between assets, one file per asset in `folder`: a frame as Parquet, or where parts are."""

    folder: str

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame | Parts) -> None:
        """Write one frame, or the locations of the parts of a table."""
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(obj, Parts):
            path.write_text(json.dumps(asdict(obj), ensure_ascii=False), "utf-8")
        else:
            obj.write_parquet(path)

    def load_input(self, context: dg.InputContext) -> pl.DataFrame | Parts:
        """Read one frame, or the locations of the parts of a table."""
        path = self._path(context)
        if path.suffix == FRAME_SUFFIX:
            return pl.read_parquet(path)
        stored = json.loads(path.read_text("utf-8"))
        return Parts(stored["table"], tuple(stored["paths"]), stored["rows"], tuple(stored["excluded"]))

    def _path(self, context: dg.OutputContext | dg.InputContext) -> Path:
        *folders, name = context.asset_key.path
        table = ".".join(context.asset_key.path)
        return Path(self.folder, *folders, f"{name}{PARTS_SUFFIX if table in schemas.TABLES else FRAME_SUFFIX}")
