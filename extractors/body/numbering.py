"""The marks that begin a heading or an item: 一、 （一） 1. （1） 1） ① 第一阶段："""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from extractors.parsers.numerals import parse_integer

_CN = "一二三四五六七八九十百"
_STYLES = (
    ("stage", rf"第[{_CN}\d]{{1,3}}(?:阶段|步骤|步)[:：、,，]?"),
    ("chapter", rf"第[{_CN}\d]{{1,3}}(?:章|部分|条|节)[:：、]?"),
    ("section", rf"[{_CN}]{{1,3}}\s*[、．.](?!\d)"),
    ("part", rf"[（(]\s*[{_CN}]{{1,3}}\s*[）)][、.．]?"),
    ("paren", r"[（(]\s*\d{1,3}\s*[）)][、.．]?"),
    ("half", r"\d{1,3}\s*[)）][、.．]?"),
    # a number followed by one to three digits is a decimal (1.5), by four a label before a year (2.2022年度)
    ("number", r"\d{1,3}\s*[.．、](?!\s*\d{1,3}(?!\d))"),
    ("circle", r"[①-⑳⑴-⒇㈠-㈩]"),
)
_LABEL = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _STYLES))
_NUMBER = re.compile(rf"\d+|[{_CN}]+")
_JUNK = re.compile(r"^(?:[|│┃□■◆●•·▪\s]+|[-*+]\s+)(?=\S)")


@dataclass(frozen=True, slots=True)
class Label:
    """A mark as written, its style and, for 1. and the like, its number; `rest` is the text behind it."""

    mark: str
    style: str
    number: int | None
    rest: str


@lru_cache(maxsize=1024)
def read_label(text: str) -> Label | None:
    """The mark `text` begins with, or None. A line is asked for it while it is joined, framed and put into the tree.

    >>> read_label("（二）形象上台阶").style
    'part'
    """
    found = _LABEL.match(text)
    if not found or found.lastgroup is None:
        return None
    mark = found.group()
    inner = _NUMBER.search(mark)
    nth = parse_integer(inner.group()) if inner else None
    return Label("".join(mark.split()), found.lastgroup, nth, text[found.end() :].strip())


def strip_bullet(text: str) -> str:
    """`text` without the bullet or the rule debris that a converter left in front of it."""
    return _JUNK.sub("", text, count=1)
