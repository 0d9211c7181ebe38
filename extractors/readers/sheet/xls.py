"""xls and et: workbooks of Excel 97 to 2003 ([MS-XLS]), read from their BIFF8 records."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import isfinite

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import decrypt
from extractors.readers.ole import OleError, OleFile
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import (
    DAMAGED,
    CellBudget,
    MergedRange,
    Sheet,
    Workbook,
    cell_reference,
    hidden_sheet_notes,
)
from extractors.readers.sheet.number_format import BUILTIN, format_value

_CONTINUE = 0x003C
_WIDE = 0x01
_PHONETIC = 0x04
_RICH = 0x08
_BOF, _EOF, _FILEPASS = 0x0809, 0x000A, 0x002F
_BIFF8 = 0x0600
_WORKSHEET = 0
_ERROR_VALUES = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_COMMENT_OBJECT = 0x19
"""Object type of a comment, whose text is not part of the sheet."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its type, and its data with that of the CONTINUE records after it."""

    kind: int
    pieces: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        """The data of the record itself."""
        return self.pieces[0]


class StringReader:
    """Reads strings that may be continued in the next record, which then begins with a new flag byte."""

    def __init__(self, pieces: tuple[bytes, ...], offset: int) -> None:
        self._pieces = pieces
        self._index = 0
        self._offset = offset

    def text(self, length_bytes: int = 2) -> str:
        """Return the next string. Raises IndexError or struct.error if the record ends before it."""
        count = int.from_bytes(self._take(length_bytes), "little")
        flags = self._take(1)[0]
        runs = struct.unpack("<H", self._take(2))[0] if flags & _RICH else 0
        phonetic = struct.unpack("<I", self._take(4))[0] if flags & _PHONETIC else 0
        out = self.characters(count, bool(flags & _WIDE))
        self._skip(runs * 4 + phonetic)
        return out

    def characters(self, count: int, wide: bool) -> str:
        """Return the next `count` characters."""
        out: list[str] = []
        while count:
            piece = self._pieces[self._index]
            width = 2 if wide else 1
            available = min(count, (len(piece) - self._offset) // width)
            raw = piece[self._offset : self._offset + available * width]
            out.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            self._offset += available * width
            count -= available
            if count:
                self._index += 1
                wide = bool(self._pieces[self._index][0] & _WIDE)
                self._offset = 1
        return "".join(out)

    def _take(self, size: int) -> bytes:
        while self._offset >= len(self._pieces[self._index]):
            self._index += 1
            self._offset = 0
        piece = self._pieces[self._index]
        raw = piece[self._offset : self._offset + size]
        self._offset += size
        if len(raw) < size:
            raise IndexError(size)
        return raw

    def _skip(self, size: int) -> None:
        while size:
            remaining = len(self._pieces[self._index]) - self._offset
            if size <= remaining:
                self._offset += size
                return
            if self._index + 1 >= len(self._pieces):
                self._offset += remaining
                return
            size -= remaining
            self._index += 1
            self._offset = 0


class _EncryptedError(Exception):
    """The records that follow are encrypted."""


class OldWorkbookError(ReadError):
    """A workbook of Excel 5.0 or 95, which this module cannot read."""


@dataclass(slots=True)
class _Style:
    code: str
    bordered: bool


@dataclass(slots=True)
class _SheetEntry:
    name: str
    offset: int
    kind: int
    is_hidden: bool


@dataclass(slots=True)
class _Globals:
    budget: CellBudget
    date_1904: bool = False
    formats: dict[int, str] = field(default_factory=lambda: dict(BUILTIN))
    styles: list[_Style] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    entries: list[_SheetEntry] = field(default_factory=list)


class _SheetReader:
    """Reads the records of one sheet."""

    def __init__(self, workbook_globals: _Globals, entry: _SheetEntry) -> None:
        self._book = workbook_globals
        self._offset = entry.offset
        self._sheet = Sheet(entry.name, f"工作表“{entry.name}”")
        self._pending_cell: tuple[int, int] | None = None
        self._object_type = 0
        self._readers: dict[int, Callable[[Record], None]] = {
            0x00FD: self._label_sst, 0x0204: self._label, 0x00D6: self._label, 0x0203: self._float, 0x027E: self._rk,
            0x00BD: self._mul_rk, 0x0201: self._blank, 0x00BE: self._mul_blank, 0x0205: self._bool_err,
            0x0006: self._formula, 0x0207: self._string, 0x00E5: self._merges, 0x0208: self._row,
            0x007D: self._columns, 0x005D: self._note_object, 0x01B6: self._text_box,
        }  # fmt: skip

    def read(self, stream: bytes) -> Sheet:
        """Return the sheet; nested substreams (charts) are left out."""
        depth = 0
        began = False
        for record in iter_records(stream, self._offset):
            if record.kind == _BOF:
                depth += 1
                began = True
            elif record.kind == _EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth == 1 and record.kind in self._readers:
                self._readers[record.kind](record)
            elif depth == 0:
                break
        if depth > 0 or not began:
            raise ReadError(f"{DAMAGED}（{self._sheet.locator_prefix}不完整）", WORKBOOK.save)
        return self._sheet

    def _cell_position(self, data: bytes) -> tuple[int, int, int]:
        """Return row, column and style of a cell record, and record its border."""
        row, column, style = struct.unpack_from("<HHH", data)
        self._mark_border(row, column, style)
        return row, column, style

    def _mark_border(self, row: int, column: int, style: int) -> None:
        if style < len(self._book.styles) and self._book.styles[style].bordered:
            self._sheet.add_border(row, column)

    def _set_text(self, row: int, column: int, text: str) -> None:
        self._book.budget.spend()
        self._sheet.set_text(row, column, _normalize_newlines(text))

    def _set_number(self, row: int, column: int, style: int, value: float) -> None:
        if not isfinite(value):
            raise ReadError(f"{DAMAGED}（数值无效）", WORKBOOK.save)
        code = self._book.styles[style].code if style < len(self._book.styles) else "General"
        self._set_text(row, column, format_value(value, code, self._book.date_1904))

    def _label_sst(self, record: Record) -> None:
        row, column, _ = self._cell_position(record.data)
        self._set_text(row, column, self._book.strings[struct.unpack_from("<I", record.data, 6)[0]])

    def _label(self, record: Record) -> None:
        row, column, _ = self._cell_position(record.data)
        self._set_text(row, column, StringReader(record.pieces, 6).text())

    def _float(self, record: Record) -> None:
        row, column, style = self._cell_position(record.data)
        self._set_number(row, column, style, struct.unpack_from("<d", record.data, 6)[0])

    def _rk(self, record: Record) -> None:
        row, column, style = self._cell_position(record.data)
        self._set_number(row, column, style, _rk_value(struct.unpack_from("<I", record.data, 6)[0]))

    def _mul_rk(self, record: Record) -> None:
        row, first = struct.unpack_from("<HH", record.data)
        for i in range((len(record.data) - 6) // 6):
            style, value = struct.unpack_from("<HI", record.data, 4 + 6 * i)
            self._mark_border(row, first + i, style)
            self._set_number(row, first + i, style, _rk_value(value))

    def _blank(self, record: Record) -> None:
        self._cell_position(record.data)

    def _mul_blank(self, record: Record) -> None:
        row, first = struct.unpack_from("<HH", record.data)
        for i in range((len(record.data) - 6) // 2):
            self._mark_border(row, first + i, struct.unpack_from("<H", record.data, 4 + 2 * i)[0])

    def _bool_err(self, record: Record) -> None:
        row, column, _ = self._cell_position(record.data)
        value, is_error = struct.unpack_from("<BB", record.data, 6)
        self._set_bool_or_error(row, column, value, bool(is_error))

    def _set_bool_or_error(self, row: int, column: int, value: int, is_error: bool) -> None:
        if not is_error:
            self._set_text(row, column, "TRUE" if value else "FALSE")
            return
        message = f"单元格显示为错误值“{_ERROR_VALUES.get(value, '#ERR')}”，按空白读取"
        self._sheet.issues.append(("formula_error", message, cell_reference(row, column)))

    def _formula(self, record: Record) -> None:
        row, column, style = self._cell_position(record.data)
        self._sheet.formulas.add((row, column))
        stored = record.data[6:14]
        if stored[6:] != b"\xff\xff":
            self._set_number(row, column, style, struct.unpack("<d", stored)[0])
        elif stored[0] == 0:
            self._pending_cell = row, column
        elif stored[0] in (1, 2):
            self._set_bool_or_error(row, column, stored[2], stored[0] == 2)

    def _string(self, record: Record) -> None:
        if self._pending_cell is not None:
            self._set_text(*self._pending_cell, StringReader(record.pieces, 0).text())
            self._pending_cell = None

    def _merges(self, record: Record) -> None:
        count = struct.unpack_from("<H", record.data)[0]
        for i in range(min(count, (len(record.data) - 2) // 8)):
            top, bottom, left, right = struct.unpack_from("<HHHH", record.data, 2 + 8 * i)
            self._book.budget.spend()
            self._sheet.merges.append(
                MergedRange(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
            )

    def _row(self, record: Record) -> None:
        row = struct.unpack_from("<H", record.data)[0]
        if struct.unpack_from("<H", record.data, 12)[0] & 0x20:
            self._sheet.hidden_rows.add(row)

    def _columns(self, record: Record) -> None:
        first, last, _, _, flags = struct.unpack_from("<HHHHH", record.data)
        if flags & 1:
            self._sheet.hidden_columns.append(range(first, last + 1))

    def _note_object(self, record: Record) -> None:
        self._object_type = struct.unpack_from("<H", record.data, 4)[0] if len(record.data) > 5 else 0

    def _text_box(self, record: Record) -> None:
        count = struct.unpack_from("<H", record.data, 10)[0]
        if self._object_type == _COMMENT_OBJECT or not count or len(record.pieces) < 2 or not record.pieces[1]:
            return
        text = StringReader(record.pieces[1:], 1).characters(count, bool(record.pieces[1][0] & 1))
        self._book.budget.spend()
        self._sheet.text_boxes += [line.strip() for line in _normalize_newlines(text).split("\n") if line.strip()]


def iter_records(stream: bytes, start: int) -> Iterator[Record]:
    """Yield the records from offset `start` to the end of the stream. Raises IndexError if one is truncated."""
    offset = start
    pending: tuple[int, list[bytes]] | None = None
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        data = stream[offset + 4 : offset + 4 + length]
        if len(data) < length:
            raise IndexError(offset)
        offset += 4 + length
        if kind == _CONTINUE and pending is not None:
            pending[1].append(data)
            continue
        if pending is not None:
            yield Record(pending[0], tuple(pending[1]))
        pending = kind, [data]
    if pending is not None:
        yield Record(pending[0], tuple(pending[1]))


def read_xls(data: bytes, limits: Limits) -> Workbook:
    """Read the visible sheets of an xls.

    Raises:
        ReadError: the file is damaged or encrypted.
        OldWorkbookError: the file is older than Excel 97.
    """
    try:
        stream = OleFile(data).stream("Workbook", "Book")
    except OleError as error:
        raise ReadError(DAMAGED, WORKBOOK.save) from error
    if stream is None:
        raise ReadError(f"{DAMAGED}（缺少工作簿数据）", WORKBOOK.save)
    try:
        workbook_globals = _read_globals(stream, limits)
    except _EncryptedError:
        return _read_decrypted(data, limits)
    except (struct.error, IndexError) as error:
        raise ReadError(DAMAGED, WORKBOOK.save) from error
    try:
        workbook = Workbook([], [])
        for entry in workbook_globals.entries:
            if entry.kind != _WORKSHEET:
                continue
            sheet = _SheetReader(workbook_globals, entry).read(stream)
            if entry.is_hidden:
                workbook.notes += hidden_sheet_notes(sheet)
            else:
                workbook.sheets.append(sheet)
        return workbook
    except (struct.error, IndexError) as error:
        raise ReadError(DAMAGED, WORKBOOK.save) from error


def _read_decrypted(data: bytes, limits: Limits) -> Workbook:
    """Read a workbook encrypted with the default password."""
    decrypted = decrypt.decrypt(data)
    stream = OleFile(decrypted).stream("Workbook", "Book") or b""
    if any(record.kind == _FILEPASS for record in iter_records(stream, 0)):
        raise ReadError(decrypt.ENCRYPTED, decrypt.REMOVE_PASSWORD)
    return read_xls(decrypted, limits)


def _read_globals(stream: bytes, limits: Limits) -> _Globals:
    workbook_globals = _Globals(CellBudget(limits))
    styles: list[tuple[int, bool]] = []
    for index, record in enumerate(iter_records(stream, 0)):
        data = record.data
        if index == 0:
            _check_version(record)
        match record.kind:
            case 0x000A:
                break
            case 0x002F:
                raise _EncryptedError
            case 0x0022:
                workbook_globals.date_1904 = struct.unpack_from("<H", data)[0] == 1
            case 0x041E:
                workbook_globals.formats[struct.unpack_from("<H", data)[0]] = StringReader(record.pieces, 2).text()
            case 0x00E0:
                borders = struct.unpack_from("<H", data, 10)[0]
                styles.append((struct.unpack_from("<H", data, 2)[0], borders != 0))
            case 0x0085:
                offset, state, kind = struct.unpack_from("<IBB", data)
                name = StringReader(record.pieces, 6).text(1)
                workbook_globals.entries.append(_SheetEntry(name, offset, kind, state & 3 != 0))
            case 0x00FC:
                workbook_globals.strings = _shared_strings(record)
    workbook_globals.styles = [
        _Style(workbook_globals.formats.get(code, "General"), bordered) for code, bordered in styles
    ]
    return workbook_globals


def _check_version(record: Record) -> None:
    version = struct.unpack_from("<H", record.data)[0] if len(record.data) > 1 else 0
    if record.kind != _BOF or version != _BIFF8:
        raise OldWorkbookError("Excel 95 或更早版本的工作簿，尚不能读取", WORKBOOK.save)


def _shared_strings(record: Record) -> list[str]:
    """Return the strings to the end of the record, since the count given by some writers is wrong.

    A truncated string is missing, and so is the cell that refers to it: that is how a damaged file is recognised.
    """
    reader = StringReader(record.pieces, 8)
    texts: list[str] = []
    with suppress(IndexError, struct.error):
        while True:
            texts.append(_normalize_newlines(reader.text()))
    return texts


def _normalize_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rk_value(rk: int) -> float:
    """Decode an RK number ([MS-XLS] 2.5.217): 30 bits of an integer or a double, perhaps times 100."""
    if rk & 2:
        signed = rk >> 2
        value = float(signed - (1 << 30) if signed >= 1 << 29 else signed)
    else:
        value = float(struct.unpack("<d", struct.pack("<II", 0, rk & 0xFFFFFFFC))[0])
    return value / 100 if rk & 1 else value
