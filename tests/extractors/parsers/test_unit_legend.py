"""Units named by the numbers of a legend."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from extractors.parsers.unit_legend import name_numbered_units, read_unit_legend
from extractors.parsers.unit_names import has_unit_suffix

LEGEND = {"①": "办公室", "②": "财务科", "③": "机关党委"}


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["注：①办公室；②财务科；③机关党委。"], LEGEND),
        (["责任单位：①办公室，②财务科，③机关党委。"], LEGEND),
        (["①：办公室 ②：财务科 ③：机关党委"], LEGEND),
        (["①做好宣传；②建好台账。", "①办公室②财务科③机关党委"], LEGEND),
        (["①办公室负责宣传；②建好台账。"], {}),
        (["①办公室"], {}),
        ([], {}),
    ],
)
def test_a_line_that_numbers_units(lines: list[str], found: Mapping[str, str]) -> None:
    assert read_unit_legend(lines, has_unit_suffix) == found


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("①", "办公室"),
        ("②③", "财务科、机关党委"),
        (" ①、③ ", "办公室、机关党委"),
        ("①④", "①④"),
        ("①办公室", "①办公室"),
        ("", ""),
    ],
)
def test_a_cell_of_numbers(cell: str, named: str) -> None:
    assert name_numbered_units(cell, LEGEND) == named
    assert name_numbered_units(cell, {}) == cell
