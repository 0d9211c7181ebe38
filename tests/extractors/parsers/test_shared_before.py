"""The 前 behind the last holiday of an enumeration is that of all of them: 五一、国庆前."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from extractors.parsers.deadlines import Period, read_deadlines

YEAR = Period(date(2024, 1, 1), date(2024, 12, 31), 2024)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("五一、国庆前", [("by", "04-30"), ("by", "09-30")]),
        ("五一和国庆前", [("by", "04-30"), ("by", "09-30")]),
        ("五一及国庆前", [("by", "04-30"), ("by", "09-30")]),
        ("五一与国庆前", [("by", "04-30"), ("by", "09-30")]),
        ("五一或国庆前", [("by", "04-30"), ("by", "09-30")]),
        ("春节、五一、国庆前", [("by", "02-09"), ("by", "04-30"), ("by", "09-30")]),
        ("五一，国庆前", [("event", "05-01"), ("by", "09-30")]),
        ("五一及国庆", [("event", "05-01"), ("event", "10-01")]),
        ("五一前、国庆", [("by", "04-30"), ("event", "10-01")]),
        ("五一、3月5日前", [("event", "05-01"), ("by", "03-05")]),
    ],
)
def test_holidays_share_what_stands_behind_the_last(text: str, found: Sequence[tuple[str, str]]) -> None:
    read = [(str(one.kind), f"{one.ends_on:%m-%d}") for one in read_deadlines(text, YEAR) if one.ends_on]
    assert read == list(found)
