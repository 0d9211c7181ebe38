"""People of leading groups."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.body.outline import read_outline
from extractors.body.rosters import group_of_title, is_name, name_before, read_member_table, read_members, split_names
from tests.extractors.body.letters import JOINT, ROSTER, letter
from tests.extractors.published import document_of

IN_TEXT = ["zibo-2023", "huarong-2021", "shanwei-2016", "tongchuan", "yiyang-2021", "hb-xiaogan-2022"]


def people(text: str) -> list[tuple[str | None, str | None, str]]:
    return [(m.group, m.role, m.person) for m in read_members(read_outline(letter(text)))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("于  昉  张志斌  宗  凯", ["于昉", "张志斌", "宗凯"]),
        ("何 兵 隆 星 杨 辉", ["何兵", "隆星", "杨辉"]),
        ("甄小明（局党组书记、局长）", ["甄小明"]),
        ("甄小明（副局长）、贾　真（总工程师）", ["甄小明", "贾真"]),
        ("欧阳小明、买买提·艾力、李四", ["欧阳小明", "买买提·艾力", "李四"]),
        ("王　五　区卫健委副主任", ["王五"]),
        ("各部门负责人", []),
        ("各科室、局属各单位主要负责人", []),
        ("办公室、人事科、宣传科", []),
        ("由分管领导担任。", []),
        ("", []),
    ],
)
def test_split_names(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("党组书记、局长徐小平", "徐小平"),
        ("由王东", "王东"),
        ("局主要领导", None),
        ("分管领导", None),
        ("各科室负责人", None),
        ("其他班子成员", None),
        ("教育局局长欧阳小明同志", "欧阳小明"),
    ],
)
def test_name_before(text: str, name: str | None) -> None:
    assert name_before(text) == name


def test_a_department_is_no_name() -> None:
    assert not is_name("宣传部")
    assert not is_name("办公室")
    assert not is_name("张")
    assert is_name("张一")


@pytest.mark.parametrize("slug", IN_TEXT)
@pytest.mark.parametrize("file_format", ["text", "docx"])
def test_members_of_published_notices(notices: Path, gold: Path, slug: str, file_format: str) -> None:
    path = next((notices / file_format).glob(f"{slug}.*"))
    found = read_members(read_outline(document_of(path)))
    facts = json.loads((gold / slug / "facts.json").read_text("utf-8"))["members"]
    assert [(m.group, m.role, m.person) for m in found] == [(f["group"], f["role"], f["person"]) for f in facts]


def test_roster_with_posts_and_continued_lines() -> None:
    group = "文明单位创建工作领导小组"
    assert people(ROSTER) == [
        (group, "组长", "张三"),
        (group, "副组长", "李四平"),
        (group, "副组长", "王五"),
        (group, "成员", "赵六一"),
        (group, "成员", "钱七夕"),
    ]


def test_appointments_in_running_text() -> None:
    group = "县文明校园创建工作领导小组"
    assert people(JOINT) == [
        (group, "组长", "赵大海"),
        (group, "副组长", "钱小河"),
        (group, "成员", "孙立"),
        (group, "成员", "李明华"),
        (group, "成员", "周雨"),
    ]


def test_offices_without_names_give_nobody() -> None:
    text = "成立以局主要领导为组长，分管领导为副组长，各科室负责人为成员的领导小组，下设办公室。"
    assert people(text) == []


def test_an_office_below_the_group_takes_over_its_purpose() -> None:
    text = "成立创文工作领导小组，赵一任组长。领导小组下设工作小组，钱二任组长。"
    assert people(text) == [("创文工作领导小组", "组长", "赵一"), ("创文工作小组", "组长", "钱二")]


def test_roster_table(gold: Path) -> None:
    facts = json.loads((gold / "sd-mixed-2024" / "facts.json").read_text("utf-8"))["members"]
    title = json.loads((gold / "sd-mixed-2024" / "grid.json").read_text("utf-8"))["tables"][0]["title"]
    whole = group_of_title(title)
    rows = [["专班" if f["group"] == whole else f["group"], f["role"], f["person"], f["title"]] for f in facts]
    found = read_member_table(["组别", "职务", "姓名", "单位职务"], rows, title, "表1")
    assert [(m.group, m.role, m.person) for m in found] == [(f["group"], f["role"], f["person"]) for f in facts]
    assert found[2].locator == "表1第3行"


def test_a_table_without_names_is_no_roster() -> None:
    assert read_member_table(["序号", "任务", "责任单位"], [["1", "开展活动", "教育局"]]) == []


def test_member_table_where_one_column_holds_parts_and_groups() -> None:
    rows = [
        ["组  长", "于昉", "局党委书记、局长"],
        ["副组长", "范真", "局党委委员、机关党委书记"],
        ["综合组", "宗　凯  张志斌", "机关党委、办公室"],
    ]
    found = read_member_table(["组别", "姓名", "职务"], rows, "创建工作领导小组名单")
    assert [(m.group, m.role, m.person) for m in found] == [
        ("创建工作领导小组", "组长", "于昉"),
        ("创建工作领导小组", "副组长", "范真"),
        ("综合组", None, "宗凯"),
        ("综合组", None, "张志斌"),
    ]


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("创建工作领导小组组成人员名单", "创建工作领导小组"),
        ("创建工作专班成员名单", "创建工作专班"),
        ("创建工作领导小组", None),
        ("先进个人名单", None),
        ("任务清单", None),
    ],
)
def test_group_of_a_title(title: str, group: str | None) -> None:
    assert group_of_title(title) == group
