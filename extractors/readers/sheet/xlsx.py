"""xlsx, xlsm, xltx: transitional and strict ([ECMA-376] part 1, 18).

Large parts are read as a stream, so that a sheet of a million cells fits into memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any

from lxml import etree

from extractors.document import ReadError, ReadNote
from extractors.limits import MIB, Limits
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import (
    DAMAGED,
    MAX_BORDER_COLUMNS,
    MAX_COLUMNS,
    CellBudget,
    MergedRange,
    Sheet,
    Workbook,
    cell_reference,
    check_position,
    column_letters,
    hidden_sheet_notes,
)
from extractors.readers.sheet.number_format import BUILTIN, format_general, format_value
from extractors.readers.zip_guard import Package, resolve

Element = etree._Element
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_MAX_WHOLE_PARSE = 8 * MIB
"""Smaller parts are parsed as a whole, which is faster and takes about ten times their size in memory."""
_PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SIDES = ("left", "right", "top", "bottom", "start", "end")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_TITLE_ROWS = re.compile(r"\$(\d{1,7}):\$(\d{1,7})")
_TRUE_VALUES = ("1", "true", "on")
_MAX_PLAIN_DIGITS = 12
"""Numbers of fewer digits are displayed as stored unless a format overrides it."""
_COLUMN_OF_LETTERS = {column_letters(column): column for column in range(702)}
"""A … ZZ, which covers nearly every cell of every file."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """Target of a relationship: the last segment of its type, and the member name."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Styles:
    """Number format and border of each cell style, by index."""

    formats: tuple[str, ...] = ()
    bordered: tuple[bool, ...] = ()

    def format(self, index: int) -> str:
        """Return the number format code of a style; General for an unknown style."""
        return self.formats[index] if 0 <= index < len(self.formats) else "General"

    @property
    def style_names(self) -> tuple[frozenset[str | None], frozenset[str | None]]:
        """Return the styles with a border, and those with a number format, as cells name them.

        Cells name a style by index, or not at all for the first.
        """
        bordered = {str(i) for i, has_border in enumerate(self.bordered) if has_border}
        formatted = {str(i) for i, code in enumerate(self.formats) if code != "General"}
        return _with_default(bordered), _with_default(formatted)


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    name: str
    target: str
    kind: str
    is_hidden: bool


@dataclass(slots=True)
class _SharedParts:
    """Strings, styles and settings shared by all sheets."""

    strings: list[str]
    styles: Styles
    date_1904: bool
    budget: CellBudget
    title_rows: dict[int, int] = field(default_factory=dict)


class _SheetReader:
    """Reads one worksheet part."""

    def __init__(self, package: Package, shared: _SharedParts, entry: _SheetEntry, index: int) -> None:
        self._package = package
        self._book = shared
        self._target = entry.target
        self._row = -1
        self._value = self._inline = self._formula = ""
        self._borders = 0
        self._strings = shared.strings
        self._bordered, self._formatted = shared.styles.style_names
        self._sheet = Sheet(entry.name, f"工作表“{entry.name}”", last_title_row=shared.title_rows.get(index))

    def read(self) -> Sheet:
        """Return the sheet with its text boxes."""
        raw = self._package.read(self._target)
        for element in iter_elements(raw, self._target[:60], "row", "mergeCell", "col", "drawing"):
            match local_name(element):
                case "row":
                    self._read_row(element)
                case "mergeCell":
                    self._add_merge(element.get("ref", ""))
                case "col":
                    self._column(element)
        for relation in read_relationships(self._package, self._target).values():
            if relation.kind == "drawing" and relation.target in self._package:
                self._drawing(relation.target)
        return self._sheet

    def _read_row(self, row: Element) -> None:
        raw_row = row.get("r")
        self._row = _parse_number(raw_row) - 1 if raw_row else self._row + 1
        check_position(self._row, 0)
        if row.get("hidden") in _TRUE_VALUES or row.get("zeroHeight") in _TRUE_VALUES:
            self._sheet.hidden_rows.add(self._row)
        namespace = str(row.tag).removesuffix("row")
        self._value, self._inline, self._formula = f"{namespace}v", f"{namespace}is", f"{namespace}f"
        digits = str(self._row + 1)
        column = -1
        filled: dict[int, str] = {}
        self._borders = 0
        for cell in row:
            reference = cell.get("r")
            if reference is None:
                column += 1
            elif (
                reference.endswith(digits)
                and (known_column := _COLUMN_OF_LETTERS.get(reference[: -len(digits)])) is not None
            ):
                column = known_column
            else:
                stated_row, column = _parse_reference(reference)
                if stated_row != self._row:
                    raise ReadError(f"{DAMAGED}（单元格 {reference[:12]} 不在所属的行）", WORKBOOK.save)
            if column >= MAX_COLUMNS:
                check_position(self._row, column)
            text = self._read_cell(cell, column)
            if text and not text.isspace():
                filled[column] = text
        if filled:
            self._book.budget.spend(len(filled))
            self._sheet.cells.setdefault(self._row, {}).update(filled)
        if self._borders:
            self._sheet.bordered[self._row] = self._sheet.bordered.get(self._row, 0) | self._borders

    def _read_cell(self, cell: Element, column: int) -> str:
        raw_style = cell.get("s")
        if raw_style in self._bordered and column < MAX_BORDER_COLUMNS:
            self._borders |= 1 << column
        children = len(cell)
        if not children:
            return ""
        child = cell[children - 1]
        if cell[0].tag == self._formula:
            self._sheet.formulas.add((self._row, column))
        if child.tag != self._value:
            child = next((c for c in cell if c.tag in (self._value, self._inline)), child)
            if child.tag == self._inline:
                return rich_text(child)
            if child.tag != self._value:
                if child.tag == self._formula:
                    self._add_issue("formula_without_value", "公式没有保存计算结果，未读取", column)
                return ""
        value = child.text
        if not value:
            return ""
        kind = cell.get("t")
        if kind == "s":
            return self._shared(value)
        if (
            (kind is None or kind == "n")
            and raw_style not in self._formatted
            and value.isdecimal()
            and len(value) < _MAX_PLAIN_DIGITS
        ):
            return value.lstrip("0") or "0"
        return self._text(kind or "n", value, _style_index(raw_style), column)

    def _shared(self, value: str) -> str:
        index = int(value) if value.isdecimal() and len(value) < 12 else -1
        if not 0 <= index < len(self._strings):
            raise ReadError(f"{DAMAGED}（共享文字索引无效）", WORKBOOK.save)
        return self._strings[index]

    def _text(self, kind: str, value: str, style: int, column: int) -> str:
        if kind in ("inlineStr", "str"):
            return unescape(value)
        if kind == "b":
            return "TRUE" if value.strip() in _TRUE_VALUES else "FALSE"
        if kind == "e":
            self._add_issue("formula_error", f"单元格显示为错误值“{value[:20]}”，按空白读取", column)
            return ""
        if kind == "d":
            return value.removesuffix("T00:00:00").removesuffix("T00:00:00Z")
        number = _parse_float(value)
        code = self._book.styles.format(style)
        return format_general(number) if code == "General" else format_value(number, code, self._book.date_1904)

    def _add_issue(self, rule: str, message: str, column: int) -> None:
        self._sheet.issues.append((rule, message, cell_reference(self._row, column)))

    def _add_merge(self, raw_range: str) -> None:
        first, _, last = raw_range.partition(":")
        if not last:
            return
        (top, left), (bottom, right) = _parse_reference(first), _parse_reference(last)
        merge = MergedRange(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
        check_position(merge.bottom, merge.right)
        self._book.budget.spend()
        self._sheet.merges.append(merge)

    def _column(self, element: Element) -> None:
        if element.get("hidden") in _TRUE_VALUES:
            first, last = _parse_number(element.get("min")), _parse_number(element.get("max"))
            self._sheet.hidden_columns.append(range(first - 1, min(last, MAX_COLUMNS)))

    def _drawing(self, target: str) -> None:
        """Read text boxes and count pictures."""
        pictures = 0
        for element in iter_elements(self._package.read(target), target[:60], "sp", "pic"):
            if local_name(element) == "pic":
                pictures += 1
                continue
            for paragraph in element.iter("{*}p"):
                text = "".join(t.text or "" for t in paragraph.iter("{*}t")).strip()
                if text:
                    self._book.budget.spend()
                    self._sheet.text_boxes.append(text)
        if pictures:
            self._sheet.issues.append(("picture", f"有 {pictures} 张图片，其中的文字未读取", ""))


def local_name(element: Element) -> str:
    """Return the tag without its namespace, the only difference between transitional and strict files."""
    return str(element.tag).rpartition("}")[2]


def iter_elements(raw: bytes, name: str, *tags: str) -> Iterator[Element]:
    """Yield the elements with these local names in order; each element of a large part is freed afterwards.

    Raises:
        ReadError: the XML is broken or declares a document type.
    """
    encodings = ("utf-16-le", "utf-16-be") if raw.startswith(_WIDE_STARTS) else ("ascii",)
    if any("<!DOCTYPE".encode(encoding) in raw for encoding in encodings):
        raise ReadError(f"部件 {name} 含有文档类型声明，正常的文件不会有", "请核实文件来源，" + WORKBOOK.save)
    wanted = [f"{{*}}{tag}" for tag in tags]
    try:
        if len(raw) <= _MAX_WHOLE_PARSE:
            root = etree.fromstring(raw, etree.XMLParser(**_PARSER_OPTIONS))
            yield from (element for _, element in etree.iterwalk(root, events=("end",), tag=wanted))
        else:
            yield from _iter_and_free(etree.iterparse(io.BytesIO(raw), events=("end",), tag=wanted, **_PARSER_OPTIONS))
    except (etree.LxmlError, ValueError, LookupError) as error:
        if "depth" in str(error):
            raise ReadError(f"部件 {name} 嵌套过深", WORKBOOK.save) from error
        raise ReadError(f"部件 {name} 的 XML 已损坏，无法解析", WORKBOOK.damaged) from error


def read_relationships(package: Package, source: str) -> dict[str, Relationship]:
    """Return the relationships of the part `source` (empty = the package) by id."""
    folder, _, base = source.rpartition("/")
    member = f"{folder}/_rels/{base}.rels".lstrip("/")
    if member not in package:
        return {}
    return {
        item.get("Id", ""): Relationship(
            item.get("Type", "").rsplit("/", 1)[-1], resolve(source, item.get("Target", ""))
        )
        for item in iter_elements(package.read(member), member[:60], "Relationship")
        if item.get("TargetMode") != "External"
    }


def rich_text(element: Element) -> str:
    """Return the text of a string item: all runs, without the phonetic guides."""
    texts: list[str] = []
    for child in element:
        tag = child.tag
        if tag.endswith("}t"):
            texts.append(child.text or "")
        elif tag.endswith("}r"):
            texts += [t.text or "" for t in child if local_name(t) == "t"]
    return unescape("".join(texts))


def unescape(text: str) -> str:
    """Decode characters written as `_x000D_` and normalise line ends to line feeds."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_styles(raw: bytes) -> Styles:
    """Read the style sheet part. Raises `ReadError` for broken XML."""
    codes = dict(BUILTIN)
    borders: list[bool] = []
    formats: list[str] = []
    bordered: list[bool] = []
    for element in iter_elements(raw, "xl/styles.xml", "numFmt", "border", "cellXfs"):
        name = local_name(element)
        if name == "numFmt":
            codes[_parse_index(element.get("numFmtId"))] = element.get("formatCode") or "General"
        elif name == "border":
            borders.append(any(local_name(s) in _SIDES and s.get("style", "none") != "none" for s in element))
        else:
            for xf in element:
                border = _parse_index(xf.get("borderId"))
                formats.append(codes.get(_parse_index(xf.get("numFmtId")), "General"))
                bordered.append(0 <= border < len(borders) and borders[border])
    return Styles(tuple(formats), tuple(bordered))


def read_xlsx(data: bytes, limits: Limits) -> Workbook:
    """Read the sheets of an xlsx package.

    Raises:
        ReadError: the package is damaged, hostile or too large.
    """
    with Package(data, limits, WORKBOOK) as package:
        main = main_part(package)
        related = read_relationships(package, main)
        shared, entries = _read_main(package, main, related, limits)
        workbook = Workbook([], [])
        for index, entry in enumerate(entries):
            locator_prefix = f"工作表“{entry.name}”"
            if entry.kind not in ("worksheet", ""):
                workbook.notes.append(
                    ReadNote("lost_part", f"{locator_prefix}不是普通表格（{entry.kind[:20]}），未读取", locator_prefix)
                )
            elif entry.target not in package:
                workbook.notes.append(ReadNote("lost_part", f"{locator_prefix}在文件中缺失，未读取", locator_prefix))
            else:
                sheet = _SheetReader(package, shared, entry, index).read()
                if entry.is_hidden:
                    workbook.notes += hidden_sheet_notes(sheet)
                else:
                    workbook.sheets.append(sheet)
        return workbook


def main_part(package: Package) -> str:
    """Return the name of the part that lists the sheets. Raises `ReadError` if there is none."""
    main = next((r.target for r in read_relationships(package, "").values() if r.kind == "officeDocument"), "")
    if main not in package:
        main = "xl/workbook.xml"
    if main not in package:
        raise ReadError(f"{DAMAGED}（缺少工作簿部件）", WORKBOOK.save)
    return main


def _iter_and_free(events: Iterator[tuple[str, Element]]) -> Iterator[Element]:
    for _, element in events:
        yield element
        element.clear()
        parent = element.getparent()
        if parent is not None and parent[0] is not element:
            del parent[: parent.index(element)]


def _parse_index(raw_index: str | None) -> int:
    return int(raw_index) if raw_index and raw_index.isascii() and raw_index.isdigit() and len(raw_index) < 10 else 0


def _with_default(names: set[str]) -> frozenset[str | None]:
    return frozenset([*names, None]) if "0" in names else frozenset(names)


def _read_main(
    package: Package, main: str, related: dict[str, Relationship], limits: Limits
) -> tuple[_SharedParts, list[_SheetEntry]]:
    entries: list[_SheetEntry] = []
    title_rows: dict[int, int] = {}
    date_1904 = False
    for element in iter_elements(package.read(main), main[:60], "sheet", "definedName", "workbookPr"):
        tag = local_name(element)
        if tag == "workbookPr":
            date_1904 = element.get("date1904", "") in _TRUE_VALUES
        elif tag == "definedName":
            rows = _TITLE_ROWS.search(element.text or "")
            sheet = element.get("localSheetId", "")
            if element.get("name") == "_xlnm.Print_Titles" and rows and sheet.isdecimal() and len(sheet) < 6:
                title_rows[int(sheet)] = int(rows[2]) - 1
        else:
            ids = [value for key, value in element.attrib.items() if str(key).rpartition("}")[2] == "id"]
            relation = next((related[i] for i in map(str, ids) if i in related), Relationship("", ""))
            hidden = element.get("state", "visible") not in ("visible", "")
            entries.append(_SheetEntry(element.get("name") or "", relation.target, relation.kind, hidden))
    strings = _related_part(package, related, "sharedStrings")
    styles = _related_part(package, related, "styles")
    shared = _SharedParts(
        [rich_text(item) for item in iter_elements(strings, "xl/sharedStrings.xml", "si")] if strings else [],
        read_styles(styles) if styles else Styles(),
        date_1904,
        CellBudget(limits),
        title_rows,
    )
    return shared, entries


def _related_part(package: Package, related: dict[str, Relationship], kind: str) -> bytes:
    target = next((r.target for r in related.values() if r.kind == kind), "")
    return package.read(target) if target in package else b""


def _parse_float(raw_number: str) -> float:
    try:
        number = float(raw_number)
    except ValueError:
        number = nan
    if not isfinite(number):
        raise ReadError(f"{DAMAGED}（数值“{raw_number[:20]}”无效）", WORKBOOK.save)
    return number


def _style_index(raw_index: str | None) -> int:
    return int(raw_index) if raw_index and raw_index.isdecimal() and len(raw_index) < 8 else 0


def _column_index(text: str) -> int:
    column = 0
    for letter in text.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _parse_reference(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ReadError(f"{DAMAGED}（单元格位置“{reference[:12]}”无效）", WORKBOOK.save)
    return int(match[2]) - 1, _column_index(match[1])


def _parse_number(raw_number: str | None) -> int:
    if raw_number is None or not raw_number.isdecimal() or len(raw_number) > 9:
        raise ReadError(f"{DAMAGED}（行列号无效）", WORKBOOK.save)
    return int(raw_number)
