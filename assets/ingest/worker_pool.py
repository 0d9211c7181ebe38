"""Read files in a pool of worker processes, each file under a memory limit and a time limit.

Small files are handed to a worker several at a time. A worker that dies, hangs or runs out of memory costs the file it
was reading and nothing else: the other files of its batch are read again one by one.
"""

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
"""Less than a legible page in black and white takes."""
SMALL_BYTES: Final = 256 << 10
"""A larger file is a batch of its own."""
FILES_PER_BATCH: Final = 64
"""Sending, validating and writing a batch costs as much as reading one small file."""
BATCHES_PER_WORKER: Final = 4
"""Minimum number of batches for each worker, so that all workers finish at about the same time."""
POLL_SECONDS: Final = 1.0
"""Interval at which a pool is checked while one of its batches is waited for."""
LIBRARIES_BYTES: Final = 512 << 20
"""Address space that polars, OpenCV and the OCR engine may map beside a file's own needs, most of it never touched."""
OBJECTS_BETWEEN_COLLECTIONS: Final = 10_000
"""The rows of a notice are many small objects without cycles: searching them for cycles costs and finds nothing."""
WORKER_DIED: Final = (
    "读取进程异常退出（多为内存不足或文件损坏）",
    SPLIT_REMEDY.format(setting="WENMING_MEMORY_MB"),
)
"""Reason and remedy for a file whose worker died."""

_PRELOADED_MODULES: Final = (
    "assets.ingest.worker_env",  # first: it sets variables that numpy, polars and OpenCV read when they are imported
    "extractors.attachments",
    "extractors.notice",
    "extractors.readers.docx",
    "assets.ingest.worker_pool",
    "schemas.pandera_models",
)
"""Imported once by the process that the workers are forked from: what `extractors.extract` imports on its first call,
and the reader of most files."""
_ARENA_MAX: Final = -8
"""M_ARENA_MAX in malloc.h of glibc."""

Batch = tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Limits of one file: seconds of wall time and bytes of address space (0 = no limit)."""

    seconds: float = 120.0
    memory_bytes: int = 2 << 30
    workers: int = 2

    def seconds_for(self, candidate: Candidate) -> float:
        """Return the time limit of a file.

        Recognising a scan takes seconds per page, and the number of pages is not known yet: files that may be scans
        get more time in proportion to their size.
        """
        if not candidate.source_path.lower().endswith(MAYBE_SCANNED):
            return self.seconds
        return self.seconds + SECONDS_PER_SCANNED_PAGE * candidate.bytes / BYTES_PER_SCANNED_PAGE


class WorkerPool:
    """Worker processes that read batches.

    A batch that exceeds its time limit or kills its worker has an empty result.
    """

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
        """End all workers immediately."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble types its public calls, except this one
        self._pool.join()

    def schedule(self, batch: Batch, job: Job, name: str) -> ProcessFuture[BatchResult]:
        """Let a worker read a batch; its parts are called `name`."""
        seconds = max(self._limits.seconds_for(candidate) for candidate in batch)
        return self._pool.schedule(process_batch, args=(batch, job, name, seconds), timeout=seconds)

    def wait_for_result(self, batch: Batch, job: Job, future: ProcessFuture[BatchResult]) -> BatchResult:
        """Wait for the result of a batch.

        A batch of one file that failed has a result with the reason; one of several files an empty result.

        Raises:
            BrokenProcessPool: The pool cannot be used any more.
            OSError: The parts cannot be written.
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
            if not isinstance(error, TaskTimeout):
                return BatchResult((unreadable_result(batch[0], job.build, *WORKER_DIED, seconds=0.0),))
            seconds = self._limits.seconds_for(batch[0])
            reason = f"读取超过 {seconds:.0f} 秒仍未完成，已中止"
            remedy = SPLIT_REMEDY.format(setting="WENMING_TIMEOUT")
            return BatchResult((unreadable_result(batch[0], job.build, reason, remedy, seconds=seconds),))

    def _is_working(self) -> bool:
        """Return whether the pool can still answer.

        `ProcessPool` marks itself as running after it has started its threads: a breakdown in between is overwritten,
        and shows only by threads that have ended.
        """
        return self._pool.active and all(loop.is_alive() for loop in self._pool._loops)


def split_batches(candidates: Sequence[Candidate], workers: int) -> list[Batch]:
    """Split candidates into batches, in their order: small files together, others alone."""
    max_files = max(1, min(FILES_PER_BATCH, len(candidates) // (workers * BATCHES_PER_WORKER)))
    batches: list[list[Candidate]] = []
    open_batch: list[Candidate] = []
    for candidate in candidates:
        if candidate.bytes > SMALL_BYTES or candidate.source_path.lower().endswith(MAYBE_SCANNED):
            batches.append([candidate])
            continue
        if not open_batch or len(open_batch) == max_files:
            open_batch = []
            batches.append(open_batch)
        open_batch.append(candidate)
    return [tuple(batch) for batch in batches]


def read_in_pool(
    candidates: Sequence[Candidate], *, job: Job, worker_limits: WorkerLimits, name: str = "part"
) -> Iterator[BatchResult]:
    """Read every candidate and yield the results of each batch in order, as soon as they are there.

    The parts are called `<name>-<number>.parquet`. A pool that breaks down as a whole is replaced; a file that breaks
    a pool of its own is given up.

    Raises:
        OSError: The parts cannot be written.
    """
    workers = max(1, min(worker_limits.workers, len(candidates)))
    names = (f"{name}-{number:06d}" for number in count(1))
    queue = deque(split_batches(candidates, workers))
    while queue:
        is_broken = yield from _run_until_broken(queue, workers, job, worker_limits, names)
        if is_broken:
            for candidate in queue.popleft():
                if (yield from _run_until_broken(deque([(candidate,)]), 1, job, worker_limits, names)):
                    yield abandoned_result(candidate, job)


def abandoned_result(candidate: Candidate, job: Job) -> BatchResult:
    """Return the result of a file that breaks every pool."""
    return BatchResult((unreadable_result(candidate, job.build, "读取进程反复异常退出", REPORT_REMEDY),))


def files_without_result(batch: Batch, batch_result: BatchResult) -> list[Candidate]:
    """Return the files of a batch that were not read and have to be read alone."""
    done = {*(result.source_path for result in batch_result.results), *batch_result.deferred}
    return [candidate for candidate in batch if candidate.source_path not in done]


def process_context(preloaded: Sequence[str] = _PRELOADED_MODULES) -> BaseContext:
    """Return the forkserver context if there is one: workers fork from a process that has these modules loaded."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preloaded))
    return context


def init_worker(memory_bytes: int) -> None:
    """Limit the address space of this worker where the system can, and redirect stdout and stderr to /dev/null."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    _share_one_arena()
    if memory_bytes and sys.platform != "win32":
        import resource

        # What libraries took at their start, or map when they are first used, does not count as memory of a file.
        limit = _address_space() + LIBRARIES_BYTES + memory_bytes
        # macOS refuses to lower RLIMIT_AS; there the time limit alone protects the build.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    null = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _share_one_arena() -> None:
    """Let all threads allocate from one arena: glibc would reserve 64 MB of address space for each."""
    if sys.platform == "linux":
        # Other C libraries have no such setting, and reserve nothing.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def _address_space() -> int:
    """Return the bytes of address space of this process; 0 where the system does not report it."""
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def _run_until_broken(
    queue: deque[Batch], workers: int, job: Job, limits: WorkerLimits, names: Iterator[str]
) -> Generator[BatchResult, None, bool]:
    """Yield results and take their batches out of `queue`; return True if the pool broke at the first one left."""
    with WorkerPool(min(workers, len(queue)), limits) as pool:
        # A deque, so that a result that was handed on does not stay in memory for the rest of the build.
        running = deque(pool.schedule(batch, job, next(names)) for batch in queue)
        while queue:
            try:
                batch_result = pool.wait_for_result(queue[0], job, running.popleft())
            except BrokenProcessPool:
                return True
            for candidate in files_without_result(queue.popleft(), batch_result):
                queue.append((candidate,))
                running.append(pool.schedule((candidate,), job, next(names)))
            yield batch_result
    return False
