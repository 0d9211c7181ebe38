"""Tasks, bands, totals, notes, remains, nothing."""

from __future__ import annotations

import pytest

from tests.extractors.tables.build import Row, cleaned

HEADER: Row = ["测评项目", "测评标准", "分值", "责任科室"]
LONG = "建立健全工作制度，明确责任分工，定期研究部署。"
TASK: Row = ["组织领导", "1." + LONG, "2", "办公室"]


def kind(row: Row, *, spans: bool = False, header: Row = HEADER, first: Row = TASK) -> str:
    """What the row behind a task is taken for."""
    return cleaned(header, first, row, spans=spans).kinds[1]


class TestTotals:
    @pytest.mark.parametrize(
        "row",
        [
            ["合计", "", "100", ""],
            ["", "合计", "100", ""],
            ["小 计", "", "10", ""],
            ["总计（100分）", "", "", ""],
            ["合计：100分", "", "", ""],
        ],
    )
    def test_words(self, row: list[str]) -> None:
        assert kind(row) == "total"

    def test_over_drawn_columns(self) -> None:
        assert kind([("合计", 1, 2), "100", ""], spans=True) == "total"

    def test_a_standard_that_begins_so_is_a_task(self) -> None:
        assert kind(["计生", "合计划生育要求，做好台账，逐项落实。", "2", "办公室"]) == "task"


class TestNotes:
    @pytest.mark.parametrize(
        "text", ["注：1.正式文件指有文号的文件。", "备注：逾期不予受理", "填报单位（盖章）：", "说明：本表一式两份。"]
    )
    def test_words(self, text: str) -> None:
        assert kind([text, "", "", ""]) == "note"
        assert kind([(text, 1, 4)], spans=True) == "note"

    def test_a_long_text_over_all_columns_is_no_heading(self) -> None:
        assert kind([(LONG * 3, 1, 4)], spans=True) == "note"

    def test_what_merely_begins_so_is_a_task(self) -> None:
        assert kind(["", "2.注重实效，" + LONG, "2", ""]) == "task"


class TestBands:
    @pytest.mark.parametrize("text", ["二、特色指标（20分）", "（二）学习教育", "加分项", "9—12月", "政务服务大厅"])
    def test_one_heading_in_the_first_column(self, text: str) -> None:
        assert kind([text, "", "", ""]) == "band"

    def test_over_all_columns(self) -> None:
        assert kind([("二、特色指标", 1, 4)], spans=True) == "band"

    def test_with_its_sub_total_in_the_score_column(self) -> None:
        assert kind(["二、特色指标", "", "20", ""]) == "band"
        assert kind([("二、特色指标", 1, 2), "20", ""], spans=True) == "band"

    def test_a_heading_in_the_column_of_requirements_needs_a_mark(self) -> None:
        header, first = ["测评标准", "责任科室"], [LONG, "办公室"]
        assert kind(["（二）宣传氛围", ""], header=header, first=first) == "band"
        assert kind(["定期开展活动", ""], header=header, first=first) == "task"

    def test_a_heading_with_department_is_a_task(self) -> None:
        assert kind(["学习教育", "", "", "人事科"]) == "task"

    def test_a_drawn_heading_over_several_rows_is_none(self) -> None:
        found = cleaned(HEADER, [("甲", 2, 1), LONG, "2", "办公室"], [LONG, "3", "人事科"], spans=True)
        assert found.kinds == ["task", "task"]


class TestRemains:
    def test_a_department_alone_goes_on_with_the_task_above(self) -> None:
        assert kind(["", "", "", "人事科"]) == "rest"

    def test_without_a_task_above_there_is_nothing_to_go_on_with(self) -> None:
        assert cleaned(HEADER, ["", "", "", "人事科"], TASK).kinds == ["blank", "task"]

    def test_an_empty_row(self) -> None:
        assert kind(["", "", "", ""]) == "blank"

    def test_a_score_alone_says_nothing(self) -> None:
        assert kind(["", "", "3", ""]) == "blank"

    def test_a_row_of_evidence_is_a_task(self) -> None:
        header = ["测评项目", "测评标准", "佐证材料"]
        assert kind(["", "", "制度文件"], header=header, first=["甲", LONG, "照片2张"]) == "task"

    def test_a_row_of_nothing_but_dashes_is_no_task(self) -> None:
        header = ["测评项目", "测评标准", "佐证材料"]
        assert kind(["", "", "----"], header=header, first=["甲", LONG, "照片2张"]) == "blank"
