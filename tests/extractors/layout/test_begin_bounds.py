"""How lines of columns without ruling lines begin, at and beyond each bound: room, margins, marks, centres."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout import Word
from extractors.layout.borderless_rows import Chunk, RowsOfColumns, find_rows
from extractors.layout.text_lines import measure_ems
from extractors.parsers.table_words import VOCABULARY_WORDS

SIZE = 10.0
STEP = 12.0
LONG = "建好社区志愿服务站点配齐设备并定期开放"


def word(text: str, x: float, top: float, *, end: float | None = None, size: float = SIZE) -> Word:
    return Word(text, x, top, x + measure_ems(text) * size if end is None else end, top + size)


def rows_of(*words: Word, edges: Sequence[float]) -> RowsOfColumns:
    lines = [[Chunk([one])] for one in sorted(words, key=lambda one: one.top)]
    return find_rows(lines, edges, VOCABULARY_WORDS)


def column_of(lines: Sequence[str | tuple[str, float]], width: float, step: float = STEP) -> RowsOfColumns:
    """One column beside a text in its first line alone; a line is its text, or its text and its right end."""
    given = [line if isinstance(line, tuple) else (line, None) for line in lines]
    words = [word(text, 0.0, 100.0 + step * n, end=end) for n, (text, end) in enumerate(given)]
    return rows_of(*words, word("甲", width + 10, 100.0), edges=(0.0, width, width + 100))


def begins(rows: RowsOfColumns, name: str = "is_new") -> list[bool]:
    return [bool(getattr(line, name)) for line in rows.columns[0]]


@pytest.mark.parametrize(
    ("end", "has_room"),
    [(141.3, True), (141.5, False)],
)
def test_a_line_has_room_for_a_character_and_a_bit(end: float, has_room: bool) -> None:
    """The widest line ends at 150: three tenths of the size may be left beside it, and a character has a rim."""
    lines: list[str | tuple[str, float]] = [(LONG[:15], 150.0), (LONG[:14], end), ("抓好落实", 40.0)]
    assert begins(column_of(lines, 170.0))[2] is has_room


@pytest.mark.parametrize(
    ("width", "longest", "has_room"),
    [(200.0, 150.0, True), (180.0, 150.0, False), (180.0, 149.0, False), (181.0, 150.0, False), (190.0, 150.0, True)],
)
def test_what_is_wider_than_a_gutter_is_room(width: float, longest: float, has_room: bool) -> None:
    """Lines that end far from the next column had room up to three sizes before it."""
    lines: list[str | tuple[str, float]] = [(LONG[:15], longest), (LONG[:14], 146.0), ("抓好落实", 40.0)]
    assert begins(column_of(lines, width))[2] is has_room


@pytest.mark.parametrize(
    ("ends", "hanging", "has_room"),
    [
        ((140.0, 140.0, 140.0), 152.0, False),
        ((140.0, 140.0, 140.0), 152.5, True),
        ((140.0, 140.0, 130.0), 152.0, False),
        ((140.0, 140.0, 129.5), 152.0, True),
        ((140.0, 140.0), 152.0, True),
    ],
)
def test_punctuation_hangs_over_an_end_that_three_lines_keep_to(
    ends: Sequence[float], hanging: float, has_room: bool
) -> None:
    full = [(LONG[:14], end) for end in ends]
    lines: list[str | tuple[str, float]] = [
        *full,
        (f"{LONG[:14]}。", hanging),
        (f"{LONG[:13]}，", 138.0),
        ("抓好落实", 40.0),
    ]
    assert begins(column_of(lines, 170.0))[-1] is has_room


@pytest.mark.parametrize(("end", "is_wide"), [(80.0, False), (80.5, True)])
def test_a_column_wider_than_eight_characters_holds_no_headings(end: float, is_wide: bool) -> None:
    rows = column_of([(LONG[:8], end), ("抓好", 20.0)], 100.0)
    assert begins(rows, "is_in_wide_column") == [is_wide] * 2


@pytest.mark.parametrize(("last", "is_whole"), [("三、环境", True), ("环境", False)])
def test_headings_run_on_where_two_more_of_their_column_begin_with_a_mark(last: str, is_whole: bool) -> None:
    rows = column_of(["一、组织", "领导", "二、宣传", "发动", last, "组织领导宣传"], 70.0)
    assert begins(rows)[1] is not is_whole


@pytest.mark.parametrize(("n_other", "is_whole"), [(1, True), (2, False)])
def test_headings_run_on_where_three_of_five_texts_begin_with_a_mark(n_other: int, is_whole: bool) -> None:
    """Of two marked headings and others below white."""
    words = [
        word("一、组织", 0.0, 100.0),
        word("领导", 0.0, 112.0),
        word("二、宣传", 0.0, 124.0),
        word("发动", 0.0, 136.0),
        word("三、环境", 0.0, 148.0),
    ]
    words += [word("环境整治工作", 0.0, 172.0 + 24 * n) for n in range(n_other)]
    rows = rows_of(*words, word("甲", 80.0, 100.0), edges=(0.0, 70.0, 170.0))
    assert begins(rows)[1] is not is_whole


@pytest.mark.parametrize(
    ("line", "is_start"),
    [("★", True), ("√", True), ("优", False), ("★★", False), ("（5分）", False)],
)
def test_a_single_sign_is_a_cell_of_its_own(line: str, is_start: bool) -> None:
    assert begins(column_of([LONG[:10], line, LONG[:10]], 120.0), "is_below_white")[1] is is_start


@pytest.mark.parametrize(
    ("lines", "is_below"),
    [
        (("开展活动（5分）", "抓好落实", LONG[:15]), True),
        (("开展活动（5分）；", "抓好落实", LONG[:15]), True),
        (("开展活动(5分）", "抓好落实", LONG[:15]), True),
        (("开展活动（五月）", "抓好落实", LONG[:15]), False),
        (("开展活动5分", "抓好落实", LONG[:15]), False),
    ],
)
def test_an_item_may_end_with_its_points(lines: Sequence[str], is_below: bool) -> None:
    assert begins(column_of(lines, 170.0), "is_below_score")[1] is is_below


@pytest.mark.parametrize(
    ("lines", "begin"),
    [
        (("5", "3"), True),
        (("5分", "3分"), True),
        (("5", "落实"), False),
    ],
)
def test_two_scores_below_each_other_are_two_texts(lines: Sequence[str], begin: bool) -> None:
    assert begins(column_of([*lines, LONG[:6]], 70.0), "is_below_white")[1] is begin


@pytest.mark.parametrize(("n_inside", "is_rest"), [(499, True), (500, False)])
def test_a_bracket_that_was_opened_long_ago_counts_no_more(n_inside: int, is_rest: bool) -> None:
    """Lines of ten characters fill the column; the bracket is in the first."""
    lines = ["（落实创建工作各项任"]
    lines += ["务落实创建工作各项任"] * (n_inside // 10)
    rows = column_of([*lines, "务抓好"], 105.0)
    assert begins(rows, "is_rest")[-1] is is_rest


def texts_at(*places: tuple[int, float]) -> list[Word]:
    """Texts by column and top, of one line each."""
    return [word("组织领导", 100.0 * column, top) for column, top in places]


@pytest.mark.parametrize(
    ("shift", "is_unsure"), [(3.0, False), (3.25, True), (10.75, True), (11.0, False), (0.0, False)]
)
def test_texts_that_begin_too_far_apart_for_one_row_and_too_near_for_two_are_unsure(
    shift: float, is_unsure: bool
) -> None:
    words = texts_at((0, 100.0), (0, 130.0), (0, 160.0), (1, 100.0), (1, 130.0 + shift), (1, 190.0), (0, 190.0))
    words += [word(LONG[:9], 200.0, 100.0 + STEP * n) for n in range(9)]
    assert rows_of(*words, edges=(0.0, 100.0, 200.0, 300.0)).has_unsure_texts is is_unsure


@pytest.mark.parametrize(("shift", "is_unsure"), [(0.0, True), (1.75, True), (2.0, False), (-0.75, True)])
def test_a_text_with_the_centre_of_a_longer_one_is_unsure(shift: float, is_unsure: bool) -> None:
    """Beside a text of three lines stands one in its middle."""
    words: list[Word] = []
    for top in (100.0, 160.0, 220.0):
        words += [word(LONG[:9], 0.0, top + STEP * n) for n in range(3)]
        words.append(word("落实", 100.0, top + STEP + shift))
    rows = rows_of(*words, edges=(0.0, 100.0, 200.0))
    assert rows.has_unsure_texts is is_unsure
