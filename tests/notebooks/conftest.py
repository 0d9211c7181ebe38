"""Warehouses of several kinds, each built once for all workers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars._dependencies
import pytest
from filelock import FileLock

from pipelines.cli import run
from tests.pipelines.conftest import Workspace, run_without_dagster
from tests.pipelines.sample_notices import as_text, lines

TEXTS = ("huarong-2021.txt", "shanwei-2016.txt", "zibo-2023.txt")


def _later(text: str) -> str:
    """The next year's edition of a made-up notice: one task gone, one new, one with other points."""
    later = text.replace("2021", "2022").replace("制定年度创建工作方案", "建立创建工作台账")
    return later.replace("| 4 | 机关党委 |", "| 6 | 机关党委 |")


def _bare(place: str) -> str:
    """A notice whose table has tasks and nothing else: no points, party, deadline, evidence or method."""
    rows = ["| 序号 | 主要任务 |", "| --- | --- |", "| 1 | 开展志愿服务活动 |", "| 2 | 加强诚信建设 |"]
    return "\n\n".join(lines(place)) + "\n\n" + "\n".join(rows) + "\n"


def _twins(place: str) -> str:
    """A notice that asks two parties for the same by the same day."""
    same = "| 开展志愿服务活动 | 2021年10月31日前 |"
    rows = [
        "| 序号 | 主要任务 | 完成时限 | 责任科室 |",
        "|---|---|---|---|",
        f"| 1 {same} 办公室 |",
        f"| 2 {same} 人事科 |",
    ]
    return "\n\n".join(lines(place)) + "\n\n" + "\n".join(rows) + "\n"


@pytest.fixture(scope="session", autouse=True)
def quiet_end() -> Iterator[None]:
    """polars remembers every type it was given, which keeps duckdb alive and has it complain at the end of Python."""
    yield
    remembered = getattr(polars._dependencies, "_might_be", None)
    if remembered is not None:
        remembered.cache_clear()


@pytest.fixture(scope="session")
def warehouses(shared: Path, notices: Path) -> Callable[[str], Path]:
    """The warehouse of a kind: full (with two editions of a notice), one, bare, twins, empty, absent, damaged."""
    built: dict[str, Path] = {}
    folder = shared / "notebooks"
    folder.mkdir(exist_ok=True)

    def fill(workspace: Workspace, kind: str) -> None:
        if kind == "full":
            for name in TEXTS:
                shutil.copy(notices / "text" / name, workspace.raw / name)
            workspace.put("甲州2021.md", as_text("甲州", 3))
            workspace.put("甲州2022.md", _later(as_text("甲州", 3)))
        elif kind == "one":
            shutil.copy(notices / "text" / "tongchuan.txt", workspace.raw / "tongchuan.txt")
        elif kind == "bare":
            workspace.put("乙州.md", _bare("乙州"))
        elif kind == "twins":
            workspace.put("丙州.md", _twins("丙州"))
        elif kind == "empty":
            workspace.put("坏.xyz", "不是通知")

    def of(kind: str) -> Path:
        if kind in built:
            return built[kind]
        workspace = Workspace(folder / kind)
        with FileLock(folder / f"{kind}.lock"):
            if not workspace.raw.is_dir():
                workspace.raw.mkdir(parents=True)
                make(workspace, kind)
        built[kind] = workspace.warehouse
        return workspace.warehouse

    def make(workspace: Workspace, kind: str) -> None:
        if kind == "damaged":
            workspace.warehouse.write_bytes(b"no database at all")
        elif kind != "absent":
            fill(workspace, kind)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("pipelines.commands.build._run_job", run_without_dagster)
                patch.setenv("WENMING_WORKERS", "2")
                patch.setenv("WENMING_CORRECTIONS", str(workspace.folder / "corrections"))
                assert run(["build", "--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse)]) in (0, 1)

    return of
