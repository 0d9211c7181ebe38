"""Headers, footers and page numbers, at and beyond each bound: where they stand, how often, how large."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout import Page, Word, lay_out
from tests.extractors.layout.draw_pages import block_texts, grid_rulings, make_word

HEADER, TEXT = "某市文明办文件", "本页的正文到此结束。"


def kept(pages: Sequence[Sequence[Word]]) -> list[str]:
    """The texts of pages of a thousand points that stay, their own text aside."""
    drawn = [
        Page(n, 600.0, 1000.0, (*words, make_word(TEXT, 60, 500), make_word(TEXT, 60, 600)))
        for n, words in enumerate(pages, 1)
    ]
    return [text for text in block_texts(list(lay_out(drawn).blocks)) if text != TEXT]


@pytest.mark.parametrize(("top", "is_kept"), [(109.0, False), (110.0, True), (880.0, True), (881.0, False)])
def test_headers_and_footers_are_near_the_edge(top: float, is_kept: bool) -> None:
    assert kept([[make_word(HEADER, 60, top)]] * 3) == [HEADER] * 3 * is_kept


@pytest.mark.parametrize("tops", [(20.0, 40.0, 60.0, 80.0), (960.0, 940.0, 920.0, 900.0)])
def test_a_header_has_three_lines_at_most(tops: Sequence[float]) -> None:
    texts = ("某市文明办文件", "某市宣传部印发", "创建工作专用", "内部资料留存")
    assert kept([[make_word(text, 60, top) for text, top in zip(texts, tops, strict=True)]] * 3) == [texts[-1]] * 3


@pytest.mark.parametrize(
    ("n_with", "n_pages", "is_kept"), [(2, 2, True), (3, 3, False), (3, 6, False), (3, 7, True), (4, 7, False)]
)
def test_a_header_is_on_three_pages_and_on_half_of_them(n_with: int, n_pages: int, is_kept: bool) -> None:
    pages = [[make_word(HEADER, 60, 40)]] * n_with + [[]] * (n_pages - n_with)
    assert kept(pages) == [HEADER] * n_with * is_kept


@pytest.mark.parametrize(
    ("tops", "n_kept"),
    [((40.0, 40.0, 48.0), 0), ((40.0, 40.0, 56.0), 3), ((40.0, 48.0, 56.0), 2), ((40.0, 43.9, 44.1), 0)],
)
def test_headers_are_at_about_the_same_height(tops: Sequence[float], n_kept: int) -> None:
    assert len(kept([[make_word(HEADER, 60, top)] for top in tops])) == n_kept


@pytest.mark.parametrize(("top", "is_kept"), [(40.0, True), (960.0, True)])
def test_a_line_at_the_top_is_no_footer(top: float, is_kept: bool) -> None:
    pages = [[make_word(HEADER, 60, top)], [make_word(HEADER, 60, top)], [make_word(HEADER, 60, 1000 - top)]]
    assert kept(pages) == [HEADER] * 3


@pytest.mark.parametrize(
    ("numbers", "remaining"),
    [
        (("1", "2"), []),
        (("3", "4"), []),
        (("12", "27"), []),
        (("5",), ["5"]),
        (("— 5 —",), []),
        (("第5页",), []),
        (("第5页 共9页",), []),
        (("5/9",), []),
        (("5 9",), ["5 9"]),
        (("第5个",), ["第5个"]),
        (("共5页",), ["共5页"]),
    ],
)
def test_numbers_of_pages(numbers: Sequence[str], remaining: list[str]) -> None:
    assert kept([[make_word(number, 290, 960)] for number in numbers]) == remaining


@pytest.mark.parametrize(
    ("tops", "remaining"), [((960.0, 900.0), []), ((960.0, 900.0, 40.0), []), ((960.0, 450.0), ["1", "2"])]
)
def test_figures_that_count_pages_go_wherever_on_the_edge_they_stand(
    tops: Sequence[float], remaining: list[str]
) -> None:
    assert kept([[make_word(str(n), 290, top)] for n, top in enumerate(tops, 1)]) == remaining


@pytest.mark.parametrize(
    ("size", "largest", "is_kept"),
    [(11.0, 10.0, True), (10.9, 10.0, False), (11.0, 12.0, True), (11.0, 12.2, False), (20.0, 22.0, True)],
)
def test_a_title_on_every_page_stays_on_the_first_where_nothing_is_set_larger(
    size: float, largest: float, is_kept: bool
) -> None:
    title = make_word("重点任务清单", 60, 30, size)
    assert kept([[title, make_word("工作要求如下", 60, 300, largest)], [title], [title]]) == [
        *["重点任务清单"] * is_kept,
        "工作要求如下",
    ]


@pytest.mark.parametrize(
    ("first", "others", "text", "is_kept"),
    [
        ("重点任务清单", "重点任务清单", "按要求抓好落实", True),
        ("重点任务清单", "重点任务清单", "重点任务清单如下", False),
        ("重点任务清单（第1页）", "重点任务清单（第2页）", "按要求抓好落实", True),
        ("2023年任务清单", "2024年任务清单", "按要求抓好落实", False),
        ("12", "12", "按要求抓好落实", False),
        ("共3页", "共3页", "按要求抓好落实", False),
    ],
)
def test_what_is_a_title_on_every_page(first: str, others: str, text: str, is_kept: bool) -> None:
    pages = [
        [make_word(first, 60, 30, 16.0), make_word(text, 60, 300)],
        *[[make_word(others, 60, 30, 16.0)]] * 2,
    ]
    assert kept(pages) == [*[first] * is_kept, text]


def columns(n_lines: int, n_texts: int = 3, top: float = 500.0) -> list[Word]:
    """Lines of texts apart from each other, with sentences between them so that they are no table."""
    return [make_word(f"第{n}处", 60.0 + 100 * at, top + 60 * n) for n in range(n_lines) for at in range(n_texts)]


@pytest.mark.parametrize(
    ("n_lines", "n_texts", "n_inside", "is_noted"),
    [(4, 3, 0, True), (3, 3, 0, False), (4, 2, 0, False), (4, 3, 50, True), (4, 3, 52, False)],
)
def test_texts_in_columns_outside_of_tables_are_noted(
    n_lines: int, n_texts: int, n_inside: int, is_noted: bool
) -> None:
    words = columns(n_lines, n_texts)
    rulings = grid_rulings([50.0, 250.0, 550.0], [50.0, 150.0, 250.0]) if n_inside else []
    inside = [make_word("文" * (n_inside // 2), x, y) for x, y in ((60.0, 60.0), (260.0, 60.0)) if n_inside]
    layout = lay_out([Page(7, 600.0, 1000.0, (*words, *inside), tuple(rulings))])
    found = [note.message for note in layout.notes if note.rule == "columns_outside_tables"]
    assert [message.startswith(f"第7页有 {n_lines} 行文字分列排放") for message in found] == [True] * is_noted
