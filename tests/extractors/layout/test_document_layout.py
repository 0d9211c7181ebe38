"""Pages → paragraphs; headers, footers and page numbers are dropped, footnotes come last."""

from __future__ import annotations

from extractors.document import Paragraph
from extractors.layout import Word
from tests.extractors.layout.draw_pages import (
    block_texts,
    grid_rulings,
    horizontal,
    lay_out_blocks,
    make_page,
    make_word,
)


def test_page_numbers_and_headers_are_dropped() -> None:
    pages = [
        make_page(
            [
                make_word("某市文明办文件", 60, 30),
                make_word(f"第{n}页的正文到此结束。", 60, 200),
                make_word(f"— {n} —", 280, 800),
            ],
            (),
            n,
        )
        for n in range(1, 5)
    ]
    assert block_texts(lay_out_blocks(pages)) == [f"第{n}页的正文到此结束。" for n in range(1, 5)]


def test_bare_figures_in_the_foot_go_only_when_they_count_pages() -> None:
    counted = [make_page([make_word("正文到此结束。", 60, 200), make_word(str(n), 290, 810)], (), n) for n in (1, 2, 3)]
    assert block_texts(lay_out_blocks(counted)) == ["正文到此结束。"] * 3
    assert block_texts(
        lay_out_blocks([make_page([make_word("正文到此结束。", 60, 200), make_word("2023", 290, 810)])])
    ) == [
        "正文到此结束。",
        "2023",
    ]


FULL = "为深入贯彻落实上级关于精神文明建设工作的决策部署结合本单位实际情况制定本工作实施方案如下所"
"""Reaches from the indent at 80 points to the right margin."""


def _prose(texts: list[tuple[float, str]], top: float = 100.0) -> list[Word]:
    return [make_word(text, x, top + 20 * i) for i, (x, text) in enumerate(texts)]


def test_paragraphs_by_indent_and_line_width() -> None:
    body = [
        (80.0, FULL),
        (60.0, "，请认真执行。"),
        (80.0, "一、总体要求"),
        (80.0, FULL),
        (60.0, "列各项任务，按时完成。"),
    ]
    got = lay_out_blocks([make_page(_prose(body))])
    assert block_texts(got) == [FULL + "，请认真执行。", "一、总体要求", FULL + "列各项任务，按时完成。"]
    assert isinstance(got[0], Paragraph)
    assert got[0].locator == "第1页 (60,100,530,130)"


def test_title_in_two_centred_lines_is_one_paragraph() -> None:
    words = [
        Word("关于印发某某单位文明创建工作实施方案", 70, 100, 525, 120), Word("的通知", 270, 130, 325, 150),
        make_word("各科室：", 60, 180), make_word("现将方案印发给你们，请认真贯彻执行，并于月底前报送材料", 80, 200),
    ]  # fmt: skip
    assert block_texts(lay_out_blocks([make_page(words)]))[:2] == [
        "关于印发某某单位文明创建工作实施方案的通知",
        "各科室：",
    ]


def test_paragraph_goes_on_over_the_page_edge() -> None:
    first = make_page(_prose([(80.0, FULL), (60.0, FULL + "目标")], 760), (), 1)
    second = make_page(_prose([(60.0, "任务。"), (80.0, "二、工作目标")], 80), (), 2)
    assert block_texts(lay_out_blocks([first, second])) == [FULL + FULL + "目标任务。", "二、工作目标"]


def test_numbered_items_begin_paragraphs_even_after_full_lines() -> None:
    first, second = "1." + FULL + "事", "2." + FULL + "项"
    assert block_texts(lay_out_blocks([make_page(_prose([(60.0, first), (60.0, second)]))])) == [first, second]


def test_padded_names_keep_their_blanks() -> None:
    words = [make_word("于", 60, 100), make_word("昉", 80, 100), make_word("张志斌", 105, 100)]
    assert block_texts(lay_out_blocks([make_page(words)])) == ["于  昉  张志斌"]


def test_footnotes_follow_at_the_end() -> None:
    words = [
        make_word("正文有脚注①。", 60, 100),
        Word("①指各科室。", 60, 760, 108, 768),
        make_word("下页正文结束。", 60, 100),
    ]
    first = make_page(words[:2], [horizontal(750, 60, 170)], 1)
    got = lay_out_blocks([first, make_page(words[2:], (), 2)])
    assert [(b.text, b.note) for b in got if isinstance(b, Paragraph)] == [
        ("正文有脚注①。", False), ("下页正文结束。", False), ("①指各科室。", True)
    ]  # fmt: skip


def test_blank_pages_and_no_pages() -> None:
    assert lay_out_blocks([]) == []
    assert lay_out_blocks([make_page([]), make_page([make_word("  ", 10, 10)], grid_rulings([1, 2], [1, 2]), 2)]) == []
