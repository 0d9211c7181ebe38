"""The matrix of cells: spans, cut spans, rows taken out, grids concatenated."""

from __future__ import annotations

import pytest

from extractors.document import Cell, Table
from extractors.tables.grid import Grid, build_grid, concat, cover, take_rows
from tests.extractors.tables.build import table


def texts(grid: Grid) -> list[list[str]]:
    return [[s.text for s in row] for row in grid.cells]


class TestBuildGrid:
    def test_a_span_is_one_cell_in_all_its_positions(self) -> None:
        grid = build_grid(table([("甲", 2, 2), "乙"], ["丙"], spans=True))
        assert texts(grid) == [["甲", "甲", "乙"], ["甲", "甲", "丙"]]
        assert grid.cell(1, 1) is grid.cell(0, 0)
        assert [s.text for s in grid.unique_cells()] == ["甲", "乙", "丙"]

    def test_uncovered_positions_are_blank_and_have_a_locator(self) -> None:
        grid = build_grid(table(["甲", "乙", "丙"], ["丁"], spans=True))
        assert texts(grid)[1] == ["丁", "", ""]
        assert grid.cell(1, 2).locator == "表1 第2行第3列"
        assert grid.cell(1, 2).is_blank

    def test_a_span_beyond_the_table_is_cut(self) -> None:
        grid = build_grid(Table((Cell(0, 0, "甲", "x", 9, 9),), 2, 2, "表1"))
        assert texts(grid) == [["甲", "甲"], ["甲", "甲"]]

    def test_of_overlapping_cells_the_first_keeps_the_position(self) -> None:
        cells = (Cell(0, 0, "甲", "x", 2, 1), Cell(1, 0, "乙", "y", 1, 2))
        assert texts(build_grid(Table(cells, 2, 2, "表1"))) == [["甲", ""], ["甲", "乙"]]

    def test_text_is_cleaned_and_raw_text_kept(self) -> None:
        (cell,) = build_grid(table(["责任\n领导"])).unique_cells()
        assert (cell.text, cell.raw) == ("责任领导", "责任\n领导")

    def test_a_column_gives_each_cell_once(self) -> None:
        grid = build_grid(table([("甲", 2, 1), "乙"], ["丙"], ["", "丁"], spans=True))
        assert [s.text for s in grid.column(0)] == ["甲", ""]


class TestWhetherSpansAreKnown:
    def test_a_format_without_spans_has_unknown_spans(self) -> None:
        assert not build_grid(table(["甲", "乙"])).spans_known

    def test_one_drawn_span_is_enough(self) -> None:
        rows = [["", "丁"] for _ in range(9)]
        assert build_grid(table([("甲", 2, 1), "乙"], ["丙"], *rows, spans=True)).spans_known

    @pytest.mark.parametrize(("blank", "known"), [(1, True), (4, False)])
    def test_blank_first_cells_without_any_span_were_merged_once(self, blank: int, known: bool) -> None:
        rows = [["" if r < blank else "甲", "乙"] for r in range(10)]
        assert build_grid(table(*rows, spans=True)).spans_known is known

    def test_a_first_column_that_nobody_filled_in_says_nothing(self) -> None:
        rows = [["序号" if r == 0 else "", "乙"] for r in range(10)]
        assert build_grid(table(*rows, spans=True)).spans_known


class TestTakeRows:
    def test_rows_are_renumbered_and_spans_cut_to_what_is_left(self) -> None:
        grid = build_grid(table([("甲", 3, 1), "乙"], ["丙"], ["丁"], spans=True))
        kept = take_rows(grid, [0, 2])
        assert texts(kept) == [["甲", "乙"], ["甲", "丁"]]
        assert [(s.row, s.rows) for s in kept.unique_cells()] == [(0, 2), (0, 1), (1, 1)]

    def test_the_rest_of_a_span_begins_where_it_is_kept(self) -> None:
        kept = take_rows(build_grid(table([("甲", 2, 1), "乙"], ["丙"], spans=True)), [1])
        assert [(s.text, s.row, s.rows) for s in kept.unique_cells()] == [("甲", 0, 1), ("丙", 0, 1)]

    def test_nothing_taken(self) -> None:
        assert take_rows(build_grid(table(["甲"])), []).n_rows == 0


class TestStackAndPut:
    def test_the_second_grid_is_below_the_first(self) -> None:
        both = concat(build_grid(table(["甲", "乙"])), build_grid(table([("丙", 2, 1), "丁"], ["戊"], spans=True)))
        assert texts(both) == [["甲", "乙"], ["丙", "丁"], ["丙", "戊"]]
        assert both.cell(1, 0).row == 1
        assert both.cell(2, 0) is both.cell(1, 0)

    def test_spans_are_known_only_when_both_know_them(self) -> None:
        drawn, plain = build_grid(table([("甲", 2, 1)], [], spans=True)), build_grid(table(["乙"]))
        assert not concat(drawn, plain).spans_known
        assert concat(drawn, drawn).spans_known

    def test_put_lets_a_cell_grow(self) -> None:
        grid = build_grid(table(["甲", "乙"], ["", "丙"]))
        cover(grid, grid.cell(0, 0), range(1, 2), range(1))
        assert texts(grid) == [["甲", "乙"], ["甲", "丙"]]
        assert (grid.cell(1, 0).row, grid.cell(1, 0).rows) == (0, 2)
        assert grid.cell(0, 0) is grid.cell(1, 0)
