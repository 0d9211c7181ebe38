"""What columns and remarks say of points outside of the base points: 是否加分项, 此项为加分, 扣分项 over 未着装上岗."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.column_headers import speaks_of_points
from extractors.parsers.points import cell_points
from extractors.parsers.row_patterns import is_bonus, is_penalty, says_bonus
from extractors.parsers.unit_roles import is_unit_mark
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole, ColumnRoles

_YES: Final = "是"
_NO: Final = ("否", "×", "无", "不是")
_CLAUSE_END: Final = re.compile(r"[，,。；;\n]")
_DOUBTFUL: Final = (ColumnRole.LEVEL, ColumnRole.CRITERIA, ColumnRole.PERSON, ColumnRole.OTHER, ColumnRole.EVIDENCE)
"""What a column of deductions is taken for by its cells alone."""


def settle_penalty_columns(table: CleanTable) -> CleanTable:
    """Return the table with its columns of behaviour that costs points (扣分项 over 未着装上岗) as scoring columns."""
    roles = table.roles
    heads = [c for c, column in enumerate(table.columns) if is_penalty(column) and speaks_of_points(column)]
    found = [c for c in heads if _holds_words(table, c)]
    names = tuple(ColumnRole.SCORING if c in found and r in _DOUBTFUL else r for c, r in enumerate(roles.names))
    known = {c for c in found if names[c] is ColumnRole.SCORING}
    if known.isdisjoint(roles.unknown) and names == roles.names:
        return table
    return table.with_roles(ColumnRoles(names, tuple(c for c in roles.unknown if c not in known)))


def find_bonus_rows(table: CleanTable) -> Set[int]:
    """Return the rows whose remark says that they are a bonus, or whose mark does below a header that asks so."""
    rows = range(table.grid.n_rows)
    marked = [c for c, column in enumerate(table.columns) if is_bonus(column) and _holds_marks(table, c)]
    remarks = table.roles.columns(ColumnRole.REMARK)
    return {
        r
        for r in rows
        if any(_says_yes(table.grid.cell(r, c).text) for c in marked)
        or any(map(says_bonus, (clause for c in remarks for clause in _CLAUSE_END.split(table.grid.cell(r, c).raw))))
    }


def _texts(table: CleanTable, c: int) -> list[str]:
    texts = [strip_whitespace(table.grid.cell(r, c).text) for r in table.task_rows()]
    return [text for text in texts if text and not is_placeholder(text)]


def _holds_words(table: CleanTable, c: int) -> bool:
    """Return whether the tasks have texts of their own in a column, no heading that several share and no points."""
    texts = _texts(table, c)
    is_own = all(table.grid.cell(r, c).rows == 1 for r in table.task_rows()) and 2 * len(set(texts)) > len(texts)
    return is_own and not any(cell_points(text) is not None for text in texts)


def _holds_marks(table: CleanTable, c: int) -> bool:
    texts = _texts(table, c)
    return any(map(_says_yes, texts)) and all(_says_yes(text) or text in _NO for text in texts)


def _says_yes(text: str) -> bool:
    return bool(text) and not is_placeholder(text) and (text == _YES or is_unit_mark(text))
