"""Makes small xls files record by record ([MS-XLS]) inside a compound file ([MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
BIFF8 = 0x0600


def record(kind: int, data: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(data)) + data


def string(text: str, length_bytes: int = 2) -> bytes:
    """A string with wide characters."""
    return len(text).to_bytes(length_bytes, "little") + b"\x01" + text.encode("utf-16-le")


def shared(texts: Sequence[str], cut: int = 0) -> bytes:
    """The table of shared strings; `cut` ends the record after that many characters of the last string."""
    body = struct.pack("<II", len(texts), len(texts)) + b"".join(string(t) for t in texts)
    if not cut:
        return record(0x00FC, body)
    rest = texts[-1][cut:].encode("utf-16-le")
    return record(0x00FC, body[: -len(rest)]) + record(0x003C, b"\x01" + rest)


def label(row: int, column: int, index: int, style: int = 0) -> bytes:
    """A cell with a shared string."""
    return record(0x00FD, struct.pack("<HHHI", row, column, style, index))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """A cell with a double."""
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def rk(value: int, hundred: bool = False) -> int:
    """A whole number as RK."""
    return (value << 2 | 2 | hundred) & 0xFFFFFFFF


def style(code: int, lines: int = 0) -> bytes:
    """A cell style: number format and border bits."""
    return record(0x00E0, struct.pack("<HHHBBBBHHII", 0, code, 1, 0, 0, 0, 0, lines, 0, 0, 0)[:20])


def stream(sheets: Sequence[tuple[str, int, bytes]], globals_: bytes = b"", version: int = BIFF8) -> bytes:
    """A workbook stream: (name, hidden state, cell records) of each sheet."""
    opened = record(0x0809, struct.pack("<HHHHII", version, 5, 0, 0, 0, 0)) + globals_
    length = len(opened) + sum(4 + 8 + 2 * len(name) for name, _, _ in sheets) + 4
    out, bodies = opened, b""
    for name, state, cells in sheets:
        out += record(0x0085, struct.pack("<IBB", length + len(bodies), state, 0) + string(name, 1))
        bodies += record(0x0809, struct.pack("<HHHHII", version, 0x10, 0, 0, 0, 0)) + cells + record(0x000A)
    return out + record(0x000A) + bodies


def compound(content: bytes, name: str = "Workbook", loop: bool = False) -> bytes:
    """A compound file with one stream; with `loop` its chain of sectors leads back to its beginning."""
    content = content.ljust(4096, b"\0")
    sectors = -(-len(content) // _SECTOR)
    chain = [_FAT, _END, *range(3, sectors + 2), 2 if loop else _END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")
    assert len(fat) == _SECTOR
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    entries = _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, 2, len(content))
    directory = entries + _entry("", 0, 0, 0) * 2
    return header + fat + directory + content.ljust(sectors * _SECTOR, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le")
    out = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, _FREE, _FREE, child)
    return out + bytes(36) + struct.pack("<IQ", start, size)


def xls(sheets: Sequence[tuple[str, int, bytes]], globals_: bytes = b"") -> bytes:
    """An xls file."""
    return compound(stream(sheets, globals_))
