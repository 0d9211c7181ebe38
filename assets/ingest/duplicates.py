"""Which files say the same thing, and which one of them is kept.

The answer depends on the set of files alone, not on the order in which they arrived: the better carrier is kept,
then the earlier path.
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
"""How much of a notice's structure a carrier keeps, best first; a carrier not named here comes last."""

_FINGERPRINT_BYTES = 8
_BRACKETS = str.maketrans("[［【(（〔]］】)）〕", "〔〔〔〔〔〔〕〕〕〕〕〕")


@dataclass(frozen=True, slots=True)
class NoticeIdentity:
    """What tells whether two files are one notice. `requirements` are the `marks` of the task texts, in order."""

    source_path: str
    sha256: str
    format: str
    doc_number: str | None
    issuer: str | None
    title: str | None
    requirements: bytes
    attached: tuple[str, ...] = ()
    """Source paths of the files that were read with it, being linked from it."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`source_path` repeats `duplicate_of` (the kept file's source path); `reason` says how, in Chinese."""

    source_path: str
    duplicate_of: str
    reason: str
    container: str | None = None
    """The page that the file is an attachment of."""


def _without_whitespace(text: str | None) -> str:
    """`text` without any white space."""
    return "".join((text or "").split())


def fingerprint_texts(texts: Iterable[str | None]) -> bytes:
    """Fingerprints of texts without their blanks, one behind the other; empty texts leave none.

    A build keeps those of every notice in memory, where the texts themselves would not fit.
    """
    return b"".join(
        hashlib.blake2b(
            _without_whitespace(text).encode("utf-8", "surrogatepass"), digest_size=_FINGERPRINT_BYTES
        ).digest()
        for text in texts
        if text
    )


def find_duplicates(identities: Iterable[NoticeIdentity]) -> dict[str, Duplicate]:
    """The files that repeat a better one, by source path; files not named here are kept."""
    ranked = sorted(identities, key=lambda one: (FORMAT_RANK.get(one.format, len(FORMAT_RANK)), one.source_path))
    kept: dict[tuple[str, ...], list[NoticeIdentity]] = {}
    found = _find_attachments(ranked)
    for one in ranked:
        if one.source_path in found:
            continue
        met = bucket_keys(one)
        rivals = (rival for key in met for rival in kept.get(key, ()))
        for rival in rivals:
            how = _duplicate_reason(one, rival)
            if how is not None:
                found[one.source_path] = Duplicate(
                    one.source_path, rival.source_path, f"{how}，已采用“{rival.source_path}”"
                )
                break
        else:
            for key in met:
                kept.setdefault(key, []).append(one)
    return found


def _find_attachments(identities: Iterable[NoticeIdentity]) -> dict[str, Duplicate]:
    """The files that a saved page was read with: what they say stands in the page's notice already."""
    return {
        path: Duplicate(
            path, page.source_path, f"是网页的附件，已并入该网页的通知，已采用“{page.source_path}”", page.source_path
        )
        for page in identities
        for path in page.attached
    }


def _normalized_number(one: NoticeIdentity) -> str:
    """The document number with one kind of bracket: 〔2021〕, [2021] and （2021） are written for one another."""
    return _without_whitespace(one.doc_number).translate(_BRACKETS)


def bucket_keys(one: NoticeIdentity) -> list[tuple[str, ...]]:
    """The buckets in which a file can meet its like, so that a thousand files are not compared each with each."""
    found: list[tuple[str, ...]] = [("bytes", one.sha256)]
    if one.doc_number:
        found.append(("number", _normalized_number(one)))
    if one.title:
        found.append(("title", _without_whitespace(one.title)))
    return found


def _duplicate_reason(one: NoticeIdentity, kept: NoticeIdentity) -> str | None:
    """Why `one` repeats `kept`, or None where it does not."""
    if one.sha256 == kept.sha256:
        return "与另一文件内容完全相同"
    issuers = {_without_whitespace(one.issuer), _without_whitespace(kept.issuer)}
    same_number = _normalized_number(one) == _normalized_number(kept)
    # A carrier that lost the issuer still carries its short form inside the number.
    if (
        one.doc_number
        and same_number
        and len(issuers - {""}) <= 1
        and one.format != kept.format
        and not _is_separate_annex(one, kept)
    ):
        return f"与另一文件是同一通知（文号 {one.doc_number}）的不同格式"
    same_title = bool(one.title) and _without_whitespace(one.title) == _without_whitespace(kept.title)
    if len(issuers) == 1 and same_title and same_number and one.requirements and one.requirements == kept.requirements:
        return "与另一文件的标题、发文机关和任务内容完全相同"
    return None


def _is_separate_annex(one: NoticeIdentity, kept: NoticeIdentity) -> bool:
    """True where `one` holds tasks and `kept` none of them: an annex published in a file of its own."""
    return bool(one.requirements) and not _split_fingerprints(one.requirements) & _split_fingerprints(kept.requirements)


def _split_fingerprints(requirements: bytes) -> set[bytes]:
    return {requirements[at : at + _FINGERPRINT_BYTES] for at in range(0, len(requirements), _FINGERPRINT_BYTES)}
