"""Rhythms and festivals in a requirement that stands beside no column of deadlines: there they are its time.

每季度开展1次检查 and 校务公开栏每月更新 recur, 围绕端午、中秋开展活动 is at the festivals named, 6月至9月每周巡查 lasts
from June to September. What a rhythm only counts (每月少一次扣1分) or describes (每月的台账) is no time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from extractors.parsers.deadlines.model import DeadlineMatch
from extractors.parsers.deadlines.parser import verb_pattern

_MONTHLY: Final = "FREQ=MONTHLY"
_CLAUSE_START: Final = "，,。；;：:！!（(\n"
_CLAUSE: Final = re.compile(r"[^，,。；;！!（()）\n]*")
_LONGEST_BEFORE: Final = 40
_COUNT: Final = re.compile(
    r"(?:\d{1,3}|[一二两三四五六七八九十]{1,2})(?:[-—~～至]\d{1,3})?(?:[次期场轮回篇条份堂节]|课时)"
)
_TOO_LONG: Final = re.compile("学[期年]|(?<!半)年")
"""A term's months differ from school to school, the days within a year are nobody's."""
_NAMES_SYSTEM: Final = re.compile("(?:制度|机制|办法)(?:健全|完善|落实)?$")
_DESCRIBES: Final = re.compile("^(?:的|之|人均|平均|度|份)")
_COUNTS_POINTS: Final = re.compile(r"扣|得分|加分|计分|评分|奖励|[得加]\d|缺|未(?!成年)|每少|(?<!不)少于|(?<!不)低于")
_OCCASION: Final = re.compile("(?:结合|利用|围绕|借助|抓住|依托|把握|以|在|逢|于)(?:每年)?(?:的)?$")
_AT_FESTIVALS: Final = re.compile(
    r"(?:等)?(?:[^，,。；;（(]{0,8}?(?:节日|节庆|佳节|节点|纪念日|期间|之际|时))?(?:为契机|为载体|契机)?[，,]?(?:集中|广泛|积极|深入)?(?:开展|组织|举办|举行)"
)
_DURING: Final = ("期间", "前后", "当天", "当日", "之际", "前夕")
"""At the end of a festival that heads its clause (清明期间开展祭扫), or before any verb its sentence."""
_HEADS_SENTENCE: Final = re.compile(r"(?:^|[。；;！!\n])[在于]?$")
_TELLS_WHAT: Final = re.compile(r"[已未没无尚]|[^，,。；;：:、]{0,8}的")
"""Behind a festival that only tells which things are meant (端午前后的活动) or what went wrong."""
_ITEM_MARK: Final = re.compile(r"^[)）]|^(?:[①-⑳]|[（(]?\d{1,2}[)）.、])")
_JOINTS: Final = ("、", "，", ",", "和", "及", "与", "")
_EVERY: Final = re.compile("每[周月日天]")


def find_demanded_times(text: str, matches: Sequence[DeadlineMatch]) -> set[int]:
    """Return the indices of the rhythms, festivals and spans in which a requirement demands something.

    Args:
        text: The normalized text.
        matches: Its dates, in order.
    """
    demanded = {i for i, match in enumerate(matches) if _is_rhythm(text, match) or _is_span(text, match)}
    for first, last in _festival_groups(text, matches):
        start, end = matches[first].start, matches[last - 1].end
        before = _clause_before(text, start)
        is_occasion = _OCCASION.search(before) or (not before and text[start:end].endswith(_DURING))
        if (is_occasion and _AT_FESTIVALS.match(text, end)) or _heads_sentence(text, start, end):
            demanded.update(range(first, last))
    return demanded


def _heads_sentence(text: str, start: int, end: int) -> bool:
    """Return whether festivals at the head of a sentence say during which days something is to be done."""
    clause = _clause_after(text, end)
    return (
        text.endswith(_DURING, start, end)
        and _HEADS_SENTENCE.search(_ITEM_MARK.sub("", text[max(0, start - 2) : start])) is not None
        and len(clause) > 1
        and not (_TELLS_WHAT.match(clause) or _COUNTS_POINTS.search(clause))
    )


def _is_rhythm(text: str, match: DeadlineMatch) -> bool:
    """Return whether something is to be done every month, quarter or half year."""
    if match.origin != "every" or not (match.recurrence or "").startswith(_MONTHLY):
        return False
    words, after = text[match.start : match.end], _clause_after(text, match.end)
    if _TOO_LONG.search(words) or _DESCRIBES.match(after) or _NAMES_SYSTEM.search(after):
        return False
    if _COUNTS_POINTS.search(_clause_before(text, match.start) + words + after):
        return False
    return _COUNT.search(words + after) is not None or _demand_pattern().search(words + after) is not None


def _is_span(text: str, match: DeadlineMatch) -> bool:
    """Return whether several months head a clause that demands something in a rhythm: 6月至9月每周巡查."""
    if match.origin != "window" or match.starts_on is None or match.ends_on is None:
        return False
    if (match.starts_on.year, match.starts_on.month) == (match.ends_on.year, match.ends_on.month):
        return False
    return not _clause_before(text, match.start) and _EVERY.search(_clause_after(text, match.end)) is not None


def _festival_groups(text: str, matches: Sequence[DeadlineMatch]) -> list[tuple[int, int]]:
    """Return the enumerations of festivals (端午、中秋、重阳) as first and last index."""
    groups: list[tuple[int, int]] = []
    for i, match in enumerate(matches):
        if match.origin != "holiday" or match.kind != "event" or match.is_summary:
            continue
        joint = text[matches[i - 1].end : match.start] if groups and groups[-1][1] == i else None
        if joint in _JOINTS:
            groups[-1] = (groups[-1][0], i + 1)
        else:
            groups.append((i, i + 1))
    return groups


def _clause_before(text: str, position: int) -> str:
    start = max(text.rfind(mark, max(0, position - _LONGEST_BEFORE), position) for mark in _CLAUSE_START)
    before = text[start + 1 if start >= 0 else max(0, position - _LONGEST_BEFORE) : position]
    return _ITEM_MARK.sub("", before)


def _clause_after(text: str, position: int) -> str:
    clause = _CLAUSE.match(text, position)
    return clause.group() if clause else ""


@cache
def _demand_pattern() -> re.Pattern[str]:
    return verb_pattern("begin", "report", "finish", "rhythm")
