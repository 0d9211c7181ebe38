"""Ticks below months say when a task is to be done."""

from __future__ import annotations

import pytest

from tests.extractors.notice.build import drawn, notice, values

DUTIES = ("新建改造公厕8座，全部达到二类以上标准。", "清理积存垃圾点37处，动态清零。", "开展道德讲堂活动，每场有记录。")


@pytest.mark.parametrize(
    ("rows", "deadlines"),
    [
        ([["△", "◇", "▲"], ["△", "▲", ""], ["", "△", "▲"]], ["6月", "5月", "6月"]),
        ([["√", "", "√"], ["", "√", ""], ["", "", ""]], ["4月、6月", "5月", None]),
    ],
)
def test_the_last_tick_of_several_kinds_is_the_deadline(rows: list[list[str]], deadlines: list[str | None]) -> None:
    body = [[duty, *row] for duty, row in zip(DUTIES, rows, strict=True)]
    found = notice("作战图", drawn(["工作任务", "4月", "5月", "6月"], *body))
    assert values(found, "deadline") == deadlines
    assert values(found, "methods") == [[], [], []]
