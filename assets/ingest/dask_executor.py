"""Files read on many machines: a scheduler of dask.distributed hands the batches to its workers.

The rows are those of a local build: the workers run the same function, in processes with the same limits."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import platform
import secrets
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import extractors
import schemas
from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import Candidate
from assets.ingest.results import BatchResult, unreadable_result
from assets.ingest.worker_pool import (
    WORKER_DIED,
    Batch,
    WorkerLimits,
    WorkerPool,
    abandoned_result,
    files_without_result,
    read_in_pool,
    split_batches,
)
from warehouse.errors import WarehouseError
from warehouse.request_guard import is_loopback

if TYPE_CHECKING:
    from distributed import Client, Future


CONNECT_SECONDS: Final = 15
PROTECTED: Final = frozenset({"tls", "wss"})
"""Schemes of addresses where both sides show a certificate before anything is said."""
QUEUED_PER_THREAD: Final = 3
"""Batches under way per thread of the cluster, so that no worker waits and no more bytes are in memory."""


class ClusterError(WarehouseError):
    """The cluster cannot be used; the text is Chinese and says why and what to do."""


def is_protected(address: str) -> bool:
    """Return whether the scheduler at `address` proves who it is, or runs on this machine."""
    scheme, _, rest = address.rpartition("://")
    try:
        host = urlsplit(f"//{rest}").hostname or ""
    except ValueError:
        host = ""
    return scheme.lower() in PROTECTED or is_loopback(host)


def require_protection(address: str, *, plain: bool) -> None:
    """Refuse a scheduler on another machine that is reached without certificates, unless `plain` allows it.

    What a scheduler sends is unpickled here: whoever takes its place runs code on this machine.

    Raises:
        ClusterError: the address is not protected.
    """
    if plain or is_protected(address):
        return
    raise ClusterError(
        f"没有连接调度器 {address}：它在另一台机器上，连接没有加密，也不核对身份，"
        "谁能连到这个端口，就能在每台机器上运行程序。"
        "请按 pipelines/CLUSTER.zh-CN.md 设好证书，改用 tls:// 开头的地址；"
        "确认网络中没有外人时，也可加 --cluster-plain（设置 cluster_plain）"
    )


def read_on_cluster(
    candidates: Sequence[Candidate], *, address: str, job: Job, worker_limits: WorkerLimits, plain: bool = False
) -> Iterator[BatchResult]:
    """Read every candidate on the workers of the scheduler at `address`; the deliveries as of `read_batch`.

    `plain`: the address may be that of another machine that is reached without certificates.

    The number of processes is that of the threads the workers offer. Work of a worker that is lost is done by
    another; a file that loses several workers is given up. Pages whose attachments lie beside them are read here where
    the workers do not see the folder. Raises ClusterError.
    """
    if not candidates:
        return
    require_protection(address, plain=plain)
    client = _connect(address)
    try:
        reader = _ClusterRun(client, candidates, job, worker_limits)
        yield from reader.deliveries()
    except (OSError, TimeoutError, CancelledError, asyncio.CancelledError) as error:
        raise ClusterError(f"与分布式集群的连接中断：{address}。请检查调度器后重新运行。（{error}）") from error
    finally:
        client.close()  # type: ignore[no-untyped-call]
    if reader.wanting:
        yield from read_in_pool(reader.wanting, job=job, worker_limits=worker_limits, name="here")


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        told = "没有安装分布式组件，不能使用 --cluster。请运行：pip install 'wenming-warehouse[cluster]'"
        raise ClusterError(told) from error
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (TypeError, RuntimeError) as error:
        # What distributed makes of tls:// where it was told of no certificates.
        raise ClusterError(
            f"不能用证书连接分布式调度器：{address}。请用环境变量 DASK_DISTRIBUTED__COMM__TLS__CA_FILE、"
            f"…__CLIENT__CERT、…__CLIENT__KEY 指明证书，见 pipelines/CLUSTER.zh-CN.md。（{error}）"
        ) from error
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"连不上分布式调度器：{address}。请核对地址，并确认调度器已启动。（{error}）") from error


class _ClusterRun:
    """One batch of files on its way through a cluster."""

    def __init__(self, client: Client, candidates: Sequence[Candidate], job: Job, limits: WorkerLimits) -> None:
        self.wanting: list[Candidate] = []
        self._client = client
        self._job = job
        folder = Path(job.folder)
        folder.mkdir(parents=True, exist_ok=True)
        sights = self._sights(candidates[0], folder)
        threads: dict[str, int] = client.nthreads()  # type: ignore[no-untyped-call]
        self._raw_seen = all(sight.raw for sight in sights.values())
        self._parts_seen = all(sight.parts for sight in sights.values())
        self._pool_limits = replace(limits, workers=max(threads.values()))
        self._threads = sum(threads.values())
        self._todo = deque(split_batches(candidates, self._threads))
        self._by_path = {candidate.source_path: candidate for candidate in candidates}
        self._names = (f"far-{number:06d}" for number in count(1))
        self._running: dict[Future[ClusterResult], ClusterTask] = {}

    def _sights(self, sample: Candidate, folder: Path) -> Mapping[str, WorkerInfo]:
        """What every worker is and sees. Raises ClusterError where one of them cannot do the work."""
        token, probe = secrets.token_hex(16), folder / "probe.txt"
        probe.write_text(token, "utf-8")
        try:
            sights: dict[str, WorkerInfo] = self._client.run(
                inspect_worker, sample.path, sample.bytes, str(probe), token
            )
        except (ImportError, AttributeError, TypeError) as error:
            told = f"集群中的机器没有安装本程序，或版本不同。请在每台机器上安装同一版本。（{error}）"
            raise ClusterError(told) from error
        finally:
            probe.unlink(missing_ok=True)
        if not sights:
            raise ClusterError("分布式调度器上还没有工作进程。请先在各台机器上启动 dask worker")
        _require_same_versions(cast("Mapping[str, Any]", self._client.get_versions()), sights)
        return sights

    def deliveries(self) -> Iterator[BatchResult]:
        from distributed import as_completed

        completed = as_completed(loop=self._client.loop)  # type: ignore[no-untyped-call]
        try:
            self._fill(completed)
            for future in completed:
                task = self._running.pop(future)
                yield from self._delivered(task, future)
                self._fill(completed)
        except BaseException:
            self._client.cancel(list(self._running))  # type: ignore[no-untyped-call]
            raise

    def _fill(self, completed: Any) -> None:
        while self._todo and len(self._running) < QUEUED_PER_THREAD * self._threads:
            self._submit(self._task(self._todo.popleft()), completed)

    def _submit(self, task: ClusterTask | None, completed: Any) -> None:
        if task is not None:
            future = self._client.submit(run_task, task, pure=False)
            self._running[future] = task
            completed.add(future)

    def _task(self, batch: Batch) -> ClusterTask | None:
        data = None
        if not self._raw_seen:
            batch, data = self._opened(batch)
            if not batch:
                return None
        return ClusterTask(batch, self._job, self._pool_limits, next(self._names), data, not self._parts_seen)

    def _opened(self, batch: Batch) -> tuple[Batch, tuple[bytes, ...]]:
        """The files that can be opened with their bytes; what cannot is left to be read, and explained, here."""
        found: list[tuple[Candidate, bytes]] = []
        for candidate in batch:
            try:
                found.append((candidate, Path(candidate.path).read_bytes()))
            except OSError:
                self.wanting.append(candidate)
        return tuple(candidate for candidate, _ in found), tuple(data for _, data in found)

    def _delivered(self, task: ClusterTask, future: Future[ClusterResult]) -> Iterator[BatchResult]:
        """What came of a task; where it came to nothing, its files are sent once more in another way."""
        from distributed import KilledWorker

        try:
            done: ClusterResult = future.result()
        except NotVisibleError:
            # A worker that came later sees less than those that were asked.
            self._raw_seen = self._parts_seen = False
            self._todo.append(task.batch)
            return
        except KilledWorker:
            if len(task.batch) > 1:
                self._todo.extend((one,) for one in task.batch)
            else:
                yield BatchResult((unreadable_result(task.batch[0], self._job.build, *WORKER_DIED),))
            return
        for (table, name), content in done.parts.items():
            path = Path(self._job.folder, table, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        for delivery in done.deliveries:
            self.wanting.extend(self._by_path[source_path] for source_path in delivery.wanting)
            yield self._at_home(delivery)

    def _at_home(self, delivery: BatchResult) -> BatchResult:
        """The delivery with the candidates as they are here, not as they were sent."""
        outcomes = (replace(one, candidate=self._by_path[one.source_path]) for one in delivery.outcomes)
        return replace(delivery, outcomes=tuple(outcomes))


def _require_same_versions(versions: Mapping[str, Any], sights: Mapping[str, WorkerInfo]) -> None:
    here = versions["client"]["packages"]["distributed"]
    others = {"调度器": versions["scheduler"], **versions["workers"]}
    for name, found in others.items():
        there = found["packages"]["distributed"]
        if there != here:
            raise ClusterError(f"集群中 distributed 的版本不一致：本机 {here}，{name} {there}。请装成同一版本")
    for name, sight in sights.items():
        if sight.python != python_version():
            raise ClusterError(f"集群中 Python 的版本不一致：本机 {python_version()}，{name} {sight.python}")
        if sight.version != program_version():
            raise ClusterError(
                f"集群中本程序的版本不一致：本机 {program_version()}，{name} {sight.version}。"
                "请在每台机器上安装同一版本"
            )
        if not sight.may_start_processes:
            raise ClusterError(
                f"工作进程 {name} 不能另起进程，单个文件的时限和内存上限无法生效。"
                "请在启动 dask worker 时加 --no-nanny，或设环境变量 DASK_DISTRIBUTED__WORKER__DAEMON=False"
            )


# What runs on the machines of a cluster: batches in a pool of limited processes, as on one machine.

_POOLS: dict[WorkerLimits, WorkerPool] = {}
_LOCK = threading.Lock()


class NotVisibleError(Exception):
    """The folder of the files, or that of the parts, is not to be seen from this machine."""


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What a machine is and sees."""

    python: str
    version: str
    raw: bool
    parts: bool
    may_start_processes: bool


@dataclass(frozen=True, slots=True)
class ClusterTask:
    """One batch to be staged. `data` are the bytes of its files, None where the worker opens them itself."""

    batch: Batch
    job: Job
    limits: WorkerLimits
    name: str
    data: tuple[bytes, ...] | None = None
    send_back: bool = False
    """True where the parts go back as bytes."""


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """What came of a task; `parts` are bytes by table and name, where they were to go back."""

    deliveries: tuple[BatchResult, ...]
    parts: Mapping[tuple[str, str], bytes] = field(default_factory=dict)


def program_version() -> str:
    """What must be the same on all machines: how notices are read, and what their rows look like."""
    return f"{extractors.version()} {schemas.fingerprint()}"


def python_version() -> str:
    """The version of Python without its last number."""
    return ".".join(platform.python_version_tuple()[:2])


def inspect_worker(raw_probe: str, raw_bytes: int, parts_probe: str, token: str) -> WorkerInfo:
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
    return WorkerInfo(python_version(), program_version(), raw, parts, not daemonic)


def run_task(task: ClusterTask) -> ClusterResult:
    """Stage a batch. Raises NotVisibleError where a shared folder is not there, OSError where parts cannot go."""
    if task.data is None and not Path(task.batch[0].path).parent.is_dir():
        raise NotVisibleError(task.batch[0].path)
    if not task.send_back and not Path(task.job.folder).is_dir():
        raise NotVisibleError(task.job.folder)
    with tempfile.TemporaryDirectory(prefix="wenming-") as aside:
        batch, job = task.batch, task.job
        if task.data is not None:
            batch, job = _write_files(batch, task.data, Path(aside, "raw")), replace(job, alone=True)
        if task.send_back:
            job = replace(job, folder=str(Path(aside, "parts")))
        deliveries = _process_task(batch, job, task.limits, task.name)
        parts = {}
        if task.send_back:
            names = [(table, name) for delivery in deliveries for table, name in delivery.parts.items()]
            parts = {(table, name): Path(job.folder, table, name).read_bytes() for table, name in names}
    return ClusterResult(tuple(deliveries), parts)


def _write_files(batch: Batch, data: Sequence[bytes], folder: Path) -> Batch:
    folder.mkdir()
    written = []
    for number, (candidate, content) in enumerate(zip(batch, data, strict=True)):
        path = folder / str(number)
        path.write_bytes(content)
        written.append(replace(candidate, path=str(path)))
    return tuple(written)


def _process_task(batch: Batch, job: Job, limits: WorkerLimits, name: str) -> list[BatchResult]:
    """The deliveries of a batch; of its files one by one where it came to nothing as a whole."""
    first = _process_in_pool(batch, job, limits, name)
    deliveries = [] if first is None else [first]
    rest = list(batch) if first is None else files_without_result(batch, first)
    for number, one in enumerate(rest):
        found = _process_in_pool((one,), job, limits, f"{name}-{number}")
        deliveries.append(abandoned_result(one, job) if found is None else found)
    return deliveries


def _process_in_pool(batch: Batch, job: Job, limits: WorkerLimits, name: str) -> BatchResult | None:
    """What came of a batch; None where it broke the pool."""
    pool = _shared_pool(limits)
    try:
        return pool.delivered(batch, job, pool.schedule(batch, job, name))
    except (BrokenProcessPool, RuntimeError):
        with _LOCK:
            if _POOLS.get(limits) is pool:
                del _POOLS[limits]
                pool.close()
        return None


def _shared_pool(limits: WorkerLimits) -> WorkerPool:
    """The pool of this process, which all its threads share: starting one costs more than a batch."""
    with _LOCK:
        if limits not in _POOLS:
            _POOLS[limits] = WorkerPool(limits.workers, limits)
        return _POOLS[limits]
