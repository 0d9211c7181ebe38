"""Which rows are the header and what the columns are called."""

from __future__ import annotations

import pytest

from extractors.tables.grid import Grid, build_grid
from extractors.tables.header import find_header, find_repeated_rows
from tests.extractors.tables.build import Row, table
from tests.extractors.tables.sentences import DATES, DUTIES, POINTS, SERIALS, SUPPORTING, UNITS, lines

BODY = lines(SERIALS, DUTIES, POINTS, UNITS)


def grid(*rows: Row, spans: bool = False) -> Grid:
    return build_grid(table(*rows, spans=spans))


def found_rows(*rows: Row, spans: bool = False, marked: int | None = None) -> tuple[int, int]:
    header = find_header(grid(*rows, spans=spans), marked)
    return header.start, header.stop


class TestOneRow:
    @pytest.mark.parametrize(
        "names",
        [
            ("序号", "测评标准", "分值", "责任单位"),
            ("号", "要做的事", "多少分", "谁来办"),
            ("甲", "乙", "丙", "丁"),
        ],
    )
    def test_known_and_unknown_words(self, names: tuple[str, ...]) -> None:
        header = find_header(grid(names, *BODY), None)
        assert (header.start, header.stop, header.is_found) == (0, 1, True)
        assert header.columns == names

    def test_one_cell_over_all_columns_names_none(self) -> None:
        assert found_rows([("第一组　宣传阵地", 1, 4)], *BODY, spans=True) == (0, 0)

    def test_a_blank_row_that_the_format_marks_as_header_says_that_there_is_none(self) -> None:
        header = find_header(grid(["", "", "", ""], *BODY), 1)
        assert (header.start, header.stop, header.is_found) == (1, 1, False)
        known = find_header(grid(["", "", "", ""], ["序号", "测评标准", "分值", "责任单位"], *BODY), 1)
        assert (known.start, known.stop, known.columns[2]) == (1, 2, "分值")

    def test_line_breaks_and_blanks_inside_words(self) -> None:
        header = find_header(grid(["序 号", "测评\n标准", "分值", "责 任\n单位"], *BODY), None)
        assert header.columns == ("序号", "测评标准", "分值", "责任单位")

    def test_a_blank_header_cell_stays_blank(self) -> None:
        header = find_header(grid(["", "测评标准", "分值", "责任单位"], *BODY), None)
        assert header.columns == ("", "测评标准", "分值", "责任单位")

    def test_a_table_may_have_none(self) -> None:
        header = find_header(grid(*BODY), None)
        assert not header.is_found
        assert header.columns == ("", "", "", "")

    def test_a_header_far_down_is_a_row_of_the_body(self) -> None:
        rows = [[str(i), DUTIES[i % 6], "2", UNITS[i % 6]] for i in range(8)]
        assert not find_header(grid(*rows, ["序号", "测评标准", "分值", "责任单位"]), None).is_found

    def test_the_first_section_is_no_part_of_it(self) -> None:
        head: Row = ["序号", "测评标准", "分值", "责任单位"]
        assert found_rows(head, [("一、组织领导（13分）", 1, 4)], *BODY, spans=True) == (0, 1)
        assert found_rows(head, ["一、组织领导", "", "", ""], *BODY) == (0, 1)


class TestAbove:
    HEAD: Row = ("序号", "测评标准", "分值", "责任单位")

    def test_a_title(self) -> None:
        assert found_rows([("云溪县文明城市创建任务分解表", 1, 4)], self.HEAD, *BODY, spans=True) == (1, 2)

    def test_a_title_and_who_fills_it_in(self) -> None:
        above: list[Row] = [
            [("云溪县文明城市创建任务分解表", 1, 4)],
            [("填报单位：云溪县文明办　　填报时间：2026年3月", 1, 4)],
        ]
        assert found_rows(*above, self.HEAD, *BODY, spans=True) == (2, 3)

    def test_a_title_above_words_that_no_list_holds(self) -> None:
        names = ("号", "要做的事", "多少分", "谁来办")
        assert found_rows([("云溪县文明城市创建任务分解表", 1, 4)], names, *BODY, spans=True) == (1, 2)


class TestTwoRows:
    BODY = lines(SERIALS, DUTIES, UNITS, SUPPORTING, POINTS)
    EXPECTED = ("序号", "测评标准", "责任分工/牵头单位", "责任分工/配合单位", "分值")

    def test_a_wide_cell_divided_below(self) -> None:
        upper: Row = (("序号", 2, 1), ("测评标准", 2, 1), ("责任分工", 1, 2), ("分值", 2, 1))
        header = find_header(grid(upper, ["牵头单位", "配合单位"], *self.BODY, spans=True), None)
        assert header.columns == self.EXPECTED

    def test_words_that_no_list_holds(self) -> None:
        upper: Row = (("号", 2, 1), ("要做的事", 2, 1), ("怎么分工", 1, 2), ("多少分", 2, 1))
        assert found_rows(upper, ["主抓", "协同"], *self.BODY, spans=True) == (0, 2)

    def test_the_first_body_row_is_not_taken_for_it(self) -> None:
        body: list[Row] = [
            [("组织领导", 2, 1), DUTIES[0], POINTS[0]],
            [DUTIES[1], POINTS[1]],
            [("环境卫生", 2, 1), DUTIES[2], POINTS[2]],
            [DUTIES[4], POINTS[4]],
        ]
        assert found_rows(["测评项目", "测评标准", "分值"], *body, spans=True) == (0, 1)

    LOWER: Row = ("", "", "牵头单位", "配合单位", "")

    def test_without_spans_under_a_blank_cell(self) -> None:
        header = find_header(grid(["序号", "测评标准", "责任分工", "", "分值"], self.LOWER, *self.BODY), None)
        assert header.columns == (*self.EXPECTED[:3], "配合单位", "分值")

    def test_without_spans_under_a_cell_written_twice(self) -> None:
        header = find_header(grid(["序号", "测评标准", "责任分工", "责任分工", "分值"], self.LOWER, *self.BODY), None)
        assert header.columns == self.EXPECTED

    def test_without_spans_a_body_row_with_a_blank_first_cell_is_none(self) -> None:
        head = ["测评项目", "测评标准", "责任科室", "完成时限"]
        body = lines(["", "组织领导", "", "环境卫生", "", ""], DUTIES, UNITS, DATES)
        assert found_rows(head, *body) == (0, 1)


class TestMarkedByTheFormat:
    NAMES = ("办公室", "人事科", "宣传科")

    def test_a_mark_speaks_for_a_header(self) -> None:
        rows = [self.NAMES, ["起草文件", "选派人员", "更新专栏"], ["组织会议", "开展培训", "报送信息"]]
        marked, unmarked = find_header(grid(*rows), 1), find_header(grid(*rows), None)
        assert (marked.start, marked.stop) == (0, 1)
        assert not unmarked.is_found or unmarked.margin < marked.margin

    def test_a_row_of_sentences_is_none_though_marked(self) -> None:
        assert not find_header(grid(*BODY), 1).is_found


class TestMargin:
    def test_clear_words_leave_less_doubt_than_unknown_ones(self) -> None:
        known = find_header(grid(["序号", "测评标准", "分值", "责任单位"], *BODY), None)
        assert known.margin > find_header(grid(["甲", "乙", "丙", "丁"], *BODY), None).margin > 0


class TestRepeats:
    HEAD: Row = ("测评项目", "测评标准", "分值", "责任科室")

    def again(self, row: Row) -> bool:
        body = lines(["组织领导", "", "宣传氛围", "", "环境卫生", ""], DUTIES, POINTS, UNITS)
        header = find_header(grid(self.HEAD, *body), None)
        return find_repeated_rows(grid(*body[:3], row, *body[3:]), header, grid(self.HEAD)) == [3]

    def test_the_same_row(self) -> None:
        assert self.again(["测评\n项目", "测评标准", "分值", "责任\n科室"])

    def test_the_same_words_with_gaps(self) -> None:
        assert self.again(["测评项目", "测评标准", "", ""])

    @pytest.mark.parametrize("row", [["分值", "", "", ""], ["组织领导", DUTIES[0], "2", "办公室"], ["", "", "", ""]])
    def test_other_rows(self, row: list[str]) -> None:
        assert not self.again(row)
