"""Safe access to zip packages (docx and its relatives): every size is checked before and while inflating.

The central directory of a zip can lie about sizes, so the inflated bytes are counted too. Nothing is written to disk,
hence member names that climb out of a folder have no effect.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections import Counter
from types import TracebackType

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import DOCUMENT, Remedies

DAMAGED = "压缩包损坏或不完整"

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
    IndexError,
    KeyError,
)
"""What `zipfile` raises on damaged or hostile archives (found by mutation)."""

_DIRECTORY_ENTRY = b"PK\x01\x02"
_DIRECTORY_END = b"PK\x05\x06"
_CONTENT_HEAD = b"PK\x03\x04"
_ENTRY_HEAD_BYTES = 46
"""Bytes of a directory entry before its name."""
UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_CHUNK = 1024 * 1024


class Package:
    """An open zip package whose members are read one by one under the limits.

    Raises `ReadError` if the archive is damaged, encrypted, has too many members or expands too far, with the remedy of
    `remedies`.
    """

    def __init__(self, data: bytes, limits: Limits, remedies: Remedies = DOCUMENT) -> None:
        self._limits = limits
        self._remedies = remedies
        # zipfile builds an object per directory entry; counting first avoids a directory of millions in memory.
        if data.count(_DIRECTORY_ENTRY) > limits.max_members:
            raise ReadError(f"压缩包成员超过上限 {limits.max_members} 个", self._remedies.bomb)
        try:
            self._zip = _open_zip(data)
        except _ZIP_ERRORS as error:
            raise ReadError(DAMAGED, self._remedies.damaged) from error
        infos = self._zip.infolist()
        names = [_normalize_name(info.filename) for info in infos]
        self._infos = dict(zip(names, infos, strict=True))
        self._duplicates = {name for name, n in Counter(names).items() if n > 1}
        self._check_directory(infos)

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """Member names as written in the directory."""
        return tuple(info.filename for info in self._infos.values())

    @property
    def infos(self) -> tuple[zipfile.ZipInfo, ...]:
        """Every entry of the directory, in its order."""
        return tuple(self._zip.infolist())

    def __contains__(self, name: str) -> bool:
        return _normalize_name(name) in self._infos

    def read(self, name: str) -> bytes:
        """Return the inflated bytes of one member; names are compared without case, as the package standard says.

        Raises:
            ReadError: the member is missing, duplicate, encrypted, damaged or too large.
        """
        info = self._infos.get(_normalize_name(name))
        if info is None:
            raise ReadError(f"文件内缺少部件 {_shorten(name)}", self._remedies.damaged)
        if _normalize_name(name) in self._duplicates:
            raise ReadError(f"文件内有两个同名部件 {_shorten(name)}，无法确定以哪个为准", self._remedies.damaged)
        return self.read_member(info)

    def read_member(self, info: zipfile.ZipInfo) -> bytes:
        """Return the inflated bytes of one entry. Raises `ReadError` if it is encrypted, damaged or too large."""
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise ReadError("压缩包设有密码", "请解除密码后重新放入")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadError("压缩包采用了不支持的压缩方式", self._remedies.save)
        self._check_size(info.filename, info.file_size, info.compress_size)
        return self._inflate(info)

    def _inflate(self, info: zipfile.ZipInfo) -> bytes:
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    pieces.append(chunk)
                    size += len(chunk)
                    self._check_size(info.filename, size, info.compress_size)
        except _ZIP_ERRORS as error:
            raise ReadError(f"{DAMAGED}（部件 {_shorten(info.filename)}）", self._remedies.damaged) from error
        return b"".join(pieces)

    def _check_size(self, name: str, size: int, stored: int) -> None:
        limits = self._limits
        if size > limits.max_part_bytes:
            raise ReadError(
                f"部件 {_shorten(name)} 展开后超过上限 {_format_mib(limits.max_part_bytes)}", self._remedies.bomb
            )
        if size > limits.ratio_grace_bytes and size > limits.max_ratio * max(stored, 1):
            raise ReadError(f"部件 {_shorten(name)} 的压缩比超过上限 {limits.max_ratio:g} 倍", self._remedies.bomb)

    def _check_directory(self, infos: list[zipfile.ZipInfo]) -> None:
        limits = self._limits
        expanded = sum(info.file_size for info in infos)
        stored = sum(info.compress_size for info in infos)
        if expanded > limits.max_expanded_bytes:
            raise ReadError(
                f"压缩包展开后共 {_format_mib(expanded)}，超过上限 {_format_mib(limits.max_expanded_bytes)}",
                self._remedies.bomb,
            )
        if expanded > limits.ratio_grace_bytes and expanded > limits.max_ratio * max(stored, 1):
            raise ReadError(f"压缩包的压缩比超过上限 {limits.max_ratio:g} 倍", self._remedies.bomb)


def resolve(base: str, target: str) -> str:
    """Return the member name of a relationship target, relative to the part `base`."""
    if target.startswith("/"):
        return target.lstrip("/")
    steps: list[str] = []
    for step in (*base.split("/")[:-1], *target.replace("\\", "/").split("/")):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _normalize_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _open_zip(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except UnicodeDecodeError:
        return zipfile.ZipFile(io.BytesIO(_clear_utf8_flags(data)))


def _clear_utf8_flags(data: bytes) -> bytes:
    """Remove the UTF-8 flag from all entries.

    Some writers set the flag and write GBK; `zipfile` then refuses the whole archive. If one name is not UTF-8 the
    flag is wrong for the others too. It occurs in the directory and before each content.
    """
    end = data.rfind(_DIRECTORY_END)
    size, offset = struct.unpack_from("<II", data, end + 12)
    position = end - size
    archive_start = position - offset
    patched = bytearray(data)
    while 0 <= position < end and data.startswith(_DIRECTORY_ENTRY, position):
        flags, name, extra, comment, content = struct.unpack_from("<8xH18xHHH8xI", data, position)
        struct.pack_into("<H", patched, position + 8, flags & ~UTF8_FLAG)
        if data.startswith(_CONTENT_HEAD, archive_start + content):
            struct.pack_into("<H", patched, archive_start + content + 6, flags & ~UTF8_FLAG)
        position += _ENTRY_HEAD_BYTES + name + extra + comment
    return bytes(patched)


def _shorten(name: str) -> str:
    return name if len(name) <= 60 else name[:57] + "…"


def _format_mib(size: int) -> str:
    return f"{size / (1024 * 1024):.0f} MB"
