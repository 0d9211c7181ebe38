"""What is said of two texts that ask for the same: what both name, and how alike their words are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from warehouse.transform.match_reason import explain_pairs
from warehouse.transform.task_signals import read_signals


def reason(first: str, second: str, cosine: float) -> str:
    signals = read_signals(pl.Series([first, second]), pl.Series(["", ""]))
    found = explain_pairs(signals, np.array([0]), np.array([1]), np.array([cosine]))
    return str(found[0])


@pytest.mark.parametrize(
    ("cosine", "words"),
    [
        (0.999, "文字基本相同"),
        (0.8, "文字基本相同"),
        (0.799, "文字相近"),
        (0.4, "文字相近"),
        (0.399, "文字不同"),
        (0.0, "文字不同"),
    ],
)
def test_how_alike_the_words_are(cosine: float, words: str) -> None:
    assert reason("甲", "乙", cosine) == words


def test_of_equal_texts_nothing_else_is_said() -> None:
    assert reason("推进移风易俗", "推进移风易俗", 1.0) == "文字相同"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (
            "推进移风易俗，建立台账，开展宣传，参与率达到80%，报送照片。",
            "移风易俗参与率90%以上，成立队伍开展宣传，图片和台账报送备查。",
            "事项：移风易俗；工作：参与率；做法：成立、宣传、报送；材料：图片、台账；计量：率；文字相近",
        ),
        ("文明创建", "深化文明创建", "领域：文明创建；文字相近"),
        ("志愿服务", "道德讲堂", "文字相近"),
    ],
)
def test_what_both_texts_name_is_said_by_its_kind(first: str, second: str, found: str) -> None:
    assert reason(first, second, 0.5) == found
