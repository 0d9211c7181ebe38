"""Duties of the running text that name who is responsible."""

from __future__ import annotations

import pytest

from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice, parties, paths, points, values

LEARN = "组织集体学习不少于12次，建立学习档案。"
SERVE = "开展志愿服务活动，参与率达到80%以上。"


def duty(tail: str, text: str = LEARN) -> Extraction:
    return notice("一、主要任务", "（一）强化学习", "1." + text + tail)


class TestTails:
    def test_every_labelled_field(self) -> None:
        found = duty(
            "（牵头领导：崔克辉；责任科室：宣传科；配合科室：人事科、工会；责任人：迟庆峰；完成时限：12月底前）"
        )
        (task,) = found.tasks
        assert (task.label, task.requirement, task.leader, task.persons, task.deadline) == (
            "1.",
            LEARN,
            "崔克辉",
            ["迟庆峰"],
            "12月底前",
        )
        assert parties(found) == ["宣传科|人事科/工会"]
        assert (task.table_id, task.row, task.points) == (None, None, None)

    @pytest.mark.parametrize(
        "tail",
        [
            "（责任科室：宣传科、人事科；完成时限：长期）",
            "(责任单位：宣传科、人事科；完成时限：长期)",
            "【责任部门：宣传科、人事科；完成时限：长期】",
            "责任科室：宣传科、人事科；完成时限：长期。",
            "（牵头科室：宣传科；配合科室：人事科；时限要求：长期）。",
            "责任单位：宣传科 人事科。完成时限：长期。",
            "\n责任单位：宣传科、人事科。\n完成时限：长期",
            "（牵头股室：宣传科；参与股室：人事科；时间要求：长期）",
        ],
    )
    def test_ways_of_writing_them(self, tail: str) -> None:
        found = duty(tail)
        assert values(found, "requirement") == [LEARN]
        assert values(found, "deadline") == ["长期"]
        assert parties(found) == ["宣传科|人事科"]

    def test_a_field_with_another_label_is_a_remark(self) -> None:
        found = duty("（责任科室：宣传科；考核主体：文明办；督促方式：每月通报；完成时限：长期）")
        assert values(found, "requirement") == [LEARN]
        assert values(found, "remark") == ["考核主体：文明办；督促方式：每月通报"]
        assert (parties(found), values(found, "deadline")) == (["宣传科"], ["长期"])

    def test_labels_of_parts_inside_a_label(self) -> None:
        found = duty("（责任科室：牵头：宣传科，配合：人事科、工会）")
        assert (parties(found), values(found, "remark")) == (["宣传科|人事科/工会"], [None])

    def test_persons_behind_units(self) -> None:
        found = notice(
            "一、主要任务", f"1.{LEARN}责任科室：宣传科（赵恺）", f"2.{SERVE}责任科室：人事科-徐琳",
            "3.公布办事指南，方便群众查阅。责任科室：办公室：崔克辉",
        )  # fmt: skip
        assert parties(found) == ["宣传科", "人事科", "办公室"]
        assert values(found, "persons") == [["赵恺"], ["徐琳"], ["崔克辉"]]

    def test_other_words_behind_units_are_no_persons(self) -> None:
        found = notice(
            "一、主要任务", f"1.{LEARN}责任科室：宣传科（高新）", f"2.{SERVE}责任科室：人事科（党建）",
            "3.公布办事指南，方便群众查阅。责任科室：办公室（平时）",
        )  # fmt: skip
        assert values(found, "persons") == [[], [], []]

    def test_all_units_behind_a_label_of_leaders_lead(self) -> None:
        found = duty("（牵头单位：县城管局、县公安局；责任单位：各街道）")
        assert [(row.party, row.role, row.role_stated) for row in found.task_parties] == [
            ("县城管局", "lead", True),
            ("县公安局", "lead", True),
            ("各街道", "support", True),
        ]

    def test_the_signature_below_an_open_line_is_none_of_it(self) -> None:
        last = "2." + SERVE + "责任单位：团委、工会，完成时限：6月底"
        found = notice(
            "一、主要任务", "1." + LEARN + "责任单位：宣传科，完成时限：5月底", last, "甲州县文明办", "2024年3月5日"
        )
        assert parties(found) == ["宣传科", "团委|工会"]
        assert values(found, "deadline") == ["5月底", "6月底"]

    def test_who_leads_comes_first_wherever_the_label_stands(self) -> None:
        found = duty("（责任单位：各街道；牵头单位：县城管局）")
        assert [(row.party, row.role) for row in found.task_parties] == [("县城管局", "lead"), ("各街道", "support")]

    def test_lines_below_the_last_item_are_its_own_where_others_name_units(self) -> None:
        found = notice("一、主要任务", "1." + LEARN + "（责任单位：宣传科）", "2." + SERVE, "牵头单位：人事科")
        assert parties(found) == ["宣传科", "人事科"]

    def test_a_leader_below_items_that_all_name_units_is_that_of_all(self) -> None:
        items = ("1." + LEARN + "责任单位：宣传科。", "2." + SERVE + "责任单位：工会。")
        assert parties(notice("一、主要任务", *items, "牵头单位：人事科")) == ["人事科|宣传科", "人事科|工会"]

    def test_on_a_line_of_its_own(self) -> None:
        found = notice("一、主要任务", "1." + LEARN, "责任科室：宣传科", "2." + SERVE, "责任科室：人事科")
        assert values(found, "requirement") == [LEARN, SERVE]
        assert parties(found) == ["宣传科", "人事科"]

    def test_brackets_inside_a_field_are_part_of_it(self) -> None:
        assert parties(duty("（责任单位：各科室（单位）；完成时限：长期）")) == ["各科室（单位）"]

    def test_other_brackets_stay_in_the_text(self) -> None:
        found = duty("（责任科室：宣传科）", "组织学习（每季度1次，2分）。")
        assert values(found, "requirement") == ["组织学习（每季度1次，2分）。"]
        assert points(found) == ["2"]


class TestWhatIsNone:
    @pytest.mark.parametrize(
        "tail",
        ["", "（每季度1次）", "（完成时限：长期）", "（说明：以文件为准）", "（联系人：崔克辉）", "（一）责任要落实。"],
    )
    def test_without_anyone_responsible_there_is_no_task(self, tail: str) -> None:
        assert duty(tail).tasks == []

    def test_a_paragraph_without_number_is_none(self) -> None:
        assert notice("各科室要加强领导。（责任科室：宣传科）").tasks == []


class TestPlace:
    def test_the_path_is_the_headings_above(self) -> None:
        found = notice(
            "一、主要任务",
            "（一）强化学习",
            f"1.{LEARN}（责任科室：宣传科）",
            f"2.{SERVE}（责任科室：人事科）",
            "（二）服务群众",
            f"1.{SERVE}（责任科室：工会）",
        )
        assert paths(found) == [
            ["一 主要任务", "（一） 强化学习"],
            ["一 主要任务", "（一） 强化学习"],
            ["一 主要任务", "（二） 服务群众"],
        ]
        assert [i.level for i in found.indicators] == [1, 2, 2]
        assert values(found, "ordinal") == [1, 2, 3]

    def test_tasks_of_a_table_come_first_and_the_ids_differ(self) -> None:
        table = drawn(["测评标准", "分值"], [SERVE, "2"])
        found = notice("一、主要任务", f"1.{LEARN}（责任科室：宣传科）", "附件1", "测评细则", table)
        assert values(found, "requirement") == [SERVE, LEARN]
        assert len({t.task_id for t in found.tasks}) == 2

    def test_short_forms_are_expanded_by_the_other_tasks(self) -> None:
        found = notice("一、任务", f"1.{LEARN}（责任科室：宣传科）", f"2.{SERVE}（责任科室：宣传）")
        assert parties(found) == ["宣传科", "宣传科"]

    def test_fields_that_only_their_labels_divide(self) -> None:
        # A wide blank between two fields is lost where the text is cleaned.
        found = notice("一、任务", f"1.{LEARN}完成时限：6月底前　牵头领导：崔克辉　责任科室：宣传科　配合科室：工会。")
        assert parties(found) == ["宣传科|工会"]
        assert [(t.deadline, t.leader) for t in found.tasks] == [("6月底前", "崔克辉")]

    def test_units_in_the_heading_and_below_its_list(self) -> None:
        found = notice(
            "一、环境（牵头单位：城管局）", f"1.{LEARN}", f"2.{SERVE}", "配合单位：住建局、各街道",
            "二、交通（牵头单位：公安局）", f"1.{LEARN}", f"2.{SERVE}", "配合单位：交通局",
        )  # fmt: skip
        assert parties(found) == [*["城管局|住建局/各街道"] * 2, *["公安局|交通局"] * 2]
        assert values(found, "criteria") == [None] * 4

    def test_a_unit_that_two_labels_name_is_one(self) -> None:
        found = notice("一、任务", f"1.{LEARN}（责任单位：宣传科）", "牵头单位：宣传科")
        assert parties(found) == ["宣传科"]

    def test_a_labelled_line_below_an_open_one_is_read(self) -> None:
        found = notice(
            "一、任务",
            "1.路口执勤。", "时间：6月26日至30日；7月24日至28日；8月21日至23日", "责任单位：税务局",
            "2.社区巡查。", "时间：每周一至周五上午", "责任单位：司法局",
        )  # fmt: skip
        assert values(found, "requirement") == ["路口执勤。", "社区巡查。"]
        assert values(found, "deadline") == ["6月26日至30日；7月24日至28日；8月21日至23日", "每周一至周五上午"]
        assert parties(found) == ["税务局", "司法局"]

    def test_a_line_of_names_goes_on_the_line_of_names_above(self) -> None:
        found = notice(
            "（一）资料", "1.完善台账。", "责任科室：总务科", "责任人：崔克辉",
            "成员：李 强  王 刚  赵大海", "孙 丽  周 杰",
            "（二）文明服务", "2.规范窗口。", "责任科室：医务科",
        )  # fmt: skip
        assert values(found, "requirement") == ["完善台账。", "规范窗口。"]
        assert [member.person for member in found.members] == ["李强", "王刚", "赵大海", "孙丽", "周杰"]

    def test_a_bonus_section(self) -> None:
        found = notice("一、加分项", f"1.{LEARN}（责任科室：宣传科）", "二、要求", f"1.{SERVE}（责任科室：宣传科）")
        assert values(found, "bonus") == [True, False]
