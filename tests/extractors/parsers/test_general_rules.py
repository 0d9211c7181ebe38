"""Sentences that hold for many tasks, and those that look like them and do not."""

from __future__ import annotations

import pytest

from extractors.parsers.general_rules import (
    Cover,
    FormatRule,
    MonthLimit,
    read_consequences,
    read_deadline_rule,
    read_format_rules,
    read_month_limit,
)
from extractors.parsers.lead_rules import says_first_leads, says_mark_leads

TASKS, MATERIALS, UNDATED = Cover.TASKS, Cover.MATERIALS, Cover.UNDATED


class TestDeadlines:
    @pytest.mark.parametrize(
        ("sentence", "subject", "covers"),
        [
            ("各项创建任务须于11月25日前完成", "各项创建任务", TASKS),
            ("全部活动应在9月底前结束", "全部活动", TASKS),
            ("12月上旬前完成所有重点任务", "所有重点任务", TASKS),
            ("每月任务于次月3日前办结", "每月任务", TASKS),
            ("上述事项务必在年底前落实到位", "上述事项", TASKS),
            ("任务须于6月30日前完成", "任务", TASKS),
            ("未写明完成时间的，一律于10月15日前完成", "未写明完成时间的", UNDATED),
            ("除另有规定外，各项工作11月底前完成", "除另有规定外", UNDATED),
            ("各类佐证材料请于8月10日前报送县创建办", "各类佐证材料", MATERIALS),
            ("各单位须在9月20日前将书面材料交办公室汇总", "书面材料", MATERIALS),
            ("图文资料要注明日期，每季度末月20日前上传平台", "图文资料", MATERIALS),
            ("5月8日前报送测评资料一式两份", "测评资料", MATERIALS),
        ],
    )
    def test_time_limits_of_many_tasks(self, sentence: str, subject: str, covers: Cover) -> None:
        found = read_deadline_rule(sentence)
        assert found is not None
        assert (found.subject, found.covers) == (subject, covers)

    @pytest.mark.parametrize(
        "sentence",
        [
            "各单位要高度重视，切实加强领导",
            "自查报告于11月5日前报县文明办",
            "各牵头单位会同配合单位制定细化方案，3月20日前报指挥部",
            "各单位请于3月15日前将联络员名单报局办公室",
            "各项准备工作要在4月底前完成",
            "会议材料于3月5日前送办公室",
            "申报材料5月10日前报市文明办",
            "每项工作要有专人负责，人员名单3月底前报办公室",
            "各单位应于每月10日前向县文明办报送创建动态",
            "各责任单位按分工推进，每两个月报送一次进展",
            "逾期未报材料的，在全市通报",
            "3月底前完成各项工作方案的制定",
            "所有任务都要落实到人",
            "3月20日前完成各项任务分解",
            "所有项目建设6月底前完成",
            "年底前各项考核指标全部达标",
            "整改材料于8月底前报送",
            "所有申报单位于4月底前完成申报工作",
        ],
    )
    def test_things_of_their_own_and_exhortations(self, sentence: str) -> None:
        assert read_deadline_rule(sentence) is None

    def test_a_label_says_what_is_due(self) -> None:
        found = read_deadline_rule("报送时间：2025年10月15日前")
        assert found is not None
        assert found.covers is MATERIALS
        found = read_deadline_rule("10月15日前报县创建办", "材料报送时间")
        assert found is not None
        assert found.covers is MATERIALS
        found = read_deadline_rule("完成时限：11月底")
        assert found is not None
        assert found.covers is TASKS
        assert read_deadline_rule("报送时间另行通知") is None

    def test_batches_hold_for_nobody_knows_which(self) -> None:
        found = read_deadline_rule("各类材料第一批于6月20日前、第二批于9月10日前报送")
        assert found is not None
        assert found.covers is None

    def test_what_a_note_of_a_table_leaves_unnamed_is_the_table(self) -> None:
        found = read_deadline_rule("每季度末月25日前报县文明办", is_note=True)
        assert found is not None
        assert (found.subject, found.covers) == ("本表", None)
        assert read_deadline_rule("每季度末月25日前报县文明办") is None

    @pytest.mark.parametrize(
        ("sentence", "limit"),
        [
            ("每月任务须于当月25日前完成", MonthLimit(is_next=False, day=25)),
            ("各月任务于次月5日前完成", MonthLimit(is_next=True, day=5)),
            ("当月底前上传材料", MonthLimit(is_next=False, day=None)),
            ("当月月底前完成", MonthLimit(is_next=False, day=None)),
            ("每月25日前报送", None),
            ("10月底前完成", None),
        ],
    )
    def test_days_within_the_month_of_a_task(self, sentence: str, limit: MonthLimit | None) -> None:
        assert read_month_limit(sentence) == limit


def form(rule: FormatRule) -> tuple[str, str | None, str]:
    """Subject, kind and numbers."""
    low, high = (f"{n:f}" if n is not None else "" for n in (rule.low, rule.high))
    return rule.subject, rule.kind, f"{low}-{high}{rule.unit}" if rule.unit else ""


class TestForms:
    @pytest.mark.parametrize(
        ("sentence", "found"),
        [
            (
                "照片不少于4张、情况说明300字以内",
                [("照片", "photo", "4-张"), ("情况说明", "report", "-300字")],
            ),
            ("截图每项2至3张", [("截图", "screenshot", "2-3张")]),
            ("文字材料不少于800字", [("文字材料", "document", "800-字")]),
            ("说明报告一律加盖公章", [("说明报告", "report", "")]),
            ("现场照片须注明时间、地点和人物", [("现场照片", "photo", "")]),
            ("各类材料统一用A4纸打印", [("各类材料", None, "")]),
            ("图片的格式为JPG", [("图片", "photo", "")]),
            ("书面材料控制在2份以内", [("书面材料", "document", "-2份")]),
            ("照片须为当年拍摄，每张附20字以内说明", [("照片", "photo", "")]),
            ("说明报告至少写3条以上举措", []),
            ("整改资料不得晚于5月10日提交", []),
            ("照片至多6张、情况说明起码200字", [("照片", "photo", "-6张"), ("情况说明", "report", "200-字")]),
        ],
    )
    def test_what_is_asked_of_materials(self, sentence: str, found: list[tuple[str, str | None, str]]) -> None:
        assert [form(rule) for rule in read_format_rules(sentence)] == found

    def test_what_every_task_hands_in(self) -> None:
        (rule,) = read_format_rules("每项任务须附不少于2张不同场景的照片")
        assert rule.for_each
        assert form(rule) == ("照片", "photo", "2-张")
        (rule,) = read_format_rules("每次活动须提供1-3张图片")
        assert not rule.for_each
        assert form(rule) == ("图片", "photo", "1-3张")

    @pytest.mark.parametrize("sentence", ["凡考核方式为查阅资料的，均须报送书面材料", "有媒体报道的活动须提供网页截图"])
    def test_what_certain_tasks_hand_in(self, sentence: str) -> None:
        (rule,) = read_format_rules(sentence)
        assert rule.is_conditional

    @pytest.mark.parametrize(
        "sentence",
        [
            "要广泛利用新闻报道营造氛围",
            "各单位要认真落实上级文件精神",
            "会议要求各单位高度重视",
            "材料要求",
            "图片要求如下",
            "自查报告要于9月底前报送",
            "学习笔记不少于5000字",
            "举办图片展览不少于2次",
            "做好工作总结",
            "完善档案资料",
            "各单位要高度重视",
        ],
    )
    def test_sentences_about_something_else(self, sentence: str) -> None:
        assert read_format_rules(sentence) == []


class TestConsequences:
    @pytest.mark.parametrize(
        ("sentence", "condition", "points"),
        [
            ("每缺一份材料扣2分", "每缺一份材料", "2"),
            ("迟报一次扣0.5分", "迟报一次", "0.5"),
            ("逾期不报的该项不得分", "逾期不报的该项", "0"),
            ("凡弄虚作假的，取消参评资格", "凡弄虚作假", None),
            ("发生重大安全事故的，实行一票否决", "发生重大安全事故的，实行", None),
            ("未完成的每项扣减科室绩效分3分", "未完成的每项", "3"),
            ("扣分以本项分值扣完为止", "扣分以本项分值扣完为止", None),
        ],
    )
    def test_losses(self, sentence: str, condition: str, points: str | None) -> None:
        (found,) = read_consequences(sentence)
        assert (found.condition, None if found.points is None else f"{found.points:f}") == (condition, points)

    def test_a_gain_needs_a_quantifier(self) -> None:
        assert [f.points for f in read_consequences("凡获省级表彰的加3分")] == [3]
        assert read_consequences("省级表彰加3分") == []

    @pytest.mark.parametrize(
        "sentence", ["考评人员不得随意加分或降低标准", "对成绩突出的科室予以表彰", "各单位要高度重视", "逾期的予以通报"]
    )
    def test_sentences_about_something_else(self, sentence: str) -> None:
        assert read_consequences(sentence) == []


class TestLeads:
    @pytest.mark.parametrize(
        ("sentences", "rule"),
        [
            (["多个处室负责的，由排名首位的处室牵头"], True),
            (["涉及多家的，第一个单位牵头，其余配合"], True),
            (["责任单位排第一位的牵头负责"], True),
            (["各栏序号一一对应", "排在首位的为牵头单位"], True),
            (["各栏标号相互对应"], False),
            (["排名第一的乡镇，由牵头部门通报表扬"], False),
            (["第一个牵头单位已经确定"], False),
            (["不以排在第一位作为牵头单位"], False),
            (["排名第一的为牵头单位，排名不分先后的除外"], False),
            (["排在首位的为牵头单位，其余为配合单位，不按时报送的予以通报"], True),
        ],
    )
    def test_who_leads(self, sentences: list[str], rule: bool) -> None:
        assert says_first_leads(sentences) is rule

    def test_marks(self) -> None:
        assert says_mark_leads("★表示牵头单位，√表示配合单位")
        assert says_mark_leads("▲为主办")
        assert not says_mark_leads("√表示配合单位")
        assert not says_mark_leads("★级酒店由县文旅局牵头")
