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
from assets.ingest.duplicates import Identity, marks
from assets.ingest.quarantine import FILES, NoticeRows, Notices, held_back, notice_rows, typed
from assets.ingest.read_file import Extract, Reading, read_one
from assets.ingest.results import Build, Delivery, Outcome, beside_of, file_row, unread
from extractors.records import Extraction
from warehouse.store.staging_files import OWNER, write_part

if TYPE_CHECKING:
    from extractors import Limits

HELD_BACK_SHOWN: Final = 50
HELD_BACK_REMEDY: Final = "请对照原件核对所列位置；原件无误的，请把文件与本条信息一并反馈给维护人员"
SHARE_OF_TIME: Final = 0.5
"""A batch stops reading at this share of the time of one file, so that only a file that hangs overruns it."""
ROWS_A_BATCH: Final = 200_000
"""A batch stops reading at so many rows, which take some 100 MB until they are frames."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to know besides the files: it is sent with every batch."""

    extract: Extract
    limits: Limits
    build: Build
    folder: str
    """Where the parts go, one folder per table below it; it need not exist."""
    alone: bool = False
    """True where the files were sent without those that lie beside them."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What one notice says, the row of its file, and its rows."""

    extraction: Extraction
    file: Mapping[str, Any]
    rows: NoticeRows


@dataclass(slots=True)
class _Batch:
    """The outcomes of a batch and the notices that were read, by source path."""

    outcomes: list[Outcome] = field(default_factory=list)
    read: dict[str, _Read] = field(default_factory=dict)
    rows: int = 0


def stage(batch: Sequence[Candidate], job: Job, name: str, seconds: float) -> Delivery:
    """Read a batch and write its rows below `job.folder` as parts called `name`.

    Reading stops where half of `seconds` is over or very many rows are held, and a file of a batch that runs out of
    memory is left out: what has no outcome is to be read alone. Raises OSError where the parts cannot be written.
    """
    started = time.perf_counter()
    made, wanting = _Batch(), list[str]()
    for candidate in batch:
        late = time.perf_counter() - started > SHARE_OF_TIME * seconds
        if made.outcomes and (late or made.rows > ROWS_A_BATCH):
            break
        reading = read_one(candidate, job.extract, job.limits, alone=job.alone)
        if reading.beside_wanted:
            wanting.append(candidate.source_path)
            continue
        if reading.out_of_memory and len(batch) > 1:
            continue
        made.outcomes.append(_outcome(reading, job.build, made))
    notices, refused = typed(
        {path: one.rows for path, one in made.read.items()}, {path: one.file for path, one in made.read.items()}
    )
    breaches: dict[tuple[str, str], tuple[str, ...]] = {}
    for group in _apart(notices):
        found, left = held_back(group)
        refused |= found
        breaches |= {pair: tuple(breach.message for breach in listed) for pair, listed in left.items()}
    kept = notices.only([at for at, file in enumerate(notices.files) if file["source_path"] not in refused])
    parts = _write(kept, Path(job.folder), name)
    outcomes = tuple(_settled(one, made.read, refused) for one in made.outcomes)
    return Delivery(outcomes, parts, breaches, tuple(wanting))


def _apart(notices: Notices) -> Iterable[Notices]:
    """The notices in groups that share no notice_id: copies of one file are no breach of a key."""
    groups: list[dict[str, int]] = []
    for at, key in enumerate(notices.frames[validation_rules.NOTICES].get_column("notice_id").to_list()):
        free = next((group for group in groups if key not in group), None)
        if free is None:
            groups.append({key: at})
        else:
            free[key] = at
    return [notices.only(list(group.values())) for group in groups]


def _outcome(reading: Reading, build: Build, made: _Batch) -> Outcome:
    """The outcome of a reading; the rows of a notice are put into `made`."""
    candidate, extraction = reading.candidate, reading.extraction
    row = file_row(candidate.source_path, candidate.bytes, candidate.sha256, build)
    row |= {"container": candidate.container}
    if reading.parts:
        members = tuple(_outcome(part, build, made) for part in reading.parts)
        done = sum(part.extraction is not None for part in reading.parts)
        told = f"压缩包，内有 {len(members)} 个文件，读出 {done} 份，逐一列出"
        row |= {"format": "zip", "status": "loaded", "reason": told}
        return Outcome(candidate, row, "zip", reading.seconds, members=members)
    if extraction is None:
        return unread(candidate, build, reading.reason or "", reading.remedy or "", seconds=reading.seconds)
    row |= {"format": extraction.format, "status": "loaded"}
    if not extraction.tables and not extraction.tasks:
        row |= {
            "status": "no_tables",
            "reason": "文件已读取，但其中没有表格，也没有逐条列出的任务",
            "remedy": "若附件表格另有文件，请一并放入 raw 文件夹；若表格是图片，请换用可复制文字的版本",
        }
    rows = notice_rows(extraction, str(row["file_id"]))
    made.read[candidate.source_path] = _Read(extraction, row, rows)
    made.rows += sum(map(len, rows.values()))
    return Outcome(candidate, row, extraction.format, reading.seconds)


def _settled(outcome: Outcome, read: Mapping[str, _Read], refused: Mapping[str, list[str]]) -> Outcome:
    """The outcome with the rows that were written, or with why its notice is held back."""
    if outcome.members:
        return replace(outcome, members=tuple(_settled(one, read, refused) for one in outcome.members))
    if outcome.source_path in refused:
        return _refused(outcome, refused[outcome.source_path])
    one = read.get(outcome.source_path)
    if one is None:
        return outcome
    return replace(
        outcome,
        identity=_identity(outcome.candidate, one.extraction),
        notice_id=one.extraction.notice.notice_id,
        rows={name: len(listed) for name, listed in one.rows.items() if listed},
    )


def _refused(outcome: Outcome, messages: Sequence[str]) -> Outcome:
    rest = f"（共 {len(messages)} 处，详见问题清单）" if len(messages) > 1 else ""
    reason = f"内容未通过校验，整份暂不入库：{messages[0]}{rest}"
    file_id = outcome.file["file_id"]
    findings = tuple(
        {
            "finding_id": f"{file_id}-{validation_rules.HELD_BACK}-{number}",
            "rule": validation_rules.HELD_BACK,
            "severity": "error",
            "message": message,
            "file_id": file_id,
        }
        for number, message in enumerate(messages[:HELD_BACK_SHOWN], 1)
    )
    file = {**outcome.file, "status": "unreadable", "reason": reason, "remedy": HELD_BACK_REMEDY}
    return replace(outcome, file=file, findings=findings)


def _write(notices: Notices, folder: Path, name: str) -> dict[str, str]:
    """The parts of these notices, one per table that has rows: core table -> file name."""
    parts = {}
    for table, frame in notices.frames.items():
        if table != FILES and frame.height:
            parts[table] = f"{name}.parquet"
            write_part(notices.owned(table, OWNER), folder / table / parts[table])
    return parts


def _identity(candidate: Candidate, extraction: Extraction) -> Identity:
    notice = extraction.notice
    return Identity(
        source_path=candidate.source_path,
        sha256=candidate.sha256,
        format=extraction.format,
        doc_number=notice.doc_number,
        issuer=notice.issuer,
        title=notice.title,
        requirements=marks(task.requirement for task in extraction.tasks),
        attached=tuple(beside_of(candidate.source_path, path) for path in extraction.attached),
    )
