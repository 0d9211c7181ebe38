"""Fill blank cells that continue a merged cell, and regroup headings printed inside their span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.normalize import squeeze
from extractors.parsers.item_labels import split_label
from extractors.parsers.row_patterns import is_note, is_total
from extractors.tables.column_roles import SHARED_ROLES, ColumnRoles, is_number
from extractors.tables.grid import Grid, GridCell, cover


def _cell_starts(grid: Grid, r: int, c: int) -> bool:
    spot = grid.at[r][c]
    return spot.row == r and not spot.blank


def _merge_up(grid: Grid, r: int, c: int) -> None:
    if _is_total_or_note(grid, r) or grid.at[r - 1][c].cols > 1:
        return
    above = grid.at[r - 1][c]
    cover(grid, above, range(above.row, r + 1), range(c, c + 1))


def _outer_heading_starts(grid: Grid, r: int, outer: Sequence[int]) -> bool:
    return any(_cell_starts(grid, r, c) for c in outer)


def merge_repeated_headings(grid: Grid, roles: ColumnRoles) -> set[int]:
    """A heading written again below itself, under the same outer headings, continues the span above.

    Returns the columns where that was so.
    """
    columns, folded = roles.columns("level"), set[int]()
    for i, c in enumerate(columns):
        for r in range(1, grid.n_rows):
            here, above = grid.at[r][c], grid.at[r - 1][c]
            if here is above or here.blank or here.row != r or here.cols != above.cols:
                continue
            if squeeze(here.text) != squeeze(above.text):
                continue
            if any(grid.at[r][o] is not grid.at[r - 1][o] for o in columns[:i]):
                continue
            cover(grid, above, range(above.row, here.row + here.rows), range(above.col, above.col + above.cols))
            folded.add(c)
    return folded


def fill_blank_cells(grid: Grid, roles: ColumnRoles, *, written_out: bool = False) -> None:
    """Give blank cells to the cell above them, by the contract's rule for blank cells. Works in place.

    `written_out`: the carrier says in every row what spans several. Not every task has a helper: there a blank is one.
    """
    levels = roles.columns("level")
    for i, c in enumerate(levels):
        for r in range(1, grid.n_rows):
            if grid.at[r][c].blank and not _outer_heading_starts(grid, r, levels[:i]) and not _follows_band(grid, r):
                _merge_up(grid, r, c)
    for c in roles.columns("serial"):
        _join_broken_headings(grid, c)
        partner = next((x for x in levels if x > c), None)
        for r in range(1, grid.n_rows):
            if grid.at[r][c].blank and not (partner is not None and _cell_starts(grid, r, partner)):
                _merge_up(grid, r, c)
    for c in roles.columns(*SHARED_ROLES):
        if written_out and roles.names[c] == "support":
            continue
        stop = levels[:1] if roles.names[c] == "points" else ()
        for r in range(1, grid.n_rows):
            if grid.at[r][c].blank and not _outer_heading_starts(grid, r, stop) and _has_own_text(grid, r, roles):
                _merge_up(grid, r, c)
    for c in roles.columns("criteria", "scoring"):
        _fill_within_groups(grid, c, levels)
    for c in roles.columns("evidence", "deadline"):
        if not _repeats_values(grid, c, levels):
            _fill_within_groups(grid, c, levels)


def _is_heading_text(spot: GridCell) -> bool:
    return not (spot.blank or is_number(spot.text) or is_total(spot.text))


def _join_broken_headings(grid: Grid, c: int) -> None:
    """A heading that stands in the serial column, broken over two rows by its carrier (特色加 | 分项目), is one."""
    for r in range(1, grid.n_rows):
        above, here = grid.at[r - 1][c], grid.at[r][c]
        if above is here or not (_is_heading_text(above) and _is_heading_text(here)):
            continue
        joined = replace(above, raw=f"{above.raw}\n{here.raw}", text=above.text + here.text)
        cover(grid, joined, range(above.row, here.row + here.rows), range(c, c + 1))


def _is_total_or_note(grid: Grid, r: int) -> bool:
    """True for a row of totals or notes: nothing above reaches into it."""
    own = [s for s in grid.at[r] if s.row == r and not s.blank]
    return any(is_total(s.text) for s in own[:2]) or (len(own) == 1 and is_note(own[0].text))


def _follows_band(grid: Grid, r: int) -> bool:
    """True when the row above is one cell over the whole width: no span reaches across it."""
    return grid.n_cols > 1 and grid.at[r - 1][0].cols == grid.n_cols


def _has_own_text(grid: Grid, r: int, roles: ColumnRoles) -> bool:
    """True when the row says anything beyond the shared columns: an empty row continues nothing."""
    own = [
        c for c in range(grid.n_cols) if roles.names[c] in ("requirement", "criteria", "evidence", "level", "scoring")
    ]
    return any(_cell_starts(grid, r, c) for c in own)


def _fill_within_groups(grid: Grid, c: int, levels: Sequence[int]) -> None:
    for r in range(1, grid.n_rows):
        if grid.at[r][c].blank and not _outer_heading_starts(grid, r, levels) and not _follows_band(grid, r):
            _merge_up(grid, r, c)


def _repeats_values(grid: Grid, c: int, levels: Sequence[int]) -> bool:
    """True when the column repeats equal neighbours inside a group: its blanks then are empty cells."""
    return any(
        _cell_starts(grid, r, c)
        and squeeze(grid.at[r][c].text) == squeeze(grid.at[r - 1][c].text)
        and not _outer_heading_starts(grid, r, levels)
        for r in range(1, grid.n_rows)
    )


def cells_of_row(grid: Grid, r: int) -> list[GridCell]:
    """The cells that touch row `r`, left to right, each once."""
    out: list[GridCell] = []
    for spot in grid.at[r]:
        if not out or spot is not out[-1]:
            out.append(spot)
    return out


# Headings printed in the middle of their span: the marks of the items tell where each group begins.


def _numbered_runs(numbers: list[int | None]) -> list[range]:
    """Rows cut where the item numbers begin again at 1."""
    starts = [0] + [r for r, n in enumerate(numbers) if r and n == 1]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(numbers)], strict=True)]


def regroup_centered_headings(grid: Grid, roles: ColumnRoles) -> None:
    """Give every run of items 1, 2, 3 … the heading that stands beside any of them. Works in place.

    Nothing happens unless a run begins beside a blank heading cell and has its heading lower down, which no table
    with headings on their first row shows.
    """
    levels, requirement = roles.columns("level"), roles.requirement
    if grid.spans_known or len(levels) != 1 or requirement is None or not grid.n_rows:
        return
    column = levels[0]
    items = [split_label(grid.at[r][requirement].text) for r in range(grid.n_rows)]
    runs = _numbered_runs([i.number if i.label and i.label[0] not in "（(" else None for i in items])
    headed = [[r for r in run if grid.at[r][column].text] for run in runs]
    middle = [rows[0] for rows in headed if rows and (items[rows[0]].number or 1) > 1]
    if not middle or sum(bool(rows) for rows in headed) * 2 < len(runs) or len(runs) < 3:
        return
    for run, rows in zip(runs, headed, strict=True):
        stop = run.stop
        if not rows:
            continue
        later = [
            r
            for r in rows[1:]
            if (items[r].number is None and items[r].label is None) or _opens_section(items[r].label)
        ]
        stop = later[0] if later else stop
        spot = grid.at[rows[0]][column]
        cover(
            grid, replace(spot, row=run.start, rows=stop - run.start), range(run.start, stop), range(column, column + 1)
        )


def _opens_section(label: str | None) -> bool:
    return label is not None and label[0] in "（(" and "一" in label
