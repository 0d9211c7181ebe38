"""Items and paragraphs of the running text that look like duties and gave no task, for people to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import groupby, pairwise
from typing import Final

from extractors.body.joined_items import AMOUNT
from extractors.body.line_joining import LabelStyle, Line
from extractors.body.outline import Outline, OutlineItem, lead_sentence
from extractors.body.scored_items import MIN_SHARE
from extractors.notice.prose_fields import ends_with_office
from extractors.notice.unit_sentences import count_offices_with_duties
from extractors.parsers.demands import LIMIT, asks_action

LeftOut = tuple[OutlineItem, str]
"""The first item of those that were not read, and what they are."""
_MIN_LABELLED: Final = 2
_LABELLED: Final = 0.4
"""Labelled items beside which one without units is missed: 牵头单位：… may stand below each second item."""
_MIN_UNITS: Final = 3
"""Items or paragraphs that name a unit, which running text may do now and then."""
_MIN_HEADINGS: Final = 2
_MIN_MEASURED: Final = 4
"""Items with an amount or a rhythm in a notice without tasks; the instructions of a letter have fewer."""
_REQUEST: Final = re.compile(r"(?:请|务必)[^。；;：:]{0,100}?于[^，,。；;]{2,16}前[^。；;]{0,60}[报送交馈]")
_LONGEST_HEADING: Final = 24
_MIN_AMOUNTS: Final = 3
_MIN_LOST: Final = 2
"""Points in running text that are those of a rubric: so many in all, or of them so many that are lost (扣2分)."""
_ASSESSMENT: Final = re.compile("考核|考评|测评|评分|评比|评估")
"""An examination of pupils has points as well."""


def find_unlabelled(items: Sequence[OutlineItem], labelled: Set[int], found: Set[int]) -> Iterator[LeftOut]:
    """Yield the items without responsible units among those of one heading of which many label them.

    Args:
        items: the numbered items of a section.
        labelled: the identities of those that label who is responsible.
        found: the identities of those that are tasks.
    """
    for _, part in groupby(items, lambda item: (item.path, item.style)):
        siblings = list(part)
        others = [item for item in siblings if id(item) not in found]
        if others and sum(id(item) in labelled for item in siblings) >= max(_MIN_LABELLED, _LABELLED * len(siblings)):
            yield others[0], f"{len(others)} 条没有同列其他条写明的责任单位"
    # 1、2 below one heading, 3 below the next.
    for above, item in pairwise(items):
        counts_on = (above.style, above.number) == (item.style, (item.number or 0) - 1) and above.path != item.path
        if counts_on and id(above) in labelled and id(item) not in found:
            yield item, "1 条与前面的条目连续编号，没有写责任单位"


def find_unread_units(items: Sequence[OutlineItem], known: Set[int]) -> Iterator[LeftOut]:
    """Yield the items of a section that end with an office, if many of them do; those in `known` are read."""
    unread = [item for item in items if id(item) not in known and ends_with_office(item.text)]
    if len(unread) >= max(_MIN_UNITS, MIN_SHARE * len(items)):
        yield unread[0], f"{len(unread)} 条在末尾写有单位"


def find_unread_headings(roots: Sequence[OutlineItem], found: Set[int]) -> Iterator[LeftOut]:
    """Yield the headings that end with an office and have no task below them."""
    nodes = (node for root in roots for node in root.walk())
    headings = [node for node in nodes if node.children and ends_with_office(node.text.split("\n")[0])]
    lost = [node for node in headings if not any(id(below) in found for below in node.walk())]
    if len(lost) >= _MIN_HEADINGS:
        yield lost[0], f"{len(lost)} 个标题在末尾写有单位"


def find_unit_lines(outline: Outline) -> Iterator[LeftOut]:
    """Yield the paragraphs that say what an office has to do: 市教育局要开展…."""
    counts = [(line, count_offices_with_duties(line.text)) for line, _ in outline.body]
    found = [(line, count) for line, count in counts if count]
    total = sum(count for _, count in found)
    if total >= _MIN_UNITS:
        yield _as_item(found[0][0]), f"{total} 处写明某个单位要做什么"


def find_requests(outline: Outline) -> Iterator[LeftOut]:
    """Yield the paragraphs that ask units to hand something in by a day: 请办公室、团委于3月31日前报送总结."""
    lines = [line for line, _ in outline.body if _REQUEST.search(line.text)]
    if lines:
        yield _as_item(lines[0]), f"{len(lines)} 段请有关单位限期报送"


def find_measured_demands(outline: Outline) -> Iterator[LeftOut]:
    """Yield the numbered items that ask for an amount or a rhythm: 每月开展宣讲."""
    items = [
        item for item in outline.walk() if item.is_listed and not item.children and item.style is not LabelStyle.STAGE
    ]
    measured = [item for item in items if LIMIT.search(item.text) and asks_action(item.text)]
    if len(measured) >= _MIN_MEASURED:
        yield measured[0], f"{len(measured)} 条提出了有数量或频次的要求"


def find_lost_points(outline: Outline) -> Iterator[LeftOut]:
    """Yield the points and deductions of an assessment, as of a rubric that lost its lines."""
    amounts = [(line, match.group()) for line, _ in outline.body for match in AMOUNT.finditer(line.text)]
    text = "".join(line.text for line, _ in outline.body)
    is_assessment = sum("扣" in amount for _, amount in amounts) >= _MIN_LOST or _ASSESSMENT.search(text) is not None
    if len(amounts) >= _MIN_AMOUNTS and is_assessment:
        yield _as_item(amounts[0][0]), f"{len(amounts)} 处写有分值或扣分"


def _as_item(line: Line) -> OutlineItem:
    heading = lead_sentence(line.text) or line.text[:_LONGEST_HEADING]
    return OutlineItem(None, LabelStyle.BARE, None, heading, line.text, line.locator, (), (), None)
