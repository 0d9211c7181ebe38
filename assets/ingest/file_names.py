"""Decode file names: those on disk need not be UTF-8, those in the warehouse always are.

A zip from a Chinese Windows, or a share of one, leaves names in GBK; Python shows their bytes as lone surrogates,
which no database and no UTF-8 file takes.
"""

from __future__ import annotations

import os
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Final

from extractors.body.redaction import redact_path

RENAME: Final = "文件名（或所在文件夹名）中有电话号码等联系方式，请改名"

_LAST_LATIN: Final = "\u024f"
_FIRST_OF_THREE_BYTES: Final = "\u0800"


def readable(name: str) -> str:
    """Decode one path component to NFC text: UTF-8, else GB18030, else invalid bytes as %FF."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFC", _decoded(os.fsencode(name)))


def _decoded(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = raw.decode("utf-8")
        # 页 in GBK is valid UTF-8 as well, but of letters that no Chinese name has.
        if max(text) >= _FIRST_OF_THREE_BYTES or max(text) <= _LAST_LATIN:
            return text
        with suppress(UnicodeDecodeError):
            return raw.decode("gb2312")
        return text
    with suppress(UnicodeDecodeError):
        return raw.decode("gb18030")
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(char) - 0xDC00:02X}" if "\udc80" <= char <= "\udcff" else char for char in text)


def with_rename_request(remedy: str, source_path: str) -> str:
    """Append the request to rename the file to a remedy if its name contains contact data."""
    return remedy if redact_path(source_path) == source_path else f"{remedy}；{RENAME}"


def find_below(folder: Path, path: str) -> Path | None:
    """Return the file whose decoded path below `folder` is `path`, or None. Raises OSError, ValueError."""
    direct = folder / path
    if direct.is_file():
        return direct
    found = folder
    for part in path.split("/"):
        fitting = [name for name in sorted(os.listdir(found)) if readable(name) == unicodedata.normalize("NFC", part)]  # noqa: PTH208
        if not fitting:
            return None
        found /= fitting[0]
    return found if found.is_file() else None
