"""Tables that show an old and a new wording side by side, of which only the new one holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.tables.grid import GridCell, renumber
from extractors.tables.table_parts import TablePart

_AS_BEFORE: Final = re.compile(
    r"[（(]?(?:同左|同左栏|同原文|不变|未变|未改|未修改|不作修改|维持不变|无变化)[）)]?[。.]?"
)
"""What a cell of the new wording says that is the old one."""
_DELETED: Final = re.compile(r"[（(]?(?:删除|删去|取消)[）)]?[。.]?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_OLD: Final = re.compile("原|旧|[订改]前")
_REMARK: Final = "新旧对照，只读“{}”"


class _Sides(NamedTuple):
    """The columns of the old and the new wording, in the same order, what the new one is called, and which is second.

    The second is the one whose cells refer to the first: 同左.
    """

    old: range
    new: range
    name: str
    second: range


def take_new_wording(part: TablePart) -> TablePart:
    """Return a table of two wordings without the old one; every other table as it is.

    Two groups of columns beside each other have the same names below headings of their own (2021年版 | 2024年版), and a
    cell of the second says that it is as in the first (同左). The second is the new one, unless their names say
    otherwise (2024年版 | 2021年版, 修订后 | 修订前). What is deleted in the new wording is no row.
    """
    sides = _find_sides(part.header.columns)
    if sides is None or not any(
        _AS_BEFORE.fullmatch(strip_whitespace(cell.text)) for c in sides.second for cell in part.body.column(c)
    ):
        return part
    rows: list[Sequence[GridCell]] = []
    old_texts: list[str] = []
    for r, row in enumerate(part.body.cells):
        old = [row[c].text for c in sides.old if row[c].row == r and row[c].text and row[c].cols == 1]
        if old and _is_deleted([row[c] for c in sides.new]):
            old_texts += [cell.text for cell in part.body.cells_of_row(r) if cell.row == r and cell.text]
            continue
        old_texts += old
        rows.append(list(_new_row(row, sides)))
    columns = [name for c, name in enumerate(part.header.columns) if c not in sides.old]
    return replace(
        part,
        header=replace(part.header, columns=tuple(columns)),
        body=renumber(rows, spans_known=part.body.spans_known),
        dropped=[*part.dropped, *old_texts],
        remark=_REMARK.format(sides.name),
    )


def _find_sides(columns: Sequence[str]) -> _Sides | None:
    runs: list[tuple[str, range]] = []
    for upper, places in groupby(enumerate(columns), key=lambda place: place[1].rpartition("/")[0]):
        numbers = [c for c, _ in places]
        runs.append((upper, range(numbers[0], numbers[-1] + 1)))
    for (first, old), (second, new) in pairwise(runs):
        names = [[columns[c].rpartition("/")[2] for c in side] for side in (old, new)]
        if first and second and first != second and names[0] == names[1]:
            return _Sides(old, new, second, new) if _follows(first, second) else _Sides(new, old, first, new)
    return None


def _follows(first: str, second: str) -> bool:
    """Return whether the second of two names is not that of the older wording."""
    years = [[int(year) for year in _YEAR.findall(name)] for name in (first, second)]
    if all(years) and years[0] != years[1]:
        return years[0] < years[1]
    return _OLD.search(second) is None or _OLD.search(first) is not None


def _is_deleted(cells: Sequence[GridCell]) -> bool:
    """Return whether nothing stands in the new wording: ——, 删除."""
    texts = [strip_whitespace(cell.text) for cell in cells]
    return all(is_placeholder(text) or _DELETED.fullmatch(text) for text in texts) and any(texts)


def _new_row(row: Sequence[GridCell], sides: _Sides) -> Iterator[GridCell]:
    """Yield the cells of a row without the old wording, which stands for 同左 in the new one."""
    for c, cell in enumerate(row):
        if c in sides.old:
            continue
        if c in sides.new and _AS_BEFORE.fullmatch(strip_whitespace(cell.text)):
            before = row[sides.old[c - sides.new.start]]
            yield replace(cell, text=before.text, raw=before.raw)
        else:
            yield cell
