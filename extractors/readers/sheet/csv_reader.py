"""csv: one record a row, separated by comma, semicolon or TAB; nothing says which cells are merged."""

from __future__ import annotations

import csv
import io

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import WORKBOOK
from extractors.readers.sheet.model import Budget, Sheet, check_square
from extractors.readers.text.decode import decode

_SEPARATORS = ",\t;"
_SAMPLE = 200
_DECLARED = "sep="


def read_delimited(data: bytes, limits: Limits) -> Sheet:
    """The records of a csv file. Raises `ReadError` when the encoding is unknown or a quotation never ends."""
    text = decode(data)
    separator = _separator(text)
    if text.startswith(_DECLARED):
        text = text.partition("\n")[2]
    sheet = Sheet("", "", spans_known=False, by_number=True)
    budget = Budget(limits)
    try:
        for row, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator)):
            check_square(row, len(record))
            for column, value in enumerate(record):
                if value:
                    budget.spend()
                    sheet.put(row, column, value.strip())
    except csv.Error as error:
        raise ReadError("CSV 文件有一格的引号没有结束或内容过长，无法分列", WORKBOOK.save) from error
    return sheet


def _separator(text: str) -> str:
    """The separator that cuts the first lines into the most columns most evenly."""
    if text.startswith(_DECLARED) and text[len(_DECLARED) : len(_DECLARED) + 1].strip("\n"):
        return text[len(_DECLARED)]
    lines = [line for line in text[:65_536].split("\n")[:_SAMPLE] if line.strip()]
    counts = {mark: [_outside_quotes(line).count(mark) for line in lines] for mark in _SEPARATORS}
    return max(counts, key=lambda mark: (sum(n > 0 for n in counts[mark]), sum(counts[mark])), default=",")


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
