"""Archives (zip, 7z, tar, gzip, bzip2, xz): bytes in, members out; nothing is written to disk.

A member is a regular file; folders, links, devices and system files (.DS_Store, Thumbs.db, ~$…) are left out. Archives
inside archives are opened to the depth of `Limits.max_archive_depth`.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import posixpath
import re
import struct
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zipfile import ZipInfo

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import ARCHIVE
from extractors.readers.sniff import FileFormat, detect_format, file_extension
from extractors.readers.zip_guard import DAMAGED, UTF8_FLAG, Package

_JUNK_FILE = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_COMPRESSED_SUFFIX = re.compile(r"\.(?:gz|tgz|bz2|tbz2?|xz|txz)$", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")
_UNICODE_PATH_FIELD = 0x7075
_CHINESE_NAME = re.compile(
    "[\x20-\x7e\u00b7\u2000-\u206f\u2100-\u22ff\u2460-\u24ff\u3000-\u9fff\uff00-\uffef\U00020000-\U0003ffff]*"
)
_TAR_ERRORS = (
    tarfile.TarError,
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    ValueError,
    OverflowError,
    RecursionError,
)
_DECOMPRESSORS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
_TAR_MAGIC = b"ustar"
_CHUNK = 1 << 20
_UNNAMED = ""
"""Name of a single compressed file, which has none inside and takes that of its archive."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its path inside (forward slashes, never outside the archive) and its bytes.

    `error` says why it could not be extracted; `data` is empty then.
    """

    name: str
    data: bytes
    error: ReadError | None = None


@dataclass(slots=True)
class _ArchiveBudget:
    """Remaining number of files and bytes of an archive and the archives in it."""

    files: int
    bytes: int

    def take(self, size: int) -> None:
        self.files -= 1
        self.bytes -= size
        if self.files < 0 or self.bytes < 0:
            raise ReadError("压缩包内文件过多或过大", "请解压后只放入需要的通知")


def is_archive(data: bytes, name: str) -> bool:
    """Return whether `read_members` can open the file; office files that are packages are not archives."""
    return detect_format(data, name) in _OPENERS


def read_members(data: bytes, name: str, limits: Limits) -> list[Member]:
    """Return the files of an archive and of the archives in it, in natural order of their names.

    A member that cannot be extracted does not affect the others.

    Raises:
        ReadError: the archive is damaged, encrypted, too large or empty.
    """
    if limits.max_archive_depth < 1:
        raise ReadError("这是压缩包，设置为不打开压缩包", "请解压后放入")
    budget = _ArchiveBudget(limits.max_archive_files, limits.max_expanded_bytes)
    members = list(_iter_members(data, name, limits, limits.max_archive_depth, budget))
    if not members:
        raise ReadError("压缩包内没有文件", "请核对压缩包；需要的文件请解压后放入")
    if all(member.error for member in members) and members[0].error:
        raise members[0].error
    return sorted(distinct_names(members), key=lambda member: natural_key(member.name))


def safe_path(raw_name: str) -> str | None:
    """Return a member name as a path below the archive, without drive and parent folders; None if nothing remains."""
    path = posixpath.normpath("/" + re.sub(r"^[A-Za-z]:", "", raw_name.replace("\\", "/"))).lstrip("/")
    # A lone surrogate, as a 7z may hold, cannot be stored as text.
    path = re.sub(r"[\ud800-\udfff]", "\ufffd", re.sub(r"[\x00-\x1f\x7f]", "", path))
    return path or None


def natural_key(name: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that puts 附件2 before 附件10."""
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in _DIGITS.split(name) if part)


def distinct_names(members: Iterable[Member]) -> Iterator[Member]:
    """Number members of the same name before the suffix: 表.xlsx, 表（2）.xlsx."""
    seen: set[str] = set()
    for member in members:
        name, n = member.name, 1
        while name in seen:
            n += 1
            stem, suffix = posixpath.splitext(member.name)
            name = f"{stem}（{n}）{suffix}"
        seen.add(name)
        yield Member(name, member.data, member.error)


def _iter_members(data: bytes, name: str, limits: Limits, depth: int, budget: _ArchiveBudget) -> Iterator[Member]:
    for raw_name, content in _OPENERS[detect_format(data, name)](data, limits):
        path = safe_path(_inner_name(name, content) if raw_name == _UNNAMED else raw_name)
        if path is None or _JUNK_FILE.search(path):
            continue
        if isinstance(content, ReadError):
            yield Member(path, b"", content)
            continue
        budget.take(len(content))
        if detect_format(content, path) not in _OPENERS:
            yield Member(path, content)
        elif depth == 1:
            yield Member(path, b"", ReadError(f"压缩包嵌套超过 {limits.max_archive_depth} 层", "请逐层解压后放入"))
        else:
            yield from _read_nested(path, content, limits, depth - 1, budget)


def _inner_name(name: str, content: bytes | ReadError) -> str:
    """Return the name of a single compressed file: that of its archive without the suffix, `.txt` for plain text."""
    inner = _COMPRESSED_SUFFIX.sub("", posixpath.basename(name.replace("\\", "/"))) or "内容"
    is_plain_text = (
        not file_extension(inner) and isinstance(content, bytes) and detect_format(content) is FileFormat.TEXT
    )
    return f"{inner}.txt" if is_plain_text else inner


def _read_nested(path: str, content: bytes, limits: Limits, depth: int, budget: _ArchiveBudget) -> list[Member]:
    """Return the members of a nested archive, or one member with the error."""
    try:
        inner = list(_iter_members(content, path, limits, depth, budget))
    except ReadError as error:
        if budget.files < 0 or budget.bytes < 0:
            raise
        return [Member(path, b"", error)]
    return [Member(f"{path}/{member.name}", member.data, member.error) for member in inner]


def _zip_members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | ReadError]]:
    """Yield (name, bytes or error) of every file in directory order. Raises `ReadError`."""
    with Package(data, limits, ARCHIVE) as package:
        for info in package.infos:
            if info.is_dir() or _is_symlink(info):
                continue
            try:
                content: bytes | ReadError = package.read_member(info)
            except ReadError as error:
                content = error
            yield _decode_name(info), content


def _is_symlink(info: ZipInfo) -> bool:
    return (info.external_attr >> 28) == 0xA


def _decode_name(info: ZipInfo) -> str:
    """Return the member name by its UTF-8 flag, its Unicode field, as UTF-8 if plausible, else as GBK."""
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    raw = info.orig_filename.encode("cp437", errors="replace")
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH_FIELD and len(field) > 5 and struct.unpack("<I", field[1:5])[0] == zlib.crc32(raw):
            return field[5:].decode("utf-8", errors="replace")
    # 通知 in GBK is valid UTF-8 as well, but of letters not used in Chinese names.
    with suppress(UnicodeDecodeError):
        name = raw.decode("utf-8")
        if _CHINESE_NAME.fullmatch(name):
            return name
    return raw.decode("gb18030", errors="replace")


def _seven_zip_members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | ReadError]]:
    """Yield (name, bytes) of every file. Raises `ReadError`."""
    import py7zr
    from py7zr.exceptions import PasswordRequired, UnsupportedCompressionMethodError
    from py7zr.io import BytesIOFactory

    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            if archive.needs_password():
                raise ReadError("压缩包设有密码", "请解除密码后重新放入")
            infos = [info for info in archive.list() if not info.is_directory]
            total = sum(info.uncompressed for info in infos)
            if len({info.filename for info in infos}) < len(infos):
                raise ReadError("压缩包内有两个同名文件，无法分别读出", "请解压后改名，再放入")
            is_bomb = total > limits.ratio_grace_bytes and total > limits.max_ratio * len(data)
            if len(infos) > limits.max_members or total > limits.max_expanded_bytes or is_bomb:
                raise ReadError(f"压缩包展开后有 {len(infos)} 个文件、{total / 2**20:.0f} MB，超过上限", ARCHIVE.bomb)
            factory = BytesIOFactory(limits.max_part_bytes)
            archive.extractall(factory=factory)
            for info in infos:
                content: Any = factory.products.get(info.filename)
                if content is not None:
                    content.seek(0)
                    yield info.filename, content.read()
    except PasswordRequired as error:
        raise ReadError("压缩包设有密码", "请解除密码后重新放入") from error
    except UnsupportedCompressionMethodError as error:
        raise ReadError("压缩包采用了不支持的压缩方式", ARCHIVE.save) from error
    except ReadError:
        raise
    # py7zr passes through any error of its decoders (found by mutation), from IndexError to lzma.LZMAError.
    except Exception as error:
        raise ReadError(DAMAGED, ARCHIVE.damaged) from error


def _tar_members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | ReadError]]:
    """Yield (name, bytes or error) of every regular file. Raises `ReadError`."""
    tar_bytes = _decompress(data, limits)
    try:
        with tarfile.open(fileobj=io.BytesIO(tar_bytes), mode="r:") as archive:
            for n, info in enumerate(archive):
                if n >= limits.max_members:
                    raise ReadError(f"压缩包成员超过上限 {limits.max_members} 个", ARCHIVE.bomb)
                if not info.isreg():
                    continue
                # A sparse member can declare gigabytes in a few bytes.
                if info.issparse() or info.size > limits.max_part_bytes:
                    yield (
                        _decode_tar_name(info.name),
                        ReadError(f"文件展开后超过上限 {limits.max_part_bytes >> 20} MB", ARCHIVE.bomb),
                    )
                elif stream := archive.extractfile(info):
                    yield _decode_tar_name(info.name), stream.read()
    except tarfile.ReadError:
        if tar_bytes is data or tar_bytes[257:262] == _TAR_MAGIC:
            raise ReadError(DAMAGED, ARCHIVE.damaged) from None
        yield _UNNAMED, tar_bytes
    except _TAR_ERRORS as error:
        raise ReadError(DAMAGED, ARCHIVE.damaged) from error


def _decompress(data: bytes, limits: Limits) -> bytes:
    """Remove the compression around a tar, counting the bytes while inflating."""
    for magic, opener in _DECOMPRESSORS:
        if not data.startswith(magic):
            continue
        pieces: list[bytes] = []
        size = 0
        try:
            with opener(io.BytesIO(data)) as stream:
                while chunk := stream.read(_CHUNK):
                    pieces.append(chunk)
                    size += len(chunk)
                    is_bomb = size > limits.ratio_grace_bytes and size > limits.max_ratio * len(data)
                    if size > limits.max_expanded_bytes or is_bomb:
                        raise ReadError("压缩包展开后超过上限", ARCHIVE.bomb)
        except _TAR_ERRORS as error:
            raise ReadError(DAMAGED, ARCHIVE.damaged) from error
        return b"".join(pieces)
    return data


def _decode_tar_name(raw_name: str) -> str:
    """Decode names that are not UTF-8, read with surrogates, as GBK."""
    if not _has_surrogates(raw_name):
        return raw_name
    return raw_name.encode("utf-8", "surrogateescape").decode("gb18030", "replace")


def _has_surrogates(raw_name: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in raw_name)


_OPENERS = {
    FileFormat.ZIP: _zip_members,
    FileFormat.SEVEN_ZIP: _seven_zip_members,
    FileFormat.TAR: _tar_members,
    FileFormat.GZIP: _tar_members,
    FileFormat.BZIP2: _tar_members,
    FileFormat.XZ: _tar_members,
}
"""Format → `(data, limits) -> iterator of (name as written, bytes or error)`."""
