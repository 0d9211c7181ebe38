"""Options with boxes: those that are ticked remain, bullets are bullets."""

from __future__ import annotations

import pytest

from extractors.parsers.methods import split_methods
from extractors.parsers.responsible_units import PartyLexicon, read_units
from extractors.parsers.ticked_options import keep_ticked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("☑实地考察 □材料审核 □问卷调查", "实地考察"),
        ("□实地考察\n☑材料审核\n☑问卷调查", "材料审核\n问卷调查"),
        ("√ 办公室　☐ 宣传科", "办公室"),
        ("□实地考察\n□材料审核", "实地考察\n材料审核"),
        ("√", "√"),
        ("□□", "□□"),
        ("", ""),
        ("实地考察 □材料审核", "实地考察 □材料审核"),
    ],
)
def test_keep_ticked(text: str, kept: str) -> None:
    assert keep_ticked(text) == kept


def test_boxes_are_no_methods_and_no_part_of_a_name() -> None:
    assert split_methods("☑实地考察 □材料审核 ☑问卷调查") == ["实地考察", "问卷调查"]
    assert [party.name for party in read_units("☑办公室 □宣传科", PartyLexicon()).parties] == ["办公室"]
