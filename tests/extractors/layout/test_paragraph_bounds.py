"""Two lines that are one paragraph or two, at and beyond each bound: size, distance, margins, indent, centring."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout import Page, Word, lay_out
from tests.extractors.layout.draw_pages import block_texts

LEFT, RIGHT = 60.0, 540.0
LINE = "为深入贯彻落实上级关于精神文明建设工作的决策部署结合本单位实际情况制定本工作实施方案如下请认真组织实施"[:48]
"""Fills the text width."""
STEPS = (13.0,) * 6
"""Distances of the lines above those that are tried."""
Place = tuple[float, float]


def line(text: str, x: Place, top: float, size: float = 10.0) -> Word:
    return Word(text, x[0], top, x[1], top + size)


def is_joined(
    before: Place,
    after: Place,
    *,
    texts: tuple[str, str] = ("抓好各项任务落实", "取得实效"),
    sizes: Place = (10.0, 10.0),
    step: float = 13.0,
    steps: Sequence[float] = STEPS,
    pages: int = 1,
) -> bool:
    """Whether two lines below others are one paragraph; with two pages the second is on the other page."""
    top = 100.0
    words = [line(LINE, (LEFT, RIGHT), top)]
    for one in steps:
        top += one
        words.append(line(LINE, (LEFT, RIGHT), top))
    top += 60.0
    words.append(line(texts[0], before, top, sizes[0]))
    second = line(texts[1], after, 100.0 if pages > 1 else top + step, sizes[1])
    drawn = [Page(1, 600.0, 1000.0, (*words, second))]
    if pages > 1:
        below = line(LINE, (LEFT, RIGHT), 300.0)
        drawn = [Page(1, 600.0, 1000.0, tuple(words)), Page(2, 600.0, 1000.0, (second, below))]
    found = block_texts(list(lay_out(drawn).blocks))
    return any(text.startswith(texts[0] + texts[1]) for text in found)


@pytest.mark.parametrize(
    ("sizes", "joined"),
    [((10.0, 8.5), True), ((10.0, 8.4), False), ((10.0, 11.75), True), ((10.0, 11.875), False), ((8.5, 10.0), True)],
)
def test_lines_of_a_paragraph_have_about_one_type_size(sizes: Place, joined: bool) -> None:
    assert is_joined((LEFT, RIGHT), (LEFT, 100.0), sizes=sizes) is joined


@pytest.mark.parametrize(("step", "joined"), [(18.8, True), (18.9, False)])
def test_a_step_wider_than_usual_parts_paragraphs(step: float, joined: bool) -> None:
    assert is_joined((LEFT, RIGHT), (LEFT, 100.0), step=step) is joined


@pytest.mark.parametrize(("step", "joined"), [(12.0, True), (12.125, False)])
def test_where_lines_are_close_a_step_of_little_more_than_the_size_parts_none(step: float, joined: bool) -> None:
    assert is_joined((LEFT, RIGHT), (LEFT, 100.0), step=step, steps=(8.0,) * 6) is joined


@pytest.mark.parametrize(
    ("steps", "joined"),
    [((10.0, 10.0, 16.0, 16.0, 16.0, 16.0), True), ((10.0, 10.0, 10.0, 16.0, 16.0, 16.0), False)],
)
def test_the_usual_step_is_a_third_from_the_lowest(steps: Sequence[float], joined: bool) -> None:
    assert is_joined((LEFT, RIGHT), (LEFT, 100.0), step=15.0, steps=steps) is joined


@pytest.mark.parametrize(("steps", "joined"), [((39.9, 39.9, 39.9), True), ((40.0, 40.0, 40.0), False)])
def test_a_step_of_four_sizes_is_no_distance_of_lines(steps: Sequence[float], joined: bool) -> None:
    assert is_joined((LEFT, RIGHT), (LEFT, 100.0), step=50.0, steps=steps) is joined


@pytest.mark.parametrize(("x0", "joined"), [(300.0, True), (301.0, False)])
def test_a_line_below_half_the_text_width_ends_its_paragraph(x0: float, joined: bool) -> None:
    assert is_joined((x0, RIGHT), (LEFT, 100.0)) is joined


@pytest.mark.parametrize(
    ("before", "after", "end", "joined"),
    [
        (LEFT, 67.5, "实", True),
        (LEFT, 67.6, "实", False),
        (LEFT, 67.5, "。", True),
        (100.0, 103.75, "实", True),
        (100.0, 103.8, "实", False),
        (100.0, 80.0, "实", True),
        (100.0, 96.0, "实", True),
        (100.0, 80.0, "。", False),
        (100.0, 100.0, "。", False),
    ],
)
def test_an_indented_line_goes_on_only_below_one_as_far_in(before: float, after: float, end: str, joined: bool) -> None:
    texts = (f"抓好各项任务落{end}", "取得实效")
    assert is_joined((before, RIGHT), (after, after + 60.0), texts=texts) is joined


def test_a_centred_line_does_not_go_on_with_an_indented_one() -> None:
    assert is_joined((130.0, RIGHT), (110.0, 430.0))
    assert not is_joined((130.0, RIGHT), (110.0, 490.0))


@pytest.mark.parametrize(
    ("before", "joined"),
    [((119.5, 480.5), True), ((120.0, 480.0), False), ((69.0, 522.0), True), ((69.0, 521.0), False)],
)
def test_a_title_goes_on_below_a_wide_line_of_its_own(before: Place, joined: bool) -> None:
    assert is_joined(before, (250.0, 350.0)) is joined


@pytest.mark.parametrize(
    ("after", "joined"),
    [
        ((76.0, 524.0), True),
        ((75.0, 525.0), False),
        ((76.0, 510.0), True),
        ((76.0, 509.0), False),
        ((91.0, 524.0), False),
        ((90.0, 524.0), True),
    ],
)
def test_a_centred_line_keeps_away_from_both_margins_alike(after: Place, joined: bool) -> None:
    assert is_joined((119.0, 481.0), after) is joined


@pytest.mark.parametrize(("pages", "end", "joined"), [(1, "案", True), (1, "：", False), (2, "案", False)])
def test_a_title_goes_on_neither_after_a_stop_nor_on_the_next_page(pages: int, end: str, joined: bool) -> None:
    assert is_joined((119.0, 481.0), (250.0, 350.0), texts=(f"实施方{end}", "任务"), pages=pages) is joined


def test_over_a_page_edge_the_step_is_not_asked_and_the_wider_margins_count() -> None:
    assert is_joined((LEFT, RIGHT), (LEFT, 100.0), pages=2)


def is_joined_beside(ends: Sequence[float], before: Place, starts: Sequence[float] = (), after: float = LEFT) -> bool:
    """Whether two lines below lines with these ends, or these starts, are one paragraph."""
    places = [(LEFT, end) for end in ends] + [(start, RIGHT) for start in starts]
    words = [line(LINE, place, 100.0 + 13 * n) for n, place in enumerate(places)]
    words += [line("抓好落实", before, 400.0), line("取得实效", (after, after + 40.0), 413.0)]
    found = block_texts(list(lay_out([Page(1, 600.0, 1000.0, tuple(words))]).blocks))
    return "抓好落实取得实效" in found


@pytest.mark.parametrize(
    ("ends", "before", "joined"),
    [
        ((500.0,) * 5, 490.0, True),
        ((500.0,) * 4, 490.0, False),
        ((500.0,) * 5 + (511.0,), 495.0, True),
        ((500.0,) * 5 + (510.0,), 495.0, False),
        ((500.0,) * 5 + (509.0,), 495.0, False),
        ((349.0,) * 5, 339.0, True),
        ((348.0,) * 5, 339.0, False),
        ((560.0, 500.0, 500.0, 500.0, 500.0), 520.0, False),
        ((560.0, 500.0, 500.0, 500.0, 500.0), 530.0, True),
    ],
)
def test_full_lines_that_end_together_show_the_right_margin(ends: Sequence[float], before: float, joined: bool) -> None:
    """Where too few do, the margin on the right is as wide as that on the left."""
    assert is_joined_beside(ends, (LEFT, before)) is joined


@pytest.mark.parametrize(
    ("outdent", "n_lines", "after", "joined"),
    [
        (21.0, 12, 67.0, True),
        (20.0, 12, 67.0, False),
        (21.0, 11, 67.0, False),
        (21.0, 11, 46.0, True),
        (21.0, 12, 68.0, False),
    ],
)
def test_a_single_line_far_to_the_left_of_many_is_no_margin(
    outdent: float, n_lines: int, after: float, joined: bool
) -> None:
    starts = (LEFT - outdent, *(LEFT,) * (n_lines - 3), LEFT + 1)
    assert is_joined_beside((), (LEFT, RIGHT), starts, after) is joined


@pytest.mark.parametrize(("right", "joined"), [(540.0, True), (600.0, False)])
def test_over_the_edge_of_a_wider_page_the_wider_margins_count(right: float, joined: bool) -> None:
    pages = [
        Page(1, 600.0, 1000.0, (line(LINE, (LEFT, 540.0), 200.0), line("抓好落实", (LEFT, 540.0), 800.0))),
        Page(2, LEFT + right, 1000.0, (line("取得实效", (LEFT, 100.0), 200.0), line(LINE, (LEFT, right), 300.0))),
    ]
    assert any("抓好落实取得实效" in text for text in block_texts(list(lay_out(pages).blocks))) is joined
