"""Debris of text recognition in cells of units: told from names, repaired where only one name can be meant."""

from __future__ import annotations

import pytest

from extractors.parsers.illegible_units import (
    DECIDED,
    MIXED,
    NO_UNIT_BEFORE_NAME,
    NO_WORDS,
    ONE_CHARACTER,
    RUN_TOGETHER,
    find_debris,
    split_jumble,
)
from extractors.parsers.responsible_units import PartyLexicon, read_units
from extractors.parsers.unit_lexicon import collect_parties


def lexicon_of(*cells: str, body: str = "") -> PartyLexicon:
    """The lexicon of a notice whose column of units holds these cells."""
    lexicon = collect_parties(cells, body)
    lexicon.note_misread(body)
    return lexicon


def read(cell: str, lexicon: PartyLexicon) -> tuple[list[str], list[tuple[str, str]]]:
    """The names of a cell, and its illegible texts with their reasons."""
    units = read_units(cell, lexicon)
    return [party.name for party in units.parties], [(one.text, one.reason) for one in units.illegible]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("20310044", NO_WORDS),
        ("kQ#/ 7", NO_WORDS),
        ("XR秋刃", MIXED),
        ("Ⅲ工八", MIXED),
        ("夯^公至", MIXED),
        ("QW穴股", MIXED),
        ("IT中心", None),
        ("局", ONE_CHARACTER),
        ("5G工作专班", None),
        ("宣教", None),
        ("————", None),
    ],
)
def test_what_no_name_looks_like(text: str, reason: str | None) -> None:
    assert find_debris(text) == reason


@pytest.mark.parametrize(
    ("cell", "illegible"),
    [("XR秋刃", ("XR秋刃", MIXED)), ("20310044", ("20310044", NO_WORDS)), ("k- T/V", ("k- T/V", NO_WORDS))],
)
def test_a_cell_of_debris_names_nobody(cell: str, illegible: tuple[str, str]) -> None:
    assert read(cell, lexicon_of("水文科", cell)) == ([], [illegible])


def test_a_placeholder_is_neither_a_name_nor_debris() -> None:
    assert read("----", lexicon_of("水文科", "----")) == ([], [])


class TestOneWrongCharacter:
    @pytest.mark.parametrize(
        ("cells", "cell", "name"),
        [
            (["水文科", "水文科", "水文科", "水文制"], "水文制", "水文科"),
            (["局创文办"] * 3 + ["局创文勿"], "局创文勿", "局创文办"),
            (["办公室", "办公室", "亦公室"], "亦公室", "办公室"),
            (["创城办公室", "办公室", "办公室", "创城夕公室"], "创城夕公室", "创城办公室"),
            (["综合科"] * 3 + ["综含科"], "综含科", "综合科"),
            (["县水务局"] * 3 + ["县水务届"], "县水务届", "县水务局"),
            (["县水务局"] * 3 + ["县氺务局"], "县氺务局", "县水务局"),
        ],
    )
    def test_a_neighbour_of_a_known_name_is_that_name(self, cells: list[str], cell: str, name: str) -> None:
        lexicon = lexicon_of(*cells)
        assert read(cell, lexicon) == ([name], [])
        assert lexicon.misread == {cell: name}

    @pytest.mark.parametrize(
        ("cells", "cell", "body"),
        [
            # other units: the character is no look-alike, stands elsewhere, or the other name is rarer
            (["人事科"] * 4 + ["外事科"], "外事科", ""),
            (["林业局"] * 4 + ["渔业局"], "渔业局", ""),
            (["综合科"] * 3 + ["综含科"], "综含科", "请将内容包含在方案中"),
            (["水文科", "水文制"], "水文制", ""),
            (["志愿队"] * 4 + ["志愿者"], "志愿者", ""),
            (["宣传教育科"] * 4 + ["宣传教育员"], "宣传教育员", ""),
            (["临川区"] * 4 + ["濮川区"], "濮川区", ""),
            (["县水务局"] * 3 + ["县水务届"], "县水务届", "上县水务届会议确定"),
            (["办公室", "办公厅", "办公室"], "办公厅", ""),
            (["亦公室", "亦公室", "办公室"], "亦公室", ""),
        ],
    )
    def test_other_units_stay_what_they_are(self, cells: list[str], cell: str, body: str) -> None:
        assert read(cell, lexicon_of(*cells, body=body)) == ([cell], [])


class TestRowsThatRanIntoOneAnother:
    CELLS = ("工会", "团委", "团委 工会", "人事科", "人事科", "人事科", "办公室", "办公室", "办公室")

    @pytest.mark.parametrize(
        ("cell", "names", "illegible"),
        [
            ("团委 工会 才公室 团委 工会 入亊科 日常", ["团委", "工会", "办公室"], ["入亊科", "日常"]),
            ("有祭 团委 工会 小事科 团委 工会", ["团委", "工会", "人事科"], ["有祭"]),
            ("团委工会小公室团委工会", ["团委", "工会", "办公室"], []),
        ],
    )
    def test_names_stay_and_the_rest_is_told(self, cell: str, names: list[str], illegible: list[str]) -> None:
        lexicon = lexicon_of(*self.CELLS, cell)
        assert read(cell, lexicon) == (names, [(text, RUN_TOGETHER) for text in illegible])
        assert set(lexicon.names) == {"工会", "团委", "人事科", "办公室"}
        assert not lexicon.others

    def test_a_list_is_no_jumble(self) -> None:
        assert split_jumble("团委工会人事科", (2, 4), {"团委", "工会", "人事科"}) is None
        assert split_jumble("团委收集报团委", (), {"团委"}) is None
        assert split_jumble("团委工会团委工会", (), {"团委", "工会"}) is None


class TestWordsBesideAName:
    def test_in_a_notice_with_debris_they_are_no_unit(self) -> None:
        lexicon = lexicon_of("办公室", "办公室", "半年 办公室", "#@ 19")
        assert read("半年 办公室", lexicon) == (["办公室"], [("半年", NO_UNIT_BEFORE_NAME)])

    @pytest.mark.parametrize(
        "cells",
        [
            ("办公室", "办公室", "创城 办公室"),
            ("办公室", "办公室", "创城 办公室", "创城办公室", "#@ 19"),
        ],
    )
    def test_elsewhere_they_are_a_part_of_it(self, cells: tuple[str, ...]) -> None:
        assert read("创城 办公室", lexicon_of(*cells)) == (["创城办公室"], [])

    def test_two_names_are_two(self) -> None:
        lexicon = lexicon_of("宣教科", "办公室", "宣教 办公室", "#@ 19")
        assert read("宣教 办公室", lexicon) == (["宣教科", "办公室"], [])


class TestDecisions:
    @staticmethod
    def read(cell: str, **decided: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str]]]:
        cells = ["宣教科", "办公室", "宣教", cell]
        return read(cell, collect_parties(cells, "", decided=decided))

    def test_a_printed_form_stands_for_what_people_decided(self) -> None:
        assert self.read("宣教", 宣教=("宣传教育科",)) == (["宣传教育科"], [])
        assert self.read("宣教", 宣教科=("宣传教育科",)) == (["宣传教育科"], [])
        assert self.read("宣教、办公室", 宣教=("宣传教育科",)) == (["宣传教育科", "办公室"], [])

    def test_debris_may_be_known_to_people(self) -> None:
        assert self.read("夯'公至", **{"夯'公至": ("办公室",)}) == (["办公室"], [])
        assert self.read("20310044", **{"20310044": ("办公室",)}) == (["办公室"], [])

    def test_one_form_may_mean_several_units_or_none(self) -> None:
        assert self.read("党群口", 党群口=("机关党委", "机关工会")) == (["机关党委", "机关工会"], [])
        assert self.read("联络人", 联络人=()) == ([], [("联络人", DECIDED)])
