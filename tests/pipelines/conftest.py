"""The command line, run in the process of the tests: Dagster is imported once."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import typer

import extractors
import pipelines.commands.build
from assets.ingest import discover_files
from assets.ingest.batch_worker import Job, process_batch
from assets.ingest.decisions import read_match_overrides, read_register
from assets.ingest.merge_results import merge_results
from assets.ingest.publish import find_similar_notices, publish
from assets.ingest.published_state import published_files
from assets.ingest.results import BuildInfo, ProgressCallback
from pipelines.cli import run
from pipelines.settings import Settings
from tests import asking
from tests.conftest import leave_out_views

TABLES = ("files", "notices", "tables", "cells", "indicators", "tasks", "task_parties", "findings", "clauses", "stages")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Exit status and output of one command."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """A raw folder and the warehouse built from it."""

    folder: Path

    def copy(self, folder: Path) -> Workspace:
        """Copy the workspace to another folder; a build finds nothing changed."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Workspace(folder)

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def warehouse(self) -> Path:
        return self.folder / "甲州.duckdb"

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file below raw/."""
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def build(self, *arguments: str) -> int:
        """Run `wenming build` and return its exit status."""
        return run(["build", "--raw", str(self.raw), "--warehouse", str(self.warehouse), *arguments])

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the published file."""
        return asking.rows(self.warehouse, query)

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every filled core table."""
        return {table: self.ask(f"SELECT * FROM core.{table}") for table in TABLES}

    def status(self) -> dict[str, str]:
        """Status by source path."""
        return dict(self.ask("SELECT source_path, status FROM core.files"))


@pytest.fixture(scope="session", autouse=True)
def one_command_line() -> Iterator[None]:
    """Typer makes the same commands of the same functions for each call, which takes longer than most commands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(autouse=True)
def plain_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove the settings of the environment; two workers are enough."""
    for name in list(os.environ):
        if name.upper().startswith("WENMING_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WENMING_WORKERS", "2")
    monkeypatch.setenv("WENMING_CORRECTIONS", str(tmp_path / "corrections"))
    monkeypatch.setenv("WENMING_PROGRESS", str(tmp_path / "progress"))


def run_without_dagster(
    settings: Settings, full: bool, progress: ProgressCallback, waiting: Collection[str] = (), fewer: bool = False
) -> None:
    """Run the steps of the job in this process, which saves seconds per build, for tests about what is built.

    Limits of time and memory are tested in tests/assets/test_worker_pool.py and test_bad_input.py.
    """
    version = extractors.version()
    register = read_register(settings.corrections)
    known = published_files(settings.warehouse, headers=bool(register.layouts), units=bool(register.units))
    plan = discover_files.make_plan(
        settings.raw,
        known,
        version=version,
        max_bytes=settings.max_bytes,
        full=full,
        register=register,
        waiting=waiting,
    )
    build = BuildInfo(datetime.now(UTC), version)
    folder = settings.warehouse.with_name("parts")
    shutil.rmtree(folder, ignore_errors=True)
    job = Job(
        extractors.extract, extractors.Limits(), build, str(folder), layouts=register.layouts, units=register.units
    )
    staged = merge_results(
        plan,
        [process_batch(plan.read, job, "part", math.inf)],
        known=known,
        find_similar=partial(find_similar_notices, settings.warehouse),
        build=build,
        folder=folder,
        register=register,
    )
    publish(
        settings.warehouse,
        plan,
        staged.parts,
        read_match_overrides(settings.corrections)[0],
        register=register,
        progress=settings.progress,
        fewer=fewer,
        keep=settings.editions,
    )


@pytest.fixture
def without_dagster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds of this test leave Dagster out."""
    monkeypatch.setattr(pipelines.commands.build, "_run_job", run_without_dagster)


@pytest.fixture
def core_alone(without_dagster: None, few_views: Callable[..., None]) -> None:
    """Builds of this test leave out Dagster and the marts and views that it does not ask."""
    few_views()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Workspace]:
    """A function that builds a workspace of these files without Dagster, for tests that begin with a copy.

    It has the named views and computed tables alone, so the tests ask for the same `few_views`, or for `core_alone`.
    """

    def built(files: Mapping[str, str | bytes], *views: str) -> Workspace:
        workspace = Workspace(tmp_path_factory.mktemp("start"))
        for name, content in files.items():
            workspace.put(name, content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipelines.commands.build, "_run_job", run_without_dagster)
            patch.setenv("WENMING_CORRECTIONS", str(workspace.folder / "corrections"))
            patch.setenv("WENMING_PROGRESS", str(workspace.folder / "progress"))
            leave_out_views(patch, *views)
            workspace.build()
        return workspace

    return built


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    made = Workspace(tmp_path)
    made.raw.mkdir()
    return made


@pytest.fixture
def run_command(capfd: pytest.CaptureFixture[str]) -> Callable[..., CommandResult]:
    """Run a command and hear what it says."""

    def received(*arguments: str) -> CommandResult:
        capfd.readouterr()
        code = run(list(arguments))
        return CommandResult(code, *capfd.readouterr())

    return received
