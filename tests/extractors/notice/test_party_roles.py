"""Who leads, by the header, by a sentence of the notice, by the order; units under the heading of a level."""

from __future__ import annotations

import pytest

from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice, parties, paths, rules
from tests.extractors.tables.build import Row, table

A = "修复河堤步道，补种护坡绿植，定期巡查。"
B = "整治乱搭乱建，拆除违章棚屋，恢复原貌。"


class TestSections:
    """The heading of a section may say who leads or who is responsible."""

    def test_a_unit_that_leads_a_section(self) -> None:
        found = notice(
            "任务分解表",
            drawn(
                ["序号", "工作任务", "责任单位"],
                [("一、县水务局牵头", 1, 3)],
                ["1", A, "县林业局"],
                ["2", B, ""],
                [("二、其他", 1, 3)],
                ["3", A, "县城管局"],
            ),
        )
        assert parties(found) == ["县水务局|县林业局", "县水务局", "县城管局"]

    def test_a_unit_that_is_responsible_for_a_section(self) -> None:
        found = notice(
            "任务分解表",
            drawn(
                ["序号", "工作任务", "责任单位"],
                [("一、河道治理（责任单位：县水务局）", 1, 3)],
                ["1", A, "县林业局"],
                ["2", B, ""],
            ),
        )
        assert parties(found) == ["县林业局", "县水务局"]


TITLE: Row = [("责任部门：区水务局", 1, 2), ("责任领导：黎望舟", 1, 2)]


class TestRowsAboveTheHeader:
    def test_the_unit_of_a_table_leads_those_that_help(self) -> None:
        found = notice(
            "责任书",
            drawn(["序", "事项", "求援对象", "时点"], ["1", A, "区林业局", "5月底"], ["2", B, "", "6月底"]),
        )
        assert parties(found) == ["区林业局", ""]
        header: Row = ["序", "事项", "求援对象", "时点"]
        found = notice("责任书", table(TITLE, header, ["1", A, "区林业局", "5月底"], ["2", B, "", "6月底"], spans=True))
        assert parties(found) == ["区水务局|区林业局", "区水务局"]
        assert [t.leader for t in found.tasks] == ["黎望舟", "黎望舟"]

    def test_a_unit_that_a_task_names_as_responsible_goes_before_it(self) -> None:
        header: Row = ["序号", "工作任务", "责任单位", "完成时限"]
        found = notice("责任书", table(TITLE, header, ["1", A, "区林业局", "5月底"], ["2", B, "", "6月底"], spans=True))
        assert parties(found) == ["区林业局", "区水务局"]


class TestLeadColumns:
    def test_every_unit_of_a_lead_column_leads(self) -> None:
        found = notice(
            "任务分解表",
            drawn(
                ["序号", "工作任务", "牵头部门", "配合部门"],
                ["1", A, "县水务局、县林业局", "各乡镇"],
                ["2", B, "县城管局\n县住建局", ""],
            ),
        )
        assert parties(found) == ["县水务局+县林业局|各乡镇", "县城管局+县住建局"]
        assert all(p.role_stated for p in found.task_parties)

    def test_a_label_in_a_lead_column_is_kept(self) -> None:
        found = notice(
            "分工表", drawn(["工作任务", "牵头单位"], [A, "牵头：县水务局；配合：县林业局"], [B, "县城管局"])
        )
        assert parties(found) == ["县水务局|县林业局", "县城管局"]

    def test_a_lead_column_that_goes_on_in_the_next_row(self) -> None:
        found = notice(
            "分工表",
            drawn(["工作任务", "牵头单位"], [(A, 2, 1), "县水务局"], ["县林业局"], [B, "县城管局"]),
        )
        assert parties(found) == ["县水务局+县林业局", "县城管局"]


class TestSentences:
    RULE = "同一任务涉及几个责任单位的，排在首位的为牵头单位，其余为配合单位。"

    def test_the_first_leads_by_a_sentence(self) -> None:
        rows = (["工作任务", "责任单位"], [A, "县水务局、县林业局"], [B, "县城管局"])
        stated = notice(self.RULE, "分工表", drawn(*rows))
        implied = notice("分工表", drawn(*rows))
        assert parties(stated) == parties(implied) == ["县水务局|县林业局", "县城管局"]
        assert [p.role_stated for p in stated.task_parties] == [True] * 3
        assert [p.role_stated for p in implied.task_parties] == [False] * 3

    def test_the_header_states_the_order(self) -> None:
        found = notice("分工表", drawn(["工作任务", "责任单位（第一家为牵头单位）"], [A, "县水务局、县林业局"]))
        assert parties(found) == ["县水务局|县林业局"]
        assert all(p.role_stated for p in found.task_parties)

    def test_the_first_of_each_part_leads(self) -> None:
        found = notice(
            "说明：责任单位中排在第一位的为牵头单位。",
            "分工表",
            drawn(
                ["测评内容", "测评标准", "责任单位"],
                ["河道", "1)" + A + "2)" + B, "1)县水务局、各乡镇①2)县城管局、县水务局"],
            ),
        )
        assert parties(found) == ["1)县水务局+2)县城管局|1)各乡镇/2)县水务局"]
        assert "unread_text" not in rules(found)

    def test_numbers_that_count_the_units_are_no_parts(self) -> None:
        rows = (["工作任务", "责任单位"], [A, "1.县水务局\n2.县林业局"], ["①" + A + "②" + B, "①县水务局②县林业局"])
        found = notice("说明：责任单位中排在第一位的为牵头单位。", "分工表", drawn(*rows))
        assert parties(found) == ["1.县水务局|2.县林业局", "①县水务局+②县林业局"]

    @pytest.mark.parametrize(
        "sentence",
        ["排名全县前三位的，牵头部门加5分。", "县水务局为牵头单位。", "排名第一的乡镇，由牵头部门通报表扬。"],
    )
    def test_sentences_about_something_else(self, sentence: str) -> None:
        found = notice(sentence, "分工表", drawn(["工作任务", "责任单位"], [A, "县水务局、县林业局"]))
        assert [p.role_stated for p in found.task_parties] == [False, False]


class TestUnitsAsLevel:
    HEADER = ("序号", ("考评项目", 1, 2), "分值", "考评内容")

    def test_units_in_a_level_column_are_parties(self) -> None:
        found = notice(
            "考评细则",
            drawn(
                self.HEADER,
                ["1", ("主责部门", 2, 1), "区水务局", "40", A],
                ["2", "区园林绿化处", "30", B],
                ["3", ("协同部门", 1, 1), "区文旅局", "30", "沿河景点导览清楚，讲解到位。"],
            ),
        )
        assert parties(found) == ["区水务局", "区园林绿化处", "区文旅局"]
        assert [[name.split()[-1] for name in path] for path in paths(found)] == [
            ["主责部门"],
            ["主责部门"],
            ["协同部门"],
        ]

    def test_kinds_of_places_stay_a_level(self) -> None:
        found = notice(
            "考评细则",
            drawn(
                self.HEADER,
                ["1", ("公共场所", 2, 1), "社区", "40", A],
                ["2", "图书馆", "30", B],
                ["3", ("交通场所", 1, 1), "汽车站", "30", "候车秩序良好，标识清楚。"],
            ),
        )
        assert parties(found) == ["", "", ""]
        assert [path[-1].split()[-1] for path in paths(found)] == ["社区", "图书馆", "汽车站"]


class TestNotes:
    def test_a_note_in_the_table_explains_a_short_name(self) -> None:
        found = notice(
            "分工表",
            drawn(
                ["工作任务", "责任科室"],
                [A, "水保科、防汛科"],
                [B, "水保科"],
                [("注：“水保科”“防汛科”分别指水土保持科、防汛抗旱科。", 1, 2)],
            ),
        )
        assert parties(found) == ["水土保持科|防汛抗旱科", "水土保持科"]
        assert [p.raw for p in found.task_parties] == ["水保科", "防汛科", "水保科"]


def test_a_dump_goes_on_behind_a_row_that_only_continues_the_one_above() -> None:
    found = notice(
        "分工表",
        table(
            ["工作任务", "完成时限", "责任单位", "责任人"],
            [A, "1月上旬", "县水务局", "崔克辉"],
            ["", "2月上旬", "", ""],
            [B, "5月中旬", "", ""],
        ),
    )
    assert parties(found) == ["县水务局", "县水务局"]
    assert [t.persons for t in found.tasks] == [["崔克辉"], ["崔克辉"]]


def test_a_row_of_a_dump_that_names_its_lead_needs_no_other_unit() -> None:
    found = notice(
        "分工表",
        table(
            ["序号", "工作任务", "主办单位", "责任单位"],
            ["1", A, "县水务局", "县林业局"],
            ["2", B, "县城管局", ""],
            ["3", "清理河面漂浮物，做到日产日清。", "", ""],
        ),
    )
    assert parties(found) == ["县水务局|县林业局", "县城管局", "县城管局"]


class TestMisreadUnits:
    @staticmethod
    def read(*units: str) -> Extraction:
        return notice(
            "分工表", drawn(["工作任务", "责任科室"], *([A if i % 2 else B, unit] for i, unit in enumerate(units)))
        )

    def test_one_wrong_character_is_put_right_and_reported(self) -> None:
        found = self.read("财务科", "财务科", "宣传科", "肘务科")
        assert parties(found) == ["财务科", "财务科", "宣传科", "财务科"]
        assert found.task_parties[3].raw == "肘务科"
        (finding,) = [f for f in found.findings if f.rule == "repaired"]
        assert finding.task_id == found.tasks[3].task_id
        assert "“肘务科”" in finding.message
        assert "“财务科”" in finding.message

    def test_a_character_that_the_notice_uses_elsewhere_is_none(self) -> None:
        rows = [[A, "财务科"], [B, "财务科"], ["开展手肘防护和健康知识宣传。", "肘务科"]]
        found = notice("分工表", drawn(["工作任务", "责任科室"], *rows))
        assert parties(found) == ["财务科", "财务科", "肘务科"]
        assert "repaired" not in rules(found)

    def test_another_character_names_another_unit(self) -> None:
        assert parties(self.read("人事科", "人事科", "外事科", "渔政科", "行政科", "行政科"))[2:4] == [
            "外事科",
            "渔政科",
        ]

    def test_the_rarer_of_two_names_only(self) -> None:
        assert parties(self.read("财务科", "肘务科", "肘务科")) == ["财务科", "肘务科", "肘务科"]

    def test_letters_between_characters_are_no_unit(self) -> None:
        found = self.read("财务科", "OJ东刘")
        assert parties(found) == ["财务科", ""]
        assert "unread_text" in rules(found)
        assert "no_party" not in rules(found)

    def test_a_bracket_that_was_cut_off(self) -> None:
        assert parties(self.read("机关党委 工会(女工部", "宣传科")) == ["机关党委|工会", "宣传科"]
        whole = notice("工会(女工部委员会)汇总。", "分工表", drawn(["工作任务", "责任科室"], [A, "工会(女工部"]))
        assert parties(whole) == ["工会(女工部委员会)"]
