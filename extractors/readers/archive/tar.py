"""Tar archives, bare or squeezed by gzip, bzip2 or xz; a squeezed single file is an archive of one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import ARCHIVE
from extractors.readers.zip_guard import DAMAGED

_ERRORS = (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, OverflowError, RecursionError)
_OPENERS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
_TAR_MAGIC = b"ustar"
_CHUNK = 1 << 20
SINGLE = ""
"""The name of what is squeezed on its own: it has none inside, its archive's name tells it."""


def members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | ReadError]]:
    """(name, bytes or why it cannot be read) of every regular file. Raises `ReadError`."""
    plain = _plain(data, limits)
    try:
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            for n, info in enumerate(archive):
                if n >= limits.max_members:
                    raise ReadError(f"压缩包成员超过上限 {limits.max_members} 个", ARCHIVE.bomb)
                if not info.isreg():
                    continue
                # A sparse member states gigabytes in a few bytes.
                if info.issparse() or info.size > limits.max_part_bytes:
                    yield (
                        _name(info.name),
                        ReadError(f"文件展开后超过上限 {limits.max_part_bytes >> 20} MB", ARCHIVE.bomb),
                    )
                elif stream := archive.extractfile(info):
                    yield _name(info.name), stream.read()
    except tarfile.ReadError:
        if plain is data or plain[257:262] == _TAR_MAGIC:
            raise ReadError(DAMAGED, ARCHIVE.again) from None
        yield SINGLE, plain
    except _ERRORS as error:
        raise ReadError(DAMAGED, ARCHIVE.again) from error


def _plain(data: bytes, limits: Limits) -> bytes:
    """The bytes without the squeezing around them, counted while they grow."""
    for magic, opener in _OPENERS:
        if not data.startswith(magic):
            continue
        pieces: list[bytes] = []
        size = 0
        try:
            with opener(io.BytesIO(data)) as stream:
                while chunk := stream.read(_CHUNK):
                    pieces.append(chunk)
                    size += len(chunk)
                    ratio = size > limits.ratio_grace_bytes and size > limits.max_ratio * len(data)
                    if size > limits.max_expanded_bytes or ratio:
                        raise ReadError("压缩包展开后超过上限", ARCHIVE.bomb)
        except _ERRORS as error:
            raise ReadError(DAMAGED, ARCHIVE.again) from error
        return b"".join(pieces)
    return data


def _name(written: str) -> str:
    """Names that are not UTF-8 were decoded with surrogates; they are GBK then."""
    return written.encode("utf-8", "surrogateescape").decode("gb18030", "replace") if _odd(written) else written


def _odd(written: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in written)
