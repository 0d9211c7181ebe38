"""Short names of units in tables, and the full ones that the text lists."""

from __future__ import annotations

import pytest

from extractors.parsers.unit_full_names import find_full_names
from tests.extractors.notice.build import drawn, notice, parties

TEXT = "市委办公室，市教育局、市文化广电和旅游局、市市场监督管理局等有关单位，各镇：\n请按附表收集资料。"


def test_a_list_of_addressees_gives_the_full_names() -> None:
    names = ("市委办", "市教育局", "市文旅局", "市市场监管局", "各镇")
    assert find_full_names(names, TEXT) == {
        "市委办": "市委办公室",
        "市文旅局": "市文化广电和旅游局",
        "市市场监管局": "市市场监督管理局",
    }


def test_names_without_their_level_and_those_with_it_inside() -> None:
    text = "工作由县委宣传部、县民政局、县文旅局、团县委、县妇联分别承担。"
    names = ("宣传部", "民政局", "团委", "妇联")
    full = {"宣传部": "县委宣传部", "民政局": "县民政局", "团委": "团县委", "妇联": "县妇联"}
    assert find_full_names((*names, "县文旅局"), text) == full
    # Nothing says that the units of the table are of the county that the letter names.
    assert find_full_names(names, text) == {}


@pytest.mark.parametrize(
    ("names", "text"),
    [
        # the departments of an office, and two offices that its letter names
        (("宣传部", "人事部", "工程部", "财务部", "保卫部"), "根据市委宣传部、市财政局部署，制定本表。"),
        # units of their own whose names hold the characters of others
        (
            ("市人民医院", "市图书馆", "市中医院", "市服务中心"),
            "市第二人民医院、市少儿图书馆、市中心医院、市救助服务中心：",
        ),
        (("市委办", "市政府办", "市公安局"), "市委网信办、市政府新闻办、市公安局交通管理局："),
        (("县教育局", "县体育局", "县文旅局", "县广电局"), "县教育体育局、县文化旅游广电局："),
        # two that fit
        (("市文旅局", "市教体局", "市卫健局"), "市文化和旅游局、市文化旅游局、市教育局、市体育局："),
        # those that the text gives as they are
        (("市教育局", "市公安局", "市民政局"), "市教育局、市公安局、市民政局："),
    ],
)
def test_names_that_stay_as_they_are(names: tuple[str, ...], text: str) -> None:
    assert find_full_names(names, text) == {}


def test_the_units_of_a_table_have_the_full_names_of_the_letter() -> None:
    tasks = ["更新公益广告。", "整治网吧。", "检查食堂。"]
    rows = [[task, unit] for task, unit in zip(tasks, ["市委办", "市文旅局", "市市场监管局、市教育局"], strict=True)]
    found = notice(TEXT.split("\n", maxsplit=1)[0], "分工表", drawn(["工作任务", "责任单位"], *rows))
    assert parties(found) == ["市委办公室", "市文化广电和旅游局", "市市场监督管理局|市教育局"]
    assert [unit.defined_at for unit in found.parties if unit.name == "市文化广电和旅游局"] == ["body"]
