"""Numbers with a measure word around a noun of material, and numbers of words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from extractors.normalize import find_matches
from extractors.parsers.evidence.model import Count
from extractors.parsers.numerals import parse_integer
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("evidence")
NUMBER = r"(?:\d{1,4}|十[一二三四五六七八九]?|[一二两三四五六七八九](?:十[一二三四五六七八九]?)?)"
_NUMBER_START = re.compile(r"[\d一二两三四五六七八九十]")
_BRACKET_GROUP = r"[（(\[【][^（）()\[\]【】]*[）)\]】]"
_COUNT_LEAD = (
    rf"(?:{_BRACKET_GROUP})?[，,（(]?"
    r"(?:均|分别|共|总计|合计|累计|每类|每次|每个|每项|每年|年内|不少于|不低于|不得少于|至少|最少|各|[≥≧＞>])*"
)
_COUNT_LEAD_PATTERN = re.compile(_COUNT_LEAD)
_TIMES_A_YEAR = (("每半年", 2), ("每季度", 4), ("每季", 4), ("每两月", 6), ("每月", 12), ("每周", 52))
_PER_OCCASION = re.compile(rf"^[，,（(]?每次(?:活动)?(?P<n>{NUMBER})[张份篇幅]")
_WORD_COUNT = re.compile(r"(?P<least>不少于|不低于|至少)?(?P<n>\d{2,5})字(?P<tail>左右|以上|以内|以下|内)?+")
_WORD_COUNT_BEFORE_NOUN = re.compile(rf"(?:^|[、，,和及与])(?:{_WORD_COUNT.pattern})的?[^、，,；;（()）\d]+$")
_YEAR_AT_END = re.compile(r"20\d\d$")
_BRACKET_START = re.compile(r"[（(](?=[^（）()]*[）)])")
_OCCASION_UNITS = ("次", "场", "个", "期", "种", "类", "项", "处", "家")
LEADING_COUNT = re.compile(
    rf"^(?:不少于|不低于|至少|最少|各|共)?{NUMBER}(?:{alternation(_WORDS['counts']['measures'])}|字)"
    r"(?:以上|左右)?(?=[、，,；;和及与并])"
)
"""The number of the previous material at the start of a phrase: 报告|1份、图片."""


def find_counts(text: str) -> Iterator[re.Match[str]]:
    """Yield every number with its measure word, in order."""
    return find_matches(_count_pattern(), _NUMBER_START, text)


@cache
def _count_pattern() -> re.Pattern[str]:
    """Return the pattern of a number with its measure word; of a range the lower end.

    A measure that begins another word is none: 七部委.
    """
    guards = load_toml("thresholds")["guards"]
    measures = "|".join(
        re.escape(measure) + (f"(?![{guards[measure]}])" if measure in guards else "")
        for measure in sorted(_WORDS["counts"]["measures"], key=len, reverse=True)
    )
    return re.compile(
        rf"(?<![第前近后每个\d.])(?P<n>{NUMBER})(?:\s*[-—－–~～至]\s*(?P<most>{NUMBER}))?(?P<more>多|余)?(?P<unit>(?:{measures}))(?!一)"
    )


def _parse_number(text: str) -> int:
    value = parse_integer(text)
    if value is None:
        raise ValueError(f"not a numeral: {text}")
    return value


def count_before(phrase: str) -> Count:
    """Return the number that opens a phrase: 2次活动照片, 至少2张宣传图片, 不少于4次的项目列表."""
    match = next(reversed(list(find_counts(phrase))), None)
    if match is None or _YEAR_AT_END.search(phrase[: match.start()]):
        return Count()
    return Count(_parse_number(match["n"]), match["unit"])


def count_after(tail: str) -> Count:
    """Return the number right after a noun: 图片不少于4张, 图片（每类各10张）, 照片各2张, 截图每月1张."""
    if not tail:
        return Count()
    lead = _COUNT_LEAD_PATTERN.match(tail)
    starts = {lead.end() if lead else 0, 0}
    if _BRACKET_START.match(tail):
        inner_lead = _COUNT_LEAD_PATTERN.match(tail[1:])
        starts.add(1 + (inner_lead.end() if inner_lead else 0))
    for start in sorted(starts, reverse=True):
        match = _count_pattern().match(tail, start)
        if match is None:
            continue
        opening = tail[:start]
        return Count(_parse_number(match["n"]), match["unit"], "各" in opening or "分别" in opening)
    inner = tail.lstrip("（(，,")
    for word, times in _TIMES_A_YEAR if inner.startswith("每") else ():
        match = _count_pattern().match(inner, len(word)) if inner.startswith(word) else None
        if match is not None:
            return Count(times * _parse_number(match["n"]), match["unit"])
    return Count()


def combine_counts(before: Count, after: Count, tail: str, mark_count: int) -> Count:
    """Combine the numbers before and after a noun.

    2次活动照片各2张 and 2次活动图片，每次2张 are 4; otherwise the number after it counts.
    """
    more = _PER_OCCASION.match(tail)
    if before.minimum and more and after.minimum is None:
        return Count(before.minimum * _parse_number(more["n"]), "张")
    if after.minimum is None:
        return before
    if after.is_each and before.minimum and before.unit in _OCCASION_UNITS:
        return Count(before.minimum * after.minimum, after.unit, True)
    if after.is_each and mark_count > 1:
        return Count(mark_count * after.minimum, after.unit, True)
    return after


def min_words(phrase: str, tail: str) -> int | None:
    """Return the minimum number of words before a noun (200字以上文字说明) or after it; 以内 sets none.

    `phrase` ends with the noun, `tail` continues to the end of the next one; a number right before that belongs to it.
    """
    if "字" not in phrase and "字" not in tail:
        return None
    next_words = _WORD_COUNT_BEFORE_NOUN.search(tail)
    match = _WORD_COUNT_BEFORE_NOUN.search(phrase) or _WORD_COUNT.search(
        tail, 0, next_words.start() if next_words else len(tail)
    )
    if match is None or (match["tail"] in ("以内", "以下", "内") and not match["least"]):
        return None
    return int(match["n"])
