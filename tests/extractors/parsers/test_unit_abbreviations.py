"""Short names of units and sentences about the order of units."""

from __future__ import annotations

import pytest

from extractors.parsers.lead_rules import LeadRule, read_lead_rule
from extractors.parsers.responsible_units import collect_parties, split_parties
from extractors.parsers.unit_abbreviations import is_short_for, read_abbreviations


def is_unit(name: str) -> bool:
    return name.endswith(("科", "处", "局", "办", "办公室", "中心"))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("表中“政工”指政治工作科。", {"政工": "政治工作科"}),
        (
            "备注：“园林处”“水保科”依次指园林绿化管理处、水土保持科；其余从略",
            {"园林处": "园林绿化管理处", "水保科": "水土保持科"},
        ),
        ("“水保科”为水土保持科的简称", {"水保科": "水土保持科"}),
        ("由水土保持科（以下简称水保科）汇总", {"水保科": "水土保持科"}),
        ("水土保持科（简称“水保科”）、园林绿化处（下称园林处）负责", {"水保科": "水土保持科", "园林处": "园林绿化处"}),
        ("注：水土保持科简称水保科，园林处即园林绿化处", {"水保科": "水土保持科", "园林处": "园林绿化处"}),
        # no short name of a unit
        ("领导小组办公室（以下简称局创城办），设在人事科", {}),
        ("《水土保持管理办法》（以下简称《办法》）", {}),
        ("水土保持科即日起汇总", {}),
        ("文明城市（简称创城）", {}),
        ("“水保科”“园林处”“防汛科”分别指水土保持科、园林绿化处", {}),
    ],
)
def test_short_names(line: str, found: dict[str, str]) -> None:
    assert read_abbreviations([line], is_unit) == found


@pytest.mark.parametrize(
    ("short", "name", "fits"),
    [
        ("水保科", "水土保持科", True),
        ("科保", "水土保持科", False),
        ("水保科", "水保科", False),
        ("防汛科", "水土保持科", False),
    ],
)
def test_a_short_name_keeps_the_order_of_characters(short: str, name: str, fits: bool) -> None:
    assert is_short_for(short, name) is fits


def test_a_collective_is_never_lengthened() -> None:
    lexicon = collect_parties(["各股室", "纪委"], "请机关各股室和机关纪委落实。")
    assert [p.name for p in split_parties("各股室", lexicon)] == ["各股室"]
    assert [p.name for p in split_parties("纪委", lexicon)] == ["机关纪委"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("凡涉及多个责任科室的，排名第一的为牵头科室。", LeadRule.FIRST),
        ("责任单位中列在首位的是牵头单位", LeadRule.FIRST),
        ("第一个责任单位为该项任务的牵头单位", LeadRule.FIRST),
        ("每一分项排在首位的单位为该分项牵头单位", LeadRule.FIRST_OF_PART),
        ("序号一一对应，排在最前的为主办单位", LeadRule.FIRST_OF_PART),
        ("得分排名第一的，牵头部门加2分", None),
        ("列首位的单位先行报送。牵头单位汇总", None),
        ("", None),
    ],
)
def test_what_is_said_of_the_order(text: str, rule: LeadRule | None) -> None:
    assert read_lead_rule([text]) is rule


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("县水务局①、各乡镇②", [(None, "县水务局"), (None, "各乡镇")]),
        ("①县水务局②县林业局", [("①", "县水务局"), ("②", "县林业局")]),
        ("1)县水务局③2)县林业局", [("1)", "县水务局"), ("2)", "县林业局")]),
    ],
)
def test_marks_of_notes_and_of_parts(cell: str, found: list[tuple[str | None, str]]) -> None:
    assert [(p.scope, p.name) for p in split_parties(cell, collect_parties([cell], ""))] == found
