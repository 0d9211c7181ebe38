"""Numerals as notices write them: 23, 1,000, 二十三, 二〇二三, 廿五, 3万."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from extractors.normalize import strip_trailing_zeros

CALENDAR_NUMBER = r"(?:\d{1,2}|[〇零○一二两三四五六七八九十廿卅]{1,3})"
"""Pattern of one or two Arabic digits or up to three Chinese ones."""
ARABIC_NUMBER = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"
CHINESE_NUMBER = r"[零〇一二两三四五六七八九十百千]{1,9}"
NUMBER = rf"(?:(?:{ARABIC_NUMBER}|{CHINESE_NUMBER})(?:万(?!元))?)"

_SHORT_NUMBER = re.compile(r"\d{1,4}")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


def parse_integer(text: str) -> int | None:
    """Return the value of an Arabic or Chinese numeral below ten thousand, None for any other text.

    >>> parse_integer("二十三"), parse_integer("二〇二三"), parse_integer("07")
    (23, 2023, 7)
    """
    if _SHORT_NUMBER.fullmatch(text):
        return int(text)
    if not text or any(c not in _DIGITS and c != "十" for c in text):
        return None
    if "十" not in text:
        return int("".join(str(_DIGITS[c]) for c in text))
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        # 十十 and 二十十 are misprints, not numerals.
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def parse_calendar_number(text: str) -> int | None:
    """Return the value of a day, month or count, with 廿 = 20 and 卅 = 30; None for any other text."""
    for character, tens in (("廿", "二十"), ("卅", "三十")):
        text = text.replace(character + "十", tens).replace(character, tens)
    return parse_integer(text)


@lru_cache(maxsize=512)
def parse_decimal(text: str) -> Decimal:
    """Return an Arabic number without trailing zeros: 3.40 → 3.4; a notice has few, again and again."""
    return strip_trailing_zeros(Decimal(text))


def parse_quantity(text: str) -> Decimal:
    """Return the value of a text that matched `NUMBER`.

    Raises:
        ValueError: The text is not a numeral.
    """
    if text.isdecimal():
        # Full-width digits too: a text that no reader has folded may hold them.
        return Decimal(int(text))
    if text.endswith("万"):
        return parse_quantity(text[:-1]) * 10000
    if text[:1].isdecimal():
        return parse_decimal(text.replace(",", ""))
    return Decimal(_parse_chinese(text))


def percentage(part: Decimal, total: Decimal) -> Decimal:
    """Return a fraction in per cent, rounded to two decimals: 2 of 3 → 66.67.

    Raises:
        ValueError: `total` is zero.
    """
    if not total:
        raise ValueError("a fraction of zero")
    return strip_trailing_zeros((part * 100 / total).quantize(Decimal("0.01")))


def _parse_chinese(text: str) -> int:
    if not text or any(c not in _DIGITS and c not in _TENS for c in text):
        raise ValueError(f"not a numeral: {text}")
    if not any(c in _TENS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for char in text:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
