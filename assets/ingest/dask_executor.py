"""Read files on many machines: a dask.distributed scheduler hands out the batches.

The rows are those of a local build: every cluster worker runs the same function, in a pool of processes with the same
limits. Files are opened by their path where the workers see the folder, else sent as bytes; parts are written to the
shared folder, or sent back as bytes. The second half of this module runs on the cluster workers.
"""

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
from warehouse.extras import install_command
from warehouse.request_guard import is_loopback

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS: Final = 15
PROTECTED: Final = frozenset({"tls", "wss"})
"""URL schemes in which both sides present a certificate."""
QUEUED_PER_THREAD: Final = 3
"""Batches submitted per thread of the cluster: enough that no worker waits, few enough to bound the memory."""

_POOLS: dict[WorkerLimits, WorkerPool] = {}
_POOLS_LOCK = threading.Lock()


class ClusterError(WarehouseError):
    """The cluster cannot be used; the text is Chinese and names cause and remedy."""


class NotVisibleError(Exception):
    """A cluster worker cannot see the folder of the files or that of the parts."""


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Versions and abilities of one cluster worker."""

    python: str
    version: str
    sees_raw: bool
    sees_parts: bool
    may_start_processes: bool


@dataclass(frozen=True, slots=True)
class ClusterTask:
    """One batch to be read. `data` are the bytes of its files, None where the worker opens them itself."""

    batch: Batch
    job: Job
    limits: WorkerLimits
    name: str
    data: tuple[bytes, ...] | None = None
    returns_parts: bool = False
    """True where the parts are sent back as bytes."""


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """The results of a task; `parts` are bytes by table and name, empty where the parts are on shared storage."""

    batch_results: tuple[BatchResult, ...]
    parts: Mapping[tuple[str, str], bytes] = field(default_factory=dict)


def is_protected(address: str) -> bool:
    """Return whether the scheduler at `address` proves its identity, or runs on this machine."""
    scheme, _, rest = address.rpartition("://")
    try:
        host = urlsplit(f"//{rest}").hostname or ""
    except ValueError:
        host = ""
    return scheme.lower() in PROTECTED or is_loopback(host)


def require_protection(address: str, *, plain: bool) -> None:
    """Refuse a scheduler on another machine that is reached without certificates, unless `plain` allows it.

    What a scheduler sends is unpickled here: an impostor could run code on this machine.

    Raises:
        ClusterError: The address is not protected.
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
    """Read every candidate on the workers of a scheduler and yield the results as `read_in_pool` does.

    The number of processes is the number of threads that the workers offer. The tasks of a lost worker are run by
    another one; a file that loses several workers is given up. Pages whose attachments lie beside them are read on
    this machine if the workers do not see the folder.

    Args:
        candidates: The files to read.
        address: The scheduler.
        job: What every worker needs to know.
        worker_limits: Limits of each process.
        plain: Allow another machine to be reached without certificates.

    Raises:
        ClusterError: The cluster cannot be used or the connection was lost.
    """
    if not candidates:
        return
    require_protection(address, plain=plain)
    client = _connect(address)
    try:
        run = _ClusterRun(client, candidates, job, worker_limits)
        yield from run.read()
    except (OSError, TimeoutError, CancelledError, asyncio.CancelledError) as error:
        raise ClusterError(f"与分布式集群的连接中断：{address}。请检查调度器后重新运行。（{error}）") from error
    finally:
        client.close()  # type: ignore[no-untyped-call]
    if run.deferred:
        yield from read_in_pool(run.deferred, job=job, worker_limits=worker_limits, name="here")


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        message = f"没有安装分布式组件，不能使用 --cluster。请运行：{install_command('cluster')}"
        raise ClusterError(message) from error
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (TypeError, RuntimeError) as error:
        # Raised by distributed for tls:// without configured certificates.
        raise ClusterError(
            f"不能用证书连接分布式调度器：{address}。请用环境变量 DASK_DISTRIBUTED__COMM__TLS__CA_FILE、"
            f"…__CLIENT__CERT、…__CLIENT__KEY 指明证书，见 pipelines/CLUSTER.zh-CN.md。（{error}）"
        ) from error
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"连不上分布式调度器：{address}。请核对地址，并确认调度器已启动。（{error}）") from error


class _ClusterRun:
    """The reading of one set of files on a cluster."""

    def __init__(self, client: Client, candidates: Sequence[Candidate], job: Job, limits: WorkerLimits) -> None:
        self.deferred: list[Candidate] = []
        """Files that have to be read on this machine."""
        self._client = client
        self._job = job
        folder = Path(job.folder)
        folder.mkdir(parents=True, exist_ok=True)
        workers = self._worker_infos(candidates[0], folder)
        threads: dict[str, int] = client.nthreads()  # type: ignore[no-untyped-call]
        self._raw_is_shared = all(info.sees_raw for info in workers.values())
        self._parts_are_shared = all(info.sees_parts for info in workers.values())
        self._pool_limits = replace(limits, workers=max(threads.values()))
        self._threads = sum(threads.values())
        self._queue = deque(split_batches(candidates, self._threads))
        self._by_path = {candidate.source_path: candidate for candidate in candidates}
        self._names = (f"far-{number:06d}" for number in count(1))
        self._running: dict[Future[ClusterResult], ClusterTask] = {}

    def _worker_infos(self, sample: Candidate, folder: Path) -> Mapping[str, WorkerInfo]:
        """Inspect every worker. Raises ClusterError if one of them cannot do the work."""
        token, probe = secrets.token_hex(16), folder / "probe.txt"
        probe.write_text(token, "utf-8")
        try:
            workers: dict[str, WorkerInfo] = self._client.run(
                inspect_worker, sample.path, sample.bytes, str(probe), token
            )
        except (ImportError, AttributeError, TypeError) as error:
            message = f"集群中的机器没有安装本程序，或版本不同。请在每台机器上安装同一版本。（{error}）"
            raise ClusterError(message) from error
        finally:
            probe.unlink(missing_ok=True)
        if not workers:
            raise ClusterError("分布式调度器上还没有工作进程。请先在各台机器上启动 dask worker")
        _require_same_versions(cast("Mapping[str, Any]", self._client.get_versions()), workers)
        return workers

    def read(self) -> Iterator[BatchResult]:
        """Yield the results of all batches as they are completed."""
        from distributed import as_completed

        completed = as_completed(loop=self._client.loop)  # type: ignore[no-untyped-call]
        try:
            self._submit_queued(completed)
            for future in completed:
                task = self._running.pop(future)
                yield from self._collect(task, future)
                self._submit_queued(completed)
        except BaseException:
            self._client.cancel(list(self._running))  # type: ignore[no-untyped-call]
            raise

    def _submit_queued(self, completed: Any) -> None:
        while self._queue and len(self._running) < QUEUED_PER_THREAD * self._threads:
            task = self._make_task(self._queue.popleft())
            if task is not None:
                future = self._client.submit(run_task, task, pure=False)
                self._running[future] = task
                completed.add(future)

    def _make_task(self, batch: Batch) -> ClusterTask | None:
        data = None
        if not self._raw_is_shared:
            batch, data = self._read_files(batch)
            if not batch:
                return None
        return ClusterTask(batch, self._job, self._pool_limits, next(self._names), data, not self._parts_are_shared)

    def _read_files(self, batch: Batch) -> tuple[Batch, tuple[bytes, ...]]:
        """Return the files that can be opened, with their bytes; the others are deferred, to be explained locally."""
        opened: list[tuple[Candidate, bytes]] = []
        for candidate in batch:
            try:
                opened.append((candidate, Path(candidate.path).read_bytes()))
            except OSError:
                self.deferred.append(candidate)
        return tuple(candidate for candidate, _ in opened), tuple(data for _, data in opened)

    def _collect(self, task: ClusterTask, future: Future[ClusterResult]) -> Iterator[BatchResult]:
        """Yield the results of a task; queue its files once more in another way if it failed."""
        from distributed import KilledWorker

        try:
            done: ClusterResult = future.result()
        except NotVisibleError:
            # A worker that joined later sees less than those that were inspected.
            self._raw_is_shared = self._parts_are_shared = False
            self._queue.append(task.batch)
            return
        except KilledWorker:
            if len(task.batch) > 1:
                self._queue.extend((candidate,) for candidate in task.batch)
            else:
                yield BatchResult((unreadable_result(task.batch[0], self._job.build, *WORKER_DIED),))
            return
        for (table, name), content in done.parts.items():
            path = Path(self._job.folder, table, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        for batch_result in done.batch_results:
            self.deferred.extend(self._by_path[source_path] for source_path in batch_result.deferred)
            yield self._with_local_candidates(batch_result)

    def _with_local_candidates(self, batch_result: BatchResult) -> BatchResult:
        """Replace the candidates as they were sent by those of this machine."""
        results = (replace(result, candidate=self._by_path[result.source_path]) for result in batch_result.results)
        return replace(batch_result, results=tuple(results))


def _require_same_versions(versions: Mapping[str, Any], workers: Mapping[str, WorkerInfo]) -> None:
    here = versions["client"]["packages"]["distributed"]
    others = {"调度器": versions["scheduler"], **versions["workers"]}
    for name, other in others.items():
        there = other["packages"]["distributed"]
        if there != here:
            raise ClusterError(f"集群中 distributed 的版本不一致：本机 {here}，{name} {there}。请装成同一版本")
    for name, info in workers.items():
        if info.python != python_version():
            raise ClusterError(f"集群中 Python 的版本不一致：本机 {python_version()}，{name} {info.python}")
        if info.version != program_version():
            raise ClusterError(
                f"集群中本程序的版本不一致：本机 {program_version()}，{name} {info.version}。请在每台机器上安装同一版本"
            )
        if not info.may_start_processes:
            raise ClusterError(
                f"工作进程 {name} 不能另起进程，单个文件的时限和内存上限无法生效。"
                "请在启动 dask worker 时加 --no-nanny，或设环境变量 DASK_DISTRIBUTED__WORKER__DAEMON=False"
            )


# The functions below run on the cluster workers.


def program_version() -> str:
    """Return what must be equal on all machines: the versions of the extractor and of the table schemas."""
    return f"{extractors.version()} {schemas.fingerprint()}"


def python_version() -> str:
    """Return the major and minor version of Python."""
    return ".".join(platform.python_version_tuple()[:2])


def inspect_worker(raw_probe: str, raw_bytes: int, parts_probe: str, token: str) -> WorkerInfo:
    """Return the versions of this worker and which folders it sees.

    Args:
        raw_probe: A file of raw/.
        raw_bytes: Its size.
        parts_probe: A file in the folder of the parts.
        token: Its content.
    """
    is_daemon = bool(multiprocessing.current_process().daemon)
    try:
        sees_raw = Path(raw_probe).stat().st_size == raw_bytes
    except OSError:
        sees_raw = False
    try:
        sees_parts = Path(parts_probe).read_text("utf-8") == token and os.access(Path(parts_probe).parent, os.W_OK)
    except OSError:
        sees_parts = False
    return WorkerInfo(python_version(), program_version(), sees_raw, sees_parts, not is_daemon)


def run_task(task: ClusterTask) -> ClusterResult:
    """Read a batch on a cluster worker.

    Raises:
        NotVisibleError: A shared folder is not visible.
        OSError: The parts cannot be written.
    """
    if task.data is None and not Path(task.batch[0].path).parent.is_dir():
        raise NotVisibleError(task.batch[0].path)
    if not task.returns_parts and not Path(task.job.folder).is_dir():
        raise NotVisibleError(task.job.folder)
    with tempfile.TemporaryDirectory(prefix="wenming-") as temporary:
        batch, job = task.batch, task.job
        if task.data is not None:
            batch, job = _write_files(batch, task.data, Path(temporary, "raw")), replace(job, isolated=True)
        if task.returns_parts:
            job = replace(job, folder=str(Path(temporary, "parts")))
        batch_results = _process_task(batch, job, task.limits, task.name)
        parts = {}
        if task.returns_parts:
            names = [(table, name) for batch_result in batch_results for table, name in batch_result.parts.items()]
            parts = {(table, name): Path(job.folder, table, name).read_bytes() for table, name in names}
    return ClusterResult(tuple(batch_results), parts)


def _write_files(batch: Batch, data: Sequence[bytes], folder: Path) -> Batch:
    folder.mkdir()
    written = []
    for number, (candidate, content) in enumerate(zip(batch, data, strict=True)):
        path = folder / str(number)
        path.write_bytes(content)
        written.append(replace(candidate, path=str(path)))
    return tuple(written)


def _process_task(batch: Batch, job: Job, limits: WorkerLimits, name: str) -> list[BatchResult]:
    """Return the results of a batch; its files are read one by one if it failed as a whole."""
    first = _process_in_pool(batch, job, limits, name)
    batch_results = [] if first is None else [first]
    rest = list(batch) if first is None else files_without_result(batch, first)
    for number, candidate in enumerate(rest):
        single = _process_in_pool((candidate,), job, limits, f"{name}-{number}")
        batch_results.append(abandoned_result(candidate, job) if single is None else single)
    return batch_results


def _process_in_pool(batch: Batch, job: Job, limits: WorkerLimits, name: str) -> BatchResult | None:
    """Return the result of a batch, None if it broke the pool."""
    pool = _shared_pool(limits)
    try:
        return pool.wait_for_result(batch, job, pool.schedule(batch, job, name))
    except (BrokenProcessPool, RuntimeError):
        with _POOLS_LOCK:
            if _POOLS.get(limits) is pool:
                del _POOLS[limits]
                pool.close()
        return None


def _shared_pool(limits: WorkerLimits) -> WorkerPool:
    """Return the pool of this process, shared by its threads because starting one costs more than a batch."""
    with _POOLS_LOCK:
        if limits not in _POOLS:
            _POOLS[limits] = WorkerPool(limits.workers, limits)
        return _POOLS[limits]
