"""Scoring rules: how the points of a standard are won and lost. `str -> list[ScoringRule]`, pure.

`points` is a size, never negative: effect `deduct` takes it away. A span (加1-5分) has no `points`, its upper end
is the `cap`. Awards written in brackets behind a clause (1分) are awards on the condition of that clause.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.parsers.points import bracket_points, brackets
from extractors.parsers.scoring import patterns
from extractors.parsers.scoring.tokens import marks
from extractors.parsers.thresholds.offset_text import Solid

__all__ = ["ScoringRule", "read_scoring"]

_SENTENCE = re.compile(r"[^。；;！!\n]+[。；;！!\n]?")
_PART = re.compile(r"[，,：:（）【】\[\]①-⑳]|(?<!\d)[1-9]\d?[)）.．、](?!\d)")
_AWARDED = re.compile(r"[（【\[][^，,（）]{0,30}?分[，,；;]")
_RECENT = 40
_CLAUSE = re.compile(r"[^，,。；;（）\n]{0,160}")
_SHORT = 4
_REACH = 160
_EDGES = "，,、：:。；;的（）()【】[]—-"


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """One rule: its effect is award, deduct, cap, grade or veto. Rules of one text with the same `group` exclude each
    other. `raw` is an exact piece of the text."""

    effect: str
    condition: str | None
    points: Decimal | None
    cap: Decimal | None
    raw: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule with where it stands; `plain` awards stand alone in a bracket, `step` tells of a tier."""

    at: int
    sentence: int
    rule: ScoringRule
    plain: bool = False
    step: bool = False


def read_scoring(text: str) -> list[ScoringRule]:
    """Every scoring rule of a standard or scoring cell, in the order of the text; [] where none is written."""
    solid = Solid.of(text)
    if not patterns.ANY.search(solid.text):
        return []
    found: list[_Found] = []
    for number, sentence in enumerate(_SENTENCE.finditer(solid.text)):
        plain = _plain(solid, sentence.start(), sentence.end(), number)
        rules = _rules(solid, sentence.start(), sentence.end(), number, {f.at for f in plain})
        recent = [*found[-_RECENT:], *plain]
        del found[-_RECENT:]
        recent = _capped(recent, rules)
        found += _exclusive(solid.text[sentence.start() : sentence.end()], recent, number)
    return [f.rule for f in _tiers(sorted(found, key=lambda f: f.at))]


def _plain(solid: Solid, start: int, end: int, number: int) -> list[_Found]:
    """The awards that stand in brackets, on the condition of the clause before (else behind) the bracket."""
    found: list[_Found] = []
    sentence = solid.text[start:end]
    for bracket in brackets(sentence):
        for points in bracket_points(bracket.group(1)):
            begin, stop = _clause(sentence, bracket.start(), bracket.end())
            condition = _tidy(sentence[begin:stop])
            raw = solid.raw(start + min(begin, bracket.start()), start + max(stop, bracket.end()))
            rule = ScoringRule("award", condition, points, None, raw)
            found.append(_Found(start + bracket.start(), number, rule, plain=True))
    return found


def _clause(sentence: str, opened: int, closed: int) -> tuple[int, int]:
    """The clause that a bracket belongs to: the one before it, at the beginning of a sentence the one behind."""
    before = sentence[max(0, opened - _REACH) : opened]
    if before.strip(_EDGES + "0123456789.") == "":
        behind = _CLAUSE.match(sentence, closed)
        clause = behind.group() if behind else ""
        first = next(iter(marks(clause)), None)
        return closed, closed + (first.start if first else len(clause))
    base = opened - len(before)
    cuts = [m.end() for m in re.finditer(r"[，,）]", before) if m.end() < len(before)]
    begin = base + (cuts[-1] if cuts else 0)
    return begin, opened


def _rules(solid: Solid, start: int, end: int, number: int, plain: set[int]) -> list[_Found]:
    """The rules of one sentence that are written with a verb, a grade or a veto."""
    sentence = solid.text[start:end]
    spans = deque((b.start(), b.end()) for b in brackets(sentence) if start + b.start() in plain)
    found: list[_Found] = []
    last = 0
    for mark in marks(sentence):
        while spans and spans[0][1] <= mark.start:
            last = max(last, spans.popleft()[1])
        inside = spans[0] if spans and spans[0][0] <= mark.start else None
        if inside and mark.effect in ("award", "cap") and mark.points != 0:
            last = max(last, mark.end)
            continue
        if inside and (award := _AWARDED.match(sentence, inside[0], mark.start)):
            last = max(last, award.end())
        begin = _condition(sentence, last, mark.start)
        condition = _tidy(sentence[begin : mark.cut])
        if condition is None and found and mark.effect == found[-1].rule.effect:
            condition = found[-1].rule.condition
        raw = solid.raw(start + begin, start + mark.end).strip("，,、。；;\n ")
        rule = ScoringRule(mark.effect, condition, mark.points, mark.cap, raw)
        found.append(_Found(start + mark.start, number, rule, step=mark.step))
        last = mark.end
    return found


def _tidy(text: str) -> str | None:
    """A condition without the marks at its ends; a bracket opened in it is closed. None where nothing is left."""
    text = text.strip(_EDGES)
    return (text + "）" if text.count("（") > text.count("）") else text) or None


def _condition(sentence: str, last: int, mark: int) -> int:
    """Where the condition of a mark begins: its own part, with the part before where it cannot stand alone."""
    floor = max(last, mark - _REACH)
    cuts = [floor, *(m.end() for m in _PART.finditer(sentence, floor, mark) if m.end() <= mark)]
    at = len(cuts) - 1
    for _ in range(2):
        part = sentence[cuts[at] : mark].strip(_EDGES)
        if at and (len(part) <= _SHORT or part.startswith(patterns.LEANING)):
            at -= 1
    return cuts[at]


def _capped(found: list[_Found], rules: list[_Found]) -> list[_Found]:
    """The rules with their caps: on the single rule it follows, else a rule of its own."""
    out = list(found)
    for new in rules:
        if new.rule.effect != "cap":
            out.append(new)
            continue
        same = [
            i
            for i, f in enumerate(out[-_RECENT:], max(0, len(out) - _RECENT))
            if f.sentence == new.sentence and not f.plain
        ]
        reach = same or [i for i, f in enumerate(found) if not f.plain]
        open_rules = [i for i in reach if out[i].rule.effect in ("award", "deduct", "grade")]
        if len(open_rules) == 1 and new.rule.cap is not None:
            target = out[open_rules[0]]
            out[open_rules[0]] = replace(target, rule=replace(target.rule, cap=new.rule.cap))
        else:
            out.append(new)
    return out


def _exclusive(sentence: str, found: list[_Found], number: int) -> list[_Found]:
    """不重复计分, 就高不就低: the awards before it that have no group yet exclude each other."""
    if not patterns.EXCLUSIVE.search(sentence):
        return found
    group = f"一{number + 1}"
    return [
        replace(f, rule=replace(f.rule, group=group))
        if f.rule.effect == "award" and not f.plain and f.rule.group is None
        else f
        for f in found
    ]


def _tiers(found: list[_Found]) -> list[_Found]:
    """Neighbouring steps (6项以上得3分，4-5项得2分) and grades share a group."""
    out = list(found)
    run: list[int] = []
    for i, f in enumerate([*found, None]):
        if f is not None and f.step and f.rule.group is None:
            run.append(i)
            continue
        if f is not None and (f.plain or f.rule.effect == "cap"):
            continue
        if len(run) > 1:
            for j in run:
                out[j] = replace(out[j], rule=replace(out[j].rule, group=f"档{run[0] + 1}"))
        run = []
    return out
