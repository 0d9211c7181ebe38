"""The places of a sentence where points are named: an award, a deduction, a cap, a grade, a veto."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from extractors.parsers.points import decimal
from extractors.parsers.scoring import patterns
from extractors.parsers.thresholds.numerals import number

_LETTER = re.compile("[A-E]")
_JOINED = re.compile(r"(?:、|或|和|及|/)$")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark at `start:end` of a sentence; its condition ends at `cut`. `step`: one of several tiers."""

    start: int
    end: int
    cut: int
    effect: str
    points: Decimal | None = None
    cap: Decimal | None = None
    step: bool = False


def marks(sentence: str) -> list[Mark]:
    """Every mark of a sentence in order; where two overlap the earlier one stays."""
    every = sorted([*_points(sentence), *_words(sentence), *_grades(sentence)], key=lambda m: (m.start, -m.end))
    kept: list[Mark] = []
    for mark in every:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _points(sentence: str) -> Iterator[Mark]:
    """加2分, 扣1分, 最多加10分, “优秀”10分, 加5分、3分、1分."""
    last: Mark | None = None
    for hit in patterns.POINTS.finditer(sentence) if "分" in sentence else ():
        mark = _written(sentence, hit, last)
        if mark:
            last = mark
            yield mark


def _written(sentence: str, hit: re.Match[str], last: Mark | None) -> Mark | None:
    verb = hit["verb"]
    before = sentence[max(0, hit.start() - 24) : hit.start()]
    if hit["spelled"] and not verb:
        return None
    low, high = _size(hit)
    end = hit.end()
    until = patterns.UNTIL.match(sentence, end)
    end = until.end() if until else end
    cut = hit.start()
    if hit["cap"] or hit["tail"] in ("封顶", "为限"):
        return Mark(hit.start(), end, cut, "cap", cap=high or low)
    named = bool(patterns.NAMED.search(before))
    if verb is None:
        if named:
            return Mark(hit.start(), end, cut, "grade", low if high is None else None, high, step=True)
        joined = last is not None and last.end == hit.start() - 1 and _JOINED.search(before)
        return Mark(hit.start(), end, cut, last.effect, low, high) if joined and last else None
    if high is not None:
        effect = "deduct" if verb in patterns.DEDUCTS else "award"
        return Mark(hit.start(), end, cut, effect, None, high)
    if verb in patterns.DEDUCTS:
        return Mark(hit.start(), end, cut, "deduct", low)
    step = named or (verb not in ("加", "另加", "再加") and bool(patterns.STEP.search(_own_part(before))))
    either = before.endswith("或") or (sentence[end : end + 1] == "或")
    return Mark(hit.start(), end, cut, "grade" if named else "award", low, step=step or either)


def _own_part(before: str) -> str:
    """What stands behind the last comma."""
    return re.split(r"[，,。；;：:]", before.rstrip("，,的"))[-1]


def _size(hit: re.Match[str]) -> tuple[Decimal, Decimal | None]:
    if hit["low"]:
        return decimal(hit["low"]), decimal(hit["high"])
    if hit["spelled"]:
        return number(hit["spelled"]), None
    return decimal(hit["value"]), None


def _words(sentence: str) -> Iterator[Mark]:
    """不得分, 3-5倍扣分, 降一级, 一票否决: rules without a number of points."""
    for hit in patterns.ZERO.finditer(sentence):
        yield Mark(hit.start(), hit.end(), hit.start(), "award", Decimal(0))
    for pattern in (patterns.WORDLESS, patterns.CLOSING) if "扣" in sentence else ():
        for hit in pattern.finditer(sentence):
            if not sentence.startswith("的", hit.end()):
                yield Mark(hit.start(), hit.end(), hit.end() if hit.lastgroup == "times" else hit.start(), "deduct")
    for hit in patterns.LOWERED.finditer(sentence):
        yield Mark(hit.start(), hit.end(), hit.end(), "grade", step=True)
    for hit in patterns.VETO.finditer(sentence):
        yield Mark(hit.start(), hit.end(), hit.start(), "veto")


def _grades(sentence: str) -> Iterator[Mark]:
    """符合上述4项为A, A=100%, A/B/C/D=100/66/33/0%."""
    if not _LETTER.search(sentence):
        return
    for hit in patterns.GRADES.finditer(sentence):
        keys, shares = re.split("[/、]", hit["keys"]), re.split("[/、]", hit["shares"])
        if len(keys) == len(shares):
            yield Mark(hit.start(), hit.end(), hit.end(), "grade", step=True)
    for hit in patterns.GRADE.finditer(sentence):
        yield Mark(hit.start(), hit.end(), hit.end(), "grade", step=True)
