"""The fields that stand in the requirement cells of a table without columns for units: （责任部门：…；完成时限：…）."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from extractors.notice.prose_fields import DUTY_ROLES, FoundFields, take_fields, take_units_at_end
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import PARTY_ROLES

_MIN_SHARE: Final = 0.5
"""A bracket that ends a text may name who is meant (各社区); where so many end with units, they say who does it."""


def read_cell_fields(table: CleanTable) -> Mapping[int, FoundFields]:
    """Return the fields in the requirement cells of a table by the row of the task, {} if its columns name the units.

    Labelled fields are taken wherever they stand; names of units in a bracket only where most cells end with some.
    """
    c = table.roles.requirement
    if c is None or table.roles.columns(*PARTY_ROLES):
        return {}
    rows = table.task_rows()
    texts = {r: table.grid.cell(r, c).text for r in rows}
    taken = {r: take_fields(text) for r, text in texts.items()}
    labelled = {r: found for r, found in taken.items() if found.has(DUTY_ROLES)}
    ends = {r: take_units_at_end(text) for r, text in texts.items() if r not in labelled}
    ended = {r: found for r, found in ends.items() if found is not None}
    return labelled | ended if len(labelled) + len(ended) >= _MIN_SHARE * len(rows) else labelled
