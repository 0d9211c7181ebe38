"""Points: in score cells, after the text of a standard, in the headings of indicators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from extractors.normalize import strip_whitespace
from extractors.parsers.numerals import parse_decimal, parse_quantity
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("scoring")
_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
POINTS_WORD: Final = alternation(_WORDS["points"]["before"])
"""A word before a number of points: 共15分, 总分值:80分."""
UNITLESS_WORD: Final = alternation(word for word in _WORDS["points"]["before"] if re.search("分|权", word))
"""A word that needs no 分 behind the number: 分值15."""
RANGE_LOW: Final = rf"(?:{_NUMBER}(?:分?[~～∼至到]|分?[-—–－]{{1,2}}(?={_NUMBER}分))|0[-—–－]{{1,2}})"
"""The lower end of a range of points with its dash: 0~7, 0-7, 2-5分; 1-5 alone is a code."""
_CELL = re.compile(
    rf"[（(]?(?:{POINTS_WORD}[为是]?)?[:：]?{RANGE_LOW}?(?P<points>{_NUMBER})(?:(?:分|%|％)[。；;]?)?[）)]?"
)
_RANGE = re.compile(rf"{_NUMBER}分?[-—–－]{{1,2}}(?P<points>{_NUMBER})分?")
_PLUS: Final = _WORDS["column_signs"]["plus"]
_MINUS: Final = _WORDS["column_signs"]["minus"]
_SIGNED = re.compile(
    r"(?P<condition>[^\d+＋\-－—–，,。；;]{0,16}?)"
    rf"(?P<sign>[+＋\-－—–]|{alternation([*_PLUS, *_MINUS])}[:：])(?P<low>{_NUMBER})"
    rf"(?:分?[-—－–~～至到][+＋\-－]?(?P<high>{_NUMBER}))?分?(?P<per>[/／每][\u3400-\u9fff]{{1,4}})?"
)
_SIGNED_SEPARATOR = re.compile(r"[，,。；;、/／\n]+")
_BARE = re.compile(rf"(?<=[，,：:])(?P<points>{_NUMBER})分(?=[；;。，,、：:（(）)】\]\n]|$)")
"""Points between marks behind what they are given for: 台账完整，5分；"""
_UNIT = re.compile(r"[（(][^（）()]{0,4}[）)]$")
_CONJUNCTION = re.compile("以及|[、及和与]")
_COUNTED = re.compile(r"(?<![\d第])(\d|[两二三四五六])[支个项类份种篇]")
_MAX_THINGS = 6
_ONLY_POINTS = re.compile(rf"{_NUMBER}分")
_BRACKET = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_AWARD = re.compile(
    rf"(?<![\d.\-—－~～至到第])(得|计|各|每项|共|共计|满分|合计|总计|总分)?[:：]?({_NUMBER})分(?![\d之钟]|及?以[上下内])"
)
_DEDUCT = re.compile(r"扣|减|倒|最多|最高|不超过|上限|封顶|加|以上得|每")
_TIER = re.compile(r"优秀|优良|良好|一般|合格|较好|较差|达标|[国省市县]级|等次|名次|以[上下]的?得|第[一二三]名")
_NOT_AWARDED = re.compile(rf"扣|减|倒|{alternation([*_WORDS['points']['before'], *_WORDS['verbs']['cap']])}")
_TOTAL = ("共", "共计", "满分", "合计", "总计", "总分")
_GRADE = re.compile(
    rf"(?:达到?|不足|低于|少于|在|[≥≧>＞≤≦<＜])?(?P<amount>{_NUMBER})(?:[%％]?(?:（不?含）)?[-—–~～至到]{_NUMBER})?"
    r"(?P<measure>[%％]|万?[\u3400-\u9fff]?)(?:（不?含）)?(?:及?以[上下内])?(?:（不?含[^（）]{0,6}）)?的?"
    r"|(?:国家|[国省市州盟县区旗镇乡街校院])级|[特一二三四]等奖?|第[一二三四五六]名|[A-E][级等档]?"
    rf"|(?:{alternation(load_toml('scoring')['grades']['words'])})(?:等次|等级|档次|[级等档])?"
)
"""What one of several grades is reached with, and nothing else: 3次, 3-4条, 80%以上, 省级, 二等奖, 良好."""
_GRADE_MARKS = "、，,；;或"
_LEVEL: Final = re.compile("(?:国家|[国省市州盟县区旗镇乡街校院])级")
_MIN_THING = 2
_OPPOSED: Final = [tuple(pair.split("/")) for pair in _WORDS["grades"]["opposed"]]


@lru_cache(maxsize=1024)
def cell_points(text: str) -> Decimal | None:
    """Return the points of a score cell (2, 0.6, 5分, 3.40, 3%, （2分）, 分值15), None if it is none.

    A range of points (0~7) gives its upper end.
    """
    match = _CELL.fullmatch(strip_whitespace(text))
    return parse_decimal(match["points"]) if match else None


def column_points(text: str) -> Decimal | None:
    """Return the points of a cell below a header of points, where 1-3 and 1—3 are a range and no code; else None."""
    points = cell_points(text)
    match = _RANGE.fullmatch(strip_whitespace(text)) if points is None else None
    return parse_decimal(match["points"]) if match else points


class SignedPoints(NamedTuple):
    """Points that a cell adds or takes away.

    Attributes:
        condition: What stands before them in the cell, "" if nothing does.
        is_deduction: Whether they are taken away.
        points: The points; None for a range.
        cap: The upper end of a range.
        raw: The piece of the cell.
    """

    condition: str
    is_deduction: bool
    points: Decimal | None
    cap: Decimal | None
    raw: str


@lru_cache(maxsize=1024)
def signed_points(text: str) -> tuple[SignedPoints, ...]:
    """Return the points of a cell that holds nothing but points with a sign: +5, -20, +5/-20, 每次+2分; else ()."""
    found: list[SignedPoints] = []
    compact = strip_whitespace(text)
    position = 0
    while position < len(compact):
        match = _SIGNED.match(compact, position)
        if match is None:
            return ()
        low, high = parse_decimal(match["low"]), parse_decimal(match["high"]) if match["high"] else None
        condition = f"{match['condition']}{re.sub('^[/／]', '每', match['per'] or '')}"
        is_deduction = match["sign"].rstrip(":：") not in ("+", "＋", *_PLUS)
        points = low if high is None else None
        found.append(SignedPoints(condition, is_deduction, points, high, match.group()))
        separator = _SIGNED_SEPARATOR.match(compact, match.end())
        if separator is None and match.end() < len(compact):
            return ()
        position = separator.end() if separator else match.end()
    return tuple(found)


@lru_cache(maxsize=256)
def header_sign(column: str) -> Literal["+", "-"] | None:
    """Return what a column does with its numbers: + under 加分, - under 扣分, None under another header."""
    word = strip_whitespace(_UNIT.sub("", column.rsplit("/", maxsplit=1)[-1]))
    return "+" if word in _PLUS else "-" if word in _MINUS else None


def bare_points(text: str) -> list[re.Match[str]]:
    """Return the points that stand alone between marks behind what they are given for (台账完整，5分；每年两次，3分).

    Totals, caps and deductions are none.
    """
    found: list[re.Match[str]] = []
    for match in _BARE.finditer(text) if "分" in text else ():
        clause = _clause_before(text, match.start() - 1)
        is_next = _ONLY_POINTS.fullmatch(clause) is not None
        if (found and found[-1].end() == match.start() - 1) if is_next else not _NOT_AWARDED.search(clause):
            found.append(match)
    return found


def _count_things(clause: str) -> int:
    """Return how many things a clause lists: 方案、总结和图片 are three, and so are 三支队伍."""
    listed = len([thing for thing in _CONJUNCTION.split(clause) if thing])
    counted = _COUNTED.search(clause)
    if listed > 1 or counted is None:
        return min(max(listed, 1), _MAX_THINGS)
    return min(max(int(parse_quantity(counted.group(1))), 1), _MAX_THINGS)


def _clause_before(text: str, end: int) -> str:
    """Return the text between the comma before `end` and `end`."""
    start = max(text.rfind(mark, 0, end) for mark in "，,。；;：:（）()\n")
    return text[start + 1 : end]


def find_brackets(text: str) -> list[re.Match[str]]:
    """Return every innermost bracket in order; group 1 is its content."""
    return list(_BRACKET.finditer(text))


def bracket_points(content: str) -> list[Decimal]:
    """Return the awards in the content of one bracket: 1分, 各0.5分, 至少3处，1分.

    If a total is given, only the total is returned. Deductions, caps, tiers and ranges are not awards.
    """
    if "分" not in content or _TIER.search(content):
        return []
    awards = [m for m in _AWARD.finditer(content) if not _DEDUCT.search(content[max(0, m.start() - 4) : m.start()])]
    total = next((m for m in awards if m.group(1) in _TOTAL), None)
    return [parse_decimal(m.group(2)) for m in ([total] if total else awards)]


def is_other_grade(first: str, other: str) -> bool:
    """Return whether a condition is one more grade of another: 80%-90% of 满意度90%以上, 兼用 of 专用场所."""
    grade, of = _GRADE.fullmatch(other), re.search(rf"(?:{_GRADE.pattern})$", first)
    if grade is not None and of is not None:
        return (grade["amount"] is None) == (of["amount"] is None) and grade["measure"] == of["measure"]
    if _LEVEL.fullmatch(other):
        return _LEVEL.search(first) is not None
    if (level := _LEVEL.match(other)) is not None and first.endswith(other[level.end() :]):
        # 创建全国文明村镇, 省级文明村镇
        return True
    return any(_is_opposed(first, other, best, less) for best, less in _OPPOSED if other.startswith(less))


def _is_opposed(first: str, other: str, best: str, less: str) -> bool:
    """Return whether two conditions differ by two opposed words: 配备专职人员, 兼职; 专门场所, 兼用场所."""
    of_one_thing = best in first[:-_MIN_THING] and other.removeprefix(less).endswith(first[-_MIN_THING:])
    return other in first.replace(best, less, 1) or (best != "" and of_one_thing)


def only_rise_or_fall(reached: Sequence[Decimal]) -> bool:
    """Return whether points only rise or only fall, as those of grades do."""
    return list(reached) in (sorted(set(reached)), sorted(set(reached), reverse=True))


def _is_other_grade_in_bracket(grades: Sequence[tuple[str, Decimal]], before: str, points: Decimal) -> bool:
    """Return whether points in a bracket are those of one more grade: 3次（8分） behind 每年4次（10分）、."""
    if before[:1] not in tuple(_GRADE_MARKS) or not is_other_grade(grades[0][0], before.lstrip(_GRADE_MARKS)):
        return False
    return only_rise_or_fall([*(value for _, value in grades), points])


def inline_points(text: str) -> list[Decimal]:
    """Return every award in brackets inside a standard, in order: （1分） （ 1 分） （各0.5分） （至少3处，1分）.

    Without one in brackets the awards are those between marks (台账完整，5分；). 各2分 behind two things (人数及名单)
    are two awards, the grades of one thing (4次（10分）、3次（8分）) one, the highest. Deductions, caps, tiers and
    ranges are not awards.
    """
    if "分" not in text:
        return []
    compact = strip_whitespace(text)
    awards: list[Decimal] = []
    grades: list[tuple[str, Decimal]] = []
    end = 0
    for bracket in find_brackets(compact):
        points = bracket_points(bracket.group(1))
        if not points:
            # 95%以上（含95%）（20分）
            continue
        is_each = len(points) == 1 and bracket.group(1).startswith("各")
        before, end = compact[end : bracket.start()], bracket.end()
        if grades and len(points) == 1 and _is_other_grade_in_bracket(grades, before, points[0]):
            grades.append((before, points[0]))
            awards[-1] = max(awards[-1], points[0])
            continue
        grades = [(before, points[0])] if len(points) == 1 else []
        awards += points * (_count_things(_clause_before(compact, bracket.start())) if is_each else 1)
    if awards:
        return awards
    bare = [match for match in bare_points(compact) if not _TIER.search(_clause_before(compact, match.start() - 1))]
    return [parse_decimal(match["points"]) for match in bare]
