"""xlsx, xlsm, xltx: transitional and strict ([ECMA-376] part 1, 18)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite, nan

from extractors.document import ReadError, ReadNote
from extractors.limits import Limits
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import (
    DAMAGED,
    FRAME_COLUMNS,
    MAX_COLUMNS,
    Budget,
    Merge,
    Sheet,
    check_square,
    letters,
    reference,
)
from extractors.readers.sheet.number_format import general, show
from extractors.readers.sheet.styles import Styles, read_styles
from extractors.readers.sheet.xml_stream import Element, Relation, local, relations, rich_text, stream, unescape
from extractors.readers.zip_guard import Package

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_TITLE_ROWS = re.compile(r"\$(\d{1,7}):\$(\d{1,7})")
_TRUE = ("1", "true", "on")
_QUOTE = 40
_PLAIN = 12
"""Numbers of fewer digits show as they are stored where no format says otherwise."""
_COLUMNS = {letters(column): column for column in range(702)}
"""A … ZZ: nearly every cell of nearly every file."""


@dataclass(slots=True)
class Workbook:
    """The visible sheets in order, and remarks about the rest."""

    sheets: list[Sheet]
    notes: list[ReadNote]


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    target: str
    kind: str
    hidden: bool


@dataclass(slots=True)
class _Book:
    """What all sheets share."""

    strings: list[str]
    styles: Styles
    date_1904: bool
    budget: Budget
    title_rows: dict[int, int] = field(default_factory=dict)


def read_workbook(data: bytes, limits: Limits) -> Workbook:
    """The sheets of an xlsx package. Raises `ReadError` when it is damaged, contrived or too large."""
    with Package(data, limits, WORKBOOK) as package:
        main = main_part(package)
        related = relations(package, main)
        book, entries = _read_main(package, main, related, limits)
        found = Workbook([], [])
        for index, entry in enumerate(entries):
            where = f"工作表“{entry.name}”"
            if entry.kind not in ("worksheet", ""):
                found.notes.append(ReadNote("lost_part", f"{where}不是普通表格（{entry.kind[:20]}），未读取", where))
            elif entry.target not in package:
                found.notes.append(ReadNote("lost_part", f"{where}在文件中缺失，未读取", where))
            else:
                sheet = _Reader(package, book, entry, index).read()
                if entry.hidden:
                    found.notes += hidden_sheet(sheet)
                else:
                    found.sheets.append(sheet)
        return found


def main_part(package: Package) -> str:
    """The name of the part that lists the sheets. Raises `ReadError` where there is none."""
    main = next((r.target for r in relations(package, "").values() if r.kind == "officeDocument"), "")
    if main not in package:
        main = "xl/workbook.xml"
    if main not in package:
        raise ReadError(f"{DAMAGED}（缺少工作簿部件）", WORKBOOK.save)
    return main


def hidden_sheet(sheet: Sheet) -> list[ReadNote]:
    """What to tell of a hidden sheet: nobody who opens the file sees it, so it is not published."""
    first = next((text for _, _, text in sheet.texts()), None)
    if first is None:
        return []
    count = sum(map(len, sheet.cells.values()))
    held = f"{count} 个单元格有内容，开头为“{first[:_QUOTE]}”"
    message = f"{sheet.where}处于隐藏状态，未读取（{held}）；需要的请取消隐藏后重新放入"
    return [ReadNote("hidden_sheet", message, sheet.where)]


def _read_main(package: Package, main: str, related: dict[str, Relation], limits: Limits) -> tuple[_Book, list[_Entry]]:
    entries: list[_Entry] = []
    title_rows: dict[int, int] = {}
    date_1904 = False
    for element in stream(package.read(main), main[:60], "sheet", "definedName", "workbookPr"):
        tag = local(element)
        if tag == "workbookPr":
            date_1904 = element.get("date1904", "") in _TRUE
        elif tag == "definedName":
            rows = _TITLE_ROWS.search(element.text or "")
            sheet = element.get("localSheetId", "")
            if element.get("name") == "_xlnm.Print_Titles" and rows and sheet.isdecimal() and len(sheet) < 6:
                title_rows[int(sheet)] = int(rows[2]) - 1
        else:
            ids = [value for key, value in element.attrib.items() if str(key).rpartition("}")[2] == "id"]
            relation = next((related[i] for i in map(str, ids) if i in related), Relation("", ""))
            hidden = element.get("state", "visible") not in ("visible", "")
            entries.append(_Entry(element.get("name") or "", relation.target, relation.kind, hidden))
    strings = _part(package, related, "sharedStrings")
    styles = _part(package, related, "styles")
    book = _Book(
        [rich_text(item) for item in stream(strings, "xl/sharedStrings.xml", "si")] if strings else [],
        read_styles(styles) if styles else Styles(),
        date_1904,
        Budget(limits),
        title_rows,
    )
    return book, entries


def _part(package: Package, related: dict[str, Relation], kind: str) -> bytes:
    target = next((r.target for r in related.values() if r.kind == kind), "")
    return package.read(target) if target in package else b""


class _Reader:
    """Reads one worksheet part."""

    def __init__(self, package: Package, book: _Book, entry: _Entry, index: int) -> None:
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
        for element in stream(raw, self._target[:60], "row", "mergeCell", "col", "drawing"):
            match local(element):
                case "row":
                    self._read_row(element)
                case "mergeCell":
                    self._merge(element.get("ref", ""))
                case "col":
                    self._column(element)
        for relation in relations(self._package, self._target).values():
            if relation.kind == "drawing" and relation.target in self._package:
                self._drawing(relation.target)
        return self._sheet

    def _read_row(self, row: Element) -> None:
        stated = row.get("r")
        self._row = _number(stated) - 1 if stated else self._row + 1
        check_square(self._row, 0)
        if row.get("hidden") in _TRUE or row.get("zeroHeight") in _TRUE:
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
            elif at.endswith(digits) and (found := _COLUMNS.get(at[: -len(digits)])) is not None:
                column = found
            else:
                named, column = _square(at)
                if named != self._row:
                    raise ReadError(f"{DAMAGED}（单元格 {at[:12]} 不在所属的行）", WORKBOOK.save)
            if column >= MAX_COLUMNS:
                check_square(self._row, column)
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
        if stated in self._framed and column < FRAME_COLUMNS:
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
        if (kind is None or kind == "n") and stated not in self._drawn and value.isdecimal() and len(value) < _PLAIN:
            return value.lstrip("0") or "0"
        return self._text(kind or "n", value, _style(stated), column)

    def _shared(self, value: str) -> str:
        index = int(value) if value.isdecimal() and len(value) < 12 else -1
        if not 0 <= index < len(self._strings):
            raise ReadError(f"{DAMAGED}（共享文字索引无效）", WORKBOOK.save)
        return self._strings[index]

    def _text(self, kind: str, value: str, style: int, column: int) -> str:
        if kind in ("inlineStr", "str"):
            return unescape(value)
        if kind == "b":
            return "TRUE" if value.strip() in _TRUE else "FALSE"
        if kind == "e":
            self._remark("formula_error", f"单元格显示为错误值“{value[:20]}”，按空白读取", column)
            return ""
        if kind == "d":
            return value.removesuffix("T00:00:00").removesuffix("T00:00:00Z")
        number = _float(value)
        code = self._book.styles.format(style)
        return general(number) if code == "General" else show(number, code, self._book.date_1904)

    def _remark(self, rule: str, message: str, column: int) -> None:
        self._sheet.remarks.append((rule, message, reference(self._row, column)))

    def _merge(self, stated: str) -> None:
        first, _, last = stated.partition(":")
        if not last:
            return
        (top, left), (bottom, right) = _square(first), _square(last)
        merge = Merge(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
        check_square(merge.bottom, merge.right)
        self._book.budget.spend()
        self._sheet.merges.append(merge)

    def _column(self, element: Element) -> None:
        if element.get("hidden") in _TRUE:
            first, last = _number(element.get("min")), _number(element.get("max"))
            self._sheet.hidden_columns.append(range(first - 1, min(last, MAX_COLUMNS)))

    def _drawing(self, target: str) -> None:
        """Text boxes are read; pictures are only counted."""
        pictures = 0
        for element in stream(self._package.read(target), target[:60], "sp", "pic"):
            if local(element) == "pic":
                pictures += 1
                continue
            for paragraph in element.iter("{*}p"):
                text = "".join(t.text or "" for t in paragraph.iter("{*}t")).strip()
                if text:
                    self._book.budget.spend()
                    self._sheet.boxes.append(text)
        if pictures:
            self._sheet.remarks.append(("picture", f"有 {pictures} 张图片，其中的文字未读取", ""))


def _float(stated: str) -> float:
    try:
        number = float(stated)
    except ValueError:
        number = nan
    if not isfinite(number):
        raise ReadError(f"{DAMAGED}（数值“{stated[:20]}”无效）", WORKBOOK.save)
    return number


@lru_cache(maxsize=1024)
def _style(stated: str | None) -> int:
    return int(stated) if stated and stated.isdecimal() and len(stated) < 8 else 0


def _letters(text: str) -> int:
    column = 0
    for letter in text.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _square(stated: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(stated)
    if found is None:
        raise ReadError(f"{DAMAGED}（单元格位置“{stated[:12]}”无效）", WORKBOOK.save)
    return int(found[2]) - 1, _letters(found[1])


def _number(stated: str | None) -> int:
    if stated is None or not stated.isdecimal() or len(stated) > 9:
        raise ReadError(f"{DAMAGED}（行列号无效）", WORKBOOK.save)
    return int(stated)
