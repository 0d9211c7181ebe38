"""Rubrics in the running text: the numbered items that earn points, and the headings whose points they share.

What makes a part of the outline a rubric is its arithmetic and its form, not its words: the points of a heading are the
sum of what stands below it, several headings of one depth state points, or item after item does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Final

from extractors.body.line_joining import LabelStyle
from extractors.body.outline import Outline, OutlineItem
from extractors.normalize import strip_whitespace
from extractors.parsers.item_points import is_scored, read_scored_heading, stated_points, unmarked_points
from extractors.parsers.persons import is_person_list
from extractors.parsers.responsible_units import looks_like_party
from extractors.parsers.scoring import read_scoring

MIN_SHARE: Final = 0.6
"""The least share of the items of a list that are written in its form: three of five items end with their points; of
five items of which one mentions 扣2分 none is a task for it."""
_MIN_ITEMS: Final = 3
"""Items that state their points where no sum proves it: two may do so by the way (日常考核占40分, 年终考核占60分)."""
_MIN_PARTS: Final = 2
"""Parts whose points add up to those of their heading; one part may repeat them by chance."""
PART_STYLES: Final = (LabelStyle.PAREN, LabelStyle.HALF, LabelStyle.CIRCLE)
"""Styles of the parts of a sentence, which earn no points of their own: 建立三项制度（5分）：(1)…；(2)…"""
_MIN_LABELS: Final = 2
"""Labelled lines that items of one form have in common: 定义：, 资料来源：."""
_LINE_LABEL = re.compile(r"\n(?P<label>[\u4e00-\u9fff]{2,8})[:：]")
_POINTS_UNIT = re.compile("[分%％权]")
_SCORE_AT_END = re.compile(r"[，,：:、（(\s]{0,2}得?\d{1,3}(?:\.\d{1,3})?分[）)]?[。；;]?$")
_BASE = re.compile("基[础准]分|起评分|减分")
"""扣分细则（基础分为100分）: what is lost is taken from it, and no item earns it."""
_TOTAL_LINE = re.compile(r"[（(]?(?:合计|总计|共计|小计|总分)")
_STATED_TOTAL = re.compile(r"(?:满分|总分|总计|共计|合计)(?:值|数)?[为是:：]?(?P<points>\d{1,4})分")


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """An item of a rubric in the running text.

    Attributes:
        item: The item.
        text: Its text, with that of the parts below it which earn no points of their own.
        points: Its points; the first of the items that share the points of their heading has them.
        points_rows: The number of items that share the points.
        criteria: The texts of the headings above it that are more than titles.
    """

    item: OutlineItem
    text: str
    points: Decimal | None
    points_rows: int = 1
    criteria: str | None = None


@dataclass(frozen=True, slots=True)
class ProseRubric:
    """The items of the rubrics of the running text in reading order.

    Attributes:
        items: The items.
        is_proven: Whether a sum of points confirms each rubric.
        doubtful: Lists of which some items state points and were not read for it, each with that number of items.
    """

    items: tuple[ScoredItem, ...]
    is_proven: bool
    doubtful: tuple[tuple[OutlineItem, int], ...]


def read_rubric(outline: Outline) -> ProseRubric:
    """Return the rubrics in the running text."""
    items: list[ScoredItem] = []
    doubtful: list[tuple[OutlineItem, int]] = []
    is_proven = True
    totals = {
        Decimal(m["points"]) for line in outline.lines for m in _STATED_TOTAL.finditer(strip_whitespace(line.text))
    }
    for _, roots in groupby(outline.items, lambda item: item.annex):
        family = list(roots)
        nodes = [node for root in family for node in root.walk()]
        proven = _is_proven(family, nodes, totals)
        found, unsure = _read_lists(family, is_proven=proven, is_rubric=proven or _has_rubric_form(nodes))
        criteria = dict(_criteria_below(family))
        items += [replace(unit, criteria=criteria.get(id(unit.item))) for unit in found]
        doubtful += unsure
        is_proven = is_proven and (proven or not found)
    return ProseRubric(tuple(items), is_proven, tuple(doubtful))


def _is_score_of_somebody(text: str) -> bool:
    """Return whether points may be what somebody got, because nothing but a name stands before them: 县税务局，95分."""
    name = _SCORE_AT_END.sub("", text)
    return name != text and (looks_like_party(name) or is_person_list(name))


def _heading_points(item: OutlineItem) -> Decimal | None:
    """Return the points that the heading of an item with children states; a bare number in brackets may be anything."""
    is_stated = item.children and _POINTS_UNIT.search(item.heading)
    return read_scored_heading(item.full_heading).points if is_stated else None


def _own_points(item: OutlineItem) -> Decimal | None:
    return _heading_points(item) if item.children and item.is_heading_only else stated_points(item.text)


def _adds_up(heading: OutlineItem) -> bool:
    """Return whether the points at the ends of the items below a heading are together those of the heading."""
    points = [unmarked_points(child.text) for child in heading.children if not child.children]
    known = [p for p in points if p is not None]
    return bool(known) and len(known) == len(heading.children) and sum(known) == _heading_points(heading)


def _is_proven(family: Sequence[OutlineItem], nodes: Sequence[OutlineItem], totals: set[Decimal]) -> bool:
    """Return whether points add up: those below one heading to its own, or those of all to a stated total."""
    for node in nodes:
        parts = [points for child in node.children if (points := _own_points(child)) is not None]
        if len(parts) >= _MIN_PARTS and len(parts) == len(node.children) and _heading_points(node) == sum(parts):
            return True
        if len(node.children) >= _MIN_PARTS and _adds_up(node):
            return True
    tops = [points for root in family if (points := _own_points(root)) is not None]
    leaves = [points for node in nodes if not node.children and (points := stated_points(node.text)) is not None]
    return any(len(parts) >= _MIN_PARTS and sum(parts) in totals for parts in (tops, leaves))


def _has_rubric_form(nodes: Sequence[OutlineItem]) -> bool:
    """Return whether the items are written like those of a rubric.

    That is so where item after item or heading after heading states points, where items with points have the same
    labelled lines, or where most items below a heading with points say how they are lost.
    """
    leaves = [node for node in nodes if not node.children or _is_one_task(node)]
    leaves = [leaf for leaf in leaves if stated_points(leaf.text) is not None]
    labels = Counter(label for leaf in leaves for label in set(_LINE_LABEL.findall(leaf.text)))
    has_blocks = sum(count >= _MIN_PARTS for count in labels.values()) >= _MIN_LABELS
    headings = [node for node in nodes if _heading_points(node) is not None]
    has_deductions = any(
        sum(is_scored(child.text) for child in node.children) >= max(_MIN_PARTS, MIN_SHARE * len(node.children))
        for node in headings
    )
    styles = Counter(node.style for node in headings)
    return len(leaves) >= _MIN_ITEMS or has_blocks or has_deductions or any(n >= _MIN_PARTS for n in styles.values())


def _read_lists(
    family: Sequence[OutlineItem], *, is_proven: bool, is_rubric: bool
) -> tuple[list[ScoredItem], list[tuple[OutlineItem, int]]]:
    """Return the items of the lists that are written in the form of a rubric, and the lists that are so in part."""
    found: list[ScoredItem] = []
    doubtful: list[tuple[OutlineItem, int]] = []
    for siblings in _lists_below(family):
        units = [unit for item in siblings for unit in _finest(item)]
        scored = [unit for unit in units if unit.points is not None or unit.points_rows > 1 or is_scored(unit.text)]
        if not is_proven and all(_is_score_of_somebody(unit.text) for unit in units):
            continue
        if is_rubric and siblings[0].path and _is_veto(siblings[0].path[-1]):
            scored = units
        if is_rubric and len(scored) >= MIN_SHARE * len(units):
            found += units
        elif sum(unit.points is not None for unit in units) >= _MIN_PARTS:
            doubtful.append((siblings[0], len(scored)))
    return found, doubtful


def _is_veto(heading: str) -> bool:
    return any(rule.effect == "veto" for rule in read_scoring(heading))


def _lists_below(siblings: Sequence[OutlineItem]) -> Iterator[list[OutlineItem]]:
    """Yield the lists of siblings that are read together: those without lists of their own, and each other one's.

    The items that share the points of their heading, or add up to them, are read with it.
    """
    # 一、 behind 3、 begins another list.
    for _, own in groupby((item for item in siblings if not item.children), lambda item: item.style):
        yield list(own)
    for item in siblings:
        if not item.children:
            continue
        if _shares_points(item) or _is_one_task(item) or _adds_up(item):
            yield [item]
        else:
            yield from _lists_below(item.children)


def _earns_below(item: OutlineItem) -> bool:
    return any(stated_points(node.text) is not None for child in item.children for node in child.walk())


def _is_one_task(item: OutlineItem) -> bool:
    """Return whether an item states points for a sentence whose parts are numbered below it."""
    is_sentence = not item.is_heading_only or item.text.endswith(("：", ":"))
    has_parts = is_sentence and all(child.style in PART_STYLES for child in item.children)
    return has_parts and stated_points(item.text) is not None and not _earns_below(item)


def _shares_points(item: OutlineItem) -> bool:
    """Return whether the points of a heading are those of all items below it, which state none."""
    is_innermost = not any(_heading_points(node) for child in item.children for node in child.walk())
    return _heading_points(item) is not None and is_innermost and not _earns_below(item)


def _finest(item: OutlineItem) -> list[ScoredItem]:
    """Return the finest items that earn points: the item, or those that share the points of its heading."""
    if not item.children:
        return [ScoredItem(item, item.text, stated_points(item.text))]
    if _is_one_task(item):
        return [ScoredItem(item, "\n".join([item.text, *item.parts()]), stated_points(item.text))]
    leaves = [node for child in item.children for node in child.walk() if not node.children]
    if _adds_up(item):
        return [ScoredItem(leaf, leaf.text, unmarked_points(leaf.text)) for leaf in leaves]
    if _BASE.search(item.heading):
        return [ScoredItem(leaf, leaf.text, None) for leaf in leaves]
    first = ScoredItem(leaves[0], leaves[0].text, _heading_points(item), len(leaves))
    return [first, *(ScoredItem(leaf, leaf.text, None, len(leaves)) for leaf in leaves[1:])]


def _criteria_below(siblings: Sequence[OutlineItem], above: str = "") -> Iterator[tuple[int, str]]:
    """Yield for each item the texts of the headings above it that are more than titles."""
    for item in siblings:
        if above:
            yield id(item), above
        lines = item.text.removeprefix(item.heading).split("\n")
        own = "\n".join(line for line in lines if not _TOTAL_LINE.match(line)).strip("。：:；; \n")
        yield from _criteria_below(item.children, "\n".join(filter(None, [above, own])))
