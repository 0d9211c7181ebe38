"""Tables of an old and a new wording side by side."""

from __future__ import annotations

import pytest

from tests.extractors.tables.build import Row, cleaned, column

HEAD: list[Row] = [
    [("序号", 2, 1), ("测评指标", 2, 1), ("2021年版", 1, 2), ("2024年版", 1, 2), ("测评方法", 2, 1)],
    ["测评要求", "分值", "测评要求", "分值"],
]
KEPT: Row = ["2", "学习", "组织干部职工学习理论，每月不少于1次。", "6", "同左", "5", "材料审核"]


def rows(kept: Row = KEPT) -> list[Row]:
    return [
        *HEAD,
        ["1", "组织", "每年研究创建工作不少于1次。", "3", "每年研究创建工作不少于2次。", "4", "材料审核"],
        kept,
        ["3", "报送", "全年报送信息不少于24条。", "4", "——", "——", "——"],
        ["4", "网络", "——", "——", "规范管理本单位新媒体账号。", "6", "网络调查"],
        ["5", "环境", "开展无烟单位创建。", "4", "建成无烟单位，室内全面禁烟。", "5", "实地考察"],
    ]


def test_only_the_new_wording_is_read() -> None:
    found = cleaned(*rows(), spans=True)
    assert found.columns == ("序号", "测评指标", "2024年版/测评要求", "2024年版/分值", "测评方法")
    assert column(found, "2024年版/测评要求") == [
        "每年研究创建工作不少于2次。",
        "组织干部职工学习理论，每月不少于1次。",
        "规范管理本单位新媒体账号。",
        "建成无烟单位，室内全面禁烟。",
    ]
    assert column(found, "2024年版/分值") == ["4", "5", "6", "5"]
    assert found.reading is not None
    assert found.reading.endswith("新旧对照，只读“2024年版”")
    assert {"每年研究创建工作不少于1次。", "全年报送信息不少于24条。"} <= set(found.dropped)
    assert "组织干部职工学习理论，每月不少于1次。" in found.dropped


@pytest.mark.parametrize("kept", [[*KEPT[:4], "组织干部职工学习。", "5", "材料审核"], [*KEPT[:4], "", "5", "材料审核"]])
def test_two_groups_of_columns_are_no_wordings_without_a_word_for_it(kept: Row) -> None:
    found = cleaned(*rows(kept), spans=True)
    assert len(found.columns) == 7
    assert "对照" not in (found.reading or "")


@pytest.mark.parametrize(("first", "second"), [("2024年版", "2021年版"), ("修订后标准", "修订前标准")])
def test_the_new_wording_may_stand_first(first: str, second: str) -> None:
    head: list[Row] = [
        [("序号", 2, 1), ("测评指标", 2, 1), (first, 1, 2), (second, 1, 2), ("测评方法", 2, 1)],
        ["测评要求", "分值", "测评要求", "分值"],
    ]
    body: list[Row] = [
        ["1", "组织", "每年研究创建工作不少于2次。", "4", "每年研究创建工作不少于1次。", "3", "材料审核"],
        ["2", "学习", "组织干部职工学习理论，每月不少于1次。", "6", "同左", "6", "材料审核"],
        ["3", "报送", "——", "——", "全年报送信息不少于24条。", "4", "——"],
        ["4", "环境", "建成无烟单位，室内全面禁烟。", "5", "开展无烟单位创建。", "4", "实地考察"],
    ]
    found = cleaned(*head, *body, spans=True)
    assert column(found, f"{first}/测评要求") == [row[2] for row in (body[0], body[1], body[3])]
    assert found.reading is not None
    assert found.reading.endswith(f"只读“{first}”")
