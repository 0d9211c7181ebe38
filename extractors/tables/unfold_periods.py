"""Months or quarters side by side with what is to be done below each, laid out as one row for each of these texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.points import cell_points
from extractors.tables.column_roles import ColumnRole, names_period, split_period
from extractors.tables.grid import Grid, GridCell, renumber
from extractors.tables.table_parts import TablePart

_LEAST_PERIODS: Final = 3
"""Months or quarters side by side: 上半年 | 下半年 may as well be two standards."""
_LEAST_NAMED: Final = 2
_LEAST_LENGTH: Final = 4
"""Characters of the shortest thing to be done; √, 3次, 同上 and 滞后 below a month are shorter."""
_WORDY_LENGTH: Final = 6
_WORDY: Final = 0.6
"""Share of the texts below months that have so many characters."""
_TOTAL: Final = re.compile(r"(?:[合小总共]计|总分)(?:[（(][^（）()]*[）)])?[:：]?$")
"""当月分值小计: what stands below the months are sums."""
_SENTENCE: Final = re.compile("[，,。；;]")
_PERIOD_COLUMN: Final = "时间"
_CONTENT_COLUMN: Final = "各{}内容"


def unfold_periods(part: TablePart) -> tuple[TablePart, int] | None:
    """Return a table with a row for each text below a month, and the column of these texts; None for other tables.

    Every text below the months, but for sums, is something to be done: a table with numbers or ticks among them stays,
    and so does one with another column of sentences, of which the months say when or where.
    """
    columns = part.header.columns
    found = _find_periods(columns)
    if found is None:
        return None
    periods, content = found
    first, after = min(periods), max(periods) + 1
    upper = columns[first].rpartition("/")[0]
    role = header_word(upper).role
    if role not in (None, ColumnRole.DEADLINE) or not _are_duties(part.body, range(first, after)):
        return None
    names = (upper if role == ColumnRole.DEADLINE else _PERIOD_COLUMN, content)
    rows: list[list[GridCell]] = []
    sums: list[str] = []
    for r, row in enumerate(part.body.cells):
        if _is_total(part.body, r, first):
            sums += [cell.text for cell in part.body.cells_of_row(r) if cell.row == r and cell.text]
        else:
            rows += _unfold_row(row, _texts_below(part.body, r, range(first, after)), range(first, after), periods)
    header = replace(part.header, columns=(*columns[:first], *names, *columns[after:]))
    body = renumber(rows, spans_known=part.body.spans_known)
    return replace(part, header=header, body=body, dropped=[*part.dropped, *sums]), first + 1


def _find_periods(columns: Sequence[str]) -> tuple[dict[int, str], str] | None:
    """Return the periods of columns beside each other, and the name of what is below them; None if there are none.

    Two are enough where the rest of their names is the same: 上半年要做的事 | 下半年要做的事.
    """
    lowest = [name.rpartition("/")[2] for name in columns]
    periods = {c: name for c, name in enumerate(lowest) if names_period(name)}
    content = _CONTENT_COLUMN.format("季度" if any("季" in name for name in periods.values()) else "月")
    if len(periods) < _LEAST_PERIODS:
        split = {c: pair for c, name in enumerate(lowest) if (pair := split_period(name))}
        periods = {c: period for c, (period, _) in split.items()}
        if len(set(periods.values())) < _LEAST_NAMED or len({rest for _, rest in split.values()}) > 1:
            return None
        content = next(rest for _, rest in split.values())
    return None if any(b - a != 1 for a, b in pairwise(periods)) else (periods, content)


def _are_duties(body: Grid, periods: range) -> bool:
    """Return whether all texts below the months say what is to be done, and no other column says it at more length."""
    rows = [r for r in range(body.n_rows) if not _is_total(body, r, periods.start)]
    cells = [cell for r in rows for cell in _texts_below(body, r, periods)]
    lengths = [len(strip_whitespace(cell.text)) for cell in cells if not _spans_beyond(cell, periods)]
    if not lengths or min(lengths) < _LEAST_LENGTH or any(cell_points(cell.text) is not None for cell in cells):
        return False
    mean = sum(lengths) / len(lengths)
    others = [
        [cell.text for cell in body.column(c) if cell.text and cell.cols == 1]
        for c in range(body.n_cols)
        if c not in periods
    ]
    says_more = any(
        sum(map(len, texts)) > mean * len(texts) and 2 * sum(map(bool, map(_SENTENCE.search, texts))) > len(texts)
        for texts in others
        if texts
    )
    return not says_more and sum(length >= _WORDY_LENGTH for length in lengths) >= _WORDY * len(lengths)


def _is_total(body: Grid, r: int, first: int) -> bool:
    label = next((cell.text for cell in body.cells[r][:first] if cell.text), "")
    return _TOTAL.search(strip_whitespace(label)) is not None


def _texts_below(body: Grid, r: int, periods: range) -> list[GridCell]:
    return [
        cell
        for cell in body.cells_of_row(r)
        if cell.row == r and cell.col in periods and cell.text and not is_placeholder(cell.text)
    ]


def _spans_beyond(cell: GridCell, periods: range) -> bool:
    return cell.col < periods.start or cell.col + cell.cols > periods.stop


def _unfold_row(
    row: Sequence[GridCell], below: Sequence[GridCell], periods: range, names: Mapping[int, str]
) -> Iterator[list[GridCell]]:
    """Yield the rows of a row: one for each text below months, one for a row without any."""
    left, right = row[: periods.start], row[periods.stop :]
    first = row[periods.start]
    if _spans_beyond(first, periods):
        yield [*left, first, first, *right]
        return
    if not below:
        blank = GridCell(0, 0, "", "", first.locator)
        yield [*left, blank, replace(blank), *right]
    for cell in below:
        period = "至".join(dict.fromkeys(names[c] for c in (cell.col, cell.col + cell.cols - 1)))
        yield [*left, GridCell(0, 0, period, period, cell.locator), replace(cell), *right]
