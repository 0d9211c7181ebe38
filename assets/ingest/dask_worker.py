"""What runs on the machines of a cluster: batches in a pool of limited processes, as on one machine.

Files come by their path on shared storage, or as bytes; the parts stay on shared storage, or go back as bytes.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path

import extractors
import schemas
from assets.ingest.batch_worker import Job
from assets.ingest.results import Delivery
from assets.ingest.worker_pool import Batch, Pool, WorkerLimits, given_up, unsettled

_POOLS: dict[WorkerLimits, Pool] = {}
_LOCK = threading.Lock()


class NotVisibleError(Exception):
    """The folder of the files, or that of the parts, is not to be seen from this machine."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a machine is and sees."""

    python: str
    version: str
    raw: bool
    parts: bool
    may_start_processes: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One batch to be staged. `data` are the bytes of its files, None where the worker opens them itself."""

    batch: Batch
    job: Job
    limits: WorkerLimits
    name: str
    data: tuple[bytes, ...] | None = None
    send_back: bool = False
    """True where the parts go back as bytes."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task; `parts` are bytes by table and name, where they were to go back."""

    deliveries: tuple[Delivery, ...]
    parts: Mapping[tuple[str, str], bytes] = field(default_factory=dict)


def program_version() -> str:
    """What must be the same on all machines: how notices are read, and what their rows look like."""
    return f"{extractors.version()} {schemas.fingerprint()}"


def python_version() -> str:
    """The version of Python without its last number."""
    return ".".join(platform.python_version_tuple()[:2])


def look(raw_probe: str, raw_bytes: int, parts_probe: str, token: str) -> Sight:
    """What this machine is, and whether it sees a file of this size and a file with this text."""
    daemonic = bool(multiprocessing.current_process().daemon)
    try:
        raw = Path(raw_probe).stat().st_size == raw_bytes
    except OSError:
        raw = False
    try:
        parts = Path(parts_probe).read_text("utf-8") == token and os.access(Path(parts_probe).parent, os.W_OK)
    except OSError:
        parts = False
    return Sight(python_version(), program_version(), raw, parts, not daemonic)


def work(task: Task) -> Done:
    """Stage a batch. Raises NotVisibleError where a shared folder is not there, OSError where parts cannot go."""
    if task.data is None and not Path(task.batch[0].path).parent.is_dir():
        raise NotVisibleError(task.batch[0].path)
    if not task.send_back and not Path(task.job.folder).is_dir():
        raise NotVisibleError(task.job.folder)
    with tempfile.TemporaryDirectory(prefix="wenming-") as aside:
        batch, job = task.batch, task.job
        if task.data is not None:
            batch, job = _written(batch, task.data, Path(aside, "raw")), replace(job, alone=True)
        if task.send_back:
            job = replace(job, folder=str(Path(aside, "parts")))
        deliveries = _settled(batch, job, task.limits, task.name)
        parts = {}
        if task.send_back:
            names = [(table, name) for delivery in deliveries for table, name in delivery.parts.items()]
            parts = {(table, name): Path(job.folder, table, name).read_bytes() for table, name in names}
    return Done(tuple(deliveries), parts)


def _written(batch: Batch, data: Sequence[bytes], folder: Path) -> Batch:
    folder.mkdir()
    written = []
    for number, (candidate, content) in enumerate(zip(batch, data, strict=True)):
        path = folder / str(number)
        path.write_bytes(content)
        written.append(replace(candidate, path=str(path)))
    return tuple(written)


def _settled(batch: Batch, job: Job, limits: WorkerLimits, name: str) -> list[Delivery]:
    """The deliveries of a batch; of its files one by one where it came to nothing as a whole."""
    first = _delivered(batch, job, limits, name)
    deliveries = [] if first is None else [first]
    rest = list(batch) if first is None else unsettled(batch, first)
    for number, one in enumerate(rest):
        found = _delivered((one,), job, limits, f"{name}-{number}")
        deliveries.append(given_up(one, job) if found is None else found)
    return deliveries


def _delivered(batch: Batch, job: Job, limits: WorkerLimits, name: str) -> Delivery | None:
    """What came of a batch; None where it broke the pool."""
    pool = _pool(limits)
    try:
        return pool.delivered(batch, job, pool.schedule(batch, job, name))
    except (BrokenProcessPool, RuntimeError):
        with _LOCK:
            if _POOLS.get(limits) is pool:
                del _POOLS[limits]
                pool.close()
        return None


def _pool(limits: WorkerLimits) -> Pool:
    """The pool of this process, which all its threads share: starting one costs more than a batch."""
    with _LOCK:
        if limits not in _POOLS:
            _POOLS[limits] = Pool(limits.workers, limits)
        return _POOLS[limits]
