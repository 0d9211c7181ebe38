"""Short names of units and sentences about the order of units."""

from __future__ import annotations

import pytest

from extractors.parsers.lead_rules import says_first_leads
from extractors.parsers.responsible_units import split_parties
from extractors.parsers.unit_abbreviations import find_definitions, is_short_for, read_abbreviations
from extractors.parsers.unit_lexicon import collect_parties


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
        (
            "本方案中，水土保持科以下简称水保科，请园林绿化处以下简称园林处。",
            {"水保科": "水土保持科", "园林处": "园林绿化处"},
        ),
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
    ("line", "found"),
    [
        (
            "党委办公室、党委教师工作部在分工中分别简称党办、教工部；财务处不变。",
            {"党办": "党委办公室", "教工部": "党委教师工作部"},
        ),
        (
            "办公室、财务科、宣传教育科、法规监督科依次简称为宣教科和法监科。",
            {"宣教科": "宣传教育科", "法监科": "法规监督科"},
        ),
        ("宣传教育科、法规监督科分别简称甲科、乙科。", {}),
    ],
)
def test_lists_of_full_and_short_names_in_one_order(line: str, found: dict[str, str]) -> None:
    assert read_abbreviations([line], lambda name: name.endswith(("办公室", "部", "科", "办"))) == found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("凡涉及多个责任科室的，排名第一的为牵头科室。", True),
        ("责任单位中列在首位的是牵头单位", True),
        ("第一个责任单位为该项任务的牵头单位", True),
        ("每一分项排在首位的单位为该分项牵头单位", True),
        ("序号一一对应，排在最前的为主办单位", True),
        ("得分排名第一的，牵头部门加2分", False),
        ("列首位的单位先行报送。牵头单位汇总", False),
        ("", False),
    ],
)
def test_what_is_said_of_the_order(text: str, rule: bool) -> None:
    assert says_first_leads([text]) is rule


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


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("请将台账报送县水保局（以下简称水保局）", [("水保局", "县水保局", "bracket")]),
        ("水保局（以下简称水保局）", []),
        ("请各镇将台账报送县水土保持局（以下简称县水保局）。", [("县水保局", "县水土保持局", "bracket")]),
        ("会同市园林绿化中心（以下简称园林中心）研究", [("园林中心", "市园林绿化中心", "bracket")]),
        ("水土保持科（简称水保科）", [("水保科", "水土保持科", "bracket")]),
        ("注：水土保持科简称水保科", [("水保科", "水土保持科", "note")]),
        ("文中“水保科”指水土保持科", [("水保科", "水土保持科", "body")]),
        (
            "注：水保科——水土保持科；园林处：园林绿化处",
            [("水保科", "水土保持科", "note"), ("园林处", "园林绿化处", "note")],
        ),
        (
            "备注：1.水保科：水土保持科。2.园林处=园林绿化处",
            [("水保科", "水土保持科", "note"), ("园林处", "园林绿化处", "note")],
        ),
        ("由水土保持科（以下称水保科）汇总", [("水保科", "水土保持科", "bracket")]),
        ("注：责任科室：水土保持科", []),
        (
            "单位简称说明：水保科—水土保持科，园林处—园林绿化处",
            [("水保科", "水土保持科", "body"), ("园林处", "园林绿化处", "body")],
        ),
        (
            "水保科=水土保持科，园林处=园林绿化处，政工科=政治工作科",
            [("水保科", "水土保持科", "body"), ("园林处", "园林绿化处", "body"), ("政工科", "政治工作科", "body")],
        ),
        ("水保科=水土保持科，园林处=园林绿化处", []),
        ("广泛开展以“绿色出行日”为主题的宣传活动", []),
    ],
)
def test_what_a_line_defines_and_how(line: str, found: list[tuple[str, str, str]]) -> None:
    assert find_definitions(line, is_unit) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "注：表内单位均用简称，全称为：甲州公安局（公安局）、甲州市场监督管理局（市监局）、甲州农业农村局（农业局）。",
            {"公安局": "甲州公安局", "市监局": "甲州市场监督管理局", "农业局": "甲州农业农村局"},
        ),
        ("规范名称：水保局（甲州水土保持局）", {"水保局": "甲州水土保持局"}),
        # a bracket behind a name elsewhere, and one that is no short form
        ("由甲州公安局（公安局）负责", {}),
        ("简称如下：甲州公安局（交警支队）", {}),
    ],
)
def test_full_names_beside_short_ones(line: str, found: dict[str, str]) -> None:
    assert read_abbreviations([line], is_unit) == found


def test_the_first_explanation_counts() -> None:
    lines = ["水土保持科（简称水保科）", "水资源保护科（简称水保科）"]
    assert read_abbreviations(lines, is_unit) == {"水保科": "水土保持科"}


class TestWhereANameIsDefined:
    """In the running text, in a note below a table, in the cell itself."""

    BODY = "由水土保持科（以下简称水保科）汇总。"

    @pytest.mark.parametrize(
        ("cells", "body", "notes"),
        [
            (["水保科"], BODY, []),
            (["水保科"], "", ["注：表内水保科即水土保持科", "备注：水保科即水土保持科。"]),
            (["水保科", "水土保持科（简称水保科）"], "", []),
            (["水保科", "防汛科、水土保持科（以下简称“水保科”）"], "", []),
        ],
    )
    def test_the_short_form_is_resolved(self, cells: list[str], body: str, notes: list[str]) -> None:
        lexicon = collect_parties(cells, body, notes)
        assert [p.name for p in split_parties("水保科", lexicon)] == ["水土保持科"]

    def test_two_short_forms_beside_each_other_are_two(self) -> None:
        body = "表中“水保”“防汛”分别指水土保持股、防汛抗旱股。"
        cells = ["水保 防汛", "防汛", "水保\n防汛"]
        for cell in cells:
            names = [p.name for p in split_parties(cell, collect_parties(cells, body))]
            assert names[-1] == "防汛抗旱股"
            assert len(names) == (1 if cell == "防汛" else 2)

    def test_the_bracket_is_no_part_of_the_name(self) -> None:
        cell = "水土保持科（简称水保科）、防汛科"
        assert [(p.name, p.raw) for p in split_parties(cell, collect_parties([cell], ""))] == [
            ("水土保持科", "水土保持科"),
            ("防汛科", "防汛科"),
        ]

    def test_what_two_names_fit_is_neither(self) -> None:
        both = collect_parties(["水保科", "水保站", "水保"], "")
        assert [p.name for p in split_parties("水保", both)] == ["水保"]
        one = collect_parties(["水保科", "防汛站", "水保"], "")
        assert [p.name for p in split_parties("水保", one)] == ["水保科"]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("县水务局 县林业局", ["县水务局", "县林业局"]),
        ("县水务局\n县林业局\n\n各乡镇", ["县水务局", "县林业局", "各乡镇"]),
        ("县国税局 农业发展银行东川县支行", ["县国税局", "农业发展银行东川县支行"]),
        ("县林业\n局", ["县林业局"]),
        ("县纪委监委机关、县水务局", ["县纪委监委机关", "县水务局"]),
    ],
)
def test_blanks_and_lines_separate_whole_names(cell: str, found: list[str]) -> None:
    others = ["县水务\n局、县\n林业局", "县城市管\n理局"]
    assert [p.name for p in split_parties(cell, collect_parties([cell, *others], ""))] == found
