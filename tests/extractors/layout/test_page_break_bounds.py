"""Rows and spans at a page edge, at and beyond each bound: room, blanks, habits of a column, padding."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import pytest

from extractors.layout.model import Box, TextLine
from extractors.layout.page_breaks import CellPart, ColumnStats, MultiPageCell
from extractors.parsers.table_words import VOCABULARY_WORDS

SIZE = 10.0
WIDE, NARROW = (0.0, 100.0), (100.0, 140.0)
THIRD, LAST = (140.0, 240.0), (240.0, 280.0)
FULL = "落实创建工作各项任务"
"""Fills a line of the wide column."""


def cell(
    text: str,
    x: tuple[float, float] = WIDE,
    row: int = 0,
    *,
    row_span: int = 1,
    room: float = 0.0,
    leading: float = 12.0,
    is_at_top: bool = False,
    start: float = 0.0,
) -> MultiPageCell:
    """A cell of lines that reach to `room` points above its bottom."""
    lines = [
        TextLine(one, x[0] + start, leading * n, x[0] + start + SIZE * len(one), leading * n + SIZE, SIZE, 1)
        for n, one in enumerate(text.split("\n") if text else ())
    ]
    bottom = (lines[-1].bottom if lines else SIZE) + room
    return MultiPageCell(row, row_span, *x, [CellPart(1, Box(x[0], 0.0, x[1], bottom), lines)], is_at_top)


def stats(*rows: Sequence[MultiPageCell], new: Sequence[MultiPageCell] = ()) -> ColumnStats:
    """The columns of rows, each cell of which gets its row."""
    found = []
    for number, row in enumerate(rows):
        for one in row:
            one.row = number
            found.append(one)
    return ColumnStats(found, [], VOCABULARY_WORDS, new_cells=list(new))


@pytest.mark.parametrize(
    ("paddings", "padding"),
    [
        ([], 0.0),
        ([3.0], 3.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 1.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 2.0),
        ([float(n) for n in range(16)], 2.0),
    ],
)
def test_the_padding_is_an_eighth_from_the_lowest(paddings: list[float], padding: float) -> None:
    columns = stats()
    columns.add_paddings(paddings[::-1])
    assert columns.padding() == padding


def test_paddings_of_further_pages_count_until_they_are_enough() -> None:
    columns = stats()
    columns.add_paddings([4.0] * 1499)
    columns.add_paddings([2.0] * 300)
    assert columns.padding() == 2.0
    columns.add_paddings([1.0] * 900)
    assert columns.padding() == 2.0


def test_a_column_is_compared_by_its_last_cells() -> None:
    cells = [cell("甲", row=n) for n in range(1501)]
    assert stats(*([one] for one in cells)).recent_cells() == cells[1:]


@pytest.mark.parametrize(
    ("ends", "right"),
    [
        ((50.0, 55.0, 60.0), 70.0),
        ((49.9, 55.0, 60.0), 100.0),
        ((80.0, 85.0, 90.0), 90.0),
        ((80.0, 85.0), 100.0),
        ((95.0, 99.0, 104.0), 100.0),
    ],
)
def test_the_right_edge_of_texts_where_no_border_is_drawn(ends: Sequence[float], right: float) -> None:
    columns = stats()
    columns.text_ends = {0: sorted(ends)}
    assert columns.text_margins(cell("甲乙"))[1] == right


def test_the_three_longest_lines_show_where_the_texts_of_a_column_end() -> None:
    columns = stats()
    columns.text_ends = {}
    columns.add_text_ends([cell("一二三\n一二三四\n一"), cell("一二三四五"), cell("一二", NARROW)])
    assert columns.text_ends == {0: [30.0, 40.0, 50.0], 100: [120.0]}
    columns.text_ends = None
    columns.add_text_ends([cell("一二三")])
    assert columns.text_ends is None


@pytest.mark.parametrize(("start", "length", "margins"), [(-2.0, 3, (-2.0, 97.0)), (5.0, 10, (3.0, 105.0))])
def test_text_beyond_the_padding_widens_the_margins(start: float, length: int, margins: tuple[float, float]) -> None:
    columns = stats()
    columns.add_paddings([3.0])
    assert columns.text_margins(cell("甲" * length, start=start)) == margins


def above_and_below(
    texts: tuple[str, str] = (FULL, "按时完成"), room: float = 0.0, x: tuple[float, float] = WIDE
) -> tuple[MultiPageCell, MultiPageCell]:
    return cell(texts[0], x, 9, room=room), cell(texts[1], x, 0, is_at_top=True)


@pytest.mark.parametrize(("room", "is_cut"), [(8.9, True), (9.0, False)])
def test_a_row_is_cut_where_no_further_line_had_room(room: float, is_cut: bool) -> None:
    assert stats().is_row_cut([above_and_below(room=room)]) is is_cut


@pytest.mark.parametrize(("width", "row_span", "is_cut"), [(80.0, 1, False), (90.0, 1, True), (90.0, 2, False)])
def test_line_breaks_of_a_wide_column_tell_whether_a_row_is_cut(width: float, row_span: int, is_cut: bool) -> None:
    """The column that distinguishes rows does not: its text may end there or not."""
    columns = stats([cell(FULL, THIRD)], [cell(FULL, THIRD)])
    key = above_and_below((f"{FULL}\n任务", "按时完成"), x=THIRD)
    wrapped = above_and_below((FULL[: int(width) // 10], "按时"), x=(0.0, width))
    wrapped[0].row_span = row_span
    assert columns.is_row_cut([key, wrapped]) is is_cut


@pytest.mark.parametrize(
    ("blanks", "below", "is_cut"),
    [(1, "按时完成", True), (2, "按时完成", False), (1, "（一）按时完成", False)],
)
def test_a_blank_in_the_column_that_distinguishes_rows_is_no_new_row(blanks: int, below: str, is_cut: bool) -> None:
    """Of twenty rows one may be blank there."""
    others = [cell("甲科", NARROW), cell("乙科", LAST)]
    rows = [[cell(FULL + FULL if n >= blanks else "", THIRD), *deepcopy(others)] for n in range(20)]
    pairs = [above_and_below((FULL, ""), x=THIRD), above_and_below((f"{FULL}\n任务", below))]
    assert stats(*rows).is_row_cut(pairs) is is_cut


@pytest.mark.parametrize(
    ("above", "below", "is_cut"),
    [
        (FULL, "按时完成", True),
        (f"{FULL[:9]}。", "按时完成", False),
        (FULL, "（一）按时完成", False),
        (FULL, "1.按时完成", False),
        (f"{FULL[:6]}（按时", "（一）完成）", True),
        (FULL[:5], "按时完成", False),
        (f"{FULL}\n（各地", "完成）", True),
    ],
)
def test_a_text_goes_on_unless_it_plainly_begins(above: str, below: str, is_cut: bool) -> None:
    assert stats().is_row_cut([above_and_below((above, below))]) is is_cut


def test_a_row_with_a_new_column_or_below_a_blank_cell_is_not_cut() -> None:
    pair = above_and_below()
    assert stats().is_row_cut([pair])
    assert not stats().is_row_cut([pair, (None, cell("甲", NARROW))])
    assert not stats().is_row_cut([pair, above_and_below(("", "甲"), x=NARROW)])
    assert stats().is_row_cut([pair, above_and_below(("甲", ""), x=NARROW)])
    assert stats().is_row_cut([pair, above_and_below(("", ""), x=NARROW)])


@pytest.mark.parametrize(("above", "below", "is_cut"), [("5", "3", False), ("5", "分", True), ("分", "3", True)])
def test_two_scores_are_two_rows(above: str, below: str, is_cut: bool) -> None:
    assert stats().is_row_cut([above_and_below(), above_and_below((above, below), x=NARROW)]) is is_cut


@pytest.mark.parametrize(
    ("n_single", "n_double", "lines", "is_cut"),
    [
        (3, 0, "某科", False),
        (2, 0, "某科", True),
        (4, 1, "某科", False),
        (3, 1, "某科", True),
        (3, 0, "某科\n某室", True),
    ],
)
def test_a_column_of_single_lines_has_another_value_in_each_row(
    n_single: int, n_double: int, lines: str, is_cut: bool
) -> None:
    rows = [[cell("甲科", NARROW)]] * n_single + [[cell("甲科\n乙科", NARROW)]] * n_double
    columns = stats(*([cell(one.text if len(one.lines) < 2 else "甲科\n乙科", NARROW)] for (one,) in rows))
    assert columns.is_row_cut([above_and_below(), above_and_below((lines, "乙科"), x=NARROW)]) is is_cut


@pytest.mark.parametrize(
    ("fills", "is_cut"),
    [
        (("甲", "乙"), True),
        (("甲",), False),
        (("甲", ""), False),
    ],
)
def test_a_blank_in_a_column_that_every_row_fills_is_no_new_row(fills: Sequence[str], is_cut: bool) -> None:
    rows = [[cell("按时完成。", (140.0, 240.0)), cell(one, NARROW)] for one in fills]
    ended = above_and_below((f"{FULL[:9]}。", "按时完成"), x=THIRD)
    assert stats(*rows).is_row_cut([ended, above_and_below(("丙", ""), x=NARROW)]) is is_cut


@pytest.mark.parametrize(
    ("room", "n_filled", "is_cut"),
    [(41.9, 2, True), (42.0, 2, False), (41.9, 1, False)],
)
def test_lines_kept_together_leave_room_above_the_edge(room: float, n_filled: int, is_cut: bool) -> None:
    """Two lines and less than one, where a column that every row fills is blank."""
    rows = [[cell("甲科", NARROW), cell("按时完成。", THIRD)] for _ in range(n_filled + 1)]
    pairs = [above_and_below(("落实创建", "按时完成"), room), above_and_below(("丙科", ""), x=NARROW)]
    assert stats(*rows).is_row_cut(pairs) is is_cut


@pytest.mark.parametrize(("n_columns", "width", "is_cut"), [(3, 90.0, True), (2, 90.0, False), (3, 80.0, False)])
def test_three_columns_that_break_off_are_cut_however_much_room_was_left(
    n_columns: int, width: float, is_cut: bool
) -> None:
    places = [(200.0 * n, 200.0 * n + width) for n in range(n_columns)]
    pairs = [above_and_below((FULL[: int(width) // 10], "按时完成"), 90.0, x) for x in places]
    assert stats().is_row_cut(pairs) is is_cut


@pytest.mark.parametrize(
    ("n_ended", "n_open", "texts", "room", "is_cut"),
    [
        (3, 0, (FULL, "按时完成"), 41.9, True),
        (2, 0, (FULL, "按时完成"), 41.9, False),
        (4, 1, (FULL, "按时完成"), 41.9, True),
        (3, 1, (FULL, "按时完成"), 41.9, False),
        (3, 0, (FULL, "按时完成"), 42.0, False),
        (3, 0, (f"{FULL[:9]}。", "按时完成"), 41.9, False),
        (3, 0, (FULL, "1.按时完成"), 41.9, False),
        (3, 0, (FULL[:5], "按时完成"), 41.9, False),
    ],
)
def test_one_column_of_sentences_that_breaks_off_is_cut(
    n_ended: int, n_open: int, texts: tuple[str, str], room: float, is_cut: bool
) -> None:
    rows = [[cell("各部门\n按时完成。")]] * n_ended + [[cell("各部门\n按时完成")]] * n_open
    columns = stats(*(deepcopy(row) for row in rows))
    assert columns.is_row_cut([above_and_below(texts, room)]) is is_cut


@pytest.mark.parametrize(
    ("tops", "room", "is_cut"), [((0.0, 20.0), 59.9, True), ((0.0, 20.0), 60.0, False), ((0.0, 5.0), 29.9, True)]
)
def test_room_is_counted_in_lines_of_the_cell(tops: Sequence[float], room: float, is_cut: bool) -> None:
    columns = stats(*([cell("各部门\n按时完成。")] for _ in range(3)))
    above, below = above_and_below((f"{FULL}\n{FULL}", "按时完成"))
    above.parts[0].lines[:] = [
        TextLine(FULL, 0.0, top, 100.0, top + SIZE, SIZE, 1) for top in tops
    ]  # fmt: skip
    above.parts[0].box = Box(0.0, 0.0, 100.0, tops[-1] + SIZE + room)
    assert columns.is_row_cut([(above, below)]) is is_cut


@pytest.mark.parametrize(
    ("above", "below", "spans", "is_same"),
    [
        ("", "", (1, 2), True),
        ("", "", (2, 1), True),
        ("", "", (1, 1), False),
        ("甲", "", (2, 1), True),
        (FULL, "按时完成", (2, 1), True),
        (FULL, "按时完成", (1, 2), True),
        (FULL, "按时完成", (1, 1), False),
        (FULL[:5], "按时完成", (2, 1), False),
        ("", "甲", (2, 1), True),
        ("", "甲", (1, 2), True),
        ("5", "3", (2, 1), False),
    ],
)
def test_the_rest_of_a_span_at_the_top_of_a_page(above: str, below: str, spans: tuple[int, int], is_same: bool) -> None:
    pair = cell(above, row_span=spans[0]), cell(below, row_span=spans[1])
    assert stats().is_same_span(*pair) is is_same


@pytest.mark.parametrize(("n_blank", "is_same"), [(2, False), (3, False), (1, True)])
def test_a_blank_in_a_column_with_blanks_is_the_rest_of_no_span(n_blank: int, is_same: bool) -> None:
    """Of ten rows one may be blank."""
    others = [cell("甲科", NARROW), cell("乙科", LAST)]
    rows = [[cell("" if n < n_blank else "各部门"), *deepcopy(others)] for n in range(10)]
    assert stats(*rows).is_same_span(cell("甲", row_span=2), cell("")) is is_same
    assert stats(*rows).is_same_span(cell("", row_span=2), cell("甲")) is is_same


def test_a_blank_where_the_column_has_spans_is_the_rest_of_one() -> None:
    plain, spans = stats([cell("各部门")]), stats([cell("各部门", row_span=2)])
    assert not plain.is_same_span(cell("甲"), cell(""))
    assert spans.is_same_span(cell("甲"), cell(""))


def test_two_names_that_are_also_alone_elsewhere_are_no_rest_of_a_span() -> None:
    columns = stats([cell("市委宣传部精神文明办")], [cell("市教育局")])
    pair = cell("市委宣传部精神文明办", row_span=2), cell("市教育局")
    assert stats().is_same_span(*pair)
    assert not columns.is_same_span(*pair)


@pytest.mark.parametrize(("shift", "is_known"), [(5.0, True), (5.1, False), (-5.0, True), (-5.1, False)])
@pytest.mark.parametrize("edge", [0, 1])
def test_columns_of_two_pages_are_the_same_within_five_points(shift: float, edge: int, is_known: bool) -> None:
    place = (WIDE[0] + shift * (edge == 0), WIDE[1] + shift * (edge == 1))
    columns = stats([cell("各部门", place, row_span=2)])
    assert columns.is_same_span(cell("甲"), cell("")) is is_known


@pytest.mark.parametrize(("is_at_top", "is_known"), [(False, True), (True, False)])
def test_a_cell_at_the_top_of_a_page_shows_nothing_of_its_column(is_at_top: bool, is_known: bool) -> None:
    columns = stats([cell("各部门", row_span=2, is_at_top=is_at_top)])
    assert columns.is_same_span(cell("甲"), cell("")) is is_known
    columns = stats(new=[cell("各部门", row_span=2, is_at_top=is_at_top)])
    assert columns.is_same_span(cell("甲"), cell("")) is is_known
