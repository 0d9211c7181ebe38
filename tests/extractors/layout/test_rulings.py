"""Drawn lines become segments, groups, edges and cells; each tolerance met exactly, and just missed."""

from __future__ import annotations

import pytest

from extractors.layout.model import Box, Ruling
from extractors.layout.rulings import (
    PageTable,
    Rulings,
    Segment,
    cluster_values,
    drop_unused_edges,
    group_touching,
    map_squares,
    merge_rulings,
    rulings_to_table,
)

WIDTH, HEIGHT = 600.0, 800.0


def across(y: float, x0: float, x1: float, thickness: float = 0.0) -> Ruling:
    return Ruling(x0, y - thickness / 2, x1, y + thickness / 2)


def down(x: float, top: float, bottom: float, thickness: float = 0.0) -> Ruling:
    return Ruling(x - thickness / 2, top, x + thickness / 2, bottom)


def merged(*rulings: Ruling) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
    found = merge_rulings(rulings, WIDTH, HEIGHT)
    horizontal, vertical = ([(s.position, s.start, s.end) for s in of] for of in (found.horizontal, found.vertical))
    return horizontal, vertical


def grid(xs: list[float], ys: list[float]) -> Rulings:
    """Every line of a table with these edges."""
    return Rulings([Segment(y, xs[0], xs[-1]) for y in ys], [Segment(x, ys[0], ys[-1]) for x in xs])


def table_of(rulings: Rulings, max_cells: int = 100) -> PageTable:
    table = rulings_to_table(rulings, 1, max_cells)
    assert table is not None
    return table


def spans(table: PageTable) -> list[tuple[int, int, int, int]]:
    return [(cell.row, cell.col, cell.row_span, cell.col_span) for cell in table.cells]


class TestSegments:
    @pytest.mark.parametrize(("thickness", "is_line"), [(0.0, True), (5.0, True), (5.1, False)])
    def test_a_thick_bar_is_an_area(self, thickness: float, is_line: bool) -> None:
        horizontal, vertical = merged(across(100, 50, 150, thickness), down(300, 50, 150, thickness))
        assert (horizontal, vertical) == (([(100, 50, 150)], [(300, 50, 150)]) if is_line else ([], []))

    def test_a_square_is_horizontal(self) -> None:
        assert merge_rulings([Ruling(0, 0, 7, 7)], WIDTH, HEIGHT) == Rulings()
        assert merged(Ruling(0, 0, 5, 5), Ruling(8, 0, 13, 5)) == ([(2.5, 0, 13)], [])

    @pytest.mark.parametrize(("length", "is_kept"), [(6.9, False), (7.0, True)])
    def test_a_short_stroke_is_type(self, length: float, is_kept: bool) -> None:
        assert bool(merged(across(100, 50, 50 + length))[0]) is is_kept
        assert bool(merged(down(100, 50, 50 + length))[1]) is is_kept

    def test_lines_end_with_the_page(self) -> None:
        assert merged(across(100, -50, 900), down(100, -50, 900)) == ([(100, 0, WIDTH)], [(100, 0, HEIGHT)])
        outside = (across(100, -50, -10), across(100, 610, 650), down(100, -50, -10), down(100, 810, 850))
        assert merged(*outside) == ([], [])

    @pytest.mark.parametrize(("distance", "n_lines"), [(1.5, 1), (1.6, 2)])
    def test_lines_close_to_each_other_are_one(self, distance: float, n_lines: int) -> None:
        assert len(merged(across(100, 50, 150), across(100 + distance, 50, 150))[0]) == n_lines

    @pytest.mark.parametrize(("gap", "parts"), [(4.0, [(50, 154)]), (4.1, [(50, 100), (104.1, 154.1)])])
    def test_pieces_of_a_line_are_joined(self, gap: float, parts: list[tuple[float, float]]) -> None:
        found = merged(across(100, 50, 100), across(100, 100 + gap, 150 + gap))[0]
        assert [pytest.approx(part) for part in parts] == [(start, end) for _, start, end in found]

    def test_a_line_stands_where_most_of_it_does(self) -> None:
        assert merged(across(100, 0, 30), across(101, 30, 40)) == ([(100.25, 0, 40)], [])
        assert merged(across(100, 0, 40), across(100, 10, 20)) == ([(100, 0, 40)], [])

    @pytest.mark.parametrize(("count", "is_table"), [(3000, True), (3001, False)])
    def test_more_lines_than_any_form_are_a_drawing(self, count: int, is_table: bool) -> None:
        lines = [across(2.0 * n, 0, 50) for n in range(count)]
        assert bool(merge_rulings(lines, WIDTH, 1e6).horizontal) is is_table


class TestGroups:
    @pytest.mark.parametrize(("gap", "n_groups"), [(0.0, 1), (4.0, 1), (4.1, 2)])
    @pytest.mark.parametrize("side", range(4))
    def test_lines_that_nearly_meet_touch(self, gap: float, n_groups: int, side: int) -> None:
        line = Segment(100, 50, 150)
        meeting = [
            Segment(50 - gap, 80, 120),
            Segment(150 + gap, 80, 120),
            Segment(100, 100 + gap, 200),
            Segment(100, 20, 100 - gap),
        ][side]
        assert len(group_touching(Rulings([line], [meeting]))) == n_groups

    def test_parallel_lines_touch_by_what_joins_them(self) -> None:
        frame, underline = grid([50, 150], [100, 200]), Segment(300, 50, 150)
        groups = group_touching(Rulings([underline, *frame.horizontal], frame.vertical))
        assert [(len(group.horizontal), len(group.vertical)) for group in groups] == [(2, 2), (1, 0)]
        assert groups[0].box == Box(50, 100, 150, 200)

    def test_groups_stand_from_top_to_bottom_and_left_to_right(self) -> None:
        lines = [Segment(300, 10, 90), Segment(100, 300, 390), Segment(100, 10, 90)]
        assert [group.box.x0 for group in group_touching(Rulings(lines, []))] == [10, 300, 10]


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([], []),
        ([3, 1, 2], [[1, 2, 3]]),
        ([1, 3, 5], [[1, 3], [5]]),
        ([1, 3.1], [[1], [3.1]]),
    ],
)
def test_values_within_a_tolerance_of_the_first(values: list[float], groups: list[list[float]]) -> None:
    assert cluster_values(values, 2.0) == groups


class TestTables:
    def test_every_square_is_a_cell(self) -> None:
        table = table_of(grid([0, 50, 100], [0, 20, 40]))
        assert spans(table) == [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)]
        assert table.cells[3].box == Box(50, 20, 100, 40)
        assert table.box == Box(0, 0, 100, 40)

    @pytest.mark.parametrize(("max_cells", "is_table"), [(3, False), (4, True)])
    def test_a_grid_has_so_many_squares(self, max_cells: int, is_table: bool) -> None:
        assert (rulings_to_table(grid([0, 50, 100], [0, 20, 40]), 1, max_cells) is not None) is is_table

    def test_lines_that_enclose_nothing_are_no_table(self) -> None:
        assert rulings_to_table(Rulings([Segment(0, 0, 100)], [Segment(50, 0, 40)]), 1, 100) is None
        assert (
            rulings_to_table(Rulings([Segment(0, 0, 100), Segment(40, 0, 100)], [Segment(50, 0, 40)]), 1, 9) is not None
        )
        assert rulings_to_table(Rulings([Segment(0, 0, 100)], []), 1, 100) is None

    @pytest.mark.parametrize(("distance", "n_columns"), [(5.0, 2), (5.1, 3)])
    def test_a_border_of_columns_drawn_double(self, distance: float, n_columns: int) -> None:
        table = table_of(grid([0, 50, 50 + distance, 100], [0, 20]))
        assert len(table.xs) - 1 == n_columns

    @pytest.mark.parametrize(("distance", "n_rows"), [(4.0, 2), (4.1, 3)])
    def test_a_border_of_rows_drawn_double(self, distance: float, n_rows: int) -> None:
        table = table_of(grid([0, 50], [0, 20, 20 + distance, 40]))
        assert len(table.ys) - 1 == n_rows

    def test_an_edge_stands_in_the_middle_of_its_lines(self) -> None:
        assert table_of(grid([0, 50, 54, 100], [0, 20])).xs == [0, 52, 100]

    @pytest.mark.parametrize(("beyond", "xs"), [(8.0, [0, 50]), (8.1, [0, 50, 58.1])])
    def test_lines_that_run_on_enclose_a_column_without_a_side(self, beyond: float, xs: list[float]) -> None:
        rulings = grid([0, 50], [0, 20, 40])
        rulings.horizontal = [Segment(line.position, line.start, 50 + beyond) for line in rulings.horizontal]
        assert table_of(rulings).xs == pytest.approx(xs)
        rulings.horizontal = [Segment(line.position, -beyond, 50) for line in rulings.horizontal]
        assert table_of(rulings).xs == pytest.approx([50 - x for x in reversed(xs)])

    @pytest.mark.parametrize(("n_lines", "n_columns"), [(1, 1), (2, 2)])
    def test_one_line_that_runs_on_encloses_nothing(self, n_lines: int, n_columns: int) -> None:
        rulings = grid([0, 50], [0, 20, 40])
        for n in range(n_lines):
            rulings.horizontal[n] = Segment(rulings.horizontal[n].position, 0, 80)
        assert len(table_of(rulings).xs) - 1 == n_columns

    @pytest.mark.parametrize(("covered", "n_cells"), [(11.9, 3), (12.0, 4)])
    def test_a_border_is_drawn_for_most_of_its_length(self, covered: float, n_cells: int) -> None:
        rulings = grid([0, 50, 100], [0, 20, 40])
        rulings.vertical[1] = Segment(50, 20 - covered, 40)
        assert len(table_of(rulings).cells) == n_cells
        rulings = grid([0, 20, 40], [0, 50, 100])
        rulings.horizontal[1] = Segment(50, 20 - covered, 40)
        assert len(table_of(rulings).cells) == n_cells

    def test_where_a_line_is_missing_a_cell_spans_both_sides(self) -> None:
        rulings = grid([0, 50, 100], [0, 20, 40, 60])
        rulings.vertical[1] = Segment(50, 20, 60)
        rulings.horizontal[2] = Segment(40, 50, 100)
        assert spans(table_of(rulings)) == [(0, 0, 1, 2), (1, 0, 2, 1), (1, 1, 1, 1), (2, 1, 1, 1)]

    def test_a_cell_ends_where_a_line_begins_inside_it(self) -> None:
        rulings = grid([0, 50, 100], [0, 20, 40])
        rulings.vertical[1] = Segment(50, 20, 40)
        rulings.horizontal[1] = Segment(20, 0, 0)
        assert spans(table_of(rulings)) == [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)]

    def test_edges_at_which_no_cell_ends_are_dropped(self) -> None:
        rulings = grid([0, 50, 100], [0, 20, 40, 60])
        rulings.vertical[1] = Segment(50, 0, 5)
        rulings.horizontal[2] = Segment(40, 0, 5)
        table = drop_unused_edges(table_of(rulings))
        assert (table.xs, table.ys, spans(table)) == ([0, 100], [0, 20, 60], [(0, 0, 1, 1), (1, 0, 1, 1)])

    def test_the_cell_of_every_square(self) -> None:
        rulings = grid([0, 50, 100], [0, 20, 40])
        rulings.vertical[1] = Segment(50, 20, 40)
        table = table_of(rulings)
        found = {square: table.cells.index(cell) for square, cell in map_squares(table).items()}
        assert found == {(0, 0): 0, (0, 1): 0, (1, 0): 1, (1, 1): 2}
