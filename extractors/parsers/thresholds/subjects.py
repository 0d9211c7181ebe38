"""What a number measures, as a short phrase of the text."""

from __future__ import annotations

import re

from extractors.parsers.thresholds import patterns
from extractors.parsers.thresholds.quantities import Quantity

_LONGEST = 28
_DIGIT = re.compile(r"\d")
_MARK = re.compile(r"^(?:[①-⑳]|[(（]?\d{1,2}[)）.、．](?!\d)|第[一二三四五六七八九十]+[，、])+")
_OPENER = re.compile(f"^(?:{patterns.either(patterns.CONTEXT['openers'])})+")
_CLOSER = re.compile(
    f"(?:(?<![人户生平年日月周])均|{patterns.either(w for w in patterns.CONTEXT['closers'] if w != '均')})$"
)
_PERIOD = re.compile(f"(?:{patterns.either(patterns.CONTEXT['periods'])})+")
_VERB = re.compile(f"(?:{patterns.either([*patterns.CONTEXT['asks'], *patterns.CONTEXT['openers']])})*")
_NOUN_END = re.compile(r"[，,。；;：:（）、！？]|(?<=.)(?:以上|以下|各\d)")
_JOINT = re.compile(r"[、和及与]|以及")
_QUOTES = "“”\"'‘’「」『』□"


def subjects(q: Quantity) -> list[str]:
    """One phrase for every thing that the number is asked of: “注册率”和“活跃度”均达到90% are two."""
    if q.unit in ("%", "‰"):
        several = _rates(q.context.left)
        if len(several) > 1:
            return several
    return [_subject(q)]


def _rates(left: str) -> list[str]:
    """The coordinated rates before a number; the last words before each joint are its name."""
    found: list[str] = []
    last = 0
    for hit in patterns.RATE.finditer(left):
        rest = left[hit.end() :]
        joint = _JOINT.match(rest)
        closing = not rest or not _CLOSER.sub("", _CLOSER.sub("", rest))
        if not joint and not closing:
            continue
        found.append(_trim(left[last : hit.end()]))
        last = hit.end() + (joint.end() if joint else 0)
    return [name for name in found if name]


def _trim(text: str) -> str:
    """Without marks, verbs of handing in and adverbs at the ends, nor lone quotation marks."""
    before = None
    while before != text:
        before = text
        for opening in (_MARK, _OPENER):
            if found := opening.match(text):
                text = text[found.end() :]
        text = _CLOSER.sub("", text).strip("、·—-：:/")
    text = _last_piece(text)
    lone = text.count("“") != text.count("”") or (text[:1] == "“" and text[-1:] == "”" and text.count("“") == 1)
    return text.replace("“", "").replace("”", "") if lone else text


def _last_piece(text: str) -> str:
    """The end of a long phrase, from a joint on where one leaves enough."""
    if len(text) <= _LONGEST:
        return text
    tail = text[-_LONGEST:]
    cut = next((i + 1 for i, c in enumerate(tail) if c in "、，" and len(tail) - i > 6), 0)
    return tail[cut:].strip("、等")


def _subject(q: Quantity) -> str:
    left, told = q.context.left, ""
    if apart := patterns.APART.search(left):
        left, told = left[: apart.start()], left[apart.end("op") :]
    left = _trim(left)
    if _PERIOD.fullmatch(left):
        previous = "" if _DIGIT.search(q.context.previous) else _trim(q.context.previous)
        if len(previous) > 1:
            return previous
    if len(left) > 1 and not _VERB.fullmatch(left) and not (told and _VERB.fullmatch(told)):
        return left
    after = q.context.right.lstrip("的")
    end = _NOUN_END.search(after)
    noun = _first_piece(after[: end.start()] if end else after)
    if len(noun) > 1:
        return noun
    parent = _trim(q.context.parent)
    return parent or left or noun or q.unit


def _first_piece(text: str) -> str:
    """The beginning of what follows a number, whole where it is short."""
    text = text.strip(_QUOTES)
    return text if len(text) <= _LONGEST else text[:_LONGEST]
