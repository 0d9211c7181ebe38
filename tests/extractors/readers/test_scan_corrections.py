"""Mistakes of recognition are corrected only where the characters around prove them."""

from __future__ import annotations

import pytest

from extractors.readers.scan.ocr_engine import RecognisedText, correct_full_stop, correct_line


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("加强领导,落实责任;", "加强领导，落实责任；"),
        ("(以红头文件为据)；会议记录", "（以红头文件为据）；会议记录"),
        ("突出抓好单位 GDP 能耗", "突出抓好单位GDP能耗"),
        ("1） 开展活动", "1）开展活动"),
        ("领导重视（l分）", "领导重视（1分）"),
        ("（1O分）", "（10分）"),
        ("ⅢⅢ-4", "Ⅲ-4"),
        ("IⅡ-1", "Ⅱ-1"),
        ("Ⅱi-1", "Ⅱ-1"),
        ("IⅡI-2 道德", "Ⅱ-2道德"),
    ],
)
def test_mistakes_are_corrected(read: str, meant: str) -> None:
    assert correct_line(read) == meant


@pytest.mark.parametrize("text", ["张三 李四", "http://a.cn:80,x", "2016-2017", "Ⅱ-1", "f(x)=1", "IV-2", "1,200"])
def test_correct_text_is_kept(text: str) -> None:
    assert correct_line(text) == text


def test_a_small_ring_alone_is_a_full_stop() -> None:
    assert correct_full_stop("0", 0.3, 0.3) == "。"
    assert correct_full_stop("0", 0.5, 0.8) == "0"
    assert correct_full_stop("1", 0.2, 0.3) == "1"


@pytest.mark.parametrize(
    ("text", "confidences", "doubtful"),
    [
        ("扣8分", (0.99, 0.79, 0.99), "8"),
        ("扣8分", (0.99, 0.8, 0.99), ""),
        ("扣、分", (0.7, 0.3, 0.99), "扣"),
        ("", (), ""),
        ("10 分", (0.99, 0.5, 0.99), "10 分"),
        ("10 分", (0.99, 0.9, 0.99), ""),
    ],
    ids=["a digit", "just certain", "a mark is none", "nothing", "unknown which", "all certain"],
)
def test_doubtful_characters(text: str, confidences: tuple[float, ...], doubtful: str) -> None:
    assert RecognisedText(text, confidences).doubtful == doubtful
