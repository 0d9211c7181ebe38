"""What kind of body a name means, and to which unit it belongs."""

from __future__ import annotations

import pytest

from extractors.parsers.unit_kinds import find_kind, find_parent


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("防汛科", "department"),
        ("局办公室", "department"),
        ("工会（妇委会）", "department"),
        ("县水务局防汛股", "department"),
        ("市局办公室", "department"),
        ("德育处", "department"),
        ("理化组", "department"),
        ("县水务局", "unit"),
        ("市委办公室", "unit"),
        ("县政府督查室", "unit"),
        ("区创建办公室", "unit"),
        ("县督查室", "unit"),
        ("县医院办公室", "department"),
        ("县文明办", "unit"),
        ("市总工会", "unit"),
        ("团区委", "unit"),
        ("河道管理处", "unit"),
        ("城东街道", "unit"),
        ("各乡镇（街道）", "collective"),
        ("成员单位", "collective"),
        ("创城领导小组", "group"),
        ("环境整治工作专班", "group"),
        ("青年志愿服务队", "group"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert find_kind(name) == kind


@pytest.mark.parametrize(
    ("name", "others", "parent"),
    [
        ("县水务局河道大队", ["县水务局", "县林业局"], "县水务局"),
        ("县水务局河道大队一中队", ["县水务局", "县水务局河道大队"], "县水务局河道大队"),
        ("市发展改革委员会", ["市发展改革委"], None),
        ("市局办公室", ["市局"], None),
        ("各乡镇党委", ["各乡镇"], None),
        ("县水务局长", ["县水务局"], None),
        ("县林业局", ["县水务局"], None),
    ],
)
def test_the_unit_above(name: str, others: list[str], parent: str | None) -> None:
    assert find_parent(name, others) == parent
