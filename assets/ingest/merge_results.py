"""From what the workers delivered to the rows that one build publishes: statuses, duplicates, parts of every table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemas
from assets.ingest import run_history, validation_rules
from assets.ingest.build_plan import Known, Plan
from assets.ingest.corrections import digest
from assets.ingest.duplicates import Duplicate, Identity, find_duplicates
from assets.ingest.quarantine import FILES
from assets.ingest.results import Build, Delivery, Outcome, file_row
from warehouse.store.staging_files import Parts, stage_frame

SOURCES = "ops.sources"

Breaches = dict[tuple[str, str], list[str]]
"""Chinese messages by rule and table."""
Like = Callable[[Sequence[Identity]], Iterable[Identity]]
"""The published notices that these might repeat, or be repeated by."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What a build has to publish: rows by table, and what is wrong with them."""

    parts: Mapping[str, Parts]
    breaches: Breaches


@dataclass(slots=True)
class _Rows:
    """Rows that do not stand in the workers' parts, and what is known of those that do."""

    files: list[Mapping[str, Any]] = field(default_factory=list)
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    sources: list[Mapping[str, Any]] = field(default_factory=list)
    notices: dict[str, Outcome] = field(default_factory=dict)
    """The notices to load, by source path."""
    left_out: list[str] = field(default_factory=list)
    """The file_ids of notices that stand in the parts and are not loaded."""
    paths: dict[str, list[str]] = field(default_factory=dict)
    """The parts by table."""
    breaches: Breaches = field(default_factory=dict)


def assemble(
    plan: Plan,
    deliveries: Iterable[Delivery],
    *,
    known: Mapping[str, Known],
    like: Like,
    build: Build,
    folder: Path,
) -> Staged:
    """The rows to publish: one `Parts` per core table, for `ops.sources` and for the tables of runs.

    A source path that stands in `core.files` replaces everything published under that path. `deliveries` is consumed
    as it comes; `folder` is where its parts stand, one folder per table, and where those made here go.
    """
    rows = _Rows()
    tally = run_history.Tally()
    read = {item.source_path for item in plan.read}
    gone = read | set(plan.removed) | {refused.source_path for refused in plan.refused}
    published = {source_path: row for source_path, row in known.items() if source_path not in gone}
    for refused in plan.refused:
        row = file_row(refused.source_path, refused.bytes, None, build)
        rows.files.append(row | {"status": "unreadable", "reason": refused.reason, "remedy": refused.remedy})
        rows.sources.append(_source(refused.source_path, refused.bytes, refused.mtime_ns, None, build))
    for outcome in _one_by_one(tally.counted(_outcomes(deliveries, rows, folder))):
        read.add(outcome.source_path)
        _take(outcome, rows, build)
    identities = [one.identity for one in rows.notices.values() if one.identity is not None]
    identities += [one for one in like(identities) if one.source_path in published and one.source_path not in read]
    _set_aside(find_duplicates(identities), rows, published, build)
    return _staged(rows, tally, plan, build, folder)


def _outcomes(deliveries: Iterable[Delivery], rows: _Rows, folder: Path) -> Iterator[Outcome]:
    for delivery in deliveries:
        for table, name in delivery.parts.items():
            rows.paths.setdefault(table, []).append(str(folder / table / name))
        for pair, messages in delivery.breaches.items():
            rows.breaches.setdefault(pair, []).extend(messages)
        yield from delivery.outcomes


def _one_by_one(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Every outcome, the members of an archive behind it."""
    for outcome in outcomes:
        yield outcome
        yield from outcome.members


def _take(outcome: Outcome, rows: _Rows, build: Build) -> None:
    candidate = outcome.candidate
    rows.sources.append(
        _source(candidate.source_path, candidate.bytes, candidate.mtime_ns, candidate.sha256, build)
        | {"corrections": digest(candidate.corrections)}
    )
    rows.findings.extend(outcome.findings)
    if outcome.identity is None:
        rows.files.append(outcome.file)
    else:
        rows.notices[outcome.source_path] = outcome


def _set_aside(
    found: Mapping[str, Duplicate],
    rows: _Rows,
    published: Mapping[str, Known],
    build: Build,
) -> None:
    """Give every duplicate its row: what was read, what is published, and what named a file that is one now."""
    for source_path, duplicate in found.items():
        if source_path in rows.notices:
            file = rows.notices.pop(source_path).file
            rows.left_out.append(str(file["file_id"]))
            rows.files.append({**file, **_duplicate_fields(duplicate)})
        else:
            rows.files.append(_known_row(published[source_path]) | _duplicate_fields(duplicate))
            rows.sources.append(_known_source(published[source_path], build))
    for row in published.values():
        demoted = found.get(row.duplicate_of or "")
        if demoted is None:
            continue
        how = (row.reason or "").split("，已采用")[0]
        moved = Duplicate(row.source_path, demoted.duplicate_of, f"{how}，已采用“{demoted.duplicate_of}”")
        rows.files.append(_known_row(row) | _duplicate_fields(moved))
        rows.sources.append(_known_source(row, build))


def _staged(rows: _Rows, tally: run_history.Tally, plan: Plan, build: Build, folder: Path) -> Staged:
    loaded = [rows.notices[source_path] for source_path in sorted(rows.notices)]
    files = schemas.frame(FILES, [*(one.file for one in loaded), *rows.files]).sort("source_path")
    findings = schemas.frame(validation_rules.FINDINGS, rows.findings)
    own = {name: schemas.empty(name) for name in validation_rules.CORE} | {
        FILES: files,
        validation_rules.FINDINGS: findings,
    }
    for pair, listed in validation_rules.breaches(own).items():
        rows.breaches.setdefault(pair, []).extend(breach.message for breach in listed)
    _note_double_notices(loaded, rows.breaches)
    counts = Counter[str]()
    for one in loaded:
        counts.update(one.rows)
    left_out = tuple(sorted(rows.left_out))
    parts = {
        name: Parts(name, tuple(rows.paths.get(name, ())) if counts[name] else (), counts[name], left_out)
        for name in validation_rules.CORE
    }
    small = own | {SOURCES: schemas.frame(SOURCES, rows.sources).sort("source_path")}
    small |= tally.frames(plan, own, build.started_at)
    for name, frame in small.items():
        made = stage_frame(name, frame, folder / name / "own.parquet")
        old = parts.get(name, Parts(name))
        parts[name] = Parts(name, old.paths + made.paths, old.rows + made.rows, old.without)
    return Staged(parts, rows.breaches)


def _note_double_notices(loaded: Sequence[Outcome], breaches: Breaches) -> None:
    """Workers examine the notices of a batch; that two batches hold one notice shows here alone."""
    double = [notice_id for notice_id, times in Counter(one.notice_id for one in loaded).items() if times > 1]
    if double:
        message = (
            f"{validation_rules.NOTICES} 的主键 notice_id 重复：{'、'.join(map(str, double[: validation_rules.SHOWN]))}"
        )
        breaches.setdefault(("key_unique", validation_rules.NOTICES), []).append(message)


def _known_row(row: Known) -> dict[str, Any]:
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


def _known_source(row: Known, build: Build) -> dict[str, Any]:
    return _source(row.source_path, row.bytes, row.mtime_ns, row.sha256, build) | {"corrections": row.corrections}


def _source(source_path: str, size: int, mtime_ns: int, sha256: str | None, build: Build) -> dict[str, Any]:
    return {
        "source_path": source_path,
        "bytes": size,
        "mtime_ns": mtime_ns,
        "sha256": sha256,
        "extractor_version": build.version,
    }
