"""A fresh OLE compound file around a few streams; the reading of one is in `extractors.readers.ole`.

Layout: [MS-CFB] 2.2 (header), 2.3 (FAT), 2.5 (DIFAT), 2.6 (directory).
"""

from __future__ import annotations

import struct

from extractors.readers.ole import MAGIC

_ENTRY = 128
_FREE = 0xFFFFFFFF
_END = 0xFFFFFFFE
_FAT = 0xFFFFFFFD
_DIFAT = 0xFFFFFFFC
_HEADER_FATS = 109
_MINI_CUTOFF = 4096
_MINI_SHIFT = 6
_SHIFT = 9
_SECTOR = 1 << _SHIFT
_PER_SECTOR = _SECTOR // 4
_STREAM, _ROOT = 2, 5


def build(streams: dict[str, bytes]) -> bytes:
    """A compound file that holds just `streams`; short ones are filled up with zeros, so that no mini stream is needed.

    Sectors of 512 bytes, since LibreOffice reads no others.
    """
    bodies = [_padded(data.ljust(_MINI_CUTOFF, b"\0")) for data in streams.values()]
    n_directory = len(_padded(bytes((len(streams) + 1) * _ENTRY))) // _SECTOR
    used = n_directory + sum(len(body) for body in bodies) // _SECTOR
    n_fat, n_more = _table_sectors(used)
    fat = [_FAT] * n_fat + [_DIFAT] * n_more
    first_directory = len(fat)
    fat += _run(first_directory, n_directory)
    starts: list[int] = []
    for body in bodies:
        starts.append(len(fat))
        fat += _run(len(fat), len(body) // _SECTOR)
    fat += [_FREE] * (n_fat * _PER_SECTOR - len(fat))
    names = sorted(range(len(streams)), key=lambda i: (len(list(streams)[i]), list(streams)[i].upper()))
    sides, top = _siblings(names)
    entries = [_entry("Root Entry", _ROOT, _END, 0, (_FREE, _FREE, top))]
    for i, (name, data) in enumerate(streams.items()):
        entries.append(_entry(name, _STREAM, starts[i], max(len(data), _MINI_CUTOFF), (*sides[i], _FREE)))
    directory = _padded(b"".join(entries))
    return b"".join((_header(first_directory, n_fat, n_more), _words(fat), _more(n_fat, n_more), directory, *bodies))


def _table_sectors(used: int) -> tuple[int, int]:
    """How many sectors the FAT takes for itself and `used` others, and how many more to say where it stands."""
    n_fat = n_more = 0
    while n_fat * _PER_SECTOR < used + n_fat + n_more:
        n_fat += 1
        n_more = -(-max(n_fat - _HEADER_FATS, 0) // (_PER_SECTOR - 1))
    return n_fat, n_more


def _header(first_directory: int, n_fat: int, n_more: int) -> bytes:
    head = MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, _SHIFT, _MINI_SHIFT)
    more = n_fat if n_more else _END
    head += struct.pack("<IIIIIIIII", 0, n_fat, first_directory, 0, _MINI_CUTOFF, _END, 0, more, n_more)
    listed = min(n_fat, _HEADER_FATS)
    return head + _words([*range(listed), *[_FREE] * (_HEADER_FATS - listed)])


def _more(n_fat: int, n_more: int) -> bytes:
    """The sectors that list the FAT sectors for which the header has no room."""
    out = b""
    rest = list(range(_HEADER_FATS, n_fat))
    for i in range(n_more):
        part = rest[i * (_PER_SECTOR - 1) : (i + 1) * (_PER_SECTOR - 1)]
        part += [_FREE] * (_PER_SECTOR - 1 - len(part))
        out += _words([*part, n_fat + i + 1 if i + 1 < n_more else _END])
    return out


def _siblings(names: list[int]) -> tuple[dict[int, tuple[int, int]], int]:
    """Left and right sibling (entry numbers) of each stream in a balanced tree, and the entry at its top."""
    sides: dict[int, tuple[int, int]] = {}

    def place(part: list[int]) -> int:
        if not part:
            return _FREE
        middle = len(part) // 2
        sides[part[middle]] = (place(part[:middle]), place(part[middle + 1 :]))
        return part[middle] + 1

    return sides, place(names)


def _entry(name: str, kind: int, start: int, size: int, links: tuple[int, int, int]) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, *links)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def _run(start: int, length: int) -> list[int]:
    return [*range(start + 1, start + length), _END]


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _SECTOR)


def _words(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
