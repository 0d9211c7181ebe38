"""Assign roles to all columns of a table at once.

A fitted model scores each column role by role (header words, contents, place); a beam searches the best assignments of
the whole table under weights for what a table seldom has. Several are kept: how far the best is ahead says how sure it
is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import exp, log
from typing import Final

from extractors.parsers.column_headers import normalize_header
from extractors.parsers.methods import method_share
from extractors.parsers.points import inline_points
from extractors.parsers.responsible_units import looks_like_party, names_units
from extractors.tables.align_header import align_header
from extractors.tables.body_columns import body_features
from extractors.tables.column_features import WORDY, ColumnFeatures, column_values
from extractors.tables.column_roles import ColumnRole, ColumnRoles, header_word_of
from extractors.tables.grid import Grid
from extractors.tables.linear_model import load_model
from extractors.tables.row_kinds import BodyRows
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
_FULLER: Final = 0.1
"""Cells with text per row that one of two columns of units has more than the other."""
_UNITS: Final = 0.5
"""Share of names of units below a header that names units."""
_EXPLAINED: Final = (ColumnRole.UNIT, ColumnRole.METHOD_MARK, ColumnRole.OTHER)
"""Roles of columns whose header is no word for a kind of column but a name."""
_FIGURES: Final = 0.8
"""2024-6-30, 待定, 5月1日, …: at least so much of a column of dates and numbers is one."""
_SPANNING: Final = 1.5
"""Mean rows of a cell: headings span several rows, items one."""
_ITEMS: Final = 0.7
"""So many cells of a column of items are numbered and state their points; some do neither."""
_PER_CENT: Final = re.compile(r"(?P<share>\d{1,3}(?:\.\d{1,2})?)[%％]")
_WHOLE: Final = 100
_FIGURE: Final = re.compile(r"[\d\-—./:：年月日时分号%％]+")
"""2024-6-30, 13900000000, 5月1日, 90%"""


@dataclass(frozen=True, slots=True)
class StructureWeights:
    """Log-odds of what a whole table seldom has; each field is followed by an example."""

    no_requirement: float = -6.0
    """序号 | 责任单位 | 完成时限: a table of tasks names what is to be done."""
    second_requirement: float = -15.0
    """考核内容 | 考核标准: one of two columns of sentences is the requirement."""
    requirement_of_figures: float = -10.0
    """手机号 | 开户日期 | 余额: dates and numbers ask for nothing, whatever else is missing."""
    mostly_figures: float = -6.0
    """项目名称 | 数量 | 单价 | 金额: names of things beside figures are no tasks."""
    stands_twice: float = -4.0
    """科目 | 金额 | 科目 | 金额: ledgers are printed in two halves."""
    second_points: float = -4.0
    """分值 | 得分: one column holds the points."""
    progress_as_points: float = -10.0
    """90%, 70%, 100%: shares of the whole add up to 100, how far each task is does not."""
    scoring_header: float = -1.5
    """评分标准 as the requirement although no other column says how points are given: the header is against it."""
    scoring_beside_requirement: float = -6.0
    """考核内容 | 评分标准: the headers say which one is to be done, however short it is."""
    requirement_over_items: float = -6.0
    """组织建设（12分） beside 1.按期换届（4分） and 2.党员大会（4分）: what spans numbered items is their heading."""
    second_scoring: float = -2.0
    """评分标准 | 扣分说明: where another column says how points are taken away, this one is the requirement."""
    level_behind_requirement: float = -2.0
    """考评标准 | 减分情形: a heading stands before what it heads."""
    lead_alone: float = -2.5
    """某某 over 县水务局、县林业局: units lead only where a header or a column beside them says so."""
    second_party: float = -3.0
    """谁挑头 | 谁搭手 over units: of two columns of units one leads or supports."""
    units_in_header: float = 4.0
    """领衔科室 over names of units: they are no headings, however many rows each spans."""
    lead_behind_support: float = -1.0
    """谁搭手 | 谁挑头, both in every row: the units that lead stand first unless a header says something else."""
    party_beside_support: float = -2.0
    """某某 | 配合单位: the units beside those that support lead, all of them."""
    support_fuller: float = -3.0
    """Somebody leads every duty; not every duty has somebody who supports."""
    support_alone: float = -6.0
    """配合单位 without a column of leading or responsible units."""


STRUCTURE: Final = StructureWeights()


@dataclass(frozen=True, slots=True)
class RoleAssignment:
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
    beam: list[tuple[tuple[float, ...], tuple[ColumnRole, ...]]] = [((), ())]
    for c, values in enumerate(column_values(columns, features)):
        options = _options(columns[c], features[c], model.log_probabilities(values))
        extended = [((*scores, value), (*roles, role)) for scores, roles in beam for role, value in options]
        extended.sort(key=lambda item: -(sum(item[0]) + _structure(item[1], columns, features, is_complete=False)))
        beam = extended[:_BEAM]
    found = [
        RoleAssignment(roles, sum(scores) + _structure(roles, columns, features, is_complete=True), scores)
        for scores, roles in beam
    ]
    found.sort(key=lambda one: -one.score)
    return [
        replace(one, roles=_settle_points(features, _settle_marks(columns, features, one.roles), one.scores))
        for one in found
    ]


def _settle_points(
    features: Sequence[ColumnFeatures], roles: tuple[ColumnRole, ...], scores: Sequence[float]
) -> tuple[ColumnRole, ...]:
    """Return the roles with one column of points; other numbers are kept as text, empty ones are boxes to fill in."""
    columns = [c for c, role in enumerate(roles) if role is ColumnRole.POINTS]
    if len(columns) < 2:
        return roles
    main = max(columns, key=lambda c: (bool(features[c].texts), scores[c]))
    out = list(roles)
    for c in columns:
        if c != main:
            out[c] = ColumnRole.OTHER if features[c].texts else ColumnRole.SCOREBOX
    return tuple(out)


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
        methods = sum(method_share(name) > _METHOD_HEADER for name in names)
        if len(group) == 1 and not units and not methods and len(features[group[0]].texts) < 2:
            # The same box in every row is to be ticked when the task is done.
            out[group[0]] = ColumnRole.SCOREBOX
        elif units * 2 < len(group):
            for c in group:
                out[c] = ColumnRole.METHOD_MARK
    return tuple(out)


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
    ranked = sorted(scores, key=lambda name: -scores[name])[:_ROLES_PER_COLUMN]
    return [(ColumnRole(name), scores[name]) for name in ranked if scores[name] > _LEAST]


def _structure(
    roles: Sequence[ColumnRole], columns: Sequence[str], features: Sequence[ColumnFeatures], *, is_complete: bool
) -> float:
    """Return the log-odds of an assignment as a whole; of a part only what no further column can mend."""
    score = 0.0
    requirements = roles.count(ColumnRole.REQUIREMENT)
    if requirements > 1:
        score += STRUCTURE.second_requirement * (requirements - 1)
    points = sum(role is ColumnRole.POINTS and bool(features[c].texts) for c, role in enumerate(roles))
    if points > 1:
        score += STRUCTURE.second_points * (points - 1)
    if ColumnRole.SUPPORT in roles:
        support = roles.index(ColumnRole.SUPPORT)
        leads = [c for c, role in enumerate(roles) if role in (ColumnRole.LEAD, ColumnRole.PARTY)]
        if any(roles[c] is ColumnRole.PARTY and not header_word_of(columns[c]).known for c in leads):
            score += STRUCTURE.party_beside_support
        more = max((features[support].filled - features[c].filled for c in leads), default=0.0)
        if more > _FULLER:
            score += STRUCTURE.support_fuller
        elif more > -_FULLER and any(c > support for c in leads):
            score += STRUCTURE.lead_behind_support
    score += STRUCTURE.second_party * max(roles.count(ColumnRole.PARTY) - 1, 0)
    if any(
        role is ColumnRole.POINTS and _shows_progress(features[c]) and not header_word_of(columns[c]).known
        for c, role in enumerate(roles)
    ):
        score += STRUCTURE.progress_as_points
    score += STRUCTURE.second_scoring * max(roles.count(ColumnRole.SCORING) - 1, 0)
    if requirements:
        requirement = roles.index(ColumnRole.REQUIREMENT)
        if _holds_figures(features[requirement]):
            score += STRUCTURE.requirement_of_figures
        if is_complete and _is_headed_scoring(columns[requirement]) and ColumnRole.SCORING not in roles:
            beside = any(_asks(column) and f.span < _SPANNING for column, f in zip(columns, features, strict=True))
            score += STRUCTURE.scoring_beside_requirement if beside else STRUCTURE.scoring_header
        if features[requirement].span >= _SPANNING and any(map(_holds_items, features[requirement + 1 :])):
            score += STRUCTURE.requirement_over_items
        score += STRUCTURE.level_behind_requirement * roles[requirement:].count(ColumnRole.LEVEL)
    if is_complete:
        if not requirements:
            score += STRUCTURE.no_requirement
        if ColumnRole.LEAD in roles and ColumnRole.SUPPORT not in roles:
            lead = roles.index(ColumnRole.LEAD)
            score += 0.0 if header_word_of(columns[lead]).role == ColumnRole.LEAD else STRUCTURE.lead_alone
        if ColumnRole.SUPPORT in roles and not {ColumnRole.LEAD, ColumnRole.PARTY}.intersection(roles):
            score += STRUCTURE.support_alone
    return score


def _shows_progress(f: ColumnFeatures) -> bool:
    """Return whether a column holds per cent that are no shares of 100, nor of 100 for each of several parts."""
    shares = [(_PER_CENT.fullmatch(text), n) for text, n in f.texts.items()]
    found = [Decimal(match["share"]) * n for match, n in shares if match]
    return bool(found) and len(found) == len(shares) and sum(found) % _WHOLE != 0


def _is_headed_scoring(column: str) -> bool:
    return header_word_of(column).role == ColumnRole.SCORING


def _asks(column: str) -> bool:
    """Return whether a header is rather a word for what is to be done (考核内容) than for a heading (考核项目)."""
    weights = header_word_of(column).weights
    return weights.get(ColumnRole.REQUIREMENT, 0.0) > weights.get(ColumnRole.LEVEL, 0.0)


def _holds_items(f: ColumnFeatures) -> bool:
    """Return whether the cells of a column are numbered items of their own row that state their points (（4分）)."""
    return f.span < _SPANNING and f.labelled > _ITEMS and f.share(inline_points) > _ITEMS


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """The columns of a body: names, the best assignments of roles, and the log-odds that it lists tasks."""

    columns: tuple[str, ...]
    assignments: tuple[RoleAssignment, ...]
    task_log_odds: float

    @property
    def roles(self) -> ColumnRoles:
        """The best roles, with the columns whose header the vocabulary lacks."""
        roles = self.assignments[0].roles
        unknown = [
            c
            for c, name in enumerate(self.columns)
            if normalize_header(name) and not header_word_of(name).known and roles[c] not in _EXPLAINED
        ]
        return ColumnRoles(roles, tuple(unknown))


def _lists_figures(features: Sequence[ColumnFeatures], roles: Sequence[ColumnRole]) -> bool:
    """Return whether most columns hold dates or numbers, and the requirement no sentences."""
    filled = [f for f, role in zip(features, roles, strict=True) if f.texts and role is not ColumnRole.SERIAL]
    if sum(map(_holds_figures, filled)) * 2 <= len(filled) or ColumnRole.REQUIREMENT not in roles:
        return False
    return features[roles.index(ColumnRole.REQUIREMENT)].sentence < WORDY


def _stands_twice(columns: Sequence[str]) -> bool:
    """Return whether a header is printed twice side by side (科目 | 金额 | 科目 | 金额), as ledgers are."""
    half = len(columns) // 2
    return half > 1 and any(columns[:half]) and tuple(columns[:half]) == tuple(columns[half : 2 * half])


def _holds_figures(f: ColumnFeatures) -> bool:
    """Return whether nearly all cells of a column are dates or numbers."""
    return f.share(_FIGURE.fullmatch) > _FIGURES


@dataclass(frozen=True, slots=True)
class ObservedColumns:
    """The columns of a body with their best assignments, and what is observed of the table: `TABLE_NAMES`."""

    names: tuple[str, ...]
    features: Sequence[ColumnFeatures]
    assignments: Sequence[RoleAssignment]
    values: Sequence[float]


def observe_columns(columns: Sequence[str], body: Grid) -> ObservedColumns:
    """Return the columns of a body under their best roles, the header laid over them if it has fewer cells."""
    features = body_features(body)
    names = tuple(columns)
    if names and any(names) and not names[-1] and features[-1].filled:
        names = align_header(names, features)
    found = assign_roles(names, features)
    adds_up = bool(BodyRows(body, ColumnRoles(found[0].roles, ())).by_sums)
    return ObservedColumns(names, features, found, table_values(names, features, found[0].roles, adds_up=adds_up))


def read_columns(columns: Sequence[str], body: Grid) -> ColumnReading:
    """Return how the columns of a body are understood, and whether it lists tasks."""
    observed = observe_columns(columns, body)
    roles = observed.assignments[0].roles
    odds = task_log_odds(observed.values, observed.names, roles)
    if _lists_figures(observed.features, roles):
        odds += STRUCTURE.mostly_figures
    if _stands_twice(observed.names):
        odds += STRUCTURE.stands_twice
    return ColumnReading(observed.names, tuple(observed.assignments), odds)
