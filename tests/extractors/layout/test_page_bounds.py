"""Footnotes, frames and words over borders of a page, at and beyond each bound."""

from __future__ import annotations

import pytest

from extractors.document import Paragraph, Table
from extractors.layout import Page, Ruling, Word, lay_out
from tests.extractors.layout.draw_pages import grid_rulings, horizontal, make_word, table_texts

TEXT, NOTE = "正文到此结束。", "①指各科室。"


def notes_of(
    line: Ruling,
    *,
    note_x: float = 60.0,
    note_size: float = 8.0,
    text_bottom: float = 200.0,
    rulings: tuple[Ruling, ...] = (),
) -> list[str]:
    """The footnotes of a page of 600 by 1000 points with a line and smaller text below it."""
    words = [
        make_word(TEXT, 60.0, text_bottom - 10.0),
        make_word(TEXT, 60.0, 100.0),
        make_word(NOTE, note_x, line.top + 10.0, note_size),
    ]
    found = lay_out([Page(1, 600.0, 1000.0, tuple(words), (line, *rulings))]).blocks
    return [block.text for block in found if isinstance(block, Paragraph) and block.note]


@pytest.mark.parametrize(("length", "is_note"), [(39.0, False), (40.0, True), (270.0, True), (271.0, False)])
def test_the_line_above_footnotes_is_short(length: float, is_note: bool) -> None:
    assert notes_of(horizontal(800.0, 60.0, 60.0 + length)) == [NOTE] * is_note


@pytest.mark.parametrize(("y", "is_note"), [(300.0, False), (301.0, True)])
def test_footnotes_begin_below_the_upper_third(y: float, is_note: bool) -> None:
    assert notes_of(horizontal(y, 60.0, 160.0)) == [NOTE] * is_note


@pytest.mark.parametrize(("x", "is_note"), [(48.0, True), (47.0, False), (72.0, True), (73.0, False)])
def test_footnotes_begin_about_where_their_line_does(x: float, is_note: bool) -> None:
    assert notes_of(horizontal(800.0, 60.0, 160.0), note_x=x) == [NOTE] * is_note


@pytest.mark.parametrize(("size", "is_note"), [(9.25, True), (9.5, False), (10.0, False)])
def test_footnotes_are_set_smaller(size: float, is_note: bool) -> None:
    assert notes_of(horizontal(800.0, 60.0, 160.0), note_size=size) == [NOTE] * is_note


@pytest.mark.parametrize(("gap", "is_note"), [(2.0, True), (1.5, False)])
def test_a_line_right_below_text_underlines_it(gap: float, is_note: bool) -> None:
    assert notes_of(horizontal(800.0, 60.0, 160.0), text_bottom=800.0 - gap) == [NOTE] * is_note


def test_footnotes_stand_below_the_tables() -> None:
    table = tuple(grid_rulings([60.0, 200.0, 340.0], [850.0, 870.0, 890.0]))
    assert notes_of(horizontal(800.0, 60.0, 160.0), rulings=table) == []
    table = tuple(grid_rulings([60.0, 200.0, 340.0], [450.0, 470.0, 490.0]))
    assert notes_of(horizontal(800.0, 60.0, 160.0), rulings=table) == [NOTE]


def cells_of(word: Word) -> list[list[str]]:
    """A word on a grid whose second column begins at 200."""
    page = Page(1, 600.0, 800.0, (word,), tuple(grid_rulings([100.0, 200.0, 300.0], [100.0, 120.0, 140.0])))
    (table,) = [block for block in lay_out([page]).blocks if isinstance(block, Table)]
    return table_texts(table)


@pytest.mark.parametrize(
    ("text", "x", "first", "second"),
    [
        ("落实任务", 180.0, "落实", "任务"),
        ("落实任务", 163.0, "落实任务", ""),
        ("落实任务", 162.5, "落实任务", ""),
        ("落实任务", 164.0, "落实任务", ""),
        ("落实任务", 166.0, "落实任", "务"),
        ("落实任务", 196.0, "", "落实任务"),
        ("落实任务", 197.5, "", "落实任务"),
        ("务", 195.5, "", "务"),
        ("得3.5分", 182.5, "得3.5", "分"),
    ],
)
def test_a_word_over_a_border_is_split_at_the_nearest_character(text: str, x: float, first: str, second: str) -> None:
    assert cells_of(make_word(text, x, 105.0))[0] == [first, second]
