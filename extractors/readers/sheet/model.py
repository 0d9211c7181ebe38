"""A worksheet as stored, before it is split into tables and text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import ReadError, ReadNote
from extractors.limits import Limits
from extractors.readers.remedies import WORKBOOK

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""The largest sheet of any spreadsheet program."""

DAMAGED = "表格文件损坏或不完整"

_MAX_QUOTE = 40
MAX_BORDER_COLUMNS = 1_024
"""Borders further right are ignored: no table is that wide."""


@dataclass(frozen=True, slots=True, order=True)
class MergedRange:
    """A merged range, zero-based, both ends inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One worksheet. `cells` holds the filled cells only: row → column → text as displayed.

    `bordered` is a bit mask per row of the columns with a border. `locator_prefix` begins the locators.
    """

    name: str
    locator_prefix: str
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    bordered: dict[int, int] = field(default_factory=dict)
    merges: list[MergedRange] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    """Cells (row, column) whose text a formula computed."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[range] = field(default_factory=list)
    last_title_row: int | None = None
    """The last of the rows repeated at the top of every printed page."""
    text_boxes: list[str] = field(default_factory=list)
    """Paragraphs of text boxes."""
    issues: list[tuple[str, str, str]] = field(default_factory=list)
    """(rule, message, cell reference) of content that could not be read."""
    spans_known: bool = True
    numeric_locators: bool = False
    """Whether locators give the column by number instead of by letters."""

    def set_text(self, row: int, column: int, text: str) -> None:
        """Fill one cell; whitespace leaves it empty."""
        if text.strip():
            self.cells.setdefault(row, {})[column] = text

    def add_border(self, row: int, column: int) -> None:
        """Record that a cell has a border."""
        if column < MAX_BORDER_COLUMNS:
            self.bordered[row] = self.bordered.get(row, 0) | (1 << column)

    def locator(self, row: int, column: int) -> str:
        """Return the locator of a cell."""
        if self.numeric_locators:
            return f"{self.locator_prefix}第{row + 1}行第{column + 1}列"
        return f"{self.locator_prefix} {cell_reference(row, column)}"

    def is_hidden(self, column: int) -> bool:
        """Return whether a column is hidden."""
        return any(column in span for span in self.hidden_columns)

    def iter_cells(self) -> Iterator[tuple[int, int, str]]:
        """Yield row, column and text of the filled cells in reading order."""
        for row in sorted(self.cells):
            for column in sorted(self.cells[row]):
                yield row, column, self.cells[row][column]


@dataclass(slots=True)
class Workbook:
    """The visible sheets in order, and notes about the others."""

    sheets: list[Sheet]
    notes: list[ReadNote]


class CellBudget:
    """Counts the filled cells of a file and refuses it beyond `limits.max_cells`."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.max_cells
        self._limit = limits.max_cells

    def spend(self, n_cells: int = 1) -> None:
        """Raise `ReadError` once more cells are filled than the limits allow."""
        self._left -= n_cells
        if self._left < 0:
            raise ReadError(f"表格单元格超过上限 {self._limit} 个", "请核实文件；确属正常的，请拆分后放入")


def check_position(row: int, column: int) -> None:
    """Raise `ReadError` for a cell position outside of any sheet."""
    if not (0 <= row < MAX_ROWS and 0 <= column < MAX_COLUMNS):
        raise ReadError(f"{DAMAGED}（单元格位置超出工作表范围）", WORKBOOK.save)


def column_letters(column: int) -> str:
    """Return the letters of a column: 0 → A, 27 → AB."""
    out = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        out = chr(65 + digit) + out
    return out


def cell_reference(row: int, column: int) -> str:
    """Return the name of a cell: 4, 1 → B5."""
    return f"{column_letters(column)}{row + 1}"


def group_ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of consecutive integers as (first, last)."""
    ordered = sorted(set(numbers))
    starts = [n for a, n in pairwise([None, *ordered]) if n is not None and (a is None or n != a + 1)]
    ends = [a for a, n in pairwise([*ordered, None]) if a is not None and (n is None or n != a + 1)]
    return zip(starts, ends, strict=True)


def hidden_sheet_notes(sheet: Sheet) -> list[ReadNote]:
    """Return the note on a hidden sheet; it is not visible when the file is opened, so it is not published."""
    first = next((text for _, _, text in sheet.iter_cells()), None)
    if first is None:
        return []
    count = sum(map(len, sheet.cells.values()))
    summary = f"{count} 个单元格有内容，开头为“{first[:_MAX_QUOTE]}”"
    message = f"{sheet.locator_prefix}处于隐藏状态，未读取（{summary}）；需要的请取消隐藏后重新放入"
    return [ReadNote("hidden_sheet", message, sheet.locator_prefix)]
