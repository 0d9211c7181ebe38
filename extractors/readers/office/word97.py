"""What has to be known of a Word 97–2003 file before LibreOffice gets it: is it whole, is it locked, does it end well.

Layout: [MS-DOC] 2.5 (FIB), 2.8.35 (PlcPcd), 2.9.38 (Clx). A table with no paragraph after it is dissolved by
LibreOffice on import, its cells run together as text; Word itself never ends a document so, other writers do.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from extractors.document import ReadError
from extractors.readers import locked
from extractors.readers.office.ole_writer import build
from extractors.readers.ole import Compound, CompoundError
from extractors.readers.remedies import DOCUMENT

_FIB = 0x1AA
_WORD_97 = 0xC1
_IDENT = 0xA5EC
_OLD_IDENT = 0xA5DC
"""Of Word 6.0 and 95."""
_ENCRYPTED, _TABLE_1, _OBFUSCATED = 0x0100, 0x0200, 0x8000
_CCP_TEXT = 0x4C
_FC_CLX = 0x1A2
_FC_SED = 0xCA
_FC_BTE_PAPX = 0x102
_PAGE = 512
_AT = 100
_COMPRESSED = 0x40000000
CELL_MARK = "\x07"
_MAX_PIECES = 1_000_000

DAMAGED = "旧版 Word 文件损坏或不完整"


@dataclass(frozen=True, slots=True)
class WordFile:
    """A checked file: the bytes to convert, and how many cell and row ends its main text holds (None = not known)."""

    data: bytes
    marks: int | None


def check(data: bytes) -> WordFile:
    """Look into a doc, dot, wps or wpt. Raises `ReadError` when it is locked, damaged or no Word document."""
    try:
        compound = Compound(data)
        main = compound.stream("WordDocument")
    except CompoundError as error:
        raise ReadError(DAMAGED, DOCUMENT.again) from error
    if main is None or len(main) < 32 or struct.unpack_from("<H", main)[0] not in (_IDENT, _OLD_IDENT):
        raise ReadError("文件内没有 Word 正文（可能是很旧的 WPS 或 Works 格式）", DOCUMENT.save)
    version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 0x0A)[0]
    if flags & (_ENCRYPTED | _OBFUSCATED):
        raise ReadError(locked.LOCKED, locked.UNLOCK)
    if version < _WORD_97:
        return WordFile(data, None)
    place = "1Table" if flags & _TABLE_1 else "0Table"
    try:
        table, pictures = compound.stream(place), compound.stream("Data")
        if len(main) < _FIB or table is None:
            raise ReadError(DAMAGED, DOCUMENT.again)
        pieces = _Pieces(main, table)
        text = pieces.text()
    except (CompoundError, ValueError, struct.error, IndexError) as error:
        raise ReadError(DAMAGED, DOCUMENT.again) from error
    marks = text.count(CELL_MARK)
    if not text.endswith(CELL_MARK):
        return WordFile(data, marks)
    try:
        main, table = pieces.with_last_paragraph()
    except (struct.error, IndexError):
        # The text is whole and what tells its format is not: LibreOffice may know better, and a loss will be told.
        return WordFile(data, marks)
    return WordFile(build({"WordDocument": main, place: table} | ({"Data": pictures} if pictures else {})), marks)


class _Pieces:
    """The piece table: which run of characters stands where in the WordDocument stream."""

    def __init__(self, main: bytes, table: bytes) -> None:
        self._main, self._table = main, table
        self._end = struct.unpack_from("<I", main, _CCP_TEXT)[0]
        start, length = struct.unpack_from("<II", main, _FC_CLX)
        clx = table[start : start + length]
        at = 0
        while clx[at] == 1:
            at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
        size = struct.unpack_from("<I", clx, at + 1)[0]
        n = (size - 4) // 12
        if clx[at] != 2 or not 0 < n <= _MAX_PIECES:
            raise ValueError("no piece table")
        self._before = clx[:at]
        self._bounds: list[int] = list(struct.unpack_from(f"<{n + 1}I", clx, at + 5))
        self._pcds = [clx[p : p + 8] for p in range(at + 5 + 4 * (n + 1), at + 5 + 4 * (n + 1) + 8 * n, 8)]

    def text(self) -> str:
        """The main text; notes, headers and text boxes come after it and are left out."""
        out: list[str] = []
        for i, pcd in enumerate(self._pcds):
            length = min(self._bounds[i + 1], self._end) - self._bounds[i]
            if length <= 0:
                continue
            start, width = _place(pcd)
            raw = self._main[start : start + width * length]
            if len(raw) < width * length:
                raise ValueError("text cut off")
            out.append(raw.decode("cp1252" if width == 1 else "utf-16-le", "replace"))
        return "".join(out)

    def with_last_paragraph(self) -> tuple[bytes, bytes]:
        """WordDocument and table stream with a paragraph of no properties added to the end of the main text.

        Its mark stands behind all that has properties, and so in no table.
        """
        bounds, pcds = self._split_at_end()
        k = bounds.index(self._end)
        bounds = [*bounds[: k + 1], *(bound + 1 for bound in bounds[k:])]
        place = len(self._main) + len(self._main) % 2
        page = -(-(place + 2) // _PAGE) * _PAGE
        pcds = [*pcds[:k], bytes(2) + struct.pack("<IH", place, 0), *pcds[k:]]
        plc = struct.pack(f"<{len(bounds)}I", *bounds) + b"".join(pcds)
        clx = self._before + b"\x02" + struct.pack("<I", len(plc)) + plc
        start, length = struct.unpack_from("<II", self._main, _FC_BTE_PAPX)
        n = (length - 4) // 8
        bins = struct.unpack_from(f"<{2 * n + 1}I", self._table, start)
        bins = (*bins[: n + 1], place + 2, *bins[n + 1 :], page // _PAGE)
        papx = struct.pack("<II", place, place + 2) + bytes([_AT]) + bytes(12)
        papx = papx.ljust(2 * _AT, b"\0") + struct.pack("<BBH", 0, 1, 0)
        main = bytearray(self._main.ljust(place, b"\0") + b"\r\0")
        main = main.ljust(page, b"\0") + papx.ljust(_PAGE - 1, b"\0") + b"\x01"
        table = bytearray(self._table)
        struct.pack_into("<I", main, _CCP_TEXT, self._end + 1)
        struct.pack_into("<II", main, _FC_CLX, len(table), len(clx))
        struct.pack_into("<II", main, _FC_BTE_PAPX, len(table) + len(clx), 4 * len(bins))
        start, length = struct.unpack_from("<II", main, _FC_SED)
        last = start + 4 * ((length - 4) // 16)
        if length >= 20 and struct.unpack_from("<I", table, last)[0] == self._end:
            struct.pack_into("<I", table, last, self._end + 1)
        return bytes(main), bytes(table) + clx + struct.pack(f"<{len(bins)}I", *bins)

    def _split_at_end(self) -> tuple[list[int], list[bytes]]:
        """Bounds and descriptors of the pieces, the one parted that runs on into notes, headers and footers."""
        bounds, pcds = list(self._bounds), list(self._pcds)
        if self._end not in bounds:
            k = next(i for i, bound in enumerate(bounds) if bound > self._end) - 1
            start, width = _place(pcds[k])
            fc = start + width * (self._end - bounds[k])
            stored = 2 * fc | _COMPRESSED if width == 1 else fc
            pcds.insert(k + 1, pcds[k][:2] + struct.pack("<I", stored) + pcds[k][6:])
            bounds.insert(k + 1, self._end)
        return bounds, pcds


def _place(pcd: bytes) -> tuple[int, int]:
    """Where the characters of a piece begin in the stream, and how many bytes each takes."""
    fc = int(struct.unpack_from("<I", pcd, 2)[0])
    return ((fc & ~_COMPRESSED) // 2, 1) if fc & _COMPRESSED else (fc, 2)
