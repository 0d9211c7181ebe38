"""Tables of one notice below the same header, or with columns of the same name, are read together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from extractors.tables.column_roles import ColumnRole
from extractors.tables.role_assignment import ColumnReading, RoleAssignment

_Roles = tuple[ColumnRole, ...]
_MOST_DOUBT: Final = 2.0
"""Difference of log-probabilities up to which the name of a column in another table decides."""
_NOT_PROPOSED: Final = 1.0
"""Log-probability below its worst assignment that a table gives to roles which only another table proposes."""


def settle_equal_headers(readings: Sequence[ColumnReading]) -> list[ColumnReading]:
    """Return the readings with the same roles wherever the headers are equal.

    协作科室 holds one unit in three rows of one table and 各科室 in ten of another: together they say which it is.
    The roles chosen have the highest sum of log-probabilities over the tables.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        if any(reading.columns):
            groups[reading.columns].append(number)
    settled = list(readings)
    for numbers in groups.values():
        group = [readings[number] for number in numbers]
        if len({reading.assignments[0].roles for reading in group}) > 1:
            ranked = _rank_together(group)
            for number in numbers:
                settled[number] = readings[number].with_assignments(ranked)
    return _settle_equal_names(settled)


def _settle_equal_names(readings: Sequence[ColumnReading]) -> list[ColumnReading]:
    """Return the readings with the same role for columns of the same name, where a table proposes it nearly as well.

    检验方式 is a column of methods in a table of sixty rows, and may as well be one of headings in a table of four.
    """
    weights: dict[str, dict[ColumnRole, float]] = defaultdict(lambda: defaultdict(float))
    for reading in readings:
        best, *others = reading.assignments
        margin = best.score - others[0].score if others else _MOST_DOUBT
        for name, role in zip(reading.columns, best.roles, strict=True):
            # Of two columns of one name in a table each may mean something else.
            if name and reading.columns.count(name) == 1:
                weights[name][role] += margin
    meant = {name: max(roles, key=roles.__getitem__) for name, roles in weights.items() if len(roles) > 1}
    return [_with_roles_of_names(reading, meant) for reading in readings]


def _with_roles_of_names(reading: ColumnReading, meant: Mapping[str, ColumnRole]) -> ColumnReading:
    for c, name in enumerate(reading.columns):
        best = reading.assignments[0]
        wanted = meant.get(name, best.roles[c])
        if wanted == best.roles[c] or reading.columns.count(name) > 1:
            continue
        other = next((one for one in reading.assignments if one.roles[c] == wanted), None)
        if other is not None and best.score - other.score < _MOST_DOUBT:
            rest = [one for one in reading.assignments if one is not other]
            reading = reading.with_assignments([other, *rest])
    return reading


def _rank_together(group: Sequence[ColumnReading]) -> list[RoleAssignment]:
    """Return the assignments of all readings, the best for all of them together first."""
    best: dict[_Roles, RoleAssignment] = {}
    scores: list[dict[_Roles, float]] = []
    for reading in group:
        own: dict[_Roles, float] = {}
        for one in reading.assignments:
            own.setdefault(one.roles, one.score)
            best.setdefault(one.roles, one)
        scores.append(own)
    lowest = [min(own.values()) - _NOT_PROPOSED for own in scores]
    total = {roles: sum(own.get(roles, low) for own, low in zip(scores, lowest, strict=True)) for roles in best}
    return [best[roles]._replace(score=total[roles]) for roles in sorted(total, key=lambda roles: -total[roles])]
