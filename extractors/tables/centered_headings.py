"""Headings printed in the middle of their span: the marks of the items tell where each group begins."""

from __future__ import annotations

from dataclasses import replace

from extractors.parsers.item_labels import split_label
from extractors.tables.column_roles import Roles
from extractors.tables.grid import Grid, put


def _runs(numbers: list[int | None]) -> list[range]:
    """Rows cut where the item numbers begin again at 1."""
    starts = [0] + [r for r, n in enumerate(numbers) if r and n == 1]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(numbers)], strict=True)]


def regroup(grid: Grid, roles: Roles) -> None:
    """Give every run of items 1, 2, 3 … the heading that stands beside any of them. Works in place.

    Nothing happens unless a run begins beside a blank heading cell and has its heading lower down, which no table
    with headings on their first row shows.
    """
    levels, requirement = roles.columns("level"), roles.requirement
    if grid.spans_known or len(levels) != 1 or requirement is None or not grid.n_rows:
        return
    column = levels[0]
    items = [split_label(grid.at[r][requirement].text) for r in range(grid.n_rows)]
    runs = _runs([i.number if i.label and i.label[0] not in "（(" else None for i in items])
    headed = [[r for r in run if grid.at[r][column].text] for run in runs]
    middle = [rows[0] for rows in headed if rows and (items[rows[0]].number or 1) > 1]
    if not middle or sum(bool(rows) for rows in headed) * 2 < len(runs) or len(runs) < 3:
        return
    for run, rows in zip(runs, headed, strict=True):
        stop = run.stop
        if not rows:
            continue
        later = [r for r in rows[1:] if (items[r].number is None and items[r].label is None) or _opens(items[r].label)]
        stop = later[0] if later else stop
        spot = grid.at[rows[0]][column]
        put(
            grid, replace(spot, row=run.start, rows=stop - run.start), range(run.start, stop), range(column, column + 1)
        )


def _opens(label: str | None) -> bool:
    return label is not None and label[0] in "（(" and "一" in label
