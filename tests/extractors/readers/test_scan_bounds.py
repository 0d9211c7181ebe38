"""Bounds at which ink is a line, a character or a row, each met exactly, just missed and just passed."""

from __future__ import annotations

import os

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")

import numpy as np

from extractors.readers.scan.detect_rulings import (
    _drop_unconnected,
    _find_low_walls,
    _find_walls_of_lone_row,
    _is_line,
    _join_strokes,
    _meets_lines,
    _Stroke,
)
from extractors.readers.scan.text_regions import (
    PixelBox,
    _boxes_to_lines,
    _is_centred_in,
    _is_column,
    _join_thin_rows,
    _overlaps,
    _split_touching_rows,
    estimate_page_type_size,
    estimate_type_size,
    find_lines,
)

EM = 100.0
BELOW = [PixelBox(0, 0, 100, 100), PixelBox(0, 100, 100, 200), PixelBox(0, 220, 100, 320), PixelBox(0, 320, 100, 420)]
"""Four characters of the type size below each other."""


def stroke(
    position: float, start: float, end: float, bare: float = 1.0, *, drawn: float = 1.0, label: int = 0
) -> _Stroke:
    """A stroke of one pixel a point; `bare` and `drawn` are shares of its length."""
    length = end - start
    return _Stroke(position, start, end, 1.0, (label,), bare * length, drawn * length)


class TestTypeSize:
    @pytest.mark.parametrize(
        ("heights", "size"),
        [([], 20.0), ([20], 21.0), ([10, 20, 40], 21.0), ([10, 20], 21.0), ([11], 12.0), ([12], 12.6), ([48], 50.0)],
    )
    def test_the_median_height_within_bounds(self, heights: list[int], size: float) -> None:
        assert estimate_type_size(heights, 20.0) == pytest.approx(size)

    @pytest.mark.parametrize(("width", "size"), [(150, 40.0), (151, 75.6)])
    def test_only_wide_boxes_tell_the_size_of_a_page(self, width: int, size: float) -> None:
        assert estimate_page_type_size([PixelBox(0, 0, width, 100)], 40.0) == pytest.approx(size)


class TestColumns:
    @pytest.mark.parametrize(
        ("change", "is_column"),
        [
            ((0, 0, 0, 0), True),
            ((0, 0, 35, 0), True),
            ((0, 0, 36, 0), False),
            ((0, 0, -40, 0), True),
            ((0, 0, -41, 0), True),
            ((0, -1, 0, -1), False),
            ((0, -40, 0, 0), False),
        ],
    )
    def test_the_second_character_may_differ(self, change: tuple[int, int, int, int], is_column: bool) -> None:
        box = BELOW[1]
        changed = PixelBox(box.x0 + change[0], box.top + change[1], box.x1 + change[2], box.bottom + change[3])
        assert _is_column([BELOW[0], changed, *BELOW[2:]], EM) is is_column

    @pytest.mark.parametrize(("height", "is_column"), [(140, True), (141, False)])
    def test_the_last_character_is_as_high_as_the_limit(self, height: int, is_column: bool) -> None:
        assert _is_column([*BELOW[:3], PixelBox(0, 320, 100, 320 + height)], EM) is is_column

    @pytest.mark.parametrize(("gap", "is_column"), [(159, True), (160, False)])
    def test_white_between_two_characters(self, gap: int, is_column: bool) -> None:
        assert _is_column([BELOW[0], BELOW[0].shift(0, 100 + gap)], EM) is is_column

    @pytest.mark.parametrize(("narrow", "is_column"), [(0, True), (1, True), (2, False)])
    def test_three_of_four_characters_are_wide(self, narrow: int, is_column: bool) -> None:
        parts = [PixelBox(b.x0, b.top, b.x0 + (60 if n < narrow else 61), b.bottom) for n, b in enumerate(BELOW)]
        assert _is_column(parts, EM) is is_column

    def test_one_character_is_no_column(self) -> None:
        assert _is_column(BELOW[:1], EM) is False
        assert _is_column(BELOW[:2], EM) is True


class TestRows:
    @pytest.mark.parametrize(("top", "n_lines"), [(8, 1), (9, 1), (10, 2), (-9, 1), (-10, 2)])
    def test_boxes_on_one_line_overlap_by_more_than_half(self, top: int, n_lines: int) -> None:
        assert len(_boxes_to_lines([PixelBox(0, 0, 300, 20), PixelBox(400, top, 500, top + 20)])) == n_lines

    @pytest.mark.parametrize(
        ("height", "dip", "rows"),
        [
            (155, 0, [(0, 155)]),
            (156, 0, [(0, 80), (81, 156)]),
            (156, 3, [(0, 80), (81, 156)]),
            (156, 4, [(0, 156)]),
        ],
    )
    def test_lines_that_touch_are_cut_where_there_is_little_ink(
        self, height: int, dip: int, rows: list[tuple[int, int]]
    ) -> None:
        profile = np.full(height, 10)
        profile[80] = dip
        assert _split_touching_rows(profile, 0, height, EM) == rows

    @pytest.mark.parametrize(("at", "is_cut"), [(69, False), (70, True), (120, True), (121, False)])
    def test_a_cut_leaves_room_for_a_line_on_either_side(self, at: int, is_cut: bool) -> None:
        profile = np.full(156, 10)
        profile[at] = 1
        assert (len(_split_touching_rows(profile, 0, 156, EM)) == 2) is is_cut

    @pytest.mark.parametrize(
        ("pieces", "rows"),
        [
            ([(0, 49), (90, 105)], [(0, 105)]),
            ([(0, 49), (91, 106)], [(0, 49), (91, 106)]),
            ([(0, 80), (125, 126)], [(0, 80), (125, 126)]),
            ([(0, 80), (120, 125)], [(0, 125)]),
            ([(0, 80), (120, 126)], [(0, 80), (120, 126)]),
            ([(0, 20), (65, 125)], [(0, 125)]),
            ([(0, 19), (65, 125)], [(0, 19), (65, 125)]),
            ([(0, 50), (55, 105)], [(0, 50), (55, 105)]),
            ([(0, 49), (55, 105)], [(0, 105)]),
            ([(0, 60), (80, 90), (100, 160)], [(0, 60), (80, 160)]),
            ([(0, 60), (70, 80), (100, 160)], [(0, 80), (100, 160)]),
            ([(0, 60), (80, 90), (110, 170)], [(0, 60), (80, 170)]),
            ([(0, 10)], [(0, 10)]),
            ([], []),
        ],
    )
    def test_thin_pieces_join_the_nearest_row_with_room(
        self, pieces: list[tuple[int, int]], rows: list[tuple[int, int]]
    ) -> None:
        assert _join_thin_rows(pieces, EM) == rows

    @pytest.mark.parametrize(("gap", "n_stretches"), [(34, 1), (35, 2)])
    def test_wide_white_parts_two_stretches(self, gap: int, n_stretches: int) -> None:
        ink = np.zeros((20, 100), np.uint8)
        ink[:, :20] = ink[:, 20 + gap : 40 + gap] = 255
        boxes = [PixelBox(0, 0, 20, 20), PixelBox(20 + gap, 0, 40 + gap, 20)]
        assert find_lines(ink, 20.0) == (boxes if n_stretches == 2 else [PixelBox(0, 0, 40 + gap, 20)])


class TestBoxes:
    @pytest.mark.parametrize(
        ("at", "is_inside"),
        [
            ((0, 0), True),
            ((100, 100), True),
            ((101, 50), False),
            ((50, 101), False),
            ((-1, 50), False),
            ((50, -1), False),
        ],
    )
    def test_the_middle_lies_in_the_cell(self, at: tuple[int, int], is_inside: bool) -> None:
        box = PixelBox(at[0] - 5, at[1] - 7, at[0] + 5, at[1] + 7)
        assert _is_centred_in(box, PixelBox(0, 0, 100, 100)) is is_inside

    @pytest.mark.parametrize("move", [(10, 0), (-10, 0), (0, 10), (0, -10)])
    def test_boxes_that_only_touch_do_not_overlap(self, move: tuple[int, int]) -> None:
        box = PixelBox(0, 0, 10, 10)
        assert _overlaps(box, box.shift(*move)) is False
        assert _overlaps(box, box.shift(move[0] * 9 // 10, move[1] * 9 // 10)) is True


class TestMeeting:
    """Two lines at 0 and 100, from 0 to 200; a stroke across them at 50."""

    LINES = (stroke(0, 0, 200), stroke(100, 0, 200))

    @pytest.mark.parametrize(
        ("start", "end", "meets"),
        [
            (0, 100, True),
            (5, 95, True),
            (5.5, 95, False),
            (5, 94.5, False),
            (-5, 105, True),
            (-5.5, 105, False),
            (-5, 105.5, False),
        ],
    )
    def test_a_stroke_ends_near_a_line_at_both_ends(self, start: float, end: float, meets: bool) -> None:
        assert _meets_lines(stroke(50, start, end), [*self.LINES], 1.0, 5.0) is meets

    @pytest.mark.parametrize(
        ("height", "gap", "meets"), [(20, 2, True), (19, 2, False), (19, 0.7, True), (19, 0.8, False)]
    )
    def test_what_is_as_short_as_a_character_touches_the_lines(self, height: float, gap: float, meets: bool) -> None:
        lines = [stroke(0, 0, 200), stroke(height + 2 * gap, 0, 200)]
        assert _meets_lines(stroke(50, gap, gap + height), lines, 1.0, 5.0) is meets

    @pytest.mark.parametrize(("x", "meets"), [(-5, True), (-5.5, False), (205, True), (205.5, False)])
    def test_a_line_may_end_a_little_before_the_stroke(self, x: float, meets: bool) -> None:
        assert _meets_lines(stroke(x, 0, 100), [*self.LINES], 1.0, 5.0) is meets

    @pytest.mark.parametrize(
        ("length", "bare", "is_line"), [(19.5, 1.0, False), (20, 0.5, True), (20, 0.49, False), (400, 0.0, True)]
    )
    def test_a_bare_stroke_higher_than_type_is_a_line(self, length: float, bare: float, is_line: bool) -> None:
        assert _is_line(stroke(50, 0, length, bare), [], 1.0) is is_line

    @pytest.mark.parametrize(
        ("drawn", "wall", "is_line"), [(0.85, 0.5, True), (0.84, 0.5, False), (0.85, 0.49, False), (1.0, 1.0, True)]
    )
    def test_a_stroke_in_type_is_drawn_from_line_to_line(self, drawn: float, wall: float, is_line: bool) -> None:
        walls = [stroke(0, 0, 200, wall), stroke(30, 0, 200, wall)]
        assert _is_line(stroke(50, 0, 30, bare=0.1, drawn=drawn), walls, 1.0) is is_line

    @pytest.mark.parametrize(("length", "stays"), [(60, True), (59.5, False)])
    def test_a_long_stroke_needs_no_other(self, length: float, stays: bool) -> None:
        assert _drop_unconnected([stroke(0, 0, length)], [], 1.0) == ([stroke(0, 0, length)] if stays else [], [])
        assert _drop_unconnected([], [stroke(0, 0, length)], 1.0) == ([], [stroke(0, 0, length)] if stays else [])

    def test_what_met_a_dropped_stroke_is_dropped_after_it(self) -> None:
        alone, leaning = stroke(500, 0, 50), stroke(20, 0, 40)
        assert _drop_unconnected([alone], [leaning], 1.0) == ([], [])
        assert _drop_unconnected([*self.LINES], [stroke(50, 0, 50), stroke(50, 0, 100)], 1.0) == (
            [*self.LINES],
            [stroke(50, 0, 100)],
        )


class TestJoining:
    @pytest.mark.parametrize(
        ("gap", "across", "is_one"),
        [(8, 0, True), (8.5, 0, False), (8, 1.2, True), (8, 1.3, False), (-10, 0, True), (-10, -1.2, True)],
    )
    def test_a_small_break_and_a_small_step(self, gap: float, across: float, is_one: bool) -> None:
        strokes = [stroke(10, 0, 50), stroke(10 + across, 50 + gap, 150 + gap)]
        assert (len(_join_strokes(strokes, 1.0)) == 1) is is_one

    def test_a_joined_stroke_has_the_extent_and_the_ink_of_both(self) -> None:
        (found,) = _join_strokes(
            [stroke(10, 0, 50, 0.5, drawn=0.8, label=1), stroke(10.6, 40, 140, 0.25, drawn=0.9, label=2)], 1.0
        )
        assert (found.start, found.end, found.labels) == (0, 140, (1, 2))
        assert found.position == pytest.approx(10.4)
        assert found.bare_length == pytest.approx(50)
        assert found.drawn_length == pytest.approx(40 + 90 - 10)


class TestLowWalls:
    LINES = (stroke(0, 0, 200), stroke(15, 0, 200))

    @pytest.mark.parametrize(
        ("x", "bare", "start", "is_wall"),
        [
            (50, 1.0, 0, True),
            (51.5, 1.0, 0, True),
            (52, 1.0, 0, False),
            (48.5, 1.0, 0, True),
            (50, 0.0, 0, False),
            (50, 1.0, 0.7, True),
            (50, 1.0, 1.0, False),
        ],
    )
    def test_a_low_wall_touches_both_lines_below_another_wall(
        self, x: float, bare: float, start: float, is_wall: bool
    ) -> None:
        found = _find_low_walls([stroke(x, start, 15, bare)], [*self.LINES], [stroke(50, 15, 100)], 1.0)
        assert (len(found) == 1) is is_wall

    @pytest.mark.parametrize(("height", "is_low"), [(19.5, True), (20, False)])
    def test_a_row_as_high_as_type_has_no_low_walls(self, height: float, is_low: bool) -> None:
        lines = [stroke(0, 0, 200), stroke(height, 0, 200)]
        walls = [stroke(x, 0, height) for x in (20, 50, 80)]
        assert (len(_find_low_walls(walls, lines, walls, 1.0)) == 3) is is_low
        assert (_find_walls_of_lone_row(walls, lines, [], 1.0) == walls) is is_low

    @pytest.mark.parametrize(("n_walls", "is_row"), [(2, False), (3, True)])
    def test_three_walls_show_a_row_that_is_alone(self, n_walls: int, is_row: bool) -> None:
        walls = [stroke(x, 0, 15) for x in (20, 50, 80)][:n_walls]
        assert _find_walls_of_lone_row(walls, [*self.LINES], [], 1.0) == (walls if is_row else [])

    @pytest.mark.parametrize(
        ("x", "top", "is_beside"),
        [(50, 15, True), (50, 20, True), (50, 20.5, False), (205, 15, True), (205.5, 15, False), (-5, 15, True)],
    )
    def test_a_taller_wall_at_the_same_lines_counts_more(self, x: float, top: float, is_beside: bool) -> None:
        walls = [stroke(one, 0, 15) for one in (20, 50, 80)]
        tall = [stroke(x, top, 200)]
        assert _find_walls_of_lone_row(walls, [*self.LINES], tall, 1.0) == ([] if is_beside else walls)
