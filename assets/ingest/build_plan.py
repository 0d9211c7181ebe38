"""The work of one build as plain data, shared by the parent process and the workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from extractors.corrections import Correction


@dataclass(frozen=True, slots=True)
class Known:
    """What the published warehouse holds about one file.

    `sha256` is None where the file was refused before its bytes were looked at.
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
    """Fingerprint of the corrections it was read with."""
    container: str | None = None
    """Source path of the archive it came out of, or of the page it is an attachment of."""
    wants_attachments: bool = False
    """True for a page that links to files which were not there."""


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
    """Source path of the archive it came out of."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One file that is not read at all, and why (both texts Chinese)."""

    source_path: str
    bytes: int
    mtime_ns: int
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of one build.

    `read` are new, changed or reconsidered files, `refused` those that cannot be opened and are not published as such
    yet. `removed` and `unchanged` are source paths of known files; a file whose time stamp moved while its bytes
    stayed is unchanged. The members of an archive go and stay with it: those of one that is read anew are `removed`.
    """

    read: tuple[Candidate, ...] = ()
    refused: tuple[Refused, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True where the published warehouse already says all that raw/ says."""
        return not (self.read or self.refused or self.removed)
