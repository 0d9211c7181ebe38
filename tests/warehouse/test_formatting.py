"""How each kind of value is written for people, for JSON and for spreadsheets."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from warehouse.formatting import (
    escape_formula,
    format_number,
    format_percent,
    format_value,
    strip_formula_guard,
    to_json_value,
)


@pytest.mark.parametrize(
    ("value", "text", "plain"),
    [
        (None, "", None),
        ("甲", "甲", "甲"),
        (True, "是", True),
        (False, "否", False),
        (0, "0", 0),
        (Decimal("2.50"), "2.5", 2.5),
        (Decimal("1E+2"), "100", 100),
        (Decimal("10"), "10", 10),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789", "0.1234567890123456789"),
        (1 / 3, "0.3333333333", 1 / 3),
        (float("inf"), "inf", None),
        (datetime(2024, 3, 1, 8, 30), "2024-03-01 08:30:00", "2024-03-01T08:30:00"),
        (date(2024, 3, 1), "2024-03-01", "2024-03-01"),
        (time(8, 30), "08:30:00", "08:30:00"),
        (timedelta(minutes=1, seconds=30), "0:01:30", 90.0),
        (["甲", None, Decimal("1.0")], "甲、、1", ["甲", None, 1]),
        ({"甲": Decimal("1.5"), 2: None}, '{"甲": 1.5, "2": null}', {"甲": 1.5, "2": None}),
        (b"\x01\xff", "01ff", "01ff"),
    ],
)
def test_values_for_people_and_for_json(value: Any, text: str, plain: Any) -> None:
    assert format_value(value) == text
    assert repr(to_json_value(value)) == repr(plain)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (None, 2, "—"),
        (0.125, 2, "0.13"),
        (1234.5, 2, "1,234.5"),
        (2.0, 2, "2"),
        (100, 0, "100"),
        (0.5, 0, "1"),
    ],
)
def test_numbers_are_rounded_half_up(value: float | None, places: int, text: str) -> None:
    assert format_number(value, places) == text


def test_shares_are_percent_with_one_decimal() -> None:
    assert [format_percent(value) for value in (None, 0, 0.1234, 0.12345, 1)] == ["—", "0%", "12.3%", "12.3%", "100%"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "'=", "''@"])
def test_text_that_looks_like_a_formula_gets_a_mark_and_loses_it_again(start: str) -> None:
    assert escape_formula(f"{start}甲") == f"'{start}甲"
    assert strip_formula_guard(f"'{start}甲") == f"{start}甲"


@pytest.mark.parametrize("text", ["", "甲=1", "'甲", "'", "1-2"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert (escape_formula(text), strip_formula_guard(text)) == (text, text)
