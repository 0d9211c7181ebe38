"""Tables whose columns hold more than one fact, laid out as one column a field and one row a task.

The months of a year may stand side by side with what is to be done below each; a column may hold lines with labels of
their own (负责领导：…, 责任单位：…), headings with units in brackets, or units with persons in brackets. All are undone
before columns get roles; cells keep the place they are printed at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

from extractors.normalize import clean, is_placeholder, strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.labelled_lines import FIELD_LABEL
from extractors.parsers.persons import is_person_list
from extractors.parsers.points import cell_points
from extractors.parsers.responsible_units import is_office, looks_like_party
from extractors.tables.column_roles import ColumnRole, names_period
from extractors.tables.grid import Grid, GridCell, renumber
from extractors.tables.table_parts import TablePart

_LABELLED: Final = 0.6
"""Share of the cells of a column that have the same labels, and of headings with units in brackets."""
_LEAST_LABELS: Final = 2
_LEAST_LINES: Final = 3
"""做什么：…, 牵头：…, 办结：…: so many labels in so many cells are a form, whatever the words."""
_LABELLED_ROLES: Final = frozenset(
    {ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.SUPPORT, ColumnRole.LEADER, ColumnRole.PERSON, ColumnRole.DEADLINE}
)
"""Known labels that make a column one of labelled lines; 目的：…要求：… is a text."""
_BETWEEN: Final = " ；;，,\n\u3000"
_LEAST_PERIODS: Final = 3
"""Months or quarters side by side: 上半年 | 下半年 may as well be two standards."""
_WORDY_LENGTH: Final = 6
"""Characters of the shortest thing to be done: a tick or a number below a month says when, not what."""
_WORDY: Final = 0.6
"""Share of the texts below months that are that long."""
_UNIT_ROLES: Final = (ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)
_BRACKET_AT_END: Final = re.compile(r"(?P<name>[^（(，,。；;]{2,20})\s*[（(](?P<units>[^（()）]{2,60})[)）]")
_BETWEEN_UNITS: Final = re.compile("[、，,；;]")
_LEAST_HEADINGS: Final = 3
_INNER_BRACKET: Final = re.compile(r"[（(](?P<inner>[^（()）]{2,30})[)）]")
_UNIT_COLUMN: Final = "责任单位"
_PERSON_COLUMN: Final = "责任人"
_PERIOD_COLUMN: Final = "时间"
_CONTENT_COLUMN: Final = "各{}内容"


def reshape(part: TablePart) -> TablePart:
    """Return a table with one column for each label of its cells, and one row for each month or quarter of a row."""
    part = _unfold_periods(part) if part.header.is_found else part
    for c in reversed(range(part.body.n_cols)):
        cells = [cell for cell in part.body.column(c) if cell.text and cell.cols == 1]
        labels = _common_labels(cells)
        upper, _, name = part.header.columns[c].rpartition("/")
        if labels:
            names = [f"{upper}/{label}" if upper else label for label in labels]
            part = _split_column(part, c, names, partial(_split_at_labels, labels=labels))
        elif _end_with_units(cells) and not _has_units(part, c):
            part = _split_column(part, c, [name, _UNIT_COLUMN], _split_off_bracket)
        elif _name_persons(cells):
            part = _split_column(part, c, [part.header.columns[c], _PERSON_COLUMN], _split_off_persons)
    return part


def _has_units(part: TablePart, own: int) -> bool:
    """Return whether another column than `own` is headed as one of units, or most of its cells are units."""
    columns = part.header.columns
    others = [c for c in range(part.body.n_cols) if c != own]
    if any(header_word(columns[c].rpartition("/")[2]).role in _UNIT_ROLES for c in others):
        return True
    texts = [[cell.text for cell in part.body.column(c) if cell.text] for c in others]
    return any(2 * sum(map(looks_like_party, column)) > len(column) for column in texts if column)


def _end_with_units(cells: Sequence[GridCell]) -> bool:
    """Return whether the cells of a column are short headings that end with units in brackets: 理论武装（机关党委）."""
    ends = [_BRACKET_AT_END.fullmatch(strip_whitespace(cell.text)) for cell in cells if cell.text[-1] in "）)"]
    found = [m for m in ends if m and looks_like_party(m["units"]) and not looks_like_party(m["name"])]
    names = [name for m in found for name in _BETWEEN_UNITS.split(m["units"])]
    # 创建内容（校园）, （社区）: names of places alone say what is meant.
    return len(found) >= max(_LEAST_HEADINGS, _LABELLED * len(cells)) and any(map(is_office, names))


def _split_off_bracket(text: str) -> list[str]:
    match = _BRACKET_AT_END.fullmatch(text.strip())
    return [match["name"], match["units"]] if match and looks_like_party(match["units"]) else [text, ""]


def _name_persons(cells: Sequence[GridCell]) -> bool:
    """Return whether most cells of a column are units with persons in brackets: 党办（李明）、工会（王芳）."""
    least = max(_LEAST_HEADINGS, _LABELLED * len(cells))
    bracketed = [cell.raw for cell in cells if "（" in cell.raw or "(" in cell.raw]
    if len(bracketed) < least:
        return False
    found = map(_split_off_persons, bracketed)
    return sum(bool(persons) and looks_like_party(strip_whitespace(units)) for units, persons in found) >= least


def _split_off_persons(text: str) -> list[str]:
    persons = [m["inner"] for m in _INNER_BRACKET.finditer(text) if _are_persons(m["inner"])]
    units = _INNER_BRACKET.sub(lambda m: "" if _are_persons(m["inner"]) else m.group(), text)
    return [units, "、".join(persons)]


def _are_persons(text: str) -> bool:
    return is_person_list(text) and not looks_like_party(strip_whitespace(text))


class _Label(NamedTuple):
    """A label in the text of a cell: `text[start:end]` with its colon."""

    start: int
    end: int
    name: str


def _find_labels(text: str) -> list[_Label]:
    return [_Label(*match.span("label"), match["label"][:-1]) for match in FIELD_LABEL.finditer(text)]


def _split_at_labels(text: str, labels: Sequence[str]) -> list[str]:
    """Return what stands behind each of the labels; a text without them says that there is none (——)."""
    text = text.strip()
    values = dict.fromkeys(labels, "")
    found = [label for label in _find_labels(text) if label.name in values]
    if not found:
        return [text] * len(labels)
    ends = [*(label.start for label in found[1:]), len(text)]
    for label, end in zip(found, ends, strict=False):
        value = text[label.end : end].strip(_BETWEEN)
        values[label.name] = "\n".join(filter(None, [values[label.name], value]))
    return list(values.values())


def _common_labels(cells: Sequence[GridCell]) -> list[str]:
    """Return the labels of a column of labelled lines in their order, none for any other column.

    Each cell begins with one of them. They are known words for units, persons or days, or many.
    """
    if not any("：" in cell.raw or ":" in cell.raw for cell in cells):
        return []
    texts = [cell.raw.strip() for cell in cells if not is_placeholder(cell.text)]
    found = [[(label.start, label.name) for label in _find_labels(text)] for text in texts]
    names = [[name for _, name in labels] for labels in found]
    counts = Counter(name for labels in names for name in dict.fromkeys(labels))
    common = [name for name in counts if counts[name] >= max(_LABELLED * len(texts), 1)]
    roles = [header_word(name).role for name in common]
    if all(role in _UNIT_ROLES for role in roles):
        # 牵头单位：…；配合单位：… is one column of units.
        return []
    are_many = len(common) >= _LEAST_LINES and len(texts) >= _LEAST_LINES
    if sum(role in _LABELLED_ROLES for role in roles) < _LEAST_LABELS and not are_many:
        return []
    repeated = [name for name in counts if counts[name] > 1 or name in common]
    if not all(labels and labels[0][0] == 0 and labels[0][1] in repeated for labels in found):
        return []
    return _in_order(names, repeated)


def _in_order(found: Sequence[Sequence[str]], labels: Sequence[str]) -> list[str]:
    """Return labels in the order in which they follow each other; some cells lack some."""
    place = {label: max(labels.index(label) for labels in found if label in labels) for label in labels}
    return sorted(labels, key=lambda label: place[label])


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
        return [
            GridCell(cell.row, c + i, text, clean(text), cell.locator, cell.rows)
            for i, text in enumerate(split(cell.raw))
        ]
    if cell.col <= c < cell.col + cell.cols:
        return [replace(cell, cols=cell.cols + n - 1)]
    return [replace(cell, col=cell.col + n - 1) if cell.col > c else cell]


def _unfold_periods(part: TablePart) -> TablePart:
    """Return a table of months side by side with a row for each month in which something is to be done."""
    columns = part.header.columns
    periods = [c for c, name in enumerate(columns) if names_period(name.rpartition("/")[2])]
    if len(periods) < _LEAST_PERIODS or any(b - a != 1 for a, b in pairwise(periods)):
        return part
    first, after = periods[0], periods[-1] + 1
    texts = [cell.text for c in periods for cell in part.body.column(c) if cell.text and cell.col + cell.cols <= after]
    texts = [text for text in texts if cell_points(text) is None]
    if not texts or sum(len(strip_whitespace(text)) >= _WORDY_LENGTH for text in texts) < _WORDY * len(texts):
        return part
    upper = columns[first].rpartition("/")[0]
    unit = "季度" if "季" in columns[first].rpartition("/")[2] else "月"
    names = (upper if header_word(upper).role == ColumnRole.DEADLINE else _PERIOD_COLUMN, _CONTENT_COLUMN.format(unit))
    rows: list[list[GridCell]] = []
    sums: list[str] = []
    for r in range(part.body.n_rows):
        below = _texts_below(part.body, r, range(first, after))
        if below and all(cell_points(cell.text) is not None for cell in below):
            sums += [cell.text for cell in part.body.cells_of_row(r) if cell.row == r and cell.text]
        else:
            rows += _unfold_row(part.body.cells[r], below, range(first, after), columns)
    body = renumber(rows, spans_known=part.body.spans_known)
    header = replace(part.header, columns=(*columns[:first], *names, *columns[after:]))
    return replace(part, header=header, body=body, dropped=[*part.dropped, *sums])


def _texts_below(body: Grid, r: int, periods: range) -> list[GridCell]:
    return [
        cell
        for cell in body.cells_of_row(r)
        if cell.row == r and cell.text and periods.start <= cell.col < periods.stop
    ]


def _unfold_row(
    row: Sequence[GridCell], below: Sequence[GridCell], periods: range, columns: Sequence[str]
) -> Iterator[list[GridCell]]:
    """Yield the rows of a row: one for each text below months, one for a row without any."""
    left, right = row[: periods.start], row[periods.stop :]
    first = row[periods.start]
    if first.col < periods.start or any(cell.col + cell.cols > periods.stop for cell in below):
        yield [*left, first, first, *right]
    elif not below:
        blank = GridCell(0, 0, "", "", first.locator)
        yield [*left, blank, replace(blank), *right]
    for cell in below if first.col == periods.start else ():
        names = [columns[c].rpartition("/")[2] for c in (cell.col, cell.col + cell.cols - 1)]
        period = "至".join(dict.fromkeys(names))
        yield [*left, GridCell(0, 0, period, period, cell.locator), replace(cell), *right]
