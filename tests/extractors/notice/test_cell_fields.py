"""Units, days and persons at the end of the requirements of a table without columns for them."""

from __future__ import annotations

import pytest

from extractors.notice.cell_fields import read_cell_fields
from tests.extractors.notice.build import drawn, notice, parties, rules, values
from tests.extractors.tables.build import Row, cleaned

A = "新建改造公厕8座，全部达到二类以上标准。"
B = "清理积存垃圾点37处，动态清零。"
C = "开展道德讲堂活动，每场有记录。"


def test_labelled_fields() -> None:
    rows: list[Row] = [
        ["1", f"{A}（责任部门：县城管局；配合部门：县住建局；完成时限：6月底前）", "5"],
        ["2", f"{B}（责任部门：县住建局；完成时限：每月末）", "3"],
        ["3", C, "2"],
    ]
    found = notice("细则", drawn(["序号", "测评标准", "分值"], *rows))
    assert values(found, "requirement") == [A, B, C]
    assert parties(found) == ["县城管局|县住建局", "县住建局", ""]
    assert values(found, "deadline") == ["6月底前", "每月末", None]
    assert "unread_text" not in rules(found)


@pytest.mark.parametrize("marks", ["（）", "〔〕", "【】"])
def test_units_in_brackets_where_most_texts_end_with_some(marks: str) -> None:
    ends = [f"{marks[0]}{units}{marks[1]}" for units in ("物业办、各社区", "宣传办", "县文明办")]
    rows: list[Row] = [[text + end, "3月底前"] for text, end in zip((A, B, C), ends, strict=True)]
    found = notice("细则", drawn(["攒法", "亮灯日"], *rows))
    assert values(found, "requirement") == [A, B, C]
    assert parties(found) == ["物业办|各社区", "宣传办", "县文明办"]
    assert "unread_text" not in rules(found)


def test_one_bracket_among_many_texts_says_who_is_meant() -> None:
    rows: list[Row] = [[f"{A}（各社区）", "3月"], [B, "4月"], [C, "5月"], [A, "6月"]]
    found = notice("细则", drawn(["工作任务", "完成时限"], *rows))
    assert parties(found) == ["", "", "", ""]
    assert values(found, "requirement")[0] == f"{A}（各社区）"


def test_nothing_is_taken_where_a_column_names_the_units() -> None:
    header: Row = ["工作任务", "责任单位"]
    table = cleaned(header, [f"{A}（责任部门：县城管局）", "县住建局"], [B, "县住建局"], [C, "县文明办"])
    assert read_cell_fields(table) == {}


def test_a_time_behind_the_units_is_the_time_limit() -> None:
    rows: list[Row] = [
        ["1", f"{A}（责任部门：县城管局、各社区，4月底前）", "5"],
        ["2", f"{B}（责任部门：县住建局；配合部门：县城管局，各社区）", "3"],
        ["3", f"{C}（责任部门：县文明办，每季度）", "2"],
    ]
    found = notice("细则", drawn(["序号", "测评标准", "分值"], *rows))
    assert parties(found) == ["县城管局|各社区", "县住建局|县城管局/各社区", "县文明办"]
    assert values(found, "deadline") == ["4月底前", None, "每季度"]
