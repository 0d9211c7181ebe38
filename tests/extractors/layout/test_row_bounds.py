"""Rows that no line parts, at and beyond each bound: white, gaps, texts over an edge, headers printed again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout import Word
from extractors.layout.borderless_rows import Chunk, RowsOfColumns, find_rows, line_to_chunks
from extractors.layout.text_lines import measure_ems
from extractors.parsers.table_words import VOCABULARY_WORDS

SIZE = 10.0
EDGES = (0.0, 100.0, 200.0, 300.0)
"""The third column keeps its only text beside the first line, so that not every line fills all columns."""
TWO = EDGES[:3]
FULL = "建好社区志愿服务站点"


def word(text: str, x: float, top: float, size: float = SIZE) -> Word:
    return Word(text, x, top, x + measure_ems(text) * size, top + size)


def lines_at(*tops: float) -> list[Word]:
    """Lines of two columns that leave no room, and a text beside the first of them."""
    return [word("甲", 200.0, tops[0]), *(word(FULL, x, top) for top in tops for x in EDGES[:2])]


def rows_of(*words: Word, edges: Sequence[float] = EDGES, header: Sequence[str] = ()) -> RowsOfColumns:
    """The rows of words, each a chunk and a line of its own."""
    lines = [[Chunk([one])] for one in sorted(words, key=lambda one: one.top)]
    return find_rows(lines, edges, VOCABULARY_WORDS, header)


@pytest.mark.parametrize(
    ("gap", "sizes", "n_chunks"),
    [(6.9, (10.0, 10.0), 1), (7.0, (10.0, 10.0), 2), (7.0, (10.0, 12.0), 2), (7.0, (12.0, 11.0), 1)],
)
def test_white_between_two_columns(gap: float, sizes: tuple[float, float], n_chunks: int) -> None:
    left = word("工作", 0.0, 100.0, sizes[0])
    assert len(line_to_chunks([left, word("任务", left.x1 + gap, 100.0, sizes[1])])) == n_chunks


@pytest.mark.parametrize(("step", "n_borders"), [(14.5, 0), (14.75, 1)])
def test_white_between_two_rows(step: float, n_borders: int) -> None:
    tops = [100.0, 112.0, 124.0, 136.0, 136.0 + step, 148.0 + step]
    rows = rows_of(*lines_at(*tops))
    assert len(rows.borders) == n_borders
    assert rows.borders == [pytest.approx(141.0 + step / 2)] * n_borders


@pytest.mark.parametrize(
    ("n_lines", "n_full", "n_borders"), [(2, 2, 0), (3, 3, 2), (5, 4, 3), (5, 3, 0), (10, 8, 7), (10, 7, 0)]
)
def test_lines_that_fill_every_column_are_rows(n_lines: int, n_full: int, n_borders: int) -> None:
    tops = [100.0 + 12 * n for n in range(n_lines)]
    words = [*(word(FULL, 0.0, top) for top in tops), *(word(FULL, 100.0, top) for top in tops[:n_full])]
    assert len(rows_of(*words, edges=TWO).borders) == n_borders


@pytest.mark.parametrize(
    ("x", "text", "is_band"),
    [
        (95.0, "志愿服务", False),
        (94.0, "志愿服务", True),
        (85.0, "志愿", False),
        (86.0, "志愿", True),
    ],
)
def test_a_text_over_an_edge_spans_both_columns(x: float, text: str, is_band: bool) -> None:
    rows = rows_of(word(FULL, 0.0, 100.0), word(FULL, 100.0, 100.0), word(text, x, 112.0), edges=TWO)
    assert rows.bands == ([117.0] if is_band else [])


@pytest.mark.parametrize(("x", "column"), [(90.0, 1), (89.0, 0), (91.0, 1)])
def test_a_text_stands_in_the_column_of_its_middle(x: float, column: int) -> None:
    rows = rows_of(word(FULL, 0.0, 100.0), word(FULL, 100.0, 100.0), word("路", x + 5, 112.0), edges=TWO)
    assert [line.text.text for line in rows.columns[column]][-1] == "路"


@pytest.mark.parametrize(
    ("header", "has_border"),
    [
        (("环境卫生", "服务群众"), True),
        (("环境卫", "服务群众"), False),
        (("环境卫生", "服务"), False),
        (("", ""), False),
        (("环境卫生",), False),
    ],
)
def test_a_header_that_every_column_repeats_is_a_row(header: tuple[str, ...], has_border: bool) -> None:
    words = [word("环境卫生", 0.0, 100.0), word("服务群众", 100.0, 100.0)]
    rows = rows_of(*words, *(word(FULL, x, top) for top in (112.0, 124.0) for x in EDGES[:2]), header=header, edges=TWO)
    assert [column[1].is_below_white for column in rows.columns] == [has_border] * 2


def test_a_drawn_border_takes_the_place_of_one_nearby() -> None:
    tops = [100.0, 112.0, 140.0, 152.0, 180.0]
    rows = rows_of(*lines_at(*tops))
    assert rows.borders == [131.0, 171.0]
    rows.add_border(134.0, 3.0)
    assert rows.borders == [134.0, 171.0]
    rows.add_border(138.0, 3.5)
    assert rows.borders == [134.0, 138.0, 171.0]
    begins = [[line.is_below_white for line in column] for column in rows.columns]
    assert begins == [[True, False, True, False, True]] * 2 + [[True]]


def test_below_a_drawn_border_every_column_begins_a_text() -> None:
    rows = rows_of(*lines_at(100.0, 112.0, 124.0))
    assert rows.borders == []
    rows.add_border(117.0, 2.0)
    assert [[line.is_start for line in column] for column in rows.columns] == [[True, True, False]] * 2 + [[True]]
    rows.add_border(300.0, 2.0)
    assert [[line.is_start for line in column] for column in rows.columns] == [[True, True, False]] * 2 + [[True]]
