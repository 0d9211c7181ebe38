"""Fill blank cells that continue a merged cell, where the format draws no spans."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from extractors.normalize import strip_whitespace
from extractors.parsers.item_labels import split_label
from extractors.parsers.row_patterns import is_total
from extractors.tables.column_roles import SHARED_ROLES, ColumnRole, ColumnRoles, is_number
from extractors.tables.grid import Grid, GridCell, cover
from extractors.tables.numbering import numbering
from extractors.tables.row_kinds import RowKind

_TEXT_ROLES = (
    ColumnRole.REQUIREMENT,
    ColumnRole.CRITERIA,
    ColumnRole.EVIDENCE,
    ColumnRole.LEVEL,
    ColumnRole.SCORING,
)
_STOPS = {
    ColumnRole.SUPPORT: (ColumnRole.LEAD, ColumnRole.PARTY),
    ColumnRole.PARTY: (ColumnRole.LEAD,),
}
"""Columns whose own cell in a row says that a blank cell beside it is empty: a row that names its own lead needs no
supporting unit from the row above."""
_APART = (RowKind.BAND, RowKind.TOTAL, RowKind.NOTE)
_MIN_CENTERED_RUNS = 3


def fill_body(body: Grid, roles: ColumnRoles, kinds: Sequence[RowKind]) -> None:
    """Restore the spans that the format does not draw, in place; none goes into or over a row that is no item.

    Args:
        body: the rows below the header.
        roles: the roles of its columns.
        kinds: the kind of each row.
    """
    apart = frozenset(r for r, kind in enumerate(kinds) if kind in _APART)
    body.spans_known = body.spans_known and not _has_blank_headings(body, roles)
    merged = merge_repeated_headings(body, roles)
    if body.spans_known:
        levels = roles.columns(ColumnRole.LEVEL)
        for i, c in enumerate(levels):
            _fill_within_groups(body, c, levels[:i], apart)
        return
    regroup_centered_headings(body, roles)
    # If a heading is repeated only at a page break, its column still has blank cells.
    repeats_spans = any(all(not cell.is_blank for cell in body.column(c)) for c in merged)
    fill_blank_cells(body, roles, apart, repeats_spans=repeats_spans)
    merge_repeated_headings(body, roles)


def _has_blank_headings(body: Grid, roles: ColumnRoles) -> bool:
    """Return whether headings stand above blank cells although the format can draw merged ones, and none is merged."""
    for c in roles.columns(ColumnRole.LEVEL, ColumnRole.CRITERIA):
        cells = [cell for cell in body.column(c) if cell.cols == 1]
        blank = sum(cell.is_blank for cell in cells)
        if blank * 5 >= body.n_rows and blank < len(cells) and all(cell.rows == 1 for cell in cells):
            return True
    return False


def merge_repeated_headings(grid: Grid, roles: ColumnRoles) -> set[int]:
    """Merge a heading that is repeated below itself, under the same outer headings, into one span, in place.

    Returns:
        The columns in which headings were merged.
    """
    columns, merged = roles.columns(ColumnRole.LEVEL), set[int]()
    for i, c in enumerate(columns):
        for r in range(1, grid.n_rows):
            here, above = grid.cell(r, c), grid.cell(r - 1, c)
            if here is above or here.is_blank or here.row != r or here.cols != above.cols:
                continue
            if strip_whitespace(here.text) != strip_whitespace(above.text):
                continue
            if any(grid.cell(r, outer) is not grid.cell(r - 1, outer) for outer in columns[:i]):
                continue
            cover(grid, above, range(above.row, here.row + here.rows), range(above.col, above.col + above.cols))
            merged.add(c)
    for c in roles.columns(ColumnRole.SERIAL):
        partner = next((level for level in columns if level > c), None)
        if partner in merged:
            _merge_beside(grid, c, partner)
    return merged


def _merge_beside(grid: Grid, c: int, partner: int) -> None:
    """Merge a number that is repeated beside one heading (（一） | 组织领导, both written in every row), in place."""
    for r in range(1, grid.n_rows):
        here, above = grid.cell(r, c), grid.cell(r - 1, c)
        is_repeated = here.row == r and here.text and here.text == above.text and here.cols == above.cols
        if is_repeated and grid.cell(r, partner) is grid.cell(r - 1, partner):
            cover(grid, above, range(above.row, here.row + here.rows), range(above.col, above.col + above.cols))


def fill_blank_cells(
    grid: Grid, roles: ColumnRoles, apart: Set[int] = frozenset(), *, repeats_spans: bool = False
) -> None:
    """Extend cells over the blank cells below them that continue them, in place.

    Levels, serial numbers, parties, persons, methods and points continue; criteria, scoring, evidence and deadlines
    only inside their group, evidence and deadlines not where the column repeats equal values. The others of a row that
    names its own lead are complete.

    Args:
        grid: the body of the table.
        roles: the roles of its columns.
        apart: the rows that are section headings, totals or notes.
        repeats_spans: True if the format repeats merged cells in every row. Then a blank cell of a support column
            means that there is no supporting unit.
    """
    levels = roles.columns(ColumnRole.LEVEL)
    for i, c in enumerate(levels):
        _fill_within_groups(grid, c, levels[:i], apart)
    for c in roles.columns(ColumnRole.SERIAL):
        _join_broken_headings(grid, c, apart)
        partner = next((x for x in levels if x > c), None)
        for r in range(1, grid.n_rows):
            if grid.cell(r, c).is_blank and not (partner is not None and _cell_starts(grid, r, partner)):
                _extend_cell_above(grid, r, c, apart)
    shared = [role for role in SHARED_ROLES if not (repeats_spans and role is ColumnRole.SUPPORT)]
    for c in roles.columns(*shared):
        stops = roles.columns(*_STOPS.get(roles.names[c], ()))
        stops += levels[:1] if roles.names[c] is ColumnRole.POINTS else ()
        for r in range(1, grid.n_rows):
            if grid.cell(r, c).is_blank and not _any_cell_starts(grid, r, stops) and _has_own_text(grid, r, roles):
                _extend_over_continuations(grid, r, c, roles, apart)
    for c in roles.columns(ColumnRole.CRITERIA, ColumnRole.SCORING):
        _fill_within_groups(grid, c, levels, apart)
    for c in roles.columns(ColumnRole.EVIDENCE, ColumnRole.DEADLINE):
        if not _repeats_values(grid, c, levels):
            _fill_within_groups(grid, c, levels, apart)


def regroup_centered_headings(grid: Grid, roles: ColumnRoles) -> None:
    """Extend headings printed in the middle of their span over the whole run of items 1, 2, 3, …, in place.

    Nothing is changed unless a run begins beside a blank heading cell and has its heading further down, which does
    not occur in tables with headings in their first row.
    """
    levels, requirement = roles.columns(ColumnRole.LEVEL), roles.requirement
    if grid.spans_known or len(levels) != 1 or requirement is None or not grid.n_rows:
        return
    column = levels[0]
    items = [split_label(grid.cell(r, requirement).text) for r in range(grid.n_rows)]
    runs = _numbered_runs([i.number if i.label and i.label[0] not in "（(" else None for i in items])
    heading_rows = [[r for r in run if grid.cell(r, column).text] for run in runs]
    centered = [rows[0] for rows in heading_rows if rows and (items[rows[0]].number or 1) > 1]
    has_few_headings = sum(bool(rows) for rows in heading_rows) * 2 < len(runs)
    if not centered or has_few_headings or len(runs) < _MIN_CENTERED_RUNS:
        return
    for run, rows in zip(runs, heading_rows, strict=True):
        if not rows:
            continue
        sections = [
            r
            for r in rows[1:]
            if (items[r].number is None and items[r].label is None) or _opens_section(items[r].label)
        ]
        stop = sections[0] if sections else run.stop
        heading = replace(grid.cell(rows[0], column), row=run.start, rows=stop - run.start)
        cover(grid, heading, range(run.start, stop), range(column, column + 1))


def _cell_starts(grid: Grid, r: int, c: int) -> bool:
    cell = grid.cell(r, c)
    return cell.row == r and not cell.is_blank


def _any_cell_starts(grid: Grid, r: int, columns: Sequence[int]) -> bool:
    return any(_cell_starts(grid, r, c) for c in columns)


def _extend_over_continuations(grid: Grid, r: int, c: int, roles: ColumnRoles, apart: Set[int]) -> None:
    """Extend the nearest cell above over row `r` and over the rows between that only continue a task."""
    above = r - 1
    while above > 0 and grid.cell(above, c).is_blank and not _has_own_text(grid, above, roles):
        above -= 1
    if grid.cell(above, c).is_blank:
        above = r - 1
    for row in range(above + 1, r + 1):
        _extend_cell_above(grid, row, c, apart)


def _extend_cell_above(grid: Grid, r: int, c: int, apart: Set[int]) -> None:
    if r in apart or r - 1 in apart or grid.cell(r - 1, c).cols > 1 or _is_of_printed_cell(grid, r, c):
        return
    above = grid.cell(r - 1, c)
    cover(grid, above, range(above.row, r + 1), range(c, c + 1))


def _is_of_printed_cell(grid: Grid, r: int, c: int) -> bool:
    """Return whether a blank cell is a part of one with text, which is complete: no person is named in 总务科."""
    own = grid.cell(r, c)
    return any(cell.text and cell.locator == own.locator for cell in grid.cells[r] if cell is not own)


def _fill_within_groups(grid: Grid, c: int, levels: Sequence[int], apart: Set[int]) -> None:
    """Extend the cells of column `c` over blank ones, but not past the beginning of a heading of `levels`."""
    for r in range(1, grid.n_rows):
        if grid.cell(r, c).is_blank and not _any_cell_starts(grid, r, levels):
            _extend_cell_above(grid, r, c, apart)


def _is_heading_text(cell: GridCell) -> bool:
    return not (cell.is_blank or is_number(cell.text) or is_total(cell.text))


def _join_broken_headings(grid: Grid, c: int, apart: Set[int]) -> None:
    """Join a heading in the serial column that is broken over two rows (特色加 | 分项目), no section or total."""
    for r in range(1, grid.n_rows):
        if r in apart or r - 1 in apart:
            continue
        above, here = grid.cell(r - 1, c), grid.cell(r, c)
        if above is here or not (_is_heading_text(above) and _is_heading_text(here)) or numbering(here.text):
            continue
        joined = replace(above, raw=f"{above.raw}\n{here.raw}", text=above.text + here.text)
        cover(grid, joined, range(above.row, here.row + here.rows), range(c, c + 1))


def _has_own_text(grid: Grid, r: int, roles: ColumnRoles) -> bool:
    """Return whether the row has text outside the shared columns; an empty row continues nothing."""
    return any(roles.names[c] in _TEXT_ROLES and _cell_starts(grid, r, c) for c in range(grid.n_cols))


def _repeats_values(grid: Grid, c: int, levels: Sequence[int]) -> bool:
    """Return whether the column repeats equal neighbours inside a group, so that its blank cells are empty."""
    return any(
        _cell_starts(grid, r, c)
        and strip_whitespace(grid.cell(r, c).text) == strip_whitespace(grid.cell(r - 1, c).text)
        and not _any_cell_starts(grid, r, levels)
        for r in range(1, grid.n_rows)
    )


def _numbered_runs(numbers: list[int | None]) -> list[range]:
    """Split the rows where the item numbers restart at 1."""
    starts = [0] + [r for r, n in enumerate(numbers) if r and n == 1]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(numbers)], strict=True)]


def _opens_section(label: str | None) -> bool:
    return label is not None and label[0] in "（(" and "一" in label
