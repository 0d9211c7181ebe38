"""Tables of a document that hold cards: each card may be a table of its own, below its title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from extractors.document import Table
from extractors.parsers.column_headers import normalize_header
from extractors.tables.cards import LEAST_LABELS, can_be_label, lay_out_cards
from extractors.tables.confidence import MAX_LOG_ODDS
from extractors.tables.grid import GridCell, build_grid, concat, take_rows
from extractors.tables.header import Header, column_names
from extractors.tables.table_parts import TablePart

_MOSTLY: Final = 0.5


class PlacedTable(NamedTuple):
    """A table of a document, its zero-based number and its title."""

    ordinal: int
    table: Table
    title: str | None


def find_runs(tables: Sequence[PlacedTable]) -> Iterator[Sequence[PlacedTable]]:
    """Yield the tables that hold cards of one kind together, each other table by itself."""
    starts = [i for i in range(len(tables)) if not i or not _share_labels(tables[i - 1].table, tables[i].table)]
    for start, stop in pairwise([*starts, len(tables)]):
        run = tables[start:stop]
        if len(run) == 1 or read_cards(run) is not None:
            yield run
        else:
            yield from ([table] for table in run)


def read_cards(run: Sequence[PlacedTable]) -> TablePart | None:
    """Return a table with a row for each card of tables that follow each other, None where they hold no cards."""
    grids = [build_grid(one.table) for one in run]
    starts = accumulate((grid.n_rows for grid in grids[:-1]), initial=0)
    # The title of the first table is that of all, unless others have their own.
    others = [one.title for one in run[1:] if one.title]
    are_own = len(set(others)) > _MOSTLY * len(others)
    titles = [
        (r, GridCell(0, 0, one.title, one.title, one.table.locator))
        for r, one in zip(starts, run, strict=True)
        if one.title and are_own
    ]
    found = lay_out_cards(reduce(concat, grids), titles)
    if found is None:
        return None
    grid, start = found.grid, found.n_above
    header = Header(start, start + 1, column_names(grid, start, start + 1), MAX_LOG_ODDS)
    head, body = take_rows(grid, [start]), take_rows(grid, range(start + 1, grid.n_rows))
    return TablePart(
        [one.ordinal for one in run], None if are_own else run[0].title, header, head, body,
        take_rows(grid, range(start)), run[0].table.locator, run[0].table.first_page, run[-1].table.last_page,
        found.dropped,
    )  # fmt: skip


def _share_labels(one: Table, other: Table) -> bool:
    """Return whether two tables of one width have labels in common, of the first column too."""
    if one.n_cols != other.n_cols:
        return False
    labels = {(cell.col, normalize_header(cell.text)) for cell in one.cells if can_be_label(cell.text)}
    common = labels.intersection((cell.col, normalize_header(cell.text)) for cell in other.cells)
    return len(common) >= LEAST_LABELS - 1 and any(col == 0 for col, _ in common)
