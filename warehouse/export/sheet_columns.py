"""What a sheet shows of a task list: at most ten columns that print at full size, and the cells of each row.

A column without any value is left out. What does not fit stands on the sheet of sources (`source_sheet`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from warehouse.export.columns import (
    COLUMNS,
    DEADLINE,
    DONE_ON,
    ENDS,
    FILL_IN,
    INDICATOR,
    LEADER,
    MATERIALS,
    METHODS,
    NOTE,
    ON_HAND,
    PERSONS,
    POINTS,
    REQUIREMENT,
    RESPONSIBILITIES,
    SERIAL,
    STATUS,
)
from warehouse.export.party_roles import describe_others, describe_role
from warehouse.export.task_lists import CellValue, TaskList, TaskRow, to_texts
from warehouse.printing import MAX_ROW_HEIGHT, SAMPLE_ROWS, row_height, share_widths, shorten_to_row

MAX_COLUMNS: Final = 10
"""Columns that print side by side at full size, those to fill in included."""
SEE_SOURCES: Final = "……（全文见“依据和出处”）"
"""End of a text that the highest row cannot show whole."""
_MEANINGS: Final = {column.header: column.meaning for column in COLUMNS} | {
    INDICATOR: "所属各级指标的名称",
    RESPONSIBILITIES: "本单位牵头还是配合，其他责任单位，责任领导和责任人",
    DEADLINE: "时限，照原文；“截止”是从时限中读出的最后一天，定期任务为最后一次",
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """Column of a sheet.

    Attributes:
        header: Chinese header.
        minimum: Least width.
        maximum: Greatest width.
        rank: Columns of a low rank are shown first, if not all fit; 0 for those that are always shown.
    """

    header: str
    minimum: float
    maximum: float
    rank: int = 0

    @property
    def meaning(self) -> str:
        """Chinese explanation for the instructions sheet."""
        return _MEANINGS[self.header]


SHEET_COLUMNS: Final = (
    SheetColumn(SERIAL, 4.5, 4.5),
    SheetColumn(INDICATOR, 9, 16, 6),
    SheetColumn(REQUIREMENT, 25, 66),
    SheetColumn(RESPONSIBILITIES, 9, 16, 4),
    SheetColumn(DEADLINE, 10.5, 18, 2),
    SheetColumn(ENDS, 10.5, 10.5, 5),
    SheetColumn(MATERIALS, 12, 36, 3),
    SheetColumn(METHODS, 8.5, 12, 7),
    SheetColumn(POINTS, 5.5, 5.5, 1),
    SheetColumn(STATUS, 7, 7),
    SheetColumn(DONE_ON, 10.5, 10.5),
    SheetColumn(ON_HAND, 11, 15),
    SheetColumn(NOTE, 11.5, 16),
)
"""Columns in the order of a sheet."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """Row of a sheet: the cells (header -> value), the hidden due day, the key of the row, and its height."""

    cells: dict[str, CellValue]
    ends: date | None
    key: str
    height: float


@dataclass(frozen=True, slots=True)
class ListSheet:
    """What a sheet shows of a list.

    Attributes:
        columns: The columns, in order.
        widths: Their widths.
        rows: The rows.
        shortened: Rows (0-based) whose requirement is cut.
        hides_ends: Whether the due day stands in a hidden column, which the colours follow.
    """

    columns: tuple[SheetColumn, ...]
    widths: tuple[float, ...]
    rows: tuple[SheetRow, ...]
    shortened: frozenset[int]
    hides_ends: bool

    @property
    def headers(self) -> list[str]:
        """Headers of the printed columns."""
        return [column.header for column in self.columns]


def lay_out_list(task_list: TaskList) -> ListSheet:
    """Choose the columns of a list, share the width of the page among them, and fill the cells."""
    cells = [_fill_cells(task_list, row) for row in task_list.rows]
    columns = _choose_columns(cells)
    headers = [column.header for column in columns]
    hides_ends = ENDS not in headers and any(row[ENDS] for row in cells)
    if hides_ends:
        for row in cells:
            row[DEADLINE] = _add_day(row[DEADLINE], row[ENDS])
    all_headers = [*headers, ENDS] if hides_ends else headers
    texts = [to_texts({header: row[header] for header in all_headers}) for row in cells]
    widths = share_widths(
        [[text[header] for text in texts[:SAMPLE_ROWS]] for header in headers],
        minimum=[column.minimum for column in columns],
        maximum=[column.maximum for column in columns],
    )
    rows, shortened = [], set()
    for number, (task_row, own, own_texts) in enumerate(zip(task_list.rows, cells, texts, strict=True)):
        height = row_height([own_texts[header] for header in headers], widths)
        if height == MAX_ROW_HEIGHT:
            for header, width in zip(headers, widths, strict=True):
                own[header] = _shorten(own[header], width)
            if own[REQUIREMENT] != task_row.cells[REQUIREMENT]:
                shortened.add(number)
            own_texts.update(to_texts({header: own[header] for header in headers}))
        ends = own[ENDS]
        hidden = ends if hides_ends and isinstance(ends, date) else None
        visible = {header: own[header] for header in headers}
        rows.append(SheetRow(visible, hidden, str(task_row.make_key(own_texts)), height))
    return ListSheet(tuple(columns), tuple(widths), tuple(rows), frozenset(shortened), hides_ends)


def _choose_columns(cells: Sequence[dict[str, CellValue]]) -> list[SheetColumn]:
    """Return the columns to print: those that are always shown, then those with a value in the order of their rank."""
    filled = [
        column for column in SHEET_COLUMNS if not column.rank or any(row[column.header] is not None for row in cells)
    ]
    chosen = {column.header for column in sorted(filled, key=lambda column: column.rank)[:MAX_COLUMNS]}
    return [column for column in filled if column.header in chosen]


def _fill_cells(task_list: TaskList, row: TaskRow) -> dict[str, CellValue]:
    """Return the cells of all columns that a sheet may show."""
    same = (SERIAL, REQUIREMENT, DEADLINE, ENDS, MATERIALS, METHODS, POINTS, *FILL_IN)
    levels = (row.cells["一级指标"], row.cells["二级指标"])
    return {header: row.cells[header] for header in same} | {
        INDICATOR: " / ".join(str(name) for name in levels if name) or None,
        RESPONSIBILITIES: _describe_responsibilities(task_list, row),
    }


def _describe_responsibilities(task_list: TaskList, row: TaskRow) -> str | None:
    """Return the role of the party of the list, the other parties and the persons, one per line."""
    role = describe_role(row.task, task_list.party)
    persons = [(name, row.cells.get(header)) for name, header in (("领导", LEADER), ("责任人", PERSONS))]
    lines = [role, *describe_others(row.task, role), *(f"{name}：{text}" for name, text in persons if text)]
    return "\n".join(line for line in lines if line) or None


def _add_day(deadline: CellValue, ends: CellValue) -> CellValue:
    if not isinstance(ends, date):
        return deadline
    return "\n".join(filter(None, (str(deadline or ""), f"截止 {ends.isoformat()}")))


def _shorten(value: CellValue, width: float) -> CellValue:
    return shorten_to_row(value, width, SEE_SOURCES) if isinstance(value, str) else value
