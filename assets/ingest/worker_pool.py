"""Files through a pool of workers, each file under a memory and a time limit.

Small files go to a worker several at a time. A worker that dies, hangs or runs out of memory costs the file it held
and nothing else: the files of its batch are read again one by one."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import TimeoutError as TaskTimeout
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pebble import ProcessExpired, ProcessPool

from assets.ingest.batch_worker import Job, process_batch
from assets.ingest.build_plan import Candidate
from assets.ingest.read_file import REPORT_REMEDY, SPLIT_REMEDY
from assets.ingest.results import BatchResult, unreadable_result

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

    from pebble import ProcessFuture


MAYBE_SCANNED: Final = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".zip", ".7z")
SECONDS_PER_SCANNED_PAGE: Final = 20.0
BYTES_PER_SCANNED_PAGE: Final = 50_000
"""Less than a readable page in black and white takes."""

SMALL_BYTES: Final = 256 << 10
"""A larger file is a batch of its own."""
FILES_PER_BATCH: Final = 64
"""Handing over, examining and writing cost per batch what the reading of one small file costs."""
BATCHES_PER_WORKER: Final = 4
"""So many batches at least for each worker, so that all end at about the same time."""

POLL_SECONDS: Final = 1.0
"""How often a batch that is waited for is a reason to ask whether its pool still works."""

WORKER_DIED: Final = ("读取进程异常退出（多为内存不足或文件损坏）", SPLIT_REMEDY.format(setting="WENMING_MEMORY_MB"))

Batch = tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one file may cost: seconds of wall time and bytes of address space (0 = no limit)."""

    seconds: float = 120.0
    memory_bytes: int = 2 << 30
    workers: int = 2

    def seconds_for(self, candidate: Candidate) -> float:
        """Scans take seconds a page: what may be one gets more time, by its size, since its pages are not known yet."""
        if not candidate.source_path.lower().endswith(MAYBE_SCANNED):
            return self.seconds
        return self.seconds + SECONDS_PER_SCANNED_PAGE * candidate.bytes / BYTES_PER_SCANNED_PAGE


def split_batches(candidates: Sequence[Candidate], workers: int) -> list[Batch]:
    """The candidates as batches, in their order: small files together, others alone."""
    most = max(1, min(FILES_PER_BATCH, len(candidates) // (workers * BATCHES_PER_WORKER)))
    made: list[list[Candidate]] = []
    open_batch: list[Candidate] = []
    for candidate in candidates:
        if candidate.bytes > SMALL_BYTES or candidate.source_path.lower().endswith(MAYBE_SCANNED):
            made.append([candidate])
            continue
        if not open_batch or len(open_batch) == most:
            open_batch = []
            made.append(open_batch)
        open_batch.append(candidate)
    return [tuple(batch) for batch in made]


class WorkerPool:
    """Worker processes that stage batches. A batch that outlives its time or kills its worker delivers nothing."""

    def __init__(self, workers: int, limits: WorkerLimits) -> None:
        self._limits = limits
        self._pool = ProcessPool(
            max_workers=workers,
            initializer=init_worker,
            initargs=(limits.memory_bytes,),
            context=process_context(),
        )

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble types its public calls, except this one
        self._pool.join()

    def _is_working(self) -> bool:
        """False where the pool broke down, also where pebble's start took its word of that back.

        `ProcessPool` marks itself as running after it has started its threads: a breakdown in between is overwritten,
        and shows only by threads that have ended.
        """
        return self._pool.active and all(loop.is_alive() for loop in self._pool._loops)

    def schedule(self, batch: Batch, job: Job, name: str) -> ProcessFuture[BatchResult]:
        """Let a worker stage a batch; its parts are called `name`."""
        seconds = max(self._limits.seconds_for(candidate) for candidate in batch)
        return self._pool.schedule(process_batch, args=(batch, job, name, seconds), timeout=seconds)

    def delivered(self, batch: Batch, job: Job, future: ProcessFuture[BatchResult]) -> BatchResult:
        """What came of a batch; a file alone that failed has its reason, of a batch that failed nothing is delivered.

        Raises BrokenProcessPool where the pool is of no use any more, OSError where the parts cannot be written.
        """
        # A pool that breaks down while it starts may leave a batch without an answer: no time limit runs for it yet.
        while not wait([future], timeout=POLL_SECONDS).done:
            if not self._is_working():
                raise BrokenProcessPool
        try:
            return future.result()
        except (TaskTimeout, ProcessExpired) as error:
            if len(batch) > 1:
                return BatchResult(())
            seconds = self._limits.seconds_for(batch[0]) if isinstance(error, TaskTimeout) else 0.0
            told, remedy = WORKER_DIED
            if isinstance(error, TaskTimeout):
                told, remedy = (
                    f"读取超过 {seconds:.0f} 秒仍未完成，已中止",
                    SPLIT_REMEDY.format(setting="WENMING_TIMEOUT"),
                )
            return BatchResult((unreadable_result(batch[0], job.build, told, remedy, seconds=seconds),))


def read_in_pool(
    candidates: Sequence[Candidate], *, job: Job, worker_limits: WorkerLimits, name: str = "part"
) -> Iterator[BatchResult]:
    """Read every candidate and yield what came of it, batch by batch, each as soon as it is there.

    The parts are called `<name>-<number>.parquet`. A pool that breaks down as a whole is replaced; a file that breaks
    a pool of its own is given up. Raises OSError where the parts cannot be written.
    """
    workers = max(1, min(worker_limits.workers, len(candidates)))
    names = (f"{name}-{number:06d}" for number in count(1))
    todo = deque(split_batches(candidates, workers))
    while todo:
        broken = yield from _run_until_broken(todo, workers, job, worker_limits, names)
        if broken:
            for one in todo.popleft():
                if (yield from _run_until_broken(deque([(one,)]), 1, job, worker_limits, names)):
                    yield abandoned_result(one, job)


def abandoned_result(candidate: Candidate, job: Job) -> BatchResult:
    """The delivery of a file that breaks every pool."""
    return BatchResult((unreadable_result(candidate, job.build, "读取进程反复异常退出", REPORT_REMEDY),))


def files_without_result(batch: Batch, delivery: BatchResult) -> list[Candidate]:
    """The files of a batch that have no outcome and are to be read alone."""
    done = {*(outcome.source_path for outcome in delivery.outcomes), *delivery.wanting}
    return [candidate for candidate in batch if candidate.source_path not in done]


def _run_until_broken(
    todo: deque[Batch], workers: int, job: Job, limits: WorkerLimits, names: Iterator[str]
) -> Generator[BatchResult, None, bool]:
    """Yield deliveries and take their batches out of `todo`; True where the pool broke at the first one left."""
    with WorkerPool(min(workers, len(todo)), limits) as pool:
        # A deque, so that a delivery that was handed on does not stay in memory for the rest of the build.
        running = deque(pool.schedule(batch, job, next(names)) for batch in todo)
        while todo:
            try:
                delivery = pool.delivered(todo[0], job, running.popleft())
            except BrokenProcessPool:
                return True
            for one in files_without_result(todo.popleft(), delivery):
                todo.append((one,))
                running.append(pool.schedule((one,), job, next(names)))
            yield delivery
    return False


# How a worker process begins: from a process that has the extractor loaded, and under a limit of memory.

LIBRARIES_BYTES: Final = 512 << 20
"""Address space that polars, OpenCV and the recogniser may map beside a file's own needs, most of it never touched."""

_PRELOADED_MODULES: Final = ("extractors.attachments", "extractors.notice", "extractors.readers.docx")
"""What `extractors.extract` imports when it is first called, and the reader of most files."""

OBJECTS_BETWEEN_COLLECTIONS: Final = 10_000
"""The rows of a notice are many small objects and no cycles: looking for cycles among them costs and finds nothing."""

_ARENA_MAX: Final = -8
"""M_ARENA_MAX in malloc.h of glibc."""


def process_context() -> BaseContext:
    """Forkserver where there is one: each worker starts from a clean process that has the extractor loaded."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(
        ["assets.ingest.worker_env", *_PRELOADED_MODULES, "assets.ingest.worker_pool", "schemas.pandera_models"]
    )
    return made


def init_worker(memory_bytes: int) -> None:
    """Cap this worker's address space where the system can, and keep a dying parser's last words off the terminal."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    _share_one_arena()
    if memory_bytes and sys.platform != "win32":
        import resource

        # What libraries took at their start, or map when they are first used, is no memory of a file.
        most = _address_space() + LIBRARIES_BYTES + memory_bytes
        # macOS refuses to lower RLIMIT_AS; there the time limit alone protects the build.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    silent = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(silent, descriptor)
    os.close(silent)


def _share_one_arena() -> None:
    """Let all threads allocate from one place: glibc would reserve 64 MB of address space for each."""
    if sys.platform == "linux":
        # Other C libraries have no such setting, and reserve nothing.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def _address_space() -> int:
    """Bytes of address space that this process holds; 0 where the system does not say."""
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()
