"""What a header word that no list holds resembles."""

from __future__ import annotations

import pytest

from extractors.parsers.column_headers import header_word
from extractors.tables.header_ngrams import NGRAM_ROLES, ngram_scores


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("谁来办", {"party", "person", "lead", "leader"}),
        ("哪个单位办", {"party", "lead", "support"}),
        ("谁配合办理", {"support"}),
        ("何时交", {"deadline"}),
        ("完成的时间要求是", {"deadline"}),
        ("多少分", {"points", "scorebox"}),
        ("交来什么料", {"evidence"}),
        ("怎样扣", {"scoring"}),
        ("另需说明的情况", {"remark", "evidence"}),
    ],
)
def test_an_unknown_word_resembles_known_ones(header: str, roles: set[str]) -> None:
    assert not header_word(header).known
    scores = ngram_scores(header)
    assert max(scores, key=lambda role: scores[role]) in roles


@pytest.mark.parametrize("header", ["", "　 \n", "鼍鼋龢"])
def test_what_shares_no_character_resembles_nothing(header: str) -> None:
    assert ngram_scores(header) == dict.fromkeys(NGRAM_ROLES, 0.0)


def test_scores_are_limited() -> None:
    scores = ngram_scores("责任单位责任部门责任科室责任人")
    assert max(scores.values()) <= 3.0
    assert min(scores.values()) >= -3.0


def test_blanks_and_line_breaks_do_not_matter() -> None:
    assert ngram_scores("谁 来\n办") == ngram_scores("谁来办")
