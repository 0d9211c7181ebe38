"""Read one file with the extractor: an `Extraction`, or a Chinese reason and remedy.

This is the first half of the work of a worker; nothing here depends on Dagster, DuckDB or polars.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assets.ingest.build_plan import Candidate
from assets.ingest.discover_files import find_file
from extractors.attachments import MemberDocument, ReadSibling, SeveralNoticesError
from extractors.corrections import Correction
from extractors.document import Document, ReadError
from extractors.layouts import ConfirmedLayout
from extractors.records import Extraction
from extractors.unit_decisions import UnitDecision

if TYPE_CHECKING:
    from extractors import Limits

REREAD_REMEDY = "请保存并关闭该文件后再次运行 wenming build"
REPORT_REMEDY = "请把该文件另存为 docx 后再试；仍然失败时，请把文件与本条信息一并反馈给维护人员"
SPLIT_REMEDY = (
    "请检查文件是否异常（嵌入了巨大的图片或表格），拆分或另存后再试；确需读取时调高 {setting} 后加 --full 重新构建"
)


class Extractor(Protocol):
    """Type of the extractor: a module-level function, so that it can be pickled by name."""

    def __call__(
        self,
        data: bytes,
        name: str,
        *,
        limits: Limits,
        corrections: Sequence[Correction],
        layouts: Sequence[ConfirmedLayout],
        units: Sequence[UnitDecision],
        read_sibling: ReadSibling | None,
        document: Document | None = None,
    ) -> Extraction:
        """Extract one file, see `extractors.extract`."""
        ...


_Extract = Callable[..., Extraction]
"""An extractor that already knows the confirmed layouts and decided units."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading one file: an extraction, or a Chinese reason and remedy."""

    candidate: Candidate
    extraction: Extraction | None = None
    reason: str | None = None
    remedy: str | None = None
    parts: tuple[Reading, ...] = ()
    """Readings of the members of an archive that holds several notices; it has no extraction of its own then."""
    seconds: float = 0.0
    """Wall time of the reading."""
    out_of_memory: bool = False
    needs_siblings: bool = False
    """True where the file cannot be read without the files beside it, which were not sent."""


class SiblingNeededError(Exception):
    """A file refers to another one beside it, which was not sent with it."""


def read_candidate(
    candidate: Candidate,
    extract: Extractor,
    limits: Limits,
    *,
    layouts: Sequence[ConfirmedLayout] = (),
    units: Sequence[UnitDecision] = (),
    isolated: bool = False,
) -> Reading:
    """Read one file with the confirmed layouts and decided units, and measure the time.

    `isolated` means that the files beside it are not available.
    """
    started = time.perf_counter()
    reading = _read_file(candidate, partial(extract, layouts=layouts, units=units), limits, isolated)
    return replace(reading, seconds=time.perf_counter() - started)


def _read_file(candidate: Candidate, extract: _Extract, limits: Limits, isolated: bool) -> Reading:
    """Turn every failure into a reading, so that only data crosses the process boundary."""
    try:
        data = Path(candidate.path).read_bytes()
    except OSError as error:
        return _failure(candidate, f"文件无法打开（{error.strerror or type(error).__name__}）", REREAD_REMEDY)
    if hashlib.sha256(data).hexdigest() != candidate.sha256:
        return _failure(candidate, "文件在读取期间被改动", REREAD_REMEDY)
    return _catch_errors(candidate, lambda: _read_data(candidate, data, extract, limits, isolated))


def _read_data(candidate: Candidate, data: bytes, extract: _Extract, limits: Limits, isolated: bool) -> Reading:
    """Read one file, or the members of an archive of several notices one by one."""
    read_sibling = _refuse_sibling if isolated else _sibling_reader(candidate, limits)
    try:
        extraction = extract(
            data, candidate.source_path, limits=limits, corrections=candidate.corrections, read_sibling=read_sibling
        )
    except SeveralNoticesError as several:
        return Reading(candidate, parts=_read_members(candidate, several.parts, extract, limits))
    return Reading(candidate, extraction)


def _refuse_sibling(path: str) -> bytes | None:
    raise SiblingNeededError(path)


def _sibling_reader(candidate: Candidate, limits: Limits) -> ReadSibling:
    """Return a function that reads files by their path relative to this one, except symbolic links and large files."""
    folder = Path(candidate.path).parent

    def read(path: str) -> bytes | None:
        try:
            sibling = find_file(folder, path)
            if sibling is None or sibling.is_symlink() or sibling.stat().st_size > limits.max_bytes:
                return None
            return sibling.read_bytes()
        except (OSError, ValueError):
            return None

    return read


def _read_members(
    archive: Candidate, parts: Sequence[MemberDocument], extract: _Extract, limits: Limits
) -> tuple[Reading, ...]:
    """Read each member of an archive; equal documents are extracted once."""
    done: dict[int, Reading] = {}
    readings = []
    for part in parts:
        candidate = _member_candidate(archive, part)
        document = part.document
        if document is None:
            error = part.error
            readings.append(_failure(candidate, error.reason, error.remedy) if error else Reading(candidate))
            continue
        if id(document) not in done:
            done[id(document)] = _read_member(candidate, part.member.data, document, extract, limits)
        readings.append(replace(done[id(document)], candidate=candidate))
    return tuple(readings)


def _read_member(candidate: Candidate, data: bytes, document: Document, extract: _Extract, limits: Limits) -> Reading:
    def work() -> Reading:
        name = candidate.source_path
        return Reading(
            candidate, extract(data, name, limits=limits, corrections=(), read_sibling=None, document=document)
        )

    return _catch_errors(candidate, work)


def _member_candidate(archive: Candidate, part: MemberDocument) -> Candidate:
    """Return the candidate for a member of an archive."""
    return Candidate(
        source_path=f"{archive.source_path}/{part.member.name}",
        path=archive.path,
        bytes=len(part.member.data),
        mtime_ns=archive.mtime_ns,
        sha256=hashlib.sha256(part.member.data).hexdigest(),
        container=archive.source_path,
    )


def _catch_errors(candidate: Candidate, work: Callable[[], Reading]) -> Reading:
    try:
        return work()
    except ReadError as error:
        return _failure(candidate, error.reason, error.remedy)
    except SiblingNeededError:
        return Reading(candidate, needs_siblings=True)
    except MemoryError:
        reason = "读取所需内存超过上限"
        return replace(
            _failure(candidate, reason, SPLIT_REMEDY.format(setting="WENMING_MEMORY_MB")), out_of_memory=True
        )
    except Exception as error:  # an unexpected error in one notice must not affect the others
        return _failure(candidate, f"读取程序内部出错（{type(error).__name__}：{_shorten(error)}）", REPORT_REMEDY)


def _failure(candidate: Candidate, reason: str, remedy: str) -> Reading:
    return Reading(candidate, reason=reason, remedy=remedy)


def _shorten(error: Exception, width: int = 120) -> str:
    line = " ".join(str(error).split())
    return line if len(line) <= width else line[:width] + "…"
