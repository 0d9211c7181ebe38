"""Numerals as deadlines write them."""

from __future__ import annotations

from extractors.parsers.dates import number

NUM = r"(?:\d{1,2}|[〇零○一二两三四五六七八九十廿卅]{1,3})"
"""One or two Arabic digits or up to three Chinese ones."""


def numeral(text: str) -> int | None:
    """The value of a numeral of up to four digits, with 廿 = 20 and 卅 = 30; None if it is none."""
    for mark, tens in (("廿", "二十"), ("卅", "三十")):
        text = text.replace(mark + "十", tens).replace(mark, tens)
    return number(text)
