"""Numerals in Arabic and Chinese."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.parsers.numerals import (
    parse_calendar_number,
    parse_decimal,
    parse_integer,
    parse_quantity,
    percentage,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("十二", 12), ("二十", 20), ("三十一", 31), ("二〇二三", 2023), ("甲", None), ("", None)],
)
def test_integers(text: str, value: int | None) -> None:
    assert parse_integer(text) == value


@pytest.mark.parametrize("text", ["十十", "二十十", "十十十", "十百", "十十一", "", "一十二十", "12345"])
def test_misprints_are_no_numbers(text: str) -> None:
    assert parse_integer(text) is None


@pytest.mark.parametrize(("text", "value"), [("廿五", 25), ("卅", 30), ("廿十", 20), ("7", 7), ("几", None)])
def test_calendar_numbers(text: str, value: int | None) -> None:
    assert parse_calendar_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,000", "1000"),
        ("3.40", "3.4"),
        ("两", "2"),
        ("一百二十", "120"),
        ("二〇", "20"),
        ("3万", "30000"),
        ("\uff11", "1"),
        ("\uff11\uff10.\uff15", "10.5"),
    ],
)
def test_quantities(text: str, value: str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize("text", ["几", "十点"])
def test_other_texts_are_no_quantities(text: str) -> None:
    with pytest.raises(ValueError, match="numeral"):
        parse_quantity(text)


def test_percentages() -> None:
    assert str(percentage(Decimal(2), Decimal(3))) == "66.67"
    assert str(percentage(Decimal(1), Decimal(2))) == "50"
    with pytest.raises(ValueError, match="zero"):
        percentage(Decimal(1), Decimal(0))


def test_trailing_zeros_are_dropped() -> None:
    assert [str(parse_decimal(text)) for text in ("3.40", "100", "0.50", "2.0")] == ["3.4", "100", "0.5", "2"]
