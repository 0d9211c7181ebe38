"""Numbers with their unit and written operator, and which of them ask for something."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from extractors.normalize import matches_at
from extractors.parsers.thresholds import patterns
from extractors.parsers.thresholds.context import Context, around
from extractors.parsers.thresholds.numerals import number, plain, share

_TITLE = re.compile(r"《[^《》]{1,80}》")
_QUOTED = re.compile(r"“[^“”]{1,24}”|\"[^\"\n]{1,24}\"|「[^「」]{1,24}」")
_NUMERAL = re.compile(r"[\d零〇一二两三四五六七八九十百千]")
_FIRST = re.compile(r"[\d零〇一二两三四五六七八九十百千半]")
_SPELLED = re.compile(r"[零〇一二两三四五六七八九]{2,}")
_JOINT = re.compile(r"[、和及与/]")
_PERIOD = re.compile(r"每(?:个)?(?:年|半年|季度?|月|周|学期|人|班|室|站)|半年|全年|年内|年中|年度")
_CLOSED_GAP = re.compile(r"（[^（）]*）")
_HOURS = ("时长", "时间", "人均", "学习", "培训", "服务", "累计", "学时", "课时")
_ENDED = re.compile(r"[一二两三四五六七八九十][次场个项类种篇条名人张份]|并|以及|各|、")
_LEFT = 20
_BARE_WORDS = 50


class Quantity(NamedTuple):
    """One number at `start:end` of the solid text, operators included. `op` None = written without one;
    `low`/`high` both = a range."""

    start: int
    end: int
    op: str | None
    low: Decimal
    high: Decimal | None
    unit: str
    spelled: bool
    context: Context


@lru_cache(maxsize=64)
def masked(text: str) -> str:
    """`text` with the numerals of titles, quoted names and sayings made unreadable, of the same length."""
    if not _NUMERAL.search(text):
        return text
    for pattern in (_TITLE, _QUOTED, patterns.SAYING):
        text = pattern.sub(lambda m: _NUMERAL.sub("□", m.group()), text)
    return text


def quantities(text: str) -> list[Quantity]:
    """Every number of the solid `text` that asks for something, in order."""
    if not _FIRST.search(text):
        return []
    readable = masked(text)
    numbers = matches_at(patterns.QUANTITY, _FIRST, readable)
    found = [q for m in numbers if (q := _quantity(text, readable, m))]
    found = _coordinated(readable, found)
    found += [q for m in patterns.BARE_NUMBER.finditer(readable) if (q := _unitless(text, m))]
    return [q for q in _parted(text, sorted(found, key=lambda q: q.start)) if _asked(q)]


def _parted(text: str, found: list[Quantity]) -> list[Quantity]:
    """What stands before a number begins behind the number before it: 照片2张、记录4份."""
    parted = found[:1]
    for last, q in itertools.pairwise(found):
        gap = text[last.end : q.start]
        if (
            len(gap) < len(q.context.left)
            and _CLOSED_GAP.sub("", gap) == q.context.left[len(q.context.left) - len(gap) :]
        ):
            own = gap.lstrip("、和及与以上下并且")
            left = ("" if own[-1] in "、和及与" else own) if own else parted[-1].context.left
            parted.append(q._replace(context=q.context._replace(left=left)))
        else:
            parted.append(q)
    return parted


def _values(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str] | None:
    """Low, high and unit of a match of `QUANTITY`; None where the numeral is none (三八, 五一)."""
    kind = match.lastgroup
    if kind == "unit":
        if _SPELLED.fullmatch(match["value"]):
            return None
        value = number(match["value"])
        return plain(value * 10000) if match["myriad"] else value, None, match["unit"]
    if kind == "range_unit":
        if match["low_unit"] not in (None, match["range_unit"]) or _SPELLED.search(match["low"] + "," + match["high"]):
            return None
        low, high = number(match["low"]), number(match["high"])
        return (low, high, match["range_unit"]) if low < high else None
    if kind in ("percent", "percent2"):
        least, most = match["percent"], match["percent2"]
        return (number(least), number(most) if most else None, "%") if least else None
    if kind == "part":
        return _fraction(match["part"], match["whole"])
    if kind == "whole2":
        return _fraction(match["part2"], match["whole2"])
    if kind == "tenth":
        return number(match["tenth"]) * 10, None, "%"
    return Decimal(100 if kind == "hundred" else 50), None, "%"


def _fraction(part: str, whole: str) -> tuple[Decimal, None, str] | None:
    low, high = number(part), number(whole)
    return (share(low, high), None, "%") if low < high else None


def _quantity(text: str, readable: str, match: re.Match[str]) -> Quantity | None:
    values = _values(match)
    if values is None:
        return None
    start, end = match.span()
    left = readable[max(0, start - _LEFT) : start]
    if patterns.MISSED.search(left):
        return None
    op, start = _before(left, start)
    after, end = _after(readable, end, op is None or op == ">=")
    low, high, unit = values
    apart = None if op or after else patterns.APART.search(left)
    if apart and not _ENDED.search(apart.group()):
        op = next(o for o, pattern in patterns.BEFORE if pattern.fullmatch(apart["op"]))
    context = around(text, start, end)
    return Quantity(start, end, op or after, low, high, unit, not match.group()[:1].isascii(), context)


def _before(left: str, start: int) -> tuple[str | None, int]:
    """The operator written before the number, and where it begins."""
    best: tuple[str | None, int] = (None, start)
    if not left.endswith(patterns.OPERATOR_ENDS):
        return best
    for op, pattern in patterns.BEFORE:
        hit = pattern.search(left)
        if hit and start - (len(left) - hit.start()) < best[1]:
            best = (op, start - (len(left) - hit.start()))
    return best


def _after(text: str, end: int, with_noun: bool) -> tuple[str | None, int]:
    """The operator written behind the number, and where it ends."""
    for op, pattern in patterns.AFTER:
        hit = pattern.match(text, end)
        if hit:
            return op, hit.end()
    hit = patterns.AFTER_NOUN.match(text, end) if with_noun else None
    return (">=", hit.end()) if hit else (None, end)


def _unitless(text: str, match: re.Match[str]) -> Quantity | None:
    """人次大于100: the unit is the last word of what is counted."""
    context = around(text, *match.span())
    if patterns.MISSED.search(text[max(0, match.start() - 2) : match.start("value")]):
        return None
    unit = next((u for u in ("人次", "场次", "项次", "人", "次", "场") if context.left.endswith((u, u + "数"))), None)
    op = next(op for op, pattern in patterns.BEFORE if pattern.fullmatch(match["op"]))
    if unit is None:
        return None
    return Quantity(match.start(), match.end(), op, number(match["value"]), None, unit, False, context)


def _coordinated(text: str, found: list[Quantity]) -> list[Quantity]:
    """90%和60%以上, 不低于90%、80%: the operator is written once for all of them."""
    joined = list(found)
    pairs = [
        i
        for i in range(len(found) - 1)
        if found[i].unit == found[i + 1].unit and _JOINT.fullmatch(text[found[i].end : found[i + 1].start])
    ]
    for i in pairs:
        if joined[i].op and joined[i + 1].op is None and found[i + 1].start - found[i].end == 1:
            joined[i + 1] = joined[i + 1]._replace(op=joined[i].op)
    for i in reversed(pairs):
        if joined[i].op is None and joined[i + 1].op:
            joined[i] = joined[i]._replace(op=joined[i + 1].op)
    return joined


def _asked(q: Quantity) -> bool:
    """Whether the number asks for something: no condition of points, no name, no span of time."""
    part = q.context.part
    conditional = q.context.right.endswith(("的", "者", "时")) or q.op == "<"
    scored = bool(patterns.SCORED.search(part)) or (
        conditional and bool(patterns.CONSEQUENCE.search(q.context.following[:16]))
    )
    if scored:
        share_earned = q.unit == "%" and q.op in (">=", ">")
        return share_earned and not patterns.NO_PENALTY.search(part + q.context.following)
    if q.op is None:
        return _bare(q)
    return q.unit not in patterns.SPANS or (q.op in (">=", ">") and not q.context.right.startswith(("内", "前")))


def _bare(q: Quantity) -> bool:
    """A number without operator: counts of what is to be done, shares of a rate, hours of service, long reports."""
    left = q.context.left
    if q.unit in patterns.SPANS or q.unit in patterns.FORMATS:
        return False
    if left.endswith(patterns.NAMED):
        return False
    if q.unit in ("%", "‰"):
        weighed = left.endswith("按") or patterns.WEIGHT.search(q.context.part)
        rate = patterns.RATE.search(left) or left.endswith(patterns.RATE_VERBS) or "占" in left
        return bool(rate) and not weighed
    if q.unit in ("小时", "学时", "课时", "分钟", "秒"):
        return any(w in left for w in _HOURS) and not q.context.right.startswith(("内", "前", "制", "以内"))
    if q.unit == "字":
        return q.low >= _BARE_WORDS
    if q.spelled:
        near = left[-6:]
        told = patterns.COUNTED.search(near) or _PERIOD.search(left)
        return (
            bool(told)
            and q.unit not in ("类", "种")
            and (q.low > 1 or q.unit not in ("个", "项", "件", "面", "家", "句", "代"))
        )
    if q.unit in patterns.THINGS and q.high is None:
        near = left + q.context.right
        if (left and not q.context.right) or left.endswith(patterns.ASKS_LAST):
            return True
        return bool(patterns.ASKS.search(near) or patterns.EVIDENCE.search(near + q.context.parent))
    return True
