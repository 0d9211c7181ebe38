"""Check a Word 97–2003 file before conversion: complete, not encrypted, with a paragraph after the last table.

Layout: [MS-DOC] 2.5 (FIB), 2.8.35 (PlcPcd), 2.9.38 (Clx); [MS-CFB] 2.2 to 2.6 for the file written anew. LibreOffice
dissolves a table with no paragraph after it into text; Word never ends a document this way, other writers do.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from extractors.document import ReadError
from extractors.readers import decrypt
from extractors.readers.ole import MAGIC, OleError, OleFile
from extractors.readers.remedies import DOCUMENT

_MIN_VERSION = 0xC1
_MAGIC_WORD_97 = 0xA5EC
_MAGIC_WORD_95 = 0xA5DC
"""Of Word 6.0 and 95."""
_ENCRYPTED, _TABLE_1, _OBFUSCATED = 0x0100, 0x0200, 0x8000
_CCP_TEXT = 0x4C
_FC_CLX = 0x1A2
_FC_SED = 0xCA
_FC_BTE_PAPX = 0x102
_PAGE = 512
_PAPX_OFFSET = 100
_COMPRESSED = 0x40000000
_CELL_MARK = "\x07"
_MAX_PIECES = 1_000_000
_DAMAGED = "旧版 Word 文件损坏或不完整"
_ENTRY_BYTES = 128
_FREE = 0xFFFFFFFF
_END_OF_CHAIN = 0xFFFFFFFE
_FAT = 0xFFFFFFFD
_DIFAT = 0xFFFFFFFC
_HEADER_FATS = 109
_MINI_CUTOFF = 4096
_MINI_SHIFT = 6
_SHIFT = 9
_SECTOR = 1 << _SHIFT
_PER_SECTOR = _SECTOR // 4
_STREAM, _ROOT = 2, 5


@dataclass(frozen=True, slots=True)
class WordFile:
    """A checked file: the bytes to convert, and the number of cell and row marks in its main text (None = unknown)."""

    data: bytes
    n_cell_marks: int | None


class _PieceTable:
    """The piece table: the position of each run of characters in the WordDocument stream."""

    def __init__(self, main: bytes, table: bytes) -> None:
        self._main, self._table = main, table
        self._text_end = struct.unpack_from("<I", main, _CCP_TEXT)[0]
        start, length = struct.unpack_from("<II", main, _FC_CLX)
        clx = table[start : start + length]
        position = 0
        while clx[position] == 1:
            position += 3 + int(struct.unpack_from("<H", clx, position + 1)[0])
        size = struct.unpack_from("<I", clx, position + 1)[0]
        n_pieces = (size - 4) // 12
        if clx[position] != 2 or not 0 < n_pieces <= _MAX_PIECES:
            raise ValueError("no piece table")
        self._clx_prefix = clx[:position]
        self._bounds: list[int] = list(struct.unpack_from(f"<{n_pieces + 1}I", clx, position + 5))
        self._pcds = [
            clx[p : p + 8]
            for p in range(position + 5 + 4 * (n_pieces + 1), position + 5 + 4 * (n_pieces + 1) + 8 * n_pieces, 8)
        ]

    def text(self) -> str:
        """Return the main text, without notes, headers and text boxes."""
        texts: list[str] = []
        for i, pcd in enumerate(self._pcds):
            length = max(min(self._bounds[i + 1], self._text_end) - self._bounds[i], 0)
            start, width = _piece_offset(pcd)
            raw = self._main[start : start + width * length]
            if len(raw) < width * length:
                raise ValueError("text cut off")
            texts.append(raw.decode("cp1252" if width == 1 else "utf-16-le", "replace"))
        return "".join(texts)

    def append_paragraph(self) -> tuple[bytes, bytes]:
        """Return WordDocument and table stream with an empty paragraph added to the end of the main text.

        Its mark follows everything that has properties, and so is in no table.
        """
        bounds, pcds = self._split_at_end()
        piece_index = bounds.index(self._text_end)
        bounds = [*bounds[: piece_index + 1], *(bound + 1 for bound in bounds[piece_index:])]
        mark_offset = len(self._main) + len(self._main) % 2
        page = -(-(mark_offset + 2) // _PAGE) * _PAGE
        pcds = [*pcds[:piece_index], bytes(2) + struct.pack("<IH", mark_offset, 0), *pcds[piece_index:]]
        plc = struct.pack(f"<{len(bounds)}I", *bounds) + b"".join(pcds)
        clx = self._clx_prefix + b"\x02" + struct.pack("<I", len(plc)) + plc
        start, length = struct.unpack_from("<II", self._main, _FC_BTE_PAPX)
        n_bins = (length - 4) // 8
        bins = struct.unpack_from(f"<{2 * n_bins + 1}I", self._table, start)
        bins = (*bins[: n_bins + 1], mark_offset + 2, *bins[n_bins + 1 :], page // _PAGE)
        papx = struct.pack("<II", mark_offset, mark_offset + 2) + bytes([_PAPX_OFFSET]) + bytes(12)
        papx = papx.ljust(2 * _PAPX_OFFSET, b"\0") + struct.pack("<BBH", 0, 1, 0)
        main = bytearray(self._main.ljust(mark_offset, b"\0") + b"\r\0")
        main = main.ljust(page, b"\0") + papx.ljust(_PAGE - 1, b"\0") + b"\x01"
        table = bytearray(self._table)
        struct.pack_into("<I", main, _CCP_TEXT, self._text_end + 1)
        struct.pack_into("<II", main, _FC_CLX, len(table), len(clx))
        struct.pack_into("<II", main, _FC_BTE_PAPX, len(table) + len(clx), 4 * len(bins))
        start, length = struct.unpack_from("<II", main, _FC_SED)
        last = start + 4 * ((length - 4) // 16)
        if length >= 20 and struct.unpack_from("<I", table, last)[0] == self._text_end:
            struct.pack_into("<I", table, last, self._text_end + 1)
        return bytes(main), bytes(table) + clx + struct.pack(f"<{len(bins)}I", *bins)

    def _split_at_end(self) -> tuple[list[int], list[bytes]]:
        """Return bounds and descriptors of the pieces, with the piece that crosses the end of the main text split."""
        bounds, pcds = list(self._bounds), list(self._pcds)
        if self._text_end not in bounds:
            piece_index = next(i for i, bound in enumerate(bounds) if bound > self._text_end) - 1
            start, width = _piece_offset(pcds[piece_index])
            fc = start + width * (self._text_end - bounds[piece_index])
            stored = 2 * fc | _COMPRESSED if width == 1 else fc
            pcds.insert(piece_index + 1, pcds[piece_index][:2] + struct.pack("<I", stored) + pcds[piece_index][6:])
            bounds.insert(piece_index + 1, self._text_end)
        return bounds, pcds


def check_word(data: bytes) -> WordFile:
    """Check a doc, dot, wps or wpt.

    Raises:
        ReadError: the file is encrypted, damaged or no Word document.
    """
    try:
        compound = OleFile(data)
        main = compound.stream("WordDocument")
    except OleError as error:
        raise ReadError(_DAMAGED, DOCUMENT.damaged) from error
    if main is None or len(main) < 32 or struct.unpack_from("<H", main)[0] not in (_MAGIC_WORD_97, _MAGIC_WORD_95):
        raise ReadError("文件内没有 Word 正文（可能是很旧的 WPS 或 Works 格式）", DOCUMENT.save)
    version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 0x0A)[0]
    if flags & (_ENCRYPTED | _OBFUSCATED):
        raise ReadError(decrypt.ENCRYPTED, decrypt.REMOVE_PASSWORD)
    if version < _MIN_VERSION:
        return WordFile(data, None)
    table_name = "1Table" if flags & _TABLE_1 else "0Table"
    try:
        table, pictures = compound.stream(table_name), compound.stream("Data")
        if table is None:
            raise ReadError(_DAMAGED, DOCUMENT.damaged)
        pieces = _PieceTable(main, table)
        text = pieces.text()
    except (OleError, ValueError, struct.error, IndexError) as error:
        raise ReadError(_DAMAGED, DOCUMENT.damaged) from error
    marks = text.count(_CELL_MARK)
    if not text.endswith(_CELL_MARK):
        return WordFile(data, marks)
    try:
        main, table = pieces.append_paragraph()
    except (struct.error, IndexError):
        # The text is complete but its formatting is not: LibreOffice may still read it, and a loss will be noted.
        return WordFile(data, marks)
    return WordFile(
        build_ole({"WordDocument": main, table_name: table} | ({"Data": pictures} if pictures else {})), marks
    )


def build_ole(streams: dict[str, bytes]) -> bytes:
    """Return an OLE compound file with the given streams.

    Short streams are padded with zeros, so that no mini stream is needed. Sectors have 512 bytes, the only size that
    LibreOffice reads.
    """
    bodies = [_pad_sector(data.ljust(_MINI_CUTOFF, b"\0")) for data in streams.values()]
    n_directory = len(_pad_sector(bytes((len(streams) + 1) * _ENTRY_BYTES))) // _SECTOR
    used = n_directory + sum(len(body) for body in bodies) // _SECTOR
    n_fat, n_more = _fat_size(used)
    fat = [_FAT] * n_fat + [_DIFAT] * n_more
    first_directory = len(fat)
    fat += _sector_chain(first_directory, n_directory)
    starts: list[int] = []
    for body in bodies:
        starts.append(len(fat))
        fat += _sector_chain(len(fat), len(body) // _SECTOR)
    fat += [_FREE] * (n_fat * _PER_SECTOR - len(fat))
    names = sorted(range(len(streams)), key=lambda i: (len(list(streams)[i]), list(streams)[i].upper()))
    sides, top = _sibling_tree(names)
    entries = [_directory_entry("Root Entry", _ROOT, _END_OF_CHAIN, 0, (_FREE, _FREE, top))]
    for i, (name, data) in enumerate(streams.items()):
        entries.append(_directory_entry(name, _STREAM, starts[i], max(len(data), _MINI_CUTOFF), (*sides[i], _FREE)))
    directory = _pad_sector(b"".join(entries))
    return b"".join(
        (_header(first_directory, n_fat, n_more), _pack_words(fat), _difat_sectors(n_fat, n_more), directory, *bodies)
    )


def _piece_offset(pcd: bytes) -> tuple[int, int]:
    """Return where the characters of a piece begin in the stream, and the bytes per character."""
    fc = int(struct.unpack_from("<I", pcd, 2)[0])
    return ((fc & ~_COMPRESSED) // 2, 1) if fc & _COMPRESSED else (fc, 2)


def _fat_size(used: int) -> tuple[int, int]:
    """Return the number of FAT sectors for `used` sectors, and of DIFAT sectors that list them."""
    n_fat = n_more = 0
    while n_fat * _PER_SECTOR < used + n_fat + n_more:
        n_fat += 1
        n_more = -(-max(n_fat - _HEADER_FATS, 0) // (_PER_SECTOR - 1))
    return n_fat, n_more


def _header(first_directory: int, n_fat: int, n_more: int) -> bytes:
    head = MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, _SHIFT, _MINI_SHIFT)
    more = n_fat if n_more else _END_OF_CHAIN
    head += struct.pack("<IIIIIIIII", 0, n_fat, first_directory, 0, _MINI_CUTOFF, _END_OF_CHAIN, 0, more, n_more)
    listed = min(n_fat, _HEADER_FATS)
    return head + _pack_words([*range(listed), *[_FREE] * (_HEADER_FATS - listed)])


def _difat_sectors(n_fat: int, n_more: int) -> bytes:
    """Return the DIFAT sectors, which list the FAT sectors that do not fit into the header."""
    out = b""
    rest = list(range(_HEADER_FATS, n_fat))
    for i in range(n_more):
        part = rest[i * (_PER_SECTOR - 1) : (i + 1) * (_PER_SECTOR - 1)]
        part += [_FREE] * (_PER_SECTOR - 1 - len(part))
        out += _pack_words([*part, n_fat + i + 1 if i + 1 < n_more else _END_OF_CHAIN])
    return out


def _sibling_tree(names: list[int]) -> tuple[dict[int, tuple[int, int]], int]:
    """Return left and right sibling (entry numbers) of each stream in a balanced tree, and its root."""
    sides: dict[int, tuple[int, int]] = {}

    def place(part: list[int]) -> int:
        if not part:
            return _FREE
        middle = len(part) // 2
        sides[part[middle]] = (place(part[:middle]), place(part[middle + 1 :]))
        return part[middle] + 1

    return sides, place(names)


def _directory_entry(name: str, kind: int, start: int, size: int, links: tuple[int, int, int]) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, *links)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def _sector_chain(start: int, length: int) -> list[int]:
    return [*range(start + 1, start + length), _END_OF_CHAIN]


def _pad_sector(data: bytes) -> bytes:
    return data + bytes(-len(data) % _SECTOR)


def _pack_words(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
