"""What each question concludes from small notices, with figures worked out by hand, and from the published ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.small_notices import Item, Small, publish_small, repeated
from warehouse.questions import Answer, QuestionFilters, answer, get_question, list_questions
from warehouse.questions.conclusions import CONCLUSIONS
from warehouse.questions.conclusions.audit import conclude_trust
from warehouse.questions.conclusions.responsibility import conclude_repeated, conclude_unstated_lead
from warehouse.questions.conclusions.sentences import Scope
from warehouse.questions.conclusions.weights import conclude_exchange, conclude_similarity, conclude_unique
from warehouse.questions.conclusions.work import (
    conclude_changes,
    conclude_merging,
    conclude_reuse,
    conclude_shared_files,
)
from warehouse.questions.context import STATES_SQL

A, B, C = (f"{name}市文明办 2023" for name in "甲乙丙")
CLEAN = "组织志愿者走进社区开展环境清洁和文明劝导活动"
Conclude = Callable[..., str]


def asked(path: Path, number: int, **filters: Any) -> Answer:
    return answer(path, number, QuestionFilters(**filters), today=date(2023, 3, 1))


@pytest.fixture
def say(tmp_path: Path, few_views: Callable[..., None]) -> Conclude:
    """Publish notices with what a question asks, the same ones once, and return its conclusion."""
    published: dict[tuple[int, str], Path] = {}

    def publish(number: int, *smalls: Small, **filters: Any) -> str:
        key = number, repr(smalls)
        if key not in published:
            few_views(*re.findall(r"mart\.\w+", get_question(number).sql + STATES_SQL))
            published[key] = publish_small(tmp_path / f"{len(published)}.duckdb", *smalls)
        return asked(published[key], number, **filters).conclusion

    return publish


def test_every_question_has_a_conclusion() -> None:
    assert set(CONCLUSIONS) == {one.number for one in list_questions()}


class TestWeights:
    READING = Item("建好职工书屋", "reading", points="2")

    def test_the_heaviest_theme_of_each_notice(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN, points="5"), self.READING, Item("开展普法", "rule_of_law", points="1")])
        two = Small("乙市", [Item(CLEAN), Item("建好书屋", "reading")])
        assert say(1, one) == f"{A}：“志愿服务”最重，占 62.5%（5 分）。"
        assert say(1, one, two) == (
            f"{B}：“全民阅读”和“志愿服务”并列最重，各占 50%（按任务条数，通知没有分值）；"
            f"{A}：“志愿服务”最重，占 62.5%（5 分）。"
        )

    def test_tasks_without_a_theme_are_not_the_heaviest_theme(self, say: Conclude) -> None:
        assert "“全民阅读”最重，占 20%（2 分）" in say(
            1, Small("甲市", [Item("其余", "other", points="8"), self.READING])
        )

    def test_one_theme_where_it_weighs_most_and_least(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN, points="5"), self.READING])
        two = Small("乙市", [Item(CLEAN, points="1"), Item("读书", "reading", points="3")])
        three = Small("丙市", [Item(CLEAN, points="4")])
        assert say(1, one, two, three, topic="reading") == (
            f"给“全民阅读”赋分的 2 份通知中，{B} 占 75%（3 分），占比最高；{A} 占 28.6%（2 分），占比最低。"
        )

    def test_a_theme_without_points_is_said_by_its_tasks(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN), Item("建好书屋", "reading")])
        assert say(1, one, topic="reading") == f"“全民阅读”：{A}：占任务的 50%（1 条）。"

    def test_notices_where_a_theme_weighs_the_same(self, say: Conclude) -> None:
        half = [Item(CLEAN, points="2"), self.READING]
        one, two = Small("甲市", half), Small("乙市", [Item(CLEAN, points="4"), Item("读书", "reading", points="4")])
        begun = "给“全民阅读”赋分的"
        assert say(1, one, two, topic="reading") == f"{begun} 2 份通知中，它都占 50%。"
        three = Small("丙市", [Item("读书", "reading", points="1")])
        assert say(1, one, two, three, topic="reading") == (
            f"{begun} 3 份通知中，{C} 占 100%（1 分），占比最高；{B} 和{A} 各占 50%，占比最低。"
        )

    def test_a_notice_without_a_theme_has_no_heaviest(self, say: Conclude) -> None:
        rest = Item("其余", "other", points="8")
        assert say(1, Small("甲市", [rest])) == f"{A}：任务都没有归入具体主题。"
        assert say(1, Small("甲市", [rest, Item("读书", "reading")])) == f"{A}：有分值的任务都没有归入具体主题。"

    def test_missing_themes(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN, points="5"), Item("获奖加分", "honours", points="2", bonus=True)])
        two = Small("乙市", [Item(CLEAN, points="4"), self.READING])
        three = Small("丙市", [Item(CLEAN, points="4"), Item("开展读书活动", "reading", points="1")])
        # 44 themes without 其他; volunteering is there, honours among bonus items.
        assert say(3, one, two, three, notice=("甲市",)) == (
            f"{A}：未涉及 42 个主题，其中别的通知涉及最多的是“全民阅读”（2 份），另有 1 个仅加分项涉及。"
        )

    def test_themes_that_as_many_others_have(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN)])
        two = Small("乙市", [Item(CLEAN), Item("读书", "reading"), Item("普法", "rule_of_law")])
        assert say(3, one, two, notice=("甲市",)).endswith("“全民阅读”（各 1 份）。")

    def test_an_indicator_with_two_themes_is_one_indicator(self) -> None:
        def row(code: str | None, topic: str, judged: str) -> dict[str, Any]:
            return {"城市": "甲市", "通知": A, "指标编号": code, "指标名称": code, "主题": topic, "判断": judged}

        alone = [row("Ⅱ-1", "全民阅读", "主题仅此城有"), row("Ⅱ-1", "公益慈善", "主题仅此城有（仅加分项）")]
        assert conclude_unique(alone, Scope()) == "1 个指标的主题仅此城有：“全民阅读”（甲市）、“公益慈善”（甲市）。"
        wording = [row("Ⅱ-2", topic, "未见相近要求") for topic in ("法治建设", "志愿服务")]
        bare = [row(None, topic, "未见相近要求") for topic in ("法治建设", "志愿服务")]
        assert "；另有 3 个指标只是" in conclude_unique([*alone, *wording, *bare], Scope())

    def test_indicators_of_one_place(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN), Item("建好职工书屋并常年开放借阅", "reading")])
        sorting = Item("每季度检查评比生活垃圾分类", indicator=1)
        two = Small("乙市", [Item(CLEAN), sorting], headings=(("环境", None),))
        assert say(2, one, two) == (
            "1 个指标的主题仅此城有：“全民阅读”（甲市）；"
            "另有 1 个指标只是在别的城市未见相近要求，不能据此断定别处没有。"
        )
        assert say(2, Small("甲市", [Item(CLEAN)]), Small("乙市", [Item("每季度检查评比生活垃圾分类")])) == (
            "没有主题仅此城有的指标；2 个指标只是在别的城市未见相近要求，不能据此断定别处没有。"
        )

    def test_a_notice_without_a_place_may_ask_for_the_same(self, say: Conclude) -> None:
        nowhere = {"city": None, "province": None, "division_code": None}
        one, two = (Small(f"{name}市", [Item(CLEAN)], values=nowhere) for name in "甲乙")
        assert say(2, one, two) == ""

    def test_points_of_counterparts(self, say: Conclude) -> None:
        assert say(4, Small("甲市", [Item(CLEAN, points="5")]), Small("乙市", [Item(CLEAN, points="1.5")])) == (
            f"口径相同、都写明分值的对应任务有 1 对；相差最多的是“志愿服务”：{A} 为 5 分，{B} 为 1.5 分，相差 3.5 分，"
            "占比相差 0 个百分点。"
        )
        bonus = (
            Small(f"{name}市", [Item(CLEAN, points=points, bonus=True)]) for name, points in (("甲", "5"), ("乙", "1"))
        )
        assert say(4, *bonus).endswith("相差 4 分。")
        assert say(4, Small("甲市", [Item(CLEAN, points="2")]), Small("乙市", [Item(CLEAN, points="2")])) == (
            "口径相同、都写明分值的对应任务有 1 对，分值都一样。"
        )
        with_reading = [Item(CLEAN, points="2"), Item("建好职工书屋并常年开放借阅", "reading", points="2")]
        less = [Item(CLEAN, points="1"), Item("建好职工书屋并常年开放借阅", "reading", points="1")]
        assert "有 2 对；相差最多的有 2 对，如“" in say(4, Small("甲市", with_reading), Small("乙市", less))

    def test_likeness(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN, points="3"), self.READING])
        two = Small("乙市", [Item(CLEAN, points="3")])
        # (3/5, 2/5) and (1, 0): 0.6 / sqrt(0.36 + 0.16).
        assert say(5, one, two) == f"{A} 与{B} 的权重相似度为 0.832（1 为完全一样）。"
        three = Small("丙市", [Item("读书", "reading", points="1")])
        # (2/5) / sqrt(0.36 + 0.16) = 0.555 of the first and the third; nothing in common of the second and the third.
        assert say(5, one, two, three) == (
            f"3 对通知中，{A} 与{B} 的评分体系最相近（权重相似度 0.832，1 为完全一样），{B} 与{C} 差别最大（0）。"
        )

    def test_likeness_of_several_pairs(self) -> None:
        def row(first: str, second: str, likeness: float | None) -> dict[str, Any]:
            return {"甲通知": first, "乙通知": second, "权重相似度": likeness}

        same = [row(A, B, 0.7004), row(A, C, 0.7)]
        assert conclude_similarity(same, Scope()) == "2 对通知的权重相似度都是 0.7（1 为完全一样）。"
        assert conclude_similarity([*same, row(B, C, 0.1)], Scope()) == (
            f"3 对通知中，{A} 与{B} 等 2 对的评分体系最相近（权重相似度 0.7，1 为完全一样），"
            f"{B} 与{C} 差别最大（0.1）。"
        )
        assert conclude_similarity([row(A, B, None)], Scope()) == ""

    def test_rules_of_scoring(self, say: Conclude) -> None:
        rules = (
            ("award", "获省级表彰", "2", None, "获省级表彰加2分"),
            ("award", "被推广", None, "5", "被推广加1-5分"),
            ("cap", "合计", None, "10", "合计最多10分"),
            ("veto", "发生事故", None, None, "发生事故的一票否决"),
        )
        item = Item("获得表彰", "honours", points="5", bonus=True, rules=rules)
        assert say(9, Small("甲市", [item])) == (
            "共 4 处：加分 2 处、一票否决 1 处、封顶 1 处；2 处加分、扣分中有 1 处没有写明确定的分值。"
        )

    def test_other_weights(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN, points="6"), self.READING, Item("普法", "rule_of_law", points="1")])
        two = Small("乙市", [Item(CLEAN, points="1"), Item("读书", "reading", points="4")])
        assert say(10, one, two, notice=("甲市",), other=("乙市",)) == (
            f"{A} 换用{B} 的权重后，名次上升最多的是“全民阅读”，由第 2 名到第 1 名；"
            "名次下降最多的是“志愿服务”，由第 1 名到第 2 名；另有 1 个主题换用后没有分值，不排名次。"
        )

    def test_themes_that_move_alike(self) -> None:
        def row(topic: str, before: int, after: int) -> dict[str, Any]:
            places = {"原名次": before, "换用后名次": after, "名次变化": before - after, "换用后分值": 1.0}
            return {"甲通知": A, "乙通知": B, "主题": topic} | places

        moved = [row("全民阅读", 3, 1), row("公益慈善", 4, 2), row("志愿服务", 1, 4)]
        assert conclude_exchange(moved, Scope()) == (
            f"{A} 换用{B} 的权重后，名次上升最多的有 2 个，如“全民阅读”，由第 3 名到第 1 名；"
            "名次下降最多的是“志愿服务”，由第 1 名到第 4 名。"
        )

    def test_themes_left_without_points_are_counted_for_each_exchange(self, say: Conclude) -> None:
        one, two = Small("甲市", [Item(CLEAN, points="5")]), Small("乙市", [Item("读书", "reading", points="4")])
        assert say(10, one, two).endswith("；另有 2 处主题换用后没有分值，不排名次。")

    def test_a_theme_with_few_points_is_not_without(self) -> None:
        places = {"原名次": 1, "换用后名次": 1, "名次变化": 0, "换用后分值": 0.0}
        row = {"甲通知": A, "乙通知": B, "主题": "志愿服务"} | places
        assert conclude_exchange([row], Scope()) == f"{A} 换用{B} 的权重后，各主题名次不变。"

    def test_methods(self, say: Conclude) -> None:
        items = [
            Item("甲", points="6", methods=("材料审核",)),
            Item("乙", points="2", methods=("材料审核", "实地考察")),
        ]
        assert say(23, Small("甲市", items)) == f"{A}：材料审核占 87.5%、实地考察占 12.5%。"
        unscored = [Item("甲", methods=("材料审核",)), Item("乙", methods=("实地考察",))]
        assert say(23, Small("甲市", unscored)) == f"{A}：实地考察占 50%、材料审核占 50%（按任务条数，没有分值）。"

    def test_of_many_notices_without_a_heaviest_the_first_are_told(self, say: Conclude) -> None:
        many = [Small(f"{name}市", [Item("甲", methods=("材料审核",))]) for name in "子丑寅卯辰巳"]
        said = say(23, *many)
        assert said.startswith("6 份通知中，丑市文明办 2023：材料审核占 100%")
        assert said.endswith("；其余 3 份见表。")

    def test_a_theme_without_points_is_not_the_lightest(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN, points="5"), self.READING])
        two = Small("乙市", [Item(CLEAN, points="4"), Item("读书")])
        three = Small("丙市", [Item(CLEAN, points="1"), Item("读书", "reading")])
        assert say(1, one, two, three, topic="reading") == f"“全民阅读”在{A} 占 28.6%（2 分）。"

    def test_of_many_notices_the_heaviest_are_told(self, say: Conclude) -> None:
        many = [
            Small(f"{name}市", [Item("甲", points="1", wants=(("photo", count),))])
            for count, name in enumerate("子丑寅卯辰巳", 1)
        ]
        assert say(20, *many) == (
            "6 份通知中，件数最多的 3 份是：巳市文明办 2023：至少 6 件，图片最多，6 件，占 100%；"
            "辰市文明办 2023：至少 5 件，图片最多，5 件，占 100%；卯市文明办 2023：至少 4 件，图片最多，4 件，占 100%；"
            "其余 3 份见表。"
        )

    def test_no_theme_in_common_is_no_change_of_ranks(self, say: Conclude) -> None:
        one, two = Small("甲市", [Item(CLEAN, points="5")]), Small("乙市", [Item("读书", "reading", points="4")])
        assert say(10, one, two, notice=("甲市",), other=("乙市",)) == (
            f"{A} 换用{B} 的权重后，没有两边都有分值的主题，名次无从比较；另有 1 个主题换用后没有分值，不排名次。"
        )


class TestResponsibility:
    def test_the_heaviest_unit(self, say: Conclude) -> None:
        items = [Item("甲", points="6", parties=("办公室",)), Item("乙", points="4", parties=("人事科", "办公室"))]
        assert (
            say(11, Small("甲市", items)) == f"{A}：2 个单位中办公室承担最多，平分后占全部单位分值合计的 80%（8 分）。"
        )
        # Tasks of nobody are not in the sum.
        nobody = Small("甲市", [*items, Item("丙", points="10")])
        assert say(11, nobody, party="人事") == (
            f"{A} 的人事科排第 2，平分后占全部单位分值合计的 20%（牵头 1 条、配合 0 条）。"
        )
        # Named for both tasks, of which one is shared.
        both = [Item("甲", parties=("办公室",)), Item("乙", parties=("办公室", "人事科"))]
        assert say(11, Small("甲市", both)).endswith("办公室承担最多，平分后占全部单位任务合计的 75%。")

    def test_tasks_of_several_without_a_lead(self) -> None:
        one, two = [{"通知": A}] * 2, [{"通知": B}]
        assert conclude_unstated_lead(one, Scope()) == f"{A} 有 2 条任务由几个单位负责而没有写明谁牵头。"
        assert conclude_unstated_lead([*one, *two], Scope()) == (
            f"3 条任务由几个单位负责而没有写明谁牵头。{A}：2 条；{B}：1 条。"
        )

    def test_units_that_share_the_first_place(self, say: Conclude) -> None:
        items = [Item("甲", parties=("办公室",)), Item("乙", parties=("人事科",))]
        assert (
            say(11, Small("甲市", items))
            == f"{A}：2 个单位中人事科和办公室并列承担最多，平分后各占全部单位任务合计的 50%。"
        )
        assert say(12, Small("甲市", items)) == f"{A}：人事科和办公室并列最重，各占 50%，责任高度集中。"

    def test_concentration(self, say: Conclude) -> None:
        # Shares 40 % and six times 10 %: HHI 0.16 + 0.06 = 0.22.
        items = [Item("头", points="4", parties=("办公室",))]
        items += [Item(f"第{place}", points="1", parties=(f"{place}科",)) for place in "一二三四五六"]
        one = Small("甲市", items)
        assert say(12, one) == f"{A}：办公室一家占 40%，责任中等集中。"
        # Ten units of 10 %: HHI 0.1. One unit alone: 1.
        ten = Small(
            "乙市", [Item(f"第{place}", points="1", parties=(f"{place}科",)) for place in "一二三四五六七八九十"]
        )
        alone = Small("丙市", [Item("全部", points="1", parties=("办公室",))])
        more = Small("丁市", [Item("全部", points="1", parties=("综合科",))])
        assert "较为分散" in say(12, ten)
        said = say(12, one, ten, alone, more)
        assert said.startswith("4 份通知中，高度集中 2 份、中等集中 1 份、较为分散 1 份。最集中的有 2 份，如")
        assert "一家占 100%，责任高度集中；最不集中的是乙市文明办 2023：" in said
        assert said.endswith("等 10 个并列最重，各占 10%，责任较为分散。")
        others = [Small(f"{name}市", [Item("全部", points="1", parties=("办公室",))]) for name in "戊己"]
        assert say(12, alone, more, *others) == (
            "4 份通知中，高度集中 4 份。集中程度相同，如丁市文明办 2023：综合科一家占 100%，责任高度集中。"
        )

    def test_one_unit_in_many_notices(self, say: Conclude) -> None:
        many = [Small(f"{name}市", [Item("甲", parties=("办公室",))]) for name in "子丑寅卯辰"]
        assert say(11, *many, party="办公").endswith("（牵头 1 条、配合 0 条）；其余 2 行见表。")
        assert "见表" not in say(11, *many[:3], party="办公")

    def test_tasks_of_nobody(self, say: Conclude) -> None:
        one = Small("甲市", [Item("甲", points="2", parties=("办公室",)), *repeated(Item("乙", points="1.5"), 2)])
        two = Small("乙市", [Item("丙")])
        assert say(13, one, two) == f"2 条任务没有写明责任单位：{A}（2 条），合 3 分；1 份通知整份不列责任单位：{B}。"
        many = [
            Small(f"{name}市", [Item("甲", parties=("办公室",)), *repeated(Item("乙"), count)])
            for count, name in enumerate("子丑寅卯辰巳", 1)
        ]
        said = say(13, *many)
        assert said.startswith("21 条任务没有写明责任单位：巳市文明办 2023（6 条）、辰市文明办 2023（5 条）、")
        assert said.endswith("丑市文明办 2023（2 条）等 6 份通知。")

    def test_collective_names(self, say: Conclude) -> None:
        items = [
            Item("甲", parties=("办公室",)),
            Item("乙", parties=("人事科",)),
            *repeated(Item("丙", parties=("各科室",)), 2),
        ]
        assert say(15, Small("甲市", [*items, Item("丁", parties=("办公室",))])) == (
            f"{A}：展开后任务增加最多的是办公室和人事科，各增加 2 条；承担最多的是办公室（占 60%）。"
        )
        four = [Item("甲", parties=(f"{place}科",)) for place in "一二三四"]
        said = say(15, Small("甲市", [*four, Item("乙", parties=("各科室",))]))
        assert said.count("等 4 个单位") == 2
        assert said.endswith("，各增加 1 条；承担最多的是一科、三科、二科等 4 个单位（各占 25%）。")
        assert say(15, Small("甲市", items[:2])) == f"{A}：展开前后各单位的任务数不变。"

    def test_who_leads_a_theme(self, say: Conclude) -> None:
        one = Small("甲市", [Item("甲", parties=("办公室",)), Item("乙", "reading", parties=("工会",))])
        two = Small("乙市", [Item("丙", parties=("宣传科", "办公室"))])
        assert say(16, one, two) == (
            "2 份通知共有 2 个主题写明了牵头单位，其中 1 个主题有两份以上通知可以对照，1 个主题各份通知都有。"
        )
        assert say(16, one, two, topic="志愿服务") == f"“志愿服务”由谁牵头：{B}：宣传科（1）；{A}：办公室（1）。"
        assert say(16, one) == f"{A}：2 个主题写明了牵头单位，每个主题只由一家牵头。"

    def test_tasks_without_a_theme_are_no_theme_to_compare(self, say: Conclude) -> None:
        rest = Item("其余", "other", parties=("办公室",))
        one, two = Small("甲市", [rest, Item("甲", parties=("工会",))]), Small("乙市", [rest])
        three = Small("丙市", [rest, Item("乙", "reading", parties=("工会",))])
        none = "没有一个主题有两份以上通知可以对照。"
        assert say(16, one, two) == f"2 份通知共有 1 个主题写明了牵头单位，{none}"
        assert say(16, one, two, three) == f"3 份通知共有 2 个主题写明了牵头单位，{none}"
        assert say(16, two) == "1 份通知写明了牵头单位的任务都没有归入具体主题。"
        four = Small("丁市", [Item("丙", parties=("工会",))])
        assert say(16, one, three, four) == (
            "3 份通知共有 2 个主题写明了牵头单位，其中 1 个主题有两份以上通知可以对照，没有一个主题各份通知都有。"
        )

    def test_what_is_asked_twice(self) -> None:
        def row(matter: int, unit: str, notices: int) -> dict[str, Any]:
            return {"第几件": matter, "单位": unit, "所属": "甲市", "通知数": notices}

        twice = [row(1, "教育局", 2)] * 3 + [row(2, "教育局", 1)] * 2 + [row(3, "民政局", 2)] * 2
        assert conclude_repeated(twice, Scope()) == (
            "2 个单位有 3 件事被重复要求，共 7 处，其中 2 件由两份以上通知要求；件数最多的是甲市的教育局（2 件）。"
        )
        assert conclude_repeated(twice[3:], Scope()) == (
            "2 个单位有 2 件事被重复要求，共 4 处，其中 1 件由两份以上通知要求；"
            "件数最多的是甲市的教育局和甲市的民政局（各 1 件）。"
        )
        assert conclude_repeated(twice[3:5], Scope()) == (
            "甲市的教育局有 1 件事被重复要求，共 2 处，都是同一份通知中的重复。"
        )


class TestWork:
    def test_months(self, say: Conclude) -> None:
        items = [Item("甲", days=(date(2023, 6, 30),)), Item("乙", days=(date(2023, 6, 10), date(2023, 9, 1)))]
        assert say(17, Small("甲市", items)) == f"{A}：共到期 3 次，2023 年 6 月最多，2 次。"
        twice = [Item("甲", days=(date(2023, 6, 30),)), Item("乙", days=(date(2023, 9, 1),))]
        assert say(17, Small("甲市", twice)) == f"{A}：共到期 2 次，2 个月各 1 次。"
        once = Item("丙", days=(date(2023, 12, 1),))
        assert say(17, Small("甲市", [*twice, *twice, once])) == (
            f"{A}：共到期 5 次，2023 年 6 月和 2023 年 9 月并列最多，各 2 次。"
        )
        four = repeated(Item("丁", days=tuple(date(2023, month, 1) for month in (2, 3, 4, 5))), 2)
        assert "等 4 个月并列最多，各 2 次" in say(17, Small("甲市", [*four, once]))

    def test_what_is_due(self, say: Conclude) -> None:
        items = [Item("甲", days=(date(2023, 3, 5),)), *repeated(Item("乙", days=(date(2023, 3, 31),)), 2)]
        late = Item("丙", days=(date(2023, 4, 1),))
        assert say(18, Small("甲市", [*items, late])) == (
            "2023-03-01 至 2023-03-31，到期 3 次，最早的是 2023-03-05（1 条），最集中的是 2023-03-31（2 条）。"
        )
        assert say(18, Small("甲市", [late]), date=date(2023, 4, 1), days=0) == (
            "2023-04-01 当天，到期 1 次，最早的是 2023-04-01（1 条）。"
        )
        again = repeated(Item("丁", days=(date(2023, 3, 20),)), 2)
        assert say(18, Small("甲市", [*items, *again])).endswith(
            "最早的是 2023-03-05（1 条），最集中的有 2 天，如 2023-03-20（2 条）。"
        )
        assert say(18, Small("甲市", again + items[1:])).endswith("到期 4 次，最早的是 2023-03-20（2 条）。")

    def test_vague_deadlines(self, say: Conclude) -> None:
        one = Small("甲市", [Item("甲", days=(date(2023, 6, 30),)), Item("乙")])
        assert say(19, one, Small("乙市", [Item("丙")])) == (
            f"{A}：写明时限的 1 条都有日期或周期，1 条没有写时限；{B}：1 条任务都没有写时限。"
        )

    def test_materials(self, say: Conclude) -> None:
        items = [
            Item("甲", points="4", wants=(("photo", 6), ("report", 1))),
            Item("乙", "reading", points="1", wants=(("photo", 1),)),
        ]
        assert say(20, Small("甲市", items)) == f"{A}：至少 8 件，图片最多，7 件，占 87.5%。"
        assert say(22, Small("甲市", items)) == (
            f"{A}：每分平均 1.6 件（8 件，5 分），最费材料的主题是“志愿服务”（每分 1.75 件）。"
        )
        assert say(22, Small("甲市", [Item("甲", wants=(("photo", 3),))])) == f"{A}：共 3 件，通知没有分值。"
        rest = Item("其余", "other", points="1", wants=(("photo", 9),))
        assert say(22, Small("甲市", [*items, rest])).endswith("最费材料的主题是“志愿服务”（每分 1.75 件）。")
        assert say(22, Small("甲市", [rest])) == f"{A}：每分平均 9 件（9 件，1 分）。"
        alike = [
            Item("甲", points="2", wants=(("photo", 2),)),
            Item("乙", "reading", points="1", wants=(("photo", 1),)),
        ]
        assert "最费材料的主题是“志愿服务”和“全民阅读”（都是每分 1 件）" in say(22, Small("甲市", alike))

    def test_materials_of_tasks_without_points_cost_no_point(self, say: Conclude) -> None:
        free = Item("甲", wants=(("photo", 3),))
        assert say(22, Small("甲市", [free, Item("乙", points="6")])) == f"{A}：共 3 件，要材料的任务都没有分值。"
        paid = Item("乙", "reading", points="4", wants=(("photo", 2),))
        assert say(22, Small("甲市", [free, paid])) == (
            f"{A}：每分平均 0.5 件（有分值的任务 2 件，4 分），最费材料的主题是“全民阅读”（每分 0.5 件）。"
        )

    def test_one_activity_for_several(self, say: Conclude) -> None:
        items = repeated(Item("开展活动", parties=("办公室",), wants=(("photo", 2),)), 3)
        said = say(21, Small("甲市", items))
        assert said.startswith("可以合并准备的有 ")
        assert "可支撑 3 条任务，件数合计 6 件" in said

    def test_groups_of_equal_size(self) -> None:
        def row(what: str, tasks: int) -> dict[str, Any]:
            values = {"依据": "同一材料", "任务数": tasks, "件数合计": 4, "活动主题或材料": what}
            return {"通知": A, "牵头单位": "办公室"} | values

        assert conclude_reuse([row("照片", 2), row("总结", 3), row("方案", 3)], Scope()) == (
            f"可以合并准备的有 3 组（同一材料 3 组）；任务最多的有 2 组，如{A} 办公室的“总结”，"
            "可支撑 3 条任务，件数合计 4 件。"
        )

    def test_thresholds(self, say: Conclude) -> None:
        one = Small("甲市", [Item(CLEAN, thresholds=(("参与率", ">=", "95", "%"),))])
        two = Small("乙市", [Item(CLEAN, thresholds=(("参与率", ">=", "90", "%"),))])
        other = Small("乙市", [Item("志愿服务队伍名册按季更新", thresholds=(("更新率", ">=", "90", "%"),))])
        same = Small("乙市", [Item(CLEAN, thresholds=(("参与率", ">=", "95", "%"),))])
        begun = "2 份通知在 1 组（同一主题、同一计量单位）上的数量要求不全相同，涉及“志愿服务”；"
        assert say(24, one, two) == f"{begun}都出自对应任务，可比性较高，请对照原文。"
        assert say(24, one, other) == f"{begun}都不出自对应任务，不一定是同一件事，请对照原文。"
        assert say(24, one, same) == ""
        percent = Item("注册志愿者人数占职工人数", thresholds=(("注册人数", ">=", "10", "人"),))
        more = Item("志愿服务队伍名册按季更新", thresholds=(("更新次数", ">=", "4", "人"),))
        both = (Small("甲市", [*one.items, percent]), Small("乙市", [*two.items, more]))
        assert say(24, *both).endswith("其中 1 组出自对应任务，可比性较高，其余不一定是同一件事，请对照原文。")

    def test_one_file_for_several(self) -> None:
        def row(what: str, saved: int) -> dict[str, Any]:
            values = {"材料": what, "可少交": saved, "能用几条任务": 2, "按最严要交": 4, "计量单位": "张"}
            return {"单位": "教育局", "所属": None} | values

        said = "种材料各能用在两条以上任务上，按最严的一处准备，合计可少交"
        assert conclude_shared_files([row("活动照片", 3), row("方案", 1)], Scope()) == (
            f"2 {said} 4 件（不分计量单位）；可少交最多的是教育局的“活动照片”"
            "（能用在 2 条任务上，交 4 张，少交 3 张）。"
        )
        assert conclude_shared_files([row("照片", 1), row("方案", 1)], Scope()) == (
            f"2 {said} 2 件（不分计量单位）；可少交最多的是教育局的“照片”和教育局的“方案”（各少交 1 张）。"
        )
        kinds = [row("照片", 1), row("方案", 1) | {"计量单位": "份"}]
        assert conclude_shared_files(kinds, Scope()).endswith("“方案”（各少交 1）。")
        assert conclude_shared_files([row("照片", 1)], Scope()).endswith(
            "教育局的“照片”（能用在 2 条任务上，交 4 张，少交 1 张）。"
        )

    def test_what_merging_saves(self) -> None:
        names = ("单位", "所属", "任务数", "合并后", "少办几条", "要求的件数", "合并后件数", "少交几件")

        def rows(*values: tuple[Any, ...]) -> list[dict[str, Any]]:
            return [dict(zip(names, one, strict=True)) for one in values]

        school, welfare = ("教育局", "甲市", 5, 3, 2, 9, 6, 3), ("民政局", "甲市", 4, 4, 0, 2, 2, 0)
        assert conclude_merging(rows(school, welfare), Scope()) == (
            "2 个单位合计 9 条任务，合并后 7 条，少办 2 条；要求的材料 11 件，合并后 8 件，少交 3 件；"
            "少办最多的是甲市的教育局（2 条）。"
        )
        assert conclude_merging(rows(school), Scope()) == (
            "甲市的教育局共 5 条任务，合并后 3 条，少办 2 条；要求的材料 9 件，合并后 6 件，少交 3 件。"
        )
        assert conclude_merging(rows(welfare), Scope()) == (
            "甲市的民政局共 4 条任务，没有可以合并的；要求的材料 2 件，没有可以少交的。"
        )
        assert conclude_merging(rows((*welfare[:5], 0, 0, 0)), Scope()) == "甲市的民政局共 4 条任务，没有可以合并的。"

    def test_changes(self) -> None:
        rows = [{"新版": A, "上一版": B, "变化": kind} for kind in ("新增", "新增", "时限变化")]
        assert conclude_changes(rows, Scope()) == f"{A}：比{B} 新增 2 处、时限变化 1 处。"
        many = [{"新版": name, "上一版": B, "变化": "删去"} for name in "甲乙丙丁戊己"]
        assert conclude_changes([*many, *many[5:]], Scope()).startswith(
            f"6 份通知中，变化最多的 3 份是：己：比{B} 删去 2 处；"
        )


class TestAudit:
    def test_headings(self, say: Conclude) -> None:
        items = [
            Item("甲", points="3", indicator=1),
            Item("乙", points="4", indicator=1),
            Item("丙", points="2", indicator=2),
        ]
        wrong = Small("甲市", items, headings=(("组织领导", "5"), ("活动", "2")))
        assert (
            say(7, wrong) == f"核对 2 处，1 处一致，1 处不一致；相差最大的是{A} “Ⅰ-1 组织领导”：标注 5 分，核算 7 分。"
        )
        assert say(8, wrong) == f"{A}：任务分值之和与一级指标合计不符，标注 7 分，核算 9 分，共 2 处不一致。"
        right = Small("甲市", items, headings=(("组织领导", "7"), ("活动", "2")))
        assert say(7, right) == "核对 2 处，全部一致。"
        assert say(8, right) == f"{A}：3 处核对全部一致。"

    def test_differences_of_equal_size(self, say: Conclude) -> None:
        items = [Item("甲", points="3", indicator=1), Item("乙", points="4", indicator=2)]
        wrong = Small("甲市", items, headings=(("组织领导", "5"), ("活动", "2")))
        assert say(7, wrong) == (
            f"核对 2 处，0 处一致，2 处不一致；相差最大的有 2 处，如{A} “Ⅰ-1 组织领导”：标注 5 分，核算 3 分。"
        )

    def test_trust(self, say: Conclude) -> None:
        assert say(25, Small("甲市", [Item("甲")])) == "1 条任务的可信度：高 1 条。"

    def test_where_the_trust_is_low(self) -> None:
        def rows(**low: int) -> list[dict[str, Any]]:
            return [{"可信度": "低", "通知": f"{name}市"} for name, count in low.items() for _ in range(count)]

        def end(listed: list[dict[str, Any]]) -> str:
            return conclude_trust(listed, Scope()).partition("；")[2]

        sound = [{"可信度": "高", "通知": "丁市"}]
        assert end(rows(甲=2)) == "可信度低的引用前请对照原件。"
        assert end(rows(甲=2) + sound) == "可信度低的都在甲市中，引用前请对照原件。"
        assert end(rows(甲=2, 乙=1)) == "可信度低的以甲市最多（2 条），引用前请对照原件。"
        assert end(rows(甲=2, 乙=2, 丙=1)) == "可信度低的以甲市和乙市最多（各 2 条），引用前请对照原件。"


class TestPublishedNotices:
    """Figures that people worked out from the notices in `raw/`."""

    @pytest.mark.parametrize(
        ("number", "place", "words"),
        [
            (12, "汕尾", "人教科一家占 58.8%，责任高度集中"),
            (11, "汕尾", "5 个单位中人教科承担最多，平分后占全部单位分值合计的 58.8%（10 分）"),
            (22, "益阳", "共 31 件，要材料的任务都没有分值"),
            (8, "淄博", "标注 100 分，核算 104 分"),
            (7, "淄博", "“Ⅰ-5 履行社会责任”：标注 17 分，核算 22 分"),
            (8, "益阳", "12 处核对全部一致"),
            (1, "淄博", "“理想信念教育”最重，占 10.6%（11 分）"),
            (19, "淄博", "63 条任务都没有写时限"),
            (23, "益阳", "材料审核占 76.1%"),
        ],
    )
    def test_what_is_said(self, five: Path, number: int, place: str, words: str) -> None:
        assert words in asked(five, number, notice=(place,)).conclusion

    @pytest.mark.parametrize("number", [one.number for one in list_questions()])
    def test_a_sentence_wherever_there_are_rows(self, five: Path, number: int) -> None:
        found = asked(five, number, **({"date": date(2021, 3, 1)} if number == 18 else {}))
        assert bool(found.conclusion) == bool(found.result.rows)
        if found.conclusion:
            assert found.conclusion.endswith("。")
            assert not {"None", "nan", "—"} & {word for word in ("None", "nan", "—") if word in found.conclusion}
            assert any(letter.isdigit() for letter in found.conclusion)
