"""Rules of a whole notice, a table or a section: what they cover, and what tasks have from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NoReturn

import pytest

from extractors.records import Extraction, RuleRow
from tests.extractors.notice.build import drawn, notice, parties
from tests.extractors.tables.build import Row

A = "修复河堤步道，补种护坡绿植，定期巡查。"
B = "整治乱搭乱建，拆除违章棚屋，恢复原貌。"
PLAIN: tuple[Row, ...] = (["工作任务", "责任单位"], [A, "县水务局、县林业局"], [B, "县城管局"])
WITH_MATERIALS: tuple[Row, ...] = (
    ["工作任务", "材料要求", "责任单位"],
    [A, "照片、说明报告", "县水务局"],
    [B, "会议记录、照片5张", "县城管局"],
)
LIMIT = "各项任务须于2022年11月20日前完成。"


def rule(found: Extraction, kind: str) -> RuleRow:
    """The only rule of a kind."""
    (row,) = [row for row in found.rules if row.kind == kind]
    return row


def due(found: Extraction) -> list[str]:
    """The last day of every deadline with what it rests on."""
    return [f"{d.task_id[-5:]} {d.ends_on} {d.basis}" for d in found.task_deadlines]


class TestReach:
    def test_a_sentence_of_the_letter_covers_all_tasks(self) -> None:
        found = notice("一、工作要求", f"（一）按时完成。{LIMIT}", "任务分解表", drawn(*PLAIN))
        row = rule(found, "deadline")
        assert (row.scope, row.table_id, row.section, row.tasks) == ("notice", None, None, 2)
        assert (row.text, row.locator) == ("各项任务须于2022年11月20日前完成", "第6段")
        assert due(found) == ["r0001 2022-11-20 rule", "r0002 2022-11-20 rule"]

    def test_a_sentence_before_the_first_heading_covers_all(self) -> None:
        assert rule(notice(LIMIT, "任务分解表", drawn(*PLAIN)), "deadline").tasks == 2

    def test_a_note_covers_its_table_only(self) -> None:
        found = notice(
            "附件1", "任务分解表", drawn(*PLAIN), "附件2", "重点任务清单", drawn(*PLAIN),
            "注：1.表列任务应于9月底前完成。2.多家单位的，由排名首位的单位牵头。",
        )  # fmt: skip
        second = found.tables[1].table_id
        assert {row.table_id for row in found.rules} == {second}
        assert {d.task_id[:-6] for d in found.task_deadlines} == {second}
        bases = {(p.task_id.startswith(second), p.basis) for p in found.task_parties}
        assert bases == {(True, "rule"), (False, "order")}

    def test_a_row_of_notes_and_a_header_cover_their_table(self) -> None:
        found = notice(
            "分工表",
            drawn(
                ["工作任务", "责任单位（第一家为牵头单位）"],
                [A, "县水务局、县林业局"],
                [B, "县城管局"],
                [("备注：所有任务10月底前完成。", 1, 2)],
            ),
        )
        assert [(row.kind, row.scope, row.tasks) for row in found.rules] == [
            ("lead", "table", 2),
            ("deadline", "table", 2),
        ]
        assert {p.basis for p in found.task_parties} == {"rule"}

    def test_a_section_with_tasks_covers_them_and_no_others(self) -> None:
        found = notice(
            "一、环境整治", "各项任务6月底前完成。",
            "1.拆除违章棚屋。责任单位：县城管局。", "2.清理河道垃圾。责任单位：县水务局。",
            "二、文化建设",
            "1.举办文艺汇演。责任单位：县文化局、县教育局。", "2.开放图书馆。责任单位：县文化局。",
        )  # fmt: skip
        row = rule(found, "deadline")
        assert (row.scope, row.section, row.tasks) == ("section", "一、环境整治", 2)
        assert due(found) == ["-p001 2022-06-30 rule", "-p002 2022-06-30 rule"]

    def test_a_part_of_the_contents_covers_no_table(self) -> None:
        found = notice(
            "一、主要任务", "（一）环境整治。各项任务6月底前完成。", "（二）文化建设。丰富群众生活。",
            "分工表", drawn(*PLAIN),
        )  # fmt: skip
        assert (rule(found, "deadline").scope, rule(found, "deadline").tasks) == ("section", 0)
        assert found.task_deadlines == []

    def test_a_note_below_no_table_covers_none_of_several(self) -> None:
        found = notice("注：1.全部任务8月底前完成。", "甲任务清单", drawn(*PLAIN), "乙任务清单", drawn(*PLAIN))
        assert (rule(found, "deadline").table_id, rule(found, "deadline").tasks) == (None, 0)
        assert rule(notice("注：1.全部任务8月底前完成。", "甲任务清单", drawn(*PLAIN)), "deadline").tasks == 2

    def test_a_letter_lays_down_nothing(self) -> None:
        found = notice(
            "一、高度重视。各单位要高度重视，明确专人负责。",
            "二、加强领导。各单位要加强领导，3月底前制定实施方案并报县文明办。",
            "三、广泛宣传。各单位要做好宣传报道，营造浓厚氛围。",
            "任务分解表",
            drawn(*PLAIN),
        )
        assert found.rules == []
        assert found.task_deadlines == []

    def test_the_text_of_a_task_is_no_rule(self) -> None:
        found = notice(
            "分工表", drawn(["工作任务", "责任单位"], ["各项工作6月底前完成，" + A, "县水务局"], [B, "县城管局"])
        )
        assert found.rules == []
        assert due(found) == ["r0001 2022-06-30 cell"]


class TestDeadlines:
    def test_a_task_keeps_its_own(self) -> None:
        table = drawn(["工作任务", "完成时限"], [A, "5月底前"], [B, ""])
        found = notice("凡未注明完成时限的任务，均应在12月10日前完成。", "任务分解表", table)
        assert due(found) == ["r0001 2022-05-31 cell", "r0002 2022-12-10 rule"]

    def test_materials_are_due_where_there_are_some(self) -> None:
        table = drawn(["工作任务", "材料要求"], [A, "照片3张"], [B, ""])
        found = notice("各类佐证材料请于8月10日前报送县创建办。", "任务分解表", table)
        assert due(found) == ["r0001 2022-08-10 rule"]

    @pytest.mark.parametrize(
        ("sentence", "ends"),
        [
            ("每月任务须于当月25日前完成。", [date(2022, 3, 25), date(2022, 12, 25)]),
            ("每月任务于次月5日前完成。", [date(2022, 4, 5), date(2023, 1, 5)]),
            ("每月任务须于当月月底前完成。", [date(2022, 3, 31), date(2022, 12, 31)]),
        ],
    )
    def test_days_within_the_month_of_a_heading(self, sentence: str, ends: list[date]) -> None:
        table = drawn(["月份", "任务内容", "责任科室"], ["三月份", A, "工会"], ["十二月份", B, "办公室"])
        found = notice(sentence, "分月任务", table)
        assert [d.ends_on for d in found.task_deadlines] == ends
        basis = "header" if "月底" in sentence else "rule"
        assert {d.basis for d in found.task_deadlines} == {basis}

    def test_a_day_within_the_month_is_that_of_the_last_month_of_a_quarter_and_none_of_half_a_year(self) -> None:
        table = drawn(["月份", "任务内容", "责任科室"], ["一季度", A, "工会"], ["下半年", B, "办公室"])
        found = notice("每月任务须于当月25日前完成。", "分月任务", table)
        assert [d.ends_on for d in found.task_deadlines] == [date(2022, 3, 25), date(2022, 12, 31)]

    def test_a_day_within_the_month_is_none_for_tasks_without_one(self) -> None:
        assert notice("每月任务须于当月25日前完成。", "任务分解表", drawn(*PLAIN)).task_deadlines == []

    def test_rules_that_differ_give_none(self) -> None:
        found = notice("所有任务于10月底前完成。", "全部工作须在11月底前完成。", "任务分解表", drawn(*PLAIN))
        assert [row.tasks for row in found.rules] == [0, 0]
        assert found.task_deadlines == []

    def test_the_note_of_a_table_goes_before_the_letter(self) -> None:
        found = notice("所有任务于10月底前完成。", "任务分解表", drawn(*PLAIN), "注：表列任务应于9月底前完成。")
        assert [d.ends_on for d in found.task_deadlines] == [date(2022, 9, 30)] * 2
        assert [row.tasks for row in found.rules] == [0, 2]

    def test_what_points_back_in_a_letter_covers_nobody_knows_what(self) -> None:
        found = notice("上述任务于10月底前完成。", "任务分解表", drawn(*PLAIN))
        assert (rule(found, "deadline").tasks, found.task_deadlines) == (0, [])


class TestMaterials:
    def test_the_form_of_a_kind(self) -> None:
        found = notice("照片每项不少于4张，说明报告控制在600字以内。", "任务分解表", drawn(*WITH_MATERIALS))
        rows = [(e.task_id[-1], e.kind, e.min_count, e.format, e.basis) for e in found.task_evidence]
        assert rows == [
            ("1", "photo", 4, "照片每项不少于4张", "rule"),
            ("1", "report", None, "说明报告控制在600字以内", "cell"),
            ("2", "minutes", None, None, "cell"),
            ("2", "photo", 5, "照片每项不少于4张", "cell"),
        ]
        forms = [(row.applies_to, row.value, row.value_max, row.unit, row.tasks) for row in found.rules]
        assert forms == [("照片", Decimal(4), None, "张", 2), ("说明报告", None, Decimal(600), "字", 1)]

    def test_the_form_in_a_note_is_that_of_its_table(self) -> None:
        tables = ("附件1", "任务分解表", drawn(*WITH_MATERIALS), "附件2", "重点任务清单", drawn(*WITH_MATERIALS))
        found = notice(*tables, "注：照片每项不少于4张。")
        second = found.tables[1].table_id
        assert {e.task_id.startswith(second) for e in found.task_evidence if e.format} == {True}

    def test_the_form_that_certain_tasks_have_is_told_and_not_spread(self) -> None:
        found = notice("凡考核方式为查阅资料的，均须附照片。", "任务分解表", drawn(*WITH_MATERIALS))
        assert (rule(found, "evidence").tasks, {e.format for e in found.task_evidence}) == (0, {None})

    def test_the_least_words(self) -> None:
        found = notice("说明报告不少于500字。", "任务分解表", drawn(*WITH_MATERIALS))
        assert [(e.min_words, e.basis) for e in found.task_evidence if e.kind == "report"] == [(500, "rule")]

    def test_the_form_of_all_materials(self) -> None:
        found = notice("各类材料一律用A4纸打印。", "任务分解表", drawn(*WITH_MATERIALS))
        assert {e.format for e in found.task_evidence} == {"各类材料一律用A4纸打印"}
        assert {e.basis for e in found.task_evidence} == {"cell"}

    def test_a_number_of_all_materials_is_not_that_of_each(self) -> None:
        for sentence in ("佐证材料不少于3份。", "各类资料不少于800字。"):
            found = notice(sentence, "任务分解表", drawn(*WITH_MATERIALS))
            assert {e.format for e in found.task_evidence} == {sentence.rstrip("。")}
            assert {e.basis for e in found.task_evidence} == {"cell"}
            assert {e.min_words for e in found.task_evidence} == {None}

    def test_what_each_task_hands_in(self) -> None:
        found = notice("每项任务须提供不少于2张现场照片。", "任务分解表", drawn(*PLAIN))
        assert [(e.kind, e.min_count, e.unit, e.basis) for e in found.task_evidence] == [("photo", 2, "张", "rule")] * 2

    def test_what_certain_tasks_hand_in_is_told_and_not_spread(self) -> None:
        found = notice("凡考核方式为查阅资料的，均须报送书面材料。", "任务分解表", drawn(*PLAIN))
        assert (rule(found, "evidence").tasks, found.task_evidence) == (0, [])

    def test_a_fault_of_a_rule_leaves_the_materials(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> NoReturn:
            raise ValueError("a slip")

        monkeypatch.setattr("extractors.notice.rule_facts.RuleFacts.apply_formats", fail)
        found = notice("照片每项不少于4张。", "任务分解表", drawn(*WITH_MATERIALS))
        assert len(found.task_evidence) == 4
        assert {f.rule for f in found.findings if f.severity == "error"} == {"field_unreadable"}


class TestRoles:
    def test_what_a_role_rests_on(self) -> None:
        columns = drawn(["工作任务", "牵头单位", "配合单位"], [A, "县水务局", "县林业局"])
        labels = drawn(["工作任务", "责任单位"], [A, "牵头：县水务局；配合：县林业局"])
        assert [p.basis for p in notice("分工表", columns).task_parties] == ["header", "header"]
        assert [p.basis for p in notice("分工表", labels).task_parties] == ["cell", "cell"]
        assert {p.basis for p in notice("分工表", drawn(*PLAIN)).task_parties} == {"order"}
        by_rule = notice("多个单位负责的，由排名首位的单位牵头。", "分工表", drawn(*PLAIN))
        assert {p.basis for p in by_rule.task_parties} == {"rule"}
        assert rule(by_rule, "lead").tasks == 2
        for found in (notice("分工表", columns), by_rule):
            assert all(p.role_stated for p in found.task_parties)

    def test_a_heading_that_names_who_leads(self) -> None:
        rows = (["序号", "工作任务", "责任单位"], [("一、县水务局牵头", 1, 3)], ["1", A, "县林业局"], ["2", B, ""])
        assert {p.basis for p in notice("分工表", drawn(*rows)).task_parties} == {"header"}

    def test_prose_follows_the_rule_as_well(self) -> None:
        found = notice(
            "一、重点任务",
            "1.举办文艺汇演。责任单位：县文化局、县教育局。",
            "2.开放图书馆。责任单位：县文化局、县财政局。",
            "二、工作要求",
            "涉及多个单位的，排在首位的为牵头单位。",
        )
        assert parties(found) == ["县文化局|县教育局", "县文化局|县财政局"]
        assert {p.basis for p in found.task_parties} == {"rule"}


RUBRIC: tuple[Row, ...] = (
    ["考核项目", "考核标准", "分值"],
    ["一、组织领导（60分）", A, "60"],
    ["二、环境（40分）", B, "40"],
)


class TestStatedPoints:
    def test_the_text_states_them(self) -> None:
        found = notice("考核满分为100分，另设加分项，最多加10分。", "考核细则", drawn(*RUBRIC))
        assert (found.notice.stated_total, found.notice.stated_bonus) == (Decimal(100), Decimal(10))
        assert [(row.kind, row.value) for row in found.rules] == [("total", Decimal(100)), ("bonus", Decimal(10))]

    def test_a_row_of_totals_states_it(self) -> None:
        found = notice("考核细则", drawn(*RUBRIC, ["合计", "", "100"]))
        assert found.notice.stated_total == Decimal(100)
        assert rule(found, "total").table_id == found.tables[0].table_id

    def test_the_headings_state_it(self) -> None:
        found = notice("考核细则", drawn(*RUBRIC))
        assert (found.notice.stated_total, found.rules) == (Decimal(100), [])

    def test_headings_without_points_state_none(self) -> None:
        rows = (RUBRIC[0], RUBRIC[1], ["二、环境", B, "40"])
        assert notice("考核细则", drawn(*rows)).notice.stated_total is None

    def test_of_two_totals_the_headings_choose(self) -> None:
        found = notice("考核细则满分100分；现场评议满分50分。", "考核细则", drawn(*RUBRIC))
        assert found.notice.stated_total == Decimal(100)
        rows = (RUBRIC[0], ["一、组织领导", A, "30"], ["二、环境", B, "40"])
        assert notice("考核细则满分100分；现场评议满分50分。", "考核细则", drawn(*rows)).notice.stated_total is None

    def test_a_wrong_sum_is_kept_as_it_is_stated(self) -> None:
        rows = (RUBRIC[0], RUBRIC[1], ["二、环境（40分）", B, "35"])
        found = notice("考核满分100分。", "考核细则", drawn(*rows))
        assert found.notice.stated_total == Decimal(100)

    def test_lines_of_results_are_no_total(self) -> None:
        found = notice("总分90分以上为优秀，60分以下为不合格。", "考核细则", drawn(*RUBRIC))
        tiers = [(row.applies_to, row.value, row.value_max) for row in found.rules if row.kind == "tier"]
        assert tiers == [("优秀", Decimal(90), None), ("不合格", None, Decimal(60))]
        assert not [row for row in found.rules if row.kind == "total"]

    def test_the_bonus_of_a_heading(self) -> None:
        found = notice("考核细则", drawn(*RUBRIC, ["三、加分项目（15分）", "获省级表彰。", "15"]))
        assert (found.notice.stated_total, found.notice.stated_bonus) == (Decimal(100), Decimal(15))

    def test_counts_of_text_and_title(self) -> None:
        found = notice("一、工作要求", "对照2项任务逐条落实。", "重点任务清单（1大类2项）", drawn(*PLAIN))
        counts = [(row.applies_to, row.value, row.scope) for row in found.rules if row.kind == "count"]
        assert counts == [("大类", Decimal(1), "table"), ("项", Decimal(2), "table")]


def test_consequences_are_told_and_not_copied_to_tasks() -> None:
    found = notice(
        "一、考核办法", "每缺一份材料扣2分。", "凡弄虚作假的，取消参评资格。", "考核细则", drawn(*RUBRIC)
    )  # fmt: skip
    assert [(row.kind, row.value, row.tasks) for row in found.rules] == [
        ("scoring", Decimal(2), 0),
        ("scoring", None, 0),
    ]
    assert found.scoring_rules == []


def test_what_is_said_twice_is_one_rule() -> None:
    found = notice(LIMIT, "一、工作要求", LIMIT, "任务分解表", drawn(*PLAIN))
    assert len(found.rules) == 1
    assert [row.rule_id[-4:] for row in found.rules] == ["g001"]
