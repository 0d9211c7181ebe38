"""Read the files of a plan and merge the results into the rows that one build publishes, without duplicates."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemas
from assets.ingest import run_history, validation_rules
from assets.ingest.batch_worker import Job
from assets.ingest.build_plan import Plan, PublishedFile
from assets.ingest.confirmed_layouts import select_fitting
from assets.ingest.confirmed_units import select_fitting_units
from assets.ingest.decisions import Register, decisions_digest
from assets.ingest.duplicates import Duplicate, NoticeIdentity, find_duplicates
from assets.ingest.quarantine import FILES
from assets.ingest.results import BatchResult, BuildInfo, FileResult, ProgressCallback, build_file_row
from assets.ingest.worker_pool import WorkerLimits, read_in_pool
from warehouse.store.staging_files import Parts, stage_frame

LOG = logging.getLogger("wenming")
SOURCES = "ops.sources"

Breaches = dict[tuple[str, str], list[str]]
"""Chinese messages by rule and table."""
FindSimilar = Callable[[Sequence[NoticeIdentity]], Iterable[NoticeIdentity]]
"""Returns the published notices that may be duplicates of the given ones."""


@dataclass(frozen=True, slots=True)
class StagedTables:
    """What a build publishes: parts and breaches by table."""

    parts: Mapping[str, Parts]
    breaches: Breaches


@dataclass(slots=True)
class _Accumulator:
    """Rows that are not in the parts of the workers, and an index of those that are."""

    files: list[Mapping[str, Any]] = field(default_factory=list)
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    sources: list[Mapping[str, Any]] = field(default_factory=list)
    results: list[FileResult] = field(default_factory=list)
    """All files that were read."""
    notices: dict[str, FileResult] = field(default_factory=dict)
    """The notices to load, by source path."""
    excluded_file_ids: list[str] = field(default_factory=list)
    """The file_ids of notices that are in the parts and must not be loaded."""
    paths: dict[str, list[str]] = field(default_factory=dict)
    """The parts by table."""
    breaches: Breaches = field(default_factory=dict)


def read_planned_files(
    plan: Plan,
    job: Job,
    *,
    worker_limits: WorkerLimits,
    progress: ProgressCallback,
    cluster: str = "",
    plain: bool = False,
) -> Iterator[BatchResult]:
    """Read the files of a plan and yield the results batch by batch.

    Args:
        plan: The files to read.
        job: What every worker needs to know.
        worker_limits: Limits of a worker.
        progress: Called after every file.
        cluster: Address of a dask scheduler; empty to read on this machine.
        plain: Allow a scheduler on another machine without certificates.
    """
    done = 0
    for batch_result in _read_batches(plan, job, worker_limits, cluster, plain):
        for result in batch_result.results:
            LOG.info(
                "file_read",
                extra={
                    "source_path": result.source_path,
                    "carrier": result.format,
                    "bytes": result.candidate.bytes,
                    "seconds": round(result.seconds, 3),
                    "reason": result.reason if result.file["status"] == "unreadable" else None,
                },
            )
            done += 1
            progress(done, len(plan.read), result.source_path)
        yield batch_result


def merge_results(
    plan: Plan,
    batch_results: Iterable[BatchResult],
    *,
    known: Mapping[str, PublishedFile],
    find_similar: FindSimilar,
    build: BuildInfo,
    folder: Path,
    register: Register | None = None,
) -> StagedTables:
    """Merge the results of all batches into one `Parts` per core table, for `ops.sources` and for the tables of runs.

    A source path in `core.files` replaces everything published under that path.

    Args:
        plan: What the build reads, refuses and removes.
        batch_results: The results of the workers, consumed as they come.
        known: The published files by source path.
        find_similar: Looks up published notices that may be duplicates.
        build: Clock and version of the build.
        folder: The folder of the parts, one folder per table; the parts written here are added.
        register: The decisions of people that the files were read with.
    """
    rows = _Accumulator()
    counter = run_history.RunCounter()
    read = {item.source_path for item in plan.read}
    replaced_paths = read | set(plan.removed) | {refused.source_path for refused in plan.refused}
    published = {source_path: row for source_path, row in known.items() if source_path not in replaced_paths}
    for refused in plan.refused:
        row = build_file_row(refused.source_path, refused.bytes, None, build)
        rows.files.append(row | {"status": "unreadable", "reason": refused.reason, "remedy": refused.remedy})
        rows.sources.append(_source_row(refused.source_path, refused.bytes, refused.mtime_ns, None, build))
    for result in _flatten_archives(counter.count(_collect_parts(batch_results, rows, folder))):
        read.add(result.source_path)
        _add_result(result, rows)
    identities = [notice.identity for notice in rows.notices.values() if notice.identity is not None]
    identities += [
        notice
        for notice in find_similar(identities)
        if notice.source_path in published and notice.source_path not in read
    ]
    _add_duplicates(find_duplicates(identities), rows, published, build)
    decided = register or Register()
    rows.sources.extend(_read_source_row(result, rows.notices, decided, build) for result in rows.results)
    return _build_tables(rows, counter, plan, build, folder)


def _read_batches(
    plan: Plan, job: Job, worker_limits: WorkerLimits, cluster: str, plain: bool
) -> Iterator[BatchResult]:
    if not cluster:
        return read_in_pool(plan.read, job=job, worker_limits=worker_limits)
    # Importing dask takes a second: only its users should pay for it.
    from assets.ingest.dask_executor import read_on_cluster

    return read_on_cluster(plan.read, address=cluster, job=job, worker_limits=worker_limits, plain=plain)


def _collect_parts(batch_results: Iterable[BatchResult], rows: _Accumulator, folder: Path) -> Iterator[FileResult]:
    for batch_result in batch_results:
        for table, name in batch_result.parts.items():
            rows.paths.setdefault(table, []).append(str(folder / table / name))
        for pair, messages in batch_result.breaches.items():
            rows.breaches.setdefault(pair, []).extend(messages)
        yield from batch_result.results


def _flatten_archives(results: Iterable[FileResult]) -> Iterator[FileResult]:
    """Yield every result, followed by those of the members of an archive."""
    for result in results:
        yield result
        yield from result.members


def _add_result(result: FileResult, rows: _Accumulator) -> None:
    rows.results.append(result)
    rows.findings.extend(result.findings)
    if result.identity is None:
        rows.files.append(result.file)
    else:
        rows.notices[result.source_path] = result


def _add_duplicates(
    duplicates: Mapping[str, Duplicate],
    rows: _Accumulator,
    published: Mapping[str, PublishedFile],
    build: BuildInfo,
) -> None:
    """Add a row for every duplicate: files just read, published files, and those that repeat a new duplicate."""
    for source_path, duplicate in duplicates.items():
        if source_path in rows.notices:
            file = rows.notices.pop(source_path).file
            rows.excluded_file_ids.append(str(file["file_id"]))
            rows.files.append({**file, **_duplicate_fields(duplicate)})
        else:
            rows.files.append(_published_file_row(published[source_path]) | _duplicate_fields(duplicate))
            rows.sources.append(_published_source_row(published[source_path], build))
    for row in published.values():
        demoted = duplicates.get(row.duplicate_of or "")
        if demoted is None:
            continue
        how = (row.reason or "").split("，已采用")[0]
        moved = Duplicate(row.source_path, demoted.duplicate_of, f"{how}，已采用“{demoted.duplicate_of}”")
        rows.files.append(_published_file_row(row) | _duplicate_fields(moved))
        rows.sources.append(_published_source_row(row, build))


def _build_tables(
    rows: _Accumulator, counter: run_history.RunCounter, plan: Plan, build: BuildInfo, folder: Path
) -> StagedTables:
    loaded = [rows.notices[source_path] for source_path in sorted(rows.notices)]
    files = schemas.frame(FILES, [*(result.file for result in loaded), *rows.files]).sort("source_path")
    findings = schemas.frame(validation_rules.FINDINGS, rows.findings)
    own = {name: schemas.empty(name) for name in validation_rules.CORE} | {
        FILES: files,
        validation_rules.FINDINGS: findings,
    }
    for pair, listed in validation_rules.find_breaches(own).items():
        rows.breaches.setdefault(pair, []).extend(breach.message for breach in listed)
    _check_duplicate_notices(loaded, rows.breaches)
    counts = Counter[str]()
    for result in loaded:
        counts.update(result.rows)
    excluded_file_ids = tuple(sorted(rows.excluded_file_ids))
    parts = {
        name: Parts(name, tuple(rows.paths.get(name, ())) if counts[name] else (), counts[name], excluded_file_ids)
        for name in validation_rules.CORE
    }
    small = own | {SOURCES: schemas.frame(SOURCES, rows.sources).sort("source_path")}
    small |= counter.frames(plan, own, build.started_at)
    for name, frame in small.items():
        made = stage_frame(name, frame, folder / name / "own.parquet")
        old = parts.get(name, Parts(name))
        parts[name] = Parts(name, old.paths + made.paths, old.rows + made.rows, old.excluded)
    return StagedTables(parts, rows.breaches)


def _check_duplicate_notices(loaded: Sequence[FileResult], breaches: Breaches) -> None:
    """Report a notice that two batches hold; the workers only see the notices of one batch."""
    double = [notice_id for notice_id, times in Counter(result.notice_id for result in loaded).items() if times > 1]
    if double:
        examples = "、".join(map(str, double[: validation_rules.MAX_EXAMPLES]))
        message = f"{validation_rules.NOTICES} 的主键 notice_id 重复：{examples}"
        breaches.setdefault(("key_unique", validation_rules.NOTICES), []).append(message)


def _published_file_row(row: PublishedFile) -> dict[str, Any]:
    return {
        "file_id": row.file_id,
        "source_path": row.source_path,
        "sha256": row.sha256,
        "format": row.format,
        "bytes": row.bytes,
        "ingested_at": row.ingested_at,
        "extractor_version": row.extractor_version,
        "container": row.container,
    }


def _duplicate_fields(duplicate: Duplicate) -> dict[str, Any]:
    return {
        "status": "duplicate",
        "reason": duplicate.reason,
        "remedy": "无需处理；如应以本文件为准，请移走所采用的那个文件",
        "duplicate_of": duplicate.duplicate_of,
        **({"container": duplicate.container} if duplicate.container else {}),
    }


def _read_source_row(
    result: FileResult,
    notices: Mapping[str, FileResult],
    register: Register,
    build: BuildInfo,
) -> dict[str, Any]:
    """Return the row of `ops.sources` of a file that was read; only a published notice has issuer, tables and units."""
    candidate, path = result.candidate, result.source_path
    identity = result.identity if path in notices else None
    issuer, headers, forms = (identity.issuer, result.headers, result.units) if identity else (None, (), frozenset())
    layouts = select_fitting(register.layouts, path, issuer, headers)
    units = select_fitting_units(register.units, forms)
    row = _source_row(path, candidate.bytes, candidate.mtime_ns, candidate.sha256, build)
    return row | {"corrections": decisions_digest(candidate.corrections, layouts, units)}


def _published_source_row(row: PublishedFile, build: BuildInfo) -> dict[str, Any]:
    return _source_row(row.source_path, row.bytes, row.mtime_ns, row.sha256, build) | {"corrections": row.corrections}


def _source_row(source_path: str, size: int, mtime_ns: int, sha256: str | None, build: BuildInfo) -> dict[str, Any]:
    return {
        "source_path": source_path,
        "bytes": size,
        "mtime_ns": mtime_ns,
        "sha256": sha256,
        "extractor_version": build.version,
    }
