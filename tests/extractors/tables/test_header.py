"""Which rows are the header and what the columns are called."""

from __future__ import annotations

import pytest

from extractors.tables.grid import Grid, build_grid
from extractors.tables.header import find_header, find_repeated_rows
from tests.extractors.tables.build import Row, table

LONG = "建立健全工作制度，明确责任分工，定期研究部署。"


def grid(*rows: Row, spans: bool = False) -> Grid:
    return build_grid(table(*rows, spans=spans))


class TestOneRow:
    def test_the_first_row_of_header_words(self) -> None:
        header = find_header(grid(["测评项目", "测评标准", "分值"], ["甲", LONG, "2"]), None)
        assert (header.start, header.stop, header.is_found) == (0, 1, True)
        assert header.columns == ("测评项目", "测评标准", "分值")

    def test_line_breaks_and_blanks_inside_words(self) -> None:
        header = find_header(grid(["测评\n标准", "责 任\n领导"], [LONG, "局长"]), None)
        assert header.columns == ("测评标准", "责任领导")

    def test_titles_above_are_skipped(self) -> None:
        header = find_header(grid([("某县细则", 1, 2)], ["测评标准", "分值"], [LONG, "2"], spans=True), None)
        assert (header.start, header.stop) == (1, 2)

    def test_a_blank_header_cell_stays_blank(self) -> None:
        header = find_header(grid(["", "测评标准", "责任单位"], ["1", LONG, "县教育局"]), None)
        assert header.columns == ("", "测评标准", "责任单位")

    @pytest.mark.parametrize(
        "row",
        [
            ["1", LONG, "县教育局"],
            ["组织领导", "明确责任；定期研究。", "责任科室"],
            ["测评标准", "测评标准", "测评标准"],
            ["测评标准", "", ""],
        ],
    )
    def test_rows_that_are_none(self, row: list[str]) -> None:
        header = find_header(grid(row, ["2", LONG, "县公安局"]), None)
        assert not header.is_found
        assert header.columns == ("", "", "")

    def test_a_header_far_down_is_a_row_of_the_body(self) -> None:
        rows = [[str(i), LONG, "县教育局"] for i in range(8)]
        assert not find_header(grid(*rows, ["序号", "测评标准", "责任单位"]), None).is_found


class TestSpansDrawnByTheFormat:
    def test_unknown_words_marked_as_header_are_one(self) -> None:
        header = find_header(grid(["晴天", "雨天", "雪天"], ["甲", "乙", "丙"]), 1)
        assert header.columns == ("晴天", "雨天", "雪天")

    def test_unknown_words_not_marked_are_none(self) -> None:
        assert not find_header(grid(["晴天", "雨天", "雪天"], ["甲", "乙", "丙"]), None).is_found

    def test_a_row_of_blanks_or_sentences_is_none_though_marked(self) -> None:
        assert not find_header(grid(["甲", "", ""], ["甲", "乙", "丙"]), 1).is_found
        assert not find_header(grid([LONG * 2, "乙", "丙"], ["甲", "乙", "丙"]), 1).is_found


class TestTwoRows:
    UPPER: Row = (("序号", 2, 1), ("测评标准", 2, 1), ("责任分工", 1, 2), ("分值", 2, 1))

    def test_a_wide_cell_divided_below(self) -> None:
        header = find_header(
            grid(self.UPPER, ["牵头单位", "配合单位"], ["1", LONG, "甲局", "乙局", "2"], spans=True), None
        )
        assert header.columns == ("序号", "测评标准", "责任分工/牵头单位", "责任分工/配合单位", "分值")

    def test_the_first_body_row_is_not_taken_for_it(self) -> None:
        header = find_header(
            grid(["测评项目", "测评标准"], [("组织", 2, 1), LONG], [LONG], spans=True),
            None,
        )
        assert header.stop == 1

    LOWER: Row = ("", "", "牵头单位", "配合单位")
    FIRST: Row = ("1", LONG, "甲局", "乙局")

    def test_without_spans_under_a_blank_cell(self) -> None:
        header = find_header(grid(["序号", "测评标准", "责任分工", ""], self.LOWER, self.FIRST), None)
        assert header.columns == ("序号", "测评标准", "责任分工/牵头单位", "配合单位")

    def test_without_spans_under_a_cell_written_twice(self) -> None:
        header = find_header(grid(["序号", "测评标准", "责任分工", "责任分工"], self.LOWER, self.FIRST), None)
        assert header.columns == ("序号", "测评标准", "责任分工/牵头单位", "责任分工/配合单位")

    def test_without_spans_a_body_row_with_a_blank_first_cell_is_none(self) -> None:
        header = find_header(
            grid(["测评项目", "测评标准", "责任科室", ""], ["", LONG, "办公室", "人事科"]),
            None,
        )
        assert header.stop == 1


class TestRepeats:
    HEAD: Row = ("测评项目", "测评标准", "分值", "责任科室")

    def again(self, row: Row) -> bool:
        whole = grid(self.HEAD, row)
        header = find_header(whole, None)
        return find_repeated_rows(whole, header, grid(self.HEAD)) == [0, 1]

    def test_the_same_row(self) -> None:
        assert self.again(["测评\n项目", "测评标准", "分值", "责任\n科室"])

    def test_the_same_words_with_gaps(self) -> None:
        assert self.again(["测评项目", "测评标准", "", ""])

    @pytest.mark.parametrize("row", [["分值", "", "", ""], ["组织领导", LONG, "2", "办公室"], ["", "", "", ""]])
    def test_other_rows(self, row: list[str]) -> None:
        assert not self.again(row)


class TestSecondRowWithoutSpans:
    """A second row of a header in a table whose format draws no spans."""

    @pytest.mark.parametrize(
        ("first", "second", "stop"),
        [
            (["序号", "测评标准", ""], ["", "测评标准", "分值"], 2),
            (["序号", "测评标准", "测评标准"], ["", "测评内容", "分值"], 2),
            (["序号", "测评标准", "责任单位"], ["", "测评内容", "分值"], 1),
            (["序号", "测评标准", "责任单位"], ["", "测评标准", "分值"], 2),
            (["序号", "测评标准", "责任单位"], ["1", "测评标准", "分值"], 1),
            (["序号", "测评标准", ""], ["", "", "分值"], 1),
            (["序号", "测评标准", ""], ["", "测评标准", "甲"], 2),
            (["序号", "测评标准", ""], ["", "乙", "甲"], 1),
            (["序号", "测评标准", ""], ["", "测评标准", "12"], 1),
            (["序号", "测评标准", ""], ["", "测评标准", "字" * 14], 2),
            (["序号", "测评标准", ""], ["", "测评标准", "字" * 15], 1),
        ],
    )
    def test_it_stands_under_blank_or_repeated_cells(self, first: list[str], second: list[str], stop: int) -> None:
        assert find_header(grid(first, second, ["1", LONG, "2"]), None).stop == stop
