"""The blanks of a form that is filled in by hand, which are no part of its items: 设有宣传栏（5分）　得分：."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from extractors.notice.body_requirements import BodyRequirement

_FILLED_IN: Final = r"[:：][_＿\s分年月日]*"
_BLANK: Final = re.compile(
    rf"(?<=[。；;）)\s_＿])(?P<label>[\u4e00-\u9fff]{{2,6}}){_FILLED_IN}(?:[\u4e00-\u9fff]{{2,6}}{_FILLED_IN})*$"
)
_BLANK_LINE: Final = re.compile(rf"(?:[\u4e00-\u9fff（）()]{{2,10}}{_FILLED_IN})+")
_MIN_ITEMS: Final = 3
_MIN_BLANKS: Final = 2
"""Blanks in a line that show by themselves what it is: 测评人：　复核人：."""
_SHARE: Final = 0.6
"""Items that end with the same blank; one that ends so (内容包括：) may have lost what it lists."""


def strip_blanks(requirements: Sequence[BodyRequirement]) -> list[BodyRequirement]:
    """Return the requirements without the blank that most of them end with, and without those below the last one."""
    texts = [requirement.text for requirement in requirements]
    last = _strip_blank_lines(texts[-1], 1) if texts else ""
    blanks = [_BLANK.search(text) for text in [*texts[:-1], last]]
    labels = Counter(blank["label"] for blank in blanks if blank)
    label, count = labels.most_common(1)[0] if labels else ("", 0)
    if count >= max(_MIN_ITEMS, _SHARE * len(texts)):
        texts = [
            text[: blank.start()].rstrip() if blank and blank["label"] == label else text
            for text, blank in zip([*texts[:-1], last], blanks, strict=True)
        ]
    elif texts:
        texts[-1] = _strip_blank_lines(texts[-1], _MIN_BLANKS)
    return [replace(one, text=text) for one, text in zip(requirements, texts, strict=True)]


def is_blank_line(text: str) -> bool:
    """Return whether a line holds nothing but blanks to fill in: 考核人：____　日期：."""
    return _BLANK_LINE.fullmatch(text) is not None


def _strip_blank_lines(text: str, least: int) -> str:
    """Return a text without the lines at its end that hold nothing but blanks, `least` or more in each."""
    lines = text.split("\n")
    while len(lines) > 1 and _BLANK_LINE.fullmatch(lines[-1]) and len(re.findall("[:：]", lines[-1])) >= least:
        lines.pop()
    return "\n".join(lines)
