"""OLE compound files (doc, xls, wps, encrypted OOXML): names under the root, and their streams.

Only entries directly under the root count, since a Word file may embed a workbook and vice versa. Names are compared
without regard to case (2.6.4): some writers put WORKBOOK for Workbook. Layout: [MS-CFB], sections 2.2 (header), 2.3
(FAT), 2.4 (mini FAT), 2.5 (DIFAT) and 2.6 (directory).
"""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY_BYTES = 128
_NO_STREAM = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFFA
_HEADER_FAT_SECTORS = 109
_SECTOR_SHIFTS = (9, 12)
_MINI_SHIFT = 6
_STREAM_TYPE = 2
_MAX_ENTRIES = 4096


class OleError(Exception):
    """The compound file is damaged; the calling reader adds the message for the user."""


def read_root_names(data: bytes) -> frozenset[str]:
    """Return the lower-case names of streams and storages under the root; empty if they cannot be read."""
    try:
        entries = _read_directory(data)
        return frozenset(name.lower() for name in _child_names(entries))
    except (struct.error, IndexError):
        return frozenset()


def _read_directory(data: bytes) -> list[bytes]:
    (shift,) = struct.unpack_from("<H", data, 0x1E)
    if shift not in _SECTOR_SHIFTS:
        return []
    sector_size = 1 << shift
    fat_sectors = struct.unpack_from(f"<{_HEADER_FAT_SECTORS}I", data, 0x4C)
    per_sector = sector_size // 4
    (sector,) = struct.unpack_from("<I", data, 0x30)
    entries: list[bytes] = []
    seen: set[int] = set()
    while sector < _LAST_SECTOR and sector not in seen and len(entries) < _MAX_ENTRIES:
        seen.add(sector)
        start = (sector + 1) * sector_size
        chunk = data[start : start + sector_size]
        entries += [
            chunk[entry_start : entry_start + _ENTRY_BYTES]
            for entry_start in range(0, len(chunk) - _ENTRY_BYTES + 1, _ENTRY_BYTES)
        ]
        if sector // per_sector >= _HEADER_FAT_SECTORS:
            break
        fat_start = (fat_sectors[sector // per_sector] + 1) * sector_size
        (sector,) = struct.unpack_from("<I", data, fat_start + 4 * (sector % per_sector))
    return entries


def _child_names(entries: list[bytes]) -> list[str]:
    return [_entry_name(entries[index]) for index in _root_children(entries)]


def _root_children(entries: list[bytes]) -> list[int]:
    children: list[int] = []
    pending = [*struct.unpack_from("<I", entries[0], 0x4C)]
    seen: set[int] = set()
    while pending:
        index = pending.pop()
        if index == _NO_STREAM or index in seen or index >= len(entries):
            continue
        seen.add(index)
        children.append(index)
        pending += struct.unpack_from("<II", entries[index], 0x44)
    return children


def _entry_name(entry: bytes) -> str:
    length = min(struct.unpack_from("<H", entry, 0x40)[0], 64)
    return entry[: max(length - 2, 0)].decode("utf-16-le", "replace")


class OleFile:
    """An open compound file. Raises `OleError` for chains that lead nowhere or in circles."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError) as error:
            raise OleError(str(error)) from error

    def stream(self, *names: str) -> bytes | None:
        """Return the first stream under the root with one of these names, or None."""
        for name in names:
            for entry in self._streams:
                if _entry_name(entry).lower() == name.lower():
                    return self._content(entry)
        return None

    def _open(self) -> None:
        shift, mini_shift = struct.unpack_from("<HH", self._data, 0x1E)
        if shift not in _SECTOR_SHIFTS or mini_shift != _MINI_SHIFT:
            raise OleError("odd sector sizes")
        self._size = 1 << shift
        directory, _, self._cutoff, mini_fat, _, chain, _ = struct.unpack_from("<IIIIIII", self._data, 0x30)
        sectors = list(struct.unpack_from(f"<{_HEADER_FAT_SECTORS}I", self._data, 0x4C))
        seen: set[int] = set()
        while chain < _LAST_SECTOR and chain not in seen:
            seen.add(chain)
            block = struct.unpack_from(f"<{self._size // 4}I", self._data, (chain + 1) * self._size)
            sectors += block[:-1]
            chain = block[-1]
        self._fat = _unpack_ints(b"".join(self._sector(s) for s in sectors if s < _LAST_SECTOR))
        raw = self._chain(directory)
        entries = [raw[start : start + _ENTRY_BYTES] for start in range(0, len(raw) - _ENTRY_BYTES + 1, _ENTRY_BYTES)]
        self._streams = [entries[index] for index in _root_children(entries) if entries[index][0x42] == _STREAM_TYPE]
        self._mini_fat = _unpack_ints(self._chain(mini_fat))
        self._mini = self._chain(struct.unpack_from("<I", entries[0], 0x74)[0])

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise IndexError(number)
        return self._data[start : start + self._size]

    def _chain(self, first: int) -> bytes:
        pieces: list[bytes] = []
        while first < _LAST_SECTOR:
            if len(pieces) > len(self._fat):
                raise OleError("sectors in a circle")
            pieces.append(self._sector(first))
            first = self._fat[first]
        return b"".join(pieces)

    def _content(self, entry: bytes) -> bytes:
        first, size = struct.unpack_from("<II", entry, 0x74)
        try:
            content = self._chain(first) if size >= self._cutoff else self._mini_chain(first)
        except IndexError as error:
            raise OleError(str(error)) from error
        if len(content) < size:
            raise OleError("a stream breaks off")
        return content[:size]

    def _mini_chain(self, first: int) -> bytes:
        pieces: list[bytes] = []
        while first < _LAST_SECTOR:
            if len(pieces) > len(self._mini_fat):
                raise OleError("sectors in a circle")
            pieces.append(self._mini[first << _MINI_SHIFT : (first + 1) << _MINI_SHIFT])
            first = self._mini_fat[first]
        return b"".join(pieces)


def _unpack_ints(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
