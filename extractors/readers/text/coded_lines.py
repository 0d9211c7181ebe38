"""Tables with their header on a line with bars and every cell below it on a line of its own, closed by a bar.

    测评项目 | 测评指标 | 测评标准 | 测评方法 |
    Ⅰ-1 运行机制 |
    Ⅱ-1 组织推动 |
    每半年召开一次协调会。 |
    材料审核 |
    Ⅱ-2 经费保障 |

Cells that span several rows stand in the first of them alone, so that rows have no length of their own: a cell with a
code of the kind of a column (Ⅰ-, Ⅱ-, 一、) is in that column, and the others follow in their order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from extractors.readers.text.tables import LIST_MARK, RawCell

_CODES: Final = (
    re.compile(r"(?P<kind>[ⅠⅡⅢⅣ])\s{0,2}[-—－–]?\s{0,2}\d"),
    re.compile(r"(?P<kind>[A-H])[-—－–]?\d"),
    re.compile(r"[一二三四五六七八九十]{1,3}、"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"\d{1,2}[.．]\d{1,2}(?!\d)"),
)
_LONGEST_LEVEL: Final = 40
"""Characters of a heading with its code and points."""
_MIN_ROWS: Final = 3
_MIN_WHOLE: Final = 0.7
"""Share of the rows with a cell for each column behind the codes; a cell that spans several leaves some without."""


def part_coded_rows(header: Sequence[RawCell], cells: Sequence[RawCell]) -> list[list[RawCell]] | None:
    """Return the rows of a table below its header, blank where a cell above spans them; None if codes part no rows.

    Args:
        header: The cells of the header.
        cells: All cells below it in reading order, without blank ones.
    """
    width = len(header)
    kinds = [_code_kind(cell.text) for cell in cells]
    n_levels = next((n for n, kind in enumerate(kinds[:width]) if kind is None), width)
    levels = kinds[:n_levels]
    if not levels or n_levels >= width or len(set(levels)) < n_levels:
        return None
    rows: list[list[RawCell]] = []
    for cell, kind in zip(cells, kinds, strict=True):
        length = len(rows[-1]) if rows else width
        column = levels.index(kind) if kind in levels else max(length, n_levels)
        if column < length:
            rows.append([RawCell("", cell.line)] * column)
        elif column > length or column == width:
            return None
        rows[-1].append(cell)
    complete = sum(len(row) == width for row in rows)
    if len(rows) < _MIN_ROWS or complete < _MIN_WHOLE * len(rows):
        return None
    return [row + [RawCell("", row[-1].line)] * (width - len(row)) for row in rows]


def _code_kind(text: str) -> str | None:
    """Return of which kind the code of a heading is: Ⅰ, Ⅱ, A, or the place in the list of notations; None without."""
    if len(text) > _LONGEST_LEVEL or LIST_MARK.search(text):
        return None
    matches = ((n, code.match(text)) for n, code in enumerate(_CODES))
    return next((match.groupdict().get("kind", str(n)) for n, match in matches if match), None)
