"""From readings to the rows that one build publishes: statuses, duplicates, held-back notices, one frame per table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import polars as pl

import schemas
from assets import rules, runs
from assets.corrections import digest
from assets.duplicates import Duplicate, Identity, blank_free, find_duplicates
from assets.hold_back import FILES, Notice, concatenated, held_back, notice_frames
from assets.plan import Candidate, Known, Plan
from assets.read_batch import Reading
from extractors.records import Extraction

SOURCES = "ops.sources"
HELD_BACK_SHOWN = 50
HELD_BACK_REMEDY = "请对照原件核对所列位置；原件无误的，请把文件与本条信息一并反馈给维护人员"


@dataclass(frozen=True, slots=True)
class Build:
    """What all rows of one build share: the clock, read once, and the extractor version."""

    started_at: datetime
    version: str


@dataclass(slots=True)
class _Rows:
    """Rows that stand beside the notices: files that are not loaded, their findings, and the state of every file."""

    files: list[Mapping[str, Any]] = field(default_factory=list)
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    sources: list[Mapping[str, Any]] = field(default_factory=list)


def assemble(
    plan: Plan,
    readings: Iterable[Reading],
    *,
    known: Mapping[str, Known],
    loaded: Iterable[Identity],
    build: Build,
) -> dict[str, pl.DataFrame]:
    """The rows to publish, one frame per core table, for `ops.sources` and for the tables of runs.

    A source path that stands in the `core.files` frame replaces everything published under that path. `readings` is
    consumed as it comes; `loaded` are the identities of published notices.
    """
    rows = _Rows()
    read = {item.source_path for item in plan.read}
    gone = read | set(plan.removed) | {refused.source_path for refused in plan.refused}
    published = {source_path: row for source_path, row in known.items() if source_path not in gone}
    identities = [one for one in loaded if one.source_path in published]
    notices: dict[str, Notice] = {}
    for refused in plan.refused:
        rows.files.append(_refused_row(refused.source_path, refused.bytes, refused.reason, refused.remedy, build))
        rows.sources.append(_source(refused.source_path, refused.bytes, refused.mtime_ns, None, build))
    tally = runs.Tally()
    for reading in _one_by_one(tally.counted(readings)):
        candidate = reading.candidate
        read.add(candidate.source_path)
        rows.sources.append(
            _source(candidate.source_path, candidate.bytes, candidate.mtime_ns, candidate.sha256, build)
            | {"corrections": digest(candidate.corrections)}
        )
        notice = _noticed(reading, rows, build)
        if notice is not None and reading.extraction is not None:
            notices[candidate.source_path] = notice
            identities.append(_identity(candidate, reading.extraction))
    _hold_back(notices, rows)
    identities = [one for one in identities if one.source_path in notices or one.source_path not in read]
    _set_aside(find_duplicates(identities), notices, rows, published, build)
    frames = _frames(notices, rows)
    return frames | tally.frames(plan, frames, build.started_at)


def _one_by_one(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Every reading, the members of an archive behind it."""
    for reading in readings:
        yield reading
        yield from reading.parts


def beside_of(source_path: str, path: str) -> str:
    """The source path of a file by its path from the folder of another."""
    return (PurePosixPath(source_path).parent / path).as_posix()


def file_id_of(source_path: str, sha256: str | None) -> str:
    """The id of a file: the same bytes in the same place have the same id on every machine."""
    return "f-" + hashlib.sha256(f"{source_path}\0{sha256 or ''}".encode()).hexdigest()[:20]


def _noticed(reading: Reading, rows: _Rows, build: Build) -> Notice | None:
    """The notice of a reading; None, and a row that says why, where there is none."""
    candidate, extraction = reading.candidate, reading.extraction
    row = _file_row(candidate.source_path, candidate.bytes, candidate.sha256, build)
    row |= {"container": candidate.container}
    if reading.parts:
        done = sum(part.extraction is not None for part in reading.parts)
        told = f"压缩包，内有 {len(reading.parts)} 个文件，读出 {done} 份，逐一列出"
        rows.files.append(row | {"format": "zip", "status": "loaded", "reason": told})
        return None
    if extraction is None:
        rows.files.append(row | {"status": "unreadable", "reason": reading.reason, "remedy": reading.remedy})
        return None
    row |= {"format": extraction.format, "status": "loaded"}
    if not extraction.tables and not extraction.tasks:
        row |= {
            "status": "no_tables",
            "reason": "文件已读取，但其中没有表格，也没有逐条列出的任务",
            "remedy": "若附件表格另有文件，请一并放入 raw 文件夹；若表格是图片，请换用可复制文字的版本",
        }
    try:
        return Notice(row, notice_frames(extraction, str(row["file_id"])))
    except schemas.RowsRefusedError as error:
        _refuse(row, [failure.message for failure in error.failures], rows)
        return None


def _hold_back(notices: dict[str, Notice], rows: _Rows) -> None:
    """Take the notices that break a rule out of `notices`, and say so in `rows`."""
    for source_path, messages in held_back(list(notices.values())).items():
        _refuse(notices.pop(source_path).file, messages, rows)


def _refuse(row: Mapping[str, Any], messages: list[str], rows: _Rows) -> None:
    rest = f"（共 {len(messages)} 处，详见问题清单）" if len(messages) > 1 else ""
    reason = f"内容未通过校验，整份暂不入库：{messages[0]}{rest}"
    rows.files.append({**row, "status": "unreadable", "reason": reason, "remedy": HELD_BACK_REMEDY})
    rows.findings.extend(
        {
            "finding_id": f"{row['file_id']}-{rules.HELD_BACK}-{number}",
            "rule": rules.HELD_BACK,
            "severity": "error",
            "message": message,
            "file_id": row["file_id"],
        }
        for number, message in enumerate(messages[:HELD_BACK_SHOWN], 1)
    )


def _set_aside(
    found: Mapping[str, Duplicate],
    notices: dict[str, Notice],
    rows: _Rows,
    published: Mapping[str, Known],
    build: Build,
) -> None:
    """Give every duplicate its row: what was read, what is published, and what named a file that is one now."""
    for source_path, duplicate in found.items():
        if source_path in notices:
            rows.files.append(dict(notices.pop(source_path).file) | _duplicate_fields(duplicate))
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


def _frames(notices: Mapping[str, Notice], rows: _Rows) -> dict[str, pl.DataFrame]:
    frames = concatenated(notices[source_path] for source_path in sorted(notices))
    frames[FILES] = pl.concat([frames[FILES], schemas.frame(FILES, rows.files)]).sort("source_path")
    frames[rules.FINDINGS] = pl.concat([frames[rules.FINDINGS], schemas.frame(rules.FINDINGS, rows.findings)])
    frames[SOURCES] = schemas.frame(SOURCES, rows.sources).sort("source_path")
    return frames


def _identity(candidate: Candidate, extraction: Extraction) -> Identity:
    notice = extraction.notice
    return Identity(
        source_path=candidate.source_path,
        sha256=candidate.sha256,
        format=extraction.format,
        doc_number=notice.doc_number,
        issuer=notice.issuer,
        title=notice.title,
        requirements=tuple(blank_free(task.requirement) for task in extraction.tasks if task.requirement),
        attached=tuple(beside_of(candidate.source_path, path) for path in extraction.attached),
    )


def _file_row(source_path: str, size: int, sha256: str | None, build: Build) -> dict[str, Any]:
    return {
        "file_id": file_id_of(source_path, sha256),
        "source_path": source_path,
        "sha256": sha256,
        "bytes": size,
        "ingested_at": build.started_at,
        "extractor_version": build.version,
    }


def _refused_row(source_path: str, size: int, reason: str, remedy: str, build: Build) -> dict[str, Any]:
    return _file_row(source_path, size, None, build) | {"status": "unreadable", "reason": reason, "remedy": remedy}


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
