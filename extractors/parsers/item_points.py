"""The points that a numbered item or a heading of the running text states for itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.parsers.item_labels import Heading, read_heading
from extractors.parsers.points import (
    bracket_points,
    cell_points,
    find_brackets,
    inline_points,
    is_other_grade,
    only_rise_or_fall,
)
from extractors.parsers.scoring import ScoringRule, read_scoring

_MIN_PARTS: Final = 2
"""Awards whose sum may be the total that stands before or behind them."""
_TITLE_POINTS = re.compile(
    r"[^，,。；;：:\n（(【\[]{2,30}[（(【\[](?P<inside>[^（）()\[\]【】]{1,16})[）)】\]]\s*(?=[：:。\n]|$)"
)
"""The points of a title before its standard: 敬老爱幼（20分）：主动赡养老人."""
_POINTS_LINE = re.compile(r"\n[\u4e00-\u9fff]{0,4}分[值数]?[:：](?P<points>[^\n。；]{1,12})")
"""A line of its own: 分值：6分."""
_PER_PIECE = re.compile(
    r"每(?!个?(?:季|月|年|周|日|天|半年|学期))[^，。；]{0,6}?(?:次|个|项|篇|条|件|名|人|例|起|户|份|期|场)|(?<!\d)1(?:次|篇|条|件)$"
)
"""An award for each piece: its total is not stated."""
_BONUS_AWARD = re.compile("加|奖")
_ADDED = re.compile("[加扣减奖倒]")
_DIGITS = re.compile(r"[\d.一二三四五六七八九十]+")
_UNMARKED = re.compile(r"[\u4e00-\u9fff”）)%](?<![扣减罚])(?<!扣除)(?P<points>\d{1,3}(?:\.\d)?分)(?=[，,。；;：:\n]|$)")


@lru_cache(maxsize=4096)
def stated_points(text: str) -> Decimal | None:
    """Return the points that an item states for itself, None if it states none.

    They stand behind its title, else in brackets or between marks (台账完整，2分), else behind a verb (得2分). Awards
    of alternatives and for each piece say no such points, nor do deductions and additions.
    """
    if "分" not in text:
        return None
    if title := _TITLE_POINTS.match(text):
        points = bracket_points(strip_whitespace(title["inside"]))
        if len(points) == 1:
            return points[0]
        if (
            "分" in title["inside"]
            and not _ADDED.search(title.group())
            and (ranged := cell_points(title["inside"])) is not None
        ):
            return ranged
    if line := _POINTS_LINE.search(text):
        return cell_points(line["points"])
    awards = inline_points(text)
    if not awards:
        return sum(_awards_behind_verbs(text), Decimal(0)) or None
    for total, parts in ((awards[:1], awards[1:]), (awards[-1:], awards[:-1])):
        if len(parts) >= _MIN_PARTS and total == [sum(parts)]:
            return total[0]
    return sum(awards, Decimal(0)) or None


def read_scored_heading(text: str) -> Heading:
    """Return a heading with its points; behind them its bracket may say more: 思想建设（满分30分，由宣传部考核）."""
    heading = read_heading(text)
    bracket = find_brackets(heading.name)
    points = bracket_points(strip_whitespace(bracket[-1].group(1))) if bracket and heading.points is None else []
    if len(points) != 1 or bracket[-1].end() < len(heading.name) or not bracket[-1].start():
        return heading
    return replace(heading, name=heading.name[: bracket[-1].start()].strip(), points=points[0])


@lru_cache(maxsize=4096)
def is_scored(text: str) -> bool:
    """Return whether a text says how points are won or lost."""
    return stated_points(text) is not None or any(
        rule.effect in ("award", "deduct") and rule.points != 0 for rule in read_scoring(text)
    )


def max_points(text: str) -> Decimal:
    """Return the most that awards for each piece may reach together: 每篇计5分，本项最高15分; 0 if nothing says so."""
    if "分" not in text:
        return Decimal(0)
    return sum((rule.cap for rule in read_scoring(text) if rule.effect == "award" and rule.cap), Decimal(0))


def unmarked_points(text: str) -> Decimal | None:
    """Return the points behind a word without any mark (围挡整洁10分，…), which count only where they add up."""
    match = _UNMARKED.search(text)
    return cell_points(match["points"]) if match else None


def _awards_behind_verbs(text: str) -> list[Decimal]:
    """Return the awards behind verbs, of the grades of one thing (90%以上得3分，80%以上得2分) only the highest."""
    rules = read_scoring(text)
    runs = _runs_of_grades([rule for rule in rules if rule.effect in ("award", "grade") and rule.points])
    # 一次得3分，一次得2分，累计最多10分: what the item is worth is not the sum.
    if any(rule.effect == "cap" for rule in rules) or any(
        _is_open_award(rule, len(run) > 1) for run in runs for rule in run
    ):
        return []
    runs = [run for run in runs if len(run) > 1 or run[0].effect == "award"]
    conditions = {_DIGITS.sub("", run[0].condition or "") for run in runs}
    return [max(rule.points or Decimal(0) for rule in run) for run in runs] if len(conditions) == len(runs) else []


def _runs_of_grades(rules: Sequence[ScoringRule]) -> list[list[ScoringRule]]:
    """Return the rules, those together that give the points of one thing by grades."""
    runs: list[list[ScoringRule]] = []
    for rule in rules:
        run = runs[-1] if runs else []
        reached = [one.points for one in (*run, rule) if one.points is not None]
        if run and only_rise_or_fall(reached) and is_other_grade(run[0].condition or "", rule.condition or ""):
            run.append(rule)
        else:
            runs.append([rule])
    return runs


def _is_open_award(rule: ScoringRule, is_graded: bool) -> bool:
    """Return whether an award says no points of the item: one of several, for each piece, or on top."""
    is_one_of_several = rule.group is not None and not is_graded and rule.effect == "award"
    return bool(
        is_one_of_several or rule.cap or _BONUS_AWARD.search(rule.raw) or _PER_PIECE.search(rule.condition or "")
    )
