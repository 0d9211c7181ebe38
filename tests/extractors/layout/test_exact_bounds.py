"""Bounds of the layout, met exactly: pages that count as scans, tilted text, and recognised words on pictures."""

from __future__ import annotations

import math

import pytest

from extractors.layout import Page, Word
from extractors.layout.model import Box, round_to_quarter_turns
from extractors.layout.page_content import PageQuality, has_plausible_text, merge_recognised, needs_ocr

SCAN = PageQuality(1, 0, 0, 0, 1.0)
TEXT = PageQuality(1, 900, 0, 0, 0.0)
BLANK = PageQuality(1, 0, 0, 0, 0.0)


@pytest.mark.parametrize(
    ("scans", "texts", "blanks", "is_scan"),
    [
        (1, 0, 0, True),
        (0, 1, 0, False),
        (1, 1, 0, False),
        (2, 1, 0, True),
        (1, 2, 0, False),
        (2, 2, 0, False),
        (3, 2, 0, True),
        (2, 3, 0, False),
        (1, 0, 5, True),
        (1, 1, 5, False),
        (0, 0, 3, False),
    ],
)
def test_a_file_is_a_scan_if_most_of_its_filled_pages_are(scans: int, texts: int, blanks: int, is_scan: bool) -> None:
    assert needs_ocr([SCAN] * scans + [TEXT] * texts + [BLANK] * blanks) is is_scan


@pytest.mark.parametrize(
    ("turns", "tilt", "found"),
    [
        (0, 0.0, 0),
        (0, 0.0999, 0),
        (0, 0.1001, None),
        (1, -0.0999, 1),
        (1, -0.1001, None),
        (2, 0.05, 2),
        (3, 0.05, 3),
        (4, 0.0, 0),
        (-1, 0.0, 3),
    ],
)
def test_text_is_turned_by_quarters(turns: int, tilt: float, found: int | None) -> None:
    assert round_to_quarter_turns(-turns * math.pi / 2 + tilt) == found


@pytest.mark.parametrize(
    ("mapped", "unmapped", "hidden", "share", "needs"),
    [
        (90, 10, 0, 0.0, False),
        (89, 11, 0, 0.0, True),
        (8, 0, 0, 0.5, True),
        (8, 0, 0, 0.499, False),
        (9, 0, 0, 0.5, False),
        (9, 0, 1, 0.5, True),
        (109, 0, 100, 1.0, False),
        (108, 0, 100, 1.0, True),
    ],
)
def test_a_page_needs_recognition(mapped: int, unmapped: int, hidden: int, share: float, needs: bool) -> None:
    assert PageQuality(1, mapped, unmapped, hidden, share).needs_ocr is needs
    assert PageQuality(1, mapped, unmapped, hidden, share, is_scan=True).needs_ocr


@pytest.mark.parametrize(
    ("quality", "is_blank"),
    [
        (PageQuality(1, 0, 0, 0, 0.499), True),
        (PageQuality(1, 0, 0, 0, 0.5), False),
        (PageQuality(1, 1, 0, 0, 0.0), False),
        (PageQuality(1, 0, 1, 0, 0.0), False),
    ],
)
def test_a_page_is_blank(quality: PageQuality, is_blank: bool) -> None:
    assert quality.is_blank is is_blank


@pytest.mark.parametrize(
    ("text", "confidence", "is_plausible"),
    [
        ("一二三四五", 1.0, False),
        ("一二三四五六", 1.0, True),
        ("一二三四五六", 0.5, False),
        ("一二三四五六七八", 0.625, True),
        ("一二三四五六七八", 0.59, False),
    ],
)
def test_text_recognised_in_a_picture_is_plausible(text: str, confidence: float, is_plausible: bool) -> None:
    word = Word(text, 0.0, 0.0, 100.0, 10.0, confidence)
    assert has_plausible_text(Page(1, 600.0, 800.0, (word,))) is is_plausible


@pytest.mark.parametrize(
    ("x", "top", "is_added"),
    [
        (100, 100, False),
        (94, 100, False),
        (93, 100, True),
        (126, 100, False),
        (127, 100, True),
        (100, 94, False),
        (100, 93, True),
        (100, 106, False),
        (100, 107, True),
    ],
)
def test_a_recognised_word_whose_middle_lies_on_text_is_left_out(x: float, top: float, is_added: bool) -> None:
    own = Word("文字", 100.0, 100.0, 132.0, 112.0)
    found = Word("字", x - 50 + 0.0, top - 50.0, x - 50 + 12.0, top - 50 + 12.0)
    page = merge_recognised(
        Page(1, 600.0, 800.0, (own,)), Box(50.0, 50.0, 300.0, 300.0), Page(1, 250.0, 250.0, (found,))
    )
    assert [(word.text, word.x0, word.top) for word in page.words[1:]] == ([("字", x, top)] if is_added else [])
