"""Slips that a recogniser makes in printed Chinese, put right where the characters around prove them."""

from __future__ import annotations

import re

_CJK = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff"
_FULL = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"})
_AFTER_CJK = re.compile(rf"(?<=[{_CJK}）》”])[,;:!?]")
_BRACKETS = re.compile(rf"\((?=[^()（）]*[{_CJK}])([^()（）]*)[)）]|（([^()（）]*)\)|(?<=[{_CJK}])\(([^()（）]*)\)")
_OPEN_ALONE = re.compile(rf"\((?=[{_CJK}])|(?<=[{_CJK}，。；：、])\((?=[^()]*$)")
_CLOSE_ALONE = re.compile(rf"(?<=[{_CJK}，。；：、%％])\)|(?<=\d)\)(?=[{_CJK}，。；：、])")
_MARKS = "，。；：、（）《》“”"
_BLANK = re.compile(rf"(?<=[{_CJK}{_MARKS}])[ ]+(?=[A-Za-z0-9（(《“])|(?<=[A-Za-z0-9%％])[ ]+(?=[{_CJK}{_MARKS}])")
_AFTER_MARK = re.compile(rf"(?<=[，。；：、）)》])[ ]+(?=[{_CJK}])")
_TWICE = re.compile(r"([Ⅱ-Ⅻ])\1+")
"""Figures that nobody writes twice in a row."""
_MIXED = re.compile(r"[I1l|]{1,2}(?=[Ⅱ-Ⅻ]\s*[-—－])")
"""A broad figure that was seen twice, once as letters."""
_POINTS = re.compile(r"(?<=[（(])([0-9lI|oOS.]{1,4})(?=\s*分[）)])")
_RINGS = frozenset("0oO°〇。")
_SMALL = 0.45
_FIGURE = str.maketrans({"l": "1", "I": "1", "|": "1", "o": "0", "O": "0", "S": "5"})


def mend_line(text: str) -> str:
    """One recognised line: blanks and half-width punctuation among ideographs, letters in the place of figures."""
    text = _AFTER_MARK.sub("", _BLANK.sub("", _MIXED.sub("", _TWICE.sub(r"\1", text.strip()))))
    text = _AFTER_CJK.sub(lambda m: m.group().translate(_FULL), text)
    text = _BRACKETS.sub(lambda m: f"（{next(g for g in m.groups() if g is not None)}）", text)
    text = _CLOSE_ALONE.sub("）", _OPEN_ALONE.sub("（", text))
    return _POINTS.sub(lambda m: m.group().translate(_FIGURE), text)


def mend_dot(text: str, width: float, height: float) -> str:
    """A mark standing alone, its ink measured in type sizes: a small ring is a full stop, not a nought."""
    return "。" if text in _RINGS and max(width, height) < _SMALL else text
