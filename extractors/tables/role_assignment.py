"""Assign roles to all columns of a table at once.

A fitted model scores each column role by role (header words, contents, place); a beam searches the best assignments of
the whole table under weights for what a table seldom has. Several are kept: how far the best is ahead says how sure it
is.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import exp, log
from typing import Final, NamedTuple

from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import counts_things, normalize_header, speaks_of_points
from extractors.parsers.methods import method_share
from extractors.parsers.points import header_sign, signed_points
from extractors.parsers.responsible_units import looks_like_party, names_single_office, names_units
from extractors.tables.align_header import align_header
from extractors.tables.body_columns import body_features
from extractors.tables.column_features import HEADER_START, ColumnFeatures, column_values
from extractors.tables.column_roles import MARK_ROLES, ColumnRole, ColumnRoles, header_word_of, names_period
from extractors.tables.grid import Grid
from extractors.tables.linear_model import load_model
from extractors.tables.points_in_parts import find_points
from extractors.tables.row_kinds import BodyRows
from extractors.tables.table_structure import STRUCTURE, TableStructure
from extractors.tables.task_tables import table_values, task_log_odds

_BEAM: Final = 12
"""Assignments kept from column to column."""
_ROLES_PER_COLUMN: Final = 5
_LEAST: Final = -9.0
"""Log-probability below which a role is absurd for a column: a number of points is no unit."""
_METHOD_HEADER: Final = 0.8
"""材料审核 over √: at least so much of the header must be words of methods."""
_ORDERED_UNITS: Final = (ColumnRole.LEAD, ColumnRole.SUPPORT)
_UNIT_ROLES: Final = (ColumnRole.PARTY, *_ORDERED_UNITS)
_LEAST_UNIT_ROLE: Final = -1.4
"""谁搭手: how much an unknown header word can say against units that lead or support, in log-odds."""
_LEAST_LEADER: Final = -1.4
"""跑腿的: how much an unknown header word can say against persons that lead, in log-odds."""
_LONGEST_MARK: Final = 6.0
"""★（牵头）: longer texts below the name of a unit, on the average, are no ticks."""
_LONGEST_SHORT_NAME: Final = 4
"""发改统计: characters of a short name of a unit above a column of marks."""
_NUMBERS: Final = 0.8
"""Share of numbers in a column of points."""
_UNITS: Final = 0.5
"""Share of names of units below a header that names units."""
_IDEOGRAPH: Final = re.compile(r"[\u3400-\u9fff]")
_BRACKET_OR_COLON: Final = re.compile("[（(：:]")
"""备注（完成时限）, 牵头单位：…: what says that a remark is something else."""
_CODES: Final = 0.8
"""Share of codes in a column of them."""
_MANY_REMARKS: Final = 0.3
"""Share of the rows that have something below 备注; a few cells alone (时长同步录入) do not say that it means else."""
_MIN_COUNTED: Final = 2
"""Numbers above 1 that are those of the rows beside them; one may be by chance."""
_EXPLAINED: Final = (*MARK_ROLES, ColumnRole.OTHER)
"""Roles of columns whose header is no word for a kind of column but a name."""


class _Partial(NamedTuple):
    """Roles of the first columns: the sum of their log-probabilities, what speaks against them together, and each."""

    total: float
    structure: float
    scores: tuple[float, ...]
    roles: tuple[ColumnRole, ...]


class RoleAssignment(NamedTuple):
    """Roles of all columns with their total log-probability."""

    roles: tuple[ColumnRole, ...]
    score: float
    scores: tuple[float, ...]
    """The log-probability of each role."""


def assign_roles(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> list[RoleAssignment]:
    """Return the best assignments of roles to columns, the best first.

    Args:
        columns: the header text of each column, rows of a header joined by `/`.
        features: the features of each column.
    """
    model = load_model("columns")
    structure = TableStructure(columns, features)
    beam = [_Partial(0.0, 0.0, (), ())]
    for c, values in enumerate(column_values(columns, features)):
        scores = model.log_probabilities(values[:HEADER_START], tuple(values[HEADER_START:]))
        beam = _extend(beam, _options(columns[c], features[c], scores), structure)
    found = [
        RoleAssignment(one.roles, one.total + structure.score(one.roles, one.structure), one.scores) for one in beam
    ]
    found.sort(key=lambda one: -one.score)
    return [one._replace(roles=_settle(columns, features, one)) for one in found]


def _extend(
    beam: Sequence[_Partial], options: Sequence[tuple[ColumnRole, float]], structure: TableStructure
) -> list[_Partial]:
    """Return the best assignments with one more column, the best first; structure only takes away from their sums."""
    steps = sorted(
        (-(one.total + value), i, one, role, value) for i, (one, (role, value)) in enumerate(product(beam, options))
    )
    best: list[tuple[float, int, _Partial]] = []
    for less, i, one, role, value in steps:
        if len(best) == _BEAM and best[-1][0] < less:
            break
        # Most steps are left out here, by what speaks against the columns before.
        if len(best) == _BEAM and best[-1][0] < less - one.structure:
            continue
        against = one.structure + structure.added(one.roles, role)
        insort(best, (less - against, i, _Partial(-less, against, (*one.scores, value), (*one.roles, role))))
        del best[_BEAM:]
    return [partial for _, _, partial in best]


def _settle(columns: Sequence[str], features: Sequence[ColumnFeatures], one: RoleAssignment) -> tuple[ColumnRole, ...]:
    roles = _settle_marks(columns, features, _settle_groups_of_units(columns, features, one.roles))
    return _settle_points(columns, features, roles, one.scores)


def _settle_groups_of_units(
    columns: Sequence[str], features: Sequence[ColumnFeatures], roles: tuple[ColumnRole, ...]
) -> tuple[ColumnRole, ...]:
    """Return the roles with what groups the units of the next column, below the same header, as their heading.

    考核项目 over 重点责任部门 | 县住建局, 县公安局: the first names no office, and each of its cells spans several.
    """
    out = list(roles)
    for c, (left, right) in enumerate(pairwise(features)):
        is_same = columns[c] == columns[c + 1] and {roles[c], roles[c + 1]} <= {*_UNIT_ROLES}
        if is_same and left.span > right.span and not left.share(names_single_office):
            out[c] = ColumnRole.LEVEL
    return tuple(out)


def _settle_points(
    columns: Sequence[str], features: Sequence[ColumnFeatures], roles: tuple[ColumnRole, ...], scores: Sequence[float]
) -> tuple[ColumnRole, ...]:
    """Return the roles with one column of points; other numbers are kept as text, empty ones are boxes to fill in.

    Where no other column holds points, those that are added are: +3, or 3 below 加分值.
    """
    out = list(roles)
    points = [c for c, role in enumerate(roles) if role is ColumnRole.POINTS]
    if not points:
        boxes = [c for c, role in enumerate(roles) if role is ColumnRole.SCOREBOX]
        for c in [c for c in boxes if _holds_added_points(columns[c], features[c])][:1]:
            out[c] = ColumnRole.POINTS
    elif len(points) > 1:
        main = max(points, key=lambda c: (bool(features[c].texts), scores[c]))
        for c in points:
            if c != main:
                out[c] = ColumnRole.OTHER if features[c].texts else ColumnRole.SCOREBOX
    return tuple(out)


def _holds_added_points(column: str, f: ColumnFeatures) -> bool:
    """Return whether nearly every row has a number below a header of added points, or one with a sign."""
    if f.filled <= _NUMBERS:
        return False
    is_below_sign = header_sign(column) == "+" and f.number > _NUMBERS
    return is_below_sign or f.share(lambda text: bool(signed_points(text))) > _NUMBERS


def _settle_marks(
    columns: Sequence[str], features: Sequence[ColumnFeatures], roles: tuple[ColumnRole, ...]
) -> tuple[ColumnRole, ...]:
    """Return the roles with ticks below names of methods told from those below units, and boxes from both.

    Neighbours under one upper header are of one kind: 核验路径 over 查台账, 看现场, 问群众.
    """
    out = list(roles)
    marked = [c for c, role in enumerate(roles) if role is ColumnRole.UNIT]
    for group in _groups(columns, marked):
        names = [columns[c].rsplit("/", maxsplit=1)[-1] for c in group]
        units = sum(looks_like_party(name) for name in names)
        months = sum(map(names_period, names))
        methods = sum(method_share(name) > _METHOD_HEADER for name in names)
        are_short = len(group) > 1 and all(len(name) <= _LONGEST_SHORT_NAME for name in names)
        kinds = {text for c in group for text in features[c].texts if are_short}
        if len(group) == 1 and not units and not methods and len(features[group[0]].texts) < 2:
            # The same box in every row is to be ticked when the task is done.
            out[group[0]] = ColumnRole.SCOREBOX
        elif months * 2 > len(group):
            for c in group:
                out[c] = ColumnRole.MONTH_MARK
        elif units * 2 < len(group) and not _are_units(columns[group[0]].rpartition("/")[0], methods, kinds):
            for c in group:
                out[c] = ColumnRole.METHOD_MARK
    return tuple(out)


def _are_units(upper: str, methods: int, kinds: Set[str]) -> bool:
    """Return whether ticked columns are units, although their names do not end like some: 宣传, 教体, 住建.

    The upper header says so, or there are ticks of two kinds (● and ▲ tell who leads) and none is below a method.
    """
    if upper and (names_units(upper) or header_word_of(upper).role in _UNIT_ROLES):
        return True
    return not methods and len(kinds) > 1


def _groups(columns: Sequence[str], marked: Sequence[int]) -> list[list[int]]:
    """Return the marked columns by their upper header; those without one that are neighbours belong together."""
    groups: list[list[int]] = []
    for c in marked:
        upper = columns[c].rpartition("/")[0]
        last = groups[-1] if groups else None
        if last is not None and last[-1] == c - 1 and columns[last[-1]].rpartition("/")[0] == upper:
            last.append(c)
        else:
            groups.append([c])
    return groups


def _options(column: str, f: ColumnFeatures, scores: dict[str, float]) -> list[tuple[ColumnRole, float]]:
    if not f.texts and not normalize_header(column):
        return [(ColumnRole.OTHER, 0.0)]
    if not header_word_of(column).known:
        # Contents say that a column holds units; which of them lead is said by its header or by a column beside it.
        units = log(sum(exp(scores[name]) for name in _UNIT_ROLES))
        named = STRUCTURE.units_in_header if names_units(column) and f.party > _UNITS else 0.0
        least = {name: max(scores[name], units + _LEAST_UNIT_ROLE) + named for name in _ORDERED_UNITS}
        scores = scores | least | {ColumnRole.PARTY: units + named}
        scores[ColumnRole.LEADER] = max(scores[ColumnRole.LEADER], scores[ColumnRole.PERSON] + _LEAST_LEADER)
    # A mark below the name of a unit is no unit itself.
    if f.length > _LONGEST_MARK or f.party > _UNITS:
        scores = {name: score for name, score in scores.items() if name != ColumnRole.UNIT}
    # Ⅰ-1, 2-3: codes alone number what stands beside them and name nothing.
    if f.coded > _CODES and not f.share(_IDEOGRAPH.search) and "月" not in column:
        scores = {name: score for name, score in scores.items() if name != ColumnRole.LEVEL}
    is_remark = header_word_of(column).role == ColumnRole.REMARK and not _BRACKET_OR_COLON.search(column)
    if is_remark and f.filled < _MANY_REMARKS and not f.share(_BRACKET_OR_COLON.search):
        return [(ColumnRole.REMARK, 0.0)]
    if counts_things(column) and f.number > _NUMBERS:
        return [(ColumnRole.OTHER, 0.0)]
    ranked = sorted(scores, key=lambda name: -scores[name])[:_ROLES_PER_COLUMN]
    return [(ColumnRole(name), scores[name]) for name in ranked if scores[name] > _LEAST]


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """A body: names of columns, best assignments of roles, log-odds that it lists tasks, its rows under the best."""

    columns: tuple[str, ...]
    assignments: tuple[RoleAssignment, ...]
    task_log_odds: float
    rows: BodyRows

    @property
    def roles(self) -> ColumnRoles:
        """The best roles."""
        return self.rows.roles

    def with_assignments(self, assignments: Sequence[RoleAssignment]) -> ColumnReading:
        """Return the reading with other assignments, the best first."""
        roles = assignments[0].roles
        rows = BodyRows(self.rows.grid, ColumnRoles(roles, _unknown_columns(self.columns, roles)))
        return replace(self, assignments=tuple(assignments), rows=rows)


@dataclass(frozen=True, slots=True)
class ObservedColumns:
    """The columns of a body with their best assignments, its rows, and what is observed of the table: `TABLE_NAMES`."""

    names: tuple[str, ...]
    features: Sequence[ColumnFeatures]
    assignments: Sequence[RoleAssignment]
    rows: BodyRows
    values: Sequence[float]


def _with_points(roles: tuple[ColumnRole, ...], main: int, parts: Sequence[int]) -> tuple[ColumnRole, ...]:
    """Return the roles with the points in one of several columns of figures that belong together."""
    if ColumnRole.POINTS not in {roles[c] for c in (main, *parts)}:
        return roles
    settled = dict.fromkeys(parts, ColumnRole.OTHER) | {main: ColumnRole.POINTS}
    return tuple(settled.get(c, role) for c, role in enumerate(roles))


def _without_points(roles: tuple[ColumnRole, ...], counting: Set[int]) -> tuple[ColumnRole, ...]:
    return tuple(
        ColumnRole.OTHER if c in counting and role is ColumnRole.POINTS else role for c, role in enumerate(roles)
    )


def _counts_rows(body: Grid, c: int) -> bool:
    """Return whether each number of a column is that of the rows beside it: 任务数 4 over four tasks."""
    column = [cell for cell in body.column(c) if cell.text]
    ends = [*(cell.row for cell in column[1:]), body.n_rows]
    beside = [end - cell.row for cell, end in zip(column, ends, strict=True)]
    is_count = all(strip_whitespace(cell.text) == str(n) for cell, n in zip(column, beside, strict=True))
    return is_count and sum(n > 1 for n in beside) >= _MIN_COUNTED


def observe_columns(columns: Sequence[str], body: Grid) -> ObservedColumns:
    """Return the columns of a body under their best roles, the header laid over them if it has fewer cells."""
    features = body_features(body)
    names = tuple(columns)
    if names and any(names) and not names[-1] and features[-1].filled:
        names = align_header(names, features)
    found = assign_roles(names, features)
    numbers = [c for c, f in enumerate(features) if f.number > _NUMBERS]
    counting = {c for c in numbers if not speaks_of_points(names[c]) and _counts_rows(body, c)}
    if counting:
        found = [one._replace(roles=_without_points(one.roles, counting)) for one in found]
    points = find_points(names, body, [c for c in numbers if c not in counting])
    found = [one._replace(roles=_with_points(one.roles, *points)) for one in found] if points else found
    roles = found[0].roles
    rows = BodyRows(body, ColumnRoles(roles, _unknown_columns(names, roles)))
    return ObservedColumns(
        names, features, found, rows, table_values(names, features, roles, adds_up=bool(rows.by_sums))
    )


def _unknown_columns(names: Sequence[str], roles: Sequence[ColumnRole]) -> tuple[int, ...]:
    """Return the columns whose header the vocabulary lacks."""
    return tuple(
        c
        for c, name in enumerate(names)
        if normalize_header(name) and not header_word_of(name).known and roles[c] not in _EXPLAINED
    )


def read_columns(columns: Sequence[str], body: Grid) -> ColumnReading:
    """Return how the columns of a body are understood, and whether it lists tasks."""
    observed = observe_columns(columns, body)
    roles = observed.assignments[0].roles
    odds = task_log_odds(observed.values, observed.names, roles)
    odds += TableStructure(observed.names, observed.features).score_tasks(roles)
    return ColumnReading(observed.names, tuple(observed.assignments), odds, observed.rows)
