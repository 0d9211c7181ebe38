"""The records of a BIFF8 stream, and the strings that go on over CONTINUE records ([MS-XLS] 2.1 and 2.5.293)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTINUE = 0x003C
_WIDE = 0x01
_PHONETIC = 0x04
_RICH = 0x08


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number, and its data with those of the CONTINUE records behind it."""

    kind: int
    pieces: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        return self.pieces[0]


def records(stream: bytes, start: int) -> Iterator[Record]:
    """The records from offset `start` on, to the end of the stream. Raises IndexError where one is cut off."""
    at = start
    pending: tuple[int, list[bytes]] | None = None
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        if len(data) < length:
            raise IndexError(at)
        at += 4 + length
        if kind == CONTINUE and pending is not None:
            pending[1].append(data)
            continue
        if pending is not None:
            yield Record(pending[0], tuple(pending[1]))
        pending = kind, [data]
    if pending is not None:
        yield Record(pending[0], tuple(pending[1]))


class Strings:
    """Reads strings that may be cut by the end of a record: the rest begins with a new flag byte."""

    def __init__(self, pieces: tuple[bytes, ...], at: int) -> None:
        self._pieces = pieces
        self._index = 0
        self._at = at

    def text(self, length_bytes: int = 2) -> str:
        """The next string. Raises IndexError or struct.error when the record ends before it."""
        count = int.from_bytes(self._take(length_bytes), "little")
        flags = self._take(1)[0]
        runs = struct.unpack("<H", self._take(2))[0] if flags & _RICH else 0
        phonetic = struct.unpack("<I", self._take(4))[0] if flags & _PHONETIC else 0
        out = self.characters(count, bool(flags & _WIDE))
        self._skip(runs * 4 + phonetic)
        return out

    def characters(self, count: int, wide: bool) -> str:
        """The next `count` characters."""
        out: list[str] = []
        while count:
            piece = self._pieces[self._index]
            width = 2 if wide else 1
            here = min(count, (len(piece) - self._at) // width)
            raw = piece[self._at : self._at + here * width]
            out.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            self._at += here * width
            count -= here
            if count:
                self._index += 1
                wide = bool(self._pieces[self._index][0] & _WIDE)
                self._at = 1
        return "".join(out)

    def _take(self, size: int) -> bytes:
        while self._at >= len(self._pieces[self._index]):
            self._index += 1
            self._at = 0
        piece = self._pieces[self._index]
        raw = piece[self._at : self._at + size]
        self._at += size
        if len(raw) < size:
            raise IndexError(size)
        return raw

    def _skip(self, size: int) -> None:
        while size:
            rest = len(self._pieces[self._index]) - self._at
            if size <= rest:
                self._at += size
                return
            if self._index + 1 >= len(self._pieces):
                self._at += rest
                return
            size -= rest
            self._index += 1
            self._at = 0
