"""What comes of a file, small enough to cross to the process that publishes: its rows stand in Parquet parts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from assets.ingest.build_plan import Candidate
from assets.ingest.duplicates import Identity
from assets.ingest.file_names import with_rename_request
from extractors.body.redaction import redact
from schemas.ops import UNKNOWN_FORMAT


@dataclass(frozen=True, slots=True)
class Build:
    """What all rows of one build share: the clock, read once, and the extractor version."""

    started_at: datetime
    version: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file. `file` is its row of `core.files`, `findings` why its notice was held back."""

    candidate: Candidate
    file: Mapping[str, Any]
    carrier: str
    seconds: float = 0.0
    """Wall time of the reading; 0 where the worker died and nobody knows."""
    findings: tuple[Mapping[str, Any], ...] = ()
    identity: Identity | None = None
    """None where no notice of it stands in the parts."""
    notice_id: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    """Rows in the parts by core table, tables without any left out."""
    members: tuple[Outcome, ...] = ()
    """What came of the members of an archive that holds several notices."""

    @property
    def source_path(self) -> str:
        """The file it came from, relative to raw/."""
        return self.candidate.source_path

    @property
    def reason(self) -> str | None:
        """Why the file is not loaded, or None."""
        reason = self.file.get("reason")
        return None if reason is None else str(reason)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a worker hands over for a batch: outcomes, the names of the parts it wrote by core table, and breaches.

    A file of the batch without an outcome was not read and is to be read alone. `breaches` are Chinese messages by
    rule and table, about rows that stand in the parts; without a fault of the program there are none.
    """

    outcomes: tuple[Outcome, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    breaches: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    wanting: tuple[str, ...] = ()
    """Source paths of the files that can only be read where those beside them are."""


def file_id_of(source_path: str, sha256: str | None) -> str:
    """The id of a file: the same bytes in the same place have the same id on every machine."""
    return "f-" + hashlib.sha256(f"{source_path}\0{sha256 or ''}".encode()).hexdigest()[:20]


def beside_of(source_path: str, path: str) -> str:
    """The source path of a file by its path from the folder of another."""
    return (PurePosixPath(source_path).parent / path).as_posix()


def file_row(source_path: str, size: int, sha256: str | None, build: Build) -> dict[str, Any]:
    """The row of `core.files` of a file, before it is known what became of it."""
    return {
        "file_id": file_id_of(source_path, sha256),
        "source_path": source_path,
        "sha256": sha256,
        "bytes": size,
        "ingested_at": build.started_at,
        "extractor_version": build.version,
    }


def unread(candidate: Candidate, build: Build, reason: str, remedy: str, *, seconds: float = 0.0) -> Outcome:
    """The outcome of a file that could not be read (both texts Chinese)."""
    row = file_row(candidate.source_path, candidate.bytes, candidate.sha256, build)
    row |= {"container": candidate.container, "status": "unreadable"}
    row |= {"reason": redact(reason), "remedy": with_rename_request(remedy, candidate.source_path)}
    return Outcome(candidate, row, UNKNOWN_FORMAT, seconds)
