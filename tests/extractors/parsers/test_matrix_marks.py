"""What the marks of a matrix of units mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from extractors.parsers.matrix_marks import read_mark_roles, settle_mark_roles


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("注：●为牵头单位，▲为配合单位，空白为不涉及。", {"●": "lead", "▲": "support"}),
        ("★表示主办，☆表示协办", {"★": "lead", "☆": "support"}),
        ("备注：打“√”的为责任单位，打“○”的为参与单位。", {"√": "lead", "○": "support"}),
        ("▲牵头 △配合", {"▲": "lead", "△": "support"}),
        ("◆：牵头单位；◇：协助单位", {"◆": "lead", "◇": "support"}),
        ("●为配合单位。●为牵头单位。", {"●": "support"}),
        ("由县教育局牵头，县公安局配合", {}),
        ("责任单位：牵头单位为县教育局", {}),
        ("1.牵头单位 2.配合单位", {}),
    ],
)
def test_what_a_notice_says_of_its_marks(line: str, found: Mapping[str, str]) -> None:
    assert read_mark_roles([line]) == found


TWO = [["●", "▲", "▲"], ["", "●", "▲"], ["▲", "", "●"], ["▲", "●", ""], ["●", "", "▲"]]


@pytest.mark.parametrize(
    ("rows", "explained", "found"),
    [
        # the notice's own words, also against what most mean by a mark
        (TWO, {"●": "support", "▲": "lead"}, {"●": "support", "▲": "lead"}),
        (TWO, {"▲": "support"}, {"●": "lead", "▲": "support"}),
        # the vocabulary
        ([["★", "√"], ["√", "★"]], {}, {"★": "lead", "√": "support"}),
        ([["牵头", "配合"], ["—", "牵头"]], {}, {"牵头": "lead", "配合": "support"}),
        # both are marks of the lead there: the one that each row has once leads
        (TWO, {}, {"●": "lead", "▲": "support"}),
        ([[x.translate(str.maketrans("●▲", "▲●")) for x in row] for row in TWO], {}, {"●": "support", "▲": "lead"}),
        ([*TWO, ["▲", "▲", "▲"]], {}, {"●": "lead", "▲": "support"}),
        ([*TWO, ["●", "●", "▲"]], {}, {"●": "lead", "▲": "lead"}),
        ([["●", "▲"], ["▲", "●"], ["●", "▲"]], {}, {"●": "lead", "▲": "lead"}),
        ([*TWO[:2], ["▲", "▲", ""], ["", "▲", "▲"], ["", "", ""]], {}, {"●": "lead", "▲": "lead"}),
        ([["√", "√"], ["", "√"]], {}, {"√": "support"}),
        ([["", "—"]], {}, {}),
    ],
)
def test_roles_of_all_marks(
    rows: Sequence[Sequence[str]], explained: Mapping[str, str], found: Mapping[str, str]
) -> None:
    assert settle_mark_roles(rows, explained) == found
