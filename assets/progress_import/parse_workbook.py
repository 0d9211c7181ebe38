"""Parse a returned workbook into rows by the key of each row, even if it was sorted or renamed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from extractors.document import ReadError
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import ole
from extractors.readers.sheet import open_workbook
from extractors.readers.sheet.model import Sheet
from extractors.readers.zip_guard import Package
from warehouse.export.columns import FILL_IN, KEY, OLD_KEY, RowKey, parse_row_key

MACRO_PART: Final = "vbaProject.bin"
NOT_A_TASK_LIST: Final = (
    "不是本程序导出的任务清单（找不到表头“状态”和隐藏的系统编号列）。请用 wenming export tasks 导出的文件填写"
)
KEYS_MISSING: Final = "隐藏的系统编号列已被删去，无法对应到任务。请重新导出清单，把填写的内容抄入后交回"
WITH_MACROS: Final = "文件中有宏，为安全起见不导入。请另存为不含宏的 xlsx 后再交回"
TEXT_FORMAT: Final = "csv 等文本格式没有保护和系统编号。请交回 xlsx 文件"


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One row that has a key, or that was filled in without one.

    `row` counts from 1, as in the sheet. `cells` is header -> displayed text. `merged` and `formulas` are the fill-in
    columns whose cell is part of a merged range or holds a formula.
    """

    file: str
    sha256: str
    sheet: str
    row: int
    key: RowKey | None
    cells: dict[str, str]
    merged: frozenset[str]
    formulas: frozenset[str]


class NotATaskListError(Exception):
    """A file is not a filled task list; the text is Chinese with remedy, `sha256` is None if it was not read."""

    def __init__(self, message: str, sha256: str | None) -> None:
        super().__init__(message)
        self.sha256 = sha256


def read_workbook(path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> list[ReturnedRow]:
    """Read the rows of a workbook (xlsx, xls, et, ods).

    Args:
        path: The file.
        name: Name of the file in messages.
        limits: Limits of the reader.

    Raises:
        NotATaskListError: The file is not a filled task list.
    """
    try:
        if path.stat().st_size > limits.max_bytes:
            raise NotATaskListError(f"文件超过大小上限 {limits.max_bytes >> 20} MB。请核实文件", None)
        data = path.read_bytes()
    except OSError as error:
        raise NotATaskListError(f"文件无法打开（{error.strerror}）。请检查路径和权限", None) from error
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        if _has_macros(data, limits):
            raise NotATaskListError(WITH_MACROS, sha256)
        kind, book = open_workbook(data, limits)
    except ReadError as error:
        raise NotATaskListError(f"{error.reason}。{error.remedy.replace('再放入', '再交回')}", sha256) from error
    if kind == "text":
        raise NotATaskListError(
            TEXT_FORMAT if path.suffix.lower() in (".csv", ".txt", ".tsv") else NOT_A_TASK_LIST, sha256
        )
    rows: list[ReturnedRow] = []
    has_header = has_no_keys = False
    for sheet in book.sheets:
        header_row = _find_header(sheet)
        if header_row is not None:
            has_header = True
            rows += _iter_rows(name, sha256, sheet, *header_row)
        elif _has_fill_in_columns(sheet):
            has_no_keys = True
    if not has_header:
        raise NotATaskListError(KEYS_MISSING if has_no_keys else NOT_A_TASK_LIST, sha256)
    return rows


def _has_macros(data: bytes, limits: Limits) -> bool:
    if data.startswith(ole.MAGIC) or not data.startswith(b"PK"):
        return False
    with Package(data, limits) as package:
        return any(name.endswith(MACRO_PART) for name in package.names)


def _find_header(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """Return the row of the header, 0-based, and column -> header; None if the sheet is not a task list."""
    for row, cells in sorted(sheet.cells.items()):
        headers = {column: KEY if text.strip() == OLD_KEY else text.strip() for column, text in cells.items()}
        if KEY in headers.values() and set(FILL_IN) <= set(headers.values()):
            return row, headers
    return None


def _has_fill_in_columns(sheet: Sheet) -> bool:
    """Return whether some row has all fill-in columns, so that only the keys are missing."""
    return any(set(FILL_IN) <= {text.strip() for text in cells.values()} for cells in sheet.cells.values())


def _iter_rows(file: str, sha256: str, sheet: Sheet, header_row: int, headers: dict[int, str]) -> Iterator[ReturnedRow]:
    fill_in = {column: header for column, header in headers.items() if header in FILL_IN}
    merged: dict[int, set[str]] = {}
    last = max(sheet.cells)
    for merge in sheet.merges:
        touched = {header for column, header in fill_in.items() if merge.left <= column <= merge.right}
        if touched and sheet.cells.get(merge.top, {}).get(merge.left):
            for row in range(max(merge.top, header_row + 1), min(merge.bottom, last) + 1):
                merged.setdefault(row, set()).update(touched)
    for row in sorted(row for row in sheet.cells if row > header_row):
        cells = {header: sheet.cells[row].get(column, "").strip() for column, header in headers.items()}
        key = parse_row_key(cells.pop(KEY))
        if key is None and not any(cells[header] for header in FILL_IN):
            continue
        yield ReturnedRow(
            file,
            sha256,
            sheet.name,
            row + 1,
            key,
            cells,
            frozenset(merged.get(row, ())),
            frozenset(header for column, header in fill_in.items() if (row, column) in sheet.formulas),
        )
