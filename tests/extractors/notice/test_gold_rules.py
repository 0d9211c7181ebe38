"""Rules and stated points of the gold notices against what people read in their letters and notes."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from extractors.records import RuleRow
from tests.extractors.golden import notices
from tests.extractors.published import extraction_of
from tests.extractors.test_golden import MARKS

RULES = Path(__file__).parents[2] / "gold" / "rules.csv"
Key = tuple[str, str, str, str, str, str]
EVERY_NOTICE = [
    pytest.param(path, id=path.name, marks=MARKS.get(path.parent.name, []))
    for path in notices()
    if path.parent.name != "scan"
]


@cache
def read_truth() -> list[dict[str, str]]:
    """The rules that people read, with the formats they can be read in (all if blank) and why one is missed."""
    with RULES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def key_of(row: RuleRow) -> Key:
    """What a rule says, in the form of the list."""
    low, high = (f"{n:f}" if n is not None else "" for n in (row.value, row.value_max))
    return row.kind, row.applies_to, low, high, row.unit or "", row.text[:24]


@pytest.mark.parametrize("notice", EVERY_NOTICE)
def test_every_rule_is_true_and_every_true_one_is_found(notice: Path) -> None:
    slug = notice.name.split(".", 1)[0]
    wanted = Counter(
        (row["kind"], row["applies_to"], row["value"], row["value_max"], row["unit"], row["text"])
        for row in read_truth()
        if row["notice"] == slug and not row["missed"]
        if not row["formats"] or notice.parent.name in row["formats"].split()
    )
    assert Counter(map(key_of, extraction_of(notice).rules)) == wanted


def test_nine_in_ten_rules_are_found() -> None:
    truth = read_truth()
    assert sum(not row["missed"] for row in truth) >= 0.9 * len(truth)


@pytest.mark.parametrize("notice", EVERY_NOTICE)
def test_points_that_the_notice_states(notice: Path, gold: Path) -> None:
    facts = json.loads((gold / notice.name.split(".", 1)[0] / "facts.json").read_text("utf-8"))["points"]
    total = facts.get("total_declared") or facts.get("declared_total")
    bonus = facts.get("bonus_total_declared")
    found = extraction_of(notice).notice
    if total is not None:
        assert found.stated_total == Decimal(str(total))
    if bonus is not None:
        assert found.stated_bonus == Decimal(str(bonus))
    if facts.get("total") in (None, 0):
        assert found.stated_total is None or "declared" in str(facts)
