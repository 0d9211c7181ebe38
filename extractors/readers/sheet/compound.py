"""One stream of an OLE compound file (xls, et). Layout: [MS-CFB], sections 2.2 to 2.6."""

from __future__ import annotations

import struct

from extractors.document import ReadError
from extractors.readers.sheet.model import DAMAGED, SAVE_AS_XLSX

_ENTRY = 128
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_HEADER_FAT_SECTORS = 109
_STREAM = 2
_ROOT = 5


class Compound:
    """An opened compound file. Raises `ReadError` for chains that lead nowhere or in circles."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError) as error:
            raise ReadError(DAMAGED, SAVE_AS_XLSX) from error

    def stream(self, *names: str) -> bytes | None:
        """The bytes of the first stream of one of these names; None when there is none."""
        for name in names:
            for entry in self._entries:
                length = min(struct.unpack_from("<H", entry, 0x40)[0], 64)
                if entry[0x42] == _STREAM and entry[: max(length - 2, 0)].decode("utf-16-le", "replace") == name:
                    return self._content(entry)
        return None

    def _open(self) -> None:
        shift, mini_shift = struct.unpack_from("<HH", self._data, 0x1E)
        if shift not in (9, 12) or mini_shift != 6:
            raise ReadError(DAMAGED, SAVE_AS_XLSX)
        self._size = 1 << shift
        directory, _, self._cutoff, mini_fat, _, chain, _ = struct.unpack_from("<IIIIIII", self._data, 0x30)
        sectors = list(struct.unpack_from(f"<{_HEADER_FAT_SECTORS}I", self._data, 0x4C))
        seen: set[int] = set()
        while chain < _END and chain not in seen:
            seen.add(chain)
            block = struct.unpack_from(f"<{self._size // 4}I", self._data, (chain + 1) * self._size)
            sectors += block[:-1]
            chain = block[-1]
        self._fat = self._numbers(b"".join(self._sector(s) for s in sectors if s < _END))
        raw = self._chain(directory)
        self._entries = [raw[at : at + _ENTRY] for at in range(0, len(raw) - _ENTRY + 1, _ENTRY)]
        self._mini_fat = self._numbers(self._chain(mini_fat)) if mini_fat < _END else ()
        root = next((e for e in self._entries if e[0x42] == _ROOT), None)
        first = struct.unpack_from("<I", root, 0x74)[0] if root else _END
        self._mini = self._chain(first) if first < _END else b""

    def _numbers(self, raw: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise IndexError(number)
        return self._data[start : start + self._size]

    def _chain(self, first: int) -> bytes:
        pieces: list[bytes] = []
        while first < _END:
            if len(pieces) > len(self._fat):
                raise ReadError(f"{DAMAGED}（内部目录成环）", SAVE_AS_XLSX)
            pieces.append(self._sector(first))
            first = self._fat[first]
        return b"".join(pieces)

    def _content(self, entry: bytes) -> bytes:
        first, size = struct.unpack_from("<II", entry, 0x74)
        try:
            if size >= self._cutoff:
                return _whole(self._chain(first), size)
            pieces: list[bytes] = []
            while first < _END:
                if len(pieces) > len(self._mini_fat):
                    raise ReadError(f"{DAMAGED}（内部目录成环）", SAVE_AS_XLSX)
                pieces.append(self._mini[first * 64 : first * 64 + 64])
                first = self._mini_fat[first]
            return _whole(b"".join(pieces), size)
        except IndexError as error:
            raise ReadError(DAMAGED, SAVE_AS_XLSX) from error


def _whole(content: bytes, size: int) -> bytes:
    if len(content) < size:
        raise IndexError(size)
    return content[:size]
