"""Forms that hold a list: labelled fields, a header with numbered rows below it, labelled fields again.

承办单位 | 市住建局 | 协办单位 | 城东街道
序号 | 交办任务 | 办结时限
1 | 修复破损路面。 | 9月10日
签收人 | | 签收时间 |

What the fields say holds for every row of the list, and so each becomes a column of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from extractors.parsers.column_headers import header_word
from extractors.parsers.row_patterns import is_total
from extractors.parsers.unit_names import word_list
from extractors.tables.cards import can_be_label
from extractors.tables.column_roles import ColumnRole, header_word_of
from extractors.tables.grid import Grid, GridCell, join_cells, renumber

_UNITS: Final = (ColumnRole.PARTY, ColumnRole.LEAD)
_FIELDS: Final = frozenset((*_UNITS, ColumnRole.SUPPORT, ColumnRole.LEADER, ColumnRole.PERSON))
"""What a form says of all its tasks; its own number, and when it was signed, say nothing of them."""
_TIME_LIMIT: Final = re.compile("完成|办结|整改|落实|[时期]限")
"""完成时限, not 交办时间."""
_MAX_ABOVE: Final = 12
"""Rows above the list."""
_LEAST_WEIGHT: Final = 0.9
"""Weight of a header word as a level: 点位."""
_LEAST_COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class FormList:
    """The list of a form: `n_above` rows of other texts, a header, the rows of the list."""

    grid: Grid
    n_above: int


class _Field(NamedTuple):
    label: GridCell
    value: GridCell


def take_form_list(grid: Grid) -> FormList | None:
    """Return the list of a form with its fields as columns, None for any other table."""
    start = next((r for r in range(1, min(_MAX_ABOVE, grid.n_rows - 1)) if _begins_list(grid, r)), None)
    if start is None:
        return None
    stop = next((r for r in range(start + 1, grid.n_rows) if not _is_list_row(grid, start, r)), grid.n_rows)
    around = [*range(start), *range(stop, grid.n_rows)]
    rows = {r: _read_fields(_own_cells(grid, r)) for r in around}
    if not any(rows[r] for r in range(start)) or not all(_is_form_row(fields, r, grid) for r, fields in rows.items()):
        return None
    fields = [field for r in around for field in rows[r] if field.value.text and _says_of_tasks(field)]
    return _lay_out(grid, range(start, stop), fields, around) if fields else None


def _lay_out(grid: Grid, rows: range, fields: Sequence[_Field], around: Sequence[int]) -> FormList:
    """Return the list with a column for each field that it has no column of its own for.

    A row without a unit below 责任单位 has that of the form.
    """
    starts = [cell.col for cell in _own_cells(grid, rows.start) if cell.text]
    columns = list(pairwise([*starts, grid.n_cols]))
    head, *body = ([join_cells(list(dict.fromkeys(grid.cells[r][a:b]))) for a, b in columns] for r in rows)
    roles = [_role_of(cell.text) for cell in head]
    own_units = next((c for c, role in enumerate(roles) if role in _UNITS), None)
    units = next((field.value for field in fields if _role_of(field.label.text) in _UNITS), None)
    if own_units is not None and units is not None:
        for row in body:
            row[own_units] = row[own_units] if row[own_units].text else units
    fields = [
        field
        for field in fields
        if _role_of(field.label.text) not in roles and not (own_units is not None and field.value is units)
    ]
    used = {id(cell) for field in fields for cell in field}
    used |= {id(units)} if own_units is not None else set()
    others = [cell for r in around for cell in _own_cells(grid, r) if cell.text and id(cell) not in used]
    width = len(columns) + len(fields)
    lines = [[cell] * width for cell in others]
    lines.append([head[0], *(field.label for field in fields), *head[1:]])
    lines += [[row[0], *(field.value for field in fields), *row[1:]] for row in body]
    return FormList(renumber(lines, spans_known=True), len(others))


def _begins_list(grid: Grid, r: int) -> bool:
    """Return whether a row is a header with 序号 in front of the numbers 1, 2, … below it."""
    names = [cell for cell in _own_cells(grid, r) if cell.text]
    is_header = len(names) >= _LEAST_COLUMNS and all(can_be_label(cell.text) for cell in names)
    return is_header and header_word(names[0].text).role == ColumnRole.SERIAL and _number_at(grid, r, r + 1) == 1


def _is_list_row(grid: Grid, header: int, r: int) -> bool:
    """Return whether a row below a header has the next serial number, or is one of totals."""
    first = next((cell.text for cell in _own_cells(grid, r) if cell.text), "")
    return _number_at(grid, header, r) == r - header or is_total(first)


def _number_at(grid: Grid, header: int, r: int) -> int | None:
    """Return the serial number of a row below a header."""
    column = next(cell.col for cell in _own_cells(grid, header) if cell.text)
    text = grid.cell(r, column).text.rstrip(".．、")
    return int(text) if text.isdecimal() else None


def _read_fields(row: Sequence[GridCell]) -> list[_Field]:
    """Return the labels of a row with the values behind them, none if it holds anything else."""
    cells = list(row)
    while cells and not cells[-1].text and len(cells) % 2:
        cells.pop()
    labels, values = cells[::2], cells[1::2]
    is_paired = len(labels) == len(values) and all(can_be_label(label.text) for label in labels if label.text)
    filled = all(label.text or not value.text for label, value in zip(labels, values, strict=False))
    pairs = zip(labels, values, strict=True) if is_paired and filled else ()
    return [_Field(label, value) for label, value in pairs if label.text]


def _is_form_row(fields: Sequence[_Field], r: int, grid: Grid) -> bool:
    """Return whether a row is one of fields, or of a single text: the title of the form, a note below it."""
    return bool(fields) or sum(bool(cell.text) for cell in _own_cells(grid, r)) <= 1


def _says_of_tasks(field: _Field) -> bool:
    label = field.label.text
    if label.startswith(word_list("form_steps")):
        return any(_level_weights(label))
    role = _role_of(label)
    is_limit = role == ColumnRole.DEADLINE and _TIME_LIMIT.search(label) is not None
    return role in _FIELDS or is_limit or any(_level_weights(label))


def _role_of(label: str) -> str | None:
    """Return what a label means; labels that no word is known for are told apart by their text."""
    return header_word(label).role or label


def _level_weights(label: str) -> Iterator[bool]:
    """Yield whether each ending of a label is a word for a level: 点位 of 交办点位."""
    for start in range(len(label) - 1):
        yield header_word_of(label[start:]).weights.get(ColumnRole.LEVEL, 0.0) >= _LEAST_WEIGHT


def _own_cells(grid: Grid, r: int) -> list[GridCell]:
    return [cell for cell in grid.cells_of_row(r) if cell.row == r]
