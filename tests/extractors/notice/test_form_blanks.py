"""The blanks of a form are no part of its items."""

from __future__ import annotations

from extractors import extract


def requirements(*lines: str) -> list[str | None]:
    text = "\n".join(["文明社区测评表", "一、设施（15分）", *lines])
    return [task.requirement for task in extract(text.encode(), "测评表.txt").tasks]


def test_the_blank_that_all_items_end_with() -> None:
    found = requirements(
        "1、设有宣传栏（5分）  得分：  扣分原因：",
        "2、建有书屋（5分）  得分：____", "3、配备无障碍设施（5分）  得分：",
        "合计得分：", "测评人签字：",
    )  # fmt: skip
    assert found == ["设有宣传栏（5分）", "建有书屋（5分）", "配备无障碍设施（5分）"]


def test_a_line_of_blanks_below_the_last_item() -> None:
    found = requirements(
        "1、设有宣传栏（5分）",
        "2、建有书屋（5分）",
        "3、配备无障碍设施（5分）",
        "测评人：      复核人：     年  月  日",
    )
    assert found == ["设有宣传栏（5分）", "建有书屋（5分）", "配备无障碍设施（5分）"]


def test_the_end_of_one_item_is_its_own() -> None:
    found = requirements("1、设有宣传栏（5分）", "2、建有书屋（5分）", "3、配备设施（5分）。内容包括：")
    assert found[-1] == "配备设施（5分）。内容包括："
