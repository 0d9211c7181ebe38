"""How a text is numbered by its beginning."""

from __future__ import annotations

import re
from typing import Final

from extractors.normalize import strip_whitespace

NUMBERING: Final = (
    (
        "chinese",
        re.compile(
            r"[一二三四五六七八九十]{1,3}(?:[、.．]|$)|[甲乙丙丁戊己庚辛壬癸][、.．]|第[一二三四五六七八九十\d]{1,3}[部章篇类]"
        ),
    ),
    ("bracket", re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]")),
    ("roman", re.compile(r"[ⅠⅡⅢⅣⅤA-Z][-—－.．]?\d")),
    ("dotted", re.compile(r"\d{1,2}[.．]\d")),
    ("digit", re.compile(r"[（(]?\d{1,3}[)）]?(?:[、.．)）]|$)|[①-⑳]")),
)
"""How a text is numbered, by its beginning: 一、, 甲、, （一）, Ⅰ-1, 1.1, 1."""


def numbering(text: str) -> str:
    """Return how a text is numbered by its beginning: chinese, bracket, roman, dotted, digit, "" if it is not."""
    compact = strip_whitespace(text)
    return next((name for name, pattern in NUMBERING if pattern.match(compact)), "")
