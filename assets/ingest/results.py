"""Per-file results sent from workers to the parent; the rows themselves are in Parquet files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Protocol

from assets.ingest.build_plan import Candidate
from assets.ingest.discover_files import add_rename_request
from assets.ingest.duplicates import NoticeIdentity
from extractors.body.redaction import redact
from schemas.ops import UNKNOWN_FORMAT


class ProgressCallback(Protocol):
    """Called after every file of a batch with the number of files done."""

    def __call__(self, done: int, total: int, source_path: str) -> None:
        """Report that `done` of `total` files are done, the last one being `source_path`."""


def ignore_progress(done: int, total: int, source_path: str) -> None:
    """Do nothing; the default progress callback."""


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What all rows of one build share: the clock, read once, and the extractor version."""

    started_at: datetime
    version: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one file: its row of `core.files`, and findings if its notice is quarantined."""

    candidate: Candidate
    file: Mapping[str, Any]
    format: str
    seconds: float = 0.0
    """Wall time of the reading; 0 where the worker died."""
    findings: tuple[Mapping[str, Any], ...] = ()
    identity: NoticeIdentity | None = None
    """None where the parts hold no notice of the file."""
    notice_id: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    """Number of rows in the parts by core table, without empty tables."""
    headers: tuple[tuple[str, ...], ...] = ()
    """The header texts of each table of its notice."""
    units: frozenset[str] = frozenset()
    """Names and printed forms of the units of its notice."""
    members: tuple[FileResult, ...] = ()
    """Results of the members of an archive that holds several notices."""

    @property
    def source_path(self) -> str:
        """The path of the file relative to raw/."""
        return self.candidate.source_path

    @property
    def reason(self) -> str | None:
        """Why the file is not loaded, or None."""
        reason = self.file.get("reason")
        return None if reason is None else str(reason)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a worker returns for a batch: file results, the names of its parts by core table, and breaches.

    A file of the batch without a result was not read and has to be read alone. `breaches` are Chinese messages by rule
    and table about rows in the parts; they are empty unless the program has a bug.
    """

    results: tuple[FileResult, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    breaches: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    deferred: tuple[str, ...] = ()
    """Source paths of files that can only be read where the files beside them are."""


def make_file_id(source_path: str, sha256: str | None) -> str:
    """Return the id of a file: the same bytes under the same path have the same id on every machine."""
    return "f-" + hashlib.sha256(f"{source_path}\0{sha256 or ''}".encode()).hexdigest()[:20]


def sibling_path(source_path: str, path: str) -> str:
    """Return the source path of a file that is given by its path relative to the folder of another."""
    return (PurePosixPath(source_path).parent / path).as_posix()


def build_file_row(source_path: str, size: int, sha256: str | None, build: BuildInfo) -> dict[str, Any]:
    """Return the row of `core.files` of a file, without its status."""
    return {
        "file_id": make_file_id(source_path, sha256),
        "source_path": source_path,
        "sha256": sha256,
        "bytes": size,
        "ingested_at": build.started_at,
        "extractor_version": build.version,
    }


def unreadable_result(
    candidate: Candidate, build: BuildInfo, reason: str, remedy: str, *, seconds: float = 0.0
) -> FileResult:
    """Return the result of a file that could not be read; `reason` and `remedy` are Chinese."""
    row = build_file_row(candidate.source_path, candidate.bytes, candidate.sha256, build)
    row |= {"container": candidate.container, "status": "unreadable"}
    row |= {"reason": redact(reason), "remedy": add_rename_request(remedy, candidate.source_path)}
    return FileResult(candidate, row, UNKNOWN_FORMAT, seconds)
