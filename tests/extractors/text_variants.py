"""Texts that differ a little from kept ones, drawn by lot."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

TOKEN = re.compile(r"[一-鿿]{1,4}|\d+(?:\.\d+)?|<[^<>]*>|\s+|.", re.DOTALL)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
NUMERALS = "一二三四五六七八九十"


def variants(text: str, others: list[str], gap: float, draw: random.Random) -> str:
    """A text that differs a little from a given one: in a number, a length, a part, or by a part of another text."""
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        text = draw.choice(WAYS)(text, draw.choice(others), gap, draw)
    return text


def _other_number(text: str, other: str, gap: float, draw: random.Random) -> str:
    found = list(NUMBER.finditer(text))
    if not found:
        return _other_numeral(text, other, gap, draw)
    one = draw.choice(found)
    steps = (1, -1, gap, -gap, 2 * gap, gap / 2, -gap / 2, gap + 1, 1 - gap)
    value = max(0.0, round(float(one[0]) + draw.choice(steps), 4))
    theirs = NUMBER.findall(other) or ["0"]
    shown = draw.choice((f"{value:g}", f"{value:g}", f"{value:g}", draw.choice(theirs)))
    return text[: one.start()] + shown + text[one.end() :]


def _other_numeral(text: str, _other: str, _gap: float, draw: random.Random) -> str:
    found = [at for at, character in enumerate(text) if character in NUMERALS]
    if not found:
        return text
    at = draw.choice(found)
    return text[:at] + draw.choice(NUMERALS) + text[at + 1 :]


def _parts(text: str, draw: random.Random) -> tuple[str, list[str]]:
    """The pieces of a text: pages, lines, cells, or words."""
    for mark in draw.sample(("\f", "\n", "|", "，", "、"), 5):
        if mark in text and draw.random() < 0.6:
            return mark, text.split(mark)
    return "", TOKEN.findall(text)


def _without_part(text: str, _other: str, _gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    if len(parts) < 2:
        return text
    at = draw.randrange(len(parts))
    return mark.join(parts[:at] + parts[at + draw.choice((1, 1, 1, 2, 5)) :])


def _repeated_part(text: str, _other: str, gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    if not parts:
        return text
    at = draw.randrange(len(parts))
    times = draw.choice((1, 1, 2, min(60, round(abs(gap)))))
    return mark.join(parts[:at] + [parts[at]] * times + parts[at:])


def _longer(text: str, _other: str, gap: float, draw: random.Random) -> str:
    """As many characters more, or fewer, as are missing to the bound."""
    if not text:
        return text
    at, by = draw.randrange(len(text)), max(1, min(200, round(abs(gap))))
    if draw.random() < 0.5:
        return text[:at] + text[at + by :]
    return text[:at] + text[at] * by + text[at:]


def _with_part(text: str, other: str, _gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    theirs = other.split(mark) if mark else TOKEN.findall(other)
    if not theirs:
        return text
    at, there = draw.randrange(len(parts) + 1), draw.randrange(len(theirs))
    return mark.join(parts[:at] + theirs[there : there + draw.choice((1, 1, 2, 4))] + parts[at + draw.choice((0, 1)) :])


def _moved_part(text: str, _other: str, _gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    if len(parts) < 2:
        return text
    one = parts.pop(draw.randrange(len(parts)))
    parts.insert(draw.randrange(len(parts) + 1), one)
    return mark.join(parts)


WAYS: tuple[Callable[[str, str, float, random.Random], str], ...] = (
    _other_number,
    _other_number,
    _without_part,
    _repeated_part,
    _longer,
    _with_part,
    _with_part,
    _moved_part,
)
