"""Characters, drawn paths and pictures of a page, at and beyond each bound."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout import Word
from extractors.layout.model import Box, PageFrame
from extractors.layout.page_content import (
    CharBox,
    Drawing,
    GlyphRun,
    GlyphRuns,
    Point,
    Subpath,
    append_to_run,
    continues_run,
    find_pictures,
    runs_to_words,
    start_run,
)

FRAME = PageFrame(0.0, 0.0, 600.0, 800.0)
DIRECTIONS = (0, 1, 2, 3)


def turned(box: CharBox, turns: int) -> CharBox:
    """A box read to the right, as it lies where the text is read in another direction; turned about the origin."""
    x0, y0, x1, y1 = box
    return {0: box, 1: (-y1, x0, -y0, x1), 2: (-x1, -y1, -x0, -y0), 3: (y0, -x1, y1, -x0)}[turns]


def run_of(char: str = "工", turns: int = 0, box: CharBox = (0.0, 0.0, 10.0, 10.0)) -> GlyphRun:
    return start_run(turns, char, turned(box, turns), is_visible=True, is_unmapped=False)


@pytest.mark.parametrize("turns", DIRECTIONS)
@pytest.mark.parametrize(
    ("first", "char", "box", "continues"),
    [
        ("工", "作", (10.0, 0.0, 20.0, 10.0), True),
        ("工", "作", (11.9, 0.0, 21.9, 10.0), True),
        ("工", "作", (12.1, 0.0, 22.1, 10.0), False),
        ("工", "A", (14.9, 0.0, 19.9, 10.0), True),
        ("工", "A", (15.1, 0.0, 20.1, 10.0), False),
        ("A", "B", (11.4, 0.0, 16.4, 10.0), True),
        ("A", "B", (11.6, 0.0, 16.6, 10.0), False),
        ("工", "作", (4.1, 0.0, 14.1, 10.0), True),
        ("工", "作", (3.9, 0.0, 13.9, 10.0), False),
        ("工", "，", (8.3, 0.0, 9.3, 10.0), True),
        ("工", "，", (8.1, 0.0, 9.1, 10.0), False),
        ("工", "作", (10.0, 2.9, 20.0, 12.9), True),
        ("工", "作", (10.0, 3.1, 20.0, 13.1), False),
        ("工", "作", (10.0, -2.9, 20.0, 7.1), True),
        ("工", "作", (10.0, -3.1, 20.0, 6.9), False),
    ],
)
def test_a_character_continues_a_run_without_a_blank_between(
    turns: int, first: str, char: str, box: CharBox, continues: bool
) -> None:
    assert continues_run(run_of(first, turns), char, turned(box, turns)) is continues


@pytest.mark.parametrize("turns", DIRECTIONS)
def test_the_height_of_a_run_is_that_of_its_first_letter_or_figure(turns: int) -> None:
    run = run_of("（", turns, (0.0, -2.0, 10.0, 14.0))
    append_to_run(run, "工", turned((10.0, 0.0, 20.0, 10.0), turns))
    append_to_run(run, "作", turned((20.0, 1.0, 30.0, 12.0), turns))
    assert (run.x0, run.y0, run.x1, run.y1) == turned((0.0, 0.0, 30.0, 10.0), turns)
    assert run.chars == ["（", "工", "作"]


@pytest.mark.parametrize(("n_marks", "top"), [(7, 10.0), (8, 12.0)])
def test_the_first_letter_is_looked_for_among_the_last_eight(n_marks: int, top: float) -> None:
    run = run_of("工")
    for n in range(n_marks):
        append_to_run(run, "…", (10.0 * n, 0.0, 10.0 * n + 10.0, 14.0))
    append_to_run(run, "作", (100.0, 1.0, 110.0, 12.0))
    assert run.y1 == top


@pytest.mark.parametrize(
    ("char", "box", "em"),
    [
        ("工", (0.0, 0.0, 10.0, 12.5), 0.8),
        ("工", (0.0, 0.0, 12.0, 10.0), 1.0),
        ("工", (0.0, 0.0, 1.0, 10.0), None),
        ("A", (0.0, 0.0, 10.0, 12.5), 0.0),
        ("工", (0.0, 0.0, 10.0, 0.0), 0.0),
    ],
)
@pytest.mark.parametrize("turns", [0, 1])
def test_the_type_size_is_known_from_the_width_of_an_ideograph(
    char: str, box: CharBox, em: float | None, turns: int
) -> None:
    found = run_of(char, turns, box).em
    assert found == pytest.approx(em) if em is not None else 0.1 < found < 0.8


def test_most_characters_say_how_a_page_is_read() -> None:
    runs = [run_of("工", 1), run_of("作", 0), run_of("任", 0)]
    runs[0].chars += ["务", "单"]
    assert GlyphRuns(runs).main_direction() == 1
    assert GlyphRuns([]).main_direction() == 0


def test_characters_are_counted_by_what_can_be_read_of_them() -> None:
    runs = [run_of("工"), run_of("作"), run_of("？")]
    runs[0].chars += [" ", "\ue000", "务"]
    runs[1].is_visible = False
    runs[2].is_unmapped = True
    runs[2].chars.append("？")
    assert GlyphRuns(runs).count_characters() == (3, 3, 1)


@pytest.mark.parametrize(
    ("second", "n_words"),
    [((0.3, 0.0), 1), ((0.0, 0.3), 1), ((8.0, 0.0), 2), ((0.0, 8.0), 2)],
)
def test_text_printed_twice_to_look_bold_is_one_word(second: Point, n_words: int) -> None:
    x, y = second
    again = run_of("工", 0, (x, y, 10.0 + x, 10.0 + y))
    assert len(runs_to_words(GlyphRuns([run_of("工"), again]), FRAME)) == n_words


@pytest.mark.parametrize(
    ("turns", "page_turns", "length", "rotation"),
    [(0, 0, 2, 0), (1, 0, 2, 90), (2, 0, 2, 0), (3, 0, 2, 270), (1, 1, 2, 0), (1, 0, 1, 0), (0, 1, 2, 270)],
)
def test_words_are_turned_against_the_page(turns: int, page_turns: int, length: int, rotation: int) -> None:
    run = run_of("工", turns)
    run.chars += ["作"] * (length - 1)
    (word,) = runs_to_words(GlyphRuns([run]), PageFrame(0.0, 0.0, 600.0, 800.0, page_turns))
    assert word.rotation == rotation


def test_the_box_of_a_font_is_shrunk_to_the_type_size() -> None:
    plain, latin = run_of("工", 0, (0.0, 0.0, 8.0, 10.0)), run_of("A", 0, (100.0, 0.0, 105.0, 10.0))
    hidden, blank = run_of("作", 0, (200.0, 0.0, 208.0, 10.0)), run_of(" ", 0, (300.0, 0.0, 305.0, 10.0))
    hidden.is_visible = False
    words = runs_to_words(GlyphRuns([plain, latin, hidden, blank]), FRAME)
    assert [word.text for word in words] == ["工", "A"]
    assert [value for word in words for value in (word.top, word.bottom)] == pytest.approx([791.0, 799.0] * 2)


@pytest.mark.parametrize(
    ("points", "is_stroked", "n_segments"),
    [
        (((0, 0), (100, 1)), True, 1),
        (((0, 0), (100, 1.5)), True, 0),
        (((0, 0), (1, 100)), True, 1),
        (((0, 0), (1.5, 100)), True, 0),
        (((0, 0), (100, 0), (100, 5)), False, 1),
        (((0, 0), (5, 0), (5, 100)), False, 1),
        (((0, 0), (100, 0), (100, 5.5)), False, 0),
        (((0, 0), (100, 0), (100, 9)), False, 0),
        (((0, 0), (100, 0)), False, 0),
        (((0, 0), (100, 0), (100, 50), (0, 50), (0, 0)), True, 4),
    ],
)
def test_straight_strokes_and_thin_areas_are_lines(points: Sequence[Point], is_stroked: bool, n_segments: int) -> None:
    drawing = Drawing()
    drawing.add_path([Subpath([list(points)])], is_stroked=is_stroked)
    assert len(drawing.segments) == n_segments


@pytest.mark.parametrize(
    ("side", "n_points", "has_curves", "is_glyph"),
    [
        (48.0, 7, False, True),
        (48.5, 7, False, False),
        (48.0, 6, False, False),
        (48.0, 3, True, True),
        (49.0, 3, True, False),
    ],
)
def test_small_outlines_with_curves_or_many_corners_are_characters(
    side: float, n_points: int, has_curves: bool, is_glyph: bool
) -> None:
    points = [(side * (n % 2), side * (n // 2 % 2)) for n in range(n_points)]
    subpath = Subpath([points], has_curves)
    assert subpath.is_glyph is is_glyph
    drawing = Drawing()
    drawing.add_path([subpath, Subpath([[(0, 0), (10, 0)]]), Subpath([[(0, 0), (90, 0)]])], is_stroked=True)
    assert (((0, 0), (90, 0)) in drawing.segments, ((0, 0), (10, 0)) in drawing.segments) == (True, not is_glyph)


@pytest.mark.parametrize(
    ("box", "n_segments"),
    [((0, 0, 100, 5), 1), ((0, 0, 5, 100), 1), ((0, 0, 100, 5.5), 0), ((0, 0, 5, 5), 0), ((0, 0, 5, 5.5), 1)],
)
def test_a_thin_picture_is_a_line_too(box: tuple[float, float, float, float], n_segments: int) -> None:
    drawing = Drawing()
    drawing.add_picture(*box)
    assert (len(drawing.segments), drawing.picture_boxes) == (n_segments, [box])


@pytest.mark.parametrize(
    ("frame", "box", "share"),
    [
        (FRAME, (0, 0, 300, 400), 0.25),
        (FRAME, (300, 400, 900, 1200), 0.25),
        (PageFrame(100, 100, 700, 900), (100, 100, 400, 500), 0.25),
        (PageFrame(0, 0, 0, 800), (0, 0, 300, 400), 0.0),
        (PageFrame(0, 0, 600, 0), (0, 0, 300, 400), 0.0),
    ],
)
def test_the_share_of_the_page_that_pictures_cover(
    frame: PageFrame, box: tuple[float, float, float, float], share: float
) -> None:
    drawing = Drawing()
    assert drawing.picture_share(frame) == 0.0
    drawing.add_picture(*box)
    assert drawing.picture_share(frame) == share


def pictures(*boxes: tuple[float, float, float, float], n_chars: int = 0) -> list[Box]:
    """The pictures found of boxes from the upper left corner, with a text in the middle of the first."""
    drawing = Drawing(picture_boxes=[(x0, 800 - bottom, x1, 800 - top) for x0, top, x1, bottom in boxes])
    x, y = (boxes[0][0] + boxes[0][2]) / 2, (boxes[0][1] + boxes[0][3]) / 2
    words = [Word("字" * n_chars, x - 5, y - 5, x + 5, y + 5)] if n_chars else []
    return [picture.box for picture in find_pictures(drawing, FRAME, words)]


@pytest.mark.parametrize(
    ("box", "is_found"),
    [
        ((0.0, 0.0, 600.0, 36.0), True),
        ((0.0, 0.0, 600.0, 35.0), False),
        ((0.0, 0.0, 36.0, 600.0), True),
        ((0.0, 0.0, 35.0, 600.0), False),
        ((0.0, 0.0, 120.0, 140.5), True),
        ((0.0, 0.0, 120.0, 139.5), False),
    ],
)
def test_pictures_large_enough_for_text(box: tuple[float, float, float, float], is_found: bool) -> None:
    """Three lines high and wide, and three and a half hundredths of the page."""
    assert pictures(box) == [Box(*box)] * is_found


@pytest.mark.parametrize(("n_chars", "is_found"), [(40, True), (41, False)])
def test_a_picture_with_more_than_a_line_of_text_on_it_is_a_background(n_chars: int, is_found: bool) -> None:
    assert bool(pictures((0.0, 0.0, 300.0, 300.0), n_chars=n_chars)) is is_found


@pytest.mark.parametrize(("gap", "n_found"), [(2.0, 1), (2.5, 2)])
def test_strips_with_hardly_a_gap_are_one_picture(gap: float, n_found: int) -> None:
    assert len(pictures((0, 0, 300, 150), (0, 150 + gap, 300, 300 + gap))) == n_found
    assert len(pictures((0, 0, 150, 300), (150 + gap, 0, 300 + gap, 300))) == n_found


@pytest.mark.parametrize(("thickness", "is_found"), [(100.0, True), (60.0, False)])
def test_pictures_that_fill_little_of_their_rectangle_are_lines(thickness: float, is_found: bool) -> None:
    """Two strips that form an angle in a square of three hundred points."""
    assert bool(pictures((0, 0, 300, thickness), (0, thickness, thickness, 300))) is is_found


def test_pictures_are_cut_at_the_page_and_ordered_from_the_top() -> None:
    assert pictures((-50, 500, 200, 900), (300, 100, 700, 300), (700, 0, 900, 300)) == [
        Box(300, 100, 600, 300),
        Box(0, 500, 200, 800),
    ]


@pytest.mark.parametrize(("n_before", "is_found"), [(399, True), (400, False)])
def test_the_first_pictures_of_a_page_are_looked_at(n_before: int, is_found: bool) -> None:
    assert bool(pictures(*[(0, 0, 1, 1)] * n_before, (100, 100, 400, 400))) is is_found
