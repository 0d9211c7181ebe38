"""Merged cells where the carrier did not draw them, and headings written again at a page edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.normalize import strip_whitespace
from extractors.parsers.row_patterns import is_note, is_total
from extractors.tables.column_features import is_number
from extractors.tables.column_roles import SHARED_ROLES, Roles
from extractors.tables.grid import Grid, Spot, put


def _starts(grid: Grid, r: int, c: int) -> bool:
    spot = grid.at[r][c]
    return spot.row == r and not spot.blank


def _merge_up(grid: Grid, r: int, c: int) -> None:
    if _closed(grid, r) or grid.at[r - 1][c].cols > 1:
        return
    above = grid.at[r - 1][c]
    put(grid, above, range(above.row, r + 1), range(c, c + 1))


def _outer_starts(grid: Grid, r: int, outer: Sequence[int]) -> bool:
    return any(_starts(grid, r, c) for c in outer)


def fold_headings(grid: Grid, roles: Roles) -> set[int]:
    """A heading written again below itself, under the same outer headings, continues the span above.

    Returns the columns where that was so.
    """
    columns, folded = roles.columns("level"), set[int]()
    for i, c in enumerate(columns):
        for r in range(1, grid.n_rows):
            here, above = grid.at[r][c], grid.at[r - 1][c]
            if here is above or here.blank or here.row != r or here.cols != above.cols:
                continue
            if strip_whitespace(here.text) != strip_whitespace(above.text):
                continue
            if any(grid.at[r][o] is not grid.at[r - 1][o] for o in columns[:i]):
                continue
            put(grid, above, range(above.row, here.row + here.rows), range(above.col, above.col + above.cols))
            folded.add(c)
    return folded


def settle_spans(grid: Grid, roles: Roles, *, written_out: bool = False) -> None:
    """Give blank cells to the cell above them, by the contract's rule for blank cells. Works in place.

    `written_out`: the carrier says in every row what spans several. Not every task has a helper: there a blank is one.
    """
    levels = roles.columns("level")
    for i, c in enumerate(levels):
        for r in range(1, grid.n_rows):
            if grid.at[r][c].blank and not _outer_starts(grid, r, levels[:i]) and not _band_between(grid, r):
                _merge_up(grid, r, c)
    for c in roles.columns("serial"):
        _join_words(grid, c)
        partner = next((x for x in levels if x > c), None)
        for r in range(1, grid.n_rows):
            if grid.at[r][c].blank and not (partner is not None and _starts(grid, r, partner)):
                _merge_up(grid, r, c)
    for c in roles.columns(*SHARED_ROLES):
        if written_out and roles.names[c] == "support":
            continue
        stop = levels[:1] if roles.names[c] == "points" else ()
        for r in range(1, grid.n_rows):
            if grid.at[r][c].blank and not _outer_starts(grid, r, stop) and _has_text(grid, r, roles):
                _merge_up(grid, r, c)
    for c in roles.columns("criteria", "scoring"):
        _within_groups(grid, c, levels)
    for c in roles.columns("evidence", "deadline"):
        if not _writes_out(grid, c, levels):
            _within_groups(grid, c, levels)


def _is_word(spot: Spot) -> bool:
    return not (spot.blank or is_number(spot.text) or is_total(spot.text))


def _join_words(grid: Grid, c: int) -> None:
    """A heading that stands in the serial column, broken over two rows by its carrier (特色加 | 分项目), is one."""
    for r in range(1, grid.n_rows):
        above, here = grid.at[r - 1][c], grid.at[r][c]
        if above is here or not (_is_word(above) and _is_word(here)):
            continue
        joined = replace(above, raw=f"{above.raw}\n{here.raw}", text=above.text + here.text)
        put(grid, joined, range(above.row, here.row + here.rows), range(c, c + 1))


def _closed(grid: Grid, r: int) -> bool:
    """True for a row of totals or notes: nothing above reaches into it."""
    own = [s for s in grid.at[r] if s.row == r and not s.blank]
    return any(is_total(s.text) for s in own[:2]) or (len(own) == 1 and is_note(own[0].text))


def _band_between(grid: Grid, r: int) -> bool:
    """True when the row above is one cell over the whole width: no span reaches across it."""
    return grid.n_cols > 1 and grid.at[r - 1][0].cols == grid.n_cols


def _has_text(grid: Grid, r: int, roles: Roles) -> bool:
    """True when the row says anything beyond the shared columns: an empty row continues nothing."""
    own = [
        c for c in range(grid.n_cols) if roles.names[c] in ("requirement", "criteria", "evidence", "level", "scoring")
    ]
    return any(_starts(grid, r, c) for c in own)


def _within_groups(grid: Grid, c: int, levels: Sequence[int]) -> None:
    for r in range(1, grid.n_rows):
        if grid.at[r][c].blank and not _outer_starts(grid, r, levels) and not _band_between(grid, r):
            _merge_up(grid, r, c)


def _writes_out(grid: Grid, c: int, levels: Sequence[int]) -> bool:
    """True when the column repeats equal neighbours inside a group: its blanks then are empty cells."""
    return any(
        _starts(grid, r, c)
        and strip_whitespace(grid.at[r][c].text) == strip_whitespace(grid.at[r - 1][c].text)
        and not _outer_starts(grid, r, levels)
        for r in range(1, grid.n_rows)
    )


def spots_of_row(grid: Grid, r: int) -> list[Spot]:
    """The cells that touch row `r`, left to right, each once."""
    out: list[Spot] = []
    for spot in grid.at[r]:
        if not out or spot is not out[-1]:
            out.append(spot)
    return out
