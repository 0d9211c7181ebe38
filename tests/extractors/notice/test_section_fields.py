"""What a heading in a table says of all tasks below it."""

from __future__ import annotations

import pytest

from extractors.notice.section_fields import take_section_fields
from tests.extractors.notice.build import drawn, notice, parties, paths, rules, values
from tests.extractors.tables.build import Row

HEADER: Row = ["序号", "工作内容", "工作标准"]
FIRST: Row = ["1", "更新宣传橱窗，张贴公益广告。", "版面完整，无破损"]
SECOND: Row = ["2", "组织志愿服务进社区。", "有方案，有记录"]
THIRD: Row = ["3", "规范非机动车停放秩序。", "划线清晰"]


def test_the_fields_of_a_section_row_hold_for_its_tasks() -> None:
    found = notice(
        "任务书",
        drawn(
            HEADER,
            [
                (
                    "一、育人行动　牵头单位：区委宣传部　配合单位：区教育局、团区委　领导：宋观海　时限：9月底前",
                    1,
                    3,
                )
            ],
            FIRST,
            SECOND,
            [("二、畅行行动　牵头单位：区公安分局　配合单位：无　挂点领导：蒲云舟　完成时限：6月底前", 1, 3)],
            THIRD,
        ),
    )
    assert paths(found) == [["一 育人行动"], ["一 育人行动"], ["二 畅行行动"]]
    assert parties(found) == ["区委宣传部|区教育局/团区委"] * 2 + ["区公安分局"]
    assert values(found, "leader") == ["宋观海", "宋观海", "蒲云舟"]
    assert values(found, "deadline") == ["9月底前", "9月底前", "6月底前"]
    assert "unread_text" not in rules(found)


def test_a_heading_beside_its_tasks_says_who_does_them_and_how_they_are_assessed() -> None:
    header: Row = ["测评项目", "测评内容", "分值"]
    rows: list[Row] = [
        [("环境卫生（20分）（责任单位：区城管局；测评方式：实地考察）", 2, 1), FIRST[1], "12"], [SECOND[1], "8"],
        [("交通秩序（10分）\n责任单位：区公安分局", 1, 1), THIRD[1], "10"],
    ]  # fmt: skip
    found = notice("细则", drawn(header, *rows))
    assert paths(found) == [["环境卫生"], ["环境卫生"], ["交通秩序"]]
    assert parties(found) == ["区城管局", "区城管局", "区公安分局"]
    assert values(found, "methods") == [["实地考察"], ["实地考察"], []]
    assert [row.points for row in found.indicators] == [20, 10]
    assert "unread_text" not in rules(found)


@pytest.mark.parametrize(
    "said",
    ["（区委宣传部牵头，区教育局配合）", "（配合单位：区教育局；牵头单位：区委宣传部）"],
)
def test_a_heading_says_who_leads_and_who_supports_in_any_order(said: str) -> None:
    band: Row = [(f"一、育人行动{said}", 1, 3)]
    assert parties(notice("任务书", drawn(HEADER, band, FIRST, SECOND))) == ["区委宣传部|区教育局"] * 2


def test_a_heading_with_a_line_for_its_unit_is_no_unit() -> None:
    rows: list[Row] = [
        [("公共环境\n责任单位：区城管局", 2, 1), FIRST[1], "5"], [SECOND[1], "5"],
        ["交通秩序\n责任单位：区公安分局", THIRD[1], "5"],
    ]  # fmt: skip
    found = notice("细则", drawn(["一级指标", "测评内容", "分值"], *rows))
    assert parties(found) == ["区城管局", "区城管局", "区公安分局"]
    assert paths(found) == [["公共环境"], ["公共环境"], ["交通秩序"]]


def test_a_section_goes_on_behind_a_page_cut() -> None:
    header: Row = ["序号", "工作内容"]
    first = drawn(header, [("一、育人行动　牵头单位：区委宣传部", 1, 2)], FIRST[:2], SECOND[:2])
    second = drawn(header, [("一、育人行动（续）", 1, 2)], THIRD[:2], ["4", "检查食堂，落实明厨亮灶。"])
    found = notice("任务书", first, "—2—", second)
    assert parties(found) == ["区委宣传部"] * 4
    assert paths(found) == [["一 育人行动"]] * 4
    assert "unread_text" not in rules(found)


def test_columns_of_the_table_come_before_the_heading() -> None:
    rows: list[Row] = [
        [("一、育人行动（责任单位：区委宣传部；完成时限：9月底前）", 1, 4)],
        [*FIRST, "5月底前"], [*SECOND, "11月底前"], [*THIRD, "8月底前"],
    ]  # fmt: skip
    found = notice("任务书", drawn([*HEADER, "完成时限"], *rows))
    assert values(found, "deadline") == ["5月底前", "11月底前", "8月底前"]
    assert parties(found) == ["区委宣传部"] * 3


def test_a_task_keeps_its_own_time_and_the_support_of_another_heading_is_none_of_it() -> None:
    rows: list[Row] = [
        [("一、育人行动（牵头单位：区委宣传部；配合单位：区教育局；完成时限：9月底前）", 1, 3)],
        FIRST, ["2", "10月15日前完成志愿者换届。", "有记录"],
        [("（一）宣讲（责任单位：各街道）", 1, 3)],
        THIRD,
    ]  # fmt: skip
    found = notice("任务书", drawn(HEADER, *rows))
    assert values(found, "deadline") == ["9月底前", None, "9月底前"]
    assert parties(found) == ["区委宣传部|区教育局"] * 2 + ["各街道"]


@pytest.mark.parametrize("label", ["测评时间", "公示时间", "填表日期", "活动时间"])
def test_the_time_of_something_else_is_no_deadline(label: str) -> None:
    assert not take_section_fields(f"一、育人行动　{label}：10月15日前")[1].texts


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("环境（20分，责任单位：区城管局）", "环境（20分）"),
        ("环境（责任单位：区城管局）（20分）", "环境（20分）"),
        ("环境（责任单位：区城管局，分值：20分）", "环境（分值：20分）"),
        ("第一部分（责任科室：办公室（督查科）；完成时限：6月底前）", "第一部分"),
        ("二、指标：居民满意度", "二、指标：居民满意度"),
        ("责任单位：区城管局", "责任单位：区城管局"),
        ("环境（责任单位：见附表）", "环境（责任单位：见附表）"),
    ],
)
def test_only_fields_of_duties_are_taken_off_a_heading(heading: str, name: str) -> None:
    assert take_section_fields(heading)[0] == name
