"""Zip archives: names in GBK where no flag says UTF-8, sizes checked while inflating."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from zipfile import ZipInfo

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import ARCHIVE
from extractors.readers.zip_guard import UTF8_FLAG, Package

_UNICODE_PATH = 0x7075
_PLAUSIBLE = re.compile(
    "[\x20-\x7e\u00b7\u2000-\u206f\u2100-\u22ff\u2460-\u24ff\u3000-\u9fff\uff00-\uffef\U00020000-\U0003ffff]*"
)


def members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | ReadError]]:
    """(name, bytes or why it cannot be read) of every file in the order of the directory. Raises `ReadError`."""
    with Package(data, limits, ARCHIVE) as package:
        for info in package.infos:
            if info.is_dir() or _is_link(info):
                continue
            try:
                content: bytes | ReadError = package.read_member(info)
            except ReadError as error:
                content = error
            yield decoded(info), content


def _is_link(info: ZipInfo) -> bool:
    return (info.external_attr >> 28) == 0xA


def decoded(info: ZipInfo) -> str:
    """The name as its writer meant it: by the UTF-8 flag, the Unicode field, as UTF-8 without a flag, else as GBK."""
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    raw = info.orig_filename.encode("cp437", errors="replace")
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and struct.unpack("<I", field[1:5])[0] == zlib.crc32(raw):
            return field[5:].decode("utf-8", errors="replace")
    # 通知 in GBK is valid UTF-8 as well, but of letters that no Chinese name has.
    with suppress(UnicodeDecodeError):
        name = raw.decode("utf-8")
        if _PLAUSIBLE.fullmatch(name):
            return name
    return raw.decode("gb18030", errors="replace")
