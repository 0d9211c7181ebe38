"""The names directly inside an OLE compound file (doc, xls, wps, encrypted OOXML): enough to tell them apart.

Only the root's own entries count, since a Word file may carry an embedded workbook and the other way round.
Layout: [MS-CFB], sections 2.2 (header), 2.3 (FAT) and 2.6 (directory).
"""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128
_NO_STREAM = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFFA
_HEADER_FAT_SECTORS = 109
_SECTOR_SHIFTS = (9, 12)
_MAX_ENTRIES = 4096


def root_names(data: bytes) -> frozenset[str]:
    """Names of the streams and storages under the root entry; empty when the directory cannot be followed."""
    try:
        entries = _directory(data)
        return frozenset(_children(entries))
    except (struct.error, IndexError):
        return frozenset()


def _directory(data: bytes) -> list[bytes]:
    shift = struct.unpack_from("<H", data, 0x1E)[0]
    if shift not in _SECTOR_SHIFTS:
        return []
    sector_size = 1 << shift
    fat_sectors = struct.unpack_from(f"<{_HEADER_FAT_SECTORS}I", data, 0x4C)
    per_sector = sector_size // 4
    sector = struct.unpack_from("<I", data, 0x30)[0]
    entries: list[bytes] = []
    seen: set[int] = set()
    while sector < _LAST_SECTOR and sector not in seen and len(entries) < _MAX_ENTRIES:
        seen.add(sector)
        start = (sector + 1) * sector_size
        chunk = data[start : start + sector_size]
        entries += [chunk[at : at + _ENTRY] for at in range(0, len(chunk) - _ENTRY + 1, _ENTRY)]
        if sector // per_sector >= _HEADER_FAT_SECTORS:
            break
        fat_start = (fat_sectors[sector // per_sector] + 1) * sector_size
        sector = struct.unpack_from("<I", data, fat_start + 4 * (sector % per_sector))[0]
    return entries


def _children(entries: list[bytes]) -> list[str]:
    names: list[str] = []
    pending = [struct.unpack_from("<I", entries[0], 0x4C)[0]]
    seen: set[int] = set()
    while pending:
        at = pending.pop()
        if at == _NO_STREAM or at in seen or at >= len(entries):
            continue
        seen.add(at)
        entry = entries[at]
        length = min(struct.unpack_from("<H", entry, 0x40)[0], 64)
        names.append(entry[: max(length - 2, 0)].decode("utf-16-le", "replace"))
        pending += struct.unpack_from("<II", entry, 0x44)
    return names
