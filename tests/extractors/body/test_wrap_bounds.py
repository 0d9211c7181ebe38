"""Whether paragraphs are lines that were wrapped at one width, at and beyond each bound; marks with blanks in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.body.line_joining import read_label, read_lines
from extractors.document import Document, Paragraph

TEXT = "各单位要把这项工作抓在手上落到实处并且长期坚持下去直到见到成效为止不得松劲"


def n_lines(lengths: Sequence[int], *more: str) -> int:
    """How many lines are read of paragraphs of these lengths, and of others below them."""
    texts = [TEXT[:length] for length in lengths] + list(more)
    return len(read_lines(Document("text", tuple(Paragraph(text, f"第{n}段") for n, text in enumerate(texts)))))


@pytest.mark.parametrize(
    ("lengths", "is_wrapped"),
    [
        ([20] * 6, True),
        ([20] * 5, False),
        ([16] * 6, True),
        ([15] * 6, False),
        ([25] * 5 + [21], True),
        ([25] * 5 + [20], False),
        ([20] * 19 + [21], True),
        ([20] * 19 + [22], True),
    ],
)
def test_six_lines_of_about_one_width_are_wrapped(lengths: Sequence[int], is_wrapped: bool) -> None:
    assert n_lines(lengths) == (1 if is_wrapped else len(lengths))


@pytest.mark.parametrize(("length", "n"), [(23, 2), (24, 8)])
def test_a_longer_line_shows_that_nothing_was_wrapped(length: int, n: int) -> None:
    """Of so few lines none may be longer than the width by more than four characters."""
    assert n_lines([20] * 6, TEXT[:length] + "。", "其他") == n


@pytest.mark.parametrize(
    ("text", "mark", "rest"),
    [
        ("（ 一 ）组织领导", "（一）", "组织领导"),
        ("一 、组织领导", "一、", "组织领导"),
        ("3 . 组织领导", "3.", "组织领导"),
        ("Ⅱ - 3组织领导", "Ⅱ-3", "组织领导"),
    ],
)
def test_a_mark_is_kept_without_the_blanks_in_it(text: str, mark: str, rest: str) -> None:
    label = read_label(text)
    assert label is not None
    assert (label.mark, label.rest) == (mark, rest)
