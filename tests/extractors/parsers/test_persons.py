"""Names in person columns: padded, without separators, wrapped."""

from __future__ import annotations

import pytest

from extractors.parsers.persons import collect_names, split_persons

KNOWN = collect_names(["李静雯", "徐恺", "戴芳乐"], ["蔡文芳"])


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("戴芳乐\n\n李静雯", ["戴芳乐", "李静雯"]),
        ("戴芳\n乐李\n静雯", ["戴芳乐", "李静雯"]),
        ("戴芳乐李静雯", ["戴芳乐", "李静雯"]),
        ("徐恺、蔡文芳", ["徐恺", "蔡文芳"]),
        ("于  昉  张志斌  宗  凯", ["于昉", "张志斌", "宗凯"]),
        ("徐恺（兼）", ["徐恺"]),
        ("徐恺", ["徐恺"]),
        ("各村（社区）书记", ["各村（社区）书记"]),
        ("各村支部书记、河长", ["各村支部书记", "河长"]),
        ("----", []),
        ("", []),
        ("徐恺\n徐恺", ["徐恺"]),
    ],
)
def test_split_persons(cell: str, names: list[str]) -> None:
    assert split_persons(cell, KNOWN) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("于\u3000昉", ["于昉"]),
        ("崔克\n辉", ["崔克辉"]),
        ("崔克辉/迟庆峰；于昉", ["崔克辉", "迟庆峰", "于昉"]),
        ("欧阳春晓", ["欧阳春晓"]),
        ("崔克辉欧阳春晓", ["崔克辉", "欧阳春晓"]),
        ("——", []),
        ("无", []),
        ("宣传办值班室", ["宣传办值班室"]),
    ],
)
def test_more_names(cell: str, names: list[str]) -> None:
    assert split_persons(cell, collect_names(["崔克辉", "迟庆峰", "于昉"], [])) == names


def test_names_of_a_notice() -> None:
    assert collect_names(["崔克辉", "于  昉", "欧阳春晓", "崔克辉迟庆峰", "办公室主任"], ["迟庆峰"]) == {
        "崔克辉",
        "于昉",
        "欧阳春晓",
        "迟庆峰",
    }


@pytest.mark.parametrize(("cell", "names"), [("各科室负责人", ["各科室负责人"]), ("副局长崔克辉", ["崔克辉"])])
def test_posts_are_not_cut(cell: str, names: list[str]) -> None:
    assert split_persons(cell, {"崔克辉"}) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("副局长 崔克辉", ["崔克辉"]),
        ("局长：崔克辉", ["崔克辉"]),
        ("责任人：崔克辉", ["崔克辉"]),
        ("崔克辉（主任）", ["崔克辉"]),
        ("崔克辉，主任", ["崔克辉"]),
        ("副局长\n崔克辉\n科长\n于昉", ["崔克辉", "于昉"]),
        ("副局长崔克辉", ["崔克辉"]),
        ("县民政局副局长于昉", ["于昉"]),
        ("崔克辉副局长", ["崔克辉"]),
        ("党组成员 于昉", ["于昉"]),
        ("纪检组长 于昉", ["于昉"]),
        ("党支部书记 任昉", ["任昉"]),
        ("崔克辉局长 于昉", ["崔克辉", "于昉"]),
        ("于昉局长 崔克辉副局长", ["于昉局长", "崔克辉"]),
        ("班长 于昉", ["于昉"]),
        ("县民政局 于昉、县妇联：崔克辉", ["于昉", "崔克辉"]),
        ("于昉 县委常委、宣传部部长", ["于昉"]),
    ],
)
def test_a_post_beside_a_name_is_no_part_of_it(cell: str, names: list[str]) -> None:
    assert split_persons(cell, set()) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("分管副局长", ["分管副局长"]),
        ("书记、主任", ["书记", "主任"]),
        ("局长、崔克辉", ["局长", "崔克辉"]),
        ("纪检组长", ["纪检组长"]),
        ("于主任", ["于主任"]),
        ("牵头：宣传部", ["牵头：宣传部"]),
        ("全体成员单位", ["全体成员单位"]),
        ("崔建长", ["崔建长"]),
    ],
)
def test_a_post_without_a_name_is_the_person(cell: str, names: list[str]) -> None:
    assert split_persons(cell, collect_names(["副局长", "主任"], [])) == names
