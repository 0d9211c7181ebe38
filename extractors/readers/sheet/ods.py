"""ods, ots: OpenDocument spreadsheets, which store the displayed text of each cell, including numbers and dates."""

from __future__ import annotations

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import decrypt
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import (
    DAMAGED,
    MAX_COLUMNS,
    MAX_ROWS,
    CellBudget,
    MergedRange,
    Sheet,
    Workbook,
    cell_reference,
    check_position,
    hidden_sheet_notes,
)
from extractors.readers.sheet.xlsx import Element, iter_elements, local_name
from extractors.readers.zip_guard import Package

_CONTENT = "content.xml"
_SKIPPED_TAGS = ("annotation", "ruby-text", "note", "note-citation", "shapes", "frame")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_MANIFEST = "META-INF/manifest.xml"
_MAX_NESTING = 20


def read_ods(data: bytes, limits: Limits) -> Workbook:
    """Read the visible sheets of an ods. Raises `ReadError` if it is damaged, encrypted or too large."""
    with Package(data, limits, WORKBOOK) as package:
        if _MANIFEST in package and b"encryption-data" in package.read(_MANIFEST):
            raise ReadError(decrypt.ENCRYPTED, decrypt.REMOVE_PASSWORD)
        raw = package.read(_CONTENT)
    return _OdsReader(limits).read(raw)


class _OdsReader:
    def __init__(self, limits: Limits) -> None:
        self._budget = CellBudget(limits)
        self._bordered: set[str] = set()
        self._hidden_styles: set[str] = set()
        self._sheet = Sheet("", "")
        self._row = 0
        self._column = 0

    def read(self, raw: bytes) -> Workbook:
        """Return the sheets in order; a sheet is named when its table ends, after its rows."""
        workbook = Workbook([], [])
        for element in iter_elements(raw, _CONTENT, "style", "table-column", "table-row", "table"):
            match local_name(element):
                case "style":
                    self._style(element)
                case "table-column":
                    self._columns(element)
                case "table-row":
                    if _table_depth(element) == 1:
                        self._rows(element)
                case "table" if _table_depth(element) == 0:
                    sheet, self._sheet = self._sheet, Sheet("", "")
                    self._row = self._column = 0
                    sheet.name = element.get(f"{_TABLE}name", "")
                    sheet.locator_prefix = f"工作表“{sheet.name}”"
                    is_hidden_style = element.get(f"{_TABLE}style-name", "") in self._hidden_styles
                    if is_hidden_style or element.get(f"{_TABLE}display") == "false":
                        workbook.notes += hidden_sheet_notes(sheet)
                    else:
                        workbook.sheets.append(sheet)
        return workbook

    def _style(self, element: Element) -> None:
        name = element.get(f"{_STYLE}name", "")
        for properties in element:
            tag = local_name(properties)
            if tag == "table-properties" and properties.get(f"{_TABLE}display") == "false":
                self._hidden_styles.add(name)
            elif tag == "table-cell-properties":
                borders = [str(v) for k, v in properties.attrib.items() if "}border" in str(k) and "line" not in str(k)]
                if any(v.split()[0] not in ("none", "hidden") for v in borders if v.strip()):
                    self._bordered.add(name)

    def _columns(self, element: Element) -> None:
        repeated = _repeat_count(element, "number-columns-repeated", MAX_COLUMNS)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            self._sheet.hidden_columns.append(range(self._column, self._column + repeated))
        self._column += repeated

    def _rows(self, element: Element) -> None:
        repeated = _repeat_count(element, "number-rows-repeated", MAX_ROWS)
        first_row = self._row
        check_position(first_row, 0)
        self._cells(element)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            self._sheet.hidden_rows.update(range(first_row, min(first_row + repeated, MAX_ROWS)))
        if repeated > 1 and first_row in self._sheet.cells:
            for row in range(first_row + 1, first_row + repeated):
                check_position(row, 0)
                self._budget.spend(len(self._sheet.cells[first_row]))
                self._sheet.cells[row] = dict(self._sheet.cells[first_row])
                self._sheet.bordered[row] = self._sheet.bordered.get(first_row, 0)
        self._row += repeated

    def _cells(self, element: Element) -> None:
        column = 0
        for cell in element:
            kind = local_name(cell)
            if kind not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _repeat_count(cell, "number-columns-repeated", MAX_COLUMNS)
            has_border = cell.get(f"{_TABLE}style-name", "") in self._bordered
            text = self._text(cell, column)
            if cell.get(f"{_TABLE}formula"):
                self._sheet.formulas.add((self._row, column))
            for repeated_column in range(column, column + (repeated if text or has_border else 0)):
                check_position(self._row, repeated_column)
                if has_border:
                    self._sheet.add_border(self._row, repeated_column)
                if text:
                    self._budget.spend()
                    self._sheet.set_text(self._row, repeated_column, text)
            if kind == "table-cell":
                self._add_merge(cell, column)
            column += repeated

    def _text(self, cell: Element, column: int) -> str:
        lines = [_paragraph_text(p, 0) for p in cell if local_name(p) in ("p", "h")]
        text = "\n".join(lines)
        if cell.get(f"{_CALC}value-type") == "error":
            message = f"单元格显示为错误值“{text[:20]}”，按空白读取"
            self._sheet.issues.append(("formula_error", message, cell_reference(self._row, column)))
            return ""
        if not text:
            text = cell.get(f"{_OFFICE}string-value") or cell.get(f"{_OFFICE}value") or ""
        return text

    def _add_merge(self, cell: Element, column: int) -> None:
        rows = _repeat_count(cell, "number-rows-spanned", MAX_ROWS)
        columns = _repeat_count(cell, "number-columns-spanned", MAX_COLUMNS)
        if rows > 1 or columns > 1:
            self._budget.spend()
            self._sheet.merges.append(MergedRange(self._row, column, self._row + rows - 1, column + columns - 1))


def _table_depth(element: Element) -> int:
    """Return how many tables enclose an element: tables inside cells are not rows of the sheet."""
    return sum(local_name(ancestor) == "table" for ancestor in element.iterancestors())


def _repeat_count(element: Element, name: str, limit: int) -> int:
    raw_count = element.get(f"{_TABLE}{name}", "1")
    if not raw_count.isdecimal() or len(raw_count) > 9:
        raise ReadError(f"{DAMAGED}（行列数无效）", WORKBOOK.save)
    return max(1, min(int(raw_count), limit))


def _paragraph_text(element: Element, depth: int) -> str:
    """Return the text of a paragraph with its spaces, tabs and line breaks."""
    if depth > _MAX_NESTING:
        raise ReadError("单元格内文字嵌套过深", WORKBOOK.save)
    text = element.text or ""
    for child in element:
        tag = local_name(child)
        if tag == "s":
            raw_count = child.get(f"{_TEXT}c", "1")
            text += " " * min(int(raw_count) if raw_count.isdecimal() and len(raw_count) < 6 else 1, 200)
        elif tag == "tab":
            text += " "
        elif tag == "line-break":
            text += "\n"
        elif tag not in _SKIPPED_TAGS:
            text += _paragraph_text(child, depth + 1)
        text += child.tail or ""
    return text
