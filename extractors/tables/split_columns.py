"""Columns whose cells hold several facts, laid out as one column for each: labelled lines, units, persons, times.

Cells keep the place they are printed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from extractors.normalize import clean, is_placeholder
from extractors.parsers.column_headers import header_word
from extractors.parsers.responsible_units import looks_like_party, names_single_office, names_units
from extractors.parsers.unit_persons import (
    INNER_BRACKET,
    are_paired_with_persons,
    split_header_of_both,
    split_units_and_persons,
)
from extractors.parsers.unit_times import split_units_and_times
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import Grid, GridCell
from extractors.tables.labelled_texts import common_labels, take_labelled
from extractors.tables.table_parts import TablePart

_SHARE: Final = 0.6
"""Share of the cells of a column that have the same labels, or end with brackets of one kind."""
_UNIT_ROLES: Final = (ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)
_PERSON_ROLES: Final = (ColumnRole.PERSON, ColumnRole.LEADER)
_BETWEEN_UNITS: Final = re.compile("[、，,；;]")
_BRACKET_AT_END: Final = re.compile(r"(?P<name>[^（(，,。；;]{2,20})\s*[（(](?P<units>[^（()）]{2,60})[)）]")
_OTHER_IN_HEADER: Final = re.compile(r"[（(][^（()）]*[)）]$")
"""责任单位（地点）: a header that says what stands in the brackets, and no word for persons."""
_LEAST_BRACKETS: Final = 3
_MOSTLY: Final = 0.5
_UNIT_COLUMN: Final = "责任单位"
_PERSON_COLUMN: Final = "责任人"
_TIME_COLUMN: Final = "完成时限"


def split_columns(part: TablePart) -> TablePart:
    """Return a table with one column for each label of its cells, and for the units, persons or times beside others."""
    for c in reversed(range(part.body.n_cols)):
        header = part.header.columns[c]
        cells = [cell for cell in part.body.column(c) if cell.text and cell.cols == 1]
        if labels := common_labels([cell.raw for cell in cells], header):
            part = _split_at_labels(part, c, labels, cells)
        elif names := _names_of_both(cells, header):
            part = _split_column(part, c, names, _take_persons)
        elif _name_times(cells, header):
            part = _split_column(part, c, [header, _TIME_COLUMN], lambda text: [*split_units_and_times(text)[:2]])
        elif _end_with_units(cells, header) and not _has_units(part, c):
            part = _split_column(part, c, [header, _UNIT_COLUMN], _take_units)
    return part


def _split_at_labels(part: TablePart, c: int, labels: Sequence[str], cells: Sequence[GridCell]) -> TablePart:
    """Return the table with a column for each label, and one for the texts before them where there are any."""
    header = part.header.columns[c]
    upper = header.rpartition("/")[0]
    names = [f"{upper}/{label}" if upper else label for label in labels]
    if any(take_labelled(cell.raw, labels)[0] for cell in cells if not is_placeholder(cell.text)):
        return _split_column(part, c, [header, *names], partial(take_labelled, labels=labels))
    return _split_column(part, c, names, lambda text: take_labelled(text, labels)[1:])


def _names_of_both(cells: Sequence[GridCell], header: str) -> list[str] | None:
    """Return the names of two columns for one whose cells are units with their persons: 党办（李建国）, 工会 王小明.

    The header says so (责任单位及联系人), or most cells are units with names that differ and are no other words.
    """
    found = [(cell.raw, split_units_and_persons(cell.raw)) for cell in cells if not is_placeholder(cell.text)]
    paired = [(text, both) for text, both in found if both.units and both.persons]
    upper, joint, last = header.rpartition("/")
    if words := split_header_of_both(last) or split_header_of_both(header):
        is_clear = sum(both.is_clear for _, both in found) >= _SHARE * len(found)
        return (
            [f"{upper}{joint}{word}" if last != words[1] else word for word in words] if paired and is_clear else None
        )
    if header_word(last).role in _PERSON_ROLES or len(paired) < _SHARE * len(cells):
        return None
    if _OTHER_IN_HEADER.search(last) and any(INNER_BRACKET.search(text) for text, _ in found):
        return None
    return [header, _PERSON_COLUMN] if are_paired_with_persons(found) else None


def _take_persons(text: str) -> list[str]:
    """Return the units of a text, and its persons."""
    units, persons, _ = split_units_and_persons(text)
    return [units, persons]


def _name_times(cells: Sequence[GridCell], header: str) -> bool:
    """Return whether the cells of a column of units say when as well, one of them by a date: 县文明办（3月底前）."""
    is_units = names_units(header) or header_word(header.rpartition("/")[2]).role in _UNIT_ROLES
    return is_units and any(split_units_and_times(cell.raw).is_dated for cell in cells)


def _end_with_units(cells: Sequence[GridCell], header: str) -> bool:
    """Return whether a column headed as one of units (类别与承办科室) holds headings with units in brackets."""
    if not names_units(header) and header_word(header.rpartition("/")[2]).role not in _UNIT_ROLES:
        return False
    found = sum(bool(_take_units(cell.raw)[1]) for cell in cells)
    return found >= max(_LEAST_BRACKETS, _SHARE * len(cells))


def _take_units(text: str) -> list[str]:
    """Return a heading without the units in its bracket, and these: 理论武装（机关党委）.

    One of them is an office; places (校园, 城区) say what is meant, and a unit before the bracket is the unit itself.
    """
    match = _BRACKET_AT_END.fullmatch(text.strip())
    if match is None or looks_like_party(match["name"]) or not looks_like_party(match["units"]):
        return [text, ""]
    is_named = any(map(names_single_office, _BETWEEN_UNITS.split(match["units"])))
    return [match["name"], match["units"]] if is_named else [text, ""]


def _has_units(part: TablePart, own: int) -> bool:
    """Return whether another column than `own` is headed as one of units, or most of its cells are units."""
    columns = part.header.columns
    others = [c for c in range(part.body.n_cols) if c != own]
    if any(header_word(columns[c].rpartition("/")[2]).role in _UNIT_ROLES for c in others):
        return True
    texts = [[cell.text for cell in part.body.column(c) if cell.text] for c in others]
    return any(sum(map(looks_like_party, column)) > _MOSTLY * len(column) for column in texts if column)


def _split_column(part: TablePart, c: int, names: Sequence[str], split: Callable[[str], list[str]]) -> TablePart:
    """Return a table with the columns `names` in place of column `c`, whose texts `split` parts."""
    same = _widen(c, len(names), lambda text: [text] * len(names))
    return replace(
        part,
        header=replace(part.header, columns=(*part.header.columns[:c], *names, *part.header.columns[c + 1 :])),
        head=same(part.head),
        above=same(part.above),
        body=_widen(c, len(names), split)(part.body),
    )


def _widen(c: int, n: int, split: Callable[[str], list[str]]) -> Callable[[Grid], Grid]:
    """Return what puts `n` columns in place of column `c` of a grid: cells of that column alone are split."""

    def widen(grid: Grid) -> Grid:
        made: dict[int, list[GridCell]] = {}
        rows: list[list[GridCell]] = []
        for row in grid.cells:
            new: list[GridCell] = []
            for old_c, cell in enumerate(row):
                if id(cell) not in made:
                    made[id(cell)] = _widened(cell, c, n, split)
                pieces = made[id(cell)]
                new += pieces if old_c == c and len(pieces) == n else pieces[:1] * (n if old_c == c else 1)
            rows.append(new)
        return Grid(rows, grid.n_cols + n - 1, grid.spans_known)

    return widen


def _widened(cell: GridCell, c: int, n: int, split: Callable[[str], list[str]]) -> list[GridCell]:
    if cell.col == c and cell.cols == 1 and cell.text:
        texts = enumerate(split(cell.raw))
        return [GridCell(cell.row, c + i, text, clean(text), cell.locator, cell.rows) for i, text in texts]
    if cell.col <= c < cell.col + cell.cols:
        return [replace(cell, cols=cell.cols + n - 1)]
    return [replace(cell, col=cell.col + n - 1) if cell.col > c else cell]
