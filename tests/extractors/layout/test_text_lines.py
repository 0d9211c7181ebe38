"""Words become lines and lines text: gaps, wraps and vertical writing at the widths that decide."""

from __future__ import annotations

import pytest

from extractors.layout.model import TextLine, Word
from extractors.layout.text_lines import (
    cell_words_to_lines,
    ends_sentence,
    find_line_end,
    has_open_bracket,
    is_wrapped,
    join_line,
    lines_to_text,
    measure_ems,
    split_entries,
    starts_item,
    words_to_lines,
)

SIZE = 10.0


def word(text: str, x: float, top: float = 0.0, size: float = SIZE) -> Word:
    return Word(text, x, top, x + measure_ems(text) * size, top + size)


def line(text: str, x: float = 0.0, top: float = 0.0) -> TextLine:
    return TextLine(text, x, top, x + measure_ems(text) * SIZE, top + SIZE, SIZE, 1)


def texts(*words: Word) -> list[str]:
    return [one.text for one in cell_words_to_lines(list(words), 1)]


@pytest.mark.parametrize(
    ("text", "ems"), [("", 0), ("文明", 2), ("ab", 1), ("文a", 1.5), ("，“”…—", 5), ("1.", 1), ("①→", 2), ("ｆ", 1)]
)
def test_widths(text: str, ems: float) -> None:
    assert measure_ems(text) == ems


@pytest.mark.parametrize(
    ("text", "is_open"),
    [("（一", True), ("（一）", False), ("一）", False), ("《“甲”", True), ("(a", True), ("〔1", True)],
)
def test_an_open_bracket(text: str, is_open: bool) -> None:
    assert has_open_bracket(text) is is_open


@pytest.mark.parametrize(
    ("text", "is_end"),
    [("完成。", True), ("完成。”） ", True), ("要求：", True), ("完成", False), ("完成，", False), ("", False)],
)
def test_the_end_of_a_sentence(text: str, is_end: bool) -> None:
    assert ends_sentence(text) is is_end


@pytest.mark.parametrize(
    ("before", "text", "is_item"),
    [
        ("甲。", "1.乙", True),
        ("甲。", " （二）乙", True),
        ("甲。", "①乙", True),
        ("甲。", "第三条 乙", True),
        ("甲。", "附件2", True),
        ("甲。", "1.5倍", False),
        ("甲。", "1234.乙", False),
        ("甲（见", "1.乙", False),
        ("五", "一、乙", False),
        ("甲，", "1.乙", False),
        ("甲。", "乙", False),
    ],
)
def test_the_beginning_of_an_item(before: str, text: str, is_item: bool) -> None:
    assert starts_item(before, text) is is_item


class TestLines:
    @pytest.mark.parametrize(("top", "n_lines"), [(4.9, 1), (5.0, 1), (5.1, 2), (-5.1, 2)])
    def test_words_that_overlap_by_half_are_side_by_side(self, top: float, n_lines: int) -> None:
        assert len(words_to_lines([word("甲", 0), word("乙", 20, top)])) == n_lines

    def test_the_smaller_type_counts(self) -> None:
        assert len(words_to_lines([word("甲", 0), word("2", 20, 7.0, 6.0)])) == 1
        assert len(words_to_lines([word("甲", 0), word("2", 20, 7.1, 6.0)])) == 2

    def test_words_stand_from_left_to_right(self) -> None:
        found = words_to_lines([word("丙", 0, 20), word("乙", 30), word("甲", 0, 1)])
        assert [[one.text for one in each] for each in found] == [["甲", "乙"], ["丙"]]

    @pytest.mark.parametrize(
        ("left", "right", "gap", "blanks"),
        [
            ("甲", "乙", 1.9, ""),
            ("甲", "乙", 2.0, " "),
            ("甲", "乙", 8.9, " "),
            ("甲", "乙", 9.0, "  "),
            ("a", "b", 1.4, ""),
            ("a", "b", 1.5, " "),
            ("甲", "b", 4.9, ""),
            ("甲", "b", 5.0, " "),
            ("a", "乙", 4.9, ""),
            ("a", "乙", 5.0, " "),
            ("甲 ", "乙", 9.0, ""),
            ("甲", " 乙", 9.0, ""),
        ],
    )
    def test_gaps_that_a_person_sees_are_blanks(self, left: str, right: str, gap: float, blanks: str) -> None:
        first = word(left, 0)
        found = join_line([first, word(right, first.x1 + gap)], 1)
        assert found.text == f"{left}{blanks}{right}"

    def test_what_a_line_has_of_its_words(self) -> None:
        first, last = Word("甲乙", 0, 1, 20, 11, 0.9, doubtful="乙"), Word("丙", 20, 0, 32, 12, 0.8, doubtful="丙")
        assert join_line([first, last], 3) == TextLine("甲乙丙", 0, 0, 32, 12, 10, 3, 0.8, "乙丙")
        assert join_line([first], 3) == TextLine("甲乙", 0, 1, 20, 11, 10, 3, 0.9, "乙")
        assert join_line([word("甲", 0), word("乙", 10)], 1).confidence is None


class TestVerticalWriting:
    def test_one_column_reads_downwards(self) -> None:
        assert texts(word("织", 0, 12), word("组", 0)) == ["组织"]
        assert texts(word("组", 0), word("a", 0, 12)) == ["组", "a"]

    @pytest.mark.parametrize(("x", "found"), [(5.0, ["组织"]), (5.1, ["组", "织"])])
    def test_characters_below_each_other(self, x: float, found: list[str]) -> None:
        assert texts(word("组", 0), word("织", x, 12)) == found

    def test_columns_read_from_the_right_unless_they_are_numbered(self) -> None:
        columns = [word("领", 0), word("导", 0, 11), word("组", 30), word("织", 30, 11)]
        assert texts(*columns) == ["组织", "领导"]
        assert texts(word("一", 0), *columns[1:]) == ["一导", "组织"]
        assert texts(word("一", 0, 1), *columns[1:]) == ["组织", "一导"]

    def test_fewer_than_four_characters_are_lines(self) -> None:
        assert texts(word("导", 0, 11), word("组", 30), word("织", 30, 11)) == ["组", "导  织"]

    @pytest.mark.parametrize(("x", "found"), [(11.0, ["领组", "导织"]), (11.1, ["组织", "领导"])])
    def test_columns_stand_further_apart_than_their_characters(self, x: float, found: list[str]) -> None:
        columns = [word("领", 0), word("导", 0, 11), word("组", x), word("织", x, 11)]
        assert texts(*columns) == found

    def test_turned_text(self) -> None:
        upwards = [Word("环境", 0, 0, 10, 20, rotation=90), Word("卫生", 12, 0, 22, 20, rotation=90)]
        downwards = [Word("环境", 12, 0, 22, 20, rotation=270), Word("卫生", 0, 0, 10, 20, rotation=270)]
        assert texts(word("甲", 40), *reversed(upwards)) == ["环境", "卫生", "甲"]
        assert texts(word("甲", 40), *reversed(downwards)) == ["环境", "卫生", "甲"]


class TestWraps:
    @pytest.mark.parametrize(("right", "is_full"), [(61.4, True), (61.6, False)])
    def test_a_line_is_full_if_the_next_character_had_no_room(self, right: float, is_full: bool) -> None:
        assert is_wrapped(line("创建文明城"), line("市", top=12), 0.0, right) is is_full

    @pytest.mark.parametrize(
        ("text", "ems"),
        [("市", 1), ("市，", 2), ("（市", 2), ("abc市", 1.5), ("“市”", 3), ("市。”", 3), ("a b", 0.5)],
    )
    def test_what_stays_together_at_a_wrap(self, text: str, ems: float) -> None:
        before = line("创建文明城")
        gap = 0.25 if text[:1].isascii() else 0.0
        edge = before.x1 + (ems + gap + 0.15) * SIZE
        assert is_wrapped(before, line(text, top=12), 0.0, edge - 0.1)
        assert not is_wrapped(before, line(text, top=12), 0.0, edge + 0.1)

    @pytest.mark.parametrize(("text", "end"), [("创建文明，", 40.0), ("创建文明", 40.0), ("创建,", 25.0)])
    def test_closing_marks_may_hang_over(self, text: str, end: float) -> None:
        assert find_line_end(line(text)) == pytest.approx(end)

    def test_a_centred_line_had_the_room_on_both_sides(self) -> None:
        before = line("文明城", 20.0)
        assert is_wrapped(before, line("市创建工作", 10.0, 12), 0.0, 70.0) is False
        assert is_wrapped(before, line("市", 0.0, 12), 0.0, 61.0) is True

    def test_lines_broken_on_purpose_keep_their_line_feed(self) -> None:
        full, short = line("创建文明城市工"), line("作", top=12)
        assert lines_to_text([], 0.0, 70.0) == ""
        assert lines_to_text([full, short], 0.0, 70.0) == "创建文明城市工作"
        assert lines_to_text([short, full], 0.0, 70.0) == "作\n创建文明城市工"
        assert lines_to_text([full, line("2.评比", top=12)], 0.0, 70.0) == "创建文明城市工\n2.评比"
        assert lines_to_text([line("Ⅲ-1"), line("2", top=12)], 0.0, 70.0) == "Ⅲ-12"
        assert lines_to_text([line("Ⅲ-1"), line("2.评比", top=12)], 0.0, 70.0) == "Ⅲ-1\n2.评比"

    @pytest.mark.parametrize(
        ("before", "after", "text"),
        [
            ("open reading", "book", "open reading book"),
            ("reading list,", "book", "reading list, book"),
            ("room number 1", "2", "room number 12"),
            ("room number 1", "b", "room number 1b"),
        ],
    )
    def test_wrapped_letters_keep_a_blank(self, before: str, after: str, text: str) -> None:
        first = line(before)
        assert lines_to_text([first, line(after, top=12)], 0.0, first.x1) == text


@pytest.mark.parametrize(
    ("text", "entries", "split"),
    [
        ("王芳李强", {"王芳", "李强"}, "王芳\n李强"),
        ("王芳李强赵", {"王芳", "李强"}, "王芳李强赵"),
        ("王芳", {"王芳"}, "王芳"),
        ("王李强", {"王", "李强"}, "王李强"),
        ("甲" * 12 + "王芳", {"甲" * 12, "王芳"}, "甲" * 12 + "\n王芳"),
        ("甲" * 13 + "王芳", {"甲" * 13, "王芳"}, "甲" * 13 + "王芳"),
        ("王芳" * 30, {"王芳"}, "\n".join(["王芳"] * 30)),
        ("王芳" * 31, {"王芳"}, "王芳" * 31),
    ],
)
def test_entries_that_run_together(text: str, entries: set[str], split: str) -> None:
    assert split_entries(text, entries) == split
