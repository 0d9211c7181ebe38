"""What has no date of its own: events that a deadline hangs on, and deadlines left to judgement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors import vocabulary
from extractors.parsers.deadlines.numerals import NUM

_CLAUSE = re.compile(r"[^，。；;、\n（）()]+")
_SPAN = rf"(?:第?{NUM}|半|几)个?(?:工作日|自然日|日|天|周|星期|月|小时|学期)(?:之内|以内|内)?"
_SAME = re.compile(
    r"(?:与|同|和|跟)(?P<x>[^与同和]{1,40}?)(?:保持)?(?:同步|一致|一并|一起|同时|相衔接)|随(?!时|机|意|便|即)(?P<y>.{1,30}?)(?:同步|一并|开展|进行|$)"
)
_AFTER = re.compile(rf"(?:之日起|之日后|之后|以后|后|起)的?(?P<span>{_SPAN})?")
_BEFORE = re.compile(
    rf"(?:之前|以前|前)(?!往|期|台|列|来|述|景|沿|瞻|置|言|提(?![供交报前出升醒])|进(?!行))(?P<span>{_SPAN})?"
)
_DURING = re.compile(
    r"期间|过程中|的同时|同时|当天|当日|当月|(?<![小按及随适届即准限定])时(?!间|限|效|代|尚|期|候|常|事|段|刻|政|长)|之际|的?(?:最后|前|后)一(?:周|个月|天)"
)
_WITH = re.compile(r"^(?:可|应|须|并|要)?(?P<v>结合|配合|根据|依据|按照?|遵照|依照|视|待|以|参照|遵循)(?P<x>.{1,40})$")
_TAIL = re.compile(
    r"(?:的)?(?:要求|通知要求|规定|安排部署)?(?:时间)?(?:进行|开展|执行|落实|完成|组织|报送|上报|提交|为准|而定|实施|推进|做好){1,8}$|为准$|而定$"
)
_CROSS = re.compile(r"第.{1,4}(?:大?项|条|款|部分|章)")
_LEAD = re.compile(r"^(?:一般|原则上|通常|应|须|要|可|请|需|并|均|或)*(?:在|于|自|从|每次)?(?:每次|每个|各|开展)?")


_TIMED = re.compile(rf"[后起]的?{_SPAN}")


@dataclass(frozen=True, slots=True)
class Event:
    """An anchor at a place of the flat text; `timed` when a number of days after it is to be kept."""

    anchor: str
    start: int
    end: int
    timed: bool
    linked: bool
    """True for 结合… and 与…同步: beside a date it is the date's anchor."""


@cache
def _ongoing() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in sorted(_words("ongoing"), key=len, reverse=True)))


@cache
def _event_words() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in sorted(_words("events"), key=len, reverse=True)))


def _words(key: str) -> list[str]:
    words: list[str] = vocabulary.toml("deadlines")["words"][key]
    return words


def is_ongoing(text: str) -> re.Match[str] | None:
    """The first word that leaves the time open (适时, 长期, 视情况)."""
    return _ongoing().search(text)


def read_events(flat: str) -> list[Event]:
    """The event phrases of a flat text, at most one in a clause, in order."""
    found = (_in_clause(clause.group(), clause.start()) for clause in _CLAUSE.finditer(flat))
    return [event for event in found if event]


def may_be_timed(flat: str) -> bool:
    """False where no event of the text can be `timed`."""
    return _TIMED.search(flat) is not None


def _in_clause(clause: str, offset: int) -> Event | None:
    end = offset + len(clause)
    short = clause[:60]
    if same := _SAME.search(short):
        return Event(_tidy(same["x"] or same["y"]), offset + same.start(), end, False, True)
    if after := _AFTER.search(short):
        anchor = _LEAD.sub("", short[: after.start()])
        if anchor and (after["span"] or not is_ongoing(anchor)):
            return Event(anchor, offset, end, after["span"] is not None, False)
    if joined := _WITH.match(short):
        anchor = _TAIL.sub("", joined["x"])
        if not any(word in joined["x"] for word in _words("own_judgement")):
            return Event(_tidy(anchor) or _tidy(joined["x"]), offset, end, False, True)
        return None
    for pattern in (_BEFORE, _DURING):
        if (mark := pattern.search(short)) and (anchor := _LEAD.sub("", short[: mark.start()])):
            return Event(_tidy(anchor), offset, end, False, False)
    if word := _event_words().search(short):
        return Event(word.group(), offset, end, False, False)
    return None


def _tidy(anchor: str) -> str:
    return re.sub(r"^(?:开展|上级的)|的$", "", anchor)


def anchor_of(event: Event) -> str | None:
    """The anchor as shown beside a date; None for a cross-reference to another item of the notice."""
    return None if _CROSS.search(event.anchor) else event.anchor


def own_judgement(flat: str) -> bool:
    """True for 结合实际, 根据工作需要 and the like."""
    with_ = [_WITH.match(clause.group()[:60]) for clause in _CLAUSE.finditer(flat[:500])]
    return any(m and any(word in m["x"] for word in _words("own_judgement")) for m in with_)
