"""Tables that show few lines or none, at and beyond each bound: lines, columns, rows, white, sizes, headers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout import Word
from extractors.layout.borderless_tables import (
    OpenTable,
    find_columns_in_frame,
    find_half_ruled_tables,
    find_unruled_tables,
)
from extractors.layout.rulings import Rulings, Segment
from extractors.parsers.table_words import VOCABULARY_WORDS
from tests.extractors.layout.draw_pages import make_word

XS = (60.0, 160.0, 360.0)
HEADER = ("测评项目", "测评标准", "分值")
ROWS = (("组织", "建立制度并落实", "5"), ("宣传", "开展活动并报送", "3"), ("队伍", "配齐人员并培训", "2"))
SECTION = "一、组织领导和宣传教育以及队伍建设等各方面"
WIDTH = 600.0


def line(texts: Sequence[str], top: float, xs: Sequence[float] = XS, size: float = 10.0) -> list[Word]:
    return [make_word(text, x, top, size) for text, x in zip(texts, xs, strict=False) if text]


def page(*lines: Sequence[str], top: float = 105.0, step: float = 20.0) -> list[Word]:
    return [word for n, texts in enumerate(lines) for word in line(texts, top + step * n)]


def lines_at(*ys: float, start: float = 50.0, end: float = 450.0) -> list[Segment]:
    return [Segment(y, start, end) for y in ys]


def half_ruled(horizontal: list[Segment], words: Sequence[Word], open_table: OpenTable | None = None) -> list[Rulings]:
    return find_half_ruled_tables(Rulings(horizontal), words, WIDTH, VOCABULARY_WORDS, open_table)


def columns_of(rulings: Rulings) -> list[float]:
    """The places of borders between columns."""
    places = sorted({segment.position for segment in rulings.vertical})
    return places[1:-1]


FOUR = (100.0, 120.0, 140.0, 160.0, 180.0)
WORDS = page(HEADER, *ROWS)


def test_horizontal_lines_with_words_in_columns_between_them() -> None:
    (found,) = half_ruled(lines_at(*FOUR), WORDS)
    assert [segment.position for segment in found.horizontal] == list(FOUR)
    assert columns_of(found) == [158.0, 358.0]
    assert not found.has_inferred_rows


@pytest.mark.parametrize(("end", "n_tables"), [(261.0, 1), (259.0, 0)])
def test_lines_of_a_table_take_a_third_of_the_page(end: float, n_tables: int) -> None:
    words = [
        word for n, texts in enumerate((HEADER, *ROWS)) for word in line(texts, 105.0 + 20 * n, (55.0, 110.0, 200.0))
    ]
    assert len(half_ruled(lines_at(*FOUR, end=end), words)) == n_tables


@pytest.mark.parametrize(("n_lines", "n_tables"), [(3, 1), (2, 0)])
def test_three_lines_of_one_extent_make_a_table(n_lines: int, n_tables: int) -> None:
    ys = (100.0, 120.0, 180.0) if n_lines == 3 else (100.0, 180.0)
    assert len(half_ruled(lines_at(*ys), WORDS)) == n_tables


@pytest.mark.parametrize(("shift", "n_tables"), [(8.0, 1), (8.5, 0)])
@pytest.mark.parametrize("side", ["start", "end"])
def test_their_ends_differ_by_little(shift: float, n_tables: int, side: str) -> None:
    moved = lines_at(120.0, start=50.0 + shift) if side == "start" else lines_at(120.0, end=450.0 + shift)
    assert len(half_ruled([*lines_at(100.0, 180.0), *moved], WORDS)) == n_tables


@pytest.mark.parametrize(("length", "is_drawn"), [(81.0, True), (80.0, False)])
def test_a_line_that_cells_over_several_rows_interrupt(length: float, is_drawn: bool) -> None:
    """A fifth of the table's width; a shorter one underlines a text."""
    partial = Segment(150.0, 450.0 - length, 450.0)
    (found,) = half_ruled([*lines_at(*FOUR), partial], WORDS)
    assert (partial in found.horizontal) is is_drawn


@pytest.mark.parametrize(("gap", "is_drawn"), [(3.5, True), (4.0, False)])
def test_a_short_line_beside_a_longer_one_is_part_of_it(gap: float, is_drawn: bool) -> None:
    partial, short = Segment(150.0, 250.0, 450.0), Segment(150.0 + gap, 60.0, 90.0)
    (found,) = half_ruled([*lines_at(*FOUR), partial, short], WORDS)
    assert (short in found.horizontal) is is_drawn


@pytest.mark.parametrize(("n_columns", "n_tables"), [(3, 1), (2, 0)])
def test_three_columns_make_a_table(n_columns: int, n_tables: int) -> None:
    words = page(*(texts[:n_columns] for texts in (HEADER, *ROWS)))
    assert len(half_ruled(lines_at(*FOUR), words)) == n_tables


@pytest.mark.parametrize(("n_rows", "n_tables"), [(1, 1), (0, 0)])
def test_two_lines_of_text_make_a_table(n_rows: int, n_tables: int) -> None:
    words = page(HEADER, *ROWS[:n_rows], step=30.0)
    assert len(half_ruled(lines_at(100.0, 125.0, 180.0), words)) == n_tables


@pytest.mark.parametrize(
    ("ys", "is_inferred"), [((100.0, 120.0, 160.0, 180.0), True), (FOUR, False), ((100.0, 103.0, 120.0, 180.0), True)]
)
def test_rows_are_looked_for_between_few_lines(ys: Sequence[float], is_inferred: bool) -> None:
    (found,) = half_ruled(lines_at(*ys), WORDS)
    assert found.has_inferred_rows is is_inferred


@pytest.mark.parametrize(("reach", "is_spanned"), [(1.5, True), (0.5, False)])
def test_a_heading_over_several_columns_interrupts_their_border(reach: float, is_spanned: bool) -> None:
    words = [*line(("测评", "标准及分值"), 105.0), *page(*ROWS, *ROWS, top=125.0)]
    words[1] = Word("标准及分值", 160.0, 105.0, 358.0 + reach, 115.0)
    ys = [100.0 + 20 * n for n in range(8)]
    (found,) = half_ruled(lines_at(*ys), words)
    borders = [segment.start for segment in found.vertical if segment.position == 358.0]
    assert (100.0 not in borders) is is_spanned


@pytest.mark.parametrize(("gap", "n_tables"), [(5.0, 1), (4.5, 0)])
def test_white_between_two_columns_is_half_as_wide_as_type(gap: float, n_tables: int) -> None:
    """A text of the second line reaches further than those of the others, whose third text begins sooner."""
    words = []
    for n, texts in enumerate((HEADER, *ROWS)):
        end, start = (233.0, 241.0) if n == 1 else (225.0, 233.0 + gap)
        top = 105.0 + 20 * n
        words += [make_word(texts[0], 60.0, top), Word(texts[1], 160.0, top, end, top + 10), make_word("5", start, top)]
    assert len(half_ruled(lines_at(*FOUR), words)) == n_tables


FRAME_YS = (100.0, 120.0, 140.0, 160.0, 180.0)


def frame(ys: Sequence[float] = FRAME_YS, share: float = 1.0) -> Rulings:
    inner = [Segment(y, 50.0, 50.0 + 400.0 * share) for y in ys[1:-1]]
    sides = [Segment(x, ys[0], ys[-1]) for x in (50.0, 450.0)]
    return Rulings([*lines_at(ys[0], ys[-1]), *inner], sides)


@pytest.mark.parametrize(("share", "is_found"), [(1.0, True), (0.9, True), (0.89, False)])
def test_lines_through_a_frame_part_its_rows(share: float, is_found: bool) -> None:
    found = find_columns_in_frame(frame(share=share), page(*ROWS, ROWS[0]), VOCABULARY_WORDS)
    assert (found is not None and not found.has_inferred_rows) is is_found


@pytest.mark.parametrize(("n_split", "is_found"), [(3, True), (2, False)])
def test_three_rows_of_a_frame_have_columns(n_split: int, is_found: bool) -> None:
    words = page(*ROWS[:n_split], *[("一、组织领导",)] * (4 - n_split))
    found = find_columns_in_frame(frame(), words, VOCABULARY_WORDS)
    assert (found is not None) is is_found
    if found:
        assert columns_of(found) == [158.0, 358.0]


def test_a_frame_of_few_bands_is_read_by_its_header() -> None:
    words = page(HEADER, *ROWS)
    found = find_columns_in_frame(frame((100.0, 120.0, 180.0)), words, VOCABULARY_WORDS)
    assert found is not None
    assert found.has_inferred_rows
    assert find_columns_in_frame(frame((100.0, 120.0, 180.0)), page(*ROWS), VOCABULARY_WORDS) is None
    known = OpenTable((50.0, 158.0, 358.0, 450.0), HEADER)
    assert find_columns_in_frame(frame((100.0, 120.0, 180.0)), page(*ROWS), VOCABULARY_WORDS, known) is not None
    assert find_columns_in_frame(frame((100.0, 120.0, 180.0)), page(ROWS[0]), VOCABULARY_WORDS, known) is None


def unruled(words: Sequence[Word], open_table: OpenTable | None = None) -> list[Rulings]:
    return find_unruled_tables(words, VOCABULARY_WORDS, open_table)


def body_height(words: Sequence[Word]) -> float:
    """Where the only table without lines ends."""
    (found,) = unruled(words)
    return max(segment.end for segment in found.vertical)


@pytest.mark.parametrize(
    ("texts", "gap", "is_part"),
    [
        (ROWS[2], 50.0, True),
        (ROWS[2], 50.5, False),
        (("", "配齐人员并培训"), 30.0, True),
        (("", "配齐人员并培训"), 30.5, False),
    ],
)
def test_wide_white_ends_a_table(texts: Sequence[str], gap: float, is_part: bool) -> None:
    """Five sizes above a row, three above a single text."""
    words = page(HEADER, *ROWS[:2])
    top = 155.0 + gap
    assert (body_height([*words, *line(texts, top)]) > top) is is_part


@pytest.mark.parametrize(("size", "is_part"), [(11.5, True), (11.75, False), (8.75, True), (8.5, False)])
def test_type_of_another_size_ends_a_table(size: float, is_part: bool) -> None:
    words = page(HEADER, *ROWS[:2])
    assert (body_height([*words, *line(ROWS[2], 165.0, size=size)]) > 165.0) is is_part


@pytest.mark.parametrize(
    ("lines", "n_tables"),
    [
        ((HEADER, *ROWS), 1),
        ((HEADER[:2], *(row[:2] for row in ROWS)), 0),
        (ROWS, 0),
        ((HEADER,), 0),
        ((HEADER, *ROWS, HEADER, *ROWS), 2),
        ((HEADER, *ROWS[:1], (SECTION,), *ROWS, *ROWS, *ROWS), 1),
        ((HEADER, *ROWS[:1], (SECTION,), *ROWS), 0),
    ],
)
def test_a_header_of_three_columns_begins_a_table(lines: Sequence[Sequence[str]], n_tables: int) -> None:
    assert len(unruled(page(*lines))) == n_tables


def test_a_heading_of_a_section_is_part_of_the_table_and_a_note_or_the_last_line_is_none() -> None:
    rows = (*ROWS, *ROWS, *ROWS)
    assert body_height(page(HEADER, *ROWS[:1], (SECTION,), *rows)) > 300.0
    assert body_height(page(HEADER, *rows, (SECTION,))) < 305.0
    assert body_height(page(HEADER, *rows, (f"注：{SECTION}",), *rows)) < 305.0


@pytest.mark.parametrize(("reach", "is_part"), [(2.5, True), (2.6, False)])
def test_known_columns_go_on_until_a_text_crosses_their_edges(reach: float, is_part: bool) -> None:
    """A quarter of the size on both sides."""
    known = OpenTable((50.0, 158.0, 358.0, 450.0), HEADER)
    crossing = Word("组织", 155.0, 145.0, 158.0 + reach, 155.0)
    (found,) = unruled([*page(*ROWS[:2]), crossing, make_word("5", 360.0, 145.0)], known)
    assert (max(segment.end for segment in found.vertical) > 145.0) is is_part


def test_known_columns_need_a_line_with_two_texts_and_end_at_their_header() -> None:
    known = OpenTable((50.0, 158.0, 358.0, 450.0), HEADER)
    assert unruled(page(("组织",), ("宣传",)), known) == []
    assert len(unruled(page(*ROWS, HEADER, *ROWS), known)) == 2
