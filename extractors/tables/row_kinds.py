"""What each body row is: a task, a band heading, a total, a note, the rest of the row above, or nothing."""

from __future__ import annotations

import re

from extractors.normalize import says_nobody, squeeze
from extractors.parsers.points import cell_points
from extractors.parsers.row_patterns import is_note, is_total
from extractors.tables.column_roles import ColumnRoles, is_number
from extractors.tables.fill_spans import cells_of_row
from extractors.tables.grid import Grid, GridCell

TASK, BAND, TOTAL, NOTE, REST, BLANK = "task", "band", "total", "note", "rest", "blank"

_BAND_LONGEST = 45
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第.{1,3}部分)[^。；;，,]{1,20}$"
)


def _own_cell(grid: Grid, r: int, c: int) -> GridCell | None:
    """The non-blank cell that begins at this square, or covers the row from the left; None otherwise."""
    spot = grid.at[r][c]
    return spot if spot.row == r and not spot.blank and not says_nobody(spot.text) else None


def _is_wide(spot: GridCell, grid: Grid, roles: ColumnRoles) -> bool:
    """A cell that reaches over the requirement column from the left: no text of the requirement itself."""
    requirement = roles.requirement
    if requirement is None or spot.cols == grid.n_cols > 1:
        return spot.cols == grid.n_cols
    return (
        spot.cols >= max(2, grid.n_cols // 2)
        and spot.col <= requirement < spot.col + spot.cols
        and spot.col < requirement
    )


def _single_text_cell(fresh: list[GridCell], grid: Grid, roles: ColumnRoles) -> GridCell | None:
    """The one cell of a row that holds nothing else but perhaps points."""
    text = [s for s in fresh if not (roles.names[s.col] in ("points", "scorebox") and s.cols == 1)]
    return text[0] if len(text) == 1 else None


def classify_rows(grid: Grid, roles: ColumnRoles) -> list[str]:
    """One kind a row."""
    kinds: list[str] = []
    after_task = False
    for r in range(grid.n_rows):
        kind = _classify_row(grid, roles, r, after_task)
        after_task = after_task or kind == TASK
        kinds.append(kind)
    return kinds


def _classify_row(grid: Grid, roles: ColumnRoles, r: int, after_task: bool) -> str:
    fresh = [s for s in cells_of_row(grid, r) if s.row == r and s.text and not says_nobody(s.text)]
    if not fresh:
        return BLANK
    if any(is_total(s.text) for s in fresh[:2]):
        return TOTAL
    single = _single_text_cell(fresh, grid, roles)
    if single is not None and (
        is_note(single.text) or (_is_wide(single, grid, roles) and len(squeeze(single.text)) > _BAND_LONGEST)
    ):
        return NOTE
    if single is not None and _is_band(single, grid, roles):
        return BAND
    requirement = roles.requirement
    if requirement is not None and _own_cell(grid, r, requirement):
        return TASK
    if any(_own_cell(grid, r, c) for c in roles.columns("evidence", "criteria", "scoring")):
        return TASK
    held = [s for s in fresh if roles.names[s.col] == "level"]
    if held and requirement is not None:
        return TASK
    said = [s for s in fresh if roles.names[s.col] not in ("serial", "points", "scorebox")]
    if said and any(is_number(s.text) for s in fresh if roles.names[s.col] == "serial"):
        # A number of its own begins a row even where the duty beside it was left blank.
        return TASK
    return REST if after_task and said else BLANK


def _is_band(spot: GridCell, grid: Grid, roles: ColumnRoles) -> bool:
    if _is_wide(spot, grid, roles):
        return True
    if grid.spans_known or spot.col > (roles.columns("level") or [0])[0]:
        return False
    role = roles.names[spot.col]
    if role == "requirement" and not _HEADING.match(squeeze(spot.text)):
        return False
    if role not in ("level", "serial", "requirement"):
        return False
    text = squeeze(spot.text)
    return spot.rows == 1 and spot.col == 0 and len(text) <= _BAND_LONGEST and cell_points(text) is None
