"""Columns that are split, months that are unfolded, tables that are turned or joined: at and beyond each bound."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.tables.grid import build_grid
from extractors.tables.header import Header
from extractors.tables.points_in_parts import find_points
from extractors.tables.split_columns import split_columns
from extractors.tables.table_parts import TablePart, is_continuation, join_parts
from extractors.tables.turned import turn_grid
from extractors.tables.unfold_periods import unfold_periods
from tests.extractors.tables.build import Row, table

DUTY = "更新宣传栏"
DUTIES = [
    "更新宣传栏，张贴公益广告。",
    "组织读书会，人人有笔记。",
    "开展卫生大扫除，清理死角。",
    "慰问困难职工，送去温暖。",
]
MONTHS = ("三月", "四月", "五月")


def part(
    columns: Sequence[str],
    *rows: Row,
    title: str | None = None,
    has_header: bool = True,
    pages: tuple[int | None, int | None] = (1, 1),
    head: Row = (),
) -> TablePart:
    header = Header(0, 1 if has_header else 0, tuple(columns))
    grids = [build_grid(table(*lines, spans=True)) for lines in ((head or columns,), rows, ((),))]
    return TablePart([1], title, header, grids[0], grids[1], grids[2], "表1", *pages, [])


def texts(found: TablePart) -> list[list[str]]:
    return [[cell.text for cell in row] for row in found.body.cells]


class TestPeriods:
    @pytest.mark.parametrize(
        ("columns", "is_unfolded"),
        [
            (("类别", "三月", "四月", "五月"), True),
            (("类别", "三月", "四月", "任务"), False),
            (("三月", "四月", "类别", "五月"), False),
            (("类别", "第一季度", "第二季度", "第三季度"), True),
            (("类别", "完成时限/三月", "完成时限/四月", "完成时限/五月"), True),
            (("类别", "分值/三月", "分值/四月", "分值/五月"), False),
        ],
    )
    def test_three_months_side_by_side(self, columns: Sequence[str], is_unfolded: bool) -> None:
        row = ["氛围", *DUTIES[:3]] if columns[0] == "类别" else [*DUTIES[:2], "氛围", DUTIES[2]]
        assert (unfold_periods(part(columns, row)) is not None) is is_unfolded

    @pytest.mark.parametrize(
        ("below", "is_unfolded"),
        [
            (("更新展板", DUTIES[0], DUTIES[1]), True),
            (("更新栏", DUTIES[0], DUTIES[1]), False),
            (("更新展板栏目", "更新展板栏目", "更新展板栏目"), True),
            (("更新展板栏", "更新展板栏", "更新展板栏目"), False),
            (("更新展板栏", "更新展板栏目", "更新展板栏目"), True),
            (("100.5分", DUTIES[0], DUTIES[1]), False),
        ],
    )
    def test_what_is_to_be_done_is_said_in_words(self, below: Sequence[str], is_unfolded: bool) -> None:
        """Four characters at least, and six in three of five texts."""
        assert (unfold_periods(part(("类别", *MONTHS), ["氛围", *below])) is not None) is is_unfolded

    def test_three_of_five_texts_are_enough(self) -> None:
        rows = [["氛围", "更新展板栏", "更新展板栏目", "更新展板栏目"], ["卫生", "更新展板栏", "更新展板栏目", ""]]
        assert unfold_periods(part(("类别", *MONTHS), *rows)) is not None

    @pytest.mark.parametrize(
        ("others", "is_unfolded"),
        [
            (("张贴公益广告，更新展板。", "开展清扫"), True),
            (("张贴公益广告，更新各处展板。", "清理死角，开展清扫活动。"), False),
            (("张贴，清扫。", "张贴，清扫。"), True),
            (("张贴公益广告更新各处展板", "清理死角开展清扫活动各处"), True),
            (("张贴公益广告，更新各处展板。", "清理死角开展清扫活动各处"), True),
        ],
    )
    def test_a_longer_column_of_sentences_says_what_is_to_be_done(
        self, others: tuple[str, str], is_unfolded: bool
    ) -> None:
        below = ["更新展板栏目"] * 3
        rows = [[other, *below] for other in others]
        assert (unfold_periods(part(("类别", *MONTHS), *rows)) is not None) is is_unfolded

    @pytest.mark.parametrize(
        ("label", "is_sum"),
        [("合计", True), ("小计（分）", True), ("当月总分：", True), ("合计分值说明", False), ("计划", False)],
    )
    def test_rows_of_sums_are_left_out(self, label: str, is_sum: bool) -> None:
        found = unfold_periods(part(("类别", *MONTHS), ["氛围", *DUTIES[:3]], [label, *DUTIES[1:]]))
        assert found is not None
        assert len(found[0].dropped) == (4 if is_sum else 0)
        assert found[1] == 2

    def test_a_text_over_months_is_of_the_first_to_the_last_and_over_more_of_none(self) -> None:
        rows: list[Row] = [
            ["氛围", (DUTIES[0], 1, 2), DUTIES[1]],
            ["卫生", "", "", ""],
            [("总要求一条", 1, 3), DUTIES[2]],
        ]
        found = unfold_periods(part(("类别", *MONTHS), *rows))
        assert found is not None
        assert texts(found[0]) == [
            ["氛围", "三月至四月", DUTIES[0]],
            ["氛围", "五月", DUTIES[1]],
            ["卫生", "", ""],
            ["总要求一条", "总要求一条", "总要求一条"],
        ]


def labelled(n: int, n_plain: int = 0, text: str = "责任单位：县教育局\n完成时限：6月底前") -> list[list[str]]:
    return [[DUTY, text]] * n + [[DUTY, "按时完成"]] * n_plain


class TestLabels:
    @pytest.mark.parametrize(("n", "n_plain", "is_split"), [(3, 2, True), (2, 2, False), (1, 0, True), (6, 4, True)])
    def test_three_of_five_cells_have_the_labels(self, n: int, n_plain: int, is_split: bool) -> None:
        found = split_columns(part(("任务", "谁来抓"), *labelled(n, n_plain)))
        assert (len(found.header.columns) > 2) is is_split

    @pytest.mark.parametrize(
        ("text", "is_split"),
        [
            ("责任单位：县教育局\n联系人：王小明", True),
            ("责任单位：县教育局\n备注：抓紧", False),
            ("完成时限：6月底前\n联系人：王小明", False),
            ("责任单位：县教育局\n配合单位：县妇联", False),
            ("由县教育局抓，责任单位：县教育局\n联系人：王小明", False),
        ],
    )
    def test_one_of_two_known_labels_says_who_does_it(self, text: str, is_split: bool) -> None:
        found = split_columns(part(("任务", "谁来抓"), *labelled(3, text=text)))
        assert (len(found.header.columns) > 2) is is_split

    @pytest.mark.parametrize(
        ("header", "text", "n", "is_split"),
        [
            ("", "做什么：扫地\n要多少：三次\n啥时完：月底", 3, True),
            ("", "做什么：扫地\n要多少：三次", 3, False),
            ("", "做什么：扫地\n要多少：三次\n啥时完：月底", 2, False),
            ("办法", "做什么：扫地\n要多少：三次\n啥时完：月底", 3, False),
            ("", "三月：扫地\n四月：读书\n要多少：三次", 3, False),
            ("", "三月：扫地\n做什么：扫地\n要多少：三次\n四月：读书", 3, True),
        ],
    )
    def test_three_labels_in_three_cells_below_no_header_are_a_form(
        self, header: str, text: str, n: int, is_split: bool
    ) -> None:
        found = split_columns(part(("任务", header), *labelled(n, text=text)))
        assert (len(found.header.columns) > 2) is is_split

    def test_columns_follow_each_other_as_the_labels_do_below_the_upper_header(self) -> None:
        rows: list[Row] = [
            [DUTY, "责任单位：县教育局\n完成时限：6月底前"],
            [DUTY, "责任单位：县民政局\n联系人：王小明\n完成时限：7月底前"],
            [DUTY, "责任单位：县妇联\n联系人：李建国\n完成时限：8月底前；责任单位：县工会"],
        ]
        found = split_columns(part(("任务", "分工/谁来抓"), *rows))
        assert found.header.columns == ("任务", "分工/责任单位", "分工/联系人", "分工/完成时限")
        assert [[cell.raw for cell in row[1:]] for row in found.body.cells] == [
            ["县教育局", "", "6月底前"],
            ["县民政局", "王小明", "7月底前"],
            ["县妇联\n县工会", "李建国", "8月底前"],
        ]

    def test_cells_over_several_columns_are_widened(self) -> None:
        rows: list[Row] = [[("一、机关", 1, 3)], *[[*row, "甲"] for row in labelled(3)], [DUTY, ("责任单位：甲", 1, 2)]]
        found = split_columns(part(("任务", "谁来抓", "备注"), *rows))
        assert found.header.columns == ("任务", "责任单位", "完成时限", "备注")
        assert texts(found)[0] == ["一、机关"] * 4
        assert texts(found)[1] == [DUTY, "县教育局", "6月底前", "甲"]
        assert texts(found)[4] == [DUTY, *["责任单位：甲"] * 3]
        assert [cell.col for cell in found.body.cells[1]] == [0, 1, 2, 3]


class TestBrackets:
    @pytest.mark.parametrize(
        ("cells", "is_split"),
        [
            (("党办（李建国）", "工会（王小明）", "总务科（赵大勇）"), True),
            (("党办（李建国）", "工会（王小明）"), False),
            (("党办（李建国）", "工会（王小明）", "总务科（赵大勇）", "医务科", "后勤科"), True),
            (("党办（李建国）", "工会（王小明）", "总务科（赵大勇）", "医务科", "后勤科", "保卫科"), False),
            (("党办（李建国）", "工会（李建国）", "总务科（李建国）", "医务科（李建国）"), False),
            (("党办（李建国）", "工会（李建国）", "总务科（王小明）", "医务科（赵大勇）"), True),
            (("党办（李建国）", "工会（李建国）", "总务科（王小明）", "医务科（王小明）"), False),
            (("党办（李建国）", "工会（王小明）", "总务科（张伟）", "医务科（赵敏）"), True),
            (("党办（李建国）", "工会（王小明）", "总务科（高新）", "医务科（平时）"), False),
            (("党办（李建国）", "工会（王小明）", "总务科（赵大勇）", "医务科（赵敏）"), True),
        ],
    )
    def test_units_with_the_full_names_of_different_persons(self, cells: Sequence[str], is_split: bool) -> None:
        found = split_columns(part(("工作内容", "承办科室"), *([DUTY, cell] for cell in cells)))
        assert (found.header.columns[-1] == "责任人") is is_split

    @pytest.mark.parametrize(
        ("cells", "is_split"),
        [
            (("理论武装（机关党委）", "环境整治（办公室）", "阵地开放（宣传科）"), True),
            (("理论武装（机关党委）", "环境整治（办公室）"), False),
            (("理论武装（机关党委）", "环境整治（办公室）", "阵地开放（宣传科）", "其他", "另有"), True),
            (("理论武装（机关党委）", "环境整治（办公室）", "阵地开放（宣传科）", "其他", "另有", "还有"), False),
        ],
    )
    def test_three_of_five_headings_end_with_units(self, cells: Sequence[str], is_split: bool) -> None:
        found = split_columns(part(("类别与承办科室", "工作内容"), *([cell, DUTY] for cell in cells)))
        assert (found.header.columns[1] == "责任单位") is is_split

    @pytest.mark.parametrize(("n_units", "is_split"), [(2, True), (1, True), (3, False)])
    def test_beside_a_column_mostly_of_units_the_bracket_stays(self, n_units: int, is_split: bool) -> None:
        others = ["县民政局"] * n_units + ["有关方面做好配合"] * (4 - n_units)
        rows = [
            [f"{name}（机关党委）", other]
            for name, other in zip(("理论武装", "环境整治", "阵地开放", "便民服务"), others, strict=True)
        ]
        found = split_columns(part(("类别与承办科室", "说明"), *rows))
        assert (found.header.columns[1] == "责任单位") is is_split


FIELDS: dict[str, list[str]] = {
    "件号": ["1", "2", "3"],
    "要办的事": DUTIES[:3],
    "值多少分": ["8", "6", "5"],
    "交卷日": ["6月底前", "9月10日", "每季度末"],
}


class TestTurned:
    @pytest.mark.parametrize(
        ("fields", "is_turned"),
        [
            (FIELDS, True),
            ({name: FIELDS[name] for name in list(FIELDS)[1:]}, False),
            (FIELDS | {"交卷日": ["尽快", "再说", "择期"]}, False),
            (FIELDS | {"交卷日": ["8", "9", "7"]}, False),
            (FIELDS | {"件": ["8", "9", "7"]}, False),
            (FIELDS | {"要办的事情请写清楚": DUTIES[:3]}, False),
            (FIELDS | {"要办的事情请写清": DUTIES[:3]}, True),
            ({name: [*row, ""] for name, row in FIELDS.items()}, True),
        ],
    )
    def test_rows_of_one_kind_each_are_fields(self, fields: dict[str, list[str]], is_turned: bool) -> None:
        grid = build_grid(table(*([name, *row] for name, row in fields.items())))
        found = turn_grid(grid)
        assert (found is not None) is is_turned
        if found:
            assert [cell.text for cell in found[0].cells[0]] == list(fields)
            assert found[0].n_rows == 4

    @pytest.mark.parametrize(
        ("days", "is_turned"),
        [
            (["6月底前", "9月10日", "每季度末", "3月底前", "尽快"], True),
            (["6月底前", "9月10日", "每季度末", "再议", "尽快"], False),
        ],
    )
    def test_four_of_five_texts_are_of_one_kind(self, days: list[str], is_turned: bool) -> None:
        rows = {"件号": list("12345"), "要办的事": [*DUTIES, DUTY], "值多少分": list("86543"), "交卷日": days}
        assert (turn_grid(build_grid(table(*([n, *row] for n, row in rows.items())))) is not None) is is_turned


class TestPoints:
    @pytest.mark.parametrize(
        ("rows", "found"),
        [
            ([["5", "3", "2"]] * 3, (0, [1, 2])),
            ([["5", "3", "2"]] * 2, None),
            ([["5", "3", "2"]] * 4 + [["9", "3", "2"]], (0, [1, 2])),
            ([["5", "3", "2"]] * 3 + [["9", "3", "2"]], None),
            ([["0", "0", "0"]] * 3, None),
            ([["5", "3", "2"]] * 3 + [["9", "3", "无"]], (0, [1, 2])),
        ],
    )
    def test_parts_that_add_up_in_four_of_five_rows(
        self, rows: list[list[str]], found: tuple[int, list[int]] | None
    ) -> None:
        assert find_points(["小计分", "档案", "现场"], build_grid(table(*rows)), range(3)) == found

    @pytest.mark.parametrize(
        ("rows", "found"),
        [
            ([["10", "6"]] * 3, (0, [1])),
            ([["10", "6"]] * 4 + [["6", "10"]], (0, [1])),
            ([["10", "6"]] * 3 + [["6", "8"]], None),
            ([["10", "10"]] * 3, None),
            ([["10", "6"]] * 2, None),
        ],
    )
    def test_the_highest_grade_in_four_of_five_rows(
        self, rows: list[list[str]], found: tuple[int, list[int]] | None
    ) -> None:
        assert find_points(["分值/优", "分值/良"], build_grid(table(*rows)), range(2)) == found


class TestParts:
    @pytest.mark.parametrize(
        ("following", "text_between", "is_continued"),
        [
            (part(("任务", "分值"), [DUTY, "3"]), False, True),
            (part(("任务", "分值"), [DUTY, "3"]), True, False),
            (part(("任务", "分值"), [DUTY, "3"], title="清单"), True, True),
            (part(("任务", "分值"), [DUTY, "3"], title="另一清单"), False, False),
            (part(("任务", "单位"), [DUTY, "甲"]), False, False),
            (part(("", ""), [DUTY, "3"], has_header=False), False, True),
            (part(("", ""), [DUTY, "3"], has_header=False), True, False),
            (part(("", "", ""), [DUTY, "3", "甲"], has_header=False), False, False),
        ],
    )
    def test_a_part_continues_another(self, following: TablePart, text_between: bool, is_continued: bool) -> None:
        first = part(("任务", "分值"), [DUTY, "2"], title="清单")
        assert is_continuation(first, following, text_between) is is_continued

    def test_nothing_continues_a_table_without_header(self) -> None:
        bare = part(("", ""), [DUTY, "2"], has_header=False)
        assert not is_continuation(bare, part(("", ""), [DUTY, "3"], has_header=False), False)

    @pytest.mark.parametrize(("last_page", "found"), [(2, 2), (None, 1)])
    def test_joined_parts_keep_what_was_left_out_and_end_on_the_last_known_page(
        self, last_page: int | None, found: int
    ) -> None:
        first, second = part(("任务", "分值"), [DUTY, "2"]), part(("任务", "分值"), [DUTY, "3"], pages=(2, last_page))
        (joined,) = join_parts([(first, True), (second, False)])
        assert texts(joined) == [[DUTY, "2"], [DUTY, "3"]]
        assert (joined.ordinals, joined.last_page) == ([1, 1], found)
        assert joined.dropped == ["任务", "分值"]
