"""The kind of each body row: task, band heading, total, note, continuation or blank."""

from __future__ import annotations

import re
from enum import StrEnum

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.points import cell_points
from extractors.parsers.row_patterns import is_note, is_total
from extractors.tables.column_roles import ColumnRole, ColumnRoles, is_number
from extractors.tables.grid import Grid, GridCell


class RowKind(StrEnum):
    """What a body row is."""

    TASK = "task"
    BAND = "band"
    """A heading over the width of the table, for the rows below it."""
    TOTAL = "total"
    NOTE = "note"
    REST = "rest"
    """The continuation of the task above."""
    BLANK = "blank"


_MAX_BAND = 45
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第.{1,3}部分)[^。；;，,]{1,20}$"
)
_SCORE_ROLES = (ColumnRole.POINTS, ColumnRole.SCOREBOX)


def classify_rows(grid: Grid, roles: ColumnRoles) -> list[RowKind]:
    """Return the kind of every row of the body."""
    kinds: list[RowKind] = []
    after_task = False
    for r in range(grid.n_rows):
        kind = _classify_row(grid, roles, r, after_task)
        after_task = after_task or kind is RowKind.TASK
        kinds.append(kind)
    return kinds


def _classify_row(grid: Grid, roles: ColumnRoles, r: int, after_task: bool) -> RowKind:
    own = [cell for cell in grid.cells_of_row(r) if cell.row == r and cell.text and not is_placeholder(cell.text)]
    if not own:
        return RowKind.BLANK
    if any(is_total(cell.text) for cell in own[:2]):
        return RowKind.TOTAL
    single = _single_text_cell(own, roles)
    if single is not None:
        is_long = len(strip_whitespace(single.text)) > _MAX_BAND
        if is_note(single.text) or (_is_wide(single, grid, roles) and is_long):
            return RowKind.NOTE
        if _is_band(single, grid, roles):
            return RowKind.BAND
    requirement = roles.requirement
    if requirement is not None and _begins_text(grid, r, requirement):
        return RowKind.TASK
    details = roles.columns(ColumnRole.EVIDENCE, ColumnRole.CRITERIA, ColumnRole.SCORING)
    if any(_begins_text(grid, r, c) for c in details):
        return RowKind.TASK
    if requirement is not None and any(roles.names[cell.col] is ColumnRole.LEVEL for cell in own):
        return RowKind.TASK
    has_text = any(roles.names[cell.col] not in (ColumnRole.SERIAL, *_SCORE_ROLES) for cell in own)
    if has_text and any(is_number(cell.text) for cell in own if roles.names[cell.col] is ColumnRole.SERIAL):
        # A serial number begins a row even if its requirement was left blank.
        return RowKind.TASK
    return RowKind.REST if after_task and has_text else RowKind.BLANK


def _begins_text(grid: Grid, r: int, c: int) -> bool:
    """Return whether the cell at this position begins in row `r` and has text."""
    cell = grid.cell(r, c)
    return cell.row == r and not cell.is_blank and not is_placeholder(cell.text)


def _is_wide(cell: GridCell, grid: Grid, roles: ColumnRoles) -> bool:
    """Return whether a cell extends over the requirement column from the left, so that it is no requirement."""
    requirement = roles.requirement
    if requirement is None or cell.cols == grid.n_cols > 1:
        return cell.cols == grid.n_cols
    return (
        cell.cols >= max(2, grid.n_cols // 2)
        and cell.col <= requirement < cell.col + cell.cols
        and cell.col < requirement
    )


def _single_text_cell(own: list[GridCell], roles: ColumnRoles) -> GridCell | None:
    """Return the only cell of a row apart from points, None if there are more or none."""
    text = [cell for cell in own if not (roles.names[cell.col] in _SCORE_ROLES and cell.cols == 1)]
    return text[0] if len(text) == 1 else None


def _is_band(cell: GridCell, grid: Grid, roles: ColumnRoles) -> bool:
    if _is_wide(cell, grid, roles):
        return True
    if grid.spans_known or cell.col > (roles.columns(ColumnRole.LEVEL) or [0])[0]:
        return False
    role = roles.names[cell.col]
    if role is ColumnRole.REQUIREMENT and not _HEADING.match(strip_whitespace(cell.text)):
        return False
    if role not in (ColumnRole.LEVEL, ColumnRole.SERIAL, ColumnRole.REQUIREMENT):
        return False
    text = strip_whitespace(cell.text)
    return cell.rows == 1 and cell.col == 0 and len(text) <= _MAX_BAND and cell_points(text) is None
