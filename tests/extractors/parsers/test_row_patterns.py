"""Rows that are not tasks, and sections outside of the base points."""

from __future__ import annotations

import pytest

from extractors.parsers.row_patterns import is_bonus, is_note, is_penalty, is_total, names_bonus_list


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "合 计",
        "合\n计",
        "小计：20",
        "小计（20分）",
        "总计",
        "总分",
        "合计100",
        "满分100分",
        "加分合计",
        "分值合计（100分）",
    ],
)
def test_totals(text: str) -> None:
    assert is_total(text)


@pytest.mark.parametrize(
    "text",
    ["", "合计划生育要求，做好台账。", "满分答卷不少于3份。", "共建共治", "组织领导合计", "合计不超过三次；逐项落实。"],
)
def test_no_totals(text: str) -> None:
    assert not is_total(text)


@pytest.mark.parametrize("text", ["累计服务时长达到30小时", "共计开展活动4次以上", "累计最多加10分"])
def test_standards_that_begin_like_totals(text: str) -> None:
    assert not is_total(text)


@pytest.mark.parametrize(
    "text",
    [
        "注", "注：以上均须提供", "注1：口径说明", "备注", "备注逾期不予受理", "说明：一式两份", "附：名单", "考核人：",
        "填报单位（盖章）：", "注意事项", "数据来源：统计局",
    ],
)  # fmt: skip
def test_notes(text: str) -> None:
    assert is_note(text)


@pytest.mark.parametrize(
    "text", ["①“各有关单位”指市直各部门。", "“成员单位”是指县委、县政府各部门。", "②“甲类”、“乙类”系指附件所列。"]
)
def test_definitions_are_notes(text: str) -> None:
    assert is_note(text)


@pytest.mark.parametrize("text", ["“双报到”活动每月不少于1次。", "开展“指尖上的文明”活动。"])
def test_quoted_names_are_no_definitions(text: str) -> None:
    assert not is_note(text)


@pytest.mark.parametrize("text", ["", "注重实效", "注册志愿者不少于20人", "说明报告1份", "附上照片", "附件1", "附加项"])
def test_no_notes(text: str) -> None:
    assert not is_note(text)


@pytest.mark.parametrize(
    "text",
    ["加分项", "四、附加分（10分）", "加分指标", "奖励加分", "加减分项目", "特色加分项目", "特色加\n分项目", "附加项"],
)
def test_bonus_sections(text: str) -> None:
    assert is_bonus(text)


@pytest.mark.parametrize("text", ["添加分类标识", "参加分组讨论", "增加分数", "基础分", "特色创新", "负面清单", ""])
def test_no_bonus_sections(text: str) -> None:
    assert not is_bonus(text)


def test_rows_of_each_kind() -> None:
    assert is_total("合计")
    assert is_total("小 计（20分）")
    assert not is_total("合计划生育要求，做好台账。")
    assert is_note("注：1.正式文件指有文号的文件。")
    assert is_note("填报单位（盖章）：")
    assert not is_note("注重实效")
    assert is_bonus("加减分项目")
    assert not is_bonus("参加分类投放")


@pytest.mark.parametrize(
    ("title", "is_list"),
    [
        ("C表加减分项目", True),
        ("附件3：2024年度文明单位加分事项清单（30分）", True),
        ("附：动态管理加分项一览表", True),
        ("特色加分", True),
        ("测评标准及加分项目", False),
        ("基本指标和加分项", False),
        ("加分项目及测评标准", False),
        ("加分材料报送要求", False),
        ("文明单位测评细则", False),
        ("参加分类培训项目", False),
        ("本表满分100分，另设加分项", False),
        ("满分100分另设加分项目", False),
        ("测评细则含加分项", False),
    ],
)
def test_the_title_of_a_list_of_nothing_but_bonus(title: str, is_list: bool) -> None:
    assert names_bonus_list(title) is is_list


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("第三部分 扣分", True),
        ("处罚扣分（10分）", True),
        ("四、扣分项目", True),
        ("减分", True),
        ("倒扣分", True),
        ("加扣分项", False),
        ("加减分项目", False),
        ("扣分原因分析", False),
        ("未被扣分的单位", False),
        ("组织领导", False),
    ],
)
def test_headings_of_points_that_are_taken_away(text: str, is_one: bool) -> None:
    assert is_penalty(text) is is_one
