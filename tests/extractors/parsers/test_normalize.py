"""Text normalization of the warehouse, offsets and decimals."""

from __future__ import annotations

import re

import pytest

from extractors import normalize
from extractors.normalize import (
    OffsetText,
    bigrams,
    cjk_share,
    clean,
    count_bigrams,
    drop_with_offsets,
    fold_repeat,
    is_placeholder,
    strip_artefacts,
    strip_whitespace,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("责任\n领导", "责任领导"),
        ("软 环 境\n建设", "软环境建设"),
        ("提供（ 1 分） 。", "提供（1分）。"),
        ("Word  and\nExcel", "Word and Excel"),
        ("2021 年创建", "2021年创建"),
        ("[bookmark: _GoBack]3.单位记录", "3.单位记录"),
        ("<ol> <li>开展活动</li> </ol>", "开展活动"),
        ("\ufeff标题\u200b", "标题"),
        ("创建氛围\n创建氛围\n", "创建氛围"),
        ("3\n\n3", "3"),
        ("Ⅰ-1\n党建\n（15分）\n\nⅠ-1\n党建\n\n（15分）", "Ⅰ-1党建（15分）"),
        ("甲\n乙\n甲\n乙\n甲\n乙", "甲乙"),
        ("人际互助\n\n人际关系", "人际互助人际关系"),
        ("人人参与", "人人参与"),
        ("11", "11"),
        ("", ""),
    ],
)
def test_clean(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_a_repeat_inside_one_word_is_no_page_edge() -> None:
    assert fold_repeat("谢谢") == "谢谢"
    assert fold_repeat("材料 材料") == "材料"


@pytest.mark.parametrize("text", ["----", "——", "—", "无", " / ", "－"])
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["无锡科", "办公室", "1"])
def test_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_strip_whitespace_and_cjk_share() -> None:
    assert strip_whitespace(" 甲\n 乙\u3000丙 ") == "甲乙丙"
    assert cjk_share("DJ 冬到") == pytest.approx(0.5)
    assert cjk_share("") == 0


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("提供 2M 以内的 PDF 文件", "提供2M以内的PDF文件"),
        ("≥ 95 %", "≥ 95 %"),
        ("\u3000\u3000组织\u3000领导", "组织领导"),
        ("行一\r\n行二", "行一行二"),
        ("（一）\n（二）", "（一）（二）"),
        ("ａｂｃ １２", "ａｂｃ１２"),
        ("<b>重点</b>任务<br/>", "重点任务"),
        ("a<b", "a<b"),
        ("[附件]", "[附件]"),
    ],
)
def test_more_cleaning(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize("raw", ["组织领导", "Ⅰ-1\n党建", "Word  and", "甲\n乙\n甲\n乙", " 1 2 ", "a\u200bb"])
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)


def test_invisible_characters_are_never_printable() -> None:
    hidden = [c for c in map(chr, range(0x10000)) if c != "\r" and normalize._INVISIBLE.fullmatch(c)]
    assert len(hidden) > 40
    assert all(strip_artefacts(f"文{c}明") == "文明" for c in hidden)
    assert [c for c in map(chr, range(0x10000)) if c.isspace() and c.isprintable()] == [" "]


@pytest.mark.parametrize(
    "cell", ["文明", "文 明", "文\n明", "文\u200b明", "文<br>明", "[bookmark: a]文明", "A B", "文明\n文明"]
)
def test_a_compact_cell_is_returned_as_it_is(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shortcut = normalize.clean(cell)
    monkeypatch.setattr(normalize, "_is_compact", lambda _: False)
    assert normalize.clean(cell) == shortcut


def test_offsets_of_the_remaining_characters() -> None:
    left, places = drop_with_offsets("  一 二\u200b三", re.compile(r"[\s\u200b]"))
    assert (left, list(places)) == ("一二三", [2, 4, 6])
    assert list(drop_with_offsets("一二", re.compile(" "))[1]) == [0, 1]


def test_a_substitution_keeps_the_offsets() -> None:
    normalized = OffsetText("a 3/月 b", "a3/月b", (0, 2, 3, 4, 6))
    plain = normalized.substitute(re.compile("3/(月)"), r"每\1")
    assert plain.text == "a每月b"
    assert [plain.source_of(i, i + 1) for i in range(4)] == ["a", "3", "月", "b"]
    assert plain.source_of(1, 3) == "3/月"
    assert normalized.substitute(re.compile("x"), "y") is normalized
    assert normalized.source_of(2, 2) == ""


def test_bigrams() -> None:
    assert bigrams("甲乙丙") == ["甲乙", "乙丙"]
    assert bigrams("甲") == []
    assert count_bigrams("甲 乙甲乙") == {"甲乙": 2, "乙甲": 1}
