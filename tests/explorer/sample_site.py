"""A small warehouse of published and made-up notices, and an explorer over it that listens on a free port."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from assets.ingest.results import ignore_progress
from pipelines.settings import Settings
from tests.pipelines.conftest import run_without_dagster
from tests.pipelines.sample_notices import as_text

NOTICES = Path(__file__).resolve().parents[1] / "notices" / "text"
PUBLISHED = ("zibo-2023", "yiyang-2021", "shanwei-2016", "huarong-2021")
PROSE = """关于印发《丙州市文明单位创建工作方案》的通知

一、主要任务

（一）强化学习

1.组织集体学习不少于12次。（牵头领导：崔克辉；责任科室：宣传科；配合科室：人事科；完成时限：12月底前）

2.开展主题宣讲。（责任单位：办公室；完成时限：长期）

丙州市精神文明建设指导委员会办公室

2022年3月1日
"""


def build(folder: Path) -> Path:
    """The warehouse: four published notices, two editions of a made-up one, one without a table."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for slug in PUBLISHED:
        shutil.copyfile(NOTICES / f"{slug}.txt", raw / f"{slug}.txt")
    (raw / "甲州2021.md").write_text(as_text("甲州", 5), "utf-8")
    (raw / "甲州2022.md").write_text(as_text("甲州", 6, "制定全年创建工作计划").replace("2021", "2022"), "utf-8")
    (raw / "丙州.md").write_text(PROSE, "utf-8")
    return publish(folder)


def publish(folder: Path) -> Path:
    """Build the warehouse of `folder` from its raw files."""
    warehouse = folder / "wenming.duckdb"
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    settings = Settings(
        raw=folder / "raw",
        warehouse=warehouse,
        corrections=folder / "corrections",
        progress=folder / "progress",
        workers=2,
    )
    run_without_dagster(settings, False, ignore_progress)
    return warehouse


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """The address of a server of `app` that runs in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
