"""Rows that are held against the clauses of the body, at and beyond each bound."""

from __future__ import annotations

import pytest

from extractors.body.provisions import Clause
from extractors.notice.alignment import ClausePart, NumberedClauses, align_rows, is_garbled, split_at_awards

PARTS = [chr(0x4E00 + 40 * n) + "".join(chr(0x4E00 + 40 * n + k) for k in range(1, 7)) for n in range(10)]
"""Texts of seven characters, none of which occurs twice."""
OTHERS = [chr(0x7000 + 40 * n) + "".join(chr(0x7000 + 40 * n + k) for k in range(1, 7)) for n in range(10)]


def clause(text: str) -> Clause:
    return Clause("", "1.", text, [], 1, "第1段")


def numbered(*texts: str) -> NumberedClauses:
    parts = [ClausePart(clause(text), text, True) for text in texts]
    return NumberedClauses([one.clause for one in parts], parts)


def like(text: str, n_kept: int, n_more: int) -> str:
    """A text that begins as another one."""
    return text[:n_kept] + OTHERS[9][:n_more]


@pytest.mark.parametrize(
    ("n_kept", "n_more", "similarity"), [(7, 0, 1.0), (5, 2, 2 / 3), (5, 3, 8 / 13), (4, 3, 0.5), (1, 6, 0.0)]
)
def test_similarity_is_the_share_of_common_pairs_of_characters(n_kept: int, n_more: int, similarity: float) -> None:
    assert numbered(PARTS[0]).similarities(like(PARTS[0], n_kept, n_more)) == [pytest.approx(similarity)]


@pytest.mark.parametrize(
    ("n_similar", "n_other", "n_blank", "is_aligned"),
    [
        (3, 0, 0, True),
        (2, 0, 0, False),
        (3, 2, 0, True),
        (6, 4, 0, True),
        (5, 4, 0, False),
        (3, 0, 3, True),
        (3, 0, 4, False),
    ],
)
def test_a_table_is_aligned_if_it_plainly_repeats_the_body(
    n_similar: int, n_other: int, n_blank: int, is_aligned: bool
) -> None:
    texts = [*PARTS[:n_similar], *OTHERS[:n_other], *[""] * n_blank]
    aligned = list(range(n_similar)) if is_aligned else [None] * n_similar
    assert align_rows(texts, numbered(*PARTS))[:n_similar] == aligned


@pytest.mark.parametrize(("n_kept", "n_more", "part"), [(5, 3, 3), (4, 3, None)])
def test_a_row_is_a_clause_if_more_than_half_of_both_is_the_same(n_kept: int, n_more: int, part: int | None) -> None:
    texts = [*PARTS[:3], like(PARTS[3], n_kept, n_more)]
    assert align_rows(texts, numbered(*PARTS)) == [0, 1, 2, part]


def test_three_rows_that_are_half_the_same_are_no_repetition() -> None:
    assert align_rows([like(part, 4, 3) for part in PARTS[:3]], numbered(*PARTS)) == [None] * 3
    assert align_rows([like(part, 5, 3) for part in PARTS[:3]], numbered(*PARTS)) == [0, 1, 2]


@pytest.mark.parametrize(("n_more", "aligned"), [(2, [0, 1, 2, None, 3]), (3, [0, 1, None, 2, 3])])
def test_a_blank_row_takes_the_part_that_the_row_beside_it_hardly_repeats(
    n_more: int, aligned: list[int | None]
) -> None:
    """One that is as alike as two thirds keeps it."""
    texts = [PARTS[0], PARTS[1], like(PARTS[2], 5, n_more), "", PARTS[3]]
    assert align_rows(texts, numbered(*PARTS[:4])) == aligned


@pytest.mark.parametrize(
    ("texts", "aligned"),
    [
        ((PARTS[0], "", PARTS[2], PARTS[3]), [0, 1, 2, 3]),
        ((PARTS[0], "", "", PARTS[2], PARTS[3]), [0, None, None, 2, 3]),
        ((PARTS[0], "", PARTS[3], PARTS[4]), [0, None, 3, 4]),
        (("", PARTS[1], PARTS[2], PARTS[3]), [0, 1, 2, 3]),
        ((*PARTS[6:9], ""), [6, 7, 8, 9]),
        ((*PARTS[5:8], ""), [5, 6, 7, None]),
        ((PARTS[0], OTHERS[0], PARTS[2], PARTS[1], PARTS[3]), [0, None, 2, None, 3]),
    ],
)
def test_blank_rows_take_what_is_left_between_others(texts: tuple[str, ...], aligned: list[int | None]) -> None:
    assert align_rows(texts, numbered(*PARTS)) == aligned


@pytest.mark.parametrize(
    ("text", "garbled"),
    [
        ("AB", False),
        ("ABC", True),
        ("工作AAAAAAAA", True),
        ("工作任AAAAAAA", False),
        ("Ⅱ-12", False),
        ("3.2", False),
        ("3.0", True),
    ],
)
def test_what_is_no_chinese_and_no_code_is_garbled(text: str, garbled: bool) -> None:
    assert is_garbled(text) is garbled


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("开展学习（2分）甲乙", ["开展学习（2分）甲乙"]),
        ("开展学习（2分）甲乙丙", ["开展学习（2分）", "甲乙丙"]),
        ("开展学习（2分）。做好记录（1分）", ["开展学习（2分）。", "做好记录（1分）"]),
        (f"开展学习（{'共' * 12}2分）甲乙丙", [f"开展学习（{'共' * 12}2分）", "甲乙丙"]),
        (f"开展学习（{'共' * 13}2分）甲乙丙", [f"开展学习（{'共' * 13}2分）甲乙丙"]),
        (f"开展学习（2分{'共' * 12}）甲乙丙", [f"开展学习（2分{'共' * 12}）", "甲乙丙"]),
        (f"开展学习（2分{'共' * 13}）甲乙丙", [f"开展学习（2分{'共' * 13}）甲乙丙"]),
        ("开展\n学习", ["开展学习"]),
    ],
)
def test_a_clause_is_parted_behind_each_award(text: str, parts: list[str]) -> None:
    found = split_at_awards([clause(text)])
    assert [one.text for one in found] == parts
    assert [one.first for one in found] == [n == 0 for n in range(len(parts))]
