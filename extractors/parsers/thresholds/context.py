"""What stands around a number: its part of the sentence, the bracket it is in, what follows."""

from __future__ import annotations

import re
from typing import NamedTuple

_REACH = 80
_CLOSED = re.compile(r"（[^（）]*）")
_PART = re.compile(r"[，,。；;：:！？!?（）【】〔〕→①-⑳\n]|(?<!\d)[1-9]\d?[)）.．](?!\d)")
_GRADE = re.compile(r"(?P<measured>[^，,。；;：:！？!?（）\n]{2,60})[：:，,]?\s{0,4}A#?\s*(?=[≥>＞≤<＜=为\d])")
"""What a row of grades is about, before the first of them: 优良天数比例：A≥85%；B≥80%."""
_LETTER = re.compile(r"[A-D]#?")
_STOP = re.compile(r"[，,。；;！？!?）】→\n]")


class Context(NamedTuple):
    """Around one number. `left`/`right`: its own part, closed brackets left out; `parent`: the text before the bracket
    or the row of grades that the number stands in, "" outside of both; `following`, `previous`: the parts beside it."""

    left: str
    right: str
    parent: str
    following: str
    previous: str

    @property
    def part(self) -> str:
        """The whole part without the number."""
        return f"{self.left}□{self.right}"


def _without_closed(text: str) -> str:
    return _CLOSED.sub("", text) if "）" in text else text


def around(text: str, start: int, end: int) -> Context:
    """The context of `text[start:end]`; looks no further than 80 characters either way."""
    before = _without_closed(text[max(0, start - _REACH) : start])
    after = _without_closed(text[end : end + _REACH])
    marks = list(_PART.finditer(before))
    left_start = marks[-1].end() if marks else 0
    opened = before.rfind("（")
    parent = ""
    if opened >= 0:
        outside = before[:opened]
        parent = outside[max((m.end() for m in _PART.finditer(outside)), default=0) :]
    elif _LETTER.fullmatch(before[left_start:].strip()) and (graded := _GRADE.search(before + text[start:end])):
        parent = graded["measured"]
    stop = _STOP.search(after)
    right = after[: stop.start()] if stop else after
    following = ""
    if stop and stop.group() in "，,":
        rest = after[stop.end() :]
        end_of_next = _STOP.search(rest)
        following = rest[: end_of_next.start()] if end_of_next else rest
    previous = ""
    if left_start and before[left_start - 1] in "，,":
        previous = before[marks[-2].end() if len(marks) > 1 else 0 : left_start - 1]
    return Context(before[left_start:], right, parent, following, previous)
