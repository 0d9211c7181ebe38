"""Files read on a cluster: the same rows as at home, by path or as bytes, whatever becomes of the workers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dask
import polars as pl
import pytest
from distributed import LocalCluster

from assets.ingest import dask_executor
from assets.ingest.batch_worker import Job, process_batch
from assets.ingest.build_plan import Candidate
from assets.ingest.dask_executor import (
    ClusterError,
    ClusterResult,
    ClusterTask,
    NotVisibleError,
    WorkerInfo,
    _require_same_versions,
    inspect_worker,
    program_version,
    python_version,
    read_on_cluster,
    run_task,
)
from assets.ingest.discover_files import hash_file
from assets.ingest.results import BatchResult, BuildInfo
from assets.ingest.worker_pool import WorkerLimits, read_in_pool
from extractors import Limits, extract
from schemas.registry import TABLES
from tests.assets.certificates import certificate
from tests.assets.cluster import cluster as started
from tests.assets.workers import slowly
from tests.pipelines.sample_notices import as_text
from warehouse.store.staging_files import OWNER

BUILD = BuildInfo(datetime(2026, 1, 1, tzinfo=UTC), "1")
LIMITS = WorkerLimits(seconds=60, memory_bytes=4 << 30, workers=1)
VERSIONS = {
    "client": {"packages": {"distributed": "1"}},
    "scheduler": {"packages": {"distributed": "1"}},
    "workers": {"tcp://甲": {"packages": {"distributed": "1"}}},
}
WORKER = WorkerInfo(python_version(), program_version(), sees_raw=True, sees_parts=True, may_start_processes=True)


def candidates(folder: Path, number: int) -> list[Candidate]:
    """Notices that differ, and one page whose attachment lies beside it."""
    folder.mkdir()
    for at in range(number):
        (folder / f"{at:03d}.md").write_text(as_text(f"甲{'一二三四五六七八九'[at % 9]}州", at % 5 + 1), "utf-8")
    page = '<html><body><p>关于开展创建工作的通知</p><p><a href="附件.txt">附件.txt</a></p></body></html>'
    (folder / "页.html").write_text(page, "utf-8")
    (folder / "附件.txt").write_text(as_text("乙州"), "utf-8")
    paths = sorted(folder.iterdir())
    return [Candidate(p.name, str(p), p.stat().st_size, p.stat().st_mtime_ns, hash_file(p)) for p in paths]


def rows(batch_results: Iterable[BatchResult], folder: Path) -> dict[str, pl.DataFrame]:
    """The rows that were delivered, sorted, and the rows of core.files as text."""
    found = list(batch_results)
    results = sorted((one for batch_result in found for one in batch_result.results), key=lambda one: one.source_path)
    frames = {"files": pl.DataFrame({"row": [repr(sorted(one.file.items())) for one in results]})}
    for table in TABLES:
        paths = [folder / table / batch_result.parts[table] for batch_result in found if table in batch_result.parts]
        if paths:
            frames[table] = pl.concat([pl.read_parquet(path) for path in paths]).sort([*TABLES[table].order, OWNER])
    return frames


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> bool:
    return one.keys() == other.keys() and all(one[name].equals(other[name]) for name in one)


@pytest.mark.parametrize(
    ("versions", "info", "message"),
    [
        ({"scheduler": {"packages": {"distributed": "2"}}}, {}, "distributed 的版本不一致：本机 1，调度器 2"),
        ({}, {"python": "3.9"}, "Python 的版本不一致"),
        ({}, {"version": "0+old"}, "本程序的版本不一致"),
        ({}, {"may_start_processes": False}, "--no-nanny"),
    ],
)
def test_another_version_is_refused(versions: dict[str, object], info: dict[str, object], message: str) -> None:
    with pytest.raises(ClusterError, match=message):
        _require_same_versions(VERSIONS | versions, {"tcp://甲": replace(WORKER, **info)})  # type: ignore[arg-type]
    _require_same_versions(VERSIONS, {"tcp://甲": WORKER})


def test_a_worker_says_what_it_sees_of_the_shared_folders(tmp_path: Path) -> None:
    raw, probe = tmp_path / "甲.md", tmp_path / "parts" / "probe.txt"
    raw.write_text("abc", "utf-8")
    assert inspect_worker(str(raw), 3, str(probe), "t") == replace(WORKER, sees_parts=False)
    probe.parent.mkdir()
    probe.write_text("t", "utf-8")
    assert inspect_worker(str(raw), 3, str(probe), "t") == WORKER
    # Another file of the same name, as where each machine has a folder of its own at that place.
    assert inspect_worker(str(raw), 4, str(probe), "other") == replace(WORKER, sees_raw=False, sees_parts=False)
    assert not inspect_worker(str(tmp_path / "乙.md"), 3, str(probe), "t").sees_raw


def test_a_scheduler_that_is_not_there_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "CONNECT_SECONDS", 0.2)
    job = Job(extract, Limits(), BUILD, str(tmp_path))
    one = Candidate("甲.md", str(tmp_path / "甲.md"), 1, 0, "0" * 64)
    with pytest.raises(ClusterError, match="连不上分布式调度器"):
        list(read_on_cluster([one], address="tcp://127.0.0.1:9", job=job, worker_limits=LIMITS))


def test_bytes_give_the_rows_that_the_files_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        dask_executor, "_process_in_pool", lambda batch, job, _, name: process_batch(batch, job, name, math.inf)
    )
    batch = tuple(candidates(tmp_path / "raw", 2))
    job = Job(extract, Limits(), BUILD, str(tmp_path / "parts"))
    with pytest.raises(NotVisibleError):
        run_task(ClusterTask(batch, job, LIMITS, "near"))
    Path(job.folder).mkdir()
    near = run_task(ClusterTask(batch, job, LIMITS, "near"))
    data = tuple(Path(one.path).read_bytes() for one in batch)
    far = run_task(ClusterTask(batch, replace(job, folder="/nowhere"), LIMITS, "far", data, returns_parts=True))
    # The page asks for a file that was not sent with it.
    assert [one for batch_result in far.batch_results for one in batch_result.deferred] == ["页.html"]
    here = [
        replace(one, results=tuple(o for o in one.results if o.source_path != "页.html")) for one in near.batch_results
    ]
    keep_parts(far, tmp_path / "far")
    page = {o.file["file_id"] for one in near.batch_results for o in one.results if o.source_path == "页.html"}
    wanted = {
        name: frame if name == "files" else frame.filter(~pl.col(OWNER).is_in(page))
        for name, frame in rows(here, tmp_path / "parts").items()
    }
    assert same(rows(far.batch_results, tmp_path / "far"), {k: v for k, v in wanted.items() if v.height})


def keep_parts(done: ClusterResult, folder: Path) -> None:
    for (table, name), content in done.parts.items():
        (folder / table).mkdir(parents=True, exist_ok=True)
        (folder / table / name).write_bytes(content)


def see_nothing(patch: pytest.MonkeyPatch) -> None:
    """Let every worker see none of the shared folders."""
    look = dask_executor._ClusterRun._worker_infos
    patch.setattr(
        dask_executor._ClusterRun,
        "_worker_infos",
        lambda self, *a: {k: replace(s, sees_raw=False, sees_parts=False) for k, s in look(self, *a).items()},
    )


@pytest.fixture(scope="module")
def here() -> Iterator[str]:
    """The address of a cluster of two threads in this process, so that its parts can be exchanged."""
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize("seen", [True, False], ids=["shared storage", "bytes"])
def test_a_cluster_reads_every_file_once_and_here_what_needs_a_neighbour(
    here: str, seen: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process(batch: tuple[Candidate, ...], job: Job, _: WorkerLimits, name: str) -> BatchResult:
        return process_batch(batch, job, name, math.inf)

    monkeypatch.setattr(dask_executor, "_process_in_pool", process)
    monkeypatch.setattr(dask_executor, "QUEUED_PER_THREAD", 1)
    if not seen:
        see_nothing(monkeypatch)
    there = candidates(tmp_path / "raw", 5)
    lost = replace(there[0], source_path="没有.md", path=str(tmp_path / "raw" / "没有.md"))
    away = Job(extract, Limits(), BUILD, str(tmp_path / "away"))
    found = list(read_on_cluster([*there, lost], address=here, job=away, worker_limits=LIMITS))
    home = replace(away, folder=str(tmp_path / "home"))
    wanted = read_in_pool([*there, lost], job=home, worker_limits=LIMITS)
    assert same(rows(found, tmp_path / "away"), rows(wanted, tmp_path / "home"))
    # The candidates are those of this machine, wherever the bytes of a file were read.
    results = {one.source_path: one.candidate for batch_result in found for one in batch_result.results}
    assert results == {one.source_path: one for one in (*there, lost)}
    assert not (tmp_path / "away" / "probe.txt").exists()


@pytest.mark.fuzz
@pytest.mark.parametrize("seen", [True, False], ids=["shared storage", "bytes"])
def test_a_cluster_that_loses_a_worker_reads_what_one_machine_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    """A real scheduler and two workers, one of them killed while files are under way."""
    candidates_to_read = candidates(tmp_path / "raw", 60)
    home = Job(slowly, Limits(), BUILD, str(tmp_path / "home"))
    wanted = rows(
        read_in_pool(candidates_to_read, job=home, worker_limits=replace(LIMITS, workers=2)), tmp_path / "home"
    )
    away = replace(home, folder=str(tmp_path / "away"))
    if not seen:
        see_nothing(monkeypatch)
    with started(tmp_path, 2) as running:
        batch_results = []
        for batch_result in read_on_cluster(
            candidates_to_read, address=running.address, job=away, worker_limits=LIMITS
        ):
            batch_results.append(batch_result)
            if len(batch_results) == 2:
                running.workers[0].kill()
    assert len(batch_results) > 4
    assert same(rows(batch_results, tmp_path / "away"), wanted)


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.5:8786",
        "10.0.0.5:8786",
        "scheduler:8786",
        "tcp://[2001:db8::1]:8786",
        "ws://scheduler",
        "tcp://[",
        "",
    ],
)
def test_another_machine_is_not_reached_without_certificates(address: str, tmp_path: Path) -> None:
    candidates_to_read = candidates(tmp_path / "raw", 1)
    job = Job(extract, Limits(), BUILD, str(tmp_path / "home"))
    with pytest.raises(ClusterError, match="--cluster-plain"):
        next(read_on_cluster(candidates_to_read, address=address, job=job, worker_limits=LIMITS))
    dask_executor.require_protection(address, plain=True)


@pytest.mark.parametrize(
    "address", ["tls://10.0.0.5:8786", "tcp://127.0.0.1:8786", "localhost:8786", "tcp://[::1]:8786"]
)
def test_certificates_or_this_machine_will_do(address: str) -> None:
    assert dask_executor.is_protected(address)


def test_missing_certificates_are_reported() -> None:
    with pytest.raises(ClusterError, match="CA_FILE"):
        dask_executor._connect("tls://127.0.0.1:1")


@pytest.mark.fuzz
def test_a_cluster_with_certificates_reads_what_one_machine_reads(tmp_path: Path) -> None:
    """A real scheduler and worker that speak to nobody without the certificate, set up as CLUSTER.zh-CN.md says."""
    candidates_to_read = candidates(tmp_path / "raw", 4)
    home = Job(extract, Limits(), BUILD, str(tmp_path / "home"))
    wanted = rows(read_in_pool(candidates_to_read, job=home, worker_limits=LIMITS), tmp_path / "home")
    away = replace(home, folder=str(tmp_path / "away"))
    made, key = map(str, certificate(tmp_path))
    settings = {
        "distributed.comm.tls.ca-file": made,
        "distributed.comm.tls.client.cert": made,
        "distributed.comm.tls.client.key": key,
    }
    secured = ("--tls-ca-file", made, "--tls-cert", made, "--tls-key", key, "--protocol", "tls")
    with dask.config.set(settings), started(tmp_path, 1, *secured) as running:
        assert running.address.startswith("tls://")
        got = list(read_on_cluster(candidates_to_read, address=running.address, job=away, worker_limits=LIMITS))
        with pytest.raises(ClusterError, match="连不上"):
            dask_executor._connect(running.address.replace("tls://", "tcp://"))
    assert same(rows(got, tmp_path / "away"), wanted)
