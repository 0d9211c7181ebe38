"""A worksheet as the file stores it, before anyone asks which of its squares are a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import WORKBOOK

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""The largest sheet that any spreadsheet program draws."""

DAMAGED = "表格文件损坏或不完整"

FRAME_COLUMNS = 1_024
"""Borders further right are not looked at: no table is that wide."""


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """A merged range, zero-based, both ends inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One worksheet. `cells` holds the filled squares only: row → column → text as a person sees it.

    `framed` is a bit mask per row of the columns whose square has a border line. `where` begins the locators.
    """

    name: str
    where: str
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    framed: dict[int, int] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    """Squares (row, column) whose text a formula computed."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[range] = field(default_factory=list)
    header_until: int | None = None
    """The last row of those the file repeats at the top of every printed page."""
    boxes: list[str] = field(default_factory=list)
    """Paragraphs of text boxes."""
    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    """(rule, message, place) of what could not be read as text."""
    spans_known: bool = True
    by_number: bool = False
    """Whether places are named by row and column number instead of by letters."""

    def put(self, row: int, column: int, text: str) -> None:
        """Fill one square; blanks are nothing."""
        if text and not text.isspace():
            self.cells.setdefault(row, {})[column] = text

    def frame(self, row: int, column: int) -> None:
        """Remember that a square has a border line."""
        if column < FRAME_COLUMNS:
            self.framed[row] = self.framed.get(row, 0) | (1 << column)

    def place(self, row: int, column: int) -> str:
        """The locator of a square."""
        if self.by_number:
            return f"{self.where}第{row + 1}行第{column + 1}列"
        return f"{self.where} {reference(row, column)}"

    def hidden(self, column: int) -> bool:
        """Whether a column is hidden."""
        return any(column in span for span in self.hidden_columns)

    def texts(self) -> Iterator[tuple[int, int, str]]:
        """Row, column and text of the filled squares in reading order."""
        for row in sorted(self.cells):
            for column in sorted(self.cells[row]):
                yield row, column, self.cells[row][column]


class Budget:
    """Counts the filled squares of a file and refuses it beyond `limits.max_cells`."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.max_cells
        self._most = limits.max_cells

    def spend(self, squares: int = 1) -> None:
        """Raise `ReadError` once more squares are filled than the limits allow."""
        self._left -= squares
        if self._left < 0:
            raise ReadError(f"表格单元格超过上限 {self._most} 个", "请核实文件；确属正常的，请拆分后放入")


def check_square(row: int, column: int) -> None:
    """Raise `ReadError` for a square that no spreadsheet has."""
    if not (0 <= row < MAX_ROWS and 0 <= column < MAX_COLUMNS):
        raise ReadError(f"{DAMAGED}（单元格位置超出工作表范围）", WORKBOOK.save)


def letters(column: int) -> str:
    """The letters above a column: 0 → A, 27 → AB."""
    out = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        out = chr(65 + digit) + out
    return out


def reference(row: int, column: int) -> str:
    """The name of a square: 4, 1 → B5."""
    return f"{letters(column)}{row + 1}"


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Runs of whole numbers as (first, last)."""
    ordered = sorted(set(numbers))
    starts = [n for a, n in pairwise([None, *ordered]) if n is not None and (a is None or n != a + 1)]
    ends = [a for a, n in pairwise([*ordered, None]) if a is not None and (n is None or n != a + 1)]
    return zip(starts, ends, strict=True)
