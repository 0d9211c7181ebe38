"""xls and et: workbooks of Excel 97 to 2003 ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from math import isfinite

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import locked
from extractors.readers.ole import Compound, CompoundError
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.biff_records import Record, Strings, records
from extractors.readers.sheet.model import DAMAGED, Budget, Merge, Sheet, reference
from extractors.readers.sheet.number_format import BUILTIN, show
from extractors.readers.sheet.ooxml import Workbook, hidden_sheet

_BOF, _EOF, _FILEPASS = 0x0809, 0x000A, 0x002F
_BIFF8 = 0x0600
_WORKSHEET = 0
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_NOTE = 0x19
"""The object type of a comment; its text is no part of the page."""


class _LockedError(Exception):
    """The records that follow are encrypted."""


class OldWorkbookError(ReadError):
    """A workbook of Excel 5.0 or 95, which is for another program to read."""


@dataclass(slots=True)
class _Style:
    code: str
    framed: bool


@dataclass(slots=True)
class _Entry:
    name: str
    offset: int
    kind: int
    hidden: bool


@dataclass(slots=True)
class _Book:
    budget: Budget
    date_1904: bool = False
    formats: dict[int, str] = field(default_factory=lambda: dict(BUILTIN))
    styles: list[_Style] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)


def read_workbook(data: bytes, limits: Limits) -> Workbook:
    """The visible sheets of an xls.

    Raises `ReadError` when it is damaged or encrypted, `OldWorkbookError` when it is older than Excel 97.
    """
    try:
        stream = Compound(data).stream("Workbook", "Book")
    except CompoundError as error:
        raise ReadError(DAMAGED, WORKBOOK.save) from error
    if stream is None:
        raise ReadError(f"{DAMAGED}（缺少工作簿数据）", WORKBOOK.save)
    try:
        book = _globals(stream, limits)
    except _LockedError:
        return _unlocked(data, limits)
    except (struct.error, IndexError) as error:
        raise ReadError(DAMAGED, WORKBOOK.save) from error
    try:
        found = Workbook([], [])
        for entry in book.entries:
            if entry.kind != _WORKSHEET:
                continue
            sheet = _Reader(book, entry).read(stream)
            if entry.hidden:
                found.notes += hidden_sheet(sheet)
            else:
                found.sheets.append(sheet)
        return found
    except (struct.error, IndexError) as error:
        raise ReadError(DAMAGED, WORKBOOK.save) from error


def _unlocked(data: bytes, limits: Limits) -> Workbook:
    """The visible sheets of a workbook under the password that nobody is asked for."""
    plain = locked.opened(data)
    stream = Compound(plain).stream("Workbook", "Book") or b""
    if any(record.kind == _FILEPASS for record in records(stream, 0)):
        raise ReadError(locked.LOCKED, locked.UNLOCK)
    return read_workbook(plain, limits)


def _globals(stream: bytes, limits: Limits) -> _Book:
    book = _Book(Budget(limits))
    styles: list[tuple[int, bool]] = []
    for at, record in enumerate(records(stream, 0)):
        data = record.data
        if at == 0:
            _check_version(record)
        match record.kind:
            case 0x000A:
                break
            case 0x002F:
                raise _LockedError
            case 0x0022:
                book.date_1904 = struct.unpack_from("<H", data)[0] == 1
            case 0x041E:
                book.formats[struct.unpack_from("<H", data)[0]] = Strings(record.pieces, 2).text()
            case 0x00E0:
                lines = struct.unpack_from("<H", data, 10)[0]
                styles.append((struct.unpack_from("<H", data, 2)[0], lines != 0))
            case 0x0085:
                offset, state, kind = struct.unpack_from("<IBB", data)
                name = Strings(record.pieces, 6).text(1)
                book.entries.append(_Entry(name, offset, kind, state & 3 != 0))
            case 0x00FC:
                book.strings = _shared_strings(record)
    book.styles = [_Style(book.formats.get(code, "General"), framed) for code, framed in styles]
    return book


def _check_version(record: Record) -> None:
    version = struct.unpack_from("<H", record.data)[0] if len(record.data) > 1 else 0
    if record.kind != _BOF or version != _BIFF8:
        raise OldWorkbookError("Excel 95 或更早版本的工作簿，尚不能读取", WORKBOOK.save)


def _shared_strings(record: Record) -> list[str]:
    """The strings to the end of the record: their number as it is stated is wrong in the files of some writers.

    One that is cut off is missing then, and so is the cell that shows it: that is what tells a damaged file.
    """
    strings = Strings(record.pieces, 8)
    found: list[str] = []
    with suppress(IndexError, struct.error):
        while True:
            found.append(_lines(strings.text()))
    return found


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Reader:
    """Reads the records of one sheet."""

    def __init__(self, book: _Book, entry: _Entry) -> None:
        self._book = book
        self._offset = entry.offset
        self._sheet = Sheet(entry.name, f"工作表“{entry.name}”")
        self._pending: tuple[int, int] | None = None
        self._object = 0
        self._readers: dict[int, Callable[[Record], None]] = {
            0x00FD: self._label_sst, 0x0204: self._label, 0x00D6: self._label, 0x0203: self._float, 0x027E: self._rk,
            0x00BD: self._mul_rk, 0x0201: self._blank, 0x00BE: self._mul_blank, 0x0205: self._bool_err,
            0x0006: self._formula, 0x0207: self._string, 0x00E5: self._merges, 0x0208: self._row,
            0x007D: self._columns, 0x005D: self._note_object, 0x01B6: self._text_box,
        }  # fmt: skip

    def read(self, stream: bytes) -> Sheet:
        """The sheet; substreams inside it (charts) are left out."""
        depth = 0
        began = False
        for record in records(stream, self._offset):
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
            raise ReadError(f"{DAMAGED}（{self._sheet.where}不完整）", WORKBOOK.save)
        return self._sheet

    def _square(self, data: bytes) -> tuple[int, int, int]:
        """Row, column and style of a cell record; the border is remembered."""
        row, column, style = struct.unpack_from("<HHH", data)
        self._line(row, column, style)
        return row, column, style

    def _line(self, row: int, column: int, style: int) -> None:
        if style < len(self._book.styles) and self._book.styles[style].framed:
            self._sheet.frame(row, column)

    def _put(self, row: int, column: int, text: str) -> None:
        self._book.budget.spend()
        self._sheet.put(row, column, _lines(text))

    def _put_number(self, row: int, column: int, style: int, value: float) -> None:
        if not isfinite(value):
            raise ReadError(f"{DAMAGED}（数值无效）", WORKBOOK.save)
        code = self._book.styles[style].code if style < len(self._book.styles) else "General"
        self._put(row, column, show(value, code, self._book.date_1904))

    def _label_sst(self, record: Record) -> None:
        row, column, _ = self._square(record.data)
        self._put(row, column, self._book.strings[struct.unpack_from("<I", record.data, 6)[0]])

    def _label(self, record: Record) -> None:
        row, column, _ = self._square(record.data)
        self._put(row, column, Strings(record.pieces, 6).text())

    def _float(self, record: Record) -> None:
        row, column, style = self._square(record.data)
        self._put_number(row, column, style, struct.unpack_from("<d", record.data, 6)[0])

    def _rk(self, record: Record) -> None:
        row, column, style = self._square(record.data)
        self._put_number(row, column, style, _rk_value(struct.unpack_from("<I", record.data, 6)[0]))

    def _mul_rk(self, record: Record) -> None:
        row, first = struct.unpack_from("<HH", record.data)
        for i in range((len(record.data) - 6) // 6):
            style, value = struct.unpack_from("<HI", record.data, 4 + 6 * i)
            self._line(row, first + i, style)
            self._put_number(row, first + i, style, _rk_value(value))

    def _blank(self, record: Record) -> None:
        self._square(record.data)

    def _mul_blank(self, record: Record) -> None:
        row, first = struct.unpack_from("<HH", record.data)
        for i in range((len(record.data) - 6) // 2):
            self._line(row, first + i, struct.unpack_from("<H", record.data, 4 + 2 * i)[0])

    def _bool_err(self, record: Record) -> None:
        row, column, _ = self._square(record.data)
        value, is_error = struct.unpack_from("<BB", record.data, 6)
        self._flag(row, column, value, bool(is_error))

    def _flag(self, row: int, column: int, value: int, is_error: bool) -> None:
        if not is_error:
            self._put(row, column, "TRUE" if value else "FALSE")
            return
        message = f"单元格显示为错误值“{_ERRORS.get(value, '#ERR')}”，按空白读取"
        self._sheet.remarks.append(("formula_error", message, reference(row, column)))

    def _formula(self, record: Record) -> None:
        row, column, style = self._square(record.data)
        self._sheet.formulas.add((row, column))
        stored = record.data[6:14]
        if stored[6:] != b"\xff\xff":
            self._put_number(row, column, style, struct.unpack("<d", stored)[0])
        elif stored[0] == 0:
            self._pending = row, column
        elif stored[0] in (1, 2):
            self._flag(row, column, stored[2], stored[0] == 2)

    def _string(self, record: Record) -> None:
        if self._pending is not None:
            self._put(*self._pending, Strings(record.pieces, 0).text())
            self._pending = None

    def _merges(self, record: Record) -> None:
        count = struct.unpack_from("<H", record.data)[0]
        for i in range(min(count, (len(record.data) - 2) // 8)):
            top, bottom, left, right = struct.unpack_from("<HHHH", record.data, 2 + 8 * i)
            self._book.budget.spend()
            self._sheet.merges.append(Merge(min(top, bottom), min(left, right), max(top, bottom), max(left, right)))

    def _row(self, record: Record) -> None:
        row = struct.unpack_from("<H", record.data)[0]
        if struct.unpack_from("<H", record.data, 12)[0] & 0x20:
            self._sheet.hidden_rows.add(row)

    def _columns(self, record: Record) -> None:
        first, last, _, _, flags = struct.unpack_from("<HHHHH", record.data)
        if flags & 1:
            self._sheet.hidden_columns.append(range(first, last + 1))

    def _note_object(self, record: Record) -> None:
        self._object = struct.unpack_from("<H", record.data, 4)[0] if len(record.data) > 5 else 0

    def _text_box(self, record: Record) -> None:
        count = struct.unpack_from("<H", record.data, 10)[0]
        if self._object == _NOTE or not count or len(record.pieces) < 2 or not record.pieces[1]:
            return
        text = Strings(record.pieces[1:], 1).characters(count, bool(record.pieces[1][0] & 1))
        self._book.budget.spend()
        self._sheet.boxes += [line.strip() for line in _lines(text).split("\n") if line.strip()]


def _rk_value(rk: int) -> float:
    """[MS-XLS] 2.5.217: 30 bits of a whole number or of a double, perhaps a hundredfold."""
    if rk & 2:
        signed = rk >> 2
        value = float(signed - (1 << 30) if signed >= 1 << 29 else signed)
    else:
        value = float(struct.unpack("<d", struct.pack("<II", 0, rk & 0xFFFFFFFC))[0])
    return value / 100 if rk & 1 else value
