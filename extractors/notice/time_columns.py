"""Columns for the first and the last day of a task: 开始时间 beside 完成时间 are one time, not two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extractors.parsers.column_headers import names_end, names_start
from extractors.tables.grid import GridCell

_SEVERAL: Final = re.compile(r"[、，,；;\n①-⑳]")
_DAY: Final = re.compile(r"[\d一二三四五六七八九十]|年初")
_OPEN: Final = ("起", "开始")


def join_times(cells: Sequence[GridCell], columns: Sequence[str]) -> list[str]:
    """Return the texts of the cells of time in a row; a first and a last day are one: 3月1日, 5月底 → 3月1日至5月底.

    A first day without a last one is open: 3月1日起. Texts that hold several times stay apart.

    Args:
        cells: The cells with a text, left to right.
        columns: The header of every column of the table.
    """
    texts: list[str] = []
    is_joined = False
    for cell, following in pairwise([*cells, None]):
        if cell is None or is_joined:
            is_joined = False
            continue
        text = cell.text
        is_opening = cell.cols == 1 and names_start(columns[cell.col]) and _is_single(text) and not text.endswith("前")
        is_dated = _DAY.search(text) is not None
        if is_opening and following is not None and names_end(columns[following.col]) and _is_single(following.text):
            is_joined = is_dated or text.endswith(_OPEN)
            texts.append(f"{text}至{following.text}" if is_joined else text)
        elif is_opening and following is None and is_dated:
            texts.append(text if text.endswith(_OPEN) else f"{text}起")
        else:
            texts.append(text)
    return texts


def _is_single(text: str) -> bool:
    return _SEVERAL.search(text) is None
