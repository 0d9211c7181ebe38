"""How sure a reading is, and what it says in words.

The distances to the next best header, assignment of roles and kinds of rows, and what the arithmetic of the table says,
are weighed by a fitted model: its probability that the reading is right is the confidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import exp, log
from typing import Final

from extractors.layouts import show_name
from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import speaks_of_points
from extractors.parsers.methods import method_share
from extractors.parsers.points import cell_points
from extractors.tables.column_roles import MARK_ROLES, ColumnRole, ColumnRoles, header_word_of
from extractors.tables.grid import Grid
from extractors.tables.header import Header
from extractors.tables.linear_model import load_model
from extractors.tables.role_assignment import ColumnReading, RoleAssignment
from extractors.tables.row_kinds import RowKind

NO_TASKS: Final = "不含任务的表"
"""The reading of a table that is no list of tasks."""
RIGHT, WRONG = "right", "wrong"
CONFIDENCE_NAMES: Final = (
    "header_margin", "header_found", "column_margin", "least_column", "mean_column", "least_row", "row_doubt", "tasks",
    "known_share", "total_agrees", "total_differs", "rows", "sections", "continuations", "levels", "parties",
    "requirement_score", "unknown_words",
)  # fmt: skip
"""The observed values of a reading in the order of `confidence_values`."""
MAX_LOG_ODDS: Final = 8.0
"""Log-odds beyond this are certain."""
_MOST_UNKNOWN: Final = 6
"""More unknown header words are no more doubtful."""
_NO_FACTS: Final = frozenset({ColumnRole.REMARK, ColumnRole.SCOREBOX, ColumnRole.OTHER})
"""Roles whose cells give the same facts."""
_EXTREME: Final = 50.0
"""Log-odds that a probability is computed of."""
_ORDERED: Final = (ColumnRole.LEAD, ColumnRole.SUPPORT)
_UNITS: Final = (*_ORDERED, ColumnRole.PARTY)
LEADS_BY_RESEMBLANCE: Final = 0.75
"""谁挑头 | 谁搭手: which of two columns of units leads is a guess at words there; some such guesses are wrong."""
_TOLERANCE: Final = Decimal("0.01")
_FULL_MARKS: Final = Decimal(100)
_IN_WORDS: Final = re.compile(r"\d\s?分(?![钟之布])")
"""缺一项扣1分: what a table says whose numbers are points."""
_LONGEST_UNIT: Final = 8
"""县退役军人事务局: characters of the longest name above a tick that may be a unit's."""
OPEN_CONFIDENCE: Final = 0.5
"""方面 | 优 | 良 over sentences: a table that seems to list no tasks, and of which nothing says what else it is."""


def confidence_values(
    header: Header, read: ColumnReading, body: Grid, kinds: Sequence[RowKind], margins: Sequence[float]
) -> list[float]:
    """Return what is observed of a reading: the values of `CONFIDENCE_NAMES`.

    Args:
        header: the header with its margin.
        read: the roles of the columns.
        body: the rows below the header.
        kinds: the kind of each row.
        margins: the log-odds of each kind against the next best one.
    """
    best = read.assignments[0]
    scores = [max(score, -MAX_LOG_ODDS) for score in best.scores]
    other = alternative_roles(read)
    roles = best.roles
    known = [
        header_word_of(column).known
        for column, role in zip(read.columns, best.roles, strict=True)
        if column and role not in MARK_ROLES
    ]
    requirement = roles.index(ColumnRole.REQUIREMENT) if ColumnRole.REQUIREMENT in roles else None
    agrees, differs = _compare_total(roles, body, kinds)
    n = max(len(kinds), 1)
    return [
        min(header.margin, MAX_LOG_ODDS),
        float(header.is_found),
        min(best.score - other.score, MAX_LOG_ODDS) if other else MAX_LOG_ODDS,
        min(scores, default=0.0),
        sum(scores) / max(len(scores), 1),
        min([*margins, MAX_LOG_ODDS]),
        sum(1 / (1 + exp(min(margin, 50.0))) for margin in margins) / n,
        max(-MAX_LOG_ODDS, min(read.task_log_odds, MAX_LOG_ODDS)),
        sum(known) / max(len(known), 1),
        float(agrees),
        float(differs),
        log(n),
        kinds.count(RowKind.BAND) / n,
        kinds.count(RowKind.REST) / n,
        float(ColumnRole.LEVEL in roles),
        float(bool({ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.UNIT}.intersection(roles))),
        scores[requirement] if requirement is not None else -MAX_LOG_ODDS,
        float(min(len(known) - sum(known), _MOST_UNKNOWN)),
    ]


def posterior(header: Header, read: ColumnReading, margins: Sequence[float]) -> float:
    """Return the probability of a reading among its alternatives: other roles, another header, other rows, no tasks.

    The fitted confidence knows how often such readings are right; this one knows the alternatives of this table.

    Args:
        header: the header with its margin.
        read: the assignments of roles.
        margins: the log-odds of the kind of each row against the next best one.
    """
    best = read.assignments[0]
    ratios: dict[tuple[ColumnRole, ...], float] = {}
    for one in read.assignments[1:]:
        if _facts(one.roles) != _facts(best.roles):
            ratios.setdefault(_facts(one.roles), exp(one.score - best.score))
    least = [
        1 / (1 + sum(ratios.values())),
        _probability(header.margin),
        _probability(min(margins, default=MAX_LOG_ODDS)),
        _probability(read.task_log_odds),
    ]
    if _leads_by_resemblance(read):
        least.append(LEADS_BY_RESEMBLANCE)
    return round(min(least), 3)


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-max(-_EXTREME, min(log_odds, _EXTREME))))


def _leads_by_resemblance(read: ColumnReading) -> bool:
    """Return whether unknown header words alone say which of several columns of units leads."""
    columns = [c for c, role in enumerate(read.assignments[0].roles) if role in _UNITS]
    words = [header_word_of(read.columns[c]).role for c in columns]
    return len(columns) > 1 and None in words and not {*_ORDERED}.intersection(words)


def find_ticked_names(columns: Sequence[str], roles: Sequence[ColumnRole]) -> list[str]:
    """Return the names above ticks that are taken for methods although none of them is known as one: 宣传, 教体."""
    names = [columns[c].rpartition("/")[2] for c, role in enumerate(roles) if role is ColumnRole.METHOD_MARK]
    return [] if any(method_share(name) or len(name) > _LONGEST_UNIT for name in names) else names


def find_unproven_points(
    columns: Sequence[str], roles: Sequence[ColumnRole], body: Grid, kinds: Sequence[RowKind]
) -> str | None:
    """Return the header of a column of numbers that nothing but their look says to be points: 点位数量, 目标值.

    Its header speaks of points, or some text of the table does (缺一项扣1分), or they are together 100.
    """
    if ColumnRole.POINTS not in roles:
        return None
    column = roles.index(ColumnRole.POINTS)
    if speaks_of_points(columns[column]) or any(map(speaks_of_points, columns)):
        return None
    if any(_IN_WORDS.search(cell.text) for cell in body.unique_cells()):
        return None
    cells = [body.cell(r, column) for r, kind in enumerate(kinds) if kind is RowKind.TASK]
    total = sum((cell_points(cell.text) or Decimal() for cell in cells), Decimal())
    return None if total == _FULL_MARKS else columns[column]


def other_confidence(task_log_odds: float) -> float:
    """Return the probability that a table that was read as one without tasks has none."""
    return round(_probability(-task_log_odds), 3)


def confidence(values: Sequence[float]) -> float:
    """Return the probability that a reading with these values is right."""
    return round(exp(load_model("confidence").log_probabilities(values)[RIGHT]), 3)


def alternative_roles(read: ColumnReading) -> RoleAssignment | None:
    """Return the best assignment of roles that gives other facts, None if there is none."""
    best = _facts(read.assignments[0].roles)
    return next((one for one in read.assignments[1:] if _facts(one.roles) != best), None)


def describe_reading(header: Header, columns: Sequence[str], roles: ColumnRoles, kinds: Sequence[RowKind]) -> str:
    """Return in Chinese how a table was understood."""
    parts = []
    if header.is_found:
        first, last = header.start + 1, header.stop
        parts.append(f"第{first}行为表头" if first == last else f"第{first}至{last}行为表头")
    else:
        parts.append("没有表头")
    named = [f"“{name}”为{show_name('columns', role)}" for name, role in zip(columns, roles.names, strict=True) if name]
    parts.append("，".join(named))
    counted = [(kinds.count(kind), word) for kind, word in _COUNTED if kinds.count(kind)]
    parts.append("，".join(f"{word}{count}行" for count, word in counted))
    return "；".join(filter(None, parts))


_DOUBTFUL_ROW: Final = 0.75
"""The probability of the kind of a row below which it is what a table is doubtful for: 0.71 for 二、加分项目."""
_EXCERPT: Final = 12
"""Characters that are shown of a doubtful row."""
_KIND_WORDS: Final = {
    RowKind.TASK: "任务",
    RowKind.BAND: "分组标题",
    RowKind.TOTAL: "合计",
    RowKind.NOTE: "注",
    RowKind.REST: "上一行的续行",
    RowKind.BLANK: "空行",
}
_COUNTED: Final = tuple((kind, _KIND_WORDS[kind]) for kind in (RowKind.TASK, RowKind.BAND, RowKind.TOTAL, RowKind.NOTE))


def describe_alternative(
    header: Header, read: ColumnReading, body: Grid, kinds: Sequence[RowKind], margins: Sequence[float]
) -> str | None:
    """Return in Chinese what a table could be read as instead, None if nothing else comes into question.

    Args:
        header: the header with its margin.
        read: the assignments of roles.
        body: the rows below the header.
        kinds: the kind of each row.
        margins: the log-odds of each kind against the next best one.
    """
    other = alternative_roles(read)
    margin = min(read.assignments[0].score - other.score if other else MAX_LOG_ODDS, MAX_LOG_ODDS)
    least = min(margins, default=MAX_LOG_ODDS)
    if least < min(margin, header.margin) and _probability(least) < _DOUBTFUL_ROW:
        return _describe_row(body, kinds, margins.index(least))
    if header.margin < margin:
        return "表头也可能不是这几行" if header.is_found else "首行也可能是表头"
    if _leads_by_resemblance(read):
        names = [f"“{_name(read, c)}”" for c, role in enumerate(read.assignments[0].roles) if role in _UNITS]
        return f"{'、'.join(names)}中也可能是另一列牵头"
    if other is None:
        return None
    best = read.assignments[0].roles
    changed = [
        f"“{_name(read, c)}”也可能是{show_name('columns', role)}"
        for c, role in enumerate(other.roles)
        if role is not best[c] and not {role, best[c]} <= _NO_FACTS
    ]
    return "，".join(changed)


def _describe_row(body: Grid, kinds: Sequence[RowKind], r: int) -> str:
    """Return in Chinese that a row may be of another kind."""
    text = max((strip_whitespace(cell.text) for cell in body.cells_of_row(r) if cell.row == r), key=len, default="")
    excerpt = f"“{text[:_EXCERPT]}{'…' if len(text) > _EXCERPT else ''}”"
    return f"表头下第{r + 1}行{excerpt}可能不是{_KIND_WORDS[kinds[r]]}"


def _name(read: ColumnReading, c: int) -> str:
    return read.columns[c] or f"第{c + 1}列"


def _facts(roles: Sequence[ColumnRole]) -> tuple[ColumnRole, ...]:
    return tuple(ColumnRole.OTHER if role in _NO_FACTS else role for role in roles)


def _compare_total(roles: Sequence[ColumnRole], body: Grid, kinds: Sequence[RowKind]) -> tuple[bool, bool]:
    """Return whether a row of totals states the sum of the tasks, and whether one states another number."""
    if ColumnRole.POINTS not in roles or RowKind.TOTAL not in kinds:
        return False, False
    column = roles.index(ColumnRole.POINTS)
    cells = [body.cell(r, column) for r in range(body.n_rows)]
    points = [cell_points(cell.text) if cell.row == r else None for r, cell in enumerate(cells)]
    total = sum((p for p, kind in zip(points, kinds, strict=True) if p is not None and kind is RowKind.TASK), Decimal())
    stated = [p for p, kind in zip(points, kinds, strict=True) if p is not None and kind is RowKind.TOTAL]
    agrees = any(abs(p - total) <= _TOLERANCE for p in stated)
    return agrees, bool(stated) and not agrees
