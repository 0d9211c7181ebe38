"""Numbers with a measure word around a noun of material, and numbers of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from extractors.normalize import find_matches
from extractors.parsers.evidence.model import Count
from extractors.parsers.numerals import parse_quantity
from extractors.parsers.quantities import AT_LEAST, AT_MOST, NOT_AT_MOST, WITHIN, unit_expression
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("evidence")
_DIGIT = "[一二两三四五六七八九]"
_ABOUT = "(?:(?<!统)一[两二]|[两二]三|三[四五]|四五|五六|六七|七八|八九)"
"""One number or the next: 两三张, 七八份; at least the first."""
_ONES = rf"(?:{_ABOUT}|{_DIGIT})"
NUMBER = (
    r"(?:\d{1,4}|(?<![第几数十百千万廿卅])"
    rf"(?:{_DIGIT}百(?:零{_DIGIT}|{_DIGIT}十{_DIGIT}?)?|(?:{_ONES}|(?<!{_DIGIT}))十{_ONES}?|{_ONES}))"
)
"""A whole number: 12, 十二, 一百二十; the end of another one (几十, 廿五) is none."""
_ABOUT_PATTERN = re.compile(_ABOUT)
_TO = rf"(?:\s*[-—－–~～至]\s*{NUMBER})"
_NUMBER_START = re.compile(r"[\d一二两三四五六七八九十]")
_BRACKET_GROUP = r"[（(\[【][^（）()\[\]【】]*[）)\]】]"
_COUNT_LEAD = (
    rf"(?:{_BRACKET_GROUP})?[，,（(]?"
    rf"(?:均|分别|共|总计|合计|累计|每类|每次|每个|每项|每年|年内|{AT_LEAST}|一式|各|[＞>])*"
)
_COUNT_LEAD_PATTERN = re.compile(_COUNT_LEAD)
_TIMES_A_YEAR = (("每半年", 2), ("每季度", 4), ("每季", 4), ("每两月", 6), ("每月", 12), ("每周", 52))
_RANGE = rf"(?P<n>{NUMBER}){_TO}?"
_LEAST = re.compile(f"{AT_LEAST}?")
_LEAST_AT_END = re.compile(f"{AT_LEAST}$")
_PER_OCCASION = re.compile(
    rf"(?:^|[，,；;（(])每(?P<what>次|场|期|个?节日)(?:活动)?{AT_LEAST}?{_RANGE}(?P<unit>[张份篇幅])(?!{WITHIN})"
)
_EACH_OCCASION = re.compile(
    r"(?:[①-⑳]|\d{1,2}[)）.、])?[（(，,]?每(?P<what>次|场次|场|期|届|批|个?节日)(?:活动|培训|会议|讲座|宣讲|课)?"
)
_PER_FESTIVAL = re.compile(r"每(?:个|逢)?(?:传统)?节日[^，,。；;\d]{0,8}(?P<n>\d{1,2})[次场]")
_CLAUSE_START = re.compile(r"[，,。；;！!（(]")
_OTHER_THING = re.compile(r"(?![以左及或和与])[\u3400-\u9fff]{2}")
_DATE = re.compile(r"\d{1,2}月")
_SENT = re.compile(
    rf"(?P<each>各|分别)?(?:上传|报送|提交|提供|上报|递交|报){AT_LEAST}?(?P<n>{NUMBER})"
    rf"(?P<unit>{alternation(_WORDS['counts']['materials'])})"
)
_LISTED = re.compile(r"[、和及与]")
_MOST_LISTED = 6
"""More members than that before 各 are a sentence and no list."""
_WORD_COUNT = re.compile(
    rf"(?P<bound>{AT_LEAST}|{AT_MOST})?(?<!\d)(?P<n>\d{{2,5}})(?:字?[-—－–~～至]{{1,2}}(?P<most>\d{{2,5}}))?字"
    rf"(?P<tail>左右|以上|{WITHIN}|内)?+"
)
_LEAST_BOUND = re.compile(AT_LEAST)
_MOST_TAIL = re.compile(f"{WITHIN}|内")
_WORD_COUNT_BEFORE_NOUN = re.compile(rf"(?:^|[、，,和及与])(?:{_WORD_COUNT.pattern})的?[^、，,；;（()）\d]+$")
_YEAR_AT_END = re.compile(r"20\d\d$")
_BRACKET_START = re.compile(r"[（(](?=[^（）()]*[）)])")
_OCCASION_UNITS = ("次", "场", "项次", "个", "期", "种", "类", "项", "处", "家")
_BRACKET_AMOUNT = re.compile(
    rf"(?:要求|须|需)?(?:{AT_LEAST}|共|每年|各)*(?P<n>{NUMBER})"
    rf"(?P<unit>{alternation(_WORDS['counts']['measures'])})(?:以上|左右)?"
)
LEADING_COUNT = re.compile(
    rf"^(?:{AT_LEAST}|{AT_MOST}|各|共)?{NUMBER}{_TO}?(?:{alternation(_WORDS['counts']['measures'])}|字)"
    rf"(?:以上|左右|{WITHIN})?(?:{_BRACKET_GROUP})?(?=[、，,；;和及与并①-⑳])"
)
"""The number of the previous material at the start of a phrase: 报告|1份、图片."""


def find_counts(text: str) -> Iterator[re.Match[str]]:
    """Yield every number with its measure word, in order."""
    return find_matches(_count_pattern(), _NUMBER_START, text)


@cache
def _count_pattern() -> re.Pattern[str]:
    """Return the pattern of a number with its measure word; of a range the lower end, of an upper bound nothing."""
    measures = unit_expression(_WORDS["counts"]["measures"])
    return re.compile(
        rf"(?<![第前近后每个\d.]){NOT_AT_MOST}(?P<n>{NUMBER})(?P<most>{_TO})?[多余]?(?P<unit>{measures})(?!一|{WITHIN})"
    )


def _parse_number(text: str) -> int:
    return int(parse_quantity(_ABOUT_PATTERN.sub(lambda about: about.group()[0], text)))


def count_before(phrase: str) -> Count:
    """Return the number that opens a phrase: 2次活动照片, 至少2张宣传图片, 不少于4次的项目列表."""
    match = next(reversed(list(find_counts(phrase))), None)
    if match is None or _YEAR_AT_END.search(phrase[: match.start()]):
        return Count()
    opening = phrase[: match.start()]
    return Count(_parse_number(match["n"]) * _count_numbered(opening) * _times_before(opening), match["unit"])


def _times_before(opening: str) -> int:
    """Return how often a year what follows is asked for: 每季度至少|1份检查记录."""
    rhythm = _LEAST_AT_END.sub("", opening, count=1)
    return next((times for word, times in _TIMES_A_YEAR if rhythm.endswith(word)), 1)


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
        if match is None or _counts_other_things(match):
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


def _counts_other_things(match: re.Match[str]) -> bool:
    """Return whether a number behind a noun counts what it is about: 照片（不少于三个节日）."""
    counts = _WORDS["counts"]
    is_of_material = match["unit"] in counts["materials"] or match["unit"] in counts["occasions"]
    return not is_of_material and _OTHER_THING.match(match.string, match.end()) is not None


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
    """Return the minimum number of words before a noun (200字以上文字说明, 300-500字报告) or after it; 以内 sets none.

    `phrase` ends with the noun, `tail` continues to the end of the next one; a number right before that belongs to it.
    """
    if "字" not in phrase and "字" not in tail:
        return None
    next_words = _WORD_COUNT_BEFORE_NOUN.search(tail)
    match = _WORD_COUNT_BEFORE_NOUN.search(phrase) or _WORD_COUNT.search(
        tail, 0, next_words.start() if next_words else len(tail)
    )
    if match is None:
        return None
    is_least = match["bound"] is not None and _LEAST_BOUND.fullmatch(match["bound"])
    is_most = match["bound"] is not None or _MOST_TAIL.fullmatch(match["tail"] or "")
    return int(match["n"]) if is_least or match["most"] or not is_most else None
