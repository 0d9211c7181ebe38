"""The kind of each body row: task, section heading, total, note, continuation or blank.

`body_row_values` says what is observed of a row once the columns have roles: which columns it fills, how its first text
is numbered, whether its points are the sum of the rows below or above it. A fitted model scores task, section, total
note and continuation; what is blank follows from the cells alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.item_labels import outline_number
from extractors.parsers.points import cell_points, inline_points
from extractors.parsers.row_patterns import is_note, is_total
from extractors.tables.column_roles import PARTY_ROLES, ColumnRole, ColumnRoles, is_number
from extractors.tables.grid import Grid, GridCell
from extractors.tables.linear_model import load_model
from extractors.tables.numbering import NUMBERING, numbering
from extractors.tables.row_sums import ScoredRow, find_sections, find_total


class RowKind(StrEnum):
    """What a body row is."""

    TASK = "task"
    BAND = "band"
    """A heading of its own row, for the rows below it; it may hold the sum of their points."""
    TOTAL = "total"
    NOTE = "note"
    REST = "rest"
    """The continuation of the task above."""
    BLANK = "blank"


_SCORE_ROLES: Final = (ColumnRole.POINTS, ColumnRole.SCOREBOX)
_DETAIL_ROLES: Final = (ColumnRole.EVIDENCE, ColumnRole.CRITERIA, ColumnRole.SCORING)
_ITEM_ROLES: Final = (*_DETAIL_ROLES, *PARTY_ROLES, ColumnRole.METHOD, ColumnRole.DEADLINE, ColumnRole.PERSON)
"""Columns that only items fill."""
_HEADING_TEXTS: Final = 2
"""甲 班子带头: a number that is no figure, and a name."""
_FULL_LENGTH: Final = 30.0
"""Characters of a sentence; a heading is shorter."""
_HEADING_LENGTH: Final = 45
"""9—12月, 二、城市管理（责任单位：县城管局）: a longer text of its own row between tasks is a note."""
_PLAIN_TEXTS: Final = 2
_PLAIN_LENGTH: Final = 12
"""道德讲堂 | 每季度举办一次，有计划、有记录。: two texts, one of them a sentence, are an item."""
_SERIES: Final = 4
"""Rows that one running number must count to tell that they are alike."""
_TOLERANCE: Final = Decimal("0.01")
_TOTAL: Final = re.compile(r"(?:[合小总共]计|总分)(?:[（(][^（）()]*[）)])?[:：]?$")
_TOTAL_LENGTH: Final = 12
"""全部五项合计, 党建星合计: a name with a total in it is short."""
BODY_ROW_NAMES: Final = (
    "filled", "texts", "fill_distance", "requirement", "requirement_length", "requirement_ended", "requirement_long",
    "details", "parties", "levels", "serial", "points", "only_points", "wide", "full_width", "length", "ended",
    "repeated_text", "total_word", "total_anywhere", "note_word", "sum_below", "sum_above", "sum_all", "twice_all",
    "first", "last", "after_task", "points_in_words", "rare_numbering", "outer_numbering", "chinese", "bracket",
    "roman", "dotted", "digit", "unnumbered", "no_requirement_column", "continued", "requirement_continued",
    "total_inside", "leading",
)  # fmt: skip
"""The observed values of a row in the order of `BodyRows.values`."""


@dataclass(frozen=True)
class BodyRows:
    """The body of a table with the roles of its columns, as the rows are looked at."""

    grid: Grid
    roles: ColumnRoles

    @cached_property
    def own(self) -> list[list[GridCell]]:
        """The cells with text that begin in each row."""
        return [
            [
                cell
                for cell in self.grid.cells_of_row(r)
                if cell.row == r and cell.text and not is_placeholder(cell.text)
            ]
            for r in range(self.grid.n_rows)
        ]

    @cached_property
    def texts(self) -> list[list[GridCell]]:
        """The cells of `own` outside the columns of points and serial numbers."""
        return [[cell for cell in own if not self._is_figure(cell)] for own in self.own]

    @cached_property
    def points(self) -> list[Decimal | None]:
        """The points that begin in each row, in the column of points."""
        column = next(iter(self.roles.columns(ColumnRole.POINTS)), None)
        if column is None:
            return [None] * self.grid.n_rows
        cells = [self.grid.cell(r, column) for r in range(self.grid.n_rows)]
        return [cell_points(cell.text) if cell.row == r and cell.cols == 1 else None for r, cell in enumerate(cells)]

    @cached_property
    def numbering(self) -> list[str]:
        """How the first text of each row is numbered, "" if it is not."""
        return [numbering(own[0].text) if own else "" for own in self.own]

    @cached_property
    def items(self) -> list[bool]:
        """Whether the requirement begins in each row, in a cell of its own."""
        return [self._begins_requirement(r) for r in range(self.grid.n_rows)]

    @cached_property
    def usual(self) -> dict[int, float]:
        """The share of item rows in which each column has text."""
        rows = [r for r, is_item in enumerate(self.items) if is_item]
        return {
            c: sum(bool(self.grid.cell(r, c).text) for r in rows) / max(len(rows), 1) for c in range(self.grid.n_cols)
        }

    def values(self, r: int, after_task: bool) -> list[float]:
        """Return what is observed of row `r`: the values of `BODY_ROW_NAMES`.

        Args:
            r: the row.
            after_task: whether a task stands above it.
        """
        grid, roles, own, texts = self.grid, self.roles, self.own[r], self.texts[r]
        requirement = roles.requirement
        begins = requirement is not None and self.items[r]
        text = strip_whitespace(grid.cell(r, requirement).text) if begins and requirement is not None else ""
        first = strip_whitespace(texts[0].text) if texts else ""
        filled = {c for c in range(grid.n_cols) if grid.cell(r, c).text}
        distance = sum(abs((c in filled) - share) for c, share in self.usual.items()) / grid.n_cols
        points = self.points[r]
        kind = self.numbering[r]
        counts = self._numbering_counts
        return [
            len(own) / grid.n_cols,
            min(len(texts), 4) / 4,
            distance,
            float(begins),
            min(len(text) / _FULL_LENGTH, 2.0),
            float(text[-1:] in "。；;") if text else 0.0,
            float(len(text) > _FULL_LENGTH),
            float(self._begins(r, _DETAIL_ROLES)),
            float(self._begins(r, PARTY_ROLES)),
            float(self._begins(r, (ColumnRole.LEVEL,))),
            float(self._begins(r, (ColumnRole.SERIAL,))),
            float(points is not None),
            float(points is not None and len(texts) == 0),
            float(any(self._is_wide(cell) for cell in own)),
            float(any(cell.cols == grid.n_cols > 1 for cell in own)),
            min(len(first) / _FULL_LENGTH, 3.0),
            float(first[-1:] in "。；;") if first else 0.0,
            float(len(texts) > 1 and len({strip_whitespace(cell.text) for cell in texts}) == 1),
            float(any(is_total(cell.text) for cell in own[:2])),
            float(any(is_total(cell.text) for cell in own)),
            float(bool(own) and is_note(own[0].text)),
            float(points is not None and self._is_sum_below(r, points)),
            float(points is not None and self._is_sum_above(r, points)),
            float(points is not None and abs(points - self._sum) <= _TOLERANCE),
            float(points is not None and abs(points * 2 - self._sum) <= _TOLERANCE),
            float(r == 0),
            float(r >= grid.n_rows - 2),
            float(after_task),
            float(bool(first and inline_points(first))),
            1 - counts[kind] / max(grid.n_rows, 1),
            float(_outer(kind, counts)),
            *[float(kind == name) for name, _ in NUMBERING],
            float(not kind),
            float(requirement is None),
            sum(cell.row < r for cell in grid.cells_of_row(r)) / grid.n_cols,
            float(requirement is not None and grid.cell(r, requirement).row < r),
            float(self._names_total(r)),
            float(bool(texts) and texts[0].col <= self._first_text_column),
        ]

    @cached_property
    def _numbering_counts(self) -> Counter[str]:
        return Counter(self.numbering)

    @cached_property
    def by_sums(self) -> dict[int, RowKind]:
        """The rows that the points of the table show to be sections or its total."""
        pointed = [(r, points) for r, points in enumerate(self.points) if points is not None]
        if not any(self._can_head(r) for r, _ in (*pointed[:1], *pointed[-1:])):
            # Sections begin with the first row that has points, and a total is the first or the last.
            return {}
        scored = [self._scored(r, points) for r, points in pointed]
        total = find_total(scored)
        sections = find_sections([row for row in scored if row.row != total])
        kinds = {r: RowKind.TOTAL if self._names_total(r) else RowKind.BAND for r in sections}
        return kinds if total is None else kinds | {total: RowKind.TOTAL}

    @cached_property
    def by_outline(self) -> frozenset[int]:
        """The rows whose number is that of the rows below without its last part: 1、氛围布置 above 1.1张贴标识."""
        numbers = [outline_number(own[0].text) if own else () for own in self.own]
        return frozenset(
            r
            for r, (number, below) in enumerate(pairwise(numbers))
            if number and below == (*number, 1) and self._is_short_heading(r)
        )

    @cached_property
    def by_series(self) -> frozenset[int]:
        """The rows that one running number counts, if it counts every row with a requirement: 1 to 20 over sections.

        A heading is not counted among its items, whatever its points are the sum of.
        """
        column = next(iter(self.roles.columns(ColumnRole.SERIAL)), None)
        if column is None:
            return frozenset()
        items = [r for r, is_item in enumerate(self.items) if is_item and not self._names_total(r)]
        cells = [self.grid.cell(r, column) for r in items]
        texts = [strip_whitespace(cell.text) if cell.row == r else "" for r, cell in zip(items, cells, strict=True)]
        if len(items) < _SERIES or not all(text.isdecimal() for text in texts):
            return frozenset()
        return frozenset(items) if all(int(b) == int(a) + 1 for a, b in pairwise(texts)) else frozenset()

    def _is_short_heading(self, r: int) -> bool:
        """Return whether row `r` holds no more than a name, and the units of all that follows."""
        more = (*_DETAIL_ROLES, ColumnRole.DEADLINE, ColumnRole.PERSON)
        return self.own[r][0].text[-1] not in "。；;" and self.points[r] is None and not self._begins(r, more)

    def _names_total(self, r: int) -> bool:
        return any(len(cell.text) <= _TOTAL_LENGTH and _TOTAL.search(cell.text) for cell in self.own[r])

    def _scored(self, r: int, points: Decimal) -> ScoredRow:
        kind = f"{self.numbering[r]} {'item' if self.items[r] else 'bare'}"
        return ScoredRow(r, points, self._can_head(r), kind)

    def _can_head(self, r: int) -> bool:
        """Return whether a row with points may be a section or a total: no sentence, and nothing that items have."""
        texts = {strip_whitespace(cell.text) for cell in self.texts[r]}
        is_heading = all(len(text) <= _FULL_LENGTH and text[-1:] not in "。；;" for text in texts)
        return 0 < len(texts) <= _HEADING_TEXTS and is_heading and not self._begins(r, _ITEM_ROLES)

    def is_plain_item(self, r: int) -> bool:
        """Return whether row `r` fills what items fill, a sentence included, so that it can be nothing else."""
        requirement = self.roles.requirement
        if requirement is None or not self.items[r] or len(self.texts[r]) < _PLAIN_TEXTS:
            return False
        if len(self.grid.cell(r, requirement).text) < _PLAIN_LENGTH or self.roles.names[0] is ColumnRole.REQUIREMENT:
            return False
        return not any(is_total(cell.text) or is_note(cell.text) for cell in self.own[r][:2])

    def is_plain_note(self, r: int) -> bool:
        """Return whether the only text of row `r` begins like a note."""
        return len(self.own[r]) == 1 and is_note(self.own[r][0].text)

    def is_plain_total(self, r: int) -> bool:
        """Return whether row `r` says nothing but that it is a total, and numbers."""
        own = self.own[r]
        return bool(own) and is_total(own[0].text) and all(is_number(cell.text) for cell in own[1:])

    def can_be_heading(self, r: int) -> bool:
        """Return whether row `r` begins with a text where headings and notes begin; points alone head nothing."""
        texts = self.texts[r]
        return bool(texts) and texts[0].col <= self._first_text_column

    def heads_what_follows(self, r: int) -> bool:
        """Return whether row `r`, above tasks, is one short text where headings begin: notes stand at the end."""
        own = self.own[r]
        if len(own) != 1 or not self.can_be_heading(r) or is_note(own[0].text) or len(own[0].text) > _HEADING_LENGTH:
            return False
        return own[0].cols > 1 or self.roles.names[own[0].col] in (ColumnRole.SERIAL, ColumnRole.LEVEL)

    @property
    def _first_text_column(self) -> int:
        """The first column that holds no serial numbers: headings of their own row begin there."""
        names = self.roles.names
        return next((c for c, role in enumerate(names) if role is not ColumnRole.SERIAL), 0)

    @cached_property
    def _sum(self) -> Decimal:
        return sum(
            (p for p, is_item in zip(self.points, self.items, strict=True) if p is not None and is_item), Decimal()
        )

    def _is_figure(self, cell: GridCell) -> bool:
        role = self.roles.names[cell.col]
        if cell.cols > 1:
            return False
        if role is ColumnRole.SERIAL:
            return is_number(cell.text)
        return role in _SCORE_ROLES and cell_points(cell.text) is not None

    def _begins(self, r: int, roles: Sequence[ColumnRole]) -> bool:
        return any(_begins_text(self.grid, r, c) for c in self.roles.columns(*roles))

    def _begins_requirement(self, r: int) -> bool:
        c = self.roles.requirement
        return c is not None and _begins_text(self.grid, r, c) and not self._is_wide(self.grid.cell(r, c))

    def _is_wide(self, cell: GridCell) -> bool:
        """Return whether a cell extends over the requirement column from the left, so that it is no requirement."""
        requirement = self.roles.requirement
        if requirement is None or cell.cols == self.grid.n_cols > 1:
            return cell.cols == self.grid.n_cols > 1
        return cell.col < requirement < cell.col + cell.cols

    def _is_sum_below(self, r: int, points: Decimal) -> bool:
        """Return whether the points are the sum of the items below, up to the next row numbered in the same way."""
        total, seen = Decimal(), False
        for i in range(r + 1, self.grid.n_rows):
            if seen and self.numbering[i] == self.numbering[r] and not self.items[i]:
                break
            if self.items[i] and self.points[i] is not None:
                total, seen = total + (self.points[i] or 0), True
                if abs(total - points) <= _TOLERANCE and self._ends_section(r, i + 1):
                    return True
                if total > points + _TOLERANCE:
                    return False
        return seen and abs(total - points) <= _TOLERANCE

    def _ends_section(self, r: int, following: int) -> bool:
        """Return whether no item of the section that row `r` opens stands at `following`."""
        return (
            following >= self.grid.n_rows or not self.items[following] or self.numbering[following] == self.numbering[r]
        )

    def _is_sum_above(self, r: int, points: Decimal) -> bool:
        """Return whether the points are the sum of the items directly above, up to the row before that adds none."""
        total, seen = Decimal(), 0
        for i in range(r - 1, -1, -1):
            if not self.items[i]:
                if seen:
                    break
                return False
            if self.points[i] is not None:
                total, seen = total + (self.points[i] or 0), seen + 1
                if total > points + _TOLERANCE:
                    return False
        return seen > 1 and abs(total - points) <= _TOLERANCE


def classify_rows(rows: BodyRows) -> tuple[list[RowKind], list[float]]:
    """Return the kind of every row of the body, and the log-odds of each against the next best kind."""
    model = load_model("body_rows")
    kinds: list[RowKind] = []
    margins: list[float] = []
    after_task = False
    for r in range(rows.grid.n_rows):
        kind, margin = RowKind.BLANK, _SETTLED
        if r in rows.by_sums:
            kind = rows.by_sums[r]
        elif r in rows.by_outline:
            kind = RowKind.BAND
        elif r in rows.by_series or rows.is_plain_item(r):
            kind = RowKind.TASK
        elif rows.is_plain_note(r):
            kind = RowKind.NOTE
        elif rows.is_plain_total(r):
            kind = RowKind.TOTAL
        elif rows.own[r]:
            scores = model.log_probabilities(rows.values(r, after_task))
            best, second = sorted(scores, key=lambda name: -scores[name])[:2]
            kind, margin = RowKind(best), scores[best] - scores[second]
            if kind in (RowKind.BAND, RowKind.NOTE) and not rows.can_be_heading(r):
                kind = RowKind.TASK
            if kind in (RowKind.TASK, RowKind.REST):
                rest = RowKind.REST if after_task and rows.texts[r] else RowKind.BLANK
                kind = RowKind.TASK if _begins_task(rows, r) else rest
        after_task = after_task or kind is RowKind.TASK
        kinds.append(kind)
        margins.append(margin)
    last_task = max((r for r, kind in enumerate(kinds) if kind is RowKind.TASK), default=-1)
    for r in range(last_task):
        if kinds[r] in (RowKind.NOTE, RowKind.REST) and rows.heads_what_follows(r):
            kinds[r] = RowKind.BAND
    for r in find_empty_headings(rows.numbering, kinds):
        if r not in rows.by_sums and rows.items[r]:
            kinds[r] = RowKind.TASK
    return kinds, margins


def find_empty_headings(numbering: Sequence[str], kinds: Sequence[RowKind]) -> list[int]:
    """Return the headings below which no task stands before the table ends or a heading is numbered in the same way.

    Args:
        numbering: how each row is numbered, "" if it is not.
        kinds: the kind of each row.
    """
    empty: list[int] = []
    is_followed_by_task = False
    opened_since_task: set[str] = set()
    for r in range(len(kinds) - 1, -1, -1):
        if kinds[r] is RowKind.TASK:
            is_followed_by_task = True
            opened_since_task.clear()
        elif kinds[r] is RowKind.BAND:
            if not is_followed_by_task or numbering[r] in opened_since_task:
                empty.append(r)
            if numbering[r]:
                opened_since_task.add(numbering[r])
    return empty


_SETTLED: Final = 20.0
"""Log-odds of a row that leaves no choice."""


def _begins_task(rows: BodyRows, r: int) -> bool:
    """Return whether a row that is no heading, total or note begins a task of its own."""
    roles, own = rows.roles, rows.own[r]
    requirement = roles.requirement
    if requirement is not None and _begins_text(rows.grid, r, requirement):
        return True
    if any(_begins_text(rows.grid, r, c) for c in roles.columns(*_DETAIL_ROLES)):
        return True
    if requirement is not None and any(roles.names[cell.col] is ColumnRole.LEVEL for cell in own):
        return True
    # A serial number begins a row even if its requirement was left blank.
    has_text = any(roles.names[cell.col] not in (ColumnRole.SERIAL, *_SCORE_ROLES) for cell in own)
    return has_text and any(is_number(cell.text) for cell in own if roles.names[cell.col] is ColumnRole.SERIAL)


def _begins_text(grid: Grid, r: int, c: int) -> bool:
    """Return whether the cell at this position begins in row `r` and has text."""
    cell = grid.cell(r, c)
    return cell.row == r and not cell.is_blank and not is_placeholder(cell.text)


def _outer(kind: str, counts: Counter[str]) -> bool:
    """Return whether a numbering stands outside of a more frequent one, as 一、 outside of 1."""
    order = [name for name, _ in NUMBERING]
    if kind not in order:
        return False
    return any(counts[name] > counts[kind] for name in order[order.index(kind) + 1 :])
