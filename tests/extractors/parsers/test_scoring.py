"""Scoring rules: awards, deductions, caps, tiers, grades, vetoes, alternatives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.parsers.scoring import read_scoring


def brief(text: str) -> list[str]:
    return [f"{r.effect} {r.points if r.points is not None else '-'} {r.cap or '-'}" for r in read_scoring(text)]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("每少一处扣2分，扣完为止。", ["deduct 2 -"]),
        ("缺一项扣10分", ["deduct 10 -"]),
        ("每低1个百分点扣1分，最多扣5分", ["deduct 1 5"]),
        ("未开展的倒扣3分", ["deduct 3 -"]),
        ("每次扣二分", ["deduct 2 -"]),
        ("视情况扣1-5分", ["deduct - 5"]),
        ("酌情扣0.5～2分", ["deduct - 2"]),
        ("酌情扣分", ["deduct - -"]),
        ("任务未完成的，视情况3-5倍扣分，最高扣5分", ["deduct - 5"]),
        ("缺席的，每次每人扣0.5分，累计最多扣3分", ["deduct 0.5 3"]),
        ("逾期的，每次扣1分；弄虚作假的，每次扣5分。", ["deduct 1 -", "deduct 5 -"]),
        ("被通报批评的扣2分/次", ["deduct 2 -"]),
        ("视情况加1-5分", ["award - 5"]),
        ("每条加0.1分，10分封顶", ["award 0.1 10"]),
        ("每季度开展1次得0.5分，满分2分", ["award 0.5 2"]),
        ("每篇加2分，最多加6分", ["award 2 6"]),
        ("国家级每项加2分；省级每项加1分。该项累计最多加10分。", ["award 2 -", "award 1 -", "cap - 10"]),
        ("每项分别加5分、3分、1分", ["award 5 -", "award 3 -", "award 1 -"]),
        ("有方案得1分，有总结得1分", ["award 1 -", "award 1 -"]),
        ("制度健全（1分）；执行到位（2分，缺记录的扣1分）", ["award 1 -", "award 2 -", "deduct 1 -"]),
        ("提供照片（1分，摆拍不得分）", ["award 1 -", "award 0 -"]),
        ("(2分)经费列入预算", ["award 2 -"]),
        ("资料齐全计3分，缺1项扣1分", ["award 3 -", "deduct 1 -"]),
        ("“优秀”10分、“良好”7分、“合格”3分", ["grade 10 -", "grade 7 -", "grade 3 -"]),
        ("等次“较差”的，降一级", ["grade - -"]),
        ("第一名得5分，第二名得4分", ["grade 5 -", "grade 4 -"]),
        ("符合上述4项为A；符合3项为B；其余情形为D。", ["grade - -"] * 3),
        ("A=100%，B=66%，C=33%，D=0%", ["grade - -"] * 4),
        ("A/B/C/D=100/66/33/0%", ["grade - -"]),
        ("发生重大事故的，实行一票否决", ["veto - -"]),
        ("弄虚作假的，取消评选资格", ["veto - -"]),
        ("有下列情形之一的，不得参评", ["veto - -"]),
        ("撤销文明单位称号", ["veto - -"]),
        ("列入负面清单", ["veto - -"]),
        ("巡查到位，5分；台账齐全，3分", ["award 5 -", "award 3 -"]),
        ("未清扫扣3分，2分，1分", ["deduct 3 -", "deduct 2 -", "deduct 1 -"]),
        ("国家级，5分；省级，3分", ["award 5 -", "award 3 -"]),
        ("日人均积分不低于30分", []),
        ("5分钟内到达", []),
        ("三分之一以上", []),
        ("（500字左右）", []),
        ("", []),
    ],
)
def test_rules(text: str, rules: list[str]) -> None:
    assert brief(text) == rules


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("获国家级表彰的，每项加3分", ["获国家级表彰的，每项"]),
        ("制度健全（1分）；执行到位（2分，缺记录的扣1分）", ["制度健全", "执行到位", "缺记录"]),
        ("按层次每项分别加5分、3分", ["按层次每项", "按层次每项"]),
        ("(4分)考核优秀得4分", ["考核优秀", "考核优秀"]),
        # an award reaches back to the award or item mark before it, not only to its last comma
        ("栽种行道树，定期修剪，无枯枝（3分），有台账（1分）", ["栽种行道树，定期修剪，无枯枝", "有台账"]),
        ("1.设专柜，摆放图书，得2分2.有借阅记录得1分", ["设专柜，摆放图书", "有借阅记录"]),
        ("绿地①无垃圾，无裸土（2分）", ["绿地①无垃圾，无裸土"]),
        # awards behind the full stop, and in front of the sentence
        ("1.组织清淤。（6分）2.巡查堤坝。（4分）3.上报险情。（2分）", ["组织清淤", "巡查堤坝", "上报险情"]),
        ("（6分）组织清淤。（4分）巡查堤坝。", ["组织清淤", "巡查堤坝"]),
        # what else the clause says of points is no part of the condition
        ("日产日清，否则不得分（8分）", ["日产日清，否则", "日产日清"]),
        ("培训全员，缺一人扣1分，扣完为止（5分）", ["培训全员，缺一人", "培训全员"]),
        # and behind what only takes points away they are for the standard before it
        ("河面清洁，无漂浮物。有一处扣1分。（8分）", ["有一处", "河面清洁，无漂浮物"]),
        ("堤坝完好。裂缝每处扣1分。塌方每处扣2分，最多扣5分。（8分）", ["裂缝每处", "塌方每处", "堤坝完好"]),
        ("巡查到位（5分）。记录完整。缺一次扣1分。（3分）", ["巡查到位", "缺一次", "记录完整"]),
        # points between marks
        ("建立值班制度并上墙，4分；每季演练一次，3分。（由应急办评分）", ["建立值班制度并上墙", "每季演练一次"]),
        # a deduction keeps its whole sentence, too
        ("按时开馆，服务周到，被投诉属实的，每次扣1分", ["按时开馆，服务周到，被投诉属实的，每次"]),
        ("设服务台，配雨伞，有值班人员，缺一样扣2分，扣完为止", ["设服务台，配雨伞，有值班人员，缺一样"]),
        ("专（兼）职人员到位，无专（兼）职人员扣2分", ["专（兼）职人员到位，无专（兼）职人员"]),
        ("发现一处扣1分，拒不整改扣3分", ["发现一处", "拒不整改"]),
        ("账实相符；资料残缺，无目录，不得分", ["资料残缺，无目录"]),
        # an item mark is no part of it
        ("（三）河道保洁（6分）。（四）巡查（2分）。", ["河道保洁", "巡查"]),
        ("一票否决：发生较大火灾", ["发生较大火灾"]),
        ("未制定预案，造成损失的，扣3分", ["未制定预案，造成损失"]),
    ],
)
def test_conditions(text: str, conditions: list[str]) -> None:
    assert [r.condition for r in read_scoring(text)] == conditions


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("国家级加4分，省级加3分，就高不就低。", 1),
        ("国家级加5分；省级加3分，按最高级别加分，不重复计分。", 1),
        ("6项以上得3分，4-5项得2分，1-3项得1分", 1),
        ("A得3分或B得2分", 1),
        ("有方案得1分，有总结得1分", 0),
        ("国家级每项加2分；省级每项加1分。", 0),
    ],
)
def test_alternatives_share_a_group(text: str, groups: int) -> None:
    rules = read_scoring(text)
    marks = {r.group for r in rules if r.group}
    assert len(marks) == groups
    assert not groups or all(r.group for r in rules)


_TEXT = st.lists(
    st.sampled_from(
        [
            "扣",
            "加",
            "得",
            "1",
            "3-5",
            "分",
            "最多",
            "，",
            "。",
            "（",
            "）",
            "优秀",
            "A",
            "为",
            "一票否决",
            "每",
            "不重复",
            " ",
            "\n",
            "满分",
            "５",
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.one_of(_TEXT, st.text(max_size=80)))
def test_raw_is_a_piece_of_any_text(text: str) -> None:
    for rule in read_scoring(text):
        assert rule.raw in text
        assert rule.points is None or rule.points >= 0


@pytest.mark.parametrize("piece", ["加1分。", "（1分）", "扣", "最多加1分", "（1分，", "A/B/", "1-"])
def test_long_junk(piece: str) -> None:
    assert isinstance(read_scoring(piece * (8000 // len(piece))), list)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("有1户被撤销称号扣4分", [("deduct", "有1户被撤销称号")]),
        ("被取消参评资格的，扣5分", [("deduct", "被取消参评资格")]),
        ("发生命案，取消参评资格", [("veto", "发生命案")]),
        ("弄虚作假的，撤销称号，扣10分", [("veto", "弄虚作假"), ("deduct", None)]),
    ],
)
def test_what_happened_is_no_veto(text: str, rules: list[tuple[str, str | None]]) -> None:
    assert [(rule.effect, rule.condition) for rule in read_scoring(text)] == rules


def test_named_grades_are_rules_of_one_group() -> None:
    rules = read_scoring("优秀：台账齐全；合格：台账基本齐全；不合格：无台账。")
    assert [(r.effect, r.condition) for r in rules] == [
        ("grade", "优秀：台账齐全"), ("grade", "合格：台账基本齐全"), ("grade", "不合格：无台账"),
    ]  # fmt: skip
    assert len({r.group for r in rules}) == 1


@pytest.mark.parametrize("text", ["视情扣除一定分值", "酌情扣分", "根据反馈情况扣除相应分值"])
def test_no_amount_is_made_up(text: str) -> None:
    assert [(rule.effect, rule.points, rule.cap) for rule in read_scoring(text)] == [("deduct", None, None)]
