"""Numbers in requirements: value, unit, written operator and context, and which of them ask for something.

The words of `vocabulary/thresholds.toml` are compiled once.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from extractors.normalize import INVISIBLE, OffsetText, drop_with_offsets, find_matches, strip_trailing_zeros
from extractors.parsers.numerals import (
    ARABIC_NUMBER,
    CHINESE_NUMBER,
    NUMBER,
    parse_quantity,
    percentage,
)
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("thresholds")
CONTEXT: Final = _WORDS["context"]
_GUARDS: Final = _WORDS["guards"]
_UNITS: Final = [u for group in ("measures", "events", "things", "spans") for u in _WORDS["units"][group]]


def unit_expression(words: Iterable[str]) -> str:
    """Return the expression of units, the longest first; one that begins another word is none: 七部委, 4次序."""
    return f"(?:{'|'.join(map(_guarded, sorted(words, key=len, reverse=True)))})"


def _guarded(word: str) -> str:
    guard = _GUARDS.get(word)
    return re.escape(word) + (f"(?![{guard}])" if guard else "")


_UNIT: Final = unit_expression(_UNITS)
AT_LEAST: Final = alternation(_WORDS["before"][">="])
AT_MOST: Final = alternation([*_WORDS["before"]["<="], *_WORDS["before"]["limits"]])
NOT_AT_MOST: Final = "".join(f"(?<!{word})" for word in [*_WORDS["before"]["<="], *_WORDS["before"]["limits"]])
"""Before a number that is no upper bound: not 最多3张, 限500字."""
NOT_BOUND: Final = NOT_AT_MOST + "".join(f"(?<!{word})" for word in _WORDS["before"][">="])
WITHIN: Final = alternation(_WORDS["after"]["<="])
APART: Final = alternation(_WORDS["before"]["apart"])
_PER: Final = r"(?:/[\d十百千万]{0,6}(?:人|户|平方公里|平方米|公里|亩|次|年|月|天|小时|立方米|升))?"
"""What a unit is counted by: 起/万人, 辆/百户."""
_DASH: Final = r"(?:[-—–－―~～〜]{1,4}|至|到)"
_TIME_UNITS: Final[frozenset[str]] = frozenset(_WORDS["units"]["spans"])
_THING_UNITS: Final[frozenset[str]] = frozenset(_WORDS["units"]["things"])
QUANTITY: Final = re.compile(
    rf"(?P<hundred>百分(?:之)?百)"
    rf"|百分之(?P<percent>{NUMBER}?)(?:{_DASH}百分之(?P<percent2>{NUMBER}?))?"
    rf"|(?P<whole>[二三四五六七八九十]|\d{{1,2}})分之(?P<part>[一二两三四五六七八九]|\d{{1,2}})"
    rf"|(?<![\d/])(?P<part2>\d{{1,2}})/(?P<whole2>\d{{1,2}})(?=以上|的|以下)"
    rf"|(?P<half>半数|一半)(?=以上|的)"
    rf"|(?P<tenth>[一二三四五六七八九]|\d)成(?=以上|的|以下|左右)"
    rf"|(?<![\dA-Za-zⅠ-ⅿ.])(?P<low>{NUMBER})(?P<low_unit>{_UNIT})?{_DASH}(?P<high>{NUMBER})(?:多)?(?:个(?=小时|学时|课时|百分点))?(?P<range_unit>{_UNIT}{_PER})"
    rf"|(?<![\dA-Za-zⅠ-ⅿ.-])(?P<value>{ARABIC_NUMBER}|{CHINESE_NUMBER})(?P<myriad>万(?!元))?(?:个(?=小时|学时|课时|百分点))?(?:余|多)?(?P<unit>{_UNIT}{_PER})"
)
OPERATORS_BEFORE: Final = [
    (operator, re.compile(f"{alternation(words)}(?:了|到|为|在|约|近)?$"))
    for operator, words in _WORDS["before"].items()
    if operator not in ("missed", "apart", "limits")
]
_OPERATOR_ENDINGS: Final = tuple(
    {word[-1] for operator, _ in OPERATORS_BEFORE for word in _WORDS["before"][operator]} | set("了到为在约近\n")
)
"""Text before a number that matches `OPERATORS_BEFORE` ends with one of these."""
_NOT_OPERATOR: Final = re.compile(f"{alternation(_WORDS['before']['missed'])}$")
SEPARATE_OPERATOR: Final = re.compile(rf"(?P<op>{APART})[^，,。；;：:（）!！\d]{{1,12}}$")
SHARE_OF: Final = re.compile(r"(?P<op>达到|达至|达)[^，,。；;：:（）!！\d]{1,12}的$")
"""Before a share of something: 评选率达到农户总数的30% is at least that."""
_OPERATORS_AFTER: Final = [
    (operator, re.compile(rf"(?:（含[^（）]{{0,8}}）|（包括[^（）]{{0,8}}）)?{alternation(words)}"))
    for operator, words in _WORDS["after"].items()
]
_OPERATORS_BEHIND: Final = re.compile("|".join(pattern.pattern for _, pattern in _OPERATORS_AFTER))
_LENGTHS: Final[frozenset[str]] = frozenset(("米", "公里", "千米"))
_DURATIONS: Final[frozenset[str]] = frozenset(("小时", "分钟"))
_DONE_WITHIN: Final = re.compile(r"内(?P<done>[^，,。；;：:（）!！\d]{2,8})(?:$|[，,。；;）])")
"""What is to be done within some hours: 舆情24小时内响应处置; a rate behind it is measured itself."""
_INSIDE: Final = re.compile(r"(?:半径)?[之以]?内(?![部容设外置])")
_BARE_POWER: Final = re.compile("[十百千万]")
"""Alone it is part of a name: 百家宴, 千人合唱, 万家灯火."""
_NOUN_ABOVE: Final = re.compile(r"[\u3400-\u9fff]{1,4}?(?<![级岁职科以及或])以上")
_OPERATOR: Final = alternation(w for operator in (">=", ">", "<=", "<") for w in _WORDS["before"][operator])
_BARE_NUMBER: Final = re.compile(
    rf"(?P<op>{_OPERATOR})(?P<value>{ARABIC_NUMBER})(?![\d.%‰]|\D?[分月日号级年天周岁]|个|{_UNIT})"
)
_SAYING: Final = re.compile(alternation(CONTEXT["sayings"]))
RATE: Final = re.compile(f'{alternation(CONTEXT["rates"])}[”"’」』）]?')
SCORED: Final = re.compile(
    r"(?:得|加|扣|减|计|记|奖|按|降)[^，。；;（）]{0,6}?\d+(?:\.\d+)?(?:[-—–~～至]+\d+(?:\.\d+)?)?(?:个)?分"
    r"|不得分|不计分|不给分|扣分|加分|减分|倍扣|[为是](?:[A-D]|优秀|良好|合格)"
)
_HAPPENED: Final = re.compile(alternation(_WORDS["consequence"]["happened"]))
_PENALTY: Final = re.compile(r"扣|减|降|取消|否决|不得")
RANK: Final = re.compile(
    rf"(?:排名|位居|位列|进入|名列|跻身|居)[^，。；;]{{0,6}}?前(?P<rank>{NUMBER})(?P<rank_unit>[名位])"
)
FULL_COVERAGE: Final = re.compile(
    r"(?:实现|达到|做到|确保)(?P<of>[^，,。；;：:（）]{0,24})全覆盖(?=$|[，,。；;（）！])|(?P<who>[^，,。；;：:（）]{0,24})全员(?:注册|签订|登记)(?=$|[，,。；;（）！])"
)
_CONSEQUENCE: Final = re.compile(alternation(_WORDS["consequence"]["words"]) + r"|[得计记加]\d")
_WEIGHT: Final = re.compile(alternation(CONTEXT["weights"]))
_COUNTED: Final = re.compile(alternation(CONTEXT["counted"]))
EVIDENCE: Final = re.compile(alternation(CONTEXT["evidence"]))
PRODUCED: Final = re.compile(alternation(CONTEXT["made"]))
_REQUESTS: Final = re.compile(alternation(w for w in CONTEXT["asks"] if len(w) > 1))
_REQUESTS_AT_END: Final = tuple(w for w in CONTEXT["asks"] if len(w) == 1)
"""A verb of one character only applies to what follows immediately."""
_NAMED: Final = tuple(CONTEXT["named"])
_RATE_VERBS: Final = tuple(CONTEXT["rate_verbs"])
FORMATS: Final = frozenset(CONTEXT["formats"])
EVIDENCE_UNITS: Final = frozenset(CONTEXT["evidence_units"])
_DROPPED = re.compile(rf"(?:[^\S\n]|[{INVISIBLE}])+")
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(ord("！"), ord("～") + 1) if chr(full) not in "，；：！？（）"}
_EVEN_WIDTH = _HALF_WIDTH | str.maketrans("()", "（）")
"""Full-width digits, letters and signs become half-width, brackets full-width; CJK punctuation stays."""
_UNEVEN_WIDTH = re.compile(f"[{re.escape(''.join(map(chr, _EVEN_WIDTH)))}]")
_MAX_CONTEXT = 80
_BRACKETED = re.compile(r"（[^（）]*）")
_PART = re.compile(r"[，,。；;：:！？!?（）【】〔〕→①-⑳\n]|(?<!\d)[1-9]\d?[)）.．](?!\d)")
_FIRST_GRADE = re.compile(r"(?P<measured>[^，,。；;：:！？!?（）\n]{2,60})[：:，,]?\s{0,4}A#?\s*(?=[≥>＞≤<＜=为\d])")
"""The measured subject before the first of a row of grades: 优良天数比例：A≥85%；B≥80%."""
_GRADE_LETTER = re.compile(r"[A-D]#?")
_PART_END = re.compile(r"[，,。；;！？!?）】→\n]")
_TITLE = re.compile(r"《[^《》]{1,80}》")
_QUOTED = re.compile(r"“[^“”]{1,24}”|\"[^\"\n]{1,24}\"|「[^「」]{1,24}」")
_NUMERAL = re.compile(r"[\d零〇一二两三四五六七八九十百千]")
_QUANTITY_START = re.compile(r"[\d零〇一二两三四五六七八九十百千半]")
_SPELLED_DIGITS = re.compile(r"[零〇一二两三四五六七八九]{2,}")
_JOINT = re.compile(r"[、和及与/]")
_PERIOD = re.compile(r"每(?:个)?(?:年|半年|季度?|月|周|学期|人|班|室|站)|半年|全年|年内|年中|年度")
_CLOSED_GAP = re.compile(r"（[^（）]*）")
_HOUR_CONTEXT = ("时长", "时间", "人均", "学习", "培训", "服务", "累计", "学时", "课时")
_CLAUSE_ENDED = re.compile(r"[一二两三四五六七八九十][次场个项类种篇条名人张份]|并|以及|各|、")
_MAX_OPERATOR_DISTANCE = 20
_MIN_BARE_WORDS = 50


class Context(NamedTuple):
    """The text around one number.

    Attributes:
        left: Its own part of the sentence before it, without closed brackets.
        right: Its own part after it.
        parent: The text before the bracket or row of grades that contains the number, "" outside of both.
        following: The next part of the sentence.
        previous: The part before its own.
    """

    left: str
    right: str
    parent: str
    following: str
    previous: str

    @property
    def part(self) -> str:
        """The part of the sentence with a box in place of the number."""
        return f"{self.left}□{self.right}"


class Quantity(NamedTuple):
    """One number at `start:end` of the compact text, operators included.

    Attributes:
        operator: The written operator, None without one.
        low: The value, or the lower end of a range.
        high: The upper end of a range.
        is_spelled: Whether the number is written in Chinese.
    """

    start: int
    end: int
    operator: str | None
    low: Decimal
    high: Decimal | None
    unit: str
    is_spelled: bool
    context: Context


@lru_cache(maxsize=256)
def compact_text(source: str) -> OffsetText:
    """Return a text without whitespace but with its line feeds, digits half-width and brackets （）."""
    text, offsets = drop_with_offsets(source, _DROPPED)
    return OffsetText(source, text.translate(_EVEN_WIDTH) if _UNEVEN_WIDTH.search(text) else text, offsets)


def context_of(text: str, start: int, end: int) -> Context:
    """Return the context of `text[start:end]`, looking at most 80 characters either way."""
    before = _drop_brackets(text[max(0, start - _MAX_CONTEXT) : start])
    after = _drop_brackets(text[end : end + _MAX_CONTEXT])
    marks = list(_PART.finditer(before))
    left_start = marks[-1].end() if marks else 0
    bracket = before.rfind("（")
    parent = ""
    if bracket >= 0:
        outside = before[:bracket]
        parent = outside[max((m.end() for m in _PART.finditer(outside)), default=0) :]
    elif _GRADE_LETTER.fullmatch(before[left_start:].strip()) and (
        graded := _FIRST_GRADE.search(before + text[start:end])
    ):
        parent = graded["measured"]
    end_match = _PART_END.search(after)
    right = after[: end_match.start()] if end_match else after
    following = ""
    if end_match and end_match.group() in "，,":
        rest = after[end_match.end() :]
        end_of_next = _PART_END.search(rest)
        following = rest[: end_of_next.start()] if end_of_next else rest
    previous = ""
    if left_start and before[left_start - 1] in "，,":
        previous = before[marks[-2].end() if len(marks) > 1 else 0 : left_start - 1]
    return Context(before[left_start:], right, parent, following, previous)


def mask_names(text: str) -> str:
    """Return a text of the same length with the numerals in titles, quoted names and sayings masked."""
    if not _NUMERAL.search(text):
        return text
    for pattern in (_TITLE, _QUOTED, _SAYING):
        text = pattern.sub(lambda m: _NUMERAL.sub("□", m.group()), text)
    return text


def find_quantities(text: str) -> list[Quantity]:
    """Return every number of a compact text that requires something, in order."""
    if not _QUANTITY_START.search(text):
        return []
    readable = mask_names(text)
    numbers = find_matches(QUANTITY, _QUANTITY_START, readable)
    quantities = [quantity for match in numbers if (quantity := _quantity(text, readable, match))]
    quantities = _share_operators(readable, quantities)
    quantities += [
        quantity for match in _BARE_NUMBER.finditer(readable) if (quantity := _quantity_without_unit(text, match))
    ]
    return [
        quantity
        for quantity in _cut_left_context(text, sorted(quantities, key=lambda quantity: quantity.start))
        if _is_required(quantity)
    ]


def _drop_brackets(text: str) -> str:
    return _BRACKETED.sub("", text) if "）" in text else text


def _cut_left_context(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Let the left context of a number begin after the number before it: 照片2张、记录4份."""
    result = quantities[:1]
    for previous, quantity in itertools.pairwise(quantities):
        gap = text[previous.end : quantity.start]
        if (
            len(gap) < len(quantity.context.left)
            and _CLOSED_GAP.sub("", gap) == quantity.context.left[len(quantity.context.left) - len(gap) :]
        ):
            words = gap.lstrip("、和及与以上下并且")
            left = ("" if words[-1] in "、和及与" else words) if words else result[-1].context.left
            result.append(quantity._replace(context=quantity.context._replace(left=left)))
        else:
            result.append(quantity)
    return result


def _match_values(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str] | None:
    """Return low, high and unit of a match of `QUANTITY`; None if it is no number (三八, 五一)."""
    kind = match.lastgroup
    if kind == "unit":
        if _SPELLED_DIGITS.fullmatch(match["value"]):
            return None
        value = parse_quantity(match["value"])
        return strip_trailing_zeros(value * 10000) if match["myriad"] else value, None, match["unit"]
    if kind == "range_unit":
        if match["low_unit"] not in (None, match["range_unit"]) or _SPELLED_DIGITS.search(
            match["low"] + "," + match["high"]
        ):
            return None
        low, high = parse_quantity(match["low"]), parse_quantity(match["high"])
        return (low, high, match["range_unit"]) if low < high else None
    if kind in ("percent", "percent2"):
        low_text, high_text = match["percent"], match["percent2"]
        return (parse_quantity(low_text), parse_quantity(high_text) if high_text else None, "%") if low_text else None
    if kind == "part":
        return _fraction(match["part"], match["whole"])
    if kind == "whole2":
        return _fraction(match["part2"], match["whole2"])
    if kind == "tenth":
        return parse_quantity(match["tenth"]) * 10, None, "%"
    return Decimal(100 if kind == "hundred" else 50), None, "%"


def _fraction(part: str, total: str) -> tuple[Decimal, None, str] | None:
    low, high = parse_quantity(part), parse_quantity(total)
    return (percentage(low, high), None, "%") if low < high else None


def _quantity(text: str, readable: str, match: re.Match[str]) -> Quantity | None:
    values = _match_values(match)
    if values is None:
        return None
    start, end = match.span()
    left = readable[max(0, start - _MAX_OPERATOR_DISTANCE) : start]
    if _NOT_OPERATOR.search(left):
        return None
    low, high, unit = values
    operator, start = _operator_before(left, start)
    if operator is None and _BARE_POWER.fullmatch(match["value"] or "") and not _OPERATORS_BEHIND.match(readable, end):
        return None
    after, end = _operator_after(readable, end, operator is None or operator == ">=", is_length=unit in _LENGTHS)
    if operator is None and after is None:
        if unit == "%" and SHARE_OF.search(left):
            operator = ">="
        elif unit in _DURATIONS and left and (within := _DONE_WITHIN.match(readable, end)):
            after, end = (None, end) if RATE.search(within["done"]) else ("<=", end + 1)
    separate = None if operator or after else SEPARATE_OPERATOR.search(left)
    if separate and not _CLAUSE_ENDED.search(separate.group()):
        operator = next(o for o, pattern in OPERATORS_BEFORE if pattern.fullmatch(separate["op"]))
    context = context_of(text, start, end)
    return Quantity(start, end, operator or after, low, high, unit, not match.group()[:1].isascii(), context)


def _operator_before(left: str, start: int) -> tuple[str | None, int]:
    """Return the operator before the number and where it begins."""
    best: tuple[str | None, int] = (None, start)
    if not left.endswith(_OPERATOR_ENDINGS):
        return best
    for operator, pattern in OPERATORS_BEFORE:
        match = pattern.search(left)
        if match and start - (len(left) - match.start()) < best[1]:
            best = (operator, start - (len(left) - match.start()))
    return best


def _operator_after(text: str, end: int, with_noun: bool, *, is_length: bool) -> tuple[str | None, int]:
    """Return the operator after the number and where it ends; 200米内 is a bound, unlike 2月内."""
    for operator, pattern in _OPERATORS_AFTER:
        match = pattern.match(text, end)
        if match:
            return operator, match.end()
    if is_length and (inside := _INSIDE.match(text, end)):
        return "<=", inside.end()
    match = _NOUN_ABOVE.match(text, end) if with_noun else None
    return (">=", match.end()) if match else (None, end)


def _quantity_without_unit(text: str, match: re.Match[str]) -> Quantity | None:
    """Return a number whose unit is the last word of what is counted: 人次大于100."""
    context = context_of(text, *match.span())
    if _NOT_OPERATOR.search(text[max(0, match.start() - 2) : match.start("value")]):
        return None
    unit = next((u for u in ("人次", "场次", "项次", "人", "次", "场") if context.left.endswith((u, u + "数"))), None)
    operator = next(operator for operator, pattern in OPERATORS_BEFORE if pattern.fullmatch(match["op"]))
    if unit is None:
        return None
    return Quantity(match.start(), match.end(), operator, parse_quantity(match["value"]), None, unit, False, context)


def _share_operators(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Apply an operator written once to all coordinated numbers: 90%和60%以上, 不低于90%、80%."""
    result = list(quantities)
    pairs = [
        i
        for i in range(len(quantities) - 1)
        if quantities[i].unit == quantities[i + 1].unit
        and _JOINT.fullmatch(text[quantities[i].end : quantities[i + 1].start])
    ]
    for i in pairs:
        if result[i].operator and result[i + 1].operator is None and quantities[i + 1].start - quantities[i].end == 1:
            result[i + 1] = result[i + 1]._replace(operator=result[i].operator)
    for i in reversed(pairs):
        if result[i].operator is None and result[i + 1].operator:
            result[i] = result[i]._replace(operator=result[i + 1].operator)
    return result


def _is_required(quantity: Quantity) -> bool:
    """Return whether the number requires something: no condition of points, no name, no time span."""
    part = quantity.context.part
    happened = _HAPPENED.search(quantity.context.left) is not None
    is_conditional = happened or quantity.context.right.endswith(("的", "者", "时")) or quantity.operator == "<"
    is_scored = bool(SCORED.search(part)) or (
        is_conditional and bool(_CONSEQUENCE.search(quantity.context.following[:16]))
    )
    if is_scored:
        is_earned_share = quantity.unit == "%" and quantity.operator in (">=", ">")
        return is_earned_share and not _PENALTY.search(part + quantity.context.following)
    if quantity.operator is None:
        return _is_required_without_operator(quantity)
    return quantity.unit not in _TIME_UNITS or (
        quantity.operator in (">=", ">") and not quantity.context.right.startswith(("内", "前"))
    )


def _is_required_without_operator(quantity: Quantity) -> bool:
    """Return whether a number without operator is a count to reach, a rate, hours of service or a length of text."""
    left = quantity.context.left
    if quantity.unit in _TIME_UNITS or quantity.unit in FORMATS:
        return False
    if left.endswith(_NAMED):
        return False
    if quantity.unit in ("%", "‰"):
        is_weight = left.endswith("按") or _WEIGHT.search(quantity.context.part)
        is_rate = RATE.search(left) or left.endswith(_RATE_VERBS) or "占" in left
        return bool(is_rate) and not is_weight
    if quantity.unit in ("小时", "学时", "课时", "分钟", "秒"):
        return any(w in left for w in _HOUR_CONTEXT) and not quantity.context.right.startswith(
            ("内", "前", "制", "以内")
        )
    if quantity.unit == "字":
        return quantity.low >= _MIN_BARE_WORDS
    if quantity.is_spelled:
        near = left[-6:]
        is_counted = _COUNTED.search(near) or _PERIOD.search(left)
        return (
            bool(is_counted)
            and quantity.unit not in ("类", "种")
            and (quantity.low > 1 or quantity.unit not in ("个", "项", "件", "面", "家", "句", "代", "起"))
        )
    if quantity.unit in _THING_UNITS and quantity.high is None:
        near = left + quantity.context.right
        if (left and not quantity.context.right) or left.endswith(_REQUESTS_AT_END):
            return True
        return bool(_REQUESTS.search(near) or EVIDENCE.search(near + quantity.context.parent))
    return True
