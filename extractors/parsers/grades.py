"""Grades that a standard lists with what earns them: A≥95%；B≥90%；C＜90%, A.有方案有总结；B.有方案；C.都没有."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_START: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<letter>[A-E])(?:#|级|等|档)?\s?(?:[.．、:：]\s?)?(?=[≥≧>＞≤≦<＜\d“《（(\u3400-\u9fff])"
)
_END: Final = re.compile(r"[。；;！!\n【]")
_MARKS = "。；;，,、\n "
_MAX_LENGTH = 160
_MIN_LENGTH = 2
_MIN_OPTIONS = 2


class GradeOption(NamedTuple):
    """One grade of a list: `text[start:end]` is its letter with what earns it."""

    letter: str
    start: int
    end: int


def find_grade_options(text: str) -> list[GradeOption]:
    """Return the grades of every list A, B, … of a text, in order.

    A list begins with A, B; a later letter may be left out. Each grade ends before the next, the last at the end of its
    sentence.
    """
    found: list[GradeOption] = []
    if "A" not in text or "B" not in text:
        return found
    run: list[re.Match[str]] = []
    for match in [*_START.finditer(text), None]:
        if match is not None and run and _follows(run, match):
            run.append(match)
            continue
        found += _options(text, run)
        run = [match] if match is not None and match["letter"] == "A" else []
    return found


def _follows(run: list[re.Match[str]], match: re.Match[str]) -> bool:
    """Return whether a letter goes on the list that begins with A."""
    last, letter = run[-1]["letter"], match["letter"]
    return letter == "B" if len(run) == 1 else last < letter


def _options(text: str, run: list[re.Match[str]]) -> list[GradeOption]:
    """Return the grades that begin at these letters, none if one of them says nothing."""
    if len(run) < _MIN_OPTIONS:
        return []
    options: list[GradeOption] = []
    for match, following in zip(run, [*run[1:], None], strict=True):
        stop = following.start() if following else min(match.end() + _MAX_LENGTH, len(text))
        end = _END.search(text, match.end(), stop) if following is None else None
        written = text[match.start() : end.start() if end else stop].rstrip(_MARKS)
        options.append(GradeOption(match["letter"], match.start(), match.start() + len(written)))
    lengths = [option.end - match.end() for option, match in zip(options, run, strict=True)]
    is_list = all(_MIN_LENGTH <= length <= _MAX_LENGTH for length in lengths)
    return options if is_list else []
