"""Numbers with a measure word around a noun of material, and numbers of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
_RANGE = rf"(?P<n>{NUMBER})(?:[-—－–~～至]{NUMBER})?"
_LEAST = re.compile("(?:不少于|不低于|至少)?")
_PER_OCCASION = re.compile(
    rf"(?:^|[，,；;（(])每(?P<what>次|场|期|个?节日)(?:活动)?(?:不少于|至少)?{_RANGE}(?P<unit>[张份篇幅])"
)
_EACH_OCCASION = re.compile(
    r"(?:[①-⑳]|\d{1,2}[)）.、])?[（(，,]?每(?P<what>次|场次|场|期|届|批|个?节日)(?:活动|培训|会议|讲座|宣讲|课)?"
)
_PER_FESTIVAL = re.compile(r"每(?:个|逢)?(?:传统)?节日[^，,。；;\d]{0,8}(?P<n>\d{1,2})[次场]")
_CLAUSE_START = re.compile(r"[，,。；;！!（(]")
_DATE = re.compile(r"\d{1,2}月")
_SENT = re.compile(
    rf"(?P<each>各|分别)?(?:上传|报送|提交|提供|上报|递交|报)(?:不少于|至少)?(?P<n>{NUMBER})"
    rf"(?P<unit>{alternation(_WORDS['counts']['materials'])})"
)
_LISTED = re.compile(r"[、和及与]")
_MOST_LISTED = 6
"""More members than that before 各 are a sentence and no list."""
_WORD_COUNT = re.compile(r"(?P<least>不少于|不低于|至少)?(?P<n>\d{2,5})字(?P<tail>左右|以上|以内|以下|内)?+")
_WORD_COUNT_BEFORE_NOUN = re.compile(rf"(?:^|[、，,和及与])(?:{_WORD_COUNT.pattern})的?[^、，,；;（()）\d]+$")
_YEAR_AT_END = re.compile(r"20\d\d$")
_BRACKET_START = re.compile(r"[（(](?=[^（）()]*[）)])")
_OCCASION_UNITS = ("次", "场", "项次", "个", "期", "种", "类", "项", "处", "家")
_BRACKET_AMOUNT = re.compile(
    rf"(?:要求|须|需)?(?:达到|达|不少于|不低于|至少|共|每年|各)*(?P<n>{NUMBER})"
    rf"(?P<unit>{alternation(_WORDS['counts']['measures'])})(?:以上|左右)?"
)
LEADING_COUNT = re.compile(
    rf"^(?:不少于|不低于|至少|最少|各|共)?{NUMBER}(?:{alternation(_WORDS['counts']['measures'])}|字)"
    r"(?:以上|左右)?(?=[、，,；;和及与并①-⑳])"
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
    least = _parse_number(match["n"])
    return Count(least * _count_numbered(phrase[: match.start()]), match["unit"])


def _count_numbered(text: str) -> int:
    """Return how many things with a number stand before 各: 一个社区、一所学校各1次活动照片."""
    pieces = _LISTED.split(text)
    return len(pieces) if text.endswith("各") and all(_NUMBER_START.search(piece) for piece in pieces) else 1


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
        least = _LEAST.match(inner, len(word)) if inner.startswith(word) else None
        match = _count_pattern().match(inner, least.end()) if least else None
        if match is not None:
            return Count(times * _parse_number(match["n"]), match["unit"])
    return _count_in_bracket(tail)


def _count_in_bracket(tail: str) -> Count:
    """Return the number that stands alone between the commas of a bracket: 计划（红头文件，不少于2次）."""
    if not _BRACKET_START.match(tail):
        return Count()
    pieces = re.split("[，,；;]", re.split("[）)]", tail[1:], maxsplit=1)[0])
    match = next(filter(None, map(_BRACKET_AMOUNT.fullmatch, pieces)), None)
    return Count(_parse_number(match["n"]), match["unit"]) if match else Count()


def count_per_occasion(part: str) -> tuple[str, Count] | None:
    """Return the occasion and the number for each of a part that begins with them: 每次活动2张图片."""
    match = _PER_OCCASION.match(part)
    return (match["what"].removeprefix("个"), Count(_parse_number(match["n"]), match["unit"])) if match else None


def each_occasion(text: str) -> str | None:
    """Return the occasion that a text begins with: 每场照片, 每个节日图片."""
    match = _EACH_OCCASION.match(text)
    return match["what"].removeprefix("个") if match else None


def count_occasions(what: str, text: str) -> int | None:
    """Return how many occasions of a kind a text asks for, None where it does not say so plainly.

    The festivals that are named, each with its number (每个节日不少于1次), or the only number with this measure.
    """
    festivals = len({_festivals()[word] for word in _festival_pattern().findall(text)})
    if what == "节日":
        return festivals if festivals > 1 else None
    per_festival = _PER_FESTIVAL.search(text)
    if per_festival:
        return festivals * _parse_number(per_festival["n"]) if festivals > 1 else None
    matches = [match for match in find_counts(text) if match["unit"].startswith(what)]
    if len(matches) != 1:
        return None
    clause = _CLAUSE_START.split(text[: matches[0].start()])[-1]
    times = next((times for word, times in _TIMES_A_YEAR if word in clause), 1)
    return times * _parse_number(matches[0]["n"])


@cache
def _festivals() -> Mapping[str, str]:
    return {word: entry["name"] for entry in load_toml("deadlines")["festival"] for word in entry["words"]}


@cache
def _festival_pattern() -> re.Pattern[str]:
    return re.compile(alternation(_festivals()))


def count_members(phrase: str) -> int:
    """Return how many things are listed before a noun of which 各 asks for each: 春节、元宵活动的照片各2张."""
    pieces = _LISTED.split(phrase)
    return len(pieces) if "等" not in phrase and "，" not in phrase and len(pieces) <= _MOST_LISTED else 1


def count_sent(part: str) -> Count:
    """Return the number that is to be handed in, at each of the dates before it: 7月底、12月底前各上传1份."""
    match = _SENT.search(part)
    if match is None or "每" in part:
        return Count()
    dates = len(_DATE.findall(part[: match.start()])) if match["each"] else 1
    return Count(max(dates, 1) * _parse_number(match["n"]), match["unit"])


def combine_counts(before: Count, after: Count, tail: str, mark_count: int) -> Count:
    """Combine the numbers before and after a noun.

    2次活动照片各2张 and 2次活动图片，每次2张 are 4; otherwise the number after it counts.
    """
    more = _PER_OCCASION.search(tail)
    occasions = before if after.minimum is None else after
    if more and occasions.minimum and occasions.unit in _OCCASION_UNITS:
        return Count(occasions.minimum * _parse_number(more["n"]), more["unit"])
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
