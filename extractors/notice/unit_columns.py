"""Columns of units that their contents or the notice tell: 考核项目 over 县城管局, 县水利局 names who is assessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from extractors.parsers.matrix_marks import settle_mark_roles
from extractors.parsers.responsible_units import heads_units, is_office, looks_like_party
from extractors.parsers.unit_abbreviations import read_abbreviations
from extractors.parsers.unit_names import has_unit_suffix
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import PARTY_ROLES, ColumnRole, ColumnRoles


@dataclass(frozen=True, slots=True)
class UnitColumnBounds:
    """When a level column holds units. Every field is followed by an example that it decides."""

    min_names: int = 2
    """县城管局 alone, over the whole table, may be the issuer:"""
    units: float = 0.9
    """县城管局, 县水利局, 城区管理: at least so much of the names must end like units,"""
    offices: float = 0.6
    """社区, 学校, 县民政局: and so much of them like an office, because places are listed as levels too."""


BOUNDS = UnitColumnBounds()


def settle_unit_columns(table: CleanTable, lines: Iterable[str] = ()) -> CleanTable:
    """Return the table with its level columns of units as party columns, if it has no other column of parties.

    Ticks below names that the notice explains as units (宣传指县委宣传部) are those of units.

    Args:
        table: the table.
        lines: the lines of the notice that may explain names.
    """
    roles = table.roles
    if ticked := roles.columns(ColumnRole.METHOD_MARK):
        heads = {table.columns[c].rpartition("/")[2] for c in ticked}
        explained = read_abbreviations(lines, lambda name: name in heads or has_unit_suffix(name))
        if 2 * len(heads & explained.keys()) >= len(heads):
            names = tuple(ColumnRole.UNIT if c in ticked else role for c, role in enumerate(roles.names))
            return table.with_roles(ColumnRoles(names, roles.unknown))
    if roles.columns(*PARTY_ROLES):
        return table
    columns = [c for c in roles.columns(ColumnRole.LEVEL) if _holds_units(table, c)]
    if not columns:
        return table
    names = tuple(ColumnRole.PARTY if c in columns else role for c, role in enumerate(roles.names))
    return table.with_roles(ColumnRoles(names, roles.unknown))


def read_matrix_roles(table: CleanTable, explained: Mapping[str, str]) -> dict[str, str]:
    """Return mark → role for the marks below the names of units; `explained` is what the notice says of marks."""
    columns = table.roles.columns(ColumnRole.UNIT)
    rows = [[table.grid.cell(r, c).text for c in columns] for r in table.task_rows()]
    return settle_mark_roles(rows, explained)


def _holds_units(table: CleanTable, c: int) -> bool:
    names = {cell.text for cell in table.grid.column(c) if cell.text}
    if len(names) < BOUNDS.min_names:
        return False
    units = [name for name in names if looks_like_party(name) and not heads_units(name)]
    offices = [name for name in units if is_office(name)]
    return len(units) >= BOUNDS.units * len(names) and len(offices) >= BOUNDS.offices * len(names)
