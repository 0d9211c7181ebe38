"""Rubrics in the running text: points of headings and items make tasks, and doubts are told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.document import Block
from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice, parties, paths, points, values

HEAD = ("乙川县文明窗口评比细则",)


def rubric(*lines: Block | str) -> Extraction:
    return notice(*lines, head=HEAD)


def headings(found: Extraction) -> list[str]:
    return [f"{i.code or ''} {i.name} {i.points}" for i in found.indicators]


def rules(found: Extraction) -> list[str]:
    return [finding.rule for finding in found.findings if finding.rule != "topic_other"]


SUMS = (
    "一、窗口形象（10分）",
    "1.着装统一，佩戴工牌（4分）；",
    "2.台面整洁，无杂物（6分）。",
    "二、服务效率（15分）",
    "1.限时办结，超时一件扣1分（15分）。",
)


class TestPoints:
    def test_headings_are_indicators_and_items_tasks(self) -> None:
        found = rubric(*SUMS)
        assert [(i.code, i.name, i.level, i.points) for i in found.indicators] == [
            ("一", "窗口形象", 1, Decimal(10)),
            ("二", "服务效率", 1, Decimal(15)),
        ]
        assert [(t.label, t.table_id) for t in found.tasks] == [("1.", None), ("2.", None), ("1.", None)]
        assert points(found) == ["4", "6", "15"]
        assert rules(found) == []

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("着装统一，4分。", "台面整洁，6分。"),
            ("着装统一的，得4分。", "台面整洁的，得6分，一处不洁扣1分。"),
            ("着装统一，计4分", "台面整洁，计6分"),
            ("着装统一：分值4分", "台面整洁：分值6分"),
            ("着装统一（2分），佩戴工牌（2分）。", "台面整洁（6分）。"),
            ("着装统一（4分）：工牌（2分），工装（2分）。", "台面整洁（6分）：每天清理。"),
            ("着装统一4分", "台面整洁6分"),
        ],
    )
    def test_ways_of_writing_them(self, first: str, second: str) -> None:
        found = rubric("一、窗口形象（10分）", "1." + first, "2." + second)
        assert points(found) == ["4", "6"]
        assert rules(found) == []

    @pytest.mark.parametrize("text", ["达到90%得4分，达到80%得2分。", "优秀得4分，良好得2分。"])
    def test_grades_are_worth_the_highest(self, text: str) -> None:
        found = rubric("一、服务（20分）", "1.微笑服务（16分）。", "2." + text, "二、其他（5分）", "1.整洁（5分）")
        assert points(found) == ["16", "4", "5"]
        assert rules(found) == []

    @pytest.mark.parametrize("text", ["每处理一件得4分。", "获市级表彰的，加4分。", "省内报道得2分，累计最多得6分。"])
    def test_no_points_of_the_item(self, text: str) -> None:
        found = rubric(
            "一、服务（20分）",
            "1.微笑服务（8分）。",
            "2.持证上岗（8分）。",
            "3." + text,
            "二、其他（5分）",
            "1.整洁（5分）",
        )
        assert points(found) == ["8", "8", None, "5"]
        assert "no_points" in rules(found)

    def test_numbers_of_several_parts(self) -> None:
        found = rubric(
            "3.1办事公开（12分）",
            "3.1.1流程上墙（5分）：图文清楚。",
            "3.1.2收费公示（7分）。",
            "3.2投诉处理（8分）",
            "3.2.1专人受理（8分）",
        )
        assert paths(found) == [["3.1 办事公开"], ["3.1 办事公开"], ["3.2 投诉处理"]]
        assert (values(found, "label"), points(found)) == (["3.1.1", "3.1.2", "3.2.1"], ["5", "7", "8"])

    def test_numbers_before_headings_without_a_mark(self) -> None:
        found = rubric(
            "1办事公开（12分）", "1.1流程上墙（5分）", "1.2收费公示（7分）", "2投诉处理（8分）", "2.1专人受理（8分）"
        )
        assert headings(found) == ["1 办事公开 12", "2 投诉处理 8"]

    def test_codes_of_indicators(self) -> None:
        found = rubric(
            "Ⅰ-1 形象（9分）",
            "Ⅱ-1 着装（4分）",
            "1）统一（4分）",
            "Ⅱ-2 台面（5分）",
            "1）整洁（5分）",
            "Ⅰ-2 效率（6分）",
            "1）限时（6分）",
        )
        assert headings(found) == ["Ⅰ-1 形象 9", "Ⅱ-1 着装 4", "Ⅱ-2 台面 5", "Ⅰ-2 效率 6"]
        assert [i.level for i in found.indicators] == [1, 2, 2, 1]
        assert points(found) == ["4", "5", "6"]

    def test_headings_without_number(self) -> None:
        found = rubric(
            "窗口形象（9分）", "1.着装统一（4分）", "2.台面整洁（5分）", "服务效率（6分）", "1.限时办结（6分）"
        )
        assert headings(found) == [" 窗口形象 9", " 服务效率 6"]

    def test_chapters_have_their_number_as_code(self) -> None:
        found = rubric("第一部分 窗口形象（9分）", "1.着装统一（4分）", "2.台面整洁（5分）")
        assert [(i.code, i.name) for i in found.indicators] == [("第一部分", "窗口形象")]

    def test_points_of_a_heading_that_its_items_share(self) -> None:
        found = rubric("一、制度（6分）", "1.有规章", "2.有台账", "二、宣传（4分）", "1.有专栏")
        assert points(found) == ["6", None, "4"]
        assert values(found, "points_rows") == [2, 2, 1]

    @pytest.mark.parametrize("mark", ["", "——"])
    def test_lines_without_number_that_add_up(self, mark: str) -> None:
        found = rubric(
            "（一）窗口形象（9分）",
            mark + "着装统一（4分）",
            mark + "台面整洁（5分）",
            "（二）效率（3分）",
            "1.限时办结（3分）",
        )
        assert values(found, "requirement") == ["着装统一（4分）", "台面整洁（5分）", "限时办结（3分）"]
        assert (values(found, "label"), points(found)) == ([None, None, "1."], ["4", "5", "3"])
        assert values(found, "locator")[:2] == ["第3段", "第4段"]

    @pytest.mark.parametrize("heading", ["{}", "【{}】", "第二块　{}"])
    def test_headings_without_number_whose_lines_add_up(self, heading: str) -> None:
        found = rubric(
            heading.format("阵地建设（30分）"),
            "◆ 文化墙（10分）：面积不小于20平方米。",
            "◆ 职工书屋（20分）：藏书不少于800册。",
            heading.format("活动开展（9分）"),
            "◆ 志愿服务（4分）：人均不少于20小时。",
            "◆ 节日活动（5分）：各办1次。",
        )
        assert points(found) == ["10", "20", "4", "5"]
        assert [i.points for i in found.indicators] == [30, 9]
        assert rules(found) == []

    def test_a_line_below_a_numbered_heading_is_no_heading_of_those_that_add_up_to_it(self) -> None:
        found = rubric("一、窗口（12分）", "着装统一（6分）", "台面整洁（2分）", "物品有序（4分）")
        assert points(found) == ["6", "2", "4"]
        assert [i.points for i in found.indicators] == [12]

    def test_points_without_mark_below_headings_in_headings(self) -> None:
        found = rubric(
            "一、日常（10分）",
            "（一）形象6分",
            "1.着装统一2分；",
            "2.台面整洁4分，一处不洁扣1分。",
            "（二）效率4分",
            "1.限时办结4分。",
        )
        assert points(found) == ["2", "4", "4"]
        assert [i.points for i in found.indicators] == [10, 6, 4]
        assert rules(found) == []

    def test_points_behind_a_verb_that_add_up_to_their_heading(self) -> None:
        found = rubric(
            "第一章 组织（10分）",
            "1.成立小组（5分）",
            "2.制定方案（5分）",
            "第二章 环境（10分）",
            "3.路面平整，计4分",
            "4.绿化良好，得6分",
        )
        assert points(found) == ["5", "5", "4", "6"]
        assert rules(found) == []

    def test_ranges_give_their_upper_end(self) -> None:
        found = rubric(
            "一、形象（0—5分）。着装统一。", "二、环境（0—6分）。台面整洁。", "三、效率（0—9分）。限时办结。"
        )
        assert points(found) == ["5", "6", "9"]

    def test_parts_of_a_sentence_stay_in_it(self) -> None:
        found = rubric(*SUMS[:3], "3.建立三项制度，10分：", "（1）值班制度", "（2）考勤制度")
        assert values(found, "requirement")[-1] == "建立三项制度，10分：\n（1）值班制度\n（2）考勤制度"

    def test_deductions_and_vetoes_below_headings(self) -> None:
        found = rubric(
            "一、扣分（10分）", "1.迟到的，每次扣1分。", "2.离岗的，每次扣2分。", "二、一票否决", "1.发生吃拿卡要的。"
        )
        assert points(found) == ["10", None, None]
        assert [r.effect for r in found.scoring_rules] == ["deduct", "deduct", "veto"]

    def test_a_base_that_losses_are_taken_from_is_earned_by_no_item(self) -> None:
        lost = ("1.迟到的，每次扣1分。", "2.离岗的，每次扣2分。", "3.每月自查一次。")
        found = rubric("一、扣分细则（基础分为100分）", *lost)
        assert [(task.points, task.points_rows) for task in found.tasks] == [(None, 1)] * 3
        lines = ("一、服务（6分）", "1.着装统一（2分）", "2.限时办结（4分）", "二、减分项目（3分）", *lost[:2])
        assert points(rubric(*lines)) == ["2", "4", None, None]
        found = rubric("一、窗口纪律（10分）", *lost)
        assert points(found) == ["10", None, None]

    def test_a_list_that_is_numbered_otherwise_is_none_of_the_rubric(self) -> None:
        found = rubric(
            "1、着装统一（4分）", "2、台面整洁（5分）", "3、限时办结（6分）", "一、方案目标。", "二、评选程序。"
        )
        assert points(found) == ["4", "5", "6"]

    def test_a_bonus_section_of_a_rubric(self) -> None:
        found = rubric(*SUMS, "三、加分项", "1.获得表扬的，每次加1分。")
        assert values(found, "bonus") == [False, False, False, True]

    def test_an_annex_below_the_instructions_of_a_letter(self) -> None:
        found = notice("一、高度重视。各单位要加强领导。", "二、认真组织。", "附件", "窗口评比细则", *SUMS)
        assert points(found) == ["4", "6", "15"]


class TestFields:
    BLOCKS = (
        "一、阅读",
        "1.人均藏书（分值：3分）",
        "解释：人均不少于2册。",
        "评分方法：每少0.1册扣1分。",
        "来源部门：县文旅局、县教育局。",
        "2.阅览座席（分值：5分）",
        "解释：每万人不少于20个。",
        "评分方法：少1个扣1分。",
        "来源部门：县文旅局。",
    )

    def test_labelled_lines(self) -> None:
        found = rubric(*self.BLOCKS)
        assert values(found, "requirement")[0] == "人均藏书（分值：3分）\n解释：人均不少于2册。"
        assert values(found, "scoring") == ["每少0.1册扣1分", "少1个扣1分"]
        assert parties(found) == ["县文旅局|县教育局", "县文旅局"]
        assert points(found) == ["3", "5"]

    def test_several_labels_of_no_known_word_in_one_line(self) -> None:
        lines = [
            "一、组织保障（12分）",
            "1.支部每半年听取创建汇报（5分）。",
            "打分办法：现场走访。扣减情形：少1次扣2分。",
            "2.年度创建计划上墙公示（4分）。",
            "打分办法：上门询问。扣减情形：未公示扣4分。",
            "3.每栋楼有1名楼栋长（3分）。",
            "打分办法：现场走访、上门询问。扣减情形：缺1名扣0.5分。",
        ]
        found = notice(*lines)
        assert values(found, "requirement")[1] == "年度创建计划上墙公示（4分）。"
        assert values(found, "methods") == [["现场走访"], ["上门询问"], ["现场走访", "上门询问"]]
        assert values(found, "scoring") == ["少1次扣2分", "未公示扣4分", "缺1名扣0.5分"]
        assert "unread_text" not in rules(found)
        (doubt,) = [f.message for f in found.findings if f.rule == "prose_doubt"]
        assert "“打分办法”为测评方法，“扣减情形”为评分办法" in doubt

    def test_points_on_a_line_of_their_own(self) -> None:
        found = rubric("一、阅读（8分）", "1.人均藏书", "分值：3分", "2.阅览座席", "分值：5分")
        assert points(found) == ["3", "5"]

    @pytest.mark.parametrize(
        "lines",
        [
            ("一、阅读（8分）。由县文旅局负责考核。", "1.藏书（3分）", "2.座席（5分）"),
            ("一、阅读（满分8分，由县文旅局考核）", "1.藏书（3分）", "2.座席（5分）"),
            ("一、阅读（8分）", "1.藏书，由县文旅局负责评分（3分）", "2.座席（5分）。由县文旅局打分。"),
            ("一、阅读（8分）", "1.县文旅局：藏书充足（3分）", "2.县文旅局：座席够用（5分）"),
            ("一、阅读（8分）", "1.藏书充足（3分）（县文旅局）", "2.座席够用（5分）（县文旅局）"),
            ("一、阅读（8分）", "1.藏书充足（3分）（责任单位：县文旅局）", "2.座席够用（5分）（责任单位：县文旅局）"),
        ],
    )
    def test_units(self, lines: tuple[str, ...]) -> None:
        found = rubric(*lines)
        assert parties(found) == ["县文旅局", "县文旅局"]
        assert points(found) == ["3", "5"]
        assert [i.name for i in found.indicators] == ["阅读"]
        assert "unread_text" not in rules(found)

    @pytest.mark.parametrize(
        "lines",
        [
            ("1.医院：设有服务台（3分）", "2.社区：楼道整洁（5分）"),
            ("1.设有服务台（3分）", "适用范围：医院", "2.楼道整洁（5分）", "适用范围：社区、学校"),
        ],
    )
    def test_places_are_no_units(self, lines: tuple[str, ...]) -> None:
        found = rubric("一、点位（8分）", *lines)
        assert (parties(found), points(found)) == (["", ""], ["3", "5"])

    def test_the_text_of_a_heading_is_the_criteria_of_its_items(self) -> None:
        found = rubric("一、阅读（8分）。坚持常年开放。", "1.藏书（3分）", "2.座席（5分）", "合计8分。")
        assert values(found, "criteria") == ["坚持常年开放"] * 2
        assert values(found, "requirement") == ["藏书（3分）", "座席（5分）"]


class TestDoubts:
    def test_points_that_do_not_add_up(self) -> None:
        found = rubric(
            "一、窗口（9分）", "1.着装统一（4分）", "2.台面整洁（6分）", "二、效率（5分）", "1.限时办结（5分）"
        )
        (finding,) = [f for f in found.findings if f.rule == "heading_vs_tasks"]
        assert (finding.declared, finding.computed) == (Decimal(9), Decimal(10))

    @pytest.mark.parametrize(("most", "reported"), [("6", False), ("7", True)])
    def test_an_award_for_each_piece_counts_with_what_it_may_reach(self, most: str, reported: bool) -> None:
        found = rubric(
            "一、宣传（10分）",
            f"1.刊发稿件，每篇计2分，最高{most}分。",
            "2.建立台账，得4分。",
            "二、效率（5分）",
            "1.限时办结（5分）",
        )
        assert points(found)[:2] == [None, "4"]
        assert ("heading_vs_tasks" in rules(found)) is reported

    def test_a_stated_total(self) -> None:
        found = rubric("本细则满分30分。", *SUMS)
        (finding,) = [f for f in found.findings if f.rule == "total_vs_stated"]
        assert (finding.declared, finding.computed) == (Decimal(30), Decimal(25))
        assert rules(rubric("本细则满分25分。", *SUMS)) == []

    def test_nothing_to_check_the_points_against(self) -> None:
        found = rubric("一、窗口", "1.着装统一（4分）", "2.台面整洁（6分）", "3.限时办结（5分）")
        assert points(found) == ["4", "6", "5"]
        assert rules(found) == ["prose_doubt"]

    def test_a_list_of_which_only_a_part_states_points(self) -> None:
        found = rubric("一、考核", "1.日常考核（40分）", "2.年终考核（60分）", "3.公布结果", "4.及时整改", "5.总结提高")
        assert found.tasks == []
        assert rules(found) == ["prose_doubt"]


class TestWhatIsNone:
    @pytest.mark.parametrize(
        "lines",
        [
            ("一、肯定成绩。全年得分93分，提高2分。", "二、正视不足。实地检查扣了4分，问卷扣了1分。", "三、再接再厉。"),
            ("一、得分情况", "1.县税务局，95分。", "2.县法院，94分。", "3.县医院，92分。"),
            ("一、奖项", "1.一等奖2名（90分以上）。", "2.二等奖3名（80分以上）。", "3.三等奖5名（70分以上）。"),
            ("一、先进集体（12）", "1.办公室", "2.宣传科", "二、先进个人（8）", "1.张明", "2.李红"),
            ("一、目标", "1.2024年测评达到85分。", "2.2025年测评达到88分。", "3.2026年测评达到90分。"),
            (
                "第一条 制定本办法。",
                "第二条 每服务一小时计1分。",
                "第三条 获得表彰的，加10分。",
                "第四条 满100分可以兑换。",
            ),
        ],
    )
    def test_points_by_the_way(self, lines: tuple[str, ...]) -> None:
        assert rubric(*lines).tasks == []

    def test_a_body_that_repeats_the_rows_of_a_table(self) -> None:
        table = drawn(
            ["测评内容", "测评标准", "分值"],
            ["窗口形象", "着装统一，佩戴工牌。", "4"],
            ["窗口形象", "台面整洁，无杂物。", "6"],
        )
        found = rubric("一、窗口形象（10分）", "1.着装统一，佩戴工牌。（4分）", "2.台面整洁，无杂物。（6分）", table)
        assert [t.table_id is None for t in found.tasks] == [False, False]
