"""One batch of files through the extractor, each in a worker with a memory and a time limit.

A worker that dies, hangs or runs out of memory costs the file it held and nothing else. The workers know nothing of
Dagster, DuckDB or polars; they are given a path and hand back an `Extraction` or a Chinese reason.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import TimeoutError as TaskTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pebble import ProcessExpired, ProcessPool

from assets.plan import Candidate
from extractors import unpack
from extractors.bundle import Beside
from extractors.corrections import Correction
from extractors.document import ReadError
from extractors.readers.archive import Member
from extractors.records import Extraction

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

    from pebble import ProcessFuture

    from extractors import Limits

REREAD = "请保存并关闭该文件后再次运行 wenming build"
REPORT = "请把该文件另存为 docx 后再试；仍然失败时，请把文件与本条信息一并反馈给维护人员"
SPLIT = "请检查文件是否异常（嵌入了巨大的图片或表格），拆分或另存后再试；确需读取时调高 {setting} 后加 --full 重新构建"


MAYBE_SCANNED = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".zip", ".7z")
SECONDS_A_SCANNED_PAGE = 20.0
BYTES_A_SCANNED_PAGE = 50_000
"""Less than a readable page in black and white takes."""


class Extract(Protocol):
    """The extractor as the workers call it: a module-level function, so that it can be sent by name."""

    def __call__(
        self, data: bytes, name: str, *, limits: Limits, corrections: Sequence[Correction], beside: Beside | None
    ) -> Extraction: ...


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one file: an extraction, or a Chinese reason and remedy."""

    candidate: Candidate
    extraction: Extraction | None = None
    reason: str | None = None
    remedy: str | None = None
    parts: tuple[Reading, ...] = ()
    """What came of the members of an archive that holds several notices; it has no extraction of its own then."""
    seconds: float = 0.0
    """Wall time of the reading; 0 where the worker died and nobody knows."""


def read_batch(
    candidates: Sequence[Candidate],
    *,
    extract: Extract,
    limits: Limits,
    worker_limits: WorkerLimits,
) -> Iterator[Reading]:
    """Read every candidate and yield the readings in the order of `candidates`, each as soon as it is there.

    A pool that breaks down as a whole is replaced; a file that breaks a pool of its own is given up.
    """
    start = 0
    while start < len(candidates):
        broken_at = yield from _read_until_broken(candidates, start, extract, limits, worker_limits)
        if broken_at is None:
            return
        alone = yield from _read_until_broken(candidates[: broken_at + 1], broken_at, extract, limits, worker_limits)
        if alone is not None:
            yield _failed(candidates[broken_at], "读取进程反复异常退出", REPORT)
        start = broken_at + 1


def _read_until_broken(
    candidates: Sequence[Candidate], start: int, extract: Extract, limits: Limits, worker_limits: WorkerLimits
) -> Generator[Reading, None, int | None]:
    """Yield readings from `start` on; return the index at which the pool broke, or None at the end."""
    workers = max(1, min(worker_limits.workers, len(candidates) - start))
    pool = ProcessPool(
        max_workers=workers,
        initializer=_limit_worker,
        initargs=(worker_limits.memory_bytes,),
        context=_context(),
    )
    try:
        # A deque, so that a reading that was handed on does not stay in memory for the rest of the batch.
        futures = deque(
            pool.schedule(_read_one, args=(candidate, extract, limits), timeout=worker_limits.seconds_for(candidate))
            for candidate in candidates[start:]
        )
        for index in range(start, len(candidates)):
            try:
                yield _outcome(candidates[index], futures.popleft(), worker_limits)
            except BrokenProcessPool:
                return index
        return None
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble types its public calls, except this one
        pool.join()


def _outcome(candidate: Candidate, future: ProcessFuture[Reading], worker_limits: WorkerLimits) -> Reading:
    try:
        return future.result()
    except TaskTimeout:
        seconds = worker_limits.seconds_for(candidate)
        told = f"读取超过 {seconds:.0f} 秒仍未完成，已中止"
        return replace(_failed(candidate, told, SPLIT.format(setting="WENMING_TIMEOUT")), seconds=seconds)
    except ProcessExpired:
        return _failed(
            candidate, "读取进程异常退出（多为内存不足或文件损坏）", SPLIT.format(setting="WENMING_MEMORY_MB")
        )


def _read_one(candidate: Candidate, extract: Extract, limits: Limits) -> Reading:
    """The work of a worker, timed."""
    started = time.perf_counter()
    reading = _read_file(candidate, extract, limits)
    return replace(reading, seconds=time.perf_counter() - started)


def _read_file(candidate: Candidate, extract: Extract, limits: Limits) -> Reading:
    """Every failure becomes a reading, so that nothing but data crosses the process border."""
    try:
        data = Path(candidate.path).read_bytes()
    except OSError as error:
        return _failed(candidate, f"文件无法打开（{error.strerror or type(error).__name__}）", REREAD)
    if hashlib.sha256(data).hexdigest() != candidate.sha256:
        return _failed(candidate, "文件在读取期间被改动", REREAD)
    return _guarded(candidate, lambda: _read_data(candidate, data, extract, limits))


def _read_data(candidate: Candidate, data: bytes, extract: Extract, limits: Limits) -> Reading:
    """One file, or the members of an archive of several notices one by one."""
    inner = unpack(data, candidate.source_path, limits) if candidate.container is None else []
    if inner:
        return Reading(candidate, parts=tuple(_read_member(candidate, member, extract, limits) for member in inner))
    beside = _beside(candidate, limits) if candidate.container is None else None
    found = extract(data, candidate.source_path, limits=limits, corrections=candidate.corrections, beside=beside)
    return Reading(candidate, found)


def _beside(candidate: Candidate, limits: Limits) -> Beside:
    """Files by their path from the folder of this one; links are not followed and nothing large is read."""
    folder = Path(candidate.path).parent

    def read(path: str) -> bytes | None:
        found = folder / path
        try:
            if found.is_symlink() or not found.is_file() or found.stat().st_size > limits.max_bytes:
                return None
            return found.read_bytes()
        except (OSError, ValueError):
            return None

    return read


def _read_member(archive: Candidate, member: Member, extract: Extract, limits: Limits) -> Reading:
    candidate = Candidate(
        source_path=f"{archive.source_path}/{member.name}",
        path=archive.path,
        bytes=len(member.data),
        mtime_ns=archive.mtime_ns,
        sha256=hashlib.sha256(member.data).hexdigest(),
        container=archive.source_path,
    )
    if member.error is not None:
        return _failed(candidate, member.error.reason, member.error.remedy)
    return _guarded(candidate, lambda: _read_data(candidate, member.data, extract, limits))


def _guarded(candidate: Candidate, work: Callable[[], Reading]) -> Reading:
    try:
        return work()
    except ReadError as error:
        return _failed(candidate, error.reason, error.remedy)
    except MemoryError:
        return _failed(candidate, "读取所需内存超过上限", SPLIT.format(setting="WENMING_MEMORY_MB"))
    except Exception as error:  # one notice's surprise must not cost the others; the reason carries what it was
        return _failed(candidate, f"读取程序内部出错（{type(error).__name__}：{_short(error)}）", REPORT)


def _failed(candidate: Candidate, reason: str, remedy: str) -> Reading:
    return Reading(candidate, reason=reason, remedy=remedy)


def _short(error: Exception, width: int = 120) -> str:
    line = " ".join(str(error).split())
    return line if len(line) <= width else line[:width] + "…"


def _limit_worker(memory_bytes: int) -> None:
    """Cap this worker's address space where the system can, and keep a dying parser's last words off the terminal."""
    if memory_bytes and sys.platform != "win32":
        import resource

        # macOS refuses to lower RLIMIT_AS; there the time limit alone protects the build.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    silent = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(silent, descriptor)
    os.close(silent)


def _context() -> BaseContext:
    """Forkserver where there is one: each worker starts from a clean process that has the extractor loaded."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["extractors", "assets.read_batch"])
    return context
