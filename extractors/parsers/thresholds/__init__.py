"""Thresholds: every number that a standard asks for. `str -> list[Threshold]`, pure.

Written operators decide (不少于 = >=, 高于 = >, 以内 = <=, 小于 = <), a bare number is "=", a range is two thresholds.
Left out: points and their conditions, dates and deadlines, names with a number in them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from extractors.parsers.thresholds import patterns
from extractors.parsers.thresholds.context import around
from extractors.parsers.thresholds.numerals import number
from extractors.parsers.thresholds.offset_text import Solid
from extractors.parsers.thresholds.quantities import Quantity, masked, quantities
from extractors.parsers.thresholds.subjects import subjects

__all__ = ["Threshold", "read_thresholds"]


class Threshold(NamedTuple):
    """One number asked for: 知晓率 >= 90 %. `raw` is an exact piece of the text.

    `about` tells what it is of: rate, evidence (how much to hand in), format (of a file), scope (a distance), else
    activity.
    """

    subject: str
    operator: str
    value: Decimal
    unit: str
    raw: str
    about: str = "activity"


def read_thresholds(text: str, evidence: bool = True) -> list[Threshold]:
    """Every threshold of a standard, in the order of the text; [] where none is asked for.

    Without `evidence` those that say how much to hand in are left out.
    """
    solid = Solid.of(text)
    found: list[tuple[int, Threshold]] = []
    for q in quantities(solid.text):
        about = _about(q)
        if about == "evidence" and not evidence:
            continue
        raw = (
            solid.raw(max(q.start - len(q.context.left), 0), q.end)
            if _plain_left(solid, q)
            else solid.raw(q.start, q.end)
        )
        for subject in subjects(q):
            found += [(q.start, Threshold(subject, op, value, q.unit, raw, about)) for op, value in _bounds(q)]
    found += _ranks_and_wholes(solid)
    return [threshold for _, threshold in sorted(found, key=lambda f: f[0])]


def _plain_left(solid: Solid, q: Quantity) -> bool:
    """Whether the part before the number stands in the text without a bracket inside."""
    begin = q.start - len(q.context.left)
    return begin >= 0 and solid.text[begin : q.start] == q.context.left


def _bounds(q: Quantity) -> list[tuple[str, Decimal]]:
    if q.high is None:
        return [(q.op or ("<=" if q.context.right.startswith("范围") else "="), q.low)]
    if q.op in (">=", ">"):
        return [(q.op, q.low)]
    if q.op in ("<=", "<"):
        return [(q.op, q.high)]
    return [(">=", q.low), ("<=", q.high)]


def _about(q: Quantity) -> str:
    if q.unit in ("%", "‰", "百分点"):
        return "rate"
    if q.unit in patterns.FORMATS:
        return "format"
    if q.unit in patterns.EVIDENCE_UNITS:
        made = q.unit not in ("张", "字") and patterns.MADE.search(q.context.left)
        return "activity" if made else "evidence"
    return "scope" if q.unit in ("米", "公里", "千米") and q.op == "<=" else "activity"


def _ranks_and_wholes(solid: Solid) -> list[tuple[int, Threshold]]:
    """排名前5位 is <= 5; 实现…全覆盖 and 全员注册 are 100 %."""
    text = masked(solid.text)
    found: list[tuple[int, Threshold]] = []
    for hit in patterns.RANK.finditer(text) if "前" in text else ():
        context = around(text, *hit.span())
        if patterns.SCORED.search(context.part) or patterns.SCORED.search(context.following):
            continue
        subject = context.left.strip() or "排名"
        raw = solid.raw(*hit.span())
        found.append((hit.start(), Threshold(subject, "<=", number(hit["rank"]), hit["rank_unit"], raw)))
    for hit in patterns.FULL.finditer(text) if "全覆盖" in text or "全员" in text else ():
        subject = (hit["of"] or hit["who"] or "").strip("的") or "覆盖"
        found.append((hit.start(), Threshold(subject, "=", Decimal(100), "%", solid.raw(*hit.span()), "rate")))
    return found
