"""The contract's text normalization."""

from __future__ import annotations

import pytest

from extractors.normalize import cjk_share, clean, fold_repeat, is_placeholder, strip_whitespace


@pytest.mark.parametrize(
    ("raw", "kept"),
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
def test_clean(raw: str, kept: str) -> None:
    assert clean(raw) == kept


def test_a_repeat_inside_one_word_is_no_page_edge() -> None:
    assert fold_repeat("谢谢") == "谢谢"
    assert fold_repeat("材料 材料") == "材料"


@pytest.mark.parametrize("text", ["----", "——", "—", "无", " / ", "－"])
def test_nobody(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["无锡科", "办公室", "1"])
def test_somebody(text: str) -> None:
    assert not is_placeholder(text)


def test_squeeze_and_share() -> None:
    assert strip_whitespace(" 甲\n 乙\u3000丙 ") == "甲乙丙"
    assert cjk_share("DJ 冬到") == pytest.approx(0.5)
    assert cjk_share("") == 0


@pytest.mark.parametrize(
    ("raw", "kept"),
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
def test_more_cleaning(raw: str, kept: str) -> None:
    assert clean(raw) == kept


@pytest.mark.parametrize("raw", ["组织领导", "Ⅰ-1\n党建", "Word  and", "甲\n乙\n甲\n乙", " 1 2 ", "a\u200bb"])
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)
