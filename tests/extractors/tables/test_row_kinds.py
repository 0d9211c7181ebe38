"""Tasks, section headings, totals, notes, continuations, blank rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.tables.column_roles import ColumnRole, ColumnRoles
from extractors.tables.grid import build_grid
from extractors.tables.row_kinds import BodyRows, RowKind, find_empty_headings
from tests.extractors.tables.build import Row, cleaned, table
from tests.extractors.tables.sentences import DUTIES, MATERIALS, POINTS, SERIALS, UNITS, lines

HEADER: Row = ["序号", "测评标准", "分值", "责任单位"]
BODY = lines(SERIALS, DUTIES, POINTS, UNITS)
LEVELS: Row = ["测评项目", "测评标准", "分值", "责任单位"]
UNDER_LEVELS = lines(["组织领导", "", "宣传氛围", "", "环境卫生", ""], DUTIES, POINTS, UNITS)


def kinds(*rows: Row, header: Row = HEADER, spans: bool = False) -> list[str]:
    return [str(kind) for kind in cleaned(header, *rows, spans=spans).kinds]


def test_a_row_that_says_nothing_but_that_it_is_a_total_is_one() -> None:
    header: Row = ["项目及分值", "考评内容", "评分办法"]
    levels = ["阵地建设 30", "队伍建设 30", "活动开展 40"]
    rows: list[Row] = [[level, duty, "缺一项扣2分"] for level, duty in zip(levels, DUTIES, strict=False)]
    assert kinds(*rows, ["合计 100", "", ""], header=header) == ["task", "task", "task", "total"]


class TestHeadingsWithoutTasks:
    """A heading has rows below it; short rows that head nothing are tasks, whatever they look like."""

    SHORT = ("一、公益广告", "二、文明餐桌", "三、志愿服务")

    def test_a_table_of_nothing_but_headings(self) -> None:
        header: Row = ["工作任务", "备注"]
        assert kinds(*([text, ""] for text in self.SHORT), header=header) == ["task"] * 3

    def test_headings_of_the_same_numbering_behind_one_another(self) -> None:
        numbering = ["chinese", "chinese", "digit", "chinese", "digit"]
        bands = [RowKind.BAND] * 4
        assert find_empty_headings(numbering, [*bands, RowKind.TASK]) == [1, 0]
        assert find_empty_headings(numbering, [*bands, RowKind.NOTE]) == [3, 2, 1, 0]
        assert find_empty_headings(["", "", "digit"], [RowKind.BAND, RowKind.BAND, RowKind.TASK]) == []


class TestTotals:
    @pytest.mark.parametrize(
        "row",
        [
            ["合计", "", "30", ""],
            ["", "合计", "30", ""],
            ["", "总 计", "30", ""],
            ["总分", "", "30", ""],
            ["以上六项合计", "", "30", ""],
            ["", "", "30", "合计"],
            ["总计（30分）", "", "", ""],
            [("合计", 1, 2), "30", ""],
        ],
    )
    def test_below_the_last_task(self, row: Row) -> None:
        assert kinds(*BODY, row, spans=len(row) == 3) == ["task"] * 6 + ["total"]

    def test_sub_totals_of_the_rows_above(self) -> None:
        found = kinds(*BODY[:2], ["", "小计", "13", ""], *BODY[2:4], ["", "小计", "7", ""], ["", "合计", "20", ""])
        assert found == ["task", "task", "total", "task", "task", "total", "total"]

    def test_a_standard_that_begins_so_is_a_task(self) -> None:
        row = ["7", "合计划生育要求，做好台账，逐项落实。", "2", "县卫健局"]
        assert kinds(*BODY, row)[-1] == "task"


class TestNotes:
    @pytest.mark.parametrize(
        "text",
        [
            "注：1.正式文件指有文号的文件；2.照片须注明时间地点。",
            "备注：逾期报送的不予受理。",
            "填报单位（盖章）：",
            "说明：本表一式两份，报县文明办。",
        ],
    )
    def test_below_the_last_task(self, text: str) -> None:
        assert kinds(*BODY, [text, "", "", ""])[-1] == "note"
        assert kinds(*BODY, [(text, 1, 4)], spans=True)[-1] == "note"

    def test_what_merely_begins_so_is_a_task(self) -> None:
        row = ["", "2.注重实效，建立健全工作制度，定期研究部署。", "2", "县教育局"]
        assert kinds(*UNDER_LEVELS, row, header=LEVELS)[-1] == "task"


class TestSections:
    FIRST, SECOND = BODY[:2], BODY[2:4]
    EXPECTED = ("band", "task", "task", "band", "task", "task")

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ([("一、组织领导（13分）", 1, 4)], [("二、环境卫生（7分）", 1, 4)]),
            ([("一、组织领导", 1, 2), "13", ""], [("二、环境卫生", 1, 2), "7", ""]),
            ([("组织领导", 1, 4)], [("环境卫生", 1, 4)]),
            ([("政务服务大厅", 1, 4)], [("社区", 1, 4)]),
        ],
    )
    def test_drawn_over_columns(self, first: Row, second: Row) -> None:
        assert tuple(kinds(first, *self.FIRST, second, *self.SECOND, spans=True)) == self.EXPECTED

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (["一、组织领导", "", "", ""], ["二、环境卫生", "", "", ""]),
            (["一、组织领导", "", "13", ""], ["二、环境卫生", "", "7", ""]),
            (["一", "组织领导", "13", ""], ["二", "环境卫生", "7", ""]),
            (["一", "组织领导（13分）", "", ""], ["二", "环境卫生（7分）", "", ""]),
            (["（一）组织领导", "", "", ""], ["（二）环境卫生", "", "", ""]),
            (["基本指标", "", "", ""], ["加分项", "", "", ""]),
            (["1月", "", "", ""], ["9—12月", "", "", ""]),
            (["政务服务大厅", "", "", ""], ["社区", "", "", ""]),
        ],
    )
    def test_in_cells(self, first: Row, second: Row) -> None:
        assert tuple(kinds(first, *self.FIRST, second, *self.SECOND)) == self.EXPECTED

    def test_the_number_of_the_items_below_without_its_last_part_heads_them(self) -> None:
        header: Row = ["冲刺目标", "责任单位", "完成时限"]
        rows = [
            ["1、氛围布置", "宣传办", ""],
            ["1.1 张贴公益广告", "宣传办", "6月底前"], ["1.2 更新宣传栏", "工会", "7月底前"],
            ["2、环境整治", "总务处", ""], ["2.1 修补操场围栏", "总务处", "6月底前"],
        ]  # fmt: skip
        assert kinds(*rows, header=header) == ["band", "task", "task", "band", "task"]

    def test_a_sentence_with_such_a_number_is_a_task(self) -> None:
        header: Row = ["任务内容", "责任单位", "完成时限"]
        rows = [["1、张贴公益广告，设专栏。", "宣传办", "5月底前"], ["1.1 更新宣传栏", "工会", "7月底前"]]
        assert kinds(*rows, header=header) == ["task", "task"]

    def test_a_heading_with_a_unit_of_its_own_is_a_task(self) -> None:
        header: Row = ["测评标准", "责任单位"]
        rows = [["（一）宣传氛围", ""], [DUTIES[2], UNITS[2]], [DUTIES[3], UNITS[3]], ["学习教育", UNITS[0]]]
        assert kinds(*rows, header=header) == ["band", "task", "task", "task"]

    def test_a_drawn_heading_over_several_rows_is_none(self) -> None:
        rows: list[Row] = [
            [("组织领导", 2, 1), DUTIES[0], "2", "办公室"],
            [DUTIES[1], "3", "人事科"],
            [("环境卫生", 2, 1), DUTIES[2], "2", "办公室"],
            [DUTIES[4], "3", "人事科"],
        ]
        assert kinds(*rows, header=LEVELS, spans=True) == ["task"] * 4


class TestRunningNumbers:
    """Rows that one number counts through all sections are alike: a heading is not counted among its items."""

    TEXTS = ("门厅灯具完好", "楼道无小广告", "充电棚无人占用", "墙面整洁", "绿地无烟蒂", "器材无缺损", "步道平整")
    # each is as much as the next, so that each could be the sum of a section of one
    POINTS = ("2", "2", "3", "3", "2", "2", "2")

    def _rows(self, *numbers: str) -> list[Row]:
        rows: list[Row] = [[n, text, p] for n, text, p in zip(numbers, self.TEXTS, self.POINTS, strict=False)]
        return [[("一、楼栋内外", 1, 3)], *rows[:3], [("二、公共绿地", 1, 3)], *rows[3:]]

    def _series(self, rows: list[Row]) -> frozenset[int]:
        roles = ColumnRoles((ColumnRole.SERIAL, ColumnRole.REQUIREMENT, ColumnRole.POINTS), ())
        return BodyRows(build_grid(table(*rows)), roles).by_series

    def test_short_rows_between_sections_are_tasks(self) -> None:
        found = kinds(*self._rows(*"1234567"), header=["序号", "检查内容", "分值"], spans=True)
        assert found == ["band", *["task"] * 3, "band", *["task"] * 4]

    @pytest.mark.parametrize(
        ("numbers", "found"),
        [
            ("1234567", {1, 2, 3, 5, 6, 7, 8}),
            (("6", "7", "8", "9", "10", "11", "12"), {1, 2, 3, 5, 6, 7, 8}),
            # the numbers begin anew, one is left out, one has none or is no number
            ("1231234", set()),
            ("1234568", set()),
            (("1", "2", "3", "4", "5", "6", ""), set()),
            (("1", "2", "3", "4", "5", "6", "七"), set()),
        ],
    )
    def test_what_counts_as_one_series(self, numbers: tuple[str, ...], found: set[int]) -> None:
        assert self._series(self._rows(*numbers)) == found

    def test_few_rows_and_a_total(self) -> None:
        rows: list[Row] = [["1", "门厅灯具完好", "2"], ["2", "楼道无小广告", "2"], ["3", "墙面整洁", "4"]]
        assert self._series(rows) == frozenset()
        assert self._series([*rows, ["4", "绿地无烟蒂", "2"], ["", "合计", "10"]]) == {0, 1, 2, 3}


class TestContinuations:
    def test_a_unit_alone_goes_on_with_the_task_above(self) -> None:
        found = kinds(*BODY[:2], ["", "", "", "县民政局"], *BODY[2:4], ["", "", "", "县水务局"])
        assert found == ["task", "task", "rest", "task", "task", "rest"]

    def test_without_a_task_above_there_is_nothing_to_go_on_with(self) -> None:
        assert kinds(["", "", "", "县民政局"], *BODY) == ["blank", *["task"] * 6]

    def test_an_empty_row(self) -> None:
        assert kinds(*BODY[:3], ["", "", "", ""], *BODY[3:])[3] == "blank"

    def test_points_alone_are_no_task(self) -> None:
        assert kinds(*BODY, ["", "", "3", ""])[-1] not in ("task", "band", "note")

    def test_a_row_of_nothing_but_dashes_is_no_task(self) -> None:
        header: Row = ["测评项目", "测评标准", "佐证材料"]
        rows = lines(["组织领导", "", "宣传氛围", "", "环境卫生", ""], DUTIES, MATERIALS)
        assert kinds(*rows, ["", "", "----"], header=header)[-1] == "blank"


class TestBoundsOfSums:
    """Points that differ by the tolerance, and names of totals of the longest length."""

    ROLES = ColumnRoles((ColumnRole.LEVEL, ColumnRole.REQUIREMENT, ColumnRole.POINTS), ())

    def rows(self, *rows: Row) -> BodyRows:
        return BodyRows(build_grid(table(*rows)), self.ROLES)

    @pytest.mark.parametrize(("length", "is_total"), [(11, True), (12, True), (13, False)])
    def test_the_name_of_a_total_is_short(self, length: int, is_total: bool) -> None:
        assert self.rows(["甲" * (length - 2) + "合计", "", "5"])._names_total(0) is is_total

    @pytest.mark.parametrize(
        ("points", "is_sum"),
        [
            (["5.01", "0"], True),
            (["5.02", "0"], False),
            (["4.99"], True),
            (["4.98"], False),
            (["2", "3.01"], True),
            (["2", "3.02"], False),
        ],
    )
    def test_points_above_and_below_their_items(self, points: list[str], is_sum: bool) -> None:
        items: list[Row] = [["", DUTIES[n], one] for n, one in enumerate(points)]
        assert self.rows(["一、组织领导", "", "5"], *items)._is_sum_below(0, Decimal(5)) is is_sum
        below = self.rows(*items, ["小计", "", "5"])
        assert below._is_sum_above(len(items), Decimal(5)) is (is_sum and len(points) > 1)
