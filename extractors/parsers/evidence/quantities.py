"""How many: the numbers around a noun of material, multiplied where the text says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.parsers.evidence.patterns import NUMBER, count, counts, value

_BRACKET = r"[（(\[【][^（）()\[\]【】]*[）)\]】]"
_LEAD = (
    rf"(?:{_BRACKET})?[，,（(]?"
    r"(?:均|分别|共|总计|合计|累计|每类|每次|每个|每项|每年|年内|不少于|不低于|不得少于|至少|最少|各|[≥≧＞>])*"
)
_BEHIND = re.compile(_LEAD)
_PERIODS = (("每半年", 2), ("每季度", 4), ("每季", 4), ("每两月", 6), ("每月", 12), ("每周", 52))
_MORE = re.compile(rf"^[，,（(]?每次(?:活动)?(?P<n>{NUMBER})[张份篇幅]")
_WORDS = re.compile(r"(?P<least>不少于|不低于|至少)?(?P<n>\d{2,5})字(?P<tail>左右|以上|以内|以下|内)?+")
_WORDS_AHEAD = re.compile(rf"(?:^|[、，,和及与])(?:{_WORDS.pattern})的?[^、，,；;（()）\d]+$")
_YEAR_AT_END = re.compile(r"20\d\d$")
_BRACKET_AHEAD = re.compile(r"[（(](?=[^（）()]*[）)])")
_TIMES = ("次", "场", "个", "期", "种", "类", "项", "处", "家")


@dataclass(frozen=True, slots=True)
class Count:
    """A least number with its unit; `each` where it is asked of every one of several."""

    least: int | None = None
    unit: str | None = None
    each: bool = False


def before(phrase: str) -> Count:
    """The number that opens a phrase: 2次活动照片, 至少2张宣传图片, 不少于4次的项目列表."""
    found = next(reversed(list(counts(phrase))), None)
    if found is None or _YEAR_AT_END.search(phrase[: found.start()]):
        return Count()
    return Count(value(found["n"]), found["unit"])


def behind(tail: str) -> Count:
    """The number right behind a noun: 图片不少于4张, 图片（每类各10张）, 照片各2张, 截图每月1张."""
    if not tail:
        return Count()
    lead = _BEHIND.match(tail)
    starts = {lead.end() if lead else 0, 0}
    if _BRACKET_AHEAD.match(tail):
        own = _BEHIND.match(tail[1:])
        starts.add(1 + (own.end() if own else 0))
    for start in sorted(starts, reverse=True):
        found = count().match(tail, start)
        if found is None:
            continue
        opening = tail[:start]
        return Count(value(found["n"]), found["unit"], "各" in opening or "分别" in opening)
    for word, times in _PERIODS if tail.startswith("每") else ():
        found = count().match(tail, len(word)) if tail.startswith(word) else None
        if found is not None:
            return Count(times * value(found["n"]), found["unit"])
    return Count()


def together(ahead: Count, after: Count, tail: str, marks: int) -> Count:
    """One number of both: 2次活动照片各2张 is 4, 4次活动图片，每次1张 is 4; else the one behind counts."""
    more = _MORE.match(tail)
    if ahead.least and more and after.least is None:
        return Count(ahead.least * value(more["n"]), "张")
    if after.least is None:
        return ahead
    if after.each and ahead.least and ahead.unit in _TIMES:
        return Count(ahead.least * after.least, after.unit, True)
    if after.each and marks > 1:
        return Count(marks * after.least, after.unit, True)
    return after


def least_words(phrase: str, tail: str) -> int | None:
    """The least number of words before a noun (200字以上文字说明) or behind it; 以内 sets no least number.

    `phrase` ends with the noun, `tail` goes on to the end of the next one; what stands right before that is not ours.
    """
    if "字" not in phrase and "字" not in tail:
        return None
    theirs = _WORDS_AHEAD.search(tail)
    found = _WORDS_AHEAD.search(phrase) or _WORDS.search(tail, 0, theirs.start() if theirs else len(tail))
    if found is None or (found["tail"] in ("以内", "以下", "内") and not found["least"]):
        return None
    return int(found["n"])
