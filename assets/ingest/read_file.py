"""One file through the extractor: an `Extraction`, or a Chinese reason and remedy.

The work of a worker before rows are made of it; nothing here knows of Dagster, DuckDB or polars.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assets.ingest.build_plan import Candidate
from assets.ingest.file_names import find_below
from extractors.attachments import MemberDocument, ReadSibling, SeveralNoticesError
from extractors.corrections import Correction
from extractors.document import Document, ReadError
from extractors.records import Extraction

if TYPE_CHECKING:
    from extractors import Limits

REREAD = "请保存并关闭该文件后再次运行 wenming build"
REPORT = "请把该文件另存为 docx 后再试；仍然失败时，请把文件与本条信息一并反馈给维护人员"
SPLIT = "请检查文件是否异常（嵌入了巨大的图片或表格），拆分或另存后再试；确需读取时调高 {setting} 后加 --full 重新构建"


class Extract(Protocol):
    """The extractor as the workers call it: a module-level function, so that it can be sent by name."""

    def __call__(
        self,
        data: bytes,
        name: str,
        *,
        limits: Limits,
        corrections: Sequence[Correction],
        beside: ReadSibling | None,
        document: Document | None = None,
    ) -> Extraction: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one file: an extraction, or a Chinese reason and remedy."""

    candidate: Candidate
    extraction: Extraction | None = None
    reason: str | None = None
    remedy: str | None = None
    parts: tuple[Reading, ...] = ()
    """What came of the members of an archive that holds several notices; it has no extraction of its own then."""
    seconds: float = 0.0
    """Wall time of the reading."""
    out_of_memory: bool = False
    beside_wanted: bool = False
    """True where the file cannot be read without those beside it, and they are not there."""


class BesideWantedError(Exception):
    """A file asked for another one beside it, in a place where there is that one file only."""


def read_one(candidate: Candidate, extract: Extract, limits: Limits, *, alone: bool = False) -> Reading:
    """The work of a worker, timed. `alone` says that only this file is there, without those that lie beside it."""
    started = time.perf_counter()
    reading = _read_file(candidate, extract, limits, alone)
    return replace(reading, seconds=time.perf_counter() - started)


def _read_file(candidate: Candidate, extract: Extract, limits: Limits, alone: bool) -> Reading:
    """Every failure becomes a reading, so that nothing but data crosses the process border."""
    try:
        data = Path(candidate.path).read_bytes()
    except OSError as error:
        return _failed(candidate, f"文件无法打开（{error.strerror or type(error).__name__}）", REREAD)
    if hashlib.sha256(data).hexdigest() != candidate.sha256:
        return _failed(candidate, "文件在读取期间被改动", REREAD)
    return _guarded(candidate, lambda: _read_data(candidate, data, extract, limits, alone))


def _read_data(candidate: Candidate, data: bytes, extract: Extract, limits: Limits, alone: bool) -> Reading:
    """One file, or the members of an archive of several notices one by one."""
    beside = _wanted if alone else _beside(candidate, limits)
    try:
        found = extract(data, candidate.source_path, limits=limits, corrections=candidate.corrections, beside=beside)
    except SeveralNoticesError as several:
        return Reading(candidate, parts=_read_members(candidate, several.parts, extract, limits))
    return Reading(candidate, found)


def _wanted(path: str) -> bytes | None:
    raise BesideWantedError(path)


def _beside(candidate: Candidate, limits: Limits) -> ReadSibling:
    """Files by their path from the folder of this one; links are not followed and nothing large is read."""
    folder = Path(candidate.path).parent

    def read(path: str) -> bytes | None:
        try:
            found = find_below(folder, path)
            if found is None or found.is_symlink() or found.stat().st_size > limits.max_bytes:
                return None
            return found.read_bytes()
        except (OSError, ValueError):
            return None

    return read


def _read_members(
    archive: Candidate, parts: Sequence[MemberDocument], extract: Extract, limits: Limits
) -> tuple[Reading, ...]:
    """What comes of each member; equal ones say the same and are extracted once."""
    done: dict[int, Reading] = {}
    readings = []
    for part in parts:
        candidate = _inside(archive, part)
        document = part.document
        if document is None:
            error = part.error
            readings.append(_failed(candidate, error.reason, error.remedy) if error else Reading(candidate))
            continue
        if id(document) not in done:
            done[id(document)] = _read_member(candidate, part.member.data, document, extract, limits)
        readings.append(replace(done[id(document)], candidate=candidate))
    return tuple(readings)


def _read_member(candidate: Candidate, data: bytes, document: Document, extract: Extract, limits: Limits) -> Reading:
    def work() -> Reading:
        name = candidate.source_path
        return Reading(candidate, extract(data, name, limits=limits, corrections=(), beside=None, document=document))

    return _guarded(candidate, work)


def _inside(archive: Candidate, part: MemberDocument) -> Candidate:
    """A member of an archive as a file of its own."""
    return Candidate(
        source_path=f"{archive.source_path}/{part.member.name}",
        path=archive.path,
        bytes=len(part.member.data),
        mtime_ns=archive.mtime_ns,
        sha256=hashlib.sha256(part.member.data).hexdigest(),
        container=archive.source_path,
    )


def _guarded(candidate: Candidate, work: Callable[[], Reading]) -> Reading:
    try:
        return work()
    except ReadError as error:
        return _failed(candidate, error.reason, error.remedy)
    except BesideWantedError:
        return Reading(candidate, beside_wanted=True)
    except MemoryError:
        told = "读取所需内存超过上限"
        return replace(_failed(candidate, told, SPLIT.format(setting="WENMING_MEMORY_MB")), out_of_memory=True)
    except Exception as error:  # one notice's surprise must not cost the others; the reason carries what it was
        return _failed(candidate, f"读取程序内部出错（{type(error).__name__}：{_short(error)}）", REPORT)


def _failed(candidate: Candidate, reason: str, remedy: str) -> Reading:
    return Reading(candidate, reason=reason, remedy=remedy)


def _short(error: Exception, width: int = 120) -> str:
    line = " ".join(str(error).split())
    return line if len(line) <= width else line[:width] + "…"
