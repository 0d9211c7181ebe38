"""Whether a text asks something of somebody."""

from __future__ import annotations

import pytest

from extractors.parsers.demands import asks_action, asks_something


@pytest.mark.parametrize(
    "text",
    [
        "开展邻里互助活动",
        "3.组织志愿者清扫背街小巷",
        "班子成员带头，定期到联系点走访",
        "门前不得堆放杂物",
        "第二小组负责登记来访群众",
        "窗口人员须佩戴工牌",
    ],
)
def test_duties_and_prohibitions_ask_for_something_to_be_done(text: str) -> None:
    assert asks_action(text)


@pytest.mark.parametrize("text", ["公益广告占比30%", "专题讲座每季度1次", "座位不少于40个"])
def test_a_limit_asks_for_something_in_a_cell_only(text: str) -> None:
    assert asks_something(text)
    assert not asks_action(text)


@pytest.mark.parametrize(
    "text",
    [
        "宣传栏玻璃破损",
        "组织领导",
        "建设内容与规模",
        "检查人",
        "负责人",
        "走廊灯不亮",
        "他推开门，雪已经停了",
        "张三",
        "12,800.00",
        "支付回调修复",
    ],
)
def test_faults_names_and_figures_ask_for_nothing(text: str) -> None:
    assert not asks_something(text)
