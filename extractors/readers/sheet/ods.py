"""ods, ots: OpenDocument spreadsheets. The file keeps the text that each cell shows, numbers and dates included."""

from __future__ import annotations

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import locked
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import (
    DAMAGED,
    MAX_COLUMNS,
    MAX_ROWS,
    Budget,
    Merge,
    Sheet,
    check_square,
    reference,
)
from extractors.readers.sheet.ooxml import Workbook, hidden_sheet
from extractors.readers.sheet.xml_stream import Element, local, stream
from extractors.readers.zip_guard import Package

_CONTENT = "content.xml"
_SKIPPED = ("annotation", "ruby-text", "note", "note-citation", "shapes", "frame")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_MANIFEST = "META-INF/manifest.xml"
_DEEPEST = 20


def read_workbook(data: bytes, limits: Limits) -> Workbook:
    """The visible sheets of an ods. Raises `ReadError` when it is damaged, encrypted or too large."""
    with Package(data, limits, WORKBOOK) as package:
        if _MANIFEST in package and b"encryption-data" in package.read(_MANIFEST):
            raise ReadError(locked.LOCKED, locked.UNLOCK)
        raw = package.read(_CONTENT)
    return _Reader(limits).read(raw)


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self._budget = Budget(limits)
        self._framed: set[str] = set()
        self._invisible: set[str] = set()
        self._sheet = Sheet("", "")
        self._row = 0
        self._column = 0

    def read(self, raw: bytes) -> Workbook:
        """The sheets in order: a row is complete before its table, so the sheet is named when the table ends."""
        found = Workbook([], [])
        for element in stream(raw, _CONTENT, "style", "table-column", "table-row", "table"):
            match local(element):
                case "style":
                    self._style(element)
                case "table-column":
                    self._columns(element)
                case "table-row":
                    if _depth(element) == 1:
                        self._rows(element)
                case "table" if _depth(element) == 0:
                    sheet, self._sheet = self._sheet, Sheet("", "")
                    self._row = self._column = 0
                    sheet.name = element.get(f"{_TABLE}name", "")
                    sheet.where = f"工作表“{sheet.name}”"
                    hidden = element.get(f"{_TABLE}style-name", "") in self._invisible
                    if hidden or element.get(f"{_TABLE}display") == "false":
                        found.notes += hidden_sheet(sheet)
                    else:
                        found.sheets.append(sheet)
        return found

    def _style(self, element: Element) -> None:
        name = element.get(f"{_STYLE}name", "")
        for properties in element:
            kind = local(properties)
            if kind == "table-properties" and properties.get(f"{_TABLE}display") == "false":
                self._invisible.add(name)
            elif kind == "table-cell-properties":
                lines = [str(v) for k, v in properties.attrib.items() if "}border" in str(k) and "line" not in str(k)]
                if any(v.split()[0] not in ("none", "hidden") for v in lines if v.strip()):
                    self._framed.add(name)

    def _columns(self, element: Element) -> None:
        repeated = _count(element, "number-columns-repeated", MAX_COLUMNS)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            self._sheet.hidden_columns.append(range(self._column, self._column + repeated))
        self._column += repeated

    def _rows(self, element: Element) -> None:
        repeated = _count(element, "number-rows-repeated", MAX_ROWS)
        before = self._row
        check_square(before, 0)
        self._cells(element)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            self._sheet.hidden_rows.update(range(before, min(before + repeated, MAX_ROWS)))
        if repeated > 1 and before in self._sheet.cells:
            for row in range(before + 1, before + repeated):
                check_square(row, 0)
                self._budget.spend(len(self._sheet.cells[before]))
                self._sheet.cells[row] = dict(self._sheet.cells[before])
                self._sheet.framed[row] = self._sheet.framed.get(before, 0)
        self._row += repeated

    def _cells(self, element: Element) -> None:
        column = 0
        for cell in element:
            kind = local(cell)
            if kind not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _count(cell, "number-columns-repeated", MAX_COLUMNS)
            framed = cell.get(f"{_TABLE}style-name", "") in self._framed
            text = self._text(cell, column)
            if cell.get(f"{_TABLE}formula"):
                self._sheet.formulas.add((self._row, column))
            for at in range(column, column + (repeated if text or framed else 0)):
                check_square(self._row, at)
                if framed:
                    self._sheet.frame(self._row, at)
                if text:
                    self._budget.spend()
                    self._sheet.put(self._row, at, text)
            if kind == "table-cell":
                self._merge(cell, column)
            column += repeated

    def _text(self, cell: Element, column: int) -> str:
        lines = [_line(p, 0) for p in cell if local(p) in ("p", "h")]
        text = "\n".join(lines)
        if cell.get(f"{_CALC}value-type") == "error":
            message = f"单元格显示为错误值“{text[:20]}”，按空白读取"
            self._sheet.remarks.append(("formula_error", message, reference(self._row, column)))
            return ""
        if not text:
            text = cell.get(f"{_OFFICE}string-value") or cell.get(f"{_OFFICE}value") or ""
        return text

    def _merge(self, cell: Element, column: int) -> None:
        rows = _count(cell, "number-rows-spanned", MAX_ROWS)
        columns = _count(cell, "number-columns-spanned", MAX_COLUMNS)
        if rows > 1 or columns > 1:
            self._budget.spend()
            self._sheet.merges.append(Merge(self._row, column, self._row + rows - 1, column + columns - 1))


def _depth(element: Element) -> int:
    """How many tables stand around an element: tables inside cells are not rows of the sheet."""
    return sum(local(above) == "table" for above in element.iterancestors())


def _count(element: Element, name: str, most: int) -> int:
    stated = element.get(f"{_TABLE}{name}", "1")
    if not stated.isdecimal() or len(stated) > 9:
        raise ReadError(f"{DAMAGED}（行列数无效）", WORKBOOK.save)
    return max(1, min(int(stated), most))


def _line(element: Element, depth: int) -> str:
    """The text of a paragraph with its blanks, tabs and line breaks."""
    if depth > _DEEPEST:
        raise ReadError("单元格内文字嵌套过深", WORKBOOK.save)
    out = element.text or ""
    for child in element:
        kind = local(child)
        if kind == "s":
            stated = child.get(f"{_TEXT}c", "1")
            out += " " * min(int(stated) if stated.isdecimal() and len(stated) < 6 else 1, 200)
        elif kind == "tab":
            out += " "
        elif kind == "line-break":
            out += "\n"
        elif kind not in _SKIPPED:
            out += _line(child, depth + 1)
        out += child.tail or ""
    return out
