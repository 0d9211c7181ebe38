"""The first seven notices without their ruling lines: what is read of them may only rise."""

from __future__ import annotations

import pytest

from tests.borderless.__main__ import report
from tests.borderless.measure import SLUGS, measure
from tests.borderless.printing import KINDS

SHORT = ("hb-xiaogan-2022", "tongchuan")
LEAST = {"none": 0.92, "horizontal": 0.96, "frame": 0.89}
"""Of all rows, what is reached today."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slug", SHORT)
def test_rows_follow_from_the_texts(slug: str, kind: str) -> None:
    score = measure(slug, kind)
    assert score.right == score.rows, score.wrong


@pytest.mark.layouts
@pytest.mark.parametrize("kind", KINDS)
def test_most_rows_of_all_notices_are_right(kind: str) -> None:
    scores = [measure(slug, kind) for slug in SLUGS]
    assert sum(score.right for score in scores) >= LEAST[kind] * sum(score.rows for score in scores), report(scores, 5)


def test_a_table_without_lines_is_told() -> None:
    from extractors import extract
    from tests.borderless.measure import _TESTS
    from tests.borderless.printing import take_lines_out

    data = (_TESTS / "notices" / "pdf" / "tongchuan.pdf").read_bytes()
    told = {kind: {f.rule for f in extract(take_lines_out(data, kind), "a.pdf").findings} for kind in KINDS}
    assert {kind: "inferred_rows" in rules for kind, rules in told.items()} == {
        "none": True, "horizontal": False, "frame": True
    }  # fmt: skip
    assert not any("unsure_rows" in rules for rules in told.values())
