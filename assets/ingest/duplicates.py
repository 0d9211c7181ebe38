"""Find files that repeat another file, and choose which of them is kept.

The result depends on the set of files alone, not on the order in which they arrived: the better format is kept, then
the earlier path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

FORMAT_RANK: Mapping[str, int] = MappingProxyType(
    {
        "docx": 0,
        "xlsx": 1,
        "xls": 1,
        "html": 2,
        "odt": 3,
        "rtf": 3,
        "doc": 3,
        "wps": 3,
        "zip": 3,
        "pdf": 4,
        "ofd": 5,
        "text": 6,
        "pdf_scan": 7,
    }
)
"""How much of a notice's structure a format keeps, best first; a format not listed here is the last."""

_FINGERPRINT_BYTES = 8
_BRACKETS = str.maketrans("[［【(（〔]］】)）〕", "〔〔〔〔〔〔〕〕〕〕〕〕")


@dataclass(frozen=True, slots=True)
class NoticeIdentity:
    """What decides whether two files are the same notice.

    `requirements` are the fingerprints of the task texts in order, see `fingerprint_texts`.
    """

    source_path: str
    sha256: str
    format: str
    doc_number: str | None
    issuer: str | None
    title: str | None
    requirements: bytes
    attached: tuple[str, ...] = ()
    """Source paths of the linked files that were read together with it."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`source_path` repeats the original file `duplicate_of`; `reason` says how, in Chinese."""

    source_path: str
    duplicate_of: str
    reason: str
    container: str | None = None
    """The page that the file is an attachment of."""


def fingerprint_texts(texts: Iterable[str | None]) -> bytes:
    """Return the concatenated fingerprints of texts without their whitespace; empty texts are skipped.

    A build holds those of every notice in memory, where the texts themselves would not fit.
    """
    return b"".join(
        hashlib.blake2b(
            _without_whitespace(text).encode("utf-8", "surrogatepass"), digest_size=_FINGERPRINT_BYTES
        ).digest()
        for text in texts
        if text
    )


def find_duplicates(identities: Iterable[NoticeIdentity]) -> dict[str, Duplicate]:
    """Return the files that repeat a better one, by source path; files not in the result are kept."""
    ranked = sorted(
        identities, key=lambda identity: (FORMAT_RANK.get(identity.format, len(FORMAT_RANK)), identity.source_path)
    )
    original: dict[tuple[str, ...], list[NoticeIdentity]] = {}
    duplicates = _find_attachments(ranked)
    for identity in ranked:
        if identity.source_path in duplicates:
            continue
        buckets = bucket_keys(identity)
        for candidate in (candidate for key in buckets for candidate in original.get(key, ())):
            reason = _duplicate_reason(identity, candidate)
            if reason is not None:
                duplicates[identity.source_path] = Duplicate(
                    identity.source_path, candidate.source_path, f"{reason}，已采用“{candidate.source_path}”"
                )
                break
        else:
            for key in buckets:
                original.setdefault(key, []).append(identity)
    return duplicates


def bucket_keys(identity: NoticeIdentity) -> list[tuple[str, ...]]:
    """Return the keys under which duplicates of a file can be found, so that not every pair has to be compared."""
    keys: list[tuple[str, ...]] = [("bytes", identity.sha256)]
    if identity.doc_number:
        keys.append(("number", _normalized_number(identity)))
    if identity.title:
        keys.append(("title", _without_whitespace(identity.title)))
    return keys


def _find_attachments(identities: Iterable[NoticeIdentity]) -> dict[str, Duplicate]:
    """Return the files that were read together with a saved page; their content is part of the page's notice."""
    return {
        path: Duplicate(
            path, page.source_path, f"是网页的附件，已并入该网页的通知，已采用“{page.source_path}”", page.source_path
        )
        for page in identities
        for path in page.attached
    }


def _duplicate_reason(identity: NoticeIdentity, original: NoticeIdentity) -> str | None:
    """Return in Chinese why `identity` repeats `original`, or None if it does not."""
    if identity.sha256 == original.sha256:
        return "与另一文件内容完全相同"
    issuers = {_without_whitespace(identity.issuer), _without_whitespace(original.issuer)}
    same_number = _normalized_number(identity) == _normalized_number(original)
    # A format that lost the issuer still has its short form inside the number.
    if (
        identity.doc_number
        and same_number
        and len(issuers - {""}) <= 1
        and identity.format != original.format
        and not _is_separate_annex(identity, original)
    ):
        return f"与另一文件是同一通知（文号 {identity.doc_number}）的不同格式"
    same_title = bool(identity.title) and _without_whitespace(identity.title) == _without_whitespace(original.title)
    same_tasks = bool(identity.requirements) and identity.requirements == original.requirements
    if len(issuers) == 1 and same_title and same_number and same_tasks:
        return "与另一文件的标题、发文机关和任务内容完全相同"
    return None


def _is_separate_annex(identity: NoticeIdentity, original: NoticeIdentity) -> bool:
    """Return whether `identity` has tasks and shares none with `original`: an annex published in a file of its own."""
    return bool(identity.requirements) and not (
        _split_fingerprints(identity.requirements) & _split_fingerprints(original.requirements)
    )


def _split_fingerprints(requirements: bytes) -> set[bytes]:
    return {
        requirements[start : start + _FINGERPRINT_BYTES] for start in range(0, len(requirements), _FINGERPRINT_BYTES)
    }


def _normalized_number(identity: NoticeIdentity) -> str:
    """Return the document number with one kind of bracket: 〔2021〕, [2021] and （2021） are used interchangeably."""
    return _without_whitespace(identity.doc_number).translate(_BRACKETS)


def _without_whitespace(text: str | None) -> str:
    return "".join((text or "").split())
