"""Headings above the tasks: level columns and band rows become indicators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial, reduce

from extractors.normalize import cjk_share, fold_repeat, is_placeholder, strip_whitespace
from extractors.notice.findings import Guard
from extractors.notice.lexicon import Lexicon
from extractors.notice.section_fields import SectionFields, read_section
from extractors.parsers.item_labels import Heading, unstack
from extractors.parsers.points import cell_points
from extractors.parsers.row_patterns import is_bonus
from extractors.records import IndicatorRow, TaskRow
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole, is_dotted, is_number
from extractors.tables.grid import GridCell

_POINT = re.compile("[.．]")


@dataclass(slots=True)
class OpenLevel:
    """A heading while the table is read, with what it says of the tasks below it.

    `key` distinguishes one span from the next.
    """

    key: tuple[int | str, ...]
    heading: Heading
    bonus: bool
    locator: str
    row: IndicatorRow | None = None
    fields: SectionFields = field(default_factory=SectionFields)


@dataclass(slots=True)
class IndicatorBuilder:
    """Builds the indicators of one notice table by table; `rows` are the indicators in reading order."""

    notice_id: str
    lexicon: Lexicon
    guard: Guard
    rows: list[IndicatorRow] = field(default_factory=list)
    _open_levels: list[OpenLevel] = field(default_factory=list)
    _levels: dict[GridCell, OpenLevel] = field(default_factory=dict)
    """The levels of heading cells, parsed once if they span many rows."""
    _heading_numbers: dict[int, list[int]] = field(default_factory=dict)
    """The serial columns of each table, by its ordinal, that number headings."""

    def path_above(self, table: CleanTable, table_id: str, r: int, bands: list[OpenLevel]) -> list[IndicatorRow]:
        """Return the indicators above task row `r`, outermost first, creating new ones."""
        wanted = [*bands, *self._column_levels(table, table_id, r)]
        return self.open_levels(table_id, wanted)

    def _column_levels(self, table: CleanTable, table_id: str, r: int) -> list[OpenLevel]:
        levels = []
        for c, cell in _heading_cells(table, r).items():
            if cell not in self._levels:
                level = self._parse_level(cell, table_id, (table.ordinal, cell.row, cell.col))
                if not level.heading.code and (code := self._serial_code(table, r, c)) is not None:
                    level.heading = replace(level.heading, code=code)
                self._levels[cell] = level
            levels.append(self._levels[cell])
        return levels

    def _serial_code(self, table: CleanTable, r: int, c: int) -> str | None:
        """Return the serial number beside level column `c` if it spans exactly the rows of the heading."""
        levels = table.roles.columns(ColumnRole.LEVEL)
        for s in self._numbered_headings(table):
            row = table.grid.cells[r]
            serial, heading = row[s], row[c]
            nearest = min((x for x in levels if x > s), default=None)
            same = [x for x in levels if (row[x].row, row[x].rows) == (serial.row, serial.rows)]
            owner = nearest if nearest in same or not same else same[0]
            if owner == c and serial.text and serial.row == heading.row and serial.rows == heading.rows:
                return strip_whitespace(serial.text).strip("、.．")
        return None

    def _numbered_headings(self, table: CleanTable) -> list[int]:
        """Return the serial columns that number headings; 1, 2, 3, … that span one row each number rows."""
        if table.ordinal not in self._heading_numbers:
            serials = table.roles.columns(ColumnRole.SERIAL)
            rows = table.task_rows()
            cells = {s: [table.grid.cell(r, s) for r in rows] for s in serials}
            self._heading_numbers[table.ordinal] = [
                s for s in serials if any(cell.rows > 1 or is_dotted(strip_whitespace(cell.text)) for cell in cells[s])
            ]
        return self._heading_numbers[table.ordinal]

    def _parse_level(self, cell: GridCell, table_id: str, key: tuple[int | str, ...]) -> OpenLevel:
        heading, fields = self.guard(
            "指标名称",
            lambda: read_section(unstack(cell.raw, self.lexicon.text)),
            (Heading(None, cell.text, None), SectionFields()),
            text=cell.text,
            locator=cell.locator,
            table_id=table_id,
        )
        return OpenLevel(key, heading, is_bonus(cell.text), cell.locator, fields=fields)

    def fields_above(self) -> SectionFields:
        """Return what the open headings say of their tasks, an inner one before an outer one."""
        return reduce(lambda outer, level: level.fields.within(outer), self._open_levels, SectionFields())

    def band_level(self, table: CleanTable, table_id: str, r: int) -> OpenLevel:
        """Return the level that band row `r` opens; its subtotal may be in the points column."""
        cell = _band_cell(table, r)
        level = self._parse_level(cell, table_id, (table.ordinal, cell.row, -1))
        if not level.heading.code:
            level.heading = replace(level.heading, code=_band_code(table, r, cell))
        if level.heading.points is None:
            points = self.guard(
                "分值", partial(_band_points, table, r), None, text=cell.text, locator=cell.locator, table_id=table_id
            )
            level.heading = replace(level.heading, points=points)
        return level

    def open_levels(self, table_id: str | None, wanted: list[OpenLevel]) -> list[IndicatorRow]:
        """Keep the open levels that `wanted` shares with the row before, and open the others.

        Returns:
            The indicators of all open levels, outermost first.
        """
        shared = 0
        while shared < min(len(wanted), len(self._open_levels)) and wanted[shared].key == self._open_levels[shared].key:
            shared += 1
        del self._open_levels[shared:]
        for depth in range(shared, len(wanted)):
            level = wanted[depth]
            parent = self._open_levels[-1].row if self._open_levels else None
            row = IndicatorRow(
                indicator_id=f"{self.notice_id}-i{len(self.rows) + 1:04d}",
                notice_id=self.notice_id,
                table_id=table_id,
                parent_id=parent.indicator_id if parent else None,
                level=depth + 1,
                ordinal=len(self.rows) + 1,
                code=level.heading.code,
                name=level.heading.name,
                points=level.heading.points,
                bonus=level.bonus or bool(parent and parent.bonus),
                topic=None,
                locator=level.locator,
            )
            self.rows.append(row)
            self._open_levels.append(replace(level, row=row))
        return [level.row for level in self._open_levels if level.row is not None]

    def mark_bonus(self, tasks: Iterable[TaskRow]) -> None:
        """Mark the headings whose tasks all add to the total (+5)."""
        rows = {row.indicator_id: row for row in self.rows}
        are_bonus: dict[str, bool] = {}
        for task in tasks:
            row = rows.get(task.indicator_id or "")
            while row is not None:
                are_bonus[row.indicator_id] = are_bonus.get(row.indicator_id, True) and task.bonus
                row = rows.get(row.parent_id or "")
        for indicator_id, is_bonus_heading in are_bonus.items():
            rows[indicator_id].bonus = rows[indicator_id].bonus or is_bonus_heading

    def close_levels(self) -> None:
        """Close all levels before another table is read."""
        self._open_levels.clear()
        self._levels.clear()


def guarded_heading(
    guard: Guard, read: Callable[[], Heading], text: str, locator: str, table_id: str | None = None
) -> Heading:
    """Return the heading that `read` returns; if it fails, a heading named by the whole text."""
    return guard("指标名称", read, Heading(None, text, None), text=text, locator=locator, table_id=table_id)


def push_band(bands: list[OpenLevel], level: OpenLevel) -> None:
    """Append a band to those above it.

    A kind of code that is open replaces that band; a new kind is one level deeper.
    """
    kind = _band_kind(level)
    for i, band in enumerate(bands):
        if _band_kind(band) == kind:
            del bands[i:]
            break
    else:
        if kind == "bare" or (bands and _band_kind(bands[-1]) == "bare"):
            bands.clear()
    bands.append(level)


def _heading_cells(table: CleanTable, r: int) -> dict[int, GridCell]:
    """Return the heading cells beside row `r`, each at its first column."""
    cells: dict[int, GridCell] = {}
    row, names, requirement = table.grid.cells[r], table.roles.names, table.roles.requirement
    for c in table.roles.columns(ColumnRole.LEVEL, ColumnRole.SERIAL):
        cell = row[c]
        if cell.is_blank or (
            names[c] is ColumnRole.SERIAL
            and (not cjk_share(cell.text) or is_number(cell.text) or cell_points(cell.text) is not None)
        ):
            continue
        if is_placeholder(cell.text) or (requirement is not None and cell.col <= requirement < cell.col + cell.cols):
            continue
        if not any(cell is s for s in cells.values()):
            cells[c] = cell
    return cells


def _band_cell(table: CleanTable, r: int) -> GridCell:
    """Return the cell that names the section which row `r` opens: its first text that is no number."""
    filled = [cell for cell in table.grid.cells_of_row(r) if not cell.is_blank]
    own = [cell for cell in filled if cell.row == r] or filled
    return next((cell for cell in own if not is_number(cell.text) and cell_points(cell.text) is None), own[0])


def _band_code(table: CleanTable, r: int, cell: GridCell) -> str | None:
    """Return the number of a section that stands in a cell of its own before its name."""
    before = [s for s in table.grid.cells_of_row(r) if s.row == r and s.col < cell.col and is_number(s.text)]
    return strip_whitespace(before[-1].text).strip("、.．") if before else None


def _band_points(table: CleanTable, r: int) -> Decimal | None:
    for c in table.roles.columns(ColumnRole.POINTS):
        cell = table.grid.cell(r, c)
        if cell.row == r:
            return cell_points(cell.text)
    return None


def _band_kind(level: OpenLevel) -> str:
    code = level.heading.code or ""
    if not code:
        return "bare"
    first = fold_repeat(code)[0]
    return (
        "bracket"
        if first in "（("
        # 1 stands above 1.1.
        else f"digit{len(_POINT.findall(code.rstrip('.．、')))}"
        if first.isdigit()
        else "cn"
        if first in "一二三四五六七八九十"
        else "other"
    )
