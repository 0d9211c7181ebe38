"""Numbers as they are written: 1,000 两 二十 3万 三分之二 百分之九十."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}

ARABIC = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"
CHINESE = r"[零〇一二两三四五六七八九十百千]{1,9}"
NUMBER = rf"(?:(?:{ARABIC}|{CHINESE})(?:万(?!元))?)"


def number(text: str) -> Decimal:
    """The value of a piece that matched `NUMBER`.

    Raises ValueError where the characters are no numeral.
    """
    if text.isascii() and text.isdecimal():
        return Decimal(int(text))
    if text.endswith("万"):
        return number(text[:-1]) * 10000
    if text[:1].isascii():
        return plain(Decimal(text.replace(",", "")))
    return Decimal(_chinese(text))


def plain(value: Decimal) -> Decimal:
    """Without superfluous zeros and without an exponent: 3.40 → 3.4, 1E+2 → 100."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def share(part: Decimal, whole: Decimal) -> Decimal:
    """A fraction in per cent, to two decimals: 2 of 3 → 66.67.

    Raises ValueError for a whole of nothing.
    """
    if not whole:
        raise ValueError("a fraction of nothing")
    return plain((part * 100 / whole).quantize(Decimal("0.01")))


def _chinese(text: str) -> int:
    if not text or any(c not in _DIGITS and c not in _TENS for c in text):
        raise ValueError(f"no numeral: {text}")
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
