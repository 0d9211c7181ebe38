"""Spreadsheets (xlsx, xlsm, xlsb, xls, et, ods, csv): tables with their merged cells, and the text around them.

Everything is read from the records of the file, since number formats (3 %, dates), hidden rows, borders and merged
cells decide what is displayed. Memory is proportional to the filled cells, not to the range that a file claims to use.

Binary workbooks (xlsb) and those of Excel 5.0 and 95 are converted to xlsx by LibreOffice first.

Hidden sheets are not read but noted: they are not visible when the file is opened, and are drafts and lists of
choices. Hidden rows and columns are read and noted: they are mostly the result of filters and folding, and a task lost
silently would be worse than one read with a note.
"""

from __future__ import annotations

import csv
import io

from extractors.document import Block, Document, ReadError
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import ole
from extractors.readers.office.converter import XLSX, convert
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet import ods, xls, xlsx
from extractors.readers.sheet.layout import read_sheet
from extractors.readers.sheet.model import CellBudget, Sheet, Workbook, check_position
from extractors.readers.sheet.xlsx import main_part
from extractors.readers.text.decode import decode_text
from extractors.readers.zip_guard import Package
from extractors.table_words import NO_WORDS, TableWords

_ZIP_MAGIC = b"PK"
_ODS_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT_TYPES = "[Content_Types].xml"
_XLSB_CONTENT_TYPE = b"ms-excel.sheet.binary"
_XLSB_START = b"\x83\x01"
"""BrtBeginBook, with which the main part of a binary workbook begins ([MS-XLSB] 2.3.2)."""
_DELIMITERS = ",\t;"
_SAMPLE_LINES = 200
_DELIMITER_LINE = "sep="


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read a workbook or csv file, distinguished by content.

    Raises:
        ReadError: the file is damaged, encrypted, hostile or larger than the limits.
    """
    format_name, workbook = open_workbook(data, limits)
    blocks: list[Block] = []
    notes = list(workbook.notes)
    for sheet in workbook.sheets:
        sheet_blocks, sheet_notes = read_sheet(sheet, limits, words)
        blocks += sheet_blocks
        notes += sheet_notes
    return Document(format_name, tuple(blocks), tuple(notes))


def open_workbook(data: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[str, Workbook]:
    """Return the format name and the visible sheets as stored. Raises `ReadError` like `read`."""
    if data.startswith(ole.MAGIC):
        try:
            return "xls", xls.read_xls(data, limits)
        except xls.OldWorkbookError:
            return "xls", xlsx.read_xlsx(convert(data, ".xls", "", XLSX), limits)
    if not data.startswith(_ZIP_MAGIC):
        return "text", Workbook([read_csv(data, limits)], [])
    with Package(data, limits, WORKBOOK) as package:
        is_ods = "mimetype" in package and package.read("mimetype").startswith(_ODS_MIMETYPE)
        is_binary = _CONTENT_TYPES in package and _XLSB_CONTENT_TYPE in package.read(_CONTENT_TYPES)
        if is_binary and not package.read(main_part(package)).startswith(_XLSB_START):
            raise ReadError("文件自称二进制工作簿（xlsb），其中的工作簿数据却不是二进制", WORKBOOK.save)
    if is_binary:
        return "xlsx", xlsx.read_xlsx(convert(data, ".xlsb", "Calc MS Excel 2007 Binary", XLSX), limits)
    return ("odt", ods.read_ods(data, limits)) if is_ods else ("xlsx", xlsx.read_xlsx(data, limits))


def read_csv(data: bytes, limits: Limits) -> Sheet:
    """Read the records of a csv file.

    Raises:
        ReadError: the encoding is unknown or a quotation never ends.
    """
    text = decode_text(data)
    delimiter = _detect_delimiter(text)
    if text.startswith(_DELIMITER_LINE):
        text = text.partition("\n")[2]
    sheet = Sheet("", "", spans_known=False, numeric_locators=True)
    budget = CellBudget(limits)
    try:
        for row, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            check_position(row, len(record))
            for column, value in enumerate(record):
                if value:
                    budget.spend()
                    sheet.set_text(row, column, value.strip())
    except csv.Error as error:
        raise ReadError("CSV 文件有一格的引号没有结束或内容过长，无法分列", WORKBOOK.save) from error
    return sheet


def _detect_delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into the most columns most evenly."""
    if text.startswith(_DELIMITER_LINE) and text[len(_DELIMITER_LINE) : len(_DELIMITER_LINE) + 1].strip("\n"):
        return text[len(_DELIMITER_LINE)]
    lines = [line for line in text[:65_536].split("\n")[:_SAMPLE_LINES] if line.strip()]
    counts = {delimiter: [_outside_quotes(line).count(delimiter) for line in lines] for delimiter in _DELIMITERS}
    return max(
        counts, key=lambda delimiter: (sum(n > 0 for n in counts[delimiter]), sum(counts[delimiter])), default=","
    )


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
