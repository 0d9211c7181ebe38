"""Texts in cells of units that are no names: debris of text recognition, and cells whose rows ran into one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from extractors.normalize import is_placeholder
from extractors.parsers.row_patterns import is_ditto
from extractors.parsers.unit_names import has_unit_suffix, word_list

_SYMBOL = re.compile(r"['\"<>=_^~{}|\\]")
_LETTER = re.compile("[A-Za-zⅠ-ⅿΑ-ωА-я]")
_LETTERS_AND_TWO = re.compile("[A-Za-z]{2,4}(?P<rest>[\u3400-\u9fff]{2})")
"""KF乍科: letters before two characters that are no word for a unit; those before 中心 or 协会 name one."""
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_MIN_REPEATED = 2
"""Repetitions of names in one cell: 机关党委 纪委 小公室 机关党委 纪委 holds two rows. A list names nobody twice,
though one name may stand twice in a sentence (办公室收集，报办公室)."""

NO_WORDS = "没有可辨认的汉字"
MIXED = "汉字中夹有字母或符号，是乱码"
DECIDED = "经人工认定，这不是单位"
NOTHING_ABOVE = "写作“同上”，上面没有可引用的单位"
ONE_CHARACTER = "只有一个字，不成单位名称"
RUN_TOGETHER = "同格几行文字混在一起，这一段辨认不出是哪个单位"
NO_UNIT_BEFORE_NAME = "同格另有写全的单位名称，这一段不是单位"


class Illegible(NamedTuple):
    """A text in a cell of units that is no name, and in Chinese why."""

    text: str
    reason: str


class JumblePart(NamedTuple):
    """A part of a cell whose rows ran into one another: a name that the notice uses, or what stands between two."""

    text: str
    is_name: bool


@lru_cache(maxsize=4096)
def find_debris(name: str) -> str | None:
    """Return in Chinese why a text is no name of a unit, None if it may be one or says that there is none (----)."""
    if is_placeholder(name):
        return None
    if is_ditto(name):
        return NOTHING_ABOVE
    ideographs = len(_IDEOGRAPH.findall(name))
    if ideographs == 0:
        return NO_WORDS
    if _SYMBOL.search(name) or (_LETTER.search(name) and not has_unit_suffix(name)):
        return MIXED
    if (rest := _LETTERS_AND_TWO.fullmatch(name)) and rest["rest"] not in word_list("suffixes"):
        return MIXED
    return ONE_CHARACTER if ideographs == 1 else None


def split_jumble(names: str, gaps: Sequence[int], firm: Collection[str]) -> list[JumblePart] | None:
    """Return the parts of a cell in which the same names recur with other text between them, None for any other.

    Args:
        names: the text of the cell without whitespace.
        gaps: where whitespace was.
        firm: the names that the notice uses again and again.
    """
    parts = _tokenize(names, frozenset(gaps), sorted(firm, key=lambda name: (-len(name), name)))
    counts = Counter(part.text for part in parts if part.is_name)
    repetitions, others = counts.total() - len(counts), len(parts) - counts.total()
    return parts if repetitions >= _MIN_REPEATED and others else None


def _tokenize(names: str, gaps: frozenset[int], firm: Sequence[str]) -> list[JumblePart]:
    parts: list[JumblePart] = []
    start = place = 0
    while place < len(names):
        name = next((name for name in firm if names.startswith(name, place)), None)
        if place > start and (name is not None or place in gaps):
            parts.append(JumblePart(names[start:place], is_name=False))
            start = place
        if name is not None:
            parts.append(JumblePart(name, is_name=True))
            start = place = place + len(name)
        else:
            place += 1
    if start < len(names):
        parts.append(JumblePart(names[start:], is_name=False))
    return parts
