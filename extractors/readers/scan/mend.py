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
_POINTS = re.compile(r"(?<=[（(])([0-9lI|oOS.]{1,4})(?=\s*分[）)])")
_FIGURE = str.maketrans({"l": "1", "I": "1", "|": "1", "o": "0", "O": "0", "S": "5"})


def mend_line(text: str) -> str:
    """One recognised line: blanks and half-width punctuation among ideographs, letters in the place of figures."""
    text = _BLANK.sub("", text.strip())
    text = _AFTER_CJK.sub(lambda m: m.group().translate(_FULL), text)
    text = _BRACKETS.sub(lambda m: f"（{next(g for g in m.groups() if g is not None)}）", text)
    text = _CLOSE_ALONE.sub("）", _OPEN_ALONE.sub("（", text))
    return _POINTS.sub(lambda m: m.group().translate(_FIGURE), text)
