"""Take ruling lines out of a printed page: a pdf of LibreOffice without its lines, or with some of them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_STREAM: Final = re.compile(rb"/FlateDecode>>\s{0,2}stream\r?\n")
_NUMBER: Final = rb"(-?[0-9.]{1,12})"
_LINE: Final = re.compile(rb"\n" + rb"\s".join((_NUMBER, _NUMBER, rb"m", _NUMBER, _NUMBER, rb"l S")) + rb"(?=\s)")
_SAME_PLACE: Final = 3.0
"""Points between lines of one table edge."""

KINDS: Final = ("none", "horizontal", "frame")
"""What stays: no line, the horizontal ones, or the frame of each table and the rule below its header."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A drawn line in user space, y upwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_horizontal(self) -> bool:
        return abs(self.x1 - self.x0) >= abs(self.y1 - self.y0)

    @property
    def top(self) -> float:
        return max(self.y0, self.y1)


def take_lines_out(data: bytes, kind: str) -> bytes:
    """Return the same file without ruling lines; its texts stand where they stood.

    A page keeps the length of its stream, so that no table of places has to be written anew.

    Args:
        data: a pdf of LibreOffice.
        kind: one of `KINDS`.
    """
    out = bytearray(data)
    for found in _STREAM.finditer(data):
        packer = zlib.decompressobj()
        try:
            content = packer.decompress(data[found.end() :])
        except zlib.error:
            continue
        if b" Tf" not in content:
            continue
        length = len(data) - found.end() - len(packer.unused_data)
        packed = zlib.compress(_edit(content, kind), 9)
        if len(packed) > length:
            raise ValueError("the page grew although lines were taken out of it")
        out[found.end() : found.end() + length] = packed.ljust(length, b"\0")
    return bytes(out)


def _edit(content: bytes, kind: str) -> bytes:
    drawn = [_Line(*map(float, found.groups())) for found in _LINE.finditer(content)]
    kept = _kept(drawn, kind)
    lines = iter(drawn)

    def replace(found: re.Match[bytes]) -> bytes:
        return found[0] if next(lines) in kept else b"\nn"

    return _LINE.sub(replace, content)


def _kept(drawn: Sequence[_Line], kind: str) -> set[_Line]:
    if kind == "none":
        return set()
    if kind == "horizontal":
        return {line for line in drawn if line.is_horizontal}
    return {line for table in _tables(drawn) for line in _frame(table)}


def _tables(drawn: Sequence[_Line]) -> list[list[_Line]]:
    """Return the lines of each table of a page: those between the ends of one left side."""
    sides = [line for line in drawn if not line.is_horizontal]
    spans: list[tuple[float, float]] = []
    for line in sorted(sides, key=lambda side: -side.top):
        low, high = min(line.y0, line.y1), line.top
        if spans and high >= spans[-1][0] - _SAME_PLACE:
            spans[-1] = (min(spans[-1][0], low), spans[-1][1])
        else:
            spans.append((low, high))
    return [
        [line for line in drawn if low - _SAME_PLACE <= min(line.y0, line.y1) and line.top <= high + _SAME_PLACE]
        for low, high in spans
    ]


def _frame(table: Sequence[_Line]) -> list[_Line]:
    """Return the outermost lines of a table and the first one below its top that runs over its whole width."""
    left, right = min(line.x0 for line in table), max(line.x1 for line in table)
    rules = sorted({line.top for line in table if line.is_horizontal and line.x1 - line.x0 > 0.95 * (right - left)})
    levels = {rules[-1], rules[0], *(rules[-2:-1])} if rules else set()
    return [
        line
        for line in table
        if (line.is_horizontal and line.top in levels)
        or (not line.is_horizontal and min(abs(line.x0 - left), abs(line.x0 - right)) < _SAME_PLACE)
    ]
