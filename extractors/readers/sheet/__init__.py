"""Spreadsheets: xlsx, xlsm, xlsb, xls, et, ods, csv → tables with their merges, and the text that stands around them.

Everything is read from the file's own records, since number formats (3 %, dates), hidden rows, borders and merges
decide what a person sees. Memory follows the filled squares, never the range that a file claims to use.

Binary workbooks (xlsb) and those of Excel 5.0 and 95 become xlsx by LibreOffice first.

Hidden sheets are left out and told of: whoever opens the file does not see them, they are drafts and lists of
choices. Hidden rows and columns are read and told of: they mostly come from filters and folding, and a task that is
lost silently would be worse than one that is read with a remark.
"""

from __future__ import annotations

from extractors.document import Block, Document, ReadError
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import ole
from extractors.readers.office.converter import XLSX, convert
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet import biff, ods, ooxml
from extractors.readers.sheet.csv_reader import read_delimited
from extractors.readers.sheet.layout import lay_out
from extractors.readers.sheet.ooxml import Workbook, main_part
from extractors.readers.zip_guard import Package
from extractors.table_words import NO_WORDS, TableWords

_ZIP = b"PK"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_TYPES = "[Content_Types].xml"
_BINARY_TYPE = b"ms-excel.sheet.binary"
_BINARY_START = b"\x83\x01"
"""BrtBeginBook, with which the main part of a binary workbook begins ([MS-XLSB] 2.3.2)."""


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a workbook or a csv file, told apart by content.

    Raises `ReadError` for a file that is damaged, encrypted, contrived or larger than the limits.
    """
    kind, book = open_workbook(data, limits)
    blocks: list[Block] = []
    notes = list(book.notes)
    for sheet in book.sheets:
        found, remarks = lay_out(sheet, limits, words)
        blocks += found
        notes += remarks
    return Document(kind, tuple(blocks), tuple(notes))


def open_workbook(data: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[str, Workbook]:
    """The format as users know it, and the visible sheets as they are stored. Raises `ReadError` like `read`."""
    if data.startswith(ole.MAGIC):
        try:
            return "xls", biff.read_workbook(data, limits)
        except biff.OldWorkbookError:
            return "xls", ooxml.read_workbook(convert(data, ".xls", "", XLSX), limits)
    if not data.startswith(_ZIP):
        return "text", Workbook([read_delimited(data, limits)], [])
    with Package(data, limits, WORKBOOK) as package:
        is_ods = "mimetype" in package and package.read("mimetype").startswith(_ODS)
        is_binary = _TYPES in package and _BINARY_TYPE in package.read(_TYPES)
        if is_binary and not package.read(main_part(package)).startswith(_BINARY_START):
            raise ReadError("文件自称二进制工作簿（xlsb），其中的工作簿数据却不是二进制", WORKBOOK.save)
    if is_binary:
        return "xlsx", ooxml.read_workbook(convert(data, ".xlsb", "Calc MS Excel 2007 Binary", XLSX), limits)
    return ("odt", ods.read_workbook(data, limits)) if is_ods else ("xlsx", ooxml.read_workbook(data, limits))
