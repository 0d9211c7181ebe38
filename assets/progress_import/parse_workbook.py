"""A returned workbook as rows: which cells stand beside which key, whatever was sorted, widened or renamed."""

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
from warehouse.export.columns import FILL_IN, KEY
from warehouse.export.row_keys import RowKey, parse

MACROS: Final = "vbaProject.bin"
NOT_OURS: Final = (
    "不是本程序导出的任务清单（找不到表头“状态”和隐藏的任务键列）。请用 wenming export tasks 导出的文件填写"
)
NO_KEYS: Final = "隐藏的任务键列已被删去，无法对应到任务。请重新导出清单，把填写的内容抄入后交回"
WITH_MACROS: Final = "文件中有宏，为安全起见不导入。请另存为不含宏的 xlsx 后再交回"
DELIMITED: Final = "csv 等文本格式没有保护和任务键。请交回 xlsx 文件"


@dataclass(frozen=True, slots=True)
class Returned:
    """One row that holds a key, or that was filled in without one.

    `row` counts from 1, as the sheet shows it. `cells` is header -> text as a person sees it. `merged` and `formulas`
    are the fill-in columns whose cell is part of a merged range, or holds a formula.
    """

    file: str
    sha256: str
    sheet: str
    row: int
    key: RowKey | None
    cells: dict[str, str]
    merged: frozenset[str]
    formulas: frozenset[str]


class NotReturnedError(Exception):
    """A file that is no filled task list; the text is Chinese and says what to do. `sha256` is None where unread."""

    def __init__(self, message: str, sha256: str | None) -> None:
        super().__init__(message)
        self.sha256 = sha256


def read_returned(path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> list[Returned]:
    """The rows of a workbook (xlsx, xls, et, ods); `name` is what the file is called. Raises NotReturnedError."""
    try:
        if path.stat().st_size > limits.max_bytes:
            raise NotReturnedError(f"文件超过大小上限 {limits.max_bytes >> 20} MB。请核实文件", None)
        data = path.read_bytes()
    except OSError as error:
        raise NotReturnedError(f"文件无法打开（{error.strerror}）。请检查路径和权限", None) from error
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        if _has_macros(data, limits):
            raise NotReturnedError(WITH_MACROS, sha256)
        kind, book = open_workbook(data, limits)
    except ReadError as error:
        raise NotReturnedError(f"{error.reason}。{error.remedy.replace('再放入', '再交回')}", sha256) from error
    if kind == "text":
        raise NotReturnedError(DELIMITED if path.suffix.lower() in (".csv", ".txt", ".tsv") else NOT_OURS, sha256)
    rows: list[Returned] = []
    ours = keyless = False
    for sheet in book.sheets:
        head = _head(sheet)
        if head is not None:
            ours = True
            rows += _rows(name, sha256, sheet, *head)
        elif _looks_like_ours(sheet):
            keyless = True
    if not ours:
        raise NotReturnedError(NO_KEYS if keyless else NOT_OURS, sha256)
    return rows


def _has_macros(data: bytes, limits: Limits) -> bool:
    if data.startswith(ole.MAGIC) or not data.startswith(b"PK"):
        return False
    with Package(data, limits) as package:
        return any(name.endswith(MACROS) for name in package.names)


def _head(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """The row of the header, 0-based, and column -> header; None where the sheet is no task list."""
    for row, cells in sorted(sheet.cells.items()):
        headers = {column: text.strip() for column, text in cells.items()}
        if KEY in headers.values() and set(FILL_IN) <= set(headers.values()):
            return row, headers
    return None


def _looks_like_ours(sheet: Sheet) -> bool:
    """Whether the fill-in columns stand side by side in some row, so that only the keys are missing."""
    return any(set(FILL_IN) <= {text.strip() for text in cells.values()} for cells in sheet.cells.values())


def _rows(file: str, sha256: str, sheet: Sheet, head: int, headers: dict[int, str]) -> Iterator[Returned]:
    fill_in = {column: header for column, header in headers.items() if header in FILL_IN}
    merged: dict[int, set[str]] = {}
    last = max(sheet.cells)
    for merge in sheet.merges:
        touched = {header for column, header in fill_in.items() if merge.left <= column <= merge.right}
        if touched and sheet.cells.get(merge.top, {}).get(merge.left):
            for row in range(max(merge.top, head + 1), min(merge.bottom, last) + 1):
                merged.setdefault(row, set()).update(touched)
    for row in sorted(row for row in sheet.cells if row > head):
        cells = {header: sheet.cells[row].get(column, "").strip() for column, header in headers.items()}
        key = parse(cells.pop(KEY))
        if key is None and not any(cells[header] for header in FILL_IN):
            continue
        yield Returned(
            file,
            sha256,
            sheet.name,
            row + 1,
            key,
            cells,
            frozenset(merged.get(row, ())),
            frozenset(header for column, header in fill_in.items() if (row, column) in sheet.formulas),
        )
