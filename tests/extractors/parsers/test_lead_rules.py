"""Headings that say who leads the tasks below them."""

from __future__ import annotations

import pytest

from extractors.parsers.lead_rules import (
    SectionUnits,
    read_office_titles,
    read_section_units,
    read_title_fields,
    read_title_units,
)
from extractors.parsers.responsible_units import names_units


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("县水务局牵头", "县水务局"),
        ("由县水务局牵头负责", "县水务局"),
        ("河道治理（县水务局牵头）", "县水务局"),
        ("河道治理（牵头单位：县水务局）", "县水务局"),
        ("绿化：县林业局主办", "县林业局"),
    ],
)
def test_units_that_lead_a_section(name: str, units: str) -> None:
    assert read_section_units(name) == SectionUnits(units, leads=True)


def test_units_that_are_responsible_where_a_task_names_none() -> None:
    found = read_section_units("环境卫生（责任单位：县卫健局、县城管局）")
    assert found == SectionUnits("县卫健局、县城管局", leads=False)


@pytest.mark.parametrize(
    "name", ["组织领导", "强化部门牵头", "班子带头", "各司其职，单位牵头", "抓好牵头单位责任落实", "牵头", "责任单位"]
)
def test_headings_that_name_no_unit(name: str) -> None:
    assert read_section_units(name) is None


@pytest.mark.parametrize(
    ("header", "ends"), [("领衔科室", True), ("分工/搭手 部门", True), ("科室名称", False), ("", False)]
)
def test_headers_that_end_with_a_word_for_units(header: str, ends: bool) -> None:
    assert names_units(header) is ends


def test_units_and_leaders_above_a_header() -> None:
    titles = ["2025年责任书", "责任部门：区水务局", "责任领导：黎望舟"]
    assert read_title_units(titles) == SectionUnits("区水务局", leads=False)
    assert read_title_units(["牵头单位：区水务局"]) == SectionUnits("区水务局", leads=True)
    assert read_title_units(["任务分解表（牵头单位：区水务局）"]) == SectionUnits("区水务局", leads=True)
    assert read_title_fields("责任领导：黎望舟") == [("leader", "黎望舟")]


@pytest.mark.parametrize(
    ("title", "units"),
    [("区教育局牵头任务（4项）", "区教育局"), ("各县（区）牵头的重点任务", "各县（区）"), ("区教育局牵头", "区教育局")],
)
def test_titles_that_say_who_leads(title: str, units: str) -> None:
    assert read_title_units([title]) == SectionUnits(units, leads=True)


def test_titles_that_are_names_of_offices() -> None:
    offices = [SectionUnits("区教育局", leads=False), None, SectionUnits("区城管局", leads=False)]
    assert read_office_titles(["区教育局（4项）", "联系表", "区城管局"]) == offices


@pytest.mark.parametrize(
    "titles", [["区文明办", "任务分解表", None], ["区文明办", "区文明办"], ["第一小学", "第二小学"], []]
)
def test_one_office_may_be_the_issuer_and_places_have_no_duties(titles: list[str | None]) -> None:
    assert read_office_titles(titles) == [None] * len(titles)


@pytest.mark.parametrize(
    "title", ["2025年责任书", "填报单位：", "填报日期：2025年3月", "责任部门：全年完成", "区教育局", "各牵头单位职责"]
)
def test_titles_that_name_no_unit(title: str) -> None:
    assert read_title_units([title]) is None
    assert read_title_fields(title) == []


def test_several_fields_in_a_line_above_a_table() -> None:
    line = "责任科室：办公室　　科室负责人：林栖梧　　分管领导：宋观海"
    assert read_title_fields(line) == [("party", "办公室"), ("person", "林栖梧"), ("leader", "宋观海")]
    assert read_title_fields("牵头单位：区住建局；配合单位：各街道、区城管局") == [
        ("lead", "区住建局"),
        ("support", "各街道、区城管局"),
    ]
    assert read_title_fields("制表：某某　责任科室") == []
