"""Figures by which a notice speaks of itself: totals, bonus, lines of results, numbers of tasks and indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from extractors import vocabulary
from extractors.normalize import strip_whitespace
from extractors.parsers.numerals import parse_integer

_WORDS: Final = vocabulary.load_toml("general_rules")
_SENTENCE: Final = re.compile(r"[^。；;\n]{1,400}")
_AMOUNT: Final = r"\d{1,4}(?:\.\d{1,2})?"
_CHINESE: Final = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_TO: Final = "[-—－–―~～至到]{1,2}"
_BELOW: Final = "(?<!不)(?:不满|不足|低于|少于|不到|未达到|未达|未满)"
_INCLUDED: Final = "(?:[（(]不?含[）)])?"
_SIDE: Final = f"{_INCLUDED}[（(]?及?(?P<side>以上|以下|以内)[）)]?"
_GRADE: Final = vocabulary.alternation(_WORDS["results"]["words"])
_GRADE_SIGN: Final = re.compile(_GRADE)
_DIGIT: Final = re.compile(r"\d")
_LETTER: Final = re.compile("[A-E]")
_SHARE: Final = re.compile(
    r"(?<![A-Za-z])(?P<grade>[A-E])(?:等|档|级)?[=＝:：为](?:[^，,。；;\d]{0,8})?(?P<low>\d{1,3}(?:\.\d{1,2})?)(?P<unit>[%％]|分|(?=[。，,；;]|$))"
)
_SHARES_IN_TURN: Final = re.compile(
    r"(?P<grades>[A-E](?:[、,，/][A-E]){1,4})[^。；;\d]{1,30}?分别(?:为|按|是|得)[^。；;\d]{0,14}"
    r"(?P<values>\d{1,3}(?:\.\d{1,2})?[%％分](?:[、,，/]\d{1,3}(?:\.\d{1,2})?[%％分]){1,4})"
)


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """A figure of a notice about itself.

    Attributes:
        subject: What it is of: the word before a total, the name of a result, the noun that is counted.
        low: The figure, or the lower end of a range; None for a range without one (60分以下).
        high: The upper end of a range.
        unit: 分, % or the measure word.
        raw: The piece of the text, without whitespace.
    """

    subject: str
    low: Decimal | None
    high: Decimal | None
    unit: str | None
    raw: str


def find_totals(text: str) -> list[StatedAmount]:
    """Return the totals of a rubric in a text: 满分60分, 总分为100分; the line of a result (180分以上) is none."""
    compact = strip_whitespace(text)
    if "分" not in compact:
        return []
    totals = list(_total_pattern().finditer(compact))
    extra = [m.span() for m in _bonus_pattern().finditer(compact)] if totals else []
    return [
        StatedAmount(m["word"], Decimal(m["points"]), None, "分", m.group())
        for m in totals
        if not any(start <= m.start() < end for start, end in extra)
    ]


def find_bonus(text: str) -> list[StatedAmount]:
    """Return the most that a rubric adds to its total: 加分项5分, 另设加分项，最多加6分; 每项加分2分 is none."""
    compact = strip_whitespace(text)
    found = _bonus_pattern().finditer(compact) if "分" in compact else ()
    return [StatedAmount(m["word"], Decimal(m["points"]), None, "分", m.group()) for m in found]


def find_results(text: str) -> list[StatedAmount]:
    """Return the lines of results: 90分以上为优秀, 80—89分为良好, 合格线为60分, A=权重的100%."""
    compact = strip_whitespace(text)
    if not _DIGIT.search(compact):
        return []
    found = [*_lines_before_names(compact), *_names_before_lines(compact)] if _GRADE_SIGN.search(compact) else []
    if _LETTER.search(compact):
        found += [(m.start(), StatedAmount(m["grade"], Decimal(m["low"]), None, m["unit"] or None, m.group()))
                  for m in _SHARE.finditer(compact)]  # fmt: skip
        found += _shares_in_turn(compact)
    return [amount for _, amount in sorted(found, key=lambda pair: pair[0])]


def find_counts(text: str) -> list[StatedAmount]:
    """Return the numbers of tasks, standards and indicators: 11个测评项目, 共38项, 7大类38项."""
    compact = strip_whitespace(text)
    found: list[StatedAmount] = []
    may_count = _about_pattern().search(compact) and _counted_sign().search(compact)
    for sentence in _SENTENCE.finditer(compact) if may_count else ():
        found += _counts_in(sentence.group())
    return found


def _counts_in(sentence: str) -> Iterator[StatedAmount]:
    taken: list[range] = []
    is_about_tasks = _about_pattern().search(sentence) is not None
    for pattern in (_groups_pattern(), _noun_pattern(), _altogether_pattern()) if is_about_tasks else ():
        for match in pattern.finditer(sentence):
            if not any(match.start() < span.stop and span.start < match.end() for span in taken):
                taken.append(range(match.start(), match.end()))
                yield from _counts_of(match)


def _counts_of(match: re.Match[str]) -> Iterator[StatedAmount]:
    groups = match.groupdict()
    for number, measure, noun in (("groups", "group", None), ("count", "measure", "noun")):
        value = parse_integer(groups.get(number) or "")
        if value is not None:
            subject = (groups.get(noun) if noun else None) or groups[measure]
            yield StatedAmount(subject, Decimal(value), None, groups[measure], match.group())


@cache
def _total_pattern() -> re.Pattern[str]:
    words = vocabulary.load_toml("checks")["totals"]
    return re.compile(
        rf"(?P<word>{vocabulary.alternation(words['words'])})(?:值|数)?[为是共计：:，,]*(?P<points>{_AMOUNT})分"
        rf"(?![（(]?{vocabulary.alternation(words['of_tier'])})"
    )


@cache
def _bonus_pattern() -> re.Pattern[str]:
    words = _WORDS["bonus"]
    return re.compile(
        rf"(?<![每参增更项个次条者])(?P<word>{vocabulary.alternation(words['words'])})[（(，,：:]?"
        rf"{vocabulary.alternation(words['before'])}{{0,3}}(?P<points>\d{{1,3}}(?:\.\d{{1,2}})?)分(?![以及至到\-—]|[^，,。；;]{{0,2}}上限)"
    )


@cache
def _line_pattern() -> re.Pattern[str]:
    joins = vocabulary.alternation(_WORDS["results"]["joins"])
    return re.compile(
        rf"(?P<below>{_BELOW})?(?<![\d.至\-—－–―~～])(?<![分%％\d]到)(?P<low>{_AMOUNT})(?P<unit>分|[%％])?{_INCLUDED}"
        rf"(?:{_TO}(?P<high>{_AMOUNT})(?P<unit2>分|[%％])?{_INCLUDED}|{_SIDE})?"
        rf"(?:[的者][，,]?|[^，,。；;：:\d]{{0,8}}?){joins}[“\"]?(?P<grade>{_GRADE})"
    )


def _lines_before_names(compact: str) -> Iterator[tuple[int, StatedAmount]]:
    for match in _line_pattern().finditer(compact):
        if match["unit"] or match["unit2"]:
            yield match.start(), _result(match)


@cache
def _named_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<grade>{_GRADE})[”\"]?(?:等次|等级|单位|档次|标准)?(?:分数)?线?[（(为：:须需应要达到在得总分综合成绩的]{{1,10}}"
        rf"(?P<below>{_BELOW})?(?P<low>{_AMOUNT})(?P<unit>分|[%％])?{_INCLUDED}"
        rf"(?:{_TO}(?P<high>{_AMOUNT})(?P<unit2>分|[%％])?|{_SIDE})?"
    )


def _names_before_lines(compact: str) -> Iterator[tuple[int, StatedAmount]]:
    ends = [match.end() for match in _line_pattern().finditer(compact)]
    for match in _named_pattern().finditer(compact):
        is_line = match["side"] or match["high"] or "线" in match.group() or "达到" in match.group()
        # 80分以上为良好（70分以上为合格）: the name belongs to the line before it.
        if (match["unit"] or match["unit2"]) and is_line and match.end("grade") not in ends:
            yield match.start(), _result(match)


def _result(match: re.Match[str]) -> StatedAmount:
    low: Decimal | None = Decimal(match["low"])
    high = Decimal(match["high"]) if match["high"] else None
    if match["side"] in ("以下", "以内") or match["below"]:
        low, high = None, low
    unit = "%" if (match["unit"] or match["unit2"]) in ("%", "％") else "分"
    return StatedAmount(match["grade"], low, high, unit, match.group())


def _shares_in_turn(compact: str) -> Iterator[tuple[int, StatedAmount]]:
    for match in _SHARES_IN_TURN.finditer(compact):
        grades, values = re.split("[、,，/]", match["grades"]), re.split("[、,，/]", match["values"])
        for grade, value in zip(grades, values, strict=False):
            unit = "分" if value.endswith("分") else "%"
            yield match.start(), StatedAmount(grade, Decimal(value.rstrip("%％分")), None, unit, match.group())


@cache
def _noun_pattern() -> re.Pattern[str]:
    words = vocabulary.load_toml("checks")["counted"]
    nouns = vocabulary.alternation([*words["first"], *words["any"]])
    return re.compile(
        rf"(?<![\d.第])(?P<count>\d{{1,3}})(?P<measure>{vocabulary.alternation(words['measures'])})(?P<noun>{nouns})"
    )


@cache
def _about_pattern() -> re.Pattern[str]:
    return re.compile(vocabulary.alternation(_WORDS["counts"]["about"]))


@cache
def _counted_sign() -> re.Pattern[str]:
    """Return the pattern of a number before the first character of a measure: no other text counts anything."""
    words = vocabulary.load_toml("checks")["counted"]["measures"]
    firsts = sorted({re.escape(word[0]) for word in (*words, *_WORDS["counts"]["groups"], *"项条款大小")})
    return re.compile(rf"[\d一二三四五六七八九十][{''.join(firsts)}]")


@cache
def _groups_pattern() -> re.Pattern[str]:
    words = _WORDS["counts"]
    return re.compile(
        rf"(?<![\d.第一二三四五六七八九十])(?P<groups>{_CHINESE})(?P<group>{vocabulary.alternation(words['groups'])})"
        rf"[、，,]?(?:共计?|合计|计)?(?P<count>{_CHINESE})(?P<measure>{vocabulary.alternation(words['items'])})(?![月年天日])"
    )


@cache
def _altogether_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:共计?|总计|合计)(?:有|分为|包括|含)?(?P<count>{_CHINESE})(?P<measure>项|条|款|大项|小项)(?!目)"
    )
