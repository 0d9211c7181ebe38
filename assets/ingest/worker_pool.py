"""Files through a pool of workers, each file under a memory and a time limit.

Small files go to a worker several at a time. A worker that dies, hangs or runs out of memory costs the file it held
and nothing else: the files of its batch are read again one by one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import TimeoutError as TaskTimeout
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from pebble import ProcessExpired, ProcessPool

from assets.ingest import worker_setup
from assets.ingest.batch_worker import Job, stage
from assets.ingest.build_plan import Candidate
from assets.ingest.read_file import REPORT, SPLIT
from assets.ingest.results import Delivery, unread

if TYPE_CHECKING:
    from pebble import ProcessFuture

MAYBE_SCANNED: Final = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".zip", ".7z")
SECONDS_A_SCANNED_PAGE: Final = 20.0
BYTES_A_SCANNED_PAGE: Final = 50_000
"""Less than a readable page in black and white takes."""

SMALL_BYTES: Final = 256 << 10
"""A larger file is a batch of its own."""
FILES_A_BATCH: Final = 64
"""Handing over, examining and writing cost per batch what the reading of one small file costs."""
BATCHES_A_WORKER: Final = 4
"""So many batches at least for each worker, so that all end at about the same time."""

LOOK_SECONDS: Final = 1.0
"""How often a batch that is waited for is a reason to ask whether its pool still works."""

DIED: Final = ("读取进程异常退出（多为内存不足或文件损坏）", SPLIT.format(setting="WENMING_MEMORY_MB"))

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
        return self.seconds + SECONDS_A_SCANNED_PAGE * candidate.bytes / BYTES_A_SCANNED_PAGE


def batches(candidates: Sequence[Candidate], workers: int) -> list[Batch]:
    """The candidates as batches, in their order: small files together, others alone."""
    most = max(1, min(FILES_A_BATCH, len(candidates) // (workers * BATCHES_A_WORKER)))
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


class Pool:
    """Worker processes that stage batches. A batch that outlives its time or kills its worker delivers nothing."""

    def __init__(self, workers: int, limits: WorkerLimits) -> None:
        self._limits = limits
        self._pool = ProcessPool(
            max_workers=workers,
            initializer=worker_setup.begin,
            initargs=(limits.memory_bytes,),
            context=worker_setup.context(),
        )

    def __enter__(self) -> Pool:
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

    def schedule(self, batch: Batch, job: Job, name: str) -> ProcessFuture[Delivery]:
        """Let a worker stage a batch; its parts are called `name`."""
        seconds = max(self._limits.seconds_for(candidate) for candidate in batch)
        return self._pool.schedule(stage, args=(batch, job, name, seconds), timeout=seconds)

    def delivered(self, batch: Batch, job: Job, future: ProcessFuture[Delivery]) -> Delivery:
        """What came of a batch; a file alone that failed has its reason, of a batch that failed nothing is delivered.

        Raises BrokenProcessPool where the pool is of no use any more, OSError where the parts cannot be written.
        """
        # A pool that breaks down while it starts may leave a batch without an answer: no time limit runs for it yet.
        while not wait([future], timeout=LOOK_SECONDS).done:
            if not self._is_working():
                raise BrokenProcessPool
        try:
            return future.result()
        except (TaskTimeout, ProcessExpired) as error:
            if len(batch) > 1:
                return Delivery(())
            seconds = self._limits.seconds_for(batch[0]) if isinstance(error, TaskTimeout) else 0.0
            told, remedy = DIED
            if isinstance(error, TaskTimeout):
                told, remedy = f"读取超过 {seconds:.0f} 秒仍未完成，已中止", SPLIT.format(setting="WENMING_TIMEOUT")
            return Delivery((unread(batch[0], job.build, told, remedy, seconds=seconds),))


def read_batch(
    candidates: Sequence[Candidate], *, job: Job, worker_limits: WorkerLimits, name: str = "part"
) -> Iterator[Delivery]:
    """Read every candidate and yield what came of it, batch by batch, each as soon as it is there.

    The parts are called `<name>-<number>.parquet`. A pool that breaks down as a whole is replaced; a file that breaks
    a pool of its own is given up. Raises OSError where the parts cannot be written.
    """
    workers = max(1, min(worker_limits.workers, len(candidates)))
    names = (f"{name}-{number:06d}" for number in count(1))
    todo = deque(batches(candidates, workers))
    while todo:
        broken = yield from _until_broken(todo, workers, job, worker_limits, names)
        if broken:
            for one in todo.popleft():
                if (yield from _until_broken(deque([(one,)]), 1, job, worker_limits, names)):
                    yield given_up(one, job)


def given_up(candidate: Candidate, job: Job) -> Delivery:
    """The delivery of a file that breaks every pool."""
    return Delivery((unread(candidate, job.build, "读取进程反复异常退出", REPORT),))


def unsettled(batch: Batch, delivery: Delivery) -> list[Candidate]:
    """The files of a batch that have no outcome and are to be read alone."""
    done = {*(outcome.source_path for outcome in delivery.outcomes), *delivery.wanting}
    return [candidate for candidate in batch if candidate.source_path not in done]


def _until_broken(
    todo: deque[Batch], workers: int, job: Job, limits: WorkerLimits, names: Iterator[str]
) -> Generator[Delivery, None, bool]:
    """Yield deliveries and take their batches out of `todo`; True where the pool broke at the first one left."""
    with Pool(min(workers, len(todo)), limits) as pool:
        # A deque, so that a delivery that was handed on does not stay in memory for the rest of the build.
        running = deque(pool.schedule(batch, job, next(names)) for batch in todo)
        while todo:
            try:
                delivery = pool.delivered(todo[0], job, running.popleft())
            except BrokenProcessPool:
                return True
            for one in unsettled(todo.popleft(), delivery):
                todo.append((one,))
                running.append(pool.schedule((one,), job, next(names)))
            yield delivery
    return False
