"""The work of a worker process: read a batch of files, build and validate their rows, write them as Parquet parts.

A notice that breaks a rule is quarantined here, so that everything in the parts can be published.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assets.ingest import validation_rules
from assets.ingest.build_plan import Candidate
from assets.ingest.confirmed_units import join_forms
from assets.ingest.duplicates import NoticeIdentity, fingerprint_texts
from assets.ingest.quarantine import (
    FILES,
    NoticeBatch,
    NoticeRows,
    build_notice_rows,
    find_invalid_notices,
    to_frames,
)
from assets.ingest.read_file import Extractor, Reading, read_candidate
from assets.ingest.results import BatchResult, BuildInfo, FileResult, build_file_row, sibling_path, unreadable_result
from extractors.layouts import ConfirmedLayout
from extractors.records import OTHER, Extraction
from extractors.unit_decisions import UnitDecision
from warehouse.store.staging_files import OWNER, write_part

if TYPE_CHECKING:
    from extractors import Limits

MAX_QUARANTINE_FINDINGS: Final = 50
QUARANTINE_REMEDY: Final = "请对照原件核对所列位置；原件无误的，请把文件与本条信息一并反馈给维护人员"
REVIEW_REMEDY: Final = (
    "请用 wenming review 对照原表认定各列的含义；确实不含任务的，加 --accept 认定，或用 --dismiss 说明无需处理"
)
OTHER_REMEDY: Final = "确实不是通知的，可移出 raw 文件夹；确是通知的，在 版式.csv 中写一行，填文件和文件类别"
READING_TIME_SHARE: Final = 0.5
"""Share of the time limit of one file after which a batch stops reading, so that only a hanging file exceeds it."""
MAX_ROWS_PER_BATCH: Final = 200_000
"""Number of rows after which a batch stops reading; they take about 100 MB until they are frames."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know besides the files; sent with every batch."""

    extract: Extractor
    limits: Limits
    build: BuildInfo
    folder: str
    """Where the parts are written, one folder per table below it; it need not exist."""
    isolated: bool = False
    """True where the files were sent without those beside them."""
    layouts: tuple[ConfirmedLayout, ...] = ()
    """The layouts of tables that people confirmed."""
    units: tuple[UnitDecision, ...] = ()
    """What people decided about units."""


@dataclass(frozen=True, slots=True)
class _ParsedNotice:
    """One notice with the row of its file and its own rows."""

    extraction: Extraction
    file: Mapping[str, Any]
    rows: NoticeRows


@dataclass(slots=True)
class _BatchState:
    """The results of a batch so far, and the parsed notices by source path."""

    results: list[FileResult] = field(default_factory=list)
    notices: dict[str, _ParsedNotice] = field(default_factory=dict)
    rows: int = 0


def process_batch(batch: Sequence[Candidate], job: Job, part_name: str, time_limit: float) -> BatchResult:
    """Read a batch and write its rows below `job.folder`.

    Reading stops after half of the time limit or when very many rows are held, and a file that runs out of memory in
    a batch of several is skipped: files without a result have to be read alone.

    Args:
        batch: The files.
        job: What all batches share.
        part_name: Name of the parts, without suffix.
        time_limit: Seconds after which the worker will be killed.

    Raises:
        OSError: The parts cannot be written.
    """
    started = time.perf_counter()
    state, deferred = _BatchState(), list[str]()
    for candidate in batch:
        is_late = time.perf_counter() - started > READING_TIME_SHARE * time_limit
        if state.results and (is_late or state.rows > MAX_ROWS_PER_BATCH):
            break
        reading = read_candidate(
            candidate, job.extract, job.limits, layouts=job.layouts, units=job.units, isolated=job.isolated
        )
        if reading.needs_siblings:
            deferred.append(candidate.source_path)
            continue
        if reading.out_of_memory and len(batch) > 1:
            continue
        state.results.append(_build_result(reading, job.build, state))
    notices, invalid = to_frames(
        {path: notice.rows for path, notice in state.notices.items()},
        {path: notice.file for path, notice in state.notices.items()},
    )
    breaches: dict[tuple[str, str], tuple[str, ...]] = {}
    for group in _split_by_notice(notices):
        messages, remaining = find_invalid_notices(group)
        invalid |= messages
        breaches |= {pair: tuple(breach.message for breach in listed) for pair, listed in remaining.items()}
    valid = notices.subset([index for index, file in enumerate(notices.files) if file["source_path"] not in invalid])
    parts = _write_parts(valid, Path(job.folder), part_name)
    results = tuple(_finalize(result, state.notices, invalid) for result in state.results)
    return BatchResult(results, parts, breaches, tuple(deferred))


def _split_by_notice(notices: NoticeBatch) -> Iterable[NoticeBatch]:
    """Split the notices into groups without repeated notice_ids: copies of one file do not break the key."""
    groups: list[dict[str, int]] = []
    for index, key in enumerate(notices.frames[validation_rules.NOTICES].get_column("notice_id").to_list()):
        free = next((group for group in groups if key not in group), None)
        if free is None:
            groups.append({key: index})
        else:
            free[key] = index
    return [notices.subset(list(group.values())) for group in groups]


def _build_result(reading: Reading, build: BuildInfo, state: _BatchState) -> FileResult:
    """Return the result of a reading and add the rows of its notice to `state`."""
    candidate, extraction = reading.candidate, reading.extraction
    row = build_file_row(candidate.source_path, candidate.bytes, candidate.sha256, build)
    row |= {"container": candidate.container}
    if reading.parts:
        members = tuple(_build_result(part, build, state) for part in reading.parts)
        done = sum(part.extraction is not None for part in reading.parts)
        reason = f"压缩包，内有 {len(members)} 个文件，读出 {done} 份，逐一列出"
        row |= {"format": "zip", "status": "loaded", "reason": reason}
        return FileResult(candidate, row, "zip", reading.seconds, members=members)
    if extraction is None:
        return unreadable_result(candidate, build, reading.reason or "", reading.remedy or "", seconds=reading.seconds)
    row |= {"format": extraction.format, "status": "loaded"}
    if extraction.notice.kind == OTHER:
        row |= {"status": "not_a_notice", "reason": extraction.notice.kind_reason, "remedy": OTHER_REMEDY}
    elif not extraction.tables and not extraction.tasks:
        row |= {
            "status": "no_tables",
            "reason": "文件已读取，但其中没有表格，也没有逐条列出的任务",
            "remedy": "若附件表格另有文件，请一并放入 raw 文件夹；若表格是图片，请换用可复制文字的版本",
        }
    elif extraction.review_reason is not None:
        row |= {"status": "needs_review", "reason": extraction.review_reason, "remedy": REVIEW_REMEDY}
    rows = build_notice_rows(extraction, str(row["file_id"]))
    state.notices[candidate.source_path] = _ParsedNotice(extraction, row, rows)
    state.rows += sum(map(len, rows.values()))
    return FileResult(candidate, row, extraction.format, reading.seconds)


def _finalize(result: FileResult, notices: Mapping[str, _ParsedNotice], invalid: Mapping[str, list[str]]) -> FileResult:
    """Add to a result the rows that were written, or the reasons why its notice is quarantined."""
    if result.members:
        return replace(result, members=tuple(_finalize(member, notices, invalid) for member in result.members))
    if result.source_path in invalid:
        return _quarantined(result, invalid[result.source_path])
    notice = notices.get(result.source_path)
    if notice is None:
        return result
    return replace(
        result,
        identity=_identity_of(result.candidate, notice.extraction),
        notice_id=notice.extraction.notice.notice_id,
        rows={name: len(listed) for name, listed in notice.rows.items() if listed},
        headers=tuple(tuple(table.columns) for table in notice.extraction.tables),
        units=join_forms(form for row in notice.extraction.parties for form in (row.name, *row.printed)),
    )


def _quarantined(result: FileResult, messages: Sequence[str]) -> FileResult:
    rest = f"（共 {len(messages)} 处，详见问题清单）" if len(messages) > 1 else ""
    reason = f"内容未通过校验，整份暂不入库：{messages[0]}{rest}"
    file_id = result.file["file_id"]
    findings = tuple(
        {
            "finding_id": f"{file_id}-{validation_rules.QUARANTINED}-{number}",
            "rule": validation_rules.QUARANTINED,
            "severity": "error",
            "message": message,
            "file_id": file_id,
        }
        for number, message in enumerate(messages[:MAX_QUARANTINE_FINDINGS], 1)
    )
    file = {**result.file, "status": "unreadable", "reason": reason, "remedy": QUARANTINE_REMEDY}
    return replace(result, file=file, findings=findings)


def _write_parts(notices: NoticeBatch, folder: Path, part_name: str) -> dict[str, str]:
    """Write one part per table that has rows; return core table -> file name."""
    parts = {}
    for table, frame in notices.frames.items():
        if table != FILES and frame.height:
            parts[table] = f"{part_name}.parquet"
            write_part(notices.with_file_id(table, OWNER), folder / table / parts[table])
    return parts


def _identity_of(candidate: Candidate, extraction: Extraction) -> NoticeIdentity:
    notice = extraction.notice
    return NoticeIdentity(
        source_path=candidate.source_path,
        sha256=candidate.sha256,
        format=extraction.format,
        doc_number=notice.doc_number,
        issuer=notice.issuer,
        title=notice.title,
        requirements=fingerprint_texts(task.requirement for task in extraction.tasks),
        attached=tuple(sibling_path(candidate.source_path, path) for path in extraction.attached),
    )
