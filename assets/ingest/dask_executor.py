"""Files read on many machines: a scheduler of dask.distributed hands the batches to its workers.

The rows are those of a local build: the workers run the same function, in processes with the same limits.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import Candidate
from assets.ingest.dask_worker import Done, NotVisibleError, Sight, Task, look, program_version, python_version, work
from assets.ingest.results import Delivery, unread
from assets.ingest.worker_pool import DIED, Batch, WorkerLimits, batches, read_batch
from warehouse.errors import WarehouseError
from warehouse.request_guard import is_loopback

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS: Final = 15
PROTECTED: Final = frozenset({"tls", "wss"})
"""Schemes of addresses where both sides show a certificate before anything is said."""
AHEAD: Final = 3
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
) -> Iterator[Delivery]:
    """Read every candidate on the workers of the scheduler at `address`; the deliveries as of `read_batch`.

    `plain`: the address may be that of another machine that is reached without certificates.

    The number of processes is that of the threads the workers offer. Work of a worker that is lost is done by
    another; a file that loses several workers is given up. Pages whose attachments lie beside them are read here where
    the workers do not see the folder. Raises ClusterError.
    """
    if not candidates:
        return
    require_protection(address, plain=plain)
    client = _connected(address)
    try:
        reader = _Reader(client, candidates, job, worker_limits)
        yield from reader.deliveries()
    except (OSError, TimeoutError, CancelledError, asyncio.CancelledError) as error:
        raise ClusterError(f"与分布式集群的连接中断：{address}。请检查调度器后重新运行。（{error}）") from error
    finally:
        client.close()  # type: ignore[no-untyped-call]
    if reader.wanting:
        yield from read_batch(reader.wanting, job=job, worker_limits=worker_limits, name="here")


def _connected(address: str) -> Client:
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


class _Reader:
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
        self._todo = deque(batches(candidates, self._threads))
        self._by_path = {candidate.source_path: candidate for candidate in candidates}
        self._names = (f"far-{number:06d}" for number in count(1))
        self._running: dict[Future[Done], Task] = {}

    def _sights(self, sample: Candidate, folder: Path) -> Mapping[str, Sight]:
        """What every worker is and sees. Raises ClusterError where one of them cannot do the work."""
        token, probe = secrets.token_hex(16), folder / "probe.txt"
        probe.write_text(token, "utf-8")
        try:
            sights: dict[str, Sight] = self._client.run(look, sample.path, sample.bytes, str(probe), token)
        except (ImportError, AttributeError, TypeError) as error:
            told = f"集群中的机器没有安装本程序，或版本不同。请在每台机器上安装同一版本。（{error}）"
            raise ClusterError(told) from error
        finally:
            probe.unlink(missing_ok=True)
        if not sights:
            raise ClusterError("分布式调度器上还没有工作进程。请先在各台机器上启动 dask worker")
        _refuse_other_versions(cast("Mapping[str, Any]", self._client.get_versions()), sights)
        return sights

    def deliveries(self) -> Iterator[Delivery]:
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
        while self._todo and len(self._running) < AHEAD * self._threads:
            self._submit(self._task(self._todo.popleft()), completed)

    def _submit(self, task: Task | None, completed: Any) -> None:
        if task is not None:
            future = self._client.submit(work, task, pure=False)
            self._running[future] = task
            completed.add(future)

    def _task(self, batch: Batch) -> Task | None:
        data = None
        if not self._raw_seen:
            batch, data = self._opened(batch)
            if not batch:
                return None
        return Task(batch, self._job, self._pool_limits, next(self._names), data, not self._parts_seen)

    def _opened(self, batch: Batch) -> tuple[Batch, tuple[bytes, ...]]:
        """The files that can be opened with their bytes; what cannot is left to be read, and explained, here."""
        found: list[tuple[Candidate, bytes]] = []
        for candidate in batch:
            try:
                found.append((candidate, Path(candidate.path).read_bytes()))
            except OSError:
                self.wanting.append(candidate)
        return tuple(candidate for candidate, _ in found), tuple(data for _, data in found)

    def _delivered(self, task: Task, future: Future[Done]) -> Iterator[Delivery]:
        """What came of a task; where it came to nothing, its files are sent once more in another way."""
        from distributed import KilledWorker

        try:
            done: Done = future.result()
        except NotVisibleError:
            # A worker that came later sees less than those that were asked.
            self._raw_seen = self._parts_seen = False
            self._todo.append(task.batch)
            return
        except KilledWorker:
            if len(task.batch) > 1:
                self._todo.extend((one,) for one in task.batch)
            else:
                yield Delivery((unread(task.batch[0], self._job.build, *DIED),))
            return
        for (table, name), content in done.parts.items():
            path = Path(self._job.folder, table, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        for delivery in done.deliveries:
            self.wanting.extend(self._by_path[source_path] for source_path in delivery.wanting)
            yield self._at_home(delivery)

    def _at_home(self, delivery: Delivery) -> Delivery:
        """The delivery with the candidates as they are here, not as they were sent."""
        outcomes = (replace(one, candidate=self._by_path[one.source_path]) for one in delivery.outcomes)
        return replace(delivery, outcomes=tuple(outcomes))


def _refuse_other_versions(versions: Mapping[str, Any], sights: Mapping[str, Sight]) -> None:
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
