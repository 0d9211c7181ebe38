"""Tables of one notice below the same header: their columns mean the same, so they are read together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from extractors.tables.column_roles import ColumnRole
from extractors.tables.role_assignment import ColumnReading, RoleAssignment

_Roles = tuple[ColumnRole, ...]
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
    return settled


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
