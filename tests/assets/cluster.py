"""A scheduler and workers of dask.distributed as processes of their own on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Cluster:
    """The address of the scheduler and the processes of its workers."""

    folder: Path
    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    options: tuple[str, ...] = ()
    """What a worker is told beside the rest: its certificates."""

    def join(self, *, folder: Path | None = None) -> subprocess.Popen[bytes]:
        """Start one more worker with one thread."""
        name = f"worker{len(self.workers)}"
        options = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--host", "127.0.0.1"]
        place = ["--local-directory", str(self.folder / name)]
        child = start(["worker", self.address, *options, *self.options, *place], self.folder / f"{name}.log", folder)
        self.workers.append(child)
        return child


def start(arguments: list[str], log: Path, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """A dask command of this interpreter, its output in `log`."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env=environment,
            cwd=folder or REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def cluster(folder: Path, workers: int, *secured: str) -> Iterator[Cluster]:
    """A scheduler with so many workers, all of them there when the block begins, all gone when it ends.

    `secured` are the options of dask that name certificates; the client takes them from the configuration of dask.
    """
    from distributed import Client

    file = folder / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    scheduler = start(["scheduler", *options, *secured], folder / "scheduler.log")
    made = Cluster(folder, "", options=secured)
    try:
        for _ in range(600):
            if file.exists() and file.read_text("utf-8").strip():
                break
            time.sleep(0.1)
        made.address = json.loads(file.read_text("utf-8"))["address"]
        for _ in range(workers):
            made.join()
        with Client(made.address, timeout=60, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(workers, timeout=120)
        yield made
    finally:
        for child in (*made.workers, scheduler):
            child.kill()
            child.wait()
