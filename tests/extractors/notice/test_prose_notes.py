"""Notes below lists of the running text, which say something of all items or of one."""

from __future__ import annotations

import pytest

from extractors.records import Extraction
from tests.extractors.notice.build import notice, parties, rules, values


def plan(*lines: str) -> Extraction:
    return notice(*lines, head=("丙山区2023年文明创建工作方案",))


DUTIES = ("1.办好讲堂。（区教育局负责）", "2.建好书屋。（区文旅局负责）", "3.办好食堂。（区民政局负责）")


@pytest.mark.parametrize(
    "lines",
    [
        ("注：牵头单位排在首位。",),
        ("备注：责任单位：区文明办",),
        ("注：", "1.牵头单位排在首位。", "2.材料于5月底前报送。"),
        ("注：1.牵头单位排在首位。", "2.材料于5月底前报送。"),
    ],
)
def test_a_note_below_a_list_belongs_to_none_of_its_items(lines: tuple[str, ...]) -> None:
    found = plan("一、任务", "（一）民生", *DUTIES, *lines, "（二）秩序", "1.整治市场。（区城管局负责）")
    assert values(found, "requirement") == ["办好讲堂。", "建好书屋。", "办好食堂。", "整治市场。"]
    assert parties(found) == ["区教育局", "区文旅局", "区民政局", "区城管局"]
    assert "prose_doubt" not in rules(found)
    text = "\n".join([*(clause.text for clause in found.clauses), *(one.text for one in found.passages)])
    assert all(line.lstrip("注：12.") in text for line in lines)


def test_a_note_of_each_item_stays_in_it() -> None:
    found = plan("一、任务（10分）", "1.成立小组（5分）", "说明：有文件。", "2.制定方案（5分）", "说明：有方案。")
    assert values(found, "requirement") == ["成立小组（5分）\n说明：有文件。", "制定方案（5分）\n说明：有方案。"]


@pytest.mark.parametrize(
    "line",
    [
        "总分：9分　　得分：",
        "合计9分。",
        "本细则由区文明办负责解释，自印发之日起施行。",
        "本办法自2024年1月1日起施行。",
    ],
)
def test_a_total_and_the_last_provision_are_no_part_of_the_item_above_them(line: str) -> None:
    found = plan("一、窗口（9分）", "1.台面整洁（4分）", "2.着装统一（5分）", line)
    assert values(found, "requirement") == ["台面整洁（4分）", "着装统一（5分）"]
    assert values(found, "points") == [4, 5]


def test_what_follows_the_units_of_the_last_item_alone_is_no_part_of_it() -> None:
    one = ("1.办好讲堂。", "责任单位：区教育局；完成时限：6月底前。")
    two = ("2.建好书屋。", "责任单位：区文旅局；完成时限：11月底前。")
    closing = "区文明办将适时开展督导检查，对进展滞后的单位通报批评。"
    found = plan("一、任务", *one, *two, closing)
    assert values(found, "deadline") == ["6月底前", "11月底前"]
    assert closing in "\n".join([*(clause.text for clause in found.clauses), *(one.text for one in found.passages)])


def test_a_sentence_below_the_units_of_each_item_is_a_part_of_it() -> None:
    found = plan(
        *("一、任务", "1.办好讲堂。", "责任单位：区教育局；完成时限：6月底前。", "各校要报送进展。"),
        *("2.建好书屋。", "责任单位：区文旅局；完成时限：9月底前完成方案。", "11月底前完成总结。", "3.办好食堂。"),
        *("责任单位：区民政局；完成时限：11月底前。", "各社区要报送照片。"),
    )
    assert values(found, "deadline") == ["6月底前", "9月底前完成方案。\n11月底前完成总结", "11月底前"]
    assert values(found, "requirement") == [
        "办好讲堂。\n各校要报送进展。",
        "建好书屋。",
        "办好食堂。\n各社区要报送照片。",
    ]
