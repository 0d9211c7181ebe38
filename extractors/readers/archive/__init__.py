"""Archives: bytes in, members out. Nothing is written to disk, whatever the names of the members say.

A member is a regular file; folders, links, devices and what systems leave behind (.DS_Store, Thumbs.db, ~$…) are left
out. Archives inside archives are opened to the depth of `Limits.max_archive_depth`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.archive import seven, tar, zipped
from extractors.readers.sniff import Carrier, extension, sniff

ARCHIVES = {
    Carrier.ZIP: zipped.members,
    Carrier.SEVEN_ZIP: seven.members,
    Carrier.TAR: tar.members,
    Carrier.GZIP: tar.members,
    Carrier.BZIP2: tar.members,
    Carrier.XZ: tar.members,
}
"""What opens which kind of archive: `(data, limits) -> iterator of (name as written, bytes or error)`."""

_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_SQUEEZED = re.compile(r"\.(?:gz|tgz|bz2|tbz2?|xz|txz)$", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its path inside, with forward slashes and never climbing out, and its bytes.

    `error` says why it could not be taken out; `data` is empty then.
    """

    name: str
    data: bytes
    error: ReadError | None = None


@dataclass(slots=True)
class _Budget:
    """What an archive and the archives in it may hold together, counted while they are opened."""

    files: int
    bytes: int

    def take(self, size: int) -> None:
        self.files -= 1
        self.bytes -= size
        if self.files < 0 or self.bytes < 0:
            raise ReadError("压缩包内文件过多或过大", "请解压后只放入需要的通知")


def is_archive(data: bytes, name: str) -> bool:
    """True for what `members` can open; office files that are packages are none."""
    return sniff(data, name) in ARCHIVES


def members(data: bytes, name: str, limits: Limits) -> list[Member]:
    """The files of an archive and of the archives in it, in the natural order of their names.

    A member that cannot be taken out costs itself only. Raises `ReadError` when the archive is damaged, locked, holds
    too much or nothing.
    """
    budget = _Budget(limits.max_archive_files, limits.max_expanded_bytes)
    found = list(_opened(data, name, limits, limits.max_archive_depth, budget))
    if not found:
        raise ReadError("压缩包内没有文件", "请核对压缩包；需要的文件请解压后放入")
    if all(member.error for member in found) and found[0].error:
        raise found[0].error
    return sorted(distinct(found), key=lambda member: natural(member.name))


def _opened(data: bytes, name: str, limits: Limits, depth: int, budget: _Budget) -> Iterator[Member]:
    for written, content in ARCHIVES[sniff(data, name)](data, limits):
        path = safe(_inside(name, content) if written == tar.SINGLE else written)
        if path is None or _JUNK.search(path):
            continue
        if isinstance(content, ReadError):
            yield Member(path, b"", content)
            continue
        budget.take(len(content))
        if sniff(content, path) not in ARCHIVES:
            yield Member(path, content)
        elif depth == 1:
            yield Member(path, b"", ReadError(f"压缩包嵌套超过 {limits.max_archive_depth} 层", "请逐层解压后放入"))
        else:
            yield from _nested(path, content, limits, depth - 1, budget)


def _inside(name: str, content: bytes | ReadError) -> str:
    """What a file squeezed on its own is called: as its archive without the ending; bare text is given one."""
    inner = _SQUEEZED.sub("", posixpath.basename(name.replace("\\", "/"))) or "内容"
    bare = not extension(inner) and isinstance(content, bytes) and sniff(content) is Carrier.TEXT
    return f"{inner}.txt" if bare else inner


def _nested(path: str, content: bytes, limits: Limits, depth: int, budget: _Budget) -> list[Member]:
    """The members of an archive in an archive; where it cannot be opened, one that says so."""
    try:
        inner = list(_opened(content, path, limits, depth, budget))
    except ReadError as error:
        if budget.files < 0 or budget.bytes < 0:
            raise
        return [Member(path, b"", error)]
    return [Member(f"{path}/{member.name}", member.data, member.error) for member in inner]


def safe(written: str) -> str | None:
    """A member name as a path below the archive; parts that climb or name a drive fall away, None where none stays."""
    path = posixpath.normpath("/" + re.sub(r"^[A-Za-z]:", "", written.replace("\\", "/"))).lstrip("/")
    # A lone surrogate, as a 7z may hold, is no text that could be stored.
    path = re.sub(r"[\ud800-\udfff]", "\ufffd", re.sub(r"[\x00-\x1f\x7f]", "", path))
    return path or None


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key that puts 附件2 before 附件10."""
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in _DIGITS.split(name) if part)


def distinct(found: Iterable[Member]) -> Iterator[Member]:
    """Members of one name are told apart by a number before the ending: 表.xlsx, 表（2）.xlsx."""
    seen: set[str] = set()
    for member in found:
        name, n = member.name, 1
        while name in seen:
            n += 1
            stem, ending = posixpath.splitext(member.name)
            name = f"{stem}（{n}）{ending}"
        seen.add(name)
        yield Member(name, member.data, member.error)
