"""Zip archives: names in GBK where no flag says UTF-8, sizes checked while inflating."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from zipfile import ZipInfo

from extractors.document import ReadError
from extractors.readers.limits import Limits
from extractors.readers.package import Package

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075


def members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every file in the order of the directory. Raises `ReadError`."""
    with Package(data, limits) as package:
        for info in package.infos:
            if not info.is_dir() and not _is_link(info):
                yield decoded(info), package.read_member(info)


def _is_link(info: ZipInfo) -> bool:
    return (info.external_attr >> 28) == 0xA


def decoded(info: ZipInfo) -> str:
    """The name as its writer meant it: by the UTF-8 flag, the Unicode field, as UTF-8 without a flag, else as GBK."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    raw = info.orig_filename.encode("cp437", errors="replace")
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and struct.unpack("<I", field[1:5])[0] == zlib.crc32(raw):
            return field[5:].decode("utf-8", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadError("压缩包内的文件名编码无法识别", "请解压后改名，再放入")
