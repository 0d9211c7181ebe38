"""Item labels, indicator codes, headings and titles."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.normalize import count_bigrams
from extractors.parsers.item_labels import (
    has_code,
    mark_number,
    read_heading,
    split_following_label,
    split_label,
    title_subject,
    unstack,
)


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("1）健全制度", "1）", "健全制度"),
        ("3)组织活动", "3)", "组织活动"),
        ("（2）开展评选", "（2）", "开展评选"),
        ("1.(2分)党组", "1.", "(2分)党组"),
        ("5．提供总结", "5．", "提供总结"),
        ("12、建立台账", "12、", "建立台账"),
        ("4、12328热线办结", "4、", "12328热线办结"),
        ("②说明情况", "②", "说明情况"),
        ("（一）宣传氛围", "（一）", "宣传氛围"),
        ("7.1-2次志愿服务", "7.", "1-2次志愿服务"),
        ("10. 单位名单", "10.", "单位名单"),
        # no marks of the whole
        ("4次文体活动", None, "4次文体活动"),
        ("2021年以来", None, "2021年以来"),
        ("1.1 组织领导", None, "1.1 组织领导"),
        ("①提供方案；②提供图片", None, "①提供方案；②提供图片"),
        ("1.全国宣传得3分；2.全省宣传得2分", None, "1.全国宣传得3分；2.全省宣传得2分"),
        ("1）", None, "1）"),
        # items of one cell without marks or breaks between them
        ("1、是否设读者专柜2、是否登记借阅3、是否定期更新", None, "1、是否设读者专柜2、是否登记借阅3、是否定期更新"),
        ("1.设专柜（2分）2.有登记（1分）", None, "1.设专柜（2分）2.有登记（1分）"),
        ("（1）设专柜（2）有登记", None, "（1）设专柜（2）有登记"),
        # numbers that are no label of the next item
        ("1、按第2、3条登记", "1、", "按第2、3条登记"),
        ("1、每周2、4开放", "1、", "每周2、4开放"),
        ("1.设专柜4.有登记", "1.", "设专柜4.有登记"),
        ("1.达到2.5米", "1.", "达到2.5米"),
    ],
)
def test_split_label(text: str, label: str | None, rest: str) -> None:
    item = split_label(text)
    assert (item.label, item.text) == (label, rest)


@pytest.mark.parametrize(
    ("raw", "code", "name", "points"),
    [
        ("Ⅰ-1\n党建\n\n引领\n（15分）", "Ⅰ-1", "党建引领", 15),
        ("Ⅰ—1组织领导（14分）", "Ⅰ—1", "组织领导", 14),
        ("Ⅰ－1\n组织建设\n（9 分）", "Ⅰ－1", "组织建设", 9),
        ("II-1领\n\n导重视(4\n\n分)", "II-1", "领导重视", 4),
        ("II -1 深入学习", "II-1", "深入学习", None),
        ("一、创建机制（25分）", "一", "创建机制", 25),
        ("（一）阵地建设", "（一）", "阵地建设", None),
        ("一 组\n织领导\n有力", "一", "组织领导有力", None),
        ("2.1课程育人", "2.1", "课程育人", None),
        ("1队伍建设", "1", "队伍建设", None),
        ("3-2志愿服务", "3-2", "志愿服务", None),
        ("价值观6分", None, "价值观", 6),
        ("教育文化90分）", None, "教育文化", 90),
        ("政治引领〔18分〕", None, "政治引领", 18),
        ("一、思想建设(20)", "一", "思想建设", 20),
        ("GJ-01占道经营整治", "GJ-01", "占道经营整治", None),
        ("A党建铸魂（25）", "A", "党建铸魂", 25),
        ("A级景区", None, "A级景区", None),
        ("队伍建设 18分", None, "队伍建设", 18),
        ("安全生产（权重3%）", None, "安全生产", 3),
        ("荣誉称号(近2年来)", None, "荣誉称号(近2年来)", None),
        ("12个主题活动", None, "12个主题活动", None),
        ("三、负面清单（一票否决项）", "三", "负面清单（一票否决项）", None),
        ("Ⅱ-33\n\n市委、市政府重点工作\n\n", "Ⅱ-33", "市委、市政府重点工作", None),
        ("创新创造（2.5分）", None, "创新创造", Decimal("2.5")),
        ("目标一：守法率明显提升（20分）", "目标一", "守法率明显提升", 20),
        ("统一思想：守法率明显提升", None, "统一思想：守法率明显提升", None),
    ],
)
def test_read_heading(raw: str, code: str | None, name: str, points: float | None) -> None:
    heading = read_heading(raw)
    assert (heading.code, heading.name) == (code, name)
    assert heading.points == (None if points is None else Decimal(str(points)))


def test_two_interleaved_vertical_columns_are_read_column_by_column() -> None:
    pairs = count_bigrams("组织领导有力，创建工作扎实")
    assert read_heading(unstack("一\n组创\n织建\n领工\n导作\n有扎\n力实", pairs)).name == "组织领导有力，创建工作扎实"


def test_narrow_lines_of_an_ordinary_heading_stay_in_order() -> None:
    pairs = count_bigrams("志愿服务制度建设和队伍建设")
    assert read_heading(unstack("志愿\n服务\n制度\n建设", pairs)).name == "志愿服务制度建设"


def test_one_character_a_line() -> None:
    heading = read_heading(unstack("七\n市\n县\n重\n点", count_bigrams("")))
    assert (heading.code, heading.name) == ("七", "市县重点")


@pytest.mark.parametrize(
    ("previous", "text", "label", "rest"),
    [
        ("15.", "16.12345热线满意率达到95%。", "16.", "12345热线满意率达到95%。"),
        ("1、", "2、3A级景区不少于2家。", "2、", "3A级景区不少于2家。"),
        ("14.", "16.12345热线满意率达到95%。", None, "16.12345热线满意率达到95%。"),
        ("（15）", "16.12345热线满意率达到95%。", None, "16.12345热线满意率达到95%。"),
        (None, "5.5G网络覆盖全部村居。", None, "5.5G网络覆盖全部村居。"),
    ],
)
def test_a_number_that_follows_is_a_label(previous: str | None, text: str, label: str | None, rest: str) -> None:
    found = split_following_label(text, previous)
    assert (found.label, found.text) == (label, rest)


@pytest.mark.parametrize(
    ("mark", "number"), [("3）", 3), ("③", 3), ("（十二）", 12), ("十、", 10), ("二十一", 21), ("甲", None)]
)
def test_mark_number(mark: str, number: int | None) -> None:
    assert mark_number(mark) == number


def test_has_code() -> None:
    assert has_code("Ⅱ-5 组织")
    assert has_code("1.1组织")
    assert not has_code("组织领导")
    assert not has_code("1.组织")


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("(一)甲项", "(一)", "甲项"),
        ("１．甲项", "１．", "甲项"),
        ("第一条 加强领导", "第一条", "加强领导"),
        ("第3款：加强领导", "第3款：", "加强领导"),
        (" 3 ）甲项", "3）", "甲项"),
        ("1.6名志愿者到岗", "1.", "6名志愿者到岗"),
        # the first label of a list inside the text belongs to its part, a label of another shape does not
        ("1、甲项；2、乙项", None, "1、甲项；2、乙项"),
        ("1.甲项：①子；②丑", "1.", "甲项：①子；②丑"),
        ("2.甲项；1.乙项", "2.", "甲项；1.乙项"),
        # numbers that are none
        ("1.5万元以上", None, "1.5万元以上"),
        ("3.15消费者权益日", None, "3.15消费者权益日"),
        ("2022.3月底前", None, "2022.3月底前"),
        ("12345热线", None, "12345热线"),
        ("①②涉及各科室", None, "①②涉及各科室"),
        ("一是加强领导", None, "一是加强领导"),
        ("", None, ""),
        ("1-1-2 会议记录", "1-1-2", "会议记录"),
        ("1－1－2会议记录", "1－1－2", "会议记录"),
        ("1-2次", None, "1-2次"),
        ("24-3-1日前完成", None, "24-3-1日前完成"),
    ],
)
def test_more_marks(text: str, label: str | None, rest: str) -> None:
    item = split_label(text)
    assert (item.label, item.text) == (label, rest)


@pytest.mark.parametrize(
    ("raw", "code", "name", "points"),
    [
        ("Ⅲ-1保洁", "Ⅲ-1", "保洁", None),
        ("Ⅶ-1-1 社区环境", "Ⅶ-1-1", "社区环境", None),
        ("VI-2 服务", "VI-2", "服务", None),
        ("l-1组织", "l-1", "组织", None),
        ("1-1政治建设", "1-1", "政治建设", None),
        ("1.1.1 政治学习", "1.1.1", "政治学习", None),
        ("A1制度", "A1", "制度", None),
        ("（七）公共秩序(20分)", "（七）", "公共秩序", 20),
        ("1.组织领导（20 分）", "1", "组织领导", 20),
        ("① 环境", "①", "环境", None),
        ("Ⅰ 组织领导", "Ⅰ", "组织领导", None),
        ("10分 组织领导", None, "组织领导", 10),
        ("组织领导（满分15分）", None, "组织领导", 15),
        ("组织领导（共15分）", None, "组织领导", 15),
        ("Ⅰ-1\n党建引领（15分）\nⅠ-1\n党建引领（15分）", "Ⅰ-1", "党建引领", 15),
        ("甲1政治素质（9分）", "甲1", "政治素质", 9),
        ("甲 队伍", "甲", "队伍", None),
        ("第一组　宣传阵地", "第一组", "宣传阵地", None),
        # numbers that are part of the name
        ("甲级单位", None, "甲级单位", None),
        ("第一组织部门", None, "第一组织部门", None),
        ("5个方面", None, "5个方面", None),
        ("24小时服务", None, "24小时服务", None),
        ("2023年重点", None, "2023年重点", None),
        ("一票否决", None, "一票否决", None),
        ("三优一学", None, "三优一学", None),
        ("5A景区", None, "5A景区", None),
        ("WiFi覆盖", None, "WiFi覆盖", None),
        ("3·5学雷锋", None, "3·5学雷锋", None),
        ("组织领导（2-5分）", None, "组织领导", 5),
        ("阵地管理（0~7分）", None, "阵地管理", 7),
        ("三、邻里互助（总分值:45分）", "三", "邻里互助", 45),
        ("（二）绿化管护（满分：30）", "（二）", "绿化管护", 30),
        ("文明出行 分值15", None, "文明出行", 15),
        ("家风建设\n分值：12分", None, "家风建设", 12),
        ("队伍管理15分。", None, "队伍管理", 15),
        ("宣传引导 0-6分", None, "宣传引导", 6),
        ("共建共享（20分）", None, "共建共享", 20),
        ("活动开展，共5", None, "活动开展，共5", None),
        ("加分项（最高10分）", None, "加分项（最高10分）", None),
        ("（15分）", None, "（15分）", 15),
        ("Ⅰ-1", None, "Ⅰ-1", None),
        ("贰、便民利行（24分）", "贰", "便民利行", 24),
    ],
)
def test_more_headings(raw: str, code: str | None, name: str, points: float | None) -> None:
    heading = read_heading(raw)
    assert (heading.code, heading.name) == (code, name)
    assert heading.points == (None if points is None else Decimal(str(points)))


def test_points_without_their_unit() -> None:
    assert read_heading("组织领导 6").points == 6


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("关于印发《甲市2023年度文明单位测评细则（试行）》的通知", "关于印发《甲市2024年度文明单位测评细则》的通知"),
        ("关于开展2022年度文明单位创建测评工作的通知", "关于做好2023年度文明单位创建测评工作的通知"),
        ("乙县文明单位测评细则（2021年版）", "乙县文明单位测评细则（2024年修订版）"),
        ("丙局2021—2023年创建规划", "丙局2024-2026年度创建规划"),
        ("关于印发《丁区二〇二三年创城任务清单》的通知", "关于印发《丁区2024年创城任务清单》的通知"),
        ("戊市第六届文明村镇测评标准", "戊市第七届文明村镇测评标准"),
    ],
)
def test_versions_share_their_subject(first: str, second: str) -> None:
    assert title_subject(first) == title_subject(second)
    assert title_subject(first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("关于印发《甲市2023年度文明单位测评细则》的通知", "关于印发《甲市2023年度文明校园测评细则》的通知"),
        ("2023年文明单位创建任务分解表", "2023年文明单位创建实施方案"),
    ],
)
def test_other_notices_have_other_subjects(first: str, second: str) -> None:
    assert title_subject(first) != title_subject(second)


@pytest.mark.parametrize("title", [None, "", "2023年度", "关于印发《2023年》的通知"])
def test_a_title_without_content_has_no_subject(title: str | None) -> None:
    assert title_subject(title) is None


def test_the_issuing_formula_is_removed() -> None:
    assert title_subject("关于印发《甲市2023年度文明单位测评细则（试行）》的通知") == "甲市文明单位测评细则"


@pytest.mark.parametrize(
    ("raw", "code", "name", "points"),
    [
        ("第二篇建好全村事（40分）", "第二篇", "建好全村事", 40),
        ("第三部分　特色工作", "第三部分", "特色工作", None),
        ("甲、举旗（24分）", "甲", "举旗", 24),
        ("B.服务水平", "B", "服务水平", None),
        ("二、8月底前完成（本批计37分）", "二", "8月底前完成", 37),
        ("甲方责任", None, "甲方责任", None),
        ("第三方测评", None, "第三方测评", None),
    ],
)
def test_further_codes_and_points_of_headings(raw: str, code: str | None, name: str, points: int | None) -> None:
    heading = read_heading(raw)
    assert (heading.code, heading.name, heading.points) == (code, name, points)
