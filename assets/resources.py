"""What the assets need from outside: folders, limits, and someone to tell about progress."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import polars as pl
from pydantic import Field

from assets.intake import MIB
from assets.read_batch import WorkerLimits
from extractors import Limits
from warehouse.kept import KEPT


class BuildResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of a build as Dagster shows them: folders, size limits in MB, seconds and workers."""

    raw: str
    warehouse: str
    corrections: str
    progress: str
    workers: int
    timeout: float
    memory_mb: int
    max_mb: float
    expanded_mb: float
    editions: int = KEPT
    full: bool = False

    @property
    def raw_path(self) -> Path:
        """The folder of published notices."""
        return Path(self.raw)

    @property
    def warehouse_path(self) -> Path:
        """The published DuckDB file."""
        return Path(self.warehouse)

    @property
    def corrections_path(self) -> Path:
        """The folder of the corrections that people keep."""
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
        """What a reader may take in."""
        return Limits(max_bytes=self.max_bytes, max_expanded_bytes=int(self.expanded_mb * MIB))

    @property
    def worker_limits(self) -> WorkerLimits:
        """What a worker may use."""
        return WorkerLimits(seconds=self.timeout, memory_bytes=self.memory_mb * MIB, workers=self.workers)


class Batch(dg.ConfigurableResource):  # type: ignore[type-arg]
    """What one run is told about raw/ when it is started.

    `waiting` are source paths of files that are still being written and are not read this time. An `unattended` run
    stops where raw/ is not there or empty, instead of taking every notice for removed.
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


class FrameStaging(dg.ConfigurableIOManager):
    """Frames between assets as Parquet files, one per asset, in `folder`."""

    folder: str

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Write one frame."""
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        obj.write_parquet(path)

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """Read one frame."""
        return pl.read_parquet(self._path(context))

    def _path(self, context: dg.OutputContext | dg.InputContext) -> Path:
        *folders, name = context.asset_key.path
        return Path(self.folder, *folders, f"{name}.parquet")
