"""The work of a worker: a batch of files read, made into rows, examined, and written as Parquet parts.

A notice that breaks a rule is held back here, so that what stands in the parts may be published.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assets.ingest import validation_rules
from assets.ingest.build_plan import Candidate
from assets.ingest.duplicates import NoticeIdentity, fingerprint_texts
from assets.ingest.quarantine import FILES, NoticeBatch, NoticeRows, build_notice_rows, find_invalid_notices, to_frames
from assets.ingest.read_file import Extractor, Reading, read_candidate
from assets.ingest.results import BatchResult, BuildInfo, FileResult, build_file_row, sibling_path, unreadable_result
from extractors.records import Extraction
from warehouse.store.staging_files import OWNER, write_part

if TYPE_CHECKING:
    from extractors import Limits

MAX_QUARANTINE_FINDINGS: Final = 50
QUARANTINE_REMEDY: Final = "请对照原件核对所列位置；原件无误的，请把文件与本条信息一并反馈给维护人员"
READING_TIME_SHARE: Final = 0.5
"""A batch stops reading at this share of the time of one file, so that only a file that hangs overruns it."""
MAX_ROWS_PER_BATCH: Final = 200_000
"""A batch stops reading at so many rows, which take some 100 MB until they are frames."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to know besides the files: it is sent with every batch."""

    extract: Extractor
    limits: Limits
    build: BuildInfo
    folder: str
    """Where the parts go, one folder per table below it; it need not exist."""
    alone: bool = False
    """True where the files were sent without those that lie beside them."""


@dataclass(frozen=True, slots=True)
class _ParsedNotice:
    """What one notice says, the row of its file, and its rows."""

    extraction: Extraction
    file: Mapping[str, Any]
    rows: NoticeRows


@dataclass(slots=True)
class _BatchState:
    """The outcomes of a batch and the notices that were read, by source path."""

    outcomes: list[FileResult] = field(default_factory=list)
    read: dict[str, _ParsedNotice] = field(default_factory=dict)
    rows: int = 0


def process_batch(batch: Sequence[Candidate], job: Job, name: str, seconds: float) -> BatchResult:
    """Read a batch and write its rows below `job.folder` as parts called `name`.

    Reading stops where half of `seconds` is over or very many rows are held, and a file of a batch that runs out of
    memory is left out: what has no outcome is to be read alone. Raises OSError where the parts cannot be written.
    """
    started = time.perf_counter()
    made, wanting = _BatchState(), list[str]()
    for candidate in batch:
        late = time.perf_counter() - started > READING_TIME_SHARE * seconds
        if made.outcomes and (late or made.rows > MAX_ROWS_PER_BATCH):
            break
        reading = read_candidate(candidate, job.extract, job.limits, alone=job.alone)
        if reading.beside_wanted:
            wanting.append(candidate.source_path)
            continue
        if reading.out_of_memory and len(batch) > 1:
            continue
        made.outcomes.append(_build_result(reading, job.build, made))
    notices, refused = to_frames(
        {path: one.rows for path, one in made.read.items()}, {path: one.file for path, one in made.read.items()}
    )
    breaches: dict[tuple[str, str], tuple[str, ...]] = {}
    for group in _split_by_notice(notices):
        found, left = find_invalid_notices(group)
        refused |= found
        breaches |= {pair: tuple(breach.message for breach in listed) for pair, listed in left.items()}
    kept = notices.only([at for at, file in enumerate(notices.files) if file["source_path"] not in refused])
    parts = _write_parts(kept, Path(job.folder), name)
    outcomes = tuple(_finalize(one, made.read, refused) for one in made.outcomes)
    return BatchResult(outcomes, parts, breaches, tuple(wanting))


def _split_by_notice(notices: NoticeBatch) -> Iterable[NoticeBatch]:
    """The notices in groups that share no notice_id: copies of one file are no breach of a key."""
    groups: list[dict[str, int]] = []
    for at, key in enumerate(notices.frames[validation_rules.NOTICES].get_column("notice_id").to_list()):
        free = next((group for group in groups if key not in group), None)
        if free is None:
            groups.append({key: at})
        else:
            free[key] = at
    return [notices.only(list(group.values())) for group in groups]


def _build_result(reading: Reading, build: BuildInfo, made: _BatchState) -> FileResult:
    """The outcome of a reading; the rows of a notice are put into `made`."""
    candidate, extraction = reading.candidate, reading.extraction
    row = build_file_row(candidate.source_path, candidate.bytes, candidate.sha256, build)
    row |= {"container": candidate.container}
    if reading.parts:
        members = tuple(_build_result(part, build, made) for part in reading.parts)
        done = sum(part.extraction is not None for part in reading.parts)
        told = f"压缩包，内有 {len(members)} 个文件，读出 {done} 份，逐一列出"
        row |= {"format": "zip", "status": "loaded", "reason": told}
        return FileResult(candidate, row, "zip", reading.seconds, members=members)
    if extraction is None:
        return unreadable_result(candidate, build, reading.reason or "", reading.remedy or "", seconds=reading.seconds)
    row |= {"format": extraction.format, "status": "loaded"}
    if not extraction.tables and not extraction.tasks:
        row |= {
            "status": "no_tables",
            "reason": "文件已读取，但其中没有表格，也没有逐条列出的任务",
            "remedy": "若附件表格另有文件，请一并放入 raw 文件夹；若表格是图片，请换用可复制文字的版本",
        }
    rows = build_notice_rows(extraction, str(row["file_id"]))
    made.read[candidate.source_path] = _ParsedNotice(extraction, row, rows)
    made.rows += sum(map(len, rows.values()))
    return FileResult(candidate, row, extraction.format, reading.seconds)


def _finalize(outcome: FileResult, read: Mapping[str, _ParsedNotice], refused: Mapping[str, list[str]]) -> FileResult:
    """The outcome with the rows that were written, or with why its notice is held back."""
    if outcome.members:
        return replace(outcome, members=tuple(_finalize(one, read, refused) for one in outcome.members))
    if outcome.source_path in refused:
        return _quarantined(outcome, refused[outcome.source_path])
    one = read.get(outcome.source_path)
    if one is None:
        return outcome
    return replace(
        outcome,
        identity=_identity_of(outcome.candidate, one.extraction),
        notice_id=one.extraction.notice.notice_id,
        rows={name: len(listed) for name, listed in one.rows.items() if listed},
    )


def _quarantined(outcome: FileResult, messages: Sequence[str]) -> FileResult:
    rest = f"（共 {len(messages)} 处，详见问题清单）" if len(messages) > 1 else ""
    reason = f"内容未通过校验，整份暂不入库：{messages[0]}{rest}"
    file_id = outcome.file["file_id"]
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
    file = {**outcome.file, "status": "unreadable", "reason": reason, "remedy": QUARANTINE_REMEDY}
    return replace(outcome, file=file, findings=findings)


def _write_parts(notices: NoticeBatch, folder: Path, name: str) -> dict[str, str]:
    """The parts of these notices, one per table that has rows: core table -> file name."""
    parts = {}
    for table, frame in notices.frames.items():
        if table != FILES and frame.height:
            parts[table] = f"{name}.parquet"
            write_part(notices.owned(table, OWNER), folder / table / parts[table])
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
