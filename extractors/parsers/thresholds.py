"""Thresholds: every number that a standard requires. `str -> list[Threshold]`, pure.

Written operators decide (不少于 = >=, 高于 = >, 以内 = <=, 小于 = <), a bare number is "=", a range is two thresholds.
Points and their conditions, dates, deadlines and names that contain a number are excluded.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, NamedTuple

from extractors.normalize import OffsetText
from extractors.parsers import quantities
from extractors.parsers.grades import find_grade_options
from extractors.parsers.numerals import CALENDAR_NUMBER, parse_quantity
from extractors.parsers.quantities import Quantity, compact_text, context_of, find_quantities, mask_names
from extractors.vocabulary import alternation, load_toml

__all__ = ["Threshold", "read_thresholds"]

About = Literal["rate", "evidence", "format", "scope", "activity"]
"""What a number measures: `evidence` is how much to submit, `format` of a file, `scope` a distance."""
_MATERIAL_UNITS = quantities.EVIDENCE_UNITS | frozenset(load_toml("evidence")["counts"]["materials"])
"""In a column of materials these count what is handed in: 讲稿3篇, 简报4期."""
_MAX_SUBJECT = 28
_DIGIT = re.compile(r"\d")
_LIST_MARK = re.compile(r"^(?:[①-⑳]|[(（]?\d{1,2}[)）.、．](?!\d)|第[一二三四五六七八九十]+[，、])+")
_LEADING_WORDS = re.compile(
    f"^(?:(?!{alternation(quantities.CONTEXT['not_openers'])}){alternation(quantities.CONTEXT['openers'])})+"
)
_SCOPE = re.compile(
    f"{alternation(quantities.CONTEXT['scopes'])}(?:[、和与及]{alternation(quantities.CONTEXT['scopes'])}){{0,3}}(?:以上)?"
)
_OBJECT_FOLLOWS = re.compile(f"{alternation(quantities.CONTEXT['takes_object'])}$")
_OF_EACH = re.compile(r"^各\d{1,3}[次场张份类种篇条]")
_REST_OF_SPAN = re.compile(r"^[之以]?内(?![容部外设控涝审心务业宣置勤])")
"""What a time before the number leaves: 24小时|内处置率."""
_TIME_LIMIT = re.compile(
    r"^[在于]?(?![之以]?前)(?:(?:\d{2,4}|[今本当明])年)?"
    rf"(?:{CALENDAR_NUMBER}月份?(?:{CALENDAR_NUMBER}[日号]|[上中下]旬|[初中底末])?|年?[底末]|[上下]半年)?[之以]?前[，,]?"
)
"""By when the number is to be reached, which is not what it measures."""
_RESTATES = re.compile(r"(?:达标|合格|完成|符合|落实)率")
"""A grade of these measures how far the standard's own number is reached."""
_TRAILING_WORDS = re.compile(
    f"(?:(?<![人户生平年日月周])均|{alternation(w for w in quantities.CONTEXT['closers'] if w != '均')})$"
)
_PERIOD = re.compile(f"(?:{alternation(quantities.CONTEXT['periods'])})+")
_VERB = re.compile(f"(?:{alternation([*quantities.CONTEXT['asks'], *quantities.CONTEXT['openers']])})*")
_NOUN_END = re.compile(r"[，,。；;：:（）、！？]|^(?:且|并且|并(?!网))|(?<=.)(?:以上|以下|各\d)")
_SHARED_RATE = re.compile(
    r"(?P<names>[^，,。；;：:（）率]{2,40})(?:[、和及与]|以及)(?P<last>[^，,。；;：:（）、和及与率]{2,16}?)"
    r"(?P<rate>[\u3400-\u9fff]{2}率)(?:均|都)(?:达到|达)?"
)
"""One rate of several things: 线上与线下群众满意率均."""
_MOST_SHARING = 4
_JOINT = re.compile(r"[、和及与]|以及")
_GRADE_MARK = re.compile(r"^A(?:级|等|档)?[.．、:：]")
_RESULT = re.compile(
    rf"^(?:(?:的|者)?(?:评为|定为|[为得计]).{{1,6}}|{alternation(load_toml('scoring')['grades']['words'])}[等档级]?)$"
)
"""What a tier earns (得5分, 为优秀) is not what its number measures."""
_QUOTES = "“”\"'‘’「」『』□"


class Threshold(NamedTuple):
    """One required number: 知晓率 >= 90 %.

    Attributes:
        raw: The exact piece of the text.
        about: What kind of thing the number measures.
    """

    subject: str
    operator: str
    value: Decimal
    unit: str
    raw: str
    about: About = "activity"


def read_thresholds(text: str, evidence: bool = True, *, is_material: bool = False) -> list[Threshold]:
    """Return every threshold of a standard, in the order of the text.

    Args:
        text: The standard.
        evidence: Whether to include how much evidence to submit.
        is_material: Whether the text lists materials, so that numbers of sheets and copies are of them.
    """
    compact = compact_text(text)
    located: list[tuple[int, Threshold]] = []
    for quantity in find_quantities(compact.text):
        about = _classify_subject(quantity, is_material)
        if about == "evidence" and not evidence:
            continue
        raw = (
            compact.source_of(max(quantity.start - len(quantity.context.left), 0), quantity.end)
            if _left_is_verbatim(compact, quantity)
            else compact.source_of(quantity.start, quantity.end)
        )
        for subject in _subjects(quantity):
            located += [
                (quantity.start, Threshold(subject, operator, value, quantity.unit, raw, about))
                for operator, value in _bounds(quantity)
            ]
    located = _without_grades(compact.text, [*located, *_ranks_and_coverage(compact)])
    return [threshold for _, threshold in sorted(located, key=lambda pair: pair[0])]


def _without_grades(text: str, located: list[tuple[int, Threshold]]) -> list[tuple[int, Threshold]]:
    """Return the thresholds without those that only earn a grade (B≥90%).

    What earns the highest grade is required where the standard names no other number of its unit.
    """
    options = find_grade_options(text)
    if not options:
        return located
    best = [option for option in options if option.is_best]
    required = [pair for pair in located if not any(option.start <= pair[0] < option.end for option in options)]
    units = {threshold.unit for _, threshold in required}
    for position, threshold in located:
        if threshold.unit not in units and any(option.start <= position < option.end for option in best):
            subject = _RESULT.sub("", _GRADE_MARK.sub("", threshold.subject))
            if required and _RESTATES.fullmatch(subject):
                continue
            required.append((position, threshold._replace(subject=subject)))
    return required


def _left_is_verbatim(compact: OffsetText, quantity: Quantity) -> bool:
    """Return whether the part before the number is contiguous in the text, with no bracket inside."""
    start = quantity.start - len(quantity.context.left)
    return start >= 0 and compact.text[start : quantity.start] == quantity.context.left


def _bounds(quantity: Quantity) -> list[tuple[str, Decimal]]:
    if quantity.high is None:
        return [(quantity.operator or ("<=" if quantity.context.right.startswith("范围") else "="), quantity.low)]
    if quantity.operator in (">=", ">"):
        return [(quantity.operator, quantity.low)]
    if quantity.operator in ("<=", "<"):
        return [(quantity.operator, quantity.high)]
    return [(">=", quantity.low), ("<=", quantity.high)]


def _classify_subject(quantity: Quantity, is_material: bool) -> About:
    if quantity.unit in ("%", "‰", "百分点"):
        return "rate"
    if quantity.unit in quantities.FORMATS:
        return "format"
    if is_material and quantity.unit in _MATERIAL_UNITS:
        return "evidence"
    if quantity.unit in quantities.EVIDENCE_UNITS:
        return "evidence" if _is_of_material(quantity) else "activity"
    return "scope" if quantity.unit in ("米", "公里", "千米") and quantity.operator == "<=" else "activity"


def _is_of_material(quantity: Quantity) -> bool:
    """Return whether a number of sheets or copies is of what is handed in: 照片2张, not 更新公益广告20幅."""
    if quantity.unit == "字":
        return True
    context = quantity.context
    if quantity.unit != "张" and quantities.PRODUCED.search(context.left):
        return False
    return quantities.EVIDENCE.search(f"{context.parent} {context.previous} {context.part}") is not None


def _ranks_and_coverage(compact: OffsetText) -> list[tuple[int, Threshold]]:
    """Return ranks (排名前5位 is <= 5) and full coverage (实现…全覆盖, 全员注册: 100 %)."""
    text = mask_names(compact.text)
    located: list[tuple[int, Threshold]] = []
    for match in quantities.RANK.finditer(text) if "前" in text else ():
        context = context_of(text, *match.span())
        if quantities.SCORED.search(context.part) or quantities.SCORED.search(context.following):
            continue
        subject = context.left.strip() or "排名"
        raw = compact.source_of(*match.span())
        located.append(
            (match.start(), Threshold(subject, "<=", parse_quantity(match["rank"]), match["rank_unit"], raw))
        )
    for match in quantities.FULL_COVERAGE.finditer(text) if "全覆盖" in text or "全员" in text else ():
        subject = (match["of"] or match["who"] or "").strip("的") or "覆盖"
        located.append(
            (match.start(), Threshold(subject, "=", Decimal(100), "%", compact.source_of(*match.span()), "rate"))
        )
    return located


def _subjects(quantity: Quantity) -> list[str]:
    """Return one phrase per measured thing: “注册率”和“活跃度”均达到90% are two."""
    if quantity.unit in ("%", "‰"):
        several = _rate_names(quantity.context.left)
        if len(several) > 1:
            return several
        if shared := _SHARED_RATE.fullmatch(quantity.context.left):
            names = _JOINT.split(shared["names"])
            if len(names) <= _MOST_SHARING and "等" not in shared.group():
                return [_trim_subject(f"{name}{shared['rate']}") for name in (*names, shared["last"])]
    return [_subject(quantity)]


def _rate_names(left: str) -> list[str]:
    """Return the coordinated rates before a number, each named by the last words before its joint."""
    rates: list[str] = []
    start = 0
    for match in quantities.RATE.finditer(left):
        rest = left[match.end() :]
        joint = _JOINT.match(rest)
        is_last = not rest or not _TRAILING_WORDS.sub("", _TRAILING_WORDS.sub("", rest))
        if not joint and not is_last:
            continue
        rates.append(_trim_subject(left[start : match.end()]))
        start = match.end() + (joint.end() if joint else 0)
    return [name for name in rates if name]


def _trim_subject(text: str) -> str:
    """Strip marks, verbs of submission and adverbs at the ends, and unbalanced quotation marks."""
    before = None
    while before != text:
        before = text
        for opening in (_LIST_MARK, _TIME_LIMIT, _LEADING_WORDS, _REST_OF_SPAN):
            if match := opening.match(text):
                text = text[match.end() :]
        text = _TRAILING_WORDS.sub("", text).strip("、·—-：:/")
    text = _shorten_left(text)
    is_unbalanced = text.count("“") != text.count("”") or (
        text[:1] == "“" and text[-1:] == "”" and text.count("“") == 1
    )
    return text.replace("“", "").replace("”", "") if is_unbalanced else text


def _shorten_left(text: str) -> str:
    """Return the end of a long phrase, from a joint on if enough remains."""
    if len(text) <= _MAX_SUBJECT:
        return text
    tail = text[-_MAX_SUBJECT:]
    start = next((i + 1 for i, c in enumerate(tail) if c in "、，" and len(tail) - i > 6), 0)
    return tail[start:].strip("、等")


def _subject(quantity: Quantity) -> str:
    left, between = quantity.context.left, ""
    if apart := quantities.SEPARATE_OPERATOR.search(left) or quantities.SHARE_OF.search(left):
        left, between = left[: apart.start()], left[apart.end("op") :]
    noun = _noun_after(quantity)
    if _OBJECT_FOLLOWS.search(left) and len(noun) > 1:
        return noun
    left = _trim_subject(left)
    if _SCOPE.fullmatch(left) and (measured := _measured_before(quantity)):
        return f"{measured}（{left}）"
    if _PERIOD.fullmatch(left) and (measured := _measured_before(quantity)):
        return measured
    if (
        len(left) > 1
        and not left.endswith(("后", "起"))
        and not _VERB.fullmatch(left)
        and not (between and _VERB.fullmatch(between))
    ):
        return left
    if len(noun) > 1:
        return noun
    parent = _trim_subject(quantity.context.parent)
    return parent or left or noun or between.strip("的") or quantity.unit


def _noun_after(quantity: Quantity) -> str:
    after = _OF_EACH.sub("", quantity.context.right.lstrip("的"))
    end = _NOUN_END.search(after)
    return _shorten_right(after[: end.start()] if end else after)


def _measured_before(quantity: Quantity) -> str:
    """Return what the part before a scope names: 开展美育培训，线上与线下不少于2次."""
    previous = "" if _DIGIT.search(quantity.context.previous) else _trim_subject(quantity.context.previous)
    parent = _trim_subject(quantity.context.parent)
    return next((text for text in (previous, parent) if len(text) > 1), "")


def _shorten_right(text: str) -> str:
    """Return the beginning of a long phrase."""
    text = text.strip(_QUOTES)
    return text if len(text) <= _MAX_SUBJECT else text[:_MAX_SUBJECT]
