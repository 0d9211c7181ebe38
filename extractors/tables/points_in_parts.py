"""Points in several columns that belong together: parts beside their sum, or one column for each grade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, groupby
from typing import Final

from extractors.parsers.column_headers import header_word, speaks_of_points
from extractors.parsers.points import cell_points
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import Grid
from extractors.vocabulary import load_toml

_LETTERS: Final = ("A", "B", "C", "D", "E")
_MIN_PARTS: Final = 2
_MIN_ROWS: Final = 3
_NOT_GIVEN: Final = (ColumnRole.SCOREBOX, ColumnRole.SCORING)
"""得分 over 自评 and 复评, 扣分标准 over 轻微 and 严重: no points of a task."""
_ADD_UP: Final = 0.8
"""Share of the rows whose parts add up, or whose first grade is the highest: one may be misprinted."""


def find_points(columns: Sequence[str], body: Grid, figures: Sequence[int]) -> tuple[int, Sequence[int]] | None:
    """Return the column of the points of a task and the columns that are its parts or lower grades, None without parts.

    档案分 3 | 现场分 2 | 口碑分 3 | 小计 8: the sum. 次数 4 | 每次分值 2 | 总分 8: the product. 等级/A 10 | B 6 | C 2
    and 优 10 | 良 8 | 中 6: the highest grade. Figures that add up are points only if a header speaks of points (场次
    and 投资 add up as well); columns of one header that have each the same total are points of several kinds of units
    (机关 | 企业 | 学校), and a box for scores has none.

    Args:
        columns: the header text of each column, rows of a header joined by `/`.
        body: the body of the table.
        figures: the columns of numbers.
    """
    for main in figures if len(figures) > _MIN_PARTS else ():
        for own in (*_runs(main, -1, figures), *_runs(main, 1, figures)):
            adds_up = _mostly(row[0] == sum(row[1:]) > 0 for row in _values(body, (main, *own)))
            if adds_up and any(map(speaks_of_points, (columns[c] for c in (main, *own)))):
                return main, own
        for one, other in combinations([c for c in figures if c != main], 2) if speaks_of_points(columns[main]) else ():
            if _mostly(row[0] == row[1] * row[2] > 0 for row in _values(body, (main, one, other))):
                return main, (one, other)
    for upper, group in groupby(figures, lambda c: columns[c].rpartition("/")[0]):
        grades = list(group)
        if not upper:
            grades = [c for c in grades if _is_grade(columns[c])]
        elif not speaks_of_points(upper) or header_word(upper).role in _NOT_GIVEN:
            continue
        if len(grades) < _MIN_PARTS:
            continue
        rows = list(_values(body, grades))
        totals = [sum((row[n] for row in rows), Decimal()) for n in range(len(grades))]
        best = max(range(len(grades)), key=totals.__getitem__)
        if totals.count(totals[best]) == 1 and _mostly(row[best] == max(row) for row in rows):
            return grades[best], [c for c in grades if c != grades[best]]
    return None


def find_rival_points(
    columns: Sequence[str], roles: Sequence[ColumnRole], body: Grid, rows: Sequence[int]
) -> list[int]:
    """Return the columns that state the points of the same tasks for another kind of unit.

    城区学校分值 | 农村学校分值: each task has points in both, neither column is always the lower one as a part or a
    lower grade is, or both have the same total. Which one holds is for the reader to say.

    Args:
        columns: the header text of each column.
        roles: the roles of the columns.
        body: the rows below the header.
        rows: the rows in which a task begins.
    """
    if ColumnRole.POINTS not in roles:
        return []
    main = roles.index(ColumnRole.POINTS)
    rivals = [c for c, role in enumerate(roles) if role is ColumnRole.OTHER and speaks_of_points(columns[c])]
    return [
        c for c in rivals if _are_rivals(*([cell_points(body.cell(r, one).text) for r in rows] for one in (main, c)))
    ]


def _are_rivals(points: Sequence[Decimal | None], others: Sequence[Decimal | None]) -> bool:
    given = [(one, other) for one, other in zip(points, others, strict=True) if one is not None and other is not None]
    if len(given) < max(_MIN_ROWS, _ADD_UP * len(points)) or all(one == other for one, other in given):
        return False
    higher, lower = (any(sign * (one - other) > 0 for one, other in given) for sign in (1, -1))
    return (higher and lower) or sum(one for one, _ in given) == sum(other for _, other in given)


def _is_grade(column: str) -> bool:
    return column in load_toml("scoring")["grades"]["words"] or column in _LETTERS


def _runs(main: int, step: int, figures: Sequence[int]) -> Iterator[list[int]]:
    """Yield the columns of numbers right beside a column on one side, two of them first, then more."""
    run: list[int] = []
    while (c := main + step * (len(run) + 1)) in figures:
        run.append(c)
        if len(run) >= _MIN_PARTS:
            yield list(run)


def _mostly(holds: Iterator[bool]) -> bool:
    found = list(holds)
    return len(found) >= _MIN_ROWS and sum(found) >= _ADD_UP * len(found)


def _values(body: Grid, columns: Sequence[int]) -> Iterator[list[Decimal]]:
    """Yield the points of each row that has some in all the columns."""
    for row in body.cells:
        values = [cell_points(row[c].text) for c in columns]
        found = [value for value in values if value is not None]
        if len(found) == len(columns):
            yield found
