"""xlsx, xlsm, xltx: transitional and strict ([ECMA-376] part 1, 18).

Parts are read as a stream, so that a sheet of a million cells fits into memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
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
    cell_reference,
    check_position,
    column_letters,
)
from extractors.readers.sheet.number_format import BUILTIN, format_general, format_value
from extractors.readers.zip_guard import Package, resolve

Element = etree._Element
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_MAX_WHOLE_PARSE = 8 * MIB
"""Up to here a part is parsed as a whole, which is faster and takes about ten times its size in memory."""
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
_MAX_QUOTE = 40
_MAX_PLAIN_DIGITS = 12
"""Numbers of fewer digits show as they are stored where no format says otherwise."""
_COLUMN_OF_LETTERS = {column_letters(column): column for column in range(702)}
"""A … ZZ: nearly every cell of nearly every file."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """What a part points at: the last word of the relationship type, and the member name."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Styles:
    """Number format and border of each cell style, by its index."""

    formats: tuple[str, ...] = ()
    framed: tuple[bool, ...] = ()

    def format(self, index: int) -> str:
        """The number format code of a style; General where the file names a style it does not have."""
        return self.formats[index] if 0 <= index < len(self.formats) else "General"

    @property
    def by_name(self) -> tuple[frozenset[str | None], frozenset[str | None]]:
        """The styles with a line on at least one side, and those with a number format; cells name them by index, or
        not at all for the first.
        """
        framed = {str(i) for i, has in enumerate(self.framed) if has}
        drawn = {str(i) for i, code in enumerate(self.formats) if code != "General"}
        return _with_default(framed), _with_default(drawn)


@dataclass(slots=True)
class Workbook:
    """The visible sheets in order, and remarks about the rest."""

    sheets: list[Sheet]
    notes: list[ReadNote]


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    name: str
    target: str
    kind: str
    hidden: bool


@dataclass(slots=True)
class _SharedParts:
    """What all sheets share."""

    strings: list[str]
    styles: Styles
    date_1904: bool
    budget: CellBudget
    title_rows: dict[int, int] = field(default_factory=dict)


class _SheetReader:
    """Reads one worksheet part."""

    def __init__(self, package: Package, book: _SharedParts, entry: _SheetEntry, index: int) -> None:
        self._package = package
        self._book = book
        self._target = entry.target
        self._row = -1
        self._value = self._inline = self._formula = ""
        self._lines = 0
        self._strings = book.strings
        self._framed, self._drawn = book.styles.by_name
        self._sheet = Sheet(entry.name, f"工作表“{entry.name}”", header_until=book.title_rows.get(index))

    def read(self) -> Sheet:
        """The sheet with its text boxes."""
        raw = self._package.read(self._target)
        for element in iter_elements(raw, self._target[:60], "row", "mergeCell", "col", "drawing"):
            match local_name(element):
                case "row":
                    self._read_row(element)
                case "mergeCell":
                    self._merge(element.get("ref", ""))
                case "col":
                    self._column(element)
        for relation in read_relationships(self._package, self._target).values():
            if relation.kind == "drawing" and relation.target in self._package:
                self._drawing(relation.target)
        return self._sheet

    def _read_row(self, row: Element) -> None:
        stated = row.get("r")
        self._row = _parse_number(stated) - 1 if stated else self._row + 1
        check_position(self._row, 0)
        if row.get("hidden") in _TRUE_VALUES or row.get("zeroHeight") in _TRUE_VALUES:
            self._sheet.hidden_rows.add(self._row)
        namespace = str(row.tag).removesuffix("row")
        self._value, self._inline, self._formula = f"{namespace}v", f"{namespace}is", f"{namespace}f"
        digits = str(self._row + 1)
        column = -1
        filled: dict[int, str] = {}
        self._lines = 0
        for cell in row:
            at = cell.get("r")
            if at is None:
                column += 1
            elif at.endswith(digits) and (found := _COLUMN_OF_LETTERS.get(at[: -len(digits)])) is not None:
                column = found
            else:
                named, column = _parse_reference(at)
                if named != self._row:
                    raise ReadError(f"{DAMAGED}（单元格 {at[:12]} 不在所属的行）", WORKBOOK.save)
            if column >= MAX_COLUMNS:
                check_position(self._row, column)
            text = self._read_cell(cell, column)
            if text and not text.isspace():
                filled[column] = text
        if filled:
            self._book.budget.spend(len(filled))
            self._sheet.cells.setdefault(self._row, {}).update(filled)
        if self._lines:
            self._sheet.framed[self._row] = self._sheet.framed.get(self._row, 0) | self._lines

    def _read_cell(self, cell: Element, column: int) -> str:
        stated = cell.get("s")
        if stated in self._framed and column < MAX_BORDER_COLUMNS:
            self._lines |= 1 << column
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
                    self._remark("formula_without_value", "公式没有保存计算结果，未读取", column)
                return ""
        value = child.text
        if not value:
            return ""
        kind = cell.get("t")
        if kind == "s":
            return self._shared(value)
        if (
            (kind is None or kind == "n")
            and stated not in self._drawn
            and value.isdecimal()
            and len(value) < _MAX_PLAIN_DIGITS
        ):
            return value.lstrip("0") or "0"
        return self._text(kind or "n", value, _style_index(stated), column)

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
            self._remark("formula_error", f"单元格显示为错误值“{value[:20]}”，按空白读取", column)
            return ""
        if kind == "d":
            return value.removesuffix("T00:00:00").removesuffix("T00:00:00Z")
        number = _parse_float(value)
        code = self._book.styles.format(style)
        return format_general(number) if code == "General" else format_value(number, code, self._book.date_1904)

    def _remark(self, rule: str, message: str, column: int) -> None:
        self._sheet.remarks.append((rule, message, cell_reference(self._row, column)))

    def _merge(self, stated: str) -> None:
        first, _, last = stated.partition(":")
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
        """Text boxes are read; pictures are only counted."""
        pictures = 0
        for element in iter_elements(self._package.read(target), target[:60], "sp", "pic"):
            if local_name(element) == "pic":
                pictures += 1
                continue
            for paragraph in element.iter("{*}p"):
                text = "".join(t.text or "" for t in paragraph.iter("{*}t")).strip()
                if text:
                    self._book.budget.spend()
                    self._sheet.boxes.append(text)
        if pictures:
            self._sheet.remarks.append(("picture", f"有 {pictures} 张图片，其中的文字未读取", ""))


def local_name(element: Element) -> str:
    """The tag without its namespace: transitional and strict files differ in nothing else."""
    return str(element.tag).rpartition("}")[2]


def iter_elements(raw: bytes, name: str, *tags: str) -> Iterator[Element]:
    """The elements of these local names in order; of a large part each is freed before the next.

    Broken XML and document types are refused (`ReadError`).
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
        raise ReadError(f"部件 {name} 的 XML 已损坏，无法解析", WORKBOOK.again) from error


def read_relationships(package: Package, source: str) -> dict[str, Relationship]:
    """Relationship id → what it means, seen from the part `source` (empty = the package)."""
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
    """The text of a string item: all runs, without the phonetic guides."""
    texts: list[str] = []
    for child in element:
        tag = child.tag
        if tag.endswith("}t"):
            texts.append(child.text or "")
        elif tag.endswith("}r"):
            texts += [t.text or "" for t in child if local_name(t) == "t"]
    return unescape("".join(texts))


def unescape(text: str) -> str:
    """The characters that XML cannot hold are written `_x000D_`; line ends become line feeds."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_styles(raw: bytes) -> Styles:
    """The style sheet part of an xlsx. Raises `ReadError` for broken XML."""
    codes = dict(BUILTIN)
    borders: list[bool] = []
    formats: list[str] = []
    framed: list[bool] = []
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
                framed.append(0 <= border < len(borders) and borders[border])
    return Styles(tuple(formats), tuple(framed))


def read_xlsx(data: bytes, limits: Limits) -> Workbook:
    """The sheets of an xlsx package. Raises `ReadError` when it is damaged, contrived or too large."""
    with Package(data, limits, WORKBOOK) as package:
        main = main_part(package)
        related = read_relationships(package, main)
        book, entries = _read_main(package, main, related, limits)
        found = Workbook([], [])
        for index, entry in enumerate(entries):
            where = f"工作表“{entry.name}”"
            if entry.kind not in ("worksheet", ""):
                found.notes.append(ReadNote("lost_part", f"{where}不是普通表格（{entry.kind[:20]}），未读取", where))
            elif entry.target not in package:
                found.notes.append(ReadNote("lost_part", f"{where}在文件中缺失，未读取", where))
            else:
                sheet = _SheetReader(package, book, entry, index).read()
                if entry.hidden:
                    found.notes += hidden_sheet_notes(sheet)
                else:
                    found.sheets.append(sheet)
        return found


def main_part(package: Package) -> str:
    """The name of the part that lists the sheets. Raises `ReadError` where there is none."""
    main = next((r.target for r in read_relationships(package, "").values() if r.kind == "officeDocument"), "")
    if main not in package:
        main = "xl/workbook.xml"
    if main not in package:
        raise ReadError(f"{DAMAGED}（缺少工作簿部件）", WORKBOOK.save)
    return main


def hidden_sheet_notes(sheet: Sheet) -> list[ReadNote]:
    """What to tell of a hidden sheet: nobody who opens the file sees it, so it is not published."""
    first = next((text for _, _, text in sheet.texts()), None)
    if first is None:
        return []
    count = sum(map(len, sheet.cells.values()))
    held = f"{count} 个单元格有内容，开头为“{first[:_MAX_QUOTE]}”"
    message = f"{sheet.where}处于隐藏状态，未读取（{held}）；需要的请取消隐藏后重新放入"
    return [ReadNote("hidden_sheet", message, sheet.where)]


def _iter_and_free(events: Iterator[tuple[str, Element]]) -> Iterator[Element]:
    for _, element in events:
        yield element
        element.clear()
        parent = element.getparent()
        if parent is not None and parent[0] is not element:
            del parent[: parent.index(element)]


def _parse_index(stated: str | None) -> int:
    return int(stated) if stated and stated.isascii() and stated.isdigit() and len(stated) < 10 else 0


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
    book = _SharedParts(
        [rich_text(item) for item in iter_elements(strings, "xl/sharedStrings.xml", "si")] if strings else [],
        read_styles(styles) if styles else Styles(),
        date_1904,
        CellBudget(limits),
        title_rows,
    )
    return book, entries


def _related_part(package: Package, related: dict[str, Relationship], kind: str) -> bytes:
    target = next((r.target for r in related.values() if r.kind == kind), "")
    return package.read(target) if target in package else b""


def _parse_float(stated: str) -> float:
    try:
        number = float(stated)
    except ValueError:
        number = nan
    if not isfinite(number):
        raise ReadError(f"{DAMAGED}（数值“{stated[:20]}”无效）", WORKBOOK.save)
    return number


@lru_cache(maxsize=1024)
def _style_index(stated: str | None) -> int:
    return int(stated) if stated and stated.isdecimal() and len(stated) < 8 else 0


def _column_index(text: str) -> int:
    column = 0
    for letter in text.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _parse_reference(stated: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(stated)
    if found is None:
        raise ReadError(f"{DAMAGED}（单元格位置“{stated[:12]}”无效）", WORKBOOK.save)
    return int(found[2]) - 1, _column_index(found[1])


def _parse_number(stated: str | None) -> int:
    if stated is None or not stated.isdecimal() or len(stated) > 9:
        raise ReadError(f"{DAMAGED}（行列号无效）", WORKBOOK.save)
    return int(stated)
