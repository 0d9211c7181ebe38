"""Headings and items of the running text that have no number: 【阵地建设】, 组织领导（20分）, 3月：…, 教务处：…, 一是….

Most are known by their repetition: what stands at the beginning of several lines in a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final

from extractors.body.line_joining import MONTH_MARK, Label, LabelStyle, Line, body_words, read_label
from extractors.document import Table
from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.demands import asks_something
from extractors.parsers.item_labels import read_heading
from extractors.parsers.item_points import stated_points
from extractors.parsers.numerals import parse_integer
from extractors.parsers.responsible_units import looks_like_party, names_single_office, role_of_label
from extractors.tables.column_roles import PARTY_ROLES
from extractors.vocabulary import alternation, load_toml

_SCORED_HEADING = re.compile(r"(?:\d{1,2}\s*)?[\u4e00-\u9fff、“”]{2,20}[（(【\[][^（）()]{1,12}[）)】\]]")
_FRAME: Final = "【】〖〗"
_FRAMED: Final = re.compile(r"[【〖][^【】〖〗。；：:，,]{2,20}[】〗]")
"""【阵地建设（30分）】"""
_PLAIN: Final = re.compile(r"[\u4e00-\u9fff“”、（）()]{2,20}[:：]?")
_LEAST_MONTHS: Final = 3
_LEAST_LINES: Final = 2
"""Lines of a list whose points make up those of the line above."""
_LATE: Final = 8
"""Behind this month the next year may begin."""
_LEAST_PARAGRAPHS: Final = 3
_UNIT_FIRST: Final = re.compile(
    r"(?P<unit>(?:[^，,。；;：:（()）\n]|[（(][^（()）]{1,8}[）)]){2,24})[:：]\s*(?P<rest>\S.{3,})", re.DOTALL
)
"""总务处：完善设施，9月底前完成。"""
_RESULT: Final = re.compile(r"率\d|\d分|第[\d一二三四五六七八九十]+名|已")
"""What somebody reached or has done: 完成率100%."""
_LISTS: Final = re.compile("[、，,]")
_LABELLED_END: Final = re.compile(
    r"[（(](?P<label>[\u4e00-\u9fff]{2,8})[:：](?:[^（()）]|[（(][^（()）]*[)）]){2,100}[)）][。；;]?$"
)
"""（牵头：县科协；参与：各学校）"""
_ORDINAL: Final = re.compile(r"(?P<mark>(?P<number>[一二三四五六七八九十])(?:是|要))\s*(?P<rest>\S.{3,})", re.DOTALL)
"""一是整治背街小巷，由区城管局牵头。"""
_OUTER_STYLES: Final = (LabelStyle.CHAPTER, LabelStyle.SECTION, LabelStyle.PART)


@cache
def _bare_heading() -> re.Pattern[str]:
    return re.compile(rf".{{0,6}}(?:{'|'.join(body_words()['heading_endings'])})")


def is_bare_heading(line: Line, below: Line | Table | None) -> bool:
    """Return whether a line is a section heading that lost its automatic number: 指导思想 above its text."""
    if not isinstance(below, Line) or len(line.text) > 14 or re.search(r"[。；：:，,、《》\d]", line.text):
        return False
    return _bare_heading().fullmatch(line.text) is not None


def is_scored_heading(line: Line, below: Line | Table | None) -> bool:
    """Return whether a line without label states the points of the numbered items below it.

    Examples: 组织领导（20分） above 1.…, 1组织领导（20分） above 1.1….
    """
    if not isinstance(below, Line) or not _SCORED_HEADING.fullmatch(line.text):
        return False
    label = read_label(below.text)
    return label is not None and label.number == 1 and read_heading(line.text).points is not None


def find_sums(body: Sequence[tuple[Line, str | None]]) -> dict[int, str]:
    """Return the headings without numbers whose points are the sum of those of the lines below, and their places.

    【阵地建设（30分）】 above 文化墙（10分）：…, 书屋（20分）：…. What a numbered heading sums up is no heading.
    """
    found: dict[int, str] = {}
    end = 0
    for place, (line, annex) in enumerate(body):
        label = read_label(line.text) if place >= end else None
        heading = strip_whitespace(label.rest if label else line.text).strip(_FRAME)
        if place < end or not _SCORED_HEADING.fullmatch(heading):
            continue
        below = place + 1
        left = total = read_heading(heading).points or Decimal(0)
        while left > 0 and below < len(body) and body[below][1] == annex and not read_label(body[below][0].text):
            points = stated_points(body[below][0].text)
            if points is None:
                break
            left, below = left - points, below + 1
        if total and left == 0 and below - place > _LEAST_LINES:
            end = below
            if label is None:
                found[place] = heading
    return found


def find_group_headings(body: Sequence[tuple[Line, str | None]]) -> dict[int, str]:
    """Return the headings without numbers above the lists of a section, each of which begins anew, and their places.

    宣传教育方面 above 1.…, 2.…, 环境整治方面 above 1.…; in brackets (【阵地建设】) one is a heading above any item.
    """
    found: dict[int, str] = {}
    above: tuple[LabelStyle, int] | None = None
    first: tuple[int, tuple[LabelStyle, int]] | None = None
    for place, ((line, annex), (below, annex_below)) in enumerate(pairwise(body)):
        label, opening = read_label(line.text), read_label(below.text)
        if label is not None:
            above = label.rank
        elif opening is None or annex != annex_below:
            continue
        elif _FRAMED.fullmatch(line.text):
            found[place] = line.text.strip(_FRAME)
        elif opening.number == 1 and _PLAIN.fullmatch(line.text):
            if first is not None and above == opening.rank == first[1]:
                found |= {first[0]: body[first[0]][0].text, place: line.text}
            first = place, opening.rank
    return found


def find_months(body: Sequence[tuple[Line, str | None]], title: str | None) -> dict[int, Label]:
    """Return the lines of a plan that begin with a month each, in order, as labels with their places: 3月：…, 4月：….

    Fewer than three may tell what was done, or say when in the text of an item; a report tells it in any case.
    """
    if title and _reports().search(title):
        return {}
    found: dict[int, Label] = {}
    run: dict[int, Label] = {}
    annex_of_run: str | None = None
    for place, (line, annex) in enumerate(body):
        label, month = read_label(line.text), _read_month(line.text)
        is_outer = label is not None and label.style in _OUTER_STYLES
        is_earlier = month is not None and not _follows([one.number or 0 for one in run.values()], month.number or 0)
        if is_outer or is_earlier or annex != annex_of_run:
            found |= _if_several(run)
            run, annex_of_run = {}, annex
        if month is not None:
            run[place] = month
    return found | _if_several(run)


def find_paragraph_items(body: Sequence[tuple[Line, str | None]]) -> dict[int, Label]:
    """Return the paragraphs that are items without numbers, as labels with their places: three or more in a row.

    They begin with a unit and a colon each, and most ask for something; or with 一是, 二是, 三是, if they are no part
    of a numbered item.
    """
    found: dict[int, Label] = {}
    run: dict[int, Label] = {}
    annex_of_run: str | None = None
    is_inside = False
    for place, (line, annex) in enumerate(body):
        label = read_label(line.text)
        is_inside = is_inside if label is None else label.style not in _OUTER_STYLES
        item = None if label else _read_ordinal(line.text, is_inside=is_inside) or _read_unit_first(line.text)
        if item is None or annex != annex_of_run or not _counts_on(run, item):
            found |= _if_items(run)
            run, annex_of_run = {}, annex
        if item is not None and _counts_on(run, item):
            run[place] = item
    return found | _if_items(run)


def find_labelled_paragraphs(body: Sequence[tuple[Line, str | None]]) -> dict[int, Label]:
    """Return the paragraphs that end with a bracket that labels units, as labels with their places: three or more.

    举办科技节。（牵头：县科协；参与：各学校）. One may say who answers for the whole text; those of a numbered item are
    parts of it.
    """
    found: dict[str | None, dict[int, Label]] = {}
    is_inside = False
    for place, (line, annex) in enumerate(body):
        label = read_label(line.text)
        is_inside = is_inside if label is None else label.style not in _OUTER_STYLES
        if label is None and not is_inside and _labels_units_at_end(line.text):
            found.setdefault(annex, {})[place] = Label("", LabelStyle.UNIT, None, line.text)
    several = (items for items in found.values() if len(items) >= _LEAST_PARAGRAPHS)
    return {place: label for items in several for place, label in items.items()}


def _labels_units_at_end(text: str) -> bool:
    match = _LABELLED_END.search(text)
    label = match["label"] if match and match.start() else ""
    return bool(label) and (header_word(label).role in PARTY_ROLES or role_of_label(label) is not None)


def _counts_on(run: dict[int, Label], item: Label) -> bool:
    """Return whether an item goes on a run, or may begin one: 二是 behind 一是, a unit behind a unit."""
    last = next(reversed(run.values()), None)
    if last is None:
        return item.number in (None, 1)
    return item.style is last.style and (item.number is None or item.number == (last.number or 0) + 1)


def _if_items(run: dict[int, Label]) -> dict[int, Label]:
    texts = [label.rest for label in run.values() if not _RESULT.search(label.rest)]
    n_asking = sum(asks_something(text) or _has_office(text) for text in texts)
    return run if len(run) >= _LEAST_PARAGRAPHS and n_asking * 2 > len(run) else {}


def _has_office(text: str) -> bool:
    """Return whether a paragraph begins with an office, which does not only name something: 宣传部：更新公益广告."""
    match = _UNIT_FIRST.fullmatch(text)
    return match is not None and names_single_office(match["unit"]) and not _LISTS.search(match["rest"])


def _read_ordinal(text: str, *, is_inside: bool) -> Label | None:
    match = None if is_inside else _ORDINAL.fullmatch(text)
    return Label(match["mark"], LabelStyle.ORDINAL, parse_integer(match["number"]), match["rest"]) if match else None


def _read_unit_first(text: str) -> Label | None:
    match = _UNIT_FIRST.fullmatch(text)
    is_unit = match is not None and header_word(match["unit"]).role is None and looks_like_party(match["unit"])
    return Label("", LabelStyle.UNIT, None, text) if is_unit else None


@cache
def _reports() -> re.Pattern[str]:
    words = load_toml("demands")
    return re.compile(alternation([*words["results"], *words["reports"]]))


def _follows(months: Sequence[int], month: int) -> bool:
    """Return whether a month may stand behind others: 9月, 10月, 1月 of a school year; else none that is earlier."""
    if not months or month >= months[-1]:
        return True
    return months[-1] >= _LATE and month < months[0] and months == sorted(months)


def is_month(heading: str) -> bool:
    """Return whether a heading is nothing but a month: 3月份."""
    return MONTH_MARK.fullmatch(heading) is not None


def _read_month(text: str) -> Label | None:
    match = MONTH_MARK.match(text)
    number = parse_integer(match["month"]) if match else None
    return Label(match["mark"], LabelStyle.MONTH, number, text[match.end() :].strip()) if match and number else None


def _if_several(run: dict[int, Label]) -> dict[int, Label]:
    return run if len(run) >= _LEAST_MONTHS else {}
