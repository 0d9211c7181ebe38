"""The plan of one build: which files are read, refused, removed or left as published.

Plain data, shared by the process that builds and by the workers; as a data frame it is a Dagster asset.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from extractors.corrections import Correction

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """The published state of one file.

    `sha256` is None where the file was refused before its bytes were read.
    """

    file_id: str
    source_path: str
    sha256: str | None
    bytes: int
    mtime_ns: int
    status: str
    reason: str | None
    remedy: str | None
    duplicate_of: str | None
    extractor_version: str
    format: str | None = None
    ingested_at: datetime | None = None
    corrections: str | None = None
    """Fingerprint of the corrections, confirmed layouts and decided units it was read with."""
    container: str | None = None
    """Source path of the archive that contains it, or of the page it is an attachment of."""
    wants_attachments: bool = False
    """True for a page that links to files which were missing."""
    issuer: str | None = None
    headers: tuple[tuple[str, ...], ...] = ()
    """Issuer of its notice and the header texts of each table; only known where layouts were confirmed."""
    units: frozenset[str] = frozenset()
    """Names and printed forms of the units of its notice; only known where units were decided."""

    @property
    def is_member(self) -> bool:
        """True for a member of an archive; an attachment of a page is a duplicate of it."""
        return self.container is not None and self.container != self.duplicate_of


def is_archive_member(source_path: str, container: str | None) -> bool:
    """Return whether a file of a notice is inside an archive: it is read without corrections."""
    return container is not None and source_path.startswith(f"{container}/")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file to be read: `source_path` is relative to raw/, NFC, with forward slashes."""

    source_path: str
    path: str
    bytes: int
    mtime_ns: int
    sha256: str
    corrections: tuple[Correction, ...] = ()
    container: str | None = None
    """Source path of the archive that contains it."""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """One file that is not opened, with reason and remedy in Chinese."""

    source_path: str
    bytes: int
    mtime_ns: int
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of one build.

    `read` are new, changed or reconsidered files, `refused` those that cannot be opened and are not published as such
    yet. `removed` and `unchanged` are source paths of published files; a file whose time stamp changed while its bytes
    did not is unchanged. The members of an archive follow it: those of an archive that is read again are `removed`.
    """

    read: tuple[Candidate, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where the published warehouse already agrees with raw/."""
        return not (self.read or self.refused or self.removed)


def plan_to_frame(plan: Plan) -> pl.DataFrame:
    """Return the plan as one row per file; `action` is read, refuse, remove or keep."""
    import polars as pl

    columns = {
        "action": pl.String,
        "source_path": pl.String,
        "path": pl.Binary,
        "bytes": pl.Int64,
        "mtime_ns": pl.Int64,
        "sha256": pl.String,
        "reason": pl.String,
        "remedy": pl.String,
        "corrections": pl.String,
        "container": pl.String,
    }
    rows = [
        *({"action": "read"} | _candidate_row(candidate) for candidate in plan.read),
        *(
            {"action": "refuse"} | {name: getattr(file, name) for name in RefusedFile.__slots__}
            for file in plan.refused
        ),
        *({"action": "remove", "source_path": source_path} for source_path in plan.removed),
        *({"action": "keep", "source_path": source_path} for source_path in plan.unchanged),
    ]
    return pl.DataFrame(rows, schema=columns)


def plan_from_frame(frame: pl.DataFrame) -> Plan:
    """Return the plan that `plan_to_frame` converted."""
    import polars as pl

    def rows(action: str, *names: str) -> list[dict[str, Any]]:
        return frame.filter(pl.col("action") == action).select(names).to_dicts()

    return Plan(
        read=tuple(_candidate(row) for row in rows("read", *Candidate.__slots__)),
        refused=tuple(RefusedFile(**row) for row in rows("refuse", *RefusedFile.__slots__)),
        removed=tuple(row["source_path"] for row in rows("remove", "source_path")),
        unchanged=tuple(row["source_path"] for row in rows("keep", "source_path")),
    )


def _candidate_row(candidate: Candidate) -> dict[str, Any]:
    row = {name: getattr(candidate, name) for name in Candidate.__slots__}
    corrections = json.dumps([astuple(correction) for correction in candidate.corrections], ensure_ascii=False)
    # A path on disk need not be UTF-8, so its bytes are stored.
    return row | {"path": os.fsencode(candidate.path), "corrections": corrections}


def _candidate(row: Mapping[str, Any]) -> Candidate:
    corrections = tuple(Correction(*values) for values in json.loads(row["corrections"]))
    return Candidate(**{**row, "path": os.fsdecode(row["path"]), "corrections": corrections})
