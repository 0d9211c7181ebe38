"""Blank cells and repeated headings: which belong to the cell above."""

from __future__ import annotations

import pytest

from extractors.tables.column_roles import ColumnRole, ColumnRoles
from extractors.tables.fill_spans import fill_body
from extractors.tables.grid import Grid, build_grid
from extractors.tables.row_kinds import RowKind
from tests.extractors.tables.build import Row, cleaned, column, table
from tests.extractors.tables.sentences import DUTIES

LONG = "建立健全工作制度，明确责任分工，定期研究部署。"


def below(header: str, *cells: str, groups: str = "甲") -> list[str]:
    """The column as settled, beside a requirement and level headings given as 甲, 乙 or a blank per row."""
    heads = [*groups, *[""] * (len(cells) - len(groups))]
    rows = [[h.strip(), f"{i}.{LONG}", cell] for i, (h, cell) in enumerate(zip(heads, cells, strict=True), 1)]
    return column(cleaned(["测评项目", "测评标准", header], *rows), header)


class TestByRole:
    @pytest.mark.parametrize(
        ("header", "cell"),
        [
            ("责任科室", "办公室"),
            ("牵头单位", "县教育局"),
            ("配合单位", "县公安局"),
            ("责任领导", "崔克辉"),
            ("责任人", "迟庆峰"),
            ("测评方法", "材料审核"),
            ("分值", "3"),
        ],
    )
    def test_a_blank_goes_on_inside_its_group(self, header: str, cell: str) -> None:
        assert below(header, cell, "", "") == [cell] * 3

    @pytest.mark.parametrize(("header", "cell"), [("责任科室", "办公室"), ("测评方法", "材料审核")])
    def test_who_and_how_go_on_over_groups(self, header: str, cell: str) -> None:
        assert below(header, cell, "", "", groups="甲乙丙") == [cell] * 3

    def test_a_score_does_not_reach_into_the_next_group(self) -> None:
        assert below("分值", "3", "", "", groups="甲 乙") == ["3", "3", ""]

    @pytest.mark.parametrize(("header", "cell"), [("佐证材料", "制度文件"), ("完成时限", "每季度")])
    def test_what_and_when_stay_in_their_group(self, header: str, cell: str) -> None:
        assert below(header, cell, "", "", groups="甲 乙") == [cell, cell, ""]

    def test_a_remark_never_goes_on(self) -> None:
        assert below("备注", "新增", "", "") == ["新增", "", ""]

    def test_who_is_nobody_is_no_blank(self) -> None:
        assert below("责任科室", "办公室", "----", "") == ["办公室", "----", "----"]


class TestHelpers:
    """Where headings stand in every row, a task without a supporting party has none."""

    def test_headings_in_every_row(self) -> None:
        assert below("配合单位", "县公安局", "", "", groups="甲甲乙") == ["县公安局", "", ""]
        assert below("牵头单位", "县公安局", "", "", groups="甲甲乙") == ["县公安局"] * 3

    def test_a_heading_written_again_at_a_page_edge(self) -> None:
        assert below("配合单位", "县公安局", "", "", groups="甲 甲") == ["县公安局"] * 3


class TestWrittenOut:
    """A column of evidence or dates that repeats equal neighbours has truly empty cells."""

    @pytest.mark.parametrize(("header", "cell"), [("佐证材料", "制度文件"), ("完成时限", "每季度")])
    def test_inside_one_group(self, header: str, cell: str) -> None:
        assert below(header, cell, cell, "") == [cell, cell, ""]

    @pytest.mark.parametrize(("header", "cell"), [("佐证材料", "制度文件"), ("完成时限", "每季度")])
    def test_across_groups_proves_nothing(self, header: str, cell: str) -> None:
        assert below(header, cell, cell, "", groups="甲乙 ") == [cell, cell, cell]

    def test_equal_departments_prove_nothing(self) -> None:
        assert below("责任科室", "办公室", "办公室", "") == ["办公室"] * 3


class TestLevels:
    HEADER: Row = ("一级指标", "二级指标", "测评标准")

    def test_an_inner_level_ends_with_the_outer(self) -> None:
        found = cleaned(self.HEADER, ["甲", "子", LONG], ["", "", LONG], ["乙", "", LONG], ["", "丑", LONG])
        assert column(found, "一级指标") == ["甲", "甲", "乙", "乙"]
        assert column(found, "二级指标") == ["子", "子", "", "丑"]

    def test_a_heading_written_again_is_the_same_span(self) -> None:
        found = cleaned(self.HEADER, ["甲", "子", LONG], ["甲", "子", LONG], ["甲", "丑", LONG])
        assert found.grid.cell(0, 0) is found.grid.cell(2, 0)
        assert found.grid.cell(0, 1) is found.grid.cell(1, 1)
        assert found.grid.cell(0, 1) is not found.grid.cell(2, 1)

    def test_the_same_inner_heading_under_another_outer_is_another(self) -> None:
        found = cleaned(self.HEADER, ["甲", "子", LONG], ["乙", "子", LONG])
        assert found.grid.cell(0, 1) is not found.grid.cell(1, 1)

    def test_a_drawn_heading_written_again_at_the_page_edge_is_the_same_span(self) -> None:
        rows: list[Row] = [[("甲", 2, 1), ("子", 2, 1), LONG], [LONG], [("甲", 2, 1), ("子", 2, 1), LONG], [LONG]]
        found = cleaned(self.HEADER, *rows, spans=True)
        assert found.grid.cell(0, 0) is found.grid.cell(3, 0)
        assert (found.grid.cell(0, 1).row, found.grid.cell(0, 1).rows) == (0, 4)

    def test_a_heading_below_an_equal_band_leaves_its_row_alone(self) -> None:
        found = cleaned(self.HEADER, [("组织领导", 1, 3)], ["组织领导", "制度", "1." + LONG], spans=True)
        assert column(found, "测评标准")[1] == "1." + LONG
        assert column(found, "二级指标")[1] == "制度"

    def test_a_blank_below_a_wide_cell_leaves_its_row_alone(self) -> None:
        header = ["序号", "测评项目", "测评标准", "分值"]
        rows: list[Row] = [["", ("基础指标", 1, 2), ""], *[["", "", f"{i}.{LONG}", "2"] for i in (1, 2)]]
        found = cleaned(header, *rows, spans=True)
        assert column(found, "测评标准")[1:] == ["1." + LONG, "2." + LONG]


class TestEdges:
    HEADER: Row = ("序号", "测评项目", "测评标准", "责任科室")

    def test_a_serial_goes_on_with_its_group(self) -> None:
        rows = [["一", "甲", LONG, "办公室"], ["", "", LONG, ""], ["", "乙", LONG, ""]]
        assert column(cleaned(self.HEADER, *rows), "序号") == ["一", "一", ""]

    def test_nothing_reaches_into_a_total_or_a_note(self) -> None:
        rows = [["一", "甲", LONG, "办公室"], ["合计", "", "", ""], ["注：无", "", "", ""]]
        assert column(cleaned(self.HEADER, *rows), "责任科室") == ["办公室", "", ""]

    def test_nothing_reaches_over_an_empty_row(self) -> None:
        rows = [["一", "甲", LONG, "办公室"], ["", "", "", ""]]
        assert column(cleaned(self.HEADER, *rows), "责任科室") == ["办公室", ""]

    def test_a_total_and_the_section_behind_it_are_no_broken_heading(self) -> None:
        header: Row = ["第几", "该做到哪一步", "值几分"]
        rows: list[Row] = [
            ["队伍建设", "", "5"], ["1", "1." + LONG, "3"], ["2", "2." + LONG, "2"], ["本项合计", "", "5"],
            ["环境建设", "", "4"], ["3", "1." + LONG, "1"], ["4", "2." + LONG, "3"], ["本项合计", "", "4"],
        ]  # fmt: skip
        found = cleaned(header, *rows)
        assert [cell.text for r in (3, 4) for cell in found.grid.cells[r][:1]] == ["本项合计", "环境建设"]

    def test_words_in_the_serial_column_broken_over_two_rows_are_one_heading(self) -> None:
        header = ["序号", "测评标准", "分值"]
        rows = [[str(i), LONG, "2"] for i in range(1, 6)]
        found = cleaned(header, *rows, ["特色加", "1." + LONG, "3"], ["分项目", "2." + LONG, "2"])
        assert column(found, "序号")[-2:] == ["特色加分项目"] * 2

    def test_drawn_spans_are_left_as_drawn(self) -> None:
        header = ["测评项目", "测评标准", "佐证材料"]
        rows: list[Row] = [[("甲", 3, 1), LONG, ("制度", 2, 1)], [LONG], [LONG, ""]]
        assert column(cleaned(header, *rows, spans=True), "佐证材料") == ["制度", "制度", ""]


class TestRowsApart:
    """No span goes into or over a section heading, a total or a note, whatever these rows say."""

    ROLES = ColumnRoles((ColumnRole.LEVEL, ColumnRole.REQUIREMENT, ColumnRole.PARTY), ())
    ROWS: tuple[Row, ...] = (
        ["组织领导", DUTIES[0], "县教育局"],
        ["", DUTIES[1], ""],
        ["", "其他要求", ""],
        ["", DUTIES[2], ""],
    )

    def filled(self, kind: RowKind) -> Grid:
        body = build_grid(table(*self.ROWS))
        fill_body(body, self.ROLES, [RowKind.TASK, RowKind.TASK, kind, RowKind.TASK])
        return body

    @pytest.mark.parametrize("kind", [RowKind.BAND, RowKind.TOTAL, RowKind.NOTE])
    def test_spans_end_above_them(self, kind: RowKind) -> None:
        body = self.filled(kind)
        assert [row[0].text for row in body.cells] == ["组织领导", "组织领导", "", ""]
        assert [row[2].text for row in body.cells] == ["县教育局", "县教育局", "", ""]

    def test_spans_go_over_tasks(self) -> None:
        body = self.filled(RowKind.TASK)
        assert body.cell(0, 0) is body.cell(3, 0)
        assert [row[2].text for row in body.cells] == ["县教育局"] * 4

    def test_a_section_between_groups(self) -> None:
        rows = [
            ["1", DUTIES[0], "5", "县教育局"],
            ["2", DUTIES[1], "8", ""],
            ["二、环境卫生", "", "", ""],
            ["3", DUTIES[2], "3", ""],
            ["4", DUTIES[4], "4", "县住建局"],
        ]
        found = cleaned(["序号", "测评标准", "分值", "责任单位"], *rows)
        assert column(found, "责任单位") == ["县教育局", "县教育局", "", "", "县住建局"]
