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
from extractors.readers.archive import seven, tar, zipped
from extractors.readers.limits import Limits
from extractors.readers.sniff import Carrier, sniff

ARCHIVES = {
    Carrier.ZIP: zipped.members,
    Carrier.SEVEN_ZIP: seven.members,
    Carrier.TAR: tar.members,
    Carrier.GZIP: tar.members,
    Carrier.BZIP2: tar.members,
    Carrier.XZ: tar.members,
}
"""What opens which kind of archive: `(data, limits) -> iterator of (name as written, bytes)`."""

_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its path inside, with forward slashes and never climbing out, and its bytes."""

    name: str
    data: bytes


def is_archive(data: bytes, name: str) -> bool:
    """True for what `members` can open; office files that are packages are none."""
    return sniff(data, name) in ARCHIVES


def members(data: bytes, name: str, limits: Limits) -> list[Member]:
    """The files of an archive and of the archives in it, in the natural order of their names.

    Raises `ReadError` when it is damaged, locked, holds too much or nothing.
    """
    found = list(_opened(data, name, limits, limits.max_archive_depth))
    if not found:
        raise ReadError("压缩包内没有文件", "请核对压缩包；需要的文件请解压后放入")
    total = sum(len(member.data) for member in found)
    if len(found) > limits.max_archive_files or total > limits.max_expanded_bytes:
        raise ReadError(
            f"压缩包内文件过多或过大（{len(found)} 个，共 {total / 2**20:.0f} MB）", "请解压后只放入需要的通知"
        )
    return sorted(_distinct(found), key=lambda member: natural(member.name))


def _opened(data: bytes, name: str, limits: Limits, depth: int) -> Iterator[Member]:
    carrier = sniff(data, name)
    for written, content in ARCHIVES[carrier](data, limits):
        path = safe(written)
        if path is None or _JUNK.search(path):
            continue
        if sniff(content, path) not in ARCHIVES:
            yield Member(path, content)
        elif depth > 1:
            for inner in _opened(content, path, limits, depth - 1):
                yield Member(f"{path}/{inner.name}", inner.data)
        else:
            raise ReadError(f"压缩包嵌套超过 {limits.max_archive_depth} 层（{path[-60:]}）", "请逐层解压后放入")


def safe(written: str) -> str | None:
    """A member name as a path below the archive; parts that climb or name a drive fall away, None where none stays."""
    path = posixpath.normpath("/" + re.sub(r"^[A-Za-z]:", "", written.replace("\\", "/"))).lstrip("/")
    path = re.sub(r"[\x00-\x1f\x7f]", "", path)
    return path or None


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key that puts 附件2 before 附件10."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in _DIGITS.split(name) if part)


def _distinct(found: Iterable[Member]) -> Iterator[Member]:
    """Members of one name are told apart by a number."""
    seen: set[str] = set()
    for member in found:
        name, n = member.name, 1
        while name in seen:
            n += 1
            name = f"{member.name}（{n}）"
        seen.add(name)
        yield Member(name, member.data)
