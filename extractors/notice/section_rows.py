"""Rows of their own in a table that open a section: units that do what follows, and where an outline leaves it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import pairwise
from typing import Final

from extractors.notice.prose_fields import is_unit, names_office
from extractors.parsers.item_labels import outline_number
from extractors.parsers.lead_rules import without_count
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import PARTY_ROLES
from extractors.tables.row_kinds import RowKind

_MIN_UNIT_SECTIONS: Final = 2
_UNIT_SECTIONS: Final = 0.8
"""Share of the rows right above tasks that are names of units, if they say who does what follows."""


def find_rows_beyond_outline(table: CleanTable) -> Set[int]:
    """Return the rows that no longer belong to the heading of an outline above: 3、 behind 2、, 2.1 and 2.2."""
    numbers = [_row_number(table, r) for r in range(table.grid.n_rows)]
    found: set[int] = set()
    open_number: tuple[int, ...] = ()
    for r, (kind, number) in enumerate(zip(table.kinds, numbers, strict=True)):
        if kind is RowKind.BAND:
            open_number = number if numbers[r + 1 : r + 2] == [(*number, 1)] else ()
        elif kind is RowKind.TASK and open_number and len(number) == len(open_number) and number > open_number:
            found.add(r)
            open_number = ()
    return found


def _row_number(table: CleanTable, r: int) -> tuple[int, ...]:
    own = next((cell.text for cell in table.grid.cells_of_row(r) if cell.row == r and cell.text), "")
    return outline_number(own)


def find_unit_sections(table: CleanTable) -> Mapping[int, str]:
    """Return the rows of their own that are names of units, by row, of a table without a column of units.

    They say who does what follows (县教育局 above its duties), where most rows right above tasks do.
    """
    if table.roles.columns(*PARTY_ROLES):
        return {}
    own = [r for r, (kind, below) in enumerate(pairwise(table.kinds)) if (kind, below) == (RowKind.BAND, RowKind.TASK)]
    texts = {r: next((cell.raw for cell in table.grid.cells[r] if cell.text), "") for r in own}
    texts = {r: without_count(text) for r, text in texts.items()}
    units = {r: text for r, text in texts.items() if is_unit(text)}
    # 社区 and 医院 alone may be places to look at.
    n_offices = sum(map(names_office, units.values()))
    are_units = len(units) >= max(_MIN_UNIT_SECTIONS, _UNIT_SECTIONS * len(own)) and 2 * n_offices > len(units)
    return units if are_units else {}
